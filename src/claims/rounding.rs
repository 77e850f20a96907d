//! What a printed number's digits allow: the interval of all numbers that print so.
//!
//! Goldberg (1991); Nuijten et al. (2016). Exact rationals throughout: digits are evidence.

use std::fmt;
use std::str::FromStr;

use num_integer::Integer;
use num_traits::{Signed, Zero};

use crate::expression::{End, Interval, Rational};

/// How a study turns numbers into digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rounding {
    /// To the nearest; a half away from zero.
    HalfUp,
    /// To the nearest; a half to the even digit.
    HalfEven,
    /// To the nearest; a half towards zero.
    HalfDown,
    /// Towards zero.
    Truncation,
    /// Down.
    Floor,
    /// Up.
    Ceiling,
    /// To the nearest, the rule for halves not known: both ends are allowed.
    Unknown,
}

impl Rounding {
    /// Every mode.
    pub const ALL: [Self; 7] = [
        Self::HalfUp,
        Self::HalfEven,
        Self::HalfDown,
        Self::Truncation,
        Self::Floor,
        Self::Ceiling,
        Self::Unknown,
    ];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half-even",
            Self::HalfDown => "half-down",
            Self::Truncation => "truncation",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A word that names no rounding mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rounding mode")]
pub struct NotARounding(pub String);

impl FromStr for Rounding {
    type Err = NotARounding;

    fn from_str(word: &str) -> Result<Self, NotARounding> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.word() == word)
            .ok_or_else(|| NotARounding(word.to_owned()))
    }
}

/// A decimal as printed: its value and the worth of its last digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// The value as printed.
    pub value: Rational,
    /// The worth of one step of the last printed digit.
    pub unit: Rational,
    /// Whether a minus sign is printed: `-0.0` came from below zero.
    pub negative: bool,
}

impl Digits {
    /// Returns every number that prints so under a rounding mode.
    #[must_use]
    pub fn interval(&self, mode: Rounding) -> Interval {
        let half = &self.unit / Rational::from_integer(2.into());
        let nearest = |below: bool, above: bool| self.around(&half, below, above);
        let zero = self.value.is_zero();
        match mode {
            Rounding::Unknown => nearest(true, true),
            Rounding::HalfUp if zero => nearest(false, false),
            Rounding::HalfUp => nearest(!self.negative, self.negative),
            Rounding::HalfDown if zero => nearest(true, true),
            Rounding::HalfDown => nearest(self.negative, !self.negative),
            Rounding::HalfEven => {
                let steps = (&self.value / &self.unit).to_integer();
                nearest(steps.is_even(), steps.is_even())
            }
            Rounding::Truncation if zero => self.around(&self.unit, false, false),
            Rounding::Truncation if self.negative => self.side(&-&self.unit),
            Rounding::Truncation | Rounding::Floor => self.side(&self.unit),
            Rounding::Ceiling => self.side(&-&self.unit),
        }
    }

    fn around(&self, reach: &Rational, below: bool, above: bool) -> Interval {
        let end = |value: Rational, closed: bool| {
            if closed { End::Closed(value) } else { End::Open(value) }
        };
        Interval { low: end(&self.value - reach, below), high: end(&self.value + reach, above) }
    }

    /// From the value (inside) to one step away (outside).
    fn side(&self, step: &Rational) -> Interval {
        let (inner, outer) = (End::Closed(self.value.clone()), End::Open(&self.value + step));
        if step.is_negative() {
            Interval { low: outer, high: inner }
        } else {
            Interval { low: inner, high: outer }
        }
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::super::printed::{Notation, amount_as};
    use super::*;

    fn digits(text: &str) -> Option<Digits> {
        amount_as(text, &Notation::default()).ok().map(|amount| amount.digits)
    }

    fn interval(text: &str, mode: Rounding) -> String {
        digits(text).expect("digits").interval(mode).to_string()
    }

    /// Goldberg (1991) for halves to even; the rest by counting which decimals round to what is printed.
    #[test]
    fn the_known_answers_come_out() {
        assert_eq!(interval("0.05", Rounding::HalfUp), "[0.045, 0.055)");
        assert_eq!(interval("0.12", Rounding::HalfEven), "[0.115, 0.125]");
        assert_eq!(interval("0.13", Rounding::HalfEven), "(0.125, 0.135)");
        assert_eq!(interval("-0.5", Rounding::HalfUp), "(-0.55, -0.45]");
        assert_eq!(interval("-0.5", Rounding::HalfDown), "[-0.55, -0.45)");
        assert_eq!(interval("12.0", Rounding::Unknown), "[11.95, 12.05]");
        assert_eq!(interval("12", Rounding::Unknown), "[11.5, 12.5]");
        assert_eq!(interval("0.0", Rounding::Truncation), "(-0.1, 0.1)");
        assert_eq!(interval("-1.2", Rounding::Truncation), "(-1.3, -1.2]");
        assert_eq!(interval("-1.2", Rounding::Floor), "[-1.2, -1.1)");
        assert_eq!(interval("1.2", Rounding::Ceiling), "(1.1, 1.2]");
        assert_eq!(interval("1e-05", Rounding::Unknown), "[0.000005, 0.000015]");
    }

    /// What a mode prints for a value in units of the last digit, by the mode's own definition.
    fn printed(value: &Rational, mode: Rounding) -> BigInt {
        let (floor, half) = (value.floor(), Rational::new(1.into(), 2.into()));
        let over = value - &floor;
        let up = || value.ceil().to_integer();
        let down = || floor.to_integer();
        let tie = over == half;
        let nearest = |tie_goes_up: bool| {
            if over > half || (tie && tie_goes_up) { up() } else { down() }
        };
        match mode {
            Rounding::HalfUp | Rounding::Unknown => nearest(!value.is_negative()),
            Rounding::HalfDown => nearest(value.is_negative()),
            Rounding::HalfEven => nearest(down().is_odd()),
            Rounding::Truncation => value.trunc().to_integer(),
            Rounding::Floor => down(),
            Rounding::Ceiling => up(),
        }
    }

    /// Every mode against brute force: of all hundredths between -3.5 and 3.5 exactly those are in the
    /// interval of a printed whole number that the mode turns into it. Sign, zero and even digits too.
    #[test]
    fn every_mode_is_what_it_does_to_rationals() {
        for mode in Rounding::ALL.into_iter().filter(|mode| *mode != Rounding::Unknown) {
            for whole in -3..=3_i64 {
                let interval = digits(&whole.to_string()).expect("digits").interval(mode);
                for hundredth in -350..=350_i64 {
                    let value = Rational::new(hundredth.into(), 100.into());
                    let inside = interval.contains(&value);
                    let prints = printed(&value, mode) == whole.into();
                    assert_eq!(inside, prints, "{mode}: {value} printed as {whole}");
                    if prints {
                        let unknown =
                            digits(&whole.to_string()).expect("digits").interval(Rounding::Unknown);
                        let nearest = matches!(
                            mode,
                            Rounding::HalfUp | Rounding::HalfDown | Rounding::HalfEven
                        );
                        assert!(
                            !nearest || unknown.contains(&value),
                            "unknown holds every nearest mode"
                        );
                    }
                }
            }
        }
    }
}
