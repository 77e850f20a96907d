//! The estimates behind a contrast, and their covariance.
//!
//! A contrast of contrasts is a function of the estimates that those name: its slopes are carried
//! through (the chain rule), so that what two contrasts share is not taken for independent.

use std::collections::{BTreeMap, BTreeSet};

use crate::method::steps::{Outcome, Running, Slopes};
use crate::results::Estimate;
use crate::stats::math;
use crate::stats::sum::sum;

use super::step_of;

/// Replaces every estimate that is a function of others by those others.
pub(super) fn expand(named: Slopes, running: &Running<'_>) -> Slopes {
    let mut open = named;
    let mut base: BTreeMap<String, f64> = BTreeMap::new();
    // Slopes name estimates of steps that ran before: this ends.
    while let Some((address, slope)) = open.pop() {
        let outcome = running.outcomes.get(step_of(&address));
        match outcome.and_then(|outcome| outcome.slopes.get(&address)) {
            Some(inner) => open.extend(inner.iter().map(|(name, by)| (name.clone(), slope * by))),
            None => *base.entry(address).or_default() += slope,
        }
    }
    base.into_iter().filter(|(_, slope)| *slope != 0.0).collect()
}

/// √(g'Σg) over the estimates that slopes name.
pub(super) fn error(slopes: &Slopes, running: &Running<'_>) -> Result<f64, String> {
    // In the unit of the largest part, whose square is a number.
    let mut parts = Vec::with_capacity(slopes.len());
    for (address, slope) in slopes {
        let error = estimate(address, running).and_then(|one| one.se);
        let error = error.ok_or_else(|| format!("no standard error: `{address}` has none"))?;
        parts.push((error, (slope * error).abs()));
    }
    let unit = parts.iter().fold(0.0, |most: f64, (_, part)| most.max(*part));
    if unit == 0.0 || !unit.is_finite() {
        return Ok(unit);
    }
    let mut terms = Vec::with_capacity(slopes.len() * slopes.len());
    for ((left, slope), (error, _)) in slopes.iter().zip(&parts) {
        for ((right, other), (second, _)) in slopes.iter().zip(&parts) {
            if left == right {
                terms.push((slope * error / unit) * (slope * error / unit));
                continue;
            }
            let covariance = covariance(left, right, running)?;
            let size = error * second;
            if size != 0.0 && !(f64::MIN_POSITIVE..).contains(&size) {
                let why = "their standard errors are too near zero for it: multiply what they are of by a power of ten";
                return Err(format!(
                    "no standard error: the covariance of `{left}` and `{right}` is not known, {why}"
                ));
            }
            terms.push((slope / unit) * (other / unit) * covariance);
        }
    }
    // Rounding may leave a variance that is zero a shade below it.
    Ok(unit * math::sqrt(sum(&terms).max(0.0)))
}

/// The covariance of two estimates: of one step, as the step says; of two, none.
fn covariance(left: &str, right: &str, running: &Running<'_>) -> Result<f64, String> {
    let step = step_of(left);
    if step != step_of(right) {
        return Ok(0.0);
    }
    let joint = running.outcomes.get(step).map(|outcome| &outcome.joint);
    joint.and_then(|joint| joint.covariance(left, right)).ok_or_else(|| {
        format!("no standard error: the covariance of `{left}` and `{right}` is not known")
    })
}

/// The estimates whose standard error is zero.
pub(super) fn still(slopes: &Slopes, running: &Running<'_>) -> Vec<String> {
    let zero = |address: &str| estimate(address, running).and_then(|one| one.se) == Some(0.0);
    slopes.iter().map(|(address, _)| address).filter(|address| zero(address)).cloned().collect()
}

fn estimate<'a>(address: &str, running: &Running<'a>) -> Option<&'a Estimate> {
    let outcome = running.outcomes.get(step_of(address))?;
    outcome.estimates.iter().find(|estimate| estimate.id == address)
}

/// Says which steps' estimates are taken as independent, and warns where they share an input.
pub(super) fn note(slopes: &Slopes, running: &Running<'_>, outcome: &mut Outcome) {
    let steps: BTreeSet<&str> = slopes.iter().map(|(address, _)| step_of(address)).collect();
    if steps.len() < 2 {
        if slopes.len() > 1 {
            outcome.note("covariance", "joint: the estimates are of one step");
        }
        return;
    }
    let steps: Vec<&str> = steps.into_iter().collect();
    let text = format!("the estimates of steps {} are independent", steps.join(", "));
    outcome.note("independence", format!("assumed: {text}"));
    outcome.assumes.push(format!("For the standard error: {text}."));
    for (place, left) in steps.iter().enumerate() {
        for right in steps.iter().skip(place + 1) {
            let (one, other) = (running.plan.origins(left), running.plan.origins(right));
            if let Some(input) = one.intersection(&other).next() {
                outcome.warnings.push(format!(
                    "`{left}` and `{right}` are taken as independent and both rest on `{input}`: \
                     the standard error is right only if they use different rows of it; one step \
                     that measures both knows their covariance"
                ));
            }
        }
    }
}
