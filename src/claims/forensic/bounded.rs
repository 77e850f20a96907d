//! GRIMMER on a known scale: necessary and sufficient, with a data set. See [`super::grimmer`].
//!
//! Every answer counts from the scale's least one, so that totals run from 0 to a width and sums stay small;
//! a standard deviation does not change by that.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::grim::no_sum;
use super::grimmer::{Refused, Squares};
use super::whole::{Bounds, Whole};
use super::{Answer, Found, Sample, Unknown};

/// The widest scale (of totals) and the most cases that are searched.
const WIDEST: u64 = 10_000;
const MOST_CASES: u64 = 1_000_000;
/// How many sums are tried before the check says nothing.
const MOST_SUMS: u64 = 20_000;
/// How much work is done for all sums together: values looked at, ten for a partial data set.
const MOST_WORK: u64 = 20_000_000;

/// `None` where a number does not fit into a `W`.
pub(super) fn bounded<W: Whole>(
    mean: &Bounds<W>,
    deviation: &Bounds<W>,
    sample: &Sample,
    (lowest, largest): (i64, i64),
) -> Option<Answer<Found<W>>> {
    let total = W::from(sample.cases).checked_mul(&W::from(sample.items))?;
    let from_zero = mean.shifted(&(W::zero() - W::from(lowest)))?;
    let (least, most) = from_zero.whole(&total)?;
    if least > most {
        return Some(Answer::Impossible(no_sum(mean, &total)?));
    }
    let width = W::from(largest) - W::from(lowest);
    let top = total.checked_mul(&width)?;
    let offset = total.checked_mul(&W::from(lowest))?;
    let (first, last) = (least.clone().max(W::zero()), most.clone().min(top.clone()));
    if first > last || largest < lowest {
        return Some(Answer::Impossible(format!(
            "the sum of {total} answers from {lowest} to {largest} lies between {} and {}, the printed mean asks for {} to {}",
            offset.clone(),
            top + offset.clone(),
            least + offset.clone(),
            most + offset
        )));
    }
    let Some(deviation) = deviation.not_negative() else {
        return Some(Answer::Impossible("a standard deviation is never below zero".to_owned()));
    };
    let squares = Squares::of(&deviation, sample)?;
    let scale = Scale { sample: *sample, lowest, width: width.big().to_u64(), offset };
    scale.every_sum(&squares, first, last)
}

/// The scale, and what turns numbers counted from its least answer back.
struct Scale<W> {
    sample: Sample,
    lowest: i64,
    /// The largest answer, counted from the least.
    width: Option<u64>,
    /// What a sum counted from the least answer leaves out.
    offset: W,
}

impl<W: Whole> Scale<W> {
    fn every_sum(&self, squares: &Squares<W>, first: W, last: W) -> Option<Answer<Found<W>>> {
        let mut refused = Refused::default();
        let (mut undecided, mut tried) = (false, 0);
        let mut work = Work { left: MOST_WORK };
        let mut sum = first;
        while sum <= last {
            if tried == MOST_SUMS {
                return Some(Answer::Unknown(Unknown::Budget));
            }
            let window = squares.window(&sum)?;
            if window.least > window.most {
                refused.add(|| squares.why(&sum, &window));
            } else {
                match self.search(&sum, &window.least, &window.most, &mut work) {
                    Search::Found(counts) => {
                        return self.witness(&sum, counts).map(Answer::Possible);
                    }
                    Search::None(why) => refused.add(|| format!("sum {sum}: {why}")),
                    Search::Budget => undecided = true,
                }
            }
            sum = sum.checked_add(&W::one())?;
            tried += 1;
        }
        if undecided {
            return Some(Answer::Unknown(Unknown::Budget));
        }
        let from = if self.lowest == 0 {
            String::new()
        } else {
            format!(", counting each answer from {}", self.lowest)
        };
        Some(Answer::Impossible(
            refused.written(&format!("the sum of squares has the parity of the sum{from}")),
        ))
    }

    /// Looks for totals from 0 to the width with a sum and a sum of squares in a range.
    fn search(&self, sum: &W, least: &W, most: &W, work: &mut Work) -> Search {
        let small = |number: &W| number.big().to_u64();
        let width = self.width.and_then(|width| width.checked_mul(self.sample.items));
        let (Some(width), Some(sum)) = (width, small(sum)) else { return Search::Budget };
        // From below zero to zero changes nothing: no sum of squares is negative.
        let least = if *least < W::zero() {
            u64::from(!sum.is_multiple_of(2))
        } else {
            small(least).unwrap_or(u64::MAX)
        };
        let most = small(most).unwrap_or(u64::MAX);
        if width > WIDEST || self.sample.cases > MOST_CASES {
            return Search::Budget;
        }
        search(Goal { cases: self.sample.cases, sum, from: least, to: most }, width, work)
    }

    /// The data set with its sums, counted as the answers are.
    fn witness(&self, sum: &W, counts: Vec<u64>) -> Option<Found<W>> {
        let bottom = BigInt::from(self.lowest) * self.sample.items;
        let bottom = bottom.to_i64()?;
        let mut frequencies = Vec::new();
        let mut squares = W::zero();
        for (value, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let total = bottom.checked_add(i64::try_from(value).ok()?)?;
            let square = W::from(total).checked_mul(&W::from(total))?;
            squares = squares.checked_add(&square.checked_mul(&W::from(count))?)?;
            frequencies.push((total, count));
        }
        let sum = sum.checked_add(&self.offset)?;
        Some(Found { sum, squares: Some(squares), frequencies: Some(frequencies) })
    }
}

