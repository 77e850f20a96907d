//! Fractions.

use super::moments::mean_with_error;
use super::{Checked, Summary, SummaryError};
use crate::stats::distribution::{Interval, normal_upper_quantile};

/// The share of ones.
///
/// *Formula*: p = k/n, se = √(p(1−p)/n), Wilson's interval
/// (p + z²/2n ± z√(p(1−p)/n + z²/4n²))/(1 + z²/n); with clusters the cluster-robust error and t with G − 1,
/// the interval cut at 0 and 1.
/// *Source*: Wilson 1927; Liang & Zeger 1986. *Errors*: a value that is neither 0 nor 1; one cluster.
/// *Checked against*: 81/263 gives .255289 to .366210, 0/20 gives 0 to .161125.
pub(super) fn fraction(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    let mut ones = 0.0;
    for (row, value, frequency) in checked.weighted() {
        if value != 0.0 && value != 1.0 {
            return Err(SummaryError::NotBinary { row, value });
        }
        ones += value * frequency;
    }
    let n = checked.n as f64;
    let p = ones / n;
    if checked.clusters.is_some() {
        let (_, error) = mean_with_error(checked)?;
        if let Some((error, df, clusters)) = error {
            let mut summary = checked.symmetric(p, error, df, clusters);
            summary.interval = summary.interval.map(|interval| Interval {
                low: interval.low.max(0.0),
                high: interval.high.min(1.0),
            });
            return Ok(summary);
        }
    }
    Ok(Summary {
        standard_error: Some((p * (1.0 - p) / n).sqrt()),
        interval: Some(wilson(ones, n, checked.level)),
        method: "wilson",
        ..checked.plain(p)
    })
}

/// Wilson's interval for `ones` of `n`.
pub(super) fn wilson(ones: f64, n: f64, level: f64) -> Interval {
    let z = normal_upper_quantile(0.5 * (1.0 - level));
    let p = ones / n;
    let z2 = z * z;
    let centre = p + z2 / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z2 / n;
    Interval {
        low: if ones == 0.0 { 0.0 } else { (centre - half) / whole },
        high: if ones == n { 1.0 } else { (centre + half) / whole },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_known_answers() {
        let interval = wilson(81.0, 263.0, 0.95);
        assert!(
            (interval.low - 0.255_289).abs() < 5e-7 && (interval.high - 0.366_210).abs() < 5e-7
        );
        let interval = wilson(0.0, 20.0, 0.95);
        assert!(interval.low == 0.0 && (interval.high - 0.161_125).abs() < 5e-7);
    }
}
