//! The walk through a parsed statement: nothing but plain reading of known tables by listed functions gets through.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArguments, Ident, ObjectName, Query, SetExpr, Spanned, Statement, TableFactor,
    Visitor,
};
use datafusion::sql::sqlparser::tokenizer::Location;

use super::super::EngineError;
use super::super::functions::{self, Verdict};
use super::Lines;

/// The most tables that one SELECT may join.
const MOST_TABLES: usize = 50;

/// The most tables that a text reads, each common table expression written out wherever it is used.
const MOST_READ: u64 = 500;

/// Walks the statement and breaks at the first thing that is not let through.
pub(super) struct Gate<'a> {
    tables: &'a [String],
    lines: &'a Lines<'a>,
    queries: Vec<Open>,
}

/// A query that is being walked.
#[derive(Default)]
struct Open {
    /// Its common table expressions that were not walked yet.
    coming: VecDeque<String>,
    /// Those that were, and how many tables each reads.
    known: BTreeMap<String, u64>,
    /// How many tables it reads.
    reads: u64,
}

type Step = ControlFlow<Box<EngineError>>;

impl<'a> Gate<'a> {
    /// A gate to the tables there are.
    pub(super) fn new(tables: &'a [String], lines: &'a Lines<'a>) -> Self {
        Self { tables, lines, queries: Vec::new() }
    }

    fn refuse(&self, message: impl Into<String>, place: Location) -> Step {
        let at = self.lines.offset(place);
        ControlFlow::Break(Box::new(EngineError::Refused { message: message.into(), at }))
    }

    fn check_body(&self, body: &SetExpr) -> Step {
        match body {
            SetExpr::Select(select) => {
                if select.into.is_some() {
                    return self.refuse("SELECT … INTO writes a table", body.span().start);
                }
                let tables: usize = select.from.iter().map(|from| 1 + from.joins.len()).sum();
                if tables > MOST_TABLES {
                    let message =
                        format!("{tables} tables in one SELECT; the limit is {MOST_TABLES}");
                    return ControlFlow::Break(Box::new(EngineError::Limit { message }));
                }
                ControlFlow::Continue(())
            }
            SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
            SetExpr::SetOperation { left, right, .. } => {
                self.check_body(left)?;
                self.check_body(right)
            }
            _ => self.refuse("only SELECT is", body.span().start),
        }
    }

    fn check_function(&self, name: &ObjectName, over: bool, distinct: bool) -> Step {
        let place = name.span().start;
        let word = name.to_string().to_lowercase();
        match functions::verdict(&word, over) {
            Verdict::Allowed if distinct && word != "count" => {
                self.refuse(format!("DISTINCT within `{word}`; only `count` takes it"), place)
            }
            Verdict::Allowed => ControlFlow::Continue(()),
            Verdict::Refused(why) => self.refuse(format!("`{word}`: {why}"), place),
            Verdict::Unknown => {
                let candidates = functions::names().map(str::to_owned).collect();
                let at = self.lines.offset(place);
                ControlFlow::Break(Box::new(EngineError::UnknownFunction {
                    name: word,
                    candidates,
                    at,
                }))
            }
        }
    }

    fn check_relation(&mut self, name: &ObjectName) -> Step {
        let word = match name.0.as_slice() {
            [part] => part.as_ident().map(|ident| ident.value.clone()),
            _ => None,
        };
        let word = word.unwrap_or_else(|| name.to_string());
        let expression =
            self.queries.iter().rev().find_map(|query| query.known.get(&word).copied());
        let reads = expression.or_else(|| self.tables.contains(&word).then_some(1));
        if let (Some(reads), Some(query)) = (reads, self.queries.last_mut()) {
            query.reads = query.reads.saturating_add(reads);
            if query.reads > MOST_READ {
                let message = format!("more than {MOST_READ} tables read in one SQL text");
                return ControlFlow::Break(Box::new(EngineError::Limit { message }));
            }
            return ControlFlow::Continue(());
        }
        let mut candidates: Vec<String> = self.tables.to_vec();
        candidates.extend(self.queries.iter().flat_map(|query| query.known.keys().cloned()));
        let at = self.lines.offset(name.span().start);
        ControlFlow::Break(Box::new(EngineError::UnknownTable { name: word, candidates, at }))
    }
}

impl Visitor for Gate<'_> {
    type Break = Box<EngineError>;

    fn pre_visit_statement(&mut self, statement: &Statement) -> Step {
        match statement {
            Statement::Query(_) => ControlFlow::Continue(()),
            other => self.refuse("only SELECT is", other.span().start),
        }
    }

    fn pre_visit_query(&mut self, query: &Query) -> Step {
        let mut open = Open::default();
        if let Some(with) = &query.with {
            if with.recursive {
                return self.refuse("WITH RECURSIVE", query.span().start);
            }
            let names = with.cte_tables.iter().map(|table| table.alias.name.value.clone());
            open.coming.extend(names);
        }
        self.queries.push(open);
        let extras = !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
            || !query.pipe_operators.is_empty();
        if extras {
            return self
                .refuse("a clause after the SELECT that is not plain SQL", query.span().start);
        }
        self.check_body(&query.body)
    }

    fn post_visit_query(&mut self, _: &Query) -> Step {
        let closed = self.queries.pop().unwrap_or_default();
        if let Some(around) = self.queries.last_mut() {
            // The first queries within a query are its common table expressions, in their order.
            match around.coming.pop_front() {
                Some(name) => {
                    around.known.insert(name, closed.reads.max(1));
                }
                None => around.reads = around.reads.saturating_add(closed.reads),
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Step {
        match factor {
            TableFactor::Table { args: Some(_), name, .. } => self.refuse(
                format!("`{name}`: table functions; name a table or an earlier step"),
                name.span().start,
            ),
            TableFactor::Table { version: None, sample: None, with_ordinality: false, .. }
            | TableFactor::Derived { sample: None, .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            other => self.refuse("only tables and sub-queries can be read", other.span().start),
        }
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> Step {
        self.check_relation(relation)
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Step {
        match expr {
            Expr::Function(function) => {
                let distinct = matches!(&function.args, FunctionArguments::List(list)
                    if list.duplicate_treatment.is_some());
                self.check_function(&function.name, function.over.is_some(), distinct)
            }
            Expr::Identifier(Ident { value, quote_style: None, span }) => {
                let word = value.to_lowercase();
                match functions::verdict(&word, false) {
                    Verdict::Refused(why) if word.starts_with("current_") => {
                        self.refuse(format!("`{word}`: {why}"), span.start)
                    }
                    _ => ControlFlow::Continue(()),
                }
            }
            _ => ControlFlow::Continue(()),
        }
    }
}
