//! Searches for a choice that makes conditions true together: decides what stays open case by case.
//!
//! A relation with `or` is tried in each of its cases, a count below and above a broken value, and where a
//! curved condition is not decided, its numbers in both halves of their intervals. Each leaf of a failed
//! search is a contradiction of its own; together they are the proof. A decision that a contradiction does
//! not rest on is taken out of it.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;

use super::atom::Atom;
use super::decide::{self, Contradiction, Decision, Owned, settled};
use super::presolve::references;
use super::{Item, points};
use crate::claims::record::{ProofCase, ProofPart};
use crate::expression::{End, Interval, Rational, show};

/// How many systems are looked at before conditions are left undecided.
pub(super) const MOST_NODES: usize = 400;

/// The case that is taken of each item, where one is.
pub(super) type Chosen = Vec<Option<usize>>;

/// What is decided next.
pub(super) enum Split {
    /// Which case of an item holds.
    Case(usize),
    /// Whether a number is at most the one or at least the other value.
    Side(usize, Rational, Rational),
}

/// Conditions to be true together.
pub(super) struct Search<'a> {
    pub(super) items: &'a [&'a Item],
    pub(super) names: &'a [String],
    /// The whole numbers among those used.
    pub(super) whole: BTreeSet<usize>,
    left: usize,
}

/// Decides items over a box, looking at no more than `nodes` systems; the numbers that are `whole` must be so.
pub(super) fn decide(
    items: &[&Item],
    at: &[Interval],
    names: &[String],
    whole: &BTreeSet<usize>,
    nodes: usize,
) -> Decision {
    let mut search = Search::new(items, names, whole, BTreeSet::new());
    search.left = nodes;
    let Some(chosen) = search.start() else { return Decision::Unknown };
    search.node(at, &chosen)
}

