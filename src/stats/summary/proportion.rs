//! Fractions.

use super::moments::clustered_share;
use super::{Checked, FractionInterval, Summary, SummaryError};
use crate::stats::distribution::{
    Interval, beta_quantile, beta_upper_quantile, interval, normal_upper_quantile,
};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;

/// The share of ones.
///
/// *Formula*: p = k/n, se = √(p(1−p)/n); Wilson's interval (p + z²/2n ± z√(p(1−p)/n + z²/4n²))/(1 + z²/n), p ± z·se, or
/// Clopper and Pearson's beta quantiles. With clusters the CR1 error of the mean, √(G/(G−1) Σ_g (Σ_{i∈g} (y − p))²)/n, and
/// p ± t·se with G − 1 cut at 0 and 1, or Wilson's with n = p(1−p)/se². Where no cluster differs from another
/// (all zeros, all ones) the clustered error is zero and no interval is given.
/// *Source*: Wilson 1927; Clopper & Pearson 1934; Liang & Zeger 1986; Korn & Graubard 1998 for the effective n.
/// *Shapes*: one column of zeros and ones. *Errors*: another value; one cluster; an exact interval of clusters.
/// *Checked against*: 81/263 gives .255289 to .366210, 0/20 gives 0 to .161125; statsmodels' `proportion_confint` and its OLS
/// on a constant, clustered (tests/reference/summary.py).
pub(super) fn fraction(
    checked: &Checked<'_>,
    kind: FractionInterval,
) -> Result<Summary, SummaryError> {
    let mut ones = 0.0;
    for (row, value, frequency) in checked.weighted() {
        if value != 0.0 && value != 1.0 {
            return Err(SummaryError::NotBinary { row, value });
        }
        ones += value * frequency;
    }
    let n = checked.n as f64;
    let p = ones / n;
    if let Some(clusters) = checked.clusters {
        return clustered(checked, clusters, ones, kind);
    }
    let error = (p * (1.0 - p) / n).sqrt();
    let (interval, method) = match kind {
        FractionInterval::Usual | FractionInterval::Wilson => {
            (wilson(p, n, checked.level), "wilson")
        }
        FractionInterval::Wald => {
            (cut(interval(Reference::Normal, p, error, checked.level)), "wald")
        }
        FractionInterval::Exact => (clopper_pearson(ones, n, checked.level), "exact"),
    };
    Ok(Summary {
        standard_error: Some(error),
        interval: Some(interval),
        method,
        ..checked.plain(p)
    })
}

fn clustered(
    checked: &Checked<'_>,
    clusters: &[u32],
    ones: f64,
    kind: FractionInterval,
) -> Result<Summary, SummaryError> {
    if kind == FractionInterval::Exact {
        return Err(SummaryError::ExactOfClusters);
    }
    let n = checked.n as f64;
    let share = DoubleDouble::from(ones) / DoubleDouble::from(n);
    let p = share.value();
    let error = clustered_share(checked, clusters, share, |value| value == 1.0)?;
    let summary = checked.symmetric(p, &error);
    if error.value == 0.0 {
        return Ok(Summary { interval: None, method: "", ..summary });
    }
    Ok(match kind {
        FractionInterval::Wilson => {
            let effective = p * (1.0 - p) / (error.value * error.value);
            Summary {
                interval: Some(wilson(p, effective, checked.level)),
                reference: Reference::Normal,
                method: "wilson",
                ..summary
            }
        }
        _ => Summary { interval: summary.interval.map(cut), ..summary },
    })
}

fn cut(interval: Interval) -> Interval {
    Interval { low: interval.low.max(0.0), high: interval.high.min(1.0) }
}

/// Wilson's interval for the share `p` of `n`.
fn wilson(p: f64, n: f64, level: f64) -> Interval {
    let z = normal_upper_quantile(0.5 * (1.0 - level));
    let z2 = z * z;
    let centre = p + z2 / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z2 / n;
    Interval {
        low: if p == 0.0 { 0.0 } else { (centre - half) / whole },
        high: if p == 1.0 { 1.0 } else { (centre + half) / whole },
    }
}

/// Clopper and Pearson's interval for `ones` of `n`.
pub(in crate::stats) fn clopper_pearson(ones: f64, n: f64, level: f64) -> Interval {
    let tail = 0.5 * (1.0 - level);
    Interval {
        low: if ones == 0.0 { 0.0 } else { beta_quantile(tail, ones, n - ones + 1.0) },
        high: if ones == n { 1.0 } else { beta_upper_quantile(tail, ones + 1.0, n - ones) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_known_answers() {
        let interval = wilson(81.0 / 263.0, 263.0, 0.95);
        assert!(
            (interval.low - 0.255_289).abs() < 5e-7 && (interval.high - 0.366_210).abs() < 5e-7
        );
        let interval = wilson(0.0, 20.0, 0.95);
        assert!(interval.low == 0.0 && (interval.high - 0.161_125).abs() < 5e-7);
    }
}
