//! Verifies the files behind a study's runs and loads their tables. Nothing is used unverified.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::house::House;
use super::open::{Opened, OpenedRun};
use crate::dataset::{self, Loaded};
use crate::diagnostic::Problems;
use crate::engine::Schema;
use crate::error::{ChangedFile, Error, MissingFile};
use crate::event::Observer;
use crate::manifest::{self, Checked, Depth, Manifest, State};
use crate::method::Binding;
use crate::results;

/// The tables of one run, and what a report must say of the datasets behind them.
pub struct Evidence {
    /// The run.
    pub run: OpenedRun,
    /// The weakest basis of the run and its inputs.
    pub basis: results::Basis,
    /// A binding for each bound input.
    pub inputs: BTreeMap<String, Binding>,
    /// The datasets.
    pub datasets: Vec<results::Dataset>,
    /// The imported estimates, where the run has no inputs, and the file they were read from.
    pub imported: Option<(Loaded, PathBuf)>,
}

/// Verifies every file that a run of the study needs, and loads the tables of every run.
///
/// A file whose table is loaded is hashed while it is read, once; the others are hashed alone. Where a
/// table cannot be loaded, all files are hashed first of all: a changed one is what went wrong.
///
/// # Errors
/// When any file is changed or missing (all of them are named), or a table does not fit its manifest.
pub fn gather(
    house: &House,
    opened: &Opened,
    observer: &dyn Observer,
) -> Result<Vec<Evidence>, Error> {
    let read_later = |dataset: &str, file: &str| {
        let tables = opened.runs.iter().flat_map(|run| &run.bind);
        let mut tables = tables.filter(|(_, bound, _)| bound == dataset).map(|(.., table)| table);
        let of = opened.manifests.get(dataset);
        tables.any(|table| of.and_then(|of| of.table(table)).is_some_and(|t| t.file.value == file))
    };
    let loaded = verify(house, opened, &read_later, observer)
        .and_then(|present| load(opened, &present, observer));
    loaded.or_else(|error| {
        verify(house, opened, &|_, _| false, observer)?;
        Err(error)
    })
}

/// Verifies every file that a run of the study needs; by its size only where it is `read_later`.
fn verify(
    house: &House,
    opened: &Opened,
    read_later: &(dyn Fn(&str, &str) -> bool + Sync),
    observer: &dyn Observer,
) -> Result<BTreeMap<(String, String), PathBuf>, Error> {
    let mut present = BTreeMap::new();
    let (mut missing, mut changed) = (Vec::new(), Vec::new());
    for (id, dataset) in &opened.manifests {
        let depth = |file: &manifest::File| {
            if read_later(id, &file.path.value) { Depth::Fast } else { Depth::Full }
        };
        for file in manifest::verify_each(dataset, &house.shelves(id), &depth, observer) {
            if let State::Verified { at, .. } = &file.state {
                present.insert((id.clone(), file.path.clone()), at.clone());
            }
            sort_out(id, &file, dataset, &mut missing, &mut changed)?;
        }
    }
    if !changed.is_empty() {
        return Err(Error::Changed(changed));
    }
    if missing.is_empty() { Ok(present) } else { Err(Error::Missing(missing)) }
}

/// Puts a checked file among the missing or the changed ones, if it belongs there.
///
/// # Errors
/// When the file exists and cannot be read.
pub fn sort_out(
    dataset: &str,
    file: &Checked,
    manifest: &Manifest,
    missing: &mut Vec<MissingFile>,
    changed: &mut Vec<ChangedFile>,
) -> Result<(), Error> {
    let name = format!("{dataset}/{}", file.path);
    let expected = format!("{} bytes, sha256 {}", file.bytes, file.sha256);
    match &file.state {
        State::Verified { .. } => {}
        State::Missing { looked } => {
            let has_url = manifest
                .files
                .iter()
                .any(|entry| entry.path.value == file.path && entry.url.is_some());
            let help = if has_url {
                format!(
                    "run `secondlook fetch {dataset}`, or point --data-dir at a folder that holds {name}"
                )
            } else {
                format!(
                    "put the file beside its manifest, or point --data-dir at a folder that holds {name}"
                )
            };
            missing.push(MissingFile { file: name, expected, looked: looked.clone(), help });
        }
        State::Changed { at, found_bytes, found, .. } => {
            let digest = found
                .as_ref()
                .map_or_else(|| "not hashed".to_owned(), |digest| format!("sha256 {digest}"));
            changed.push(ChangedFile {
                file: name,
                at: at.clone(),
                expected,
                found: format!("{found_bytes} bytes, {digest}"),
                help: format!("restore the file, or, if the new content is right, correct data-manifests/{dataset}/manifest.toml"),
            });
        }
        State::Unreadable { at, why } => return Err(Error::output(at, why)),
    }
    Ok(())
}

