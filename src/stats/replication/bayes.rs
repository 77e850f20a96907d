//! The replication Bayes factor: the original's posterior against no effect, judged by the new data.

use super::{Effect, ReplicationError};
use crate::stats::math;

/// A Bayes factor, with its orientation in the name: above one the new data favour the original effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BayesFactor {
    /// `ln BF_r0`, always finite.
    pub ln_bf_r0: f64,
}

impl BayesFactor {
    /// Returns `BF_r0`, where it fits a double.
    #[must_use]
    pub fn bf_r0(&self) -> Option<f64> {
        Some(math::exp(self.ln_bf_r0)).filter(|factor| factor.is_finite() && *factor > 0.0)
    }
}

/// Returns the replication Bayes factor of `H_r` (the effect is as the original's posterior says) over `H_0`.
///
/// *Formula*: `BF_r0` = N(θᵣ; θₒ, sₒ² + sᵣ²) / N(θᵣ; 0, sᵣ²), computed on the log scale.
/// *Source*: Verhagen & Wagenmakers (2014), Ly et al. (2019), in the normal form. R's `ReplicationSuccess`
/// prints `1/BF_r0` in some functions: compare the names. *Shapes*: two effects. *Errors*: no error.
/// *Checked against*: mpmath, 1e-13.
///
/// # Errors
/// When an estimate is not finite or has no error.
pub fn replication_bayes_factor(
    original: Effect,
    new: Effect,
) -> Result<BayesFactor, ReplicationError> {
    let (original, new) =
        (Effect::new(original.value, original.se)?, Effect::new(new.value, new.se)?);
    let ratio = original.se / new.se;
    let gap = new.value - original.value;
    let spread = original.se * original.se + new.se * new.se;
    let z = new.z();
    let ln_bf_r0 = -0.5 * math::ln_1p(ratio * ratio) - 0.5 * gap * gap / spread + 0.5 * z * z;
    Ok(BayesFactor { ln_bf_r0 })
}
