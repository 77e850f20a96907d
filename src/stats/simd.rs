//! Loops compiled for the registers that the processor has.

/// Runs a loop over slices that is compiled a second time for wide registers, and run so where the processor has them.
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
