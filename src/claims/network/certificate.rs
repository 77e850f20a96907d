//! A contradiction written out: inequalities and multipliers that add up to something false.

use num_traits::{One, Signed, Zero};

use super::simplex::{Delta, Row, Share};
use crate::expression::{Interval, Rational, show};

/// One row with the relation that it comes from.
pub(super) struct Named<'a> {
    pub(super) row: &'a Row,
    pub(super) from: &'a str,
}

/// Writes a contradiction so that a reader can add it up: on the left everything cancels.
pub(super) fn write(
    shares: &[Share],
    names: &[String],
    intervals: &[Interval],
    rows: &[Named<'_>],
) -> String {
    let mut parts = Vec::new();
    let mut total = Delta { real: Rational::zero(), tiny: Rational::zero() };
    for share in shares.iter().filter(|share| !share.multiplier.is_zero()) {
        let Some((left, bound, from)) = line(share, names, intervals, rows) else { continue };
        let times = |value: &Rational| value * &share.multiplier;
        total.real += times(&bound.real);
        total.tiny += times(&bound.tiny);
        let sign = if bound.tiny.is_zero() { ">=" } else { ">" };
        let source = from.map(|from| format!(" [{from}]")).unwrap_or_default();
        parts.push(format!(
            "{} * ({left} {sign} {}){source}",
            show(&share.multiplier),
            show(&bound.real)
        ));
    }
    let sign = if total.tiny.is_zero() { ">=" } else { ">" };
    format!("{} gives 0 {sign} {}, which is false", parts.join(" + "), show(&total.real))
}

/// A bound as `left >= number`, with the relation it comes from.
fn line<'a>(
    share: &Share,
    names: &[String],
    intervals: &[Interval],
    rows: &'a [Named<'_>],
) -> Option<(String, Delta, Option<&'a str>)> {
    let signed = |value: &Delta| {
        if share.upper { Delta { real: -&value.real, tiny: -&value.tiny } } else { value.clone() }
    };
    if let Some(name) = names.get(share.index) {
        let bounds = super::simplex::Bounds::from(intervals.get(share.index)?);
        let bound = if share.upper { bounds.high } else { bounds.low }?;
        let left = if share.upper { format!("-{name}") } else { name.clone() };
        return Some((left, signed(&bound), None));
    }
    let named = rows.get(share.index.checked_sub(names.len())?)?;
    let bounds = &named.row.bounds;
    let bound = if share.upper { bounds.high.clone() } else { bounds.low.clone() }?;
    Some((sum(named.row, names, share.upper), signed(&bound), Some(named.from)))
}

/// Writes the terms of a row, all signs turned where `turned`.
fn sum(row: &Row, names: &[String], turned: bool) -> String {
    let mut text = String::new();
    for (index, times) in &row.terms {
        let times = if turned { -times } else { times.clone() };
        let unknown = format!("#{index}");
        let name = names.get(*index).unwrap_or(&unknown);
        let sign = match (text.is_empty(), times.is_negative()) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        text.push_str(sign);
        if !times.abs().is_one() {
            text.push_str(&show(&times.abs()));
            text.push_str(" * ");
        }
        text.push_str(name);
    }
    if text.is_empty() { "0".to_owned() } else { text }
}
