//! Normal, Student t, chi-square and F: cumulative, survival and quantile functions.
//!
//! `statrs` gives the start of the normal quantile. The tails are our own, because that crate's are not good
//! enough where audits need them: 0.19.1 has a t quantile that is wrong from 2·10⁴ degrees of freedom up (1.386
//! for 1.645 at 10⁷), a t tail good to 3.6e-8 there, and a normal tail good to 1e-10.

mod beta;
mod student;

pub use beta::{incomplete_beta, incomplete_gamma_lower, incomplete_gamma_upper};
pub use student::{t_cdf, t_density, t_quantile, t_sf, t_upper_quantile};

use statrs::distribution::{ContinuousCDF as _, Normal};

use crate::stats::linear::Reference;
use crate::stats::math;

/// An interval, its ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Returns P(Z > z) of the standard normal.
///
/// *Formula*: erfc(z/√2)/2. *Source*: DLMF 7.18; libm's `erfc`, within a unit in the last place.
/// *Shapes*: one number. *Errors*: none.
/// *Checked against*: mpmath, relative 1e-13 up to z = 37 (rounding z/√2 costs z²·2⁻⁵³).
#[must_use]
pub fn normal_sf(z: f64) -> f64 {
    0.5 * math::erfc(z / std::f64::consts::SQRT_2)
}

/// Returns P(Z ≤ z) of the standard normal.
///
/// *Formula*: the other tail, P(Z > −z): no difference from 1 that loses small ones. *Source*: DLMF 7.18.
/// *Shapes*: one number. *Errors*: none. *Checked against*: as [`normal_sf`].
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    normal_sf(-z)
}

/// Returns the standard normal density.
///
/// *Formula*: exp(−z²/2)/√(2π). *Source*: DLMF 7.18. *Shapes*: one number. *Errors*: none.
/// *Checked against*: the quantiles that Halley's steps reach with it (mpmath, 1e-14).
#[must_use]
pub fn normal_density(z: f64) -> f64 {
    const ROOT: f64 = 0.398_942_280_401_432_7;
    ROOT * math::exp(-0.5 * z * z)
}

/// Returns the z with P(Z > z) = `tail`, for a tail between 0 and 1 (infinite at the ends).
///
/// *Formula*: `statrs`' quantile, then Halley steps on our survival function, so that the two invert each
/// other to the last bits. *Source*: Halley's method. *Shapes*: one number. *Errors*: none.
/// *Checked against*: mpmath, relative 1e-14 (tests/reference/distributions.py).
#[must_use]
pub fn normal_upper_quantile(tail: f64) -> f64 {
    if tail == USUAL_TAIL {
        return USUAL;
    }
    if tail >= 1.0 {
        return f64::NEG_INFINITY;
    }
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    if tail > 0.5 { -normal_upper_quantile(1.0 - tail) } else { by_steps(tail) }
}

/// The tail of 95% intervals, as it is computed of the level, and its quantile, as its steps have it.
const USUAL_TAIL: f64 = 0.5 * (1.0 - 0.95);
const USUAL: f64 = 1.959_963_984_540_053_8;

/// The quantile of a tail from above 0 to 1/2.
fn by_steps(tail: f64) -> f64 {
    let mut z = -Normal::standard().inverse_cdf(tail);
    for _ in 0..6 {
        let step = (normal_sf(z) - tail) / normal_density(z);
        let next = z + step / (1.0 - 0.5 * z * step);
        if next == z {
            break;
        }
        z = next;
    }
    z
}

/// Returns the standard normal quantile of a probability between 0 and 1.
///
/// *Formula*: [`normal_upper_quantile`] of the smaller tail. *Source*: there. *Shapes*: one number. *Errors*: none; infinite
/// at 0 and 1. *Checked against*: as there.
#[must_use]
pub fn normal_quantile(probability: f64) -> f64 {
    if probability < 0.5 {
        -normal_upper_quantile(probability)
    } else {
        normal_upper_quantile(1.0 - probability)
    }
}

