//! Whole-number arithmetic for the checks: `i128` where it fits, `BigInt` where it does not.
//!
//! Every kernel is written once over [`Whole`] and gives `None` where a number no longer fits; it is then
//! run again on big integers. Both give the same answer, which a property test holds.

use std::fmt::Display;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub, ToPrimitive};

use super::super::rounding::Rounding;
use crate::expression::{End, Interval, Rational};

/// A whole number whose arithmetic says so when it does not fit.
pub(super) trait Whole:
    Integer + Clone + CheckedAdd + CheckedSub + CheckedMul + From<u64> + From<i64> + Display
{
    /// Returns the number at any size.
    fn big(&self) -> BigInt;
}

impl Whole for i128 {
    fn big(&self) -> BigInt {
        BigInt::from(*self)
    }
}

impl Whole for BigInt {
    fn big(&self) -> BigInt {
        self.clone()
    }
}

/// All numbers that print the same, as two whole numbers over one denominator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds<W> {
    pub(super) low: W,
    /// Whether the lower end itself is inside.
    pub(super) low_inside: bool,
    pub(super) high: W,
    /// Whether the upper end itself is inside.
    pub(super) high_inside: bool,
    /// The denominator, above zero.
    pub(super) over: W,
}

impl<W: Whole> Bounds<W> {
    /// The least and the most whole number whose quotient by `times` is inside; where there is none
    /// the first is above the second.
    pub(super) fn whole(&self, times: &W) -> Option<(W, W)> {
        let low = self.low.checked_mul(times)?;
        let high = self.high.checked_mul(times)?;
        whole_between(&low, self.low_inside, &high, self.high_inside, &self.over)
    }

    /// The bounds after adding a whole number.
    pub(super) fn shifted(&self, by: &W) -> Option<Self> {
        let by = self.over.checked_mul(by)?;
        Some(Self {
            low: self.low.checked_add(&by)?,
            high: self.high.checked_add(&by)?,
            ..self.clone()
        })
    }

    /// The part that is not negative; `None` within where there is none.
    pub(super) fn not_negative(&self) -> Option<Self> {
        let zero = W::zero();
        if self.high < zero || (self.high == zero && !self.high_inside) {
            return None;
        }
        let mut part = self.clone();
        if part.low < zero {
            (part.low, part.low_inside) = (zero, true);
        }
        Some(part)
    }
}

/// The least and the most whole number between two numbers over one denominator.
pub(super) fn whole_between<W: Whole>(
    low: &W,
    low_inside: bool,
    high: &W,
    high_inside: bool,
    over: &W,
) -> Option<(W, W)> {
    let one = W::one();
    let least =
        if low_inside { low.div_ceil(over) } else { low.div_floor(over).checked_add(&one)? };
    let most =
        if high_inside { high.div_floor(over) } else { high.div_ceil(over).checked_sub(&one)? };
    Some((least, most))
}

impl Bounds<BigInt> {
    /// The bounds of an interval; `None` where it has no end.
    pub(super) fn of(interval: &Interval) -> Option<Self> {
        let (low, high) = (interval.low.value()?, interval.high.value()?);
        let over = low.denom().lcm(high.denom());
        let onto = |value: &Rational| value.numer() * (&over / value.denom());
        Some(Self {
            low: onto(low),
            low_inside: matches!(interval.low, End::Closed(_)),
            high: onto(high),
            high_inside: matches!(interval.high, End::Closed(_)),
            over,
        })
    }

    /// The same bounds in small numbers, where they fit.
    pub(super) fn small(&self) -> Option<Bounds<i128>> {
        Some(Bounds {
            low: self.low.to_i128()?,
            low_inside: self.low_inside,
            high: self.high.to_i128()?,
            high_inside: self.high_inside,
            over: self.over.to_i128()?,
        })
    }
}

impl Bounds<i128> {
    /// The same bounds in numbers of any size.
    pub(super) fn large(&self) -> Bounds<BigInt> {
        Bounds {
            low: self.low.into(),
            low_inside: self.low_inside,
            high: self.high.into(),
            high_inside: self.high_inside,
            over: self.over.into(),
        }
    }
}

