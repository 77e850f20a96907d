//! All printed numbers of a study and the relations between them, solved together.
//!
//! Alone, a relation holds where some choice inside the printed intervals makes it true. Together,
//! all definitional and stated ones must be true of one and the same choice; where there is none,
//! the smallest set that already contradicts itself is named, and none of it is blamed alone.

mod around;
mod atom;
mod bend;
mod certificate;
mod compact;
mod decide;
mod divisor;
mod extreme;
mod hitting;
mod implied;
mod presolve;
mod search;
mod simplex;
mod smallest;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::around::{Bound, Neighbourhood, Part};
use self::atom::{Atom, Sense, cases};
use self::decide::{Contradiction, Decision};
pub(super) use self::implied::Bounded;
use super::record::Proof;
use crate::expression::{Condition, End, Interval, Operator, Rational, Reference, Tree};

/// How many cases of a contradiction are written out for readers.
const MOST_WRITTEN: usize = 8;
/// How many separate conflicts are looked for.
const MOST_CONFLICTS: usize = 20;

/// A condition over named numbers.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The relation, or the claim whose `equals` it is.
    pub(super) id: String,
    /// Its cases; `None` where there are too many.
    cases: Option<Vec<Vec<Atom>>>,
}

/// Numbers that cannot all be right, with the items that say so.
#[derive(Debug, Clone)]
pub(super) struct Conflict {
    /// The numbers.
    pub(super) names: Vec<String>,
    /// The items.
    pub(super) items: Vec<String>,
    /// The sum that a reader can check.
    pub(super) certificate: String,
    /// The same for a program; none where it is not a sum of inequalities.
    pub(super) proof: Option<Proof>,
    /// Whether no smaller set of numbers contradicts itself; else that is not decided.
    pub(super) smallest: bool,
}

/// How an item came out.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// Some choice makes it true; the choice, where an exact one is known, and a remark.
    Possible(BTreeMap<String, Rational>, Option<String>),
    /// None does.
    Impossible(Conflict),
    /// Not decided within the budget.
    Unknown,
}

/// The numbers and where each may lie.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    names: Vec<String>,
    intervals: Vec<Interval>,
    /// The numbers that count things, where the printed number leaves a choice.
    whole: BTreeSet<usize>,
}

impl Network {
    /// Says that a number counts things: it is whole.
    pub(super) fn count(&mut self, name: &str) {
        if let Some(index) = self.names.iter().position(|known| known == name)
            && self.intervals.get(index).is_some_and(|interval| interval.as_point().is_none())
        {
            self.whole.insert(index);
        }
    }

    /// Returns a number's index, adding it where it is new.
    pub(super) fn number(&mut self, name: &str, interval: &Interval) -> usize {
        if let Some(index) = self.names.iter().position(|known| known == name) {
            return index;
        }
        self.names.push(name.to_owned());
        self.intervals.push(interval.clone());
        self.names.len() - 1
    }

    /// Where a number may lie.
    pub(super) fn interval(&self, name: &str) -> Option<&Interval> {
        self.names.iter().position(|known| known == name).and_then(|at| self.intervals.get(at))
    }

    /// Adds a condition, given the interval of everything it refers to.
    pub(super) fn condition(
        &mut self,
        id: &str,
        condition: &Condition,
        references: &[Reference],
        at: &[Interval],
    ) -> Item {
        let to = self.numbers(references, at);
        let cases = cases(condition, true, &to);
        Item {
            id: id.to_owned(),
            cases: cases.map(|cases| divisor::parted(cases, &self.intervals)),
        }
    }

    /// Adds the equality of a number and what is computed for it.
    pub(super) fn equality(
        &mut self,
        name: &str,
        interval: &Interval,
        tree: &Tree,
        references: &[Reference],
        at: &[Interval],
    ) -> Item {
        let own = self.number(name, interval);
        let to = self.numbers(references, at);
        let difference = Tree::Binary(
            Operator::Subtract,
            Box::new(Tree::Reference(own)),
            Box::new(tree.renumbered(&to)),
        );
        let cases = vec![vec![Atom::of(difference, Sense::Zero)]];
        Item { id: name.to_owned(), cases: Some(divisor::parted(cases, &self.intervals)) }
    }

    fn numbers(&mut self, references: &[Reference], at: &[Interval]) -> Vec<usize> {
        references
            .iter()
            .zip(at)
            .map(|(reference, interval)| self.number(&reference.to_string(), interval))
            .collect()
    }

    /// Decides items together.
    pub(super) fn decide(&self, items: &[&Item]) -> Verdict {
        self.decide_within(items, &self.intervals, search::MOST_NODES)
    }

