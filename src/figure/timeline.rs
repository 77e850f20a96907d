//! Values over time: a line per series, named at its end rather than in a legend, the printed values
//! beside ours.

use super::FigureError;
use super::instant::Times;
use super::mark::{self, Mark, SERIES};
use super::number::{Scale, Unit};
use super::page::{self, DARK, Key, SMALL_LINE};
use super::select::{Row, Selection, groups, limit};
use super::sheet::{Anchor, Colour, GRID, INK, MARGIN, Sheet, Style, WIDTH, Weight};
use super::table::interval_name;
use super::text::Fonts;
use super::words;
use crate::claims::record::Verdict;
use crate::results::Figure;

const WIDEST_LABEL: f64 = 180.0;
const LINE: f64 = 16.5;
const HEIGHT: f64 = 270.0;
const RADIUS: f64 = 4.8;
const MOST_TIMES: usize = 120;
const BAND: Colour = (0x8c, 0x8c, 0x8c);

/// One line of the chart.
struct Series<'a> {
    label: String,
    mark: Mark,
    /// By time: where it stands among the times, and the row.
    points: Vec<(usize, &'a Row)>,
}

/// Where everything stands.
struct Plot<'a> {
    scale: Scale,
    times: &'a Times,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Plot<'_> {
    fn x(&self, time: usize) -> f64 {
        // Half a mark's room at either side, so that marks do not sit on the axis.
        let inset = 14.0_f64.min((self.right - self.left) / 4.0);
        self.left + inset + self.times.place(time) * (self.right - self.left - 2.0 * inset)
    }

    fn y(&self, number: f64) -> f64 {
        self.bottom - self.scale.place(number) * (self.bottom - self.top)
    }
}

/// Draws the chart.
pub(super) fn draw(
    fonts: &Fonts,
    figure: &Figure,
    selection: &Selection,
) -> Result<Sheet, FigureError> {
    let (times, series) = series(figure, selection)?;
    let unit = &selection.unit;
    let scale = Scale::around(selection.rows.iter().flat_map(Row::numbers))
        .with_zero_if_near()
        .padded(0.06);
    let mut sheet = Sheet::default();
    let mut top = page::heading(&mut sheet, fonts, figure);
    if let Some(title) = page::axis_title(figure, unit) {
        let style = Style::SMALL;
        for words in fonts.wrap(&title, style.size, style.weight, WIDTH - 2.0 * MARGIN, 2) {
            sheet.centred((MARGIN, top + SMALL_LINE / 2.0), words, style);
            top += SMALL_LINE;
        }
    }
    let labels = end_labels(fonts, &series, unit);
    let room = labels
        .iter()
        .flatten()
        .map(|line| fonts.width(line, Style::BODY.size, Weight::Regular) * 1.04);
    let room = room.fold(30.0, f64::max);
    let needed: f64 = labels.iter().map(|lines| lines.len() as f64 * LINE + 3.0).sum();
    let ticks = scale.ticks(unit, 6);
    let tick_room =
        ticks.iter().map(|(_, words)| fonts.width(words, Style::SMALL.size, Weight::Regular));
    let plot = Plot {
        scale,
        times: &times,
        left: MARGIN + tick_room.fold(10.0, f64::max) + 8.0,
        right: WIDTH - MARGIN - room - 30.0,
        top: top + 10.0,
        bottom: top + 10.0 + HEIGHT.max(needed),
    };
    axes(&mut sheet, fonts, &plot, &ticks);
    for (index, series) in series.iter().enumerate() {
        line(&mut sheet, &plot, series, offset(index, &plot, &times));
    }
    name_ends(&mut sheet, &plot, &series, &labels);
    page::foot(&mut sheet, fonts, plot.bottom + 34.0, &keys(selection), &notes(selection));
    Ok(sheet)
}

/// Sorts the rows into series and times.
fn series<'a>(
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

/// Moves each series a little aside where their intervals would cover each other.
fn offset(index: usize, plot: &Plot<'_>, times: &Times) -> f64 {
    let step = ((plot.right - plot.left) / times.len().max(1) as f64 * 0.04).min(5.0);
    let turn = index.div_ceil(2) as f64;
    if index % 2 == 1 { turn * step } else { -turn * step }
}

