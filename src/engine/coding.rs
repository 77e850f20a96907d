//! Columns coded by their distinct values, for factors, clusters and groups. No type of the engine here.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Codes, Column, Levels, Values};
use crate::stats::linear::Sorted;
use crate::stats::simd;
use crate::stats::tally::tally;
use crate::stats::whole::{NO_ENDS, ends_of, ordered};

/// A range of ints up to this many times the rows (and this many at least) is coded through a table.
pub(super) const DENSE: usize = 4;
pub(super) const DENSE_AT_LEAST: usize = 1 << 12;
/// Rows that are coded at once, and looked at again while they are near.
pub(super) const BLOCK: usize = 1024;
/// How a column of up to so many rows is coded and sorted is remembered.
const FEW: usize = 1 << 20;

/// The rows of a column by the place of their value among those that occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded<'a> {
    /// Each row's place; [`Coded::NULL`] where it is null.
    pub places: Cow<'a, [u32]>,
    /// How many values occur.
    pub levels: usize,
    /// Whether some row may be null.
    pub nulls: bool,
}

/// As [`Coded`], its places in bytes or words.
#[derive(Debug, Clone, PartialEq)]
pub struct Coding<'a> {
    /// As [`Coded::places`].
    pub places: Codes<'a>,
    /// As [`Coded::levels`].
    pub levels: usize,
    /// As [`Coded::nulls`].
    pub nulls: bool,
}

impl Coded<'_> {
    /// The place of a null.
    pub const NULL: u32 = u32::MAX;

    /// Returns the first row of each level.
    #[must_use]
    pub fn firsts(&self) -> Vec<usize> {
        let mut rows = vec![usize::MAX; self.levels];
        let mut left = self.levels;
        for (row, place) in self.places.iter().enumerate() {
            if left == 0 {
                break;
            }
            if let Some(first) = rows.get_mut(*place as usize).filter(|first| **first == usize::MAX)
            {
                *first = row;
                left -= 1;
            }
        }
        rows
    }

    /// Returns how many rows have each level.
    #[must_use]
    pub fn counts(&self) -> Vec<u32> {
        tally(&self.places, self.levels)
    }
}

impl Column {
    /// Codes the rows by their distinct values, of any type: each row's place (`None` where null) in
    /// the returned levels. Levels are those that occur, in the order of the values: numbers by
    /// size, false before true, text by its bytes.
    #[must_use]
    pub fn codes(&self) -> (Vec<Option<u32>>, Vec<String>) {
        let coded = self.coded();
        let levels = self.level_texts(&coded);
        let codes = coded.places.iter().map(|place| (*place != Coded::NULL).then_some(*place));
        (codes.collect(), levels)
    }

