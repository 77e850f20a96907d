//! Iteratively reweighted least squares.

use super::descent::Descent;
use super::prior::{check_sizes, entering, weighted, weights};
use super::separation::{Verdict, running_off, separation};
use super::{Family, GeneralisedError, GeneralisedFit, errors};
use crate::stats::distribution::normal_quantile;
use crate::stats::linear::{
    Covariance, Design, Fit, LinearError, Reference, Warning, Weights, fit,
};
use crate::stats::math;
use crate::stats::sum::ExactSum;

/// Iterations before giving up.
const ITERATIONS: usize = 200;
/// The iteration without rest at which it is asked whether there is a finite place of rest.
const SUSPICIOUS: usize = 10;
/// The iteration at which the steps themselves tell whether they run off, of designs too large to be decided otherwise.
const LATE: usize = 45;
/// How far a working outcome may lie from the linear predictor and still tell the next one by its residual.
const FAR: f64 = 1e5;
/// The share of the largest working weight below which a smaller one adds nothing to any sum.
const NEGLIGIBLE: f64 = 1e-60;
/// The relative change of the linear predictor below which it stands still.
const STILL: f64 = 1e-10;

/// Fits a generalised linear model by maximum likelihood.
///
/// *Formula*: b ← (X'WX)⁻¹X'Wz, z = η + (y − μ)/μ'(η), W = μ'(η)²/V(μ), until η stands still.
/// `Iid` errors are (X'WX)⁻¹, the expected information; robust and clustered ones the sandwich with scores w(z − η)x,
/// corrected as the preset says, with the normal as reference. A step is halved while the deviance rises (a probit then goes
/// by the observed information). A row whose W rounds to zero enters with its score, and counts in n, clusters and K.
/// Where η does not soon stand still, the design decides (module `separation`) whether there is a finite maximum.
/// *Source*: McCullagh & Nelder 1989, section 2.5; White 1982. *Shapes, Units*: those of `linear::fit`.
/// HC2 and HC3 take the leverages of the last weighted least squares.
/// *Errors*: [`GeneralisedError`]: separation by name, no convergence, absorbed effects for other than Poisson.
/// *Checked against*: statsmodels (mroz, Spector, panel.py) 1e-9, R's glm with sandwich (presets.R) 1e-8, Newton's method on
/// 50 digits where rows are far off or nearly separated (separation.py) 1e-7.
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
    let entered = weighted(design)?;
    let (keep, alone) = entering(design, family, &entered)?;
    let mut problem = Problem::of(design, family, &keep)?;
    let mut solution = problem.solve()?;
    if alone > 0 {
        solution.fit.absorbed.singletons_dropped = alone;
        solution.fit.warnings.push(Warning::SingletonsDropped { rows: alone });
    }
    let left = |(entered, keep): &(&bool, &bool)| **entered && !**keep;
    let separated = entered.iter().zip(&keep).filter(left).count() - alone;
    solution.assemble(&problem, separated)
}

/// The model with its prior weights.
pub(super) struct Problem<'a> {
    design: &'a Design<'a>,
    family: Family,
    copies: Vec<f64>,
    prior: Vec<f64>,
    pub(super) predictor: Vec<f64>,
    /// The outcome's weighted mean.
    mean: f64,
    /// By how much rounding alone may move the deviance.
    pub(super) noise: f64,
}

/// Where the iterations came to rest.
struct Solution {
    fit: Fit,
    iterations: usize,
}

/// Where a weighted least squares leads.
struct Target {
    fit: Fit,
    predictor: Vec<f64>,
    /// Whether that is where the predictor stands.
    still: bool,
}

/// What the weights of a least squares are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Curvature {
    /// The expected information (Fisher's scoring).
    Expected,
    /// The observed one (Newton's method).
    Observed,
}

impl<'a> Problem<'a> {
    fn of(design: &'a Design<'a>, family: Family, keep: &[bool]) -> Result<Self, GeneralisedError> {
        let (mut copies, prior) = weights(design);
        let drop = copies.iter_mut().zip(keep).filter(|(_, keep)| !**keep);
        drop.for_each(|(copies, _)| *copies = 0.0);
        let (mut total, mut weight) = (ExactSum::new(), ExactSum::new());
        for (row, outcome) in design.outcome.iter().enumerate() {
            total.add(copies[row] * prior[row] * outcome);
            weight.add(copies[row] * prior[row]);
        }
        let mean = total.value() / weight.value();
        check_sizes(design, family, mean)?;
        let predictor = design.outcome.iter().map(|y| family.start(*y, mean)).collect();
        let noise = 1e-12 * (total.value() + weight.value());
        Ok(Self { design, family, copies, prior, predictor, mean, noise })
    }

