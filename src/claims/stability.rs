//! The nearest change that would turn a verdict: another rounding rule, our own jitter, a wider reading, a digit.
//!
//! Every change is tried: the claim is judged again with that one thing changed, and what comes out is told.
//! A verdict is fragile where an admitted rule for halves, our jitter, or a reading's own last digit turns it.

use std::cell::RefCell;

use num_traits::{Signed, Zero};

use super::Situation;
use super::candidate::{Candidate, candidates};
use super::evidence::{Book, written};
use super::model::{Claim, Claims};
use super::record::{RelationState, Stability, Verdict};
use super::relation::Evaluation;
use super::rounding::Rounding;
use crate::expression::{End, Interval, Rational, nearest_float, rational_of};
use crate::results::{Basis, Results};

/// The rounding rules tried, the likeliest first.
pub(super) const RULES: [Rounding; 6] = [
    Rounding::HalfUp,
    Rounding::HalfEven,
    Rounding::HalfDown,
    Rounding::Truncation,
    Rounding::Floor,
    Rounding::Ceiling,
];

/// The rules for halves that are all admitted where the study's is not known.
const HALVES: [Rounding; 3] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::HalfDown];

/// How far our own numbers may be off, relative to their size: solvers and orders of summation differ by less.
const JITTER: f64 = 1e-9;

/// The results and claims with one thing changed, made once for all claims.
pub(super) struct Changes<'a> {
    book: &'a Book<'a>,
    situation: &'a Situation<'a>,
    relations: &'a Evaluation,
    nudged: [Results; 2],
    /// The claims without rounding rules of their own.
    free: Claims,
    /// The claims, one of which is changed while it is tried.
    scratch: RefCell<Claims>,
}

/// A verdict's nearest turn, and whether it makes the verdict fragile.
pub(super) struct Turn {
    pub(super) stability: Stability,
    pub(super) fragile: bool,
}

impl<'a> Changes<'a> {
    pub(super) fn new(
        book: &'a Book<'a>,
        situation: &'a Situation<'a>,
        relations: &'a Evaluation,
    ) -> Self {
        let mut free = book.claims.clone();
        free.claims.iter_mut().for_each(|claim| claim.rounding = None);
        let nudged = [1.0 - JITTER, 1.0 + JITTER].map(|by| nudged(book.results, by));
        let scratch = RefCell::new(book.claims.clone());
        Self { book, situation, relations, nudged, free, scratch }
    }

    /// Tries the changes, the nearest first.
    pub(super) fn of_claim(&self, claim: &Claim, shown: &Candidate) -> Option<Turn> {
        if matches!(shown.basis, Basis::Nothing | Basis::SyntheticData) {
            return None;
        }
        let declared = claim.rounding.unwrap_or(self.book.rounding);
        let own = claim.interval(self.book.rounding);
        let room = own.as_ref().and_then(|own| room(own, shown));
        let turn = |verdict: Verdict, kind: &str, by: String, fragile: bool| Turn {
            stability: Stability {
                flips_to: verdict.word().to_owned(),
                by,
                kind: kind.to_owned(),
                distance: room.as_ref().map(nearest_float),
            },
            fragile,
        };
        let halves = HALVES.into_iter().filter(|_| declared == Rounding::Unknown);
        for rule in halves {
            if let Some(verdict) = self.rounded(claim, shown, rule) {
                let by = format!("rounding {declared} \u{2192} {rule}");
                return Some(turn(verdict, "rounding", by, true));
            }
        }
        let exact = own.as_ref().is_some_and(|own| own.as_point().is_some());
        if let Some(verdict) = self.jittered(claim, shown).filter(|_| !exact) {
            let by = format!("our own numbers being off by {JITTER:e} of their size");
            return Some(turn(verdict, "jitter", by, true));
        }
        if let Some((verdict, by, near)) = self.reread(claim, shown, room.as_ref()) {
            return Some(turn(verdict, "reading", by, near));
        }
        for rule in RULES.into_iter().filter(|rule| *rule != declared) {
            if let Some(verdict) = self.rounded(claim, shown, rule) {
                let by = format!("rounding {declared} \u{2192} {rule}");
                return Some(turn(verdict, "rounding", by, false));
            }
        }
        if let Some((verdict, by)) = self.digit(claim, shown) {
            return Some(turn(verdict, "digit", by.to_owned(), false));
        }
        let (verdict, by) = moved(shown.verdict, room.as_ref()?)?;
        Some(turn(verdict, "value", by, false))
    }

