//! One claim against one run: the verdict words of each basis, in the order of the table.

use num_traits::Signed;

use super::evidence::{Book, Ours, estimate_of, written};
use super::model::Claim;
use super::printed::{Amount, Shape};
use super::record::{Replication, Verdict};
use super::rounding::Rounding;
use super::statistic::{PValue, Statistic};
use crate::expression::{End, Interval, Rational, Truth};
use crate::results::{Estimate, Part, Run, split_part};

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
    let Some(value) = written(ours.value) else {
        let verdict = if overturned { Verdict::Overturned } else { Verdict::Unchecked };
        return Comparison::of(verdict, holds);
    };
    let (found, note) = number(book, claim, run, &value);
    let nudged = |by: f64| written(ours.value + by * ours.value.abs());
    let fragile = [1e-9, -1e-9].into_iter().filter_map(nudged).any(|near| {
        near != value
            && number(book, claim, run, &near).0 != found
            && claim.reads.is_none()
            // A share of counts is exact: nothing near it would print so.
            && !matches!(claim.printed.shape, Shape::Fraction(..))
    });
    let verdict = if overturned { Verdict::Overturned } else { found };
    Comparison { fragile, note, ..Comparison::of(verdict, holds) }
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
    let part = claim.estimate.as_ref().and_then(|address| split_part(&address.value).1);
    if let Some(part) = part {
        return (one_part(claim, part, mode, value), None);
    }
    let beside = Beside { claim, estimate, mode };
    match &claim.printed.shape {
        Shape::Confidence(low, high) => beside.all(None, None, Some([low, high]), None),
        Shape::WithError(amount, error) => {
            let first = tolerated(claim, value, digits(amount, mode, value));
            beside.all(Some(first), Some(error), claim.printed.ends(), claim.printed.p.as_ref())
        }
        Shape::Number(amount) => {
            let first = tolerated(claim, value, digits(amount, mode, value));
            let (first, note) = hundredfold(claim, amount, mode, value, first);
            let (verdict, other) =
                beside.all(Some(first), None, claim.printed.ends(), claim.printed.p.as_ref());
            (verdict, note.or(other))
        }
        Shape::Statistic(statistic) => beside.statistic(statistic, value),
        Shape::NotSignificant => {
            let inside = claim.interval(mode).is_some_and(|interval| interval.contains(value));
            (if inside { Verdict::Rounded } else { Verdict::Differs }, None)
        }
        Shape::Fraction(part, whole) => {
            (tolerated(claim, value, fraction(part, whole, value)), None)
        }
        Shape::About(..)
        | Shape::Between(..)
        | Shape::Above(..)
        | Shape::Below(..)
        | Shape::OneIn(..)
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

/// A share of counts is exact: our value is written with twelve digits.
fn fraction(part: &Amount, whole: &Amount, value: &Rational) -> Option<Verdict> {
    let share = part.value() / whole.value();
    let ours = written(crate::expression::nearest_float(&share))?;
    (ours == *value || share == *value).then_some(Verdict::Exact)
}

/// The part of the printed text that a part of our estimate is compared with: its bracket with our
/// standard error, its ends with ours. A text that is one number is that part.
fn one_part(claim: &Claim, part: Part, mode: Rounding, value: &Rational) -> Verdict {
    let printed = &claim.printed;
    let amount = match (part, &printed.shape) {
        (Part::StandardError, Shape::WithError(_, error)) => Some(error),
        (Part::Low, _) if printed.ends().is_some() => printed.ends().map(|[low, _]| low),
        (Part::High, _) if printed.ends().is_some() => printed.ends().map(|[_, high]| high),
        (Part::DegreesOfFreedom, Shape::Statistic(statistic)) => statistic.freedom.last(),
        (Part::P, Shape::Statistic(Statistic { p: Some(p), .. })) => {
            return p_verdict(p, claim, mode, value);
        }
        (Part::P, Shape::Number(_) | Shape::WithError(..)) if printed.p.is_some() => {
            return printed
                .p
                .as_ref()
                .map_or(Verdict::Differs, |p| p_verdict(p, claim, mode, value));
        }
        (_, Shape::Number(amount)) => Some(amount),
        _ => None,
    };
    let found = if let Some(amount) = amount {
        digits(amount, mode, value)
    } else {
        let inside = claim.interval(mode).is_some_and(|interval| interval.contains(value));
        inside.then_some(Verdict::Rounded)
    };
    tolerated(claim, value, found)
}

fn p_verdict(p: &PValue, claim: &Claim, mode: Rounding, value: &Rational) -> Verdict {
    if let PValue::Number(super::statistic::Sign::Equal, amount) = p {
        return digits(amount, mode, value).unwrap_or(Verdict::Differs);
    }
    let inside = p.interval(mode, &claim.alpha).is_some_and(|interval| interval.contains(value));
    if inside { Verdict::Rounded } else { Verdict::Differs }
}

/// A number in percent beside a value a hundred times as large: most likely a slip in the units.
fn hundredfold(
    claim: &Claim,
    amount: &Amount,
    mode: Rounding,
    value: &Rational,
    found: Verdict,
) -> (Verdict, Option<String>) {
    let hundred = Rational::from_integer(100.into());
    let printed = amount.interval(mode);
    let zero = num_traits::Zero::is_zero(value);
    let times = [
        (value / &hundred, "a hundred times the printed number"),
        (value * &hundred, "a hundredth of the printed number"),
    ];
    let slip = times.into_iter().find(|(other, _)| printed.contains(other)).filter(|_| !zero);
    let note = slip.filter(|_| found == Verdict::Differs).map(|(_, what)| {
        format!(
            "Our value is {what} (claims file, line {}): percent is read as hundredths, and estimates are fractions, never percents. Is one of them in the other's unit?",
            claim.id.span.line()
        )
    });
    (found, note)
}

/// What is printed beside a value, and our estimate's counterparts.
struct Beside<'a> {
    claim: &'a Claim,
    estimate: Option<&'a Estimate>,
    mode: Rounding,
}

