//! Every verdict that the evidence gives one claim; the strongest basis is shown.

mod marked;

use marked::{convention, marks};
pub(super) use marked::{marks_are_firm, marks_with};

use super::compare::{self, Comparison};
use super::evidence::{Book, Ours, Presence, addresses, presence, rests_on_estimates, written};
use super::model::Claim;
use super::record::{Replication, Verdict};
use super::relation::Evaluation;
use super::{Situation, new_data, trace};
use crate::expression::{Interval, Reference};
use crate::results::{Basis, Code, Run};

/// One verdict with what it rests on.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) verdict: Verdict,
    pub(super) basis: Basis,
    pub(super) run: Option<String>,
    pub(super) code: Option<Code>,
    pub(super) value: Option<f64>,
    pub(super) from_rounding: Option<[f64; 2]>,
    pub(super) holds: Option<bool>,
    pub(super) reason: Option<String>,
    /// What the reason is about: a dataset, a step.
    pub(super) needs: Option<String>,
    pub(super) marks: Vec<String>,
    pub(super) conflict: Vec<String>,
    pub(super) trace: Vec<String>,
    pub(super) assumes: Vec<String>,
    pub(super) note: Option<String>,
    /// Whether the study's finding may rest on it: no chart, no single transcription, no assumption.
    pub(super) firm: bool,
    /// On new data: what stands beside the verdict.
    pub(super) replication: Option<Replication>,
}

impl Candidate {
    pub(super) fn new(verdict: Verdict, basis: Basis) -> Self {
        Self {
            verdict,
            basis,
            run: None,
            code: None,
            value: None,
            from_rounding: None,
            holds: None,
            reason: None,
            needs: None,
            marks: Vec::new(),
            conflict: Vec::new(),
            trace: Vec::new(),
            assumes: Vec::new(),
            note: None,
            firm: true,
            replication: None,
        }
    }

    fn nothing(verdict: Verdict, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::new(verdict, Basis::Nothing) }
    }
}

/// Returns all verdicts on a claim, the one to show first.
pub(super) fn candidates(
    book: &Book<'_>,
    situation: &Situation<'_>,
    claim: &Claim,
    relations: &Evaluation,
) -> Vec<Candidate> {
    let mut all = Vec::new();
    if !addresses(claim).is_empty() {
        all.extend(situation.void.iter().map(|run| void(situation, run)));
    }
    for run in book.runs() {
        if !situation.void.contains(&run.id) {
            all.extend(on_run(book, claim, run));
        }
    }
    all.extend(on_printed(book, claim, relations));
    all.extend(on_nothing(book, situation, claim));
    if all.is_empty() {
        all.push(Candidate::nothing(Verdict::Unchecked, "not-attempted"));
    }
    if relations.undecided(claim) {
        for candidate in &mut all {
            let idle = candidate.verdict == Verdict::Unchecked && candidate.run.is_none();
            if idle && candidate.reason.as_deref() == Some("not-attempted") {
                candidate.reason = Some("budget".to_owned());
            }
        }
    }
    // Within a basis our own run speaks before imported estimates, then the order of the table.
    all.sort_by_key(|candidate| {
        // What is printed was printed by the study, whoever did the sums.
        let own = candidate.code.filter(|_| candidate.basis != Basis::PrintedNumbers);
        let code = own.unwrap_or(Code::Reimplemented);
        (candidate.verdict != Verdict::Void, candidate.basis, code, candidate.verdict)
    });
    dissent(&mut all);
    all
}

/// Says where another run on the same basis comes out otherwise.
fn dissent(all: &mut [Candidate]) {
    let Some((shown, others)) = all.split_first_mut() else { return };
    let others: Vec<String> = others
        .iter()
        .filter(|other| shown.run.is_some() && other.run.is_some())
        .filter(|other| other.basis == shown.basis && other.verdict != shown.verdict)
        .map(|other| format!("{} says {}", other.run.as_deref().unwrap_or_default(), other.verdict))
        .collect();
    if !others.is_empty() {
        let heard = format!("Other runs on the same basis disagree: {}.", others.join(", "));
        shown.note = Some(match shown.note.take() {
            Some(note) => format!("{note} {heard}"),
            None => heard,
        });
    }
}

fn void(situation: &Situation<'_>, run: &str) -> Candidate {
    let basis = situation
        .study
        .run(run)
        .and_then(|binding| binding.basis.value.parse().ok())
        .unwrap_or(Basis::Nothing);
    Candidate { run: Some(run.to_owned()), ..Candidate::new(Verdict::Void, basis) }
}

