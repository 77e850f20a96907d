//! Predictive margins of a model whose absorbed effects were estimated: their errors count those effects too.

use super::{Family, GeneralisedError, GeneralisedFit};
use crate::stats::linear::{
    Covariance, Design, LinearError, Term, Weights, fit, influence_covariance,
};
use crate::stats::math;
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// Mean predictions, and their joint covariance with the coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectPredictions {
    /// The mean prediction of each setting.
    pub values: Vec<f64>,
    /// The covariance of the coefficients, in their order, and then of the mean predictions.
    pub covariance: Matrix,
}

/// Averages the predicted means of a Poisson model with absorbed effects, its terms having given values in turn.
///
/// `settings` give the value of coefficient `j`'s term in a row; the row keeps its own estimated effects.
///
/// *Formula*: m = Σ w μ*ᵢ/Σw, μ*ᵢ = μᵢ exp((x*ᵢ − xᵢ)'b). By the delta method over coefficients and effects alike, m
/// moves with wᵢeᵢμᵢ cᵢ, e = (y − μ)/μ, c = Pv/Σw + X̃(X̃'ΩX̃)⁻¹d: P the projection on terms and effects weighted by
/// Ω = wμ, v = μ*/μ, d = Σ w μ*(x* − x)/Σw; rows of levels without any count are left out.
/// *Source*: Graubard & Korn 1999; Stata's `margins` after dummies. *Shapes*: one value a setting.
/// *Units*: those of the outcome. *Errors*: a model other than Poisson; HC2 and HC3; those of least squares.
/// *Checked against*: R's glm with dummies, sandwich and the delta method over all of them (effects.R) 1e-8.
///
/// # Errors
/// See above.
pub fn effect_predictions(
    design: &Design<'_>,
    fitted: &GeneralisedFit,
    settings: &[&dyn Fn(usize, usize) -> f64],
) -> Result<EffectPredictions, GeneralisedError> {
    if fitted.family != Family::Poisson {
        return Err(GeneralisedError::Absorb { family: fitted.family.name() });
    }
    let model = Model::of(design, fitted);
    let mut columns = Vec::with_capacity(model.terms.len() + settings.len());
    for j in 0..model.terms.len() {
        columns.push(model.influence(j)?);
    }
    let mut values = Vec::new();
    for setting in settings {
        let (value, column) = model.setting(fitted, setting, &columns)?;
        values.push(value);
        columns.push(column);
    }
    let residuals: Vec<f64> = model
        .mean
        .iter()
        .zip(design.outcome.iter())
        .map(|(mean, y)| if *mean > 0.0 { (y - mean) / mean } else { 0.0 })
        .collect();
    let mut working = model.working.clone();
    working.covariance = design.covariance;
    working.clusters.clone_from(&design.clusters);
    let covariance = influence_covariance(&working, fitted.k, &residuals, &columns)?;
    Ok(EffectPredictions { values, covariance })
}

/// The last weighted least squares of a fit.
struct Model<'a> {
    /// The design with the weights of that least squares, no term, and errors that need no clusters.
    working: Design<'a>,
    /// The terms that were estimated.
    terms: Vec<Term<'a>>,
    /// The fitted mean of each row; zero where the row did not enter.
    mean: Vec<f64>,
    /// Each row's weight in a mean.
    weight: Vec<f64>,
}

