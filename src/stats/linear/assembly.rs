//! Puts a fit together, back in the units of the data.

use super::codes::Codes;
use super::columns::Role;
use super::count::{Count, Squares};
use super::estimate::name_of;
use super::rows::Rows;
use super::spread::Spread;
use super::{Covariance, Design, Dropped, Fit, LinearError, Warning};
use crate::stats::matrix::Matrix;

/// The share of the least variance below which a variance is rounding: scores of some 1e-16, squared, with room.
const NO_SPREAD: f64 = 1e-24;

/// Everything that a fit is made of.
pub(super) struct Assembly<'a> {
    pub(super) design: &'a Design<'a>,
    pub(super) rows: &'a Rows<'a>,
    /// What each estimated coefficient stands for.
    pub(super) roles: Vec<Role>,
    /// The power of two on each coefficient's column.
    pub(super) scales: Vec<f64>,
    /// The power of two on the outcome.
    pub(super) outcome_scale: f64,
    /// The coefficients of the scaled columns.
    pub(super) scaled: Vec<f64>,
    /// The weighted means of the terms themselves.
    pub(super) term_means: Vec<f64>,
    /// The residuals of the kept rows in scaled units, where they are known.
    pub(super) residuals: Option<&'a [f64]>,
    pub(super) squares: &'a Squares,
    pub(super) count: &'a Count,
    pub(super) spread: Spread,
}

