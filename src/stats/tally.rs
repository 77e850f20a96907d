//! How often each code comes, and each pair of codes.

use super::simd::wide;

/// So many levels have several counts each.
const FEW_LEVELS: usize = 1 << 11;
/// So many levels have counts of their pairs.
const PAIRED_LEVELS: usize = 1 << 6;
/// Codes that are paired at once.
const PAIRED: usize = 1 << 10;

/// Counts of codes, block after block.
///
/// Of very few levels pairs of codes are counted, half as many as there are rows. Of few levels there are four counts, added at the end:
/// a count need not wait for the one before it.
#[derive(Debug, Clone)]
pub enum Tally {
    /// Counts of the pairs of codes of so many levels; the level behind the last has what is of no level.
    Paired {
        /// How many levels a code of a pair has.
        levels: u32,
        /// The pairs.
        pairs: Box<Tally>,
        /// The pairs of one block.
        block: Vec<u32>,
    },
    /// Four counts of each level.
    Few(Vec<[u32; 4]>),
    /// One count of each level.
    Many(Vec<u32>),
}

impl Tally {
    /// Starts to count codes below `levels`.
    #[must_use]
    pub fn of(levels: usize) -> Self {
        if levels > PAIRED_LEVELS {
            return Self::of_each(levels);
        }
        let pairs = Box::new(Self::of_each((levels + 1) * (levels + 1)));
        Self::Paired { levels: levels as u32, pairs, block: Vec::new() }
    }

    fn of_each(levels: usize) -> Self {
        if levels > FEW_LEVELS {
            Self::Many(vec![0; levels])
        } else {
            Self::Few(vec![[0; 4]; levels])
        }
    }

    /// Counts more codes; those of no level are left out.
    pub fn add(&mut self, codes: &[u32]) {
        let counts = match self {
            Self::Many(counts) => counts,
            Self::Few(lanes) => return add_in_lanes(codes, lanes),
            Self::Paired { levels, pairs, block } => {
                let last = *levels;
                for codes in codes.chunks(PAIRED) {
                    let (left, right) = codes.split_at(codes.len() / 2);
                    block.clear();
                    wide(pairs_of, ((left, last), (right, last), last + 1, &mut *block));
                    if let (Some(odd), true) = (right.last(), right.len() > left.len()) {
                        block.push(last * (last + 1) + last.min(*odd));
                    }
                    pairs.add(block);
                }
                return;
            }
        };
        for code in codes {
            if let Some(count) = counts.get_mut(*code as usize) {
                *count = count.wrapping_add(1);
            }
        }
    }

    /// Returns how often each code came.
    #[must_use]
    pub fn counts(self) -> Vec<u32> {
        match self {
            Self::Many(counts) => counts,
            Self::Few(lanes) => lanes
                .into_iter()
                .map(|lanes| lanes.into_iter().fold(0, u32::wrapping_add))
                .collect(),
            Self::Paired { levels, pairs, .. } => {
                let levels = levels as usize;
                let mut counts = vec![0_u32; levels];
                for (left, pairs) in pairs.counts().chunks_exact(levels + 1).enumerate() {
                    if let Some(count) = counts.get_mut(left) {
                        *count = pairs.iter().fold(*count, |sum, pair| sum.wrapping_add(*pair));
                    }
                    for (count, pair) in counts.iter_mut().zip(pairs) {
                        *count = count.wrapping_add(*pair);
                    }
                }
                counts
            }
        }
    }
}

/// Places below a level, and that level, which all others get.
type Places<'a, T> = (&'a [T], u32);

/// Writes down the pair of two places of each row, of a second that takes `wide` values.
#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
pub(crate) fn pairs_of<L: Copy + Into<u32>, R: Copy + Into<u32>>(
    ((left, own), (right, last), wide, pairs): (Places<'_, L>, Places<'_, R>, u32, &mut Vec<u32>),
) {
    let pair = |(left, right): (&L, &R)| {
        let (left, right) = ((*left).into().min(own), (*right).into().min(last));
        left.wrapping_mul(wide).wrapping_add(right)
    };
    pairs.extend(left.iter().zip(right).map(pair));
}

fn add_in_lanes(codes: &[u32], counts: &mut [[u32; 4]]) {
    let (fours, rest) = codes.as_chunks::<4>();
    let mut add = |code: u32, lane: usize| {
        if let Some(lanes) = counts.get_mut(code as usize) {
            lanes[lane] = lanes[lane].wrapping_add(1);
        }
    };
    for four in fours {
        for (lane, code) in four.iter().enumerate() {
            add(*code, lane);
        }
    }
    for code in rest {
        add(*code, 0);
    }
}

/// Counts how often each code below `levels` comes; other codes are left out.
#[must_use]
pub fn tally(codes: &[u32], levels: usize) -> Vec<u32> {
    let mut tally = Tally::of(levels);
    tally.add(codes);
    tally.counts()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_counted_in_every_lane_and_pair() {
        assert_eq!(tally(&[2, 0, 2, 2, 2, 2, 9, 1, 3], 4), [1, 1, 5, 1]);
        assert_eq!((tally(&[], 2), tally(&[0, 3], 0)), (vec![0, 0], vec![]));
        for levels in [1, 2, 45, 64, 65, 2048, 2049, 3000] {
            let code = |row: u32| row.wrapping_mul(2_654_435_761) >> 7;
            let mut known = vec![0_u32; levels];
            let mut tally = Tally::of(levels);
            // Blocks of any length; one code in four is of no level.
            let mut row = 0;
            for length in [1, 2, 3, 1023, 1024, 1025, 2047, 0, 7] {
                let codes: Vec<u32> = (row..row + length)
                    .map(
                        |row| if row % 4 == 3 { u32::MAX - row } else { code(row) % levels as u32 },
                    )
                    .collect();
                for code in &codes {
                    if let Some(count) = known.get_mut(*code as usize) {
                        *count += 1;
                    }
                }
                tally.add(&codes);
                row += length;
            }
            assert_eq!(tally.counts(), known, "{levels}");
        }
    }
}
