//! The linear solver on what matters: known numbers become constants, numbers in no row are left out.
//!
//! A contradiction is completed again, so that it speaks of the rows as written: the known numbers
//! take part with the multipliers that cancel them.

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use super::simplex::{self, Answer, Bounds, Delta, Optimum, Row, Share};
use crate::expression::Rational;

/// Known and unknown numbers of a system.
struct Compact {
    /// The unknown ones, by their index.
    kept: Vec<usize>,
    bounds: Vec<Bounds>,
    rows: Vec<Row>,
}

fn known(bounds: &Bounds) -> Option<&Rational> {
    match (&bounds.low, &bounds.high) {
        (Some(low), Some(high)) if low == high && low.tiny.is_zero() => Some(&low.real),
        _ => None,
    }
}

/// A value for a number that no row speaks of.
fn anywhere(bounds: &Bounds) -> Rational {
    let inside = bounds.inside();
    match (&bounds.low, &bounds.high) {
        (Some(_), Some(_)) => inside.real,
        _ => inside.real + inside.tiny,
    }
}

fn compact(variables: &[Bounds], rows: &[Row], more: &BTreeMap<usize, Rational>) -> Compact {
    let mut to: BTreeMap<usize, usize> = BTreeMap::new();
    for index in rows.iter().flat_map(|row| row.terms.keys()).chain(more.keys()) {
        if variables.get(*index).is_some_and(|bounds| known(bounds).is_none()) {
            to.insert(*index, 0);
        }
    }
    let kept: Vec<usize> = to.keys().copied().collect();
    for (place, value) in to.values_mut().enumerate() {
        *value = place;
    }
    let small = |row: &Row| {
        let mut terms = BTreeMap::new();
        let mut constant = Rational::zero();
        for (index, times) in &row.terms {
            match (to.get(index), variables.get(*index).and_then(known)) {
                (Some(place), _) => {
                    terms.insert(*place, times.clone());
                }
                (None, Some(value)) => constant += value * times,
                (None, None) => {}
            }
        }
        let less = |end: &Option<Delta>| {
            end.as_ref().map(|end| Delta { real: &end.real - &constant, tiny: end.tiny.clone() })
        };
        let bounds = Bounds { low: less(&row.bounds.low), high: less(&row.bounds.high) };
        Row { terms, bounds }
    };
    let bounds = kept.iter().filter_map(|index| variables.get(*index).cloned()).collect();
    Compact { bounds, rows: rows.iter().map(small).collect(), kept }
}

/// Decides whether variables within bounds can satisfy all rows.
pub(super) fn solve(variables: &[Bounds], rows: &[Row]) -> Answer {
    let small = compact(variables, rows, &BTreeMap::new());
    match simplex::solve(&small.bounds, &small.rows) {
        Answer::Feasible(point) => Answer::Feasible(spread(variables, &small.kept, &point)),
        Answer::Infeasible(shares) => {
            Answer::Infeasible(completed(variables, rows, &small.kept, shares))
        }
        Answer::Budget => Answer::Budget,
    }
}

/// Finds the largest value of an objective over all solutions.
pub(super) fn largest(
    variables: &[Bounds],
    rows: &[Row],
    objective: &BTreeMap<usize, Rational>,
) -> Optimum {
    let small = compact(variables, rows, objective);
    let place = |index: &usize| small.kept.binary_search(index);
    let (mut goal, mut constant) = (BTreeMap::new(), Rational::zero());
    for (index, times) in objective {
        match (place(index), variables.get(*index).and_then(known)) {
            (Ok(place), _) => {
                goal.insert(place, times.clone());
            }
            (Err(_), Some(value)) => constant += value * times,
            (Err(_), None) => {}
        }
    }
    match simplex::largest(&small.bounds, &small.rows, &goal) {
        Optimum::At(value, reached, point) => {
            Optimum::At(value + constant, reached, spread(variables, &small.kept, &point))
        }
        other => other,
    }
}

fn spread(variables: &[Bounds], kept: &[usize], point: &[Rational]) -> Vec<Rational> {
    let mut all: Vec<Rational> = variables.iter().map(anywhere).collect();
    for (index, value) in kept.iter().zip(point) {
        if let Some(place) = all.get_mut(*index) {
            *place = value.clone();
        }
    }
    all
}

/// The shares over the numbers and rows as written, with those of the known numbers.
fn completed(variables: &[Bounds], rows: &[Row], kept: &[usize], shares: Vec<Share>) -> Vec<Share> {
    let mut all = Vec::new();
    let mut left: BTreeMap<usize, Rational> = BTreeMap::new();
    for share in shares {
        if let Some(index) = kept.get(share.index) {
            all.push(Share { index: *index, ..share });
            continue;
        }
        let number = share.index - kept.len();
        for (index, times) in rows.get(number).iter().flat_map(|row| &row.terms) {
            if variables.get(*index).is_some_and(|bounds| known(bounds).is_some()) {
                let signed = if share.upper { -times } else { times.clone() };
                *left.entry(*index).or_insert_with(Rational::zero) += signed * &share.multiplier;
            }
        }
        all.push(Share { index: variables.len() + number, ..share });
    }
    for (index, times) in left {
        if !times.is_zero() {
            // `times * x` is left over: the bound that takes it away again.
            all.push(Share { index, upper: times.is_positive(), multiplier: times.abs() });
        }
    }
    all
}
