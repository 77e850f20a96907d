//! What measures add up of all groups at once, as the rows pass by.

use crate::engine::{Cells, Column, Values};
use crate::stats::math;
use crate::stats::simd::wide;
use crate::stats::summary::{MomentSums, Moments, ROWS_A_GROUP};
use crate::stats::whole::{self, Tally};

use super::measure::Statistic;

/// Whole numbers below this are counted.
pub(super) const FEW: u8 = 8;
/// Counts of each group: of each such number, and of all others.
pub(super) const COUNTS: u32 = FEW as u32 + 1;
/// Rows that are looked at before all are counted.
const LOOK: usize = 1024;
/// Rows from which on moments are summed without sorting the rows into their groups.
const MANY: usize = 1 << 12;
/// The logarithms of all positive numbers are between these.
const LN_ENDS: [f64; 2] = [-746.0, 710.0];

/// What was added up of a measure, group after group.
pub(super) enum Gathered {
    /// How often each small whole number comes.
    Tallied(Vec<u32>),
    /// The moments of the values, or of their logarithms.
    Summed(Vec<Option<Moments>>),
}

/// A measure that may be added up: a column without nulls, and its statistic.
pub(super) type Wanted<'a> = (&'a Column, Statistic);

/// Adds up what measures want, in one pass; in a second what turned out not to be small whole numbers. Returns how many rows each cell has, too;
/// what was added up is of the cells that have rows.
pub(super) fn gather<'a>(
    cells: &Cells<'_>,
    wanted: &[Option<Wanted<'a>>],
) -> (Vec<u32>, Vec<Option<Gathered>>) {
    let start = |one: &Option<Wanted<'a>>| {
        let (column, statistic) = (*one)?;
        Gathering::tally(column, statistic, cells.count())
            .or_else(|| Gathering::moments(column, statistic, cells))
    };
    let mut gathering: Vec<Option<Gathering<'a>>> = wanted.iter().map(start).collect();
    // What counts values counts rows, too.
    let counting = gathering.iter().flatten().any(|one| matches!(one, Gathering::Tally { .. }));
    let mut tally = (!counting).then(|| Tally::of(cells.count()));
    cells.each_block(|first, cells| {
        if let Some(tally) = &mut tally {
            tally.add(cells);
        }
        gathering.iter_mut().flatten().for_each(|one| one.add(first, cells));
    });
    let counts = match tally {
        Some(tally) => tally.counts(),
        None => gathering.iter().flatten().find_map(Gathering::counts).unwrap_or_default(),
    };
    let mut gathered = Vec::new();
    for (one, wanted) in gathering.into_iter().zip(wanted) {
        let tallied = matches!(one, Some(Gathering::Tally { .. }));
        let mut found = one.and_then(|one| one.finish(&counts));
        if let (None, true, Some((column, statistic))) = (&found, tallied, wanted)
            && let Some(mut sums) = Gathering::moments(column, *statistic, cells)
        {
            cells.each_block(|first, cells| sums.add(first, cells));
            found = sums.finish(&counts);
        }
        gathered.push(found);
    }
    (counts, gathered)
}

/// What one measure adds up.
enum Gathering<'a> {
    Tally {
        values: &'a Values,
        tally: Tally,
        codes: Vec<u32>,
    },
    Moments {
        values: &'a Values,
        logarithms: bool,
        sums: Box<MomentSums>,
        numbers: Vec<f64>,
        terms: Vec<f64>,
    },
}

impl<'a> Gathering<'a> {
    /// Counts small whole numbers; none where the values are surely others, or the statistic needs more.
    fn tally(column: &'a Column, statistic: Statistic, cells: usize) -> Option<Self> {
        if !matches!(statistic, Statistic::Mean | Statistic::Fraction) {
            return None;
        }
        let values = &column.values;
        let small = match values {
            Values::Bool(_) => true,
            Values::Int(values) => whole::ints_below(values.get(..LOOK).unwrap_or(values), FEW),
            Values::Float(values) => whole::all_below(values, FEW),
            _ => false,
        };
        let levels = cells.checked_mul(COUNTS as usize)?;
        u32::try_from(levels).ok()?;
        small.then(|| Self::Tally { values, tally: Tally::of(levels), codes: Vec::new() })
    }

