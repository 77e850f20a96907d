//! Estimates with their intervals, and on the same scale what the study prints: the figure that an
//! auditor wants first. After the forest plot of meta-analyses (Lewis and Clarke 2001, BMJ 322:1479).

use super::mark::{self, BLUE, UNCLAIMED};
use super::number::Scale;
use super::page::{self, Key};
use super::row::{Printed, Row, Selection};
use super::sheet::{Colour, GREY, INK, Sheet};
use super::table::{Place, Table, interval_name};
use super::text::Fonts;
use crate::results::Figure;

/// The band of a printed number.
const BAND: Colour = (0xa6, 0xa6, 0xa6);
const BAND_OPACITY: f64 = 0.5;
/// Half the height of the tick in a band.
const TICK: f64 = 6.0;
const RADIUS: f64 = 5.2;

/// Draws the chart.
pub(super) fn draw(fonts: &Fonts, figure: &Figure, selection: &Selection) -> Sheet {
    let mut sheet = Sheet::default();
    let top = page::heading(&mut sheet, fonts, figure);
    let scale = scale(&selection.rows);
    let table = Table::lay_out(fonts, selection, scale, top);
    let end = table.draw(&mut sheet, figure);
    for place in &table.places {
        printed(&mut sheet, &table, place);
        ours(&mut sheet, &table, place);
    }
    let (keys, notes) = (keys(selection), super::words::notes(selection, clipped(&table)));
    page::foot(&mut sheet, fonts, end, &keys, &notes);
    sheet
}

/// Returns a scale for all numbers, except that an interval many times wider than the others does not
/// squash them: it leaves the scale.
fn scale(rows: &[Row]) -> Scale {
    const WIDE: f64 = 6.0;
    let mut widths: Vec<f64> = rows.iter().filter_map(|row| row.ci).map(width).collect();
    widths.sort_by(f64::total_cmp);
    let usual = widths.get(widths.len() / 2).copied().filter(|_| widths.len() > 2);
    let wide = |ends: [f64; 2]| usual.is_some_and(|usual| width(ends) > WIDE * usual);
    let numbers = rows.iter().flat_map(|row| {
        let ends = row.ci.filter(|ends| wide(*ends));
        row.numbers().filter(move |number| ends.is_none_or(|ends| !ends.contains(number)))
    });
    Scale::around(numbers).with_zero_within(0.6).padded(0.04)
}

fn width(ends: [f64; 2]) -> f64 {
    ends[1] - ends[0]
}

/// Says whether an interval leaves the scale.
fn clipped(table: &Table<'_>) -> bool {
    let mut ends = table.places.iter().flat_map(|place| place.row.ci.into_iter().flatten());
    ends.any(|end| !table.scale.holds(end))
}

/// Draws the printed numbers of a row: a band as wide as rounding allows over the whole row, so that our
/// value is seen in it or beside it, and a tick on the printed number's own line.
fn printed(sheet: &mut Sheet, table: &Table<'_>, place: &Place<'_>) {
    for ends in place.row.bands() {
        let (left, right) = table.span(ends, 2.5);
        let edges = ((left, place.top + 3.0), (right, place.bottom - 3.0));
        sheet.rectangle(edges.0, edges.1, BAND, BAND_OPACITY);
    }
    for (statement, height) in place.row.statements.iter().zip(&place.printed) {
        if let Some(ends) = statement.interval() {
            whisker(sheet, table, ends, *height, INK, 1.4);
        }
        if let Some(middle) = statement.value.as_ref().and_then(Printed::middle) {
            let x = table.x(middle);
            sheet.line((x, height - TICK), (x, height + TICK), 2.4, INK);
        }
    }
}

/// Draws our value with its interval.
fn ours(sheet: &mut Sheet, table: &Table<'_>, place: &Place<'_>) {
    let row = place.row;
    let Ok(value) = row.value else { return };
    let mark = mark::of(row.verdict());
    if let Some(ends) = row.slack {
        let (left, right) = table.span(ends, 3.0);
        sheet.rectangle((left, place.ours - 3.5), (right, place.ours + 3.5), mark.edge, 0.45);
    }
    if let Some(ends) = row.ci {
        whisker(sheet, table, ends, place.ours, mark.edge, 2.0);
    }
    mark::put(sheet, mark, (table.x(value), place.ours), RADIUS);
}

/// Draws an interval: a line with a cap at each end, or an arrow where it leaves the scale.
fn whisker(
    sheet: &mut Sheet,
    table: &Table<'_>,
    ends: [f64; 2],
    height: f64,
    colour: Colour,
    width: f64,
) {
    let [left, right] = ends.map(|end| table.x(end));
    sheet.line((left, height), (right, height), width, colour);
    for (end, x, outward) in [(ends[0], left, -1.0), (ends[1], right, 1.0)] {
        if table.scale.holds(end) {
            sheet.line((x, height - 4.0), (x, height + 4.0), width, colour);
        } else {
            let back = x - outward * 7.0;
            let corners = vec![(x + outward, height), (back, height - 4.5), (back, height + 4.5)];
            sheet.polygon(corners, colour);
        }
    }
}

fn keys(selection: &Selection) -> Vec<Key> {
    let rows = &selection.rows;
    let mut keys = Vec::new();
    if rows.iter().any(|row| row.ci.is_some()) {
        let words = format!("our value and its {}", interval_name(selection));
        keys.push(Key::new(sign_interval, 26.0, words));
    } else {
        keys.push(Key::new(sign_value, 12.0, "our value"));
    }
    if rows.iter().any(|row| row.slack.is_some()) {
        keys.push(Key::new(sign_slack, 24.0, "what rounding of the printed inputs allows"));
    }
    if rows.iter().any(|row| !row.bands().is_empty()) {
        keys.push(Key::new(sign_band, 14.0, "printed value, as wide as its rounding allows"));
    }
    if rows.iter().flat_map(|row| &row.statements).any(|found| found.interval().is_some()) {
        keys.push(Key::new(sign_printed_interval, 26.0, "printed interval"));
    }
    keys
}

fn sign_value(sheet: &mut Sheet, at: (f64, f64)) {
    mark::put(sheet, UNCLAIMED, at, 4.6);
}

fn sign_interval(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.line((x - 12.0, y), (x + 12.0, y), 2.0, GREY);
    for end in [x - 12.0, x + 12.0] {
        sheet.line((end, y - 4.0), (end, y + 4.0), 2.0, GREY);
    }
    mark::put(sheet, UNCLAIMED, (x, y), 4.6);
}

fn sign_slack(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.rectangle((x - 11.0, y - 3.5), (x + 11.0, y + 3.5), BLUE, 0.45);
}

/// The sign of a printed value, here and in the other charts.
pub(super) fn sign_band(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.rectangle((x - 6.0, y - 7.0), (x + 6.0, y + 7.0), BAND, BAND_OPACITY);
    sheet.line((x, y - TICK), (x, y + TICK), 2.4, INK);
}

fn sign_printed_interval(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.line((x - 12.0, y), (x + 12.0, y), 1.4, INK);
    for end in [x - 12.0, x + 12.0] {
        sheet.line((end, y - 4.0), (end, y + 4.0), 1.4, INK);
    }
}
