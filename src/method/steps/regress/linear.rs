//! The linear model: least squares, in two stages where there are instruments, and what it yields.

use crate::diagnostic::Problem;
use crate::engine::Table;
use crate::method::steps::{Outcome, Running, plain_estimate};
use crate::results::Estimate;
use crate::stats::linear::{
    self, Covariance, Design, FirstStage, Fit, LinearError, Preset, Reference, fit, two_stage,
};
use crate::stats::math;

use super::adjusted::{Form, Spread, joint};
use super::columns;
use super::refusal::Context;
use super::run::Regressing;
use super::{Constant, error_word};

impl Regressing {
    /// Fits the linear model, in two stages where there are instruments.
    pub(super) fn least_squares(
        &self,
        design: &Design<'_>,
        used: &Table,
        context: &Context<'_>,
        outcome: &mut Outcome,
    ) -> Result<Fit, Problem> {
        let (cells, running) = (context.cells, context.running);
        let refuse = |error: LinearError| self.refuse(&error, context);
        if self.instruments.is_empty() {
            return fit(design).map_err(refuse);
        }
        let place = |name: &String| cells.iter().position(|cell| cell.name == *name);
        let endogenous: Vec<usize> =
            self.instruments.iter().filter_map(|(name, _)| place(&name.value)).collect();
        let mut filled = Vec::new();
        for (index, (_, terms)) in self.instruments.iter().enumerate() {
            let name = format!("instrument {index}");
            filled.push(columns::fill_all(used, &name, terms, context.counted)?);
        }
        let present = self.constant == Constant::Present;
        let mut instruments: Vec<linear::Term<'_>> = Vec::new();
        for ((_, terms), filled) in self.instruments.iter().zip(&filled) {
            for cell in columns::cells(terms, &self.terms, filled, present, &mut Vec::new())? {
                let term = filled.get(cell.term).map(|filled| cell.term(filled));
                // Two terms may share an instrument: it enters once.
                let new = |term: &linear::Term<'_>| {
                    !instruments.iter().any(|known| known.name == term.name)
                };
                instruments.extend(term.filter(new));
            }
        }
        let found = two_stage(design, &endogenous, &instruments).map_err(refuse)?;
        for stage in &found.first_stages {
            note_lost(stage, &instruments, outcome);
            let about = format!("first stage of {}", stage.name);
            if stage.fit.warnings.contains(&linear::Warning::PerfectFit) {
                outcome.note(&about, "no F: its instruments give the term up to rounding");
                outcome.warnings.push(format!(
                    "the instruments of `{}` give it up to rounding: it instruments itself",
                    stage.name
                ));
                continue;
            }
            let Some(test) = &stage.f else {
                outcome.note(&about, "no F: the covariance of the instruments is singular");
                continue;
            };
            let address = format!("{}/first_stage_f{{term={}}}", running.id, stage.name);
            let mut estimate = plain_estimate(running.id, address, test.statistic);
            (estimate.p, estimate.n) = (Some(test.p), Some(stage.fit.n as f64));
            estimate.df = stage.fit.df();
            outcome.note(
                &about,
                format!(
                    "F of {} excluded instruments, {} errors",
                    test.df1,
                    error_word(self.errors)
                ),
            );
            outcome.estimates.push(estimate);
            if test.statistic < 10.0 {
                let name = &stage.name;
                outcome
                    .warnings
                    .push(format!("weak instruments: the first stage of `{name}` has F below 10"));
            }
        }
        outcome.note("method", "two-stage least squares");
        Ok(found.fit)
    }

    /// Fits the linear model with a random effect.
    pub(super) fn random_effects(
        &self,
        design: &Design<'_>,
        used: &Table,
        context: &Context<'_>,
        outcome: &mut Outcome,
    ) -> Result<Fit, Problem> {
        let groups =
            used.column("random").map_or(Vec::new(), |one| columns::cross(&[one]).into_owned());
        let found = linear::random_effects(design, &groups)
            .map_err(|error| self.refuse(&error, context))?;
        let number = crate::digest::canonical_number;
        let id = context.running.id;
        for (name, variance) in
            [("sigma_u", found.effect_variance), ("sigma_e", found.residual_variance)]
        {
            let address = format!("{id}/{name}");
            outcome.estimates.push(plain_estimate(id, address, math::sqrt(variance)));
        }
        outcome.note("method", "random effects (Swamy & Arora)");
        outcome.note("groups", found.groups);
        let [low, high] = found.theta;
        let theta = if low == high {
            number(low).to_string()
        } else {
            format!("{} to {}", number(low), number(high))
        };
        outcome.note("theta", theta);
        if low != high {
            outcome
                .note("unequal groups", "by the harmonic mean of their sizes, as in Stata's xtreg");
        }
        if found.effect_variance == 0.0 {
            outcome.warnings.push(
                "the variance between groups leaves none for the random effect: this is pooled least squares"
                    .to_owned(),
            );
        }
        Ok(found.fit)
    }

    pub(super) fn yields(
        &self,
        fitted: &Fit,
        rates: Vec<Form>,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) {
        let clusters = fitted.clusters.iter().min().map(|count| *count as u64);
        let mut forms = Vec::new();
        for (place, name) in fitted.names.iter().enumerate() {
            let value = fitted.coefficients.get(place).copied().unwrap_or_default();
            let address = format!("{}/{name}", running.id);
            forms.push(Form::coefficient(address.clone(), place, value, fitted.names.len()));
            let mut estimate = plain_estimate(running.id, address, value);
            self.uncertain(&mut estimate, fitted, place);
            estimate.clusters = clusters;
            outcome.estimates.push(estimate);
        }
        let spread = Spread::of(fitted);
        for form in &rates {
            let mut estimate = form.estimate(running.id, &spread, fitted.reference, self.level);
            outcome.warnings.extend(without_error(&estimate));
            estimate.n = Some(fitted.n as f64);
            estimate.clusters = clusters;
            outcome.estimates.push(estimate);
        }
        forms.extend(rates);
        Self::summaries(fitted, running, outcome);
        outcome.rows_out = Some(fitted.rows as u64);
        outcome.joint = joint(&forms, running.wanted, &spread);
        self.note(fitted, outcome);
    }

    /// R², degrees of freedom, the joint test, counts.
    fn summaries(fitted: &Fit, running: &Running<'_>, outcome: &mut Outcome) {
        let clusters = fitted.clusters.iter().min().map(|count| *count as f64);
        let named_f = fitted.names.iter().any(|name| name == "f");
        let test = fitted.f.filter(|_| !named_f);
        let values = [
            ("r2", Some(fitted.r2)),
            ("adjusted_r2", Some(fitted.adjusted_r2)),
            ("within_r2", fitted.within_r2),
            ("f", test.map(|test| test.statistic)),
            ("df_residual", Some(fitted.df_residual as f64)),
            ("n", Some(fitted.n as f64)),
            ("clusters", clusters),
        ];
        for (name, value) in values {
            let Some(value) = value else { continue };
            let address = format!("{}/{name}", running.id);
            let mut estimate = plain_estimate(running.id, address, value);
            estimate.n = Some(fitted.n as f64);
            if name == "f" {
                estimate.p = test.map(|test| test.p);
                estimate.df = fitted.df();
            }
            outcome.estimates.push(estimate);
        }
    }

    fn uncertain(&self, estimate: &mut Estimate, fitted: &Fit, place: usize) {
        let interval = fitted.interval(place, self.level);
        estimate.se = fitted.standard_errors.get(place).copied();
        estimate.ci = Some([interval.low, interval.high]);
        estimate.level = Some(self.level);
        estimate.p = fitted.p_value(place);
        estimate.df = fitted.df();
        estimate.reference = Some(reference_word(fitted.reference).into());
        estimate.interval = Some("wald".into());
        estimate.n = Some(fitted.n as f64);
    }

    fn note(&self, fitted: &Fit, outcome: &mut Outcome) {
        self.note_choices(outcome);
        let number = crate::digest::canonical_number;
        let reference = match fitted.df() {
            None => "normal".to_owned(),
            Some(df) => format!("t with {} degrees of freedom", number(df)),
        };
        outcome.note("reference", reference);
        outcome.note("df", fitted.df().map_or_else(|| "none".to_owned(), |df| df.to_string()));
        outcome.note("residual df", fitted.df_residual);
        outcome.note("coefficients counted", fitted.k);
        let alike = fitted.clusters.len() < 2 || self.preset != Preset::Conventional;
        let own = if alike {
            ""
        } else {
            " for the first way; each way and each crossing has a G/(G−1) of its own"
        };
        outcome.note("correction", format!("{}{own}", number(fitted.correction)));
        if self.errors == Covariance::Iid {
            outcome.note(
                "residual variance",
                "residual sum of squares over n less the coefficients counted",
            );
        }
        self.note_counts(&fitted.clusters, &fitted.absorbed, &fitted.dropped, outcome);
        if let Some(test) = &fitted.f {
            let text = format!(
                "{} on {} and {}, p = {}",
                number(test.statistic),
                test.df1,
                test.df2,
                number(test.p)
            );
            outcome.note("F", text);
        } else if fitted.names.len() > usize::from(self.constant == Constant::Present) {
            let repaired = |warning: &linear::Warning| {
                matches!(warning, linear::Warning::EigenvaluesRepaired { .. })
            };
            let why = if fitted.warnings.iter().any(repaired) {
                "as after negative eigenvalues were set to zero"
            } else {
                "as with fewer clusters than terms"
            };
            outcome.note("F", format_args!("none: the covariance of the terms is singular, {why}"));
        }
        if !self.adjusted.is_empty() {
            let how = "coefficients and the one constant that makes their mean, weighted by rows, the outcome's; of \
                       terms in interactions mean predictions; errors by the delta method";
            outcome.note("adjusted rates", how);
        }
        outcome.warnings.extend(fitted.warnings.iter().map(ToString::to_string));
    }
}

/// Says that an estimate has no standard error.
pub(super) fn without_error(estimate: &Estimate) -> Option<String> {
    let why = "the covariance gives it a negative variance";
    estimate.se.is_none().then(|| format!("no standard error of `{}`: {why}", estimate.id))
}

/// Names the instruments that a first stage left out as collinear.
fn note_lost(stage: &FirstStage, instruments: &[linear::Term<'_>], outcome: &mut Outcome) {
    let is_one = |name: &String| instruments.iter().any(|term| term.name == *name);
    for lost in stage.fit.dropped.iter().filter(|lost| is_one(&lost.name)) {
        let why = match lost.with.as_slice() {
            [one] if *one == lost.name => "it is a term, too".to_owned(),
            with => format!("it follows from {}", with.join(", ")),
        };
        let warning = format!("the instrument `{}` was dropped: {why}", lost.name);
        if !outcome.warnings.contains(&warning) {
            outcome.note("dropped instruments", &lost.name);
            outcome.warnings.push(warning);
        }
    }
}

/// The word of results for what intervals refer to.
pub(super) fn reference_word(reference: Reference) -> &'static str {
    if reference == Reference::Normal { "normal" } else { "t" }
}
