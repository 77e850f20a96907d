//! Runs a `regress`: rows into a design, a fit into estimates and the convention behind them.

use std::borrow::Cow;

use crate::diagnostic::Problem;
use crate::engine::{Column, Table};
use crate::method::fragment::Fragment;
use crate::method::steps::derive::culprit;
use crate::method::steps::{Outcome, Running, Step, plain_estimate};
use crate::method::text::quote;
use crate::results::Estimate;
use crate::stats::linear::{
    Covariance, Design, Fit, LinearError, Preset, Reference, Singletons, Weights, fit,
};

use super::Meaning;
use super::adjusted::{Form, joint};
use super::columns::{self, Cell, Filled};
use super::terms::Term;

/// A checked `regress`.
pub(super) struct Regressing {
    pub(super) from: String,
    pub(super) outcome: Fragment,
    pub(super) terms: Vec<Term>,
    pub(super) absorb: Vec<Vec<String>>,
    pub(super) singletons: Singletons,
    pub(super) weights: Option<(Fragment, Meaning)>,
    pub(super) errors: Covariance,
    pub(super) cluster: Vec<String>,
    pub(super) preset: Preset,
    pub(super) preset_stated: bool,
    pub(super) drop_collinear: bool,
    pub(super) adjusted: Vec<String>,
    pub(super) level: f64,
}

impl Step for Regressing {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let sql = self.sql();
        let table = running
            .engine
            .query(&sql)
            .map_err(|error| culprit(running, &self.from, &self.expressions(), &error))?;
        running.same_rows(table.rows(), rows_in)?;
        let keep = columns::complete(&table);
        let used = table.select_rows(&keep);
        let mut outcome = Outcome { sql: vec![sql], ..Outcome::default() };
        outcome.rows_in = Some(rows_in as u64);
        self.note_dropped(&table, &used, &mut outcome);
        if used.rows() == 0 {
            let message = format!("no row of `{}` has a value in every column used", self.from);
            return Err(Problem::error(message).at(&self.outcome.span()));
        }
        self.fit(&used, running, &mut outcome)?;
        Ok(outcome)
    }
}

impl Regressing {
    /// The names in the query of what the method calls otherwise, with the expressions.
    fn expressions(&self) -> Vec<(&'static str, &Fragment)> {
        let parts =
            self.terms.iter().flat_map(|term| &term.parts).map(|part| ("term", part.column()));
        let weights = self.weights.iter().map(|(weights, _)| ("weight", weights));
        std::iter::once(("outcome", &self.outcome)).chain(parts).chain(weights).collect()
    }

    fn sql(&self) -> String {
        let mut list = vec![format!("({}) AS \"outcome\"", self.outcome.text)];
        for (index, term) in self.terms.iter().enumerate() {
            for (place, part) in term.parts.iter().enumerate() {
                list.push(format!("({}) AS \"term {index} {place}\"", part.column().text));
            }
        }
        for (index, effect) in self.absorb.iter().enumerate() {
            for (place, name) in effect.iter().enumerate() {
                list.push(format!("{} AS \"effect {index} {place}\"", quote(name)));
            }
        }
        for (index, name) in self.cluster.iter().enumerate() {
            list.push(format!("{} AS \"cluster {index}\"", quote(name)));
        }
        if let Some((weights, _)) = &self.weights {
            list.push(format!("({}) AS \"weight\"", weights.text));
        }
        format!("SELECT {} FROM {}", list.join(", "), quote(&self.from))
    }

    /// What a column of the query is in the method.
    fn written(&self, column: &str) -> String {
        let number = |word: Option<&str>| word.and_then(|word| word.parse::<usize>().ok());
        let mut words = column.split(' ');
        let kind = words.next().unwrap_or_default();
        let (first, second) = (number(words.next()), number(words.next()));
        let term = first.and_then(|at| self.terms.get(at));
        let found = match kind {
            "term" => {
                term.and_then(|term| term.parts.get(second?)).map(|part| part.column().text.clone())
            }
            "effect" => first.and_then(|at| self.absorb.get(at)?.get(second?)).cloned(),
            "cluster" => first.and_then(|at| self.cluster.get(at)).cloned(),
            "weight" => self.weights.as_ref().map(|(weights, _)| weights.text.clone()),
            _ => Some(self.outcome.text.clone()),
        };
        found.unwrap_or_else(|| column.to_owned())
    }

