//! Sums of a block of terms at once, exact where the terms' sizes are alike.

use crate::stats::simd::wide;

/// Terms that are added at once.
pub(super) const BLOCK: usize = 512;
/// Binary places between a number and its least bit.
const FRACTION: u64 = 52;
/// The exponent of the first cut above that of the largest term: what it leaves is under 2⁴³ units of its grid, and 2⁹ of
/// those sum to 2⁵².
const FIRST: u64 = 10;
/// How far each cut is below the one before it: what that left over is at most 2⁴⁴ units of the next grid.
const STEP: u64 = 45;
/// Binary places between the largest and the smallest term of a block that two cuts allow, and three.
const NEAR: u64 = STEP - FIRST;
const FAR: u64 = NEAR + STEP;
/// Terms below this (2⁻⁸²³) are added one by one, so that every grid is one of normal numbers.
const LEAST: u64 = 200;

/// The sum of a block as three doubles; none where a term is not finite or the terms' sizes are too far apart.
///
/// *Formula*: every term is cut into whole multiples of two or three powers of two, 2⁹ of which sum to less than 2⁵³.
/// Multiples are added as the integers that they are.
/// *Source*: the error-free extraction of Rump, Ogita & Oishi 2008.
pub(super) fn in_parts(block: &[f64]) -> Option<[f64; 3]> {
    let [least, most] = wide(ends, block);
    if most == 0 {
        return Some([0.0; 3]);
    }
    let [least, most] = [least, most].map(|size| (size >> FRACTION).max(1));
    if most < LEAST || most + FIRST + 1 > 0x7fe || most > least + FAR {
        return None;
    }
    let first = most + FIRST;
    Some(if most <= least + NEAR {
        let [high, low] = wide(multiples, (block, [first, first - STEP]));
        [high, low, 0.0]
    } else {
        wide(multiples, (block, [first, first - STEP, first - 2 * STEP]))
    })
}

/// The sums of what cuts of some exponents leave above them, each of what the one before left over.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn multiples<const CUTS: usize>((block, exponents): (&[f64], [u64; CUTS])) -> [f64; CUTS] {
    // One and a half times a power of two: added to a term, it leaves a multiple of 2⁻⁵² of it in the last places.
    let cuts = exponents.map(|exponent| f64::from_bits(exponent << FRACTION | 1 << (FRACTION - 1)));
    let mut sums = [0_u64; CUTS];
    for term in block {
        let mut left = *term;
        for place in 0..CUTS {
            let moved = left + cuts[place];
            sums[place] = sums[place].wrapping_add(moved.to_bits());
            left -= moved - cuts[place];
        }
    }
    std::array::from_fn(|place| {
        let base = cuts[place].to_bits().wrapping_mul(block.len() as u64);
        let unit = f64::from_bits((exponents[place] - FRACTION) << FRACTION);
        sums[place].wrapping_sub(base) as i64 as f64 * unit
    })
}

/// The sizes of the smallest term that is not zero, and of the largest, as the bits that they have.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn ends(block: &[f64]) -> [u64; 2] {
    let (mut least, mut most) = (i64::MAX, 0);
    for term in block {
        let size = (term.to_bits() & (u64::MAX >> 1)) as i64;
        most = most.max(size);
        // A zero is of every size.
        least = least.min(size.wrapping_sub(1) & i64::MAX);
    }
    [least.wrapping_add(1), most].map(|size| size as u64)
}

#[cfg(test)]
mod tests {
    use super::super::{ExactSum, sum};
    use proptest::prelude::*;

    #[test]
    fn a_term_that_is_not_finite_is_seen_in_any_place() {
        for place in 0..600 {
            for term in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut terms = vec![0.5; 600];
                terms[place] = term;
                assert!(sum(&terms).is_infinite(), "{term} in {place}");
            }
        }
    }

    #[test]
    fn full_blocks_of_the_widest_spread_sum_exactly() {
        // Parts below as large as they can be beside an odd number of odd units: as far apart as one cut and as two allow, and further.
        let (long, odd) = (1.0 + 511.0 * f64::EPSILON, 1.0 + f64::EPSILON);
        for apart in [34, 35, 36, 37, 78, 79, 80, 81] {
            for top in [-1022, -1000, 0, 1011, 1012, 1013] {
                let (large, small) = (libm::scalbn(long, top), libm::scalbn(odd, top - apart));
                let mut terms = vec![large; 512];
                terms[100..301].fill(small);
                let mut one_by_one = ExactSum::new();
                for term in &terms {
                    one_by_one.add(*term);
                }
                let mut block = ExactSum::new();
                block.extend(&terms);
                block.carry();
                one_by_one.carry();
                assert_eq!(block.limbs, one_by_one.limbs, "{apart} {top}");
            }
        }
    }

    proptest! {
        #[test]
        fn blocks_add_what_single_terms_add(
            values in prop::collection::vec((-1.0_f64..1.0, -8_i32..8), 0..1200), wide in 0_i32..9, deep in 0_i32..134
        ) {
            let mut terms: Vec<f64> = values.iter()
                .map(|(value, power)| libm::scalbn(*value, power * wide - 8 * deep)).collect();
            terms.extend([0.0, -0.0, f64::MIN_POSITIVE * 0.5]);
            let (mut one_by_one, mut block) = (ExactSum::new(), ExactSum::new());
            for term in &terms {
                one_by_one.add(*term);
            }
            block.extend(&terms);
            block.carry();
            one_by_one.carry();
            prop_assert_eq!(one_by_one.limbs, block.limbs);
            let largest = vec![f64::MAX; 600];
            block.extend(&largest);
            block.extend(&largest.iter().map(|term| -term).collect::<Vec<_>>());
            prop_assert_eq!(block.value().to_bits(), one_by_one.value().to_bits());
        }
    }
}