fn axes(sheet: &mut Sheet, fonts: &Fonts, plot: &Plot<'_>, ticks: &[(f64, String)]) {
    for (tick, words) in ticks {
        let y = plot.y(*tick);
        let (width, colour) = if *tick == 0.0 { (1.2, DARK) } else { (1.0, GRID) };
        sheet.line((plot.left, y), (plot.right, y), width, colour);
        let style = Style::SMALL.anchored(Anchor::End);
        sheet.centred((plot.left - 7.0, y), words.as_str(), style);
    }
    sheet.line((plot.left, plot.bottom), (plot.right, plot.bottom), 1.2, DARK);
    let style = Style::SMALL.anchored(Anchor::Middle);
    let mut free = f64::NEG_INFINITY;
    for time in 0..plot.times.len() {
        let x = plot.x(time);
        let words = fonts.shorten(plot.times.label(time), style.size, style.weight, 130.0);
        let half = fonts.width(&words, style.size, style.weight) / 2.0;
        sheet.line((x, plot.bottom), (x, plot.bottom + 4.0), 1.2, DARK);
        let middle = x.clamp(MARGIN + half, WIDTH - MARGIN - half);
        if middle - half >= free {
            sheet.centred((middle, plot.bottom + 14.0), words, style);
            free = middle + half + 10.0;
        }
    }
}

fn line(sheet: &mut Sheet, plot: &Plot<'_>, series: &Series<'_>, aside: f64) {
    let at = |(time, row): &(usize, &Row)| {
        let value = row.value.as_ref().copied().unwrap_or_default();
        (plot.x(*time) + aside, plot.y(value))
    };
    for pair in series.points.windows(2) {
        if let [from, to] = pair {
            sheet.line(at(from), at(to), 2.0, series.mark.edge);
        }
    }
    for point in &series.points {
        let (x, y) = at(point);
        let row = point.1;
        for ends in row.bands() {
            let [low, high] = ends.map(|end| plot.y(end));
            let missing = (2.5 - (low - high)).max(0.0) / 2.0;
            sheet.rectangle((x - 11.0, high - missing), (x + 11.0, low + missing), BAND, 0.6);
        }
        if let Some(ends) = row.ci.or(row.slack) {
            let [low, high] = ends.map(|end| plot.y(end));
            sheet.line((x, low), (x, high), 1.6, series.mark.edge);
            for y in [low, high] {
                sheet.line((x - 3.5, y), (x + 3.5, y), 1.6, series.mark.edge);
            }
        }
        mark::put(sheet, series.mark, (x, y), RADIUS);
        if let Some(verdict) = row.verdict().filter(|verdict| fails(*verdict)) {
            let above = y - 16.0;
            let height = if above < plot.top - 6.0 { y + 16.0 } else { above };
            mark::put(sheet, mark::of(Some(verdict)), (x, height), 5.0);
        }
    }
}

fn fails(verdict: Verdict) -> bool {
    verdict == Verdict::Void || Verdict::FAILING.contains(&verdict)
}

