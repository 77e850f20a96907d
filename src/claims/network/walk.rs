//! Walks from a solution of the linear part towards what curved conditions violate, until all of them hold.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};

use super::atom::Sense;
use super::decide::{Owned, collect, settled};
use super::simplex::{Bounds, Optimum, Row};
use super::{compact, points, presolve};
use crate::expression::{Interval, Rational, Tree};

/// How often a stretch on which two sides meet is halved.
const MOST_HALVES: usize = 40;
/// How often a walk turns towards what is violated.
const MOST_TURNS: usize = 12;

/// The middle of the box, where it satisfies the linear part.
pub(super) fn middle(at: &[Interval], rows: &[Row]) -> Option<Vec<Rational>> {
    let middle: Vec<Rational> = at.iter().map(Interval::middle).collect();
    fits(&middle, rows).then_some(middle)
}

/// Whether a point satisfies the linear part.
fn fits(point: &[Rational], rows: &[Row]) -> bool {
    rows.iter().all(|row| {
        let sum: Rational = row
            .terms
            .iter()
            .filter_map(|(index, times)| point.get(*index).map(|value| value * times))
            .sum();
        let above = row.bounds.low.as_ref().is_none_or(|low| {
            if low.tiny.is_positive() { sum > low.real } else { sum >= low.real }
        });
        above && row.bounds.high.as_ref().is_none_or(|high| sum <= high.real)
    })
}

/// Moves a point onto the curved equalities: in each, one number that is a quotient of linear forms there
/// is solved for, if it stays inside its interval. `None` where that does not work.
pub(super) fn polished(
    curved: &[&Owned],
    at: &[Interval],
    point: Vec<Rational>,
) -> Option<Vec<Rational>> {
    let mut here = point;
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for owned in curved.iter().filter(|owned| owned.atom.sense == Sense::Zero) {
        let tree = &owned.atom.difference;
        let numbers = presolve::references(tree);
        if settled(&owned.atom, &points(&here)) != Some(true) {
            let free = numbers.iter().filter(|index| !taken.contains(index));
            let (index, value) = free.into_iter().find_map(|index| {
                let own = at.get(*index).filter(|own| own.as_point().is_none())?;
                let root = presolve::root(tree, *index, &here)?;
                own.contains(&root).then_some((*index, root))
            })?;
            *here.get_mut(index)? = value;
        }
        taken.extend(numbers);
    }
    Some(here)
}

/// What a walk must satisfy.
pub(super) struct Walk<'a> {
    pub(super) curved: &'a [&'a Owned],
    pub(super) at: &'a [Interval],
    pub(super) bounds: &'a [Bounds],
    pub(super) rows: &'a [Row],
}

/// A point (or none, where it exists but is irrational) and a remark on how it was found.
pub(super) type Found = (Option<Vec<Rational>>, Option<String>);

impl Walk<'_> {
    /// Walks from a solution of the linear part until all atoms hold, or the turns run out.
    pub(super) fn from(&self, start: Vec<Rational>) -> Option<Found> {
        let mut here = start;
        for _ in 0..MOST_TURNS {
            let Some(violated) = self.violated(&here) else { return Some((Some(here), None)) };
            if let Some(near) = self.near(&here) {
                return Some((Some(near), None));
            }
            let tree = &violated.atom.difference;
            let above = self.toward(tree, &here, true)?;
            if violated.atom.sense == Sense::Zero {
                let below = self.toward(tree, &here, false)?;
                let signs = (value_at(tree, &below), value_at(tree, &above));
                if let (Some(bottom), Some(top)) = signs
                    && bottom.is_negative()
                    && top.is_positive()
                {
                    return self.between(violated, below, above);
                }
                let turned = value_at(tree, &here).is_some_and(|value| value.is_positive());
                if turned {
                    if below == here {
                        return None;
                    }
                    here = below;
                    continue;
                }
            }
            if above == here {
                return None;
            }
            here = above;
        }
        None
    }

    /// A point on all curved conditions, one number of each moved.
    fn near(&self, here: &[Rational]) -> Option<Vec<Rational>> {
        let near = polished(self.curved, self.at, here.to_vec())?;
        (fits(&near, self.rows) && self.violated(&near).is_none()).then_some(near)
    }

    fn violated(&self, point: &[Rational]) -> Option<&Owned> {
        let at = points(point);
        self.curved.iter().find(|owned| settled(&owned.atom, &at) != Some(true)).copied()
    }

    /// The solution of the linear part that is best for a tree as it slopes here.
    fn toward(&self, tree: &Tree, here: &[Rational], up: bool) -> Option<Vec<Rational>> {
        let rough =
            |point: &[Rational]| tree.enclosure(&points(point)).ok().map(|range| range.middle());
        let base = rough(here)?;
        let mut used = BTreeSet::new();
        collect(tree, &mut used);
        let mut slopes = BTreeMap::new();
        for index in used {
            let mut near = here.to_vec();
            let place = near.get_mut(index)?;
            let step = if place.is_zero() {
                Rational::new(1.into(), 1_000_000.into())
            } else {
                place.abs() / Rational::from_integer(1_000_000.into())
            };
            *place += &step;
            let slope = (rough(&near)? - &base) / step;
            if !slope.is_zero() {
                slopes.insert(index, if up { slope } else { -slope });
            }
        }
        match compact::largest(self.bounds, self.rows, &slopes) {
            Optimum::At(_, _, point) => Some(point),
            Optimum::Unbounded | Optimum::None => None,
        }
    }

    /// Two solutions of the linear part on either side of an equality: between them it is true.
    fn between(&self, equality: &Owned, low: Vec<Rational>, high: Vec<Rational>) -> Option<Found> {
        let tree = &equality.atom.difference;
        let (mut low, mut high) = (low, high);
        for _ in 0..MOST_HALVES {
            let (bottom, top) = (value_at(tree, &low)?, value_at(tree, &high)?);
            let guess = mix(&low, &high, &(&bottom / (&bottom - &top)));
            let hit = value_at(tree, &guess).is_some_and(|value| value.is_zero());
            if hit && self.violated(&guess).is_none() {
                return Some((Some(guess), None));
            }
            let hull: Vec<Interval> = low
                .iter()
                .zip(&high)
                .map(|(one, two)| Interval::closed(one.clone(), two.clone()))
                .collect();
            let mut others = self.curved.iter().filter(|owned| !std::ptr::eq(**owned, equality));
            if others.all(|owned| settled(&owned.atom, &hull) == Some(true)) {
                let note = format!(
                    "Between two choices inside all intervals the two sides of {} change places, so they meet in between.",
                    equality.from
                );
                return Some((None, Some(note)));
            }
            let half = mix(&low, &high, &Rational::new(1.into(), 2.into()));
            if value_at(tree, &half)?.is_negative() {
                low = half;
            } else {
                high = half;
            }
        }
        None
    }
}

fn mix(low: &[Rational], high: &[Rational], share: &Rational) -> Vec<Rational> {
    low.iter().zip(high).map(|(low, high)| low + (high - low) * share).collect()
}

/// The value at a point; for real functions only where its sign is sure.
fn value_at(tree: &Tree, point: &[Rational]) -> Option<Rational> {
    let range = tree.enclosure(&points(point)).ok()?;
    if let Some(value) = range.as_point() {
        return Some(value.clone());
    }
    (!range.contains(&Rational::zero())).then(|| range.middle())
}
