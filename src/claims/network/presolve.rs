//! Conditions that are linear in all but name: known counts put in, divisors cleared, and numbers that
//! occur once replaced by the ends of their intervals.
//!
//! `n / (n + m) == share` is no linear condition. But where the counts are known it is one, and where
//! the share occurs nowhere else it says no more than `n >= low * (n + m)` and `n <= high * (n + m)`:
//! a side that rises in a number takes every value between those at its ends (intermediate values).

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};

use super::atom::{Atom, Linear, Sense};
use super::decide::{Owned, collect};
use super::points;
use super::simplex::Row;
use crate::expression::{End, Interval, Operator, Rational, Tree};

/// Atoms made ready for the linear solver.
pub(super) struct Plan<'a> {
    /// The linear part.
    pub(super) rows: Vec<Row>,
    /// Where each row comes from.
    pub(super) sources: Vec<Source<'a>>,
    /// What is not linear.
    pub(super) curved: Vec<&'a Owned>,
    /// The atoms whose numbers that occur once were put in: they are found again after the solution.
    pub(super) replaced: Vec<Replaced<'a>>,
}

/// Where a row comes from.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    pub(super) from: &'a str,
    /// The numbers put in, by index.
    pub(super) given: BTreeMap<usize, Rational>,
    /// For a line above a curve: the numbers over whose intervals it lies above.
    pub(super) over: BTreeSet<usize>,
}

/// An atom with the numbers put in, and where the difference is least and most.
pub(super) struct Replaced<'a> {
    pub(super) atom: &'a Atom,
    leaves: Vec<Leaf>,
}

struct Leaf {
    index: usize,
    least: End,
    most: End,
}

/// Prepares atoms; the numbers of `keep` are never put in, unless they are known.
pub(super) fn plan<'a>(atoms: &'a [Owned], at: &[Interval], keep: &BTreeSet<usize>) -> Plan<'a> {
    let mut uses: BTreeMap<usize, usize> = keep.iter().map(|index| (*index, 2)).collect();
    for owned in atoms {
        for index in references(&owned.atom.difference) {
            *uses.entry(index).or_insert(0) += 1;
        }
    }
    let mut plan =
        Plan { rows: Vec::new(), sources: Vec::new(), curved: Vec::new(), replaced: Vec::new() };
    for owned in atoms {
        if let Some(row) = owned.atom.row() {
            plan.push(row, owned, BTreeMap::new());
        } else if let Some(row) = row(&owned.atom.difference, owned.atom.sense, at) {
            plan.push(row, owned, known(&owned.atom.difference, at));
        } else if plan.replace(owned, at, &uses).is_none() {
            plan.curved.push(owned);
        }
    }
    plan
}

impl<'a> Plan<'a> {
    fn push(&mut self, row: Row, owned: &'a Owned, given: BTreeMap<usize, Rational>) {
        self.rows.push(row);
        self.sources.push(Source { from: &owned.from, given, over: BTreeSet::new() });
    }

    /// Puts the ends of numbers that occur once into an atom. `None` where it stays curved.
    fn replace(
        &mut self,
        owned: &'a Owned,
        at: &[Interval],
        uses: &BTreeMap<usize, usize>,
    ) -> Option<()> {
        let atom = &owned.atom;
        let mut leaves = Vec::new();
        for index in references(&atom.difference) {
            let interval = at.get(index)?;
            let once = uses.get(&index) == Some(&1) && interval.as_point().is_none();
            let slope = atom.difference.slope(index, at).filter(|_| once);
            let Some(slope) = slope.filter(|slope| !slope.contains(&Rational::zero())) else {
                continue;
            };
            let (low, high) = (interval.low.clone(), interval.high.clone());
            let rises = slope.is_never_negative();
            let (least, most) = if rises { (low, high) } else { (high, low) };
            leaves.push(Leaf { index, least, most });
        }
        if leaves.is_empty() {
            return None;
        }
        let mut made = Vec::new();
        made.push(end(atom, &leaves, at, true)?);
        if atom.sense == Sense::Zero {
            made.push(end(atom, &leaves, at, false)?);
        }
        for (row, given) in made {
            self.push(row, owned, given);
        }
        self.replaced.push(Replaced { atom, leaves });
        Some(())
    }