    /// Decides items together, looking at so many parts at the most.
    pub(super) fn decide_briefly(&self, items: &[&Item], nodes: usize) -> Verdict {
        self.decide_within(items, &self.intervals, nodes)
    }

    /// Decides items together as if no end of any interval were allowed: what another rounding rule
    /// would say.
    pub(super) fn decide_inside(&self, items: &[&Item]) -> Verdict {
        let open = |end: &End| end.value().map_or(End::Infinite, |value| End::Open(value.clone()));
        let inner: Vec<Interval> = self
            .intervals
            .iter()
            .map(|interval| match interval.as_point() {
                Some(_) => interval.clone(),
                None => Interval { low: open(&interval.low), high: open(&interval.high) },
            })
            .collect();
        self.decide_within(items, &inner, search::MOST_NODES)
    }

    fn decide_within(&self, items: &[&Item], at: &[Interval], nodes: usize) -> Verdict {
        match search::decide(items, at, &self.names, &self.whole, nodes) {
            Decision::Possible(point, note) => {
                let named = point.map(|point| self.named(items, &point)).unwrap_or_default();
                Verdict::Possible(named, note)
            }
            Decision::Impossible(found) => Verdict::Impossible(self.conflict(found)),
            Decision::Unknown => Verdict::Unknown,
        }
    }

    fn named(&self, items: &[&Item], point: &[Rational]) -> BTreeMap<String, Rational> {
        let used = used(items);
        self.names
            .iter()
            .zip(point)
            .enumerate()
            .filter(|(index, _)| used.contains(index))
            .map(|(_, (name, value))| (name.clone(), value.clone()))
            .collect()
    }

    fn conflict(&self, all: Contradiction) -> Conflict {
        Conflict {
            names: all
                .variables
                .iter()
                .filter_map(|index| self.names.get(*index).cloned())
                .collect(),
            items: all.origins.into_iter().collect(),
            certificate: in_short(all.certificate, all.cases.len()),
            proof: Some(Proof { cases: all.cases }),
            smallest: false,
        }
    }

    /// Finds the smallest conflicts among items that are each possible alone: for every connected
    /// group that contradicts itself, what cannot be left out without the contradiction going away.
    /// What remains has a choice for which all of it is true: the witness.
    pub(super) fn conflicts(&self, items: &[Item]) -> (Vec<Conflict>, BTreeMap<String, Rational>) {
        let mut found = Vec::new();
        let mut witness = BTreeMap::new();
        for mut group in self.groups(items) {
            while group.len() > 1 && found.len() < MOST_CONFLICTS {
                let core = match self.decide(&group) {
                    Verdict::Impossible(core) => core,
                    Verdict::Possible(point, _) => {
                        witness.extend(point);
                        break;
                    }
                    Verdict::Unknown => break,
                };
                let conflict = self.least(&group, core);
                let before = group.len();
                group.retain(|item| !conflict.items.contains(&item.id));
                found.push(conflict);
                if group.len() == before {
                    break;
                }
            }
        }
        (found, witness)
    }
}

/// A proof of many cases is for a program; a reader is told how many there are.
fn in_short(certificate: String, cases: usize) -> String {
    if cases <= MOST_WRITTEN {
        return certificate;
    }
    format!(
        "in each of {cases} cases, which are all there are, the numbers contradict themselves (the proof lists them)"
    )
}

/// Numbers that are known, as intervals.
fn points(point: &[Rational]) -> Vec<Interval> {
    point.iter().cloned().map(Interval::point).collect()
}

fn used(items: &[&Item]) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    for atom in items.iter().filter_map(|item| item.cases.as_ref()).flatten().flatten() {
        decide::collect(&atom.difference, &mut used);
    }
    used
}

impl Network {
    /// Items that share unknown numbers, directly or through others.
    fn groups<'a>(&self, items: &'a [Item]) -> Vec<Vec<&'a Item>> {
        let mut groups: Vec<(BTreeSet<usize>, Vec<&Item>)> = Vec::new();
        for item in items {
            let mut numbers = self.unknown(item);
            let mut members = vec![item];
            let (touching, apart): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|(others, _)| !others.is_disjoint(&numbers));
            for (others, group) in touching {
                numbers.extend(others);
                members.extend(group);
            }
            groups = apart;
            groups.push((numbers, members));
        }
        groups.into_iter().map(|(_, members)| members).collect()
    }

    fn unknown(&self, item: &Item) -> BTreeSet<usize> {
        let mut numbers = used(&[item]);
        numbers.retain(|index| {
            self.intervals.get(*index).is_some_and(|interval| interval.as_point().is_none())
        });
        numbers
    }
}
