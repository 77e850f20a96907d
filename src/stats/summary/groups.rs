//! Means and deviations of many groups in one pass, whatever the order of their rows.
//!
//! The rows of a group need not stand side by side: each adds four integers to those of its group.

mod grids;

use super::moments::{are_near, arithmetic, geometric};
use super::{Checked, MeanError, Measure, Summary};
use crate::stats::double_double::DoubleDouble;
use crate::stats::simd::{self, Four};
use crate::stats::tally::Tally;
use grids::{Grids, write_terms};

/// What a mean and its error rest on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The number of values.
    pub n: u64,
    /// The mean to twice the digits of a double, from the exact sum.
    pub mean: DoubleDouble,
    /// The sum of squared deviations from the mean.
    pub squares: f64,
}

impl Moments {
    /// The mean of the values, or the geometric mean where they are logarithms; none where the values themselves are needed:
    /// for other measures, and where the logarithms are nearly alike or the error is beyond the sizes that can be squared.
    #[must_use]
    pub fn summary(&self, measure: Measure, level: f64) -> Option<Summary> {
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let checked = Checked::counted(self.n, level);
        let error = MeanError::of_squares(self.n, self.squares);
        let found = match measure {
            Measure::Mean => arithmetic(&checked, self.mean, error),
            Measure::GeometricMean => geometric(&checked, self.mean, error, 1.0),
            _ => return None,
        };
        let near = measure == Measure::GeometricMean && are_near(&found);
        (!near && found.is_in_range(measure)).then_some(found)
    }
}

/// Rows whose terms are made at once.
const BLOCK: usize = 128;
/// Rows that are summed before the sums are carried into longer ones: so many, or some for each group.
const SEGMENT: usize = 1 << 20;
/// As many rows a group, on average, make it cheaper to add up groups than to sort rows.
pub const ROWS_A_GROUP: usize = 8;
/// One row in so many may have digits too small for both units.
const RARE: usize = 64;

/// The terms of one block, in cache lines of their own.
#[repr(align(64))]
struct Terms([Four; BLOCK]);

/// The sums that the moments of groups are made of, as their rows pass by.
///
/// *Formula*: Σx, exact, over n; Σ(x − x̄)² = Σd² − (Σd)²/n of d = x − c, c amid all values.
/// Every x, and every d² to twice the digits of a double, is cut into multiples of two powers of two, which are added as the integers that they
/// are: in any order, without error. *Source*: the extraction of Rump, Ogita & Oishi 2008; Chan, Golub & LeVeque 1983 for the shift.
/// *Shapes*: one value and place a row. *Units*: those of the values, and their squares. *Errors*: none; what is left out is said where it is.
/// *Checked against*: exact rationals (tests below); the same groups' sums one by one.
pub struct MomentSums {
    grids: Grids,
    terms: Terms,
    sums: Vec<Four>,
    /// The sums of segments before.
    totals: Vec<[i128; 2]>,
    /// How many rows of the present segment each group has, where there are several segments.
    counted: Option<Tally>,
    /// The rows that a segment may have yet.
    room: usize,
    segment: usize,
    /// What the grids do not hold of some values, and their groups; so many of them at most.
    left: Vec<(u32, f64)>,
    most_left: usize,
}

impl MomentSums {
    /// Starts sums of some rows of values, all of them from `least` to `most`; none where these are too large, too small or the same.
    #[must_use]
    pub fn of(rows: usize, groups: usize, [least, most]: [f64; 2]) -> Option<Self> {
        let segment = SEGMENT.max(ROWS_A_GROUP * groups).min(rows);
        Some(Self {
            grids: Grids::of(segment, least, most)?,
            terms: Terms([Four::default(); BLOCK]),
            sums: vec![Four::default(); groups],
            totals: vec![[0; 2]; groups],
            counted: (segment < rows).then(|| Tally::of(groups)),
            room: segment,
            segment,
            left: Vec::new(),
            most_left: 1 + rows / RARE,
        })
    }

    /// Adds rows: the group and the value of each. Those of no group are left out.
    pub fn add(&mut self, places: &[u32], values: &[f64]) {
        for (places, values) in places.chunks(BLOCK).zip(values.chunks(BLOCK)) {
            if self.left.len() > self.most_left {
                return;
            }
            if places.len() > self.room {
                self.carry();
            }
            self.room = self.room.saturating_sub(places.len());
            if let Some(counted) = &mut self.counted {
                counted.add(places);
            }
            let terms = &mut self.terms.0;
            if simd::wide_or_fused(write_terms, (values, self.grids, &mut *terms)) != 0 {
                self.left.extend(self.grids.left_over(values, places));
            }
            simd::add_fours(&mut self.sums, places, terms);
        }
    }

