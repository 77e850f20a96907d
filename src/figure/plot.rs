//! Where the numbers and times of a time line stand on its page.

use super::instant::Times;
use super::number::Scale;
use super::row::Row;
use super::series::Series;

/// The area that the lines are drawn in.
pub(super) struct Plot<'a> {
    pub(super) scale: Scale,
    pub(super) times: &'a Times,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Plot<'_> {
    /// Returns where a time stands.
    pub(super) fn x(&self, time: usize) -> f64 {
        // Half a mark's room at either side, so that marks do not sit on the axis.
        let inset = 14.0_f64.min((self.right - self.left) / 4.0);
        self.left + inset + self.times.place(time) * (self.right - self.left - 2.0 * inset)
    }

    /// Returns where a number stands.
    pub(super) fn y(&self, number: f64) -> f64 {
        self.bottom - self.scale.place(number) * (self.bottom - self.top)
    }
}

/// A point of a series on the page.
pub(super) struct Spot<'a> {
    pub(super) row: &'a Row,
    pub(super) time: usize,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Returns the points of a series.
pub(super) fn spots<'a>(plot: &Plot<'_>, series: &[Series<'a>], index: usize) -> Vec<Spot<'a>> {
    let shift = aside(index, plot, series);
    let points = series.get(index).map(|series| series.points.as_slice()).unwrap_or_default();
    points
        .iter()
        .map(|(time, row)| {
            let y = plot.y(row.value.as_ref().copied().unwrap_or_default());
            Spot { row, time: *time, x: plot.x(*time) + shift, y }
        })
        .collect()
}

/// Moves each series a little aside where intervals of several would cover each other.
pub(super) fn aside(index: usize, plot: &Plot<'_>, series: &[Series<'_>]) -> f64 {
    let mut points = series.iter().flat_map(|series| &series.points);
    if series.len() < 2 || !points.any(|(_, row)| row.ci.or(row.slack).is_some()) {
        return 0.0;
    }
    let step = ((plot.right - plot.left) / plot.times.len().max(1) as f64 * 0.04).min(5.0);
    let turn = index.div_ceil(2) as f64;
    if index % 2 == 1 { turn * step } else { -turn * step }
}
