//! Exact sums: the same bits under any order of the terms, any grouping, any number of threads.
//!
//! A sum is kept as one long integer in units of the smallest double, so adding is integer
//! arithmetic: associative and without error. Only reading it rounds, once.

use super::double_double::{DoubleDouble, two_product};
use wide::f64x2;

/// Bits in a limb.
const LIMB: u32 = 32;
/// Limbs: the 2046 + 53 bits of the doubles' range, and room for 2⁶⁰ of them.
const LIMBS: usize = 68;
const MASK: i64 = 0xffff_ffff;
/// Additions that fit before carries must be passed on.
const ROOM: u32 = 1 << 29;

/// An exact sum of doubles.
///
/// *Formula*: Σxᵢ, correctly rounded (to nearest, ties to even) when read.
/// *Source*: Kulisch 2002; the layout of Neal 2015, "Fast exact summation using small and large superaccumulators".
/// *Shapes*: any number of terms below 2⁶⁰. *Errors*: none; an infinite or undefined term makes the result infinite.
/// *Checked against*: Python's `math.fsum` and exact rationals.
#[derive(Debug, Clone)]
pub struct ExactSum {
    limbs: [i64; LIMBS],
    additions: u32,
    finite: bool,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self::new()
    }
}

impl ExactSum {
    /// Starts at zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { limbs: [0; LIMBS], additions: 0, finite: true }
    }

    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        let bits = term.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0x7ff {
            self.finite = false;
            return;
        }
        let (mantissa, position) =
            if exponent == 0 { (fraction, 0) } else { (fraction | (1 << 52), exponent as u32 - 1) };
        let limb = (position / LIMB) as usize;
        let shift = position % LIMB;
        let low = (mantissa & MASK as u64) << shift;
        let high = (mantissa >> LIMB) << shift;
        let parts = [
            (low & MASK as u64) as i64,
            ((low >> LIMB) + (high & MASK as u64)) as i64,
            (high >> LIMB) as i64,
        ];
        let negative = bits >> 63 == 1;
        for (slot, part) in self.limbs[limb..limb + 3].iter_mut().zip(parts) {
            *slot += if negative { -part } else { part };
        }
        self.additions += 1;
        if self.additions >= ROOM {
            self.carry();
        }
    }

    /// Adds terms, as [`Self::add`] does one by one, faster where their sizes are alike.
    pub fn extend(&mut self, terms: &[f64]) {
        for block in terms.chunks(BLOCK) {
            if let Some(parts) = in_two(block) {
                for part in parts {
                    self.add(part);
                }
            } else if let Some((total, position)) = aligned(block) {
                self.add_aligned(total, position);
            } else {
                for term in block {
                    self.add(*term);
                }
            }
        }
    }

    /// Adds a whole number of units of 2^(position − 1074).
    fn add_aligned(&mut self, total: i128, position: u32) {
        let (limb, shift) = ((position / LIMB) as usize, position % LIMB);
        let size = total.unsigned_abs();
        for (step, slots) in (limb..limb + 4).enumerate() {
            let part = ((size >> (LIMB * step as u32)) as u64 & MASK as u64) << shift;
            let (low, high) = ((part & MASK as u64) as i64, (part >> LIMB) as i64);
            let sign = if total < 0 { -1 } else { 1 };
            self.limbs[slots] += sign * low;
            if high != 0 {
                self.limbs[slots + 1] += sign * high;
            }
        }
        self.additions += 2;
        if self.additions >= ROOM {
            self.carry();
        }
    }

    /// Adds the exact product of two numbers (whose product must not overflow or fall below 1e-290).
    pub fn add_product(&mut self, a: f64, b: f64) {
        let product = two_product(a, b);
        self.add(product.high);
        if product.low != 0.0 {
            self.add(product.low);
        }
    }

    /// Adds both parts of a double-double.
    pub fn add_double(&mut self, term: DoubleDouble) {
        self.add(term.high);
        if term.low != 0.0 {
            self.add(term.low);
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        self.finite &= other.finite;
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (slot, part) in self.limbs.iter_mut().zip(other.limbs) {
            *slot += part;
        }
        self.additions += 2;
    }

    /// Passes carries on, so that every limb but the last is in 0 .. 2³².
    fn carry(&mut self) {
        let mut carry = 0;
        for slot in &mut self.limbs[..LIMBS - 1] {
            let value = *slot + carry;
            *slot = value & MASK;
            carry = value >> LIMB;
        }
        self.limbs[LIMBS - 1] += carry;
        self.additions = 0;
    }

    /// Returns the sum, correctly rounded; infinite where it, or a term, is too large for a double.
    #[must_use]
    pub fn value(&self) -> f64 {
        if !self.finite {
            return f64::INFINITY;
        }
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.limbs[LIMBS - 1] < 0;
        if negative {
            for slot in &mut sum.limbs {
                *slot = -*slot;
            }
            sum.carry();
        }
        let size = rounded(&sum.limbs);
        if negative { -size } else { size }
    }

    /// Returns the sum to twice the precision of a double.
    #[must_use]
    pub fn double_value(&self) -> DoubleDouble {
        let high = self.value();
        if !high.is_finite() {
            return DoubleDouble { high, low: 0.0 };
        }
        let mut rest = self.clone();
        rest.add(-high);
        DoubleDouble { high, low: rest.value() }
    }
}

