//! Codings of the same rows crossed: the pairs of values that occur. No type of the engine here.

use std::ops::Range;

use super::codes::Codes;
use super::coding::{BLOCK, Coded, Coding, DENSE, DENSE_AT_LEAST, close_up};
use crate::stats::simd;
use crate::stats::tally::{Tally, pairs_of};

impl Coded<'_> {
    /// Crosses two codings of the same rows: the pairs that occur, in the order of the first and then
    /// of the second; a null comes after every value, and no pair is null.
    #[must_use]
    pub fn cross(&self, other: &Coded<'_>) -> Coded<'static> {
        self.cross_counted(other).0
    }

    /// Crosses two codings as [`Self::cross`] does, and returns how many rows have each pair, too.
    #[must_use]
    pub fn cross_counted(&self, other: &Coded<'_>) -> (Coded<'static>, Vec<u32>) {
        // Where there are nulls, they have a place behind the others.
        let places = |coded: &Coded<'_>| coded.levels as u64 + u64::from(coded.nulls);
        let (rows, wide) = (self.places.len(), places(other));
        let span = places(self) * wide;
        if span < (rows * DENSE).max(DENSE_AT_LEAST) as u64
            && let Ok(span) = u32::try_from(span)
        {
            let (own, last) = (self.levels as u32, other.levels as u32);
            let mut tally = Tally::of(span as usize);
            let mut places = Vec::with_capacity(rows);
            for (left, right) in self.places.chunks(BLOCK).zip(other.places.chunks(BLOCK)) {
                let before = places.len();
                simd::wide(pairs_of, ((left, own), (right, last), wide as u32, &mut places));
                tally.add(places.get(before..).unwrap_or_default());
            }
            let mut counts = tally.counts();
            let present: Vec<bool> = counts.iter().map(|count| *count > 0).collect();
            let levels = close_up(&mut places, &present);
            counts.retain(|count| *count > 0);
            return (Coded { places: places.into(), levels, nulls: false }, counts);
        }
        let at = |place: u32, levels: usize| u64::from(place).min(levels as u64);
        let pairs = self.places.iter().zip(other.places.iter());
        let pairs =
            pairs.map(|(left, right)| at(*left, self.levels) * wide + at(*right, other.levels));
        let mut distinct: Vec<u64> = pairs.clone().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let place = |pair: u64| distinct.binary_search(&pair).map_or(Self::NULL, |at| at as u32);
        let places = pairs.map(place).collect();
        let crossed = Coded { places, levels: distinct.len(), nulls: false };
        let counts = crossed.counts();
        (crossed, counts)
    }
}

/// The rows of one or two codings without nulls, by cell: the place of each row's value, or of its pair of values, among all that could be.
/// Cells are made block by block, and written down nowhere.
pub struct Cells<'a> {
    left: Codes<'a>,
    /// The second coding, and how many levels it has.
    right: Option<(Codes<'a>, u32)>,
    count: usize,
}

