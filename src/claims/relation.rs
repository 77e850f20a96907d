//! Relations between printed numbers: is there any choice inside all rounding intervals?

use std::collections::BTreeMap;

use super::alternatives;
use super::candidate::{Candidate, marks_are_firm};
use super::checks;
use super::evidence::Book;
use super::model::{Acceptance, Claim, Relation, Standing};
use super::network::{Conflict, Item, Neighbourhood, Network, Verdict as Decided};
use super::recomputed::{self, Statements};
use super::record::{Accepted, RelationRecord, RelationState, Verdict};
use super::rounding::Rounding;
use super::stability;
use crate::expression::{Expression, Interval, Rational, Reference, Root, show};
use crate::results::Basis;

/// All relations evaluated, alone and together.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    /// One per relation, in their order.
    pub(super) outcomes: Vec<Outcome>,
    /// The sets of numbers that cannot all be right, by definitional and stated relations.
    pub(super) conflicts: Vec<Blame>,
    /// The network of all printed numbers.
    pub(super) network: Network,
    /// The relations in it that can all be true together.
    pub(super) items: Vec<Item>,
    /// Every relation that holds alone, assumed ones too.
    pub(super) alone: Vec<Item>,
    /// What claims say of each other by `equals` and `holds`.
    pub(super) statements: Statements,
}

/// How one relation came out, with what its claims need to know.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) record: RelationRecord,
    pub(super) standing: Standing,
    /// The claims that it uses.
    pub(super) claims: Vec<String>,
    /// Whether it uses estimates of a rerun: then it says nothing of printed numbers alone.
    pub(super) uses_estimates: bool,
    /// Whether its numbers agree where it holds, rather than only being possible.
    pub(super) agrees: bool,
    /// The relation of which it is another reading.
    pub(super) alternative_to: Option<String>,
}

/// What fails, and what it means for the claims in it.
#[derive(Debug, Clone)]
pub(super) struct Failing {
    pub(super) conflict: Conflict,
    pub(super) verdict: Verdict,
    /// Whether another reading of the same text would agree.
    pub(super) other_reading: bool,
}

/// A conflict, with what a finding must know of it.
#[derive(Debug, Clone)]
pub(super) struct Blame {
    pub(super) failing: Failing,
    pub(super) marks: Vec<String>,
}

/// Evaluates every relation alone, then the definitional and stated ones together.
pub(super) fn evaluate(book: &Book<'_>) -> Evaluation {
    let mut network = Network::default();
    // In the order of the file: of two smallest sets the first is named.
    for claim in &book.claims.claims {
        if let Some(interval) = claim.interval(book.rounding) {
            network.number(&claim.id.value, &interval);
        }
    }
    let mut outcomes = Vec::new();
    let mut conflicts: Vec<Conflict> = Vec::new();
    let mut together: Vec<Item> = Vec::new();
    let mut every: Vec<Item> = Vec::new();
    for relation in &book.claims.relations {
        let (outcome, item, conflict) = alone(book, relation, &mut network);
        let firm = outcome.standing != Standing::Assumed && !outcome.uses_estimates;
        if outcome.record.state == RelationState::Holds {
            every.extend(item.clone());
            together.extend(item.filter(|_| firm));
        }
        conflicts.extend(conflict.filter(|_| firm));
        outcomes.push(outcome);
    }
    let statements = recomputed::statements(book, &mut network);
    together.extend(statements.items.iter().cloned());
    conflicts.extend(statements.conflicts.iter().cloned());
    let aside = alternatives::set_aside(&outcomes, &mut together);
    let (joint, witness) = network.conflicts(&together);
    for outcome in &mut outcomes {
        match joint.iter().find(|conflict| conflict.items.contains(&outcome.record.id)) {
            Some(conflict) => fail(&mut outcome.record, conflict),
            None if aside.iter().any(|reading| reading.id() == outcome.record.id) => {}
            None => show_witness(outcome, &witness),
        }
    }
    for reading in &aside {
        let found = reading.conflicts(&network, &together);
        let own = outcomes.iter_mut().find(|outcome| outcome.record.id == reading.id());
        if let Some((outcome, conflict)) = own.zip(found.first()) {
            fail(&mut outcome.record, conflict);
        }
        conflicts.extend(found);
    }
    together.retain(|item| !joint.iter().any(|conflict| conflict.items.contains(&item.id)));
    conflicts.extend(joint);
    for (relation, outcome) in book.claims.relations.iter().zip(&mut outcomes) {
        let failed = outcome.record.state == RelationState::Fails;
        outcome.record.accepted =
            relation.accepted.as_ref().map(|accepted| accept(accepted, failed));
    }
    let together_fail =
        |conflict| Failing { conflict, verdict: Verdict::DoesNotAddUp, other_reading: false };
    let mut failing: Vec<Failing> = conflicts.into_iter().map(together_fail).collect();
    for checked in checks::evaluate(book) {
        outcomes.insert(checked.place.min(outcomes.len()), checked.outcome);
        failing.extend(checked.failing);
    }
    alternatives::mark_ambiguous(&mut outcomes);
    let blame = |failing: Failing| {
        let conflict = &failing.conflict;
        let mut marks = marks_of(book, &conflict.names);
        let unclear = outcomes.iter().any(|outcome| {
            conflict.items.contains(&outcome.record.id)
                && outcome.record.marks.iter().any(|mark| mark == "ambiguous")
        });
        marks.extend(unclear.then(|| "ambiguous".to_owned()));
        Blame { failing, marks }
    };
    let conflicts = failing.into_iter().map(blame).collect();
    Evaluation { outcomes, conflicts, network, items: together, alone: every, statements }
}

