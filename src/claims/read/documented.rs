//! `methods/CLAIMS.md` tells every key of claims, relations, checks and questions: the readers themselves are asked.

use super::super::coverage::statement;
use super::super::printed::Notation;
use super::check_table::NAMES;
use super::{check_table, claim, implied, relation, set_aside};
use crate::diagnostic::document::Table;
use crate::diagnostic::reference::{asked, told};

const REFERENCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/methods/CLAIMS.md"));

#[test]
fn the_reference_names_the_keys_of_each_entry() {
    let plain = Notation::default();
    let printed = "where = { source = \"a\", at = \"b\" }\nprinted = \"1\"\n";
    assert_eq!(told(REFERENCE, "`[[claim]]`"), asked(printed, |table| drop(claim(table, &plain))));
    assert_eq!(told(REFERENCE, "`[[implied]]`"), asked("", |table| drop(implied(table))));
    assert_eq!(told(REFERENCE, "`[[set_aside]]`"), asked("", |table| drop(set_aside(table))));
    assert_eq!(told(REFERENCE, "`[[statement]]`"), asked("", |table| drop(statement(table))));
    let checks = NAMES.map(str::to_owned);
    let mut keys = asked("", |table| drop(relation::relation(table, 0, &plain)));
    keys.retain(|key| !checks.contains(key));
    assert_eq!(told(REFERENCE, "`[[relation]]`"), keys);
}

#[test]
fn the_reference_names_the_keys_of_each_check() {
    // What is asked for only beside another key.
    let beside = |name: &str| match name {
        "p_value" => vec!["test = \"f\"", "test = \"t\""],
        "percent_of" => vec!["percent = \"a\""],
        "interval" => vec!["reference = \"t\"", "multiplier = \"2\""],
        _ => vec![""],
    };
    for name in NAMES {
        let read = |table: &Table<'_>| drop(check_table::read(table, name, &Notation::default()));
        let all = beside(name).into_iter().flat_map(|text| asked(text, read));
        assert_eq!(told(REFERENCE, &format!("`[relation.{name}]`")), all.collect(), "{name}");
    }
}
