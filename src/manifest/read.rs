//! Reads `manifest.toml`, strictly: every problem at once, each with its place.
//!
//! Reads a text; writes nothing. A [`Manifest`] comes out only where no error was found.

mod file;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::document::{self, Table as Keys};
use crate::diagnostic::{Place, Problem, Problems, Source, Span, Spanned};

use super::record::{Access, File, Manifest, Table, is_kebab_case};

/// The largest manifest that is read, in bytes.
pub const LARGEST_MANIFEST: usize = document::LARGEST_FILE as usize;
/// The most files, tables and columns that a manifest may have together.
pub const MOST_ENTRIES: usize = 100_000;

/// The most problems that are listed one by one.
const MOST_PROBLEMS: usize = 200;

/// The words for a dataset's basis (those of the results, less `nothing`).
const BASES: [&str; 5] =
    ["raw-data", "analysis-data", "new-data", "printed-numbers", "synthetic-data"];

/// Reads a manifest; all problems of the text are reported at once, in its order.
///
/// The manifest is `None` where there is any error. That the dataset's id is its folder's name is for
/// the caller, who knows the folder: [`Manifest::check_folder`].
#[must_use]
pub fn read(source: &Arc<Source>) -> (Option<Manifest>, Problems) {
    let mut problems = Problems::default();
    if source.text.len() > LARGEST_MANIFEST {
        let size = source.text.len();
        let message = format!("the manifest has {size} bytes; at most {LARGEST_MANIFEST} are read");
        problems.push(Problem::error(message).in_file(source.name.clone(), 0, 0));
        return (None, problems);
    }
    let manifest = document::read(source, &mut problems, read_root).flatten();
    in_order(source, &mut problems);
    let usable = manifest.filter(|_| !problems.has_errors());
    (usable, problems)
}

/// Puts the problems into the order of the text, and cuts a flood of them short.
fn in_order(source: &Arc<Source>, problems: &mut Problems) {
    problems.0.sort_by_key(|problem| match &problem.place {
        Some(Place::Span(span)) => span.start,
        _ => 0,
    });
    let more = problems.0.len().saturating_sub(MOST_PROBLEMS);
    if more > 0 {
        problems.0.truncate(MOST_PROBLEMS);
        let message = format!("and {more} problems more");
        problems.push(Problem::error(message).in_file(source.name.clone(), 0, 0));
    }
}

fn read_root(root: &Keys<'_>) -> Option<Manifest> {
    let dataset = root.table("dataset").map(|keys| read_dataset(&keys));
    if dataset.is_none() && root.value("dataset").is_none() {
        let problem = Problem::error("the file lacks the table [dataset]").at(&root.span());
        root.report(
            problem.help("begin with [dataset] and its id, title, producer, licence, access"),
        );
    }
    let files = root.tables("file");
    let files_place = files.first().map(Keys::span);
    let files: Vec<Option<File>> = files.iter().map(file::read).collect();
    let declared = DeclaredFiles::new(root, &files);
    let tables = table::read_all(root, &declared);
    check_entries(root, files.len(), &tables);
    check_generate(root);
    let dataset = dataset?;
    check_access(root, dataset.as_ref(), files_place.as_ref(), &tables);
    let mut manifest = dataset?.manifest;
    manifest.files = files.into_iter().collect::<Option<_>>()?;
    manifest.tables = tables.into_iter().flatten().collect();
    Some(manifest)
}

/// The [dataset] table, and the places of its words.
struct Dataset {
    manifest: Manifest,
    access: Spanned<Access>,
    reason: Option<Span>,
    contact: Option<Span>,
    place: Span,
}

fn read_dataset(keys: &Keys<'_>) -> Option<Dataset> {
    let id = read_id(keys);
    let title = text(keys, "title");
    let producer = text(keys, "producer");
    let licence = text(keys, "licence");
    let access = keys
        .required::<String>("access")
        .and_then(|word| choose(keys, "access", word, &Access::ALL, Access::word));
    let citation = optional_text(keys, "citation");
    let basis = keys.optional::<String>("basis");
    if let Some(basis) = basis.as_ref().filter(|basis| !BASES.contains(&basis.value.as_str())) {
        report_choice(keys, "basis", basis, BASES);
    }
    let retrieved = keys.optional::<jiff::civil::Date>("retrieved");
    let reason = optional_text(keys, "reason");
    let contact = optional_text(keys, "contact");
    let access = access?;
    Some(Dataset {
        reason: reason.as_ref().map(|reason| reason.span.clone()),
        contact: contact.as_ref().map(|contact| contact.span.clone()),
        place: keys.span(),
        manifest: Manifest {
            id: id?,
            title: title?.value,
            producer: producer?.value,
            citation: citation.map(|citation| citation.value),
            licence: licence?.value,
            access: access.value,
            basis: basis.map(|basis| basis.value),
            retrieved: retrieved.map(|day| day.value.to_string()),
            reason: reason.map(|reason| reason.value),
            contact: contact.map(|contact| contact.value),
            files: Vec::new(),
            tables: Vec::new(),
        },
        access,
    })
}

fn read_id(keys: &Keys<'_>) -> Option<Spanned<String>> {
    let id = keys.required::<String>("id")?;
    if !is_kebab_case(&id) {
        let shown = id.value.escape_debug();
        let message = format!("a dataset's id is kebab-case (`metr-early-2025`), not `{shown}`");
        keys.report(Problem::error(message).at(&id.span));
    }
    Some(id)
}