    fn carry(&mut self) {
        let Some(counted) = &mut self.counted else { return };
        let groups = self.sums.len();
        let counts = std::mem::replace(counted, Tally::of(groups)).counts();
        self.grids.carry(&mut self.sums, &counts, &mut self.totals);
        self.room = self.segment;
    }

    /// The moments of the groups, which have so many rows.
    ///
    /// None where a value was not finite, and where more than a few have digits too small beside the largest. A group has none where it has
    /// no rows, and where its deviation is too small beside the spread of all values for its squares to keep their digits (2⁻¹³ of it, where
    /// eight rows a group are 2²⁰ at most; less of fewer rows).
    #[must_use]
    pub fn moments(mut self, counts: &[u32]) -> Option<Vec<Option<Moments>>> {
        if self.counted.is_some() {
            self.carry();
        } else {
            self.grids.carry(&mut self.sums, counts, &mut self.totals);
        }
        let Self { grids, totals, mut left, most_left, .. } = self;
        if left.len() > most_left || left.iter().any(|(_, rest)| !rest.is_finite()) {
            return None;
        }
        left.sort_unstable_by_key(|(place, _)| *place);
        let mut left = left.chunk_by(|one, other| one.0 == other.0).peekable();
        let moments = counts.iter().zip(totals).zip(0..).map(|((count, totals), place)| {
            let of_it = |rows: &&[(u32, f64)]| rows.first().is_some_and(|(of, _)| *of == place);
            grids.moments(*count, totals, left.next_if(of_it).unwrap_or_default())
        });
        Some(moments.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_rational::BigRational;
    use num_traits::ToPrimitive;
    use proptest::prelude::*;

    fn exact(value: f64) -> BigRational {
        BigRational::from_float(value).expect("a finite number")
    }

    /// The moments of rows of values and places, each place a group.
    fn of(rows: &[(f64, u32)], groups: usize) -> Option<Vec<Option<Moments>>> {
        let (values, places): (Vec<f64>, Vec<u32>) = rows.iter().copied().unzip();
        let mut counts = vec![0_u32; groups];
        for place in &places {
            if let Some(count) = counts.get_mut(*place as usize) {
                *count += 1;
            }
        }
        let mut sums = MomentSums::of(rows.len(), groups, crate::stats::whole::ends(&values)?)?;
        // In parts of any length.
        for (places, values) in places.chunks(700).zip(values.chunks(700)) {
            sums.add(places, values);
        }
        sums.moments(&counts)
    }

    /// Asserts that a group's moments are those of exact arithmetic, rounded.
    fn assert_exact(found: &Moments, values: &[f64]) {
        let n = exact(values.len() as f64);
        let sum: BigRational = values.iter().map(|value| exact(*value)).sum();
        let mean = &sum / &n;
        let away = values.iter().map(|value| exact(*value) - &mean);
        let squares: BigRational = away.map(|away| &away * &away).sum();
        let rounded = |of: &BigRational| of.to_f64().expect("a number");
        assert_eq!(found.n, values.len() as u64);
        let off = rounded(&(exact(found.mean.high) + exact(found.mean.low) - &mean)).abs();
        // Twice the digits; of a mean of nothing but what cancels, of the terms' size.
        let size = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        assert!(off <= 1e-31 * size, "{off} of {}", rounded(&mean));
        assert_eq!(found.mean.high, rounded(&mean));
        let squares = rounded(&squares);
        assert!((found.squares - squares).abs() <= 3e-16 * squares, "{} {squares}", found.squares);
    }

    #[test]
    fn groups_far_from_each_other_keep_their_digits() {
        // A group a hundred deviations from the centre, and one a thousand times as narrow.
        let wave = |row: u32| libm::sin(f64::from(row) * 1.7);
        let rows: Vec<(f64, u32)> = (0..30_000)
            .map(|row| match row % 3 {
                0 => (wave(row), 0),
                1 => (1000.0 + wave(row), 1),
                _ => (777.7 + 1e-3 * wave(row), 2),
            })
            .collect();
        let found = of(&rows, 3).expect("moments");
        for (place, group) in found.iter().enumerate() {
            let values: Vec<f64> = rows
                .iter()
                .filter(|(_, of)| *of as usize == place)
                .map(|(value, _)| *value)
                .collect();
            assert_exact(group.as_ref().expect("a group's"), &values);
        }
    }

    #[test]
    fn what_the_grids_do_not_hold_is_left_to_the_rows() {
        let many = |of: fn(u32) -> (f64, u32)| (0..5000).map(of).collect::<Vec<_>>();
        // All alike, beside a group that is not; one row; no row.
        let rows = many(|row| (if row % 2 == 0 { 7.3 } else { f64::from(row) }, row % 2));
        let found = of(&[rows.clone(), vec![(5.0, 2)]].concat(), 4).expect("moments");
        assert_eq!((found[0], found[3]), (None, None));
        assert!(found[1].is_some());
        let one = found[2].expect("a group of one row");
        assert_eq!((one.n, one.mean, one.squares), (1, DoubleDouble::from(5.0), 0.0));
        // Its deviation is too small beside the others' spread.
        let narrow = many(|row| {
            let value = f64::from(row);
            (if row % 2 == 0 { 1.0 + 1e-9 * value } else { value }, row % 2)
        });
        assert_eq!(of(&narrow, 2).expect("moments")[0], None);
        // So it is at the centre; ten times as wide it is not.
        for (wide, whole) in [(4e-4, false), (4e-3, true)] {
            let at_centre = many(|row| (f64::from(row) - 2500.0, 0));
            let narrow: Vec<(f64, u32)> =
                (0..500).map(|row| (wide * libm::sin(f64::from(row)), 1)).collect();
            let found = of(&[at_centre, narrow.clone()].concat(), 2).expect("moments")[1];
            assert_eq!(found.is_some(), whole, "{wide}");
            if let Some(moments) = found {
                assert_exact(&moments, &narrow.iter().map(|(value, _)| *value).collect::<Vec<_>>());
            }
        }
        for (value, whole) in [
            (1.0, true),
            (1e-3, true),
            // Digits too far below the largest, of one row.
            (1e-12, true),
            (1e-300, true),
            (f64::MIN_POSITIVE / 8.0, true),
            // Too large to be squared.
            (1e61, false),
            (f64::NAN, false),
            (f64::INFINITY, false),
        ] {
            let found = of(&[rows.clone(), vec![(value / 3.0, 0)]].concat(), 2);
            assert_eq!(found.is_some(), whole, "{value}");
        }
        assert_eq!(of(&[(2.5, 0), (2.5, 0)], 1), None);
        assert_eq!(of(&[(0.0, 0), (0.0, 0)], 1), None);
        assert_eq!(of(&[], 1), None);
        let empty = MomentSums::of(0, 1, [-1.0, 1.0]).expect("sums");
        assert_eq!(empty.moments(&[0]), Some(vec![None]));
        // A row of no group has no part in any.
        let apart = of(&[rows.clone(), vec![(1234.5, u32::MAX)]].concat(), 2).expect("moments");
        assert_eq!(apart[1], of(&rows, 2).expect("moments")[1]);
    }

    #[test]
    fn a_few_digits_far_below_the_largest_are_summed_apart() {
        let row = |row: u32| match row % 500 {
            7 => 1e-13 / f64::from(row),
            8 => -1e-200 / f64::from(row),
            _ => f64::from(row % 97) * 1.1,
        };
        let mut rows: Vec<(f64, u32)> = (0..20_000).map(|at| (row(at), at % 3 % 2)).collect();
        let found = of(&rows, 2).expect("moments");
        for (place, group) in (0..).zip(&found) {
            let in_it = rows.iter().filter(|(_, of)| *of == place);
            let values: Vec<f64> = in_it.map(|(value, _)| *value).collect();
            assert_exact(group.as_ref().expect("a group's"), &values);
        }
        rows.reverse();
        assert_eq!(of(&rows, 2), Some(found));
        // Where they are many, the rows are sorted.
        rows.iter_mut().step_by(2).for_each(|(value, _)| *value *= 1e-14);
        assert_eq!(of(&rows, 2), None);
    }

    #[test]
    fn sums_of_many_rows_are_carried() {
        // All of them near the largest: four segments at once would go beyond an integer.
        let value = |row: u32| 1023.5 - 0.5 * f64::from(row % 17);
        let rows = 9 * SEGMENT as u32 / 2;
        let found = of(&(0..rows).map(|row| (value(row), row % 10 / 9)).collect::<Vec<_>>(), 2);
        for (place, group) in (0..).zip(found.expect("moments")) {
            let group = group.expect("a group's");
            // Whole halves: their sums, and those of their squares, are exact in integers.
            let (mut n, mut sum, mut squares) = (0_i128, 0_i128, 0_i128);
            for row in (0..rows).filter(|row| row % 10 / 9 == place) {
                let twice = i128::from((2.0 * value(row)) as i64);
                (n, sum, squares) = (n + 1, sum + twice, squares + twice * twice);
            }
            assert_eq!(group.mean.high, sum as f64 / (2 * n) as f64);
            let squares = (n * squares - sum * sum) as f64 / (4 * n) as f64;
            assert!((group.squares - squares).abs() <= 3e-16 * squares);
        }
    }

    #[test]
    fn a_mean_and_its_error_are_those_of_the_rows() {
        let values: Vec<f64> = (1..6000).map(|row| libm::exp(libm::sin(f64::from(row)))).collect();
        let logarithms = crate::stats::math::ln_all(&values);
        for (measure, terms) in [(Measure::Mean, &values), (Measure::GeometricMean, &logarithms)] {
            let rows: Vec<(f64, u32)> = terms.iter().map(|value| (*value, 0)).collect();
            let moments = of(&rows, 1).expect("moments")[0].expect("a group's");
            let found = moments.summary(measure, 0.9).expect("a summary");
            let sample = super::super::Sample { level: 0.9, ..super::super::Sample::new(&values) };
            let rows = super::super::summarise(&sample, measure).expect("a summary");
            let near = |one: Option<f64>, other: Option<f64>| {
                let (one, other) = (one.expect("a number"), other.expect("a number"));
                assert!((one - other).abs() <= 4e-16 * other, "{one} {other}");
            };
            assert_eq!((found.value, found.rest, found.n), (rows.value, rows.rest, rows.n));
            assert_eq!((found.method, found.reference), (rows.method, rows.reference));
            near(found.standard_error, rows.standard_error);
            near(found.interval.map(|ends| ends.low), rows.interval.map(|ends| ends.low));
            near(found.interval.map(|ends| ends.high), rows.interval.map(|ends| ends.high));
            assert_eq!(moments.summary(measure, 1.5), None);
            assert_eq!(moments.summary(Measure::Median, 0.9), None);
        }
        // Logarithms that are nearly alike, and errors too small to have been squared.
        let alike = Moments { n: 100, mean: DoubleDouble::ONE, squares: 1e-12 };
        assert_eq!(alike.summary(Measure::GeometricMean, 0.95), None);
        assert!(alike.summary(Measure::Mean, 0.95).is_some());
        assert_eq!(Moments { squares: 1e-140, ..alike }.summary(Measure::Mean, 0.95), None);
    }

    proptest! {
            #[test]
            fn moments_are_exact_and_know_no_order(
                rows in prop::collection::vec((-1.0_f64..1.0, 0_u32..4), 2..600),
                centres in prop::array::uniform4(-20.0_f64..20.0), power in -60_i32..60, turn in 0_usize..600
            ) {
                let value = |(value, place): &(f64, u32)| {
                    (libm::scalbn(centres[*place as usize] + value, power), *place)
                };
                let mut rows: Vec<(f64, u32)> = rows.iter().map(value).collect();
                let Some(found) = of(&rows, 4) else { return Ok(()) };
                let all: Vec<f64> = rows.iter().map(|(value, _)| *value).collect();
                let ends = crate::stats::whole::ends(&all).expect("finite");
                for (place, group) in found.iter().enumerate() {
                    let in_it = rows.iter().filter(|(_, of)| *of as usize == place);
                    let values: Vec<f64> = in_it.map(|(value, _)| *value).collect();
                    if let Some(moments) = group {
                        assert_exact(moments, &values);
                    } else {
                        // Beside a spread of 40 a deviation of a millionth may be left out, no larger one.
    prop_assert!(values.is_empty() || ends[1] - ends[0] < libm::scalbn(1e-4, power));
                    }
                }
                let places = rows.len();
                rows.rotate_left(turn % places);
                rows.reverse();
                prop_assert_eq!(of(&rows, 4), Some(found));
            }
        }
}
