//! Adjusted rates: what the model predicts, on average, were every row at one level of a factor.

use super::{Fit, LinearError, Reference};
use crate::stats::distribution::{self, Interval};

/// The adjusted rate of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// The average prediction.
    pub value: f64,
    /// Its delta-method standard error; the covariates' means are held fixed.
    pub standard_error: f64,
    /// What its interval refers to.
    pub reference: Reference,
}

impl Margin {
    /// Returns the interval at a level such as 0.95.
    #[must_use]
    pub fn interval(&self, level: f64) -> Interval {
        distribution::interval(self.reference, self.value, self.standard_error, level)
    }
}

/// Averages the predictions with a factor's indicators set to each level in turn.
///
/// `indicators` are the names of the factor's indicator terms; the base level has none. The first margin is the
/// base's, then one for each indicator.
///
/// *Formula*: rate_l = ȳ + Σ_m (1[l = m] − d̄_m) b_m, d̄ the weighted share of level m: a linear function of ȳ and b,
/// and so is its error by the joint covariance of both. Absorbed effects stand at their weighted mean.
/// *Source*: Searle, Speed & Milliken 1980 (population marginal means); Stata's `margins`.
/// *Shapes*: one margin more than indicators. *Units*: those of the outcome.
/// *Errors*: a name that is no coefficient; a model without a constant or absorbed effect.
/// *Checked against*: statsmodels 0.15 on 398,198 rows (reference/sessions).
///
/// # Errors
/// See above.
pub fn margins(fit: &Fit, indicators: &[&str]) -> Result<Vec<Margin>, LinearError> {
    if fit.index("intercept").is_none() && fit.absorbed.levels.is_empty() {
        return Err(LinearError::NotSupported {
            what: "an adjusted rate without an intercept".to_owned(),
        });
    }
    let places = indicators
        .iter()
        .map(|name| {
            fit.index(name).ok_or_else(|| LinearError::UnknownTerm { name: (*name).to_owned() })
        })
        .collect::<Result<Vec<usize>, LinearError>>()?;
    let levels = std::iter::once(None).chain((0..places.len()).map(Some));
    Ok(levels.map(|level| margin(fit, &places, level)).collect())
}

fn margin(fit: &Fit, places: &[usize], level: Option<usize>) -> Margin {
    let weight = |m: usize| f64::from(u8::from(level == Some(m))) - fit.term_means[places[m]];
    let mut value = fit.outcome_mean;
    let mut variance = fit.outcome_mean_variance;
    for (m, j) in places.iter().enumerate() {
        value += weight(m) * fit.coefficients[*j];
        variance += 2.0 * weight(m) * fit.outcome_mean_covariance[*j];
        for (o, k) in places.iter().enumerate() {
            variance += weight(m) * weight(o) * fit.covariance.get(*j, *k);
        }
    }
    Margin { value, standard_error: variance.max(0.0).sqrt(), reference: fit.reference }
}

/// A constant that turns coefficients into rates.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstantShift {
    /// The constant c.
    pub constant: f64,
    /// The rate of each level, coefficient + c, the base's (c itself) first.
    pub rates: Vec<f64>,
}

/// Adds to each level's coefficient the one constant that makes the weighted mean of the rates a given number.
///
/// *Formula*: c = mean − Σ w_l b_l / Σ w_l, with b = 0 for the base level, which comes first.
/// *Shapes*: as many coefficients as weights. *Units*: those of the outcome. *Errors*: lengths that differ, no weight.
/// *Checked against*: Table A2 of the expertise study, as printed; by hand (unit tests).
///
/// # Errors
/// See above.
pub fn constant_shift(
    coefficients: &[f64],
    weights: &[f64],
    mean: f64,
) -> Result<ConstantShift, LinearError> {
    if coefficients.len() != weights.len() {
        return Err(LinearError::Length {
            what: "the weights".to_owned(),
            expected: coefficients.len(),
            found: weights.len(),
        });
    }
    let total = crate::stats::sum::sum(weights);
    if total.is_nan() || total <= 0.0 {
        return Err(LinearError::ZeroWeights);
    }
    let constant = mean - crate::stats::sum::dot(coefficients, weights) / total;
    Ok(ConstantShift { constant, rates: coefficients.iter().map(|b| b + constant).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table A2 of the study in `methods/claude-code-expertise`: coefficients, sessions and raw rates give the printed
    /// adjusted rates.
    #[test]
    fn the_constant_gives_the_printed_adjusted_rates() {
        let sessions = [5911.0, 73858.0, 96516.0, 146_879.0, 36422.0];
        let raw = [13.2, 20.9, 28.0, 29.3, 34.7];
        let mean = crate::stats::sum::dot(&raw, &sessions) / crate::stats::sum::sum(&sessions);
        let shift = constant_shift(&[0.0, 6.4, 13.8, 15.0, 18.4], &sessions, mean).unwrap();
        for (rate, printed) in shift.rates.iter().zip([14.5, 20.9, 28.3, 29.5, 32.9]) {
            assert!((rate - printed).abs() < 0.05, "{rate} {printed}");
        }
    }

    #[test]
    fn the_constant_makes_the_weighted_mean_the_given_one() {
        let shift = constant_shift(&[0.0, 0.1, 0.3], &[1.0, 2.0, 1.0], 0.4).unwrap();
        assert!((shift.constant - 0.275).abs() < 1e-15);
        assert!((shift.rates[2] - 0.575).abs() < 1e-15);
    }
}
