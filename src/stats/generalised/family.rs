//! The families: link, variance, deviance.

use super::GeneralisedError;
use crate::stats::distribution::{normal_cdf, normal_density, normal_sf};
use crate::stats::math;

/// A distribution of the outcome with its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Binary outcome, log-odds linear.
    Logit,
    /// Binary outcome, normal quantile of the probability linear.
    Probit,
    /// A count (or any outcome from 0 up), logarithm of the mean linear.
    Poisson,
}

/// A row at a linear predictor: mean, its slope, working weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) mean: f64,
    /// One less the mean, without cancellation.
    pub(super) rest: f64,
    /// dμ/dη.
    pub(super) slope: f64,
    /// (dμ/dη)²/V(μ).
    pub(super) weight: f64,
}

impl Family {
    /// Returns the family's name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logit => "logit",
            Self::Probit => "probit",
            Self::Poisson => "poisson",
        }
    }

    pub(super) fn check(self, outcome: &[f64]) -> Result<(), GeneralisedError> {
        let (fine, expected): (fn(f64) -> bool, _) = match self {
            Self::Poisson => (|y| y >= 0.0 && y.is_finite(), "a number from 0 up"),
            _ => (|y| y == 0.0 || y == 1.0, "0 or 1"),
        };
        match outcome.iter().position(|y| !fine(*y)) {
            None => Ok(()),
            Some(row) => Err(GeneralisedError::Outcome { row, value: outcome[row], expected }),
        }
    }

    /// The linear predictor to start from.
    pub(super) fn start(self, outcome: f64, mean: f64) -> f64 {
        match self {
            Self::Logit => (outcome - 0.5) * 2.0 * math::ln(3.0),
            Self::Probit => (outcome - 0.5) * 2.0 * 0.674_489_750_196_081_7,
            Self::Poisson => math::ln(0.5 * (outcome + mean)),
        }
    }

    pub(super) fn at(self, predictor: f64) -> Point {
        match self {
            Self::Logit => {
                let small = math::exp(-predictor.abs());
                let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
                let (mean, rest) = if predictor >= 0.0 { (near, far) } else { (far, near) };
                Point { mean, rest, slope: near * far, weight: near * far }
            }
            Self::Probit => {
                let (mean, rest) = (normal_cdf(predictor), normal_sf(predictor));
                let slope = normal_density(predictor);
                let variance = mean * rest;
                let weight = if variance > 0.0 { slope * slope / variance } else { 0.0 };
                Point { mean, rest, slope, weight }
            }
            Self::Poisson => {
                let mean = math::exp(predictor);
                Point { mean, rest: 1.0 - mean, slope: mean, weight: mean }
            }
        }
    }

    /// Twice the log likelihood's distance from the perfect fit, for one row.
    pub(super) fn deviance(self, outcome: f64, point: Point) -> f64 {
        match self {
            Self::Poisson if outcome == 0.0 => 2.0 * point.mean,
            Self::Poisson => {
                2.0 * (outcome * math::ln(outcome / point.mean) - (outcome - point.mean))
            }
            _ => -2.0 * math::ln(if outcome == 1.0 { point.mean } else { point.rest }),
        }
    }

    /// The log likelihood of a perfect fit, for one row.
    pub(super) fn saturated(self, outcome: f64) -> f64 {
        match self {
            Self::Poisson if outcome > 0.0 => {
                outcome * math::ln(outcome) - outcome - math::ln_gamma(outcome + 1.0)
            }
            _ => 0.0,
        }
    }
}