/// Loads the tables of every run.
///
/// # Errors
/// When a table does not fit its manifest: all problems of all tables.
fn load(
    opened: &Opened,
    present: &BTreeMap<(String, String), PathBuf>,
    observer: &dyn Observer,
) -> Result<Vec<Evidence>, Error> {
    let mut problems = Problems::default();
    let wanted: BTreeMap<String, Schema> =
        opened.plan.as_ref().map(|plan| plan.inputs().into_iter().collect()).unwrap_or_default();
    let mut runs = Vec::new();
    // Runs often bind the same table: it is read once.
    let mut read: Vec<(&str, &str, Option<&Schema>, Loaded)> = Vec::new();
    for run in &opened.runs {
        let mut inputs = BTreeMap::new();
        let mut basis = run.basis;
        for (input, dataset, table) in &run.bind {
            let Some(manifest) = opened.manifests.get(dataset) else { continue };
            basis = basis.max(weakest(manifest));
            if manifest.files.is_empty() {
                let reason = manifest.access.word().to_owned();
                inputs
                    .insert(input.clone(), Binding::Withheld { dataset: dataset.clone(), reason });
                continue;
            }
            let schema = wanted.get(input);
            let known = read.iter().find(|(of, id, columns, _)| {
                *of == dataset.as_str() && *id == table.as_str() && *columns == schema
            });
            if let Some((.., loaded)) = known {
                inputs.insert(input.clone(), Binding::Table(loaded.clone()));
                continue;
            }
            match open_table(manifest, table, schema, present, observer) {
                Ok(loaded) => {
                    read.push((dataset, table, schema, loaded.clone()));
                    inputs.insert(input.clone(), Binding::Table(loaded));
                }
                Err(found) => problems.extend(found),
            }
        }
        let mut imported = None;
        if let Some(import) = &run.import
            && let Some(manifest) = opened.manifests.get(&import.dataset)
        {
            basis = basis.max(weakest(manifest));
            match open_estimates(manifest, &import.table, present, observer) {
                Ok(loaded) => imported = Some(loaded),
                Err(found) => problems.extend(found),
            }
        }
        let datasets = describe(run, &opened.manifests);
        runs.push(Evidence { run: run.clone(), basis, inputs, datasets, imported });
    }
    if problems.has_errors() { Err(Error::Invalid(problems)) } else { Ok(runs) }
}

/// Loads a table of estimates, with the rules that estimates keep.
fn open_estimates(
    manifest: &Manifest,
    table: &str,
    present: &BTreeMap<(String, String), PathBuf>,
    observer: &dyn Observer,
) -> Result<(Loaded, PathBuf), Problems> {
    let manifest = super::import::with_rules(manifest, table)?;
    let loaded = open_table(&manifest, table, None, present, observer)?;
    let at = present.get(&(loaded.dataset.clone(), loaded.path.clone())).cloned();
    Ok((loaded, at.unwrap_or_default()))
}

/// Loads one table of a dataset whose files are verified.
///
/// # Errors
/// When the table does not fit its manifest.
pub fn open_table(
    manifest: &Manifest,
    table: &str,
    wanted: Option<&Schema>,
    present: &BTreeMap<(String, String), PathBuf>,
    observer: &dyn Observer,
) -> Result<Loaded, Problems> {
    let id = &manifest.id.value;
    let file = manifest
        .tables
        .iter()
        .find(|entry| entry.id.value == table)
        .map(|entry| entry.file.value.clone());
    let at = file.and_then(|file| present.get(&(id.clone(), file)));
    let Some(at) = at else {
        let message = format!("the table `{table}` of `{id}` has no verified file");
        return Err(crate::diagnostic::Problem::error(message).into());
    };
    let shown = format!("data-manifests/{id}/manifest.toml");
    dataset::load(manifest, &shown, table, at, wanted, observer)
}

/// The strongest basis that a dataset can carry.
fn weakest(manifest: &Manifest) -> results::Basis {
    if manifest.access.word() == "generated" {
        return results::Basis::SyntheticData;
    }
    manifest.basis.as_ref().and_then(|basis| basis.parse().ok()).unwrap_or(results::Basis::RawData)
}

fn describe(run: &OpenedRun, manifests: &BTreeMap<String, Manifest>) -> Vec<results::Dataset> {
    manifests
        .values()
        .filter(|manifest| run.uses(&manifest.id.value))
        .map(|manifest| results::Dataset {
            id: manifest.id.value.clone(),
            title: manifest.title.clone(),
            producer: manifest.producer.clone(),
            citation: manifest.citation.clone(),
            licence: manifest.licence.clone(),
            access: manifest.access.word().to_owned(),
            reason: manifest.reason.clone(),
            contact: manifest.contact.clone(),
            retrieved: manifest.retrieved.clone(),
            urls: manifest
                .files
                .iter()
                .filter_map(|file| file.url.as_ref().map(|url| url.value.clone()))
                .collect(),
        })
        .collect()
}