/// A plain decimal such as `-5.19` or `67.4%`, read without big numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plain {
    /// Its digits as one whole number, not negative.
    digits: i128,
    negative: bool,
    /// Ten to the number of its decimals, times a hundred for a percentage.
    over: i128,
    percent: bool,
}

/// The most digits that are read here; longer ones go the long way.
const MOST_DIGITS: usize = 17;

impl Plain {
    /// Reads digits, at most one point and perhaps a percent sign; `None` for all that is more.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (percent, bytes) = match bytes.strip_suffix(b"%") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let (negative, bytes) = match bytes.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        if bytes.len() > MOST_DIGITS + 1 {
            return None;
        }
        let (mut digits, mut over, mut seen, mut point) = (0_i128, 1_i128, 0_usize, false);
        for byte in bytes {
            match byte {
                b'0'..=b'9' => {
                    digits = digits * 10 + i128::from(byte - b'0');
                    over *= if point { 10 } else { 1 };
                    seen += 1;
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        let over = if percent { over * 100 } else { over };
        (1..=MOST_DIGITS).contains(&seen).then_some(Self { digits, negative, over, percent })
    }

    /// The number as a percentage, where it does not already say so.
    pub(super) const fn in_percent(self) -> Self {
        if self.percent { self } else { Self { over: self.over * 100, percent: true, ..self } }
    }

    /// The whole number that it is, if it is one.
    pub(super) fn whole(self) -> Option<u64> {
        let whole = !self.negative && !self.percent && self.digits % self.over == 0;
        whole.then(|| u64::try_from(self.digits / self.over).ok()).flatten()
    }

    /// All numbers that print so: [`Digits::interval`](super::super::rounding::Digits::interval) in halves of
    /// the last digit.
    pub(super) fn bounds(self, mode: Rounding) -> Bounds<i128> {
        let twice = 2 * if self.negative { -self.digits } else { self.digits };
        let (zero, even) = (self.digits == 0, self.digits % 2 == 0);
        let (below, above, low_inside, high_inside) = match mode {
            Rounding::Unknown => (1, 1, true, true),
            Rounding::HalfUp if zero => (1, 1, false, false),
            Rounding::HalfUp => (1, 1, !self.negative, self.negative),
            Rounding::HalfDown if zero => (1, 1, true, true),
            Rounding::HalfDown => (1, 1, self.negative, !self.negative),
            Rounding::HalfEven => (1, 1, even, even),
            Rounding::Truncation if zero => (2, 2, false, false),
            Rounding::Truncation if self.negative => (2, 0, false, true),
            Rounding::Truncation | Rounding::Floor => (0, 2, true, false),
            Rounding::Ceiling => (2, 0, false, true),
        };
        Bounds {
            low: twice - below,
            low_inside,
            high: twice + above,
            high_inside,
            over: 2 * self.over,
        }
    }
}

/// Writes a quotient as a decimal of at most six places; `…` where it goes on.
pub(super) fn decimal<W: Whole>(number: &W, over: &W) -> String {
    let zero = W::zero();
    let (sign, number) =
        if *number < zero { ("-", zero.clone() - number.clone()) } else { ("", number.clone()) };
    let (whole, mut rest) = number.div_rem(over);
    let mut text = format!("{sign}{whole}");
    let ten = W::from(10_u64);
    for place in 0..6 {
        if rest.is_zero() {
            return text;
        }
        if place == 0 {
            text.push('.');
        }
        let Some(next) = rest.checked_mul(&ten) else { break };
        let (digit, left) = next.div_rem(over);
        text.push_str(&digit.to_string());
        rest = left;
    }
    if !rest.is_zero() {
        text.push('\u{2026}');
    }
    text
}

/// Writes an interval, `[` and `]` where its ends are inside, `(` and `)` where they are not.
pub(super) fn between<W: Whole>(
    low: &W,
    low_inside: bool,
    high: &W,
    high_inside: bool,
    over: &W,
) -> String {
    let open = if low_inside { '[' } else { '(' };
    let close = if high_inside { ']' } else { ')' };
    format!("{open}{}, {}{close}", decimal(low, over), decimal(high, over))
}
