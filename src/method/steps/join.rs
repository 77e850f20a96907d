//! `join`: puts the columns of `with` beside those of `from`, by equal keys.
//!
//! `on = ["key", …]` are columns of both; `how` is `inner` (the default), `left` or `full`;
//! `expect` is `many-to-one` (the default: each key occurs at most once in `with`), `one-to-one`,
//! `one-to-many` or `many-to-many`. A join that breaks what it expects is an error: rows that
//! multiply in silence are the classic way to a wrong number. Null keys match nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Span, Spanned};
use crate::engine::{ColumnType, Schema, Table};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::text::quote;

use super::{Checked, Kind, Outcome, Read, Running, Step, Written};

pub(super) const KIND: Kind = Kind { name: "join", read };

const WAYS: [(&str, &str); 3] = [("inner", "INNER"), ("left", "LEFT"), ("full", "FULL")];
const SHAPES: [&str; 4] = ["many-to-one", "one-to-one", "one-to-many", "many-to-many"];

struct Join {
    from: Spanned<String>,
    with: Spanned<String>,
    on: Vec<Spanned<String>>,
    how: &'static str,
    expect: &'static str,
    expect_span: Span,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let with = table.required::<String>("with");
    let on = table.required::<Vec<Spanned<String>>>("on");
    let how = table.optional::<String>("how");
    let how = how.map_or(Some("INNER"), |how| choice(table, &how, WAYS));
    let expect = table.optional::<String>("expect");
    let expect_span = expect.as_ref().map_or_else(|| table.span(), |expect| expect.span.clone());
    let pairs = SHAPES.map(|shape| (shape, shape));
    let expect = expect.map_or(Some(SHAPES[0]), |expect| choice(table, &expect, pairs));
    let on = on?;
    if on.value.is_empty() {
        table.report(Problem::error("`on` names no key").at(&on.span));
        return None;
    }
    let (from, with, how, expect) = (from?, with?, how?, expect?);
    Some(Box::new(Join { from, with, on: on.value, how, expect, expect_span }))
}

/// Reads one of a few words, or reports which there are.
pub(super) fn choice<T: Copy, const N: usize>(
    table: &Document<'_>,
    word: &Spanned<String>,
    words: [(&'static str, T); N],
) -> Option<T> {
    let found = words.iter().find(|(known, _)| *known == word.value).map(|(_, value)| *value);
    if found.is_none() {
        let names = words.map(|(known, _)| known);
        let problem = Problem::error(format!("`{}` is no choice here", word.value)).at(&word.span);
        table.report(problem.suggest(&word.value, names));
    }
    found
}

impl Join {
    /// The columns that come from `with`: its keys are those of `from` already.
    fn added(&self, with: &Schema) -> Vec<(String, ColumnType)> {
        let key = |name: &str| self.on.iter().any(|key| key.value == name);
        with.columns.iter().filter(|(name, _)| !key(name)).cloned().collect()
    }

    fn sql(&self, from: &Schema, with: &Schema) -> String {
        let column = |name: &str| {
            if self.how == "FULL" && self.on.iter().any(|key| key.value == name) {
                let name = quote(name);
                return format!("coalesce(l.{name}, r.{name}) AS {name}");
            }
            format!("l.{0} AS {0}", quote(name))
        };
        let mut columns: Vec<String> = from.names().map(column).collect();
        columns
            .extend(self.added(with).iter().map(|(name, _)| format!("r.{0} AS {0}", quote(name))));
        let keys: Vec<String> =
            self.on.iter().map(|key| format!("l.{0} = r.{0}", quote(key))).collect();
        format!(
            "SELECT {} FROM {} AS l {} JOIN {} AS r ON {}",
            columns.join(", "),
            quote(&self.from),
            self.how,
            quote(&self.with),
            keys.join(" AND ")
        )
    }

    fn check_keys(&self, checker: &mut Checker<'_>, from: &Schema, with: &Schema) -> Option<()> {
        let mut fits = true;
        for key in &self.on {
            let name = Fragment::whole(key);
            let left = checker.column(&self.from, &name);
            let right = checker.column(&self.with, &name);
            if let (Some(left), Some(right)) = (left, right)
                && left != right
            {
                let message = format!(
                    "key `{}` is a {left} in `{}` and a {right} in `{}`",
                    key.value, self.from.value, self.with.value
                );
                checker.report(Problem::error(message).at(&key.span));
                fits = false;
            }
            fits &= left.is_some() && right.is_some();
        }
        for (name, _) in self.added(with) {
            if from.kind(&name).is_some() {
                let message = format!(
                    "`{}` and `{}` both have a column `{name}` that is no key",
                    self.from.value, self.with.value
                );
                let help = "rename one in a `derive` or `sql` step before the join";
                checker.report(Problem::error(message).at(&self.with.span).help(help));
                fits = false;
            }
        }
        fits.then_some(())
    }
}

impl Written for Join {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from), Read::rows(&self.with)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let (from, with) = (checker.schema(&self.from), checker.schema(&self.with));
        self.check_keys(checker, &from, &with)?;
        let mut output = from.clone();
        output.columns.extend(self.added(&with));
        let step = Joining {
            from: self.from.value.clone(),
            with: self.with.value.clone(),
            keys: self.on.iter().map(|key| key.value.clone()).collect(),
            expect: self.expect,
            expect_span: self.expect_span.clone(),
            sql: self.sql(&from, &with),
        };
        Some(Checked { step: Box::new(step), output: Some(output), promises: Vec::new() })
    }
}

