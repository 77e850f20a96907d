//! t tests and standardised differences.

use super::{CompareError, Comparison, Estimate, How, check, is_rounding};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::{ExactSum, mean};
use crate::stats::unit::{in_unit, power_below, unit_of};
use crate::stats::whole::largest;

/// Mean and variance of a group, in a unit that keeps squares in range.
struct Moments {
    n: f64,
    mean: DoubleDouble,
    variance: f64,
    /// Whether all values are the same.
    still: bool,
}

fn moments(values: &[f64], unit: f64) -> Moments {
    let scaled = in_unit(values, unit);
    let centre = mean(&scaled);
    let mut squares = ExactSum::new();
    for value in scaled {
        let deviation = DoubleDouble::from(value) - centre;
        squares.add_double(deviation * deviation);
    }
    let n = values.len() as f64;
    let still = values.windows(2).all(|pair| pair[0] == pair[1]);
    Moments { n, mean: centre, variance: squares.value() / (n - 1.0), still }
}

/// A unit of two columns: that of the larger, as one of them may be zero throughout.
fn common_unit(x: &[f64], y: &[f64]) -> f64 {
    power_below(largest(x).max(largest(y)))
}

/// Compares two means without assuming equal variances.
///
/// *Formula*: t = (x̄ − ȳ)/√(s²ₓ/nₓ + s²ᵧ/nᵧ), df = (a + b)²/(a²/(nₓ−1) + b²/(nᵧ−1)) for a = s²ₓ/nₓ, b = s²ᵧ/nᵧ.
/// *Source*: Welch 1947. *Shapes*: two groups. *Units*: those of the columns. *Errors*: fewer than two values in a group; no
/// variation in either, or none but rounding (a standard error below 10 ε times the larger mean, as in R).
/// *Checked against*: scipy 1.17 (tests/reference/compare.py).
///
/// # Errors
/// See above.
pub fn welch_t(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Welch's t";
    check(TEST, &[x, y], 2)?;
    let unit = common_unit(x, y);
    let (mx, my) = (moments(x, unit), moments(y, unit));
    let (a, b) = (mx.variance / mx.n, my.variance / my.n);
    let error = (a + b).sqrt();
    varies(TEST, error, larger(&mx, &my))?;
    // Of shares, whose squares are in range however near zero a and b are.
    let (a, b) = (a / (a + b), b / (a + b));
    let df = 1.0 / (a * a / (mx.n - 1.0) + b * b / (my.n - 1.0));
    Ok(two_means(TEST, (&mx, &my), (error, df), unit, how))
}

/// Compares two means, assuming equal variances.
///
/// *Formula*: t with the pooled variance and nₓ + nᵧ − 2. *Source*: Student 1908. *Shapes, Units, Errors*: as Welch's.
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See [`welch_t`].
pub fn student_t(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Student's t";
    check(TEST, &[x, y], 2)?;
    let unit = common_unit(x, y);
    let (mx, my) = (moments(x, unit), moments(y, unit));
    let pooled = pooled_variance(&mx, &my);
    let error = (pooled * (1.0 / mx.n + 1.0 / my.n)).sqrt();
    varies(TEST, error, larger(&mx, &my))?;
    Ok(two_means(TEST, (&mx, &my), (error, mx.n + my.n - 2.0), unit, how))
}

fn larger(x: &Moments, y: &Moments) -> f64 {
    x.mean.value().abs().max(y.mean.value().abs())
}

/// Refuses a standard error that is zero, or rounding beside the means: below 10 ε times the larger, as R's `t.test` does.
fn varies(test: &'static str, error: f64, mean: f64) -> Result<(), CompareError> {
    if error == 0.0 {
        return Err(CompareError::NoVariation { test });
    }
    if error < 10.0 * f64::EPSILON * mean {
        return Err(CompareError::Rounding { test });
    }
    Ok(())
}

fn pooled_variance(x: &Moments, y: &Moments) -> f64 {
    ((x.n - 1.0) * x.variance + (y.n - 1.0) * y.variance) / (x.n + y.n - 2.0)
}

fn two_means(
    test: &'static str,
    (x, y): (&Moments, &Moments),
    (error, df): (f64, f64),
    unit: f64,
    how: &How,
) -> Comparison {
    let difference = x.mean - y.mean;
    let effects = standardised(x, y, difference.value(), how.level);
    let n = vec![x.n as u64, y.n as u64];
    let mut found = of_t(test, (difference, error, df), unit, effects, n, how);
    if x.still || y.still {
        found.warnings.push("a group does not vary".to_owned());
    }
    found
}