/// Returns P(X > x) of chi-square with `df` > 0 degrees of freedom.
///
/// *Formula*: Q(df/2, x/2). *Source*: DLMF 8.2. *Shapes*: two numbers. *Errors*: none. *Checked against*: mpmath, relative 1e-12.
#[must_use]
pub fn chi_square_sf(x: f64, df: f64) -> f64 {
    incomplete_gamma_upper(0.5 * df, 0.5 * x)
}

/// Returns P(X ≤ x) of chi-square.
///
/// *Formula*: P(df/2, x/2), by its own series where it is small. *Source*: DLMF 8.2. *Shapes*: two numbers. *Errors*: none.
/// *Checked against*: mpmath, relative 1e-12.
#[must_use]
pub fn chi_square_cdf(x: f64, df: f64) -> f64 {
    incomplete_gamma_lower(0.5 * df, 0.5 * x)
}

/// Returns the x with P(X > x) = `tail`.
///
/// *Formula*: bisection to neighbouring doubles, on the smaller of both tails. *Source*: the definition of a quantile.
/// *Shapes*: two numbers. *Errors*: none; 0 and infinite at the ends. *Checked against*: mpmath (tests/reference/distributions.py).
#[must_use]
pub fn chi_square_upper_quantile(tail: f64, df: f64) -> f64 {
    positive_root(tail, df, |x| chi_square_sf(x, df), |x| chi_square_cdf(x, df))
}

/// Returns the x with P(X ≤ x) = `tail`, for a tail above 0 and up to 1/2: it is not rounded beside 1.
///
/// *Formula*: bisection to neighbouring doubles. *Source*: the definition of a quantile. *Shapes*: two numbers.
/// *Errors*: none. *Checked against*: −2 ln(1 − tail), which it is with two degrees of freedom.
#[must_use]
pub fn chi_square_lower_quantile(tail: f64, df: f64) -> f64 {
    by_halves(df, |x| chi_square_cdf(x, df) < tail)
}

/// Returns P(F > f) with `df1` and `df2` degrees of freedom.
///
/// *Formula*: I_x(df2/2, df1/2), x = df2/(df2 + df1 f). *Source*: Abramowitz & Stegun 26.6.2.
/// *Shapes*: three numbers; infinite df2 is chi-square over df1. *Errors*: none.
/// *Checked against*: mpmath, relative 1e-12.
#[must_use]
pub fn f_sf(f: f64, df1: f64, df2: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    if !df2.is_finite() {
        return chi_square_sf(f * df1, df1);
    }
    let whole = df2 + df1 * f;
    if !whole.is_finite() {
        return 0.0;
    }
    incomplete_beta(0.5 * df2, 0.5 * df1, df2 / whole, df1 * f / whole)
}

/// Returns P(F ≤ f).
///
/// *Formula*: Iₓ(df1/2, df2/2), x = df1 f/(df2 + df1 f). *Source*: Abramowitz & Stegun 26.6.2. *Shapes*: three numbers.
/// *Errors*: none. *Checked against*: as [`f_sf`].
#[must_use]
pub fn f_cdf(f: f64, df1: f64, df2: f64) -> f64 {
    if f <= 0.0 {
        return 0.0;
    }
    if !df2.is_finite() {
        return chi_square_cdf(f * df1, df1);
    }
    let whole = df2 + df1 * f;
    incomplete_beta(0.5 * df1, 0.5 * df2, df1 * f / whole, df2 / whole)
}

/// Returns the f with P(F > f) = `tail`.
///
/// *Formula*: bisection to neighbouring doubles, on the smaller of both tails. *Source*: the definition of a quantile.
/// *Shapes*: three numbers. *Errors*: none; 0 and infinite at the ends. *Checked against*: mpmath (tests/reference/distributions.py).
#[must_use]
pub fn f_upper_quantile(tail: f64, df1: f64, df2: f64) -> f64 {
    positive_root(tail, 1.0, |f| f_sf(f, df1, df2), |f| f_cdf(f, df1, df2))
}

