//! What a cell says, by its declared type. Words, separators and what is not finite are refused,
//! each with what to write instead.

use crate::engine::days_since_epoch;
use crate::manifest::ColumnType;

use super::findings::shown;

/// What is wrong with a cell, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CellError {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Reads text.
pub(super) fn utf8(cell: &[u8]) -> Result<&str, CellError> {
    std::str::from_utf8(cell).map_err(|error| CellError {
        message: format!("`{}` is not UTF-8 (byte {})", shown(cell), error.valid_up_to() + 1),
        help: Some("save the file as UTF-8".to_owned()),
    })
}

fn wrong(cell: &[u8], wanted: &str, help: Option<String>) -> CellError {
    CellError { message: format!("`{}` is not {wanted}", shown(cell)), help }
}

/// Reads an int: digits, or a decimal that is whole.
pub(super) fn int(cell: &[u8]) -> Result<i64, CellError> {
    let cell = cell.trim_ascii();
    if let Some(value) = digits(cell) {
        return Ok(value);
    }
    let text = utf8(cell)?;
    let no = |help| Err(wrong(cell, "a whole number", help));
    if !is_decimal(cell) {
        return no(hint(text));
    }
    if let Ok(value) = text.parse::<i64>() {
        return Ok(value);
    }
    let whole_digits =
        text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
    if let Some((whole, _)) = whole_digits
        && let Ok(value) = whole.parse::<i64>()
    {
        return Ok(value);
    }
    match text.parse::<f64>() {
        Ok(value) if value.fract() != 0.0 => no(Some("declare the column as float".to_owned())),
        Ok(value) if value.abs() <= (1_u64 << 53) as f64 => Ok(value as i64),
        _ => no(Some("it is beyond 64 bits; an identifier can be declared as string".to_owned())),
    }
}

/// The fast path: up to 18 digits and a minus.
fn digits(cell: &[u8]) -> Option<i64> {
    let (negative, rest) = match cell.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, cell),
    };
    if rest.is_empty() || rest.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// The powers of ten that are exact.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The fast path: a minus, digits and a point that make a whole number below 2⁵³ over an exact power
/// of ten; one division then rounds correctly. *Source*: Clinger 1990, "How to read floating point
/// numbers accurately", the simple case.
fn short_decimal(cell: &[u8]) -> Option<f64> {
    let (negative, rest) = match cell.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, cell),
    };
    if rest.len() > 19 {
        return None;
    }
    let (mut whole, mut digits, mut point) = (0_u64, 0_usize, None);
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
            digits += 1;
        } else if *byte == b'.' && point.is_none() {
            point = Some(digits);
        } else {
            return None;
        }
    }
    let scale = TENS.get(digits - point.unwrap_or(digits))?;
    if digits == 0 || digits > 18 || whole > 1 << 53 {
        return None;
    }
    let value = whole as f64 / scale;
    Some(if negative { -value } else { value })
}

/// Says whether a cell is written as a decimal number: no words, no hexadecimals, no separators.
fn is_decimal(cell: &[u8]) -> bool {
    cell.iter().any(u8::is_ascii_digit)
        && cell
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'))
}

/// Reads a finite decimal.
pub(super) fn float(cell: &[u8]) -> Result<f64, CellError> {
    if let Some(value) = short_decimal(cell) {
        return Ok(value);
    }
    let cell = cell.trim_ascii();
    let text = utf8(cell)?;
    if !is_decimal(cell) {
        return Err(wrong(cell, "a number", hint(text)));
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(wrong(cell, "a number that fits: it is beyond 1.8e308", None)),
        Err(_) => Err(wrong(cell, "a number", hint(text))),
    }
}

