//! `methods/CLAIMS.md` tells every key of claims, relations, checks and questions: the readers themselves are asked.

use std::collections::BTreeSet;

use super::super::printed::Notation;
use super::check_table::NAMES;
use super::{check_table, claim, implied, relation, set_aside};
use crate::diagnostic::document::{self, Table};
use crate::diagnostic::{Problems, Source};

const REFERENCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/methods/CLAIMS.md"));

/// The keys that a section's tables name: what stands in backticks in their first column.
fn told(heading: &str) -> BTreeSet<String> {
    let (_, rest) = REFERENCE.split_once(&format!("# `{heading}`\n")).expect("a section");
    let section = rest.split("\n##").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let words =
        cells.flat_map(|cell| cell.split(", ").map(|word| word.trim_matches('`').to_owned()));
    words.collect()
}

/// The keys that a reader asks for in a text.
fn asked(text: &str, read: impl Fn(&Table<'_>)) -> BTreeSet<String> {
    let source = Source::new("claims.toml", text);
    let asked = document::read(&source, &mut Problems::default(), |table| {
        read(table);
        table.asked()
    });
    asked.expect("TOML")
}

#[test]
fn the_reference_names_the_keys_of_each_entry() {
    let plain = Notation::default();
    let printed = "where = { source = \"a\", at = \"b\" }\nprinted = \"1\"\n";
    assert_eq!(told("[[claim]]"), asked(printed, |table| drop(claim(table, &plain))));
    assert_eq!(told("[[implied]]"), asked("", |table| drop(implied(table))));
    assert_eq!(told("[[set_aside]]"), asked("", |table| drop(set_aside(table))));
    let checks = NAMES.map(str::to_owned);
    let mut keys = asked("", |table| drop(relation::relation(table, 0, &plain)));
    keys.retain(|key| !checks.contains(key));
    assert_eq!(told("[[relation]]"), keys);
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
        assert_eq!(told(&format!("[relation.{name}]")), all.collect(), "{name}");
    }
}
