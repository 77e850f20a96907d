//! Rows counted by their groups, and by the small whole numbers that they have.

use crate::engine::{Cells, Values};
use crate::stats::simd::wide;
use crate::stats::tally::Tally;

/// Whole numbers below this are counted.
pub(super) const FEW: usize = 8;
/// Columns are counted jointly while there are no more codes than this.
const JOINT: usize = 1 << 11;

/// How often each small whole number comes: 0, 1 and so on.
pub(super) type Counts = [u32; FEW];

/// A column whose numbers are counted.
#[derive(Clone, Copy)]
struct Counted<'a> {
    /// The place of its measure.
    measure: usize,
    values: &'a Values,
    /// Its numbers are below this, and what is not is counted as this.
    below: u32,
}

impl Counted<'_> {
    /// How many codes its numbers have.
    fn codes(&self) -> usize {
        self.below as usize + 1
    }
}

/// Counts of rows by their cells, and jointly by the small whole numbers that some columns have in them.
pub(super) struct Counting<'a> {
    cells: usize,
    columns: Vec<Counted<'a>>,
    tally: Tally,
    /// The codes of a block.
    codes: Vec<u32>,
}

/// What was counted, cell after cell.
pub(super) struct Found {
    /// The rows.
    pub(super) rows: Vec<u32>,
    /// By the place of its measure, the numbers of each column; none where others came, too.
    pub(super) columns: Vec<(usize, Option<Vec<Counts>>)>,
}

impl<'a> Counting<'a> {
    /// Starts to count rows by their cells.
    fn of(cells: usize) -> Self {
        Self { cells, columns: Vec::new(), tally: Tally::of(cells), codes: Vec::new() }
    }

    /// Starts to count the numbers of columns, jointly where they have few codes: the place of its measure, the values, and what its numbers are
    /// below. Counts rows alone where there are no columns.
    pub(super) fn all(
        cells: &Cells<'_>,
        columns: impl Iterator<Item = (usize, &'a Values, usize)>,
    ) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let mut levels = usize::MAX;
        for (measure, values, below) in columns {
            let counted = Counted { measure, values, below: below.min(FEW) as u32 };
            let joint = levels.saturating_mul(counted.codes());
            if let Some(counting) = all.last_mut().filter(|_| joint <= JOINT) {
                counting.columns.push(counted);
                levels = joint;
            } else {
                levels = cells.count() * counted.codes();
                all.push(Self { columns: vec![counted], ..Self::of(cells.count()) });
            }
        }
        for counting in &mut all {
            counting.tally = Tally::of(counting.cells * counting.codes_a_cell());
        }
        if all.is_empty() { vec![Self::of(cells.count())] } else { all }
    }

    fn codes_a_cell(&self) -> usize {
        self.columns.iter().map(Counted::codes).product()
    }

    /// Adds a block of rows.
    pub(super) fn add(&mut self, first: usize, cells: &[u32]) {
        let Self { columns, tally, codes, .. } = self;
        if columns.is_empty() {
            return tally.add(cells);
        }
        codes.clear();
        codes.extend_from_slice(cells);
        let rows = first..first + cells.len();
        for Counted { values, below, .. } in columns {
            match values {
                Values::Bool(values) => {
                    let values = values.get(rows.clone()).unwrap_or_default();
                    wide(add_codes, (codes, values, *below, u32::from));
                }
                Values::Int(values) => {
                    // What is negative is a large number without its sign.
                    let most = u64::from(*below);
                    let code = |value: i64| (value as u64).min(most) as u32;
                    let values = values.get(rows.clone()).unwrap_or_default();
                    wide(add_codes, (codes, values, *below, code));
                }
                Values::Float(values) => {
                    let values = values.get(rows.clone()).unwrap_or_default();
                    wide(add_codes, (codes, values, *below, |value: f64| value as u32));
                }
                _ => {}
            }
        }
        tally.add(codes);
    }

    /// What was counted.
    pub(super) fn finish(self) -> Found {
        let each = self.codes_a_cell();
        let mut rows = vec![0; self.cells];
        let mut numbers = vec![vec![[0; FEW]; self.cells]; self.columns.len()];
        let mut others = vec![false; self.columns.len()];
        let counts = self.tally.counts();
        for (cell, (counts, rows)) in counts.chunks_exact(each).zip(&mut rows).enumerate() {
            for (code, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                *rows += count;
                let mut code = code;
                // The last column has the last places.
                let columns = self.columns.iter().zip(&mut numbers).zip(&mut others);
                for ((column, numbers), others) in columns.rev() {
                    let slot = numbers
                        .get_mut(cell)
                        .and_then(|counts| counts.get_mut(code % column.codes()))
                        .filter(|_| code % column.codes() < column.below as usize);
                    match slot {
                        Some(slot) => *slot += count,
                        None => *others = true,
                    }
                    code /= column.codes();
                }
            }
        }
        let columns = self.columns.iter().zip(numbers).zip(others);
        let columns = columns
            .map(|((column, numbers), others)| (column.measure, (!others).then_some(numbers)))
            .collect();
        Found { rows, columns }
    }
}

/// Puts a number behind each row's code.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn add_codes<T: Copy>((codes, values, below, number): (&mut [u32], &[T], u32, impl Fn(T) -> u32)) {
    for (code, value) in codes.iter_mut().zip(values) {
        *code = code.wrapping_mul(below + 1).wrapping_add(number(*value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_columns_are_counted_in_parts_of_few_codes() {
        let places: Vec<u32> = (0..999).map(|row| row * row % 4).collect();
        let value =
            |column: i64, row: i64| (row * (column + 2) / 3) % if column % 3 == 0 { 8 } else { 2 };
        let columns: Vec<Values> = (0..20)
            .map(|column| Values::Int((0..999).map(|row| value(column, row)).collect()))
            .collect();
        let below = |place: usize| if place.is_multiple_of(3) { 8 } else { 2 };
        let counted = columns.iter().enumerate();
        let counted = counted.map(|(place, values)| (place, values, below(place)));
        let cells = Cells::single(&places, 4);
        let mut all = Counting::all(&cells, counted);
        assert!(all.iter().all(|one| one.cells * one.codes_a_cell() <= JOINT) && all.len() < 20);
        cells.each_block(|first, cells| all.iter_mut().for_each(|one| one.add(first, cells)));
        let mut seen = 0;
        for Found { rows, columns } in all.into_iter().map(Counting::finish) {
            assert_eq!(rows, [500, 499, 0, 0]);
            for (place, found) in columns {
                let mut known = vec![[0_u32; FEW]; 4];
                for (row, cell) in (0..).zip(&places) {
                    known[*cell as usize][value(place as i64, row) as usize] += 1;
                }
                assert_eq!((place, found), (seen, Some(known)));
                seen += 1;
            }
        }
        assert_eq!(seen, 20);
    }
}
