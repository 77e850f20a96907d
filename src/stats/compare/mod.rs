//! Comparisons of two groups or columns: each test by its own name, with its effect size.

mod correlation;
mod counts;
mod means;
mod ranks;

pub use correlation::{pearson, spearman};
pub use counts::{chi_square, fisher, proportions};
pub use means::{paired_t, student_t, welch_t};
pub use ranks::{mann_whitney, wilcoxon_signed_rank};

use crate::stats::distribution::Interval;
use crate::stats::linear::Reference;

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
    /// The two-sided p value.
    pub p: f64,
    /// What is compared (a difference of means, of proportions, a correlation), with its uncertainty.
    pub estimate: Option<Estimate>,
    /// Effect sizes by name.
    pub effects: Vec<(&'static str, Estimate)>,
    /// Observations in each group, or pairs.
    pub n: Vec<u64>,
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
}

/// Why a comparison cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CompareError {
    /// A group is too small.
    #[error("{test} needs at least {needed} observations in each group, one has {found}")]
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
    /// Paired columns differ in length.
    #[error("the columns differ in length")]
    Length,
    /// A table without a row or column that counts.
    #[error("the table needs at least two rows and two columns with counts")]
    Table,
    /// A table too large for exact arithmetic.
    #[error("the table is too large for an exact test")]
    TooLarge,
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