impl<'a> Cells<'a> {
    /// The cells of codings; none where rows may be null, where there are not one or two codings, and of more than `most` cells.
    #[must_use]
    pub fn of(codings: &'a [Coding<'_>], most: usize) -> Option<Self> {
        if codings.iter().any(|coding| coding.nulls) {
            return None;
        }
        let cells = match codings {
            [one] => Self { left: one.places.borrowed(), right: None, count: one.levels },
            [left, right] => {
                let count = left.levels.checked_mul(right.levels)?;
                let right = Some((right.places.borrowed(), u32::try_from(right.levels).ok()?));
                Self { left: left.places.borrowed(), right, count }
            }
            _ => return None,
        };
        (cells.count <= most).then_some(cells)
    }

    /// Rows by places that are known, below `count`.
    #[must_use]
    pub fn single(places: &'a [u32], count: usize) -> Self {
        Self { left: Codes::Words(places.into()), right: None, count }
    }

    /// How many cells there could be.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.left.len()
    }

    /// Gives the cells of all rows, block after block, with the first row of each block; until it is told to stop.
    fn blocks(&self, mut each: impl FnMut(usize, &[u32]) -> bool) {
        let mut written = Vec::with_capacity(BLOCK);
        for first in (0..self.rows()).step_by(BLOCK) {
            let rows = first..self.rows().min(first + BLOCK);
            written.clear();
            write_cells(&self.left, self.right.as_ref(), rows, &mut written);
            if !each(first, &written) {
                return;
            }
        }
    }

    /// Gives the cells of all rows, block after block, with the first row of each block.
    pub fn each_block(&self, mut each: impl FnMut(usize, &[u32])) {
        self.blocks(|first, cells| {
            each(first, cells);
            true
        });
    }

    /// Returns the first row of each cell that has rows, in the order of the cells; `counts` says how many each has.
    #[must_use]
    pub fn firsts(&self, counts: &[u32]) -> Vec<usize> {
        let mut rows = vec![usize::MAX; self.count];
        let mut left = counts.iter().filter(|count| **count > 0).count();
        self.blocks(|first, cells| {
            for (row, cell) in (first..).zip(cells) {
                let slot = rows.get_mut(*cell as usize).filter(|first| **first == usize::MAX);
                if let Some(slot) = slot {
                    *slot = row;
                    left -= 1;
                }
            }
            left > 0
        });
        rows.retain(|row| *row != usize::MAX);
        rows
    }
}

/// Writes down the cells of some rows.
fn write_cells(
    left: &Codes<'_>,
    right: Option<&(Codes<'_>, u32)>,
    rows: Range<usize>,
    cells: &mut Vec<u32>,
) {
    fn pair<L: Copy + Into<u32>, R: Copy + Into<u32>>(
        (left, right, wide): (&[L], &[R], u32),
        rows: Range<usize>,
        cells: &mut Vec<u32>,
    ) {
        let left = left.get(rows.clone()).unwrap_or_default();
        let right = right.get(rows).unwrap_or_default();
        simd::wide(pairs_of, ((left, u32::MAX), (right, wide), wide, cells));
    }
    match (left, right) {
        (Codes::Bytes(left), Some((Codes::Bytes(right), wide))) => {
            pair((left, right, *wide), rows, cells);
        }
        (Codes::Bytes(left), Some((Codes::Words(right), wide))) => {
            pair((left, right, *wide), rows, cells);
        }
        (Codes::Words(left), Some((Codes::Bytes(right), wide))) => {
            pair((left, right, *wide), rows, cells);
        }
        (Codes::Words(left), Some((Codes::Words(right), wide))) => {
            pair((left, right, *wide), rows, cells);
        }
        (Codes::Bytes(left), None) => {
            simd::wide(words_of, (left.get(rows).unwrap_or_default(), cells));
        }
        (Codes::Words(left), None) => cells.extend_from_slice(left.get(rows).unwrap_or_default()),
    }
}

/// Writes down bytes as words.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn words_of((bytes, words): (&[u8], &mut Vec<u32>)) {
    words.extend(bytes.iter().copied().map(u32::from));
}

#[cfg(test)]
mod tests {
    use super::super::{Cells, Codes, Column, Values};

    /// A whole number of each row, and the same as text.
    fn both(of: fn(u32) -> u32) -> [Column; 2] {
        let values: Vec<u32> = (0..2600).map(of).collect();
        let texts: Vec<String> = values.iter().map(u32::to_string).collect();
        let text = Column::from_texts(texts.iter().map(|text| Some(text.as_str())));
        let text = Column::new(text.values.in_byte_order());
        [Column::new(Values::Int(values.into_iter().map(i64::from).collect())), text]
    }

