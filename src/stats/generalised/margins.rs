//! Predictive margins of a generalised linear model: mean predictions with terms set to given values.

use super::GeneralisedFit;
use crate::stats::sum::ExactSum;

/// A mean prediction with its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The weighted mean of the predicted means.
    pub value: f64,
    /// Its derivative by each coefficient.
    pub gradient: Vec<f64>,
}

/// Averages the predicted means over the rows of a fit, its terms having these values.
///
/// `value(j, row)` is the term of coefficient `j` (one for the intercept) in a row as it is set; rows that did not
/// enter the fit are left out.
///
/// *Formula*: m = Σ w g(x'b) / Σ w, ∂m/∂b = Σ w g'(x'b) x / Σ w, g the mean at a linear predictor; its variance by the
/// delta method is (∂m/∂b)' V (∂m/∂b), the rows held fixed.
/// *Source*: Graubard & Korn 1999 (predictive margins); Stata's `margins`, without `vce(unconditional)`.
/// *Shapes*: one weight a row. *Units*: those of the outcome. *Errors*: none; the fit has no absorbed effects.
/// *Checked against*: statsmodels' coefficients and covariance put through the formula (margins.py) 1e-9.
#[must_use]
pub fn prediction(
    fit: &GeneralisedFit,
    weights: &[f64],
    value: impl Fn(usize, usize) -> f64,
) -> Prediction {
    let width = fit.coefficients.len();
    let (mut total, mut mean) = (ExactSum::new(), ExactSum::new());
    let mut gradient = vec![ExactSum::new(); width];
    let mut row_values = vec![0.0; width];
    let entered = fit.fitted.iter().enumerate().filter(|(_, fitted)| fitted.is_some());
    for (row, _) in entered {
        for (j, slot) in row_values.iter_mut().enumerate() {
            *slot = value(j, row);
        }
        let predictor = row_values.iter().zip(&fit.coefficients).map(|(x, b)| x * b).sum();
        let point = fit.family.at(predictor);
        total.add(weights[row]);
        mean.add(weights[row] * point.mean);
        for (sum, x) in gradient.iter_mut().zip(&row_values) {
            sum.add(weights[row] * point.slope * x);
        }
    }
    let total = total.value();
    Prediction {
        value: mean.value() / total,
        gradient: gradient.iter().map(|sum| sum.value() / total).collect(),
    }
}
