//! Forensic checks as relations: could any data have given these printed numbers?
//!
//! A check reads the intervals that printed numbers stand for and asks the kernels of
//! [`forensic`](super::forensic). What fails by one printed statement alone, over a number of cases that is
//! exact, makes that statement `impossible`; where several printed numbers take part, all of them carry
//! `does-not-add-up`. A check that passes proves nothing: `possible`, or `adds-up` where it recomputes a
//! number. Each answer has a witness or a certificate.

mod log_interval;
mod means;
mod model;
mod p_value;
mod percent_of;
mod rates;
mod sight;

use std::collections::BTreeMap;

pub use self::model::{
    Check, Given, GroupRates, Head, LogInterval, Mean, Multiplier, PValue, PercentOf, Rule, Unit,
};
use self::sight::{Sight, View};
use super::evidence::Book;
use super::model::Standing;
use super::network::Conflict;
use super::record::{RelationRecord, RelationState, Verdict};
use super::relation::{Failing, Outcome, accept, marks_of};
use super::stability;

/// What a check found.
#[derive(Debug, Clone)]
enum Found {
    /// Some data print so.
    Holds(Shown),
    /// None do.
    Fails(Failure),
    /// The check says nothing here.
    Undecided(String),
}

/// What shows that numbers are possible.
#[derive(Debug, Clone, Default)]
struct Shown {
    /// Claims, and words such as `data set`, with their values.
    witness: BTreeMap<String, String>,
    /// What a reader can check by hand.
    certificate: Option<String>,
    /// Whether a printed number was recomputed from others.
    recomputed: bool,
}

/// What shows that they are not.
#[derive(Debug, Clone, Default)]
struct Failure {
    /// The claims that cannot all be right.
    names: Vec<String>,
    /// Why, for a reader to check by hand.
    certificate: String,
    /// Whether it is one statement that no data can give, whatever else is printed.
    alone: bool,
    /// Whether another reading of the test would agree.
    other_reading: bool,
}

impl Found {
    const fn state(&self) -> RelationState {
        match self {
            Self::Holds(_) => RelationState::Holds,
            Self::Fails(_) => RelationState::Fails,
            Self::Undecided(_) => RelationState::Undecided,
        }
    }
}

/// One check evaluated, and what its failure means for claims.
pub(super) struct Checked {
    /// Its place among the file's relations.
    pub(super) place: usize,
    pub(super) outcome: Outcome,
    pub(super) failing: Option<Failing>,
}

/// Evaluates every check, in the order of the file.
pub(super) fn evaluate(book: &Book<'_>) -> Vec<Checked> {
    book.claims.checks.iter().map(|check| evaluate_one(book, check)).collect()
}

fn evaluate_one(book: &Book<'_>, check: &Check) -> Checked {
    let found = look(&check.rule, &Sight::new(book, View::Printed));
    let mut claims: Vec<String> = check.head.names.iter().map(|name| name.value.clone()).collect();
    claims.sort();
    claims.dedup();
    let mut record = record(check, found.state());
    record.marks = marks_of(book, &claims);
    steady(book, check, &mut record);
    let mut recomputed = false;
    let failing = match found {
        Found::Holds(shown) => {
            recomputed = shown.recomputed;
            record.witness = shown.witness;
            record.certificate = shown.certificate;
            None
        }
        Found::Undecided(reason) => {
            record.reason = Some(reason);
            None
        }
        Found::Fails(failure) => fail(&mut record, failure, check.standing),
    };
    let outcome = Outcome {
        agrees: recomputed && check.standing != Standing::Assumed,
        alternative_to: check.alternative_to.as_ref().map(|other| other.value.clone()),
        record,
        standing: check.standing,
        claims,
        uses_estimates: false,
    };
    Checked { place: check.place, outcome, failing }
}

fn record(check: &Check, state: RelationState) -> RelationRecord {
    let failed = state == RelationState::Fails;
    RelationRecord {
        id: check.id.value.clone(),
        says: check.says.clone(),
        kind: check.standing.word().to_owned(),
        check: Some(check.head.name.to_owned()),
        inputs: check.head.inputs.clone(),
        holds: check.head.text(),
        state,
        reason: None,
        conflict: Vec::new(),
        witness: BTreeMap::new(),
        certificate: None,
        proof: None,
        accepted: check.accepted.as_ref().map(|accepted| accept(accepted, failed)),
        marks: Vec::new(),
        stability: None,
    }
}

/// Marks what hangs on an end of an interval, and names the nearest change that would turn the check.
fn steady(book: &Book<'_>, check: &Check, record: &mut RelationRecord) {
    let seen = |view| look(&check.rule, &Sight::new(book, view)).state();
    let holds = record.state == RelationState::Holds;
    let fragile = holds && seen(View::Inside) == RelationState::Fails;
    record.marks.extend(fragile.then(|| "fragile".to_owned()));
    let turned = |rule, tens| {
        let view = if tens == 0 { View::Rounded(rule) } else { View::Tens(tens) };
        Some(seen(view)).filter(|state| *state != RelationState::Undecided)
    };
    record.stability = stability::of_relation(record.state, book.rounding, fragile, &turned);
}

/// An assumption blames nobody.
fn fail(record: &mut RelationRecord, failure: Failure, standing: Standing) -> Option<Failing> {
    record.conflict.clone_from(&failure.names);
    record.certificate = Some(failure.certificate.clone());
    record.marks.extend(failure.other_reading.then(|| "ambiguous".to_owned()));
    let verdict = if failure.alone { Verdict::Impossible } else { Verdict::DoesNotAddUp };
    let conflict = Conflict {
        names: failure.names,
        items: vec![record.id.clone()],
        certificate: failure.certificate,
        proof: None,
        smallest: true,
    };
    let failing = Failing { conflict, verdict, other_reading: failure.other_reading };
    Some(failing).filter(|_| standing != Standing::Assumed)
}

fn look(rule: &Rule, sight: &Sight<'_>) -> Found {
    let found = match rule {
        Rule::Grim(mean) => means::look(mean, None, means::Kind::Grim, sight),
        Rule::Grimmer(mean, deviation) => {
            means::look(mean, Some(deviation), means::Kind::Grimmer, sight)
        }
        Rule::Debit(mean, deviation) => {
            means::look(mean, Some(deviation), means::Kind::Debit, sight)
        }
        Rule::PValue(test) => p_value::look(test, sight),
        Rule::PercentOf(part) => percent_of::look(part, sight),
        Rule::LogInterval(limits) => log_interval::look(limits, sight),
        Rule::GroupRates(table) => rates::look(table, sight),
    };
    found.unwrap_or_else(Found::Undecided)
}
