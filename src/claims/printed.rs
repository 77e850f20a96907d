//! Printed numbers as a small language: `5,911`, `28–33%`, `> 90%`, `0.0426 (0.0008)`, `1 in 270`,
//! `2.1 (95% CI 1.2–3.4)`, `t(28) = 2.20, p = .036`.
//!
//! Never through a binary float: digits are evidence. What is not a number is words, which stand for
//! an interval by the lexicon or by a declared reading, or for nothing.

mod behind;
mod grammar;
mod number;
mod pair;
mod scan;
mod statistic;
mod unit;

use std::ops::Range;

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::rounding::{Digits, Rounding};
use super::statistic::{PValue, Statistic};
use crate::expression::{End, Interval, Rational};

/// What a printed number counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nothing, or a unit of its own.
    Plain,
    /// Hundredths.
    Percent,
    /// Hundredths, of a difference between percentages.
    Points,
    /// Hundredths of a percentage point.
    BasisPoints,
    /// A factor: `2.4x`.
    Times,
}

impl Unit {
    /// Returns the name shown to people, for percent and points.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Percent => Some("percent"),
            Self::Points | Self::BasisPoints => Some("percentage points"),
            Self::Plain | Self::Times => None,
        }
    }
}

/// One number as printed, with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Its digits.
    pub digits: Digits,
    /// Its unit.
    pub unit: Unit,
    /// What one printed unit is worth in plain numbers: 0.01 for percent, 1000 for `k`.
    pub scale: Rational,
}

impl Amount {
    /// Returns the value in plain numbers.
    #[must_use]
    pub fn value(&self) -> Rational {
        &self.digits.value * &self.scale
    }

    /// Returns every plain number that prints so.
    #[must_use]
    pub fn interval(&self, mode: Rounding) -> Interval {
        self.digits.interval(mode).scale(&self.scale)
    }

    /// Returns the worth of one step of the last printed digit in plain numbers.
    #[must_use]
    pub fn step(&self) -> Rational {
        &self.digits.unit * &self.scale
    }

    /// Rounds a plain number to the printed digits, half away from zero, and writes it so.
    #[must_use]
    pub fn print_like(&self, value: &Rational) -> String {
        let steps = round_half_away(&(value / self.step()));
        let printed = Rational::from_integer(steps) * &self.digits.unit;
        crate::expression::show(&printed)
    }

    /// An approximate number: what rounds to its last digit that is not zero.
    fn about(&self, side: Side) -> Interval {
        let mut coarse = self.digits.clone();
        let ten = Rational::from_integer(10.into());
        let tenth = |digits: &Digits| {
            (&digits.value / (&digits.unit * &ten)).is_integer() && !digits.value.is_zero()
        };
        while coarse.unit >= Rational::from_integer(1.into()) && tenth(&coarse) {
            coarse.unit *= &ten;
        }
        let whole = coarse.interval(Rounding::Unknown).scale(&self.scale);
        match side {
            Side::Both => whole,
            Side::Under => Interval { high: End::Open(self.value()), ..whole },
            Side::Over => Interval { low: End::Open(self.value()), ..whole },
        }
    }
}

fn round_half_away(value: &Rational) -> BigInt {
    let away = (value.abs() + Rational::new(1.into(), 2.into())).to_integer();
    if value.is_negative() { -away } else { away }
}

/// On which side of the printed number an approximate one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `about 400,000`
    Both,
    /// `nearly 400,000`
    Under,
    /// `just over 400,000`
    Over,
}

/// What kind of thing is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Number(Amount),
    /// `~400,000`, `nearly 400,000`
    About(Amount, Side),
    /// `28–33%`
    Between(Amount, Amount),
    /// `> 90%` and its like; `true` where the number itself is allowed.
    Above(Amount, bool),
    /// `p < .001` and its like.
    Below(Amount, bool),
    /// `0.0426 (0.0008)`, `3.1 ± 0.4`: a value and its standard error.
    WithError(Amount, Amount),
    /// `[0.32, 0.44]`: a confidence interval.
    Confidence(Amount, Amount),
    /// `1 in 270`, `3 in 10`: how many, in how many; the second number is rounded.
    OneIn(Amount, Amount),
    /// `3 of 21`, `13/21`: counts, which are not rounded.
    Fraction(Amount, Amount),
    /// `t(28) = 2.20, p = .036`: a test statistic.
    Statistic(Statistic),
    /// `n.s.`: a p value above the level.
    NotSignificant,
    /// Words.
    Words,
}

/// A printed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The text as printed.
    pub text: String,
    /// What it is.
    pub shape: Shape,
    /// Whether it is said to be a p value: then it lies in [0, 1].
    pub probability: bool,
    /// A confidence interval beside the value: `0.38 [0.32, 0.44]`.
    pub confidence: Option<[Amount; 2]>,
    /// A p value beside the value: `0.38, p = .03`.
    pub p: Option<PValue>,
}

/// A text that was meant as a number and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotPrinted {
    /// Why.
    pub message: String,
    /// What to write.
    pub help: String,
    /// The bytes of the text that are at fault.
    pub range: Range<usize>,
}

