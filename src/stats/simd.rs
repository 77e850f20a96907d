//! Loops compiled for the registers that the processor has.

#[cfg(target_arch = "x86_64")]
use pulp::Simd;

/// Runs a loop over slices that is compiled again for wide registers, and run so where the processor has them.
///
/// `work` is a function marked `inline(always)`: what is inlined into it goes along, what it calls does not. Rust fuses no
/// multiplication with an addition and reorders no sum of doubles: the bits are the same on every machine.
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled again")]
#[inline(always)]
pub(crate) fn wide<A, T>(work: impl FnOnce(A) -> T, on: A) -> T {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || work(on),
    )
}

/// Adds to each row's four integers in `sums`, by its place, those in `terms`; rows of other places are left out.
pub(crate) fn add_fours(sums: &mut [[u64; 4]], places: &[u32], terms: &[[u64; 4]]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        return simd.vectorize(
            #[inline(always)]
            || each_four(sums, places, terms, |sum, term| add_at_once(simd, sum, term)),
        );
    }
    each_four(sums, places, terms, add_one_by_one);
}

/// Adds four integers.
fn add_one_by_one(sum: &mut [u64; 4], term: &[u64; 4]) {
    for (sum, term) in sum.iter_mut().zip(term) {
        *sum = sum.wrapping_add(*term);
    }
}

#[expect(clippy::inline_always, reason = "what is not inlined is not compiled again")]
#[inline(always)]
fn each_four(
    sums: &mut [[u64; 4]],
    places: &[u32],
    terms: &[[u64; 4]],
    add: impl Fn(&mut [u64; 4], &[u64; 4]),
) {
    for (place, term) in places.iter().zip(terms) {
        if let Some(sum) = sums.get_mut(*place as usize) {
            add(sum, term);
        }
    }
}

/// Adds four integers in one register.
#[cfg(target_arch = "x86_64")]
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled again")]
#[inline(always)]
fn add_at_once(simd: pulp::x86::V3, sum: &mut [u64; 4], term: &[u64; 4]) {
    *sum = pulp::cast(simd.add_u64s(pulp::cast(*sum), pulp::cast(*term)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fours_are_added_to_their_places_on_every_machine() {
        let places = [2, 0, 2, 3, 1, 2, u32::MAX];
        let terms: Vec<[u64; 4]> = (0..7).map(|row| [row, u64::MAX - row, 1 << row, 7]).collect();
        let (mut fast, mut plain) = ([[0; 4]; 3], [[0; 4]; 3]);
        add_fours(&mut fast, &places, &terms);
        each_four(&mut plain, &places, &terms, add_one_by_one);
        assert_eq!(fast[0], [1, u64::MAX - 1, 2, 7]);
        assert_eq!(fast[1], [4, u64::MAX - 4, 16, 7]);
        assert_eq!(fast[2], [7, 0_u64.wrapping_sub(10), 1 + 4 + 32, 21]);
        assert_eq!(fast, plain);
    }
}