impl Beside<'_> {
    /// The weakest of the parts counts. A part that our estimate lacks cannot be compared, and then the
    /// claim as a whole is not checked, unless a part that was compared differs.
    fn all(
        &self,
        value: Option<Verdict>,
        error: Option<&Amount>,
        ends: Option<[&Amount; 2]>,
        p: Option<&PValue>,
    ) -> (Verdict, Option<String>) {
        let mut parts: Vec<(&str, Option<Verdict>)> = Vec::new();
        parts.extend(value.map(|verdict| ("value", Some(verdict))));
        let ours = |part: Option<f64>| part.and_then(written);
        if let Some(error) = error {
            let se = ours(self.estimate.and_then(|estimate| estimate.se));
            parts.push(("standard error", se.map(|se| self.digits(error, &se))));
        }
        if let Some([low, high]) = ends {
            let ci = self.estimate.and_then(|estimate| estimate.ci);
            let both = ci.and_then(|[from, to]| Some([written(from)?, written(to)?]));
            let verdict =
                both.map(|[from, to]| self.digits(low, &from).max(self.digits(high, &to)));
            parts.push(("confidence interval", verdict));
        }
        if let Some(p) = p {
            let own = ours(self.estimate.and_then(|estimate| estimate.p));
            parts.push(("p value", own.map(|own| p_verdict(p, self.claim, self.mode, &own))));
        }
        weakest(&parts)
    }

    fn digits(&self, amount: &Amount, value: &Rational) -> Verdict {
        digits(amount, self.mode, value).unwrap_or(Verdict::Differs)
    }

    /// A statistic: ours is the estimate over its error for t and z, else the estimate itself.
    fn statistic(&self, printed: &Statistic, value: &Rational) -> (Verdict, Option<String>) {
        let ratio = self
            .estimate
            .filter(|_| matches!(printed.family.word(), "t" | "z"))
            .and_then(|estimate| estimate.se.filter(|se| *se > 0.0).map(|se| estimate.value / se))
            .and_then(written);
        let ours = ratio.unwrap_or_else(|| value.clone());
        let inside = printed.value_interval(self.mode).contains(&ours);
        let first = match printed.sign {
            super::statistic::Sign::Equal => self.digits(&printed.value, &ours),
            _ if inside => Verdict::Rounded,
            _ => Verdict::Differs,
        };
        self.all(Some(first), None, None, printed.p.as_ref())
    }
}

/// The weakest verdict of several parts, `unchecked` where one has no counterpart and none differs.
fn weakest(parts: &[(&str, Option<Verdict>)]) -> (Verdict, Option<String>) {
    let compared = parts.iter().filter_map(|(_, verdict)| *verdict).max();
    let missing: Vec<&str> =
        parts.iter().filter(|(_, verdict)| verdict.is_none()).map(|(name, _)| *name).collect();
    let off: Vec<&str> = parts
        .iter()
        .filter(|(_, verdict)| *verdict == Some(Verdict::Differs))
        .map(|(name, _)| *name)
        .collect();
    let note = if !missing.is_empty() {
        Some(format!(
            "The printed {} could not be compared: our estimate has none.",
            missing.join(" and ")
        ))
    } else if parts.len() > 1 && !off.is_empty() {
        let all: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
        Some(format!(
            "Compared were {}; what differs is the {}.",
            all.join(", "),
            off.join(" and the ")
        ))
    } else {
        None
    };
    match (compared, missing.is_empty()) {
        (Some(verdict), true) => (verdict, note),
        (Some(Verdict::Differs), false) => (Verdict::Differs, note),
        _ => (Verdict::Unchecked, note),
    }
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
