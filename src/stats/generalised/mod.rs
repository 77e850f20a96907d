//! Logit, probit and Poisson models by iteratively reweighted least squares.

mod balance;
mod conditional;
mod cone;
mod descent;
mod effects;
mod family;
mod groups;
mod irls;
mod margins;
mod prior;
mod separation;

pub use conditional::fit_conditional;
pub use effects::{EffectPredictions, effect_predictions};
pub use family::Family;
pub use irls::{fit_generalised, fit_with_effects};
pub use margins::{Prediction, prediction};
pub use prior::rows_that_count;

use crate::stats::distribution::{self, Interval};
use crate::stats::linear::{
    Absorbed, Covariance, Dropped, LinearError, Preset, Reference, Warning,
};
use crate::stats::math;
use crate::stats::matrix::Matrix;

/// A fitted generalised linear model.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneralisedFit {
    /// The family.
    pub family: Family,
    /// The names of the estimated coefficients: `intercept` first where there is one.
    pub names: Vec<String>,
    /// The coefficients, on the scale of the linear predictor.
    pub coefficients: Vec<f64>,
    /// Their covariance.
    pub covariance: Matrix,
    /// The square roots of its diagonal.
    pub standard_errors: Vec<f64>,
    /// How the covariance was estimated (`Iid` is the inverse of the expected information).
    pub estimator: Covariance,
    /// The small-sample convention.
    pub preset: Preset,
    /// What intervals and p values refer to: the normal.
    pub reference: Reference,
    /// The factor that the convention put on the covariance.
    pub correction: f64,
    /// Rows that entered the fit.
    pub rows: usize,
    /// Observations: rows, or the sum of frequency weights.
    pub n: u64,
    /// The exact rank of the model, absorbed effects among it.
    pub rank: u64,
    /// The number of coefficients as the convention counts them.
    pub k: u64,
    /// Twice the log likelihood's distance from a model that fits every row.
    pub deviance: f64,
    /// The log likelihood.
    pub log_likelihood: f64,
    /// McFadden's: one less the ratio of the log likelihood to that of a constant alone.
    pub pseudo_r2: f64,
    /// Iterations until the coefficients stood still.
    pub iterations: usize,
    /// The number of clusters in each way.
    pub clusters: Vec<usize>,
    /// What was absorbed.
    pub absorbed: Absorbed,
    /// Whether the likelihood is conditional on the sum of outcomes within each level of the absorbed effect.
    pub conditional: bool,
    /// Rows left out because the outcomes of their absorbed level are all zero or all one (its effect is infinite).
    pub separated_rows: usize,
    /// The collinear terms that were left out.
    pub dropped: Vec<Dropped>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Rows whose fitted mean is 0 or 1 (for Poisson: 0) up to rounding.
    pub extreme_rows: usize,
    /// The fitted mean of each row; none for rows that did not enter.
    pub fitted: Vec<Option<f64>>,
}

impl GeneralisedFit {
    /// Finds a coefficient by name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Returns the two-sided p value of coefficient `j`; none where its standard error is zero.
    #[must_use]
    pub fn p_value(&self, j: usize) -> Option<f64> {
        let se = self.standard_errors[j];
        (se > 0.0).then(|| distribution::two_sided_p(self.reference, self.coefficients[j] / se))
    }

    /// Returns the interval of coefficient `j` at a level such as 0.95.
    #[must_use]
    pub fn interval(&self, j: usize, level: f64) -> Interval {
        distribution::interval(self.reference, self.coefficients[j], self.standard_errors[j], level)
    }
}

/// The square roots of a covariance's diagonal.
fn errors(covariance: &Matrix) -> Vec<f64> {
    (0..covariance.rows()).map(|j| math::sqrt(covariance.get(j, j).max(0.0))).collect()
}

/// Why a generalised linear model cannot be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeneralisedError {
    /// The design is at fault.
    #[error(transparent)]
    Design(#[from] LinearError),
    /// An outcome that the family does not allow.
    #[error("the outcome {value} in row {row} is not {expected}")]
    Outcome {
        /// The first such row, from 0.
        row: usize,
        /// The outcome.
        value: f64,
        /// What the family asks for.
        expected: &'static str,
    },
    /// No level of the conditioning effect has both outcomes.
    #[error("no group has both outcomes: a conditional logit has nothing to compare")]
    NoVariation,
    /// A group of the conditional likelihood lies in several clusters.
    #[error(
        "the groups of a conditional logit must lie within the clusters: a group is in two or more clusters"
    )]
    Straddles,
    /// Some combination of terms predicts outcomes perfectly, so that no finite coefficient is best.
    #[error(
        "{} {rows} row{} perfectly: no finite coefficients are best (separation)",
        predicting(.terms, *.base),
        if *.rows == 1 { "" } else { "s" }
    )]
    Separation {
        /// The terms of that combination, none of which can be left out.
        terms: Vec<String>,
        /// The rows that it predicts perfectly.
        rows: usize,
        /// Whether the terms are all levels of a factor but its base, and the rows are of the base.
        base: bool,
        /// The absorbed effects of that combination, by their places; none where the terms and any one effect are enough.
        effects: Vec<usize>,
    },
    /// The iterations did not settle.
    #[error("the coefficients did not settle within {iterations} iterations")]
    NotConverged {
        /// The iterations done.
        iterations: usize,
    },
    /// Absorbed effects where the theory gives no consistent estimate.
    #[error(
        "a {family} model with absorbed effects as parameters is not consistent (incidental parameters)"
    )]
    Absorb {
        /// The family's name.
        family: &'static str,
    },
}

fn predicting(names: &[String], base: bool) -> String {
    let only = if base { "the base level beside " } else { "" };
    let one = base || names.len() == 1;
    format!("{only}{} {}", quoted(names), if one { "predicts" } else { "predict" })
}

fn quoted(names: &[String]) -> String {
    let all: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match all.split_last() {
        None => "the absorbed effects".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
