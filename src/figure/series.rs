//! The series of a time line: the rows that share everything in their address but the time.

use super::FigureError;
use super::instant::Times;
use super::mark::{self, Mark, SERIES};
use super::row::{Row, Selection};
use super::select::{groups, limit};
use crate::results::Figure;

const MOST_TIMES: usize = 120;

/// One line of the chart.
pub(super) struct Series<'a> {
    pub(super) label: String,
    pub(super) mark: Mark,
    /// By time: where it stands among the times, and the row.
    pub(super) points: Vec<(usize, &'a Row)>,
}

/// Sorts the rows into series and times.
pub(super) fn sort<'a>(
    figure: &Figure,
    selection: &'a Selection,
) -> Result<(Times, Vec<Series<'a>>), FigureError> {
    let without = |why: String| FigureError::NoTime { figure: figure.id.clone(), why };
    let key = figure.time.as_deref().ok_or_else(|| without("it names no `time` key".to_owned()))?;
    let mut dated: Vec<(&Row, &str)> = Vec::new();
    for row in selection.rows.iter().filter(|row| row.value.is_ok()) {
        let (_, groups) = groups(&row.address);
        let time = groups.iter().find(|(name, _)| *name == key);
        let (_, time) = time.ok_or_else(|| without(format!("`{}` has no `{key}`", row.address)))?;
        dated.push((row, time));
    }
    let times = Times::read(dated.iter().map(|(_, time)| *time));
    limit(figure, "points in time", times.len(), MOST_TIMES)?;
    let mut names: Vec<String> = Vec::new();
    let mut series: Vec<Series<'_>> = Vec::new();
    for (row, time) in dated {
        let name =
            format!("{} {:?}", row.address.replacen(&format!("{key}={time}"), "", 1), row.run);
        let place = times.position(time);
        let index = names.iter().position(|other| *other == name).unwrap_or_else(|| {
            names.push(name);
            let mark = SERIES.get(series.len()).copied().unwrap_or(mark::UNCLAIMED);
            let run = row.sublabel.as_ref().map(|run| format!(" ({run})")).unwrap_or_default();
            series.push(Series { label: format!("{}{run}", row.label), mark, points: Vec::new() });
            series.len() - 1
        });
        if let Some(series) = series.get_mut(index) {
            series.points.push((place, row));
        }
    }
    limit(figure, "series", series.len(), SERIES.len())?;
    for series in &mut series {
        series.points.sort_by_key(|(place, _)| *place);
    }
    Ok((times, series))
}
