//! Printed numbers as a small language: `5,911`, `28–33%`, `> 90%`, `0.0426 (0.0008)`, `1 in 270`.
//!
//! Never through a binary float. What is not a number is words, and words need a declared reading.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::rounding::{Digits, Rounding};
use crate::expression::{End, Interval, Rational, power_of_ten};

/// What a printed number counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nothing, or a unit of its own.
    Plain,
    /// Hundredths.
    Percent,
    /// Hundredths, of a difference between percentages.
    Points,
    /// A factor: `2.4x`.
    Times,
}

impl Unit {
    /// Returns the name shown to people, for percent and points.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Percent => Some("percent"),
            Self::Points => Some("percentage points"),
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

    /// An approximate number: what rounds to its last digit that is not zero.
    fn about(&self) -> Interval {
        let mut coarse = self.digits.clone();
        let ten = Rational::from_integer(10.into());
        let tenth = |digits: &Digits| {
            (&digits.value / (&digits.unit * &ten)).is_integer() && !digits.value.is_zero()
        };
        while coarse.unit >= Rational::from_integer(1.into()) && tenth(&coarse) {
            coarse.unit *= &ten;
        }
        coarse.interval(Rounding::Unknown).scale(&self.scale)
    }
}

/// What kind of thing is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Number(Amount),
    /// `~400,000`
    About(Amount),
    /// `28–33%`
    Between(Amount, Amount),
    /// `> 90%` and its like; `true` where the number itself is allowed.
    Above(Amount, bool),
    /// `p < .001` and its like.
    Below(Amount, bool),
    /// `0.0426 (0.0008)`: a value and its standard error.
    WithError(Amount, Amount),
    /// `[0.32, 0.44]`: a confidence interval.
    Confidence(Amount, Amount),
    /// `1 in 270`
    OneIn(Amount),
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
}

/// A text that was meant as a number and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotPrinted {
    /// Why.
    pub message: String,
    /// What to write.
    pub help: String,
}

fn not_printed(message: impl Into<String>, help: impl Into<String>) -> NotPrinted {
    NotPrinted { message: message.into(), help: help.into() }
}

impl Printed {
    /// Says whether the number is an approximate one: `~400,000`.
    #[must_use]
    pub const fn is_about(&self) -> bool {
        matches!(self.shape, Shape::About(_))
    }

    /// Returns every plain number that prints so; `None` for words and for a confidence interval.
    #[must_use]
    pub fn interval(&self, mode: Rounding) -> Option<Interval> {
        let interval = match &self.shape {
            Shape::Number(amount) | Shape::WithError(amount, _) => amount.interval(mode),
            Shape::About(amount) => amount.about(),
            Shape::Between(low, high) => low.interval(mode).hull(&high.interval(mode)),
            Shape::Above(amount, or_equal) => {
                Interval { low: bound(amount.value(), *or_equal), high: End::Infinite }
            }
            Shape::Below(amount, or_equal) => {
                Interval { low: End::Infinite, high: bound(amount.value(), *or_equal) }
            }
            Shape::OneIn(amount) => amount.interval(mode).inverse().ok()?,
            Shape::Confidence(..) | Shape::Words => return None,
        };
        if self.probability {
            let one = Rational::from_integer(1.into());
            return interval.intersection(&Interval::closed(Rational::zero(), one));
        }
        Some(interval)
    }

    /// Returns the value as printed, for what has one.
    #[must_use]
    pub fn value(&self) -> Option<Rational> {
        match &self.shape {
            Shape::Number(amount) | Shape::WithError(amount, _) | Shape::About(amount) => {
                Some(amount.value())
            }
            Shape::OneIn(amount) if !amount.value().is_zero() => Some(amount.value().recip()),
            _ => None,
        }
    }

    /// Returns the first number printed, whose digits say how precise the whole is.
    #[must_use]
    pub fn first(&self) -> Option<&Amount> {
        match &self.shape {
            Shape::Number(amount)
            | Shape::About(amount)
            | Shape::Between(amount, _)
            | Shape::Above(amount, _)
            | Shape::Below(amount, _)
            | Shape::WithError(amount, _)
            | Shape::Confidence(amount, _)
            | Shape::OneIn(amount) => Some(amount),
            Shape::Words => None,
        }
    }

    /// Returns the unit.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.first().map_or(Unit::Plain, |amount| amount.unit)
    }
}

fn bound(value: Rational, closed: bool) -> End {
    if closed { End::Closed(value) } else { End::Open(value) }
}

/// Reads what is printed.
///
/// # Errors
/// When the text begins like a number and is none, with what to write.
pub fn parse(text: &str) -> Result<Printed, NotPrinted> {
    let clean = normalise(text);
    if clean.is_empty() {
        return Err(not_printed("nothing is printed", "write the number as the source prints it"));
    }
    let (probability, body) = match strip_words(&clean, &["p"]) {
        Some(rest) if rest.starts_with(['<', '>', '=']) => (true, rest),
        _ => (false, clean.as_str()),
    };
    let body = body.strip_prefix('=').unwrap_or(body).trim();
    let shape = shape(body)?;
    if probability && matches!(shape, Shape::Words) {
        return Err(not_printed(
            format!("`{text}` is no p value"),
            "write `p < .001` or `p = .036`",
        ));
    }
    Ok(Printed { text: text.to_owned(), shape, probability })
}

