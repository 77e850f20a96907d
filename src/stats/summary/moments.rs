//! Means and deviations from exact sums.

use super::{Checked, MeanError, Summary, SummaryError};
use crate::stats::distribution::{self, Interval};
use crate::stats::double_double::{DoubleDouble, two_product};
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::simd::wide;
use crate::stats::sum::ExactSum;
use crate::stats::whole::{all_finite, largest};

/// The mean to twice the precision of a double.
fn exact_mean(checked: &Checked<'_>, values: &[f64]) -> DoubleDouble {
    exact_sum(checked, values).double_value() / DoubleDouble::from(checked.n as f64)
}

fn exact_sum(checked: &Checked<'_>, values: &[f64]) -> ExactSum {
    let mut total = ExactSum::new();
    match checked.frequencies {
        None => total.extend(values),
        Some(frequencies) => {
            values.iter().zip(frequencies).for_each(|(value, f)| total.add_product(*f, *value));
        }
    }
    total
}

/// The sum of squared deviations from the mean: exact of the squares as they round.
fn squares(checked: &Checked<'_>, mean: DoubleDouble, values: &[f64]) -> f64 {
    if let Some(squares) = whole_squares(checked, values) {
        return squares;
    }
    let mut total = ExactSum::new();
    if let Some(frequencies) = checked.frequencies {
        for (value, frequency) in values.iter().zip(frequencies) {
            total.add_product(*frequency, square(*value, mean));
        }
        return total.value();
    }
    let mut block = [0.0; BLOCK];
    for part in values.chunks(BLOCK) {
        wide(all_squares, (part, mean, &mut block));
        total.extend(&block[..part.len()]);
    }
    total.value()
}

/// The square of a deviation.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn square(value: f64, mean: DoubleDouble) -> f64 {
    // The low part is below half a unit in the last place of the high one: its own square does not show.
    let DoubleDouble { high, low } = DoubleDouble::from(value) - mean;
    high * high + 2.0 * high * low
}

/// Writes down the squares of deviations.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn all_squares((values, mean, squares): (&[f64], DoubleDouble, &mut [f64])) {
    for (value, slot) in values.iter().zip(squares) {
        *slot = square(*value, mean);
    }
}

/// Rows whose squares are summed at once.
const BLOCK: usize = 512;

/// The sum of squared deviations of whole numbers, (nΣx² − (Σx)²)/n in integers; none for others.
fn whole_squares(checked: &Checked<'_>, values: &[f64]) -> Option<f64> {
    let small = |value: &f64| value.abs() < 1e9 && *value as i64 as f64 == *value;
    if !values.iter().all(small) {
        return None;
    }
    let (mut sum, mut squares) = (0_i128, 0_i128);
    match checked.frequencies {
        None => {
            for part in values.chunks(BLOCK) {
                sum += i128::from(part.iter().map(|value| *value as i64).sum::<i64>());
                let square = |value: &f64| i128::from(*value as i64 * *value as i64);
                squares += part.iter().map(square).sum::<i128>();
            }
        }
        Some(frequencies) => {
            for (value, frequency) in values.iter().zip(frequencies) {
                let (value, frequency) = (*value as i128, *frequency as i128);
                sum += frequency * value;
                squares += frequency * value * value;
            }
        }
    }
    let numerator =
        i128::from(checked.n).checked_mul(squares)?.checked_sub(sum.checked_mul(sum)?)?;
    Some(numerator as f64 / checked.n as f64)
}

/// The standard error of a mean, its degrees of freedom and the number of clusters; none of one observation.
///
/// *Formula*: s/√n with n − 1; with clusters √(G/(G−1) Σ_g (Σ_{i∈g} (y − ȳ))²)/n with G − 1 (CR1).
/// *Source*: Liang & Zeger 1986 (the clustered form is that of a regression on a constant, `stata` and `fixest` alike).
fn error_of_mean(
    checked: &Checked<'_>,
    mean: DoubleDouble,
    values: &[f64],
) -> Result<Option<MeanError>, SummaryError> {
    let Some(clusters) = checked.clusters else {
        return Ok(MeanError::of_squares(checked.n, squares(checked, mean, values)));
    };
    let n = checked.n as f64;
    let deviation = |row: usize| DoubleDouble::from(values[row]) - mean;
    let (total, groups) = checked.squared_scores(clusters, largest(values), deviation)?;
    let g = groups as f64;
    let value = (g / (g - 1.0) * total).sqrt() / n;
    Ok(Some(MeanError { value, df: g - 1.0, clusters: Some(groups) }))
}

