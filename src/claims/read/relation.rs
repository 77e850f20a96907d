//! Reads every `[[relation]]`: comparisons, and checks of another kind.

use super::super::checks::{Check, Head};
use super::super::model::{Relation, Standing};
use super::super::printed::Notation;
use super::check_table::{self, Asked};
use super::{accepted, choice, formula, identifier, idle};
use crate::diagnostic::Problem;
use crate::diagnostic::document::Table;
use crate::expression::Kind;

/// Every `[[relation]]`: comparisons, and checks of another kind.
pub(super) fn relations(root: &Table<'_>, notation: &Notation) -> (Vec<Relation>, Vec<Check>) {
    let (mut relations, mut checks) = (Vec::new(), Vec::new());
    for (place, table) in root.tables("relation").iter().enumerate() {
        match relation(table, place, notation) {
            Some(Entry::Comparison(relation)) => relations.push(relation),
            Some(Entry::Check(check)) => checks.push(check),
            None => {}
        }
    }
    (relations, checks)
}

/// A `[[relation]]`, by what it asks.
pub(super) enum Entry {
    Comparison(Relation),
    Check(Check),
}

pub(super) fn relation(table: &Table<'_>, place: usize, notation: &Notation) -> Option<Entry> {
    let id = identifier(table);
    let says = table.required::<String>("says").map(|says| says.value);
    if table.value("kind").is_none() {
        table.report(
            Problem::error("[relation] lacks `kind`")
                .at(&table.span())
                .help("add `kind = \"definitional\"`, `\"stated\"` or `\"assumed\"`"),
        );
    }
    let kind = choice(table, "kind", &Standing::ALL.map(Standing::word));
    let asked = asked(table, notation);
    let alternative_to = table.optional::<String>("alternative_to");
    let accepted = accepted::of_relation(table);
    let standing = Standing::ALL.into_iter().find(|standing| Some(standing.word()) == kind);
    let (id, says, standing) = (id?, says?, standing?);
    let (holds, check) = match asked? {
        Asked::Check(head, rule) => {
            return Some(Entry::Check(Check {
                id,
                says,
                standing,
                alternative_to,
                accepted,
                place,
                head,
                rule,
            }));
        }
        Asked::Spelled(head, holds) => (holds, Some(head).filter(|head| !head.name.is_empty())),
    };
    Some(Entry::Comparison(Relation { id, says, standing, holds, check, alternative_to, accepted }))
}

/// Exactly one of `holds` and the sub-tables.
fn asked(table: &Table<'_>, notation: &Notation) -> Option<Asked> {
    let present: Vec<&'static str> =
        check_table::NAMES.into_iter().filter(|name| table.value(name).is_some()).collect();
    let written = table.value("holds");
    match (written, present.as_slice()) {
        (None, []) => {
            table.report(Problem::error("[relation] lacks `holds`").at(&table.span()).help(
                format!(
                    "add what must be true, `holds = \"a + b == c\"`, or a check, one of: {}",
                    check_table::NAMES.join(", ")
                ),
            ));
            None
        }
        (Some(_), []) => {
            let holds = formula(table, "holds", Kind::Condition);
            idle::about_nothing(table, holds.as_ref());
            Some(Asked::Spelled(Head::default(), holds?))
        }
        (None, [name]) => {
            let inner = table.table(name)?;
            check_table::read(&inner, name, notation)
        }
        (written, [name, rest @ ..]) => {
            let other = if written.is_some() { "holds" } else { rest.first().unwrap_or(name) };
            let place = table.value(name).map_or_else(|| table.span(), |value| value.span);
            table.report(
                Problem::error(format!(
                    "a relation has one check: this has `{name}` and `{other}`"
                ))
                .at(&place)
                .help("write a [[relation]] of its own for each"),
            );
            for name in &present {
                if let Some(inner) = table.table(name) {
                    let _asked = inner.entries();
                }
            }
            None
        }
    }
}
