//! `secondlook run STUDY`: the method, and nothing else. Writes results.json and results.csv.

use super::args::{Common, StudyArgument};
use super::audit::show;
use super::exit::Exit;
use super::terminal::{Look, Terminal, columns};
use crate::audit::house::House;
use crate::audit::{self, open, outputs};
use crate::diagnostic::text::Append as _;
use crate::digest::canonical_json;
use crate::error::Error;
use crate::report;
use crate::results::{Results, Run};

/// Runs the method of a study.
pub(super) fn run(
    wanted: &StudyArgument,
    house: &House,
    common: &Common,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let engine = audit::engine(house)?;
    let opened = open::open(house, &wanted.study, &engine, terminal)?;
    if opened.plan.is_none() && opened.runs.iter().all(|run| run.import.is_none()) {
        let message = format!("`{}` has no method.toml", opened.folder.id);
        let help = Some(format!("`secondlook check {}` needs none", opened.folder.id));
        return Err(Error::Usage { message, help });
    }
    let results = audit::run(house, &opened, &engine, terminal)?;
    let document = canonical_json(&results).map_err(|error| Error::Bug(error.to_string()))?;
    let partial = !house.runs.is_empty() || !house.bind.is_empty();
    if partial && common.out.is_none() {
        terminal.note("nothing is written for --run or --bind without --out: the recorded outputs hold all runs");
    } else {
        write(house, &opened, &results, &document, terminal)?;
    }
    if terminal.is_json() {
        terminal.document(&document)?;
    } else {
        let text: Vec<String> = results.runs.iter().map(|run| table(run, terminal)).collect();
        terminal.say(&(text.join("\n") + &super::audit::notes(&results)))?;
    }
    let empty = results.runs.iter().all(|run| run.estimates.is_empty());
    Ok(if empty { Exit::Nothing } else { Exit::Done })
}

fn write(
    house: &House,
    opened: &open::Opened,
    results: &Results,
    document: &str,
    terminal: &Terminal,
) -> Result<(), Error> {
    let id = &opened.folder.id;
    let changed = outputs::recorded(&house.out, id, "results.json")?
        .is_some_and(|recorded| recorded != document);
    let has_audit = outputs::recorded(&house.out, id, "audit.json")?.is_some();
    // An address that a claim names and the run does not give is `audit`'s finding, not `run`'s.
    let csv = match audit::judge(opened, results) {
        Ok(audit) => {
            report::results_csv(results, &audit).map_err(|error| Error::Bug(error.to_string()))?
        }
        Err(error) => {
            terminal.error(&error);
            return Err(error);
        }
    };
    let files = vec![
        ("results.json".to_owned(), document.as_bytes().to_vec()),
        ("results.csv".to_owned(), csv.into_bytes()),
    ];
    let folder = outputs::replace(&house.out, id, &files)?;
    terminal.note(&format!("results  {}", folder.join("results.json").display()));
    if changed && has_audit {
        terminal.note(&format!(
            "these results are newer than audit.json; `secondlook audit {id}` brings it up to date"
        ));
    }
    Ok(())
}

/// A run's estimates as a table for people.
fn table(run: &Run, terminal: &Terminal) -> String {
    let mut text = format!("{}  ({})\n", terminal.paint(Look::Strong, &run.id), run.basis);
    let mut rows = vec![["estimate", "value", "se", "interval", "n"].map(str::to_owned)];
    for estimate in &run.estimates {
        let unit = estimate.unit.as_deref();
        let interval =
            estimate.ci.map(|[low, high]| format!("[{}, {}]", show(low, unit), show(high, unit)));
        rows.push([
            super::terminal::clean(&estimate.id),
            show(estimate.value, unit),
            estimate.se.map(|error| show(error, unit)).unwrap_or_default(),
            interval.unwrap_or_default(),
            estimate.n.map(|rows| show(rows, None)).unwrap_or_default(),
        ]);
    }
    for line in columns(&rows) {
        text += &line;
        text += "\n";
    }
    for skipped in &run.skipped {
        writeln!(text, " skipped {}: {} ({})", skipped.step, skipped.reason, skipped.needs);
    }
    text
}
