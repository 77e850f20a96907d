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

/// Runs a loop as [`wide`], and tells it whether a multiplication and an addition that are rounded at once are one instruction.
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled again")]
#[inline(always)]
pub(crate) fn wide_or_fused<A, T>(work: impl FnOnce(A, bool) -> T, on: A) -> T {
    pulp::Arch::new().dispatch(Fused { work, on })
}

struct Fused<F, A> {
    work: F,
    on: A,
}

impl<A, T, F: FnOnce(A, bool) -> T> pulp::WithSimd for Fused<F, A> {
    type Output = T;

    #[expect(clippy::inline_always, reason = "what is not inlined is not compiled again")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> T {
        (self.work)(self.on, !S::IS_SCALAR)
    }
}

/// Four integers that are added at once; no cache line ends amid them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Four(pub(crate) [u64; 4]);

/// Adds to each row's four integers in `sums`, by its place, those in `terms`; rows of other places are left out.
pub(crate) fn add_fours(sums: &mut [Four], places: &[u32], terms: &[Four]) {
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
fn add_one_by_one(sum: &mut Four, term: &Four) {
    for (sum, term) in sum.0.iter_mut().zip(term.0) {
        *sum = sum.wrapping_add(term);
    }
}

#[expect(clippy::inline_always, reason = "what is not inlined is not compiled again")]
#[inline(always)]
fn each_four(sums: &mut [Four], places: &[u32], terms: &[Four], add: impl Fn(&mut Four, &Four)) {
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
fn add_at_once(simd: pulp::x86::V3, sum: &mut Four, term: &Four) {
    sum.0 = pulp::cast(simd.add_u64s(pulp::cast(sum.0), pulp::cast(term.0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fours_are_added_to_their_places_on_every_machine() {
        let places = [2, 0, 2, 3, 1, 2, u32::MAX];
        let terms: Vec<Four> = (0..7).map(|row| Four([row, u64::MAX - row, 1 << row, 7])).collect();
        let (mut fast, mut plain) = ([Four::default(); 3], [Four::default(); 3]);
        add_fours(&mut fast, &places, &terms);
        each_four(&mut plain, &places, &terms, add_one_by_one);
        assert_eq!(fast[0].0, [1, u64::MAX - 1, 2, 7]);
        assert_eq!(fast[1].0, [4, u64::MAX - 4, 16, 7]);
        assert_eq!(fast[2].0, [7, 0_u64.wrapping_sub(10), 1 + 4 + 32, 21]);
        assert_eq!(fast, plain);
    }
}