    /// The verdict on the same evidence after a change, where it is another one.
    fn after(
        &self,
        claims: &Claims,
        results: &Results,
        rounding: Rounding,
        claim: &Claim,
        shown: &Candidate,
    ) -> Option<Verdict> {
        let book = Book { claims, results, rounding };
        let all = candidates(&book, self.situation, claim, self.relations);
        let same = all.iter().find(|other| other.run == shown.run && other.basis == shown.basis)?;
        (class(same.verdict) != class(shown.verdict)).then_some(same.verdict)
    }

    fn rounded(&self, claim: &Claim, shown: &Candidate, rule: Rounding) -> Option<Verdict> {
        let free = Claim { rounding: None, ..claim.clone() };
        self.after(&self.free, self.book.results, rule, &free, shown)
    }

    fn jittered(&self, claim: &Claim, shown: &Candidate) -> Option<Verdict> {
        let near =
            |results| self.after(self.book.claims, results, self.book.rounding, claim, shown);
        self.nudged.iter().find_map(near)
    }

    /// With another form of the claim itself, which takes its place for as long as it is tried.
    fn with(&self, claim: &Claim, shown: &Candidate) -> Option<Verdict> {
        let mut claims = self.scratch.borrow_mut();
        let place = claims.claims.iter().position(|known| known.id.value == claim.id.value)?;
        let kept = std::mem::replace(claims.claims.get_mut(place)?, claim.clone());
        let found = self.after(&claims, self.book.results, self.book.rounding, claim, shown);
        *claims.claims.get_mut(place)? = kept;
        found
    }

    /// How much wider a reading must be for our number to lie in it, or how much narrower for it not to;
    /// near where that is less than half of the last digit in which the reading is written.
    fn reread(
        &self,
        claim: &Claim,
        shown: &Candidate,
        room: Option<&Rational>,
    ) -> Option<(Verdict, String, bool)> {
        let reading = claim.reads.as_ref()?;
        let room = room?;
        let inside = agrees(shown.verdict)?;
        let (word, by) =
            if inside { ("narrower", -room - tiny(room)) } else { ("wider", room.clone()) };
        let mut other = claim.clone();
        other.reads.as_mut()?.interval = wider(&reading.interval, &by);
        let verdict = self.with(&other, shown)?;
        let near = room * Rational::from_integer(2.into()) <= reading.low.step();
        let from = reading.from.word();
        let by = format!("a {from} reading {word} by {}", shown_distance(room));
        Some((verdict, by, near && !inside))
    }

    /// One digit more (as printed, and then 0) for what agrees, one less for what does not.
    fn digit(&self, claim: &Claim, shown: &Candidate) -> Option<(Verdict, &'static str)> {
        let ten = Rational::from_integer(10.into());
        let inside = agrees(shown.verdict)?;
        let mut other = claim.clone();
        let amount = other.printed.value_mut().filter(|_| !claim.count && claim.reads.is_none())?;
        let words = if inside {
            amount.digits.unit /= &ten;
            "one digit more, as printed and then 0"
        } else {
            amount.digits.unit *= &ten;
            "one digit less"
        };
        Some((self.with(&other, shown)?, words))
    }
}

/// Exact and rounded are the same number; every other verdict is one of its own.
const fn class(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Exact => Verdict::Rounded,
        other => other,
    }
}

