//! Summaries of a column: count, fraction, means, quantiles and spread, each with its uncertainty.

use crate::stats::distribution::Interval;
use crate::stats::linear::Reference;

/// A column to summarise: no missing values.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The values; for a fraction zeros and ones.
    pub values: &'a [f64],
    /// Frequency weights: a row stands for this many equal rows.
    pub frequencies: Option<&'a [f64]>,
    /// Codes of the clusters that rows were drawn in.
    pub clusters: Option<&'a [u32]>,
    /// The level of the interval, such as 0.95.
    pub level: f64,
    /// How the interval of a fraction is made.
    pub fractions: FractionInterval,
}

impl<'a> Sample<'a> {
    /// Makes a sample without weights or clusters, for 95% intervals.
    #[must_use]
    pub fn new(values: &'a [f64]) -> Self {
        Self {
            values,
            frequencies: None,
            clusters: None,
            level: 0.95,
            fractions: FractionInterval::default(),
        }
    }
}

/// How the interval of a fraction is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FractionInterval {
    /// Wilson's without clusters; with them value ± t·se.
    #[default]
    Usual,
    /// Wilson's; with clusters of the effective number of observations p(1−p)/se².
    Wilson,
    /// value ± z·se, with clusters value ± t·se; cut at 0 and 1.
    Wald,
    /// Clopper and Pearson's; not with clusters.
    Exact,
}

impl FractionInterval {
    /// The name of the interval that it makes, of independent or of clustered rows.
    #[must_use]
    pub const fn word(self, clustered: bool) -> &'static str {
        match (self, clustered) {
            (Self::Exact, _) => "exact (Clopper and Pearson)",
            (Self::Wald, false) => "wald: ± z·se",
            (Self::Usual | Self::Wald, true) => "wald: ± t·se",
            (Self::Wilson, true) => "wilson, of the effective number of rows",
            (Self::Usual | Self::Wilson, false) => "wilson",
        }
    }
}

/// What to compute of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// The number of observations.
    Count,
    /// The share of ones, its interval made as [`Sample::fractions`] says.
    Fraction,
    /// The arithmetic mean.
    Mean,
    /// The exponential of the mean logarithm.
    GeometricMean,
    /// The middle value.
    Median,
    /// A quantile by one of Hyndman and Fan's definitions.
    Quantile {
        /// The probability, 0 to 1.
        probability: f64,
        /// How it is read between two values.
        definition: QuantileDefinition,
    },
    /// The standard deviation (n − 1).
    StandardDeviation,
    /// The sum.
    Sum,
}

/// Hyndman and Fan's (1996) nine definitions of a sample quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QuantileDefinition {
    /// Type 1: the inverse of the empirical distribution.
    Inverse,
    /// Type 2: as type 1, averaging at a step (SAS 5).
    AveragedInverse,
    /// Type 3: the nearest observation, the even one at a tie (SAS 2).
    Nearest,
    /// Type 4: linear in the empirical distribution, np.
    Empirical,
    /// Type 5: np + 1/2 (Hazen).
    Hazen,
    /// Type 6: (n + 1)p, as Minitab and SPSS.
    Weibull,
    /// Type 7: (n − 1)p + 1, as R, NumPy and Excel.
    #[default]
    Linear,
    /// Type 8: median-unbiased.
    MedianUnbiased,
    /// Type 9: unbiased for the normal.
    NormalUnbiased,
}

impl QuantileDefinition {
    /// Every definition, type 1 first.
    pub const ALL: [Self; 9] = [
        Self::Inverse,
        Self::AveragedInverse,
        Self::Nearest,
        Self::Empirical,
        Self::Hazen,
        Self::Weibull,
        Self::Linear,
        Self::MedianUnbiased,
        Self::NormalUnbiased,
    ];

    /// Its number in Hyndman and Fan's paper and in R.
    #[must_use]
    pub fn number(self) -> usize {
        self as usize + 1
    }
}

