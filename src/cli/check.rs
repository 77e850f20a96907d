//! `secondlook check STUDY`: the printed numbers alone. Needs no data, no run, no method.

use super::args::CheckArguments;
use super::audit::exit_of;
use super::exit::Exit;
use super::statistics;
use super::terminal::{Look, Terminal};
use crate::audit::house::House;
use crate::audit::{self, open};
use crate::claims::record::{Audit, RelationState, Verdict};
use crate::diagnostic::text::Append as _;
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
                    let texts = super::table::column(file, column, !wanted.no_header)?;
                    statistics::check(&texts, &wanted.alpha, terminal)
                }
                None => super::table::table(file, wanted, terminal),
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

fn summary(audit: &Audit, terminal: &Terminal) -> String {
    let mut text = String::new();
    let looked = |verdict: Verdict| !matches!(verdict, Verdict::Untestable | Verdict::Unchecked);
    for claim in audit.claims.iter().filter(|claim| looked(claim.verdict)) {
        let word = terminal.paint(Look::Verdict(claim.verdict), claim.verdict.word());
        writeln!(text, "claim    {}  {}  {word}", claim.id, claim.printed);
    }
    for relation in &audit.relations {
        let state = match relation.state {
            RelationState::Holds => "holds",
            RelationState::Fails => "fails",
            RelationState::Undecided => "undecided",
        };
        writeln!(text, "relation {}  ({})  {state}", relation.id, relation.kind);
        let fails = relation.state == RelationState::Fails;
        for certificate in relation.certificate.iter().filter(|_| fails) {
            writeln!(text, "         {}\n         {certificate}", relation.says);
        }
    }
    let counts: Vec<String> =
        audit.counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    writeln!(
        text,
        "{} claims from printed numbers alone: {}",
        audit.claims.len(),
        counts.join(", ")
    );
    text
}
