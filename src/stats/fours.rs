//! Numbers two to a register, four at a time.

use wide::f64x2;

/// Gives numbers four at a time, with zeros behind the last.
#[expect(clippy::inline_always, reason = "every number passes here")]
#[inline(always)]
pub(super) fn in_fours(values: &[f64], mut take: impl FnMut([f64x2; 2])) {
    let (fours, rest) = values.as_chunks::<4>();
    let mut pairs = |[a, b, c, d]: [f64; 4]| take([f64x2::new([a, b]), f64x2::new([c, d])]);
    for four in fours {
        pairs(*four);
    }
    let mut last = [0.0; 4];
    last.iter_mut().zip(rest).for_each(|(last, value)| *last = *value);
    pairs(last);
}