/// A t test of a number in some unit, with its error and degrees of freedom.
fn of_t(
    test: &'static str,
    (value, error, df): (DoubleDouble, f64, f64),
    unit: f64,
    effects: Vec<(&'static str, Estimate)>,
    n: Vec<u64>,
    how: &How,
) -> Comparison {
    let reference = Reference::T { df };
    let statistic = (value - DoubleDouble::from(how.null / unit)).value() / error;
    Comparison {
        test,
        method: "t".to_owned(),
        statistic: Some(statistic),
        df: Some(df),
        p: how.alternative.p(reference, statistic),
        estimate: Some(Estimate::symmetric(
            value.value() * unit,
            error * unit,
            reference,
            how.level,
        )),
        effects,
        n,
        warnings: Vec::new(),
    }
}

/// Cohen's d and Hedges' g.
///
/// *Formula*: d = difference/s_pooled, g = J d, J = Γ(m/2)/(√(m/2) Γ((m−1)/2)), m = nₓ + nᵧ − 2;
/// var d = (nₓ+nᵧ)/(nₓnᵧ) + d²/(2(nₓ+nᵧ)), var g = J² var d; normal intervals.
/// *Source*: Hedges 1981; Borenstein et al. 2009, eqs. 4.18–4.24. *Checked against*: tests/reference/compare.py.
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
    let j = small_sample(x.n + y.n - 2.0);
    let error = ((x.n + y.n) / (x.n * y.n) + d * d / (2.0 * (x.n + y.n))).sqrt();
    let estimate = |by: f64| Estimate::symmetric(by * d, by * error, Reference::Normal, level);
    vec![("cohen_d", estimate(1.0)), ("hedges_g", estimate(j))]
}

/// Hedges' exact correction J(m) = Γ(m/2)/(√(m/2) Γ((m−1)/2)).
fn small_sample(m: f64) -> f64 {
    let half = 0.5 * m;
    math::exp(math::ln_gamma(half) - math::ln_gamma(half - 0.5)) / half.sqrt()
}

/// Compares two columns pair by pair.
///
/// *Formula*: t of the differences' mean with n − 1; d_z = (mean − μ₀)/sd of the differences, var d_z = 1/n + d_z²/(2n), normal interval.
/// *Source*: Student 1908; Borenstein et al. 2009, eq. 4.28 with the differences' own deviation. *Shapes*: two columns of one
/// length. *Units*: those of the columns. *Errors*: lengths that differ; fewer than two pairs; differences all the same,
/// but for rounding (of their mean as in R, or a deviation within 4 ε of the columns' means).
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn paired_t(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "paired t";
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(TEST, &[x, y], 2)?;
    let unit = common_unit(x, y);
    let (x, y) = (in_unit(x, unit), in_unit(y, unit));
    let differences: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
    // A difference of large numbers is rounded as they are, however small it is itself.
    let own = unit_of(&differences);
    let deviation = moments(&differences, own).variance.sqrt() * own;
    if deviation > 0.0 && is_rounding(deviation, mean(&x).value().abs().max(mean(&y).value().abs()))
    {
        return Err(CompareError::Rounding { test: TEST });
    }
    one_mean(TEST, "cohen_dz", &differences, unit, how)
}

/// Compares a mean with a number.
///
/// *Formula*: t = (x̄ − μ₀)/(s/√n) with n − 1; d = (x̄ − μ₀)/s, var d = 1/n + d²/(2n), normal interval. *Source*: Student 1908.
/// *Shapes*: one column. *Units*: those of the column. *Errors*: fewer than two values; no variation but for rounding.
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn one_sample_t(x: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "one-sample t";
    check(TEST, &[x], 2)?;
    one_mean(TEST, "cohen_d", x, 1.0, how)
}

/// A t test of values that are themselves in some unit.
fn one_mean(
    test: &'static str,
    effect: &'static str,
    values: &[f64],
    unit: f64,
    how: &How,
) -> Result<Comparison, CompareError> {
    let own = unit_of(values);
    let m = moments(values, own);
    let error = (m.variance / m.n).sqrt();
    varies(test, error, m.mean.value().abs())?;
    let null = DoubleDouble::from(how.null / unit / own);
    let d = (m.mean - null).value() / m.variance.sqrt();
    let spread = (1.0 / m.n + d * d / (2.0 * m.n)).sqrt();
    let effect = (effect, Estimate::symmetric(d, spread, Reference::Normal, how.level));
    let found = (m.mean, error, m.n - 1.0);
    Ok(of_t(test, found, own * unit, vec![effect], vec![m.n as u64], how))
}
