//! The printed values of a time line that ours do not bear out: each named beside its point, or, where
//! they are many, marked there and explained in the legend.

use super::mark;
use super::page::Key;
use super::plot::{Plot, Spot};
use super::row::{Row, Selection, fails};
use super::sheet::{INK, Sheet, Style, WHITE};
use super::text::Fonts;
use crate::claims::record::Verdict;

/// How many can be named in the chart before they cover it.
const MOST_NAMED: usize = 4;

/// Returns the failing verdicts, as often as they occur.
fn failing(selection: &Selection) -> Vec<Verdict> {
    let printed = selection.rows.iter().flat_map(Row::printed);
    printed.filter_map(|printed| printed.verdict).filter(|verdict| fails(*verdict)).collect()
}

/// Returns a legend of the marks, where they are not named in the chart.
pub(super) fn keys(selection: &Selection) -> Vec<Key> {
    let failing = failing(selection);
    if failing.len() <= MOST_NAMED {
        return Vec::new();
    }
    let marked = Verdict::ALL.into_iter().filter(|verdict| failing.contains(verdict));
    marked
        .map(|verdict| {
            let sign =
                move |sheet: &mut Sheet, at| mark::put(sheet, mark::of(Some(verdict)), at, 4.6);
            Key::new(sign, 12.0, format!("{verdict}, at the printed value"))
        })
        .collect()
}

/// Names or marks what fails.
pub(super) fn draw(
    sheet: &mut Sheet,
    fonts: &Fonts,
    plot: &Plot<'_>,
    spots: &[&Spot<'_>],
    selection: &Selection,
) {
    let named = failing(selection).len() <= MOST_NAMED;
    let mut taken = Vec::new();
    for spot in spots {
        for printed in spot.row.printed() {
            let Some(verdict) = printed.verdict.filter(|verdict| fails(*verdict)) else { continue };
            let height = printed.middle().map_or(spot.y, |middle| plot.y(middle));
            if named {
                let words = format!("printed {}: {verdict}", printed.text);
                name(sheet, fonts, plot, (spot, height), (&words, verdict), &mut taken);
            } else {
                mark::put(sheet, mark::of(Some(verdict)), (spot.x, height), 4.6);
            }
        }
    }
}

/// Writes words beside a point, on the side with more room.
fn name(
    sheet: &mut Sheet,
    fonts: &Fonts,
    plot: &Plot<'_>,
    (spot, wanted): (&Spot<'_>, f64),
    (words, verdict): (&str, Verdict),
    taken: &mut Vec<(f64, f64)>,
) {
    let style = Style::SMALL.coloured(INK);
    let words = fonts.shorten(words, style.size, style.weight, 190.0);
    let width = 20.0 + fonts.width(&words, style.size, style.weight) * 1.04;
    let late = plot.times.place(spot.time) > 0.5;
    let left = if late { spot.x - 16.0 - width } else { spot.x + 16.0 };
    let middle = free_height(wanted, left, plot, taken);
    taken.push((left, middle));
    sheet.rectangle((left - 2.0, middle - 9.0), (left + width, middle + 9.0), WHITE, 0.85);
    mark::put(sheet, mark::of(Some(verdict)), (left + 7.0, middle), 4.6);
    sheet.centred((left + 17.0, middle), words, style);
}

/// Returns the height nearest to the wanted one at which no other words stand.
fn free_height(wanted: f64, left: f64, plot: &Plot<'_>, taken: &[(f64, f64)]) -> f64 {
    let (highest, lowest) = (plot.top - 4.0, plot.bottom - 9.0);
    let free = |height: f64| {
        (highest..=lowest).contains(&height)
            && taken.iter().all(|(x, y)| (x - left).abs() > 210.0 || (y - height).abs() >= 18.0)
    };
    let wanted = wanted.clamp(highest, lowest);
    (0..80)
        .map(|step| f64::from((step + 1) / 2) * if step % 2 == 0 { 6.0 } else { -6.0 })
        .map(|step| wanted + step)
        .find(|height| free(*height))
        .unwrap_or(wanted)
}
