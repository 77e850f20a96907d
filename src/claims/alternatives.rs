//! Relations that are readings of one statement (`alternative_to`): one of them is meant, never two.

use super::network::{Conflict, Item, Network};
use super::record::RelationState;
use super::relation::Outcome;

/// Another reading of a relation, to be solved in its place.
pub(super) struct Aside {
    item: Item,
    instead_of: String,
}

/// Takes every relation out of a system that is another reading of one in it.
pub(super) fn set_aside(outcomes: &[Outcome], together: &mut Vec<Item>) -> Vec<Aside> {
    let read = |item: &Item| {
        let outcome = outcomes.iter().find(|outcome| outcome.record.id == item.id)?;
        outcome.alternative_to.clone()
    };
    let all = together.clone();
    let aside: Vec<Aside> = all
        .iter()
        .filter_map(|item| Some(Aside { instead_of: read(item)?, item: item.clone() }))
        .filter(|aside| all.iter().any(|item| item.id == aside.instead_of))
        .collect();
    together.retain(|item| !aside.iter().any(|aside| aside.item.id == item.id));
    aside
}

impl Aside {
    /// The conflicts of this reading with the rest of a system, each with the relation it stands for.
    pub(super) fn conflicts(&self, network: &Network, together: &[Item]) -> Vec<Conflict> {
        let others = together.iter().filter(|item| item.id != self.instead_of);
        let system: Vec<Item> = others.chain([&self.item]).cloned().collect();
        let (mut found, _) = network.conflicts(&system);
        found.retain(|conflict| conflict.items.contains(&self.item.id));
        found
    }

    pub(super) fn id(&self) -> &str {
        &self.item.id
    }
}

/// Marks what fails under one reading of a statement while another reading holds.
pub(super) fn mark_ambiguous(outcomes: &mut [Outcome]) {
    let state = |outcome: &Outcome, wanted| outcome.record.state == wanted;
    let holding: Vec<(String, Option<String>)> = outcomes
        .iter()
        .filter(|outcome| state(outcome, RelationState::Holds))
        .map(|outcome| (outcome.record.id.clone(), outcome.alternative_to.clone()))
        .collect();
    for outcome in outcomes.iter_mut().filter(|outcome| state(outcome, RelationState::Fails)) {
        let (own, read) = (&outcome.record.id, &outcome.alternative_to);
        let other = holding
            .iter()
            .any(|(id, reads)| reads.as_ref() == Some(own) || read.as_ref() == Some(id));
        if other {
            outcome.record.marks.push("ambiguous".to_owned());
        }
    }
}