/// What may be meant by a cell that is no number.
fn hint(text: &str) -> Option<String> {
    let bare = |text: &str| {
        let rest = text.trim_start_matches(['-', '+']);
        !rest.is_empty() && is_decimal(rest.as_bytes()) && !rest.contains(['e', 'E', '-', '+'])
    };
    let lower = text.to_lowercase();
    let missing =
        ["na", "n/a", "nan", "null", "none", "nil", ".", "-", "--", "?", "missing", "#n/a"];
    let infinite = ["inf", "+inf", "-inf", "infinity", "-infinity"];
    let words = if missing.contains(&lower.as_str()) {
        "an empty field is how a missing value is written"
    } else if infinite.contains(&lower.as_str()) {
        "an infinite number cannot be computed with; leave the field empty or drop the row"
    } else if text.is_empty() {
        "the field holds only spaces; an empty field is how a missing value is written"
    } else if is_grouped(text) {
        "write the number without thousands separators"
    } else if text.strip_suffix('%').is_some_and(|rest| bare(rest.trim())) {
        "write the number without `%`"
    } else if text.matches(',').count() == 1 && bare(&text.replace(',', ".")) {
        "write a decimal point, not a comma"
    } else if text.chars().any(|character| matches!(character, '−' | '–')) {
        "write the minus as `-`"
    } else if text.starts_with(['$', '€', '£', '¥']) {
        "write the number without its currency"
    } else {
        return None;
    };
    Some(words.to_owned())
}

/// Says whether a text is a number with thousands separators: 1,234 or 12 345 678.9 or 1'234.
fn is_grouped(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    let whole = text.split('.').next().unwrap_or(text);
    let groups: Vec<&str> = whole.split([',', ' ', '\'', '_', '\u{a0}', '\u{202f}', '’']).collect();
    let all_digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    groups.len() > 1
        && groups.iter().all(all_digits)
        && groups.iter().skip(1).all(|group| group.len() == 3)
        && groups.first().is_some_and(|group| group.len() <= 3)
}

/// Reads true or false.
pub(super) fn boolean(cell: &[u8]) -> Result<bool, CellError> {
    let cell = cell.trim_ascii();
    if cell.eq_ignore_ascii_case(b"true") || cell == b"1" {
        return Ok(true);
    }
    if cell.eq_ignore_ascii_case(b"false") || cell == b"0" {
        return Ok(false);
    }
    Err(wrong(cell, "true or false", Some("write `true`, `false`, `1` or `0`".to_owned())))
}

/// Reads a day.
pub(super) fn date(cell: &[u8]) -> Result<i32, CellError> {
    let cell = cell.trim_ascii();
    let text = utf8(cell)?;
    let shape = cell.len() == 10 && cell.get(4) == Some(&b'-') && cell.get(7) == Some(&b'-');
    match text.parse::<jiff::civil::Date>() {
        Ok(date) if shape => Ok(days_since_epoch(date)),
        _ => Err(wrong(cell, "a date", Some("write it as `2026-11-22`".to_owned()))),
    }
}

/// Reads a moment; without an offset it is UTC.
pub(super) fn timestamp(cell: &[u8]) -> Result<i64, CellError> {
    let cell = cell.trim_ascii();
    let text = utf8(cell)?;
    let no = || wrong(cell, "a moment", Some("write it as `2026-11-22T10:00:00Z`".to_owned()));
    // Without a time of day it is a date; jiff would read midnight into it.
    if cell.len() < 16 || !text.contains(':') {
        return Err(no());
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(moment.as_microsecond());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok();
    let moment = civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC).ok());
    moment.map(|moment| moment.timestamp().as_microsecond()).ok_or_else(no)
}

/// Returns half a unit of the last digit of a number as it is written.
pub(super) fn half_unit(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell.trim_ascii()).ok()?;
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let decimals = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
    let place = exponent.checked_sub(i32::try_from(decimals).ok()?)?;
    // 5e-2 for one decimal: the nearest float to half a unit, by the standard library's parser.
    format!("5e{}", place.checked_sub(1)?).parse().ok().filter(|half: &f64| half.is_finite())
}

