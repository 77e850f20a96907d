//! The kinds of step: one file each, and one line in [`KINDS`].
//!
//! A kind is read as it is written ([`Written`]), checked against what the steps before it yield,
//! and then run ([`Step`]).

mod agreement;
mod compare;
mod contrast;
mod derive;
#[cfg(test)]
mod documented;
mod filter;
mod join;
mod regress;
mod sql;
mod summarise;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Span, Spanned};
use crate::engine::{Column, Engine, Numbers, Schema, Table};
use crate::results::Estimate;

use super::checker::Checker;
use super::fragment::Fragment;
use super::plan::{Address, Plan};

/// One kind of step.
pub(super) struct Kind {
    /// The name of its sub-table.
    pub(super) name: &'static str,
    /// Reads the sub-table; `None` where something that it needs is missing (and reported).
    pub(super) read: fn(&Document<'_>) -> Option<Box<dyn Written>>,
}

/// Every kind, in the order in which help lists them.
pub(super) const KINDS: &[Kind] = &[
    filter::KIND,
    derive::KIND,
    join::KIND,
    sql::KIND,
    summarise::KIND,
    regress::KIND,
    contrast::KIND,
    compare::KIND,
    agreement::KIND,
];

/// What a step reads: an input's or step's rows, or a step's estimates.
#[derive(Debug, Clone)]
pub(super) struct Read {
    /// The input or step.
    pub(super) name: String,
    /// Where it is named.
    pub(super) span: Span,
    /// Rows, or estimates.
    pub(super) rows: bool,
}

impl Read {
    /// Reads the rows of `name`.
    pub(super) fn rows(name: &Spanned<String>) -> Self {
        Self { name: name.value.clone(), span: name.span.clone(), rows: true }
    }
}

/// A step as written.
pub(super) trait Written: Send + Sync {
    /// Everything that it reads, in the order in which it is named.
    fn reads(&self) -> Vec<Read>;

    /// Checks it: everything that it reads exists and is in order. `None` where a problem was
    /// reported.
    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked>;

    /// Names the rows whose columns it passes on unchanged, if it does.
    fn passes_on(&self) -> Option<&str> {
        None
    }
}

/// What a checked step will yield.
pub(super) struct Checked {
    /// The step that can run.
    pub(super) step: Box<dyn Step>,
    /// The columns of the rows that it yields.
    pub(super) output: Option<Schema>,
    /// The addresses of the estimates that it yields.
    pub(super) promises: Vec<Address>,
}

/// A step that can run.
pub(super) trait Step: Send + Sync {
    /// Runs it.
    ///
    /// # Errors
    /// A problem at the line of the method that asks for what cannot be computed.
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem>;

    /// The addresses of estimates whose joint covariance it needs.
    fn wants(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a step sees while it runs.
pub(super) struct Running<'a> {
    /// The engine, in which every table below is registered under its name.
    pub(super) engine: &'a Engine,
    /// The step's id.
    pub(super) id: &'a str,
    /// Where the step is written.
    pub(super) span: &'a Span,
    /// The rows of inputs and earlier steps.
    pub(super) tables: &'a BTreeMap<String, Arc<Table>>,
    /// What earlier steps yielded.
    pub(super) outcomes: &'a BTreeMap<String, Arc<Outcome>>,
    /// The addresses whose joint covariance a later contrast needs.
    pub(super) wanted: &'a [String],
    /// The plan that it is a part of.
    pub(super) plan: &'a Plan,
}

impl Running<'_> {
    /// Returns the rows of an input or an earlier step.
    ///
    /// # Errors
    /// Where there are none, which a checked plan excludes.
    pub(super) fn table(&self, name: &str) -> Result<&Arc<Table>, Problem> {
        self.tables
            .get(name)
            .ok_or_else(|| Problem::error(format!("`{name}` has no rows to read")).at(self.span))
    }
}

impl Running<'_> {
    /// Makes sure that a query over rows gave one row for each.
    ///
    /// # Errors
    /// Where it did not: an engine's silence is not trusted.
    pub(super) fn same_rows(&self, found: usize, expected: usize) -> Result<(), Problem> {
        if found == expected {
            return Ok(());
        }
        let message = format!("the query gave {found} rows for {expected}");
        Err(Problem::error(message).at(self.span))
    }
}