/// Terms that are added at once.
const BLOCK: usize = 512;
/// Binary places between the largest and the smallest term of a block that fit beside a mantissa of
/// 53 bits and the 9 bits of a block in 127.
const SPREAD: u64 = 64;

/// Binary places between the largest and the smallest term of a block whose low parts sum without error: parts
/// below 2⁻⁴³ of the largest, 2⁹ of them, and 53 bits.
const NEAR: u64 = 35;

/// The sum of a block as two doubles; none where a term is not finite or the terms' sizes are too far apart.
///
/// *Formula*: every term is cut where 2⁹ of the high parts still sum without error, and so do the low ones.
/// *Source*: the error-free extraction of Rump, Ogita & Oishi 2008.
fn in_two(block: &[f64]) -> Option<[f64; 2]> {
    let (mut most, mut least) = ([f64x2::ZERO; 2], [f64x2::splat(f64::MAX); 2]);
    in_fours(block, |pairs| {
        for (pair, (most, least)) in pairs.iter().zip(most.iter_mut().zip(&mut least)) {
            let size = pair.abs();
            *most = most.fast_max(size);
            // A zero is of every size.
            *least = least.fast_min(size.simd_eq(f64x2::ZERO).select(f64x2::splat(f64::MAX), size));
        }
    });
    let exponent = |size: f64| (size.to_bits() >> 52).max(1);
    let [low, high] = most[0].fast_max(most[1]).to_array();
    let most = exponent(if low > high { low } else { high });
    let [low, high] = least[0].fast_min(least[1]).to_array();
    let least = exponent(if low < high { low } else { high });
    if most + 11 > 0x7fe || most > least + NEAR {
        return None;
    }
    // One and a half times 2¹⁰ of the largest term's power of two: adding it rounds to a grid 52 places below.
    let cut = f64x2::splat(f64::from_bits((most + 10) << 52 | 1 << 51));
    let mut sums = [[f64x2::ZERO; 2]; 2];
    in_fours(block, |pairs| {
        for (pair, [high, low]) in pairs.into_iter().zip(&mut sums) {
            let part = (pair + cut) - cut;
            *high += part;
            *low += pair - part;
        }
    });
    let sum = |part: usize| (sums[0][part] + sums[1][part]).reduce_add();
    Some([sum(0), sum(1)]).filter(|parts| parts.iter().all(|part| part.is_finite()))
}

