//! `secondlook audit [STUDY]... [--all] [--check]`: the main job.
//!
//! Over several studies each is done on its own; the gravest exit code is the program's.

use super::args::{AuditArguments, Common};
use super::exit::Exit;
use super::terminal::{Look, Terminal, columns};
use crate::audit::house::House;
use crate::audit::{self, Audited, outputs};
use crate::claims::record::{Audit, ClaimRecord, RelationState, Verdict, Weight};
use crate::diagnostic::text::Append as _;
use crate::digest::canonical_json;
use crate::error::{Error, MissingFile};
use crate::results::{Basis, Results};

/// How many claims the terminal lists before it leaves the minor ones to the report.
const MOST_ROWS: usize = 40;

/// How many characters of a warning the terminal shows; the report has all.
const LONGEST_NOTE: usize = 160;

/// Audits the studies that were asked for.
pub(super) fn audit(
    wanted: &AuditArguments,
    house: &House,
    common: &Common,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let studies = if wanted.all { house.studies()? } else { wanted.studies.clone() };
    if studies.is_empty() {
        let message = if wanted.all {
            format!("no study under {}", house.root.join("methods").display())
        } else {
            "name a study, or use --all".to_owned()
        };
        let help = Some("`secondlook list` shows what there is".to_owned());
        terminal.error(&Error::Usage { message, help });
        return Ok(if wanted.all { Exit::Nothing } else { Exit::Usage });
    }
    let mut exits = Vec::new();
    let mut documents = Vec::new();
    for study in &studies {
        exits.push(one(study, wanted, house, common, terminal, &mut documents)?);
    }
    if terminal.is_json() {
        let text = match documents.as_slice() {
            [one] => canonical_json(one),
            _ => canonical_json(&documents),
        };
        terminal.document(&text.map_err(|error| Error::Bug(error.to_string()))?)?;
    }
    let done: Vec<Exit> = exits.into_iter().flatten().collect();
    Ok(Exit::of_all(&done))
}

/// Audits one study. `None` where its data are not here and `--all` passes over that.
fn one(
    study: &str,
    wanted: &AuditArguments,
    house: &House,
    common: &Common,
    terminal: &Terminal,
    documents: &mut Vec<Audit>,
) -> Result<Option<Exit>, Error> {
    match audit::audit(house, study, terminal) {
        Ok(audited) => {
            let exit = if wanted.check {
                compare(&audited, house, terminal)?
            } else {
                record(&audited, wanted, house, common, terminal)?
            };
            documents.push(audited.audit);
            Ok(Some(exit))
        }
        Err(Error::Missing(files)) if wanted.all && !wanted.require_data => {
            terminal.say(&not_fetched(study, &files))?;
            Ok(None)
        }
        Err(error) => {
            terminal.error(&error);
            Ok(Some(Exit::from(&error)))
        }
    }
}

fn not_fetched(study: &str, files: &[MissingFile]) -> String {
    let mut text = format!("{study}: unchecked: not-fetched\n");
    for file in files {
        writeln!(text, "  {}: {}", file.file, file.help);
    }
    text
}

/// Writes the output folder and says what came out.
fn record(
    audited: &Audited,
    wanted: &AuditArguments,
    house: &House,
    common: &Common,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let partial = !house.runs.is_empty() || !house.bind.is_empty();
    let written = if partial && common.out.is_none() {
        terminal.note("nothing is written for --run or --bind without --out: the recorded outputs hold all runs");
        None
    } else {
        Some(outputs::write(&house.out, &audited.opened.folder.id, &audited.files)?)
    };
    let mut text = summary(audited, wanted, terminal);
    if let Some(folder) = written {
        writeln!(text, "\nreport   {}", folder.join("report.html").display());
    }
    if let Some(claim) = closer(&audited.audit, wanted.fail_on.as_deref()) {
        writeln!(text, "closer   secondlook explain {} {}", audited.audit.study, claim.id);
    }
    terminal.say(&text)?;
    Ok(exit_of(&audited.audit, wanted.fail_on.as_deref()))
}

/// Compares with the recorded documents; writes nothing.
fn compare(audited: &Audited, house: &House, terminal: &Terminal) -> Result<Exit, Error> {
    let study = &audited.opened.folder.id;
    if !was_checked(&audited.audit) {
        terminal.say(&format!("{study}: nothing was checked"))?;
        return Ok(Exit::Nothing);
    }
    if outputs::recorded(&house.out, study, "audit.json")?.is_none() {
        terminal
            .say(&format!("{study}: nothing is recorded yet; run `secondlook audit {study}`"))?;
        return Ok(Exit::Differs);
    }
    let mut found = Vec::new();
    for (name, bytes) in
        audited.files.iter().filter(|(name, _)| name == "results.json" || name == "audit.json")
    {
        let now = String::from_utf8_lossy(bytes);
        match outputs::recorded(&house.out, study, name)? {
            None => found.push(format!("{name}: not recorded yet; run `secondlook audit {study}`")),
            Some(recorded) => {
                let differences = outputs::differences(&recorded, &now);
                found.extend(
                    differences.into_iter().map(|difference| format!("{name}: {difference}")),
                );
            }
        }
    }
    if found.is_empty() {
        terminal.say(&format!("{study}: unchanged"))?;
        return Ok(Exit::Done);
    }
    let shown = 20;
    let mut text =
        format!("{study}: {} differ from the recorded results (recorded → now)\n", found.len());
    for difference in found.iter().take(shown) {
        writeln!(text, "  {difference}");
    }
    if found.len() > shown {
        writeln!(text, "  … and {} more", found.len() - shown);
    }
    terminal.say(&text)?;
    Ok(Exit::Differs)
}

