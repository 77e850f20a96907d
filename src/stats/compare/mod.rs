//! Comparisons of two groups or columns: each test by its own name, with its effect size.

mod correlation;
mod counts;
mod exact;
mod means;
mod network;
mod orders;
mod ranks;

pub use correlation::{kendall, pearson, spearman};
pub use counts::{binomial, chi_square, proportions};
pub use exact::fisher as fisher_two_by_two;
pub use means::{one_sample_t, paired_t, student_t, welch_t};
pub use network::fisher;
pub use ranks::{mann_whitney, wilcoxon_signed_rank};

use crate::stats::distribution::{Interval, interval, normal_sf, t_sf, two_sided_p};
use crate::stats::linear::Reference;

/// How a comparison is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct How {
    /// The level of the intervals, which are always two-sided.
    pub level: f64,
    /// The difference (or mean, or proportion) that is tested against.
    pub null: f64,
    /// The side of p.
    pub alternative: Alternative,
    /// Whether a rank test or rank correlation counts p exactly; where it does so by itself if none.
    pub exact: Option<bool>,
    /// Whether the normal approximation of a rank test or of two proportions is corrected for continuity; each test's own
    /// custom if none: rank tests are, proportions are not.
    pub continuity: Option<bool>,
    /// Whether the interval of two proportions is Wald's; Newcombe's if not.
    pub wald: bool,
}

impl Default for How {
    fn default() -> Self {
        Self {
            level: 0.95,
            null: 0.0,
            alternative: Alternative::TwoSided,
            exact: None,
            continuity: None,
            wald: false,
        }
    }
}

/// Which values speak against the null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alternative {
    /// Values on either side.
    #[default]
    TwoSided,
    /// Larger ones.
    Greater,
    /// Smaller ones.
    Less,
}

impl Alternative {
    /// The p value of a statistic.
    fn p(self, reference: Reference, statistic: f64) -> f64 {
        let above = |statistic: f64| match reference {
            Reference::Normal => normal_sf(statistic),
            Reference::T { df } => t_sf(statistic, df),
        };
        match self {
            Self::TwoSided => two_sided_p(reference, statistic),
            Self::Greater => above(statistic),
            Self::Less => above(-statistic),
        }
    }
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The test's full name, such as `Welch's t`.
    pub test: &'static str,
    /// How p was computed: `t`, `normal`, `chi-square`, `exact`; with the corrections that were made.
    pub method: String,
    /// The test statistic; none for an exact test without one.
    pub statistic: Option<f64>,
    /// Its degrees of freedom.
    pub df: Option<f64>,
    /// The p value, on the side that was asked for.
    pub p: f64,
    /// What is compared (a difference of means, of proportions, a correlation), with its uncertainty.
    pub estimate: Option<Estimate>,
    /// Effect sizes by name.
    pub effects: Vec<(&'static str, Estimate)>,
    /// Observations in each group, or pairs.
    pub n: Vec<u64>,
    /// What a reader should know.
    pub warnings: Vec<String>,
}

/// A number with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error, where one is defined.
    pub standard_error: Option<f64>,
    /// Its interval, where one is defined.
    pub interval: Option<Interval>,
    /// What the interval refers to.
    pub reference: Reference,
    /// How the interval was made: `t`, `normal`, `newcombe`, `log-normal`, `fisher-z`, `exact`, …; empty without one.
    pub method: &'static str,
}

impl Estimate {
    /// A number without uncertainty.
    fn plain(value: f64) -> Self {
        let reference = Reference::Normal;
        Self { value, standard_error: None, interval: None, reference, method: "" }
    }

    /// A number with the interval value ± critical · error.
    fn symmetric(value: f64, error: f64, reference: Reference, level: f64) -> Self {
        Self {
            value,
            standard_error: Some(error),
            interval: Some(interval(reference, value, error, level)),
            reference,
            method: if reference == Reference::Normal { "normal" } else { "t" },
        }
    }
}

/// Why a comparison cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// A group is too small.
    #[error("{test} needs at least {needed} values in each group or column, and one has {found}")]
    TooFew {
        /// The test.
        test: &'static str,
        /// The observations needed.
        needed: usize,
        /// The observations there are.
        found: usize,
    },
    /// A value is infinite or not a number.
    #[error("a value is not a finite number")]
    NotFinite,
    /// The data do not vary.
    #[error("{test}: the values do not vary")]
    NoVariation {
        /// The test.
        test: &'static str,
    },
    /// The data vary by rounding only.
    #[error("{test}: the values do not vary but for rounding")]
    Rounding {
        /// The test.
        test: &'static str,
    },
    /// Ties, of which p is not counted.
    #[error("{test}: there are ties, with which p is not counted exactly")]
    Ties {
        /// The test.
        test: &'static str,
    },
    /// Paired columns differ in length.
    #[error("the columns differ in length")]
    Length,
    /// A table without a row or column that counts.
    #[error("the table needs at least two rows and two columns with counts")]
    Table,
    /// A side of p, of a table that is not two by two.
    #[error("p has sides in a table of two rows and two columns only")]
    NoSides,
    /// Data too large for an exact test.
    #[error("{test}: the data are too large to count p exactly")]
    TooLarge {
        /// The test.
        test: &'static str,
    },
    /// More pairs than an exact test counts.
    #[error("{test}: p is counted exactly of at most {most} pairs, and there are {found}")]
    TooMany {
        /// The test.
        test: &'static str,
        /// The pairs that it counts.
        most: usize,
        /// The pairs there are.
        found: usize,
    },
    /// A proportion to test against that is not between 0 and 1.
    #[error("a proportion to test against must lie between 0 and 1, and {value} does not")]
    Null {
        /// The value.
        value: f64,
    },
}

/// Says whether a deviation is no more than the rounding of numbers of some size.
fn is_rounding(deviation: f64, size: f64) -> bool {
    deviation <= 4.0 * f64::EPSILON * size
}

fn check(test: &'static str, groups: &[&[f64]], needed: usize) -> Result<(), CompareError> {
    for group in groups {
        if group.len() < needed {
            return Err(CompareError::TooFew { test, needed, found: group.len() });
        }
        if group.iter().any(|value| !value.is_finite()) {
            return Err(CompareError::NotFinite);
        }
    }
    Ok(())
}
