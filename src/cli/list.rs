//! `secondlook list`: the studies and the datasets, and whether their data are here.

use super::exit::Exit;
use super::terminal::{Look, Terminal};
use crate::audit::house::{House, read_text};
use crate::audit::open;
use crate::diagnostic::Problems;
use crate::diagnostic::text::Append as _;
use crate::error::Error;
use crate::manifest::{self, Depth, State};
use crate::study;

/// Lists what there is.
pub(super) fn list(house: &House, terminal: &Terminal) -> Result<Exit, Error> {
    let mut studies = Vec::new();
    for id in house.studies()? {
        let folder = house.study(&id)?;
        let title =
            read_text(&folder.path.join("study.toml"), &format!("{}/study.toml", folder.shown))
                .ok()
                .and_then(|source| study::read(&source).0)
                .map_or_else(|| "(study.toml has problems)".to_owned(), |study| study.title);
        studies.push((id, title));
    }
    let mut datasets = Vec::new();
    for id in house.datasets()? {
        datasets.push((id.clone(), state(house, &id, terminal)?));
    }
    if terminal.is_json() {
        let entry = |(id, value): &(String, String), name: &str| serde_json::json!({ "id": id, name: value });
        let document = serde_json::json!({
            "studies": studies.iter().map(|row| entry(row, "title")).collect::<Vec<_>>(),
            "datasets": datasets.iter().map(|row| entry(row, "data")).collect::<Vec<_>>(),
        });
        terminal.document(&format!("{document:#}"))?;
    } else {
        let mut text = rows("studies", &studies, terminal);
        text += &rows("datasets", &datasets, terminal);
        terminal.say(&text)?;
    }
    Ok(if studies.is_empty() && datasets.is_empty() { Exit::Nothing } else { Exit::Done })
}

fn rows(title: &str, rows: &[(String, String)], terminal: &Terminal) -> String {
    let width = rows.iter().map(|(id, _)| id.chars().count()).max().unwrap_or_default();
    let mut text = terminal.paint(Look::Strong, title) + "\n";
    for (id, value) in rows {
        writeln!(text, "  {id:width$}  {value}");
    }
    text
}

fn state(house: &House, id: &str, terminal: &Terminal) -> Result<String, Error> {
    let mut problems = Problems::default();
    let Some(manifest) = open::dataset(house, id, &mut problems)? else {
        return Ok("manifest.toml has problems".to_owned());
    };
    if manifest.files.is_empty() {
        return Ok(manifest.access.word().to_owned());
    }
    let checked = manifest::verify(&manifest, &house.shelves(id), Depth::Fast, terminal);
    let here = checked.iter().filter(|file| matches!(file.state, State::Verified { .. })).count();
    Ok(match (here, checked.len()) {
        (here, all) if here == all => "here".to_owned(),
        (0, _) => format!("not fetched: secondlook fetch {id}"),
        (here, all) => format!("{here} of {all} files here: secondlook fetch {id}"),
    })
}
