//! Numbers of twice the precision of a double: an unevaluated sum of two doubles, about 106 bits.
//!
//! *Source*: Dekker 1971; Knuth; the accurate variants of Hida, Li & Bailey 2001 (QD). No fused
//! multiply-add is used, so that machines with and without one give the same bits.

#![expect(clippy::inline_always, reason = "loops over them are compiled again for wide registers")]

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::simd::wide;

/// A number as the sum of two doubles, the second below half a unit in the last place of the first.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DoubleDouble {
    /// The nearest double.
    pub high: f64,
    /// What is left.
    pub low: f64,
}

impl DoubleDouble {
    /// Zero.
    pub const ZERO: Self = Self { high: 0.0, low: 0.0 };
    /// One.
    pub const ONE: Self = Self { high: 1.0, low: 0.0 };

    /// Returns the nearest double.
    #[must_use]
    pub fn value(self) -> f64 {
        self.high + self.low
    }

    /// Returns the square root; zero of a negative number.
    #[must_use]
    pub fn sqrt(self) -> Self {
        if self.high <= 0.0 {
            return Self::ZERO;
        }
        let root = self.high.sqrt();
        let rest = self - two_product(root, root);
        two_sum(root, rest.high / (2.0 * root))
    }

    /// Returns the size.
    #[must_use]
    pub fn abs(self) -> Self {
        if self.high < 0.0 { -self } else { self }
    }

    /// Multiplies by a power of two, exactly.
    #[must_use]
    pub fn scaled(self, power: f64) -> Self {
        Self { high: self.high * power, low: self.low * power }
    }

    /// Converts to fixed point, in units of 2 to the minus `fraction`; what is below them is cut off.
    #[must_use]
    pub fn to_fixed(self, fraction: i32) -> i128 {
        let unit = libm::scalbn(1.0, fraction);
        (self.high * unit) as i128 + (self.low * unit) as i128
    }

    /// Converts from fixed point, exactly up to 106 bits.
    #[must_use]
    pub fn from_fixed(sum: i128, fraction: i32) -> Self {
        Self::from_integer(sum).scaled(libm::scalbn(1.0, -fraction))
    }

    /// Converts an integer, exactly up to 106 bits.
    #[must_use]
    pub fn from_integer(value: i128) -> Self {
        let high = value as f64;
        Self { high, low: (value - high as i128) as f64 }
    }
}

/// Returns `a + b` without error.
#[must_use]
#[inline(always)]
pub fn two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    let shadow = high - a;
    DoubleDouble { high, low: (a - (high - shadow)) + (b - shadow) }
}

/// Returns `a · b` without error (for sizes between 1e-290 and 1e290).
#[must_use]
#[inline(always)]
pub fn two_product(a: f64, b: f64) -> DoubleDouble {
    let high = a * b;
    let (a1, a2) = halves(a);
    let (b1, b2) = halves(b);
    DoubleDouble { high, low: ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2 }
}

/// Returns the bits of [`two_product`], from one rounding of a product and a sum: fast only where the processor has that.
#[must_use]
#[inline(always)]
pub fn fused_product(a: f64, b: f64) -> DoubleDouble {
    let high = a * b;
    DoubleDouble { high, low: a.mul_add(b, -high) }
}

/// Splits a double into two of 26 bits (Veltkamp).
#[inline(always)]
#[must_use]
pub fn halves(a: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    let shadow = SPLITTER * a;
    let high = shadow - (shadow - a);
    (high, a - high)
}

/// Returns `a + b` without error, where `b` is the smaller.
#[inline(always)]
#[must_use]
pub fn renormalised(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    DoubleDouble { high, low: b - (high - a) }
}

