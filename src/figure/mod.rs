//! Results and printed values become charts, SVG and PNG.
//!
//! Reads [`Results`] and the printed values of an [`Audit`]; writes one [`Drawing`] per figure: the
//! same drawing code for both formats, byte-identical on every run and machine. Never reads a file, a
//! system font or the clock, and never panics: what cannot be drawn is a [`FigureError`].

mod bars;
mod estimates;
mod instant;
mod mark;
mod number;
mod objections;
mod page;
mod paint;
mod plot;
mod png;
mod row;
mod select;
mod series;
mod sheet;
mod svg;
mod table;
mod text;
mod timeline;
mod words;

use crate::claims::record::Audit;
use crate::results::{ChartKind, Figure, Results};
use text::Fonts;

/// A figure, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The figure's id: the name of its files.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What a reader who cannot see it is told: the type of chart, what it shows, what it finds.
    pub description: String,
    /// The chart as an SVG document, to be written to a file or put into a page as it stands.
    pub svg: String,
    /// The chart as a PNG file.
    pub png: Vec<u8>,
    /// The plotted numbers as a CSV file.
    pub csv: String,
}

/// Why a figure cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// No run has any of the estimates that it asks for.
    #[error("figure `{figure}` shows nothing: no run has an estimate that matches {}", .show.join(", "))]
    NothingToShow {
        /// The figure.
        figure: String,
        /// What it asks for.
        show: Vec<String>,
    },
    /// A number that it would plot is infinite, too large for an axis, or not a number.
    #[error("figure `{figure}`: {part} of `{address}` is no number that can be drawn")]
    NotFinite {
        /// The figure.
        figure: String,
        /// The estimate, or the claim.
        address: String,
        /// Which number of it.
        part: &'static str,
    },
    /// More than fits a page.
    #[error("figure `{figure}` has {found} {what}; at most {limit} can be read")]
    TooMany {
        /// The figure.
        figure: String,
        /// `rows`, `series` or `points in time`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are admitted.
        limit: usize,
    },
    /// A time line without a time: no `time` key, or an estimate whose address does not have it.
    #[error("figure `{figure}` is a time line, but {why}")]
    NoTime {
        /// The figure.
        figure: String,
        /// What is missing.
        why: String,
    },
    /// The drawing itself failed.
    #[error("figure `{figure}` could not be drawn: {why}")]
    Failed {
        /// The figure.
        figure: String,
        /// Why.
        why: String,
    },
}

/// Draws a figure from the runs that have its estimates and the claims on them.
///
/// # Errors
///
/// If there is nothing to show, too much, or a number that is not finite.
pub fn draw(figure: &Figure, results: &Results, audit: &Audit) -> Result<Drawing, FigureError> {
    let failed = |why: String| FigureError::Failed { figure: figure.id.clone(), why };
    let fonts = Fonts::load().map_err(|error| failed(error.to_string()))?;
    let selection = select::select(figure, results, audit)?;
    let sheet = match figure.kind {
        ChartKind::Estimates => estimates::draw(&fonts, figure, &selection),
        ChartKind::Bars => bars::draw(&fonts, figure, &selection),
        ChartKind::Timeline => timeline::draw(&fonts, figure, &selection)?,
    };
    let description = words::description(figure, &selection);
    let drawn = paint::svg(&sheet, &fonts).map_err(failed)?;
    let pixels = paint::bitmap(&sheet, &fonts).map_err(failed)?;
    Ok(Drawing {
        id: figure.id.clone(),
        title: figure.title.clone(),
        svg: svg::dress(&drawn, &sheet, &figure.id, &figure.title, &description),
        png: png::encode(&pixels, paint::surface(&sheet), &sheet.colours()).map_err(failed)?,
        csv: words::csv(&selection).map_err(failed)?,
        description,
    })
}
