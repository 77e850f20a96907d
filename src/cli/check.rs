//! `secondlook check STUDY`: the printed numbers alone. Needs no data, no run, no method.
//! `secondlook check --table FILE --grim MEAN,N`: the rows of a CSV file of printed numbers.
//! `secondlook check --table FILE --p COLUMN`: test statistics and their p values, row by row.

use std::path::Path;

use super::args::CheckArguments;
use super::audit::exit_of;
use super::exit::Exit;
use super::statistics;
use super::terminal::{Look, Terminal};
use crate::audit::house::House;
use crate::audit::{self, open};
use crate::claims::forensic::{Check, Row, check_table};
use crate::claims::record::{Audit, RelationState, Verdict};
use crate::claims::rounding::Rounding;
use crate::diagnostic::Problem;
use crate::digest::canonical_json;
use crate::error::Error;
use crate::results::{self, Results};

/// Checks a study's printed numbers.
pub(super) fn check(
    wanted: &CheckArguments,
    house: &House,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let study = match (&wanted.study, &wanted.table) {
        (Some(study), _) => study,
        (None, Some(file)) => {
            return match &wanted.p {
                Some(column) => {
                    let texts = cells(file, &[column.as_str()])?.pop().unwrap_or_default();
                    statistics::check(&texts, &wanted.alpha, terminal)
                }
                None => table(file, wanted, terminal),
            };
        }
        (None, None) => {
            return Err(Error::Usage {
                message: "name a study, or a --table".to_owned(),
                help: None,
            });
        }
    };
    let opened = open::printed(house, study, terminal)?;
    let nothing = Results {
        schema: results::SCHEMA.to_owned(),
        study: opened.folder.id.clone(),
        runs: Vec::new(),
    };
    let audit = audit::judge(&opened, &nothing)?;
    if terminal.is_json() {
        terminal
            .document(&canonical_json(&audit).map_err(|error| Error::Bug(error.to_string()))?)?;
    } else {
        terminal.say(&summary(&audit, terminal))?;
    }
    Ok(exit_of(&audit, wanted.fail_on.as_deref()))
}

/// Checks every row of a CSV file of printed numbers.
fn table(file: &Path, wanted: &CheckArguments, terminal: &Terminal) -> Result<Exit, Error> {
    let (check, names) = match (&wanted.grim, &wanted.grimmer, &wanted.debit) {
        (Some(names), _, _) => (Check::Grim, names),
        (_, Some(names), _) => (Check::Grimmer, names),
        (_, _, Some(names)) => (Check::Debit, names),
        _ => {
            return Err(Error::Usage {
                message: "say --grim, --grimmer or --debit".to_owned(),
                help: None,
            });
        }
    };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let rows = check_table(check, &cells(file, &names)?, Rounding::Unknown).map_err(|error| {
        // The header is line one.
        let line = if error.row == 0 { 0 } else { error.row + 1 };
        let problem = Problem::error(format!("{}: {}", error.column, error.why));
        Error::Invalid(problem.in_file(file.display().to_string(), line, 0).into())
    })?;
    let fails = rows.iter().filter(|row| !row.consistent).count();
    if terminal.is_json() {
        let document = canonical_json(&serde_json::json!({ "rows": rows }));
        terminal.document(&document.map_err(|error| Error::Bug(error.to_string()))?)?;
    } else {
        terminal.say(&row_by_row(&rows, fails))?;
    }
    Ok(match (rows.len(), fails) {
        (0, _) => Exit::Nothing,
        (_, 0) => Exit::Done,
        _ => Exit::ClaimFails,
    })
}

fn row_by_row(rows: &[Row], fails: usize) -> String {
    let mut text = String::new();
    for row in rows {
        let word = if row.consistent { "consistent" } else { "inconsistent" };
        let witness =
            row.witness.as_ref().map(|witness| format!("  ({witness})")).unwrap_or_default();
        text += &format!("{:>6}  {word}{witness}\n", row.row);
    }
    text +=
        &format!("{} rows: {} consistent, {fails} inconsistent\n", rows.len(), rows.len() - fails);
    text
}

/// Reads the named columns of a CSV file as the texts that stand there.
fn cells(file: &Path, names: &[&str]) -> Result<Vec<Vec<String>>, Error> {
    let invalid = |message: String, line: u64| {
        let line = usize::try_from(line).unwrap_or(0);
        Error::Invalid(Problem::error(message).in_file(file.display().to_string(), line, 0).into())
    };
    let mut reader = csv::Reader::from_path(file).map_err(|error| Error::output(file, error))?;
    let header = reader.headers().map_err(|error| invalid(error.to_string(), 1))?.clone();
    let mut places = Vec::new();
    for name in names {
        let known = || header.iter().collect::<Vec<_>>().join(", ");
        let place = header.iter().position(|column| column == *name);
        let missing =
            || invalid(format!("no column is called `{name}`; there are: {}", known()), 1);
        places.push(place.ok_or_else(missing)?);
    }
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let line = |error: &csv::Error| error.position().map_or(0, csv::Position::line);
        let record = record.map_err(|error| invalid(error.to_string(), line(&error)))?;
        for (column, place) in columns.iter_mut().zip(&places) {
            column.push(record.get(*place).unwrap_or_default().trim().to_owned());
        }
    }
    Ok(columns)
}

fn summary(audit: &Audit, terminal: &Terminal) -> String {
    let mut text = String::new();
    let looked = |verdict: Verdict| !matches!(verdict, Verdict::Untestable | Verdict::Unchecked);
    for claim in audit.claims.iter().filter(|claim| looked(claim.verdict)) {
        let word = terminal.paint(Look::Verdict(claim.verdict), claim.verdict.word());
        text += &format!("claim    {}  {}  {word}\n", claim.id, claim.printed);
    }
    for relation in &audit.relations {
        let state = match relation.state {
            RelationState::Holds => "holds",
            RelationState::Fails => "fails",
            RelationState::Undecided => "undecided",
        };
        text += &format!("relation {}  ({})  {state}\n", relation.id, relation.kind);
        let fails = relation.state == RelationState::Fails;
        for certificate in relation.certificate.iter().filter(|_| fails) {
            text += &format!("         {}\n         {certificate}\n", relation.says);
        }
    }
    let counts: Vec<String> =
        audit.counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    text += &format!(
        "{} claims from printed numbers alone: {}\n",
        audit.claims.len(),
        counts.join(", ")
    );
    text
}
