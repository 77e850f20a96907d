//! Terms cut into multiples of two powers of two, which are added as the integers that they are.

use super::Moments;
use crate::stats::double_double::{DoubleDouble, fused_product, renormalised, two_product};
use crate::stats::simd::Four;
use crate::stats::sum::ExactSum;

/// Rows of a segment beyond which the grids would be too coarse: 2 to this.
const MOST_ROOM: i32 = 30;
/// The sizes whose squares, and the grids below them, are normal numbers.
const SIZES: std::ops::Range<f64> = 1e-60..1e60;

/// Two powers of two that terms are cut into multiples of.
#[derive(Clone, Copy)]
struct Cuts {
    /// One and a half times 2⁵² of each unit: added to a term, it leaves a multiple of the unit in the last places.
    shifts: [f64; 2],
    /// The binary places between both units.
    apart: i32,
    /// The second unit.
    unit: f64,
}

impl Cuts {
    /// Cuts of terms below 2 to the `above`, so that the multiples of 2 to the `room` of them sum to less than 2⁶³.
    fn of(above: i32, room: i32) -> Self {
        let step = 1.max(room - 10);
        let first = above + step;
        // What the first cut leaves over is at most half its unit.
        let second = first - 52 + step;
        Self {
            shifts: [first, second].map(|exponent| libm::scalbn(1.5, exponent)),
            apart: first - second,
            unit: libm::scalbn(1.0, second - 52),
        }
    }

    /// The sum of `count` terms in the second unit, from the sums of what the cuts left.
    fn total(&self, sums: [u64; 2], count: u32) -> i128 {
        let whole = |sum: u64, cut: f64| {
            i128::from(sum.wrapping_sub(cut.to_bits().wrapping_mul(u64::from(count))) as i64)
        };
        let ([first, second], [high, low]) = (self.shifts, sums);
        (whole(high, first) << self.apart) + whole(low, second)
    }
}

/// How values and the squares of their distances from the centre are cut.
#[derive(Clone, Copy)]
pub(super) struct Grids {
    /// A whole multiple of the first unit of values.
    centre: f64,
    values: Cuts,
    squares: Cuts,
}

impl Grids {
    /// Grids for some rows of values from `least` to `most`.
    pub(super) fn of(rows: usize, least: f64, most: f64) -> Option<Self> {
        let room = (usize::BITS - rows.leading_zeros()) as i32;
        let largest = least.abs().max(most.abs());
        if room > MOST_ROOM || !SIZES.contains(&largest) {
            return None;
        }
        let values = Cuts::of(libm::ilogb(largest) + 1, room);
        let [first, _] = values.shifts;
        let centre = (0.5 * least + 0.5 * most + first) - first;
        let farthest = (most - centre).max(centre - least);
        if !SIZES.contains(&farthest) {
            return None;
        }
        let squares = Cuts::of(2 * (libm::ilogb(farthest) + 1), room);
        Some(Self { centre, values, squares })
    }

    /// What both cuts leave over of values, where it is not zero, and their groups.
    pub(super) fn left_over(
        &self,
        values: &[f64],
        places: &[u32],
    ) -> impl Iterator<Item = (u32, f64)> {
        let rest = |value: &f64| {
            self.values.shifts.iter().fold(*value, |left, shift| left - ((left + shift) - shift))
        };
        places
            .iter()
            .zip(values)
            .map(move |(place, value)| (*place, rest(value)))
            .filter(|(_, rest)| *rest != 0.0)
    }

    /// Moves the sums of a segment, in which the groups have so many rows, into the totals of values and squares.
    pub(super) fn carry(&self, sums: &mut [Four], counts: &[u32], totals: &mut [[i128; 2]]) {
        for ((sums, count), [values, squares]) in sums.iter_mut().zip(counts).zip(totals) {
            let Four([first, second, third, fourth]) = std::mem::take(sums);
            *values += self.values.total([first, second], *count);
            *squares += self.squares.total([third, fourth], *count);
        }
    }

    /// The moments of a group, from the sums of its values and squares, and from what was left over of values.
    pub(super) fn moments(
        &self,
        count: u32,
        [sum, squares]: [i128; 2],
        left: &[(u32, f64)],
    ) -> Option<Moments> {
        if count == 0 {
            return None;
        }
        let n = DoubleDouble::from(f64::from(count));
        let exact = |sum: i128| {
            let sum = DoubleDouble::from_integer(sum).scaled(self.values.unit);
            if left.is_empty() { sum } else { with_left(sum, left) }
        };
        let moments = Moments { n: u64::from(count), mean: exact(sum) / n, squares: 0.0 };
        if count == 1 {
            return Some(moments);
        }
        let centre = (self.centre / self.values.unit) as i128;
        let from_centre = exact(sum - centre * i128::from(count));
        let all = DoubleDouble::from_integer(squares).scaled(self.squares.unit);
        let squares = (all - from_centre * from_centre / n).value();
        // What the second cut left over, half a unit a row, is less than a quarter of the last place; what rounding in twice the
        // digits leaves is less than that.
        let fine = squares > self.squares.unit * f64::from(count) * 9e15;
        fine.then_some(Moments { squares, ..moments })
    }
}

/// A sum, exact, with what was left over of some of its terms.
fn with_left(sum: DoubleDouble, left: &[(u32, f64)]) -> DoubleDouble {
    let mut total = ExactSum::new();
    total.add_double(sum);
    for (_, rest) in left {
        total.add(*rest);
    }
    total.double_value()
}

/// Writes down what the cuts leave of each value, and of the square of its distance from the centre; returns the bits of what is left
/// over of a value. `fused` where a product and a sum are rounded at once: the bits are the same.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
pub(super) fn write_terms(
    (values, grids, terms): (&[f64], Grids, &mut [Four]),
    fused: bool,
) -> u64 {
    let Grids { centre, values: Cuts { shifts: x, .. }, squares: Cuts { shifts: s, .. } } = grids;
    let mut lost = 0;
    for (value, terms) in values.iter().zip(terms) {
        let first = value + x[0];
        let high = first - x[0];
        let low = value - high;
        let second = low + x[1];
        // A zero may have a sign.
        lost |= (low - (second - x[1])).to_bits() << 1;
        // Both are multiples of the first unit: their difference is exact.
        let distance = renormalised(high - centre, low);
        let square = if fused {
            fused_product(distance.high, distance.high)
        } else {
            two_product(distance.high, distance.high)
        };
        let rest = square.low + 2.0 * distance.high * distance.low;
        let third = square.high + s[0];
        let fourth = (square.high - (third - s[0])) + rest + s[1];
        terms.0 = [first, second, third, fourth].map(f64::to_bits);
    }
    lost
}
