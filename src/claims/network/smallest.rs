//! The smallest set of printed numbers that already contradicts itself, and the fewest relations that show it.
//!
//! *Method*: implicit hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva 2015). Where the rest of a
//! system can be satisfied without the numbers K, every contradiction needs one of K; so a smallest set that
//! meets every such K, and contradicts itself, is a smallest contradiction. Of several the first in the order
//! of the file is taken. Until a budget ends; then a set remains of which no number can be left out.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;

use super::presolve::references;
use super::search::MOST_NODES;
use super::{Conflict, Item, Network, Verdict, hitting, used};
use crate::expression::{Interval, Operator, Rational, Tree};

/// How many systems are solved in search of one smallest set.
const MOST_SOLVED: usize = 400;
/// How far each of them is searched.
const NODES_EACH: usize = 40;

impl Network {
    /// The smallest conflict inside a group of items that `core` shows to contradict itself.
    pub(in crate::claims) fn least(&self, group: &[&Item], core: Conflict) -> Conflict {
        let mut oracle = Oracle::new(self, group);
        let every: BTreeSet<usize> = (0..group.len()).collect();
        let bound: BTreeSet<usize> = self.places(&core.names);
        let numbers = oracle.numbers.clone();
        let (bound, fewest_numbers) = smallest(&numbers, bound, &mut oracle, |oracle, bound| {
            oracle.contradicts(&every, bound)
        });
        let named: BTreeSet<usize> = every
            .iter()
            .copied()
            .filter(|place| group.get(*place).is_some_and(|item| core.items.contains(&item.id)))
            .collect();
        let start = if oracle.contradicts(&named, &bound) { named } else { every.clone() };
        let (items, fewest_items) =
            smallest(&every, start, &mut oracle, |oracle, items| oracle.contradicts(items, &bound));
        let kept: Vec<&Item> =
            items.iter().filter_map(|place| group.get(*place)).copied().collect();
        match self.decide_within(&kept, &self.freed(&bound, &Interval::everything()), MOST_NODES) {
            Verdict::Impossible(conflict) => {
                Conflict { smallest: fewest_numbers && fewest_items, ..conflict }
            }
            Verdict::Possible(..) | Verdict::Unknown => core,
        }
    }

    fn places(&self, names: &[String]) -> BTreeSet<usize> {
        names.iter().filter_map(|name| self.names.iter().position(|known| known == name)).collect()
    }

    /// The intervals with every number in the interval `free` but those that are kept.
    fn freed(&self, kept: &BTreeSet<usize>, free: &Interval) -> Vec<Interval> {
        let own = |(index, interval): (usize, &Interval)| {
            if kept.contains(&index) { interval.clone() } else { free.clone() }
        };
        self.intervals.iter().enumerate().map(own).collect()
    }
}

