//! `secondlook check STUDY`: the printed numbers alone. Needs no data, no run, no method.

use super::args::CheckArguments;
use super::audit::{counted, exit_of, show};
use super::exit::Exit;
use super::statistics;
use super::terminal::{Look, Terminal};
use crate::audit::house::House;
use crate::audit::{self, open};
use crate::claims::printed::Notation;
use crate::claims::record::{Audit, RelationRecord, RelationState, Verdict};
use crate::claims::rounding::Rounding;
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
                    let texts = super::table::column(file, column, wanted)?;
                    let notation = Notation { decimal_comma: wanted.decimal_comma(), unit: None };
                    let rounding = wanted.rounding.unwrap_or(Rounding::Unknown);
                    statistics::check(&texts, &wanted.alpha, &notation, rounding, terminal)
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
        writeln!(text, "claim    {}  {}  {word}{}", claim.id, claim.printed, marks(&claim.marks));
        // What its own `equals` or `holds` contradicts; relations say so below.
        let own = format!("{}: ", claim.id);
        let sums = claim.trace.iter().filter_map(|line| line.strip_prefix(&own));
        let fails = claim.verdict == Verdict::DoesNotAddUp;
        for sum in sums.filter(|sum| fails && !sum.starts_with("printed ")) {
            writeln!(text, "         {}\n         {sum}", claim.says);
        }
    }
    for relation in &audit.relations {
        tell(&mut text, relation);
    }
    for implied in &audit.implied {
        let unit = implied.unit.as_deref();
        let interval = match implied.interval {
            Some([low, high]) => format!("[{}, {}]", show(low, unit), show(high, unit)),
            None => implied.reason.clone().unwrap_or_default(),
        };
        let tight = if implied.tight { "" } else { "  (may be tighter)" };
        writeln!(text, "implied  {}  {interval}{tight}\n         {}", implied.id, implied.says);
    }
    let counts: Vec<String> =
        audit.counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let claims = counted(audit.claims.len(), "claim");
    writeln!(text, "{claims} from printed numbers alone: {}", counts.join(", "));
    text
}

/// A relation: how it came out, and where it fails the sum to check by hand.
fn tell(text: &mut String, relation: &RelationRecord) {
    let state = match relation.state {
        RelationState::Holds => "holds",
        RelationState::Fails => "fails",
        RelationState::Undecided => "undecided",
    };
    let marks = marks(&relation.marks);
    let kind = relation.kind_words();
    writeln!(text, "relation {}  ({kind})  {state}{marks}", relation.id);
    if relation.state == RelationState::Holds {
        return;
    }
    writeln!(text, "         {}", relation.says);
    if let Some(certificate) = &relation.certificate {
        writeln!(text, "         {certificate}");
    }
    if let Some(accepted) = relation.accepted.as_ref().filter(|accepted| accepted.applies) {
        writeln!(text, "         accepted on {}: {}", accepted.on, accepted.why);
    }
}

/// Marks behind a word: ` (ambiguous, fragile)`.
fn marks(marks: &[String]) -> String {
    if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) }
}
