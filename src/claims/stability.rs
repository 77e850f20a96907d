//! The nearest change that would turn a verdict: another rounding rule, a wider reading, one digit less.

use num_traits::{Signed, Zero};

use super::evidence::{Book, written};
use super::model::Claim;
use super::record::{RelationState, Stability, Verdict};
use super::rounding::Rounding;
use crate::expression::{Interval, Rational, nearest_float};

/// The rounding rules tried, the likeliest first.
pub(super) const RULES: [Rounding; 6] = [
    Rounding::HalfUp,
    Rounding::HalfEven,
    Rounding::HalfDown,
    Rounding::Truncation,
    Rounding::Floor,
    Rounding::Ceiling,
];

/// What would turn the verdict on a number compared with the study's own data.
pub(super) fn of_claim(
    book: &Book<'_>,
    claim: &Claim,
    verdict: Verdict,
    value: f64,
) -> Option<Stability> {
    let value = written(value)?;
    let own = claim.interval(book.rounding)?;
    let (agrees, flips_to) = match verdict {
        Verdict::Exact | Verdict::Rounded => (true, Verdict::Differs),
        Verdict::Differs => (false, Verdict::Rounded),
        _ => return None,
    };
    let declared = claim.rounding.unwrap_or(book.rounding);
    let turned = |rule: &Rounding| {
        let other = claim.printed.interval(*rule);
        other.is_some_and(|other| other.contains(&value) != agrees)
    };
    let free = claim.reads.is_none() && !claim.count;
    let rule = RULES.into_iter().find(|rule| free && *rule != declared && turned(rule));
    let distance = distance(&own, &value)?;
    let by = match (rule, agrees) {
        (Some(rule), _) => format!("rounding {declared} \u{2192} {rule}"),
        (None, true) => format!("a value {} further off", shown(&distance)),
        (None, false) => format!("a reading wider by {}", shown(&distance)),
    };
    Some(Stability { flips_to: flips_to.word().to_owned(), by })
}

/// From a value to the nearest end of an interval.
fn distance(interval: &Interval, value: &Rational) -> Option<Rational> {
    let ends = [interval.low.value(), interval.high.value()];
    ends.into_iter().flatten().map(|end| (end - value).abs()).min()
}

fn shown(distance: &Rational) -> String {
    let float = nearest_float(distance);
    if distance.is_zero() { "0".to_owned() } else { format!("{float:.2e}") }
}

/// What would turn a relation: `decide` says how it comes out under a rounding rule, and with every
/// printed interval that many times as wide.
pub(super) fn of_relation(
    state: RelationState,
    declared: Rounding,
    fragile: bool,
    decide: &dyn Fn(Rounding, i32) -> Option<RelationState>,
) -> Option<Stability> {
    let (flips_to, width, words) = match state {
        RelationState::Holds => (RelationState::Fails, -1, "one digit more, as printed and then 0"),
        RelationState::Fails => (RelationState::Holds, 1, "one digit less in every number"),
        RelationState::Undecided => return None,
    };
    let word = if flips_to == RelationState::Fails { "fails" } else { "holds" };
    let found = |by: String| Some(Stability { flips_to: word.to_owned(), by });
    // Where the rule for halves is unknown both halves are allowed already: knowing it takes an end
    // away, which matters only to what hangs on an end.
    let halves = [Rounding::HalfUp, Rounding::HalfEven, Rounding::HalfDown];
    let settled = declared == Rounding::Unknown && !(state == RelationState::Holds && fragile);
    let tried = |rule: &Rounding| *rule != declared && !(settled && halves.contains(rule));
    for rule in RULES.into_iter().filter(tried) {
        if decide(rule, 0) == Some(flips_to) {
            return found(format!("rounding {declared} \u{2192} {rule}"));
        }
    }
    if decide(declared, width) == Some(flips_to) { found(words.to_owned()) } else { None }
}

/// An interval ten times as wide (or narrow) around its middle.
pub(super) fn scaled(interval: &Interval, tens: i32) -> Interval {
    if tens == 0 || interval.width().is_none() {
        return interval.clone();
    }
    let middle = interval.middle();
    let factor = crate::expression::power_of_ten(tens);
    interval.shift(&-&middle).scale(&factor).shift(&middle)
}