/// A summary with its uncertainty.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The value.
    pub value: f64,
    /// What its rounding left, of a mean: both together are the mean to twice the digits.
    pub rest: f64,
    /// Its standard error, where one is defined.
    pub standard_error: Option<f64>,
    /// Its interval, where one is defined.
    pub interval: Option<Interval>,
    /// What the interval refers to.
    pub reference: Reference,
    /// How the interval was made: `wilson`, `wald`, `exact`, `t`, `log-t`, `order-statistics`, `woodruff`,
    /// `chi-square`; empty without one.
    pub method: &'static str,
    /// Observations: rows, or the sum of frequencies.
    pub n: u64,
    /// The number of clusters, where there are any.
    pub clusters: Option<usize>,
}

/// Why a column cannot be summarised.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SummaryError {
    /// There are no rows.
    #[error("there are no rows")]
    NoRows,
    /// The statistic needs more rows.
    #[error("{what} needs at least {needed} rows, there are {found}")]
    TooFewRows {
        /// The statistic.
        what: &'static str,
        /// The rows needed.
        needed: u64,
        /// The rows there are.
        found: u64,
    },
    /// A value is infinite or not a number.
    #[error("the value in row {row} is not a finite number")]
    NotFinite {
        /// The first such row, from 0.
        row: usize,
    },
    /// A fraction's value is neither zero nor one.
    #[error("the value {value} in row {row} is neither 0 nor 1")]
    NotBinary {
        /// The first such row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A geometric mean of a value that is not positive.
    #[error("the value {value} in row {row} is not positive")]
    NotPositive {
        /// The first such row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A frequency is negative, not finite or no whole number.
    #[error("the frequency {value} in row {row} is no whole number from 0 to below 10^12")]
    Frequency {
        /// The first such row, from 0.
        row: usize,
        /// The frequency.
        value: f64,
    },
    /// All rows are in one cluster.
    #[error("all rows are in one cluster")]
    OneCluster,
    /// A probability or level is not between 0 and 1.
    #[error("{value} is not between 0 and 1")]
    Probability {
        /// The value.
        value: f64,
    },
    /// The denominator of a ratio of sums is zero.
    #[error("the denominator sums to zero")]
    ZeroDenominator,
    /// An exact interval of clustered rows.
    #[error("Clopper and Pearson's interval takes rows for independent, and these are clustered")]
    ExactOfClusters,
    /// Columns differ in length.
    #[error("the columns differ in length")]
    Length,
    /// The statistic or its error is larger than any number.
    #[error("it, or its interval, is beyond the largest number (1.8e308)")]
    OutOfRange,
}

mod checked;
mod groups;
mod moments;
mod order;
mod proportion;
mod range;
mod ratio;

pub use groups::{MomentSums, Moments, ROWS_A_GROUP};
pub(in crate::stats) use proportion::clopper_pearson;
pub use ratio::ratio;

use checked::{Checked, MeanError};

/// Summarises a column.
///
/// *Formula, Source, Units, Checked against*: in the functions of each measure (`moments`, `order`, `proportion`).
/// *Shapes*: columns of one length, without missing values. *Errors*: [`SummaryError`].
///
/// # Errors
/// See [`SummaryError`].
pub fn summarise(sample: &Sample<'_>, measure: Measure) -> Result<Summary, SummaryError> {
    range::in_range(sample, measure)
}

fn summarised(sample: &Sample<'_>, measure: Measure) -> Result<Summary, SummaryError> {
    let checked = Checked::of(sample)?;
    match measure {
        Measure::Count => Ok(checked.plain(checked.n as f64)),
        Measure::Sum => Ok(moments::sum(&checked)),
        Measure::Mean => moments::mean(&checked),
        Measure::GeometricMean => moments::geometric_mean(&checked),
        Measure::StandardDeviation => moments::standard_deviation(&checked),
        Measure::Fraction => proportion::fraction(&checked, sample.fractions),
        Measure::Median => order::quantile(&checked, 0.5, QuantileDefinition::Linear),
        Measure::Quantile { probability, definition } => {
            order::quantile(&checked, probability, definition)
        }
    }
}