/// Finds the positive x whose upper tail is `tail`, by bisection of its bits from `start`.
fn positive_root(tail: f64, start: f64, sf: impl Fn(f64) -> f64, cdf: impl Fn(f64) -> f64) -> f64 {
    if tail >= 1.0 {
        return 0.0;
    }
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    let upper = tail <= 0.5;
    by_halves(start, |x| if upper { sf(x) > tail } else { cdf(x) < 1.0 - tail })
}

/// Finds the positive x up to which something holds, by bisection of its bits from `start`.
fn by_halves(start: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (start, start);
    while low > 1e-300 && !holds(low) {
        low *= 0.5;
    }
    while high < 1e300 && holds(high) {
        high *= 2.0;
    }
    bisected(low, high, holds)
}

/// Finds the x between two ends up to which something holds, to neighbouring doubles.
fn bisected(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..2000 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Returns the x with P(X ≤ x) = `probability` of the beta distribution.
///
/// *Formula*: bisection on the incomplete beta function to neighbouring doubles. *Source*: DLMF 8.17.
/// *Shapes*: three numbers. *Errors*: none.
/// *Checked against*: scipy's `beta.ppf`, relative 1e-12 (tests/reference/summary.py, Clopper and Pearson's intervals).
#[must_use]
pub fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    bisected(0.0, 1.0, |x| incomplete_beta(a, b, x, 1.0 - x) < probability)
}

/// Returns the x with P(X > x) = `tail` of the beta distribution, as precise near zero as anywhere.
///
/// *Formula*: as [`beta_quantile`], on the other tail. *Source*: DLMF 8.17. *Shapes*: three numbers. *Errors*: none.
/// *Checked against*: 1 − tail^(1/b), which it is for a = 1.
#[must_use]
pub fn beta_upper_quantile(tail: f64, a: f64, b: f64) -> f64 {
    bisected(0.0, 1.0, |x| incomplete_beta(b, a, 1.0 - x, x) > tail)
}

/// Returns the two-sided p value of a statistic.
///
/// *Formula*: 2 P(X > |statistic|). *Source*: the symmetry of both distributions. *Shapes*: one number. *Errors*: none.
/// *Checked against*: as [`normal_sf`] and [`t_sf`].
#[must_use]
pub fn two_sided_p(reference: Reference, statistic: f64) -> f64 {
    let size = statistic.abs();
    2.0 * match reference {
        Reference::Normal => normal_sf(size),
        Reference::T { df } => t_sf(size, df),
    }
}

/// Returns the critical value of a two-sided interval at a level such as 0.95.
///
/// *Formula*: the quantile with (1 − level)/2 above it. *Source*: Neyman 1937. *Shapes*: one number. *Errors*: none.
/// *Checked against*: as [`normal_upper_quantile`] and [`t_upper_quantile`].
#[must_use]
pub fn critical(reference: Reference, level: f64) -> f64 {
    let tail = 0.5 * (1.0 - level);
    match reference {
        Reference::Normal => normal_upper_quantile(tail),
        Reference::T { df } => t_upper_quantile(tail, df),
    }
}

/// Returns `value ± critical · se`.
///
/// *Formula*: value ± [`critical`] · se. *Source*: Neyman 1937. *Shapes*: numbers. *Units*: those of the value. *Errors*: none.
/// *Checked against*: statsmodels' and R's intervals, wherever an estimate is (tests/it/stats).
#[must_use]
pub fn interval(reference: Reference, value: f64, se: f64, level: f64) -> Interval {
    let half = critical(reference, level) * se;
    Interval { low: value - half, high: value + half }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_quantile_is_that_of_the_steps() {
        assert!((by_steps(USUAL_TAIL) - USUAL).abs() <= f64::EPSILON, "{:?}", by_steps(USUAL_TAIL));
    }
}