/// The mean.
///
/// *Formula*: Σfy/Σf; the interval is ȳ ± t·se. *Source*: Student 1908; Liang & Zeger 1986. *Shapes*: one column.
/// *Units*: those of the column. *Errors*: one cluster.
/// *Checked against*: NIST StRD univariate sets; statsmodels' OLS on a constant, clustered (tests/reference/summary.py).
pub(super) fn mean(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    let mean = exact_mean(checked, checked.values);
    Ok(arithmetic(checked, mean, error_of_mean(checked, mean, checked.values)?))
}

/// The summary of a mean and its error.
pub(super) fn arithmetic(
    checked: &Checked<'_>,
    mean: DoubleDouble,
    error: Option<MeanError>,
) -> Summary {
    let summary = match error {
        None => checked.plain(mean.value()),
        Some(error) => checked.symmetric(mean.value(), &error),
    };
    summary.with_rest(mean)
}

/// The sum, exact and rounded once.
pub(super) fn sum(checked: &Checked<'_>) -> Summary {
    let sum = exact_sum(checked, checked.values).double_value();
    checked.plain(sum.value()).with_rest(sum)
}

/// The geometric mean.
///
/// *Formula*: exp(mean of ln y); the interval is the exponential of that of the mean logarithm, the error is
/// the delta method's, value · se(ln). *Source*: Alf & Grossberg 1979; Liang & Zeger 1986 for clusters.
/// *Shapes*: one column. *Units*: those of the column. *Errors*: a value that is not positive; one cluster.
/// *Checked against*: scipy's `gmean` and statsmodels on logarithms (tests/reference/summary.py).
pub(super) fn geometric_mean(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    let mut logarithms = math::ln_all(checked.values);
    // Those of numbers that are not positive are not finite.
    if !all_finite(&logarithms) {
        for (row, value, frequency) in checked.weighted() {
            if value <= 0.0 && frequency > 0.0 {
                return Err(SummaryError::NotPositive { row, value });
            }
        }
        logarithms.iter_mut().filter(|one| !one.is_finite()).for_each(|one| *one = 0.0);
    }
    let found = of_logarithms(checked, &logarithms, 1.0)?;
    if !are_near(&found) {
        return Ok(found);
    }
    let least = checked.values.iter().copied().fold(f64::INFINITY, f64::min);
    if least <= 0.0 || checked.values.iter().any(|value| *value > 2.0 * least) {
        return Ok(found);
    }
    // Between a number and its double differences from it are exact.
    let above = |value: &f64| math::ln_1p((value - least) / least);
    let logarithms: Vec<f64> = checked.values.iter().map(above).collect();
    let found = of_logarithms(checked, &logarithms, least)?;
    let above = math::expm1(exact_mean(checked, &logarithms).value());
    let value = DoubleDouble::from(least) + two_product(least, above);
    Ok(Summary { value: value.value(), ..found }.with_rest(value))
}

/// The deviation of logarithms below which too few of their digits tell them apart.
const NEAR: f64 = 1e-4;

/// Says whether the deviation behind a geometric mean is below it.
pub(super) fn are_near(found: &Summary) -> bool {
    let spread = found.standard_error.map_or(1.0, |error| error / found.value);
    spread * (found.n as f64).sqrt() < NEAR
}

/// The geometric mean of values in some unit, from their logarithms.
fn of_logarithms(
    checked: &Checked<'_>,
    logarithms: &[f64],
    unit: f64,
) -> Result<Summary, SummaryError> {
    let mean = exact_mean(checked, logarithms);
    Ok(geometric(checked, mean, error_of_mean(checked, mean, logarithms)?, unit))
}

