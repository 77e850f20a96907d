//! `methods/README.md` tells every key of every kind of step, and no other: the readers themselves are asked.

use std::collections::BTreeSet;

use super::KINDS;
use crate::diagnostic::document;
use crate::diagnostic::{Problems, Source};

const REFERENCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/methods/README.md"));

/// The keys that a section's tables name: what stands in backticks in their first column.
fn told(heading: &str) -> BTreeSet<String> {
    let (_, rest) = REFERENCE.split_once(&format!("\n## {heading}\n")).expect("a section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let words =
        cells.flat_map(|cell| cell.split(", ").map(|word| word.trim_matches('`').to_owned()));
    words.collect()
}

#[test]
fn the_reference_names_the_keys_that_each_step_reads() {
    for kind in KINDS {
        let source = Source::new("m.toml", "");
        let asked = document::read(&source, &mut Problems::default(), |table| {
            drop((kind.read)(table));
            table.asked()
        });
        let told = told(&format!("`{}`", kind.name));
        assert_eq!(told, asked.expect("TOML"), "{}", kind.name);
    }
}

#[test]
fn the_reference_names_the_keys_of_a_figure() {
    let source = Source::new("m.toml", "");
    let asked = document::read(&source, &mut Problems::default(), |table| {
        drop(crate::method::figures::read(table));
        table.asked()
    });
    assert_eq!(told("Figures"), asked.expect("TOML"));
}
