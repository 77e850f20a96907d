//! `secondlook verify [STUDY|DATASET]...`: checksums and schema, one line per file.

use std::collections::{BTreeMap, BTreeSet};

use super::args::VerifyArguments;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::audit::house::House;
use crate::audit::{evidence, open};
use crate::diagnostic::Problems;
use crate::error::Error;
use crate::manifest::{self, Depth, Manifest, State};
use crate::study;

/// Verifies the datasets that were asked for.
pub(super) fn verify(
    wanted: &VerifyArguments,
    house: &House,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let datasets = datasets(&wanted.names, house)?;
    let depth = if wanted.fast { Depth::Fast } else { Depth::Full };
    let mut problems = Problems::default();
    let (mut missing, mut changed) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    let mut tables = Problems::default();
    for id in &datasets {
        let Some(manifest) = open::dataset(house, id, &mut problems)? else { continue };
        if manifest.files.is_empty() {
            lines.push(format!(
                "{:<9} {id}  ({})",
                manifest.access.word(),
                manifest.reason.clone().unwrap_or_default()
            ));
        }
        let mut present = BTreeMap::new();
        for file in manifest::verify(&manifest, &house.shelves(id), depth, terminal) {
            lines.push(line(id, &file, depth));
            if let State::Verified { at, .. } = &file.state {
                present.insert((id.clone(), file.path.clone()), at.clone());
            }
            evidence::sort_out(id, &file, &manifest, &mut missing, &mut changed)?;
        }
        if depth == Depth::Full {
            check_tables(&manifest, &present, &mut lines, &mut tables, terminal);
        }
    }
    if problems.has_errors() {
        return Err(Error::Invalid(problems));
    }
    if lines.is_empty() {
        terminal.note(&nothing(house));
    } else {
        terminal.say(&(lines.join("\n") + "\n"))?;
    }
    let mut exits = vec![if lines.is_empty() { Exit::Nothing } else { Exit::Done }];
    for error in [
        (!changed.is_empty()).then_some(Error::Changed(changed)),
        (!missing.is_empty()).then_some(Error::Missing(missing)),
        tables.has_errors().then_some(Error::Invalid(tables)),
    ]
    .into_iter()
    .flatten()
    {
        terminal.error(&error);
        exits.push(Exit::from(&error));
    }
    Ok(Exit::of_all(&exits))
}

/// Says that there is no dataset.
pub(super) fn nothing(house: &House) -> String {
    let folder = house.root.join("data-manifests");
    format!("no dataset: write {}, or give --root", folder.join("DATASET/manifest.toml").display())
}

/// The datasets of studies and datasets that were named; all where none was.
pub(super) fn datasets(names: &[String], house: &House) -> Result<Vec<String>, Error> {
    if names.is_empty() {
        return house.datasets();
    }
    let mut found = BTreeSet::new();
    for name in names {
        let is_dataset = house.manifest(name).is_some();
        if is_dataset {
            found.insert(name.clone());
        }
        match house.study(name) {
            Ok(folder) => {
                let shown = format!("{}/study.toml", folder.shown);
                let source =
                    crate::audit::house::read_text(&folder.path.join("study.toml"), &shown)
                        .map_err(|problem| Error::Invalid(problem.into()))?;
                let (study, problems) = study::read(&source);
                let Some(study) = study else { return Err(Error::Invalid(problems)) };
                let tables = study.runs.iter().flat_map(|run| &run.bind);
                found.extend(
                    tables
                        .filter_map(|(_, table)| table.value.split_once('/'))
                        .map(|(id, _)| id.to_owned()),
                );
            }
            Err(_) if is_dataset => {}
            Err(_) => {
                let message = format!("no study and no dataset `{name}`");
                let help = Some("`secondlook list` shows what there is".to_owned());
                return Err(Error::Usage { message, help });
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn line(dataset: &str, file: &manifest::Checked, depth: Depth) -> String {
    let word = match file.state {
        State::Verified { .. } => "ok",
        State::Missing { .. } => "missing",
        State::Changed { .. } => "changed",
        State::Unreadable { .. } => "unread",
    };
    let how = match depth {
        Depth::Full => "full",
        Depth::Fast => "fast",
    };
    format!(
        "{word:<9} {dataset}/{}  {} bytes  sha256 {}  {how}",
        file.path,
        file.bytes,
        file.sha256.short()
    )
}

fn check_tables(
    manifest: &Manifest,
    present: &BTreeMap<(String, String), std::path::PathBuf>,
    lines: &mut Vec<String>,
    problems: &mut Problems,
    terminal: &Terminal,
) {
    for table in &manifest.tables {
        let here = present.contains_key(&(manifest.id.value.clone(), table.file.value.clone()));
        if !here {
            continue;
        }
        match evidence::open_table(manifest, &table.id.value, None, present, terminal) {
            Ok(loaded) => lines.push(format!(
                "{:<9} {}/{}  {} rows, {} columns as declared",
                "ok",
                manifest.id.value,
                table.id.value,
                loaded.table.rows(),
                table.columns.len()
            )),
            Err(found) => problems.extend(found),
        }
    }
}