/// The exit code that a judged study deserves.
pub(super) fn exit_of(audit: &Audit, fail_on: Option<&[Verdict]>) -> Exit {
    if !was_checked(audit) {
        Exit::Nothing
    } else if failing(audit, fail_on).is_empty() && failing_relations(audit, fail_on) == 0 {
        Exit::Done
    } else {
        Exit::ClaimFails
    }
}

/// Says whether anything at all was compared.
fn was_checked(audit: &Audit) -> bool {
    let compared =
        |claim: &ClaimRecord| !matches!(claim.verdict, Verdict::Untestable | Verdict::Unchecked);
    audit.claims.iter().any(compared)
        || audit.relations.iter().any(|relation| relation.state != RelationState::Undecided)
}

/// The claims whose verdict fails the audit, accepted ones aside.
pub(super) fn failing<'a>(audit: &'a Audit, fail_on: Option<&[Verdict]>) -> Vec<&'a ClaimRecord> {
    let fails = fail_on.unwrap_or(&Verdict::FAILING);
    audit
        .claims
        .iter()
        .filter(|claim| claim.verdict == Verdict::Void || fails.contains(&claim.verdict))
        .filter(|claim| !claim.accepted.as_ref().is_some_and(|accepted| accepted.applies))
        .filter(|claim| !only_in_accepted_conflicts(audit, claim))
        .collect()
}

/// Says whether a claim fails only with relations whose failure someone has looked at and accepted.
fn only_in_accepted_conflicts(audit: &Audit, claim: &ClaimRecord) -> bool {
    let mut relations = audit
        .relations
        .iter()
        .filter(|relation| {
            relation.state == RelationState::Fails && claim.conflict.contains(&relation.id)
        })
        .peekable();
    matches!(claim.verdict, Verdict::DoesNotAddUp | Verdict::Impossible)
        && relations.peek().is_some()
        && relations
            .all(|relation| relation.accepted.as_ref().is_some_and(|accepted| accepted.applies))
}

/// Relations that fail without a claim to carry it (assumed ones are shown, and fail nothing).
fn failing_relations(audit: &Audit, fail_on: Option<&[Verdict]>) -> usize {
    let counts = fail_on.unwrap_or(&Verdict::FAILING).contains(&Verdict::DoesNotAddUp);
    let fails = audit.relations.iter().filter(|relation| {
        relation.state == RelationState::Fails
            && relation.kind != "assumed"
            && !relation.accepted.as_ref().is_some_and(|accepted| accepted.applies)
    });
    if counts { fails.count() } else { 0 }
}

fn closer<'a>(audit: &'a Audit, fail_on: Option<&[Verdict]>) -> Option<&'a ClaimRecord> {
    failing(audit, fail_on).into_iter().next().or_else(|| {
        audit
            .claims
            .iter()
            .find(|claim| !matches!(claim.verdict, Verdict::Untestable | Verdict::Unchecked))
    })
}

/// What a person reads: the finding, each claim, the counts, and what fails.
fn summary(audited: &Audited, wanted: &AuditArguments, terminal: &Terminal) -> String {
    let audit = &audited.audit;
    let title = terminal.paint(Look::Strong, &audited.opened.study.title);
    let mut text = format!("{title}  ({})\n{}\n\n", audit.study, audit.sentence);
    text += &table(audit, terminal);
    text += "\n";
    let counts: Vec<String> =
        audit.counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    writeln!(text, "{}: {}", counted(audit.claims.len(), "claim"), counts.join(", "));
    let fails: Vec<&str> = failing_names(audit).into_iter().collect();
    if !audit.relations.is_empty() {
        let holds = audit
            .relations
            .iter()
            .filter(|relation| relation.state == RelationState::Holds)
            .count();
        let hold = if holds == 1 { "holds" } else { "hold" };
        write!(text, "{}: {holds} {hold}", counted(audit.relations.len(), "relation"));
        if !fails.is_empty() {
            let fail = if fails.len() == 1 { "fails" } else { "fail" };
            write!(text, "; {} {fail}: {}", fails.len(), fails.join(", "));
        }
        text.push('\n');
    }
    text += &notes(&audited.results);
    text += &unstated(audit);
    for claim in failing(audit, wanted.fail_on.as_deref()) {
        let word = terminal.paint(Look::Verdict(claim.verdict), claim.verdict.word());
        writeln!(text, "\n{} — {word}\n  {}", terminal.paint(Look::Strong, &claim.id), claim.plain);
    }
    text
}

