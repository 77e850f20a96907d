//! Least squares: what goes in ([`Design`]), what comes out ([`Fit`]), what can be wrong ([`LinearError`]).

mod assembly;
mod clusters;
mod codes;
mod columns;
mod convention;
mod count;
mod counts;
mod covariance;
mod design;
mod error;
mod estimate;
mod fit;
mod gram;
mod influence;
mod instruments;
mod kept;
mod lanes;
mod look;
mod margins;
mod meat;
mod random;
mod rows;
mod solve;
mod spread;
mod within;

pub use clusters::{Clusters, Sorted};
pub use convention::{Covariance, Preset, Reference};
pub use counts::{Coded, Panel, Regressor, Specification, Table};
pub use design::{Design, Singletons, Term, Values, Weights};
pub use error::{LinearError, Warning};
pub use estimate::fit;
pub use fit::{Absorbed, Dropped, Fit, Wald};
pub use influence::influence_covariance;
pub use instruments::{FirstStage, InstrumentalFit, two_stage};
pub use margins::{ConstantShift, Margin, constant_shift, margins};
pub use random::{RandomFit, random_effects};
pub use rows::rows_that_count;
pub(in crate::stats) use rows::{check_weights, not_alone};

/// The rank tolerance: a column is collinear when the part of it that the columns before it leave
/// unexplained is at most this share of its length.
pub const RANK_TOLERANCE: f64 = 1e-11;
