//! One claim against one run: the verdict words of each basis, in the order of the table.

use num_traits::Signed;

use super::evidence::{Book, Ours, estimate_of, written};
use super::model::Claim;
use super::printed::{Amount, Shape};
use super::record::Verdict;
use super::rounding::Rounding;
use crate::expression::{End, Interval, Rational, Reference, Truth};
use crate::results::{Estimate, Run, split_part};
use crate::stats::math;

/// The two-sided 95% quantile of the standard normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// How a claim compares with our value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) verdict: Verdict,
    pub(super) holds: Option<bool>,
    /// Whether another admitted rounding, or our own jitter, would change the verdict.
    pub(super) fragile: bool,
    /// What a reader should know of how the comparison was made.
    pub(super) note: Option<String>,
}

/// Evaluates a claim's conclusion: in a run, or (with `None`) on printed numbers alone.
pub(super) fn conclusion(book: &Book<'_>, claim: &Claim, run: Option<&Run>) -> Option<bool> {
    let holds = claim.holds.as_ref()?;
    match holds.value.truth(&|reference| book.in_run(run, reference)) {
        Ok(Truth::Always) => Some(true),
        Ok(Truth::Never) => Some(false),
        Ok(Truth::Sometimes | Truth::Unknown) | Err(_) => None,
    }
}

/// Compares on the study's own data. Sampling error excuses nothing.
pub(super) fn own_data(book: &Book<'_>, claim: &Claim, run: &Run, ours: &Ours) -> Comparison {
    let holds = conclusion(book, claim, Some(run));
    let Some(value) = written(ours.value) else {
        return Comparison { verdict: Verdict::Differs, holds, fragile: false, note: None };
    };
    let (verdict, note) = number(book, claim, run, &value);
    let nudged = |by: f64| written(ours.value + by * ours.value.abs());
    let fragile = [1e-9, -1e-9].into_iter().filter_map(nudged).any(|near| {
        near != value && number(book, claim, run, &near).0 != verdict && claim.reads.is_none()
    });
    let verdict = if holds == Some(false) { Verdict::Overturned } else { verdict };
    Comparison { verdict, holds, fragile, note }
}

/// The number alone: exact, rounded, within tolerance, or different.
fn number(
    book: &Book<'_>,
    claim: &Claim,
    run: &Run,
    value: &Rational,
) -> (Verdict, Option<String>) {
    if let Some(reading) = &claim.reads {
        let inside = reading.interval.contains(value);
        return (tolerated(claim, value, if inside { Some(Verdict::Rounded) } else { None }), None);
    }
    let mode = claim.rounding.unwrap_or(book.rounding);
    let estimate = claim.estimate.as_ref().and_then(|address| estimate_of(run, &address.value));
    let whole =
        claim.estimate.as_ref().is_none_or(|address| split_part(&address.value).1.is_none());
    match &claim.printed.shape {
        Shape::Confidence(low, high) => confidence(estimate, low, high, mode),
        Shape::WithError(amount, error) if whole => {
            let first = tolerated(claim, value, digits(amount, mode, value));
            let Some(se) = estimate.and_then(|estimate| estimate.se).and_then(written) else {
                let note = "The printed standard error was not compared: our estimate has none.";
                return (first, Some(note.to_owned()));
            };
            let second = digits(error, mode, &se).unwrap_or(Verdict::Differs);
            let note = (second == Verdict::Differs)
                .then(|| "The value was compared, and so was its standard error.".to_owned());
            (first.max(second), note)
        }
        Shape::Number(amount) | Shape::WithError(amount, _) => {
            (tolerated(claim, value, digits(amount, mode, value)), None)
        }
        Shape::About(_)
        | Shape::Between(..)
        | Shape::Above(..)
        | Shape::Below(..)
        | Shape::OneIn(_)
        | Shape::Words => {
            let interval = claim.interval(book.rounding);
            let inside = interval.is_some_and(|interval| interval.contains(value));
            (tolerated(claim, value, inside.then_some(Verdict::Rounded)), None)
        }
    }
}

/// `exact` where our value prints the same, `rounded` where another admitted rounding would print it.
fn digits(amount: &Amount, mode: Rounding, value: &Rational) -> Option<Verdict> {
    let usual = if mode == Rounding::Unknown { Rounding::HalfUp } else { mode };
    if amount.interval(usual).contains(value) {
        Some(Verdict::Exact)
    } else if amount.interval(mode).contains(value) {
        Some(Verdict::Rounded)
    } else {
        None
    }
}

/// A printed confidence interval: both its ends, the weaker counts.
fn confidence(
    estimate: Option<&Estimate>,
    low: &Amount,
    high: &Amount,
    mode: Rounding,
) -> (Verdict, Option<String>) {
    let ends = estimate.and_then(|estimate| estimate.ci);
    let Some([Some(from), Some(to)]) = ends.map(|[from, to]| [written(from), written(to)]) else {
        let note = "Our estimate has no interval to compare with the printed one.";
        return (Verdict::Differs, Some(note.to_owned()));
    };
    let first = digits(low, mode, &from).unwrap_or(Verdict::Differs);
    let second = digits(high, mode, &to).unwrap_or(Verdict::Differs);
    (first.max(second), None)
}