/// The interval of everything that an expression refers to; `None` where something has none yet.
pub(super) fn intervals(book: &Book<'_>, expression: &Expression) -> Option<Vec<Interval>> {
    expression
        .references()
        .iter()
        .map(|reference| match reference {
            Reference::Name(name) => book.printed(name),
            Reference::Estimate(_) => book.in_run(None, reference),
        })
        .collect()
}

fn alone(
    book: &Book<'_>,
    relation: &Relation,
    network: &mut Network,
) -> (Outcome, Option<Item>, Option<Conflict>) {
    let expression = &relation.holds.value;
    let mut claims: Vec<String> = expression.names().into_iter().map(|(name, _)| name).collect();
    claims.sort();
    claims.dedup();
    let mut record = RelationRecord {
        id: relation.id.value.clone(),
        says: relation.says.clone(),
        kind: relation.standing.word().to_owned(),
        check: relation.check.as_ref().map(|check| check.name.to_owned()),
        inputs: relation.check.as_ref().map(|check| check.inputs.clone()).unwrap_or_default(),
        holds: expression.text().to_owned(),
        state: RelationState::Undecided,
        reason: None,
        conflict: Vec::new(),
        witness: BTreeMap::new(),
        certificate: None,
        proof: None,
        accepted: None,
        marks: marks_of(book, &claims),
        stability: None,
    };
    let mut found = (None, None);
    match (intervals(book, expression), expression.root()) {
        (Some(at), Root::Condition(condition)) => {
            let item =
                network.condition(&relation.id.value, condition, expression.references(), &at);
            count(book, &claims, network);
            found.1 = decide(network, &item, &mut record);
            let fragile = record.marks.iter().any(|mark| mark == "fragile");
            let turned = |rule, tens| elsewhere(book, relation, rule, tens);
            record.stability =
                stability::of_relation(record.state, book.rounding, fragile, &turned);
            found.0 = Some(item);
        }
        _ => record.reason = Some("not-fetched".to_owned()),
    }
    let equality = expression.text().contains("==") || relation.check.is_some();
    let outcome = Outcome {
        record,
        standing: relation.standing,
        claims,
        uses_estimates: !expression.estimates().is_empty(),
        agrees: equality && relation.standing != Standing::Assumed,
        alternative_to: relation.alternative_to.as_ref().map(|other| other.value.clone()),
    };
    (outcome, found.0, found.1)
}

/// How a relation comes out alone under another rounding rule, with intervals ten times as wide.
fn elsewhere(
    book: &Book<'_>,
    relation: &Relation,
    rule: Rounding,
    tens: i32,
) -> Option<RelationState> {
    let expression = &relation.holds.value;
    let Root::Condition(condition) = expression.root() else { return None };
    let other = Book { claims: book.claims, results: book.results, rounding: rule };
    let at: Vec<Interval> = intervals(&other, expression)?
        .iter()
        .map(|interval| stability::scaled(interval, tens))
        .collect();
    let mut network = Network::default();
    let item = network.condition(&relation.id.value, condition, expression.references(), &at);
    match network.decide(&[&item]) {
        Decided::Possible(..) => Some(RelationState::Holds),
        Decided::Impossible(_) => Some(RelationState::Fails),
        Decided::Unknown => None,
    }
}

/// Says which numbers count things: they are whole, however coarsely they are printed.
pub(super) fn count(book: &Book<'_>, names: &[String], network: &mut Network) {
    for claim in names.iter().filter_map(|name| book.claims.claim(name)) {
        if claim.count {
            network.count(&claim.id.value);
        }
    }
}

fn decide(network: &Network, item: &Item, record: &mut RelationRecord) -> Option<Conflict> {
    match network.decide(&[item]) {
        Decided::Possible(point, note) => {
            record.state = RelationState::Holds;
            record.certificate = note;
            record.witness =
                point.iter().map(|(name, value)| (name.clone(), show(value))).collect();
            if matches!(network.decide_inside(&[item]), Decided::Impossible(_)) {
                record.marks.push("fragile".to_owned());
            }
            None
        }
        Decided::Impossible(conflict) => {
            let conflict = network.least(&[item], conflict);
            fail(record, &conflict);
            Some(conflict)
        }
        Decided::Unknown => {
            record.reason = Some("budget".to_owned());
            None
        }
    }
}

