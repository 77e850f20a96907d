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

/// Half the logarithm of 2π.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;
/// From here on the asymptotic series of Mills' ratio is exact to the last digits.
const FAR: f64 = 35.0;

/// Mills' ratio Q(x)/φ(x) from 35 up. *Source*: Abramowitz & Stegun 26.2.12.
fn mills(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    (1.0 - s * (1.0 - 3.0 * s * (1.0 - 5.0 * s * (1.0 - 7.0 * s * (1.0 - 9.0 * s))))) / x
}

/// The normal hazard φ(x)/Q(x).
fn hazard(x: f64) -> f64 {
    if x > FAR { 1.0 / mills(x) } else { normal_density(x) / normal_sf(x) }
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

    /// Whether a mean is 0 or 1 up to rounding (R's `glm` warns at the same bounds).
    pub(super) fn is_extreme(self, mean: f64) -> bool {
        let bound = 10.0 * f64::EPSILON;
        mean < bound || (self != Self::Poisson && mean > 1.0 - bound)
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
                // Far out φ² is no normal number: the two ratios are.
                let weight = if slope > 1e-140 {
                    slope * slope / (mean * rest)
                } else {
                    slope * hazard(predictor.abs())
                };
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

    /// Twice the log likelihood's distance from the perfect fit, for one row at a linear predictor: finite wherever the
    /// mean rounds to 0 or 1.
    pub(super) fn deviance_at(self, outcome: f64, predictor: f64) -> f64 {
        let point = self.at(predictor);
        let likely = match self {
            Self::Poisson if outcome == 0.0 => return self.deviance(outcome, point),
            Self::Poisson => point.mean,
            _ if outcome == 1.0 => point.mean,
            _ => point.rest,
        };
        if likely > 1e-290 {
            return self.deviance(outcome, point);
        }
        let far = predictor.abs();
        match self {
            Self::Logit => 2.0 * far,
            Self::Probit => far * far + 2.0 * (HALF_LN_TWO_PI - math::ln(mills(far))),
            Self::Poisson => {
                2.0 * (outcome * (math::ln(outcome) - predictor) - (outcome - point.mean))
            }
        }
    }

    /// The derivative of the log likelihood by the linear predictor, for one row, without cancellation.
    pub(super) fn score(self, outcome: f64, predictor: f64, point: Point) -> f64 {
        match self {
            Self::Poisson => outcome - point.mean,
            Self::Logit if outcome == 1.0 => point.rest,
            Self::Logit => -point.mean,
            Self::Probit if outcome == 1.0 => hazard(-predictor),
            Self::Probit => -hazard(predictor),
        }
    }

    /// Less the second derivative of the log likelihood by the linear predictor: the weight of a Newton step. It
    /// is the working weight for the logit and Poisson; a probit's stays near one where its working weight vanishes.
    pub(super) fn observed(self, outcome: f64, predictor: f64, point: Point) -> f64 {
        if self != Self::Probit {
            return point.weight;
        }
        let against = if outcome == 1.0 { -predictor } else { predictor };
        if against > 1e4 {
            return 1.0;
        }
        let hazard = hazard(against);
        hazard * (hazard - against)
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
