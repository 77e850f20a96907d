//! `method.toml` as written: inputs, steps and figures with the place of every word.
//!
//! Reads the text and nothing else. Whether names exist and types fit is for `check`.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::document::{self, Table};
use crate::diagnostic::{Problem, Problems, Source, Span, Spanned};
use crate::digest::Sha256;

use super::figures::{self, WrittenFigure};
use super::steps::{KINDS, Written};

/// A method as written. Only [`check`](super::check) says whether it can run.
pub struct Method {
    pub(super) source: Arc<Source>,
    pub(super) sha256: Sha256,
    pub(super) inputs: Vec<WrittenInput>,
    pub(super) steps: Vec<WrittenStep>,
    pub(super) figures: Vec<WrittenFigure>,
    /// Some part could not be read; its problems were reported by [`read`].
    pub(super) incomplete: bool,
}

impl Method {
    /// Returns the checksum of the file.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<&str> = self.steps.iter().map(|step| step.id.as_str()).collect();
        formatter
            .debug_struct("Method")
            .field("source", &self.source.name)
            .field("steps", &steps)
            .finish_non_exhaustive()
    }
}

/// An input as written: its columns with the words of their types.
#[derive(Debug)]
pub(super) struct WrittenInput {
    pub(super) id: Spanned<String>,
    pub(super) columns: Vec<(Spanned<String>, Spanned<String>)>,
}

/// A step as written.
pub(super) struct WrittenStep {
    pub(super) id: Spanned<String>,
    pub(super) place: Option<String>,
    pub(super) assumes: Option<String>,
    pub(super) span: Span,
    pub(super) kind: &'static str,
    /// `None` where the step could not be read.
    pub(super) body: Option<Box<dyn Written>>,
}

/// Reads a method. Every problem of the text is reported, not only the first; a method comes back
/// wherever the text is TOML, so that [`check`](super::check) can add what it finds in the rest.
pub fn read(source: &Arc<Source>) -> (Option<Method>, Problems) {
    let mut problems = Problems::default();
    let read = document::read(source, &mut problems, |root| {
        let inputs = read_inputs(root);
        let steps = root.tables("step").iter().filter_map(read_step).collect::<Vec<_>>();
        let figures = root.tables("figure").iter().filter_map(figures::read).collect::<Vec<_>>();
        report_duplicates(root, &inputs, &steps, &figures);
        (inputs, steps, figures)
    });
    let incomplete = problems.has_errors();
    let method = read.map(|(inputs, steps, figures)| Method {
        source: Arc::clone(source),
        sha256: Sha256::of(source.text.as_bytes()),
        inputs,
        steps,
        figures,
        incomplete,
    });
    (method, problems)
}

fn read_inputs(root: &Table<'_>) -> Vec<WrittenInput> {
    let Some(tables) = root.table("input") else { return Vec::new() };
    let mut inputs = Vec::new();
    for (id, value) in tables.entries() {
        let Some(input) = value.as_table() else {
            tables.report(
                Problem::error(format!("`input.{}` must be a table", id.value))
                    .at(&value.span)
                    .help(format!("write [input.{}] and its columns below it", id.value)),
            );
            continue;
        };
        report_case(&tables, &id, "input");
        let _says = input.optional::<String>("says");
        let columns = input.table("columns");
        if columns.is_none() && input.value("columns").is_none() {
            let help = "add `columns = { name = \"int\", … }`";
            let message = format!("input `{}` declares no columns", id.value);
            tables.report(Problem::error(message).at(&id.span).help(help));
        }
        let columns = columns.map_or_else(Vec::new, |columns| {
            let entries = columns.entries().into_iter();
            entries.filter_map(|(name, value)| Some((name, value.read::<String>()?))).collect()
        });
        inputs.push(WrittenInput { id, columns });
    }
    inputs
}