fn fail(record: &mut RelationRecord, conflict: &Conflict) {
    record.state = RelationState::Fails;
    record.witness = BTreeMap::new();
    record.certificate = Some(conflict.certificate.clone());
    record.proof.clone_from(&conflict.proof);
    record.reason = (!conflict.smallest)
        .then(|| "no number of this set can be left out; whether a smaller set exists was not decided (budget)".to_owned());
    let mut all = all_of(&conflict.names, &conflict.items);
    all.retain(|one| *one != record.id);
    record.conflict = all;
}

/// Numbers and conditions; a claim whose own `equals` is one of the conditions counts once.
fn all_of(names: &[String], items: &[String]) -> Vec<String> {
    let more = items.iter().filter(|item| !names.contains(item));
    names.iter().chain(more).cloned().collect()
}

/// The choice that makes all relations true at once replaces the one that served this one alone.
fn show_witness(outcome: &mut Outcome, witness: &BTreeMap<String, Rational>) {
    let firm = outcome.standing != Standing::Assumed && !outcome.uses_estimates;
    let all = outcome.claims.iter().all(|name| witness.contains_key(name));
    if firm && all && outcome.record.state == RelationState::Holds {
        outcome.record.witness = outcome
            .claims
            .iter()
            .filter_map(|name| witness.get(name).map(|value| (name.clone(), show(value))))
            .collect();
    }
}

pub(super) fn accept(accepted: &Acceptance, failed: bool) -> Accepted {
    Accepted { why: accepted.why.clone(), on: accepted.on.clone(), applies: failed }
}

pub(super) fn marks_of(book: &Book<'_>, claims: &[String]) -> Vec<String> {
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

impl Evaluation {
    /// Says what binds a claim's number among the definitional and stated relations that can be true.
    pub(super) fn around(&self, id: &str) -> Option<Neighbourhood> {
        let items: Vec<&Item> = self.items.iter().collect();
        self.network.around(&items, id)
    }

    /// Returns what the relations mean for a claim that they use.
    pub(super) fn verdicts_for(&self, book: &Book<'_>, claim: &Claim) -> Vec<Candidate> {
        let blamed = self
            .conflicts
            .iter()
            .filter(|blame| blame.failing.conflict.names.contains(&claim.id.value))
            .map(|blame| blame.verdict(book));
        let cleared = self.outcomes.iter().filter_map(|outcome| outcome.cleared(book, claim));
        blamed.chain(cleared).chain(self.statements.possible(book, claim)).collect()
    }

    /// Says whether a condition on the claim was looked at and not decided.
    pub(super) fn undecided(&self, claim: &Claim) -> bool {
        let id = &claim.id.value;
        self.statements.undecided.contains(id)
            || self.outcomes.iter().any(|outcome| {
                outcome.record.reason.as_deref() == Some("budget") && outcome.claims.contains(id)
            })
    }
}

impl Blame {
    fn verdict(&self, book: &Book<'_>) -> Candidate {
        let Conflict { names, items, certificate, .. } = &self.failing.conflict;
        let alone = self.failing.verdict == Verdict::Impossible;
        let claims: Vec<_> = names.iter().map(|name| (name.clone(), 0..0)).collect();
        let mut trace = vec![format!("{}: {certificate}", items.join(", "))];
        trace.extend(super::trace::printed(book, &claims));
        Candidate {
            firm: marks_are_firm(&self.marks) && !self.failing.other_reading,
            marks: self.marks.clone(),
            note: alone.then(|| format!("Why: {certificate}.")),
            conflict: all_of(names, items),
            trace,
            ..Candidate::new(self.failing.verdict, Basis::PrintedNumbers)
        }
    }
}

impl Outcome {
    /// A relation that holds: its numbers agree, or (an inequality, an assumption) are possible.
    fn cleared(&self, book: &Book<'_>, claim: &Claim) -> Option<Candidate> {
        let used = !self.uses_estimates && self.claims.contains(&claim.id.value);
        if !used || self.record.state != RelationState::Holds {
            return None;
        }
        let verdict = if self.agrees { Verdict::AddsUp } else { Verdict::Possible };
        let mut trace = vec![format!(
            "relation {} ({}): {}",
            self.record.id, self.record.kind, self.record.holds
        )];
        let names: Vec<_> = self.claims.iter().map(|name| (name.clone(), 0..0)).collect();
        trace.extend(super::trace::printed(book, &names));
        let marks = self.record.marks.clone();
        Some(Candidate {
            firm: marks_are_firm(&marks),
            marks,
            trace,
            ..Candidate::new(verdict, Basis::PrintedNumbers)
        })
    }
}
