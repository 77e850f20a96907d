//! Transcendental functions, the same bits on every machine: the only door to them in this crate.
//!
//! `std` hands `exp`, `ln`, `powf` … to the platform's library, whose last digit differs between
//! machines. These are libm's, in Rust. Domain errors give what IEEE 754 says; callers check first.

use super::simd::wide;

/// Returns e to the power of `x`.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Returns e to the power of `x`, less one, exact near zero.
#[must_use]
pub fn expm1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Returns 2 to the power of `x`.
#[must_use]
pub fn exp2(x: f64) -> f64 {
    libm::exp2(x)
}

/// Returns the natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Returns the natural logarithms of many numbers: the bits of [`ln`], several times faster.
#[must_use]
pub fn ln_all(values: &[f64]) -> Vec<f64> {
    let mut logarithms = vec![0.0; values.len()];
    write_ln(values, &mut logarithms);
    logarithms
}

/// Writes down the natural logarithms of numbers, as [`ln_all`].
pub fn write_ln(values: &[f64], logarithms: &mut [f64]) {
    write_ln_of(values, |value| value, logarithms);
}

/// Writes down the natural logarithms of ints, as [`write_ln`]; NaN for those that are not from 0 to below 2⁵¹.
pub fn write_ln_of_ints(values: &[i64], logarithms: &mut [f64]) {
    /// 2⁵²: an int written into its last places is added to it.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let number = |int: i64| {
        let number = f64::from_bits(WHOLE.to_bits() | int as u64) - WHOLE;
        if int as u64 >> 51 == 0 { number } else { f64::NAN }
    };
    write_ln_of(values, number, logarithms);
}

fn write_ln_of<T: Copy>(values: &[T], number: impl Fn(T) -> f64 + Copy, logarithms: &mut [f64]) {
    for (values, logarithms) in values.chunks(BLOCK).zip(logarithms.chunks_mut(BLOCK)) {
        if !wide(logarithms_of_normals, (values, number, &mut *logarithms)) {
            let pairs = values.iter().zip(logarithms);
            pairs.for_each(|(value, logarithm)| *logarithm = ln(number(*value)));
        }
    }
}

/// Numbers whose logarithms are taken at once.
const BLOCK: usize = 512;

/// Writes down the logarithms of numbers that are positive, normal and finite; says whether all are.
///
/// *Formula*: x = 2ᵏ(1 + f) with 1 + f between √½ and √2; ln x = k ln 2 + f − f²/2 + s(f²/2 + R(s²)), s = f/(2 + f).
/// *Source*: Sun's fdlibm, whose constants and order of operations libm has, too; here without a branch.
/// *Checked against*: [`ln`], bit by bit.
#[inline(always)]
fn logarithms_of_normals<T: Copy>(
    (values, number, logarithms): (&[T], impl Fn(T) -> f64, &mut [f64]),
) -> bool {
    const LEAST: u64 = f64::MIN_POSITIVE.to_bits();
    const INFINITE: u64 = f64::INFINITY.to_bits();
    /// The upper half of √½.
    const ROOT: u64 = 0x3fe6_a09e << 32;
    const ONE: u64 = 1.0_f64.to_bits();
    const FRACTION: u64 = (1 << 52) - 1;
    /// 2⁵²: doubles from here on are whole, so that a whole number can be written into the last places.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const R: [f64; 7] = [
        f64::from_bits(0x3fe5_5555_5555_5593),
        f64::from_bits(0x3fd9_9999_9997_fa04),
        f64::from_bits(0x3fd2_4924_9422_9359),
        f64::from_bits(0x3fcc_71c5_1d8e_78af),
        f64::from_bits(0x3fc7_4664_96cb_03de),
        f64::from_bits(0x3fc3_9a09_d078_c69f),
        f64::from_bits(0x3fc2_f112_df3e_5244),
    ];
    let mut others = 0;
    for (value, logarithm) in values.iter().zip(logarithms) {
        let bits = number(*value).to_bits();
        // The first bit of a difference below zero: the number is too small, or too large, or negative.
        others |= bits | bits.wrapping_sub(LEAST) | (INFINITE - 1).wrapping_sub(bits);
        let moved = bits.wrapping_add(ONE - ROOT);
        let k = f64::from_bits((moved >> 52) | WHOLE.to_bits()) - (WHOLE + 1023.0);
        let f = f64::from_bits((moved & FRACTION).wrapping_add(ROOT)) - 1.0;
        let half_square = 0.5 * f * f;
        let s = f / (2.0 + f);
        let z = s * s;
        let w = z * z;
        let even = w * (R[1] + w * (R[3] + w * R[5]));
        let odd = z * (R[0] + w * (R[2] + w * (R[4] + w * R[6])));
        let rest = s * (half_square + (odd + even)) + k * LN2_LOW - half_square;
        *logarithm = rest + f + k * LN2_HIGH;
    }
    others >> 63 == 0
}