    /// Codes the rows as [`Self::codes`] does, without writing the levels out.
    #[must_use]
    pub fn coded(&self) -> Coded<'_> {
        match &self.values {
            Values::Int(values) | Values::Timestamp(values) => {
                self.once(|| self.code_ints(values, |value| value))
            }
            Values::Date(values) => self.once(|| self.code_ints(values, i64::from)),
            Values::Bool(values) => self.once(|| self.code_ints(values, i64::from)),
            // -0 and 0 are one.
            Values::Float(values) => {
                self.once(|| self.code_keys(values, |value| ordered(*value + 0.0)))
            }
            Values::Text { codes, levels } => self.code_texts(codes, levels),
        }
    }

    /// Codes the rows as [`Self::coded`] does; in bytes where the column has its codes so.
    #[must_use]
    pub fn coding(&self) -> Coding<'_> {
        if let Values::Text { codes, levels } = &self.values
            && self.is_complete(codes, levels)
        {
            return Coding { places: codes.borrowed(), levels: levels.len(), nulls: false };
        }
        let Coded { places, levels, nulls } = self.coded();
        Coding { places: Codes::Words(places), levels, nulls }
    }

    /// Codes the rows, or looks up how they were coded before; many rows are coded again for each that asks.
    fn once(&self, code: impl FnOnce() -> Coded<'static>) -> Coded<'_> {
        if self.len() > FEW {
            return code();
        }
        let Coded { places, levels, nulls } = self.known.coded.get_or_init(code);
        Coded { places: Cow::Borrowed(places), levels: *levels, nulls: *nulls }
    }

    /// Writes out the levels of [`Self::coded`], in their order.
    #[must_use]
    pub fn level_texts(&self, coded: &Coded<'_>) -> Vec<String> {
        let rows = coded.firsts();
        rows.into_iter().map(|row| self.text_at(row).unwrap_or_default().into_owned()).collect()
    }

    fn code_ints<T: Copy>(&self, values: &[T], whole: impl Fn(T) -> i64 + Copy) -> Coded<'static> {
        let valid = self.valid.as_deref();
        // Without nulls the lowest of the first rows is taken for the lowest of all, until that is known.
        let first = values.get(..BLOCK).unwrap_or(values);
        let (guess, (mut low, mut high)) = match valid {
            None => (ends_of((first, whole)).0, NO_ENDS),
            Some(valid) => {
                let kept = values.iter().zip(valid).filter(|(_, valid)| **valid);
                let known = kept
                    .map(|(value, _)| whole(*value))
                    .fold(NO_ENDS, |(low, high), value| (low.min(value), high.max(value)));
                (known.0, known)
            }
        };
        let mut places = Vec::with_capacity(values.len());
        for block in values.chunks(BLOCK) {
            if valid.is_none() {
                let found = simd::wide(ends_of, (block, whole));
                (low, high) = (low.min(found.0), high.max(found.1));
            }
            simd::wide(above, (block, whole, guess, &mut places));
        }
        let nulls = valid.is_some();
        if low > high {
            return Coded { places: vec![Coded::NULL; values.len()].into(), levels: 0, nulls };
        }
        let span = high.abs_diff(low);
        if span >= (values.len() * DENSE).max(DENSE_AT_LEAST) as u64 {
            return self.code_keys(values, |value| whole(*value));
        }
        if low != guess {
            let lower = guess.wrapping_sub(low) as u32;
            for place in &mut places {
                *place = lower.wrapping_add(*place);
            }
        }
        if let Some(valid) = valid {
            let nulls = places.iter_mut().zip(valid).filter(|(_, valid)| !**valid);
            nulls.for_each(|(place, _)| *place = Coded::NULL);
        }
        let present = present(&places, span as usize + 1, None);
        let levels = close_up(&mut places, &present);
        Coded { places: places.into(), levels, nulls }
    }

    fn code_keys<T>(&self, values: &[T], key: impl Fn(&T) -> i64) -> Coded<'static> {
        let rows = (0..values.len()).filter(|row| self.is_valid(*row));
        let mut keyed: Vec<(i64, u32)> =
            rows.filter_map(|row| Some((key(values.get(row)?), row as u32))).collect();
        keyed.sort_unstable();
        let mut places = vec![Coded::NULL; values.len()];
        let (mut levels, mut previous) = (0, None);
        for (key, row) in keyed {
            levels += usize::from(previous != Some(key));
            previous = Some(key);
            if let Some(slot) = places.get_mut(row as usize) {
                *slot = levels as u32 - 1;
            }
        }
        Coded { places: places.into(), levels, nulls: self.valid.is_some() }
    }

    /// Says how the rows are sorted by the places of [`Self::coded`], for columns that regressions share; none of many
    /// rows, for which it would take more memory than time.
    #[must_use]
    pub fn sorted(&self, coded: &Coded<'_>) -> Option<Arc<Sorted>> {
        let sorted = || Sorted::of(&coded.places, coded.levels).map(Arc::new);
        let few = self.len() <= FEW;
        few.then(|| self.known.sorted.get_or_init(sorted).clone()).flatten()
    }

    fn code_texts<'a>(&'a self, codes: &'a Codes<'_>, levels: &Levels) -> Coded<'a> {
        if !self.is_complete(codes, levels) {
            return self.once(|| self.rank_texts(codes, levels));
        }
        let (levels, nulls) = (levels.len(), false);
        match codes {
            Codes::Words(places) => Coded { places: Cow::Borrowed(places), levels, nulls },
            Codes::Bytes(_) => self.once(|| {
                let places = Cow::Owned(codes.words().into_owned());
                Coded { places, levels, nulls }
            }),
        }
    }

    /// Says whether the codes of texts are the places that [`Self::coded`] has.
    fn is_complete(&self, codes: &Codes<'_>, levels: &Levels) -> bool {
        let is_seen = || !self.present_texts(codes, levels).contains(&false);
        let complete = || self.valid.is_none() && levels.is_sorted() && is_seen();
        *self.known.complete.get_or_init(complete)
    }

    /// Says which texts some row has.
    fn present_texts(&self, codes: &Codes<'_>, levels: &Levels) -> Vec<bool> {
        let valid = self.valid.as_deref();
        match codes {
            Codes::Bytes(codes) => present(codes, levels.len(), valid),
            Codes::Words(codes) => present(codes, levels.len(), valid),
        }
    }

    /// Codes texts by the order of those that some row has.
    fn rank_texts(&self, codes: &Codes<'_>, levels: &Levels) -> Coded<'static> {
        let present = self.present_texts(codes, levels);
        let (ranks, count) =
            if levels.is_sorted() { ranked(&present) } else { sorted_ranks(levels, &present) };
        let place = |(row, code): (usize, u32)| {
            let place = ranks.get(code as usize).filter(|_| self.is_valid(row));
            place.copied().unwrap_or(Coded::NULL)
        };
        let places: Vec<u32> = codes.iter().enumerate().map(place).collect();
        Coded { places: places.into(), levels: count, nulls: self.valid.is_some() }
    }
}

