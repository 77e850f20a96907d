//! The sceptical p value: how far must one doubt the original before the replication convinces?

use super::{Effect, ReplicationError};
use crate::stats::distribution::normal_sf;
use crate::stats::math;

/// The sceptical z and its p values, one-sided in the original's direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sceptical {
    /// `z_S`, not negative.
    pub z: f64,
    /// The relative size of the replication, c = sₒ²/sᵣ².
    pub c: f64,
    /// Whether both estimates point the same way.
    pub same_sign: bool,
    /// The nominal form, 1 − Φ(`z_S`).
    pub nominal: f64,
    /// The golden form, 1 − Φ(`z_S` √φ), φ = (1 + √5)/2.
    pub golden: f64,
    /// The form that controls the overall type I error exactly.
    pub controlled: f64,
}

/// Returns the sceptical p value in its three forms.
///
/// *Formula*: with A and H the arithmetic and harmonic mean of zₒ² and zᵣ²,
/// `z_S²` = A H / (A + √(A (A + (c − 1) H))), which is H/2 at c = 1 and stable for every c; nominal
/// 1 − Φ(`z_S`), golden 1 − Φ(`z_S` √φ), controlled ½ √T(`z_S²`) with T of [`ln_tail`]. Where the signs differ each is
/// one minus that. *Source*: Held (2020); Held, Micheloud & Pawel (2022); Micheloud, Balabdaoui & Held
/// (2023). *Shapes*: two effects. *Errors*: θₒ = 0.
/// *Checked against*: mpmath, 1e-12 relative, c from 1e-6 to 1e6. R's golden files for the controlled form are
/// about 3% off for tiny p (it integrates the body and subtracts from one) and are not a reference.
///
/// # Errors
/// When an estimate has no error, or the original is zero.
pub fn sceptical(original: Effect, new: Effect) -> Result<Sceptical, ReplicationError> {
    let (original, new) =
        (Effect::new(original.value, original.se)?, Effect::new(new.value, new.se)?);
    if original.value == 0.0 {
        return Err(ReplicationError::NoDirection);
    }
    let ratio = original.se / new.se;
    let c = ratio * ratio;
    let (first, second) = (original.z() * original.z(), new.z() * new.z());
    let square = sceptical_square(first, second, c);
    let z = math::sqrt(square);
    let same_sign = original.value * new.value > 0.0;
    let oriented = |p: f64| if same_sign { p } else { 1.0 - p };
    let golden = math::sqrt(0.5 * (1.0 + math::sqrt(5.0)));
    Ok(Sceptical {
        z,
        c,
        same_sign,
        nominal: oriented(normal_sf(z)),
        golden: oriented(normal_sf(z * golden)),
        controlled: oriented(0.5 * math::exp(0.5 * ln_tail(square, c))),
    })
}

/// `z_S²` from zₒ², zᵣ² and c.
fn sceptical_square(first: f64, second: f64, c: f64) -> f64 {
    let sum = first + second;
    if first == 0.0 || second == 0.0 {
        return 0.0;
    }
    let (arithmetic, harmonic) = (0.5 * sum, 2.0 * first * (second / sum));
    let root = math::sqrt(arithmetic * (arithmetic + (c - 1.0) * harmonic));
    harmonic * (arithmetic / (arithmetic + root))
}

/// Returns ln T(z), the tail of `z_S²` when neither study has an effect, for z ≥ 0 and c ≥ 0.
///
/// *Formula*: T(z) = (2/π) ∫₀^{π/2} exp(−z (√(1 + (c−1) sin²t) + 1)/sin²t) dt. With u = cot t the integrand is
/// exp(−z (1 + u² + √((1+u²)(c+u²))))/(1+u²) on (0, ∞); its value at u = 0 is taken out, so that a tail of
/// 1e-300 keeps its digits, and the rest is integrated by the double-exponential rule u = exp(½π sinh s), the
/// step halved until two sums agree to 1e-10, when the finer one is good to the last bits. The tail itself is
/// integrated, never one minus the body. *Source*: Micheloud, Balabdaoui & Held (2023); Takahasi & Mori (1974)
/// for the rule. *Shapes*: two numbers. *Errors*: none.
/// *Checked against*: c = 1, erfc(√(2z)); c = 0, 4(1 − Φ(√z))²; mpmath, relative 1e-12.
#[must_use]
pub fn ln_tail(z: f64, c: f64) -> f64 {
    let root = math::sqrt(c);
    let mut step = 0.125;
    let mut sum = 0.0;
    for _ in 0..9 {
        let finer = double_exponential(step, |u| integrand(u, z, c, root));
        let settled = (finer - sum).abs() <= 1e-10 * finer;
        sum = finer;
        if settled {
            break;
        }
        step *= 0.5;
    }
    (math::ln(sum * std::f64::consts::FRAC_2_PI) - z * (1.0 + root)).min(0.0)
}

/// What is left of the integrand once its value at u = 0 is taken out.
fn integrand(u: f64, z: f64, c: f64, root: f64) -> f64 {
    let square = u * u;
    let product = math::sqrt((1.0 + square) * (c + square));
    let denominator = product + root;
    let rise = if denominator > 0.0 { square * (1.0 + c + square) / denominator } else { 0.0 };
    math::exp(-z * (square + rise)) / (1.0 + square)
}

/// Integrates over (0, ∞) by the trapezoidal rule in s, u = exp(½π sinh s).
fn double_exponential(step: f64, f: impl Fn(f64) -> f64) -> f64 {
    const REACH: f64 = 5.0;
    let half_pi = std::f64::consts::FRAC_PI_2;
    let mut total = 0.0;
    let mut s = -REACH;
    while s <= REACH {
        let u = math::exp(half_pi * math::sinh(s));
        // Beyond 1e70 the integrand is below 1/u², and its square would overflow.
        if u > 0.0 && u < 1e70 {
            total += f(u) * u * half_pi * math::cosh(s);
        }
        s += step;
    }
    total * step
}