/// Finds the smallest subset of `all` that contradicts itself, given one that does; and whether that is
/// proven.
fn smallest(
    all: &BTreeSet<usize>,
    first: BTreeSet<usize>,
    oracle: &mut Oracle<'_>,
    contradicts: impl Fn(&mut Oracle<'_>, &BTreeSet<usize>) -> bool,
) -> (BTreeSet<usize>, bool) {
    let mut best = first;
    for element in best.clone() {
        let mut fewer = best.clone();
        fewer.remove(&element);
        if contradicts(oracle, &fewer) {
            best = fewer;
        }
    }
    let mut corrections: Vec<BTreeSet<usize>> = Vec::new();
    // What alone explains everything is in every contradiction.
    for element in &best {
        let mut rest = all.clone();
        rest.remove(element);
        if !contradicts(oracle, &rest) {
            corrections.push(BTreeSet::from([*element]));
        }
    }
    while !oracle.is_spent() {
        let Some(candidate) = hitting::first_smallest(&corrections, best.len()) else {
            return (best, false);
        };
        if contradicts(oracle, &candidate) {
            return (candidate, !oracle.unsure);
        }
        let mut free: Vec<usize> = all.difference(&candidate).copied().collect();
        // The numbers of the known contradiction are tried last: then what is left out is among them.
        free.sort_by_key(|element| best.contains(element));
        let satisfied = grown(candidate, &free, oracle, &contradicts);
        let correction: BTreeSet<usize> = all.difference(&satisfied).copied().collect();
        if correction.is_empty() {
            return (best, false);
        }
        corrections.push(correction);
    }
    (best, false)
}

/// Adds elements to a set that can be satisfied while that stays so, many at once where that works.
fn grown(
    set: BTreeSet<usize>,
    more: &[usize],
    oracle: &mut Oracle<'_>,
    contradicts: &impl Fn(&mut Oracle<'_>, &BTreeSet<usize>) -> bool,
) -> BTreeSet<usize> {
    if more.is_empty() {
        return set;
    }
    let all: BTreeSet<usize> = set.iter().chain(more).copied().collect();
    if !contradicts(oracle, &all) {
        return all;
    }
    if more.len() == 1 {
        return set;
    }
    let (near, far) = more.split_at(more.len().div_ceil(2));
    let set = grown(set, near, oracle, contradicts);
    grown(set, far, oracle, contradicts)
}

/// Items and the numbers kept in their intervals.
type System = (Vec<usize>, Vec<usize>);

/// Decides subsystems, each connected part only once.
struct Oracle<'a> {
    network: &'a Network,
    group: &'a [&'a Item],
    /// The numbers that each item uses.
    uses: Vec<BTreeSet<usize>>,
    numbers: BTreeSet<usize>,
    known: BTreeMap<System, bool>,
    /// Whether a part was not decided: it is taken as one that can be satisfied.
    unsure: bool,
}

