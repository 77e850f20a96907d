//! What can be wrong with a design, and what a reader should know of a fit.

/// Why a model cannot be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LinearError {
    /// No row is left.
    #[error("there are no rows")]
    NoRows,
    /// There is neither a term nor an intercept.
    #[error("there is nothing to estimate")]
    NoTerms,
    /// A column's length is not the outcome's.
    #[error("{what} has {found} rows, the outcome has {expected}")]
    Length {
        /// The column.
        what: String,
        /// The outcome's rows.
        expected: usize,
        /// The column's rows.
        found: usize,
    },
    /// A value is infinite or not a number.
    #[error("{what} is not a finite number in row {row}")]
    NotFinite {
        /// The column.
        what: String,
        /// The first such row, from 0.
        row: usize,
    },
    /// A weight is negative or not finite, or frequencies do not add up to a whole number.
    #[error("the weight {value} in row {row} is {why}")]
    Weight {
        /// The first such row, from 0.
        row: usize,
        /// The weight.
        value: f64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Every weight is zero.
    #[error("all weights are zero")]
    ZeroWeights,
    /// Every weight is too near zero for sums of products that keep all digits.
    #[error("all weights are too small to be summed precisely (the largest is {largest:e})")]
    TinyWeights {
        /// The largest weight.
        largest: f64,
    },
    /// The outcome does not vary.
    #[error("the outcome is the same in every row")]
    ConstantOutcome,
    /// The absorbed effects give the outcome in every row.
    #[error("the absorbed effects determine the outcome: nothing is left to explain")]
    AbsorbedOutcome,
    /// There are not more rows than coefficients.
    #[error("{rows} rows are too few for {coefficients} coefficients")]
    TooFewRows {
        /// The rows that count.
        rows: u64,
        /// The coefficients, absorbed effects among them.
        coefficients: u64,
    },
    /// A column is a linear combination of others.
    #[error("`{name}` is {}", combined(.with))]
    Collinear {
        /// The column's place among the terms.
        index: usize,
        /// Its name.
        name: String,
        /// The columns that it depends on.
        with: Vec<String>,
    },
    /// All rows are in one cluster.
    #[error("all rows are in one cluster")]
    OneCluster {
        /// The place of their clusters among several ways.
        way: usize,
    },
    /// Clustered errors were asked for without clusters, or clusters without clustered errors.
    #[error("clustered errors need clusters")]
    NoClusters,
    /// A row has leverage one, where HC2 and HC3 do not exist.
    #[error("row {row} fits perfectly (leverage 1): HC2 and HC3 do not exist")]
    Leverage {
        /// The first such row, from 0.
        row: usize,
    },
    /// The absorbed effects of a column were not found.
    #[error(
        "the absorbed effects of {name} did not settle in {passes} passes: {share:.1e} of what is left still changes"
    )]
    NotSettled {
        /// The column.
        name: String,
        /// The passes done.
        passes: usize,
        /// What the last pass took, as a share of what it left.
        share: f64,
    },
    /// A number in the computation overflowed.
    #[error("the numbers are too large to be squared and summed")]
    Overflow,
    /// A coefficient or its variance is beyond the range of numbers, or a variance is too near zero to keep its digits.
    #[error("`{name}` has {what} too {} for a number", if *.large { "large" } else { "near zero" })]
    OutOfRange {
        /// The coefficient.
        name: String,
        /// What of it.
        what: &'static str,
        /// Whether it is too large.
        large: bool,
    },
    /// There are fewer instruments than endogenous terms.
    #[error("{instruments} instruments cannot identify {endogenous} endogenous terms")]
    TooFewInstruments {
        /// The instruments.
        instruments: usize,
        /// The endogenous terms.
        endogenous: usize,
    },
    /// The instruments tell nothing of a term that the other terms do not.
    #[error(
        "the instruments do not move `{name}`: what they predict of it, the other terms determine"
    )]
    Irrelevant {
        /// The term's place.
        index: usize,
        /// The term.
        name: String,
    },
    /// An instrument that the other terms and instruments determine.
    #[error("the instrument `{name}` is {}: it adds nothing", instrumented(.name, .with))]
    Instrument {
        /// The instrument.
        name: String,
        /// The columns that it depends on.
        with: Vec<String>,
    },
    /// A name that belongs to no estimated term.
    #[error("`{name}` is no estimated term")]
    UnknownTerm {
        /// The name.
        name: String,
    },
    /// An option that this kernel does not offer.
    #[error("{what} is not supported")]
    NotSupported {
        /// What was asked for.
        what: String,
    },
}

