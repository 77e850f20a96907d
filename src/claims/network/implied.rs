//! What the printed numbers and relations together allow for a quantity that is not printed.
//!
//! Linear quantities by the simplex, quotients of linear ones by Dinkelbach's steps, both exact; others
//! by branch and bound, with two choices that show how much of the interval is surely taken.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};

use super::atom::{Atom, Linear};
use super::compact;
use super::decide::Owned;
use super::presolve::{self, Fraction, Plan, references};
use super::simplex::{Bounds, Optimum, Row};
use super::{Item, Network, points};
use crate::expression::{End, Interval, Rational, Reference, Tree};

/// How many steps towards the largest quotient are made.
const MOST_STEPS: usize = 60;
/// How often a choice is moved towards a larger value of a curved quantity.
const MOST_MOVES: usize = 12;

/// Where a quantity can lie.
#[derive(Debug, Clone)]
pub(in crate::claims) struct Bounded {
    /// It surely lies here.
    pub(in crate::claims) interval: Interval,
    /// Whether no tighter interval exists.
    pub(in crate::claims) tight: bool,
    /// The choice at the lower end, and the one at the upper.
    pub(in crate::claims) choices: [BTreeMap<String, Rational>; 2],
    /// The values that they give.
    pub(in crate::claims) reached: Option<[Rational; 2]>,
    /// The items that take part.
    pub(in crate::claims) items: Vec<String>,
}

/// An end with the solution at or near it.
type Extreme = (End, Vec<Rational>);

impl Network {
    /// Returns the interval that items allow for a quantity, with whether it is the tightest.
    pub(in crate::claims) fn implied(
        &mut self,
        items: &[&Item],
        tree: &Tree,
        references: &[Reference],
        at: &[Interval],
    ) -> Option<Bounded> {
        let to = self.numbers(references, at);
        self.bounds(items, &tree.renumbered(&to))
    }

    /// Returns the same for a quantity that counts something and is known to lie among some whole numbers.
    pub(in crate::claims) fn implied_count(
        &mut self,
        id: &str,
        whole: &Interval,
        items: &[&Item],
        tree: &Tree,
        references: &[Reference],
        at: &[Interval],
    ) -> Option<Bounded> {
        let own = self.number(id, whole);
        let computed = self.equality(id, whole, tree, references, at);
        self.count(id);
        let items: Vec<&Item> = items.iter().copied().chain([&computed]).collect();
        let mut found = self.bounds(&items, &Tree::Reference(own))?;
        found.interval = found.interval.whole()?;
        found.items.retain(|item| item != id);
        for choice in &mut found.choices {
            choice.remove(id);
        }
        Some(found)
    }

    /// The interval that items allow for a quantity over the network's own numbers.
    pub(super) fn bounds(&self, items: &[&Item], tree: &Tree) -> Option<Bounded> {
        let used = presolve::references(tree);
        let near = self.near(&used, items);
        let single = |item: &&&Item| item.cases.as_ref().is_some_and(|cases| cases.len() == 1);
        let several = near.iter().any(|item| !single(&item));
        let atoms: Vec<Owned> = near.iter().filter(single).flat_map(|item| owned(item)).collect();
        let plan = presolve::plan(&atoms, &self.intervals, &used);
        let whole = !self.whole.is_disjoint(&self.numbers_of(&near, &used));
        let linear = plan.curved.is_empty() && !several && !whole;
        let problem = Problem { network: self, plan: &plan, tree, used: &used };
        let direct = if linear { problem.exact() } else { None };
        let mut found = match direct {
            Some(found) => found,
            None => problem.searched(&near, problem.enclosed(linear))?,
        };
        found.items = near.iter().map(|item| item.id.clone()).collect();
        Some(found)
    }

    /// The items that touch some numbers, directly or through other items and unknown numbers.
    pub(super) fn near<'a>(&self, numbers: &BTreeSet<usize>, items: &[&'a Item]) -> Vec<&'a Item> {
        let mut reached: BTreeSet<usize> = numbers
            .iter()
            .filter(|index| {
                self.intervals.get(**index).is_some_and(|interval| interval.as_point().is_none())
            })
            .copied()
            .collect();
        let (mut near, mut far) = (Vec::new(), items.to_vec());
        loop {
            let (touching, apart): (Vec<&Item>, Vec<&Item>) =
                far.into_iter().partition(|item| !self.unknown(item).is_disjoint(&reached));
            if touching.is_empty() {
                return near;
            }
            reached.extend(touching.iter().flat_map(|item| self.unknown(item)));
            near.extend(touching);
            far = apart;
        }
    }

    fn numbers_of(&self, items: &[&Item], more: &BTreeSet<usize>) -> BTreeSet<usize> {
        items.iter().flat_map(|item| self.unknown(item)).chain(more.iter().copied()).collect()
    }
}

