//! Sums of a block of terms at once, exact where the terms' sizes are alike.

use wide::f64x2;

/// Terms that are added at once.
pub(super) const BLOCK: usize = 512;
/// Binary places between the largest and the smallest term of a block that fit beside a mantissa of
/// 53 bits and the 9 bits of a block in 127.
const SPREAD: u64 = 64;

/// Binary places between the largest and the smallest term of a block whose low parts sum without error: parts
/// below 2⁻⁴³ of the largest, 2⁹ of them, and 53 bits.
const NEAR: u64 = 35;

/// The sum of a block as two doubles; none where a term is not finite or the terms' sizes are too far apart.
///
/// *Formula*: every term is cut where 2⁹ of the high parts still sum without error, and so do the low ones.
/// *Source*: the error-free extraction of Rump, Ogita & Oishi 2008.
pub(super) fn in_two(block: &[f64]) -> Option<[f64; 2]> {
    let (mut most, mut least) = ([f64x2::ZERO; 2], [f64x2::splat(f64::MAX); 2]);
    in_fours(block, |pairs| {
        for (pair, (most, least)) in pairs.iter().zip(most.iter_mut().zip(&mut least)) {
            let size = pair.abs();
            *most = most.fast_max(size);
            // A zero is of every size.
            *least = least.fast_min(size.simd_eq(f64x2::ZERO).select(f64x2::splat(f64::MAX), size));
        }
    });
    let exponent = |size: f64| (size.to_bits() >> 52).max(1);
    let [low, high] = most[0].fast_max(most[1]).to_array();
    let most = exponent(if low > high { low } else { high });
    let [low, high] = least[0].fast_min(least[1]).to_array();
    let least = exponent(if low < high { low } else { high });
    if most + 11 > 0x7fe || most > least + NEAR {
        return None;
    }
    // One and a half times 2¹⁰ of the largest term's power of two: adding it rounds to a grid 52 places below.
    let cut = f64x2::splat(f64::from_bits((most + 10) << 52 | 1 << 51));
    let mut sums = [[f64x2::ZERO; 2]; 2];
    in_fours(block, |pairs| {
        for (pair, [high, low]) in pairs.into_iter().zip(&mut sums) {
            let part = (pair + cut) - cut;
            *high += part;
            *low += pair - part;
        }
    });
    let sum = |part: usize| (sums[0][part] + sums[1][part]).reduce_add();
    Some([sum(0), sum(1)]).filter(|parts| parts.iter().all(|part| part.is_finite()))
}

/// Gives the terms of a block four at a time, with zeros behind the last.
#[expect(clippy::inline_always, reason = "every term passes here")]
#[inline(always)]
fn in_fours(block: &[f64], mut take: impl FnMut([f64x2; 2])) {
    let (fours, rest) = block.as_chunks::<4>();
    let mut pairs = |[a, b, c, d]: [f64; 4]| take([f64x2::new([a, b]), f64x2::new([c, d])]);
    for four in fours {
        pairs(*four);
    }
    let mut last = [0.0; 4];
    last.iter_mut().zip(rest).for_each(|(last, term)| *last = *term);
    pairs(last);
}

/// The sum of a block as a whole number, and the position of its unit; none where a term is not
/// finite or the terms' sizes are too far apart.
pub(super) fn aligned(block: &[f64]) -> Option<(i128, u32)> {
    let exponent = |term: &f64| (term.to_bits() >> 52) & 0x7ff;
    let (mut least, mut most) = (0x7ff_u64, 0_u64);
    for term in block {
        // A zero is of every size.
        let exponent = exponent(term);
        least = least.min(if *term == 0.0 { 0x7fe } else { exponent.max(1) });
        most = most.max(exponent);
    }
    if most == 0x7ff || most > least + SPREAD {
        return None;
    }
    let mut total = 0_i128;
    for term in block {
        let bits = term.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let mantissa = if exponent == 0 { fraction } else { fraction | (1 << 52) };
        let size = i128::from(mantissa) << exponent.max(1).saturating_sub(least);
        total += if bits >> 63 == 1 { -size } else { size };
    }
    Some((total, least as u32 - 1))
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
        // Low parts as large as they can be beside an odd number of odd units: as far apart as one cut allows, and further.
        let (long, odd) = (1.0 + 511.0 * f64::EPSILON, 1.0 + f64::EPSILON);
        for apart in 34..=37 {
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