    #[test]
    fn cells_are_those_that_a_crossing_closes_up() {
        // Of four by six pairs half occur.
        let (left, right) = (both(|row| row % 4), both(|row| row % 4 % 2 + row / 4 % 3 * 2));
        for (left, right) in
            left.iter().flat_map(|left| right.iter().map(move |right| (left, right)))
        {
            let coded = [left.coded(), right.coded()];
            let (crossed, known) = coded[0].cross_counted(&coded[1]);
            let codings = [left.coding(), right.coding()];
            for (codings, count) in [(&codings[..], 24), (&codings[..1], 4)] {
                let cells = Cells::of(codings, 24).expect("cells");
                assert_eq!((cells.count(), cells.rows()), (count, 2600));
                let (mut seen, mut counts) = (Vec::new(), vec![0_u32; count]);
                cells.each_block(|first, block| {
                    assert_eq!(first, seen.len());
                    seen.extend_from_slice(block);
                    for cell in block {
                        counts[*cell as usize] += 1;
                    }
                });
                let present: Vec<u32> = (0..)
                    .zip(&counts)
                    .filter(|(_, count)| **count > 0)
                    .map(|(cell, _)| cell)
                    .collect();
                let firsts = cells.firsts(&counts);
                let found: Vec<u32> = firsts.iter().map(|row| seen[*row]).collect();
                assert_eq!(found, present);
                for (cell, first) in present.iter().zip(firsts) {
                    assert!(!seen[..first].contains(cell));
                }
                if count == 24 {
                    let place = |cell| present.iter().position(|of| of == cell).unwrap_or(0) as u32;
                    assert_eq!(seen.iter().map(place).collect::<Vec<_>>(), &*crossed.places);
                    counts.retain(|count| *count > 0);
                    assert_eq!(counts, known);
                } else {
                    assert_eq!(seen, &*coded[0].places);
                }
            }
            assert!(Cells::of(&codings, 23).is_none() && Cells::of(&[], 9).is_none());
        }
        let nulls = Column::from_texts([Some("a"), None]);
        assert!(Cells::of(&[nulls.coding()], 9).is_none());
    }

    #[test]
    fn codes_in_bytes_are_those_in_words() {
        let [ints, texts] = both(|row| row * row % 10);
        assert!(matches!(&texts.values, Values::Text { codes: Codes::Bytes(_), .. }));
        assert_eq!(ints.coded(), texts.coded());
        assert_eq!(ints.coding(), texts.coding());
        let [_, many] = both(|row| row % 257);
        assert!(matches!(&many.values, Values::Text { codes: Codes::Words(_), .. }));
        assert_eq!(many.coding().places, Codes::from(many.coded().places.into_owned()));
        // A level that no row has.
        let levels = texts.take(&[3, 0, 7]);
        assert_eq!((levels.coded().levels, &*levels.coded().places), (2, &[1, 0, 1][..]));
        assert_eq!(levels.coding().places, Codes::from(vec![1, 0, 1]));
    }

    #[test]
    fn pairs_are_crossed_in_order_whatever_their_number() {
        let rows = 2600_u32;
        let code = |of: fn(u32) -> i64| Column::new(Values::Int((0..rows).map(of).collect()));
        for (left, right) in [
            (code(|row| i64::from(row * 7 % 3)), code(|row| i64::from(row * 5 % 4))),
            (code(|row| i64::from(row * 7 % 301)), code(|row| i64::from(row * 5 % 211))),
        ] {
            let (left, right) = (left.coded(), right.coded());
            let (crossed, counts) = left.cross_counted(&right);
            let mut pairs: Vec<(u32, u32)> =
                left.places.iter().copied().zip(right.places.iter().copied()).collect();
            let rows = pairs.clone();
            pairs.sort_unstable();
            pairs.dedup();
            assert_eq!((crossed.levels, counts.len()), (pairs.len(), pairs.len()));
            for (pair, count) in pairs.iter().zip(counts) {
                assert_eq!(rows.iter().filter(|row| *row == pair).count(), count as usize);
            }
            for (place, pair) in crossed.places.iter().zip(rows) {
                assert_eq!(pairs[*place as usize], pair);
            }
        }
        let nulls = Column::from_texts([Some("a"), None, Some("b"), None]);
        let crossed = nulls.coded().cross(&Column::new(Values::Int(vec![1, 1, 1, 0])).coded());
        assert_eq!((&*crossed.places, crossed.levels), (&[0, 3, 1, 2][..], 4));
    }
}
