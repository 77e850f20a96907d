//! Divisors that may be zero: where one is, a comparison has no value, and is not true.
//!
//! A comparison of N / D with zero is one of N, once the sign of D is known: two cases, in which nothing is divided by
//! what may be zero any more.

use num_traits::Zero;

use super::atom::{Atom, MOST_CASES, Sense};
use crate::expression::{Interval, Operator, Rational, Tree};

/// The same cases, without divisors that may be zero; a case that would become too many stays as it is.
pub(super) fn parted(cases: Vec<Vec<Atom>>, at: &[Interval]) -> Vec<Vec<Atom>> {
    let mut left = cases.len();
    let mut all = Vec::new();
    for case in cases {
        left -= 1;
        let parts = parts_of(&case, at);
        if all.len() + parts.len() + left > MOST_CASES {
            all.push(case);
        } else {
            all.extend(parts);
        }
    }
    all
}

fn parts_of(case: &[Atom], at: &[Interval]) -> Vec<Vec<Atom>> {
    let mut parts: Vec<Vec<Atom>> = vec![Vec::new()];
    for atom in case {
        let choices = signs(atom, at);
        if parts.len() * choices.len() > MOST_CASES {
            return vec![case.to_vec()];
        }
        let with = |part: &Vec<Atom>| {
            let part = part.clone();
            choices.iter().map(move |choice| part.iter().chain(choice).cloned().collect())
        };
        parts = parts.iter().flat_map(with).collect();
    }
    parts
}

/// An atom as it is, or for a divisor above and below zero.
fn signs(atom: &Atom, at: &[Interval]) -> Vec<Vec<Atom>> {
    match Quotient::of(&atom.difference, at) {
        Some(Quotient { above, below: Some(below) }) => {
            let down = negated(&below);
            let turned = if atom.sense == Sense::Zero { above.clone() } else { turned(&above) };
            vec![
                vec![Atom::of(below, Sense::Above), Atom::of(above, atom.sense)],
                vec![Atom::of(down, Sense::Above), Atom::of(turned, atom.sense)],
            ]
        }
        _ => vec![vec![atom.clone()]],
    }
}

/// A tree as a quotient by the product of its divisors that may be zero.
struct Quotient {
    above: Tree,
    below: Option<Tree>,
}

impl Quotient {
    /// Takes a tree apart; none where a function, a power or a divisor is of something that may have no value.
    fn of(tree: &Tree, at: &[Interval]) -> Option<Self> {
        let whole = |tree: &Tree| Self { above: tree.clone(), below: None };
        Some(match tree {
            Tree::Number(_) | Tree::Reference(_) => whole(tree),
            Tree::Negate(inner) => {
                let Self { above, below } = Self::of(inner, at)?;
                Self { above: negated(&above), below }
            }
            Tree::Power(inner, power) => {
                let inside = Self::of(inner, at)?;
                let sound = *power >= 0 || nonzero(inner, at);
                if inside.below.is_some() || !sound {
                    return None;
                }
                whole(tree)
            }
            Tree::Call(_, parts) => {
                let plain = |part: &Tree| Self::of(part, at).is_some_and(|one| one.below.is_none());
                parts.iter().all(plain).then(|| whole(tree))?
            }
            Tree::Binary(operator, left, right) => {
                let (one, other) = (Self::of(left, at)?, Self::of(right, at)?);
                if one.below.is_none() && other.below.is_none() {
                    let safe = *operator != Operator::Divide || nonzero(right, at);
                    return Some(if safe {
                        whole(tree)
                    } else {
                        Self { above: one.above, below: Some(other.above) }
                    });
                }
                // What divides a divisor must not be zero either: that is one split more, and is left to the search.
                if *operator == Operator::Divide && other.below.is_some() {
                    return None;
                }
                one.joined(*operator, other)
            }
        })
    }

    fn joined(self, operator: Operator, other: Self) -> Self {
        let sum = |left, right| Tree::Binary(operator, Box::new(left), Box::new(right));
        match operator {
            Operator::Add | Operator::Subtract if self.below == other.below => {
                Self { above: sum(self.above, other.above), below: self.below }
            }
            Operator::Add | Operator::Subtract => Self {
                below: product(self.below.clone(), other.below.clone()),
                above: sum(times(self.above, other.below), times(other.above, self.below)),
            },
            Operator::Multiply => Self {
                above: times(self.above, Some(other.above)),
                below: product(self.below, other.below),
            },
            Operator::Divide => {
                Self { above: self.above, below: product(self.below, Some(other.above)) }
            }
        }
    }
}

fn nonzero(tree: &Tree, at: &[Interval]) -> bool {
    tree.enclosure(at).is_ok_and(|range| !range.contains(&Rational::zero()))
}

/// Less a difference: its sides change places.
fn turned(difference: &Tree) -> Tree {
    match difference {
        Tree::Binary(Operator::Subtract, left, right) => {
            Tree::Binary(Operator::Subtract, right.clone(), left.clone())
        }
        other => negated(other),
    }
}

fn negated(tree: &Tree) -> Tree {
    Tree::Negate(Box::new(tree.clone()))
}

fn times(one: Tree, other: Option<Tree>) -> Tree {
    match other {
        None => one,
        Some(other) => Tree::Binary(Operator::Multiply, Box::new(one), Box::new(other)),
    }
}

fn product(one: Option<Tree>, other: Option<Tree>) -> Option<Tree> {
    match one {
        None => other,
        Some(one) => Some(times(one, other)),
    }
}