/// Writes down how far each value is above the lowest.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn above<T: Copy>((values, whole, low, places): (&[T], impl Fn(T) -> i64, i64, &mut Vec<u32>)) {
    places.extend(values.iter().map(|value| whole(*value).wrapping_sub(low) as u32));
}

/// Says which of the codes below `span` some row has that is not null: looks at as many rows as it takes to see all.
fn present<T: Copy + Into<u32>>(codes: &[T], span: usize, valid: Option<&[bool]>) -> Vec<bool> {
    let mut present = vec![false; span];
    if let Some(valid) = valid {
        for (code, _) in codes.iter().zip(valid).filter(|(_, valid)| **valid) {
            mark(&mut present, (*code).into());
        }
        return present;
    }
    for part in codes.chunks(span.max(1 << 10)) {
        for code in part {
            mark(&mut present, (*code).into());
        }
        if !present.contains(&false) {
            break;
        }
    }
    present
}

fn mark(present: &mut [bool], code: u32) {
    if let Some(slot) = present.get_mut(code as usize) {
        *slot = true;
    }
}

/// Turns places among all values into those among the values present, which are counted.
pub(super) fn close_up(places: &mut [u32], present: &[bool]) -> usize {
    if !present.contains(&false) {
        return present.len();
    }
    let (ranks, levels) = ranked(present);
    for place in places {
        *place = ranks.get(*place as usize).copied().unwrap_or(Coded::NULL);
    }
    levels
}

/// The place of each value among those present, in the order in which they stand.
fn ranked(present: &[bool]) -> (Vec<u32>, usize) {
    let mut count = 0;
    let mut rank = |present: &bool| {
        let place = if *present { count } else { Coded::NULL };
        count += u32::from(*present);
        place
    };
    let ranks = present.iter().map(&mut rank).collect();
    (ranks, count as usize)
}