/// Returns each series' name with its last value, broken into lines.
fn end_labels(fonts: &Fonts, series: &[Series<'_>], unit: &Unit) -> Vec<Vec<String>> {
    series
        .iter()
        .map(|series| {
            let last = series.points.last().map(|(_, row)| *row);
            let value = last.and_then(|row| {
                row.value.as_ref().ok().map(|value| unit.show(*value, row.decimals(unit)))
            });
            let (size, room) = (Style::BODY.size, WIDEST_LABEL / 1.04);
            let mut lines = fonts.wrap(&series.label, size, Weight::Regular, room, 2);
            let value = value.unwrap_or_default();
            let joined = lines.last().map(|line| format!("{line} {value}")).unwrap_or_default();
            if fonts.width(&joined, size, Weight::Regular) <= room {
                lines.pop();
                lines.push(joined);
            } else {
                lines.push(value);
            }
            lines
        })
        .collect()
}

/// Writes each series' name at its end, moved apart where they would overlap.
fn name_ends(sheet: &mut Sheet, plot: &Plot<'_>, series: &[Series<'_>], labels: &[Vec<String>]) {
    let mut ends: Vec<(f64, f64, usize)> = Vec::new();
    for (index, (series, lines)) in series.iter().zip(labels).enumerate() {
        let Some((_, row)) = series.points.last() else { continue };
        let height = lines.len() as f64 * LINE + 3.0;
        ends.push((plot.y(row.value.as_ref().copied().unwrap_or_default()), height, index));
    }
    ends.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.2.cmp(&right.2)));
    let heights: Vec<f64> = ends.iter().map(|end| end.1).collect();
    let wanted: Vec<f64> = ends.iter().map(|end| end.0).collect();
    let middles = spread(&wanted, &heights, plot.top - 6.0, plot.bottom + 4.0);
    for ((y, height, index), middle) in ends.iter().zip(middles) {
        let (Some(series), Some(lines)) = (series.get(*index), labels.get(*index)) else {
            continue;
        };
        let Some((time, _)) = series.points.last() else { continue };
        let from = plot.x(*time) + offset(*index, plot, plot.times) + RADIUS + 3.0;
        let x = plot.right + 28.0;
        sheet.line((from, *y), (x - 16.0, middle), 1.0, GRID);
        mark::put(sheet, series.mark, (x - 9.0, middle), 4.2);
        let first = middle - (height - 3.0) / 2.0 + LINE / 2.0;
        for (line, words) in lines.iter().enumerate() {
            sheet.centred(
                (x, first + line as f64 * LINE),
                words.as_str(),
                Style::BODY.coloured(INK),
            );
        }
    }
}

/// Moves middles apart, in their order, so that blocks of these heights do not overlap and stay between
/// the ends if they fit.
fn spread(wanted: &[f64], heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut middles = wanted.to_vec();
    let mut free = top;
    for (middle, height) in middles.iter_mut().zip(heights) {
        *middle = middle.max(free + height / 2.0);
        free = *middle + height / 2.0;
    }
    let mut free = bottom;
    for (middle, height) in middles.iter_mut().zip(heights).rev() {
        *middle = middle.min(free - height / 2.0);
        free = *middle - height / 2.0;
    }
    middles
}

fn keys(selection: &Selection) -> Vec<Key> {
    let rows = &selection.rows;
    let mut keys = Vec::new();
    if rows.iter().any(|row| row.ci.is_some()) {
        let words = format!("our value, its {}", interval_name(selection));
        keys.push(Key::new(sign_interval, words));
    } else if rows.iter().any(|row| row.slack.is_some()) {
        keys.push(Key::new(sign_interval, "our value, what rounding of the printed inputs allows"));
    }
    if rows.iter().any(|row| !row.bands().is_empty()) {
        keys.push(Key::new(sign_printed, "printed value, as wide as its rounding allows"));
    }
    keys
}

fn sign_interval(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.line((x, y - 7.5), (x, y + 7.5), 1.6, DARK);
    for end in [y - 7.5, y + 7.5] {
        sheet.line((x - 3.5, end), (x + 3.5, end), 1.6, DARK);
    }
    mark::put(sheet, mark::UNCLAIMED, (x, y), 3.6);
}

fn sign_printed(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.rectangle((x - 11.0, y - 3.0), (x + 11.0, y + 3.0), BAND, 0.6);
}

fn notes(selection: &Selection) -> Vec<String> {
    let rows = &selection.rows;
    let verdicts: Vec<Verdict> =
        rows.iter().flat_map(|row| &row.printed).filter_map(|printed| printed.verdict).collect();
    let mut notes = words::notes(selection, false);
    if !verdicts.is_empty() {
        let failing = verdicts.iter().any(|verdict| fails(*verdict));
        let marked = if failing { "; what fails carries its mark" } else { "" };
        notes.push(format!("{}{marked}.", words::tally(verdicts.into_iter())));
    }
    let absent: Vec<String> = rows
        .iter()
        .filter_map(|row| row.value.as_ref().err().map(|why| format!("{} ({why})", row.label)))
        .collect();
    if !absent.is_empty() {
        notes.push(format!("Left out: {}.", absent.join(", ")));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_moved_apart_and_stay_on_the_page() {
        let middles = spread(&[10.0, 10.0, 10.0, 99.0], &[20.0; 4], 0.0, 100.0);
        assert_eq!(middles, [10.0, 30.0, 50.0, 90.0]);
        assert_eq!(spread(&[95.0, 95.0], &[20.0; 2], 0.0, 100.0), [70.0, 90.0]);
    }
}