    /// The working outcome and weight of a row: η + score/weight, the weight no less than `least`, so that a row whose
    /// weight rounds to zero still enters with its score.
    fn working(&self, row: usize, curvature: Curvature, least: f64) -> (f64, f64) {
        let (eta, outcome) = (self.predictor[row], self.design.outcome[row]);
        let point = self.family.at(eta);
        let weight = match curvature {
            Curvature::Expected => point.weight,
            Curvature::Observed => self.family.observed(outcome, eta, point),
        };
        if self.prior[row] == 0.0 {
            return (eta, 0.0);
        }
        if weight > least && curvature == Curvature::Expected {
            let distance = match self.family {
                Family::Poisson => outcome - point.mean,
                _ if outcome == 1.0 => point.rest,
                _ => -point.mean,
            };
            return (eta + distance / point.slope, weight * self.prior[row]);
        }
        let weight = weight.max(least);
        (eta + self.family.score(outcome, eta, point) / weight, weight * self.prior[row])
    }

    /// One weighted least squares at the present linear predictor, with these errors.
    fn step(&self, errors: Covariance, curvature: Curvature) -> Result<Target, GeneralisedError> {
        let mut design = self.design.clone();
        let rows = self.predictor.len();
        let largest = (0..rows)
            .filter(|row| self.copies[*row] * self.prior[*row] > 0.0)
            .map(|row| self.family.at(self.predictor[row]).weight)
            .filter(|weight| weight.is_finite())
            .fold(0.0, f64::max);
        let least = (largest * NEGLIGIBLE).max(1e-200);
        let (outcome, weight): (Vec<f64>, Vec<f64>) =
            (0..rows).map(|row| self.working(row, curvature, least)).unzip();
        design.outcome = (&outcome).into();
        design.residuals = true;
        design.covariance = errors;
        if errors != Covariance::Cluster {
            design.clusters.clear();
        }
        design.weights = Weights::Both { copies: (&self.copies).into(), weight: weight.into() };
        let fit = fit(&design)?;
        let mut still = true;
        let mut predictor = self.predictor.clone();
        for (row, residual) in fit.residuals.iter().enumerate() {
            let Some(residual) = residual else { continue };
            let far = (outcome[row] - predictor[row]).abs() > FAR && self.design.absorb.is_empty();
            let next = if far { self.fitted(&fit, row) } else { outcome[row] - residual };
            still &= (next - predictor[row]).abs() <= STILL * (1.0 + next.abs());
            predictor[row] = next;
        }
        Ok(Target { fit, predictor, still })
    }

    /// The linear predictor of a row by its terms: the working outcome of a row far off has too few digits to tell it.
    fn fitted(&self, fit: &Fit, row: usize) -> f64 {
        let mut sum = ExactSum::new();
        let kept = self.design.terms.iter().enumerate();
        let kept = kept.filter(|(j, _)| !fit.dropped.iter().any(|dropped| dropped.index == *j));
        let ahead = fit.names.len() + fit.dropped.len() - self.design.terms.len();
        fit.coefficients.iter().take(ahead).for_each(|constant| sum.add(*constant));
        for ((_, term), coefficient) in kept.zip(fit.coefficients.iter().skip(ahead)) {
            sum.add_product(*coefficient, term.values.at(row));
        }
        sum.value()
    }

    fn solve(&mut self) -> Result<Solution, GeneralisedError> {
        if self.is_constant() {
            return Err(LinearError::ConstantOutcome.into());
        }
        let constant = vec![self.constant(); self.predictor.len()];
        let mut descent = Descent { deviance: self.deviance(&constant), origin: Some(constant) };
        let mut curvature = Curvature::Expected;
        let mut dropped: Option<Vec<usize>> = None;
        let mut finite = false;
        let mut unknown = false;
        for iteration in 1..=ITERATIONS {
            let target = match (self.step(Covariance::Iid, curvature), &dropped) {
                (Ok(target), _) => target,
                (Err(error), Some(dropped)) => {
                    let error = self.by_weights(error, iteration);
                    return Err(self.refused(error, dropped, finite));
                }
                (Err(error), None) => return Err(self.by_weights(error, iteration)),
            };
            if target.still && iteration > 1 {
                self.predictor = target.predictor;
                let next = self.step(Covariance::Iid, Curvature::Expected)?;
                self.predictor = next.predictor;
                let last = self.step(self.design.covariance, Curvature::Expected)?;
                return Ok(Solution { fit: last.fit, iterations: iteration + 2 });
            }
            let left: Vec<usize> = target.fit.dropped.iter().map(|dropped| dropped.index).collect();
            if iteration == SUSPICIOUS {
                match self.separation(&left) {
                    Verdict::Separated(error) => return Err(error),
                    Verdict::Finite => finite = true,
                    Verdict::Unknown => unknown = true,
                }
            }
            if unknown && iteration == LATE {
                let enters = self.enters();
                let steps = (&self.predictor[..], &target.predictor[..]);
                if let Some(error) = running_off(self.design, self.family, &enters, steps) {
                    return Err(error);
                }
            }
            dropped = Some(left);
            if descent.advance(self, target.predictor) {
                curvature = Curvature::Observed;
            }
        }
        let error = GeneralisedError::NotConverged { iterations: ITERATIONS };
        Err(self.refused(error, &dropped.unwrap_or_default(), finite))
    }