impl From<f64> for DoubleDouble {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Neg for DoubleDouble {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Add for DoubleDouble {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let high = two_sum(self.high, other.high);
        let low = two_sum(self.low, other.low);
        let first = renormalised(high.high, high.low + low.high);
        renormalised(first.high, first.low + low.low)
    }
}

impl Sub for DoubleDouble {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl AddAssign for DoubleDouble {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for DoubleDouble {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Mul for DoubleDouble {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let product = two_product(self.high, other.high);
        renormalised(product.high, product.low + (self.high * other.low + self.low * other.high))
    }
}

impl Mul<f64> for DoubleDouble {
    type Output = Self;
    #[inline]
    fn mul(self, other: f64) -> Self {
        let product = two_product(self.high, other);
        renormalised(product.high, product.low + self.low * other)
    }
}

impl Div for DoubleDouble {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self - other * first;
        let second = rest.high / other.high;
        let rest = rest - other * second;
        let third = rest.high / other.high;
        let head = renormalised(first, second);
        head + Self::from(third)
    }
}

impl PartialOrd for DoubleDouble {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self.high.partial_cmp(&other.high) {
            Some(Ordering::Equal) => self.low.partial_cmp(&other.low),
            order => order,
        }
    }
}

/// Sums that a dot product keeps side by side, whatever the registers of the machine.
const LANES: usize = 8;

/// Returns the sum of the products of two vectors, as long as the shorter one.
#[must_use]
pub fn dot(x: &[DoubleDouble], y: &[DoubleDouble]) -> DoubleDouble {
    let both = x.len().min(y.len());
    let (x, y) = (&x[..both], &y[..both]);
    let whole = both - both % LANES;
    let mut sums = wide(lanes_of_products, (&x[..whole], &y[..whole]));
    for (slot, (x, y)) in sums.iter_mut().zip(x[whole..].iter().zip(&y[whole..])) {
        *slot += *x * *y;
    }
    sums.into_iter().fold(DoubleDouble::ZERO, |sum, lane| sum + lane)
}

#[inline(always)]
fn lanes_of_products((x, y): (&[DoubleDouble], &[DoubleDouble])) -> [DoubleDouble; LANES] {
    let (mut high, mut low) = ([0.0; LANES], [0.0; LANES]);
    for (x, y) in x.chunks_exact(LANES).zip(y.chunks_exact(LANES)) {
        for lane in 0..LANES {
            let sum = DoubleDouble { high: high[lane], low: low[lane] } + x[lane] * y[lane];
            (high[lane], low[lane]) = (sum.high, sum.low);
        }
    }
    std::array::from_fn(|lane| DoubleDouble { high: high[lane], low: low[lane] })
}

/// Takes a multiple of one vector away from another.
pub fn subtract_multiple(from: &mut [DoubleDouble], vector: &[DoubleDouble], factor: DoubleDouble) {
    wide(each_less_multiple, (from, vector, factor));
}

#[inline(always)]
fn each_less_multiple(
    (from, vector, factor): (&mut [DoubleDouble], &[DoubleDouble], DoubleDouble),
) {
    for (slot, value) in from.iter_mut().zip(vector) {
        *slot -= *value * factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_times_three_is_one_to_106_bits() {
        let third = DoubleDouble::ONE / DoubleDouble::from(3.0);
        let rest = third * 3.0 - DoubleDouble::ONE;
        assert!(rest.abs().value() < 1e-31);
    }

    #[test]
    fn dot_products_are_those_of_exact_sums() {
        let number = |k: u32| f64::from(k * 7919 % 104_729) / 1024.0 - 50.0;
        for length in [0, 1, 7, 8, 9, 100] {
            let pick = |k: u32| DoubleDouble { high: number(k), low: number(k + 1) * 1e-19 };
            let x: Vec<DoubleDouble> = (0..length).map(pick).collect();
            let y: Vec<DoubleDouble> = (0..length).map(|k| pick(3 * k + 1)).collect();
            let plain = x.iter().zip(&y).fold(DoubleDouble::ZERO, |sum, (x, y)| sum + *x * *y);
            assert!((dot(&x, &y) - plain).abs().value() < 1e-25, "{length}");
            let mut rest = y.clone();
            subtract_multiple(&mut rest, &x, DoubleDouble::from(0.3));
            for ((rest, x), y) in rest.iter().zip(&x).zip(&y) {
                assert_eq!(*rest, *y - *x * DoubleDouble::from(0.3));
            }
        }
    }

    #[test]
    fn both_ways_to_a_product_have_the_same_bits() {
        let number = |k: u32, power: i32| {
            libm::scalbn(f64::from(k.wrapping_mul(2_654_435_761)) * 1.1, power % 400)
        };
        for k in 0..4000 {
            let (a, b) = (number(k, k as i32 * 7 - 99), -number(k / 3 + 1, k as i32 * 11 - 77));
            assert_eq!(two_product(a, b), fused_product(a, b), "{a:e} {b:e}");
            assert_eq!(two_product(a, a), fused_product(a, a), "{a:e}");
        }
    }

    #[test]
    fn the_root_of_two_squared_is_two() {
        let root = DoubleDouble::from(2.0).sqrt();
        assert!((root * root - DoubleDouble::from(2.0)).abs().value() < 1e-31);
        assert_eq!(root.high, std::f64::consts::SQRT_2);
    }

    #[test]
    fn integers_convert_exactly() {
        let large = (1_i128 << 100) + 1;
        let number = DoubleDouble::from_integer(large);
        assert_eq!((number.high as i128) + (number.low as i128), large);
    }
}
