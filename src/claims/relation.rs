//! Relations between printed numbers: is there any choice inside all rounding intervals?

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use super::candidate::{Candidate, marks_are_firm};
use super::evidence::Book;
use super::model::{Acceptance, Claim, Relation, Standing};
use super::record::{Accepted, RelationRecord, RelationState, Verdict};
use crate::expression::{
    Comparison, Condition, Interval, Operator, Rational, Reference, Root, Tree, Truth, show,
};
use crate::results::Basis;

/// How one relation came out, with what its claims need to know.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) record: RelationRecord,
    pub(super) standing: Standing,
    /// The claims that it uses.
    pub(super) claims: Vec<String>,
    /// Whether it uses estimates of a rerun: then it says nothing of printed numbers alone.
    pub(super) uses_estimates: bool,
    /// Whether another reading of the same statement holds.
    pub(super) ambiguous: bool,
}

/// Evaluates every relation.
pub(super) fn evaluate(book: &Book<'_>) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> =
        book.claims.relations.iter().map(|relation| outcome(book, relation)).collect();
    let alternatives: Vec<String> = book
        .claims
        .relations
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.record.state == RelationState::Holds)
        .filter_map(|(relation, _)| relation.alternative_to.as_ref())
        .map(|other| other.value.clone())
        .collect();
    for outcome in &mut outcomes {
        let failed = outcome.record.state == RelationState::Fails;
        if failed && alternatives.contains(&outcome.record.id) {
            outcome.ambiguous = true;
            outcome.record.marks.push("ambiguous".to_owned());
        }
    }
    outcomes
}

fn outcome(book: &Book<'_>, relation: &Relation) -> Outcome {
    let expression = &relation.holds.value;
    let mut claims: Vec<String> = expression.names().into_iter().map(|(name, _)| name).collect();
    claims.sort();
    claims.dedup();
    let marks = marks_of(book, &claims);
    let mut record = RelationRecord {
        id: relation.id.value.clone(),
        says: relation.says.clone(),
        kind: relation.standing.word().to_owned(),
        holds: expression.text().to_owned(),
        state: RelationState::Undecided,
        reason: None,
        conflict: Vec::new(),
        witness: BTreeMap::new(),
        certificate: None,
        accepted: None,
        marks,
    };
    let found: Option<Vec<Interval>> = expression
        .references()
        .iter()
        .map(|reference| match reference {
            Reference::Name(name) => book.printed(name),
            Reference::Estimate(_) => book.in_run(None, reference),
        })
        .collect();
    match (found, expression.root()) {
        (Some(at), Root::Condition(condition)) => {
            decide(condition, &at, expression.references(), &mut record);
        }
        _ => record.reason = Some("not-fetched".to_owned()),
    }
    if record.state == RelationState::Fails {
        record.conflict.clone_from(&claims);
    }
    let failed = record.state == RelationState::Fails;
    record.accepted = relation.accepted.as_ref().map(|accepted| accept(accepted, failed));
    Outcome {
        record,
        standing: relation.standing,
        claims,
        uses_estimates: !expression.estimates().is_empty(),
        ambiguous: false,
    }
}

fn accept(accepted: &Acceptance, failed: bool) -> Accepted {
    Accepted { why: accepted.why.clone(), on: accepted.on.clone(), applies: failed }
}

fn marks_of(book: &Book<'_>, claims: &[String]) -> Vec<String> {
    let mut marks: Vec<String> = claims
        .iter()
        .filter_map(|name| book.claims.claim(name))
        .filter_map(|claim| claim.transcription.mark())
        .map(str::to_owned)
        .collect();
    marks.sort();
    marks.dedup();
    marks
}

fn decide(
    condition: &Condition,
    at: &[Interval],
    references: &[Reference],
    record: &mut RelationRecord,
) {
    let truth = condition.truth(at);
    if truth == Truth::Never {
        record.state = RelationState::Fails;
        record.certificate = Some(explain(condition, at));
        return;
    }
    let witness = witness(condition, at);
    if truth != Truth::Unknown || witness.is_some() {
        record.state = RelationState::Holds;
    } else {
        record.reason = Some("budget".to_owned());
    }
    if let Some(point) = witness {
        for (reference, value) in references.iter().zip(&point) {
            record.witness.insert(reference.to_string(), show(value));
        }
    }
}

/// Says in which intervals the two sides of a comparison lie, for a reader to check by hand.
fn explain(condition: &Condition, at: &[Interval]) -> String {
    match condition {
        Condition::Compare(comparison, left, right) => {
            let side = |tree: &Tree| match tree.range(at) {
                Ok(range) => range.interval.to_string(),
                Err(error) => error.to_string(),
            };
            let must = match comparison {
                Comparison::Less => "be less than",
                Comparison::LessOrEqual => "be at most",
                Comparison::Equal => "equal",
                Comparison::NotEqual => "differ from",
                Comparison::GreaterOrEqual => "be at least",
                Comparison::Greater => "be more than",
            };
            format!(
                "The left side lies in {}, the right side in {}; for no choice can the left {must} the right.",
                side(left),
                side(right)
            )
        }
        Condition::And(left, right) => {
            let failing = if left.truth(at) == Truth::Never { left } else { right };
            explain(failing, at)
        }
        Condition::Or(left, right) => format!("{} {}", explain(left, at), explain(right, at)),
        Condition::Not(inner) => match inner.as_ref() {
            Condition::Not(twice) => explain(twice, at),
            _ => "What it denies is true for every choice.".to_owned(),
        },
    }
}