fn owned(item: &Item) -> impl Iterator<Item = Owned> + '_ {
    let own = |atom: &Atom| Owned { atom: atom.clone(), from: item.id.clone() };
    item.cases.iter().flatten().flatten().map(own)
}

struct Problem<'a> {
    network: &'a Network,
    plan: &'a Plan<'a>,
    tree: &'a Tree,
    used: &'a BTreeSet<usize>,
}

impl Problem<'_> {
    fn bounds(&self) -> Vec<Bounds> {
        self.network.intervals.iter().map(Bounds::from).collect()
    }

    /// A quantity that is a quotient of linear forms, known numbers put in.
    fn exact(&self) -> Option<Bounded> {
        let fraction = Fraction::of(self.tree, &self.network.intervals)?;
        let (interval, low, high) =
            quotient(&self.bounds(), &self.plan.rows, &fraction.above, &fraction.below)?;
        let choices = [self.choice(low), self.choice(high)];
        Some(self.bounded(interval, true, choices))
    }

    /// The search for both ends, where an enclosure is not known to be the tightest.
    fn searched(&self, near: &[&Item], enclosed: Option<Bounded>) -> Option<Bounded> {
        if enclosed.as_ref().is_some_and(|found| found.tight) {
            return enclosed;
        }
        let turned = Tree::Negate(Box::new(self.tree.clone()));
        let (Some(high), Some(low)) =
            (self.network.largest(near, self.tree), self.network.largest(near, &turned))
        else {
            return enclosed;
        };
        let whole = Interval::new(low.bound.map(|end| -end), high.bound)?;
        let interval = match &enclosed {
            Some(found) => found.interval.intersection(&whole).unwrap_or(whole),
            None => whole,
        };
        let [lowest, highest] = [low.reached, high.reached];
        let choices = [lowest.map(|(_, point)| point), highest.map(|(_, point)| point)];
        Some(self.bounded(interval, low.met && high.met, choices))
    }

    fn bounded(
        &self,
        interval: Interval,
        tight: bool,
        choices: [Option<Vec<Rational>>; 2],
    ) -> Bounded {
        let value = |choice: &Option<Vec<Rational>>| {
            self.tree.enclosure(&points(choice.as_ref()?)).ok().map(|range| range.middle())
        };
        let reached = value(&choices[0]).zip(value(&choices[1])).map(|(low, high)| [low, high]);
        let choices =
            choices.map(|choice| choice.map(|point| self.named(&point)).unwrap_or_default());
        Bounded { interval, tight, choices, reached, items: Vec::new() }
    }

    /// A solution completed; `None` where a curved condition may not hold there.
    fn choice(&self, point: Vec<Rational>) -> Option<Vec<Rational>> {
        let point = self.plan.complete(point)?;
        let at = points(&point);
        let holds = |owned: &&Owned| super::decide::settled(&owned.atom, &at) == Some(true);
        self.plan.curved.iter().all(holds).then_some(point)
    }

    fn named(&self, point: &[Rational]) -> BTreeMap<String, Rational> {
        let mut shown = self.used.clone();
        for row in &self.plan.rows {
            shown.extend(row.terms.keys());
        }
        for replaced in &self.plan.replaced {
            shown.extend(references(&replaced.atom.difference));
        }
        shown
            .iter()
            .filter_map(|index| {
                Some((self.network.names.get(*index)?.clone(), point.get(*index)?.clone()))
            })
            .collect()
    }

    /// Any other quantity: its range over the intervals that the linear part leaves.
    fn enclosed(&self, linear: bool) -> Option<Bounded> {
        let bounds = self.bounds();
        let one = Linear::constant(Rational::from_integer(1.into()));
        let mut tight = self.network.intervals.clone();
        let mut moved = false;
        for index in self.used.iter().copied() {
            let alone = Linear::of(&Tree::Reference(index))?;
            if let Some((interval, _, _)) = quotient(&bounds, &self.plan.rows, &alone, &one)
                && let Some(place) = tight.get_mut(index)
            {
                moved = moved || *place != interval;
                *place = interval;
            }
        }
        let range = self.tree.range(&tight).ok()?;
        let choices = [self.climbed(&tight, false), self.climbed(&tight, true)];
        let free = self.plan.rows.is_empty() && !moved && linear;
        let mut found = self.bounded(range.interval, range.exact && free, choices);
        found.tight = found.tight || (linear && found.touches());
        Some(found)
    }

    /// A choice that makes the quantity large (or small): moved along its slope while that helps.
    fn climbed(&self, tight: &[Interval], most: bool) -> Option<Vec<Rational>> {
        let bounds = self.bounds();
        let mut here: Vec<Rational> = tight.iter().map(Interval::middle).collect();
        let mut best: Option<(Rational, Vec<Rational>)> = None;
        for _ in 0..MOST_MOVES {
            let at = points(&here);
            let mut goal = BTreeMap::new();
            for index in self.used {
                if let Some(slope) = self.tree.slope(*index, &at) {
                    let slope = slope.middle();
                    goal.insert(*index, if most { slope } else { -slope });
                }
            }
            goal.retain(|_, slope| !slope.is_zero());
            let Optimum::At(_, _, point) = compact::largest(&bounds, &self.plan.rows, &goal) else {
                break;
            };
            let Some(next) = self.choice(point) else { break };
            let value = self.tree.enclosure(&points(&next)).ok()?.middle();
            let better = best
                .as_ref()
                .is_none_or(|(so_far, _)| if most { value > *so_far } else { value < *so_far });
            if !better {
                break;
            }
            here.clone_from(&next);
            best = Some((value, next));
        }
        best.map(|(_, point)| point)
    }
}

