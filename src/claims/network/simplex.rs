//! Exact linear feasibility and optimisation under bounds, strict ones included.
//!
//! *Source*: Dutertre and de Moura (2006), the general simplex; strict bounds by an infinitesimal, so
//! that `x > 3` is `x >= 3 + d`. Bland's rule, so it ends. Every number is an exact rational: an
//! infeasible system yields multipliers (Farkas) that a reader can add up by hand.

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use crate::expression::{End, Interval, Rational};

/// How many pivots are made before the search is given up.
const MOST_PIVOTS: usize = 20_000;

/// A number with an infinitesimal part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Delta {
    pub(super) real: Rational,
    pub(super) tiny: Rational,
}

impl Delta {
    fn zero() -> Self {
        Self { real: Rational::zero(), tiny: Rational::zero() }
    }

    pub(super) fn plus(&self, other: &Self, times: &Rational) -> Self {
        Self { real: &self.real + &other.real * times, tiny: &self.tiny + &other.tiny * times }
    }

    fn minus(&self, other: &Self) -> Self {
        self.plus(other, &-Rational::from_integer(1.into()))
    }

    fn over(&self, by: &Rational) -> Self {
        Self { real: &self.real / by, tiny: &self.tiny / by }
    }
}

/// The least and the largest value allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    pub(super) low: Option<Delta>,
    pub(super) high: Option<Delta>,
}

impl Bounds {
    /// A value inside: the middle, which for a printed number is the number itself.
    pub(super) fn inside(&self) -> Delta {
        let half = Rational::new(1.into(), 2.into());
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => Delta::zero().plus(low, &half).plus(high, &half),
            (Some(end), None) | (None, Some(end)) => end.clone(),
            (None, None) => Delta::zero(),
        }
    }

    /// The same bounds with open ends closed.
    pub(super) fn closed(&self) -> Self {
        let close = |end: &Option<Delta>| {
            end.as_ref().map(|end| Delta { real: end.real.clone(), tiny: Rational::zero() })
        };
        Self { low: close(&self.low), high: close(&self.high) }
    }
}

impl From<&Interval> for Bounds {
    fn from(interval: &Interval) -> Self {
        let end = |end: &End, inward: i32| {
            end.value().map(|value| Delta {
                real: value.clone(),
                tiny: Rational::from_integer(if end.is_closed() { 0 } else { inward }.into()),
            })
        };
        Self { low: end(&interval.low, 1), high: end(&interval.high, -1) }
    }
}

/// A row `sum of coefficient * variable`, with bounds.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) terms: BTreeMap<usize, Rational>,
    pub(super) bounds: Bounds,
}

/// A bound that takes part in a contradiction: of a variable, or of a row (counted after them).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) index: usize,
    pub(super) upper: bool,
    pub(super) multiplier: Rational,
}

/// Whether a system can be satisfied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// By these values.
    Feasible(Vec<Rational>),
    /// It cannot: these bounds contradict each other.
    Infeasible(Vec<Share>),
    /// The pivots ran out.
    Budget,
}

/// The largest value of an objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Optimum {
    /// It grows without end.
    Unbounded,
    /// The value, whether it is reached, and a point near which it is.
    At(Rational, bool, Vec<Rational>),
    /// There is no solution, or the pivots ran out.
    None,
}

/// Decides whether variables within bounds can satisfy all rows.
pub(super) fn solve(variables: &[Bounds], rows: &[Row]) -> Answer {
    let mut tableau = match Tableau::new(variables, rows) {
        Ok(tableau) => tableau,
        Err(crossed) => return Answer::Infeasible(crossed),
    };
    match tableau.satisfy() {
        Satisfied::Yes => Answer::Feasible(tableau.point(variables.len())),
        Satisfied::No(shares) => Answer::Infeasible(shares),
        Satisfied::Budget => Answer::Budget,
    }
}

