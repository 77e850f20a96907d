//! Methods and tables for the tests, and a run of one on the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secondlook::dataset::{Loaded, Printed};
use secondlook::diagnostic::{Problems, Source};
use secondlook::digest::Sha256;
use secondlook::engine::{Column, ColumnType, Engine, Schema, Table, Values};
use secondlook::event::Silent;
use secondlook::method::{self, Binding, Plan, RunRequest};
use secondlook::results::{Basis, Run};

/// The folder of the shared data, or nothing where it is not on this machine.
pub(super) fn shared(file: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests find the shared data by an environment variable"
    )]
    let folder = std::env::var_os("SECONDLOOK_DATA");
    let path = folder.map(|folder| PathBuf::from(folder).join(file)).filter(|path| path.exists());
    if path.is_none() {
        skipped(file);
    }
    path
}

#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
fn skipped(file: &str) {
    println!("skipped: {file} is not on this machine (SECONDLOOK_DATA)");
}

/// Reads and checks a method on a fresh engine.
pub(super) fn plan_of(text: &str) -> (Option<Plan>, Problems) {
    let source = Source::new("method.toml", text);
    let (method, mut problems) = method::read(&source);
    let Some(method) = method else { return (None, problems) };
    let engine = Engine::new(1).expect("an engine");
    let (plan, more) = method::check(&method, &engine);
    problems.extend(more);
    (plan, problems)
}

/// A method that is in order.
pub(super) fn plan(text: &str) -> Plan {
    let (plan, problems) = plan_of(text);
    assert!(plan.is_some(), "{problems}");
    plan.expect("a plan")
}

/// Runs a plan on tables, one for each input named.
pub(super) fn run(
    plan: &Plan,
    inputs: Vec<(&str, Loaded)>,
    threads: usize,
) -> Result<Run, Problems> {
    let inputs: BTreeMap<String, Binding> = inputs
        .into_iter()
        .map(|(name, loaded)| (name.to_owned(), Binding::Table(loaded)))
        .collect();
    let request =
        RunRequest { id: "test", basis: Basis::AnalysisData, inputs, descriptions: Vec::new() };
    method::run(plan, request, &Engine::new(threads).expect("an engine"), &Silent)
}

/// A table as if it had been loaded.
pub(super) fn loaded(table: Table) -> Loaded {
    Loaded {
        table: Arc::new(table),
        dataset: "test".to_owned(),
        table_id: "t".to_owned(),
        path: "t.csv".to_owned(),
        bytes: 0,
        sha256: Sha256::of(b""),
        printed: Vec::new(),
    }
}

/// Marks columns as printed, each cell with this half unit.
pub(super) fn printed(mut loaded: Loaded, columns: &[(&str, f64)]) -> Loaded {
    for (name, half_unit) in columns {
        let column = loaded.table.column(name).expect("a column");
        let half = |row: usize| column.is_valid(row).then_some(*half_unit);
        let half_units = (0..column.len()).map(half).collect();
        loaded.printed.push(Printed { column: (*name).to_owned(), half_units });
    }
    loaded
}

/// Columns of numbers as a table.
pub(super) fn numbers(columns: &[(&str, &[f64])]) -> Table {
    let columns = columns
        .iter()
        .map(|(name, values)| ((*name).to_owned(), Column::new(Values::Float(values.to_vec()))));
    Table::from_columns(columns.collect()).expect("a table")
}

/// Reads a CSV file of the shared data by the types that the plan's input declares.
pub(super) fn csv(path: &Path, schema: &Schema) -> Table {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let headers = reader.headers().expect("a header").clone();
    let records: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let columns = schema.columns.iter().map(|(name, kind)| {
        let place = headers.iter().position(|header| header == name).expect("a column");
        let cells: Vec<&str> = records.iter().map(|row| row.get(place).expect("a cell")).collect();
        (name.clone(), column(&cells, *kind))
    });
    Table::from_columns(columns.collect()).expect("a table")
}

fn column(cells: &[&str], kind: ColumnType) -> Column {
    let valid: Vec<bool> = cells.iter().map(|cell| !cell.is_empty()).collect();
    let number = |cell: &&str| {
        if cell.is_empty() { 0.0 } else { cell.parse::<f64>().expect("a number") }
    };
    match kind {
        ColumnType::Float => {
            Column::with_nulls(Values::Float(cells.iter().map(number).collect()), valid)
        }
        ColumnType::Int => {
            let whole = cells.iter().map(number).map(|value| value as i64).collect();
            Column::with_nulls(Values::Int(whole), valid)
        }
        _ => Column::from_texts(cells.iter().map(|cell| (!cell.is_empty()).then_some(*cell))),
    }
}

/// The table of an input, read from the shared data.
pub(super) fn input(plan: &Plan, name: &str, file: &str) -> Option<Loaded> {
    let schema = plan.inputs().into_iter().find(|(id, _)| id == name).expect("an input").1;
    Some(loaded(csv(&shared(file)?, &schema)))
}

/// The value of an estimate.
pub(super) fn value(run: &Run, address: &str) -> f64 {
    let found = run.estimate(address);
    assert!(found.is_some(), "no {address} in {:#?}", run.estimates);
    found.expect("an estimate").value
}

/// Says that two numbers agree to a relative tolerance.
#[track_caller]
pub(super) fn close(found: f64, expected: f64, relative: f64) {
    let error = (found - expected).abs();
    assert!(error <= relative * expected.abs(), "{found} is not {expected} (off by {error:e})");
}
