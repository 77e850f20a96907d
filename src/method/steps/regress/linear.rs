//! The linear model: least squares, in two stages where there are instruments, and what it yields.

use crate::diagnostic::Problem;
use crate::engine::Table;
use crate::method::steps::{Outcome, Running, plain_estimate};
use crate::results::Estimate;
use crate::stats::linear::{self, Design, Fit, LinearError, Reference, Singletons, fit, two_stage};

use super::adjusted::{Form, joint};
use super::columns::{self, Cell, Filled};
use super::run::Regressing;

impl Regressing {
    /// Fits the linear model, in two stages where there are instruments.
    pub(super) fn least_squares(
        &self,
        design: &Design<'_>,
        used: &Table,
        cells: &[Cell],
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<Fit, Problem> {
        let refuse = |error: LinearError| self.refuse(&error, cells, running);
        if self.instruments.is_empty() {
            return fit(design).map_err(refuse);
        }
        let place = |name: &String| cells.iter().position(|cell| cell.name == *name);
        let endogenous: Vec<usize> =
            self.instruments.iter().filter_map(|(name, _)| place(name)).collect();
        let mut instruments: Vec<linear::Term<'_>> = Vec::new();
        for (index, (_, list)) in self.instruments.iter().enumerate() {
            for (at, written) in list.iter().enumerate() {
                let column = used.column(&format!("instrument {index} {at}"));
                let values = columns::numbers(column, written)?;
                // Two terms may share an instrument: it enters once.
                if !instruments.iter().any(|known| known.name == written.text) {
                    instruments.push(linear::Term::numbers(written.text.clone(), values));
                }
            }
        }
        let found = two_stage(design, &endogenous, &instruments).map_err(refuse)?;
        for stage in &found.first_stages {
            let Some(test) = &stage.f else { continue };
            let address = format!("{}/first_stage_f{{term={}}}", running.id, stage.name);
            let mut estimate = plain_estimate(running.id, address, test.statistic);
            (estimate.p, estimate.n) = (Some(test.p), Some(stage.fit.n as f64));
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

    /// The adjusted rates that are asked for.
    pub(super) fn rates(
        &self,
        filled: &[Vec<Filled>],
        bases: &[(String, String)],
        fitted: &Fit,
        step: &str,
    ) -> Vec<Form> {
        let mut rates = Vec::new();
        for name in &self.adjusted {
            let base =
                bases.iter().find(|(factor, _)| factor == name).map(|(_, base)| base.as_str());
            for (term, parts) in self.terms.iter().zip(filled) {
                if let ([part], [Filled::Levels { levels, .. }]) =
                    (term.parts.as_slice(), &parts[..])
                    && part.label() == *name
                {
                    let base = base.unwrap_or_default();
                    rates.extend(Form::rates(step, name, levels, base, fitted));
                }
            }
        }
        rates
    }

    pub(super) fn yields(
        &self,
        fitted: &Fit,
        rates: &[Form],
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) {
        let clusters = fitted.clusters.iter().min().map(|count| *count as u64);
        let mut forms = Vec::new();
        for (place, name) in fitted.names.iter().enumerate() {
            let value = fitted.coefficients.get(place).copied().unwrap_or_default();
            let address = format!("{}/{name}", running.id);
            forms.push(Form::coefficient(address.clone(), place, fitted.names.len()));
            let mut estimate = plain_estimate(running.id, address, value);
            self.uncertain(&mut estimate, fitted, place);
            estimate.clusters = clusters;
            outcome.estimates.push(estimate);
        }
        for form in rates {
            let mut estimate = form.estimate(running.id, fitted, self.level);
            estimate.clusters = clusters;
            estimate.reference = Some(reference_word(fitted).to_owned());
            outcome.estimates.push(estimate);
        }
        forms.extend(rates.iter().cloned());
        let mut add = |name: &str, value: f64| {
            let address = format!("{}/{name}", running.id);
            let mut estimate = plain_estimate(running.id, address, value);
            estimate.n = Some(fitted.n as f64);
            outcome.estimates.push(estimate);
        };
        add("r2", fitted.r2);
        add("adjusted_r2", fitted.adjusted_r2);
        if let Some(within) = fitted.within_r2 {
            add("within_r2", within);
        }
        add("n", fitted.n as f64);
        if let Some(count) = clusters {
            add("clusters", count as f64);
        }
        outcome.rows_out = Some(fitted.rows as u64);
        outcome.joint = joint(&forms, running.wanted, fitted);
        self.note(fitted, outcome);
    }

    fn uncertain(&self, estimate: &mut Estimate, fitted: &Fit, place: usize) {
        let interval = fitted.interval(place, self.level);
        estimate.se = fitted.standard_errors.get(place).copied();
        estimate.ci = Some([interval.low, interval.high]);
        estimate.level = Some(self.level);
        estimate.p = fitted.p_value(place);
        estimate.df = fitted.df();
        estimate.reference = Some(reference_word(fitted).to_owned());
        estimate.interval = Some("wald".to_owned());
        estimate.n = Some(fitted.n as f64);
    }

    fn note(&self, fitted: &Fit, outcome: &mut Outcome) {
        self.note_choices(outcome);
        outcome.note("df", fitted.df().map_or_else(|| "none".to_owned(), |df| df.to_string()));
        outcome.note("residual df", fitted.df_residual);
        outcome.note("coefficients counted", fitted.k);
        outcome.note("correction", crate::digest::canonical_number(fitted.correction));
        for (name, count) in self.cluster.iter().zip(&fitted.clusters) {
            outcome.note(&format!("clusters of {name}"), count);
        }
        for (names, levels) in self.absorb.iter().zip(&fitted.absorbed.levels) {
            outcome.note(&format!("absorbed {}", names.join(" × ")), levels);
        }
        if !self.absorb.is_empty() {
            let kept = if self.singletons == Singletons::Keep { "kept" } else { "dropped" };
            outcome.note("singletons", kept);
        }
        if let Some(test) = &fitted.f {
            let number = crate::digest::canonical_number;
            let text = format!(
                "{} on {} and {}, p = {}",
                number(test.statistic),
                test.df1,
                test.df2,
                number(test.p)
            );
            outcome.note("F", text);
        }
        for dropped in &fitted.dropped {
            outcome.note("dropped term", &dropped.name);
            outcome.warnings.push(format!(
                "the term `{}` was dropped: {} determine it",
                dropped.name,
                dropped.with.join(", ")
            ));
        }
        outcome.warnings.extend(fitted.warnings.iter().map(ToString::to_string));
    }
}

fn reference_word(fitted: &Fit) -> &'static str {
    if fitted.reference == Reference::Normal { "normal" } else { "t" }
}