struct Joining {
    from: String,
    with: String,
    keys: Vec<String>,
    expect: &'static str,
    expect_span: Span,
    sql: String,
}

/// How many rows each key has.
type Keys<'a> = BTreeMap<Vec<Cow<'a, str>>, usize>;

impl Joining {
    /// Counts the rows of each key; rows with a null in a key match nothing and are left out.
    fn keyed<'a>(&self, table: &'a Table) -> Keys<'a> {
        let mut counts = BTreeMap::new();
        for row in 0..table.rows() {
            let text = |key: &String| table.column(key).and_then(|column| column.text_at(row));
            if let Some(key) = self.keys.iter().map(text).collect::<Option<Vec<_>>>() {
                *counts.entry(key).or_insert(0) += 1;
            }
        }
        counts
    }

    fn expected(&self, side: &str, counts: &Keys<'_>) -> Result<(), Problem> {
        let Some((key, count)) = counts.iter().find(|(_, count)| **count > 1) else {
            return Ok(());
        };
        let pairs: Vec<String> =
            self.keys.iter().zip(key).map(|(name, value)| format!("{name}={value}")).collect();
        let message =
            format!("`{side}` has {count} rows with {}, and one was expected", pairs.join(", "));
        Err(Problem::error(message)
            .at(&self.expect_span)
            .help(format!("this join expects `{}`: say another shape if it is meant", self.expect)))
    }
}

impl Step for Joining {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let (left, right) = (running.table(&self.from)?, running.table(&self.with)?);
        let (from, with) = (self.keyed(left), self.keyed(right));
        if matches!(self.expect, "many-to-one" | "one-to-one") {
            self.expected(&self.with, &with)?;
        }
        if matches!(self.expect, "one-to-many" | "one-to-one") {
            self.expected(&self.from, &from)?;
        }
        let table = running
            .engine
            .query(&self.sql)
            .map_err(|error| Problem::error(error.to_string()).at(running.span))?;
        let unmatched = |mine: &Keys<'_>, theirs: &Keys<'_>, rows: usize| {
            let matched: usize = mine
                .iter()
                .filter(|(key, _)| theirs.contains_key(*key))
                .map(|(_, count)| count)
                .sum();
            rows - matched
        };
        let mut outcome = Outcome::rows(table, left.rows(), self.sql.clone());
        outcome.note("expect", self.expect);
        let alone = unmatched(&from, &with, left.rows());
        outcome.note(&format!("rows of {} without a match", self.from), alone);
        let alone = unmatched(&with, &from, right.rows());
        outcome.note(&format!("rows of {} without a match", self.with), alone);
        Ok(outcome)
    }
}
