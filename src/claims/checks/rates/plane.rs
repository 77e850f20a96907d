//! Slope and mean rate of every table inside the printed intervals: a polygon, and R² of single cases over it.
//!
//! *Formula*: both are linear in the rates, so the pairs that rates can give are a sum of segments, one for each rate;
//! a printed slope and a printed intercept cut off parts. R² = D b² / (W² m (1 - m)), slope b, mean rate m, W = Σn,
//! D = W Σnx² - (Σnx)²: a square over a concave function is convex, so it is largest at a corner, and least at a corner
//! or where its derivative along an edge is zero, which is linear in the place on the edge. All of it is exact.

use num_traits::{One, Signed, Zero};

use super::{Asked, Table};
use crate::expression::{End, Interval, Rational};

/// A slope and a mean rate.
pub(super) type Point = (Rational, Rational);

/// Steps of a bisection.
const STEPS: i32 = 60;

/// What a printed R² can be.
pub(super) enum Answer {
    /// These pairs have an R² that prints so, the first a little further inside.
    Reached(Vec<Point>),
    /// None has: R² lies here instead.
    Never(Interval),
    /// A mean rate of zero or one has no R².
    Undefined,
}

/// The pairs of a table with exact sizes.
pub(super) struct Plane {
    corners: Vec<Point>,
    /// What b² / (m (1 - m)) is multiplied by.
    scale: Rational,
    /// The mean of the regressor.
    pub(super) centre: Rational,
}

impl Plane {
    /// All pairs that rates inside their intervals give, slope and intercept in theirs; none where a rate has no bound.
    pub(super) fn of(
        table: &Table<'_>,
        sizes: &[u64],
        slope: Option<&Interval>,
        intercept: Option<&Interval>,
    ) -> Option<Self> {
        let mut plane = Self::of_rates(table, sizes)?;
        let (one, zero, centre) = (Rational::one(), Rational::zero(), -&plane.centre);
        if let Some(slope) = slope {
            plane.cut(slope, &one, &zero);
        }
        if let Some(intercept) = intercept {
            plane.cut(intercept, &centre, &one);
        }
        Some(plane)
    }

    fn of_rates(table: &Table<'_>, sizes: &[u64]) -> Option<Self> {
        let slopes = table.weights(Asked::Slope, sizes);
        let size = |size: &u64| Rational::from_integer((*size).into());
        let all: Rational = sizes.iter().map(size).sum();
        let sum = |power: i32| -> Rational {
            sizes.iter().zip(table.levels).map(|(n, level)| size(n) * level.pow(power)).sum()
        };
        let (first, second) = (sum(1), sum(2));
        let mut start = (Rational::zero(), Rational::zero());
        let mut sides: Vec<Point> = Vec::new();
        for ((rate, slope), n) in table.rates.iter().zip(&slopes).zip(sizes) {
            let (low, high) = (rate.low.value()?, rate.high.value()?);
            let share = size(n) / &all;
            start = (start.0 + slope * low, start.1 + &share * low);
            let width = high - low;
            if !width.is_zero() {
                sides.push((slope * &width, share * width));
            }
        }
        // Every side leads up: sorted by direction, they go round the polygon.
        sides.sort_by(|one, other| (&other.0 * &one.1).cmp(&(&one.0 * &other.1)));
        let mut corners = vec![start];
        for (b, m) in sides.iter().cloned().chain(sides.iter().map(|(b, m)| (-b, -m))) {
            let next = corners.last().map(|at| (&at.0 + b, &at.1 + m))?;
            corners.push(next);
        }
        let centre = &first / &all;
        let scale = (second - first * &centre) / all;
        Some(Self { corners, scale, centre })
    }

