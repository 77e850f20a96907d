//! Finds out whether a combination of terms predicts outcomes perfectly.

use super::{Family, GeneralisedError};
use crate::stats::linear::{Design, Fit};

/// A step of the linear predictor at least this long marks a row as perfectly predicted: Newton's steps
/// along a direction of recession tend to one (logit, Poisson) or 1/η (probit).
const LONG: f64 = 0.02;
/// A row that a step moves at least this far, as a share of the longest, is among those predicted perfectly.
const PUSHED: f64 = 1e-2;
/// How far a step may point against an outcome and count as not at all.
const SLACK: f64 = 1e-3;

/// Tells whether the last step runs along a direction of recession: towards every outcome it touches.
///
/// *Formula*: some δ with (2y − 1)·x'δ ≥ 0 in every row and > 0 in some (Poisson: x'δ ≤ 0 where y = 0, else 0).
/// *Source*: Albert & Anderson 1984; Correia, Guimarães & Zylkin 2019. `steps` is the change of the linear predictor.
pub(super) fn separation(
    family: Family,
    design: &Design<'_>,
    steps: &[Option<f64>],
    now: &Fit,
    before: &Fit,
) -> Option<GeneralisedError> {
    let longest = steps.iter().flatten().fold(0.0_f64, |longest, step| longest.max(step.abs()));
    if longest < LONG {
        return None;
    }
    let mut rows = 0;
    for (row, step) in steps.iter().enumerate() {
        let Some(step) = step else { continue };
        let outcome = design.outcome[row];
        let against = match family {
            Family::Poisson if outcome > 0.0 => step.abs(),
            Family::Poisson => *step,
            _ => (1.0 - 2.0 * outcome) * step,
        };
        if against > SLACK * longest {
            return None;
        }
        rows += usize::from(-against > PUSHED * longest);
    }
    let terms = now
        .names
        .iter()
        .enumerate()
        .filter(|(j, name)| {
            let moved =
                before.index(name).map_or(0.0, |k| now.coefficients[*j] - before.coefficients[k]);
            *name != "intercept" && (moved * range(design, name)).abs() > 0.3 * longest
        })
        .map(|(_, name)| name.clone())
        .collect();
    Some(GeneralisedError::Separation { terms, rows })
}

/// The largest less the smallest value of a term.
fn range(design: &Design<'_>, name: &str) -> f64 {
    let Some(term) = design.terms.iter().find(|term| term.name == name) else { return 0.0 };
    let (low, high) = (0..term.values.len())
        .map(|row| term.values.at(row))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    high - low
}

/// Marks the rows to keep: those of absorbed levels whose outcomes are not all zero (nor all one, for logit and
/// probit), again and again. The effect of such a level is infinite, and its rows fit perfectly.
pub(super) fn constant_levels(design: &Design<'_>, family: Family) -> Vec<bool> {
    let mut keep = vec![true; design.outcome.len()];
    loop {
        let before = keep.iter().filter(|keep| **keep).count();
        for codes in &design.absorb {
            let size = codes.iter().max().map_or(0, |largest| *largest as usize + 1);
            let (mut above, mut below) = (vec![false; size], vec![family == Family::Poisson; size]);
            for (row, code) in codes.iter().enumerate().filter(|(row, _)| keep[*row]) {
                above[*code as usize] |= design.outcome[row] > 0.0;
                below[*code as usize] |= design.outcome[row] < 1.0;
            }
            for (row, code) in codes.iter().enumerate() {
                keep[row] &= above[*code as usize] && below[*code as usize];
            }
        }
        if keep.iter().filter(|keep| **keep).count() == before {
            return keep;
        }
    }
}
