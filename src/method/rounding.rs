//! What the rounding of printed cells allows an estimate to be.
//!
//! A printed cell stands for every number that prints the same: its value give or take half a unit
//! of its last digit. The method is run again with one cell moved at a time, which gives the
//! direction in which each estimate follows each cell; then with all cells moved at once, each in
//! its direction and against it. Estimates that agree about the directions share a rerun. Exact where
//! an estimate is monotone in each cell. An int that is printed in full cannot move.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::{Column, Engine, Table, Values};
use crate::event::{Event, Observer};
use crate::results::Warning;

use super::plan::Plan;
use super::run::{Binding, run_step};
use super::steps::Outcome;
use super::text;

/// What the run gave with the cells as printed.
pub(super) struct Base {
    pub(super) tables: BTreeMap<String, Arc<Table>>,
    pub(super) outcomes: BTreeMap<String, Arc<Outcome>>,
}

/// The intervals by address, and what a reader should know of them.
#[derive(Default)]
pub(super) struct Rounded {
    pub(super) intervals: BTreeMap<String, [f64; 2]>,
    pub(super) warnings: Vec<Warning>,
}

/// The most reruns for one run of a study.
const MOST_RERUNS: usize = 2_000;

/// A printed cell that can move.
struct Cell<'a> {
    input: &'a str,
    column: &'a str,
    row: usize,
    half_unit: f64,
}

/// Which way some cells move: by index.
type Moves = BTreeMap<usize, bool>;

/// Computes the interval of every estimate that depends on an input with printed cells.
pub(super) fn intervals(
    plan: &Plan,
    inputs: &BTreeMap<String, Binding>,
    base: &Base,
    engine: &Engine,
    observer: &dyn Observer,
) -> Rounded {
    let cells = cells(inputs, base);
    let mut rounded = Rounded::default();
    let printed: BTreeSet<String> = printed_inputs(inputs);
    let below = downstream(plan, &printed);
    for estimate in
        below.iter().filter_map(|step| base.outcomes.get(step)).flat_map(|one| &one.estimates)
    {
        rounded.intervals.insert(estimate.id.clone(), [estimate.value; 2]);
    }
    if cells.is_empty() || rounded.intervals.is_empty() {
        return rounded;
    }
    if cells.len() > MOST_RERUNS / 2 {
        rounded.intervals.clear();
        rounded.warn(format!(
            "{} printed cells are too many to rerun the method for each: no interval of rounding",
            cells.len()
        ));
        return rounded;
    }
    let task = "rounding of printed cells";
    observer.event(Event::Started { task, total: Some(cells.len() as u64) });
    let mut again =
        Again { plan, base, engine, cells: &cells, dirty: BTreeSet::new(), failures: 0 };
    let mut directions: BTreeMap<String, Moves> = BTreeMap::new();
    for index in 0..cells.len() {
        for (address, value) in again.moved(&Moves::from([(index, true)])) {
            rounded.widen(&address, value);
            let as_printed = base.value(&address);
            if as_printed.is_some_and(|printed| printed != value) {
                let up = as_printed.is_some_and(|printed| value > printed);
                directions.entry(address).or_default().insert(index, up);
            }
        }
        observer.event(Event::Advanced { task, done: index as u64 + 1 });
    }
    corners(&mut again, &directions, MOST_RERUNS - cells.len(), &mut rounded);
    again.restore();
    if again.failures > 0 {
        rounded.warn(format!(
            "{} reruns with moved cells failed: some intervals of rounding may be too narrow",
            again.failures
        ));
    }
    observer.event(Event::Finished { task });
    rounded
}

impl Rounded {
    fn widen(&mut self, address: &str, value: f64) {
        if let Some([low, high]) = self.intervals.get_mut(address) {
            *low = low.min(value);
            *high = high.max(value);
        }
    }

    fn warn(&mut self, message: String) {
        self.warnings.push(Warning { step: "rounding".to_owned(), message });
    }
}

impl Base {
    fn value(&self, address: &str) -> Option<f64> {
        let mut estimates = self.outcomes.values().flat_map(|outcome| &outcome.estimates);
        estimates.find(|estimate| estimate.id == address).map(|estimate| estimate.value)
    }
}

/// Reruns with all cells of an estimate moved at once, each way.
fn corners(
    again: &mut Again<'_>,
    directions: &BTreeMap<String, Moves>,
    budget: usize,
    rounded: &mut Rounded,
) {
    let mut shared: Vec<Moves> = Vec::new();
    for moves in directions.values() {
        let against: Moves = moves.iter().map(|(cell, up)| (*cell, !up)).collect();
        for wanted in [moves.clone(), against] {
            let fits = |known: &&mut Moves| {
                wanted.iter().all(|(cell, up)| known.get(cell).is_none_or(|other| other == up))
            };
            match shared.iter_mut().find(fits) {
                Some(known) => known.extend(wanted),
                None => shared.push(wanted),
            }
        }
    }
    if shared.len() > budget {
        rounded.warn(format!(
            "{} reruns of {} were left out: some intervals of rounding may be too narrow",
            shared.len() - budget,
            shared.len()
        ));
    }
    for moves in shared.iter().take(budget) {
        for (address, value) in again.moved(moves) {
            rounded.widen(&address, value);
        }
    }
}

fn printed_inputs(inputs: &BTreeMap<String, Binding>) -> BTreeSet<String> {
    let printed =
        |binding: &Binding| matches!(binding, Binding::Table(loaded) if !loaded.printed.is_empty());
    inputs.iter().filter(|(_, binding)| printed(binding)).map(|(name, _)| name.clone()).collect()
}

