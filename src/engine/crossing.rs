//! Codings of the same rows crossed: the pairs of values that occur. No type of the engine here.

use super::coding::{BLOCK, Coded, DENSE, DENSE_AT_LEAST, close_up};
use crate::stats::simd;
use crate::stats::whole::Tally;

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

/// Places of a column, and the one behind all others, which a null has.
type Places<'a> = (&'a [u32], u32);

/// Writes down the pair of two places of each row.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn pairs_of(
    ((left, own), (right, last), wide, pairs): (Places<'_>, Places<'_>, u32, &mut Vec<u32>),
) {
    let pair = |(left, right): (&u32, &u32)| {
        (*left).min(own).wrapping_mul(wide).wrapping_add((*right).min(last))
    };
    pairs.extend(left.iter().zip(right).map(pair));
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Values};

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
