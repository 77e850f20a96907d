//! One number: sign, currency, digits with thousands marks, decimal mark, exponent, unit.
//!
//! A comma marks thousands. It is a decimal mark where a file says so, or where nothing else is
//! possible (`1 234,5`, `1.234,5`); `0,5` and `1,23` are refused with advice, never guessed.

use num_bigint::BigInt;

use super::scan::{Scan, superscript};
use super::unit::unit;
use super::{Amount, NotPrinted, Notation};
use crate::claims::rounding::Digits;
use crate::expression::{Rational, power_of_ten};

/// The largest power of ten that a printed digit may be worth.
const LARGEST_POWER: i32 = 400;

pub(super) const FORMS: &str =
    "numbers are written like 5,911 or 0.0426 or 33% or 28\u{2013}33% or 1 in 270 or p < .001";
const COMMA: &str = "where the source writes a decimal comma, say `decimal = \"comma\"` at the head of claims.toml, or `--decimal comma` for a table";

/// Where a number stands: inside a list a comma may end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// On its own.
    Alone,
    /// In `[0.32,0.44]`.
    List,
    /// The first of two in `F(1,100)`: a comma ends it always.
    First,
}

/// Says whether a number begins here.
pub(super) fn begins(scan: &Scan) -> bool {
    let mut ahead = 0;
    let mut signs = 0;
    while let Some(next) = scan.peek(ahead) {
        match next {
            '0'..='9' => return true,
            '.' => return scan.peek(ahead + 1).is_some_and(|digit| digit.is_ascii_digit()),
            '+' | '-' | '\u{2013}' if signs == 0 => signs += 1,
            '$' | '\u{20AC}' | '\u{A3}' | '\u{A5}' | ' ' => {}
            'U' if scan.peek(ahead + 1) == Some('S') && scan.peek(ahead + 2) == Some('$') => {
                ahead += 1;
            }
            _ => return false,
        }
        ahead += 1;
    }
    false
}

/// Reads one number with its unit.
pub(super) fn amount(
    scan: &mut Scan,
    notation: &Notation,
    within: Within,
) -> Result<Amount, NotPrinted> {
    let start = scan.here();
    if !begins(scan) {
        return Err(if scan.ended() {
            scan.wrong(start.saturating_sub(1), "a number is missing after this", FORMS)
        } else {
            let shown: String = scan.rest().chars().take(40).collect();
            scan.wrong(start, format!("`{shown}` is no number"), FORMS)
        });
    }
    let mut negative = false;
    while let Some(next) = scan.peek(0).filter(|next| !next.is_ascii_digit() && *next != '.') {
        negative |= matches!(next, '-' | '\u{2013}');
        scan.next();
    }
    let digits = digits(scan, notation, within, negative)?;
    let (unit, power) = unit(scan, notation)?;
    Ok(Amount { digits, unit, scale: power_of_ten(power) })
}

/// Reads digits with thousands marks, a decimal mark and an exponent.
fn digits(
    scan: &mut Scan,
    notation: &Notation,
    within: Within,
    negative: bool,
) -> Result<Digits, NotPrinted> {
    let start = scan.here();
    run(scan, within);
    let text = scan.text(start..scan.here());
    if text == "10" && power_alone(scan) {
        scan.eat('^');
        let power = power(scan, start)?;
        let unit = power_of_ten(small(scan, start, power)?);
        let value = if negative { -&unit } else { unit.clone() };
        return Ok(Digits { value, unit, negative });
    }
    let (whole, part) = split(scan, start, &text, notation)?;
    let exponent = exponent(scan)?;
    let number: BigInt =
        format!("{whole}{part}").parse().map_err(|error: num_bigint::ParseBigIntError| {
            scan.wrong(start, error.to_string(), FORMS)
        })?;
    let places = i32::try_from(part.len()).unwrap_or(i32::MAX);
    let unit = power_of_ten(small(scan, start, exponent.saturating_sub(places))?);
    let value = &unit * Rational::from_integer(number);
    Ok(Digits { value: if negative { -value } else { value }, unit, negative })
}

/// `10^-5` and `10⁻⁵`; in `10²` the raised digit may be a footnote.
fn power_alone(scan: &Scan) -> bool {
    let digit = |ahead: usize| scan.peek(ahead).is_some_and(|next| next.is_ascii_digit());
    match scan.peek(0) {
        Some('^') => digit(1) || (matches!(scan.peek(1), Some('-' | '+')) && digit(2)),
        Some('\u{207B}') => true,
        _ => false,
    }
}

/// Refuses powers of ten that no printed digit is worth.
fn small(scan: &Scan, start: usize, power: i32) -> Result<i32, NotPrinted> {
    if power.saturating_abs() <= LARGEST_POWER {
        return Ok(power);
    }
    let message = format!("this is too large or too fine: powers of ten go up to {LARGEST_POWER}");
    Err(scan.wrong(start, message, FORMS))
}