impl Bounded {
    /// What is left of it where the interval is cut: an enclosure that nothing is known to reach.
    pub(in crate::claims) fn loose(self) -> Self {
        Self { tight: false, choices: Default::default(), reached: None, ..self }
    }

    /// Whether the values reached lie at the ends, up to the digits that are written.
    fn touches(&self) -> bool {
        let Some([low, high]) = &self.reached else { return false };
        let near = |end: &End, value: &Rational| {
            end.value().is_some_and(|end| {
                let scale = Rational::from_integer(1_000_000_000_000_i64.into());
                (end - value).abs() * scale <= end.abs()
            })
        };
        near(&self.interval.low, low) && near(&self.interval.high, high)
    }
}

/// The least and largest value of a quotient of linear forms (Dinkelbach 1967), exact.
fn quotient(
    bounds: &[Bounds],
    rows: &[Row],
    above: &Linear,
    below: &Linear,
) -> Option<(Interval, Vec<Rational>, Vec<Rational>)> {
    let (high, at_high) = extreme(bounds, rows, above, below)?;
    let turned = above.clone().times(&-Rational::from_integer(1.into()));
    let (low, at_low) = extreme(bounds, rows, &turned, below)?;
    Some((Interval::new(low.map(|low| -low), high)?, at_low, at_high))
}

/// The largest value of `above / below`, where `below` is positive for every solution.
pub(super) fn extreme(
    bounds: &[Bounds],
    rows: &[Row],
    above: &Linear,
    below: &Linear,
) -> Option<Extreme> {
    let closed: Vec<Bounds> = bounds.iter().map(Bounds::closed).collect();
    let opposite = below.clone().times(&-Rational::from_integer(1.into())).terms;
    match compact::largest(&closed, rows, &opposite) {
        Optimum::At(most, _, _) if (&below.constant - &most).is_positive() => {}
        _ => return None,
    }
    let at = |linear: &Linear, point: &[Rational]| {
        linear.terms.iter().fold(linear.constant.clone(), |sum, (index, times)| {
            point.get(*index).map_or(sum.clone(), |value| sum + value * times)
        })
    };
    let objective = |ratio: &Rational| above.clone().plus(below, &-ratio).terms;
    let mut ratio: Option<Rational> = None;
    for _ in 0..MOST_STEPS {
        let guess = ratio.clone().unwrap_or_else(Rational::zero);
        match compact::largest(&closed, rows, &objective(&guess)) {
            Optimum::Unbounded => return Some((End::Infinite, Vec::new())),
            Optimum::None => return None,
            Optimum::At(_, _, point) => {
                let next = at(above, &point) / at(below, &point);
                if ratio.as_ref() == Some(&next) {
                    return Some(match compact::largest(bounds, rows, &objective(&next)) {
                        Optimum::At(_, false, inside) => (End::Open(next), inside),
                        Optimum::At(_, true, inside) => (End::Closed(next), inside),
                        Optimum::Unbounded | Optimum::None => (End::Closed(next), point),
                    });
                }
                ratio = Some(next);
            }
        }
    }
    None
}
