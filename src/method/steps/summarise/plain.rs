//! What rows have, group after group.

use std::cell::OnceCell;

use crate::diagnostic::Problem;
use crate::engine::{Column, Numbers, Values};
use crate::method::fragment::Fragment;
use crate::method::steps::numbers;
use crate::stats::summary::Moments;
use crate::stats::whole;

use super::counting::Counts;
use super::gathering::Gathered;
use super::grouped::{Group, Grouped, Intervals, Number};
use super::measure::Statistic;
use super::taken::{Taken, with_reason};

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

/// The values of a column, group after group.
pub(super) enum Held<'a> {
    /// How often each small whole number comes in each group: means and fractions depend on nothing else.
    Tallied(&'a [Counts]),
    /// What means rest on, in each group: the values are listed only if that does not do for some group.
    Summed {
        moments: &'a [Option<Moments>],
        column: &'a Column,
        listed: OnceCell<Option<Box<Self>>>,
    },
    /// All at once, where there are no nulls, weights or clusters.
    Listed(Parted<f64>),
    /// As `Listed`, of ints of half the length.
    Short(Parted<i32>),
    /// Taken as each group is asked for.
    Rows(Numbers<'a>),
}

impl<'a> Held<'a> {
    /// Prepares the values that a measure needs, by its place.
    ///
    /// # Errors
    /// As [`numbers`].
    pub(super) fn of(
        column: &'a Column,
        place: usize,
        grouped: &'a Grouped,
        written: &Fragment,
    ) -> Result<Self, Problem> {
        match grouped.gathered.get(place) {
            Some(Some(Gathered::Tallied(counts))) => return Ok(Self::Tallied(counts)),
            Some(Some(Gathered::Summed(moments))) => {
                return Ok(Self::Summed { moments, column, listed: OnceCell::new() });
            }
            _ => {}
        }
        if grouped.is_plain()
            && column.valid.is_none()
            && let Some(listed) = Self::listed(column, grouped)
        {
            return Ok(listed);
        }
        Ok(Self::Rows(numbers(column, written)?))
    }

    /// The values of a column without nulls, sorted into the groups; none where they are no numbers.
    fn listed(column: &Column, grouped: &Grouped) -> Option<Self> {
        if let Values::Int(values) = &column.values
            && whole::are_short(values)
        {
            let values = values.iter().map(|value| *value as i32);
            return Some(Self::Short(Parted::of(grouped.places(), &grouped.groups, values)));
        }
        let numbers = column.numbers()?;
        let values = numbers.all()?.iter().copied();
        Some(Self::Listed(Parted::of(grouped.places(), &grouped.groups, values)))
    }

    /// A mean of a group, where it is known from the moments alone.
    pub(super) fn summed(
        &self,
        group: &Group,
        statistic: Statistic,
        intervals: Intervals,
    ) -> Option<Number> {
        let Self::Summed { moments, .. } = self else { return None };
        let moments = moments.get(group.place)?.as_ref()?;
        let summary = moments.summary(statistic.kernel()?, intervals.level)?;
        Some(with_reason(summary, statistic.averages()))
    }

    /// The values in a group, nulls left out.
    pub(super) fn taken(&self, grouped: &Grouped, group: &Group) -> Taken<'_> {
        match self {
            Self::Rows(numbers) => grouped.take(numbers, grouped.rows(group)),
            Self::Summed { column, listed, .. } => {
                let listed = listed.get_or_init(|| Self::listed(column, grouped).map(Box::new));
                listed.as_ref().map_or_else(Taken::default, |held| held.taken(grouped, group))
            }
            Self::Listed(values) => Taken::plain(values.group(group)),
            Self::Short(values) => {
                let values = values.group(group).iter().map(|value| f64::from(*value));
                Taken::plain(values.collect::<Vec<_>>())
            }
            Self::Tallied(counts) => {
                let counts = counts.get(group.place).copied().unwrap_or_default();
                let present = || (0_u8..).zip(counts).filter(|(_, count)| *count > 0);
                Taken {
                    rows: group.count,
                    frequencies: Some(present().map(|(_, count)| f64::from(count)).collect()),
                    ..Taken::plain(present().map(|(value, _)| f64::from(value)).collect::<Vec<_>>())
                }
            }
        }
    }
}
