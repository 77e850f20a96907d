//! `filter`: keeps the rows for which a condition is true; false and null go.
//!
//! `from` names the rows; `keep` is an SQL condition. Rows in and out make the attrition table.

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Spanned};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::text::quote;

use super::{Checked, Kind, Outcome, Read, Running, Step, Written};

pub(super) const KIND: Kind = Kind { name: "filter", read };

struct Filter {
    from: Spanned<String>,
    keep: Fragment,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let keep = table.required::<String>("keep");
    Some(Box::new(Filter { from: from?, keep: Fragment::whole(&keep?) }))
}

impl Written for Filter {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn passes_on(&self) -> Option<&str> {
        Some(&self.from.value)
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        checker.condition(&self.from, &self.keep, "`keep`")?;
        let step = Keeping { from: self.from.value.clone(), keep: self.keep.clone() };
        let output = Some(checker.schema(&self.from));
        Some(Checked { step: Box::new(step), output, promises: Vec::new() })
    }
}

struct Keeping {
    from: String,
    keep: Fragment,
}

impl Step for Keeping {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let head = format!("SELECT * FROM {} WHERE (", quote(&self.from));
        let sql = format!("{head}{})", self.keep.text);
        let table =
            running.engine.query(&sql).map_err(|error| self.keep.trouble(&error, head.len()))?;
        let mut outcome = Outcome::rows(table, rows_in, sql);
        if outcome.rows_out == Some(0) && rows_in > 0 {
            outcome.warnings.push(format!("no row is left of {rows_in}"));
        }
        Ok(outcome)
    }
}