/// Reads on while digits follow, with marks between them.
fn run(scan: &mut Scan, within: Within) {
    let mut pointed = false;
    while let Some(next) = scan.peek(0) {
        let digits = (1..=4)
            .take_while(|ahead| scan.peek(*ahead).is_some_and(|digit| digit.is_ascii_digit()));
        let follow = digits.count();
        let goes_on = match next {
            '0'..='9' => true,
            ' ' => !pointed && follow == 3,
            ',' if within == Within::First => false,
            ',' if within == Within::List => !pointed && follow == 3,
            '.' | ',' | '\'' => follow > 0,
            _ => false,
        };
        if !goes_on {
            break;
        }
        pointed |= next == '.';
        scan.next();
    }
}

/// Splits digits into those before and after the decimal mark.
fn split(
    scan: &Scan,
    start: usize,
    text: &str,
    notation: &Notation,
) -> Result<(String, String), NotPrinted> {
    let shown: String = text.chars().take(60).collect();
    let wrong = |mark: usize, why: &str, help: &str| {
        let mut at = scan.clone();
        at.back(start + mark);
        at.wrong(start + mark, format!("`{shown}` is no number: {why}"), help)
    };
    let place = |mark: char| text.chars().position(|next| next == mark);
    let last = |mark: char| {
        text.chars().count() - 1 - text.chars().rev().position(|next| next == mark).unwrap_or(0)
    };
    let (commas, points) = (text.matches(',').count(), text.matches('.').count());
    let spaced = text.contains([' ', '\'']);
    let comma_is_decimal = notation.decimal_comma
        || (commas == 1
            && match place('.') {
                Some(point) => point < last(','),
                None => spaced && text.len() - text.find(',').unwrap_or(0) != 4,
            });
    let (decimal, thousands) = if comma_is_decimal { (',', '.') } else { ('.', ',') };
    let count = if comma_is_decimal { commas } else { points };
    if count > 1 {
        let threes = text.split('.').skip(1).all(|group| group.len() == 3);
        let help = if commas == 0 && threes { COMMA } else { FORMS };
        return Err(wrong(last(decimal), "it has more than one decimal mark", help));
    }
    let (whole, part) = text.split_once(decimal).unwrap_or((text, ""));
    if let Some(bad) = part.chars().position(|next| !next.is_ascii_digit()) {
        let at = whole.chars().count() + 1 + bad;
        return Err(wrong(at, "what follows the decimal mark are not digits", COMMA));
    }
    match ungroup(whole, thousands) {
        Ok(plain) => Ok((plain, part.to_owned())),
        Err(mark) => {
            let help = if notation.decimal_comma {
                "the file declares a decimal comma: a point marks thousands"
            } else if text.contains(',') {
                COMMA
            } else {
                FORMS
            };
            Err(wrong(mark, "its thousands marks are not in threes", help))
        }
    }
}

/// Removes thousands marks of one kind, or returns the place of the one that is out of step.
fn ungroup(whole: &str, mark: char) -> Result<String, usize> {
    let is_mark = |next: char| next == mark || next == ' ' || next == '\'';
    let Some(first) = whole.find(is_mark) else {
        let odd = whole.chars().position(|next| !next.is_ascii_digit());
        return odd.map_or_else(|| Ok(whole.to_owned()), Err);
    };
    let kind = whole.chars().nth(first).unwrap_or(mark);
    let mut at = 0;
    let mut plain = String::new();
    for (index, group) in whole.split(is_mark).enumerate() {
        let whole_group = group.bytes().all(|byte| byte.is_ascii_digit());
        let long = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        if !long || !whole_group || (index == 0 && group.starts_with('0')) {
            return Err(if index == 0 { first } else { at - 1 });
        }
        at += group.len() + 1;
        let next = whole.chars().nth(at - 1);
        if next.is_some_and(|next| next != kind) {
            return Err(at - 1);
        }
        plain += group;
    }
    Ok(plain)
}

/// Reads `e-05`, `x 10^-5` or `x 10⁻⁵`.
fn exponent(scan: &mut Scan) -> Result<i32, NotPrinted> {
    let start = scan.here();
    let signed = |scan: &Scan, ahead: usize| {
        let sign = matches!(scan.peek(ahead), Some('+' | '-'));
        scan.peek(ahead + usize::from(sign)).is_some_and(|digit| digit.is_ascii_digit())
    };
    if matches!(scan.peek(0), Some('e' | 'E')) && signed(scan, 1) {
        scan.next();
        return power(scan, start);
    }
    scan.spaces();
    let ten = scan.peek(0) == Some('x') && {
        scan.next();
        scan.spaces();
        scan.eat('1') && scan.eat('0')
    };
    let raised = scan.peek(0).is_some_and(|next| next == '^' || superscript(next).is_some());
    if ten && (raised || signed(scan, 0) && !scan.peek(0).is_some_and(|next| next.is_ascii_digit()))
    {
        scan.eat('^');
        return power(scan, start);
    }
    scan.back(start);
    Ok(0)
}

/// Reads the digits of an exponent, raised or not.
fn power(scan: &mut Scan, start: usize) -> Result<i32, NotPrinted> {
    let mut digits = String::new();
    while let Some(next) = scan.peek(0) {
        let plain = superscript(next).unwrap_or(next);
        let sign = digits.is_empty() && matches!(plain, '+' | '-');
        if !sign && !plain.is_ascii_digit() {
            break;
        }
        digits.push(plain);
        scan.next();
    }
    digits.parse::<i32>().map_err(|error| {
        scan.wrong(start, format!("`{digits}` is no power of ten: {error}"), FORMS)
    })
}
