//! An original estimate against a replication's: does the new one agree, and how would we know?
//!
//! Every kernel takes two [`Effect`]s on one scale (a mean difference, a log odds ratio, Fisher's z of a
//! correlation), each with the standard error of a normal estimator. Plain numbers in, plain numbers out.

mod bayes;
mod equivalence;
mod prediction;
mod sceptical;
mod telescopes;

pub use bayes::{BayesFactor, replication_bayes_factor};
pub use equivalence::{Equivalence, equivalence};
pub use prediction::{Heterogeneity, heterogeneity, prediction_interval, shrunken_prediction};
pub use sceptical::{Sceptical, ln_tail, sceptical};
pub use telescopes::{Telescope, power, small_effect, small_telescopes};

use crate::stats::math;

/// An estimate and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The estimate.
    pub value: f64,
    /// Its standard error, positive.
    pub se: f64,
}

/// A pair of estimates that cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplicationError {
    /// An estimate is not a finite number.
    #[error("an estimate is not a finite number")]
    NotFinite,
    /// A standard error is zero, negative or not finite.
    #[error("a standard error must be positive and finite")]
    NoError,
    /// The original estimate is zero: it points nowhere.
    #[error("the original estimate is zero and has no direction")]
    NoDirection,
    /// A margin is not positive.
    #[error("the margin of equivalence must be positive")]
    NoMargin,
    /// A correlation is not between -1 and 1, or rests on three pairs or fewer.
    #[error("a correlation lies between -1 and 1 and rests on more than three pairs")]
    NotACorrelation,
}

impl Effect {
    /// Checks an estimate and its standard error.
    ///
    /// # Errors
    /// When a number is not finite or the standard error is not positive.
    pub fn new(value: f64, se: f64) -> Result<Self, ReplicationError> {
        if !value.is_finite() {
            return Err(ReplicationError::NotFinite);
        }
        if !(se.is_finite() && se > 0.0) {
            return Err(ReplicationError::NoError);
        }
        Ok(Self { value, se })
    }

    /// Returns a correlation on Fisher's scale, where its distribution is close to normal.
    ///
    /// *Formula*: z = artanh(r), se = 1/√(n − 3). *Source*: Fisher (1921); Patil, Peng & Leek (2016), appendix.
    /// *Shapes*: two numbers to two. *Units*: n in pairs; it need not be whole (an effective number).
    /// *Checked against*: `RProjects.csv` of R's `ReplicationSuccess`, 286 correlations, 1e-12.
    ///
    /// # Errors
    /// When |r| ≥ 1 or n ≤ 3.
    pub fn of_correlation(r: f64, pairs: f64) -> Result<Self, ReplicationError> {
        if !(r.abs() < 1.0 && pairs.is_finite() && pairs > 3.0) {
            return Err(ReplicationError::NotACorrelation);
        }
        Self::new(math::atanh(r), 1.0 / math::sqrt(pairs - 3.0))
    }

    /// Returns the estimate over its standard error.
    #[must_use]
    pub fn z(&self) -> f64 {
        self.value / self.se
    }
}
