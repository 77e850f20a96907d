//! Iteratively reweighted least squares.

use super::separation::{constant_levels, separation};
use super::{Family, GeneralisedError, GeneralisedFit};
use crate::stats::linear::{
    Covariance, Design, Fit, LinearError, Reference, Weights, check_weights, fit,
};
use crate::stats::math;
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// Iterations before giving up.
const ITERATIONS: usize = 60;
/// The relative change of the linear predictor below which it stands still.
const STILL: f64 = 1e-10;

/// Fits a generalised linear model by maximum likelihood.
///
/// *Formula*: b ← (X'WX)⁻¹X'Wz, z = η + (y − μ)/μ'(η), W = μ'(η)²/V(μ), until η stands still.
/// `Iid` errors are (X'WX)⁻¹, the expected information; robust and clustered ones the sandwich with scores w(z − η)x,
/// corrected as the preset says, with the normal as reference.
/// *Source*: McCullagh & Nelder 1989, section 2.5; White 1982. *Shapes, Units*: those of `linear::fit`.
/// HC2 and HC3 take the leverages of the last weighted least squares.
/// *Errors*: [`GeneralisedError`]: separation by name, no convergence, absorbed effects for other than Poisson.
/// *Checked against*: statsmodels (mroz, Spector, panel.py) 1e-9, R's glm with sandwich (presets.R) 1e-8.
///
/// # Errors
/// See above.
pub fn fit_generalised(
    design: &Design<'_>,
    family: Family,
) -> Result<GeneralisedFit, GeneralisedError> {
    if family != Family::Poisson && !design.absorb.is_empty() {
        return Err(GeneralisedError::Absorb { family: family.name() });
    }
    fit_with_effects(design, family)
}

/// Fits a generalised linear model whose absorbed effects are parameters like any other (unconditionally).
///
/// *Formula, Shapes, Units, Errors*: those of [`fit_generalised`]. Rows of a level whose outcomes are all 0 (or, for
/// logit and probit, all 1) fit perfectly and are left out.
/// *Source*: Greene 2004 on its bias: coefficients of logit and probit are too large by about T/(T − 1) with T rows a
/// level (Neyman & Scott 1948, incidental parameters); Poisson has none. Several effects enter likewise.
/// *Checked against*: R's glm with dummies (presets.R) 1e-8, pyfixest's fepois (panel.py) 1e-7.
///
/// # Errors
/// See above.
pub fn fit_with_effects(
    design: &Design<'_>,
    family: Family,
) -> Result<GeneralisedFit, GeneralisedError> {
    family.check(&design.outcome)?;
    let keep = constant_levels(design, family);
    let mut problem = Problem::of(design, family, &keep)?;
    problem.solve()?.assemble(&problem, &keep)
}

/// The model with its prior weights.
struct Problem<'a> {
    design: &'a Design<'a>,
    family: Family,
    copies: Vec<f64>,
    prior: Vec<f64>,
    predictor: Vec<f64>,
}

/// Where the iterations came to rest.
struct Solution {
    fit: Fit,
    iterations: usize,
}

impl<'a> Problem<'a> {
    fn of(design: &'a Design<'a>, family: Family, keep: &[bool]) -> Result<Self, GeneralisedError> {
        let rows = design.outcome.len();
        let ones = vec![1.0; rows];
        let (mut copies, prior): (Vec<f64>, Vec<f64>) = match &design.weights {
            Weights::None => (ones.clone(), ones),
            Weights::Frequency(weights) => (weights.to_vec(), ones),
            Weights::Analytic(weights) => (ones, weights.to_vec()),
            Weights::Both { copies, weight } => (copies.to_vec(), weight.to_vec()),
        };
        check_weights(&copies, rows)?;
        check_weights(&prior, rows)?;
        copies
            .iter_mut()
            .zip(keep)
            .filter(|(_, keep)| !**keep)
            .for_each(|(copies, _)| *copies = 0.0);
        let (mut total, mut weight) = (ExactSum::new(), ExactSum::new());
        for (row, outcome) in design.outcome.iter().enumerate() {
            total.add(copies[row] * prior[row] * outcome);
            weight.add(copies[row] * prior[row]);
        }
        let mean = total.value() / weight.value();
        if family == Family::Poisson && (mean.is_nan() || mean <= 0.0) {
            return Err(LinearError::ConstantOutcome.into());
        }
        let predictor = design.outcome.iter().map(|y| family.start(*y, mean)).collect();
        Ok(Self { design, family, copies, prior, predictor })
    }

    /// One weighted least squares at the present linear predictor, with these errors.
    fn step(&self, errors: Covariance) -> Result<Fit, GeneralisedError> {
        let mut working = self.design.clone();
        let rows = self.predictor.len();
        let (mut outcome, mut weight) = (vec![0.0; rows], vec![0.0; rows]);
        for row in 0..rows {
            let eta = self.predictor[row];
            let point = self.family.at(eta);
            if point.slope > 0.0 {
                outcome[row] = eta + (self.design.outcome[row] - point.mean) / point.slope;
                weight[row] = point.weight * self.prior[row];
            }
        }
        working.outcome = outcome.into();
        working.residuals = true;
        working.covariance = errors;
        if errors != Covariance::Cluster {
            working.clusters.clear();
        }
        working.weights = Weights::Both { copies: (&self.copies).into(), weight: weight.into() };
        Ok(fit(&working)?)
    }

