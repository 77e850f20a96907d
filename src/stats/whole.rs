//! Small whole numbers, among doubles too: what takes a few values only is counted, and not summed.

use wide::f64x2;

use super::fours::in_fours;

/// Says whether a number is whole, not negative, and less than `below`.
#[must_use]
pub fn is_below(value: f64, below: u8) -> bool {
    let whole = value as u8;
    f64::from(whole) == value && whole < below
}

/// Says whether all numbers are so.
#[must_use]
pub fn all_below(values: &[f64], below: u8) -> bool {
    // From here on doubles are whole: adding it rounds. A part is looked at as a whole, which is faster than to stop in its midst.
    let (whole, below) = (f64x2::splat(4_503_599_627_370_496.0), f64x2::splat(f64::from(below)));
    let fits = |pair: f64x2| {
        let rounded = (pair + whole) - whole;
        rounded.simd_eq(pair) & pair.simd_ge(f64x2::ZERO) & pair.simd_lt(below)
    };
    values.chunks(1024).all(|part| {
        let mut all = [f64x2::ZERO.simd_eq(f64x2::ZERO); 2];
        in_fours(part, |[one, other]| all = [all[0] & fits(one), all[1] & fits(other)]);
        (all[0] & all[1]).all()
    })
}

/// So many levels have several counts each.
const FEW_LEVELS: usize = 1 << 10;

/// Counts how often each code below `levels` comes; other codes are left out.
///
/// Of few levels there are four counts, added at the end: a count need not wait for the one before it.
#[must_use]
pub fn tally(codes: impl Iterator<Item = u32>, levels: usize) -> Vec<u32> {
    if levels > FEW_LEVELS {
        let mut counts = vec![0_u32; levels];
        for code in codes {
            if let Some(count) = counts.get_mut(code as usize) {
                *count = count.wrapping_add(1);
            }
        }
        return counts;
    }
    let mut lanes = vec![[0_u32; 4]; levels];
    for (row, code) in codes.enumerate() {
        if let Some(lanes) = lanes.get_mut(code as usize) {
            let count = &mut lanes[row % 4];
            *count = count.wrapping_add(1);
        }
    }
    lanes.into_iter().map(|lanes| lanes.into_iter().fold(0, u32::wrapping_add)).collect()
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

    #[test]
    fn codes_are_counted_in_every_lane() {
        assert_eq!(tally([2, 0, 2, 2, 2, 2, 9, 1].into_iter(), 4), [1, 1, 5, 0]);
        let many = tally([2, 0, 2, 9999, 1].into_iter(), 2000);
        assert_eq!((&many[..4], many.len()), (&[1, 1, 2, 0][..], 2000));
        assert_eq!(tally([].into_iter(), 2), [0, 0]);
    }
}
