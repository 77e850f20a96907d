//! R² over the groups' rates beside a printed slope or intercept: a search among tables that give these.
//!
//! *Formula*: R² = T / (T + E), T = b² D / W² and E = Σn (y - a - b x)² / W. *Method*: Frank and Wolfe (1956): linear programs
//! along the gradient lead from table to table until one has the printed R². E is convex, and its gradient is
//! 2 n (y - a - b x) / W: a linear program bounds it from below, and so R² from above. Fractions; only directions are floats.

use num_traits::{One, Signed, Zero};

use super::{Asked, Table, Unit};
use crate::expression::{Interval, Rational, nearest_float};

/// Tables that are visited.
const MOST_TABLES: usize = 24;
/// Places that are looked at on the way to another table.
const PLACES: u32 = 16;
/// Steps of a bisection.
const STEPS: usize = 60;

/// What a search found.
pub(super) enum Answer {
    /// Rates that give the printed R².
    Reached(Vec<Rational>),
    /// No rates give more than this.
    AtMost(Rational),
    Unknown,
}

/// Where a weighted sum of rates lies, and tables at or near both ends.
pub(super) type Extremes = (Interval, [Vec<Rational>; 2]);

/// The tables that give what else is printed, with the linear programs over them.
pub(super) struct Search<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) sizes: &'a [u64],
    /// What a weighted sum of rates can be.
    pub(super) extremes: &'a dyn Fn(&[Rational]) -> Option<Extremes>,
}

