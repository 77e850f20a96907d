//! One measure, group after group.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::engine::{Coded, Column, Numbers, Values};
use crate::stats::summary::SummaryError;

use super::grouped::{Group, Grouped, Intervals, Number, Plain};
use super::measure::{Statistic, What};
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
        numbers: Numbers<'a>,
        statistic: Statistic,
        /// The values of every group, where they were all sorted at once.
        plain: Option<Plain>,
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
            What::Distinct(_) => Self::Distinct(Distinct::of(column?)),
            What::Of { statistic, .. } => {
                let numbers = numbers(column?);
                let plain = grouped.plain(&numbers, *statistic);
                Self::Of { numbers, statistic: *statistic, plain }
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
            Self::Distinct(distinct) => {
                let mut kept = Cow::Borrowed(grouped.rows(group));
                if distinct.nulls {
                    kept.to_mut().retain(|row| distinct.column.is_valid(*row));
                }
                let count = distinct.count(&grouped.counted(&kept));
                let number = Number::plain(count as f64, grouped.weigh(&kept));
                Ok((Some(number), group.count - kept.len()))
            }
            Self::Of { numbers, statistic, plain } => {
                let taken = match plain {
                    Some(plain) => plain.taken(group),
                    None => grouped.take(numbers, grouped.rows(group)),
                };
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
    /// Whether any of them is null.
    nulls: bool,
    coded: Coded<'a>,
    /// The last of the groups that each value was seen in.
    seen: Vec<usize>,
    group: usize,
}

impl<'a> Distinct<'a> {
    fn of(column: &'a Column) -> Self {
        let coded = match &column.values {
            Values::Text { codes, levels } => Coded { places: codes.into(), levels: levels.len() },
            _ => column.coded(),
        };
        Self { column, nulls: column.nulls() > 0, seen: vec![0; coded.levels], coded, group: 0 }
    }

    /// How many different values stand in the next group's rows; none of them is null.
    fn count(&mut self, rows: &[usize]) -> usize {
        self.group += 1;
        let mut count = 0;
        for place in rows.iter().filter_map(|row| self.coded.places.get(*row)) {
            if let Some(seen) =
                self.seen.get_mut(*place as usize).filter(|seen| **seen != self.group)
            {
                *seen = self.group;
                count += 1;
            }
        }
        count
    }
}
