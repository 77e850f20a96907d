//! What measures add up of all groups at once, as the rows pass by.

use crate::engine::{Cells, Column, Values};
use crate::stats::math;
use crate::stats::summary::{MomentSums, Moments, ROWS_A_GROUP};
use crate::stats::whole;

use super::counting::{Counting, Counts, FEW};
use super::measure::Statistic;

/// Rows that are looked at before all are counted.
const LOOK: usize = 1024;
/// Rows from which on moments are summed without sorting the rows into their groups.
const MANY: usize = 1 << 12;
/// The logarithms of all positive numbers are between these.
const LN_ENDS: [f64; 2] = [-746.0, 710.0];

/// What was added up of a measure, group after group.
pub(super) enum Gathered {
    /// How often each small whole number comes.
    Tallied(Vec<Counts>),
    /// The moments of the values, or of their logarithms.
    Summed(Vec<Option<Moments>>),
}

/// A measure that may be added up: a column without nulls, and its statistic.
pub(super) type Wanted<'a> = (&'a Column, Statistic);

/// How a measure is added up.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Its whole numbers below this are counted.
    Counts(usize),
    /// Its moments are summed.
    Sums,
}

impl Way {
    /// The way that the first rows allow: counts of zeros and ones, counts of small whole numbers, or sums.
    fn first((column, statistic): &Wanted<'_>, cells: usize) -> Self {
        let fit = u32::try_from(cells.saturating_mul(FEW + 1)).is_ok();
        let are_below = |below: u8| match &column.values {
            Values::Bool(_) => true,
            Values::Int(values) => whole::ints_below(values.get(..LOOK).unwrap_or(values), below),
            // Their codes are made of numbers that are known to be whole.
            Values::Float(values) => whole::all_below(values, below),
            _ => false,
        };
        match statistic {
            Statistic::Mean | Statistic::Fraction if fit && are_below(2) => Self::Counts(2),
            Statistic::Mean | Statistic::Fraction if fit && are_below(FEW as u8) => {
                Self::Counts(FEW)
            }
            _ => Self::Sums,
        }
    }

    /// What to try where the rows turned out to have other numbers: not depending on which of them came first.
    fn next(self) -> Self {
        if self == Self::Counts(2) { Self::Counts(FEW) } else { Self::Sums }
    }
}

/// Adds up what measures want, in one pass; in another what turned out not to be the small whole numbers of the first rows. Returns how many rows
/// each cell has, too; what was added up is of the cells that have rows.
pub(super) fn gather<'a>(
    cells: &Cells<'_>,
    wanted: &[Option<Wanted<'a>>],
) -> (Vec<u32>, Vec<Option<Gathered>>) {
    let mut rows: Option<Vec<u32>> = None;
    let mut gathered: Vec<Option<Gathered>> = wanted.iter().map(|_| None).collect();
    let first = |(place, wanted): (usize, &Option<Wanted<'a>>)| {
        wanted.map(|wanted| (place, wanted, Way::first(&wanted, cells.count())))
    };
    let mut ways: Vec<_> = wanted.iter().enumerate().filter_map(first).collect();
    loop {
        let counted = ways.iter().filter_map(|(place, (column, _), way)| match way {
            Way::Counts(below) => Some((*place, &column.values, *below)),
            Way::Sums => None,
        });
        let mut counting = Counting::all(cells, counted);
        let summed = ways.iter().filter(|(_, _, way)| *way == Way::Sums);
        let mut summing: Vec<(usize, Summing<'_>)> = summed
            .filter_map(|(place, wanted, _)| Some((*place, Summing::of(wanted, cells)?)))
            .collect();
        cells.each_block(|first, cells| {
            for counting in &mut counting {
                counting.add(first, cells);
            }
            for (_, summing) in &mut summing {
                summing.add(first, cells);
            }
        });
        let mut again = Vec::new();
        for counting in counting {
            let found = counting.finish();
            let rows = rows.get_or_insert(found.rows);
            for (place, counts) in found.columns {
                match (counts, gathered.get_mut(place)) {
                    (Some(counts), Some(slot)) => {
                        *slot = Some(Gathered::Tallied(present(counts, rows)));
                    }
                    _ => again.push(place),
                }
            }
        }
        for (place, one) in summing {
            let (Some(rows), Some(slot)) = (&rows, gathered.get_mut(place)) else { continue };
            *slot = one.sums.moments(rows).map(|all| Gathered::Summed(present(all, rows)));
        }
        ways.retain_mut(|(place, _, way)| {
            *way = way.next();
            again.contains(place)
        });
        if ways.is_empty() {
            return (rows.unwrap_or_default(), gathered);
        }
    }
}

/// What is of the cells that have rows.
fn present<T>(of_cells: Vec<T>, rows: &[u32]) -> Vec<T> {
    if !rows.contains(&0) {
        return of_cells;
    }
    let cells = of_cells.into_iter().zip(rows);
    cells.filter(|(_, rows)| **rows > 0).map(|(of_cell, _)| of_cell).collect()
}

/// The moments that one measure sums.
struct Summing<'a> {
    values: &'a Values,
    logarithms: bool,
    sums: Box<MomentSums>,
    /// A block's logarithms, or its ints as doubles.
    numbers: Vec<f64>,
}