fn tolerated(claim: &Claim, value: &Rational, found: Option<Verdict>) -> Verdict {
    if let Some(verdict) = found {
        return verdict;
    }
    let close = claim.tolerance.as_ref().is_some_and(|tolerance| {
        claim.printed.value().is_some_and(|printed| (printed - value).abs() <= tolerance.distance)
    });
    if close { Verdict::WithinTolerance } else { Verdict::Differs }
}

/// Compares on new data: Patil, Peng and Leek (2016), with the original's error where it is printed.
pub(super) fn new_data(book: &Book<'_>, claim: &Claim, run: &Run, ours: &Ours) -> Comparison {
    let estimate = claim
        .estimate
        .as_ref()
        .filter(|address| split_part(&address.value).1.is_none())
        .and_then(|address| estimate_of(run, &address.value));
    let unclear = |note: &str| Comparison {
        verdict: Verdict::Inconclusive,
        holds: None,
        fragile: false,
        note: Some(note.to_owned()),
    };
    let Some(error) = estimate.and_then(|estimate| estimate.se).filter(|error| *error > 0.0) else {
        return unclear("The new estimate has no standard error, so nothing can be predicted.");
    };
    let Some(printed) = claim.interval(book.rounding) else {
        return unclear("No number is printed that new data could be compared with.");
    };
    let original = printed_error(claim);
    let spread =
        Z95 * math::sqrt(error * error + original.unwrap_or(0.0) * original.unwrap_or(0.0));
    let predicted = written(ours.value - spread)
        .zip(written(ours.value + spread))
        .map(|(low, high)| Interval::closed(low, high));
    let inside = predicted.is_some_and(|predicted| predicted.intersection(&printed).is_some());
    let interval = estimate
        .and_then(|estimate| estimate.ci)
        .map_or([ours.value - Z95 * error, ours.value + Z95 * error], |ends| ends);
    let borne_out = bears_out(book, claim, run, interval);
    let verdict = match (inside, borne_out) {
        (false, _) | (_, Some(false)) => Verdict::NotCompatible,
        (true, Some(true)) => Verdict::Compatible,
        (true, None) => Verdict::Inconclusive,
    };
    let note = original.is_none().then(|| {
        "The original's standard error is not printed, so only the new data's error is counted."
            .to_owned()
    });
    Comparison { verdict, holds: borne_out, fragile: false, note }
}

/// The printed standard error, in plain numbers.
fn printed_error(claim: &Claim) -> Option<f64> {
    match &claim.printed.shape {
        Shape::WithError(_, error) => {
            Some(crate::expression::nearest_float(&error.value())).filter(|error| *error > 0.0)
        }
        _ => None,
    }
}

/// Whether the whole new interval bears the conclusion out (or lies inside the margin of a claim of
/// no effect), or the whole of it contradicts the conclusion; `None` where it cannot tell.
fn bears_out(book: &Book<'_>, claim: &Claim, run: &Run, interval: [f64; 2]) -> Option<bool> {
    let (low, high) = written(interval[0]).zip(written(interval[1]))?;
    let new = Interval::closed(low, high);
    if let Some(margin) = &claim.margin {
        let null = Interval::closed(-margin, margin.clone());
        return if null.encloses(&new) {
            Some(true)
        } else if null.intersection(&new).is_none() {
            Some(false)
        } else {
            None
        };
    }
    let holds = claim.holds.as_ref()?;
    let own = claim.estimate.as_ref().map(|address| address.value.as_str());
    let truth = holds.value.truth(&|reference| match reference {
        Reference::Name(name) if *name == claim.id.value => Some(new.clone()),
        Reference::Estimate(address) if Some(address.as_str()) == own => Some(new.clone()),
        other => book.in_run(Some(run), other),
    });
    match truth {
        Ok(Truth::Always) => Some(true),
        Ok(Truth::Never) => Some(false),
        Ok(Truth::Sometimes | Truth::Unknown) | Err(_) => None,
    }
}

/// Compares a recomputation from printed numbers with the printed one: whether they can agree, and
/// whether only at an end that another rounding rule would exclude.
pub(super) fn can_agree(printed: &Interval, recomputed: &Interval) -> (bool, bool) {
    let open = |interval: &Interval| {
        let end = |end: &End| end.value().map_or(End::Infinite, |value| End::Open(value.clone()));
        match interval.as_point() {
            Some(_) => interval.clone(),
            None => Interval { low: end(&interval.low), high: end(&interval.high) },
        }
    };
    let agree = printed.intersection(recomputed).is_some();
    (agree, agree && open(printed).intersection(&open(recomputed)).is_none())
}