/// Gives the terms of a block four at a time, with zeros behind the last.
#[expect(clippy::inline_always, reason = "every term passes here")]
#[inline(always)]
fn in_fours(block: &[f64], mut take: impl FnMut([f64x2; 2])) {
    let (fours, rest) = block.as_chunks::<4>();
    let mut pairs = |[a, b, c, d]: [f64; 4]| take([f64x2::new([a, b]), f64x2::new([c, d])]);
    for four in fours {
        pairs(*four);
    }
    let mut last = [0.0; 4];
    last.iter_mut().zip(rest).for_each(|(last, term)| *last = *term);
    pairs(last);
}

/// The sum of a block as a whole number, and the position of its unit; none where a term is not
/// finite or the terms' sizes are too far apart.
fn aligned(block: &[f64]) -> Option<(i128, u32)> {
    let exponent = |term: &f64| (term.to_bits() >> 52) & 0x7ff;
    let (mut least, mut most) = (0x7ff_u64, 0_u64);
    for term in block {
        // A zero is of every size.
        let exponent = exponent(term);
        least = least.min(if *term == 0.0 { 0x7fe } else { exponent.max(1) });
        most = most.max(exponent);
    }
    if most == 0x7ff || most > least + SPREAD {
        return None;
    }
    let mut total = 0_i128;
    for term in block {
        let bits = term.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = if exponent == 0 { fraction } else { fraction | (1 << 52) };
        let size = i128::from(mantissa) << exponent.max(1).saturating_sub(least);
        total += if bits >> 63 == 1 { -size } else { size };
    }
    Some((total, least as u32 - 1))
}

/// Rounds limbs in 0 .. 2³² (units of 2⁻¹⁰⁷⁴) to the nearest double, ties to even.
fn rounded(limbs: &[i64; LIMBS]) -> f64 {
    let Some(top) = limbs.iter().rposition(|limb| *limb != 0) else {
        return 0.0;
    };
    let base = top.saturating_sub(2);
    let window = limbs[base..=top]
        .iter()
        .rev()
        .fold(0_u128, |window, limb| (window << LIMB) | *limb as u128);
    let below = limbs[..base].iter().any(|limb| *limb != 0);
    let length = 128 - window.leading_zeros();
    let dropped = length.saturating_sub(53);
    let mut mantissa = (window >> dropped) as u64;
    if dropped > 0 {
        let rest = window & ((1 << dropped) - 1);
        let half = 1_u128 << (dropped - 1);
        let up = rest > half || (rest == half && (below || mantissa & 1 == 1));
        mantissa += u64::from(up);
    }
    let exponent = (base as i32) * LIMB as i32 + dropped as i32 - 1074;
    libm::scalbn(mantissa as f64, exponent)
}

/// Returns the exact sum of a slice, correctly rounded.
#[must_use]
pub fn sum(values: &[f64]) -> f64 {
    let mut total = ExactSum::new();
    total.extend(values);
    total.value()
}

/// Returns the exact dot product of two slices, correctly rounded.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut total = ExactSum::new();
    for (x, y) in a.iter().zip(b) {
        total.add_product(*x, *y);
    }
    total.value()
}

