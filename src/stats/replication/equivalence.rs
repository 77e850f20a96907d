//! Two one-sided tests: is the effect inside a margin that was declared beforehand?

use super::{Effect, ReplicationError};
use crate::stats::distribution::{Interval, critical, normal_sf, t_sf};
use crate::stats::linear::Reference;

/// The outcome of two one-sided tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// The larger of the two one-sided p values.
    pub p: f64,
    /// Whether the (1 − 2α) interval lies inside the margin.
    pub equivalent: bool,
    /// That interval.
    pub interval: Interval,
}

/// Tests that an effect lies between −Δ and Δ.
///
/// *Formula*: p = max(P(T > (d + Δ)/se), P(T < (d − Δ)/se)); equivalent where the (1 − 2α) interval lies
/// inside (−Δ, Δ), which is the same as p < α. *Source*: Schuirmann (1987); Lakens (2017). Δ is declared,
/// never computed here. *Shapes*: one effect. *Units*: Δ in those of the estimate. *Errors*: Δ ≤ 0.
/// *Checked against*: mpmath, 1e-12.
///
/// # Errors
/// When the estimate has no error or the margin is not positive.
pub fn equivalence(
    effect: Effect,
    margin: f64,
    reference: Reference,
    alpha: f64,
) -> Result<Equivalence, ReplicationError> {
    let effect = Effect::new(effect.value, effect.se)?;
    if !(margin.is_finite() && margin > 0.0) {
        return Err(ReplicationError::NoMargin);
    }
    let upper_tail = |statistic: f64| match reference {
        Reference::Normal => normal_sf(statistic),
        Reference::T { df } => t_sf(statistic, df),
    };
    let above_low = upper_tail((effect.value + margin) / effect.se);
    let below_high = upper_tail((margin - effect.value) / effect.se);
    let reach = critical(reference, 1.0 - 2.0 * alpha) * effect.se;
    let interval = Interval { low: effect.value - reach, high: effect.value + reach };
    let p = above_low.max(below_high);
    Ok(Equivalence { p, equivalent: interval.low > -margin && interval.high < margin, interval })
}