    /// Finds the numbers that were put in, one atom after the other. `None` where one is irrational.
    pub(super) fn complete(&self, mut point: Vec<Rational>) -> Option<Vec<Rational>> {
        for replaced in &self.replaced {
            replaced.complete(&mut point)?;
        }
        Some(point)
    }
}

/// The row that the largest (or least) value of an atom must meet.
fn end(
    atom: &Atom,
    leaves: &[Leaf],
    at: &[Interval],
    most: bool,
) -> Option<(Row, BTreeMap<usize, Rational>)> {
    let mut here = at.to_vec();
    let mut strict = atom.sense == Sense::Above;
    let mut put = BTreeMap::new();
    for leaf in leaves {
        let end = if most { &leaf.most } else { &leaf.least };
        let value = end.value()?;
        strict = strict || !end.is_closed();
        put.insert(leaf.index, value.clone());
        *here.get_mut(leaf.index)? = Interval::point(value.clone());
    }
    let sense = if strict { Sense::Above } else { Sense::AtLeast };
    let tree = if most {
        atom.difference.clone()
    } else {
        Tree::Negate(Box::new(atom.difference.clone()))
    };
    let row = row(&tree, sense, &here)?;
    put.extend(known(&atom.difference, at));
    Some((row, put))
}

impl Replaced<'_> {
    /// Moves the numbers from where the difference is least to where it is most until the atom holds.
    fn complete(&self, point: &mut [Rational]) -> Option<()> {
        let zero = self.atom.sense == Sense::Zero;
        if !zero {
            return self.step_inside(point);
        }
        for leaf in &self.leaves {
            *point.get_mut(leaf.index)? = leaf.least.value()?.clone();
        }
        for leaf in &self.leaves {
            let (least, most) = (leaf.least.value()?.clone(), leaf.most.value()?.clone());
            *point.get_mut(leaf.index)? = most.clone();
            let value = exact(&self.atom.difference, point)?;
            if value.is_negative() {
                continue;
            }
            if value.is_zero() && leaf.most.is_closed() {
                return Some(());
            }
            let root = root(&self.atom.difference, leaf.index, point)?;
            let (low, high) = if least <= most { (least, most) } else { (most, least) };
            if root < low || root > high {
                return None;
            }
            *point.get_mut(leaf.index)? = root;
            return Some(());
        }
        None
    }

    /// From an end that is open, a little way back.
    fn step_inside(&self, point: &mut [Rational]) -> Option<()> {
        let mut share = Rational::new(1.into(), 2.into());
        for _ in 0..80 {
            for leaf in &self.leaves {
                let most = leaf.most.value()?;
                let least = leaf.least.value().filter(|_| !leaf.most.is_closed()).unwrap_or(most);
                let back = if leaf.most.is_closed() { Rational::zero() } else { share.clone() };
                *point.get_mut(leaf.index)? = most + (least - most) * back;
            }
            let value = exact(&self.atom.difference, point)?;
            let holds = match self.atom.sense {
                Sense::Above => value.is_positive(),
                Sense::AtLeast | Sense::Zero => !value.is_negative(),
            };
            if holds {
                return Some(());
            }
            share /= Rational::from_integer(16.into());
        }
        None
    }
}

/// The exact value at a point; `None` where a real function is in the way.
pub(super) fn exact(tree: &Tree, point: &[Rational]) -> Option<Rational> {
    tree.enclosure(&points(point)).ok()?.as_point().cloned()
}

/// Where a tree that is a quotient of linear forms in one number is zero.
pub(super) fn root(tree: &Tree, index: usize, point: &[Rational]) -> Option<Rational> {
    let mut at = points(point);
    *at.get_mut(index)? = Interval::everything();
    let above = Fraction::of(tree, &at)?.above;
    let slope = above.terms.get(&index)?;
    Some(-&above.constant / slope)
}

/// The numbers of a tree.
pub(super) fn references(tree: &Tree) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    collect(tree, &mut used);
    used
}