/// Finds the largest value of an objective over all solutions.
pub(super) fn largest(
    variables: &[Bounds],
    rows: &[Row],
    objective: &BTreeMap<usize, Rational>,
) -> Optimum {
    let mut rows = rows.to_vec();
    rows.push(Row { terms: objective.clone(), bounds: Bounds::default() });
    let Ok(mut tableau) = Tableau::new(variables, &rows) else { return Optimum::None };
    let goal = variables.len() + rows.len() - 1;
    if !matches!(tableau.satisfy(), Satisfied::Yes) {
        return Optimum::None;
    }
    tableau.climb(goal, variables.len())
}

enum Satisfied {
    Yes,
    No(Vec<Share>),
    Budget,
}

struct Tableau {
    bounds: Vec<Bounds>,
    values: Vec<Delta>,
    /// For each basic variable, its row over the nonbasic ones.
    rows: BTreeMap<usize, BTreeMap<usize, Rational>>,
    pivots: usize,
}

impl Tableau {
    fn new(variables: &[Bounds], rows: &[Row]) -> Result<Self, Vec<Share>> {
        let mut bounds = variables.to_vec();
        bounds.extend(rows.iter().map(|row| row.bounds.clone()));
        for (index, bound) in bounds.iter().enumerate() {
            if let (Some(low), Some(high)) = (&bound.low, &bound.high)
                && low > high
            {
                let share =
                    |upper| Share { index, upper, multiplier: Rational::from_integer(1.into()) };
                return Err(vec![share(false), share(true)]);
            }
        }
        let mut values: Vec<Delta> = variables.iter().map(Bounds::inside).collect();
        let mut table = BTreeMap::new();
        for (number, row) in rows.iter().enumerate() {
            let value = row.terms.iter().fold(Delta::zero(), |sum, (index, times)| {
                values.get(*index).map_or(sum.clone(), |value| sum.plus(value, times))
            });
            values.push(value);
            table.insert(variables.len() + number, row.terms.clone());
        }
        Ok(Self { bounds, values, rows: table, pivots: 0 })
    }

    fn value(&self, index: usize) -> Delta {
        self.values.get(index).cloned().unwrap_or_else(Delta::zero)
    }

    fn bound(&self, index: usize, upper: bool) -> Option<&Delta> {
        let bounds = self.bounds.get(index)?;
        if upper { bounds.high.as_ref() } else { bounds.low.as_ref() }
    }

    fn can_move(&self, index: usize, up: bool) -> bool {
        let value = self.value(index);
        self.bound(index, up).is_none_or(|bound| if up { value < *bound } else { value > *bound })
    }

    /// The first basic variable outside its bounds, and whether it lies below.
    fn violated(&self) -> Option<(usize, bool)> {
        self.rows.keys().find_map(|index| {
            let value = self.value(*index);
            if self.bound(*index, false).is_some_and(|low| value < *low) {
                Some((*index, true))
            } else if self.bound(*index, true).is_some_and(|high| value > *high) {
                Some((*index, false))
            } else {
                None
            }
        })
    }

    fn satisfy(&mut self) -> Satisfied {
        while let Some((leaving, below)) = self.violated() {
            self.pivots += 1;
            if self.pivots > MOST_PIVOTS {
                return Satisfied::Budget;
            }
            let row = self.rows.get(&leaving).cloned().unwrap_or_default();
            let entering = row
                .iter()
                .find(|(index, times)| self.can_move(**index, times.is_positive() == below))
                .map(|(index, times)| (*index, times.clone()));
            let Some((entering, times)) = entering else {
                return Satisfied::No(contradiction(leaving, below, &row));
            };
            let Some(target) = self.bound(leaving, !below).cloned() else {
                return Satisfied::Budget;
            };
            let step = target.minus(&self.value(leaving)).over(&times);
            self.shift(entering, &step);
            self.pivot(leaving, entering);
        }
        Satisfied::Yes
    }

    /// Moves a nonbasic variable and all basic ones with it.
    fn shift(&mut self, index: usize, step: &Delta) {
        for (basic, row) in &self.rows {
            if let (Some(times), Some(value)) = (row.get(&index), self.values.get_mut(*basic)) {
                *value = value.plus(step, times);
            }
        }
        if let Some(value) = self.values.get_mut(index) {
            *value = value.plus(step, &Rational::from_integer(1.into()));
        }
    }