impl<'a> Search<'a> {
    pub(super) fn new(
        items: &'a [&'a Item],
        names: &'a [String],
        whole: &BTreeSet<usize>,
        more: BTreeSet<usize>,
    ) -> Self {
        let mut used = super::used(items);
        used.extend(more);
        let whole = whole.intersection(&used).copied().collect();
        Self { items, names, whole, left: MOST_NODES }
    }

    /// The only case of every item that has only one; `None` where an item has too many.
    pub(super) fn start(&self) -> Option<Chosen> {
        let only = |item: &&Item| item.cases.as_ref().map(|cases| (cases.len() == 1).then_some(0));
        self.items.iter().map(only).collect()
    }

    /// The conditions of the cases taken.
    pub(super) fn atoms(&self, chosen: &Chosen) -> Vec<Owned> {
        let case = |(item, case): (&&Item, &Option<usize>)| {
            let atoms = case.and_then(|case| item.cases.as_ref()?.get(case));
            let own = |atom: &Atom| Owned { atom: atom.clone(), from: item.id.clone() };
            atoms.into_iter().flatten().map(own).collect::<Vec<Owned>>()
        };
        self.items.iter().zip(chosen).flat_map(case).collect()
    }

    fn node(&mut self, at: &[Interval], chosen: &Chosen) -> Decision {
        if self.left == 0 {
            return Decision::Unknown;
        }
        self.left -= 1;
        let atoms = self.atoms(chosen);
        let answer = decide::relaxed(&atoms, at, self.names);
        let split = match &answer {
            Decision::Impossible(_) => None,
            Decision::Possible(Some(point), _) => {
                self.open_case(chosen, Some(point)).or_else(|| self.broken(point))
            }
            Decision::Possible(None, _) => {
                self.open_case(chosen, None).or_else(|| self.halved(&self.whole, &atoms, at))
            }
            Decision::Unknown => {
                // A box without an end is not refuted by halving it.
                let among = curved(&atoms);
                let bounded =
                    |index: &usize| at.get(*index).is_some_and(|own| own.width().is_some());
                let ends = among.iter().all(bounded);
                let halved = || if ends { self.halved(&among, &atoms, at) } else { None };
                self.open_case(chosen, None).or_else(halved)
            }
        };
        match split {
            None => answer,
            Some(split) => self.each(&split, at, chosen),
        }
    }

    /// An item none of whose cases is taken, or (at a point) true.
    pub(super) fn open_case(&self, chosen: &Chosen, point: Option<&[Rational]>) -> Option<Split> {
        let at = point.map(points);
        let holds = |item: &Item| {
            at.as_ref().is_some_and(|at| {
                item.cases
                    .iter()
                    .flatten()
                    .any(|case| case.iter().all(|atom| settled(atom, at) == Some(true)))
            })
        };
        let cases = |place: &usize| {
            self.items.get(*place).and_then(|item| item.cases.as_ref()).map_or(0, Vec::len)
        };
        (0..chosen.len())
            .filter(|place| chosen.get(*place) == Some(&None))
            .filter(|place| self.items.get(*place).is_some_and(|item| !holds(item)))
            .min_by_key(cases)
            .map(Split::Case)
    }

    /// A count that a point breaks.
    pub(super) fn broken(&self, point: &[Rational]) -> Option<Split> {
        let values = self.whole.iter().filter_map(|index| Some((*index, point.get(*index)?)));
        let (index, value) = values.into_iter().find(|(_, value)| !value.is_integer())?;
        Some(Split::Side(index, value.floor(), value.ceil()))
    }

    /// The number of some whose width matters most to what is curved, cut in the middle.
    pub(super) fn halved(
        &self,
        among: &BTreeSet<usize>,
        atoms: &[Owned],
        at: &[Interval],
    ) -> Option<Split> {
        let weight = |index: &usize| {
            let width = at.get(*index)?.width().filter(|width| !width.is_zero())?;
            let steep = atoms.iter().filter(|owned| owned.atom.linear.is_none());
            let steepest = steep
                .filter_map(|owned| owned.atom.difference.slope(*index, at))
                .filter_map(|slope| slope.absolute().high.value().cloned())
                .max();
            Some((steepest.unwrap_or_else(Rational::zero) * &width, width))
        };
        let heaviest = among
            .iter()
            .filter_map(|index| Some((weight(index)?, *index)))
            .max_by(|one, two| one.0.cmp(&two.0).then(two.1.cmp(&one.1)));
        let (_, index) = heaviest?;
        let middle = at.get(index)?.middle();
        if self.whole.contains(&index) {
            let below = middle.floor();
            let above = &below + Rational::from_integer(1.into());
            return Some(Split::Side(index, below, above));
        }
        let middle = super::bend::rounded(&middle, false);
        Some(Split::Side(index, middle.clone(), middle))
    }

    /// Decides every side of a split.
    fn each(&mut self, split: &Split, at: &[Interval], chosen: &Chosen) -> Decision {
        let (mut all, mut unknown) = (Vec::new(), false);
        for side in self.sides(split, at, chosen) {
            let answer = match &side.room {
                Some(here) => self.node(here, &side.chosen),
                None => Decision::Impossible(self.nowhere(split, at)),
            };
            match answer {
                Decision::Impossible(mut one) if side.matters(&one) => {
                    one.assume(&side.words);
                    all.push(one);
                }
                Decision::Unknown => unknown = true,
                // Possible, or a contradiction that does not rest on the split.
                settled => return settled,
            }
        }
        if unknown || all.is_empty() {
            return Decision::Unknown;
        }
        Decision::Impossible(Contradiction::all(all))
    }

    pub(super) fn sides(&self, split: &Split, at: &[Interval], chosen: &Chosen) -> Vec<Side> {
        match split {
            Split::Case(place) => {
                let Some(item) = self.items.get(*place) else { return Vec::new() };
                let many = item.cases.as_ref().map_or(0, Vec::len);
                let side = |case: usize| {
                    let mut chosen = chosen.clone();
                    if let Some(own) = chosen.get_mut(*place) {
                        *own = Some(case);
                    }
                    let words = format!("{}: case {} of {many}", item.id, case + 1);
                    let on = On::Item(item.id.clone());
                    Side { room: Some(at.to_vec()), chosen, words, on }
                };
                (0..many).map(side).collect()
            }
            Split::Side(index, below, above) => {
                let name = self.names.get(*index).cloned().unwrap_or_default();
                let side = |part: Interval, sign: &str, value: &Rational| {
                    let cut = at.get(*index).and_then(|own| own.intersection(&part));
                    let room = cut.map(|cut| {
                        let mut here = at.to_vec();
                        if let Some(place) = here.get_mut(*index) {
                            *place = cut;
                        }
                        here
                    });
                    let words = format!("{name} {sign} {}", show(value));
                    Side { room, chosen: chosen.clone(), words, on: On::Number(*index) }
                };
                let low = Interval { low: End::Infinite, high: End::Closed(below.clone()) };
                let high = Interval { low: End::Closed(above.clone()), high: End::Infinite };
                vec![side(low, "<=", below), side(high, ">=", above)]
            }
        }
    }

    /// A number whose interval has nothing on one side of a split: its ends contradict what is assumed.
    fn nowhere(&self, split: &Split, at: &[Interval]) -> Contradiction {
        let mut found = Contradiction {
            variables: BTreeSet::new(),
            origins: BTreeSet::new(),
            certificate: String::new(),
            cases: Vec::new(),
        };
        let Split::Side(index, below, above) = split else { return found };
        let Some(own) = at.get(*index) else { return found };
        let name = self.names.get(*index).cloned().unwrap_or_default();
        let beyond = own.low.value().is_some_and(|low| low >= below);
        let (low, high) = if beyond {
            (own.low.clone(), End::Closed(below.clone()))
        } else {
            (End::Closed(above.clone()), own.high.clone())
        };
        let part = |end: &End, upper: bool| {
            let sign = if upper { "-1" } else { "1" };
            end.value().map(|value| ProofPart {
                multiplier: "1".to_owned(),
                terms: BTreeMap::from([(name.clone(), sign.to_owned())]),
                at_least: show(&if upper { -value } else { value.clone() }),
                strict: !end.is_closed(),
                from: "printed".to_owned(),
                given: BTreeMap::new(),
            })
        };
        let parts = [part(&low, false), part(&high, true)].into_iter().flatten().collect();
        found.variables.insert(*index);
        found.certificate = format!("{name} lies in {own}, which has no such number");
        found.cases.push(ProofCase { assuming: Vec::new(), parts, excluded: None });
        found
    }
}

/// The numbers of what is not linear.
pub(super) fn curved(atoms: &[Owned]) -> BTreeSet<usize> {
    let bent = atoms.iter().filter(|owned| owned.atom.linear.is_none());
    bent.flat_map(|owned| references(&owned.atom.difference)).collect()
}

/// One side of a split.
pub(super) struct Side {
    /// The box; none where nothing is left.
    pub(super) room: Option<Vec<Interval>>,
    pub(super) chosen: Chosen,
    words: String,
    on: On,
}

enum On {
    Item(String),
    Number(usize),
}

impl Side {
    /// Whether a contradiction rests on the split.
    fn matters(&self, found: &Contradiction) -> bool {
        match &self.on {
            On::Item(id) => found.origins.contains(id),
            On::Number(index) => found.variables.contains(index),
        }
    }
}
