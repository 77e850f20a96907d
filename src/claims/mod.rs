//! Printed numbers, relations and comparisons become verdicts.
//!
//! Reads `claims.toml` and the results of runs; writes the audit record. Knows no data, no engine
//! and no clock: a verdict can be rechecked with nothing but results at hand. Printed numbers stay
//! exact rationals until they are shown.
//!
//! A claim's way: [`read()`] (as written) → `candidate` (a verdict per run, and from printed numbers
//! alone) → the strongest basis is shown, the others beside it → [`record::Audit`].

mod alternatives;
mod around;
mod candidate;
pub mod checks;
mod compare;
pub mod coverage;
mod evidence;
mod finding;
pub mod forensic;
mod implied;
mod judge;
pub mod lexicon;
pub mod model;
mod network;
mod new_data;
mod plain;
pub mod printed;
mod read;
mod readings;
mod recomputed;
pub mod record;
mod relation;
pub mod rounding;
mod stability;
pub mod statistic;
mod trace;

pub use around::around;
pub use judge::{Situation, Unavailable, judge};
pub use model::Claims;
pub use read::read;