fn downstream(plan: &Plan, inputs: &BTreeSet<String>) -> Vec<String> {
    let mut reached = inputs.clone();
    let mut steps = Vec::new();
    for step in &plan.steps {
        if step.reads.iter().any(|name| reached.contains(name)) {
            reached.insert(step.id.clone());
            steps.push(step.id.clone());
        }
    }
    steps
}

fn cells<'a>(inputs: &'a BTreeMap<String, Binding>, base: &Base) -> Vec<Cell<'a>> {
    let mut cells = Vec::new();
    for (input, binding) in inputs {
        let (Binding::Table(loaded), Some(table)) = (binding, base.tables.get(input)) else {
            continue;
        };
        for printed in &loaded.printed {
            let Some(column) = table.column(&printed.column) else { continue };
            let whole = matches!(column.values, Values::Int(_));
            for (row, half_unit) in printed.half_units.iter().enumerate() {
                let half_unit = match half_unit {
                    Some(half_unit) if whole => half_unit.floor(),
                    Some(half_unit) => *half_unit,
                    None => continue,
                };
                if half_unit > 0.0 && column.is_valid(row) {
                    cells.push(Cell { input, column: &printed.column, row, half_unit });
                }
            }
        }
    }
    cells
}

/// Reruns of the steps that moved cells reach.
struct Again<'a> {
    plan: &'a Plan,
    base: &'a Base,
    engine: &'a Engine,
    cells: &'a [Cell<'a>],
    /// The tables that the engine holds in another state than as printed.
    dirty: BTreeSet<String>,
    failures: usize,
}

impl Again<'_> {
    /// Runs what is downstream of the moved cells; returns the values of its estimates.
    fn moved(&mut self, moves: &Moves) -> Vec<(String, f64)> {
        self.restore();
        let mut tables = self.base.tables.clone();
        let mut outcomes = self.base.outcomes.clone();
        let mut changed = BTreeSet::new();
        let mut columns: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (index, up) in moves {
            let Some(cell) = self.cells.get(*index) else { continue };
            if let Some(table) = tables.get(cell.input).and_then(|table| cell.moved(table, *up)) {
                tables.insert(cell.input.to_owned(), Arc::new(table));
                changed.insert(cell.input.to_owned());
                columns.entry(cell.input).or_default().insert(cell.column);
            }
        }
        for name in changed.clone() {
            self.put(&name, tables.get(&name));
        }
        let mut values = Vec::new();
        for step in &self.plan.steps {
            let Some(before) = self.base.outcomes.get(&step.id) else { continue };
            let moved = |name: &&String| changed.contains(*name);
            let matters = |name: &String| {
                columns.get(name.as_str()).is_none_or(|columns| mentions(before, columns))
            };
            if !step.reads.iter().filter(moved).any(matters) {
                continue;
            }
            let Ok(outcome) = run_step(self.plan, step, self.engine, &tables, &outcomes) else {
                self.failures += 1;
                break;
            };
            if same(before, &outcome) {
                continue;
            }
            changed.insert(step.id.clone());
            if let Some(table) = &outcome.table {
                self.put(&step.id, Some(table));
                tables.insert(step.id.clone(), Arc::clone(table));
            }
            values.extend(outcome.estimates.iter().map(|one| (one.id.clone(), one.value)));
            outcomes.insert(step.id.clone(), Arc::new(outcome));
        }
        values
    }

    fn put(&mut self, name: &str, table: Option<&Arc<Table>>) {
        let Some(table) = table else { return };
        self.dirty.insert(name.to_owned());
        if self.engine.register(name, Arc::clone(table)).is_err() {
            self.failures += 1;
        }
    }

    /// Gives the engine back the tables as printed.
    fn restore(&mut self) {
        for name in std::mem::take(&mut self.dirty) {
            if let Some(table) = self.base.tables.get(&name)
                && self.engine.register(&name, Arc::clone(table)).is_err()
            {
                self.failures += 1;
            }
        }
    }
}

/// Says whether a step's queries can see one of the columns of the table that it reads.
fn mentions(outcome: &Outcome, columns: &BTreeSet<&str>) -> bool {
    let sees = |query: &String| match text::tokens(query) {
        Ok(tokens) => tokens.iter().any(|token| {
            token.is("*")
                || token.name().is_some_and(|name| {
                    columns.iter().any(|column| column.eq_ignore_ascii_case(&name))
                })
        }),
        Err(_) => true,
    };
    outcome.sql.is_empty() || outcome.sql.iter().any(sees)
}

/// Says whether a rerun gave what was there before, so that nothing downstream can differ.
fn same(before: &Outcome, after: &Outcome) -> bool {
    before.estimates == after.estimates && before.table == after.table
}

impl Cell<'_> {
    fn moved(&self, table: &Table, up: bool) -> Option<Table> {
        let shift = if up { self.half_unit } else { -self.half_unit };
        let columns = table.columns().map(|(name, column)| {
            let mut column: Column = column.clone();
            if name == self.column {
                match &mut column.values {
                    Values::Float(values) => {
                        if let Some(value) = values.get_mut(self.row) {
                            *value += shift;
                        }
                    }
                    Values::Int(values) => {
                        if let Some(value) = values.get_mut(self.row) {
                            *value += shift as i64;
                        }
                    }
                    _ => {}
                }
            }
            (name.to_owned(), column)
        });
        Table::from_columns(columns.collect()).ok()
    }
}
