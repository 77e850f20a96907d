//! Numbers for people: digits that fit what was printed, thousands apart, percent where it is percent.

use crate::results::canonical_number;

/// Shows a number with the digits that a comparison needs: two more than `interval`, the interval that
/// the printed digits stand for. Without one: four significant digits.
pub(super) fn compared(value: f64, unit: Option<&str>, interval: Option<[f64; 2]>) -> String {
    let factor = if is_share(unit) { 100.0 } else { 1.0 };
    let scaled = canonical_number(value * factor);
    let decimals = match interval {
        Some([low, high]) if high > low && (high - low).is_finite() => {
            decimals_below((high - low) * factor)
        }
        _ => four_digits(scaled),
    };
    with_unit(&fixed(scaled, decimals), unit)
}

/// Shows a number with up to six significant digits.
pub(super) fn compact(value: f64) -> String {
    let scaled = canonical_number(value);
    let size = exponent(scaled);
    if scaled != 0.0 && !(-5..15).contains(&size) {
        return minus(&format!("{scaled:.3e}"));
    }
    fixed(scaled, (5 - size).clamp(0, 10) as usize)
}

/// Shows a number with all the digits that our files carry.
pub(super) fn full(value: f64) -> String {
    let value = canonical_number(value);
    let size = exponent(value);
    if value != 0.0 && !(-7..16).contains(&size) { format!("{value:e}") } else { value.to_string() }
}

/// Shows the ends of an interval, in the digits of a comparison.
pub(super) fn interval(ends: [f64; 2], unit: Option<&str>, digits_of: Option<[f64; 2]>) -> String {
    format!("{} to {}", compared(ends[0], unit, digits_of), compared(ends[1], unit, digits_of))
}

/// Shows the interval that printed digits stand for, with the one digit more that it needs.
pub(super) fn printed_interval(ends: [f64; 2], unit: Option<&str>) -> String {
    let factor = if is_share(unit) { 100.0 } else { 1.0 };
    let show = |end: f64| {
        let scaled = canonical_number(end * factor);
        let text = group(&scaled.to_string());
        let size = exponent(scaled);
        let text =
            if scaled != 0.0 && !(-7..16).contains(&size) { format!("{scaled:e}") } else { text };
        with_unit(&minus(&text), unit)
    };
    format!("{} to {}", show(ends[0]), show(ends[1]))
}

/// Shows an interval that is itself the result: in all its digits where they are few, else in as many
/// as resolve a hundredth of its width; one number where both ends read the same.
pub(super) fn tightest(ends: [f64; 2], unit: Option<&str>) -> String {
    let (whole, cut) = (printed_interval(ends, unit), interval(ends, unit, Some(ends)));
    let shown = if whole.chars().count() <= cut.chars().count() { whole } else { cut };
    match shown.split_once(" to ") {
        Some((low, high)) if low == high => low.to_owned(),
        _ => shown,
    }
}

/// Shows a p value: two significant digits, never zero.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.000_1 {
        return "< 0.0001".to_owned();
    }
    fixed(p, (1 - exponent(p)).clamp(2, 4) as usize)
}

/// Shows a count with its thousands apart.
pub(super) fn count(count: u64) -> String {
    group(&count.to_string())
}

/// Shows a count of rows.
pub(super) fn rows(rows: u64) -> String {
    format!("{} row{}", count(rows), if rows == 1 { "" } else { "s" })
}

fn is_share(unit: Option<&str>) -> bool {
    matches!(unit, Some("percent" | "percentage points"))
}

fn with_unit(number: &str, unit: Option<&str>) -> String {
    match unit {
        Some("percent") => format!("{number}%"),
        Some("percentage points") => format!("{number} pp"),
        Some(unit) => format!("{number} {unit}"),
        None => number.to_owned(),
    }
}

/// Decimals that resolve a hundredth of `width`.
fn decimals_below(width: f64) -> usize {
    (2 - exponent(width)).clamp(0, 12) as usize
}

fn four_digits(value: f64) -> usize {
    (3 - exponent(value)).clamp(0, 12) as usize
}

/// The decimal exponent of a number, read off its text: the platform's logarithm may differ.
fn exponent(value: f64) -> i32 {
    format!("{value:e}").split_once('e').and_then(|(_, size)| size.parse().ok()).unwrap_or(0)
}

/// Writes with at most so many decimals; a whole number gets none.
fn fixed(value: f64, decimals: usize) -> String {
    let text =
        if value == value.trunc() { format!("{value:.0}") } else { format!("{value:.decimals$}") };
    let text = if text.starts_with('-') && text.bytes().all(|byte| b"-0.".contains(&byte)) {
        text.replace('-', "")
    } else {
        text
    };
    minus(&group(&text))
}

/// Sets thousands apart in the whole part.
fn group(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(w, r)| (w, Some(r)));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    let length = whole.len();
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (length - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(rest) = rest {
        grouped.push('.');
        grouped.push_str(rest);
    }
    grouped
}

/// A true minus sign, which lines up with digits.
fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_value_has_two_digits_more_than_the_printed_one() {
        let effect = compared(0.188_399_941_163, Some("percent"), Some([0.185, 0.195]));
        assert_eq!(effect, "18.84%");
        assert_eq!(compared(0.042_467, None, Some([0.042_55, 0.042_65])), "0.042467");
        assert_eq!(compared(398_198.0, None, Some([398_197.5, 398_198.5])), "398,198");
        assert_eq!(compared(-0.07, Some("percentage points"), Some([-0.0705, -0.0695])), "−7 pp");
        assert_eq!(compared(0.123_456, None, None), "0.1235");
    }

    #[test]
    fn intervals_and_p_values_read_well() {
        assert_eq!(printed_interval([0.185, 0.195], Some("percent")), "18.5% to 19.5%");
        assert_eq!(printed_interval([5910.5, 5911.5], None), "5,910.5 to 5,911.5");
        assert_eq!(tightest([0.42, 0.44], None), "0.42 to 0.44");
        assert_eq!(tightest([0.016_44, 0.016_44], Some("percent")), "1.644%");
        assert_eq!(tightest([0.420_213_456, 0.44], None), "0.4202 to 0.4400");
        assert_eq!(p_value(0.034_6), "0.035");
        assert_eq!(p_value(1e-9), "< 0.0001");
        assert_eq!(count(1_911_775), "1,911,775");
        assert_eq!(count(197), "197");
    }

    #[test]
    fn compact_numbers_keep_six_digits() {
        assert_eq!(compact(0.188_399_941_163), "0.188400");
        assert_eq!(compact(1_794.342_382), "1,794.34");
        assert_eq!(compact(-1e-9), "−1.000e−9");
        assert_eq!(full(0.188_399_941_163), "0.188399941163");
    }
}