    /// Sums moments; none of few rows, and where the statistic is no mean.
    fn moments(column: &'a Column, statistic: Statistic, cells: &Cells<'_>) -> Option<Self> {
        let (rows, cells) = (cells.rows(), cells.count());
        if rows < MANY || rows < cells.saturating_mul(ROWS_A_GROUP) {
            return None;
        }
        let values = &column.values;
        let logarithms = match statistic {
            Statistic::Mean => false,
            Statistic::GeometricMean => true,
            _ => return None,
        };
        let ends = match values {
            Values::Float(_) | Values::Int(_) if logarithms => LN_ENDS,
            Values::Float(values) => whole::ends(values)?,
            Values::Int(values) => whole::int_ends(values)?,
            _ => return None,
        };
        let sums = Box::new(MomentSums::of(rows, cells, ends)?);
        Some(Self::Moments { values, logarithms, sums, numbers: Vec::new(), terms: Vec::new() })
    }

    /// Adds a block of rows.
    fn add(&mut self, first: usize, cells: &[u32]) {
        let rows = first..first + cells.len();
        match self {
            Self::Tally { values, tally, codes } => {
                codes.clear();
                match values {
                    Values::Bool(values) => {
                        let values = values.get(rows).unwrap_or_default();
                        wide(codes_of, (cells, values, u32::from, &mut *codes));
                    }
                    Values::Int(values) => {
                        // What is negative is a large number without its sign.
                        let code = |value: i64| (value as u64).min(u64::from(FEW)) as u32;
                        let values = values.get(rows).unwrap_or_default();
                        wide(codes_of, (cells, values, code, &mut *codes));
                    }
                    Values::Float(values) => {
                        let code = |value: f64| value as u32;
                        let values = values.get(rows).unwrap_or_default();
                        wide(codes_of, (cells, values, code, &mut *codes));
                    }
                    _ => {}
                }
                tally.add(codes);
            }
            Self::Moments { values, logarithms, sums, numbers, terms } => {
                let block = match values {
                    Values::Float(values) => values.get(rows).unwrap_or_default(),
                    Values::Int(values) => {
                        numbers.resize(cells.len(), 0.0);
                        let ints = values.get(rows).unwrap_or_default();
                        if !whole::write_all(ints, numbers) {
                            numbers.fill(f64::NAN);
                        }
                        numbers
                    }
                    _ => &[],
                };
                if *logarithms {
                    terms.resize(block.len(), 0.0);
                    math::write_ln(block, terms);
                    sums.add(cells, terms);
                } else {
                    sums.add(cells, block);
                }
            }
        }
    }

    /// How many rows each cell has, where values were counted.
    fn counts(&self) -> Option<Vec<u32>> {
        let Self::Tally { tally, .. } = self else { return None };
        let all = tally.clone().counts();
        Some(all.chunks_exact(COUNTS as usize).map(|of| of.iter().sum()).collect())
    }

    /// What was added up, of the cells that have rows; none where that does not do.
    fn finish(self, counts: &[u32]) -> Option<Gathered> {
        match self {
            Self::Tally { tally, .. } => {
                let mut all = tally.counts();
                let mut of_cells = all.chunks_exact(COUNTS as usize);
                if of_cells.any(|of| of.last() != Some(&0)) {
                    return None;
                }
                if counts.contains(&0) {
                    let cells = all.chunks_exact(COUNTS as usize).zip(counts);
                    let present = cells.filter(|(_, count)| **count > 0);
                    all = present.flat_map(|(of, _)| of.iter().copied()).collect();
                }
                Some(Gathered::Tallied(all))
            }
            Self::Moments { sums, .. } => {
                let moments = sums.moments(counts)?.into_iter().zip(counts);
                let present = moments.filter(|(_, count)| **count > 0);
                Some(Gathered::Summed(present.map(|(moments, _)| moments).collect()))
            }
        }
    }
}

/// Writes down a code for each row's cell and value.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn codes_of<T: Copy>(
    (cells, values, code, codes): (&[u32], &[T], impl Fn(T) -> u32, &mut Vec<u32>),
) {
    let pair = |(cell, value): (&u32, &T)| cell.wrapping_mul(COUNTS).wrapping_add(code(*value));
    codes.extend(cells.iter().zip(values).map(pair));
}