    /// Says that outcomes are predicted perfectly, if they are, instead of what came of it.
    fn refused(
        &self,
        error: GeneralisedError,
        dropped: &[usize],
        finite: bool,
    ) -> GeneralisedError {
        match (finite, self.separation(dropped)) {
            (false, Verdict::Separated(separation)) => separation,
            _ => error,
        }
    }

    /// Terms that are collinear under working weights only, which are then too far apart, are not to blame.
    fn by_weights(&self, error: GeneralisedError, iterations: usize) -> GeneralisedError {
        if !matches!(error, GeneralisedError::Design(LinearError::Collinear { .. })) {
            return error;
        }
        let (copies, weight) = (self.copies.as_slice().into(), self.prior.as_slice().into());
        let mut design = self.design.clone();
        design.weights = Weights::Both { copies, weight };
        design.covariance = Covariance::Iid;
        design.clusters.clear();
        match fit(&design) {
            Err(LinearError::Collinear { .. }) => error,
            _ => GeneralisedError::NotConverged { iterations },
        }
    }

    fn separation(&self, dropped: &[usize]) -> Verdict {
        separation(self.design, self.family, &self.enters(), dropped)
    }

    fn enters(&self) -> Vec<bool> {
        let weights = self.copies.iter().zip(&self.prior);
        weights.map(|(copies, prior)| copies * prior > 0.0).collect()
    }

    fn is_constant(&self) -> bool {
        let mut entered = self.design.outcome.iter().zip(&self.copies).filter(|(_, c)| **c > 0.0);
        let first = entered.next().map_or(0.0, |(y, _)| *y);
        entered.all(|(y, _)| *y == first)
    }

    /// A linear predictor of the model's that is the same in every row: of the mean, or zero where there is no constant.
    fn constant(&self) -> f64 {
        if !self.design.intercept && self.design.absorb.is_empty() {
            return 0.0;
        }
        match self.family {
            Family::Logit => math::ln(self.mean / (1.0 - self.mean)),
            Family::Probit => normal_quantile(self.mean),
            Family::Poisson => math::ln(self.mean),
        }
    }

    pub(super) fn deviance(&self, predictor: &[f64]) -> f64 {
        self.total(|row| self.family.deviance_at(self.design.outcome[row], predictor[row]))
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
        separated_rows: usize,
    ) -> Result<GeneralisedFit, GeneralisedError> {
        let Self { fit, iterations } = self;
        let family = problem.family;
        let outcome = &problem.design.outcome;
        let (covariance, correction) = match problem.design.covariance {
            Covariance::Iid => (fit.covariance.scaled(1.0 / fit.residual_variance), 1.0),
            _ => (fit.covariance.clone(), fit.correction),
        };
        let fitted: Vec<Option<f64>> = fit
            .residuals
            .iter()
            .zip(&problem.predictor)
            .map(|(residual, eta)| residual.map(|_| family.at(*eta).mean))
            .collect();
        let width = fit.names.len();
        let broken = (0..width).find(|j| !covariance.get(*j, *j).is_finite());
        if let Some(name) = broken.and_then(|j| fit.names.get(j)).cloned() {
            return Err(LinearError::OutOfRange { name, what: "a variance", large: true }.into());
        }
        let deviance = problem.deviance(&problem.predictor);
        let saturated = problem.total(|row| family.saturated(outcome[row]));
        let log_likelihood = saturated - 0.5 * deviance;
        let null = null_log_likelihood(problem, saturated);
        // No more likely than the constant alone, but for rounding.
        let same = (log_likelihood - null).abs() <= 8.0 * f64::EPSILON * null.abs();
        let likely = if same { null } else { log_likelihood };
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
            pseudo_r2: 1.0 - likely / null,
            iterations,
            clusters: fit.clusters,
            absorbed: fit.absorbed,
            conditional: false,
            separated_rows,
            dropped: fit.dropped,
            warnings: fit.warnings,
            extreme_rows: fitted.iter().flatten().filter(|mean| family.is_extreme(**mean)).count(),
            fitted,
        })
    }
}

/// The log likelihood of a constant alone, at the outcome's mean.
fn null_log_likelihood(problem: &Problem<'_>, saturated: f64) -> f64 {
    let outcome = &problem.design.outcome;
    let mean = problem.total(|row| outcome[row]) / problem.total(|_| 1.0);
    let point = super::family::Point { mean, rest: 1.0 - mean, slope: 0.0, weight: 0.0 };
    saturated - 0.5 * problem.total(|row| problem.family.deviance(outcome[row], point))
}
