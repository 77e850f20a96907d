//! The distinct texts of a column, one behind the other in one block. No type of the engine here.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Distinct texts by number. A clone shares them: hundreds of thousands of names are held once, and
/// cost two allocations, not one each.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Levels {
    packed: Arc<Packed>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Packed {
    text: String,
    /// Where each text ends in the block.
    ends: Vec<usize>,
    /// Whether some text stands behind one that comes later in the order of bytes.
    unsorted: bool,
}

impl Levels {
    /// Makes room for `count` texts of `bytes` bytes together.
    #[must_use]
    pub fn with_capacity(count: usize, bytes: usize) -> Self {
        let (text, ends) = (String::with_capacity(bytes), Vec::with_capacity(count));
        let packed = Packed { text, ends, unsorted: false };
        Self { packed: Arc::new(packed) }
    }

    /// Adds a text, whose number is the count of those before it. That it is a new one is for the
    /// caller to see to.
    pub fn push(&mut self, text: &str) {
        let sorted = self
            .len()
            .checked_sub(1)
            .and_then(|last| self.get(last))
            .is_none_or(|last| last <= text);
        let packed = Arc::make_mut(&mut self.packed);
        packed.unsorted |= !sorted;
        packed.text.push_str(text);
        packed.ends.push(packed.text.len());
    }

    /// Returns how many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packed.ends.len()
    }

    /// Says whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packed.ends.is_empty()
    }

    /// Returns a text by its number.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&str> {
        self.packed.text.get(self.range(place)?)
    }

    /// Returns where a text stands in the block, by its number.
    #[must_use]
    pub fn range(&self, place: usize) -> Option<Range<usize>> {
        let end = *self.packed.ends.get(place)?;
        let start = match place.checked_sub(1) {
            Some(before) => *self.packed.ends.get(before)?,
            None => 0,
        };
        Some(start..end)
    }

    /// Returns the texts by their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        (0..self.len()).map(|place| self.get(place).unwrap_or_default())
    }

    /// Says whether the texts stand in the order of their bytes.
    #[must_use]
    pub fn is_sorted(&self) -> bool {
        !self.packed.unsorted
    }

    /// Returns all texts one behind the other; [`Self::range`] says where each stands.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.packed.text
    }
}

impl<T: AsRef<str>> FromIterator<T> for Levels {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut levels = Self::default();
        texts.into_iter().for_each(|text| levels.push(text.as_ref()));
        levels
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
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
        // Where one text ends matters, not only what the block holds.
        assert_ne!(Levels::from_iter(["ab", "c"]), Levels::from_iter(["a", "bc"]));
        assert_eq!(format!("{levels:?}"), "[\"b\", \"\", \"é\", \"longer than eight bytes\"]");
    }

    #[test]
    fn a_clone_that_grows_leaves_the_first_as_it_was() {
        let first = Levels::from_iter(["a"]);
        let mut second = first.clone();
        second.push("b");
        assert_eq!((first.len(), second.len(), second.get(0)), (1, 2, Some("a")));
    }
}
