//! t tests and standardised differences.

use super::{CompareError, Comparison, Estimate, check};
use crate::stats::distribution::{interval, two_sided_p};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::{ExactSum, mean};

/// Mean and variance of a group.
struct Moments {
    n: f64,
    mean: f64,
    variance: f64,
}

fn moments(values: &[f64]) -> Moments {
    let centre = mean(values);
    let mut squares = ExactSum::new();
    for value in values {
        let deviation = DoubleDouble::from(*value) - centre;
        squares.add_double(deviation * deviation);
    }
    let n = values.len() as f64;
    Moments { n, mean: centre.value(), variance: squares.value() / (n - 1.0) }
}

/// Compares two means without assuming equal variances.
///
/// *Formula*: t = (x̄ − ȳ)/√(s²ₓ/nₓ + s²ᵧ/nᵧ), df = (a + b)²/(a²/(nₓ−1) + b²/(nᵧ−1)) for a = s²ₓ/nₓ, b = s²ᵧ/nᵧ.
/// *Source*: Welch 1947. *Units*: those of the columns. *Errors*: fewer than two values in a group; no variation.
/// *Checked against*: scipy 1.17 (tests/reference/compare.py).
///
/// # Errors
/// See above.
pub fn welch_t(x: &[f64], y: &[f64], level: f64) -> Result<Comparison, CompareError> {
    const TEST: &str = "Welch's t";
    check(TEST, &[x, y], 2)?;
    let (mx, my) = (moments(x), moments(y));
    let (a, b) = (mx.variance / mx.n, my.variance / my.n);
    if a + b == 0.0 {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let df = (a + b) * (a + b) / (a * a / (mx.n - 1.0) + b * b / (my.n - 1.0));
    Ok(two_means(TEST, &mx, &my, (a + b).sqrt(), df, level))
}

/// Compares two means, assuming equal variances.
///
/// *Formula*: t with the pooled variance and nₓ + nᵧ − 2. *Source*: Student 1908. *Units, Errors*: as Welch's.
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See [`welch_t`].
pub fn student_t(x: &[f64], y: &[f64], level: f64) -> Result<Comparison, CompareError> {
    const TEST: &str = "Student's t";
    check(TEST, &[x, y], 2)?;
    let (mx, my) = (moments(x), moments(y));
    let pooled = pooled_variance(&mx, &my);
    if pooled == 0.0 {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let error = (pooled * (1.0 / mx.n + 1.0 / my.n)).sqrt();
    Ok(two_means(TEST, &mx, &my, error, mx.n + my.n - 2.0, level))
}

fn pooled_variance(x: &Moments, y: &Moments) -> f64 {
    ((x.n - 1.0) * x.variance + (y.n - 1.0) * y.variance) / (x.n + y.n - 2.0)
}

fn two_means(
    test: &'static str,
    x: &Moments,
    y: &Moments,
    error: f64,
    df: f64,
    level: f64,
) -> Comparison {
    let difference = x.mean - y.mean;
    let reference = Reference::T { df };
    Comparison {
        test,
        method: "t".to_owned(),
        statistic: Some(difference / error),
        df: Some(df),
        p: two_sided_p(reference, difference / error),
        estimate: Some(Estimate {
            value: difference,
            standard_error: Some(error),
            interval: Some(interval(reference, difference, error, level)),
            reference,
        }),
        effects: standardised(x, y, difference, level),
        n: vec![x.n as u64, y.n as u64],
    }
}

/// Cohen's d and Hedges' g.
///
/// *Formula*: d = difference/s_pooled, g = J d, J = Γ(m/2)/(√(m/2) Γ((m−1)/2)), m = nₓ + nᵧ − 2;
/// var d = (nₓ+nᵧ)/(nₓnᵧ) + d²/(2(nₓ+nᵧ)), var g = J² var d. *Source*: Hedges 1981; Borenstein et al. 2009, eqs. 4.18–4.24.
fn standardised(
    x: &Moments,
    y: &Moments,
    difference: f64,
    level: f64,
) -> Vec<(&'static str, Estimate)> {
    let deviation = pooled_variance(x, y).sqrt();
    if deviation == 0.0 {
        return Vec::new();
    }
    let d = difference / deviation;
    let half = 0.5 * (x.n + y.n - 2.0);
    let j = math::exp(math::ln_gamma(half) - math::ln_gamma(half - 0.5)) / half.sqrt();
    let error = ((x.n + y.n) / (x.n * y.n) + d * d / (2.0 * (x.n + y.n))).sqrt();
    let estimate = |value: f64, error: f64| Estimate {
        value,
        standard_error: Some(error),
        interval: Some(interval(Reference::Normal, value, error, level)),
        reference: Reference::Normal,
    };
    vec![("cohen_d", estimate(d, error)), ("hedges_g", estimate(j * d, j * error))]
}

/// Compares two columns pair by pair.
///
/// *Formula*: t of the differences' mean with n − 1; d_z = mean/sd of the differences. *Source*: Student 1908.
/// *Units*: those of the columns. *Errors*: lengths that differ; fewer than two pairs; differences all the same.
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn paired_t(x: &[f64], y: &[f64], level: f64) -> Result<Comparison, CompareError> {
    const TEST: &str = "paired t";
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(TEST, &[x, y], 2)?;
    let differences: Vec<f64> = x.iter().zip(y).map(|(x, y)| x - y).collect();
    let m = moments(&differences);
    if m.variance == 0.0 {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let error = (m.variance / m.n).sqrt();
    let reference = Reference::T { df: m.n - 1.0 };
    let dz = m.mean / m.variance.sqrt();
    Ok(Comparison {
        test: TEST,
        method: "t".to_owned(),
        statistic: Some(m.mean / error),
        df: Some(m.n - 1.0),
        p: two_sided_p(reference, m.mean / error),
        estimate: Some(Estimate {
            value: m.mean,
            standard_error: Some(error),
            interval: Some(interval(reference, m.mean, error, level)),
            reference,
        }),
        effects: vec![(
            "cohen_dz",
            Estimate { value: dz, standard_error: None, interval: None, reference },
        )],
        n: vec![m.n as u64],
    })
}
