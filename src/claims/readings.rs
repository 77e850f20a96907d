//! Claims with several readings: each is judged under all of them, and the weakest verdict counts.
//!
//! Under a reading the claim stands in the network with that reading's interval, so that what else rests
//! on it (relations, other claims) is judged under it too. Readings of other claims stay open meanwhile:
//! their numbers may lie wherever one of theirs allows.

use std::collections::BTreeSet;

use super::Situation;
use super::candidate::candidates;
use super::checks::Check;
use super::evidence::Book;
use super::judge::record;
use super::model::{Alternative, Claim, Claims};
use super::record::{ClaimRecord, ReadingOutcome, RelationState, Stability, Verdict};
use super::relation::{self, Evaluation};
use super::stability::Changes;
use crate::expression::Expression;

/// From the best to the worst that can be said of a claim; what cannot be compared never passes, and a
/// contradiction is worse than silence.
const FROM_STRONG_TO_WEAK: [Verdict; 15] = [
    Verdict::Exact,
    Verdict::Rounded,
    Verdict::WithinTolerance,
    Verdict::Compatible,
    Verdict::AddsUp,
    Verdict::Possible,
    Verdict::Inconclusive,
    Verdict::Untestable,
    Verdict::Unchecked,
    Verdict::Differs,
    Verdict::NotCompatible,
    Verdict::DoesNotAddUp,
    Verdict::Overturned,
    Verdict::Impossible,
    Verdict::Void,
];

fn weakness(verdict: Verdict) -> Option<usize> {
    FROM_STRONG_TO_WEAK.iter().position(|known| *known == verdict)
}

/// A claim's record under one reading, and whether a finding may rest on it.
type Judged = (ClaimRecord, bool);

/// Puts the weakest verdict over all readings in the place of what was judged with every reading open.
pub(super) fn weigh(
    book: &Book<'_>,
    situation: &Situation<'_>,
    judged: &mut [Judged],
    relations: &mut Evaluation,
) {
    for read in book.claims.claims.iter().filter(|claim| claim.readings.len() > 1) {
        let bound = bound_with(book.claims, &read.id.value);
        let mut seen: Vec<(&Alternative, Vec<(usize, Judged)>)> = Vec::new();
        let mut states = Vec::new();
        for reading in &read.readings {
            let claims = under(book.claims, read, reading, &bound);
            let inner = Book { claims: &claims, results: book.results, rounding: book.rounding };
            let evaluation = relation::evaluate(&inner);
            let changes = Changes::new(&inner, situation, &evaluation);
            let records = (0..claims.claims.len())
                .filter_map(|at| Some((at, claims.claims.get(at)?)))
                .filter(|(_, claim)| bound.contains(&claim.id.value))
                .filter_map(|(at, claim)| {
                    let all = candidates(&inner, situation, claim, &evaluation);
                    let (shown, others) = all.split_first()?;
                    let record = record(&inner, &changes, claim, shown, others, &evaluation);
                    Some((at, (record, shown.firm)))
                })
                .collect();
            seen.push((reading, records));
            states.push(evaluation);
        }
        for (at, current) in judged.iter_mut().enumerate() {
            let each: Vec<(&Alternative, &Judged)> = seen
                .iter()
                .filter_map(|(reading, records)| {
                    let own = records.iter().find(|(place, _)| *place == at);
                    own.map(|(_, record)| (*reading, record))
                })
                .collect();
            fold(read, &each, current);
        }
        relations_under(relations, states);
    }
}

/// The weakest of the readings, where they differ or the claim itself is what is read.
fn fold(read: &Claim, each: &[(&Alternative, &Judged)], current: &mut Judged) {
    let Some(weakest) = each.iter().rev().max_by_key(|(_, (record, _))| weakness(record.verdict))
    else {
        return;
    };
    let best = each.iter().min_by_key(|(_, (record, _))| weakness(record.verdict));
    let differ = each.iter().any(|(_, (record, _))| record.verdict != weakest.1.0.verdict);
    let own = current.0.id == read.id.value;
    let earlier = std::mem::take(&mut current.0.readings);
    let weaker = weakness(weakest.1.0.verdict) >= weakness(current.0.verdict);
    if own || (differ && weaker) {
        *current = weakest.1.clone();
    }
    current.0.readings = earlier;
    if !own && !differ {
        return;
    }
    let shown = current.0.verdict;
    let first = each.iter().position(|(_, (record, _))| record.verdict == shown);
    let outcomes = each.iter().enumerate().map(|(place, (reading, (record, _)))| {
        outcome(read, reading, record, Some(place) == first)
    });
    let outcomes: Vec<ReadingOutcome> = outcomes.collect();
    let record = &mut current.0;
    record.plain += &sentence(read, own, &outcomes);
    record.readings.extend(outcomes);
    record.marks.push("ambiguous".to_owned());
    if let Some((reading, (other, _))) = best.filter(|_| differ) {
        record.marks.push("fragile".to_owned());
        record.stability = Some(Stability {
            flips_to: other.verdict.word().to_owned(),
            by: format!("another reading of {}: {}", read.id.value, words(read, reading)),
            kind: "reading".to_owned(),
            distance: None,
        });
    }
    record.marks.sort();
    record.marks.dedup();
}