    /// Exchanges a basic and a nonbasic variable.
    fn pivot(&mut self, leaving: usize, entering: usize) {
        let Some(mut row) = self.rows.remove(&leaving) else { return };
        let Some(times) = row.remove(&entering) else { return };
        let inverse = times.recip();
        let mut new: BTreeMap<usize, Rational> =
            row.into_iter().map(|(index, other)| (index, -other * &inverse)).collect();
        new.insert(leaving, inverse);
        for other in self.rows.values_mut() {
            if let Some(factor) = other.remove(&entering) {
                for (index, times) in &new {
                    let sum = other.entry(*index).or_insert_with(Rational::zero);
                    *sum += times * &factor;
                    if sum.is_zero() {
                        other.remove(index);
                    }
                }
            }
        }
        self.rows.insert(entering, new);
    }

    /// Raises a free basic variable as far as the bounds allow.
    fn climb(&mut self, goal: usize, originals: usize) -> Optimum {
        loop {
            self.pivots += 1;
            if self.pivots > MOST_PIVOTS {
                return Optimum::None;
            }
            let row = match self.rows.get(&goal) {
                Some(row) => row.clone(),
                None => BTreeMap::from([(goal, Rational::from_integer(1.into()))]),
            };
            let entering = row
                .iter()
                .find(|(index, times)| self.can_move(**index, times.is_positive()))
                .map(|(index, times)| (*index, times.is_positive()));
            let Some((entering, up)) = entering else {
                let value = self.value(goal);
                return Optimum::At(value.real, value.tiny.is_zero(), self.point(originals));
            };
            match self.furthest(entering, up) {
                None => return Optimum::Unbounded,
                Some((step, leaving)) => {
                    self.shift(entering, &step);
                    if let Some(leaving) = leaving {
                        self.pivot(leaving, entering);
                    }
                }
            }
        }
    }

    /// How far a nonbasic variable can go, and the basic one that stops it (`None`: its own bound).
    fn furthest(&self, entering: usize, up: bool) -> Option<(Delta, Option<usize>)> {
        let mut best: Option<(Delta, Option<usize>)> =
            self.bound(entering, up).map(|bound| (bound.minus(&self.value(entering)), None));
        for (basic, row) in &self.rows {
            let Some(times) = row.get(&entering) else { continue };
            let rises = times.is_positive() == up;
            let Some(bound) = self.bound(*basic, rises) else { continue };
            let step = bound.minus(&self.value(*basic)).over(times);
            let nearer = best.as_ref().is_none_or(
                |(so_far, _)| {
                    if up { step < *so_far } else { step > *so_far }
                },
            );
            if nearer {
                best = Some((step, Some(*basic)));
            }
        }
        best
    }

    /// Replaces the infinitesimal by a number small enough for every bound.
    fn point(&self, originals: usize) -> Vec<Rational> {
        let mut tiny = Rational::new(1.into(), 2.into());
        for (value, bounds) in self.values.iter().zip(&self.bounds) {
            let low = bounds.low.as_ref().map(|low| value.minus(low));
            let high = bounds.high.as_ref().map(|high| high.minus(value));
            for slack in [low, high].into_iter().flatten() {
                if slack.real.is_positive() && slack.tiny.is_negative() {
                    let most = &slack.real / -&slack.tiny;
                    if most < tiny {
                        tiny = most;
                    }
                }
            }
        }
        self.values.iter().take(originals).map(|value| &value.real + &value.tiny * &tiny).collect()
    }
}

/// The bounds that keep a row from reaching its own: one times the row's, and each other's share.
fn contradiction(leaving: usize, below: bool, row: &BTreeMap<usize, Rational>) -> Vec<Share> {
    let own = Share { index: leaving, upper: !below, multiplier: Rational::from_integer(1.into()) };
    let others = row.iter().map(|(index, times)| Share {
        index: *index,
        upper: times.is_positive() == below,
        multiplier: times.abs(),
    });
    std::iter::once(own).chain(others).collect()
}

#[cfg(test)]
mod tests;
