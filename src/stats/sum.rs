//! Exact sums: the same bits under any order of the terms, any grouping, any number of threads.
//!
//! A sum is kept as one long integer in units of the smallest double, so adding is integer
//! arithmetic: associative and without error. Only reading it rounds, once.

mod blocks;

use super::double_double::{DoubleDouble, two_product};
use blocks::{BLOCK, in_parts};

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
            let parts = in_parts(block);
            for term in parts.as_ref().map_or(block, |parts| parts) {
                self.add(*term);
            }
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