fn on_run(book: &Book<'_>, claim: &Claim, run: &Run) -> Option<Candidate> {
    let ours = Book::ours(claim, run);
    let comparison = match (&ours, run.basis) {
        (Some(ours), Basis::RawData | Basis::AnalysisData) => {
            compare::own_data(book, claim, run, ours)
        }
        (Some(ours), Basis::NewData) => new_data::compare(book, claim, run, ours),
        (Some(ours), Basis::PrintedNumbers) => printed_run(book, claim, run, ours)?,
        (None, _) => conclusion_alone(book, claim, run)?,
        (Some(_), Basis::SyntheticData | Basis::Nothing) => return None,
    };
    if comparison.verdict == Verdict::Unchecked {
        return Some(Candidate {
            run: Some(run.id.clone()),
            note: comparison.note,
            ..Candidate::nothing(Verdict::Unchecked, "not-attempted")
        });
    }
    let (trace, assumes) = trace::of(run, &used(claim));
    let mut marks = marks(claim);
    if comparison.fragile {
        marks.push("fragile".to_owned());
    }
    marks.extend(convention(claim, run));
    let from_rounding = ours.as_ref().filter(|ours| ours.from_rounding).and_then(|ours| {
        let [low, high] = ours.interval.as_floats();
        low.zip(high).map(|(low, high)| [low, high])
    });
    let conflict =
        if comparison.verdict == Verdict::DoesNotAddUp { conflict_of(claim) } else { Vec::new() };
    if comparison.verdict == Verdict::Unchecked {
        // A printed part has no counterpart in the run: what cannot be compared never passes.
        return Some(Candidate {
            run: Some(run.id.clone()),
            value: ours.map(|ours| ours.value),
            note: comparison.note,
            ..Candidate::nothing(Verdict::Unchecked, "not-attempted")
        });
    }
    Some(Candidate {
        run: Some(run.id.clone()),
        code: Some(run.code),
        value: ours.map(|ours| ours.value),
        from_rounding,
        holds: comparison.holds,
        firm: marks_are_firm(&marks),
        marks,
        conflict,
        trace,
        assumes,
        note: comparison.note,
        replication: comparison.replication,
        ..Candidate::new(comparison.verdict, run.basis)
    })
}

/// A run over printed numbers: can what it computes and what is printed both be right?
fn printed_run(book: &Book<'_>, claim: &Claim, run: &Run, ours: &Ours) -> Option<Comparison> {
    let printed = claim.interval(book.rounding)?;
    let holds = compare::conclusion(book, claim, Some(run));
    let (agree, touches) = compare::can_agree(&printed, &ours.interval);
    let verdict =
        if agree && holds != Some(false) { Verdict::AddsUp } else { Verdict::DoesNotAddUp };
    let fragile = agree && touches && claim.reads.is_none();
    Some(Comparison { fragile, ..Comparison::of(verdict, holds) })
}

/// A claim that is a comparison and no number, on the study's own or on new data.
fn conclusion_alone(book: &Book<'_>, claim: &Claim, run: &Run) -> Option<Comparison> {
    let uses_run = claim.holds.as_ref().is_some_and(|holds| rests_on_estimates(&holds.value));
    if !uses_run || !addresses(claim).is_empty() {
        return None;
    }
    let note = "No number is printed here: what was compared is the conclusion.".to_owned();
    if run.basis == Basis::NewData {
        let found = new_data::conclusion_alone(book, claim, run)
            .unwrap_or(Comparison::of(Verdict::Inconclusive, None));
        return Some(Comparison { note: Some(note), ..found });
    }
    let holds = compare::conclusion(book, claim, Some(run))?;
    let verdict = match (run.basis, holds) {
        (Basis::RawData | Basis::AnalysisData, true) => Verdict::Rounded,
        (Basis::RawData | Basis::AnalysisData, false) => Verdict::Overturned,
        (Basis::PrintedNumbers, true) => Verdict::AddsUp,
        (Basis::PrintedNumbers, false) => Verdict::DoesNotAddUp,
        (Basis::NewData | Basis::SyntheticData | Basis::Nothing, _) => return None,
    };
    Some(Comparison { note: Some(note), ..Comparison::of(verdict, Some(holds)) })
}

/// What other printed numbers say: `equals`, the conclusion, and the relations it is part of.
fn on_printed(book: &Book<'_>, claim: &Claim, relations: &Evaluation) -> Option<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    found.extend(recomputed(book, claim));
    found.extend(conclusion_on_print(book, claim));
    found.extend(relations.verdicts_for(book, claim));
    found.extend(super::statistic::judged(book, claim));
    found.sort_by_key(|candidate| candidate.verdict);
    let mut best = found.first()?.clone();
    for other in found.iter().skip(1).filter(|other| other.verdict == best.verdict) {
        best.conflict.extend(other.conflict.iter().cloned());
        best.marks.extend(other.marks.iter().cloned());
        best.trace.extend(other.trace.iter().cloned());
        best.firm = best.firm || other.firm;
        best.value = best.value.or(other.value);
        best.from_rounding = best.from_rounding.or(other.from_rounding);
        best.holds = best.holds.or(other.holds);
        best.note = best.note.or_else(|| other.note.clone());
    }
    for list in [&mut best.conflict, &mut best.marks] {
        list.sort();
        list.dedup();
    }
    let mut seen = Vec::new();
    best.trace.retain(|line| {
        let fresh = !seen.contains(line);
        seen.push(line.clone());
        fresh
    });
    Some(best)
}

