//! `derive`: adds columns, each an SQL expression over the columns of `from`.
//!
//! `columns = { total = "a + b" }`. A name that exists already is replaced, in its place. An
//! expression sees the columns of `from`, not the other new ones: chain two steps for that.

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Spanned};
use crate::engine::EngineError;
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::text::quote;

use super::{Checked, Kind, Outcome, Read, Running, Step, Written};

pub(super) const KIND: Kind = Kind { name: "derive", read };

struct Derive {
    from: Spanned<String>,
    columns: Vec<(Spanned<String>, Fragment)>,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let Some(columns) = table.table("columns") else {
        if !table.keys().iter().any(|key| key == "columns") {
            let help = "add `columns = { name = \"expression\", … }`";
            table.report(Problem::error("`derive` adds no columns").at(&table.span()).help(help));
        }
        return None;
    };
    let columns = columns
        .entries()
        .into_iter()
        .filter_map(|(name, value)| Some((name, Fragment::whole(&value.read::<String>()?))))
        .collect();
    Some(Box::new(Derive { from: from?, columns }))
}

impl Written for Derive {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let mut output = checker.schema(&self.from);
        let mut columns = Vec::new();
        for (name, expression) in &self.columns {
            let kind = checker.expression(&self.from, expression);
            let Some(kind) = kind else { continue };
            match output.columns.iter_mut().find(|(known, _)| *known == name.value) {
                Some(column) => column.1 = kind,
                None => output.columns.push((name.value.clone(), kind)),
            }
            columns.push((name.value.clone(), expression.clone()));
        }
        if columns.len() < self.columns.len() {
            return None;
        }
        let kept: Vec<String> = output.names().map(str::to_owned).collect();
        let step = Deriving { from: self.from.value.clone(), columns, order: kept };
        Some(Checked { step: Box::new(step), output: Some(output), promises: Vec::new() })
    }
}

struct Deriving {
    from: String,
    columns: Vec<(String, Fragment)>,
    order: Vec<String>,
}

impl Deriving {
    fn sql(&self) -> String {
        let column = |name: &String| {
            let new = self.columns.iter().rfind(|(known, _)| known == name);
            match new {
                Some((_, expression)) => format!("({}) AS {}", expression.text, quote(name)),
                None => quote(name),
            }
        };
        let list: Vec<String> = self.order.iter().map(column).collect();
        format!("SELECT {} FROM {}", list.join(", "), quote(&self.from))
    }
}

impl Step for Deriving {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let sql = self.sql();
        let expressions: Vec<(&str, &Fragment)> =
            self.columns.iter().map(|(name, fragment)| (name.as_str(), fragment)).collect();
        let table = running
            .engine
            .query(&sql)
            .map_err(|error| culprit(running, &self.from, &expressions, &error))?;
        running.same_rows(table.rows(), rows_in)?;
        Ok(Outcome::rows(table, rows_in, sql))
    }
}

/// Finds which of several expressions of one query failed, by running each alone, and says so there.
pub(super) fn culprit(
    running: &Running<'_>,
    from: &str,
    expressions: &[(&str, &Fragment)],
    error: &EngineError,
) -> Problem {
    if let EngineError::NotFinite { column, .. } = error {
        let named = expressions.iter().find(|(name, _)| name == column);
        if let Some((_, fragment)) = named {
            return fragment.trouble(error, usize::MAX);
        }
    }
    for (_, fragment) in expressions {
        let column = quote(&fragment.text);
        let sql = format!("SELECT ({}) AS {column} FROM {}", fragment.text, quote(from));
        if let Err(alone) = running.engine.query(&sql) {
            return fragment.trouble(&alone, "SELECT (".len());
        }
    }
    let problem = Problem::error(error.to_string()).at(running.span);
    match error.help() {
        Some(help) => problem.help(help),
        None => problem,
    }
}
