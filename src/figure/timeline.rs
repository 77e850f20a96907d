//! Values over time: a line per series, named at its end rather than in a legend, the printed values
//! beside ours.

use super::mark::{self, Mark};
use super::number::{Scale, Unit};
use super::page::{self, DARK, Key, SMALL_LINE};
use super::plot::{self, Plot, Spot};
use super::row::{Row, Selection};
use super::series::{self, Series};
use super::sheet::{Anchor, Colour, GRID, INK, MARGIN, Sheet, Style, WIDTH, Weight};
use super::table::interval_name;
use super::text::Fonts;
use super::words;
use super::{FigureError, objections};
use crate::claims::record::Verdict;
use crate::results::Figure;

const WIDEST_LABEL: f64 = 180.0;
const LINE: f64 = 16.5;
const HEIGHT: f64 = 270.0;
const RADIUS: f64 = 4.8;
const BAND: Colour = (0x8c, 0x8c, 0x8c);

/// Draws the chart.
pub(super) fn draw(
    fonts: &Fonts,
    figure: &Figure,
    selection: &Selection,
) -> Result<Sheet, FigureError> {
    let (times, series) = series::sort(figure, selection)?;
    let unit = &selection.unit;
    let scale = Scale::around(selection.rows.iter().flat_map(Row::numbers))
        .with_zero_within(0.5)
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
    let lines: Vec<(Mark, Vec<Spot<'_>>)> = series
        .iter()
        .enumerate()
        .map(|(index, line)| (line.mark, plot::spots(&plot, &series, index)))
        .collect();
    for (_, spots) in &lines {
        bands(&mut sheet, &plot, spots);
    }
    for (mark, spots) in &lines {
        line(&mut sheet, &plot, spots, *mark);
    }
    let spots: Vec<&Spot<'_>> = lines.iter().flat_map(|(_, spots)| spots).collect();
    objections::draw(&mut sheet, fonts, &plot, &spots, selection);
    name_ends(&mut sheet, &plot, &series, &labels);
    page::foot(&mut sheet, fonts, plot.bottom + 34.0, &keys(selection), &notes(selection));
    Ok(sheet)
}

fn axes(sheet: &mut Sheet, fonts: &Fonts, plot: &Plot<'_>, ticks: &[(f64, String)]) {
    for (tick, words) in ticks {
        let y = plot.y(*tick);
        let (width, colour) = if *tick == 0.0 { (1.2, DARK) } else { (1.0, GRID) };
        sheet.line((plot.left, y), (plot.right, y), width, colour);
        let style = Style::SMALL.anchored(Anchor::End);
        sheet.centred((plot.left - 7.0, y), words.as_str(), style);
    }
    // Only a line that is zero looks like one.
    let floor = if plot.scale.low == 0.0 { DARK } else { GRID };
    sheet.line((plot.left, plot.bottom), (plot.right, plot.bottom), 1.2, floor);
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

/// Draws the printed values of a series as bands as high as their rounding allows.
fn bands(sheet: &mut Sheet, plot: &Plot<'_>, spots: &[Spot<'_>]) {
    for spot in spots {
        for ends in spot.row.bands() {
            let [low, high] = ends.map(|end| plot.y(end));
            let missing = (2.5 - (low - high)).max(0.0) / 2.0;
            let corners = ((spot.x - 11.0, high - missing), (spot.x + 11.0, low + missing));
            sheet.rectangle(corners.0, corners.1, BAND, 0.6);
        }
    }
}

fn line(sheet: &mut Sheet, plot: &Plot<'_>, spots: &[Spot<'_>], mark: Mark) {
    for pair in spots.windows(2) {
        if let [from, to] = pair {
            sheet.line((from.x, from.y), (to.x, to.y), 2.0, mark.edge);
        }
    }
    for Spot { row, x, y, .. } in spots {
        if let Some(ends) = row.ci.or(row.slack) {
            let [low, high] = ends.map(|end| plot.y(end));
            sheet.line((*x, low), (*x, high), 1.6, mark.edge);
            for end in [low, high] {
                sheet.line((x - 3.5, end), (x + 3.5, end), 1.6, mark.edge);
            }
        }
        mark::put(sheet, mark, (*x, *y), RADIUS);
    }
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
        let (Some(named), Some(lines)) = (series.get(*index), labels.get(*index)) else { continue };
        let Some((time, _)) = named.points.last() else { continue };
        let from = plot.x(*time) + plot::aside(*index, plot, series) + RADIUS + 3.0;
        let x = plot.right + 28.0;
        sheet.line((from, *y), (x - 16.0, middle), 1.0, GRID);
        mark::put(sheet, named.mark, (x - 9.0, middle), 4.2);
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
        let words = format!("our value and its {}", interval_name(selection));
        keys.push(Key::new(sign_interval, 26.0, words));
    } else if rows.iter().any(|row| row.slack.is_some()) {
        keys.push(Key::new(
            sign_interval,
            26.0,
            "our value and what rounding of the printed inputs allows",
        ));
    }
    if rows.iter().any(|row| !row.bands().is_empty()) {
        keys.push(Key::new(sign_printed, 24.0, "printed value, as wide as its rounding allows"));
    }
    keys.extend(objections::keys(selection));
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
        rows.iter().flat_map(Row::printed).filter_map(|printed| printed.verdict).collect();
    let mut notes = words::notes(selection, false);
    if !verdicts.is_empty() {
        notes.push(format!("{}.", words::tally(verdicts.into_iter())));
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
