//! The small system: exact cross-products, a Cholesky in doubles, refinement in twice the precision.

use super::super::columns::Role;
use super::super::count::Squares;
use super::cholesky::{Cholesky, Lower};
use super::plan::{Kind, Plan};
use super::sums::Sums;
use crate::stats::double_double::{DoubleDouble, two_product};

/// The smallest share of the outcome's square that may be left as residual.
const TRUSTED_REST: f64 = 1e-9;

/// The cross-products of a plan's columns.
pub(super) struct System<'a> {
    sums: &'a Sums,
    lower: Lower,
}

/// The solved system.
pub(super) struct Solution {
    /// The coefficients of all columns.
    pub(super) fitted: Vec<DoubleDouble>,
    /// The columns whose coefficients are wanted: constant and terms.
    pub(super) wanted: Vec<usize>,
    /// Their columns of the inverse.
    pub(super) inverse: Vec<Vec<f64>>,
    /// The sum over rows of each one's influence.
    pub(super) sums_of_influence: Vec<f64>,
    /// The outcome's square less what the absorbed effects explain.
    within: f64,
}

impl<'a> System<'a> {
    /// Picks the columns' cross-products from the sums.
    pub(super) fn of(plan: &Plan<'_>, sums: &'a Sums) -> Self {
        let kind = |column: usize| plan.columns[column].kind;
        Self { sums, lower: Lower::from_fn(plan.columns.len(), |a, b| sums.pair(kind(a), kind(b))) }
    }

    fn pair(&self, a: Kind<'_>, b: Kind<'_>) -> DoubleDouble {
        self.sums.pair(a, b)
    }

    /// The mean of a scaled column.
    pub(super) fn column_mean(&self, plan: &Plan<'_>, column: usize) -> f64 {
        let total = self.pair(plan.columns[column].kind, Kind::Constant);
        (total / DoubleDouble::from(self.sums.n)).value()
    }

    /// Solves for coefficients and the wanted columns of the inverse; none where the system is ill conditioned.
    pub(super) fn solve(&self, plan: &Plan<'_>) -> Option<Solution> {
        let p = plan.columns.len();
        let raw: Vec<f64> = plan
            .columns
            .iter()
            .map(|column| self.sums.raw_pair(column.kind, column.kind).value())
            .collect();
        let factor = Cholesky::of(&self.lower, &raw)?;
        let right: Vec<DoubleDouble> =
            plan.columns.iter().map(|column| self.pair(column.kind, plan.outcome)).collect();
        let wanted: Vec<usize> = (0..p).filter(|j| plan.columns[*j].role != Role::Dummy).collect();
        let inverse: Vec<Vec<f64>> = wanted
            .iter()
            .map(|j| {
                let mut unit = vec![DoubleDouble::ZERO; p];
                unit[*j] = DoubleDouble::ONE;
                factor.refined(&self.lower, &unit).iter().map(|x| x.value()).collect()
            })
            .collect();
        let sums: Vec<f64> = plan
            .columns
            .iter()
            .map(|column| self.pair(column.kind, Kind::Constant).value())
            .collect();
        let sums_of_influence =
            inverse.iter().map(|column| crate::stats::sum::dot(column, &sums)).collect();
        let absorbed = plan.columns.iter().filter(|column| column.role == Role::Dummy).count();
        let explained = factor.forward(&right);
        let within = explained[..absorbed]
            .iter()
            .fold(self.pair(plan.outcome, plan.outcome), |rest, u| rest - two_product(*u, *u));
        Some(Solution {
            fitted: factor.refined(&self.lower, &right),
            wanted,
            inverse,
            sums_of_influence,
            within: within.value(),
        })
    }

    /// Sums of squares; none where so little is left that their difference would not be exact enough.
    pub(super) fn squares(&self, plan: &Plan<'_>, solution: &Solution) -> Option<Squares> {
        let outcome = self.pair(plan.outcome, plan.outcome);
        let whole = self.sums.raw_pair(plan.outcome, plan.outcome);
        let sum = self.pair(plan.outcome, Kind::Constant);
        let mean = sum / DoubleDouble::from(self.sums.n);
        let total = if plan.centred { whole - mean * sum } else { whole };
        // y'y − 2b'X'y + b'Gb: an error of b enters only squared.
        let applied = self.lower.apply(&solution.fitted);
        let mut rest = outcome;
        for ((column, b), gb) in plan.columns.iter().zip(&solution.fitted).zip(applied) {
            rest += *b * (gb - self.pair(column.kind, plan.outcome).scaled(2.0));
        }
        if rest.high <= whole.high * TRUSTED_REST || total.high <= whole.high * TRUSTED_REST {
            return None;
        }
        Some(Squares {
            residual: rest.value(),
            total: total.value(),
            within: solution.within,
            weight: self.sums.n,
            outcome_mean: mean,
        })
    }
}