/// Returns the mean to twice the precision of a double; zero of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> DoubleDouble {
    if values.is_empty() {
        return DoubleDouble::ZERO;
    }
    let mut total = ExactSum::new();
    total.extend(values);
    total.double_value() / DoubleDouble::from(values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cancellation_leaves_the_small_term() {
        assert_eq!(sum(&[1e308, 1.0, -1e308]), 1.0);
        assert_eq!(sum(&[1e16, 1.0, 1.0, -1e16]), 2.0);
        assert_eq!(sum(&[5e-324, 5e-324]), 1e-323);
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[-0.1; 10]), -1.0);
        assert!(sum(&[f64::MAX, f64::MAX]).is_infinite());
    }

    #[test]
    fn a_term_that_is_not_finite_is_seen_in_any_place() {
        for place in 0..600 {
            for term in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut terms = vec![0.5; 600];
                terms[place] = term;
                assert!(sum(&terms).is_infinite(), "{term} in {place}");
            }
        }
    }

    #[test]
    fn full_blocks_of_the_widest_spread_sum_exactly() {
        // Low parts as large as they can be beside an odd number of odd units: as far apart as one cut allows, and further.
        let (long, odd) = (1.0 + 511.0 * f64::EPSILON, 1.0 + f64::EPSILON);
        for apart in 34..=37 {
            for top in [-1022, -1000, 0, 1011, 1012, 1013] {
                let (large, small) = (libm::scalbn(long, top), libm::scalbn(odd, top - apart));
                let mut terms = vec![large; 512];
                terms[100..301].fill(small);
                let mut one_by_one = ExactSum::new();
                for term in &terms {
                    one_by_one.add(*term);
                }
                let mut block = ExactSum::new();
                block.extend(&terms);
                block.carry();
                one_by_one.carry();
                assert_eq!(block.limbs, one_by_one.limbs, "{apart} {top}");
            }
        }
    }

    #[test]
    fn ties_go_to_even_and_the_tail_breaks_them() {
        let half = f64::EPSILON / 2.0;
        assert_eq!(sum(&[1.0, half]), 1.0);
        assert_eq!(sum(&[1.0, half, 1e-300]), 1.0 + f64::EPSILON);
        assert_eq!(sum(&[1.0 + f64::EPSILON, half]), 1.0 + 2.0 * f64::EPSILON);
    }

    #[test]
    fn products_are_exact() {
        let x = 1.0 + f64::EPSILON;
        assert_eq!(dot(&[x, 1.0], &[x, -1.0 - 2.0 * f64::EPSILON]), f64::EPSILON * f64::EPSILON);
    }

    proptest! {
        #[test]
        fn blocks_add_what_single_terms_add(
            values in prop::collection::vec((-1.0_f64..1.0, -8_i32..8), 0..1200), wide in 0_i32..9, deep in 0_i32..134
        ) {
            let mut terms: Vec<f64> = values.iter()
                .map(|(value, power)| libm::scalbn(*value, power * wide - 8 * deep)).collect();
            terms.extend([0.0, -0.0, f64::MIN_POSITIVE * 0.5]);
            let (mut one_by_one, mut block) = (ExactSum::new(), ExactSum::new());
            for term in &terms {
                one_by_one.add(*term);
            }
            block.extend(&terms);
            block.carry();
            one_by_one.carry();
            prop_assert_eq!(one_by_one.limbs, block.limbs);
            let largest = vec![f64::MAX; 600];
            block.extend(&largest);
            block.extend(&largest.iter().map(|term| -term).collect::<Vec<_>>());
            prop_assert_eq!(block.value().to_bits(), one_by_one.value().to_bits());
        }

        #[test]
        fn order_and_grouping_change_nothing(
            values in prop::collection::vec(-1e300_f64..1e300, 0..40), cut in 0_usize..40, seed in any::<u64>()
        ) {
            let mut mixed: Vec<f64> = values.iter().enumerate()
                .map(|(i, v)| v * libm::exp2(-f64::from((seed >> (i % 50)) as u8))).collect();
            let before = sum(&mixed);
            let cut = cut.min(mixed.len());
            let (mut left, mut right) = (ExactSum::new(), ExactSum::new());
            mixed[..cut].iter().for_each(|v| left.add(*v));
            mixed[cut..].iter().for_each(|v| right.add(*v));
            left.merge(&right);
            mixed.reverse();
            mixed.rotate_left(cut);
            prop_assert_eq!(before.to_bits(), sum(&mixed).to_bits());
            prop_assert_eq!(before.to_bits(), left.value().to_bits());
        }

        #[test]
        fn integers_sum_as_integers(values in prop::collection::vec(-(1_i64 << 50)..(1 << 50), 0..60)) {
            let exact: i128 = values.iter().map(|v| i128::from(*v)).sum();
            let floats: Vec<f64> = values.iter().map(|v| *v as f64).collect();
            prop_assert_eq!(sum(&floats), exact as f64);
        }
    }
}