fn outcome(
    read: &Claim,
    reading: &Alternative,
    record: &ClaimRecord,
    counts: bool,
) -> ReadingOutcome {
    ReadingOutcome {
        of: read.id.value.clone(),
        reading: words(read, reading),
        says: reading.says.clone(),
        why: reading.why.clone(),
        reads: reading.reads.as_ref().map(|reads| reads.texts.clone()),
        estimate: reading.estimate.as_ref().map(|estimate| estimate.value.clone()),
        equals: reading.equals.as_ref().map(|equals| equals.value.text().to_owned()),
        verdict: record.verdict,
        reason: record.reason.clone(),
        basis: record.basis,
        run: record.run.clone(),
        value: record.value,
        counts,
    }
}

/// `40% to 50%`, `20% as a - b`.
fn words(read: &Claim, reading: &Alternative) -> String {
    let span = reading.reads.as_ref().map(super::model::Reading::words);
    let made = reading
        .equals
        .as_ref()
        .map(|equals| equals.value.text().to_owned())
        .or_else(|| reading.estimate.as_ref().map(|estimate| estimate.value.clone()));
    let span = span.unwrap_or_else(|| read.printed.text.clone());
    match made {
        Some(made) => format!("{span} as {made}"),
        None => span,
    }
}

fn sentence(read: &Claim, own: bool, outcomes: &[ReadingOutcome]) -> String {
    let all: Vec<String> =
        outcomes.iter().map(|one| format!("as {} ({})", one.reading, one.verdict)).collect();
    let what = if own { "It".to_owned() } else { format!("What it rests on, {},", read.id.value) };
    format!(
        " {what} can be read in more than one way: {}; the weakest verdict counts.",
        all.join(", ")
    )
}

/// A relation that fails under one reading and not under another fails, and is ambiguous.
fn relations_under(relations: &mut Evaluation, states: Vec<Evaluation>) {
    let mut outcomes: Vec<_> = states.into_iter().flat_map(|state| state.outcomes).collect();
    for outcome in &mut relations.outcomes {
        let id = outcome.record.id.clone();
        let each = || outcomes.iter().filter(|other| other.record.id == id);
        let fails = each().any(|other| other.record.state == RelationState::Fails);
        let otherwise = each().any(|other| other.record.state != RelationState::Fails);
        if !fails || outcome.record.state == RelationState::Fails {
            continue;
        }
        let failing = outcomes
            .iter_mut()
            .find(|other| other.record.id == id && other.record.state == RelationState::Fails);
        if let Some(failing) = failing {
            outcome.record = failing.record.clone();
            if otherwise {
                outcome.record.marks.push("ambiguous".to_owned());
                outcome.record.marks.sort();
                outcome.record.marks.dedup();
            }
        }
    }
}

/// The claims file under one reading, without what the claim is not bound with.
fn under(claims: &Claims, read: &Claim, reading: &Alternative, bound: &BTreeSet<String>) -> Claims {
    let mut one = claims.clone();
    for claim in &mut one.claims {
        if claim.id.value == read.id.value {
            *claim = claim.under(reading);
        } else if !bound.contains(&claim.id.value) {
            claim.equals = None;
        }
    }
    one.relations.retain(|relation| {
        relation.holds.value.names().iter().any(|(name, _)| bound.contains(name))
    });
    one.checks.retain(|check| check.head.names.iter().any(|name| bound.contains(&name.value)));
    one
}

/// The claims that share an expression or a check with a claim, directly or over others.
fn bound_with(claims: &Claims, id: &str) -> BTreeSet<String> {
    let names = |expression: &Expression| -> Vec<String> {
        expression.names().into_iter().map(|(name, _)| name).collect()
    };
    let mut ties: Vec<Vec<String>> =
        claims.relations.iter().map(|relation| names(&relation.holds.value)).collect();
    let named = |check: &Check| check.head.names.iter().map(|name| name.value.clone()).collect();
    ties.extend(claims.checks.iter().map(named));
    for claim in &claims.claims {
        for expression in claim.all_equals().chain(&claim.holds) {
            let mut tie = names(&expression.value);
            tie.push(claim.id.value.clone());
            ties.push(tie);
        }
    }
    let mut bound = BTreeSet::from([id.to_owned()]);
    loop {
        let before = bound.len();
        for tie in &ties {
            if tie.iter().any(|name| bound.contains(name)) {
                bound.extend(tie.iter().cloned());
            }
        }
        if bound.len() == before {
            return bound;
        }
    }
}
