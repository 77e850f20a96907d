//! What one look at a column tells: small whole numbers, among doubles too (what takes a few values only is counted, and not
//! summed); the ends; the largest size.

use super::simd::wide;

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
    values.chunks(1024).all(|part| wide(others, (part, below)) == 0)
}

/// Says whether all ints are from 0 to below `below`.
#[must_use]
pub fn ints_below(values: &[i64], below: u8) -> bool {
    values.chunks(1024).all(|part| wide(other_ints, (part, below)) == 0)
}

/// Counts the ints that are not from 0 to below `below`.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn other_ints((values, below): (&[i64], u8)) -> u64 {
    let is_other = |value: &i64| *value < 0 || *value >= i64::from(below);
    values.iter().fold(0, |others, value| others + u64::from(is_other(value)))
}

/// Counts the numbers that are not whole, or not from 0 to below `below`.
#[inline(always)]
fn others((values, below): (&[f64], u8)) -> u64 {
    // From here on doubles are whole: adding it rounds, and leaves the whole number in the last places.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    values.iter().fold(0, |others, value| {
        let moved = value + WHOLE;
        let number = moved.to_bits().wrapping_sub(WHOLE.to_bits());
        others + (u64::from(moved - WHOLE != *value) | u64::from(number >= u64::from(below)))
    })
}

/// Returns the largest size; what is not finite where some number is not.
#[must_use]
pub fn largest(values: &[f64]) -> f64 {
    f64::from_bits(wide(largest_bits, values) as u64)
}

/// Says whether all numbers are finite.
#[must_use]
pub fn all_finite(values: &[f64]) -> bool {
    largest(values).is_finite()
}

/// The bits of the largest size: those of what is not a number are beyond infinity's.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn largest_bits(values: &[f64]) -> i64 {
    values.iter().fold(0, |most, value| most.max(value.to_bits() as i64 & i64::MAX))
}

/// Returns the smallest and the largest number; none where some number is not finite.
#[must_use]
pub fn ends(values: &[f64]) -> Option<[f64; 2]> {
    let (least, most) = wide(ends_of, (values, ordered));
    let ends =
        [least, most].map(|place| f64::from_bits(ordered(f64::from_bits(place as u64)) as u64));
    ends.iter().all(|end| end.is_finite()).then_some(ends)
}

/// The bits of a number as an int, so that ints are in the order of their numbers; turns them back, too. What is no number is beyond
/// the infinities.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
pub(crate) fn ordered(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ ((bits >> 63) & i64::MAX)
}

/// Returns the smallest and the largest int as doubles; none where one is not from −2⁵¹ to below 2⁵¹.
#[must_use]
pub fn int_ends(values: &[i64]) -> Option<[f64; 2]> {
    let (least, most) = wide(ends_of, (values, |value| value));
    let exact = |int: i64| (-(1 << 51)..1 << 51).contains(&int);
    (exact(least) && exact(most)).then_some([least as f64, most as f64])
}

/// The ends of nothing.
pub(crate) const NO_ENDS: (i64, i64) = (i64::MAX, i64::MIN);

/// The smallest and the largest value, as ints.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
pub(crate) fn ends_of<T: Copy>((values, whole): (&[T], impl Fn(T) -> i64)) -> (i64, i64) {
    values.iter().fold(NO_ENDS, |(low, high), value| {
        let value = whole(*value);
        (low.min(value), high.max(value))
    })
}

/// Returns ints as doubles; none where one is not from −2⁵¹ to below 2⁵¹.
#[must_use]
pub fn doubles(values: &[i64]) -> Option<Vec<f64>> {
    let mut doubles = vec![0.0; values.len()];
    write_all(values, &mut doubles).then_some(doubles)
}

/// Writes down ints as doubles; says whether all are from −2⁵¹ to below 2⁵¹, and so exact.
#[must_use]
pub fn write_all(values: &[i64], doubles: &mut [f64]) -> bool {
    wide(write_doubles, (values, doubles))
}

/// Says whether all ints have 32 bits.
#[must_use]
pub fn are_short(values: &[i64]) -> bool {
    values.chunks(1024).all(|part| wide(long_ints, part) == 0)
}

