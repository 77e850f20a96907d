//! Student's t: tails, density and quantiles.

use super::beta::{beta_kernel, incomplete_beta};
use super::{normal_density, normal_sf, normal_upper_quantile};
use crate::stats::math;

/// Returns P(T > t) with `df` > 0 degrees of freedom.
///
/// *Formula*: I_x(df/2, 1/2)/2, x = df/(df + t²), for t ≥ 0. *Source*: DLMF 8.17; Abramowitz & Stegun 26.7.1.
/// *Shapes*: two numbers; infinite df is the normal. *Errors*: none. *Checked against*: mpmath, relative 1e-12, df 1 to 10⁷.
#[must_use]
pub fn t_sf(t: f64, df: f64) -> f64 {
    if t < 0.0 {
        return 1.0 - t_sf(-t, df);
    }
    if !df.is_finite() {
        return normal_sf(t);
    }
    let square = t * t;
    if !square.is_finite() {
        return 0.0;
    }
    let whole = df + square;
    0.5 * incomplete_beta(0.5 * df, 0.5, df / whole, square / whole)
}

/// Returns P(T ≤ t) with `df` degrees of freedom.
///
/// *Formula*: the other tail, P(T > −t). *Source*: DLMF 8.17. *Shapes*: two numbers. *Errors*: none. *Checked against*: as [`t_sf`].
#[must_use]
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_sf(-t, df)
}

/// Returns the density of Student's t.
///
/// *Formula*: the kernel x^(df/2) y^(1/2)/B(df/2, 1/2) of the incomplete beta at x = df/(df + t²), over |t|.
/// *Source*: Abramowitz & Stegun 26.7; Loader 2000 for the kernel. *Shapes*: two numbers. *Errors*: none.
/// *Checked against*: the quantiles that Newton's steps reach with it (mpmath, 1e-12).
#[must_use]
pub fn t_density(t: f64, df: f64) -> f64 {
    if !df.is_finite() {
        return normal_density(t);
    }
    if t == 0.0 {
        return t_density(1.0, df) * math::exp(0.5 * (df + 1.0) * math::ln_1p(1.0 / df));
    }
    let whole = df + t * t;
    beta_kernel(0.5 * df, 0.5, df / whole, t * t / whole) / t.abs()
}

/// Returns the t with P(T > t) = `tail`.
///
/// *Formula*: Newton's method on the survival function: that is convex to the right of zero, so that from the left of
/// the root the steps climb to it, and from its right the first one leads to its left. It starts from the normal
/// quantile, corrected for many degrees of freedom; from 100 on the correction is the quantile up to z = 3: what it leaves
/// out is below 2e-17. *Source*: Newton's method; the correction, Fisher & Cornish 1960 (Abramowitz & Stegun 26.7.5), further
/// terms derived in tests/reference/student_series.py. *Shapes*: two numbers. *Errors*: none.
/// *Checked against*: mpmath, relative 1e-12, df 1 to 10⁷; the series alone 5e-16.
#[must_use]
pub fn t_upper_quantile(tail: f64, df: f64) -> f64 {
    if tail > 0.5 {
        return -t_upper_quantile(1.0 - tail, df);
    }
    if tail == 0.5 {
        return 0.0;
    }
    if !df.is_finite() || tail <= 0.0 {
        return normal_upper_quantile(tail);
    }
    let normal = normal_upper_quantile(tail);
    if df >= MANY && normal <= 3.0 {
        return near_normal(normal, df);
    }
    let mut t = if df > 4.0 * normal * normal { near_normal(normal, df) } else { normal };
    for _ in 0..3000 {
        let step = (t_sf(t, df) - tail) / t_density(t, df);
        t += step;
        // What is left is of the order of the last step's square.
        if step.abs() <= 1e-9 * t {
            break;
        }
    }
    t
}

/// Degrees of freedom whose ninth power leaves nothing of the term behind the last of [`near_normal`], up to z = 3.
const MANY: f64 = 100.0;

/// The terms of the t quantile beside z, z Σ Pₖ(z²)/dfᵏ: what is under each Pₖ, and its coefficients from the highest.
const TERMS: [(f64, &[f64]); 8] = [
    (4.0, &[1.0, 1.0]),
    (96.0, &[5.0, 16.0, 3.0]),
    (384.0, &[3.0, 19.0, 17.0, -15.0]),
    (92160.0, &[79.0, 776.0, 1482.0, -1920.0, -945.0]),
    (122_880.0, &[9.0, 113.0, 310.0, -594.0, -255.0, 5985.0]),
    (185_794_560.0, &[1065.0, 15448.0, 48821.0, -82440.0, 616_707.0, 6_667_920.0, 2_463_615.0]),
    (
        743_178_240.0,
        &[
            339.0,
            6891.0,
            41107.0,
            113_891.0,
            1_086_849.0,
            5_639_193.0,
            -18_226_215.0,
            -111_486_375.0,
        ],
    ),
    (
        356_725_555_200.0,
        &[
            9159.0,
            296_624.0,
            3_393_364.0,
            16_657_824.0,
            27_817_290.0,
            -591_760_080.0,
            -9_178_970_220.0,
            -42_618_441_600.0,
            -14_223_634_425.0,
        ],
    ),
];

/// The t quantile beside a quantile of the normal, where the degrees of freedom are many.
fn near_normal(x: f64, df: f64) -> f64 {
    let square = x * x;
    let beside = TERMS.iter().rev().fold(0.0, |rest, (below, from)| {
        let term = from.iter().fold(0.0, |sum, factor| sum * square + factor) / below;
        (rest + term) / df
    });
    x + x * beside
}

/// Returns the t quantile of a probability between 0 and 1.
///
/// *Formula*: [`t_upper_quantile`] of the smaller tail. *Source*: there. *Shapes*: two numbers. *Errors*: none; infinite at 0
/// and 1. *Checked against*: as there.
#[must_use]
pub fn t_quantile(probability: f64, df: f64) -> f64 {
    if probability < 0.5 {
        -t_upper_quantile(probability, df)
    } else {
        t_upper_quantile(1.0 - probability, df)
    }
}
