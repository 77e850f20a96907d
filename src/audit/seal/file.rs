//! Reads `seal.toml`, which no hand may have changed.

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprint::{Fingerprints, changes, fingerprints};
use super::{SCHEMA, Seal, Sealed};
use crate::audit::house::{StudyFolder, read_text};
use crate::diagnostic::document::{self, Table};
use crate::diagnostic::{Problem, Problems, Spanned};

/// Reads a study's seal, where there is one, and what has changed since. A seal of another study is a problem.
pub fn read(folder: &StudyFolder, problems: &mut Problems) -> Option<Sealed> {
    let sealed = read_any(folder, problems)?;
    if sealed.seal.study == folder.id {
        return Some(sealed);
    }
    let message =
        format!("the seal is of `{}`, and this study is `{}`", sealed.seal.study, folder.id);
    problems.push(
        Problem::error(message).in_file(format!("{}/seal.toml", folder.shown), 1, 1).help(
            "take the file that was committed for this study; where the study was renamed, `secondlook seal --again` makes a new seal that names this one",
        ),
    );
    None
}

/// Reads a seal of whatever study, as a new one that takes its place must name it.
pub fn read_any(folder: &StudyFolder, problems: &mut Problems) -> Option<Sealed> {
    let path = folder.path.join("seal.toml");
    if !path.exists() {
        return None;
    }
    let source = match read_text(&path, &format!("{}/seal.toml", folder.shown)) {
        Ok(source) => source,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let seal = document::read(&source, problems, parse).flatten()?;
    match fingerprints(folder) {
        Ok(now) => Some(Sealed { changes: changes(&seal.entries, &now), seal }),
        // The files' own readers tell what is wrong with them.
        Err(_told_elsewhere) => None,
    }
}

/// What to do with a seal that is not as it was written.
const BROKEN: &str = "take the file that was committed; if it is lost, delete this one and seal anew: the new seal then knows of none before it";

/// What stands above the hashes.
struct Head {
    schema: String,
    study: String,
    on: String,
    results_existed: bool,
    late: BTreeSet<String>,
    sha256: Spanned<String>,
}

fn parse(root: &Table<'_>) -> Option<Seal> {
    let head = head(root);
    let superseded: Vec<_> = root.tables("superseded").iter().map(superseded).collect();
    let entries = entries(root);
    let Head { schema, study, on, results_existed, late, sha256 } = head?;
    let superseded: Vec<_> = superseded.into_iter().collect::<Option<_>>()?;
    let foreign = superseded
        .iter()
        .filter_map(|(_, sha256, study)| Some((sha256.clone(), study.clone()?)))
        .collect();
    let superseded = superseded.into_iter().map(|(on, sha256, _)| (on, sha256)).collect();
    let entries = entries?;
    let seal = Seal { schema, study, on, results_existed, late, superseded, foreign, entries };
    if seal.sha256().to_string() != sha256.value {
        let message = "the seal is not as it was written: its checksum differs";
        root.report(Problem::error(message).at(&sha256.span).help(BROKEN));
        return None;
    }
    Some(seal)
}

fn head(root: &Table<'_>) -> Option<Head> {
    let Some(head) = root.table("seal") else {
        if root.value("seal").is_none() {
            let message = "the file is no seal: it lacks the table [seal]";
            root.report(Problem::error(message).at(&root.span()).help(BROKEN));
        }
        return None;
    };
    let (schema, study) = (head.required::<String>("schema"), head.required::<String>("study"));
    let (on, sha256) =
        (head.required::<jiff::civil::Date>("on"), head.required::<String>("sha256"));
    let results = head.required::<String>("results");
    let late = head.list::<String>("late").into_iter().map(|entry| entry.value).collect();
    for (value, known) in [(&schema, &[SCHEMA][..]), (&results, &["none", "existed"])] {
        if let Some(value) = value.as_ref().filter(|value| !known.contains(&value.value.as_str())) {
            let message = format!("`{}` is not what a seal says here", value.value);
            let help = format!("it is one of: {}", known.join(", "));
            root.report(Problem::error(message).at(&value.span).help(help));
        }
    }
    Some(Head {
        schema: schema?.value,
        study: study?.value,
        on: on?.value.to_string(),
        results_existed: results?.value == "existed",
        late,
        sha256: sha256?,
    })
}

/// Day, checksum, and the study where it was one of another name.
fn superseded(earlier: &Table<'_>) -> Option<(String, String, Option<String>)> {
    let day = earlier.required::<jiff::civil::Date>("on");
    let sha256 = earlier.required::<String>("sha256");
    let study = earlier.optional::<String>("study").map(|study| study.value);
    Some((day?.value.to_string(), sha256?.value, study))
}

fn entries(root: &Table<'_>) -> Option<Fingerprints> {
    let mut entries = Fingerprints::new();
    for kind in ["claim", "relation", "implied", "step", "input", "run", "study"] {
        if root.value(kind).is_none() {
            continue;
        }
        let mut ids = BTreeMap::new();
        for (id, value) in root.table(kind)?.entries() {
            let Some(table) = value.as_table() else {
                let message = format!("`{}` must be a table of hashes", id.value);
                root.report(Problem::error(message).at(&id.span).help(BROKEN));
                return None;
            };
            let mut parts = BTreeMap::new();
            for (part, hash) in table.entries() {
                parts.insert(part.value, hash.read::<String>()?.value);
            }
            ids.insert(id.value, parts);
        }
        entries.insert(kind.to_owned(), ids);
    }
    Some(entries)
}
