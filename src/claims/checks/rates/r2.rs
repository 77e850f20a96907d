//! R² from a table of group rates: can it be what is printed?
//!
//! *Formula*: R² = A² / (D T) with A = Σ_{i<j} n_i n_j (x_i - x_j)(y_i - y_j), D = Σ_{i<j} n_i n_j (x_i - x_j)²; over single
//! cases of zeros and ones T = Σny · Σn(1-y), over the groups' rates T = Σ_{i<j} n_i n_j (y_i - y_j)². *Method*: walk
//! from the middle of the box towards the printed value, one rate at a time; where that does not reach it, halve
//! the box until every part is excluded. Floats, with all ends moved outward by one in 10⁹: what is excluded is so.

use super::super::Unit;
use super::{Answer, Asked, Table};
use crate::expression::{Interval, Rational, decimal, nearest_float};

/// How many boxes are looked at.
const MOST_BOXES: usize = 60_000;
/// How often a walk goes round all rates.
const MOST_ROUNDS: usize = 60;
/// How often a stretch is cut by a third.
const MOST_THIRDS: usize = 40;
/// How far ends are moved outward.
const SLACK: f64 = 1e-9;
/// The same where a number is close to zero: far above what rounding in a sum of products can do to a share.
const TINY: f64 = 1e-12;

/// A number between two floats.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    fn minus(self, other: Self) -> Self {
        Self { low: self.low - other.high, high: self.high - other.low }
    }

    fn times(self, other: Self) -> Self {
        let corners = [
            self.low * other.low,
            self.low * other.high,
            self.high * other.low,
            self.high * other.high,
        ];
        let fold = |pick: fn(f64, f64) -> f64| corners.into_iter().fold(corners[0], pick);
        Self { low: fold(f64::min), high: fold(f64::max) }
    }

    fn square(self) -> Self {
        let (low, high) = (self.low.abs(), self.high.abs());
        let least = if self.low <= 0.0 && self.high >= 0.0 { 0.0 } else { low.min(high) };
        let most = low.max(high);
        Self { low: least * least, high: most * most }
    }

    fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    fn point(value: f64) -> Self {
        Self { low: value, high: value }
    }
}

/// A box: each group's level (a number), size and rate.
struct Place<'a> {
    levels: &'a [f64],
    sizes: Vec<Range>,
    of: Unit,
}

impl Place<'_> {
    /// Encloses R² over rates.
    fn r2(&self, rates: &[Range]) -> Range {
        let zero = Range::point(0.0);
        let (mut above, mut spread, mut between) = (zero, zero, zero);
        for (i, one) in rates.iter().enumerate() {
            for (j, other) in rates.iter().enumerate().skip(i + 1) {
                let weight = self.sizes[i].times(self.sizes[j]);
                let apart = Range::point(self.levels[i] - self.levels[j]);
                let differ = one.minus(*other);
                above = above.plus(weight.times(apart).times(differ));
                spread = spread.plus(weight.times(apart.square()));
                between = between.plus(weight.times(differ.square()));
            }
        }
        if self.sizes.iter().all(|size| size.low >= size.high) {
            above = self.exact(rates);
        }
        let total = match self.of {
            Unit::Groups => between,
            Unit::Cases => {
                let rest = |rate: &Range| Range::point(1.0).minus(*rate);
                let sum = |value: &dyn Fn(&Range) -> Range| {
                    let parts = rates.iter().zip(&self.sizes);
                    parts.fold(zero, |sum, (rate, size)| sum.plus(size.times(value(rate))))
                };
                sum(&|rate| *rate).times(sum(&rest))
            }
        };
        let (above, below) = (above.square(), spread.times(total));
        if below.low <= 0.0 {
            return Range { low: 0.0, high: 1.0 };
        }
        Range { low: above.low / below.high, high: (above.high / below.low).min(1.0) }
    }

    /// The same as a sum over groups, each rate used once.
    fn exact(&self, rates: &[Range]) -> Range {
        let sizes = || self.sizes.iter().map(|size| size.low);
        let all: f64 = sizes().sum();
        let first: f64 = sizes().zip(self.levels).map(|(size, level)| size * level).sum();
        let parts = sizes().zip(self.levels).zip(rates);
        parts.fold(Range::point(0.0), |sum, ((size, level), rate)| {
            sum.plus(rate.times(Range::point(size * (all * level - first))))
        })
    }

    fn at(&self, rates: &[f64]) -> f64 {
        let points: Vec<Range> = rates.iter().copied().map(Range::point).collect();
        let middle = Self {
            levels: self.levels,
            sizes: self.sizes.iter().map(|size| Range::point(size.middle())).collect(),
            of: self.of,
        };
        middle.r2(&points).middle()
    }
}

