//! Runs a plan on tables and writes the narrow waist: `results::Run`.
//!
//! Reads tables that were verified before; registers each under its input's name in the engine. A
//! step whose input is withheld or unbound is skipped with that reason, and so is all that needs it.
//! Every problem of a run is reported, not only the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dataset::Loaded;
use crate::diagnostic::{Problem, Problems};
use crate::engine::{Column, ColumnType, Engine, Table, Values};
use crate::event::{Event, Observer};
use crate::results::{self, Basis, Code, Estimate};

use super::plan::{Plan, PlannedInput, PlannedStep};
use super::rounding;
use super::steps::{Outcome, Running, twice};

/// What a run works on.
#[derive(Debug)]
pub struct RunRequest<'a> {
    /// The run's id in `study.toml`.
    pub id: &'a str,
    /// What the evidence rests on.
    pub basis: Basis,
    /// A table for each input; an input that is not here is unbound, and its steps are skipped.
    pub inputs: BTreeMap<String, Binding>,
    /// The datasets behind the inputs.
    pub descriptions: Vec<results::Dataset>,
}

/// What an input of the method is bound to.
#[derive(Debug)]
pub enum Binding {
    /// A verified table.
    Table(Loaded),
    /// A dataset that exists, or existed, and cannot be had.
    Withheld {
        /// The dataset.
        dataset: String,
        /// `withheld` or `destroyed`.
        reason: String,
    },
}

