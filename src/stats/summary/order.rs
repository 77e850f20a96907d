//! Quantiles, by Hyndman and Fan's definitions, with distribution-free intervals.

use super::moments::clustered_share;
use super::{Checked, QuantileDefinition, Summary, SummaryError};
use crate::stats::distribution::{Interval, critical, incomplete_beta, interval};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;

/// The sorted values with the number of observations up to and including each.
struct Sorted {
    values: Vec<f64>,
    up_to: Vec<u64>,
    n: u64,
}

impl Sorted {
    fn of(checked: &Checked<'_>) -> Self {
        let mut pairs: Vec<(f64, u64)> = checked
            .weighted()
            .filter(|(_, _, frequency)| *frequency > 0.0)
            .map(|(_, value, frequency)| (value, frequency as u64))
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut total = 0;
        let up_to = pairs
            .iter()
            .map(|(_, frequency)| {
                total += frequency;
                total
            })
            .collect();
        Self { values: pairs.into_iter().map(|(value, _)| value).collect(), up_to, n: total }
    }

    /// The `rank`-th smallest value, from 1; the ends beyond them.
    fn at(&self, rank: f64) -> f64 {
        let rank = (rank.max(1.0) as u64).min(self.n);
        let place = self.up_to.partition_point(|up_to| *up_to < rank);
        self.values[place.min(self.values.len() - 1)]
    }

    /// A quantile, by the rules of R's `quantile` (with its allowance of 4 units in the last place for steps).
    fn quantile(&self, p: f64, definition: QuantileDefinition) -> f64 {
        use QuantileDefinition as Q;
        let n = self.n as f64;
        let fuzz = 4.0 * f64::EPSILON * n.max(1.0);
        let position = match definition {
            Q::Inverse | Q::AveragedInverse | Q::Empirical => n * p,
            Q::Nearest => n * p - 0.5,
            Q::Hazen => n * p + 0.5,
            Q::Weibull => (n + 1.0) * p,
            Q::Linear => (n - 1.0) * p + 1.0,
            Q::MedianUnbiased => (n + 1.0 / 3.0) * p + 1.0 / 3.0,
            Q::NormalUnbiased => (n + 0.25) * p + 0.375,
        };
        let below = (position + fuzz).floor();
        let rest = if (position - below).abs() < fuzz { 0.0 } else { position - below };
        let share = match definition {
            Q::Inverse => f64::from(u8::from(rest > 0.0)),
            Q::AveragedInverse => {
                if rest > 0.0 {
                    1.0
                } else {
                    0.5
                }
            }
            Q::Nearest => f64::from(u8::from(rest > 0.0 || below.rem_euclid(2.0) == 1.0)),
            _ => rest,
        };
        let (low, high) = (self.at(below), self.at(below + 1.0));
        if share == 0.0 {
            low
        } else if share == 1.0 {
            high
        } else {
            low + share * (high - low)
        }
    }

    /// The share of observations up to `value`.
    fn up_to(&self, value: f64) -> DoubleDouble {
        let place = self.values.partition_point(|known| *known <= value);
        let count = place.checked_sub(1).map_or(0, |last| self.up_to[last]);
        DoubleDouble::from(count as f64) / DoubleDouble::from(self.n as f64)
    }
}