/// Returns the natural logarithm of `1 + x`, exact near zero.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Returns the logarithm to base 2.
#[must_use]
pub fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// Returns the logarithm to base 10.
#[must_use]
pub fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// Returns `x` to the power of `y`.
#[must_use]
pub fn powf(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Returns `x` to an integer power, by repeated squaring.
#[must_use]
pub fn powi(x: f64, n: i32) -> f64 {
    let mut result = 1.0;
    let mut base = x;
    let mut left = n.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            result *= base;
        }
        base *= base;
        left >>= 1;
    }
    if n < 0 { 1.0 / result } else { result }
}

/// Returns the square root (correctly rounded everywhere).
#[must_use]
pub fn sqrt(x: f64) -> f64 {
    x.sqrt()
}

/// Returns the cube root.
#[must_use]
pub fn cbrt(x: f64) -> f64 {
    libm::cbrt(x)
}

/// Returns the sine.
#[must_use]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Returns the cosine.
#[must_use]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Returns the tangent.
#[must_use]
pub fn tan(x: f64) -> f64 {
    libm::tan(x)
}

/// Returns the arc tangent.
#[must_use]
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// Returns the angle of the point (`x`, `y`).
#[must_use]
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Returns the arc sine.
#[must_use]
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Returns the arc cosine.
#[must_use]
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Returns the hyperbolic sine.
#[must_use]
pub fn sinh(x: f64) -> f64 {
    libm::sinh(x)
}

/// Returns the hyperbolic cosine.
#[must_use]
pub fn cosh(x: f64) -> f64 {
    libm::cosh(x)
}

/// Returns the hyperbolic tangent.
#[must_use]
pub fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// Returns the inverse hyperbolic sine.
#[must_use]
pub fn asinh(x: f64) -> f64 {
    libm::asinh(x)
}

/// Returns the inverse hyperbolic cosine.
#[must_use]
pub fn acosh(x: f64) -> f64 {
    libm::acosh(x)
}

/// Returns the inverse hyperbolic tangent (Fisher's z of a correlation).
#[must_use]
pub fn atanh(x: f64) -> f64 {
    libm::atanh(x)
}

/// Returns the natural logarithm of the gamma function, for `x > 0`.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Returns the complementary error function.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn the_same(values: &[f64]) {
        for (value, logarithm) in values.iter().zip(ln_all(values)) {
            assert_eq!(logarithm.to_bits(), ln(*value).to_bits(), "{value:e}");
        }
    }

    #[test]
    fn logarithms_of_many_are_those_of_each() {
        let one = 1.0_f64.to_bits();
        let near = |of: u64| (0..600).map(move |step| f64::from_bits(of - 300 + step));
        let powers = (-1022..1024).map(|power| libm::scalbn(1.0, power));
        let root = std::f64::consts::FRAC_1_SQRT_2.to_bits();
        for values in [near(one).collect::<Vec<_>>(), near(root).collect(), powers.collect()] {
            the_same(&values);
        }
        for value in [0.0, -0.0, -1.0, 5e-324, 1e-310, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            for place in [0, 3, 511, 512, 599] {
                let mut values = vec![2.5; 600];
                values[place] = value;
                the_same(&values);
            }
        }
        the_same(&[f64::MIN_POSITIVE, f64::MAX]);
        the_same(&[]);
    }

    #[test]
    fn logarithms_of_ints_are_those_of_their_numbers() {
        for odd in [0, 1, 2, 1 << 20, (1 << 51) - 1, 1 << 51, (1 << 53) + 1, -1, i64::MIN, i64::MAX]
        {
            for place in [0, 7, 512, 599] {
                let mut ints: Vec<i64> = (1..=600).collect();
                ints[place] = odd;
                let mut logarithms = vec![0.0; 600];
                write_ln_of_ints(&ints, &mut logarithms);
                for (int, logarithm) in ints.into_iter().zip(logarithms) {
                    if (0..1 << 51).contains(&int) {
                        assert_eq!(logarithm.to_bits(), ln(int as f64).to_bits(), "{int}");
                    } else {
                        assert!(logarithm.is_nan(), "{int}");
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn logarithms_of_any_numbers_are_those_of_each(
            bits in prop::collection::vec(any::<u64>(), 0..600), positive in any::<bool>()
        ) {
            let mask = if positive { u64::MAX >> 2 } else { u64::MAX };
            let values: Vec<f64> = bits.iter().map(|bits| f64::from_bits(bits & mask)).collect();
            the_same(&values);
        }
    }
}
