//! Opens a study: reads every file that people wrote for it and reports all their problems at once.
//! Reads no data.

use std::collections::BTreeMap;

use super::house::{House, StudyFolder, read_text};
use super::seal::{self, Sealed};
use crate::claims::Claims;
use crate::claims::coverage::{self, Outlet};
use crate::diagnostic::{Problem, Problems, Severity, Spanned};
use crate::engine::Engine;
use crate::error::Error;
use crate::event::{Event, Observer};
use crate::manifest::Manifest;
use crate::method::{self, Plan, Promise};
use crate::results::{Basis, Code};
use crate::study::{RunBinding, Study};
use crate::{claims, manifest, study};

/// A study whose files are in order.
pub struct Opened {
    /// Its folder.
    pub folder: StudyFolder,
    /// The study.
    pub study: Study,
    /// Its method, checked; none where there is no `method.toml`.
    pub plan: Option<Plan>,
    /// Its claims; none where there is no `claims.toml`.
    pub claims: Option<Claims>,
    /// What secondary sources say: one per file of `coverage/`, by name.
    pub coverage: Vec<Outlet>,
    /// The runs to do, in order.
    pub runs: Vec<OpenedRun>,
    /// The manifests of every dataset that a run binds.
    pub manifests: BTreeMap<String, Manifest>,
    /// Its seal, and what changed since.
    pub sealed: Option<Sealed>,
}

/// One run with its bindings resolved.
#[derive(Debug, Clone)]
pub struct OpenedRun {
    /// Its id.
    pub id: String,
    /// What it declares; its inputs may weaken it.
    pub basis: Basis,
    /// Input, dataset and table.
    pub bind: Vec<(String, String, String)>,
    /// The estimates that it imports instead.
    pub import: Option<Import>,
}

impl OpenedRun {
    /// Says whether the run uses a dataset.
    #[must_use]
    pub fn uses(&self, dataset: &str) -> bool {
        self.bind.iter().any(|(_, bound, _)| bound == dataset)
            || self.import.as_ref().is_some_and(|import| import.dataset == dataset)
    }
}

/// A table of estimates that other code produced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The dataset.
    pub dataset: String,
    /// The table.
    pub table: String,
    /// Whose code it was.
    pub code: Code,
}

/// Reads and checks all files of a study.
///
/// # Errors
/// All problems of all files together.
pub fn open(
    house: &House,
    name: &str,
    engine: &Engine,
    observer: &dyn Observer,
) -> Result<Opened, Error> {
    let folder = house.study(name)?;
    let mut problems = Problems::default();
    let study = read(&folder, "study.toml", study::read, &mut problems);
    let method = read(&folder, "method.toml", method::read, &mut problems);
    let claims = read(&folder, "claims.toml", claims::read, &mut problems);
    let coverage = outlets(&folder, &mut problems);
    problems.0.extend(study.as_ref().and_then(|study| study.check_folder(&folder.id)));
    let sealed = seal::read(&folder, &mut problems);
    let plan = method.and_then(|method| {
        let (plan, found) = method::check(&method, engine);
        problems.extend(found);
        plan
    });
    let mut manifests = BTreeMap::new();
    let mut runs = Vec::new();
    if let Some(study) = &study {
        for run in chosen(house, study)? {
            runs.extend(resolve(house, &run, plan.as_ref(), &mut manifests, &mut problems));
        }
    }
    // An address that no step gives may be one of an imported table.
    let imports =
        study.as_ref().is_some_and(|study| study.runs.iter().any(|run| run.estimates.is_some()));
    if let (Some(claims), Some(plan), false) = (&claims, &plan, imports) {
        promised(claims, plan, &mut problems);
    }
    warn(&problems, observer);
    match study {
        Some(study) if !problems.has_errors() => {
            Ok(Opened { folder, study, plan, claims, coverage, runs, manifests, sealed })
        }
        _ => Err(Error::Invalid(problems)),
    }
}