/// What may still be spent.
struct Work {
    left: u64,
}

impl Work {
    fn spend(&mut self, cost: u64) -> bool {
        self.left = self.left.saturating_sub(cost);
        self.left > 0
    }
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Search {
    /// How many cases have the total 0, 1, …
    Found(Vec<u64>),
    /// Why there is none.
    None(String),
    /// Not all could be tried.
    Budget,
}

/// What is to be reached by numbers from 0 to a largest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Goal {
    /// How many numbers.
    cases: u64,
    /// Their sum.
    sum: u64,
    /// The least sum of squares, of the parity of the sum.
    from: u64,
    /// The largest sum of squares.
    to: u64,
}

/// Looks for `cases` whole numbers from 0 to `width` that reach a goal.
fn search(goal: Goal, width: u64, work: &mut Work) -> Search {
    let Some((least, most)) = squares_between(width, goal.cases, goal.sum) else {
        return Search::None("it is off the scale".to_owned());
    };
    if least > goal.to || most < goal.from {
        return Search::None(format!(
            "on the scale its squares sum to {least} at least and {most} at most, and {} to {} are asked for",
            goal.from, goal.to
        ));
    }
    if let Some(counts) = spread_out(goal, width, work) {
        return Search::Found(counts);
    }
    let mut counts = vec![0; width as usize + 1];
    match fill(width, goal, &mut counts, &mut BTreeSet::new(), work) {
        Some(true) => Search::Found(counts),
        Some(false) => Search::None(format!(
            "no data set on the scale has a sum of squares from {} to {} (all ways to fill it were tried)",
            goal.from, goal.to
        )),
        None => Search::Budget,
    }
}

/// Starts at the most even data set and moves pairs apart, each time as far as the goal allows.
///
/// Moving x and y ≥ x to x-1 and y+1 adds 2(y-x)+2 to the sum of squares. Finds most data sets at once; where
/// it gets stuck nothing is said.
fn spread_out(goal: Goal, width: u64, work: &mut Work) -> Option<Vec<u64>> {
    let (each, more) = (goal.sum / goal.cases, goal.sum % goal.cases);
    let mut counts = vec![0_u64; width as usize + 1];
    *counts.get_mut(each as usize)? += goal.cases - more;
    if more > 0 {
        *counts.get_mut(each as usize + 1)? += more;
    }
    let mut squares = squares_between(width, goal.cases, goal.sum)?.0;
    while work.spend(width) {
        if squares >= goal.from {
            return (squares <= goal.to).then_some(counts);
        }
        let (low, high) = widest(&counts, goal.to - squares)?;
        *counts.get_mut(low)? -= 1;
        *counts.get_mut(high)? -= 1;
        *counts.get_mut(low.checked_sub(1)?)? += 1;
        *counts.get_mut(high + 1)? += 1;
        squares += 2 * (high - low) as u64 + 2;
    }
    None
}

/// The two values farthest apart whose move adds no more than `room`.
fn widest(counts: &[u64], room: u64) -> Option<(usize, usize)> {
    let reach = usize::try_from((room / 2).checked_sub(1)?).unwrap_or(usize::MAX);
    let top = counts.len() - 1;
    let mut best: Option<(usize, usize)> = None;
    let held = |value: usize| counts.get(value).copied().unwrap_or(0);
    let lows = (1..=top).filter(|low| held(*low) > 0);
    for low in lows {
        let highest = low.saturating_add(reach).min(top.saturating_sub(1));
        let alone = |high: usize| if high == low { 2 } else { 1 };
        let high = (low..=highest).rev().find(|high| held(*high) >= alone(*high));
        if let Some(high) = high
            && best.is_none_or(|(other, far)| far - other < high - low)
        {
            best = Some((low, high));
        }
    }
    best
}

/// Fills the scale from its largest value down and goes on only where what is left can still reach the goal:
/// between the most even and the most uneven data set of that sum. `None` where the budget ends.
fn fill(
    value: u64,
    goal: Goal,
    counts: &mut [u64],
    dead: &mut BTreeSet<(u64, Goal)>,
    work: &mut Work,
) -> Option<bool> {
    let Some((least, most)) = squares_between(value, goal.cases, goal.sum) else {
        return Some(false);
    };
    if least > goal.to || most < goal.from || dead.contains(&(value, goal)) {
        return Some(false);
    }
    if !work.spend(10) {
        return None;
    }
    let place = value as usize;
    if value == 0 {
        counts[0] = goal.cases;
        return Some(true);
    }
    for count in (0..=goal.cases.min(goal.sum / value)).rev() {
        let squares = count * value * value;
        if squares > goal.to {
            continue;
        }
        let rest = Goal {
            cases: goal.cases - count,
            sum: goal.sum - count * value,
            from: goal.from.saturating_sub(squares),
            to: goal.to - squares,
        };
        counts[place] = count;
        if fill(value - 1, rest, counts, dead, work)? {
            return Some(true);
        }
    }
    counts[place] = 0;
    dead.insert((value, goal));
    Some(false)
}

/// The least and largest sum of squares of `cases` values in 0..=value with a sum; `None` where the
/// sum is out of reach.
fn squares_between(value: u64, cases: u64, sum: u64) -> Option<(u64, u64)> {
    if sum > cases.checked_mul(value)? {
        return None;
    }
    if cases == 0 || value == 0 {
        return Some((0, 0));
    }
    let (each, rest) = (sum / cases, sum % cases);
    let least = (cases - rest) * each * each + rest * (each + 1) * (each + 1);
    let (full, left) = (sum / value, sum % value);
    Some((least, full * value * value + left * left))
}
