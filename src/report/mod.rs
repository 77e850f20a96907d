//! Results, audit and figures become one HTML page, Markdown, and a tidy table.
//!
//! Reads `results`, `claims`, `study` and `figure`; writes nothing: each function returns the
//! bytes of one file, the same on every machine. All text of other people is escaped here, and an
//! audit that breaks the rules of its own words is refused rather than shown.

mod html;
mod markdown;
mod number;
mod number_line;
mod picture;
mod rules;
mod text;
mod tidy;
mod view;
mod words;

pub use html::html;
pub use markdown::markdown;
pub use tidy::results_csv;

use crate::claims::record::Audit;
use crate::figure::Drawing;
use crate::results::Results;
use crate::study::Study;

/// Everything that a report tells: it needs no data, no method and no clock.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The study under audit.
    pub study: &'a Study,
    /// What its runs computed.
    pub results: &'a Results,
    /// What became of its claims.
    pub audit: &'a Audit,
    /// The figures, drawn, in the order shown.
    pub drawings: &'a [Drawing],
    /// The version of this program.
    pub version: &'a str,
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The audit contradicts itself: counts that do not sum, a verdict outside its basis.
    #[error("the audit breaks its own rules: {0}")]
    Rule(String),
    /// A figure is not a plain picture.
    #[error("figure `{figure}` cannot be shown in a page: {why}")]
    Figure {
        /// The figure's id.
        figure: String,
        /// What it carries that a page must not.
        why: String,
    },
    /// A template failed: our bug.
    #[error("a template of the report failed")]
    Template(#[from] minijinja::Error),
    /// A table could not be read or written.
    #[error("a table of the report could not be read or written")]
    Csv(#[from] csv::Error),
}