impl Search<'_> {
    /// Looks for a printed R², from a table on.
    pub(super) fn answer(&self, first: Vec<Rational>, printed: &Interval) -> Answer {
        let Some(last) = self.walk(first, printed) else { return Answer::Unknown };
        match self.r2(&last) {
            Some(r2) if printed.contains(&r2) => Answer::Reached(last),
            Some(r2) if printed.low.value().is_some_and(|low| r2 < *low) => self
                .bound(last)
                .filter(|most| printed.low.value().is_some_and(|low| most < low))
                .map_or(Answer::Unknown, Answer::AtMost),
            _ => Answer::Unknown,
        }
    }

    fn r2(&self, rates: &[Rational]) -> Option<Rational> {
        self.table.computed(Asked::R2(Unit::Groups), rates)
    }

    /// Walks towards the printed R² until it is met or nothing brings it nearer.
    fn walk(&self, first: Vec<Rational>, printed: &Interval) -> Option<Vec<Rational>> {
        let [low, high] = printed.as_floats();
        let goal = f64::midpoint(low?, high?);
        let (mut value, mut here) = (self.r2(&first)?, first);
        for _ in 0..MOST_TABLES {
            if printed.contains(&value) {
                break;
            }
            let rises = nearest_float(&value) < goal;
            let (_, ends) = (self.extremes)(&self.gradient(&here)?)?;
            let end = &ends[usize::from(rises)];
            let mut best = None;
            for place in 1..=PLACES {
                let next = between(&here, end, &Rational::new(place.into(), PLACES.into()));
                let Some(r2) = self.r2(&next) else { continue };
                if (nearest_float(&r2) < goal) != rises {
                    return self.crossing(&here, &next, printed, goal);
                }
                if (r2 > value) == rises && r2 != value {
                    (value, best) = (r2, Some(next));
                }
            }
            let Some(next) = best else { break };
            here = next;
        }
        Some(here)
    }

    /// Rates on the way between two tables on either side of a goal.
    fn crossing(
        &self,
        from: &[Rational],
        to: &[Rational],
        printed: &Interval,
        goal: f64,
    ) -> Option<Vec<Rational>> {
        let rises = nearest_float(&self.r2(from)?) < goal;
        let (mut near, mut far) = (Rational::zero(), Rational::one());
        let mut place = to.to_vec();
        for _ in 0..STEPS {
            let r2 = self.r2(&place)?;
            if printed.contains(&r2) {
                break;
            }
            let middle = (&near + &far) / Rational::from_integer(2.into());
            place = between(from, to, &middle);
            if (nearest_float(&self.r2(&place)?) < goal) == rises {
                near = middle;
            } else {
                far = middle;
            }
        }
        Some(place)
    }

    /// The direction in which R² grows.
    fn gradient(&self, rates: &[Rational]) -> Option<Vec<Rational>> {
        let step = Rational::new(1.into(), 1_000_000.into());
        (0..rates.len())
            .map(|at| {
                let moved = |by: &Rational| {
                    let mut moved = rates.to_vec();
                    moved.iter_mut().skip(at).take(1).for_each(|rate| *rate += by);
                    self.r2(&moved)
                };
                let slope = (moved(&step)? - moved(&-&step)?) / &step;
                Rational::from_float(nearest_float(&slope))
            })
            .collect()
    }

    /// A number that R² nowhere exceeds.
    fn bound(&self, mut rates: Vec<Rational>) -> Option<Rational> {
        let weights = self.table.weights(Asked::Slope, self.sizes);
        let (slopes, _) = (self.extremes)(&weights)?;
        let steepest = slopes.low.value()?.abs().max(slopes.high.value()?.abs());
        let mut least: Option<Rational> = None;
        for _ in 0..MOST_TABLES {
            let (error, gradient) = self.error(&rates);
            let (sums, [end, _]) = (self.extremes)(&gradient)?;
            least = least.max(Some(&error + sums.low.value()? - dot(&gradient, &rates)));
            let way: Vec<Rational> = end.iter().zip(&rates).map(|(to, from)| to - from).collect();
            let fall = dot(&gradient, &way);
            let (curve, _) = self.error(&way);
            if curve.is_zero() || !fall.is_negative() {
                break;
            }
            let share = nearest_float(&(-fall / (curve * Rational::from_integer(2.into()))));
            let share = Rational::new(((share.min(1.0) * 65_536.0) as i64).into(), 65_536.into());
            rates = between(&rates, &end, &share);
        }
        let least = least.filter(Signed::is_positive)?;
        let explained = self.explained(&steepest);
        Some(&explained / (&explained + least))
    }

    /// T for a slope: what is explained of the variance of the groups' rates.
    fn explained(&self, slope: &Rational) -> Rational {
        let centre = self.mean(self.table.levels);
        let squares: Vec<Rational> =
            self.table.levels.iter().map(|level| (level - &centre).pow(2)).collect();
        slope.pow(2) * self.mean(&squares)
    }

    /// E, and its gradient.
    fn error(&self, rates: &[Rational]) -> (Rational, Vec<Rational>) {
        let (centre, mean) = (self.mean(self.table.levels), self.mean(rates));
        let slope = dot(&self.table.weights(Asked::Slope, self.sizes), rates);
        let left: Vec<Rational> = rates
            .iter()
            .zip(self.table.levels)
            .map(|(rate, level)| rate - &mean - &slope * (level - &centre))
            .collect();
        let squares: Vec<Rational> = left.iter().map(|left| left.pow(2)).collect();
        let total: Rational = self.sizes.iter().map(|size| whole(*size)).sum();
        let twice = Rational::from_integer(2.into()) / total;
        let gradient = left.iter().zip(self.sizes).map(|(left, size)| left * whole(*size) * &twice);
        (self.mean(&squares), gradient.collect())
    }

    /// The mean over cases.
    fn mean(&self, values: &[Rational]) -> Rational {
        let sum: Rational = values.iter().zip(self.sizes).map(|(v, n)| v * whole(*n)).sum();
        sum / self.sizes.iter().map(|size| whole(*size)).sum::<Rational>()
    }
}

fn whole(size: u64) -> Rational {
    Rational::from_integer(size.into())
}

fn dot(one: &[Rational], other: &[Rational]) -> Rational {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn between(from: &[Rational], to: &[Rational], share: &Rational) -> Vec<Rational> {
    from.iter().zip(to).map(|(from, to)| from + (to - from) * share).collect()
}
