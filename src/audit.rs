//! The story on one page: open → verify → load → run → judge → draw → tell → write.
//!
//! Reads a study's files and its data; writes one output folder, whole or not at all. Never prints.

mod binding;
pub mod evidence;
pub mod house;
mod import;
pub mod open;
pub mod outputs;
pub mod seal;

use crate::claims::record::{Around, Audit};
use crate::claims::{self, Claims, Situation};
use crate::diagnostic::Problem;
use crate::digest::canonical_json;
use crate::engine::Engine;
use crate::error::Error;
use crate::event::{Event, Observer};
use crate::figure::{self, Drawing, FigureError};
use crate::method::{self, RunRequest};
use crate::report::{self, Page};
use crate::results::{self, Results};
use house::House;
use open::Opened;
use outputs::Files;

/// A study that was audited, with everything a reader gets.
pub struct Audited {
    /// The study's files.
    pub opened: Opened,
    /// What the rerun yielded.
    pub results: Results,
    /// What that says of the claims.
    pub audit: Audit,
    /// The output folder's files.
    pub files: Files,
}

/// Audits a study from its files to the content of its output folder. Writes nothing.
///
/// # Errors
/// One variant per stage; nothing is half done.
pub fn audit(house: &House, study: &str, observer: &dyn Observer) -> Result<Audited, Error> {
    let engine = engine(house)?;
    let opened = open::open(house, study, &engine, observer)?;
    let results = run(house, &opened, &engine, observer)?;
    let audit = judge(&opened, &results)?;
    let files = tell(&opened, &results, &audit, observer)?;
    Ok(Audited { opened, results, audit, files })
}

/// Runs a study's method on every run's inputs, and nothing else.
///
/// # Errors
/// When a file is missing or changed, a table does not fit, or a step cannot be computed.
pub fn run(
    house: &House,
    opened: &Opened,
    engine: &Engine,
    observer: &dyn Observer,
) -> Result<Results, Error> {
    let mut runs = Vec::new();
    for mut evidence in evidence::gather(house, opened, observer)? {
        if let (Some(import), Some((loaded, at))) =
            (evidence.run.import.clone(), evidence.imported.take())
        {
            let manifest = opened.manifests.get(&import.dataset);
            let missing = || Error::Bug("an imported dataset has no manifest".to_owned());
            let manifest = manifest.ok_or_else(missing)?;
            let run = import::run(&import, &loaded, manifest, evidence, &at);
            runs.push(run.map_err(Error::Invalid)?);
            continue;
        }
        let Some(plan) = &opened.plan else { continue };
        let request = RunRequest {
            id: &evidence.run.id,
            basis: evidence.basis,
            inputs: evidence.inputs,
            descriptions: evidence.datasets,
        };
        runs.push(method::run(plan, request, engine, observer).map_err(Error::Step)?);
    }
    as_written(&Results {
        schema: results::SCHEMA.to_owned(),
        study: opened.folder.id.clone(),
        runs,
    })
}

/// What is judged and drawn is what is written: the numbers with their twelve digits, so that a report
/// rebuilt from `results.json` is the same to the last byte.
fn as_written(results: &Results) -> Result<Results, Error> {
    let bug = |error: serde_json::Error| Error::Bug(error.to_string());
    serde_json::from_str(&canonical_json(results).map_err(bug)?).map_err(bug)
}

/// Judges every claim of a study by its results.
///
/// # Errors
/// When a claim names an estimate that the run did not give.
pub fn judge(opened: &Opened, results: &Results) -> Result<Audit, Error> {
    let nothing = Claims::default();
    let claims = opened.claims.as_ref().unwrap_or(&nothing);
    let situation =
        Situation { study: &opened.study, results, unavailable: Vec::new(), void: Vec::new() };
    let mut audit = claims::judge(claims, &situation).map_err(Error::Invalid)?;
    audit.coverage =
        claims::coverage::judge(&opened.coverage, claims, &opened.study).map_err(Error::Invalid)?;
    audit.coverage_counts = claims::coverage::counts(&audit.coverage);
    if let Some(sealed) = &opened.sealed {
        seal::mark(&mut audit, results, sealed);
    }
    Ok(audit)
}

/// Looks at the network around a claim; `None` where there is no such claim.
///
/// # Errors
/// When the study and the claims file declare two rounding rules.
pub fn around(opened: &Opened, results: &Results, id: &str) -> Result<Option<Around>, Error> {
    let nothing = Claims::default();
    let claims = opened.claims.as_ref().unwrap_or(&nothing);
    let situation =
        Situation { study: &opened.study, results, unavailable: Vec::new(), void: Vec::new() };
    claims::around(claims, &situation, id).map_err(Error::Invalid)
}

/// Draws the figures and writes the documents: the content of the output folder.
///
/// # Errors
/// When a figure or a page cannot be made.
pub fn tell(
    opened: &Opened,
    results: &Results,
    audit: &Audit,
    observer: &dyn Observer,
) -> Result<Files, Error> {
    let drawings = draw(opened, results, audit, observer)?;
    let page = Page {
        study: &opened.study,
        results,
        audit,
        drawings: &drawings,
        version: env!("CARGO_PKG_VERSION"),
    };
    let bug = |error: &dyn std::fmt::Display| Error::Bug(error.to_string());
    let mut files: Files = vec![
        (
            "results.json".to_owned(),
            canonical_json(results).map_err(|error| bug(&error))?.into_bytes(),
        ),
        ("audit.json".to_owned(), canonical_json(audit).map_err(|error| bug(&error))?.into_bytes()),
        (
            "results.csv".to_owned(),
            report::results_csv(results, audit).map_err(|error| bug(&error))?.into_bytes(),
        ),
        ("report.html".to_owned(), report::html(&page).map_err(|error| bug(&error))?.into_bytes()),
        (
            "report.md".to_owned(),
            report::markdown(&page).map_err(|error| bug(&error))?.into_bytes(),
        ),
    ];
    for drawing in drawings {
        files.push((format!("figures/{}.svg", drawing.id), drawing.svg.into_bytes()));
        files.push((format!("figures/{}.png", drawing.id), drawing.png));
        files.push((format!("figures/{}.csv", drawing.id), drawing.csv.into_bytes()));
    }
    Ok(files)
}

/// Makes the engine with the threads that were asked for.
///
/// # Errors
/// When the runtime cannot start.
pub fn engine(house: &House) -> Result<Engine, Error> {
    Engine::new(house.threads).map_err(|error| Error::Bug(error.to_string()))
}

fn draw(
    opened: &Opened,
    results: &Results,
    audit: &Audit,
    observer: &dyn Observer,
) -> Result<Vec<Drawing>, Error> {
    let mut drawings: Vec<Drawing> = Vec::new();
    for figure in results.runs.iter().flat_map(|run| &run.figures) {
        if drawings.iter().any(|drawing| drawing.id == figure.id) {
            continue;
        }
        let task = format!("figure {}", figure.id);
        observer.event(Event::Started { task: &task, total: None });
        match figure::draw(figure, results, audit) {
            Ok(drawing) => drawings.push(drawing),
            Err(error @ FigureError::NothingToShow { .. }) => {
                observer
                    .event(Event::Warned { message: &format!("{}: {error}", opened.folder.id) });
            }
            Err(error) => return Err(Error::Step(Problem::error(error.to_string()).into())),
        }
        observer.event(Event::Finished { task: &task });
    }
    Ok(drawings)
}
