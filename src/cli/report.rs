//! `secondlook report STUDY`: rebuilds the report from the recorded results. Needs no data.

use super::args::StudyArgument;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::audit::house::House;
use crate::audit::{self, open, outputs};
use crate::error::Error;
use crate::results::Results;

/// Rebuilds a report.
pub(super) fn report(
    wanted: &StudyArgument,
    house: &House,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let opened = open::printed(house, &wanted.study, terminal)?;
    let results = recorded(house, &opened.folder.id)?;
    let audit = audit::judge(&opened, &results)?;
    let files = audit::tell(&opened, &results, &audit, terminal)?;
    let folder = outputs::write(&house.out, &opened.folder.id, &files)?;
    terminal.say(&format!("report   {}", folder.join("report.html").display()))?;
    Ok(Exit::Done)
}

/// Reads the recorded results of a study.
pub(super) fn recorded(house: &House, study: &str) -> Result<Results, Error> {
    let path = house.out.join(study).join("results.json");
    let Some(text) = outputs::recorded(&house.out, study, "results.json")? else {
        return Err(Error::output(
            &path,
            format!("there is none yet; run `secondlook audit {study}`"),
        ));
    };
    serde_json::from_str(&text)
        .map_err(|error| Error::output(&path, format!("is not a results document: {error}")))
}