impl LinearError {
    /// Counts the row that is named otherwise: as `row` says.
    #[must_use]
    pub fn with_rows(mut self, count: impl Fn(usize) -> usize) -> Self {
        if let Self::NotFinite { row, .. } | Self::Weight { row, .. } | Self::Leverage { row } =
            &mut self
        {
            *row = count(*row);
        }
        self
    }
}

fn quoted(names: &[String]) -> String {
    let all: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match all.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// What an instrument is that adds nothing: a term of the model itself, or a combination of columns.
fn instrumented(name: &str, with: &[String]) -> String {
    match with {
        [one] if one == name => "a term of the model, too".to_owned(),
        _ => combined(with),
    }
}

/// What a column is that others determine: a combination of them, or of none.
fn combined(with: &[String]) -> String {
    if with.is_empty() {
        return "zero in every row that counts".to_owned();
    }
    format!("a linear combination of {}", quoted(with))
}

/// What a reader should know of a fit.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// Fewer than 40 clusters: clustered errors are often too small.
    FewClusters {
        /// The clusters.
        clusters: usize,
    },
    /// One cluster holds a large share of the rows.
    UnequalClusters {
        /// The largest cluster's share.
        share: f64,
    },
    /// The multi-way covariance was not positive semidefinite; negative eigenvalues were set to zero.
    EigenvaluesRepaired {
        /// How many.
        count: usize,
    },
    /// Rows alone in an absorbed level were dropped.
    SingletonsDropped {
        /// How many.
        rows: usize,
    },
    /// The convention's K is not the exact rank.
    KIsNotRank {
        /// The convention's K.
        k: u64,
        /// The exact rank.
        rank: u64,
    },
    /// The rank of the absorbed effects is not exact: they are too many to count their redundant levels.
    RankIsBound,
    /// The terms give the outcome up to rounding: what is left, and all that is computed from it, is rounding.
    PerfectFit,
    /// Standard errors are zero up to rounding.
    NoSpread {
        /// The terms.
        names: Vec<String>,
    },
}

impl Warning {
    /// What a reader should know of clusters: they are few, or one holds a large share of the rows.
    pub fn of_clusters(count: usize, largest_share: f64) -> impl Iterator<Item = Self> {
        let few = (count < 40).then_some(Self::FewClusters { clusters: count });
        let unequal = largest_share > 0.25 && largest_share * count as f64 > 2.0;
        few.into_iter().chain(unequal.then_some(Self::UnequalClusters { share: largest_share }))
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FewClusters { clusters } => {
                write!(f, "only {clusters} clusters: clustered errors are often too small below 40")
            }
            Self::UnequalClusters { share } => write!(
                f,
                "clusters are very unequal: the largest holds {:.0}% of the rows",
                100.0 * share
            ),
            Self::EigenvaluesRepaired { count } => write!(
                f,
                "the multi-way covariance was not positive semidefinite: {count} negative eigenvalues were set to zero"
            ),
            Self::SingletonsDropped { rows } => {
                write!(f, "{rows} rows alone in an absorbed level were dropped")
            }
            Self::KIsNotRank { k, rank } => {
                write!(f, "the convention counts {k} coefficients, the exact rank is {rank}")
            }
            Self::PerfectFit => f.write_str(
                "the fit is perfect up to rounding: standard errors, t, p and F say nothing",
            ),
            Self::NoSpread { names } => write!(
                f,
                "the standard error of {} is zero up to rounding, as nothing is left that it could be told from: its \
                 interval, t, p and F say nothing",
                quoted(names)
            ),
            Self::RankIsBound => f.write_str(
                "the rank of the absorbed effects is an upper bound (redundant levels counted pair by pair): residual \
                 degrees of freedom may be too few by as much",
            ),
        }
    }
}
