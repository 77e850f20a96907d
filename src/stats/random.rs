//! Counter-based random numbers: a number is a function of (seed, stream, index), so any thread may draw any of them.

/// The algorithm's name, for results.
pub const ALGORITHM: &str = "philox4x32-10";

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// A stream of random numbers.
///
/// *Formula*: Philox 4×32, ten rounds, the seed as key, (index, stream) as counter.
/// *Source*: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
/// *Checked against*: the known answers of Random123 1.09.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    seed: u64,
    stream: u64,
}

impl Stream {
    /// Names a stream of a seed.
    #[must_use]
    pub const fn new(seed: u64, stream: u64) -> Self {
        Self { seed, stream }
    }

    /// Returns 64 random bits.
    #[must_use]
    pub fn bits(self, index: u64) -> u64 {
        let counter =
            [index as u32, (index >> 32) as u32, self.stream as u32, (self.stream >> 32) as u32];
        let block = philox(counter, [self.seed as u32, (self.seed >> 32) as u32]);
        u64::from(block[0]) | u64::from(block[1]) << 32
    }

    /// Returns a number of [0, 1), a multiple of 2⁻⁵³.
    #[must_use]
    pub fn uniform(self, index: u64) -> f64 {
        (self.bits(index) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Returns a whole number below `bound` (0 where the bound is 0).
    ///
    /// *Source*: Lemire 2019, without the rejection: the bias is below bound · 2⁻⁶⁴.
    #[must_use]
    pub fn below(self, index: u64, bound: u64) -> u64 {
        ((u128::from(self.bits(index)) * u128::from(bound)) >> 64) as u64
    }

    /// Returns a standard normal number, by inversion.
    #[must_use]
    pub fn normal(self, index: u64) -> f64 {
        let half = 0.5 / 9_007_199_254_740_992.0;
        super::distribution::normal_quantile(self.uniform(index) + half)
    }
}

fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let first = u64::from(MULTIPLIERS[0]) * u64::from(counter[0]);
        let second = u64::from(MULTIPLIERS[1]) * u64::from(counter[2]);
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key[1],
            first as u32,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kat_vectors` of Random123 1.09, philox4x32 10.
    #[test]
    fn philox_gives_the_known_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
    }

    #[test]
    fn uniform_numbers_have_the_right_mean_and_bounds() {
        let stream = Stream::new(7, 1);
        let numbers: Vec<f64> = (0..20_000).map(|i| stream.uniform(i)).collect();
        assert!(numbers.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = crate::stats::sum::sum(&numbers) / 20_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert!((0..1000).all(|i| stream.below(i, 6) < 6));
        assert_ne!(stream.bits(3), Stream::new(7, 2).bits(3));
    }
}
