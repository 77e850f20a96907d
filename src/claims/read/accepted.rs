//! `accepted`: a difference that someone has looked at, as it was then.

use super::super::model::Acceptance;
use super::super::printed::Notation;
use super::super::record::Verdict;
use super::printed_number::written_amount;
use crate::diagnostic::Problem;
use crate::diagnostic::document::Table;

/// Reads a claim's: it says which verdict was seen, so that it lapses with it.
pub(super) fn of_claim(table: &Table<'_>) -> Option<Acceptance> {
    let accepted = table.table("accepted")?;
    let word = accepted.optional::<String>("verdict");
    let verdict = word.as_ref().and_then(|word| {
        let found = Verdict::ALL.into_iter().find(|verdict| verdict.word() == word.value);
        if found.is_none() {
            accepted.report(
                Problem::error(format!("`{}` is no verdict", word.value))
                    .at(&word.span)
                    .help("the verdict that was seen: `verdict = \"differs\"`")
                    .suggest(&word.value, Verdict::ALL.map(Verdict::word)),
            );
        }
        found
    });
    if accepted.value("verdict").is_none() {
        accepted.report(
            Problem::error("`accepted` does not say which verdict was seen")
                .at(&accepted.span())
                .help(
                    "add `verdict = \"differs\"`: the acceptance lapses when the verdict changes",
                ),
        );
    }
    let value = accepted
        .optional::<String>("value")
        .and_then(|text| written_amount(&accepted, &text, &Notation::default()));
    let (why, on) = reasons(&accepted);
    Some(Acceptance { verdict: Some(verdict?), value, why: why?, on: on? })
}

/// Reads a relation's: there is but one thing to accept, that it fails.
pub(super) fn of_relation(table: &Table<'_>) -> Option<Acceptance> {
    let accepted = table.table("accepted")?;
    if let Some(word) = accepted.optional::<String>("verdict").filter(|word| word.value != "fails")
    {
        accepted.report(
            Problem::error(format!(
                "a relation is accepted as one that fails, not `{}`",
                word.value
            ))
            .at(&word.span)
            .help("write `verdict = \"fails\"`, or leave it out"),
        );
    }
    if let Some(value) = accepted.value("value") {
        accepted.report(
            Problem::error("a relation has no value of its own that could be accepted")
                .at(&value.span)
                .help("leave `value` out, or accept the claim"),
        );
    }
    let (why, on) = reasons(&accepted);
    Some(Acceptance { verdict: None, value: None, why: why?, on: on? })
}

fn reasons(accepted: &Table<'_>) -> (Option<String>, Option<String>) {
    let why = accepted.required::<String>("why").map(|why| why.value);
    let on = accepted.required::<jiff::civil::Date>("on").map(|on| on.value.to_string());
    (why, on)
}
