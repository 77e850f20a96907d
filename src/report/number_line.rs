//! The small drawing on a claim's card: what the printed digits stand for, and where our value lies.

use serde::Serialize;

use super::number;
use crate::claims::record::ClaimRecord;
use crate::results::{Basis, Estimate};

/// Width of the drawing, in its own units.
const WIDTH: f64 = 320.0;
/// Room left of and right of the line.
const MARGIN: f64 = 10.0;
/// The least width at which a band is seen.
const LEAST: f64 = 3.0;

/// Places on the line, ready to be drawn; positions are texts with one decimal.
#[derive(Debug, Serialize)]
pub(super) struct NumberLine {
    /// The printed interval: left end and width.
    band: (String, String),
    /// The interval of our value: its ends.
    slack: Option<(String, String)>,
    /// Our value.
    dot: String,
    /// The label of the printed number: place, alignment, text.
    printed: (String, &'static str, String),
    /// The label of our value.
    ours: (String, &'static str, String),
    /// The drawing in words.
    alt: String,
}

/// Lays out the number line of a claim; none where there is no printed interval or no value of ours.
pub(super) fn of(claim: &ClaimRecord, estimate: Option<&Estimate>) -> Option<NumberLine> {
    let (interval, value) = (claim.interval?, claim.value?);
    let slack = claim.from_rounding.or_else(|| sampling(claim, estimate));
    let mut marks = vec![interval[0], interval[1], value];
    marks.extend(slack.into_iter().flatten());
    if marks.iter().any(|mark| !mark.is_finite() || mark.abs() >= 1e300) {
        return None;
    }
    let scale = Scale::of(&marks)?;
    let unit = claim.unit.as_deref();
    let (left, right) = scale.seen(interval);
    let middle = f64::midpoint(left, right);
    let dot = scale.place(value);
    let ours = number::compared(value, unit, claim.interval);
    let inside = interval[0] <= value && value <= interval[1];
    let alt = format!(
        "Number line: the printed number stands for {}; our value, {ours}, lies {} it.",
        number::printed_interval(interval, unit),
        if inside { "inside" } else { "outside" },
    );
    Some(NumberLine {
        band: (one(left), one(right - left)),
        slack: slack.map(|ends| scale.seen(ends)).map(|(low, high)| (one(low), one(high))),
        dot: one(dot),
        printed: label(middle, format!("printed {}", short(&claim.printed))),
        ours: label(dot, format!("ours {ours}")),
        alt,
    })
}

/// New data come with their own uncertainty; on the study's own data sampling error excuses nothing,
/// so it is not drawn.
fn sampling(claim: &ClaimRecord, estimate: Option<&Estimate>) -> Option<[f64; 2]> {
    let estimate = estimate.filter(|_| claim.basis == Basis::NewData)?;
    estimate.ci.filter(|_| claim.estimate.as_deref() == Some(estimate.id.as_str()))
}

struct Scale {
    low: f64,
    width: f64,
}

impl Scale {
    fn of(marks: &[f64]) -> Option<Self> {
        let low = marks.iter().copied().fold(f64::INFINITY, f64::min);
        let high = marks.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let width = high - low;
        let room = width * 0.4;
        (width > 0.0 && width.is_finite())
            .then_some(Self { low: low - room, width: width + 2.0 * room })
    }

    fn place(&self, value: f64) -> f64 {
        MARGIN + (WIDTH - 2.0 * MARGIN) * ((value - self.low) / self.width)
    }

    /// The places of an interval's ends, at least [`LEAST`] apart.
    fn seen(&self, ends: [f64; 2]) -> (f64, f64) {
        let (low, high) = (self.place(ends[0]), self.place(ends[1]));
        let lacking = (LEAST - (high - low)).max(0.0) / 2.0;
        (low - lacking, high + lacking)
    }
}

/// Aligns a label so that it stays inside the drawing.
fn label(place: f64, text: String) -> (String, &'static str, String) {
    if place < WIDTH * 0.3 {
        (one((place - 6.0).max(0.0)), "start", text)
    } else if place > WIDTH * 0.7 {
        (one((place + 6.0).min(WIDTH)), "end", text)
    } else {
        (one(place), "middle", text)
    }
}

fn short(text: &str) -> String {
    let text = super::text::one_line(text);
    if text.chars().count() <= 24 {
        return text;
    }
    text.chars().take(23).chain(['…']).collect()
}

fn one(place: f64) -> String {
    format!("{place:.1}")
}