/// The word of a type in messages.
pub(super) fn article(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Int => "a whole number",
        ColumnType::Float => "a number",
        ColumnType::Text => "a text",
        ColumnType::Bool => "true or false",
        ColumnType::Date => "a date",
        ColumnType::Timestamp => "a moment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_are_whole_however_they_are_written() {
        for (text, value) in [
            ("0", 0),
            ("-12", -12),
            ("+7", 7),
            ("1.0", 1),
            ("1.", 1),
            ("-3.000", -3),
            ("1e3", 1000),
            (" 5 ", 5),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("0007", 7),
        ] {
            assert_eq!(int(text.as_bytes()), Ok(value), "{text}");
        }
        for text in [
            "1.5",
            "",
            "-",
            "abc",
            "1,234",
            "0x1f",
            "9223372036854775808",
            "1e30",
            "NaN",
            "inf",
            "1e309",
            "--1",
            "1-2",
            "٣",
        ] {
            assert!(int(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn floats_are_finite_decimals() {
        for (text, value) in
            [("1", 1.0), ("-.5", -0.5), ("2.", 2.0), ("1e-400", 0.0), ("1.5E+3", 1500.0)]
        {
            assert_eq!(float(text.as_bytes()), Ok(value), "{text}");
        }
        for text in [
            "NaN",
            "nan",
            "inf",
            "-Infinity",
            "1e309",
            "-1e309",
            "1,234.5",
            "3,5",
            "12%",
            "e5",
            "1e",
            " ",
            "0x10",
        ] {
            assert!(float(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn short_decimals_are_read_as_the_standard_library_reads_them() {
        let mut state = 1_u64;
        for round in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round | 1);
            let digits = format!("{}", state >> (state & 31));
            let place = (state >> 40) as usize % (digits.len() + 1);
            let (whole, rest) = digits.split_at(place);
            for text in [format!("{whole}.{rest}"), format!("-{whole}.{rest}"), digits.clone()] {
                let value: f64 = text.parse().expect("a number");
                assert_eq!(float(text.as_bytes()).map(f64::to_bits), Ok(value.to_bits()), "{text}");
            }
        }
        for text in ["", "-", ".", "-.", "1..2", "1.2.3", "--1", "1-"] {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_wrong_number_is_met_with_what_to_do() {
        let help = |text: &str| float(text.as_bytes()).err().and_then(|error| error.help);
        assert_eq!(help("1,234"), Some("write the number without thousands separators".to_owned()));
        assert_eq!(help("12 345 678.9"), help("1,234"));
        assert_eq!(help("3,5"), Some("write a decimal point, not a comma".to_owned()));
        assert_eq!(help("NA"), Some("an empty field is how a missing value is written".to_owned()));
        assert_eq!(help("12%"), Some("write the number without `%`".to_owned()));
        assert_eq!(help("−0.1"), Some("write the minus as `-`".to_owned()));
        assert_eq!(help("abc"), None);
    }

    #[test]
    fn moments_are_utc_unless_they_say_otherwise() {
        let hour = 3_600_000_000;
        assert_eq!(timestamp(b"1970-01-01T01:00:00Z"), Ok(hour));
        assert_eq!(timestamp(b"1970-01-01T03:00:00+02:00"), Ok(hour));
        assert_eq!(timestamp(b"1970-01-01 01:00:00"), Ok(hour));
        assert!(timestamp(b"1970-01-01").is_err());
        assert_eq!(date(b"1970-01-11"), Ok(10));
        assert!(date(b"1970-02-30").is_err());
        assert!(date(b"11/22/2026").is_err());
        assert!(date(b"20261122").is_err());
    }

    #[test]
    fn the_last_digit_says_how_precise_a_printed_number_is() {
        for (text, half) in [
            ("28.0", 0.05),
            ("28", 0.5),
            ("0.0426", 0.00005),
            ("1e3", 500.0),
            ("-1.25", 0.005),
            ("1.5e-3", 0.00005),
        ] {
            assert_eq!(half_unit(text.as_bytes()), Some(half), "{text}");
        }
    }
}