/// What the steps warned of, a few lines of it; the report has all.
pub(super) fn notes(results: &Results) -> String {
    let shown = 5;
    let warnings: Vec<String> = results
        .runs
        .iter()
        .flat_map(|run| run.warnings.iter().map(move |warning| (run, warning)))
        // A printed table has one row per group by its nature: nothing to warn a person of.
        .filter(|(run, warning)| {
            run.basis != Basis::PrintedNumbers || !warning.message.starts_with("one row only")
        })
        .map(|(_, warning)| {
            super::terminal::clean(&format!("{}: {}", warning.step, warning.message))
        })
        .collect();
    let mut text = String::new();
    for warning in warnings.iter().take(shown) {
        let brief = match warning.char_indices().nth(LONGEST_NOTE) {
            Some((end, _)) => format!("{} …", warning.get(..end).unwrap_or_default().trim_end()),
            None => warning.clone(),
        };
        writeln!(text, "note     {brief}");
    }
    if warnings.len() > shown {
        writeln!(text, "         … and {} more, in the report", warnings.len() - shown);
    }
    text
}

/// Claims on errors whose convention nobody stated: the method must, for the number depends on it.
fn unstated(audit: &Audit) -> String {
    let default = |mark: &String| {
        mark.starts_with("convention:") && mark.ends_with("(the default, not stated)")
    };
    let claims = audit.claims.iter().filter(|claim| claim.marks.iter().any(default));
    let names: Vec<&str> = claims.map(|claim| claim.id.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "note     no preset is stated for the errors behind {}: write `preset` in their steps\n",
        names.join(", ")
    )
}

fn failing_names(audit: &Audit) -> Vec<&str> {
    let fails = audit.relations.iter().filter(|relation| relation.state == RelationState::Fails);
    fails.map(|relation| relation.id.as_str()).collect()
}

fn table(audit: &Audit, terminal: &Terminal) -> String {
    let mut rows = vec![["claim", "printed", "ours", "verdict", "basis"].map(str::to_owned)];
    let many = audit.claims.len() > MOST_ROWS;
    let fails = failing(audit, None);
    let shown = |claim: &&ClaimRecord| {
        !many || claim.weight != Weight::Minor || fails.iter().any(|failing| failing.id == claim.id)
    };
    for claim in audit.claims.iter().filter(shown) {
        let ours =
            claim.value.map_or_else(|| "—".to_owned(), |value| show(value, claim.unit.as_deref()));
        let reason = claim.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        rows.push([
            claim.id.clone(),
            super::terminal::clean(&claim.printed),
            ours,
            format!("{}{reason}", claim.verdict),
            claim.basis.to_string(),
        ]);
    }
    let mut text = String::new();
    for (index, line) in columns(&rows).enumerate() {
        let look = if index == 0 { Look::Faint } else { Look::Plain };
        text += &terminal.paint(look, &line);
        text += "\n";
    }
    let left_out = audit.claims.iter().filter(|claim| !shown(claim)).count();
    if left_out > 0 {
        writeln!(text, " … and {left_out} minor claims, in the report");
    }
    text
}

/// Writes a count with what is counted: `1 claim`, `3 claims`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A number as people read it: in its unit, six significant digits; what is far from one by its power of ten.
pub(super) fn show(value: f64, unit: Option<&str>) -> String {
    let (scaled, suffix) = match unit {
        Some("percent") => (value * 100.0, "%"),
        Some("percentage points") => (value * 100.0, " pp"),
        _ => (value, ""),
    };
    let whole = scaled.fract() == 0.0 && scaled.abs() < 1e15;
    let number = if whole {
        format!("{scaled:.0}")
    } else {
        let text = format!("{scaled:.5e}");
        let rounded: f64 = text.parse().unwrap_or(scaled);
        if rounded != 0.0 && !(1e-5..1e15).contains(&rounded.abs()) {
            format!("{rounded:e}")
        } else {
            format!("{rounded}")
        }
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::show;

    #[test]
    fn numbers_are_shown_in_their_unit() {
        assert_eq!(show(0.188_399_941, Some("percent")), "18.84%");
        assert_eq!(show(359_586.0, None), "359586");
        assert_eq!(show(0.042_467_123, None), "0.0424671");
        assert_eq!(show(0.145, Some("percentage points")), "14.5 pp");
        assert_eq!(show(0.000_012_772_114_147_6, None), "0.0000127721");
        assert_eq!(show(6.928_837_075_07e-60, None), "6.92884e-60");
        assert_eq!(show(-1.5e300, None), "-1.5e300");
        assert_eq!(show(0.0, None), "0");
    }
}
