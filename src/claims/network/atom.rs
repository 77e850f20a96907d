//! Conditions become cases of atoms: each a difference that is zero, at least zero, or above it.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

use super::simplex::{Bounds, Delta, Row};
use crate::expression::{Comparison, Condition, Operator, Rational, Tree};

/// How many cases a condition with `or` and `!=` may have.
pub(super) const MOST_CASES: usize = 64;

/// What a difference must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// Zero.
    Zero,
    /// At least zero.
    AtLeast,
    /// Above zero.
    Above,
}

/// One comparison, as a difference.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) difference: Tree,
    pub(super) sense: Sense,
    pub(super) linear: Option<Linear>,
}

/// A linear difference: coefficients and a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Linear {
    pub(super) terms: BTreeMap<usize, Rational>,
    pub(super) constant: Rational,
}

impl Linear {
    pub(super) fn constant(value: Rational) -> Self {
        Self { terms: BTreeMap::new(), constant: value }
    }

    pub(super) fn plus(mut self, other: &Self, times: &Rational) -> Self {
        for (index, coefficient) in &other.terms {
            let sum = self.terms.entry(*index).or_insert_with(Rational::zero);
            *sum += coefficient * times;
            if sum.is_zero() {
                self.terms.remove(index);
            }
        }
        self.constant += &other.constant * times;
        self
    }

    pub(super) fn times(self, by: &Rational) -> Self {
        Self::constant(Rational::zero()).plus(&self, by)
    }

    /// The row that says what the linear form must be.
    pub(super) fn row(&self, sense: Sense) -> Row {
        let real = -&self.constant;
        let tiny = Rational::from_integer(i32::from(sense == Sense::Above).into());
        let low = Delta { real, tiny };
        let high = (sense == Sense::Zero).then(|| low.clone());
        Row { terms: self.terms.clone(), bounds: Bounds { low: Some(low), high } }
    }

    pub(super) fn as_constant(&self) -> Option<&Rational> {
        self.terms.is_empty().then_some(&self.constant)
    }

    /// Reads a tree as a linear form, or returns `None` where it is none.
    pub(super) fn of(tree: &Tree) -> Option<Self> {
        match tree {
            Tree::Number(value) => Some(Self::constant(value.clone())),
            Tree::Reference(index) => Some(Self {
                terms: BTreeMap::from([(*index, Rational::one())]),
                constant: Rational::zero(),
            }),
            Tree::Negate(inner) => Some(Self::of(inner)?.times(&-Rational::one())),
            Tree::Power(inner, 1) => Self::of(inner),
            Tree::Power(inner, power) => {
                let value = Self::of(inner)?.as_constant()?.clone();
                let raised = num_traits::pow(value, power.unsigned_abs() as usize);
                if *power >= 0 {
                    Some(Self::constant(raised))
                } else {
                    (!raised.is_zero()).then(|| Self::constant(raised.recip()))
                }
            }
            Tree::Binary(operator, left, right) => {
                let (left, right) = (Self::of(left)?, Self::of(right)?);
                match operator {
                    Operator::Add => Some(left.plus(&right, &Rational::one())),
                    Operator::Subtract => Some(left.plus(&right, &-Rational::one())),
                    Operator::Multiply => match (left.as_constant(), right.as_constant()) {
                        (Some(by), _) => Some(right.times(&by.clone())),
                        (_, Some(by)) => Some(left.times(&by.clone())),
                        _ => None,
                    },
                    Operator::Divide => {
                        let by = right.as_constant().filter(|by| !by.is_zero())?;
                        Some(left.times(&by.recip()))
                    }
                }
            }
            Tree::Call(..) => None,
        }
    }
}

impl Atom {
    fn new(left: &Tree, right: &Tree, sense: Sense) -> Self {
        let difference =
            Tree::Binary(Operator::Subtract, Box::new(left.clone()), Box::new(right.clone()));
        Self::of(difference, sense)
    }

    /// A tree beside zero.
    pub(super) fn of(difference: Tree, sense: Sense) -> Self {
        let linear = Linear::of(&difference);
        Self { difference, sense, linear }
    }

    /// Returns the atom as a bounded row, where it is linear.
    pub(super) fn row(&self) -> Option<Row> {
        self.linear.as_ref().map(|linear| linear.row(self.sense))
    }
}

/// Returns the cases of a condition: it is true where all atoms of any one case are. `None` where
/// there are too many.
pub(super) fn cases(condition: &Condition, wanted: bool, to: &[usize]) -> Option<Vec<Vec<Atom>>> {
    match (condition, wanted) {
        (Condition::Not(inner), _) => cases(inner, !wanted, to),
        (Condition::And(left, right), true) | (Condition::Or(left, right), false) => {
            let (left, right) = (cases(left, wanted, to)?, cases(right, wanted, to)?);
            if left.len() * right.len() > MOST_CASES {
                return None;
            }
            let both = |one: &Vec<Atom>| {
                let one = one.clone();
                right.iter().map(move |two| one.iter().chain(two).cloned().collect::<Vec<_>>())
            };
            Some(left.iter().flat_map(both).collect())
        }
        (Condition::And(left, right), false) | (Condition::Or(left, right), true) => {
            let mut either = cases(left, wanted, to)?;
            either.extend(cases(right, wanted, to)?);
            (either.len() <= MOST_CASES).then_some(either)
        }
        (Condition::Compare(comparison, left, right), _) => {
            let (left, right) = (left.renumbered(to), right.renumbered(to));
            Some(compare(*comparison, wanted, &left, &right))
        }
    }
}

fn compare(comparison: Comparison, wanted: bool, left: &Tree, right: &Tree) -> Vec<Vec<Atom>> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let one = |left: &Tree, right: &Tree, sense: Sense| vec![Atom::new(left, right, sense)];
    match (comparison, wanted) {
        (Equal, true) | (NotEqual, false) => vec![one(left, right, Sense::Zero)],
        (NotEqual, true) | (Equal, false) => {
            vec![one(left, right, Sense::Above), one(right, left, Sense::Above)]
        }
        (Greater, true) | (LessOrEqual, false) => vec![one(left, right, Sense::Above)],
        (GreaterOrEqual, true) | (Less, false) => vec![one(left, right, Sense::AtLeast)],
        (Less, true) | (GreaterOrEqual, false) => vec![one(right, left, Sense::Above)],
        (LessOrEqual, true) | (Greater, false) => vec![one(right, left, Sense::AtLeast)],
    }
}
