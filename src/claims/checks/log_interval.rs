//! A confidence interval of a ratio against its estimate and the standard error of its logarithm.
//!
//! *Formula*: ln(high) = ln(estimate) + q se and ln(low) = ln(estimate) - q se. Estimate and q se are two
//! unknowns, and each printed number bounds a strip of their plane; by Helly (1923) all strips meet where every
//! three do, and leaving one printed number out at a time leaves one sum of logarithms to enclose.

use std::collections::BTreeMap;

use super::sight::Sight;
use super::{Failure, Found, LogInterval, Shown};
use crate::expression::{End, Interval, Rational, Reference, nearest_float, parse};

/// One equation that three printed numbers must allow.
struct Equation {
    names: Vec<String>,
    words: String,
    left: Interval,
    right: Interval,
}

/// A printed number with its logarithm, or with its product with q.
type Named<'a> = (&'a String, Interval);

/// Looks for an estimate and an error that all printed numbers allow.
pub(super) fn look(rule: &LogInterval, sight: &Sight<'_>) -> Result<Found, String> {
    let [low, high] = &rule.limits;
    let limits = [(low, logarithm(low, sight)?), (high, logarithm(high, sight)?)];
    let estimate = match &rule.estimate {
        Some(id) => Some((id, logarithm(id, sight)?)),
        None => None,
    };
    let [least, most] = rule.multiplier.range.clone();
    let reach = match &rule.error {
        Some(id) => Some((id, sight.interval(id)?.times(&Interval::closed(least, most)))),
        None => None,
    };
    let mut equations = over_both_limits(&limits, estimate.as_ref(), reach.as_ref());
    if let (Some(estimate), Some(reach)) = (&estimate, &reach) {
        equations.extend(to_each_limit(&limits, estimate, reach));
    }
    Ok(settle(equations, rule))
}

/// What the two limits say of the estimate, and of the error.
fn over_both_limits(
    [(low, ln_low), (high, ln_high)]: &[Named<'_>; 2],
    estimate: Option<&Named<'_>>,
    reach: Option<&Named<'_>>,
) -> Vec<Equation> {
    let half = Rational::new(1.into(), 2.into());
    let names = |id: &String| vec![id.clone(), (*low).clone(), (*high).clone()];
    let middle = estimate.map(|(id, ln)| Equation {
        names: names(id),
        words: format!("ln({id}) is the middle of ln({low}) and ln({high})"),
        left: ln.clone(),
        right: ln_low.plus(ln_high).scale(&half),
    });
    let width = reach.map(|(id, reach)| Equation {
        names: names(id),
        words: format!("q {id} is half of ln({high}) - ln({low})"),
        left: reach.clone(),
        right: ln_high.plus(&ln_low.negated()).scale(&half),
    });
    middle.into_iter().chain(width).collect()
}

/// What estimate and error say of each limit.
fn to_each_limit(
    [(low, ln_low), (high, ln_high)]: &[Named<'_>; 2],
    (id, ln): &Named<'_>,
    (error, reach): &Named<'_>,
) -> [Equation; 2] {
    let equation = |limit: &String, words: String, right: Interval| Equation {
        names: vec![(*id).clone(), (*error).clone(), limit.clone()],
        words,
        left: reach.clone(),
        right,
    };
    [
        equation(high, format!("q {error} is ln({high}) - ln({id})"), ln_high.plus(&ln.negated())),
        equation(low, format!("q {error} is ln({id}) - ln({low})"), ln.plus(&ln_low.negated())),
    ]
}

fn settle(equations: Vec<Equation>, rule: &LogInterval) -> Found {
    let [least, most] = rule.multiplier.range.each_ref().map(nearest_float);
    let q = format!("q from {least} to {most}");
    let mut lines = Vec::new();
    for equation in equations {
        let line =
            format!("{}: {} and {}", equation.words, short(&equation.left), short(&equation.right));
        if equation.left.intersection(&equation.right).is_none() {
            return Found::Fails(Failure {
                names: equation.names,
                certificate: format!("{line} have no number in common ({q})"),
                alone: false,
                other_reading: false,
            });
        }
        lines.push(line);
    }
    let certificate = format!("{} ({q})", lines.join("; "));
    Found::Holds(Shown {
        witness: BTreeMap::new(),
        certificate: Some(certificate),
        recomputed: true,
    })
}

/// Encloses the logarithm of a printed number.
fn logarithm(id: &str, sight: &Sight<'_>) -> Result<Interval, String> {
    let own = sight.interval(id)?;
    let above = Interval { low: End::Open(Rational::default()), high: End::Infinite };
    let positive = own.intersection(&above).ok_or_else(|| format!("{id} has no logarithm"))?;
    let wrapped = parse("ln(x)").map_err(|error| error.message)?;
    let lookup = |_: &Reference| Some(positive.clone());
    wrapped.range(&lookup).map(|range| range.interval).map_err(|error| error.to_string())
}

/// An interval with nine decimals.
fn short(interval: &Interval) -> String {
    let end = |value: Option<f64>, none: &str| {
        value.map_or_else(|| none.to_owned(), |value| format!("{value:.9}"))
    };
    let [low, high] = interval.as_floats();
    format!("[{}, {}]", end(low, "-\u{221E}"), end(high, "\u{221E}"))
}
