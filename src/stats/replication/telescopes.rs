//! Small telescopes: could the original study have seen an effect as small as the new one?

use super::{Effect, ReplicationError};
use crate::stats::distribution::{normal_cdf, normal_density, normal_sf, normal_upper_quantile};

/// The power that marks an effect as too small for the original study to have found.
const TOO_SMALL: f64 = 1.0 / 3.0;

/// The verdict of the small telescopes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Telescope {
    /// The effect that the original design finds with power 1/3, in the original's direction.
    pub theta_33: f64,
    /// One-sided p of the new estimate against it: small means that the effect is smaller than that.
    pub p: f64,
}

/// Returns the power of a two-sided normal test of size `alpha` at a true effect of `shift` standard errors.
///
/// *Formula*: P(Z > z − δ) + P(Z < −z − δ), **both tails counted** (the far one changes the fourth digit of
/// θ₃₃). *Source*: Simonsohn (2015). *Units*: δ in standard errors. *Checked against*: mpmath, 1e-14.
#[must_use]
pub fn power(shift: f64, alpha: f64) -> f64 {
    let critical = normal_upper_quantile(0.5 * alpha);
    normal_sf(critical - shift) + normal_cdf(-critical - shift)
}

/// Returns the effect, in standard errors, that a two-sided test of size 0.05 finds with power 1/3.
///
/// *Formula*: Newton's method on [`power`], which rises in δ > 0. *Source*: Simonsohn (2015); with both tails
/// δ = 1.528569 (1.529237 if the far tail were left out). *Checked against*: mpmath, 1e-14.
#[must_use]
pub fn small_effect() -> f64 {
    let critical = normal_upper_quantile(0.025);
    let mut shift = critical - normal_upper_quantile(TOO_SMALL);
    for _ in 0..50 {
        let slope = normal_density(critical - shift) - normal_density(critical + shift);
        let step = (power(shift, 0.05) - TOO_SMALL) / slope;
        shift -= step;
        if step.abs() <= 1e-16 * shift {
            break;
        }
    }
    shift
}

/// Tests whether the new effect is smaller than one that the original could barely have seen.
///
/// *Formula*: θ₃₃ = δ₃₃ sₒ in the direction of θₒ; p = P(Z < (θᵣ − θ₃₃)/sᵣ), both turned so that θₒ > 0.
/// A p below 0.05 says that the effect is detectably smaller. *Source*: Simonsohn (2015), with the normal
/// approximation of the original design. *Shapes*: two effects. *Errors*: θₒ = 0.
/// *Checked against*: mpmath, 1e-13.
///
/// # Errors
/// When an estimate has no error, or the original is zero.
pub fn small_telescopes(original: Effect, new: Effect) -> Result<Telescope, ReplicationError> {
    let (original, new) =
        (Effect::new(original.value, original.se)?, Effect::new(new.value, new.se)?);
    if original.value == 0.0 {
        return Err(ReplicationError::NoDirection);
    }
    let direction = original.value.signum();
    let size = small_effect() * original.se;
    let p = normal_cdf((direction * new.value - size) / new.se);
    Ok(Telescope { theta_33: direction * size, p })
}
