//! Means and deviations from exact sums.

use std::collections::BTreeMap;

use super::{Checked, Summary, SummaryError};
use crate::stats::distribution::{self, Interval};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::ExactSum;

/// The mean to twice the precision of a double.
fn exact_mean(checked: &Checked<'_>, value_of: impl Fn(f64) -> f64) -> DoubleDouble {
    let mut total = ExactSum::new();
    for (_, value, frequency) in checked.weighted() {
        total.add_product(frequency, value_of(value));
    }
    total.double_value() / DoubleDouble::from(checked.n as f64)
}

/// The sum of squared deviations from the mean.
fn squares(checked: &Checked<'_>, mean: DoubleDouble, value_of: impl Fn(f64) -> f64) -> f64 {
    let mut total = ExactSum::new();
    for (_, value, frequency) in checked.weighted() {
        let deviation = DoubleDouble::from(value_of(value)) - mean;
        total.add_double(deviation * deviation * frequency);
    }
    total.value()
}

/// A standard error, its degrees of freedom and the number of clusters.
type MeanError = (f64, f64, Option<usize>);

/// The standard error of a mean, its degrees of freedom and the number of clusters; none of one observation.
///
/// *Formula*: s/√n with n − 1; with clusters √(G/(G−1) Σ_g (Σ_{i∈g} (y − ȳ))²)/n with G − 1.
/// *Source*: Liang & Zeger 1986 (the clustered form is that of a regression on a constant, `stata` and `fixest` alike).
fn error_of_mean(
    checked: &Checked<'_>,
    mean: DoubleDouble,
    value_of: impl Fn(f64) -> f64,
) -> Result<Option<MeanError>, SummaryError> {
    let n = checked.n as f64;
    let Some(clusters) = checked.clusters else {
        let variance = squares(checked, mean, value_of) / (n - 1.0);
        return Ok((checked.n > 1).then(|| ((variance / n).sqrt(), n - 1.0, None)));
    };
    let mut scores: BTreeMap<u32, ExactSum> = BTreeMap::new();
    for (row, value, frequency) in checked.weighted() {
        if frequency > 0.0 {
            let deviation = (DoubleDouble::from(value_of(value)) - mean) * frequency;
            scores.entry(clusters[row]).or_default().add_double(deviation);
        }
    }
    let groups = scores.len();
    if groups < 2 {
        return Err(SummaryError::OneCluster);
    }
    let mut total = ExactSum::new();
    for score in scores.values() {
        let score = score.value();
        total.add_product(score, score);
    }
    let g = groups as f64;
    let variance = g / (g - 1.0) * total.value() / n / n;
    Ok(Some((variance.sqrt(), g - 1.0, Some(groups))))
}

/// The mean.
///
/// *Formula*: Σfy/Σf; the interval is ȳ ± t·se. *Units*: those of the column.
/// *Errors*: one cluster. *Checked against*: NIST StRD univariate sets.
pub(super) fn mean(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    let mean = exact_mean(checked, |value| value);
    Ok(match error_of_mean(checked, mean, |value| value)? {
        None => checked.plain(mean.value()),
        Some((error, df, clusters)) => checked.symmetric(mean.value(), error, df, clusters),
    })
}

/// The sum, exact and rounded once.
pub(super) fn sum(checked: &Checked<'_>) -> Summary {
    let mut total = ExactSum::new();
    for (_, value, frequency) in checked.weighted() {
        total.add_product(frequency, value);
    }
    checked.plain(total.value())
}

/// The geometric mean.
///
/// *Formula*: exp(mean of ln y); the interval is the exponential of that of the mean logarithm, the error is
/// the delta method's, value · se(ln). *Errors*: a value that is not positive; one cluster.
pub(super) fn geometric_mean(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    for (row, value, frequency) in checked.weighted() {
        if value <= 0.0 && frequency > 0.0 {
            return Err(SummaryError::NotPositive { row, value });
        }
    }
    let logarithm = |value: f64| if value > 0.0 { math::ln(value) } else { 0.0 };
    let mean = exact_mean(checked, logarithm);
    let value = math::exp(mean.value());
    let Some((error, df, clusters)) = error_of_mean(checked, mean, logarithm)? else {
        return Ok(checked.plain(value));
    };
    let reference = Reference::T { df };
    let ends = distribution::interval(reference, mean.value(), error, checked.level);
    Ok(Summary {
        standard_error: Some(value * error),
        interval: Some(Interval { low: math::exp(ends.low), high: math::exp(ends.high) }),
        reference,
        method: "log-t",
        clusters,
        ..checked.plain(value)
    })
}

/// The standard deviation.
///
/// *Formula*: s = √(Σ(y − ȳ)²/(n − 1)); the interval is the chi-square's, exact for normal data.
/// No error is given: it would rest on the fourth moment. *Errors*: fewer than two observations.
pub(super) fn standard_deviation(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    if checked.n < 2 {
        return Err(SummaryError::TooFewRows {
            what: "a standard deviation",
            needed: 2,
            found: checked.n,
        });
    }
    let mean = exact_mean(checked, |value| value);
    let sum = squares(checked, mean, |value| value);
    let df = checked.n as f64 - 1.0;
    let tail = 0.5 * (1.0 - checked.level);
    let interval = Interval {
        low: (sum / distribution::chi_square_upper_quantile(tail, df)).sqrt(),
        high: (sum / distribution::chi_square_upper_quantile(1.0 - tail, df)).sqrt(),
    };
    let plain = checked.plain((sum / df).sqrt());
    Ok(if checked.clusters.is_some() {
        plain
    } else {
        Summary { interval: Some(interval), method: "chi-square", ..plain }
    })
}

/// The mean and its error, for a fraction.
pub(super) fn mean_with_error(
    checked: &Checked<'_>,
) -> Result<(f64, Option<MeanError>), SummaryError> {
    let mean = exact_mean(checked, |value| value);
    Ok((mean.value(), error_of_mean(checked, mean, |value| value)?))
}