/// `equals` over other claims, recomputed within their rounding.
fn recomputed(book: &Book<'_>, claim: &Claim) -> Option<Candidate> {
    let equals = claim.equals.as_ref().filter(|equals| !rests_on_estimates(&equals.value))?;
    let printed = claim.interval(book.rounding)?;
    let lookup = |reference: &Reference| match reference {
        Reference::Name(name) => book.printed(name),
        Reference::Estimate(_) => book.in_run(None, reference),
    };
    let range = equals.value.range(&lookup).ok()?;
    let (agree, touches) = compare::can_agree(&printed, &range.interval);
    let middle = |reference: &Reference| {
        lookup(reference).map(|interval| crate::expression::nearest_float(&interval.middle()))
    };
    let value = equals.value.value(&middle).ok();
    // A choice inside all intervals whose value is printed so, whatever the last bits are.
    let witnessed = value.is_some_and(|value| {
        [1.0 - 1e-9, 1.0 + 1e-9]
            .iter()
            .all(|near| written(value * near).is_some_and(|near| printed.contains(&near)))
    });
    if agree && !range.exact && !witnessed && !range.interval.encloses(&printed) {
        return None;
    }
    let verdict = if agree { Verdict::AddsUp } else { Verdict::DoesNotAddUp };
    let mut marks = marks_with(book, claim, &equals.value.names());
    if agree && touches {
        marks.push("fragile".to_owned());
    }
    Some(Candidate {
        value,
        from_rounding: ends(&range.interval),
        firm: marks_are_firm(&marks),
        marks,
        conflict: if agree { Vec::new() } else { conflict_of(claim) },
        trace: trace::printed(book, &equals.value.names()),
        ..Candidate::new(verdict, Basis::PrintedNumbers)
    })
}

/// A conclusion that the printed numbers themselves contradict, whatever their rounding.
fn conclusion_on_print(book: &Book<'_>, claim: &Claim) -> Option<Candidate> {
    let holds = claim.holds.as_ref().filter(|holds| holds.value.estimates().is_empty())?;
    let others = holds.value.names().iter().any(|(name, _)| *name != claim.id.value);
    let stands = compare::conclusion(book, claim, None)?;
    if stands && !others {
        return None;
    }
    let verdict = if stands { Verdict::Possible } else { Verdict::DoesNotAddUp };
    let marks = marks_with(book, claim, &holds.value.names());
    Some(Candidate {
        holds: Some(stands),
        firm: marks_are_firm(&marks),
        marks,
        conflict: if stands { Vec::new() } else { conflict_of(claim) },
        trace: trace::printed(book, &holds.value.names()),
        ..Candidate::new(verdict, Basis::PrintedNumbers)
    })
}

/// Why there is no evidence, where there is none.
fn on_nothing(book: &Book<'_>, situation: &Situation<'_>, claim: &Claim) -> Option<Candidate> {
    if let Some(reason) = &claim.untestable {
        return Some(Candidate::nothing(Verdict::Untestable, reason));
    }
    let addresses = addresses(claim);
    if addresses.is_empty() {
        return None;
    }
    for run in book.runs() {
        for address in &addresses {
            if let Presence::Skipped(reason, needs) = presence(run, address) {
                return Some(Candidate {
                    run: Some(run.id.clone()),
                    needs: Some(needs),
                    ..Candidate::nothing(Verdict::Untestable, &reason)
                });
            }
        }
    }
    let seen = book
        .runs()
        .iter()
        .any(|run| addresses.iter().all(|address| presence(run, address) == Presence::Present));
    if seen {
        return None;
    }
    Some(match situation.unavailable.first() {
        Some(missing) => Candidate {
            run: Some(missing.run.clone()),
            needs: Some(missing.needs.clone()),
            ..Candidate::nothing(Verdict::Unchecked, &missing.reason)
        },
        None => Candidate::nothing(Verdict::Unchecked, "not-attempted"),
    })
}

fn used(claim: &Claim) -> Vec<String> {
    let mut all = addresses(claim);
    if all.is_empty() {
        let holds = claim.holds.iter().flat_map(|holds| holds.value.estimates());
        all.extend(holds.map(|(address, _)| address));
    }
    all
}

fn ends(interval: &Interval) -> Option<[f64; 2]> {
    let [low, high] = interval.as_floats();
    low.zip(high).map(|(low, high)| [low, high])
}

/// The claim and the claims that it is computed from: none is blamed alone.
fn conflict_of(claim: &Claim) -> Vec<String> {
    let own = claim.equals.iter().chain(&claim.holds);
    let mut names: Vec<String> =
        own.flat_map(|part| part.value.names()).map(|(name, _)| name).collect();
    names.push(claim.id.value.clone());
    names.sort();
    names.dedup();
    names
}
