//! The claims of a study against its results: one record each, relations, counts and the finding.

use std::collections::BTreeMap;

use super::candidate::{Candidate, candidates, marks_with};
use super::evidence::{Book, Presence, presence};
use super::finding::{self, Judged};
use super::implied;
use super::model::{Acceptance, Claim, Claims};
use super::plain;
use super::readings;
use super::record::{
    Accepted, Audit, ClaimRecord, OtherVerdict, ReadingRecord, RelationState, SCHEMA, Stability,
    Verdict,
};
use super::relation::{self, Evaluation, Outcome};
use super::rounding::Rounding;
use super::stability::Changes;
use crate::diagnostic::{Problem, Problems, Span};
use crate::expression::Rational;
use crate::results::{Code, Results, Run, split_part};
use crate::study::Study;

/// What is known when claims are judged.
#[derive(Debug, Clone)]
pub struct Situation<'a> {
    /// The study.
    pub study: &'a Study,
    /// The results of the runs that ran.
    pub results: &'a Results,
    /// The runs that did not run.
    pub unavailable: Vec<Unavailable>,
    /// The runs whose evidence is broken: a checksum differs, an input is not pinned.
    pub void: Vec<String>,
}

/// A run that did not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// Its id.
    pub run: String,
    /// `not-fetched` or `failed`.
    pub reason: String,
    /// What it needs: a dataset.
    pub needs: String,
}