/// Whether the number agrees; none where the verdict is not about the number.
const fn agrees(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Exact
        | Verdict::Rounded
        | Verdict::AddsUp
        | Verdict::Possible
        | Verdict::Compatible => Some(true),
        Verdict::Differs
        | Verdict::WithinTolerance
        | Verdict::DoesNotAddUp
        | Verdict::NotCompatible => Some(false),
        _ => None,
    }
}

/// How far our value lies from the nearest end of what is printed: the way in, or the way out.
fn room(own: &Interval, shown: &Candidate) -> Option<Rational> {
    let value = written(shown.value?)?;
    let ours = match shown.from_rounding {
        Some([low, high]) => Interval::closed(rational_of(low)?, rational_of(high)?),
        None => Interval::point(value),
    };
    let ends = [own.low.value(), own.high.value()];
    let [low, high] = [ours.low.value()?, ours.high.value()?];
    if own.intersection(&ours).is_some() {
        // The last of ours to leave.
        let out = [ends[0].map(|end| high - end), ends[1].map(|end| end - low)];
        return out.into_iter().flatten().map(|way| way.abs()).min();
    }
    let into = [ends[0].map(|end| end - high), ends[1].map(|end| low - end)];
    into.into_iter().flatten().filter(|way| !way.is_negative()).min()
}

fn tiny(room: &Rational) -> Rational {
    let least = crate::expression::power_of_ten(-12);
    if room.is_zero() { least } else { room * &least }
}

/// An interval with both ends further out; ends that are not there stay away.
fn wider(interval: &Interval, by: &Rational) -> Interval {
    let end = |end: &End, by: &Rational| {
        end.value().map_or(End::Infinite, |value| End::Closed(value + by))
    };
    Interval { low: end(&interval.low, &-by), high: end(&interval.high, by) }
}

fn moved(verdict: Verdict, room: &Rational) -> Option<(Verdict, String)> {
    let to = match verdict {
        Verdict::Exact | Verdict::Rounded | Verdict::WithinTolerance => Verdict::Differs,
        Verdict::Differs => Verdict::Rounded,
        Verdict::AddsUp => Verdict::DoesNotAddUp,
        Verdict::DoesNotAddUp => Verdict::AddsUp,
        _ => return None,
    };
    let word = if agrees(verdict)? { "further off" } else { "nearer" };
    Some((to, format!("a value {} {word}", shown_distance(room))))
}

fn shown_distance(distance: &Rational) -> String {
    let float = nearest_float(distance);
    if distance.is_zero() { "0".to_owned() } else { format!("{float:.2e}") }
}

/// The results with every number that is not whole off by a little.
fn nudged(results: &Results, by: f64) -> Results {
    let off = |value: f64| if value.fract() == 0.0 { value } else { value * by };
    let mut results = results.clone();
    for estimate in results.runs.iter_mut().flat_map(|run| &mut run.estimates) {
        estimate.value = off(estimate.value);
        estimate.se = estimate.se.map(off);
        estimate.p = estimate.p.map(off);
        estimate.ci = estimate.ci.map(|ends| ends.map(off));
        estimate.from_rounding = estimate.from_rounding.map(|ends| ends.map(off));
    }
    results
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
    let found = |kind: &str, by: String| {
        let (flips_to, kind) = (word.to_owned(), kind.to_owned());
        Some(Stability { flips_to, by, kind, distance: None })
    };
    // Where the rule for halves is unknown both halves are allowed already: knowing it takes an end
    // away, which matters only to what hangs on an end.
    let settled = declared == Rounding::Unknown && !(state == RelationState::Holds && fragile);
    let tried = |rule: &Rounding| *rule != declared && !(settled && HALVES.contains(rule));
    for rule in RULES.into_iter().filter(tried) {
        if decide(rule, 0) == Some(flips_to) {
            return found("rounding", format!("rounding {declared} \u{2192} {rule}"));
        }
    }
    if decide(declared, width) == Some(flips_to) { found("digit", words.to_owned()) } else { None }
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