impl<'a> Model<'a> {
    fn of(design: &Design<'a>, fitted: &GeneralisedFit) -> Self {
        let rows = design.outcome.len();
        let (copies, prior): (Vec<f64>, Vec<f64>) = match &design.weights {
            Weights::None => (vec![1.0; rows], vec![1.0; rows]),
            Weights::Frequency(weights) => (weights.to_vec(), vec![1.0; rows]),
            Weights::Analytic(weights) => (vec![1.0; rows], weights.to_vec()),
            Weights::Both { copies, weight } => (copies.to_vec(), weight.to_vec()),
        };
        let mean: Vec<f64> = fitted.fitted.iter().map(|mean| mean.unwrap_or(0.0)).collect();
        let entered = |row: usize| fitted.fitted[row].is_some();
        let copies: Vec<f64> =
            (0..rows).map(|row| if entered(row) { copies[row] } else { 0.0 }).collect();
        let mut working = design.clone();
        working.terms = Vec::new();
        working.covariance = Covariance::Iid;
        working.clusters = Vec::new();
        working.residuals = true;
        let omega: Vec<f64> = prior.iter().zip(&mean).map(|(prior, mean)| prior * mean).collect();
        let weight = copies.iter().zip(&prior).map(|(copies, prior)| copies * prior).collect();
        working.weights = Weights::Both { copies: copies.into(), weight: omega.into() };
        let named = |name: &String| design.terms.iter().find(|term| term.name == *name).cloned();
        Self { working, terms: fitted.names.iter().filter_map(named).collect(), mean, weight }
    }

    /// What the terms but `without`, and the effects, leave of a column.
    fn left(&self, column: Vec<f64>, without: Option<usize>) -> Result<Vec<f64>, LinearError> {
        let mut design = self.working.clone();
        design.outcome = column.into();
        let others = self.terms.iter().enumerate().filter(|(j, _)| Some(*j) != without);
        design.terms = others.map(|(_, term)| term.clone()).collect();
        match fit(&design) {
            Ok(found) => Ok(found.residuals.iter().map(|left| left.unwrap_or(0.0)).collect()),
            Err(LinearError::ConstantOutcome | LinearError::AbsorbedOutcome) => {
                Ok(vec![0.0; design.outcome.len()])
            }
            Err(error) => Err(error),
        }
    }

    /// The column of X̃(X̃'ΩX̃)⁻¹ of a coefficient: what the others leave of its term, over the squares of that.
    fn influence(&self, j: usize) -> Result<Vec<f64>, LinearError> {
        let values = &self.terms[j].values;
        let mut column =
            self.left((0..values.len()).map(|row| values.at(row)).collect(), Some(j))?;
        let mut squares = ExactSum::new();
        for (row, left) in column.iter().enumerate() {
            squares.add(self.weight[row] * self.mean[row] * (left * left));
        }
        let squares = squares.value();
        for left in &mut column {
            *left /= squares;
        }
        Ok(column)
    }

    /// The mean prediction of a setting, and its influences.
    fn setting(
        &self,
        fitted: &GeneralisedFit,
        setting: &dyn Fn(usize, usize) -> f64,
        columns: &[Vec<f64>],
    ) -> Result<(f64, Vec<f64>), LinearError> {
        let mut ratio = vec![0.0; self.mean.len()];
        let (mut total, mut sum) = (ExactSum::new(), ExactSum::new());
        let mut moved = vec![ExactSum::new(); self.terms.len()];
        let mut steps = vec![0.0; self.terms.len()];
        for (row, weight) in self.weight.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            for (j, step) in steps.iter_mut().enumerate() {
                *step = setting(j, row) - self.terms[j].values.at(row);
            }
            let shift: f64 = steps.iter().zip(&fitted.coefficients).map(|(x, b)| x * b).sum();
            ratio[row] = math::exp(shift);
            let weighted = weight * self.mean[row] * ratio[row];
            total.add(*weight);
            sum.add(weighted);
            for (sum, step) in moved.iter_mut().zip(&steps) {
                sum.add(weighted * step);
            }
        }
        let total = total.value();
        let left = self.left(ratio.clone(), None)?;
        let mut column: Vec<f64> =
            ratio.iter().zip(&left).map(|(ratio, left)| (ratio - left) / total).collect();
        for (moved, influence) in moved.iter().zip(columns) {
            let by = moved.value() / total;
            for (slot, x) in column.iter_mut().zip(influence) {
                *slot += by * x;
            }
        }
        Ok((sum.value() / total, column))
    }
}
