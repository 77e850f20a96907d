//! Shares as bars from zero, the printed value marked across each.

use super::estimates::sign_band;
use super::mark::{BLUE, ORANGE, SKY, VERMILLION};
use super::number::Scale;
use super::page::{self, Key};
use super::row::{Row, Selection};
use super::sheet::{Colour, INK, Sheet};
use super::table::{Place, Table, interval_name};
use super::text::Fonts;
use crate::claims::record::Verdict;
use crate::results::Figure;

/// Half the height of a bar.
const HALF: f64 = 8.5;

/// Draws the chart.
pub(super) fn draw(fonts: &Fonts, figure: &Figure, selection: &Selection) -> Sheet {
    let mut sheet = Sheet::default();
    let top = page::heading(&mut sheet, fonts, figure);
    let numbers = selection.rows.iter().flat_map(Row::numbers);
    let scale = Scale::around(numbers).with_zero().padded(0.04);
    let table = Table::lay_out(fonts, selection, scale, top);
    let end = table.draw(&mut sheet, figure);
    for place in &table.places {
        bar(&mut sheet, &table, place);
        printed(&mut sheet, &table, place);
    }
    let notes = super::words::notes(selection, false);
    page::foot(&mut sheet, fonts, end, &keys(selection), &notes);
    sheet
}

fn bar(sheet: &mut Sheet, table: &Table<'_>, place: &Place<'_>) {
    let Ok(value) = place.row.value else { return };
    let (fill, edge) = colours(place.row.verdict());
    let (zero, end) = (table.x(0.0), table.x(value));
    let (left, right) = (zero.min(end), zero.max(end).max(zero.min(end) + 1.0));
    let middle = f64::midpoint(place.top, place.bottom);
    sheet.rectangle((left, middle - HALF), (right, middle + HALF), edge, 1.0);
    if right - left > 2.4 {
        let inside = ((left + 1.2, middle - HALF + 1.2), (right - 1.2, middle + HALF - 1.2));
        sheet.rectangle(inside.0, inside.1, fill, 1.0);
    }
    if let Some(ends) = place.row.ci.or(place.row.slack) {
        let [low, high] = ends.map(|end| table.x(end));
        sheet.line((low, middle), (high, middle), 2.0, INK);
        for x in [low, high] {
            sheet.line((x, middle - 3.5), (x, middle + 3.5), 2.0, INK);
        }
    }
}

/// Returns a bar's colours: the word and the mark at its right say the same.
const fn colours(verdict: Option<Verdict>) -> (Colour, Colour) {
    const BROWN: Colour = (0x8a, 0x56, 0x00);
    match verdict {
        Some(Verdict::Differs | Verdict::NotCompatible) => (ORANGE, BROWN),
        Some(Verdict::Overturned | Verdict::Impossible | Verdict::DoesNotAddUp | Verdict::Void) => {
            (VERMILLION, VERMILLION)
        }
        _ => (SKY, BLUE),
    }
}

fn printed(sheet: &mut Sheet, table: &Table<'_>, place: &Place<'_>) {
    let middle = f64::midpoint(place.top, place.bottom);
    for printed in place.row.printed() {
        if let Some(ends) = printed.interval {
            let (left, right) = table.span(ends, 2.5);
            let reach = HALF + 4.0;
            sheet.rectangle(
                (left, middle - reach),
                (right, middle + reach),
                (0x60, 0x60, 0x60),
                0.5,
            );
        }
        if let Some(value) = printed.middle() {
            let x = table.x(value);
            sheet.line((x, middle - HALF - 4.0), (x, middle + HALF + 4.0), 2.2, INK);
        }
    }
}

fn keys(selection: &Selection) -> Vec<Key> {
    let rows = &selection.rows;
    let mut keys = vec![Key::new(sign_bar, 26.0, "our value")];
    if rows.iter().any(|row| row.ci.is_some()) {
        keys.push(Key::new(sign_interval, 26.0, format!("its {}", interval_name(selection))));
    } else if rows.iter().any(|row| row.slack.is_some()) {
        keys.push(Key::new(sign_interval, 26.0, "what rounding of the printed inputs allows"));
    }
    if rows.iter().any(|row| !row.bands().is_empty()) {
        keys.push(Key::new(sign_band, 14.0, "printed value, as wide as its rounding allows"));
    }
    keys
}

fn sign_bar(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.rectangle((x - 12.0, y - 6.0), (x + 12.0, y + 6.0), BLUE, 1.0);
    sheet.rectangle((x - 10.8, y - 4.8), (x + 10.8, y + 4.8), SKY, 1.0);
}

fn sign_interval(sheet: &mut Sheet, (x, y): (f64, f64)) {
    sheet.line((x - 10.0, y), (x + 10.0, y), 2.0, INK);
    for end in [x - 10.0, x + 10.0] {
        sheet.line((end, y - 3.5), (end, y + 3.5), 2.0, INK);
    }
}
