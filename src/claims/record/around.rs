//! The network around one claim as a record: what binds its number, and by how much.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What all printed numbers together allow for one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Around {
    /// The claim.
    pub claim: String,
    /// The interval that its own digits allow.
    pub own: Ends,
    /// The interval that all numbers and relations together allow, its own digits among them.
    pub together: Ends,
    /// The interval that the others allow, without its own digits.
    pub others: Ends,
    /// Whether no tighter interval exists than `together`.
    pub tight: bool,
    /// The printed numbers and relations without which `together` would be wider, the strongest first.
    pub binding: Vec<Binding>,
    /// How many other numbers and relations were looked at, and bind nothing.
    pub loose: usize,
    /// Relations that name it and are left out here, since they are part of a conflict.
    pub left_out: Vec<String>,
    /// Why nothing is known, where nothing is.
    pub reason: Option<String>,
}

/// The two ends of an interval; none where it has no end on that side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// A printed number or a relation that keeps the claim's number where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The claim or relation.
    pub id: String,
    /// `number` or `relation`.
    pub kind: String,
    /// What is printed, or what the relation says.
    pub printed: String,
    /// The interval that would be allowed without it; where `exact` is false, it may be narrower.
    pub without: Ends,
    /// How far the two ends would move outward; none where the end would be gone.
    pub moves: Ends,
    /// How far they move at most where the number is one unit in its last digit larger or smaller.
    pub per_digit: Option<Ends>,
    /// Whether `without` is the tightest.
    pub exact: bool,
}
