//! Ratios of sums.

use super::range::{Counted, is_ordinary};
use super::{Checked, MeanError, Sample, Summary, SummaryError};
use crate::stats::double_double::DoubleDouble;
use crate::stats::sum::ExactSum;
use crate::stats::unit::{in_unit, unit_of};
use crate::stats::whole::largest;

/// The share of a ratio below which its error is what rounding leaves.
const ROUNDING: f64 = 1e-30;

/// The ratio of two sums, `above` over the sample's values.
///
/// *Formula*: r = Σfa/Σfb. With the linearised dᵢ = aᵢ − r bᵢ: se = √(n/(n−1) Σf dᵢ²)/|Σfb| with n − 1, and with clusters
/// √(G/(G−1) Σ_g (Σ_{i∈g} f dᵢ)²)/|Σfb| with G − 1; the interval is r ± t·se.
/// *Source*: Cochran 1977, section 2.11; Woodruff 1971; Binder 1983. *Shapes*: two columns of one length.
/// *Units*: those of the first over those of the second. *Errors*: a second column that sums to zero; one cluster; lengths that
/// differ; a value that is not finite.
/// *Checked against*: statsmodels, the same error as weighted least squares of a/b on a constant with weights b has under
/// HC1 and under clusters (tests/reference/summary.py).
///
/// # Errors
/// See above.
pub fn ratio(above: &[f64], sample: &Sample<'_>) -> Result<Summary, SummaryError> {
    let checked = Checked::of(sample)?;
    if above.len() != sample.values.len() {
        return Err(SummaryError::Length);
    }
    if let Some(row) = above.iter().position(|value| !value.is_finite()) {
        return Err(SummaryError::NotFinite { row });
    }
    if let Some(counted) = Counted::of(sample) {
        return ratio(&counted.column(above), &counted.sample(sample));
    }
    if is_ordinary(above) && is_ordinary(sample.values) {
        return of_checked(&checked, above);
    }
    in_units(above, sample)
}

/// The ratio of sums, with its error.
fn of_checked(checked: &Checked<'_>, above: &[f64]) -> Result<Summary, SummaryError> {
    let (mut top, mut bottom) = (ExactSum::new(), ExactSum::new());
    for (row, below, frequency) in checked.weighted() {
        top.add_product(frequency, above[row]);
        bottom.add_product(frequency, below);
    }
    let whole = bottom.value();
    if whole == 0.0 {
        return Err(SummaryError::ZeroDenominator);
    }
    let r = top.double_value() / bottom.double_value();
    let deviation =
        |row: usize| DoubleDouble::from(above[row]) - r * DoubleDouble::from(checked.values[row]);
    let error = match checked.clusters {
        Some(clusters) => {
            let size = largest(above).max(r.value().abs() * largest(checked.values));
            let (total, groups) = checked.squared_scores(clusters, size, deviation)?;
            let g = groups as f64;
            let value = (g / (g - 1.0) * total).sqrt() / whole.abs();
            MeanError { value, df: g - 1.0, clusters: Some(groups) }
        }
        None if checked.n < 2 => return Ok(checked.plain(r.value()).with_rest(r)),
        None => {
            let mut total = ExactSum::new();
            for (row, _, frequency) in checked.weighted() {
                let d = deviation(row);
                total.add_double(d * d * frequency);
            }
            let n = checked.n as f64;
            let value = (n / (n - 1.0) * total.value()).sqrt() / whole.abs();
            // A ratio that is the same in every row leaves the rounding of twice the digits.
            let value = if value > ROUNDING * r.value().abs() { value } else { 0.0 };
            MeanError { value, df: n - 1.0, clusters: None }
        }
    };
    Ok(checked.symmetric(r.value(), &error).with_rest(r))
}

/// The ratio of columns each in a unit that keeps squares in range.
fn in_units(above: &[f64], sample: &Sample<'_>) -> Result<Summary, SummaryError> {
    let (upper, lower) = (unit_of(above), unit_of(sample.values));
    let (above, below) = (in_unit(above, upper), in_unit(sample.values, lower));
    let checked = Checked::of(&Sample { values: &below, ..*sample })?;
    let found = of_checked(&checked, &above)?.times(upper / lower);
    if found.is_finite() { Ok(found) } else { Err(SummaryError::OutOfRange) }
}
