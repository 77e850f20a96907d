//! Small whole numbers among doubles: what takes a few values only is counted, and not summed.

/// Says whether a number is whole, not negative, and less than `below`.
#[must_use]
pub fn is_below(value: f64, below: u8) -> bool {
    let whole = value as u8;
    f64::from(whole) == value && whole < below
}

/// Says whether all numbers are so.
#[must_use]
pub fn all_below(values: &[f64], below: u8) -> bool {
    // A part is looked at as a whole, which is faster than to stop in its midst.
    let part = |part: &[f64]| part.iter().fold(true, |all, value| all & is_below(*value, below));
    values.chunks(1024).all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_whole_numbers_are_told_from_all_others() {
        for (value, small) in [
            (0.0, true),
            (-0.0, true),
            (7.0, true),
            (8.0, false),
            (255.0, false),
            (256.0, false),
            (264.0, false),
            (0.5, false),
            (-1.0, false),
            (1e300, false),
            (f64::NAN, false),
            (f64::INFINITY, false),
        ] {
            assert_eq!(is_below(value, 8), small, "{value}");
            assert_eq!(all_below(&[vec![1.0; 2000], vec![value]].concat(), 8), small, "{value}");
        }
        assert!(is_below(254.0, 255) && !is_below(255.0, 255));
    }
}
