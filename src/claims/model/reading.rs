//! What a text is taken to stand for: one reading, or several.

use crate::claims::printed::Amount;
use crate::diagnostic::Spanned;
use crate::expression::{End, Expression, Interval};

/// How a vague phrase is read, fixed before results exist.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The two ends as written; an end that the words do not set is `∞`.
    pub texts: [String; 2],
    /// The lower number, whose unit and digits say how a value is shown.
    pub low: Amount,
    /// The interval between the two.
    pub interval: Interval,
    /// Who says so.
    pub from: ReadingFrom,
    /// Why, where the lexicon says so.
    pub why: Option<String>,
}

/// One of several readings of a claim.
#[derive(Debug, Clone, Default)]
pub struct Alternative {
    /// What it takes the text to mean.
    pub says: Option<String>,
    /// The interval that it stands for; none where it is the printed number's.
    pub reads: Option<Reading>,
    /// What the rerun calls it; where neither this nor `equals` is there, the claim's own count.
    pub estimate: Option<Spanned<String>>,
    /// Arithmetic that must give it.
    pub equals: Option<Spanned<Expression>>,
    /// Why the text can be read so.
    pub why: Option<String>,
}

/// Who says how a phrase is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingFrom {
    /// `reads` in the claims file.
    Declared,
    /// The lexicon of vague words.
    Lexicon,
}

impl ReadingFrom {
    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Lexicon => "lexicon",
        }
    }
}

impl Reading {
    /// Returns the reading in words: `40% to 50%`, `more than 2x`.
    #[must_use]
    pub fn words(&self) -> String {
        let [low, high] = &self.texts;
        match (&self.interval.low, &self.interval.high) {
            (End::Open(_), End::Infinite) => format!("more than {low}"),
            (_, End::Infinite) => format!("{low} or more"),
            (End::Open(_), End::Open(_)) => format!("between {low} and {high}"),
            (End::Open(_), _) => format!("more than {low}, up to {high}"),
            (_, End::Open(_)) => format!("{low} to less than {high}"),
            _ => format!("{low} to {high}"),
        }
    }
}