/// Reads a column of numbers.
///
/// # Errors
/// Where a whole number is too large to be a double exactly: names the first.
pub(super) fn numbers<'a>(column: &'a Column, written: &Fragment) -> Result<Numbers<'a>, Problem> {
    column.numbers().ok_or_else(|| {
        let message = match column.first_inexact() {
            Some((row, value)) => {
                format!(
                    "`{}` is {value} in row {}: beyond 2^53 a whole number is no exact float",
                    written.text,
                    row + 1
                )
            }
            None => format!("`{}` is no column of numbers", written.text),
        };
        let help = "divide it, subtract a constant, or cast it to double where digits may be lost";
        Problem::error(message).at(&written.span()).help(help)
    })
}

/// The first, in their own order, of the texts that come twice.
#[expect(clippy::stable_sort_primitive, reason = "it merges runs, which addresses come in")]
pub(super) fn twice<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut sorted: Vec<&str> = texts.collect();
    sorted.sort();
    sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// What a step yielded.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Its rows, for later steps.
    pub(super) table: Option<Arc<Table>>,
    /// Its estimates, in order.
    pub(super) estimates: Vec<Estimate>,
    /// The covariance of some of its estimates.
    pub(super) joint: Joint,
    /// For an estimate that is a function of others: its slope in each of them.
    pub(super) slopes: BTreeMap<String, Slopes>,
    /// Rows that came in.
    pub(super) rows_in: Option<u64>,
    /// Rows that went out, or were used.
    pub(super) rows_out: Option<u64>,
    /// The queries as they ran.
    pub(super) sql: Vec<String>,
    /// What a reader needs to redo it.
    pub(super) convention: Vec<(String, String)>,
    /// What had to be assumed, beside what the method says.
    pub(super) assumes: Vec<String>,
    /// What a reader should know.
    pub(super) warnings: Vec<String>,
}

impl Outcome {
    /// Adds a line to the convention.
    pub(super) fn note(&mut self, key: &str, value: impl fmt::Display) {
        self.convention.push((key.to_owned(), value.to_string()));
    }

    /// An outcome that is a table, made by one query.
    pub(super) fn rows(table: Table, rows_in: usize, sql: String) -> Self {
        Self {
            rows_in: Some(rows_in as u64),
            rows_out: Some(table.rows() as u64),
            table: Some(Arc::new(table)),
            sql: vec![sql],
            ..Self::default()
        }
    }
}

/// The slopes of a function of estimates: an estimate's address, and the slope in it.
pub(super) type Slopes = Vec<(String, f64)>;

/// The covariance of estimates of one step, row-major over `addresses`.
#[derive(Debug, Clone, Default)]
pub(super) struct Joint {
    /// The estimates.
    pub(super) addresses: Vec<String>,
    /// Their covariance.
    pub(super) matrix: Vec<f64>,
}

impl Joint {
    /// Returns the covariance of two estimates; `None` where it is not known.
    pub(super) fn covariance(&self, left: &str, right: &str) -> Option<f64> {
        let place = |address: &str| self.addresses.iter().position(|known| known == address);
        let (row, column) = (place(left)?, place(right)?);
        self.matrix.get(row * self.addresses.len() + column).copied()
    }
}

/// An estimate without uncertainty.
pub(super) fn plain_estimate(step: &str, address: String, value: f64) -> Estimate {
    Estimate {
        id: address,
        step: step.to_owned(),
        // No -0 in an output.
        value: value + 0.0,
        se: None,
        ci: None,
        level: None,
        p: None,
        df: None,
        reference: None,
        interval: None,
        n: None,
        clusters: None,
        unit: None,
        from_rounding: None,
    }
}
