//! What a verdict looks like: always a shape and a colour beside its word.
//!
//! Okabe and Ito's colours, which colour-blind people can tell apart; the light ones get a dark edge, so
//! that every mark stands out from white by at least 3:1. Filled: recomputed from data. Hollow: from
//! printed numbers only, or not at all.

use super::sheet::{Colour, GREY, Sheet, WHITE};
use crate::claims::record::Verdict;

pub(super) const BLUE: Colour = (0x00, 0x72, 0xb2);
pub(super) const SKY: Colour = (0x56, 0xb4, 0xe9);
pub(super) const ORANGE: Colour = (0xe6, 0x9f, 0x00);
pub(super) const VERMILLION: Colour = (0xd5, 0x5e, 0x00);
pub(super) const GREEN: Colour = (0x00, 0x9e, 0x73);
pub(super) const PURPLE: Colour = (0xcc, 0x79, 0xa7);
pub(super) const BLACK: Colour = (0x00, 0x00, 0x00);
/// The edge of orange.
const BROWN: Colour = (0x8a, 0x56, 0x00);
/// The edge of purple.
const PLUM: Colour = (0x8c, 0x3f, 0x69);
/// The edge of sky, where blue is taken.
const STEEL: Colour = (0x2b, 0x8c, 0xbe);
/// The edge of green.
const PINE: Colour = (0x00, 0x6b, 0x4e);

/// The outline of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outline {
    Disc,
    Square,
    Diamond,
    Up,
    Down,
    Cross,
}

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) outline: Outline,
    pub(super) fill: Colour,
    pub(super) edge: Colour,
}

const fn mark(outline: Outline, fill: Colour, edge: Colour) -> Mark {
    Mark { outline, fill, edge }
}

/// A number that no claim is about.
pub(super) const UNCLAIMED: Mark = mark(Outline::Disc, GREY, GREY);

/// The series of a time line, told apart by shape and colour.
pub(super) const SERIES: [Mark; 7] = [
    mark(Outline::Disc, BLUE, BLUE),
    mark(Outline::Square, ORANGE, BROWN),
    mark(Outline::Up, GREEN, PINE),
    mark(Outline::Diamond, PURPLE, PLUM),
    mark(Outline::Disc, WHITE, BLACK),
    mark(Outline::Square, GREY, GREY),
    mark(Outline::Down, SKY, STEEL),
];

/// Returns the mark of a verdict, or of none.
pub(super) const fn of(verdict: Option<Verdict>) -> Mark {
    let Some(verdict) = verdict else { return UNCLAIMED };
    match verdict {
        Verdict::Exact => mark(Outline::Disc, BLUE, BLUE),
        Verdict::Rounded => mark(Outline::Square, BLUE, BLUE),
        Verdict::WithinTolerance => mark(Outline::Diamond, SKY, BLUE),
        Verdict::Compatible => mark(Outline::Disc, SKY, BLUE),
        Verdict::Differs | Verdict::NotCompatible => mark(Outline::Up, ORANGE, BROWN),
        Verdict::Overturned => mark(Outline::Down, VERMILLION, VERMILLION),
        Verdict::Impossible | Verdict::DoesNotAddUp => mark(Outline::Cross, VERMILLION, VERMILLION),
        Verdict::Void => mark(Outline::Cross, BLACK, BLACK),
        Verdict::AddsUp => mark(Outline::Disc, WHITE, BLUE),
        Verdict::Possible => mark(Outline::Diamond, WHITE, BLUE),
        Verdict::Inconclusive => mark(Outline::Up, WHITE, GREY),
        Verdict::Untestable | Verdict::Unchecked => mark(Outline::Square, WHITE, GREY),
    }
}

/// How wide an edge is.
const EDGE: f64 = 1.6;

/// Draws a mark, with a thin white rim so that it stands off what lies under it.
pub(super) fn put(sheet: &mut Sheet, mark: Mark, centre: (f64, f64), radius: f64) {
    shape(sheet, mark.outline, centre, radius + 1.0, WHITE);
    shape(sheet, mark.outline, centre, radius, mark.edge);
    if mark.fill != mark.edge {
        shape(sheet, mark.outline, centre, inner(mark.outline, radius), mark.fill);
    }
}

/// Returns the size of the inside, so that the edge is equally wide along every outline.
fn inner(outline: Outline, radius: f64) -> f64 {
    match outline {
        Outline::Disc | Outline::Square | Outline::Cross => radius - EDGE,
        Outline::Diamond => radius - EDGE * 1.3,
        Outline::Up | Outline::Down => radius - EDGE * 1.7,
    }
}

fn shape(sheet: &mut Sheet, outline: Outline, (x, y): (f64, f64), radius: f64, colour: Colour) {
    let around = |corners: &[(f64, f64)]| -> Vec<(f64, f64)> {
        corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect()
    };
    match outline {
        Outline::Disc => sheet.disc((x, y), radius, colour),
        Outline::Square => {
            let half = radius * 0.89;
            sheet.rectangle((x - half, y - half), (x + half, y + half), colour, 1.0);
        }
        Outline::Diamond => {
            let corners = [(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)];
            sheet.polygon(around(&corners), colour);
        }
        Outline::Up => {
            sheet.polygon(around(&[(0.0, -1.2), (1.15, 0.8), (-1.15, 0.8)]), colour);
        }
        Outline::Down => {
            sheet.polygon(around(&[(0.0, 1.2), (1.15, -0.8), (-1.15, -0.8)]), colour);
        }
        Outline::Cross => cross(sheet, (x, y), radius, colour),
    }
}

/// Two beams; a rim's beams are wider by the rim.
fn cross(sheet: &mut Sheet, (x, y): (f64, f64), radius: f64, colour: Colour) {
    let beam = if colour == WHITE { 3.8 } else { 2.6 };
    let reach = radius * 0.9;
    sheet.line((x - reach, y - reach), (x + reach, y + reach), beam, colour);
    sheet.line((x - reach, y + reach), (x + reach, y - reach), beam, colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_verdicts_of_one_basis_look_alike() {
        for left in Verdict::ALL {
            for right in Verdict::ALL {
                let shared =
                    left.allowed_on().iter().any(|basis| right.allowed_on().contains(basis));
                let pair = [Verdict::Impossible, Verdict::DoesNotAddUp];
                let nothing = [Verdict::Untestable, Verdict::Unchecked];
                let excused = |set: [Verdict; 2]| set.contains(&left) && set.contains(&right);
                if left != right && shared && !excused(pair) && !excused(nothing) {
                    assert_ne!(of(Some(left)), of(Some(right)), "{left} {right}");
                }
            }
        }
    }
}
