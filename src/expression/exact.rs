//! Exact numbers: decimals as rationals, and the ways in and out of binary floats.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An exact rational number.
pub type Rational = num_rational::BigRational;

/// The largest exponent that is read in `1e-5`.
const LARGEST_EXPONENT: u32 = 400;

/// Reads a decimal such as `-0.125` or `2.5e-3` exactly, or returns `None` where it is none.
#[must_use]
pub fn decimal(text: &str) -> Option<Rational> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !valid || exponent.unsigned_abs() > LARGEST_EXPONENT || part.len() > 400 {
        return None;
    }
    let number: BigInt = digits.parse().ok()?;
    let scale = exponent - i32::try_from(part.len()).ok()?;
    let value = Rational::from_integer(if negative { -number } else { number });
    Some(value * power_of_ten(scale))
}

/// Returns 10 to a whole power.
#[must_use]
pub fn power_of_ten(power: i32) -> Rational {
    let size = power.unsigned_abs();
    let whole = match 10_u64.checked_pow(size) {
        Some(small) => BigInt::from(small),
        None => num_traits::pow(BigInt::from(10), size as usize),
    };
    if power < 0 { Rational::new_raw(BigInt::one(), whole) } else { Rational::from_integer(whole) }
}

/// Returns the exact value of a finite float.
#[must_use]
pub fn rational_of(value: f64) -> Option<Rational> {
    Rational::from_float(value)
}

/// Returns the float nearest to a rational; the largest of its sign where it is out of range.
#[must_use]
pub fn nearest_float(value: &Rational) -> f64 {
    let float = value.to_f64().unwrap_or(f64::MAX);
    if float.is_finite() {
        float
    } else if value.is_negative() {
        f64::MIN
    } else {
        f64::MAX
    }
}

/// Writes a rational as an exact decimal where it has one, else as a fraction.
#[must_use]
pub fn show(value: &Rational) -> String {
    let mut rest = value.denom().clone();
    let mut places = [0_usize; 2];
    for (count, prime) in places.iter_mut().zip([2, 5]) {
        let prime = BigInt::from(prime);
        while rest.is_multiple_of(&prime) && *count <= 40 {
            rest /= &prime;
            *count += 1;
        }
    }
    let decimals = places[0].max(places[1]);
    if !rest.is_one() || decimals > 40 {
        return value.to_string();
    }
    let scaled = (value * power_of_ten(decimals as i32)).to_integer();
    if decimals == 0 {
        return scaled.to_string();
    }
    let digits = format!("{:0>width$}", scaled.abs().to_string(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let sign = if scaled.is_negative() && !scaled.is_zero() { "-" } else { "" };
    format!("{sign}{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_both_ways() {
        for text in ["0.1", "-0.125", "375687", "0.000001", "-12.5"] {
            assert_eq!(show(&decimal(text).expect("a decimal")), text);
        }
        assert_eq!(decimal("2.5e-3"), decimal("0.0025"));
        assert_eq!(show(&Rational::new(1.into(), 3.into())), "1/3");
        for text in ["", "-", "1.2.3", "1e999999999", "e5", "0x10", "1,000"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
