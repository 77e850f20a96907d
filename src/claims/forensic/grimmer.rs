//! GRIMMER: a standard deviation of whole numbers, given their mean.
//!
//! *Source*: Anaya (2016), Allard's analytic form; every feasible sum is tried, since testing one only
//! rejects thousands of true pairs. *Formula*: with sum S and sum of squares Q of n person totals over
//! k items, (n-1) k² sd² + S²/n = Q, Q whole, Q ≡ S (mod 2), Q ≥ S²/n. *Checked against*: STATISTICS 2.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_traits::{One, ToPrimitive};

use super::{same_parity, squares, whole_numbers};
use crate::expression::{Interval, Rational};

/// A sum and a sum of squares that print as the mean and the standard deviation do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The sum of the values.
    pub sum: BigInt,
    /// The sum of their squares.
    pub squares: BigInt,
}

/// How many sums are tried before any is taken for possible: above, the check says nothing.
const MOST_SUMS: u32 = 100_000;

/// Returns a sum and a sum of squares of whole numbers that print so, if there are any. With fewer
/// than two cases there is no standard deviation, and nothing is possible.
#[must_use]
pub fn grimmer(mean: &Interval, deviation: &Interval, cases: u64, items: u64) -> Option<Witness> {
    if cases < 2 || items == 0 {
        return None;
    }
    let n = Rational::from_integer(cases.into());
    let k = Rational::from_integer(items.into());
    let (least, most) = whole_numbers(&mean.scale(&(&n * &k)))?;
    let spread = squares(deviation)?.scale(&((&n - Rational::one()) * &k * &k));
    let mut sum = least;
    let mut tried = 0;
    while sum <= most && tried < MOST_SUMS {
        let base = Rational::from_integer(&sum * &sum) / &n;
        if let Some((low, high)) = whole_numbers(&spread.shift(&base)) {
            let squares = if same_parity(&low, &sum) { low } else { low + 1 };
            if squares <= high {
                return Some(Witness { sum, squares });
            }
        }
        sum += 1;
        tried += 1;
    }
    None
}

/// Returns a data set of whole numbers between `least` and `most` that prints so, if there is one:
/// the exact form, by the sums and sums of squares that n such numbers can reach.
///
/// The value 0 stands for `least` while searching, so that sums stay small. Returns `None` too where
/// the scale is wider than 64 steps or `cases` above 2,000.
#[must_use]
pub fn bounded(
    mean: &Interval,
    deviation: &Interval,
    cases: u64,
    least: i64,
    most: i64,
) -> Option<Vec<i64>> {
    let width = u64::try_from(most.checked_sub(least)?).ok()?;
    if !(2..=2_000).contains(&cases) || width > 64 {
        return None;
    }
    let n = Rational::from_integer(cases.into());
    let shifted = mean.shift(&Rational::from_integer((-least).into()));
    let (low, high) = whole_numbers(&shifted.scale(&n))?;
    let spread = squares(deviation)?.scale(&(&n - Rational::one()));
    let mut sum = low.max(BigInt::from(0));
    let top = high.min(BigInt::from(cases * width));
    while sum <= top {
        let base = Rational::from_integer(&sum * &sum) / &n;
        if let Some((from, to)) = whole_numbers(&spread.shift(&base))
            && let (Some(total), Some(from), Some(to)) =
                (sum.to_u64(), from.to_u64().or(Some(0)), to.to_u64())
            && let Some(counts) = reach(cases, width, total, from, to)
        {
            let values = counts.into_iter().enumerate().flat_map(|(value, count)| {
                std::iter::repeat_n(least + value as i64, count as usize)
            });
            return Some(values.collect());
        }
        sum += 1;
    }
    None
}

/// Counts of the values 0..=width, `cases` in all, with the given sum and a sum of squares in a range.
///
/// Chooses the count of the largest value first and goes on only where what is left can still reach
/// the range: between the most even and the most uneven data set of that sum.
fn reach(cases: u64, width: u64, sum: u64, from: u64, to: u64) -> Option<Vec<u64>> {
    let mut counts = vec![0; usize::try_from(width + 1).ok()?];
    let goal = Goal { cases, sum, from, to };
    fill(width, goal, &mut counts, &mut BTreeSet::new()).then_some(counts)
}

/// What is left to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Goal {
    cases: u64,
    sum: u64,
    from: u64,
    to: u64,
}

fn fill(value: u64, goal: Goal, counts: &mut [u64], dead: &mut BTreeSet<(u64, Goal)>) -> bool {
    let Some((least, most)) = squares_between(value, goal.cases, goal.sum) else { return false };
    if least > goal.to || most < goal.from || dead.contains(&(value, goal)) {
        return false;
    }
    let Some(place) = usize::try_from(value).ok().filter(|place| *place < counts.len()) else {
        return false;
    };
    if value == 0 {
        counts[place] = goal.cases;
        return true;
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
        if fill(value - 1, rest, counts, dead) {
            return true;
        }
    }
    dead.insert((value, goal));
    false
}

/// The least and largest sum of squares of `cases` values in 0..=value with a sum; `None` where the
/// sum is out of reach.
fn squares_between(value: u64, cases: u64, sum: u64) -> Option<(u64, u64)> {
    if sum > cases * value {
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

#[cfg(test)]
mod tests {
    use super::super::super::printed;
    use super::super::super::rounding::Rounding;
    use super::*;

    fn interval(text: &str) -> Interval {
        let printed = printed::parse(text).expect("printed");
        printed.interval(Rounding::Unknown).expect("an interval")
    }

    fn found(mean: &str, deviation: &str, cases: u64) -> Option<(i64, i64)> {
        grimmer(&interval(mean), &interval(deviation), cases, 1)
            .and_then(|witness| Some((witness.sum.to_i64()?, witness.squares.to_i64()?)))
    }

    /// STATISTICS 2, row "GRIMMER".
    #[test]
    fn the_known_answers_come_out() {
        assert_eq!(found("5.21", "1.60", 28), Some((146, 830)));
        assert!(found("3.44", "2.47", 18).is_none());
        assert!(found("2.57", "2.57", 30).is_some());
        assert!(found("5.23", "2.55", 35).is_none());
        assert!(found("5.23", "2.55", 127).is_some());
        assert!(found("1.03", "0.41", 40).is_none());
        assert!(found("3.10", "1.37", 10).is_some());
    }

    #[test]
    fn the_bounded_form_shows_a_data_set() {
        let (mean, deviation) = (interval("3.10"), interval("1.37"));
        let data = bounded(&mean, &deviation, 10, 1, 7).expect("there is one");
        assert_eq!(data.len(), 10);
        assert!(data.iter().all(|value| (1..=7).contains(value)));
        let n = data.len() as f64;
        let average = data.iter().sum::<i64>() as f64 / n;
        let squares: f64 =
            data.iter().map(|value| (*value as f64 - average) * (*value as f64 - average)).sum();
        let sd = (squares / (n - 1.0)).sqrt();
        assert!((average - 3.1).abs() < 0.005 && (sd - 1.37).abs() <= 0.005, "{average} {sd}");
        // A mean at the end of the scale leaves no spread.
        assert_eq!(bounded(&interval("7.00"), &interval("1.37"), 10, 1, 7), None);
    }

    #[test]
    fn the_bounded_form_is_quick_for_a_hundred_answers_on_seven_points() {
        assert!(bounded(&interval("4.12"), &interval("1.53"), 100, 1, 7).is_some());
    }
}