/// The summary of a geometric mean in some unit, from the mean of logarithms and its error.
pub(super) fn geometric(
    checked: &Checked<'_>,
    mean: DoubleDouble,
    error: Option<MeanError>,
    unit: f64,
) -> Summary {
    let value = unit * math::exp(mean.value());
    let Some(error) = error else { return checked.plain(value) };
    let reference = Reference::T { df: error.df };
    let ends = distribution::interval(reference, mean.value(), error.value, checked.level);
    let at = |end: f64| unit * math::exp(end);
    let interval = Interval { low: at(ends.low), high: at(ends.high) };
    Summary {
        standard_error: Some(value * error.value).filter(|error| error.is_finite()),
        interval: Some(interval).filter(|ends| ends.high.is_finite()),
        reference,
        method: "log-t",
        clusters: error.clusters,
        ..checked.plain(value)
    }
}

/// The standard deviation.
///
/// *Formula*: s = √(Σ(y − ȳ)²/(n − 1)); the interval is the chi-square's, exact for normal data.
/// No error is given beside it: that would rest on the fourth moment. With clusters se = √(G/(G−1) Σ_g (Σ_{i∈g} dᵢ)²)/(2s(n−1)),
/// dᵢ = (yᵢ − ȳ)² − s²(n−1)/n, and the interval s ± t·se with G − 1, cut at 0. *Source*: Cochran 1934; Binder 1983.
/// *Shapes*: one column. *Units*: those of the column. *Errors*: fewer than two observations; one cluster.
/// *Checked against*: NIST StRD univariate sets; `survey::svyvar` of R (tests/reference/quantiles.R).
pub(super) fn standard_deviation(checked: &Checked<'_>) -> Result<Summary, SummaryError> {
    if checked.n < 2 {
        return Err(SummaryError::TooFewRows {
            what: "a standard deviation",
            needed: 2,
            found: checked.n,
        });
    }
    let mean = exact_mean(checked, checked.values);
    let sum = squares(checked, mean, checked.values);
    let df = checked.n as f64 - 1.0;
    let tail = 0.5 * (1.0 - checked.level);
    let plain = checked.plain((sum / df).sqrt());
    if let Some(clusters) = checked.clusters {
        return clustered_deviation(checked, clusters, mean, plain);
    }
    let interval = Interval {
        low: (sum / distribution::chi_square_upper_quantile(tail, df)).sqrt(),
        high: (sum / distribution::chi_square_lower_quantile(tail, df)).sqrt(),
    };
    Ok(Summary { interval: Some(interval), method: "chi-square", ..plain })
}

fn clustered_deviation(
    checked: &Checked<'_>,
    clusters: &[u32],
    mean: DoubleDouble,
    plain: Summary,
) -> Result<Summary, SummaryError> {
    let square = |value: f64| {
        let away = DoubleDouble::from(value) - mean;
        away * away
    };
    // In twice the digits: the deviations from it sum to nothing.
    let (mut squares, mut size) = (ExactSum::new(), 0.0_f64);
    for (_, value, frequency) in checked.weighted() {
        let one = square(value);
        squares.add_product(frequency, one.high);
        squares.add_product(frequency, one.low);
        size = size.max(one.high);
    }
    let variance = squares.double_value() / DoubleDouble::from(checked.n as f64);
    let deviation = |row: usize| square(checked.values[row]) - variance;
    let (total, groups) = checked.squared_scores(clusters, size, deviation)?;
    let (g, df) = (groups as f64, checked.n as f64 - 1.0);
    if total == 0.0 || plain.value == 0.0 {
        return Ok(plain);
    }
    let value = (g / (g - 1.0) * total).sqrt() / (2.0 * plain.value * df);
    let error = MeanError { value, df: g - 1.0, clusters: Some(groups) };
    let summary = checked.symmetric(plain.value, &error);
    let cut = |ends: Interval| Interval { low: ends.low.max(0.0), ..ends };
    Ok(Summary { interval: summary.interval.map(cut), ..summary })
}

/// The clustered error of the share `p` of rows that `is_in` picks.
pub(super) fn clustered_share(
    checked: &Checked<'_>,
    clusters: &[u32],
    p: DoubleDouble,
    is_in: impl Fn(f64) -> bool,
) -> Result<MeanError, SummaryError> {
    let one = |row: usize| DoubleDouble::from(f64::from(u8::from(is_in(checked.values[row]))));
    let (total, groups) = checked.squared_scores(clusters, 1.0, |row| one(row) - p)?;
    let g = groups as f64;
    let value = (g / (g - 1.0) * total).sqrt() / checked.n as f64;
    Ok(MeanError { value, df: g - 1.0, clusters: Some(groups) })
}