/// Looks for numbers inside all intervals that make the condition surely true.
fn witness(condition: &Condition, at: &[Interval]) -> Option<Vec<Rational>> {
    let sure = |point: &[Rational]| {
        let boxed: Vec<Interval> = point.iter().cloned().map(Interval::point).collect();
        let inside = at.iter().zip(point).all(|(interval, value)| interval.contains(value));
        inside && condition.truth(&boxed) == Truth::Always
    };
    let middle: Vec<Rational> = at.iter().map(Interval::middle).collect();
    if sure(&middle) {
        return Some(middle);
    }
    let mut points = vec![toward(at, &middle, false), toward(at, &middle, true)];
    comparisons(condition, &mut |left, right| {
        let difference =
            Tree::Binary(Operator::Subtract, Box::new(left.clone()), Box::new(right.clone()));
        points.extend(crossing(&difference, at, &middle));
    });
    points.into_iter().find(|point| sure(point))
}

/// A point near one corner, inside even where the ends are open.
fn toward(at: &[Interval], middle: &[Rational], high: bool) -> Vec<Rational> {
    let thousandth = Rational::new(1.into(), 1000.into());
    at.iter()
        .zip(middle)
        .map(|(interval, middle)| {
            let end = if high { &interval.high } else { &interval.low };
            match end.value() {
                None => middle.clone(),
                Some(value) if end.is_closed() => value.clone(),
                Some(value) => value + (middle - value) * &thousandth,
            }
        })
        .collect()
}

fn comparisons(condition: &Condition, visit: &mut impl FnMut(&Tree, &Tree)) {
    match condition {
        Condition::Compare(_, left, right) => visit(left, right),
        Condition::And(left, right) | Condition::Or(left, right) => {
            comparisons(left, visit);
            comparisons(right, visit);
        }
        Condition::Not(inner) => comparisons(inner, visit),
    }
}

/// The least and the largest corner of a difference as its middle's neighbourhood suggests, and the
/// point between them where it is zero, exact where the difference is linear on the way.
fn crossing(difference: &Tree, at: &[Interval], middle: &[Rational]) -> Vec<Vec<Rational>> {
    let value = |point: &[Rational]| {
        let boxed: Vec<Interval> = point.iter().cloned().map(Interval::point).collect();
        difference.range(&boxed).ok().map(|range| range.interval.middle())
    };
    let (low_corner, high_corner) = (toward(at, middle, false), toward(at, middle, true));
    let (mut least, mut most) = (middle.to_vec(), middle.to_vec());
    for index in 0..middle.len() {
        let moved = |corner: &[Rational]| {
            let mut point = middle.to_vec();
            if let (Some(place), Some(end)) = (point.get_mut(index), corner.get(index)) {
                place.clone_from(end);
            }
            value(&point)
        };
        let (Some(below), Some(above)) = (moved(&low_corner), moved(&high_corner)) else {
            continue;
        };
        let (to_least, to_most) =
            if below <= above { (&low_corner, &high_corner) } else { (&high_corner, &low_corner) };
        if let (Some(least), Some(most), Some(lower), Some(upper)) =
            (least.get_mut(index), most.get_mut(index), to_least.get(index), to_most.get(index))
        {
            least.clone_from(lower);
            most.clone_from(upper);
        }
    }
    let mut points = vec![least.clone(), most.clone()];
    let (Some(bottom), Some(top)) = (value(&least), value(&most)) else { return points };
    if bottom.is_negative() && top.is_positive() {
        let share = &bottom / (&bottom - &top);
        let between: Vec<Rational> =
            least.iter().zip(&most).map(|(low, high)| low + (high - low) * &share).collect();
        let hit = value(&between).is_some_and(|value| value.is_zero());
        if hit {
            points.push(between);
        }
    }
    points
}

impl Outcome {
    /// Returns what the relation means for a claim that it uses.
    pub(super) fn verdict_for(&self, book: &Book<'_>, claim: &Claim) -> Option<Candidate> {
        if self.uses_estimates || !self.claims.contains(&claim.id.value) {
            return None;
        }
        let firm = self.standing != Standing::Assumed;
        let verdict = match (self.record.state, firm) {
            (RelationState::Fails, true) => Verdict::DoesNotAddUp,
            (RelationState::Holds, true) if self.record.holds.contains("==") => Verdict::AddsUp,
            (RelationState::Holds, _) => Verdict::Possible,
            (RelationState::Fails, false) | (RelationState::Undecided, _) => return None,
        };
        let failed = verdict == Verdict::DoesNotAddUp;
        if failed && !self.record.conflict.contains(&claim.id.value) {
            return None;
        }
        let mut marks = self.record.marks.clone();
        marks.extend(marks_of(book, std::slice::from_ref(&claim.id.value)));
        let mut conflict = if failed { self.record.conflict.clone() } else { Vec::new() };
        if failed {
            conflict.push(self.record.id.clone());
        }
        let mut trace = vec![format!(
            "relation {} ({}): {}",
            self.record.id, self.record.kind, self.record.holds
        )];
        let names: Vec<_> = self.claims.iter().map(|name| (name.clone(), 0..0)).collect();
        trace.extend(super::trace::printed(book, &names));
        Some(Candidate {
            firm: marks_are_firm(&marks),
            marks,
            conflict,
            trace,
            ..Candidate::new(verdict, Basis::PrintedNumbers)
        })
    }
}
