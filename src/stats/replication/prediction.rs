//! Where a replication's estimate would be expected, and how far off it is.

use super::{Effect, ReplicationError};
use crate::stats::distribution::{Interval, chi_square_sf, normal_upper_quantile};
use crate::stats::math;

/// Returns the interval in which the replication's estimate is expected at a level such as 0.95.
///
/// *Formula*: θₒ ± z √(sₒ² + sᵣ² + 2τ²). With sₒ = 0 taken as unknown, the caller says so: only the new
/// error is counted then, and the interval is too short. *Source*: Patil, Peng & Leek (2016), eq. 1; the
/// heterogeneity τ² as in Pawel & Held (2020). *Shapes*: numbers. *Units*: those of the estimate.
/// *Checked against*: −2 (1) and 0.5 give (−4.191306, 0.191306); mpmath, 1e-13.
#[must_use]
pub fn prediction_interval(
    original: f64,
    original_se: f64,
    new_se: f64,
    tau: f64,
    level: f64,
) -> Interval {
    let variance = original_se * original_se + new_se * new_se + 2.0 * tau * tau;
    let reach = normal_upper_quantile(0.5 * (1.0 - level)) * math::sqrt(variance);
    Interval { low: original - reach, high: original + reach }
}

/// Returns the prediction interval that expects the original to be inflated (empirical Bayes shrinkage).
///
/// *Formula*: s = max(1 − (sₒ² + τ²)/θₒ², 0); centre sθₒ, variance s(sₒ² + τ²) + τ² + sᵣ².
/// *Source*: Pawel & Held (2020), section 2. *Shapes*: numbers. *Errors*: none; θₒ = 0 shrinks to zero.
/// *Checked against*: mpmath, 1e-13.
#[must_use]
pub fn shrunken_prediction(original: Effect, new_se: f64, tau: f64, level: f64) -> Interval {
    let spread = original.se * original.se + tau * tau;
    let square = original.value * original.value;
    let kept = if square > spread { 1.0 - spread / square } else { 0.0 };
    let centre = kept * original.value;
    let variance = kept * spread + tau * tau + new_se * new_se;
    let reach = normal_upper_quantile(0.5 * (1.0 - level)) * math::sqrt(variance);
    Interval { low: centre - reach, high: centre + reach }
}

/// Whether two estimates differ by more than their errors explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heterogeneity {
    /// Cochran's Q, with one degree of freedom.
    pub q: f64,
    /// P(χ²₁ ≥ Q).
    pub p: f64,
}

/// Tests that original and replication estimate the same thing.
///
/// *Formula*: Q = (θₒ − θᵣ)²/(sₒ² + sᵣ²) ~ χ²₁. *Source*: Cochran (1954); Hedges & Schauer (2019).
/// *Shapes*: two effects. *Errors*: not finite. *Checked against*: mpmath, 1e-13.
///
/// # Errors
/// When an estimate is not finite or has no error.
pub fn heterogeneity(original: Effect, new: Effect) -> Result<Heterogeneity, ReplicationError> {
    let (original, new) =
        (Effect::new(original.value, original.se)?, Effect::new(new.value, new.se)?);
    let gap = original.value - new.value;
    let q = gap * gap / (original.se * original.se + new.se * new.se);
    Ok(Heterogeneity { q, p: chi_square_sf(q, 1.0) })
}