/// Runs a plan.
///
/// # Errors
/// Problems at lines of the method: what was asked for cannot be computed from these tables.
pub fn run(
    plan: &Plan,
    request: RunRequest<'_>,
    engine: &Engine,
    observer: &dyn Observer,
) -> Result<results::Run, Problems> {
    let mut problems = Problems::default();
    let mut state = State::new(engine);
    let inputs = state.bind(plan, &request, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    state.steps(plan, observer, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let mut warnings = state.warnings;
    let mut pass = rounding::Base { tables: state.tables, outcomes: state.outcomes };
    let rounded = rounding::intervals(plan, &request.inputs, &pass, engine, observer);
    warnings.extend(rounded.warnings);
    let mut steps = Vec::new();
    let mut estimates = Vec::new();
    for step in &plan.steps {
        let Some(outcome) = pass.outcomes.remove(&step.id) else { continue };
        steps.push(describe(step, &outcome));
        let own = Arc::unwrap_or_clone(outcome).estimates.into_iter();
        estimates.extend(own.map(|estimate| Estimate {
            from_rounding: rounded.intervals.get(&estimate.id).copied(),
            ..estimate
        }));
    }
    Ok(results::Run {
        id: request.id.to_owned(),
        basis: request.basis,
        code: Code::Reimplemented,
        inputs,
        datasets: request.descriptions,
        method_sha256: Some(plan.sha256),
        steps,
        estimates,
        skipped: state.skipped,
        warnings,
        figures: plan.figures.clone(),
    })
}

fn describe(step: &PlannedStep, outcome: &Outcome) -> results::Step {
    let assumes = step.assumes.iter().chain(&outcome.assumes);
    let assumes: Vec<&str> = assumes.map(String::as_str).collect();
    results::Step {
        id: step.id.clone(),
        kind: step.kind.to_owned(),
        reads: step.reads.clone(),
        rows_in: outcome.rows_in,
        rows_out: outcome.rows_out,
        place: step.place.clone(),
        assumes: (!assumes.is_empty()).then(|| assumes.join(" ")),
        sql: outcome.sql.clone(),
        defined: format!("{}:{}", step.span.source.name, step.span.line()),
        convention: outcome.convention.clone(),
    }
}

/// What a run has so far.
struct State<'a> {
    engine: &'a Engine,
    tables: BTreeMap<String, Arc<Table>>,
    outcomes: BTreeMap<String, Arc<Outcome>>,
    /// What cannot be had, why, and what would be needed.
    missing: BTreeMap<String, (String, String)>,
    failed: BTreeSet<String>,
    skipped: Vec<results::Skipped>,
    warnings: Vec<results::Warning>,
}

impl<'a> State<'a> {
    fn new(engine: &'a Engine) -> Self {
        Self {
            engine,
            tables: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            missing: BTreeMap::new(),
            failed: BTreeSet::new(),
            skipped: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn bind(
        &mut self,
        plan: &Plan,
        request: &RunRequest<'_>,
        problems: &mut Problems,
    ) -> Vec<results::Input> {
        let mut inputs = Vec::new();
        for name in request.inputs.keys() {
            if !plan.inputs.iter().any(|input| input.id == *name) {
                let known = plan.inputs.iter().map(|input| input.id.as_str());
                let message = format!("run `{}` binds `{name}`, which is no input", request.id);
                problems.push(Problem::error(message).suggest(name, known));
            }
        }
        for input in &plan.inputs {
            match request.inputs.get(&input.id) {
                None => {
                    let reason = ("unbound".to_owned(), input.id.clone());
                    self.missing.insert(input.id.clone(), reason);
                }
                Some(Binding::Withheld { dataset, reason }) => {
                    let reason = (reason.clone(), dataset.clone());
                    self.missing.insert(input.id.clone(), reason);
                }
                Some(Binding::Table(loaded)) => match self.open(input, loaded) {
                    Ok(described) => inputs.push(described),
                    Err(problem) => problems.push(*problem),
                },
            }
        }
        inputs
    }

    fn open(
        &mut self,
        input: &PlannedInput,
        loaded: &Loaded,
    ) -> Result<results::Input, Box<Problem>> {
        let table = fit_schema(input, loaded)?;
        let rows = table.rows();
        let wrong = |message: String| Box::new(Problem::error(message).at(&input.span));
        let register = self.engine.register(&input.id, Arc::clone(&table));
        register.map_err(|error| wrong(error.to_string()))?;
        if rows != loaded.table.rows() {
            let found = loaded.table.rows();
            return Err(wrong(format!(
                "of the {found} rows of `{}` the method sees {rows}",
                input.id
            )));
        }
        self.engine.expect_rows(&input.id, rows);
        self.tables.insert(input.id.clone(), table);
        Ok(results::Input {
            input: input.id.clone(),
            dataset: loaded.dataset.clone(),
            table: loaded.table_id.clone(),
            path: loaded.path.clone(),
            bytes: loaded.bytes,
            sha256: loaded.sha256,
            rows: rows as u64,
        })
    }

    fn steps(&mut self, plan: &Plan, observer: &dyn Observer, problems: &mut Problems) {
        for step in &plan.steps {
            if let Some((reason, needs)) = step.reads.iter().find_map(|name| self.missing.get(name))
            {
                self.skipped.push(results::Skipped {
                    step: step.id.clone(),
                    reason: reason.clone(),
                    needs: needs.clone(),
                });
                self.missing.insert(step.id.clone(), (reason.clone(), needs.clone()));
                continue;
            }
            if step.reads.iter().any(|name| self.failed.contains(name)) {
                self.failed.insert(step.id.clone());
                continue;
            }
            let task = format!("step {}", step.id);
            observer.event(Event::Started { task: &task, total: None });
            let done = run_step(plan, step, self.engine, &self.tables, &self.outcomes);
            observer.event(Event::Finished { task: &task });
            match done {
                Ok(outcome) => self.take(step, outcome, problems),
                Err(problem) => {
                    problems.push(*problem);
                    self.failed.insert(step.id.clone());
                }
            }
        }
    }

    fn take(&mut self, step: &PlannedStep, outcome: Outcome, problems: &mut Problems) {
        for message in step.warnings.iter().chain(&outcome.warnings) {
            let message = message.clone();
            self.warnings.push(results::Warning { step: step.id.clone(), message });
        }
        if let Some(table) = &outcome.table {
            if let Err(error) = self.engine.register(&step.id, Arc::clone(table)) {
                problems.push(Problem::error(error.to_string()).at(&step.span));
                self.failed.insert(step.id.clone());
                return;
            }
            self.tables.insert(step.id.clone(), Arc::clone(table));
        }
        self.outcomes.insert(step.id.clone(), Arc::new(outcome));
    }
}

/// Runs one step on what is there; every number that it yields is finite, and has an address of its own.
pub(super) fn run_step(
    plan: &Plan,
    step: &PlannedStep,
    engine: &Engine,
    tables: &BTreeMap<String, Arc<Table>>,
    outcomes: &BTreeMap<String, Arc<Outcome>>,
) -> Result<Outcome, Box<Problem>> {
    let wanted = plan.wanted_of(&step.id);
    let running =
        Running { engine, id: &step.id, span: &step.span, tables, outcomes, wanted: &wanted, plan };
    let outcome = step.body.run(&running)?;
    if let Some(id) = twice(outcome.estimates.iter().map(|estimate| estimate.id.as_str())) {
        let message =
            format!("two estimates have the address `{id}`: they could not be told apart");
        let help = "rename a column, or recode a level, in a `derive` step before: one without `:`";
        return Err(Box::new(Problem::error(message).at(&step.span).help(help)));
    }
    for estimate in &outcome.estimates {
        let [low, high] = estimate.ci.map_or([None; 2], |ends| ends.map(Some));
        let parts = [
            ("the value", Some(estimate.value)),
            ("the standard error", estimate.se),
            ("the lower end of the interval", low),
            ("the upper end of the interval", high),
            ("p", estimate.p),
            ("the degrees of freedom", estimate.df),
            ("n", estimate.n),
        ];
        let broken =
            |(_, number): &&(&str, Option<f64>)| number.is_some_and(|one| !one.is_finite());
        if let Some((what, number)) = parts.iter().find(broken) {
            let why = if number.is_some_and(f64::is_nan) {
                "not defined"
            } else {
                "beyond the largest number (1.8e308)"
            };
            let message = format!("{what} of `{}` is {why}", estimate.id);
            let help = "look at the size of the numbers behind it: multiplied or divided by a power of ten they can be \
                        squared and summed";
            return Err(Box::new(Problem::error(message).at(&step.span).help(help)));
        }
    }
    Ok(outcome)
}

/// The columns that the method declares, with the types that it declares.
fn fit_schema(input: &PlannedInput, loaded: &Loaded) -> Result<Arc<Table>, Box<Problem>> {
    if loaded.table.schema() == input.schema {
        return Ok(Arc::clone(&loaded.table));
    }
    let mut columns = Vec::new();
    for (name, kind) in &input.schema.columns {
        let wrong = |message: String| Box::new(Problem::error(message).at(&input.span));
        let table = format!("{}/{}", loaded.dataset, loaded.table_id);
        let column = loaded.table.column(name).ok_or_else(|| {
            let known: Vec<&str> = loaded.table.names().collect();
            Box::new(wrong(format!("`{table}` has no column `{name}`")).suggest(name, known))
        })?;
        let fitted = fit_type(column, *kind).ok_or_else(|| {
            let found = column.kind();
            wrong(format!("column `{name}` of `{table}` is a {found}, and the method says {kind}"))
        })?;
        columns.push((name.clone(), fitted));
    }
    let table = Table::from_columns(columns);
    table.map(Arc::new).map_err(|error| Box::new(Problem::error(error.to_string()).at(&input.span)))
}

/// An int may be read as a float; nothing else changes its type.
fn fit_type(column: &Column, kind: ColumnType) -> Option<Column> {
    if column.kind() == kind {
        return Some(column.clone());
    }
    if (column.kind(), kind) != (ColumnType::Int, ColumnType::Float) {
        return None;
    }
    let values = Values::Float(column.numbers()?.into_values());
    Some(Column::of(values, column.valid.clone()))
}
