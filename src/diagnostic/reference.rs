//! For tests of the reference pages: the keys that a page tells, and those that a reader asks for.

use std::collections::BTreeSet;

use super::document::{self, Table};
use super::{Problems, Source};

/// The keys that a section's tables name: what stands in backticks in their first column.
pub(crate) fn told(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, rest) = page.split_once(&format!("# {heading}\n")).expect("a section");
    let section = rest.split("\n##").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let words =
        cells.flat_map(|cell| cell.split(", ").map(|word| word.trim_matches('`').to_owned()));
    words.collect()
}

/// The keys that a reader asks for in a text.
pub(crate) fn asked(text: &str, read: impl Fn(&Table<'_>)) -> BTreeSet<String> {
    let source = Source::new("keys.toml", text);
    let asked = document::read(&source, &mut Problems::default(), |table| {
        read(table);
        table.asked()
    });
    asked.expect("TOML")
}
