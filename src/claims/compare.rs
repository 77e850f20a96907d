//! One claim against one run: the verdict words of each basis, in the order of the table.

use num_traits::Signed;

use super::evidence::{Book, Ours, estimate_of, written};
use super::model::Claim;
use super::printed::{Amount, Shape};
use super::record::{Replication, Verdict};
use super::rounding::Rounding;
use crate::expression::{End, Interval, Rational, Truth};
use crate::results::{Estimate, Run, split_part};

/// How a claim compares with our value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) verdict: Verdict,
    pub(super) holds: Option<bool>,
    /// Whether another admitted rounding, or our own jitter, would change the verdict.
    pub(super) fragile: bool,
    /// What a reader should know of how the comparison was made.
    pub(super) note: Option<String>,
    /// On new data: what stands beside the verdict.
    pub(super) replication: Option<Replication>,
}

impl Comparison {
    /// A comparison of which nothing more needs to be said.
    pub(super) const fn of(verdict: Verdict, holds: Option<bool>) -> Self {
        Self { verdict, holds, fragile: false, note: None, replication: None }
    }
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

/// Compares on the study's own data. Sampling error excuses nothing. What cannot be compared is
/// `unchecked`, unless the conclusion falls.
pub(super) fn own_data(book: &Book<'_>, claim: &Claim, run: &Run, ours: &Ours) -> Comparison {
    let holds = conclusion(book, claim, Some(run));
    let overturned = holds == Some(false);
    let judged = |value: &Rational| number(book, claim, run, value);
    let (found, note) = written(ours.value).map_or((None, None), |value| judged(&value));
    let Some(found) = found else {
        let verdict = if overturned { Verdict::Overturned } else { Verdict::Unchecked };
        return Comparison { note, ..Comparison::of(verdict, holds) };
    };
    let nudged = |by: f64| written(ours.value + by * ours.value.abs());
    let fragile = [1e-9, -1e-9].into_iter().filter_map(nudged).any(|near| {
        Some(&near) != written(ours.value).as_ref()
            && judged(&near).0 != Some(found)
            && claim.reads.is_none()
    });
    let verdict = if overturned { Verdict::Overturned } else { found };
    Comparison { fragile, note, ..Comparison::of(verdict, holds) }
}

/// The number alone: exact, rounded, within tolerance, or different; none where there is nothing to compare.
fn number(
    book: &Book<'_>,
    claim: &Claim,
    run: &Run,
    value: &Rational,
) -> (Option<Verdict>, Option<String>) {
    let within = |interval: Option<Interval>| {
        let Some(interval) = interval else { return (None, None) };
        let inside = interval.contains(value).then_some(Verdict::Rounded);
        (Some(tolerated(claim, value, inside)), None)
    };
    if claim.reads.is_some() {
        return within(claim.interval(book.rounding));
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
                return (Some(first), Some(note.to_owned()));
            };
            let second = digits(error, mode, &se).unwrap_or(Verdict::Differs);
            let note = (second == Verdict::Differs)
                .then(|| "The value was compared, and so was its standard error.".to_owned());
            (Some(first.max(second)), note)
        }
        Shape::Number(amount) | Shape::WithError(amount, _) => {
            (Some(tolerated(claim, value, digits(amount, mode, value))), None)
        }
        Shape::About(_)
        | Shape::Between(..)
        | Shape::Above(..)
        | Shape::Below(..)
        | Shape::OneIn(_)
        | Shape::Words => within(claim.interval(book.rounding)),
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
) -> (Option<Verdict>, Option<String>) {
    let ends = estimate.and_then(|estimate| estimate.ci);
    let Some([Some(from), Some(to)]) = ends.map(|[from, to]| [written(from), written(to)]) else {
        let note = "Our estimate has no interval to compare with the printed one.";
        return (None, Some(note.to_owned()));
    };
    let first = digits(low, mode, &from).unwrap_or(Verdict::Differs);
    let second = digits(high, mode, &to).unwrap_or(Verdict::Differs);
    (Some(first.max(second)), None)
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
