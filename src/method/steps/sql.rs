//! `sql`: one read-only SELECT over inputs and earlier steps, the escape hatch.
//!
//! `query = "SELECT …"`. Tables are called as inputs and steps are. Nothing but a SELECT is allowed.

use crate::diagnostic::Problem;
use crate::diagnostic::document::Table as Document;
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::text;

use super::{Checked, Kind, Outcome, Read, Running, Step, Written};

pub(super) const KIND: Kind = Kind { name: "sql", read };

#[derive(Clone)]
struct Query {
    query: Fragment,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let query = table.required::<String>("query")?;
    Some(Box::new(Query { query: Fragment::whole(&query) }))
}

impl Query {
    fn tables(&self) -> Vec<Read> {
        let named = text::tables(&self.query.text).into_iter();
        named.map(|(name, at)| Read { name, span: self.query.place(at), rows: true }).collect()
    }
}

impl Written for Query {
    fn reads(&self) -> Vec<Read> {
        self.tables()
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let output = checker.query(&self.query)?;
        let step = Box::new(self.clone());
        Some(Checked { step, output: Some(output), promises: Vec::new() })
    }
}

impl Step for Query {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let mut rows_in = 0;
        let mut counted: Vec<String> = Vec::new();
        for read in self.tables() {
            if !counted.contains(&read.name) {
                rows_in += running.table(&read.name)?.rows();
                counted.push(read.name);
            }
        }
        let sql = self.query.text.trim().to_owned();
        let table = running
            .engine
            .query(&self.query.text)
            .map_err(|error| self.query.trouble(&error, 0))?;
        Ok(Outcome::rows(table, rows_in, sql))
    }
}
