//! What rows have, group after group.

use crate::diagnostic::Problem;
use crate::engine::{Column, Numbers, Values};
use crate::method::fragment::Fragment;
use crate::method::steps::numbers;
use crate::stats::simd::wide;
use crate::stats::whole::{self, Tally};

use super::grouped::{Group, Grouped};
use super::measure::Statistic;
use super::taken::Taken;

/// What each row has, group after group; within a group in the order of the rows.
pub(super) struct Parted<T> {
    all: Vec<T>,
    /// Where each group begins, and the end.
    starts: Vec<usize>,
}

impl<T: Copy + Default> Parted<T> {
    /// Sorts what rows have into their groups.
    pub(super) fn of(places: &[u32], groups: &[Group], rows: impl Iterator<Item = T>) -> Self {
        let mut starts = vec![0];
        starts.extend(groups.iter().scan(0, |end, group| {
            *end += group.count;
            Some(*end)
        }));
        let mut all = vec![T::default(); places.len()];
        let mut next: Vec<u32> = starts.iter().map(|start| *start as u32).collect();
        for (place, row) in places.iter().zip(rows) {
            if let Some(next) = next.get_mut(*place as usize) {
                let at = *next;
                *next = at.wrapping_add(1);
                if let Some(slot) = all.get_mut(at as usize) {
                    *slot = row;
                }
            }
        }
        Self { all, starts }
    }

    /// What the rows of a group have.
    pub(super) fn group(&self, group: &Group) -> &[T] {
        let bounds = (self.starts.get(group.place), self.starts.get(group.place + 1));
        let (Some(from), Some(to)) = bounds else { return &[] };
        self.all.get(*from..*to).unwrap_or_default()
    }
}

/// Whole numbers below this are counted.
const FEW: u8 = 8;
/// Counts of each group: of each such number, and of all others.
const COUNTS: u32 = FEW as u32 + 1;
/// Rows that are looked at before all are counted.
const LOOK: usize = 1024;

/// The values of a column, group after group.
pub(super) enum Held<'a> {
    /// How often each small whole number comes in each group: means and fractions depend on nothing else.
    Tallied(Vec<u32>),
    /// All at once, where there are no nulls, weights or clusters.
    Listed(Parted<f64>),
    /// As `Listed`, of ints of half the length.
    Short(Parted<i32>),
    /// Taken as each group is asked for.
    Rows(Numbers<'a>),
}

impl<'a> Held<'a> {
    /// Prepares the values that a statistic needs.
    ///
    /// # Errors
    /// As [`numbers`].
    pub(super) fn of(
        column: &'a Column,
        statistic: Statistic,
        grouped: &Grouped,
        written: &Fragment,
    ) -> Result<Self, Problem> {
        let plain = grouped.is_plain() && column.valid.is_none();
        if plain
            && matches!(statistic, Statistic::Mean | Statistic::Fraction)
            && let Some(counts) = tally(&column.values, grouped)
        {
            return Ok(Self::Tallied(counts));
        }
        if plain
            && let Values::Int(values) = &column.values
            && whole::are_short(values)
        {
            let values = values.iter().map(|value| *value as i32);
            return Ok(Self::Short(Parted::of(&grouped.places, &grouped.groups, values)));
        }
        let numbers = numbers(column, written)?;
        Ok(match numbers.all().filter(|_| plain) {
            None => Self::Rows(numbers),
            Some(values) => {
                let values = values.iter().copied();
                Self::Listed(Parted::of(&grouped.places, &grouped.groups, values))
            }
        })
    }

    /// The values in a group, nulls left out.
    pub(super) fn taken(&self, grouped: &Grouped, group: &Group) -> Taken<'_> {
        match self {
            Self::Rows(numbers) => grouped.take(numbers, grouped.rows(group)),
            Self::Listed(values) => Taken::plain(values.group(group)),
            Self::Short(values) => {
                let values = values.group(group).iter().map(|value| f64::from(*value));
                Taken::plain(values.collect::<Vec<_>>())
            }
            Self::Tallied(counts) => {
                let counts = counts.get(group.place * COUNTS as usize..).unwrap_or_default();
                let present = || (0..FEW).zip(counts).filter(|(_, count)| **count > 0);
                Taken {
                    rows: group.count,
                    frequencies: Some(present().map(|(_, count)| f64::from(*count)).collect()),
                    ..Taken::plain(present().map(|(value, _)| f64::from(value)).collect::<Vec<_>>())
                }
            }
        }
    }
}

/// How often each value comes in each group; none where they are not small whole numbers.
fn tally(values: &Values, grouped: &Grouped) -> Option<Vec<u32>> {
    match values {
        Values::Bool(values) => tallied(grouped, values, u32::from),
        Values::Int(values) if whole::ints_below(values.get(..LOOK).unwrap_or(values), FEW) => {
            // What is negative is a large number without its sign.
            tallied(grouped, values, |value| (value as u64).min(u64::from(FEW)) as u32)
        }
        Values::Float(values) if whole::all_below(values, FEW) => {
            tallied(grouped, values, |value| value as u32)
        }
        _ => None,
    }
}

/// How often each value below [`FEW`] comes in each group; none where others come.
fn tallied<T: Copy>(
    grouped: &Grouped,
    values: &[T],
    code: impl Fn(T) -> u32 + Copy,
) -> Option<Vec<u32>> {
    let levels = grouped.groups.len() * COUNTS as usize;
    u32::try_from(levels).ok()?;
    let mut tally = Tally::of(levels);
    let mut codes = Vec::with_capacity(BLOCK);
    for (places, values) in grouped.places.chunks(BLOCK).zip(values.chunks(BLOCK)) {
        codes.clear();
        wide(codes_of, (places, values, code, &mut codes));
        tally.add(&codes);
    }
    let counts = tally.counts();
    let others = counts.chunks_exact(COUNTS as usize).any(|of| of.last() != Some(&0));
    (!others).then_some(counts)
}

/// Rows that are coded before they are counted.
const BLOCK: usize = 1024;

/// Writes down a code for each row's group and value.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn codes_of<T: Copy>(
    (places, values, code, codes): (&[u32], &[T], impl Fn(T) -> u32, &mut Vec<u32>),
) {
    let pair = |(place, value): (&u32, &T)| place.wrapping_mul(COUNTS).wrapping_add(code(*value));
    codes.extend(places.iter().zip(values).map(pair));
}
