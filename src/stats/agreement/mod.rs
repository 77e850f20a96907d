//! Agreement between coders: percent, kappa, weighted kappa, Krippendorff's alpha.

mod alpha;
mod kappa;

pub use alpha::{Alpha, Bootstrap, Metric, krippendorff};
pub use kappa::{Kappa, KappaWeights, kappa};

/// Why agreement cannot be measured.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AgreementError {
    /// There is nothing that two coders both coded.
    #[error("no unit was coded twice")]
    NothingShared,
    /// All codes are the same, so that agreement by chance is certain and no measure beyond it exists.
    #[error(
        "all codes are the same: chance agreement is certain, and no measure beyond chance exists"
    )]
    NoVariation,
    /// Columns differ in length.
    #[error("the columns differ in length")]
    Length,
    /// A value that is infinite or not a number.
    #[error("a value is not a finite number")]
    NotFinite,
    /// The ratio metric of very many values.
    #[error(
        "the ratio metric compares every pair of {values} values in every repetition: ask for fewer repetitions"
    )]
    TooManyValues {
        /// The distinct values.
        values: usize,
    },
    /// A ratio metric of a negative value.
    #[error("the value {value} is negative, which the ratio metric does not allow")]
    Negative {
        /// The value.
        value: f64,
    },
}