    /// Leaves pairs for which u times the slope plus v times the mean rate lies in an interval.
    fn cut(&mut self, interval: &Interval, u: &Rational, v: &Rational) {
        let side = |end: &End, sign: i64| end.value().map(|end| (end.clone(), sign));
        for (end, sign) in [side(&interval.low, -1), side(&interval.high, 1)].into_iter().flatten()
        {
            let sign = Rational::from_integer(sign.into());
            // Inside where this is not positive.
            let beyond = |(b, m): &Point| (u * b + v * m - &end) * &sign;
            let mut left = Vec::new();
            for (at, here) in self.corners.iter().enumerate() {
                let next = &self.corners[(at + 1) % self.corners.len()];
                let (one, other) = (beyond(here), beyond(next));
                if !one.is_positive() {
                    left.push(here.clone());
                }
                if (one.is_positive() && other.is_negative())
                    || (one.is_negative() && other.is_positive())
                {
                    left.push(between(here, next, &(&one / (&one - &other))));
                }
            }
            self.corners = left;
        }
    }

    /// R² of a pair.
    fn r2(&self, (b, m): &Point) -> Rational {
        &self.scale * b * b / (m * (Rational::one() - m))
    }

    /// Sets a printed R² against all pairs that are left.
    pub(super) fn answer(&self, printed: &Interval) -> Answer {
        let defined = |(_, m): &Point| m.is_positive() && *m < Rational::one();
        if !self.corners.iter().all(defined) {
            return Answer::Undefined;
        }
        let Some(most) = self.corners.iter().max_by_key(|corner| self.r2(corner)) else {
            return Answer::Undefined;
        };
        let least = self.least(most);
        let range = Interval::closed(self.r2(&least), self.r2(most));
        let Some(shared) = range.intersection(printed) else { return Answer::Never(range) };
        let goal = shared.middle();
        let (mut from, mut to) = (Rational::zero(), Rational::one());
        for _ in 0..STEPS {
            let middle = (&from + &to) / Rational::from_integer(2.into());
            if self.r2(&between(&least, most, &middle)) < goal {
                from = middle;
            } else {
                to = middle;
            }
        }
        let place = between(&least, most, &to);
        // Rates at the very ends of their intervals may not be allowed.
        let inner = between(&place, &self.middle(), &Rational::new(1.into(), 1000.into()));
        let prints = |pair: &Point| printed.contains(&self.r2(pair));
        Answer::Reached([inner, place].into_iter().filter(prints).collect())
    }

    /// A pair with the least R².
    fn least(&self, most: &Point) -> Point {
        let two = Rational::from_integer(2.into());
        let mut best = (self.r2(most), most.clone());
        for (at, here) in self.corners.iter().enumerate() {
            let next = &self.corners[(at + 1) % self.corners.len()];
            let ((b, m), (d, e)) = (here, (&next.0 - &here.0, &next.1 - &here.1));
            let tilt = &e * (Rational::one() - &two * m);
            // At a share t of the edge the derivative has the sign of (b + t d) (p + t q).
            let p = &two * &d * m * (Rational::one() - m) - b * &tilt;
            let q = &d * tilt + &two * b * &e * &e;
            let zeros = [(&p, &q), (b, &d)];
            let places = zeros.into_iter().filter(|(_, by)| !by.is_zero()).map(|(p, q)| -(p / q));
            let on_edge = places.filter(|t| !t.is_negative() && *t <= Rational::one());
            for share in on_edge.chain([Rational::zero()]) {
                let place = between(here, next, &share);
                let value = self.r2(&place);
                if value < best.0 {
                    best = (value, place);
                }
            }
        }
        best.1
    }

    fn middle(&self) -> Point {
        let count = Rational::from_integer(self.corners.len().into());
        let sum = self.corners.iter().fold((Rational::zero(), Rational::zero()), |sum, corner| {
            (sum.0 + &corner.0, sum.1 + &corner.1)
        });
        (sum.0 / &count, sum.1 / count)
    }
}

fn between(from: &Point, to: &Point, share: &Rational) -> Point {
    (&from.0 + (&to.0 - &from.0) * share, &from.1 + (&to.1 - &from.1) * share)
}
