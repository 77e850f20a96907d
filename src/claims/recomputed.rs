//! What claims say of each other by `equals` and `holds`: conditions in the network of printed numbers.
//!
//! An `equals` that can be true is solved together with the relations. One that cannot, like a conclusion
//! that the printed numbers contradict, is a conflict of all the numbers in it: none is blamed alone.

use std::collections::BTreeSet;

use super::candidate::{Candidate, marks_are_firm, marks_with};
use super::compare;
use super::evidence::Book;
use super::model::Claim;
use super::network::{Conflict, Item, Network, Verdict as Decided};
use super::record::Verdict;
use super::relation::{count, intervals};
use crate::expression::{Expression, Root};
use crate::results::Basis;

/// The conditions that claims carry themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Statements {
    /// `equals` that can be true: part of the network.
    pub(super) items: Vec<Item>,
    /// What cannot be true, with the numbers that it sets against each other.
    pub(super) conflicts: Vec<Conflict>,
    /// The claims whose `equals` or `holds` is one of the conflicts.
    pub(super) broken: BTreeSet<String>,
    /// What passed: the claim, and the claims that its condition uses.
    passed: Vec<(String, Vec<String>)>,
    /// Claims in a condition that was not decided within the budget.
    pub(super) undecided: BTreeSet<String>,
}

/// Decides every `equals` and `holds` over printed numbers alone.
pub(super) fn statements(book: &Book<'_>, network: &mut Network) -> Statements {
    let mut found = Statements::default();
    for claim in &book.claims.claims {
        found.equality(book, network, claim);
        found.conclusion(book, network, claim);
    }
    found
}

fn on_print_alone(expression: &Expression) -> bool {
    expression.estimates().is_empty()
}

fn names(expression: &Expression) -> Vec<String> {
    expression.names().into_iter().map(|(name, _)| name).collect()
}

impl Statements {
    fn equality(&mut self, book: &Book<'_>, network: &mut Network, claim: &Claim) {
        let Some(equals) = claim.equals.as_ref().filter(|equals| on_print_alone(&equals.value))
        else {
            return;
        };
        let (Some(own), Some(at), Root::Arithmetic(tree)) =
            (claim.interval(book.rounding), intervals(book, &equals.value), equals.value.root())
        else {
            return;
        };
        let id = &claim.id.value;
        let item = network.equality(id, &own, tree, equals.value.references(), &at);
        let mut used = names(&equals.value);
        used.push(id.clone());
        count(book, &used, network);
        match network.decide(&[&item]) {
            Decided::Possible(..) => {
                self.items.push(item);
                self.passed.push((id.clone(), names(&equals.value)));
            }
            Decided::Impossible(conflict) => self.fails(claim, conflict),
            Decided::Unknown => self.undecided.extend(used),
        }
    }

    fn conclusion(&mut self, book: &Book<'_>, network: &mut Network, claim: &Claim) {
        let Some(holds) = claim.holds.as_ref().filter(|holds| on_print_alone(&holds.value)) else {
            return;
        };
        let (Some(at), Root::Condition(condition)) =
            (intervals(book, &holds.value), holds.value.root())
        else {
            return;
        };
        let references = holds.value.references();
        let item = network.condition(&claim.id.value, condition, references, &at);
        count(book, &names(&holds.value), network);
        match network.decide(&[&item]) {
            Decided::Impossible(conflict) => self.fails(claim, conflict),
            _ if compare::conclusion(book, claim, None) == Some(true) => {
                self.passed.push((claim.id.value.clone(), names(&holds.value)));
            }
            _ => {}
        }
    }

    fn fails(&mut self, claim: &Claim, mut conflict: Conflict) {
        if !conflict.names.contains(&claim.id.value) {
            conflict.names.push(claim.id.value.clone());
        }
        self.broken.insert(claim.id.value.clone());
        self.conflicts.push(conflict);
    }

    /// What passed without contradiction makes the numbers in it possible.
    pub(super) fn possible(&self, book: &Book<'_>, claim: &Claim) -> Vec<Candidate> {
        self.passed
            .iter()
            .filter(|(whose, used)| *whose != claim.id.value && used.contains(&claim.id.value))
            .filter_map(|(whose, _)| book.claims.claim(whose))
            .map(|whose| {
                let expressions = whose.equals.iter().chain(&whose.holds);
                let used: Vec<_> = expressions.flat_map(|part| part.value.names()).collect();
                let mut all = vec![(whose.id.value.clone(), 0..0)];
                all.extend(used);
                let marks = marks_with(book, claim, &all);
                Candidate {
                    firm: marks_are_firm(&marks),
                    marks,
                    trace: super::trace::printed(book, &all),
                    ..Candidate::new(Verdict::Possible, Basis::PrintedNumbers)
                }
            })
            .collect()
    }
}
