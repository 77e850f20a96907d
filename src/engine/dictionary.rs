//! Texts by number: each distinct text of a column once. No type of the engine here.

use std::hash::{BuildHasher as _, RandomState};
use std::hint;

use super::{Levels, Texts};

/// The slots of a new dictionary.
const FEW: usize = 64;

/// The distinct texts of a column in the order of their first appearance.
///
/// A table of open addresses, never more than half full. Its hash starts from a random number, so
/// that no file can be written to collide; nothing that is computed depends on it.
#[derive(Debug)]
pub struct Dictionary {
    levels: Texts,
    keys: Vec<Key>,
    /// A text's hash in the upper half, its code and one in the lower; zero where there is none.
    slots: Vec<u64>,
    seed: u64,
    /// The keys and hashes of texts that are coded together.
    asked: Vec<(Key, u32)>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

impl Dictionary {
    /// Begins without texts.
    #[must_use]
    pub fn new() -> Self {
        let seed = RandomState::new().hash_one(0_u8);
        let (levels, keys) = (Texts::default(), Vec::new());
        Self { levels, keys, slots: vec![0; FEW], seed, asked: Vec::new() }
    }

    /// Returns the code of a text, a new one for a new text; none where it is not UTF-8.
    pub fn code(&mut self, cell: &[u8]) -> Option<u32> {
        let key = Key::of(cell);
        self.code_of(cell, key, self.hash(key, cell))
    }

    /// Codes a few texts as [`Self::code`] does, one after the other. Their slots are asked for all at once, and then
    /// the keys that these name: memory answers many questions in the time of one.
    pub fn code_all(&mut self, cells: &[&[u8]], codes: &mut Vec<u32>) -> Option<()> {
        let mut asked = std::mem::take(&mut self.asked);
        asked.clear();
        for cell in cells {
            let key = Key::of(cell);
            asked.push((key, self.hash(key, cell)));
        }
        let slot = |(_, hash): &(Key, u32)| self.slots.get(self.first_slot(*hash)).copied();
        hint::black_box(asked.iter().filter_map(slot).fold(0, |all, slot| all ^ slot));
        let known = |asked: &(Key, u32)| {
            slot(asked).and_then(|slot| self.keys.get((slot as u32).wrapping_sub(1) as usize))
        };
        hint::black_box(asked.iter().filter_map(known).fold(0, |all, key| all ^ key.length));
        for (cell, (key, hash)) in cells.iter().zip(&asked) {
            codes.push(self.code_of(cell, *key, *hash)?);
        }
        self.asked = asked;
        Some(())
    }

    fn code_of(&mut self, cell: &[u8], key: Key, hash: u32) -> Option<u32> {
        let mut at = self.first_slot(hash);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot != 0) {
            let code = slot as u32 - 1;
            if slot >> 32 == u64::from(hash) && self.has(code, key, cell) {
                return Some(code);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let code = self.levels.len() as u32;
        self.levels.push(std::str::from_utf8(cell).ok()?);
        self.keys.push(key);
        self.put(at, hash, code);
        if self.levels.len() * 2 > self.slots.len() {
            self.grow();
        }
        Some(code)
    }

    /// Says whether a code is that of a text.
    #[must_use]
    pub fn is(&self, code: u32, cell: &[u8]) -> bool {
        self.levels.get(code as usize).is_some_and(|level| level.as_bytes() == cell)
    }

    fn has(&self, code: u32, key: Key, cell: &[u8]) -> bool {
        self.keys.get(code as usize) == Some(&key) && (cell.len() <= WHOLE || self.is(code, cell))
    }

    /// Returns the texts by their codes.
    #[must_use]
    pub fn into_levels(self) -> Levels {
        self.levels.into()
    }

    fn put(&mut self, at: usize, hash: u32, code: u32) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = u64::from(hash) << 32 | u64::from(code + 1);
        }
    }

    fn first_slot(&self, hash: u32) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let old = std::mem::replace(&mut self.slots, vec![0; size]);
        for slot in old.into_iter().filter(|slot| *slot != 0) {
            let mut at = self.first_slot((slot >> 32) as u32);
            while self.slots.get(at).is_some_and(|taken| *taken != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(free) = self.slots.get_mut(at) {
                *free = slot;
            }
        }
    }

    /// Folds the key, and of a long text all its bytes, by wide multiplications.
    fn hash(&self, key: Key, cell: &[u8]) -> u32 {
        let mut state = fold(key.first ^ self.seed, key.last ^ self.seed.rotate_left(32) ^ ODD);
        if cell.len() > WHOLE {
            let (words, _) = cell.as_chunks::<8>();
            for word in words {
                state = fold(state ^ u64::from_le_bytes(*word), ODD);
            }
        }
        let hash = fold(state ^ u64::from(key.length), ODD ^ self.seed);
        (hash ^ hash >> 32) as u32
    }
}

/// An odd number without a pattern: the golden ratio's fraction.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    product as u64 ^ (product >> 64) as u64
}

/// The longest text that its key tells in full.
const WHOLE: usize = 16;

/// The first and the last eight bytes of a text (of a shorter one: four, or all), and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    length: u32,
}

impl Key {
    fn of(cell: &[u8]) -> Self {
        let length = cell.len() as u32;
        if let (Some(first), Some(last)) = (cell.first_chunk::<8>(), cell.last_chunk::<8>()) {
            return Self {
                first: u64::from_le_bytes(*first),
                last: u64::from_le_bytes(*last),
                length,
            };
        }
        if let (Some(first), Some(last)) = (cell.first_chunk::<4>(), cell.last_chunk::<4>()) {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            return Self { first: first.into(), last: last.into(), length };
        }
        let first = cell.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        Self { first, last: 0, length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_alike_at_both_ends_differ() {
        let mut dictionary = Dictionary::new();
        let mut texts: Vec<String> = (0..20).map(|length| "a".repeat(length)).collect();
        texts.extend((0..30).map(|middle| format!("01234567{middle:04}89012345")));
        texts.extend(["a\0", "\0a", "\0", "ab", "ba"].map(str::to_owned));
        let codes: Vec<Option<u32>> =
            texts.iter().map(|text| dictionary.code(text.as_bytes())).collect();
        let wanted: Vec<Option<u32>> = (0..texts.len() as u32).map(Some).collect();
        assert_eq!(codes, wanted);
    }

    #[test]
    fn each_text_has_one_code() {
        let mut dictionary = Dictionary::new();
        // Of every length, and alike at both ends.
        let text = |at: usize| format!("{:0width$}", at, width = at % 30);
        let texts: Vec<String> = (0..5000).map(|at| text(at * 7 % 1999)).collect();
        let distinct: std::collections::BTreeSet<&String> = texts.iter().collect();
        let codes: Vec<u32> =
            texts.iter().map(|text| dictionary.code(text.as_bytes()).expect("UTF-8")).collect();
        assert!(dictionary.code(b"\xff").is_none());
        let levels = dictionary.into_levels();
        assert_eq!(levels.len(), distinct.len());
        for (text, code) in texts.iter().zip(codes) {
            assert_eq!(levels.get(code as usize), Some(text.as_str()));
        }
    }
}
