//! `secondlook fetch [DATASET]...`: downloads what is missing into the cache, checked before it gets its name.

use super::args::FetchArguments;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::audit::house::House;
use crate::audit::open;
use crate::diagnostic::Problems;
use crate::error::Error;
use crate::manifest::{self, FetchPolicy, Fetched};

/// Fetches the datasets that were asked for.
pub(super) fn fetch(
    wanted: &FetchArguments,
    house: &House,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let mut problems = Problems::default();
    let mut manifests = Vec::new();
    for id in super::verify::datasets(&wanted.names, house)? {
        manifests.extend(open::dataset(house, &id, &mut problems)?);
    }
    if problems.has_errors() {
        return Err(Error::Invalid(problems));
    }
    if manifests.is_empty() {
        terminal.note(&super::verify::nothing(house));
        return Ok(Exit::Nothing);
    }
    let mut exits = vec![Exit::Done];
    for manifest in &manifests {
        let id = &manifest.id.value;
        let outcome =
            manifest::fetch(manifest, &house.shelves(id), &FetchPolicy::default(), terminal);
        let (fetched, failures) = match outcome {
            Ok(fetched) => (fetched, Vec::new()),
            Err(error) => (error.fetched, error.failures),
        };
        for file in &fetched {
            terminal.say(&line(id, file))?;
        }
        for failure in failures {
            exits.push(if failure.changed { Exit::Changed } else { Exit::Missing });
            terminal.error(&Error::Fetch(format!(
                "{id}/{}: {}\n  help: {}",
                failure.path, failure.message, failure.help
            )));
        }
    }
    Ok(Exit::of_all(&exits))
}

fn line(dataset: &str, file: &Fetched) -> String {
    let how = match &file.downloaded_from {
        Some(url) => format!("fetched from {url}"),
        None => "here already".to_owned(),
    };
    format!(
        "{:<9} {dataset}/{}  {} bytes  sha256 {}  {how}",
        "ok",
        file.path,
        file.bytes,
        file.sha256.short()
    )
}
