//! `secondlook explain STUDY CLAIM`: from the printed number to the files and their checksums, and the
//! command that does it again.

mod around;

use serde::Serialize;

use super::args::ExplainArguments;
use super::audit::show;
use super::exit::Exit;
use super::terminal::{Look, Terminal};
use crate::audit::house::{House, StudyFolder};
use crate::audit::{self, open, outputs};
use crate::claims::record::{Around, Audit, ClaimRecord, RelationState, StatisticRecord, Verdict};
use crate::diagnostic::nearest;
use crate::diagnostic::text::Append as _;
use crate::digest::{Sha256, canonical_json};
use crate::error::Error;
use crate::results::{Code, Estimate, Results, Run, Step, Warning};

/// Explains one claim.
pub(super) fn explain(
    wanted: &ExplainArguments,
    house: &House,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let folder = house.study(&wanted.study)?;
    let (results, audit, from) = evidence(house, &folder.id, &wanted.study, terminal)?;
    let Some(claim) = audit.claim(&wanted.claim) else {
        let known: Vec<&str> = audit.claims.iter().map(|claim| claim.id.as_str()).collect();
        let help = nearest(&wanted.claim, known.iter().copied()).map_or_else(
            || {
                let some = crate::diagnostic::names::listed(&wanted.claim, known.iter().copied());
                format!("there are: {some}; `secondlook list {}` shows all", wanted.study)
            },
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{}` has no claim `{}`", folder.id, wanted.claim);
        return Err(Error::Usage { message, help: Some(help) });
    };
    let network = network(house, wanted, &results, terminal)?;
    if terminal.is_json() {
        let run = claim.run.as_deref().and_then(|id| results.run(id));
        let steps = run.map_or_else(Vec::new, |run| behind(claim, run));
        let warnings = run.map_or_else(Vec::new, |run| warnings(run, &steps));
        let explained = Explained { claim, network, steps, warnings };
        let document = canonical_json(&explained).map_err(|error| Error::Bug(error.to_string()))?;
        terminal.document(&document)?;
        return Ok(Exit::Done);
    }
    let run = claim.run.as_deref().and_then(|id| results.run(id));
    let mut text = printed(claim, terminal);
    text += &transcribed(&folder, claim)?;
    text += &compared(claim, run);
    text += &relations(&audit, claim, terminal);
    if let Some(network) = &network {
        text += &around::around(network, claim, terminal);
    }
    text += &needed(&results, claim, terminal);
    text += &steps(claim, run, terminal);
    text += &files(claim, run, terminal);
    writeln!(
        text,
        "\n{}\n  secondlook audit {}",
        terminal.paint(Look::Strong, "to do it again"),
        wanted.study
    );
    text += &terminal.paint(Look::Faint, &format!("  ({from})"));
    terminal.say(&text)?;
    Ok(Exit::Done)
}

/// What `--format json` prints: the claim as in audit.json, the network around it, and the steps behind it with their
/// conventions and warnings.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    claim: &'a ClaimRecord,
    network: Option<Around>,
    steps: Vec<&'a Step>,
    warnings: Vec<&'a Warning>,
}

fn network(
    house: &House,
    wanted: &ExplainArguments,
    results: &Results,
    terminal: &Terminal,
) -> Result<Option<Around>, Error> {
    let opened = open::printed(house, &wanted.study, terminal)?;
    audit::around(&opened, results, &wanted.claim)
}

/// The recorded results, judged anew; or a fresh audit where none is recorded or the method has changed.
fn evidence(
    house: &House,
    id: &str,
    name: &str,
    terminal: &Terminal,
) -> Result<(Results, Audit, String), Error> {
    if outputs::recorded(&house.out, id, "results.json")?.is_some() {
        let opened = open::printed(house, name, terminal)?;
        let results = super::report::recorded(house, id)?;
        let method = std::fs::read(opened.folder.path.join("method.toml"))
            .ok()
            .map(|bytes| Sha256::of(&bytes));
        let current = |run: &Run| run.code != Code::Reimplemented || run.method_sha256 == method;
        if results.runs.iter().all(current) {
            let audit = audit::judge(&opened, &results)?;
            return Ok((results, audit, format!("from the recorded {id}/results.json")));
        }
    }
    let audited = audit::audit(house, name, terminal)?;
    Ok((audited.results, audited.audit, "from a fresh run; nothing was written".to_owned()))
}

fn printed(claim: &ClaimRecord, terminal: &Terminal) -> String {
    let mut text = format!("{}  {}\n", terminal.paint(Look::Strong, &claim.id), claim.says);
    writeln!(text, "\n{}", terminal.paint(Look::Strong, "printed"));
    writeln!(text, "  {}  in {}, {}", claim.printed, claim.source, claim.at);
    if let Some([low, high]) = claim.interval {
        let unit = claim.unit.as_deref();
        let why = if claim.reads.is_some() { "as it is read" } else { "by its digits" };
        writeln!(text, "  stands for [{}, {}] {why}", show(low, unit), show(high, unit));
    }
    if let Some(reading) = &claim.reading {
        let from = match (reading.from.as_str(), &reading.why) {
            ("lexicon", Some(why)) => format!("by the lexicon of vague words: {why}"),
            _ => "as declared in `reads`".to_owned(),
        };
        writeln!(text, "  reads as {} to {} {from}", reading.low, reading.high);
    }
    text += &several(claim);
    if let Some(statistic) = &claim.statistic {
        text += &recomputed(statistic);
    }
    writeln!(text, "  transcription: {}", claim.transcription);
    text
}

/// What comes out under each reading of the claim, or of what it rests on.
fn several(claim: &ClaimRecord) -> String {
    let mut text = String::new();
    for outcome in &claim.readings {
        let of = if outcome.of == claim.id { String::new() } else { format!("{} ", outcome.of) };
        writeln!(text, "  can be read: {of}{}", outcome.line());
    }
    text
}

/// The p value that the printed statistic allows.
fn recomputed(statistic: &StatisticRecord) -> String {
    let Some([low, high]) = statistic.p else {
        let why = statistic.reason.as_deref().unwrap_or("nothing is known of it");
        let cannot = statistic.consistent == Some(false);
        let what = if cannot { "no such statistic" } else { "p value not recomputed" };
        return format!("  {what}: {why}\n");
    };
    let word = match (statistic.consistent, statistic.consistent_if_one_sided) {
        (Some(true), _) => "consistent with the printed p value",
        (_, true) => "inconsistent with the printed p value, consistent if one-sided",
        _ => "inconsistent with the printed p value",
    };
    let decision = if statistic.decision_error { ", decision error" } else { "" };
    let ends = format!("[{}, {}]", show(low, None), show(high, None));
    format!("  the statistic allows p in {ends}: {word}{decision} at {}\n", statistic.alpha)
}

/// Where the printed number stands in our own files, and their checksum.
fn transcribed(folder: &StudyFolder, claim: &ClaimRecord) -> Result<String, Error> {
    let path = folder.path.join("claims.toml");
    let bytes = std::fs::read(&path).map_err(|error| Error::output(&path, error))?;
    let text = String::from_utf8_lossy(&bytes);
    let id = format!("id = \"{}\"", claim.id);
    let line = text.lines().position(|line| line.trim() == id).map_or(0, |at| at + 1);
    Ok(format!("  written in {}/claims.toml:{line}  sha256 {}\n", folder.shown, Sha256::of(&bytes)))
}

/// The relations that bind the claim: what each says, how it came out, and what shows it.
fn relations(audit: &Audit, claim: &ClaimRecord, terminal: &Terminal) -> String {
    let mut text = String::new();
    for relation in &audit.relations {
        let input = relation.inputs.values().flatten().any(|input| *input == claim.id);
        let written = relation.check.is_none() && mentions(&relation.holds, &claim.id);
        let named = input || written || relation.conflict.contains(&claim.id);
        if !named {
            continue;
        }
        if text.is_empty() {
            writeln!(text, "\n{}", terminal.paint(Look::Strong, "relations that bind it"));
        }
        let state = match relation.state {
            RelationState::Holds => "holds",
            RelationState::Fails => "fails",
            RelationState::Undecided => "undecided",
        };
        let kind = relation.kind_words();
        writeln!(text, "  {}  ({kind})  {state}: {}", relation.id, relation.says);
        if let Some(question) = relation.question() {
            writeln!(text, "      asks: {question}");
        }
        writeln!(text, "      {}", relation.holds);
        if let Some(certificate) = &relation.certificate {
            writeln!(text, "      shown by: {certificate}");
        }
        if let Some(stability) = &relation.stability {
            writeln!(text, "      turns to {} by: {}", stability.flips_to, stability.by);
        }
        if let Some(value) = relation.witness.get(&claim.id) {
            writeln!(text, "      true for example with {} = {value}", claim.id);
        }
        let beside = relation.witness.iter().filter(|(name, _)| name.contains(' '));
        for (name, value) in beside.filter(|_| relation.check.is_some()) {
            writeln!(text, "      {name}: {value}");
        }
    }
    text
}

/// Says whether an expression names a claim.
fn mentions(expression: &str, id: &str) -> bool {
    let part_of_a_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    expression.split(|letter| !part_of_a_name(letter)).any(|word| word == id)
}

/// The data that it would take, where they are not public.
fn needed(results: &Results, claim: &ClaimRecord, terminal: &Terminal) -> String {
    if claim.verdict != Verdict::Untestable {
        return String::new();
    }
    let mut text = String::new();
    for dataset in results.runs.iter().flat_map(|run| &run.datasets) {
        if dataset.access != "withheld" && dataset.access != "destroyed" {
            continue;
        }
        writeln!(text, "  {}: {}", dataset.id, dataset.access);
        if let Some(reason) = &dataset.reason {
            writeln!(text, "      {reason}");
        }
        if let Some(contact) = &dataset.contact {
            writeln!(text, "      ask: {contact}");
        }
    }
    if text.is_empty() {
        text
    } else {
        format!("\n{}\n{text}", terminal.paint(Look::Strong, "what it would take"))
    }
}

fn compared(claim: &ClaimRecord, run: Option<&Run>) -> String {
    let unit = claim.unit.as_deref();
    let mut text = String::from("\nverdict\n");
    let reason = claim.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    writeln!(
        text,
        "  {}{reason} — {}  (basis: {})",
        claim.verdict,
        claim.verdict.reads_as(),
        claim.basis
    );
    writeln!(text, "  {}", claim.plain);
    if let Some(equals) = &claim.equals {
        writeln!(text, "  recomputed as {equals}");
    }
    if let Some(value) = claim.value {
        writeln!(text, "  our value {}  ({value})", show(value, unit));
    }
    if let Some([low, high]) = claim.from_rounding {
        writeln!(
            text,
            "  rounding of the printed numbers allows [{}, {}]",
            show(low, unit),
            show(high, unit)
        );
    }
    if let Some(conclusion) = &claim.conclusion {
        let holds = match claim.holds {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "was not tested",
        };
        writeln!(text, "  the conclusion `{conclusion}` {holds}");
    }
    if let Some(code) = claim.code.filter(|code| *code != Code::Reimplemented) {
        let whose =
            if code == Code::Authors { "the authors' own code" } else { "someone else's code" };
        writeln!(text, "  estimates imported from {whose}: we did not run it");
    }
    if let Some(stability) = &claim.stability {
        writeln!(text, "  would turn to {} by: {}", stability.flips_to, stability.by);
    }
    if !claim.marks.is_empty() {
        writeln!(text, "  marks: {}", claim.marks.join(", "));
    }
    if let Some(replication) = &claim.replication {
        text += "  beside the verdict, and never part of it\n";
        for (label, value) in replication.lines() {
            writeln!(text, "    {label}: {value}");
        }
    }
    let estimate = claim.estimate.as_deref().and_then(|id| {
        run.and_then(|run| {
            run.estimate(id).or_else(|| run.estimate(crate::results::split_part(id).0))
        })
    });
    if let Some(estimate) = estimate {
        text += &uncertainty(estimate, unit);
    }
    text
}

fn uncertainty(estimate: &Estimate, unit: Option<&str>) -> String {
    let mut parts = Vec::new();
    parts.extend(estimate.se.map(|error| format!("standard error {}", show(error, unit))));
    parts.extend(estimate.ci.map(|[low, high]| {
        let level = estimate.level.unwrap_or(0.95) * 100.0;
        format!("{level}% interval [{}, {}]", show(low, unit), show(high, unit))
    }));
    parts.extend(estimate.reference.as_deref().map(|reference| match estimate.df {
        Some(df) if reference != "normal" => format!("{reference} with {df} degrees of freedom"),
        _ => reference.to_owned(),
    }));
    parts.extend(estimate.n.map(|rows| format!("n {rows}")));
    parts.extend(estimate.clusters.map(|clusters| format!("{clusters} clusters")));
    if parts.is_empty() {
        String::new()
    } else {
        format!("  estimate {}: {}\n", estimate.id, parts.join(", "))
    }
}

/// The steps that the claim rests on, in their order.
fn behind<'a>(claim: &ClaimRecord, run: &'a Run) -> Vec<&'a Step> {
    let of = |step: &&Step| claim.trace.iter().any(|entry| entry.trim() == step.id);
    run.steps.iter().filter(of).collect()
}

/// What a reader should know of these steps.
fn warnings<'a>(run: &'a Run, steps: &[&Step]) -> Vec<&'a Warning> {
    let of = |warning: &&Warning| steps.iter().any(|step| step.id == warning.step);
    run.warnings.iter().filter(of).collect()
}

fn steps(claim: &ClaimRecord, run: Option<&Run>, terminal: &Terminal) -> String {
    let Some(run) = run else { return String::new() };
    let behind = behind(claim, run);
    if behind.is_empty() {
        return String::new();
    }
    let mut text =
        format!("\n{}\n", terminal.paint(Look::Strong, &format!("steps (run {})", run.id)));
    for step in behind.iter().rev() {
        let rows = match (step.rows_in, step.rows_out) {
            (Some(before), Some(after)) => format!("  {before} rows in, {after} out"),
            _ => String::new(),
        };
        writeln!(text, "  {}  {}  {}{rows}", step.id, step.kind, step.defined);
        if let Some(place) = &step.place {
            writeln!(text, "      stated in: {place}");
        }
        if let Some(assumes) = &step.assumes {
            writeln!(text, "      assumes: {assumes}");
        }
        for (name, value) in &step.convention {
            writeln!(text, "      {name}: {value}");
        }
        for warning in warnings(run, &[step]) {
            writeln!(text, "      warning: {}", warning.message);
        }
    }
    text
}

fn files(claim: &ClaimRecord, run: Option<&Run>, terminal: &Terminal) -> String {
    let Some(run) = run else { return String::new() };
    let behind: Vec<String> = run
        .inputs
        .iter()
        .filter(|input| {
            let name = format!("{}/{}", input.dataset, input.path);
            claim.trace.iter().any(|entry| entry.contains(&name))
        })
        .map(|input| {
            format!(
                "  {}/{}  {} bytes  sha256 {}\n",
                input.dataset, input.path, input.bytes, input.sha256
            )
        })
        .collect();
    if behind.is_empty() {
        return String::new();
    }
    format!("\n{}\n{}", terminal.paint(Look::Strong, "files"), behind.concat())
}
