//! The distinct texts of a column, one behind the other in one block. No type of the engine here.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Texts by number, one behind the other: hundreds of thousands of names cost two allocations, not one each.
#[derive(Clone, Default)]
pub struct Texts {
    block: String,
    /// Where each text ends in the block.
    ends: Vec<usize>,
    /// The place in `ends` of each text, by its number; empty where that is the number itself.
    numbered: Vec<u32>,
    /// Whether some text has a number above one that comes later in the order of bytes.
    unsorted: bool,
}

impl Texts {
    /// Adds a text, whose number is the count of those before it.
    pub fn push(&mut self, text: &str) {
        let last = self.len().checked_sub(1).and_then(|last| self.get(last));
        self.unsorted |= last.is_some_and(|last| last > text);
        self.block.push_str(text);
        if !self.numbered.is_empty() {
            self.numbered.push(self.ends.len() as u32);
        }
        self.ends.push(self.block.len());
    }

    /// Returns how many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Says whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns a text by its number.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&str> {
        self.block.get(self.range(place)?)
    }

    /// Returns where a text stands in the block, by its number.
    #[must_use]
    pub fn range(&self, place: usize) -> Option<Range<usize>> {
        let place = self.numbered.get(place).map_or(place, |place| *place as usize);
        let end = *self.ends.get(place)?;
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(start..end)
    }

    /// Returns the texts by their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        (0..self.len()).map(|place| self.get(place).unwrap_or_default())
    }

    /// Returns the numbers of the texts in the order of their bytes. The first eight bytes decide most pairs.
    #[must_use]
    pub fn byte_order(&self) -> Vec<u32> {
        let keyed = |(number, text): (usize, &str)| (first_bytes(text), number as u32);
        let mut keyed: Vec<(u64, u32)> = self.iter().enumerate().map(keyed).collect();
        let text = |number: u32| self.get(number as usize).map(str::as_bytes);
        keyed.sort_unstable_by(|(left, l), (right, r)| {
            left.cmp(right).then_with(|| text(*l).cmp(&text(*r)))
        });
        keyed.into_iter().map(|(_, number)| number).collect()
    }

    /// Numbers the texts by the order of their bytes, which [`Self::byte_order`] gave. None is moved: of hundreds of
    /// thousands, each would be waited for.
    fn number_by(&mut self, order: Vec<u32>) {
        let old = |number: u32| self.numbered.get(number as usize).copied().unwrap_or(number);
        self.numbered = order.into_iter().map(old).collect();
        self.unsorted = false;
    }

    /// Returns all texts one behind the other; [`Self::range`] says where each stands.
    #[must_use]
    pub fn block(&self) -> &str {
        &self.block
    }

    /// Says whether the texts stand in the order of their bytes.
    #[must_use]
    pub fn is_sorted(&self) -> bool {
        !self.unsorted
    }
}

fn first_bytes(text: &str) -> u64 {
    let mut bytes = [0_u8; 8];
    for (slot, byte) in bytes.iter_mut().zip(text.as_bytes()) {
        *slot = *byte;
    }
    u64::from_be_bytes(bytes)
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Texts {}

impl fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

/// The distinct texts of a column, complete. A clone shares them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Levels(Arc<Texts>);

impl Levels {
    /// Numbers the texts by the order of their bytes; `order` is what [`Texts::byte_order`] gave.
    #[must_use]
    pub(super) fn numbered_by(self, order: Vec<u32>) -> Self {
        let mut texts = Arc::unwrap_or_clone(self.0);
        texts.number_by(order);
        texts.into()
    }
}

impl Deref for Levels {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.0
    }
}

/// That no two are equal is for the caller to see to.
impl From<Texts> for Levels {
    fn from(texts: Texts) -> Self {
        Self(Arc::new(texts))
    }
}

impl<T: AsRef<str>> FromIterator<T> for Levels {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref()));
        all.into()
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_had_by_number_also_the_empty_one() {
        let texts = ["b", "", "é", "longer than eight bytes"];
        let levels = Levels::from_iter(texts);
        assert_eq!(levels.iter().collect::<Vec<_>>(), texts);
        assert_eq!((levels.get(1), levels.get(2), levels.get(4)), (Some(""), Some("é"), None));
        assert_eq!((levels.len(), levels.is_sorted(), levels.is_empty()), (4, false, false));
        assert!(Levels::from_iter(["", "b", "é"]).is_sorted());
        let order = levels.byte_order();
        assert_eq!(order, [1, 0, 3, 2]);
        let mut sorted = Texts::clone(&levels.clone().numbered_by(order));
        let by_bytes = ["", "b", texts[3], "é"];
        assert!(sorted.is_sorted() && sorted.iter().eq(by_bytes));
        assert_eq!(Levels::from(sorted.clone()), Levels::from_iter(by_bytes));
        assert_eq!(sorted.byte_order(), [0, 1, 2, 3]);
        sorted.push("a");
        assert_eq!((sorted.get(4), sorted.get(2)), (Some("a"), Some(texts[3])));
        assert!(!sorted.is_sorted());
        assert_eq!(sorted.byte_order(), [0, 4, 1, 2, 3]);
        let again = Levels::from(sorted.clone()).numbered_by(sorted.byte_order());
        assert!(again.iter().eq(["", "a", "b", texts[3], "é"]));
        // Where one text ends matters, not only what the block holds.
        assert_ne!(Levels::from_iter(["ab", "c"]), Levels::from_iter(["a", "bc"]));
        assert_eq!(format!("{levels:?}"), "[\"b\", \"\", \"é\", \"longer than eight bytes\"]");
    }
}
