//! A code for each row, a byte each where a byte does. No type of the engine here.

use std::borrow::Cow;

/// A code for each row.
#[derive(Debug, Clone)]
pub enum Codes<'a> {
    /// Codes below 256.
    Bytes(Cow<'a, [u8]>),
    /// Any codes.
    Words(Cow<'a, [u32]>),
}

impl Codes<'_> {
    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(codes) => codes.len(),
            Self::Words(codes) => codes.len(),
        }
    }

    /// Says whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a row's code.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<u32> {
        match self {
            Self::Bytes(codes) => codes.get(row).copied().map(u32::from),
            Self::Words(codes) => codes.get(row).copied(),
        }
    }

    /// Returns the codes, row after row.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let (bytes, words) = match self {
            Self::Bytes(codes) => (&**codes, &[][..]),
            Self::Words(codes) => (&[][..], &**codes),
        };
        bytes.iter().copied().map(u32::from).chain(words.iter().copied())
    }

    /// Lends the codes.
    #[must_use]
    pub fn borrowed(&self) -> Codes<'_> {
        match self {
            Self::Bytes(codes) => Codes::Bytes(Cow::Borrowed(codes)),
            Self::Words(codes) => Codes::Words(Cow::Borrowed(codes)),
        }
    }

    /// Returns the codes in words.
    #[must_use]
    pub fn words(&self) -> Cow<'_, [u32]> {
        match self {
            Self::Bytes(codes) => codes.iter().copied().map(u32::from).collect(),
            Self::Words(codes) => Cow::Borrowed(codes),
        }
    }

    /// Lends the codes in words, to be changed.
    pub fn words_mut(&mut self) -> &mut Vec<u32> {
        if let Self::Bytes(codes) = self {
            *self = Self::Words(codes.iter().copied().map(u32::from).collect());
        }
        match self {
            Self::Words(codes) => codes.to_mut(),
            Self::Bytes(_) => unreachable!("they are words now"),
        }
    }

    /// Keeps the codes in bytes where all are below 256.
    #[must_use]
    pub fn in_bytes(self) -> Self {
        match self {
            Self::Words(codes) if codes.iter().fold(0, |all, code| all | code) < 256 => {
                Self::Bytes(codes.iter().map(|code| *code as u8).collect())
            }
            other => other,
        }
    }

    /// Keeps the codes of some rows, in that order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Codes<'static> {
        match self {
            Self::Bytes(codes) => Codes::Bytes(picked(codes, rows).into()),
            Self::Words(codes) => Codes::Words(picked(codes, rows).into()),
        }
    }
}

/// Those of some rows, in that order.
pub(super) fn picked<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| values.get(*row).copied()).collect()
}

/// The same codes are equal, however they are kept.
impl PartialEq for Codes<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl From<Vec<u32>> for Codes<'_> {
    fn from(codes: Vec<u32>) -> Self {
        Self::Words(codes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_same_in_bytes_and_in_words() {
        for (last, narrow) in [(255, true), (256, false), (u32::MAX, false)] {
            let words = vec![0, 7, last, 7];
            let mut codes = Codes::from(words.clone()).in_bytes();
            assert_eq!(matches!(codes, Codes::Bytes(_)), narrow);
            assert_eq!(codes, Codes::from(words.clone()));
            assert_eq!(codes.iter().collect::<Vec<_>>(), words);
            assert_eq!(&*codes.words(), words);
            assert_eq!((codes.get(2), codes.get(4), codes.len()), (Some(last), None, 4));
            assert_eq!(codes.take(&[3, 2, 9]), Codes::from(vec![7, last]));
            assert_eq!(codes.borrowed(), codes);
            codes.words_mut().push(300);
            assert_eq!(codes, Codes::from(vec![0, 7, last, 7, 300]));
            assert_ne!(codes, Codes::from(words));
        }
        assert!(Codes::from(Vec::new()).in_bytes().is_empty());
    }
}