impl<'a> Oracle<'a> {
    fn new(network: &'a Network, group: &'a [&'a Item]) -> Self {
        let uses: Vec<BTreeSet<usize>> = group.iter().map(|item| used(&[item])).collect();
        let numbers = uses.iter().flatten().copied().collect();
        Self { network, group, uses, numbers, known: BTreeMap::new(), unsure: false }
    }

    fn is_spent(&self) -> bool {
        self.known.len() >= MOST_SOLVED
    }

    /// Whether items contradict themselves while some numbers stay in their intervals and all others are free.
    fn contradicts(&mut self, items: &BTreeSet<usize>, bound: &BTreeSet<usize>) -> bool {
        let needed = self.peeled(items, bound);
        self.parts(&needed, bound).into_iter().any(|part| self.part_contradicts(part, bound))
    }

    fn part_contradicts(&mut self, part: Vec<usize>, bound: &BTreeSet<usize>) -> bool {
        let used: BTreeSet<usize> =
            part.iter().filter_map(|place| self.uses.get(*place)).flatten().copied().collect();
        let key = (part, used.intersection(bound).copied().collect::<Vec<usize>>());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let items: Vec<&Item> =
            key.0.iter().filter_map(|place| self.group.get(*place)).copied().collect();
        let answer = self.decided(&items, bound).unwrap_or_else(|| {
            self.unsure = true;
            false
        });
        self.known.insert(key, answer);
        answer
    }

    /// Whether items contradict themselves; none where that was not decided.
    fn decided(&self, items: &[&Item], bound: &BTreeSet<usize>) -> Option<bool> {
        let inside = |free: &Interval| {
            self.network.decide_within(items, &self.network.freed(bound, free), NODES_EACH)
        };
        match inside(&Interval::everything()) {
            Verdict::Impossible(_) => return Some(true),
            Verdict::Possible(..) => return Some(false),
            Verdict::Unknown => {}
        }
        // A choice is more easily found where the free numbers have ends; that there is none in there proves nothing.
        let far = Rational::from_integer(1_000_000.into());
        let all = Interval::closed(-far.clone(), far.clone());
        let positive = Interval::closed(far.recip(), far);
        let possible = |free| matches!(inside(free), Verdict::Possible(..));
        [all, positive].iter().any(possible).then_some(false)
    }

    /// Leaves out every item that some free number of its own can always make true, again and again.
    fn peeled(&self, items: &BTreeSet<usize>, bound: &BTreeSet<usize>) -> Vec<usize> {
        let at = self.network.freed(bound, &Interval::everything());
        let mut left: Vec<usize> = items.iter().copied().collect();
        let mut count: BTreeMap<usize, usize> = BTreeMap::new();
        for index in left.iter().filter_map(|place| self.uses.get(*place)).flatten() {
            *count.entry(*index).or_insert(0) += 1;
        }
        loop {
            let before = left.len();
            left.retain(|place| {
                let Some(uses) = self.uses.get(*place) else { return false };
                let free = |index: &&usize| {
                    !bound.contains(*index)
                        && !self.network.whole.contains(*index)
                        && count.get(*index) == Some(&1)
                };
                let solved = uses.iter().filter(free).any(|index| self.solves(*place, *index, &at));
                if solved {
                    for index in uses {
                        if let Some(times) = count.get_mut(index) {
                            *times -= 1;
                        }
                    }
                }
                !solved
            });
            if left.len() == before {
                return left;
            }
        }
    }

    /// Whether an item of one comparison is true for some value of a number, whatever the others are: the
    /// number is linear in it, stands alone on one side, or moves the difference over all numbers.
    fn solves(&self, place: usize, index: usize, at: &[Interval]) -> bool {
        let Some([case]) = self.group.get(place).and_then(|item| item.cases.as_deref()) else {
            return false;
        };
        let [atom] = case.as_slice() else { return false };
        if let Some(linear) = &atom.linear {
            return linear.terms.contains_key(&index);
        }
        alone(&atom.difference, index) || reaches_all(&atom.difference, index, at)
    }

    /// Items that share numbers which are not known exactly.
    fn parts(&self, items: &[usize], bound: &BTreeSet<usize>) -> Vec<Vec<usize>> {
        let known = |index: &usize| {
            bound.contains(index)
                && self.network.intervals.get(*index).is_some_and(|at| at.as_point().is_some())
        };
        let mut parts: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
        for place in items {
            let own = self.uses.get(*place).into_iter().flatten();
            let mut numbers: BTreeSet<usize> = own.filter(|index| !known(index)).copied().collect();
            let mut members = vec![*place];
            let (touching, apart): (Vec<_>, Vec<_>) =
                parts.into_iter().partition(|(others, _)| !others.is_disjoint(&numbers));
            for (others, group) in touching {
                numbers.extend(others);
                members.extend(group);
            }
            members.sort_unstable();
            parts = apart;
            parts.push((numbers, members));
        }
        parts.into_iter().map(|(_, members)| members).collect()
    }
}

/// Whether a number stands alone on one side of a difference.
fn alone(difference: &Tree, index: usize) -> bool {
    let Tree::Binary(Operator::Subtract, left, right) = difference else { return false };
    match (left.as_ref(), right.as_ref()) {
        (Tree::Reference(own), rest) | (rest, Tree::Reference(own)) if *own == index => {
            !references(rest).contains(&index)
        }
        _ => false,
    }
}

/// Whether a tree takes every value while one number, used once, runs over all numbers and the others stand still
/// anywhere in a box: nothing that it is multiplied with or divided by can be zero, and all else has a value.
fn reaches_all(tree: &Tree, index: usize, at: &[Interval]) -> bool {
    let uses = |tree: &Tree| references(tree).contains(&index);
    let defined = |tree: &Tree| !uses(tree) && tree.enclosure(at).is_ok();
    let nonzero = |tree: &Tree| {
        !uses(tree) && tree.enclosure(at).is_ok_and(|range| !range.contains(&Rational::zero()))
    };
    match tree {
        Tree::Reference(own) => *own == index,
        Tree::Negate(inner) => reaches_all(inner, index, at),
        Tree::Binary(operator, left, right) => {
            let (left_fits, right_fits) = match operator {
                Operator::Add | Operator::Subtract => (defined(right), defined(left)),
                Operator::Multiply => (nonzero(right), nonzero(left)),
                Operator::Divide => (nonzero(right), false),
            };
            (left_fits && reaches_all(left, index, at))
                || (right_fits && reaches_all(right, index, at))
        }
        Tree::Number(_) | Tree::Power(..) | Tree::Call(..) => false,
    }
}
