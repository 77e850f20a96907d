//! Least squares: what goes in ([`Design`]), what comes out ([`Fit`]), what can be wrong ([`LinearError`]).

mod convention;
mod design;
mod error;
mod fit;

pub use convention::{Covariance, Preset, Reference};
pub use design::{Design, Singletons, Term, Values, Weights};
pub use error::{LinearError, Warning};
pub use fit::{Absorbed, Dropped, Fit, Wald};

/// The rank tolerance: a column is collinear when the part of it that the columns before it leave
/// unexplained is at most this share of its length.
pub const RANK_TOLERANCE: f64 = 1e-11;

/// Fits a linear model by least squares.
///
/// # Errors
/// Names what is wrong with the design: see [`LinearError`].
pub fn fit(design: &Design<'_>) -> Result<Fit, LinearError> {
    if design.outcome.is_empty() {
        return Err(LinearError::NoRows);
    }
    Err(LinearError::NotSupported { what: "least squares".to_owned() })
}
