//! Results, audit and figures become one HTML page, Markdown, and a tidy table.
//!
//! Reads `results`, `claims`, `study` and `figure`; writes nothing: each function returns the
//! bytes of one file, the same on every machine. All text of other people is escaped here, and an
//! audit that breaks the rules of its own words is refused rather than shown.

mod number;
mod text;
mod tidy;
mod words;

pub use tidy::results_csv;

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
    #[error("a table of the report could not be written")]
    Csv(#[from] csv::Error),
}