/// Reads a study's own words only: study and claims, no method, no manifest.
///
/// # Errors
/// All problems of both files together.
pub fn printed(house: &House, name: &str, observer: &dyn Observer) -> Result<Opened, Error> {
    let folder = house.study(name)?;
    let mut problems = Problems::default();
    let study = read(&folder, "study.toml", study::read, &mut problems);
    let claims = read(&folder, "claims.toml", claims::read, &mut problems);
    let coverage = outlets(&folder, &mut problems);
    let sealed = seal::read(&folder, &mut problems);
    if claims.is_none() && !problems.has_errors() {
        let help = "claims.toml lists the statements to check";
        problems.push(
            Problem::error("there is no claims.toml").in_file(&folder.shown, 0, 0).help(help),
        );
    }
    warn(&problems, observer);
    match study {
        Some(study) if !problems.has_errors() => Ok(Opened {
            folder,
            study,
            plan: None,
            claims,
            coverage,
            runs: Vec::new(),
            manifests: BTreeMap::new(),
            sealed,
        }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// Checks the files that a seal fixes: study, method and claims. Data need not be there yet.
///
/// # Errors
/// All problems of the three files together.
pub fn sealable(
    house: &House,
    name: &str,
    engine: &Engine,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let folder = house.study(name)?;
    let mut problems = Problems::default();
    let study = read(&folder, "study.toml", study::read, &mut problems);
    let method = read(&folder, "method.toml", method::read, &mut problems);
    let _claims = read(&folder, "claims.toml", claims::read, &mut problems);
    problems.0.extend(study.as_ref().and_then(|study| study.check_folder(&folder.id)));
    if let Some(method) = method {
        problems.extend(method::check(&method, engine).1);
    }
    warn(&problems, observer);
    if problems.has_errors() { Err(Error::Invalid(problems)) } else { Ok(()) }
}

/// Reads a manifest, and its problems.
///
/// # Errors
/// When there is no such dataset.
pub fn dataset(
    house: &House,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<Manifest>, Error> {
    let Some(path) = house.manifest(id) else {
        let known = house.datasets()?;
        let help = crate::diagnostic::nearest(id, known.iter().map(String::as_str))
            .map(|near| format!("did you mean `{near}`?"));
        return Err(Error::Usage { message: format!("no dataset `{id}`"), help });
    };
    let shown = format!("data-manifests/{id}/manifest.toml");
    let source = match read_text(&path, &shown) {
        Ok(source) => source,
        Err(problem) => {
            problems.push(problem);
            return Ok(None);
        }
    };
    let (manifest, found) = manifest::read(&source);
    problems.extend(found);
    problems.0.extend(manifest.as_ref().and_then(|manifest| manifest.check_folder(id)));
    Ok(manifest)
}

/// Tells of warnings; beside errors they are told with them.
fn warn(problems: &Problems, observer: &dyn Observer) {
    if problems.has_errors() {
        return;
    }
    for problem in problems.0.iter().filter(|problem| problem.severity == Severity::Warning) {
        observer.event(Event::Warned { message: &problem.to_string() });
    }
}

/// Reads what secondary sources say: every `.toml` of the folder `coverage`, in the order of names.
fn outlets(folder: &StudyFolder, problems: &mut Problems) -> Vec<Outlet> {
    let Ok(entries) = std::fs::read_dir(folder.path.join("coverage")) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
        .iter()
        .filter_map(|name| {
            let parse = |source: &_| coverage::read(source, name);
            read(folder, &format!("coverage/{name}.toml"), parse, problems)
        })
        .collect()
}

fn read<T>(
    folder: &StudyFolder,
    file: &str,
    parse: impl FnOnce(&std::sync::Arc<crate::diagnostic::Source>) -> (Option<T>, Problems),
    problems: &mut Problems,
) -> Option<T> {
    let path = folder.path.join(file);
    if file != "study.toml" && !path.exists() {
        return None;
    }
    match read_text(&path, &format!("{}/{file}", folder.shown)) {
        Ok(source) => {
            let (value, found) = parse(&source);
            problems.extend(found);
            value
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// The runs of `study.toml`, or those that the command line chooses or makes.
fn chosen(house: &House, study: &Study) -> Result<Vec<RunBinding>, Error> {
    if !house.bind.is_empty() {
        return Ok(vec![super::binding::from_command_line(&house.bind)]);
    }
    if house.runs.is_empty() {
        return Ok(study.runs.clone());
    }
    let mut runs = Vec::new();
    for id in &house.runs {
        let Some(run) = study.runs.iter().find(|run| run.id.value == *id) else {
            let known: Vec<&str> = study.runs.iter().map(|run| run.id.value.as_str()).collect();
            let help = Some(format!("there are: {}", known.join(", ")));
            return Err(Error::Usage { message: format!("the study has no run `{id}`"), help });
        };
        runs.push(run.clone());
    }
    Ok(runs)
}

fn resolve(
    house: &House,
    run: &RunBinding,
    plan: Option<&Plan>,
    manifests: &mut BTreeMap<String, Manifest>,
    problems: &mut Problems,
) -> Option<OpenedRun> {
    let before = problems.0.len();
    let basis = run.basis.value.parse::<Basis>().ok().filter(|basis| *basis != Basis::Nothing);
    if basis.is_none() {
        let words = Basis::ALL.map(Basis::word);
        let known = words.get(..5).unwrap_or_default().join(", ");
        problems.push(
            Problem::error(format!("`{}` is no basis", run.basis.value))
                .at(&run.basis.span)
                .suggest(&run.basis.value, words)
                .label(format!("one of {known}")),
        );
    }
    let inputs: Vec<String> = plan
        .map(|plan| plan.inputs().into_iter().map(|(name, _)| name).collect())
        .unwrap_or_default();
    let mut bind = Vec::new();
    for (input, table) in &run.bind {
        if plan.is_some() && !inputs.contains(&input.value) {
            problems.push(
                Problem::error(format!("the method has no input `{}`", input.value))
                    .at(&input.span)
                    .suggest(&input.value, inputs.iter().map(String::as_str)),
            );
        }
        if let Some((dataset, table)) = bound(house, table, manifests, problems) {
            bind.push((input.value.clone(), dataset, table));
        }
    }
    let import = imported(house, run, manifests, problems);
    let clean = problems
        .0
        .get(before..)
        .unwrap_or_default()
        .iter()
        .all(|problem| problem.severity == Severity::Warning);
    basis.filter(|_| clean).map(|basis| OpenedRun { id: run.id.value.clone(), basis, bind, import })
}

/// The estimates that a run imports.
fn imported(
    house: &House,
    run: &RunBinding,
    manifests: &mut BTreeMap<String, Manifest>,
    problems: &mut Problems,
) -> Option<Import> {
    let written = run.estimates.as_ref()?;
    let (dataset, table) = bound(house, written, manifests, problems)?;
    if manifests.get(&dataset).is_some_and(|manifest| manifest.files.is_empty()) {
        let message = format!("`{dataset}` has no files: there is nothing to import");
        problems.push(
            Problem::error(message)
                .at(&written.span)
                .help("leave the run out until the estimates can be had"),
        );
        return None;
    }
    let authors = run.code.as_ref().is_some_and(|code| code.value == "authors");
    Some(Import { dataset, table, code: if authors { Code::Authors } else { Code::External } })
}

/// The dataset and the table behind a `dataset/table`, its manifest read.
fn bound(
    house: &House,
    table: &Spanned<String>,
    manifests: &mut BTreeMap<String, Manifest>,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let Some((dataset_id, table_id)) = table.value.split_once('/') else {
        problems.push(
            Problem::error(format!("`{}` is not `dataset/table`", table.value)).at(&table.span),
        );
        return None;
    };
    if !manifests.contains_key(dataset_id) {
        match dataset(house, dataset_id, problems) {
            Ok(Some(manifest)) => {
                manifests.insert(dataset_id.to_owned(), manifest);
            }
            Ok(None) => return None,
            Err(Error::Usage { message, help }) => {
                let problem = Problem::error(message).at(&table.span);
                problems.push(match help {
                    Some(help) => problem.help(help),
                    None => {
                        problem.help(format!("write data-manifests/{dataset_id}/manifest.toml"))
                    }
                });
                return None;
            }
            Err(other) => {
                problems.push(Problem::error(other.to_string()).at(&table.span));
                return None;
            }
        }
    }
    let known = manifests.get(dataset_id);
    let has_table = known
        .is_some_and(|manifest| manifest.tables.iter().any(|entry| entry.id.value == table_id));
    let withheld = known.is_some_and(|manifest| manifest.files.is_empty());
    if !has_table && !withheld {
        let names: Vec<&str> = known
            .map(|manifest| manifest.tables.iter().map(|entry| entry.id.value.as_str()).collect())
            .unwrap_or_default();
        problems.push(
            Problem::error(format!("the dataset `{dataset_id}` has no table `{table_id}`"))
                .at(&table.span)
                .suggest(table_id, names.iter().copied()),
        );
    }
    Some((dataset_id.to_owned(), table_id.to_owned()))
}

/// Reports the claims whose estimate no step of the method could give.
fn promised(claims: &Claims, plan: &Plan, problems: &mut Problems) {
    for (address, span) in claims.estimates() {
        if let Promise::Never { near } = plan.promise(&address) {
            let problem =
                Problem::error(format!("no step gives the estimate `{address}`")).at(&span);
            problems.push(match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("an estimate's address is `step/term`, `step/measure{group=value}`, or a contrast's step"),
            });
        }
    }
}