impl<'a> Summing<'a> {
    /// Starts to sum; none of few rows, and where the statistic is no mean.
    fn of((column, statistic): &Wanted<'a>, cells: &Cells<'_>) -> Option<Self> {
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
        Some(Self { values, logarithms, sums, numbers: Vec::new() })
    }

    /// Adds a block of rows.
    fn add(&mut self, first: usize, cells: &[u32]) {
        let rows = first..first + cells.len();
        let Self { values, logarithms, sums, numbers } = self;
        let block = cells.len();
        match values {
            Values::Float(values) if !*logarithms => {
                return sums.add(cells, values.get(rows).unwrap_or_default());
            }
            Values::Float(values) => {
                numbers.resize(block, 0.0);
                math::write_ln(values.get(rows).unwrap_or_default(), numbers);
            }
            Values::Int(values) => {
                let ints = values.get(rows).unwrap_or_default();
                numbers.resize(block, 0.0);
                if *logarithms {
                    math::write_ln_of_ints(ints, numbers);
                } else if !whole::write_all(ints, numbers) {
                    numbers.fill(f64::NAN);
                }
            }
            _ => return,
        }
        sums.add(cells, numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_values_are_added_up_does_not_depend_on_the_rows_that_come_first() {
        let rows = 5000_i64;
        let places: Vec<u32> = (0..5000).map(|row| row % 3).collect();
        for (other, small) in [(1, true), (2, true), (7, true), (8, false), (-1, false)] {
            let mut ints: Vec<i64> =
                (0..rows).map(|row| if row > 4900 { other } else { row % 2 }).collect();
            for _ in 0..2 {
                let column = Column::new(Values::Int(ints.clone()));
                let wanted = [Some((&column, Statistic::Mean)), None];
                let (counts, gathered) = gather(&Cells::single(&places, 4), &wanted);
                assert_eq!(counts, [1667, 1667, 1666, 0]);
                match (&gathered[..], small) {
                    ([Some(Gathered::Tallied(counts)), None], true) => {
                        let found: u32 =
                            counts.iter().filter_map(|of| of.get(other as usize)).sum();
                        let known = ints.iter().filter(|int| **int == other).count();
                        assert_eq!((counts.len(), found as usize), (3, known));
                    }
                    ([Some(Gathered::Summed(moments)), None], false) => {
                        assert!(moments.len() == 3 && moments.iter().all(Option::is_some));
                    }
                    _ => panic!("{other} is added up in another way"),
                }
                ints.reverse();
            }
        }
    }
}
