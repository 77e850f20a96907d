//! Sums of floats without rounding: the same for any order of the terms.

use crate::stats::math;

/// The exact sum of floats, as floats that do not overlap.
///
/// *Formula*: each term is added to the partial sums by two-sums whose rounding errors are kept.
/// *Source*: J. R. Shewchuk (1997), Adaptive precision floating-point arithmetic and fast robust
/// geometric predicates, Discrete & Computational Geometry 18, theorem 10 (grow-expansion); the
/// final rounding as in CPython's `math.fsum`. *Errors*: overflow beyond 1.8e308 is remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Exact {
    partials: Vec<f64>,
    overflowed: bool,
}

impl Exact {
    /// Adds a term.
    pub(super) fn add(&mut self, term: f64) {
        let mut sum = term;
        let mut kept = 0;
        for place in 0..self.partials.len() {
            let Some(partial) = self.partials.get(place).copied() else { break };
            let (high, low) = two_sum(sum, partial);
            if low != 0.0 {
                if let Some(slot) = self.partials.get_mut(kept) {
                    *slot = low;
                }
                kept += 1;
            }
            sum = high;
        }
        if !sum.is_finite() {
            self.overflowed = true;
            return;
        }
        self.partials.truncate(kept);
        self.partials.push(sum);
    }

    /// Adds a product, exactly.
    pub(super) fn add_product(&mut self, left: f64, right: f64) {
        let high = left * right;
        self.add(high);
        self.add(left.mul_add(right, -high));
    }

    /// Adds another sum.
    pub(super) fn add_all(&mut self, other: &Self) {
        other.partials.iter().for_each(|partial| self.add(*partial));
        self.overflowed |= other.overflowed;
    }

    /// Returns the sum, rounded once, to the nearest float; `None` where it overflowed.
    pub(super) fn value(&self) -> Option<f64> {
        if self.overflowed {
            return None;
        }
        let mut rest = self.partials.iter().rev().copied();
        let Some(mut high) = rest.next() else { return Some(0.0) };
        let mut low = 0.0;
        for partial in rest.by_ref() {
            let (sum, error) = two_sum(high, partial);
            high = sum;
            low = error;
            if low != 0.0 {
                break;
            }
        }
        // A tie is decided by the sign of what follows.
        let below = rest.next().unwrap_or(0.0);
        if (low < 0.0 && below < 0.0) || (low > 0.0 && below > 0.0) {
            let double = low * 2.0;
            let moved = high + double;
            if double == moved - high {
                high = moved;
            }
        }
        high.is_finite().then_some(high + 0.0)
    }

    /// Returns the sum divided by a count, rounded once but for a last half unit in rare ties.
    pub(super) fn mean(&self, count: u64) -> Option<f64> {
        let count = count as f64;
        let first = self.value()? / count;
        let mut rest = self.clone();
        rest.add_product(-first, count);
        Some(first + rest.value()? / count)
    }

    /// Returns n Σxy − Σx Σy, rounded once: the exact numerator of a covariance.
    pub(super) fn centred(count: u64, products: &Self, left: &Self, right: &Self) -> Option<f64> {
        let mut total = Self { partials: Vec::new(), overflowed: false };
        let count = count as f64;
        for product in &products.partials {
            total.add_product(count, *product);
        }
        for x in &left.partials {
            for y in &right.partials {
                total.add_product(-*x, *y);
            }
        }
        total.overflowed |= products.overflowed || left.overflowed || right.overflowed;
        total.value()
    }

    /// Writes the state as bytes.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self.overflowed));
        bytes.extend((self.partials.len() as u32).to_le_bytes());
        self.partials.iter().for_each(|partial| bytes.extend(partial.to_le_bytes()));
    }

    /// Reads the state from bytes.
    pub(super) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let overflowed = *bytes.split_off_first()? == 1;
        let count = u32::from_le_bytes(*bytes.split_off(..4)?.first_chunk()?);
        let mut partials = Vec::new();
        for _ in 0..count {
            partials.push(f64::from_le_bytes(*bytes.split_off(..8)?.first_chunk()?));
        }
        Some(Self { partials, overflowed })
    }

    /// Returns the bytes held on the heap.
    pub(super) fn size(&self) -> usize {
        self.partials.capacity() * size_of::<f64>()
    }
}

/// The sum and its rounding error.
fn two_sum(left: f64, right: f64) -> (f64, f64) {
    let sum = left + right;
    let virtual_right = sum - left;
    let error = (left - (sum - virtual_right)) + (right - virtual_right);
    (sum, error)
}

/// Returns the square root of a ratio of a numerator that cannot be negative.
pub(super) fn root(value: f64) -> f64 {
    math::sqrt(value.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: &[f64]) -> f64 {
        let mut exact = Exact::default();
        for term in terms {
            exact.add(*term);
        }
        exact.value().expect("no overflow")
    }

    /// Values from CPython 3's `math.fsum` and its test suite (test_math.py, testFsum).
    #[test]
    fn sums_are_rounded_once() {
        let tiny = f64::MIN_POSITIVE;
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e308, 1e308, -1e308].map(|x| x / 4.0)), 1e308 / 4.0);
        assert_eq!(
            sum(&[9_007_199_254_740_992.0, -0.5, -2.0_f64.recip().exp2_like()]),
            9_007_199_254_740_991.0
        );
        assert_eq!(sum(&[9_007_199_254_740_992.0, 1.0, 1e-100]), 9_007_199_254_740_994.0);
        assert_eq!(sum(&[9_007_199_254_740_994.0, 1.0, 1e-100]), 9_007_199_254_740_996.0);
        assert_eq!(sum(&[tiny, -tiny]).to_bits(), 0);
    }

    trait Exp2Like {
        fn exp2_like(self) -> f64;
    }

    impl Exp2Like for f64 {
        // 2**-54: half of half a unit below 2**53, from the first case of testFsum.
        fn exp2_like(self) -> f64 {
            f64::from_bits((1023 - 54) << 52)
        }
    }

    #[test]
    fn the_order_of_the_terms_does_not_matter() {
        let mut state = 7_u64;
        let mut terms: Vec<f64> = (0..500)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let sign = if state & 1 == 0 { 1.0 } else { -1.0 };
                sign * f64::from_bits(
                    ((state >> 3) % (200 << 52)).wrapping_add(923 << 52) & !(1 << 63),
                )
            })
            .collect();
        let first = sum(&terms).to_bits();
        for round in 0..20 {
            terms.rotate_left(7 + round);
            terms.swap(round, 499 - round);
            assert_eq!(sum(&terms).to_bits(), first);
        }
    }

    #[test]
    fn the_state_survives_being_written() {
        let mut exact = Exact::default();
        for term in [1e100, 1.0, 0.1] {
            exact.add(term);
        }
        let mut bytes = Vec::new();
        exact.write(&mut bytes);
        assert_eq!(Exact::read(&mut bytes.as_slice()), Some(exact));
        assert_eq!(Exact::read(&mut &bytes[..9]), None);
    }
}