/// One spelling for signs, dashes and spaces.
fn normalise(text: &str) -> String {
    let mut clean = String::new();
    for character in text.trim().chars() {
        clean.push(match character {
            '\u{2212}' | '\u{FE63}' | '\u{FF0D}' => '-',
            '\u{2012}' | '\u{2014}' => '\u{2013}',
            '\u{A0}' | '\u{2009}' | '\u{202F}' | '\u{2007}' | '\t' => ' ',
            '\u{223C}' | '\u{2248}' => '~',
            '\u{D7}' => 'x',
            other => other,
        });
    }
    clean
}

fn strip_words<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| {
        let head = text.get(..word.len())?;
        let rest = text.get(word.len()..)?;
        let apart = !word.ends_with(char::is_alphabetic)
            || rest.starts_with(|next: char| !next.is_alphanumeric());
        (head.eq_ignore_ascii_case(word) && apart).then(|| rest.trim_start())
    })
}

fn shape(text: &str) -> Result<Shape, NotPrinted> {
    const ABOUT: [&str; 8] =
        ["~", "about", "around", "roughly", "approximately", "approx.", "ca.", "circa"];
    if let Some(rest) = strip_words(text, &ABOUT) {
        return number_or_words(rest, Shape::About);
    }
    if let Some(rest) = strip_words(text, &["\u{2265}", ">=", "at least"]) {
        return number_or_words(rest, |amount| Shape::Above(amount, true));
    }
    if let Some(rest) = strip_words(text, &["\u{2264}", "<=", "at most", "up to"]) {
        return number_or_words(rest, |amount| Shape::Below(amount, true));
    }
    if let Some(rest) = strip_words(text, &[">", "more than", "over", "above"]) {
        return number_or_words(rest, |amount| Shape::Above(amount, false));
    }
    if let Some(rest) = strip_words(text, &["<", "less than", "under", "below", "fewer than"]) {
        return number_or_words(rest, |amount| Shape::Below(amount, false));
    }
    if let Some(inner) = text.strip_prefix('[') {
        return confidence(text, inner);
    }
    if !begins_number(text) {
        return Ok(Shape::Words);
    }
    if let Some((one, rest)) = text.split_once(" in ")
        && one.trim() == "1"
    {
        let chances = amount(rest)?;
        if !chances.value().is_positive() {
            return Err(not_printed(format!("`{text}` divides by nothing"), "write `1 in 270`"));
        }
        return Ok(Shape::OneIn(chances));
    }
    if let Some((value, error)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        return with_error(value, error);
    }
    if let Some((low, high)) = split_range(text) {
        return range(low, high);
    }
    amount(text).map(Shape::Number)
}

/// `more than 90%` has a number, `more than twice` has words.
fn number_or_words(rest: &str, make: impl FnOnce(Amount) -> Shape) -> Result<Shape, NotPrinted> {
    if begins_number(rest) { amount(rest).map(make) } else { Ok(Shape::Words) }
}

fn begins_number(text: &str) -> bool {
    let rest = text.trim_start_matches(['+', '-', '$', '\u{20AC}', '\u{A3}', ' ']);
    rest.strip_prefix('.').unwrap_or(rest).starts_with(|next: char| next.is_ascii_digit())
}

fn confidence(text: &str, inner: &str) -> Result<Shape, NotPrinted> {
    let help = "write a confidence interval as `[0.32, 0.44]`";
    let ends = inner.strip_suffix(']').and_then(|inner| {
        inner.split_once(", ").or_else(|| inner.split_once(';')).or_else(|| inner.split_once(','))
    });
    let Some((low, high)) = ends else {
        return Err(not_printed(format!("`{text}` is no interval"), help));
    };
    let (low, high) = share_unit(amount(low.trim())?, amount(high.trim())?);
    if low.value() > high.value() {
        return Err(not_printed(format!("`{text}` has its ends in the wrong order"), help));
    }
    Ok(Shape::Confidence(low, high))
}

/// `0.0426 (0.0008)` and `+6.4 pp (0.7)`: the bracket counts in the unit of the value.
fn with_error(value: &str, error: &str) -> Result<Shape, NotPrinted> {
    let value = amount(value.trim())?;
    let mut error = amount(error.trim().trim_start_matches("SE ").trim())?;
    if error.unit == Unit::Plain {
        error.unit = value.unit;
        error.scale = value.scale.clone();
    }
    if error.value().is_negative() {
        let message = "a standard error is never negative".to_owned();
        return Err(not_printed(message, "write `value (standard error)`"));
    }
    Ok(Shape::WithError(value, error))
}