/// The files that tables may name.
pub(super) struct DeclaredFiles(BTreeSet<String>);

impl DeclaredFiles {
    /// Collects the paths; reports those that some file system takes for one.
    fn new(root: &Keys<'_>, files: &[Option<File>]) -> Self {
        let mut seen: BTreeMap<String, &Spanned<String>> = BTreeMap::new();
        let mut reported = 0;
        for file in files.iter().flatten() {
            let key = super::collision_key(&file.path.value);
            let Some(first) = seen.insert(key, &file.path) else { continue };
            reported += 1;
            if reported <= MOST_PROBLEMS {
                root.report(same_file(first, &file.path));
            }
        }
        Self(files.iter().flatten().map(|file| file.path.value.clone()).collect())
    }

    /// Says whether a path is declared.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    /// Returns the paths to suggest one from; none where there are too many to compare with each.
    pub(super) fn suggestions(&self) -> impl Iterator<Item = &str> {
        let few = if self.0.len() <= 1000 { usize::MAX } else { 0 };
        self.0.iter().take(few).map(String::as_str)
    }
}

fn same_file(first: &Spanned<String>, second: &Spanned<String>) -> Problem {
    let (path, line) = (second.value.escape_debug(), first.span.line());
    let message = if first.value == second.value {
        format!("the file `{path}` is declared twice; first in line {line}")
    } else {
        let other = first.value.escape_debug();
        format!(
            "`{path}` and `{other}` (line {line}) are one file where case or accents are not told apart"
        )
    };
    Problem::error(message).at(&second.span)
}

fn check_entries(root: &Keys<'_>, files: usize, tables: &[Option<Table>]) {
    let columns: usize = tables.iter().flatten().map(|table| table.columns.len()).sum();
    let entries = files + tables.len() + columns;
    if entries > MOST_ENTRIES {
        let message = format!(
            "the manifest has {entries} files, tables and columns; at most {MOST_ENTRIES} are read"
        );
        root.report(Problem::error(message).at(&root.span()));
    }
}

fn check_generate(root: &Keys<'_>) {
    let Some(generate) = root.value("generate") else { return };
    let problem = Problem::error("generating data from [generate] is not supported yet");
    root.report(problem.at(&generate.span).help(
        "ship the generated files with their checksums, and leave [generate] out until a later version",
    ));
    if let Some(keys) = generate.as_table() {
        // Asked for, so that only the one message above appears.
        let _known = keys.entries();
    }
}

fn check_access(
    root: &Keys<'_>,
    dataset: Option<&Dataset>,
    files: Option<&Span>,
    tables: &[Option<Table>],
) {
    let Some(dataset) = dataset else { return };
    let access = dataset.access.value;
    if access.is_unavailable() {
        for (key, present) in [("reason", &dataset.reason), ("contact", &dataset.contact)] {
            if present.is_none() {
                let message = format!("a {access} dataset needs a `{key}`");
                root.report(Problem::error(message).at(&dataset.place));
            }
        }
        if let Some(place) = files {
            let message = format!("a {access} dataset has no files");
            let help = "give the files a dataset of their own, or change `access`";
            root.report(Problem::error(message).at(place).help(help));
        } else if let Some(table) = tables.iter().flatten().next() {
            let message = format!("a {access} dataset has no tables");
            root.report(Problem::error(message).at(&table.id.span));
        }
    } else if files.is_none() && access != Access::Registration {
        let message = format!("a {access} dataset needs files");
        let help = "add [[file]] with path, bytes and sha256";
        root.report(Problem::error(message).at(&dataset.access.span).help(help));
    }
}

/// Reads a text that must be there and say something.
pub(super) fn text(keys: &Keys<'_>, key: &str) -> Option<Spanned<String>> {
    not_empty(keys, key, keys.required::<String>(key)?)
}

/// Reads a text that may be left out, but must say something.
pub(super) fn optional_text(keys: &Keys<'_>, key: &str) -> Option<Spanned<String>> {
    not_empty(keys, key, keys.optional::<String>(key)?)
}

fn not_empty(keys: &Keys<'_>, key: &str, text: Spanned<String>) -> Option<Spanned<String>> {
    if text.value.trim().is_empty() {
        keys.report(Problem::error(format!("`{key}` must not be empty")).at(&text.span));
        return None;
    }
    Some(text)
}

/// Reads a word that must be one of a list.
pub(super) fn choose<T: Copy>(
    keys: &Keys<'_>,
    key: &str,
    word: Spanned<String>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Option<Spanned<T>> {
    let found = all.iter().copied().find(|choice| name(*choice) == word.value);
    if found.is_none() {
        report_choice(keys, key, &word, all.iter().copied().map(&name));
    }
    found.map(|choice| Spanned { value: choice, span: word.span })
}

fn report_choice<'a>(
    keys: &Keys<'_>,
    key: &str,
    word: &Spanned<String>,
    choices: impl IntoIterator<Item = &'a str>,
) {
    let shown = word.value.chars().take(40).collect::<String>();
    let problem = Problem::error(format!("`{key}` cannot be `{shown}`")).at(&word.span);
    keys.report(problem.suggest(&word.value, choices));
}
