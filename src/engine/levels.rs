//! The distinct texts of a column, one behind the other in one block. No type of the engine here.

use std::fmt;
use std::hint;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// How many texts are looked for at once.
const AT_ONCE: usize = 64;

/// Texts by number, one behind the other: hundreds of thousands of names cost two allocations, not one each.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    block: String,
    /// Where each text ends in the block.
    ends: Vec<usize>,
    /// Whether some text stands behind one that comes later in the order of bytes.
    unsorted: bool,
}

impl Texts {
    /// Makes room for `count` texts of `bytes` bytes together.
    #[must_use]
    pub fn with_capacity(count: usize, bytes: usize) -> Self {
        let (block, ends) = (String::with_capacity(bytes), Vec::with_capacity(count));
        Self { block, ends, unsorted: false }
    }

    /// Adds a text, whose number is the count of those before it.
    pub fn push(&mut self, text: &str) {
        let last = self.len().checked_sub(1).and_then(|last| self.get(last));
        self.unsorted |= last.is_some_and(|last| last > text);
        self.block.push_str(text);
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

    /// Copies the texts in another order, given by their numbers.
    #[must_use]
    pub fn in_order(&self, order: &[u32]) -> Self {
        let mut copy = Self::with_capacity(self.len(), self.block.len());
        let mut places = Vec::with_capacity(AT_ONCE);
        for few in order.chunks(AT_ONCE) {
            places.clear();
            places.extend(few.iter().filter_map(|number| self.range(*number as usize)));
            // Memory answers many questions in the time of one, where none waits for the copy of another.
            let first = |place: &Range<usize>| self.block.as_bytes().get(place.start).copied();
            hint::black_box(places.iter().filter_map(first).fold(0, |all, byte| all ^ byte));
            for text in places.iter().filter_map(|place| self.block.get(place.clone())) {
                copy.push(text);
            }
        }
        copy
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

impl fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

/// The distinct texts of a column, complete. A clone shares them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Levels(Arc<Texts>);

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
        assert_eq!(
            levels.in_order(&[1, 0, 3, 2]).iter().collect::<Vec<_>>(),
            ["", "b", texts[3], "é"]
        );
        assert!(
            levels.in_order(&[1, 0, 3, 2]).is_sorted() && !levels.in_order(&[2, 0]).is_sorted()
        );
        // Where one text ends matters, not only what the block holds.
        assert_ne!(Levels::from_iter(["ab", "c"]), Levels::from_iter(["a", "bc"]));
        assert_eq!(format!("{levels:?}"), "[\"b\", \"\", \"é\", \"longer than eight bytes\"]");
    }
}