    fn note_dropped(&self, table: &Table, used: &Table, outcome: &mut Outcome) {
        let dropped = table.rows() - used.rows();
        outcome.note("dropped rows", dropped);
        if dropped > 0 {
            let mut causes: Vec<String> = Vec::new();
            for (name, column) in table.columns().filter(|(_, column)| column.nulls() > 0) {
                let cause = format!("{} in {}", column.nulls(), self.written(name));
                if !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
            outcome.note("nulls", causes.join(", "));
            outcome.warnings.push(format!(
                "{dropped} of {} rows were dropped: they have nulls ({})",
                table.rows(),
                causes.join(", ")
            ));
        }
    }

    fn fit(
        &self,
        used: &Table,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let mut filled = Vec::new();
        for (index, term) in self.terms.iter().enumerate() {
            let parts = term.parts.iter().enumerate();
            let parts = parts.map(|(place, part)| {
                columns::fill(used.column(&format!("term {index} {place}")), part)
            });
            filled.push(parts.collect::<Result<Vec<Filled>, Problem>>()?);
        }
        let mut bases = Vec::new();
        let cells = columns::cells(&self.terms, &filled, &mut bases)?;
        for (factor, base) in &bases {
            outcome.note(&format!("base of {factor}"), base);
        }
        let values = columns::numbers(used.column("outcome"), &self.outcome)?;
        let terms =
            cells.iter().filter_map(|cell| Some(cell.term(filled.get(cell.term)?))).collect();
        let mut design = Design::new(Cow::Owned(values), terms);
        design.weights = self.weigh(used)?;
        design.absorb = self.effects(used);
        design.intercept = design.absorb.is_empty();
        design.singletons = self.singletons;
        design.covariance = self.errors;
        design.preset = self.preset;
        design.drop_collinear = self.drop_collinear;
        for index in 0..self.cluster.len() {
            let column = used.column(&format!("cluster {index}"));
            design
                .clusters
                .push(Cow::Owned(column.map_or(Vec::new(), |one| columns::cross(&[one]))));
        }
        let fitted = fit(&design).map_err(|error| self.refuse(&error, &cells, running))?;
        let rates = self.rates(&filled, &bases, &fitted, running.id);
        self.yields(&fitted, &rates, running, outcome);
        Ok(())
    }

    /// The adjusted rates that are asked for.
    fn rates(
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
                    && part.column().text == *name
                {
                    let base = base.unwrap_or_default();
                    rates.extend(Form::rates(step, name, levels, base, fitted));
                }
            }
        }
        rates
    }

    fn weigh(&self, used: &Table) -> Result<Weights<'static>, Problem> {
        let Some((written, meaning)) = &self.weights else { return Ok(Weights::None) };
        let weights = columns::numbers(used.column("weight"), written)?;
        Ok(match meaning {
            Meaning::Frequency => Weights::Frequency(Cow::Owned(weights)),
            Meaning::Analytic => Weights::Analytic(Cow::Owned(weights)),
        })
    }

    fn effects(&self, used: &Table) -> Vec<Cow<'static, [u32]>> {
        let column = |index: usize, place: usize| used.column(&format!("effect {index} {place}"));
        let effects = self.absorb.iter().enumerate();
        effects
            .map(|(index, names)| {
                let crossed: Vec<&Column> =
                    (0..names.len()).filter_map(|place| column(index, place)).collect();
                Cow::Owned(columns::cross(&crossed))
            })
            .collect()
    }

    /// Says at the right place why there is no fit.
    fn refuse(&self, error: &LinearError, cells: &[Cell], running: &Running<'_>) -> Problem {
        let term = |index: usize| cells.get(index).and_then(|cell| self.terms.get(cell.term));
        let message = format!("`{}` cannot be fitted: {error}", running.id);
        let problem = Problem::error(message);
        match error {
            LinearError::Collinear { index, .. } => {
                let place =
                    term(*index).map_or_else(|| self.outcome.span(), |one| one.written.span());
                problem.at(&place).help("leave the term out, or write `collinear = \"drop\"`")
            }
            LinearError::ConstantOutcome => problem.at(&self.outcome.span()),
            LinearError::Weight { .. } | LinearError::ZeroWeights => {
                let place = self.weights.as_ref().map(|(written, _)| written.span());
                problem.at(&place.unwrap_or_else(|| running.span.clone()))
            }
            _ => problem.at(running.span),
        }
    }

    fn yields(&self, fitted: &Fit, rates: &[Form], running: &Running<'_>, outcome: &mut Outcome) {
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
        outcome.note("errors", super::error_word(self.errors));
        let stated = if self.preset_stated { "" } else { " (the default, not stated)" };
        outcome.note("preset", format!("{}{stated}", self.preset.name()));
        outcome.note("df", fitted.df().map_or_else(|| "none".to_owned(), |df| df.to_string()));
        outcome.note("residual df", fitted.df_residual);
        outcome.note("coefficients counted", fitted.k);
        outcome.note("correction", crate::digest::canonical_number(fitted.correction));
        let weights = match &self.weights {
            None => "none".to_owned(),
            Some((written, Meaning::Frequency)) => format!("frequency: {}", written.text),
            Some((written, Meaning::Analytic)) => format!("analytic: {}", written.text),
        };
        outcome.note("weights", weights);
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