/// Judges every claim on all the evidence there is.
///
/// # Errors
/// Every place in the claims file that does not fit the study or its results: an unknown source, an
/// estimate that no run has although the runs ran.
pub fn judge(claims: &Claims, situation: &Situation<'_>) -> Result<Audit, Problems> {
    let rounding = study_rounding(situation.study, claims)?;
    let book = Book { claims, results: situation.results, rounding };
    let mut problems = Problems::default();
    sources(claims, situation.study, &mut problems);
    estimates(&book, situation, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let mut relations = relation::evaluate(&book);
    let changes = Changes::new(&book, situation, &relations);
    let mut judged: Vec<(ClaimRecord, bool)> = Vec::new();
    for claim in &claims.claims {
        let all = candidates(&book, situation, claim, &relations);
        if let Some((shown, others)) = all.split_first() {
            let firm = shown.firm;
            let record = record(&book, &changes, claim, shown, others, &relations);
            judged.push((record, firm));
        }
    }
    readings::weigh(&book, situation, &mut judged, &mut relations);
    let seen: Vec<Judged<'_>> =
        judged.iter().map(|(record, firm)| Judged { record, firm: *firm }).collect();
    let finding = finding::finding(&seen);
    let records: Vec<ClaimRecord> = judged.into_iter().map(|(record, _)| record).collect();
    let (counts, counts_by_basis) = finding::counts(&records);
    let foreign =
        |record: &&ClaimRecord| record.code.is_some_and(|code| code != Code::Reimplemented);
    let imported = records.iter().filter(foreign).count();
    Ok(Audit {
        schema: SCHEMA.to_owned(),
        study: situation.study.id.value.clone(),
        finding,
        sentence: finding::sentence(finding, &counts, &counts_by_basis, imported),
        counts,
        counts_by_basis,
        claims: records,
        implied: claims
            .implied
            .iter()
            .map(|implied| implied::record(&book, implied, &mut relations))
            .collect(),
        relations: relations.outcomes.into_iter().map(|outcome| outcome.record).collect(),
        set_aside: claims.set_aside.clone(),
        coverage: Vec::new(),
        coverage_counts: BTreeMap::new(),
        seal: None,
    })
}

/// Returns how a study says that it rounds, in its claims file or in study.toml.
pub(super) fn study_rounding(study: &Study, claims: &Claims) -> Result<Rounding, Problems> {
    let declared = claims.rounding.as_ref();
    let Some(word) = &study.rounding else {
        return Ok(declared.map_or(Rounding::Unknown, |mode| mode.value));
    };
    let mode = word.value.parse().map_err(|error: super::rounding::NotARounding| {
        let words = Rounding::ALL.map(Rounding::word);
        Problems::from(Problem::error(error.to_string()).at(&word.span).suggest(&word.value, words))
    })?;
    match declared.filter(|declared| declared.value != mode) {
        Some(other) => Err(Problems::from(
            Problem::error(format!(
                "this file says `{}`, and study.toml says `{mode}`",
                other.value
            ))
            .at(&other.span)
            .help("declare the study's rounding in one place"),
        )),
        None => Ok(mode),
    }
}

fn sources(claims: &Claims, study: &Study, problems: &mut Problems) {
    for claim in &claims.claims {
        if study.source(&claim.source.value).is_none() {
            let known = study.sources.iter().map(|source| source.id.value.as_str());
            problems.push(
                Problem::error(format!("the study has no source `{}`", claim.source.value))
                    .at(&claim.source.span)
                    .help("sources are [[source]] entries of study.toml")
                    .suggest(&claim.source.value, known),
            );
        }
    }
}

/// An estimate that no run has, although every run ran, is a slip in the claims file.
fn estimates(book: &Book<'_>, situation: &Situation<'_>, problems: &mut Problems) {
    let all_ran =
        situation.study.runs.iter().all(|run| situation.results.run(&run.id.value).is_some());
    let complete = all_ran && situation.unavailable.is_empty() && situation.void.is_empty();
    if !complete || situation.results.runs.is_empty() {
        return;
    }
    for (address, span) in book.claims.estimates() {
        let found: Vec<Presence> =
            situation.results.runs.iter().map(|run| presence(run, &address)).collect();
        let missing = |presence: &Presence| matches!(presence, Presence::Absent | Presence::NoPart);
        if found.iter().all(missing) {
            problems.push(absent(&address, &span, situation.results, &found));
        }
    }
}

fn absent(address: &str, span: &Span, results: &Results, found: &[Presence]) -> Problem {
    if found.contains(&Presence::NoPart) {
        return Problem::error(format!("the estimate behind `{address}` has no such part"))
            .at(span)
            .help("a standard error, interval or p value needs a step that computes one");
    }
    let known: Vec<&str> = results
        .runs
        .iter()
        .flat_map(|run| run.estimates.iter().map(|estimate| estimate.id.as_str()))
        .collect();
    let problem = Problem::error(format!("no run has an estimate `{address}`")).at(span);
    if let Some(why) = results.runs.iter().find_map(|run| left_out(run, address)) {
        return problem.help(why);
    }
    if crate::diagnostic::nearest(address, known.iter().copied()).is_some() {
        return problem.suggest(address, known);
    }
    let step = super::evidence::step_of(address);
    let near: Vec<&str> =
        known.into_iter().filter(|id| super::evidence::step_of(id) == step).collect();
    if near.is_empty() {
        problem.help(format!("no step is called `{step}`, or it computes nothing"))
    } else {
        problem
            .help(format!("`{step}` computes: {}", crate::diagnostic::names::listed(address, near)))
    }
}

/// Why a step that ran has no such estimate, by its own notes.
fn left_out(run: &Run, address: &str) -> Option<String> {
    let (id, name) = split_part(address).0.split_once('/')?;
    let step = run.steps.iter().find(|step| step.id == id)?;
    let noted = |key: &str, says: &dyn Fn(&str) -> bool| {
        step.convention.iter().any(|(known, text)| known == key && says(text))
    };
    if noted("dropped terms", &|names| names == name || names.split(", ").any(|one| one == name)) {
        return Some(format!("`{id}` dropped the term `{name}`: its warnings say why"));
    }
    let (factor, level) = name.split_once('=').unwrap_or_default();
    if noted(&format!("base of {factor}"), &|base| base == level) {
        return Some(format!("`{name}` is the base that `{id}` compares the other levels with"));
    }
    let none = name == "f" && noted("F", &|text| text.starts_with("none"));
    none.then(|| format!("`{id}` has no F: the covariance of its terms is singular"))
}

pub(super) fn record(
    book: &Book<'_>,
    changes: &Changes<'_>,
    claim: &Claim,
    shown: &Candidate,
    others: &[Candidate],
    relations: &Evaluation,
) -> ClaimRecord {
    let outcomes = &relations.outcomes;
    let mut shown = shown.clone();
    if shown.marks.is_empty() || shown.verdict == Verdict::Untestable {
        shown.marks.extend(marks_with(book, claim, &[]));
    }
    shown.marks.sort();
    shown.marks.dedup();
    let interval = claim.interval(book.rounding).and_then(|interval| {
        let [low, high] = interval.as_floats();
        low.zip(high).map(|(low, high)| [low, high])
    });
    let turn = changes.of_claim(claim, &shown);
    if turn.as_ref().is_some_and(|turn| turn.fragile) {
        shown.marks.push("fragile".to_owned());
        shown.marks.sort();
        shown.marks.dedup();
    }
    let stability = turn.map(|turn| turn.stability).or_else(|| of_its_relations(&shown, outcomes));
    ClaimRecord {
        id: claim.id.value.clone(),
        says: claim.says.clone(),
        weight: claim.weight,
        source: claim.source.value.clone(),
        at: claim.at.clone(),
        transcription: claim.transcription.word().to_owned(),
        printed: claim.printed.text.clone(),
        interval,
        reads: claim.reads.as_ref().map(|reading| reading.texts.clone()),
        reading: claim.reads.as_ref().map(|reading| ReadingRecord {
            low: reading.texts[0].clone(),
            high: reading.texts[1].clone(),
            from: reading.from.word().to_owned(),
            why: reading.why.clone(),
        }),
        readings: Vec::new(),
        statistic: super::statistic::record(claim, book.rounding),
        unit: claim.shown_unit(),
        verdict: shown.verdict,
        reason: shown.reason.clone(),
        basis: shown.basis,
        run: shown.run.clone(),
        code: shown.code,
        estimate: claim.estimate.as_ref().map(|address| address.value.clone()),
        equals: claim.equals.as_ref().map(|equals| equals.value.text().to_owned()),
        value: shown.value,
        from_rounding: shown.from_rounding,
        conclusion: claim.holds.as_ref().map(|holds| holds.value.text().to_owned()),
        holds: shown.holds,
        plain: plain::plain(book, claim, &shown, stability.as_ref()),
        accepted: accepted(book, claim, &shown, relations),
        marks: shown.marks,
        trace: shown.trace,
        assumes: shown.assumes,
        others: others.iter().map(other).collect(),
        conflict: shown.conflict,
        replication: shown.replication,
        stability,
    }
}

/// What a verdict from printed numbers turns into where its relation comes to hold.
const fn turned(verdict: Verdict) -> Verdict {
    if matches!(verdict, Verdict::Impossible) { Verdict::Possible } else { Verdict::AddsUp }
}

/// What would turn the relation that puts a claim into conflict.
fn of_its_relations(shown: &Candidate, outcomes: &[Outcome]) -> Option<Stability> {
    outcomes
        .iter()
        .filter(|outcome| shown.conflict.contains(&outcome.record.id))
        .find_map(|outcome| outcome.record.stability.clone())
        .map(|found| Stability { flips_to: turned(shown.verdict).word().to_owned(), ..found })
}

fn other(candidate: &Candidate) -> OtherVerdict {
    OtherVerdict {
        run: candidate.run.clone(),
        basis: candidate.basis,
        verdict: candidate.verdict,
        reason: candidate.reason.clone(),
        value: candidate.value,
        replication: candidate.replication.clone(),
    }
}

/// The claim's own acceptance, or that of the relations and statements that fail it, where all are
/// accepted.
fn accepted(
    book: &Book<'_>,
    claim: &Claim,
    shown: &Candidate,
    relations: &Evaluation,
) -> Option<Accepted> {
    if let Some(acceptance) = &claim.accepted {
        return Some(noted(acceptance, still_applies(acceptance, shown)));
    }
    if !matches!(shown.verdict, Verdict::DoesNotAddUp | Verdict::Impossible) {
        return None;
    }
    let behind = relations
        .outcomes
        .iter()
        .filter(|outcome| outcome.record.state == RelationState::Fails)
        .filter(|outcome| shown.conflict.contains(&outcome.record.id))
        .map(|outcome| outcome.record.accepted.clone());
    let broken = shown.conflict.iter().filter(|id| relations.statements.broken.contains(*id));
    let stated = broken.filter_map(|id| book.claims.claim(id)).map(|other| {
        let same = |acceptance: &&Acceptance| acceptance.verdict == Some(Verdict::DoesNotAddUp);
        other.accepted.as_ref().filter(same).map(|acceptance| noted(acceptance, true))
    });
    let all: Vec<Option<Accepted>> = behind.chain(stated).collect();
    let settled = all.iter().all(|one| one.as_ref().is_some_and(|accepted| accepted.applies));
    all.first().filter(|_| settled).cloned().flatten()
}

fn noted(acceptance: &Acceptance, applies: bool) -> Accepted {
    Accepted { why: acceptance.why.clone(), on: acceptance.on.clone(), applies }
}

/// An acceptance lapses when the verdict or the value's printed digits change.
fn still_applies(acceptance: &Acceptance, shown: &Candidate) -> bool {
    let same_verdict = acceptance.verdict == Some(shown.verdict);
    let same_value = acceptance.value.as_ref().is_none_or(|amount| {
        let digits = crate::expression::show(&amount.digits.value);
        let ours: Option<Rational> = shown.value.and_then(super::evidence::written);
        ours.is_some_and(|ours| amount.print_like(&ours) == digits)
    });
    same_verdict && same_value
}