fn split_range(text: &str) -> Option<(&str, &str)> {
    if let Some(parts) = text.split_once('\u{2013}').or_else(|| text.split_once(" to ")) {
        return Some(parts);
    }
    let dash = text.char_indices().skip(1).find(|(at, character)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        *character == '-' && before.is_some_and(|before| before != 'e' && before != 'E')
    })?;
    Some((text.get(..dash.0)?, text.get(dash.0 + 1..)?))
}

fn range(low: &str, high: &str) -> Result<Shape, NotPrinted> {
    let (low, high) = share_unit(amount(low.trim())?, amount(high.trim())?);
    if low.value() > high.value() {
        return Err(not_printed(
            "a range begins with its smaller number",
            "write `28\u{2013}33%`, the smaller number first",
        ));
    }
    Ok(Shape::Between(low, high))
}

/// `28–33%`: a unit after the second number belongs to both.
fn share_unit(mut low: Amount, high: Amount) -> (Amount, Amount) {
    if low.unit == Unit::Plain && low.scale == Rational::from_integer(1.into()) {
        low.unit = high.unit;
        low.scale = high.scale.clone();
    }
    (low, high)
}

/// The largest power of ten that a printed digit may be worth.
const LARGEST_POWER: i32 = 400;

/// What may follow a number: its unit, and the power of ten that one of it is worth.
const UNITS: [(&str, Unit, i32); 14] = [
    ("percentage points", Unit::Points, -2),
    ("percentage point", Unit::Points, -2),
    ("percent", Unit::Percent, -2),
    ("points", Unit::Points, -2),
    ("pp", Unit::Points, -2),
    ("%", Unit::Percent, -2),
    ("times", Unit::Times, 0),
    ("-fold", Unit::Times, 0),
    ("x", Unit::Times, 0),
    ("billion", Unit::Plain, 9),
    ("million", Unit::Plain, 6),
    ("thousand", Unit::Plain, 3),
    ("k", Unit::Plain, 3),
    ("K", Unit::Plain, 3),
];

/// Reads one number with its unit.
pub(super) fn amount(text: &str) -> Result<Amount, NotPrinted> {
    let text = normalise(text);
    let trimmed = text.trim();
    let found = UNITS.iter().find_map(|(word, unit, power)| {
        trimmed.strip_suffix(word).map(|rest| (rest, *unit, *power))
    });
    let (number, unit, power) = found.unwrap_or((trimmed, Unit::Plain, 0));
    let scale = power_of_ten(power);
    let sign = number.trim_start().chars().next().filter(|sign| matches!(sign, '+' | '-'));
    let bare = number.trim().trim_start_matches(['+', '-']).trim_start();
    let bare = bare.trim_start_matches(['$', '\u{20AC}', '\u{A3}']);
    let mut digits = digits(bare)?;
    if sign == Some('-') {
        digits.value = -digits.value;
        digits.negative = true;
    }
    Ok(Amount { digits, unit, scale })
}

/// Reads digits with thousands marks, a point and an exponent.
pub(super) fn digits(text: &str) -> Result<Digits, NotPrinted> {
    let bad = |why: &str| {
        let shown: String = text.chars().take(60).collect();
        not_printed(
            format!("`{shown}` is no number: {why}"),
            "numbers are written like 5,911 or 0.0426 or 33% or 28\u{2013}33% or 1 in 270 or p < .001",
        )
    };
    let (negative, body) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim()),
    };
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, power)) => {
            (mantissa, power.parse::<i32>().map_err(|error| bad(&error.to_string()))?)
        }
        None => (body, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let plain = ungroup(whole).ok_or_else(|| bad("its thousands marks are not in threes"))?;
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad("what follows the point are not digits"));
    }
    let places = i32::try_from(part.len()).map_err(|error| bad(&error.to_string()))?;
    let digits: BigInt = format!("{plain}{part}")
        .parse()
        .map_err(|error: num_bigint::ParseBigIntError| bad(&error.to_string()))?;
    let power = exponent.checked_sub(places).filter(|power| power.abs() <= LARGEST_POWER);
    let unit = power_of_ten(power.ok_or_else(|| bad("it is too large or too fine"))?);
    let value = &unit * Rational::from_integer(digits);
    Ok(Digits { value: if negative { -value } else { value }, unit, negative })
}

/// Removes thousands marks (`,` or space), or returns `None` where they are not in threes.
fn ungroup(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split([',', ' ']).collect();
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let well_grouped = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => {
            (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
        }
        [] => false,
    };
    (well_grouped && groups.iter().all(digits)).then(|| groups.concat())
}

impl Amount {
    /// Rounds a plain number to the printed digits, half away from zero, and writes it so.
    #[must_use]
    pub fn print_like(&self, value: &Rational) -> String {
        let steps = round_half_away(&(value / self.step()));
        let printed = Rational::from_integer(steps) * &self.digits.unit;
        crate::expression::show(&printed)
    }
}

fn round_half_away(value: &Rational) -> BigInt {
    let away = (value.abs() + Rational::new(1.into(), 2.into())).to_integer();
    if value.is_negative() { -away } else { away }
}

#[cfg(test)]
mod tests;