/// The numbers of a tree that are known.
fn known(tree: &Tree, at: &[Interval]) -> BTreeMap<usize, Rational> {
    references(tree)
        .into_iter()
        .filter_map(|index| Some((index, at.get(index)?.as_point()?.clone())))
        .collect()
}

/// A tree as a row, known numbers put in and divisors cleared.
fn row(tree: &Tree, sense: Sense, at: &[Interval]) -> Option<Row> {
    let fraction = Fraction::of(tree, at)?;
    let positive = fraction.is_positive_below(at)?;
    let above = if positive {
        fraction.above
    } else {
        fraction.above.times(&-Rational::from_integer(1.into()))
    };
    Some(above.row(sense))
}

/// A quotient of linear forms.
#[derive(Debug, Clone)]
pub(super) struct Fraction {
    pub(super) above: Linear,
    pub(super) below: Linear,
}

fn product(one: &Linear, two: &Linear) -> Option<Linear> {
    match (one.as_constant(), two.as_constant()) {
        (Some(by), _) => Some(two.clone().times(by)),
        (_, Some(by)) => Some(one.clone().times(by)),
        _ => None,
    }
}

impl Fraction {
    fn number(value: Rational) -> Self {
        let one = Rational::from_integer(1.into());
        Self { above: Linear::constant(value), below: Linear::constant(one) }
    }

    /// Reads a tree as a quotient of linear forms in the numbers that are not known.
    pub(super) fn of(tree: &Tree, at: &[Interval]) -> Option<Self> {
        let one = Rational::from_integer(1.into());
        match tree {
            Tree::Number(value) => Some(Self::number(value.clone())),
            Tree::Reference(index) => Some(match at.get(*index).and_then(Interval::as_point) {
                Some(value) => Self::number(value.clone()),
                None => Self { above: Linear::of(tree)?, below: Linear::constant(one) },
            }),
            Tree::Negate(inner) => {
                let inner = Self::of(inner, at)?;
                Some(Self { above: inner.above.times(&-one), below: inner.below })
            }
            Tree::Power(inner, power) => Self::of(inner, at)?.power(*power),
            Tree::Binary(operator, left, right) => {
                Self::of(left, at)?.join(*operator, Self::of(right, at)?)
            }
            Tree::Call(..) => None,
        }
    }

    fn power(self, power: i32) -> Option<Self> {
        if power == 1 {
            return Some(self);
        }
        let (above, below) = (self.above.as_constant()?, self.below.as_constant()?);
        let base = if below.is_zero() { return None } else { above / below };
        let raised = num_traits::pow(base, power.unsigned_abs() as usize);
        if power >= 0 {
            Some(Self::number(raised))
        } else {
            (!raised.is_zero()).then(|| Self::number(raised.recip()))
        }
    }

    fn join(self, operator: Operator, other: Self) -> Option<Self> {
        let one = Rational::from_integer(1.into());
        match operator {
            Operator::Add | Operator::Subtract => {
                let sign = if operator == Operator::Add { one } else { -one };
                if self.below == other.below {
                    let above = self.above.plus(&other.above, &sign);
                    return Some(Self { above, below: self.below });
                }
                let mine = product(&self.above, &other.below)?;
                let theirs = product(&other.above, &self.below)?;
                let below = product(&self.below, &other.below)?;
                Some(Self { above: mine.plus(&theirs, &sign), below })
            }
            Operator::Multiply => Some(Self {
                above: product(&self.above, &other.above)?,
                below: product(&self.below, &other.below)?,
            }),
            Operator::Divide => {
                if other.above.as_constant().is_some_and(Zero::is_zero) {
                    return None;
                }
                Some(Self {
                    above: product(&self.above, &other.below)?,
                    below: product(&self.below, &other.above)?,
                })
            }
        }
    }

    /// Whether the divisor is positive (or negative) over the whole box; `None` where it may be zero.
    pub(super) fn is_positive_below(&self, at: &[Interval]) -> Option<bool> {
        let mut range = Interval::point(self.below.constant.clone());
        for (index, times) in &self.below.terms {
            range = range.plus(&at.get(*index)?.scale(times));
        }
        if range.contains(&Rational::zero()) {
            return None;
        }
        Some(range.is_never_negative())
    }
}
