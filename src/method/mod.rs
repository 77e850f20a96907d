//! `method.toml` becomes a plan, and a plan becomes results.
//!
//! Three stages, each with its own type: [`read`] gives a [`Method`], as written, with the place of
//! every word; [`check`] gives a [`Plan`], in which every name and type is known to fit; [`run`]
//! gives the `results::Run`. Reads tables that are already verified; writes nothing. A step kind is
//! one file in `steps/` and one line in its list.

mod check;
mod checker;
mod figures;
mod fragment;
mod parse;
mod plan;
mod rounding;
mod run;
mod steps;
mod text;

pub use check::check;
pub use parse::{Method, read};
pub use plan::{Plan, Promise};
pub use run::{Binding, RunRequest, run};