    fn solve(&mut self) -> Result<Solution, GeneralisedError> {
        let first = self.design.outcome.iter().zip(&self.copies).find(|(_, copies)| **copies > 0.0);
        let first = first.map_or(0.0, |(y, _)| *y);
        let constant =
            self.design.outcome.iter().zip(&self.copies).all(|(y, c)| *c == 0.0 || *y == first);
        if constant {
            return Err(LinearError::ConstantOutcome.into());
        }
        let mut before: Option<Fit> = None;
        let mut suspect = None;
        for iteration in 1..=ITERATIONS {
            let now = match self.step(Covariance::Iid) {
                Ok(now) => now,
                Err(error) => return Err(suspect.unwrap_or(error)),
            };
            let (steps, still) = self.move_to(&now);
            if still && before.is_some() {
                let fit = self.step(Covariance::Iid)?;
                self.move_to(&fit);
                let fit = self.step(self.design.covariance)?;
                return Ok(Solution { fit, iterations: iteration + 2 });
            }
            if let Some(before) = before.as_ref().filter(|_| iteration > 6) {
                let found = separation(self.family, self.design, &steps, &now, before);
                if let (Some(_), Some(found)) = (&suspect, &found) {
                    return Err(found.clone());
                }
                suspect = found;
            }
            before = Some(now);
        }
        Err(suspect.unwrap_or(GeneralisedError::NotConverged { iterations: ITERATIONS }))
    }

    /// Takes the fitted linear predictor over; returns its changes, and whether they are nothing.
    fn move_to(&mut self, now: &Fit) -> (Vec<Option<f64>>, bool) {
        let mut still = true;
        let mut steps = vec![None; self.predictor.len()];
        for (row, residual) in now.residuals.iter().enumerate() {
            let Some(residual) = residual else { continue };
            let eta = self.predictor[row];
            let point = self.family.at(eta);
            let working = eta + (self.design.outcome[row] - point.mean) / point.slope;
            let next = working - residual;
            steps[row] = Some(next - eta);
            still &= (next - eta).abs() <= STILL * (1.0 + next.abs());
            self.predictor[row] = next;
        }
        (steps, still)
    }

    /// Sums over rows, by their frequency and prior weight.
    fn total(&self, of: impl Fn(usize) -> f64) -> f64 {
        let mut total = ExactSum::new();
        for row in 0..self.predictor.len() {
            let weight = self.copies[row] * self.prior[row];
            if weight > 0.0 {
                total.add(weight * of(row));
            }
        }
        total.value()
    }
}

impl Solution {
    fn assemble(
        self,
        problem: &Problem<'_>,
        keep: &[bool],
    ) -> Result<GeneralisedFit, GeneralisedError> {
        let Self { fit, iterations } = self;
        let family = problem.family;
        let outcome = &problem.design.outcome;
        let (covariance, correction) = match problem.design.covariance {
            Covariance::Iid => (fit.covariance.scaled(1.0 / fit.residual_variance), 1.0),
            _ => (fit.covariance.clone(), fit.correction),
        };
        let width = fit.names.len();
        if !(0..width).all(|j| covariance.get(j, j).is_finite()) {
            return Err(LinearError::Overflow.into());
        }
        let deviance =
            problem.total(|row| family.deviance(outcome[row], family.at(problem.predictor[row])));
        let saturated = problem.total(|row| family.saturated(outcome[row]));
        let log_likelihood = saturated - 0.5 * deviance;
        let null = null_log_likelihood(problem, saturated);
        Ok(GeneralisedFit {
            family,
            coefficients: fit.coefficients,
            standard_errors: errors(&covariance),
            covariance,
            names: fit.names,
            estimator: problem.design.covariance,
            preset: problem.design.preset,
            reference: Reference::Normal,
            correction,
            rows: fit.rows,
            n: fit.n,
            rank: fit.rank,
            k: fit.k,
            deviance,
            log_likelihood,
            pseudo_r2: 1.0 - log_likelihood / null,
            iterations,
            clusters: fit.clusters,
            absorbed: fit.absorbed,
            conditional: false,
            separated_rows: keep.iter().filter(|keep| !**keep).count(),
            dropped: fit.dropped,
            warnings: fit.warnings,
            fitted: fit
                .residuals
                .iter()
                .zip(&problem.predictor)
                .map(|(residual, eta)| residual.map(|_| family.at(*eta).mean))
                .collect(),
        })
    }
}

pub(super) fn errors(covariance: &Matrix) -> Vec<f64> {
    (0..covariance.rows()).map(|j| math::sqrt(covariance.get(j, j).max(0.0))).collect()
}

/// The log likelihood of a constant alone, at the outcome's mean.
fn null_log_likelihood(problem: &Problem<'_>, saturated: f64) -> f64 {
    let outcome = &problem.design.outcome;
    let mean = problem.total(|row| outcome[row]) / problem.total(|_| 1.0);
    let point = super::family::Point { mean, rest: 1.0 - mean, slope: 0.0, weight: 0.0 };
    saturated - 0.5 * problem.total(|row| problem.family.deviance(outcome[row], point))
}
