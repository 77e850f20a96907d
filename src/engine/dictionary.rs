//! Texts by number: each distinct text of a column once. No type of the engine here.

use std::hash::{BuildHasher as _, RandomState};

/// The slots of a new dictionary.
const FEW: usize = 64;

/// The distinct texts of a column in the order of their first appearance.
///
/// A table of open addresses, never more than half full. Its hash starts from a random number, so
/// that no file can be written to collide; nothing that is computed depends on it.
#[derive(Debug)]
pub struct Dictionary {
    levels: Vec<String>,
    /// A text's hash in the upper half, its code and one in the lower; zero where there is none.
    slots: Vec<u64>,
    seed: u64,
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
        Self { levels: Vec::new(), slots: vec![0; FEW], seed }
    }

    /// Returns the code of a text, a new one for a new text; none where it is not UTF-8.
    pub fn code(&mut self, cell: &[u8]) -> Option<u32> {
        let hash = self.hash(cell);
        let mut at = self.first_slot(hash);
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot != 0) {
            let code = slot as u32 - 1;
            if slot >> 32 == u64::from(hash) && self.is(code, cell) {
                return Some(code);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let code = self.levels.len() as u32;
        self.levels.push(std::str::from_utf8(cell).ok()?.to_owned());
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

    /// Returns the texts by their codes.
    #[must_use]
    pub fn into_levels(self) -> Vec<String> {
        self.levels
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
        let size = self.slots.len() * 4;
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

    /// Folds eight bytes at a time by a wide multiplication.
    fn hash(&self, cell: &[u8]) -> u32 {
        let fold = |left: u64, right: u64| {
            let product = u128::from(left) * u128::from(right);
            product as u64 ^ (product >> 64) as u64
        };
        let mut state = self.seed ^ cell.len() as u64;
        let mut rest = cell;
        while let Some((word, after)) = rest.split_first_chunk::<8>() {
            state = fold(state ^ u64::from_le_bytes(*word), 0x9e37_79b9_7f4a_7c15);
            rest = after;
        }
        let mut last = [0_u8; 8];
        last.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        let hash = fold(state ^ u64::from_le_bytes(last), 0xd6e8_feb8_6659_fd93 ^ self.seed);
        (hash ^ hash >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_code() {
        let mut dictionary = Dictionary::new();
        let texts: Vec<String> = (0..5000).map(|at| format!("text {}", at * 7 % 1999)).collect();
        let codes: Vec<u32> =
            texts.iter().map(|text| dictionary.code(text.as_bytes()).expect("UTF-8")).collect();
        assert!(dictionary.code(b"\xff").is_none());
        let levels = dictionary.into_levels();
        assert_eq!(levels.len(), 1999);
        for (text, code) in texts.iter().zip(codes) {
            assert_eq!(&levels[code as usize], text);
        }
    }
}
