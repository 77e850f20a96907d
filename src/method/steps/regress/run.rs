//! Runs a `regress`: rows into a design, a fit into estimates and the convention behind them.

use std::borrow::Cow;

use crate::diagnostic::{Problem, Spanned};
use crate::engine::{Column, Table};
use crate::method::fragment::Fragment;
use crate::method::steps::derive::culprit;
use crate::method::steps::{Outcome, Running, Step};
use crate::method::text::quote;
use crate::stats::generalised::{Family, GeneralisedError, fit_generalised};
use crate::stats::linear::{Covariance, Design, LinearError, Preset, Singletons, Weights};

use super::Meaning;

use super::columns::{self, Cell, Filled};
use super::generalised;
use super::terms::Term;

/// A checked `regress`.
pub(super) struct Regressing {
    pub(super) from: String,
    pub(super) family: Option<Spanned<Family>>,
    pub(super) outcome: Fragment,
    pub(super) terms: Vec<Term>,
    /// The instruments of each instrumented term.
    pub(super) instruments: Vec<(String, Vec<Fragment>)>,
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
        let instruments = self.instruments.iter().flat_map(|(_, list)| list);
        let instruments = instruments.map(|instrument| ("instrument", instrument));
        let outcome = std::iter::once(("outcome", &self.outcome));
        outcome.chain(parts).chain(instruments).chain(weights).collect()
    }

    fn sql(&self) -> String {
        let mut list = vec![format!("({}) AS \"outcome\"", self.outcome.text)];
        for (index, term) in self.terms.iter().enumerate() {
            for (place, part) in term.parts.iter().enumerate() {
                list.push(format!("({}) AS \"term {index} {place}\"", part.column().text));
            }
        }
        for (index, (_, instruments)) in self.instruments.iter().enumerate() {
            for (place, instrument) in instruments.iter().enumerate() {
                list.push(format!("({}) AS \"instrument {index} {place}\"", instrument.text));
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
            "instrument" => first
                .and_then(|at| self.instruments.get(at))
                .and_then(|(_, list)| list.get(second?))
                .map(|instrument| instrument.text.clone()),
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
            design.clusters.extend(column.map(|one| columns::cross(&[one])));
        }
        if let Some(family) = &self.family {
            let fitted = fit_generalised(&design, family.value)
                .map_err(|error| self.refuse_model(&error, family, &cells, running))?;
            self.note_choices(outcome);
            generalised::yields(&fitted, self.level, running, outcome);
            return Ok(());
        }
        let fitted = self.least_squares(&design, used, &cells, running, outcome)?;
        let rates = self.rates(&filled, &bases, &fitted, running.id);
        self.yields(&fitted, &rates, running, outcome);
        Ok(())
    }

    fn weigh(&self, used: &Table) -> Result<Weights<'static>, Problem> {
        let Some((written, meaning)) = &self.weights else { return Ok(Weights::None) };
        let weights = columns::numbers(used.column("weight"), written)?;
        Ok(match meaning {
            Meaning::Frequency => Weights::Frequency(Cow::Owned(weights)),
            Meaning::Analytic => Weights::Analytic(Cow::Owned(weights)),
        })
    }

    fn effects<'a>(&self, used: &'a Table) -> Vec<Cow<'a, [u32]>> {
        let column = |index: usize, place: usize| used.column(&format!("effect {index} {place}"));
        let effects = self.absorb.iter().enumerate();
        effects
            .map(|(index, names)| {
                let crossed: Vec<&Column> =
                    (0..names.len()).filter_map(|place| column(index, place)).collect();
                columns::cross(&crossed)
            })
            .collect()
    }

    /// Says at the right place why there is no fit.
    pub(super) fn refuse(
        &self,
        error: &LinearError,
        cells: &[Cell],
        running: &Running<'_>,
    ) -> Problem {
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

    /// What the method chose, or left to the default.
    pub(super) fn note_choices(&self, outcome: &mut Outcome) {
        outcome.note("errors", super::error_word(self.errors));
        let stated = if self.preset_stated { "" } else { " (the default, not stated)" };
        outcome.note("preset", format!("{}{stated}", self.preset.name()));
        let weights = match &self.weights {
            None => "none".to_owned(),
            Some((written, Meaning::Frequency)) => format!("frequency: {}", written.text),
            Some((written, Meaning::Analytic)) => format!("analytic: {}", written.text),
        };
        outcome.note("weights", weights);
    }

    /// Says why a model other than the linear one has no fit.
    fn refuse_model(
        &self,
        error: &GeneralisedError,
        family: &Spanned<Family>,
        cells: &[Cell],
        running: &Running<'_>,
    ) -> Problem {
        let place = match error {
            GeneralisedError::Design(error) => return self.refuse(error, cells, running),
            GeneralisedError::Outcome { .. } => self.outcome.span(),
            _ => family.span.clone(),
        };
        Problem::error(format!("`{}` cannot be fitted: {error}", running.id)).at(&place)
    }
}
