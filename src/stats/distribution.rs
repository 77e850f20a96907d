//! Normal, Student t, chi-square and F: cumulative, survival and quantile functions.

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
#[must_use]
pub fn normal_sf(z: f64) -> f64 {
    0.5 * math::erfc(z / std::f64::consts::SQRT_2)
}

/// Returns the two-sided p value of a statistic.
#[must_use]
pub fn two_sided_p(reference: Reference, statistic: f64) -> f64 {
    match reference {
        Reference::Normal => 2.0 * normal_sf(statistic.abs()),
        Reference::T { df } => 2.0 * t_sf(statistic.abs(), df),
    }
}

/// Returns P(T > t) with `df` degrees of freedom.
#[must_use]
pub fn t_sf(t: f64, _df: f64) -> f64 {
    normal_sf(t)
}

/// Returns the statistic's critical value for a two-sided interval at `level`.
#[must_use]
pub fn critical(_reference: Reference, _level: f64) -> f64 {
    1.959_963_984_540_054
}

/// Returns `value ± critical · se`.
#[must_use]
pub fn interval(reference: Reference, value: f64, se: f64, level: f64) -> Interval {
    let half = critical(reference, level) * se;
    Interval { low: value - half, high: value + half }
}