fn read_step(table: &Table<'_>) -> Option<WrittenStep> {
    let id = table.required::<String>("id");
    let place = table.optional::<String>("where").map(|text| text.value);
    let assumes = table.optional::<String>("assumes").map(|text| text.value);
    let mut bodies = Vec::new();
    for kind in KINDS {
        if let Some(value) = table.value(kind.name) {
            match value.as_table() {
                Some(body) => bodies.push((kind.name, value.span.clone(), (kind.read)(&body))),
                None => table.report(
                    Problem::error(format!("`{}` must be a table", kind.name))
                        .at(&value.span)
                        .help(format!("write [step.{}] and its keys below it", kind.name)),
                ),
            }
        }
    }
    let id = id?;
    report_case(table, &id, "step");
    for (name, span, _) in bodies.iter().skip(1) {
        let message = format!("step `{}` has two kinds: the second is `{name}`", id.value);
        table
            .report(Problem::error(message).at(span).help("one step has one kind: make two steps"));
    }
    if bodies.is_empty() {
        report_no_kind(table, &id);
    }
    let (kind, body) = match bodies.into_iter().next() {
        Some((name, _, body)) => (name, body),
        None => ("", None),
    };
    Some(WrittenStep { id, place, assumes, span: table.span(), kind, body })
}

/// Says that a step has no kind, unless an unknown key (reported by itself) was meant to be it.
fn report_no_kind(table: &Table<'_>, id: &Spanned<String>) {
    let known = |key: &str| {
        ["id", "where", "assumes"].contains(&key) || KINDS.iter().any(|kind| kind.name == key)
    };
    if table.keys().iter().all(|key| known(key)) {
        let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        table.report(
            Problem::error(format!("step `{}` does nothing", id.value))
                .at(&id.span)
                .help(format!("add [step.KIND] with one of: {}", kinds.join(", "))),
        );
    }
}

fn report_case(table: &Table<'_>, id: &Spanned<String>, what: &str) {
    if let Some(better) = snake_case(id) {
        table.report(
            Problem::error(format!("`{}` is no {what} id: ids are snake_case", id.value))
                .at(&id.span)
                .help(format!("write `{better}`")),
        );
    }
}

/// Returns how an id should be written, or `None` where it is written so.
pub(super) fn snake_case(id: &str) -> Option<String> {
    let fits = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits {
        return None;
    }
    let mut better = String::new();
    for character in id.chars() {
        if character.is_ascii_uppercase()
            && better.chars().last().is_some_and(|c| c.is_ascii_lowercase())
        {
            better.push('_');
        }
        better.push(if character.is_ascii_alphanumeric() {
            character.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    if !better.starts_with(|c: char| c.is_ascii_lowercase()) {
        better.insert_str(0, "x_");
    }
    Some(better)
}

fn report_duplicates(
    root: &Table<'_>,
    inputs: &[WrittenInput],
    steps: &[WrittenStep],
    figures: &[WrittenFigure],
) {
    let tables = inputs.iter().map(|input| &input.id).chain(steps.iter().map(|step| &step.id));
    report_twins(root, tables.collect(), "input or step");
    report_twins(root, figures.iter().map(|figure| &figure.id).collect(), "figure");
}

fn report_twins(root: &Table<'_>, ids: Vec<&Spanned<String>>, what: &str) {
    for (index, id) in ids.iter().enumerate() {
        if let Some(first) = ids.iter().take(index).find(|earlier| earlier.value == id.value) {
            root.report(
                Problem::error(format!("two {what}s are called `{}`", id.value))
                    .at(&id.span)
                    .help(format!("the first is on line {}: rename one", first.span.line())),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn an_id_is_snake_case_or_gets_a_better_name() {
        assert_eq!(snake_case("table_a2"), None);
        assert_eq!(snake_case("tableA2").as_deref(), Some("table_a2"));
        assert_eq!(snake_case("by-developer").as_deref(), Some("by_developer"));
        assert_eq!(snake_case("2sls").as_deref(), Some("x_2sls"));
    }
}