/// Decides a printed R².
pub(super) fn look(table: &Table<'_>, of: Unit, printed: &Interval) -> Answer {
    let levels: Vec<f64> = table.levels.iter().map(nearest_float).collect();
    let sizes = table
        .sizes
        .iter()
        .map(|[least, most]| Range { low: *least as f64, high: *most as f64 })
        .collect();
    let start: Option<Vec<Range>> = table.rates.iter().map(|rate| bounds(rate, of)).collect();
    let (Some(start), Some(goal)) = (start, bounds(printed, Unit::Groups)) else {
        return Answer::Unknown;
    };
    let place = Place { levels: &levels, sizes, of };
    let middle: Vec<f64> = start.iter().map(|rate| rate.middle()).collect();
    let here = place.at(&middle);
    let (down, near) = (here > goal.high, goal.low <= here && here <= goal.high);
    let found = if near { middle.clone() } else { walk(&place, &start, &middle, down, &goal) };
    let reached = place.at(&found);
    let passes = if down { reached <= goal.high } else { reached >= goal.low };
    if near || passes {
        let rates = if near { found } else { between(&place, &middle, &found, &goal) };
        let line =
            format!("some rates inside their intervals give the R\u{B2} {:.9}", place.at(&rates));
        return Answer::Reached(witness(table, of, printed, &rates), None, line);
    }
    exclude(&place, start, down, &goal).map_or(Answer::Unknown, |boxes| {
        let side = if down { "more" } else { "less" };
        let end = if down { goal.high } else { goal.low };
        let parts = match boxes {
            1 => String::new(),
            more => format!(" (shown on {more} parts of the box of all rates)"),
        };
        Answer::Never(format!(
            "by the table R\u{B2} is {side} than {end} everywhere{parts}; nearest found {reached:.9}"
        ))
    })
}

fn bounds(interval: &Interval, of: Unit) -> Option<Range> {
    let [low, high] = interval.as_floats();
    let range = Range { low: low?, high: high? };
    Some(match of {
        Unit::Groups => range,
        Unit::Cases => Range { low: range.low.max(0.0), high: range.high.min(1.0) },
    })
}

/// Moves one rate at a time to where R² is least (or largest), until the goal is passed or nothing helps.
fn walk(place: &Place<'_>, start: &[Range], from: &[f64], down: bool, goal: &Range) -> Vec<f64> {
    let mut here = from.to_vec();
    let height = |here: &[f64]| if down { -place.at(here) } else { place.at(here) };
    let goal = if down { -goal.low.max(0.0) } else { goal.high };
    for _ in 0..MOST_ROUNDS {
        let before = height(&here);
        for (index, range) in start.iter().enumerate() {
            climb(&mut here, index, *range, &height);
        }
        let now = height(&here);
        if now >= goal || now - before <= 1e-15 * now.abs() {
            break;
        }
    }
    here
}

/// Moves one rate to where the height is largest: an end, or by thirds in between.
fn climb(here: &mut [f64], index: usize, range: Range, height: &dyn Fn(&[f64]) -> f64) {
    let own = here.get(index).copied().unwrap_or(range.low);
    let mut at = |value: f64| {
        here.iter_mut().skip(index).take(1).for_each(|place| *place = value);
        height(here)
    };
    let (mut low, mut high) = (range.low, range.high);
    for _ in 0..MOST_THIRDS {
        let third = (high - low) / 3.0;
        if at(low + third) > at(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    let mut best = (at(own), own);
    for value in [range.low, range.high, f64::midpoint(low, high)] {
        let now = at(value);
        if now > best.0 {
            best = (now, value);
        }
    }
    at(best.1);
}

/// A point between two on which R² lies inside the goal.
fn between(place: &Place<'_>, from: &[f64], to: &[f64], goal: &Range) -> Vec<f64> {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let at = |share: f64| -> Vec<f64> {
        from.iter().zip(to).map(|(from, to)| from + (to - from) * share).collect()
    };
    let rising = place.at(to) > place.at(from);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        let value = place.at(&at(middle));
        if goal.low <= value && value <= goal.high {
            return at(middle);
        }
        if (value < goal.low) == rising {
            low = middle;
        } else {
            high = middle;
        }
    }
    to.to_vec()
}

/// Rates of twelve digits whose R² is exactly inside the printed interval.
fn witness(
    table: &Table<'_>,
    of: Unit,
    printed: &Interval,
    rates: &[f64],
) -> Option<Vec<Rational>> {
    let exact: Vec<Rational> =
        rates.iter().map(|rate| decimal(&format!("{rate:.12}"))).collect::<Option<_>>()?;
    let inside = exact.iter().zip(&table.rates).all(|(value, rate)| rate.contains(value));
    let gives = table.computed(Asked::R2(of), &exact).is_some_and(|r2| printed.contains(&r2));
    (inside && gives).then_some(exact)
}

/// Halves the box until R² is on one side of the goal in every part: how many parts that took.
fn exclude(place: &Place<'_>, start: Vec<Range>, down: bool, goal: &Range) -> Option<usize> {
    let outside = |range: Range| {
        if down {
            range.low > goal.high * (1.0 + SLACK) + TINY
        } else {
            range.high < goal.low * (1.0 - SLACK) - TINY
        }
    };
    let mut waiting = vec![(place.sizes.clone(), start)];
    let mut seen = 0;
    while let Some((sizes, rates)) = waiting.pop() {
        seen += 1;
        if seen > MOST_BOXES {
            return None;
        }
        let here = Place { levels: place.levels, sizes: sizes.clone(), of: place.of };
        if outside(here.r2(&rates)) {
            continue;
        }
        let width = |range: &Range| (range.high - range.low) / range.high.abs().max(1e-300);
        let all: Vec<f64> = sizes.iter().chain(&rates).map(width).collect();
        let widest = all.iter().copied().fold(0.0, f64::max);
        let index = all.iter().position(|width| *width >= widest)?;
        if widest < 1e-12 {
            return None;
        }
        for upper in [false, true] {
            let (mut sizes, mut rates) = (sizes.clone(), rates.clone());
            let count = sizes.len();
            let range = if index < count { &mut sizes[index] } else { &mut rates[index - count] };
            let middle = range.middle();
            if upper {
                range.low = middle;
            } else {
                range.high = middle;
            }
            waiting.push((sizes, rates));
        }
    }
    Some(seen)
}
