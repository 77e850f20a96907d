//! The largest value of any quantity under any conditions: branch and bound.
//!
//! Above, each part of the search is bounded by the linear conditions and by lines above what is curved;
//! below, by a choice that makes everything true. It ends where both meet, or when a budget ends: the bound
//! is right in either case.

use std::collections::BTreeSet;

use num_traits::Signed;

use super::decide::{self, Decision, Owned, settled};
use super::presolve::{self, Fraction, references};
use super::search::{Chosen, Search, Split, curved};
use super::simplex::{Answer, Bounds, Optimum, Row};
use super::{Item, Network, bend, compact, implied, points, walk};
use crate::expression::{End, Interval, Rational, Tree};

/// How many parts are bounded.
const MOST_PARTS: usize = 300;
/// The bound and the best choice meet where they differ by less than one part in this.
pub(super) const PARTS: i64 = 100_000_000;

/// The largest value found and the bound above it.
pub(super) struct Extreme {
    /// Nothing lies above.
    pub(super) bound: End,
    /// A value taken, and the choice.
    pub(super) reached: Option<(Rational, Vec<Rational>)>,
    /// Whether both meet.
    pub(super) met: bool,
}

struct Part {
    bound: Option<Rational>,
    at: Vec<Interval>,
    chosen: Chosen,
    split: Option<Split>,
}

impl Network {
    /// Bounds the largest value of a tree over all choices that make items true; `None` where there is no
    /// bound, or no choice.
    pub(super) fn largest(&self, items: &[&Item], tree: &Tree) -> Option<Extreme> {
        let search = Search::new(items, &self.names, &self.whole, references(tree));
        let mut climb = Climb { search, tree, best: None };
        let chosen = climb.search.start()?;
        let mut open = vec![climb.part(self.intervals.clone(), chosen)?];
        for _ in 0..MOST_PARTS {
            let Some(place) = highest(&open) else { break };
            if climb.meets(open.get(place)?.bound.as_ref()?) {
                break;
            }
            if open.get(place)?.split.is_none() {
                break;
            }
            let part = open.swap_remove(place);
            let split = part.split.as_ref()?;
            for side in climb.search.sides(split, &part.at, &part.chosen) {
                open.extend(side.room.and_then(|room| climb.part(room, side.chosen)));
            }
        }
        climb.end(&open)
    }
}

/// The part with the highest bound, the first of equals; one without a bound before all.
fn highest(open: &[Part]) -> Option<usize> {
    let above = |one: &Part, two: &Part| match (&one.bound, &two.bound) {
        (None, Some(_)) => true,
        (Some(one), Some(two)) => one > two,
        (_, None) => false,
    };
    let mut best: Option<(usize, &Part)> = None;
    for (place, part) in open.iter().enumerate() {
        if best.as_ref().is_none_or(|(_, so_far)| above(part, so_far)) {
            best = Some((place, part));
        }
    }
    best.map(|(place, _)| place)
}

struct Climb<'a> {
    search: Search<'a>,
    tree: &'a Tree,
    best: Option<(Rational, Vec<Rational>)>,
}