/// How the file says that its numbers are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notation {
    /// Whether a comma is the decimal mark.
    pub decimal_comma: bool,
    /// A unit that may follow the number.
    pub unit: Option<String>,
}

impl Printed {
    /// Says whether the number is an approximate one: `~400,000`.
    #[must_use]
    pub const fn is_about(&self) -> bool {
        matches!(self.shape, Shape::About(..))
    }

    /// Returns every plain number that prints so; `None` for words and for a confidence interval.
    #[must_use]
    pub fn interval(&self, mode: Rounding) -> Option<Interval> {
        let interval = match &self.shape {
            Shape::Number(amount) | Shape::WithError(amount, _) => amount.interval(mode),
            Shape::About(amount, side) => amount.about(*side),
            Shape::Between(low, high) => low.interval(mode).hull(&high.interval(mode)),
            Shape::Above(amount, or_equal) => {
                Interval { low: bound(amount.value(), *or_equal), high: End::Infinite }
            }
            Shape::Below(amount, or_equal) => {
                Interval { low: End::Infinite, high: bound(amount.value(), *or_equal) }
            }
            Shape::OneIn(part, whole) => one_in(part, whole, mode)?,
            Shape::Fraction(part, whole) => Interval::point(part.value() / whole.value()),
            Shape::Statistic(statistic) => statistic.value_interval(mode),
            Shape::NotSignificant | Shape::Confidence(..) | Shape::Words => return None,
        };
        if self.probability {
            // What lies beyond is no p value, and is left as it stands.
            return Some(interval.intersection(&Interval::unit()).unwrap_or(interval));
        }
        Some(interval)
    }

    /// Returns the value as printed, for what has one.
    #[must_use]
    pub fn value(&self) -> Option<Rational> {
        match &self.shape {
            Shape::Number(amount) | Shape::WithError(amount, _) | Shape::About(amount, _) => {
                Some(amount.value())
            }
            Shape::OneIn(part, whole) | Shape::Fraction(part, whole) => {
                (!whole.value().is_zero()).then(|| part.value() / whole.value())
            }
            Shape::Statistic(statistic) => Some(statistic.value.value()),
            _ => None,
        }
    }

    /// Returns the first number printed, whose digits say how precise the whole is.
    #[must_use]
    pub fn first(&self) -> Option<&Amount> {
        match &self.shape {
            Shape::Number(amount)
            | Shape::About(amount, _)
            | Shape::Between(amount, _)
            | Shape::Above(amount, _)
            | Shape::Below(amount, _)
            | Shape::WithError(amount, _)
            | Shape::Confidence(amount, _)
            | Shape::OneIn(_, amount) => Some(amount),
            Shape::Statistic(statistic) => Some(&statistic.value),
            Shape::Fraction(..) | Shape::NotSignificant | Shape::Words => None,
        }
    }

    /// Returns the unit.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.first().map_or(Unit::Plain, |amount| amount.unit)
    }

    /// Returns the printed confidence interval, alone or beside a value.
    #[must_use]
    pub fn ends(&self) -> Option<[&Amount; 2]> {
        match (&self.shape, &self.confidence) {
            (Shape::Confidence(low, high), _) | (_, Some([low, high])) => Some([low, high]),
            _ => None,
        }
    }

    /// Returns the number whose digits a declared rounding makes coarser.
    pub(super) fn value_mut(&mut self) -> Option<&mut Amount> {
        match &mut self.shape {
            Shape::Number(amount) | Shape::WithError(amount, _) => Some(amount),
            _ => None,
        }
    }
}

fn bound(value: Rational, closed: bool) -> End {
    if closed { End::Closed(value) } else { End::Open(value) }
}

/// `1 in 270` has a rounded 270; in `3 in 10` the 3 is rounded too.
fn one_in(part: &Amount, whole: &Amount, mode: Rounding) -> Option<Interval> {
    let one = part.value() == Rational::from_integer(1.into());
    let parts = if one { Interval::point(part.value()) } else { part.interval(mode) };
    let wholes = if one { whole.interval(mode) } else { Interval::point(whole.value()) };
    let share = Interval::closed(Rational::zero(), Rational::from_integer(1.into()));
    wholes.inverse().ok().and_then(|inverse| parts.times(&inverse).intersection(&share))
}

/// Reads what is printed.
///
/// # Errors
/// When the text begins like a number and is none, with the place and what to write.
pub fn parse(text: &str) -> Result<Printed, NotPrinted> {
    parse_as(text, &Notation::default())
}

/// Reads what is printed, in a notation that the file declares.
///
/// # Errors
/// As [`parse`].
pub fn parse_as(text: &str, notation: &Notation) -> Result<Printed, NotPrinted> {
    grammar::printed(text, notation)
}

/// Reads one number with its unit, in a notation that the file declares.
pub(super) fn amount_as(text: &str, notation: &Notation) -> Result<Amount, NotPrinted> {
    let mut scan = scan::Scan::new(text)?;
    let amount = number::amount(&mut scan, notation, number::Within::Alone)?;
    grammar::finish(&mut scan)?;
    Ok(amount)
}

#[cfg(test)]
mod tests;
