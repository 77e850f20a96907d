//! Adjusted rates: what the outcome's mean would be if every row had one level of a factor.
//!
//! *Formula*: adjₖ = ȳ + βₖ − Σⱼ pⱼβⱼ, with pⱼ the (weighted) share of level j and the base's β zero:
//! the coefficients plus one constant, chosen so that the weighted mean of the rates is ȳ.
//! Var(adjₖ) = Var(ȳ) + d'Vd + 2d'Cov(ȳ, β), d = eₖ − p, the shares taken as fixed.
//! *Source*: predictive margins, Graubard & Korn 1999; for a linear model they are this shift.

use crate::method::steps::{Joint, plain_estimate};
use crate::results::Estimate;
use crate::stats::distribution;
use crate::stats::linear::Fit;
use crate::stats::math;

/// An estimate of a regression as a linear form in the outcome's mean and the coefficients.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) address: String,
    /// The weight of the outcome's mean.
    mean: f64,
    /// The weight of each coefficient.
    weights: Vec<f64>,
}

impl Form {
    /// One coefficient.
    pub(super) fn coefficient(address: String, place: usize, count: usize) -> Self {
        let mut weights = vec![0.0; count];
        if let Some(slot) = weights.get_mut(place) {
            *slot = 1.0;
        }
        Self { address, mean: 0.0, weights }
    }

    /// The rates of a factor: one form for each level that the fit knows.
    pub(super) fn rates(
        step: &str,
        column: &str,
        levels: &[String],
        base: &str,
        fitted: &Fit,
    ) -> Vec<Self> {
        let place = |level: &String| fitted.index(&format!("{column}={level}"));
        let mut shift = vec![0.0; fitted.names.len()];
        for at in levels.iter().filter_map(place) {
            if let (Some(slot), Some(share)) = (shift.get_mut(at), fitted.term_means.get(at)) {
                *slot = -share;
            }
        }
        let known = levels.iter().filter(|level| *level == base || place(level).is_some());
        known
            .map(|level| {
                let mut weights = shift.clone();
                if let Some(slot) = place(level).and_then(|at| weights.get_mut(at)) {
                    *slot += 1.0;
                }
                Self { address: format!("{step}/adjusted{{{column}={level}}}"), mean: 1.0, weights }
            })
            .collect()
    }

    fn value(&self, fitted: &Fit) -> f64 {
        let pairs = self.weights.iter().zip(&fitted.coefficients);
        self.mean * fitted.outcome_mean + pairs.map(|(weight, beta)| weight * beta).sum::<f64>()
    }

    fn covariance(&self, other: &Self, fitted: &Fit) -> f64 {
        let with_mean = |form: &Self| -> f64 {
            let pairs = form.weights.iter().zip(&fitted.outcome_mean_covariance);
            pairs.map(|(weight, covariance)| weight * covariance).sum()
        };
        self.mean * other.mean * fitted.outcome_mean_variance
            + fitted.covariance.form(&self.weights, &other.weights)
            + self.mean * with_mean(other)
            + other.mean * with_mean(self)
    }

    /// The estimate itself.
    pub(super) fn estimate(&self, step: &str, fitted: &Fit, level: f64) -> Estimate {
        let mut estimate = plain_estimate(step, self.address.clone(), self.value(fitted));
        let variance = self.covariance(self, fitted);
        if variance >= 0.0 {
            let se = math::sqrt(variance);
            let ends = distribution::interval(fitted.reference, estimate.value, se, level);
            estimate.se = Some(se);
            estimate.ci = Some([ends.low, ends.high]);
            estimate.level = Some(level);
            estimate.df = fitted.df();
            estimate.interval = Some("delta".to_owned());
        }
        estimate.n = Some(fitted.n as f64);
        estimate
    }
}

/// The covariance of the forms that later contrasts need.
pub(super) fn joint(forms: &[Form], wanted: &[String], fitted: &Fit) -> Joint {
    let known: Vec<&Form> = forms.iter().filter(|form| wanted.contains(&form.address)).collect();
    let mut matrix = Vec::with_capacity(known.len() * known.len());
    for row in &known {
        matrix.extend(known.iter().map(|column| row.covariance(column, fitted)));
    }
    Joint { addresses: known.iter().map(|form| form.address.clone()).collect(), matrix }
}