impl Climb<'_> {
    fn meets(&self, bound: &Rational) -> bool {
        self.best.as_ref().is_some_and(|(value, _)| {
            let slack = bound.abs() / Rational::from_integer(PARTS.into());
            *bound <= value + slack
        })
    }

    fn end(self, open: &[Part]) -> Option<Extreme> {
        let mut bound = self.best.as_ref().map(|(value, _)| value.clone());
        for part in open {
            let own = part.bound.as_ref()?;
            if bound.as_ref().is_none_or(|so_far| so_far < own) {
                bound = Some(own.clone());
            }
        }
        let bound = bound?;
        let met = self.meets(&bound);
        Some(Extreme { bound: End::Closed(bound), reached: self.best, met })
    }

    /// Bounds a part; `None` where it holds no choice.
    fn part(&mut self, at: Vec<Interval>, chosen: Chosen) -> Option<Part> {
        let atoms = self.search.atoms(&chosen);
        let keep = references(self.tree);
        let mut plan = presolve::plan(&atoms, &at, &keep);
        let excluded = |owned: &&Owned| settled(&owned.atom, &at) == Some(false);
        if plan.curved.iter().any(excluded) {
            return None;
        }
        for (row, source) in bend::rows(&plan.curved, &at) {
            plan.rows.push(row);
            plan.sources.push(source);
        }
        let bounds: Vec<Bounds> = at.iter().map(Bounds::from).collect();
        let inside = match compact::solve(&bounds, &plan.rows) {
            Answer::Infeasible(_) => return None,
            Answer::Feasible(point) => Some(point),
            Answer::Budget => None,
        };
        let (bound, top) = above(self.tree, &at, &bounds, &plan.rows);
        let near = top.as_ref().zip(inside.as_ref()).map(|(top, inside)| mixed(inside, top));
        let mut tried = Vec::new();
        for point in [top, near, inside].into_iter().flatten() {
            let curved = &plan.curved;
            let polished =
                walk::polished(curved, &at, point).and_then(|point| plan.complete(point));
            tried.extend(polished);
        }
        let mut good = false;
        for point in &tried {
            good = self.keep(point, &atoms, &chosen, &at) || good;
        }
        if !good
            && let Decision::Possible(Some(point), _) =
                decide::relaxed(&atoms, &at, self.search.names)
        {
            self.keep(&point, &atoms, &chosen, &at);
            tried.push(point);
        }
        let split = self.split(&atoms, &chosen, &at, tried.first());
        Some(Part { bound, at, chosen, split })
    }

    fn split(
        &self,
        atoms: &[Owned],
        chosen: &Chosen,
        at: &[Interval],
        point: Option<&Vec<Rational>>,
    ) -> Option<Split> {
        let broken = point.and_then(|point| self.search.broken(point));
        let case = self.search.open_case(chosen, point.map(Vec::as_slice));
        case.or(broken).or_else(|| {
            let mut among = curved(atoms);
            if Fraction::of(self.tree, at).is_none() {
                among.extend(references(self.tree));
            }
            among.extend(&self.search.whole);
            let own = Owned {
                atom: super::atom::Atom::of(self.tree.clone(), super::atom::Sense::Above),
                from: String::new(),
            };
            let with: Vec<Owned> = atoms.iter().cloned().chain([own]).collect();
            self.search.halved(&among, &with, at)
        })
    }

    /// Keeps a point where all is true and the value is larger than any before; says whether all is true.
    fn keep(
        &mut self,
        point: &[Rational],
        atoms: &[Owned],
        chosen: &Chosen,
        at: &[Interval],
    ) -> bool {
        let here = points(point);
        let mut numbers: BTreeSet<usize> = references(self.tree);
        for owned in atoms {
            numbers.extend(references(&owned.atom.difference));
        }
        let inside = numbers.iter().all(|index| {
            at.get(*index).zip(point.get(*index)).is_some_and(|(own, value)| own.contains(value))
        });
        let holds = |owned: &Owned| settled(&owned.atom, &here) == Some(true);
        let whole = self.search.broken(point).is_none();
        let open = self.search.open_case(chosen, Some(point)).is_some();
        if !inside || open || !whole || !atoms.iter().all(holds) {
            return false;
        }
        let Ok(value) = self.tree.enclosure(&here) else { return false };
        let Some(value) = value.low.value() else { return false };
        if self.best.as_ref().is_none_or(|(so_far, _)| value > so_far) {
            self.best = Some((value.clone(), point.to_vec()));
        }
        true
    }
}

/// Almost at the top, and inside where the top is only approached.
fn mixed(inside: &[Rational], top: &[Rational]) -> Vec<Rational> {
    let share = Rational::new(1.into(), (PARTS * 16).into());
    inside.iter().zip(top).map(|(inside, top)| top + (inside - top) * &share).collect()
}

/// A bound above a tree over a box under rows, and the solution at it.
fn above(
    tree: &Tree,
    at: &[Interval],
    bounds: &[Bounds],
    rows: &[Row],
) -> (Option<Rational>, Option<Vec<Rational>>) {
    let closed: Vec<Bounds> = bounds.iter().map(Bounds::closed).collect();
    let mut bound = tree.enclosure(at).ok().and_then(|range| range.high.value().cloned());
    let mut top = None;
    let mut lower = |value: Rational, point: Vec<Rational>| {
        top = top.take().or(Some(point));
        if bound.as_ref().is_none_or(|so_far| value < *so_far) {
            bound = Some(value);
        }
    };
    if let Some(fraction) = Fraction::of(tree, at) {
        if let Some((end, point)) =
            implied::extreme(&closed, rows, &fraction.above, &fraction.below)
            && let Some(value) = end.value()
        {
            lower(value.clone(), point);
        }
        return (bound, top);
    }
    for line in bend::lines(tree, at) {
        if let Optimum::At(value, _, point) = compact::largest(&closed, rows, &line.terms) {
            lower(value + &line.constant, point);
        }
    }
    (bound, top)
}