/// The bits beyond the lower 32 that some int has.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn long_ints(values: &[i64]) -> u64 {
    values.iter().fold(0, |long, value| long | (value.wrapping_add(1 << 31) as u64 >> 32))
}

/// Writes down ints as doubles; says whether all are from −2⁵¹ to below 2⁵¹.
#[inline(always)]
fn write_doubles((values, doubles): (&[i64], &mut [f64])) -> bool {
    // One and a half times 2⁵²: an int added to its last places is added to the number.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let mut bits = 0;
    for (value, double) in values.iter().zip(doubles) {
        bits |= value.wrapping_add(1 << 51);
        *double = f64::from_bits(WHOLE.to_bits().wrapping_add(*value as u64)) - WHOLE;
    }
    (0..1 << 52).contains(&bits)
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
            (-0.5, false),
            (-1e-20, false),
            (7.000_000_000_000_001, false),
            (1e300, false),
            (f64::NAN, false),
            (f64::INFINITY, false),
        ] {
            assert_eq!(is_below(value, 8), small, "{value}");
            assert_eq!(all_below(&[vec![1.0; 2000], vec![value]].concat(), 8), small, "{value}");
        }
        assert!(is_below(254.0, 255) && !is_below(255.0, 255));
    }

    #[test]
    fn what_is_not_finite_is_seen_in_any_place() {
        for place in 0..40 {
            for term in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut values = vec![-0.5; 40];
                assert_eq!(largest(&values), 0.5);
                values[place] = term;
                assert!(!all_finite(&values), "{term} in {place}");
            }
        }
        assert_eq!((largest(&[]), largest(&[-0.0, f64::MIN])), (0.0, f64::MAX));
    }

    #[test]
    fn small_ints_are_told_from_all_others() {
        for (int, small) in
            [(0, true), (7, true), (8, false), (-1, false), (i64::MIN, false), (1 << 40, false)]
        {
            assert_eq!(ints_below(&[vec![1; 2000], vec![int]].concat(), 8), small, "{int}");
        }
        assert!(ints_below(&[], 8));
    }

    #[test]
    fn ints_of_32_bits_are_told_from_longer_ones() {
        let ends = [i64::from(i32::MIN), -1, 0, i64::from(i32::MAX)];
        assert!(are_short(&ends) && are_short(&[]));
        for long in [i64::from(i32::MIN) - 1, i64::from(i32::MAX) + 1, i64::MIN, i64::MAX] {
            assert!(!are_short(&[vec![1; 2000], vec![long]].concat()), "{long}");
        }
    }

    #[test]
    fn ints_are_doubles_up_to_2_51() {
        let ints = [0, 1, -1, 7, (1 << 51) - 1, -(1 << 51), 123_456_789_012];
        assert_eq!(doubles(&ints), Some(ints.iter().map(|int| *int as f64).collect()));
        for beyond in [1 << 51, -(1 << 51) - 1, i64::MIN, i64::MAX, 1 << 53] {
            assert_eq!(doubles(&[1, 2, 3, beyond, 4]), None, "{beyond}");
        }
        assert_eq!(doubles(&[]), Some(Vec::new()));
    }

    #[test]
    fn ends_are_seen_in_any_place_and_what_is_not_finite_has_none() {
        for place in 0..40 {
            for (number, found) in [
                (-7.5, Some([-7.5, 0.5])),
                (9.0, Some([0.5, 9.0])),
                (f64::NAN, None),
                (f64::NEG_INFINITY, None),
            ] {
                let mut values = vec![0.5; 40];
                values[place] = number;
                assert_eq!(ends(&values), found, "{number} in {place}");
            }
            let mut ints = vec![3; 40];
            ints[place] = -4;
            assert_eq!(int_ends(&ints), Some([-4.0, 3.0]));
            ints[place] = 1 << 51;
            assert_eq!(int_ends(&ints), None);
        }
        assert_eq!((ends(&[]), int_ends(&[])), (None, None));
        assert_eq!(ends(&[-f64::NAN, 1.0]), None);
        assert_eq!(ends(&[-1e-310, f64::MIN, -0.0]), Some([f64::MIN, -0.0]));
    }
}