/// A quantile.
///
/// *Formula*: Hyndman & Fan 1996, all nine definitions. The interval runs from the order statistic of rank l to that of rank u:
/// the largest l with P(B < l) ≤ α/2 and the smallest u with P(B ≥ u) ≤ α/2 for B binomial (n, p), so that it
/// covers at least as often as its level says, whatever the distribution; none where a rank falls outside the sample.
/// With clusters Woodruff's: the clustered error of the share of values up to the quantile, p ± t·se with G − 1, and the quantiles (by
/// the same definition) at both ends; none where an end leaves 0..1. The standard error is half the interval's width over its
/// critical value (z for order statistics, t with clusters), as in R's `survey`; none where both ends are one value.
/// *Source*: Hyndman & Fan 1996; Conover 1999, section 3.2; Woodruff 1952; McKean & Schrader 1984; Francisco & Fuller 1991. *Shapes*: one column. *Units*: those of the column.
/// *Errors*: a probability outside 0..=1; one cluster.
/// *Checked against*: R's `quantile`, types 1 to 9; scipy's binomial ranks (tests/reference/summary.py); `survey::svyquantile`
/// of R for clusters (tests/reference/quantiles.R).
pub(super) fn quantile(
    checked: &Checked<'_>,
    probability: f64,
    definition: QuantileDefinition,
) -> Result<Summary, SummaryError> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(SummaryError::Probability { value: probability });
    }
    let sorted = Sorted::of(checked);
    let value = sorted.quantile(probability, definition);
    let plain = checked.plain(value);
    if let Some(clusters) = checked.clusters {
        let share = sorted.up_to(value);
        let error = clustered_share(checked, clusters, share, |one| one <= value)?;
        let reference = Reference::T { df: error.df };
        let ends = interval(reference, probability, error.value, checked.level);
        let inside = error.value > 0.0 && ends.low > 0.0 && ends.high < 1.0;
        let at = |end: f64| sorted.quantile(end, definition);
        let ends = inside.then(|| Interval { low: at(ends.low), high: at(ends.high) });
        let method = if inside { "woodruff" } else { "" };
        return Ok(Summary {
            standard_error: ends.and_then(|ends| error_of(ends, reference, checked.level)),
            interval: ends,
            reference,
            method,
            clusters: error.clusters,
            ..plain
        });
    }
    let Some((low, high)) = ranks(sorted.n, probability, checked.level) else { return Ok(plain) };
    let ends = Interval { low: sorted.at(low as f64), high: sorted.at(high as f64) };
    Ok(Summary {
        standard_error: error_of(ends, Reference::Normal, checked.level),
        interval: Some(ends),
        method: "order-statistics",
        ..plain
    })
}

/// Half an interval's width over its critical value; none where it has no width.
fn error_of(ends: Interval, reference: Reference, level: f64) -> Option<f64> {
    (ends.high > ends.low).then(|| 0.5 * (ends.high - ends.low) / critical(reference, level))
}

/// The ranks, from 1, between which the quantile lies with at least this probability.
fn ranks(n: u64, probability: f64, level: f64) -> Option<(u64, u64)> {
    if probability <= 0.0 || probability >= 1.0 {
        return None;
    }
    let tail = 0.5 * (1.0 - level);
    // P(B >= k) of the binomial falls with k.
    let reaches = |k: u64, p: f64| match k {
        0 => 1.0,
        k if k > n => 0.0,
        k => incomplete_beta(k as f64, (n - k + 1) as f64, p, 1.0 - p),
    };
    let smallest = |p: f64| {
        let (mut no, mut yes) = (0, n + 1);
        while yes - no > 1 {
            let middle = no + (yes - no) / 2;
            if reaches(middle, p) <= tail { yes = middle } else { no = middle }
        }
        yes
    };
    // The lower rank is the upper one of the other tail, counted from the other end.
    let (high, low) = (smallest(probability), smallest(1.0 - probability));
    (high <= n && low <= n).then(|| (n + 1 - low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::summary::{Measure, Sample, summarise};

    /// R 4.2: `sapply(1:9, \(t) quantile(c(1,3,4,8,15,16,23,42,100,108), .3, type = t))`.
    #[test]
    fn the_definitions_are_those_of_r() {
        let values = [100.0, 1.0, 3.0, 108.0, 4.0, 8.0, 42.0, 15.0, 16.0, 23.0];
        let expected = [4.0, 6.0, 4.0, 4.0, 6.0, 5.2, 6.8, 5.733_333_333_333_333, 5.8];
        for (definition, expected) in QuantileDefinition::ALL.into_iter().zip(expected) {
            let measure = Measure::Quantile { probability: 0.3, definition };
            let found = summarise(&Sample::new(&values), measure).unwrap().value;
            assert!((found - expected).abs() < 1e-12, "{definition:?}: {found}");
        }
    }

    #[test]
    fn frequencies_are_copies() {
        let copied = Sample::new(&[1.0, 2.0, 2.0, 2.0, 9.0]);
        let counted = Sample {
            frequencies: Some(&[3.0, 1.0, 0.0, 1.0]),
            ..Sample::new(&[2.0, 9.0, 77.0, 1.0])
        };
        for measure in [Measure::Median, Measure::Mean, Measure::StandardDeviation, Measure::Sum] {
            let (a, b) =
                (summarise(&copied, measure).unwrap(), summarise(&counted, measure).unwrap());
            assert_eq!(a.value, b.value, "{measure:?}");
            assert_eq!(a.standard_error, b.standard_error, "{measure:?}");
        }
    }
}
