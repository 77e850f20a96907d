//! What a linear model yields.

use super::{Covariance, Preset, Reference, Warning};
use crate::stats::distribution::{self, Interval};
use crate::stats::matrix::Matrix;

/// A fitted linear model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The names of the estimated coefficients: `intercept` first where there is one, then the terms that were kept.
    pub names: Vec<String>,
    /// The coefficients, in the order of `names`.
    pub coefficients: Vec<f64>,
    /// Their covariance.
    pub covariance: Matrix,
    /// The square roots of its diagonal.
    pub standard_errors: Vec<f64>,
    /// How the covariance was estimated.
    pub estimator: Covariance,
    /// The small-sample convention.
    pub preset: Preset,
    /// What intervals and p values refer to.
    pub reference: Reference,
    /// The factor that the convention put on the covariance (on the first way, for `conventional`).
    pub correction: f64,
    /// Rows that entered the fit (after dropped singletons and zero weights).
    pub rows: usize,
    /// Observations: rows, or the sum of frequency weights.
    pub n: u64,
    /// The exact rank of the model, absorbed effects among it.
    pub rank: u64,
    /// The number of coefficients as the convention counts them in the residual degrees of freedom.
    pub k: u64,
    /// Residual degrees of freedom, n less the exact rank: the same whatever the convention counts.
    pub df_residual: u64,
    /// Residual sum of squares (weighted).
    pub residual_sum_of_squares: f64,
    /// Residual variance, the sum of squares over n − K, K as the convention counts it.
    pub residual_variance: f64,
    /// Share of the outcome's variance explained, absorbed effects included.
    pub r2: f64,
    /// Share of the variance within absorbed effects that the terms explain.
    pub within_r2: Option<f64>,
    /// R² with both variances over their degrees of freedom.
    pub adjusted_r2: f64,
    /// The joint test that every slope is zero, under the chosen covariance.
    pub f: Option<Wald>,
    /// The number of clusters in each way.
    pub clusters: Vec<usize>,
    /// What was absorbed.
    pub absorbed: Absorbed,
    /// The collinear terms that were left out.
    pub dropped: Vec<Dropped>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// The outcome's weighted mean.
    pub outcome_mean: f64,
    /// The weighted mean of each estimated term (one for the intercept).
    pub term_means: Vec<f64>,
    /// Variance of the outcome's mean under the same estimator, given the regressors.
    pub outcome_mean_variance: f64,
    /// Covariance of the outcome's mean with each coefficient.
    pub outcome_mean_covariance: Vec<f64>,
    /// Residuals of the rows as given, none for rows that did not enter; empty where the design does not ask for them.
    pub residuals: Vec<Option<f64>>,
}

impl Fit {
    /// Finds a coefficient by name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Returns the t (or z) statistic of coefficient `j`; none where its standard error is zero.
    #[must_use]
    pub fn statistic(&self, j: usize) -> Option<f64> {
        let se = self.standard_errors[j];
        (se > 0.0).then(|| self.coefficients[j] / se)
    }

    /// Returns the two-sided p value of coefficient `j`; none where its standard error is zero.
    #[must_use]
    pub fn p_value(&self, j: usize) -> Option<f64> {
        let t = self.statistic(j)?;
        Some(distribution::two_sided_p(self.reference, t))
    }

    /// Returns the interval of coefficient `j` at a level such as 0.95.
    #[must_use]
    pub fn interval(&self, j: usize, level: f64) -> Interval {
        distribution::interval(self.reference, self.coefficients[j], self.standard_errors[j], level)
    }

    /// Tests that the coefficients at these places are all zero: b'V⁻¹b/q against F, or χ²/q where the reference is normal.
    /// None where their covariance is singular.
    #[must_use]
    pub fn joint_test(&self, places: &[usize]) -> Option<Wald> {
        if places.len() > self.most_rank() {
            return None;
        }
        wald(&self.coefficients, &self.covariance, places, self.reference)
    }

    /// The most that the rank of the covariance can be: the scores of the clusters of one way sum to zero, so that one of
    /// them follows from the others; and every eigenvalue that was set to zero is one less.
    fn most_rank(&self) -> usize {
        let repaired = self.warnings.iter().find_map(|warning| match warning {
            Warning::EigenvaluesRepaired { count } => Some(*count),
            _ => None,
        });
        let width = self.names.len().saturating_sub(repaired.unwrap_or(0));
        match &self.clusters[..] {
            [one] if self.estimator == Covariance::Cluster => width.min(one.saturating_sub(1)),
            _ => width,
        }
    }

    /// Returns the degrees of freedom of the reference; none for the normal.
    #[must_use]
    pub fn df(&self) -> Option<f64> {
        match self.reference {
            Reference::Normal => None,
            Reference::T { df } => Some(df),
        }
    }
}

fn wald(
    coefficients: &[f64],
    covariance: &Matrix,
    places: &[usize],
    reference: Reference,
) -> Option<Wald> {
    let scale: Vec<f64> = places.iter().map(|j| covariance.get(*j, *j).sqrt()).collect();
    if places.is_empty() || !scale.iter().all(|s| *s > 0.0) {
        return None;
    }
    let unit = Matrix::from_fn(places.len(), places.len(), |i, j| {
        covariance.get(places[i], places[j]) / (scale[i] * scale[j])
    });
    let t: Vec<f64> = places.iter().zip(&scale).map(|(j, s)| coefficients[*j] / s).collect();
    let solved = unit.solve_positive(&t)?;
    let form: f64 = t.iter().zip(&solved).map(|(x, y)| x * y).sum();
    let df1 = places.len() as f64;
    let statistic = form / df1;
    let df2 = match reference {
        Reference::Normal => f64::INFINITY,
        Reference::T { df } => df,
    };
    Some(Wald { statistic, df1, df2, p: distribution::f_sf(statistic, df1, df2) })
}

/// A joint test of several coefficients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wald {
    /// The F statistic.
    pub statistic: f64,
    /// Numerator degrees of freedom.
    pub df1: f64,
    /// Denominator degrees of freedom; infinite where the reference is normal (then F is χ² over `df1`).
    pub df2: f64,
    /// The upper tail.
    pub p: f64,
}

/// What was absorbed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Absorbed {
    /// The levels of each effect that occur among the rows used.
    pub levels: Vec<usize>,
    /// Whether each effect is nested in a cluster.
    pub nested: Vec<bool>,
    /// The exact rank of all effects together (the constant among them).
    pub rank: usize,
    /// Whether `rank` is only the most that it can be.
    pub bound: bool,
    /// Rows dropped because they were alone in a level.
    pub singletons_dropped: usize,
}

/// A collinear term that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped {
    /// Its place among the terms.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The columns that it depends on (`absorbed effects` among them where it does).
    pub with: Vec<String>,
}
