//! How words were read, in one way or in several.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::results::Basis;

/// How a vague phrase is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadingRecord {
    /// The lower end.
    pub low: String,
    /// The upper end; `∞` where the words set none.
    pub high: String,
    /// `declared` in the claims file, or `lexicon`.
    pub from: String,
    /// The lexicon's reason.
    pub why: Option<String>,
}

/// What comes out under one of several readings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadingOutcome {
    /// The claim that is read so: this one, or one that it rests on.
    pub of: String,
    /// The reading in words: `40% to 50%`, `as 1 - a / b`.
    pub reading: String,
    /// What it takes the text to mean.
    pub says: Option<String>,
    /// Why the text can be read so.
    pub why: Option<String>,
    /// The interval that the words stand for, where the reading says one.
    pub reads: Option<[String; 2]>,
    /// The address of the estimate compared, where the reading says one.
    pub estimate: Option<String>,
    /// The expression recomputed, where the reading says one.
    pub equals: Option<String>,
    /// The verdict under it.
    pub verdict: Verdict,
    /// Why it could not be checked.
    pub reason: Option<String>,
    /// The basis of that verdict.
    pub basis: Basis,
    /// The run behind it.
    pub run: Option<String>,
    /// Our value.
    pub value: Option<f64>,
    /// Whether it is the reading whose verdict is shown.
    pub counts: bool,
}

impl ReadingOutcome {
    /// Returns a line for a reader: `40% to 50%: rounded`.
    #[must_use]
    pub fn line(&self) -> String {
        let says = self.says.as_ref().map(|says| format!(" ({says})")).unwrap_or_default();
        let why = self.why.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
        let counts = if self.counts { ", which counts" } else { "" };
        format!("{}{says}: {}{counts}{why}", self.reading, self.verdict)
    }
}
