//! Sums of a block of terms at once, exact where the terms' sizes are alike.

use wide::f64x2;

use crate::stats::fours::in_fours;

/// Terms that are added at once.
pub(super) const BLOCK: usize = 512;
/// Binary places between the largest and the smallest term of a block that one cut allows: the parts below are under
/// 2⁻⁴³ of the largest, 2⁹ of them sum to 2⁻³⁴, and 53 bits reach down from there.
const NEAR: u64 = 35;
/// The same of two cuts, 44 places apart.
const FAR: u64 = 79;

/// The sum of a block as three doubles; none where a term is not finite or the terms' sizes are too far apart.
///
/// *Formula*: every term is cut, once or twice, where 2⁹ of the parts above still sum without error, and so do those below.
/// *Source*: the error-free extraction of Rump, Ogita & Oishi 2008.
pub(super) fn in_parts(block: &[f64]) -> Option<[f64; 3]> {
    let [least, most] = exponents(block);
    if most + 11 > 0x7fe || most > least + FAR {
        return None;
    }
    // One and a half times a power of two: adding it rounds to a grid 52 places below.
    let cut = |exponent: u64| f64x2::splat(f64::from_bits(exponent << 52 | 1 << 51));
    let first = most + 10;
    let parts = if most <= least + NEAR {
        extracted(block, [cut(first)])
    } else {
        extracted(block, [cut(first), cut(first - 44)])
    };
    Some(parts).filter(|parts| parts.iter().all(|part| part.is_finite()))
}

/// The sums of what each cut leaves above it, and of the rest.
fn extracted<const CUTS: usize>(block: &[f64], cuts: [f64x2; CUTS]) -> [f64; 3] {
    let mut sums = [[f64x2::ZERO; 2]; 3];
    in_fours(block, |pairs| {
        for (lane, mut pair) in pairs.into_iter().enumerate() {
            for (cut, sum) in cuts.iter().zip(&mut sums) {
                let part = (pair + *cut) - *cut;
                sum[lane] += part;
                pair -= part;
            }
            sums[CUTS][lane] += pair;
        }
    });
    sums.map(|[one, other]| (one + other).reduce_add())
}

/// The exponents of the smallest term that is not zero, and of the largest.
fn exponents(block: &[f64]) -> [u64; 2] {
    let (mut least, mut most) = ([f64x2::splat(f64::MAX); 2], [f64x2::ZERO; 2]);
    in_fours(block, |pairs| {
        for (pair, (least, most)) in pairs.iter().zip(least.iter_mut().zip(&mut most)) {
            let size = pair.abs();
            *most = most.fast_max(size);
            // A zero is of every size.
            *least = least.fast_min(size.simd_eq(f64x2::ZERO).select(f64x2::splat(f64::MAX), size));
        }
    });
    let [low, high] = least[0].fast_min(least[1]).to_array();
    let least = if low < high { low } else { high };
    let [low, high] = most[0].fast_max(most[1]).to_array();
    let most = if low > high { low } else { high };
    [least, most].map(|size| (size.to_bits() >> 52).max(1))
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
