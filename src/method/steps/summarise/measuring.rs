//! One measure, group after group.

use std::collections::BTreeMap;

use crate::engine::{Coded, Column, Numbers, Values};
use crate::stats::summary::SummaryError;

use super::grouped::{Group, Grouped, Intervals, Number};
use super::measure::{Statistic, What};
use super::plain::{Held, Parted};
use super::run::Summarising;
use super::taken::Taken;

/// What a measure needs, found out once for all groups.
pub(super) enum Measuring<'a> {
    Count,
    Share {
        /// The rows of each denominator, and which of them each group has.
        totals: BTreeMap<Vec<u32>, Vec<usize>>,
        outer: Vec<Vec<u32>>,
    },
    Distinct(Distinct<'a>),
    Of {
        statistic: Statistic,
        held: Held<'a>,
    },
    Ratio {
        above: Numbers<'a>,
        below: Numbers<'a>,
    },
}

impl<'a> Measuring<'a> {
    /// Prepares a measure, by its place; none where it has no column and needs one.
    pub(super) fn of(step: &Summarising, place: usize, grouped: &'a Grouped) -> Option<Self> {
        let column = grouped.columns.get(place).and_then(Option::as_deref);
        let numbers = |column: &'a Column| column.numbers().unwrap_or_default();
        Some(match &step.measures.get(place)?.what {
            What::Count => Self::Count,
            What::Share => Self::Share {
                totals: step.totals(grouped),
                outer: grouped.groups.iter().map(|group| step.outer(group)).collect(),
            },
            What::Distinct(_) => Self::Distinct(Distinct::of(column?, grouped)),
            What::Of { statistic, .. } => {
                Self::Of { statistic: *statistic, held: Held::of(column?, *statistic, grouped) }
            }
            What::Ratio { .. } => {
                Self::Ratio { above: numbers(column?), below: numbers(grouped.below.get(&place)?) }
            }
        })
    }

    /// The measure in a group (none where all its values are null), and how many nulls were left out.
    pub(super) fn number(
        &mut self,
        grouped: &Grouped,
        group: &Group,
        intervals: Intervals,
    ) -> Result<(Option<Number>, usize), SummaryError> {
        match self {
            Self::Count => {
                let count = grouped.observations(group);
                Ok((Some(Number::plain(count, count)), 0))
            }
            Self::Share { totals, outer } => {
                let total = outer.get(group.place).and_then(|outer| totals.get(outer));
                let total = total.map_or(&[][..], Vec::as_slice);
                Ok((Some(grouped.share(grouped.rows(group), total, intervals)?), 0))
            }
            Self::Distinct(distinct) => Ok(distinct.number(grouped, group)),
            Self::Of { statistic, held } => {
                let taken = held.taken(grouped, group);
                known(&taken, group, || taken.number(*statistic, intervals))
            }
            Self::Ratio { above, below } => {
                let taken = grouped.take_both(above, below, grouped.rows(group));
                known(&taken, group, || taken.ratio(intervals))
            }
        }
    }
}

fn known(
    taken: &Taken<'_>,
    group: &Group,
    number: impl FnOnce() -> Result<Number, SummaryError>,
) -> Result<(Option<Number>, usize), SummaryError> {
    let number = if taken.values.is_empty() { None } else { Some(number()?) };
    Ok((number, group.count - taken.rows))
}

/// Counts the different values of a column in one group after another.
pub(super) struct Distinct<'a> {
    column: &'a Column,
    coded: Coded<'a>,
    /// The codes of every group, where no row is null or weighted.
    plain: Option<Parted<u32>>,
    /// The last of the groups that each value was seen in, counted from one.
    seen: Vec<u32>,
    group: u32,
}

impl<'a> Distinct<'a> {
    fn of(column: &'a Column, grouped: &Grouped) -> Self {
        let coded = match &column.values {
            Values::Text { codes, levels } => Coded { places: codes.into(), levels: levels.len() },
            _ => column.coded(),
        };
        let plain = (column.valid.is_none() && grouped.weights.is_none())
            .then(|| Parted::of(&grouped.places, &grouped.groups, coded.places.iter().copied()));
        Self { column, plain, seen: vec![0; coded.levels], coded, group: 0 }
    }

    /// How many different values the next group has, and how many nulls.
    fn number(&mut self, grouped: &Grouped, group: &Group) -> (Option<Number>, usize) {
        self.group += 1;
        let (seen, this) = (&mut self.seen, self.group);
        let mut count = 0_u32;
        let mut see = |code: &u32| {
            if let Some(last) = seen.get_mut(*code as usize) {
                count += u32::from(*last != this);
                *last = this;
            }
        };
        if let Some(plain) = &self.plain {
            plain.group(group).iter().for_each(see);
            return (Some(Number::plain(f64::from(count), group.count as f64)), 0);
        }
        let mut kept = grouped.rows(group).to_vec();
        kept.retain(|row| self.column.is_valid(*row));
        let counted = grouped.counted(&kept);
        counted.iter().filter_map(|row| self.coded.places.get(*row)).for_each(&mut see);
        (Some(Number::plain(f64::from(count), grouped.weigh(&kept))), group.count - kept.len())
    }
}
