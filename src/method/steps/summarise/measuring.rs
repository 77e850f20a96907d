//! One measure, group after group.

use std::borrow::Cow;
use std::collections::BTreeMap;

use num_traits::PrimInt;

use crate::diagnostic::Problem;
use crate::engine::{Cells, Coded, Codes, Coding, Column, Numbers, Values};
use crate::method::steps::numbers;
use crate::stats::simd::wide;
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
        totals: &'a BTreeMap<Vec<u32>, Vec<usize>>,
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
    ///
    /// # Errors
    /// As [`numbers`].
    pub(super) fn of(
        step: &Summarising,
        place: usize,
        grouped: &'a Grouped,
    ) -> Result<Option<Self>, Problem> {
        let Some(measure) = step.measures.get(place) else { return Ok(None) };
        let column = grouped.columns.get(place).and_then(Option::as_deref);
        Ok(match (&measure.what, column) {
            (What::Count, _) => Some(Self::Count),
            (What::Share, _) => Some(Self::Share {
                totals: step.totals(grouped),
                outer: grouped.groups.iter().map(|group| step.outer(group)).collect(),
            }),
            (_, None) => None,
            (What::Distinct(_), Some(column)) => {
                Some(Self::Distinct(Distinct::of(column, grouped)))
            }
            (What::Of { statistic, column: written }, Some(column)) => {
                let held = Held::of(column, place, grouped, written)?;
                Some(Self::Of { statistic: *statistic, held })
            }
            (What::Ratio { column: written, below }, Some(column)) => {
                let Some(under) = grouped.below.get(&place) else { return Ok(None) };
                let (above, below) = (numbers(column, written)?, numbers(under, below)?);
                Some(Self::Ratio { above, below })
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
                if let Some(number) = held.summed(group, *statistic, intervals) {
                    return Ok((Some(number), 0));
                }
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
pub(super) enum Distinct<'a> {
    /// All at once, where no row is null or weighted: how many each group has.
    Counted(Vec<u32>),
    /// As each group is asked for.
    Rows {
        column: &'a Column,
        coded: Coded<'a>,
        /// The last of the groups that each value was seen in, counted from one.
        seen: Vec<u32>,
        group: u32,
    },
}

impl<'a> Distinct<'a> {
    fn of(column: &'a Column, grouped: &Grouped) -> Self {
        let coded = match &column.values {
            // Codes that tell texts apart do, in any order.
            Values::Text { codes: Codes::Words(codes), levels } => Coded {
                places: Cow::Borrowed(codes),
                levels: levels.len(),
                nulls: column.valid.is_some(),
            },
            _ => column.coded(),
        };
        if column.valid.is_none() && grouped.weights.is_none() {
            return Self::Counted(distinct(&coded, grouped));
        }
        Self::Rows { column, seen: vec![0; coded.levels], coded, group: 0 }
    }

    /// How many different values the next group has, and how many nulls.
    fn number(&mut self, grouped: &Grouped, group: &Group) -> (Option<Number>, usize) {
        let (column, coded, seen, this) = match self {
            Self::Counted(counts) => {
                let count = counts.get(group.place).copied().unwrap_or_default();
                return (Some(Number::plain(f64::from(count), group.count as f64)), 0);
            }
            Self::Rows { column, coded, seen, group } => (column, coded, seen, group),
        };
        *this += 1;
        let mut count = 0_u32;
        let mut kept = grouped.rows(group).to_vec();
        kept.retain(|row| column.is_valid(*row));
        for code in grouped.counted(&kept).iter().filter_map(|row| coded.places.get(*row)) {
            if let Some(last) = seen.get_mut(*code as usize) {
                count += u32::from(last != this);
                *last = *this;
            }
        }
        (Some(Number::plain(f64::from(count), grouped.weigh(&kept))), group.count - kept.len())
    }
}

/// Groups that a mark of each value has a bit for.
const MARKS: usize = u64::BITS as usize;

/// How many different values each group has.
fn distinct(coded: &Coded<'_>, grouped: &Grouped) -> Vec<u32> {
    let groups = grouped.groups.len();
    let keys: Vec<Coding<'_>> = grouped.keys.iter().map(|column| column.coding()).collect();
    let few = || (groups <= MARKS).then(|| Cells::single(grouped.places(), groups));
    let Some(cells) = Cells::of(&keys, MARKS).or_else(few) else {
        return one_by_one(coded, grouped);
    };
    match cells.count() {
        0..=8 => marked::<u8>(coded, &cells),
        9..=16 => marked::<u16>(coded, &cells),
        17..=32 => marked::<u32>(coded, &cells),
        _ => marked::<u64>(coded, &cells),
    }
}

/// As [`distinct`]: of each value a bit for each cell that has it. A cell that has rows has a value.
fn marked<Bits: PrimInt>(coded: &Coded<'_>, cells: &Cells<'_>) -> Vec<u32> {
    let mut bits = [Bits::zero(); MARKS];
    let mut seen = vec![Bits::zero(); coded.levels];
    for (cell, bit) in bits.iter_mut().enumerate().take(cells.count()) {
        *bit = Bits::one() << cell;
    }
    cells.each_block(|first, cells| {
        mark(&mut seen, &bits, coded.places.get(first..).unwrap_or_default(), cells);
    });
    let counts = bits.into_iter().take(cells.count()).map(|bit| wide(having, (&seen, bit)));
    counts.filter(|count| *count > 0).collect()
}

/// Gives the value of each row the bit of the row's cell.
fn mark<Bits: PrimInt>(seen: &mut [Bits], bits: &[Bits; MARKS], codes: &[u32], cells: &[u32]) {
    for (code, cell) in codes.iter().zip(cells) {
        if let Some(seen) = seen.get_mut(*code as usize) {
            // Cells are fewer than marks.
            *seen = *seen | bits[*cell as usize % MARKS];
        }
    }
}

/// How many marks have a bit.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn having<Bits: PrimInt>((seen, bit): (&[Bits], Bits)) -> u32 {
    let has = |seen: &Bits| u32::from(*seen & bit != Bits::zero());
    seen.iter().fold(0, |count, seen| count.wrapping_add(has(seen)))
}

/// As [`distinct`]: of each value the last group that has it, counted from one.
fn one_by_one(coded: &Coded<'_>, grouped: &Grouped) -> Vec<u32> {
    let groups = &grouped.groups;
    let mut counts = vec![0; groups.len()];
    let mut seen = vec![0; coded.levels];
    let parted = Parted::of(grouped.places(), groups, coded.places.iter().copied());
    for (group, (count, this)) in groups.iter().zip(counts.iter_mut().zip(1_u32..)) {
        for code in parted.group(group) {
            if let Some(last) = seen.get_mut(*code as usize) {
                *count += u32::from(*last != this);
                *last = this;
            }
        }
    }
    counts
}
