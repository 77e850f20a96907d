//! What a logit, probit or Poisson model yields: coefficients on the scale of the linear predictor.

use crate::diagnostic::{Problem, Spanned};
use crate::method::steps::{Outcome, Running, plain_estimate};
use crate::results::Estimate;
use crate::stats::generalised::{
    Family, GeneralisedFit, fit_conditional, fit_generalised, fit_with_effects,
};
use crate::stats::linear::{Covariance, Design, Weights};

use super::Effects;
use super::adjusted::{Adjusting, Form, Spread, joint};
use super::linear::without_error;
use super::refusal::Context;
use super::run::Regressing;

/// The names that estimates of every such model have.
pub(super) const NAMES: [&str; 3] = ["pseudo_r2", "log_likelihood", "deviance"];

/// Rows a level below which absorbed effects of a logit or probit bias its coefficients too much to go unsaid.
const MANY_ROWS: f64 = 50.0;

impl Regressing {
    /// Fits a model other than the linear one, and adds what it yields.
    pub(super) fn likelihood(
        &self,
        design: &Design<'_>,
        family: &Spanned<Family>,
        adjusting: &Adjusting<'_>,
        context: &Context<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let fitted = match self.effects {
            None => fit_generalised(design, family.value),
            Some(Effects::Conditional) => fit_conditional(design),
            Some(Effects::Dummies) => fit_with_effects(design, family.value),
        }
        .map_err(|error| self.refuse_model(&error, family, context))?;
        self.note_choices(outcome);
        if self.errors == Covariance::Iid && matches!(design.weights, Weights::Analytic(_)) {
            outcome.warnings.push(
                "analytic weights multiply the rows' log likelihoods: independent errors depend on the weights' size \
                 (weights 4 times as large halve them), robust and clustered ones do not"
                    .to_owned(),
            );
        }
        let step = context.running.id;
        let mut rates = Vec::new();
        if design.absorb.is_empty() || self.adjusted.is_empty() {
            for name in &self.adjusted {
                rates.extend(adjusting.generalised(step, name, design, &fitted)?);
            }
            let spread = Spread::generalised(&fitted);
            self.yield_model(&fitted, rates, &spread, context.running, outcome);
            return Ok(());
        }
        let (rates, covariance) = adjusting
            .with_effects(step, &self.adjusted, design, &fitted)?
            .map_err(|error| self.refuse_model(&error, family, context))?;
        let note = "predicted with each row's estimated fixed effects, whose errors are counted";
        outcome.note("adjusted rates", note);
        self.yield_model(&fitted, rates, &Spread::wide(&covariance), context.running, outcome);
        Ok(())
    }

    fn yield_model(
        &self,
        fitted: &GeneralisedFit,
        rates: Vec<Form>,
        spread: &Spread<'_>,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) {
        let clusters = fitted.clusters.iter().min().map(|count| *count as u64);
        let mut forms = Vec::new();
        for (place, name) in fitted.names.iter().enumerate() {
            let value = fitted.coefficients.get(place).copied().unwrap_or_default();
            let address = format!("{}/{name}", running.id);
            forms.push(Form::coefficient(address.clone(), place, value, spread.width()));
            let interval = fitted.interval(place, self.level);
            outcome.estimates.push(Estimate {
                se: fitted.standard_errors.get(place).copied(),
                ci: Some([interval.low, interval.high]),
                level: Some(self.level),
                p: fitted.p_value(place),
                reference: Some("normal".into()),
                interval: Some("wald".into()),
                n: Some(fitted.n as f64),
                clusters,
                ..plain_estimate(running.id, address, value)
            });
        }
        for form in &rates {
            let mut estimate = form.estimate(running.id, spread, fitted.reference, self.level);
            outcome.warnings.extend(without_error(&estimate));
            (estimate.n, estimate.clusters) = (Some(fitted.n as f64), clusters);
            outcome.estimates.push(estimate);
        }
        forms.extend(rates);
        let values = [fitted.pseudo_r2, fitted.log_likelihood, fitted.deviance, fitted.n as f64];
        let named = NAMES.into_iter().chain(["n"]).zip(values);
        for (name, value) in named.chain(clusters.map(|count| ("clusters", count as f64))) {
            let address = format!("{}/{name}", running.id);
            let mut estimate = plain_estimate(running.id, address, value);
            estimate.n = Some(fitted.n as f64);
            outcome.estimates.push(estimate);
        }
        outcome.rows_out = Some(fitted.rows as u64);
        outcome.joint = joint(&forms, running.wanted, spread);
        self.note_model(fitted, outcome);
    }

    fn note_model(&self, fitted: &GeneralisedFit, outcome: &mut Outcome) {
        let number = crate::digest::canonical_number;
        outcome.note("model", fitted.family.name());
        let method = if fitted.conditional {
            "conditional maximum likelihood (Chamberlain 1980)"
        } else {
            "maximum likelihood"
        };
        outcome.note("method", method);
        if fitted.family == Family::Probit {
            // The two differ where the link is not the family's own.
            outcome.note("information", "expected, as by IRLS (Stata's probit takes the observed)");
        }
        let beside = if fitted.conditional { "no terms" } else { "a constant alone" };
        outcome.note("pseudo r2", format_args!("McFadden's, beside {beside}"));
        outcome.note("reference", "normal");
        outcome.note("coefficients counted", fitted.k);
        outcome.note("correction", number(fitted.correction));
        outcome.note("iterations", fitted.iterations);
        if !self.adjusted.is_empty() {
            let how = "mean predictions over the rows, each at the level in turn; errors by the delta method";
            outcome.note("adjusted rates", how);
        }
        self.note_counts(&fitted.clusters, &fitted.absorbed, &fitted.dropped, outcome);
        if fitted.separated_rows > 0 {
            let which = if fitted.family == Family::Poisson { "zero" } else { "all 0 or all 1" };
            outcome.note("rows of levels without variation", fitted.separated_rows);
            outcome.warnings.push(format!(
                "{} rows were left out: the outcomes of their fixed effect's level are {which}",
                fitted.separated_rows
            ));
        }
        if fitted.extreme_rows > 0 {
            let what = if fitted.family == Family::Poisson {
                "a fitted rate of 0"
            } else {
                "a fitted probability of 0 or 1"
            };
            outcome.warnings.push(format!(
                "rows with {what} up to rounding: {}. No combination of terms predicts outcomes perfectly, but look at rows \
                 far off and at what the coefficients owe to them",
                fitted.extreme_rows
            ));
        }
        if self.effects == Some(Effects::Dummies) {
            let levels = fitted.absorbed.levels.iter().max().copied().unwrap_or(1) as f64;
            let rows = fitted.rows as f64 / levels;
            let bias =
                if rows < MANY_ROWS { "are biased away from zero" } else { "have a small bias" };
            outcome.warnings.push(format!(
                "fixed effects as parameters (incidental parameters): with {rows:.1} rows a level on average the \
                 coefficients {bias}, and so are odds ratios and rates"
            ));
        }
        outcome.warnings.extend(fitted.warnings.iter().map(ToString::to_string));
    }
}