impl Assembly<'_> {
    pub(super) fn fit(self, dropped: Vec<Dropped>) -> Result<Fit, LinearError> {
        let outcome_scale = self.outcome_scale;
        let scale: Vec<f64> = self.scales.iter().map(|scale| scale / outcome_scale).collect();
        let width = self.roles.len();
        let coefficients: Vec<f64> =
            self.scaled.iter().zip(&scale).map(|(b, scale)| b * scale).collect();
        let spread = &self.spread.matrix;
        let mut covariance =
            Matrix::from_fn(width, width, |i, j| spread.get(i, j) * scale[i] * scale[j]);
        let slopes: Vec<usize> = (0..width).filter(|j| self.roles[*j] != Role::Constant).collect();
        let names: Vec<String> =
            self.roles.iter().map(|role| name_of(self.design, *role)).collect();
        let residual_sum_of_squares =
            self.squares.residual / outcome_scale / outcome_scale / self.rows.weight_scale;
        if !residual_sum_of_squares.is_finite() {
            return Err(LinearError::Overflow);
        }
        self.in_range(&names, &coefficients, &covariance)?;
        let repaired =
            if self.rows.clusters.len() > 1 { covariance.clip_negative_eigenvalues() } else { 0 };
        let of_mean = self.of_mean(&covariance, &scale, repaired > 0);
        let reference = self.design.reference.unwrap_or(self.spread.reference);
        let df_residual = self.rows.n - self.count.rank;
        let r2 = 1.0 - self.squares.residual / self.squares.total;
        let centred = !self.rows.effects.is_empty() || self.design.intercept;
        let adjusted_r2 = 1.0
            - (1.0 - r2) * (self.rows.n as f64 - f64::from(u8::from(centred))) / df_residual as f64;
        let fitted = Fit {
            standard_errors: (0..width).map(|j| covariance.get(j, j).max(0.0).sqrt()).collect(),
            f: None,
            estimator: self.design.covariance,
            preset: self.design.preset,
            reference,
            correction: match self.design.covariance {
                Covariance::Iid => 1.0,
                _ => self.spread.correction,
            },
            rows: self.rows.count,
            n: self.rows.n,
            rank: self.count.rank,
            k: self.count.k,
            df_residual,
            residual_variance: residual_sum_of_squares / (self.rows.n - self.count.k) as f64,
            residual_sum_of_squares,
            r2,
            within_r2: (!self.rows.effects.is_empty())
                .then(|| 1.0 - self.squares.residual / self.squares.within),
            adjusted_r2,
            clusters: self.rows.clusters.iter().map(|way| way.count).collect(),
            absorbed: self.count.absorbed.clone(),
            dropped,
            warnings: self.warnings(repaired, &self.without_spread(&covariance, &scale)),
            outcome_mean: self.squares.outcome_mean.value() / outcome_scale,
            term_means: self.term_means.clone(),
            outcome_mean_variance: of_mean.0,
            outcome_mean_covariance: of_mean.1,
            residuals: self.residuals(outcome_scale),
            names,
            coefficients,
            covariance,
        };
        Ok(Fit { f: fitted.joint_test(&slopes), ..fitted })
    }

    /// Refuses coefficients and variances that numbers cannot hold in the units of the data.
    fn in_range(
        &self,
        names: &[String],
        coefficients: &[f64],
        covariance: &Matrix,
    ) -> Result<(), LinearError> {
        let out = |name: &str, what, large| {
            Err(LinearError::OutOfRange { name: name.to_owned(), what, large })
        };
        let rounding = if self.squares.is_perfect() {
            f64::INFINITY
        } else {
            NO_SPREAD * self.least_variance()
        };
        for (j, (name, coefficient)) in names.iter().zip(coefficients).enumerate() {
            let variance = covariance.get(j, j);
            if !coefficient.is_finite() {
                return out(name, "a coefficient", true);
            }
            if !variance.is_finite() {
                return out(name, "a variance", true);
            }
            if variance.abs() < f64::MIN_POSITIVE && self.spread.matrix.get(j, j).abs() > rounding {
                return out(name, "a variance", false);
            }
        }
        Ok(())
    }

    fn residuals(&self, outcome_scale: f64) -> Vec<Option<f64>> {
        let Some(known) = self.residuals else { return Vec::new() };
        let mut residuals = vec![None; self.design.outcome.len()];
        for (residual, row) in known.iter().zip(self.rows.kept.iter()) {
            residuals[row] = Some(residual / outcome_scale);
        }
        residuals
    }

    /// The share of the rows, or of their weight, that is in the largest cluster.
    fn largest_share(&self, way: &Codes<'_>) -> f64 {
        if self.rows.weight.is_empty() {
            return f64::from(way.largest) / self.rows.count as f64;
        }
        let mut weights = vec![0.0; way.count];
        for (level, weight) in way.level.iter().zip(&self.rows.weight) {
            weights[*level as usize] += weight;
        }
        weights.iter().copied().fold(0.0, f64::max) / weights.iter().sum::<f64>()
    }

    /// The least variance that independent errors could give a scaled coefficient: scaled columns are below two, so that
    /// (X'X)⁻¹ is no less than 1/4W.
    fn least_variance(&self) -> f64 {
        self.squares.residual / self.rows.n as f64 / (4.0 * self.squares.weight)
    }

    /// The coefficients whose variance is nothing beside the least that independent errors could give.
    fn without_spread(&self, covariance: &Matrix, scale: &[f64]) -> Vec<String> {
        let least = self.least_variance();
        let variance = |place: usize| covariance.get(place, place) / scale[place] / scale[place];
        let roles = self.roles.iter().enumerate();
        let without = roles.filter(|(place, _)| variance(*place) <= NO_SPREAD * least);
        without.map(|(_, role)| name_of(self.design, *role)).collect()
    }

    /// The variance of the outcome's mean and its covariance with each coefficient. A model with a constant has the mean as
    /// x̄'b: of a repaired covariance V they are x̄'Vx̄ and Vx̄. Beside absorbed effects the mean is repaired with the
    /// coefficients.
    fn of_mean(&self, covariance: &Matrix, scale: &[f64], repaired: bool) -> (f64, Vec<f64>) {
        let width = scale.len();
        let spread = &self.spread.matrix;
        if repaired && self.roles.contains(&Role::Constant) {
            let with: Vec<f64> = (0..width)
                .map(|i| {
                    let means = self.term_means.iter().enumerate();
                    means.map(|(j, mean)| covariance.get(i, j) * mean).sum()
                })
                .collect();
            let variance = with.iter().zip(&self.term_means).map(|(v, mean)| v * mean).sum();
            return (variance, with);
        }
        let unit = |j: usize| scale.get(j).copied().unwrap_or(1.0 / self.outcome_scale);
        let mut whole =
            Matrix::from_fn(width + 1, width + 1, |i, j| spread.get(i, j) * unit(i) * unit(j));
        if repaired {
            whole.clip_negative_eigenvalues();
        }
        (whole.get(width, width), (0..width).map(|j| whole.get(j, width)).collect())
    }

    fn warnings(&self, repaired: usize, without: &[String]) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for way in &self.rows.clusters {
            warnings.extend(Warning::of_clusters(way.count, self.largest_share(way)));
        }
        if repaired > 0 {
            warnings.push(Warning::EigenvaluesRepaired { count: repaired });
        }
        if self.rows.singletons > 0 {
            warnings.push(Warning::SingletonsDropped { rows: self.rows.singletons });
        }
        if self.count.absorbed.bound {
            warnings.push(Warning::RankIsBound);
        }
        if self.squares.is_perfect() {
            warnings.push(Warning::PerfectFit);
        } else {
            let names = without.to_vec();
            warnings.extend((!names.is_empty()).then_some(Warning::NoSpread { names }));
        }
        let nested = self.count.absorbed.nested.iter().any(|nested| *nested)
            && self.design.covariance == Covariance::Cluster;
        if self.count.k != self.count.rank && !nested {
            warnings.push(Warning::KIsNotRank { k: self.count.k, rank: self.count.rank });
        }
        warnings
    }
}