/// The place of each text among those present, in the order of their bytes.
fn sorted_ranks(levels: &Levels, present: &[bool]) -> (Vec<u32>, usize) {
    let mut order = levels.byte_order();
    order.retain(|code| present.get(*code as usize).copied().unwrap_or(false));
    (placed(&order, levels.len()), order.len())
}

/// The place of each code in an order of some.
pub(super) fn placed(order: &[u32], codes: usize) -> Vec<u32> {
    let mut places = vec![Coded::NULL; codes];
    for (place, code) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(*code as usize) {
            *slot = place as u32;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(column: &Column, places: &[u32], levels: &[&str]) {
        let coded = column.coded();
        assert_eq!((&*coded.places, coded.levels), (places, levels.len()));
        assert_eq!(column.level_texts(&coded), levels);
    }

    #[test]
    fn values_are_coded_in_their_order() {
        const NULL: u32 = Coded::NULL;
        let ints = Values::Int(vec![5, -3, 5, 9]);
        check(&Column::new(ints.clone()), &[1, 0, 1, 2], &["-3", "5", "9"]);
        check(
            &Column::with_nulls(ints, vec![true, false, true, true]),
            &[0, NULL, 0, 1],
            &["5", "9"],
        );
        let wide = Values::Int(vec![i64::MAX, i64::MIN, 0]);
        check(
            &Column::new(wide),
            &[2, 0, 1],
            &["-9223372036854775808", "0", "9223372036854775807"],
        );
        let floats = Values::Float(vec![0.5, -0.0, -2.5, 0.0]);
        check(&Column::new(floats), &[2, 1, 0, 1], &["-2.5", "0", "0.5"]);
        check(&Column::new(Values::Bool(vec![true, true])), &[0, 0], &["true"]);
        check(&Column::new(Values::Date(vec![1, 0])), &[1, 0], &["1970-01-01", "1970-01-02"]);
        let nothing = Column::with_nulls(Values::Int(vec![0, 0]), vec![false, false]);
        check(&nothing, &[NULL, NULL], &[]);
    }

    #[test]
    fn ints_are_coded_wherever_the_lowest_stands() {
        for (rows, place, odd) in
            [(3000, 2999, -70), (3000, 1024, 60), (1025, 0, -5), (2500, 2047, 9000)]
        {
            let mut ints: Vec<i64> = (0..rows).map(|row| 20 + row * 7 % 13).collect();
            ints[place] = odd;
            let mut sorted = ints.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let column = Column::new(Values::Int(ints.clone()));
            let coded = column.coded();
            let found: Vec<i64> =
                coded.places.iter().map(|place| sorted[*place as usize]).collect();
            assert_eq!((found, coded.levels), (ints, sorted.len()));
        }
    }

    #[test]
    fn texts_are_coded_by_their_bytes_whatever_the_order_of_levels() {
        let texts = ["longer than eight b", "longer than eight a", "é", "", "longer"];
        let column = Column::from_texts(texts.map(Some));
        let sorted = ["", "longer", "longer than eight a", "longer than eight b", "é"];
        check(&column, &[3, 2, 4, 0, 1], &sorted);
        let ordered = Column::new(column.values.clone().in_byte_order());
        check(&ordered, &[3, 2, 4, 0, 1], &sorted);
        assert!(matches!(ordered.coded().places, Cow::Borrowed(_)));
        assert_eq!(ordered.coded(), ordered.coded());
        let places = ordered.sorted(&ordered.coded());
        assert_eq!(places.as_deref(), Sorted::of(&[3, 2, 4, 0, 1], 5).as_ref());
        let some = ordered.take(&[0, 3]);
        check(&some, &[1, 0], &["", "longer than eight b"]);
        let nulls = Column::from_texts([Some("b"), None, Some("a")]);
        check(&nulls, &[1, Coded::NULL, 0], &["a", "b"]);
    }
}
