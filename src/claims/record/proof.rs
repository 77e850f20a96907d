//! Contradictions as records: what a small program needs to check one without our solver.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A contradiction, case by case: in each, inequalities add up to something false.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Together the cases are all there are.
    pub cases: Vec<ProofCase>,
}

/// One case of a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofCase {
    /// What is assumed beside the printed intervals, as a path of decisions: `n <= 4` (against `n >= 5`
    /// where a count is whole, against `n >= 4` where it need not be), or `order: case 1 of 2` of a relation
    /// with `or` or `!=`. The paths of all cases together are a whole tree.
    pub assuming: Vec<String>,
    /// Inequalities and multipliers: their sum is `0 >= number` with a positive number, or `0 > 0`.
    pub parts: Vec<ProofPart>,
    /// Instead of a sum: a relation that no choice inside these intervals makes true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Excluded>,
}

/// A relation that is false all over a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    /// The relation, or the claim whose `equals` it is.
    pub by: String,
    /// Where the left side minus the right side of one of its comparisons lies there, exact.
    pub difference: String,
}

/// An inequality `terms >= at_least` (or `>`) with its multiplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofPart {
    /// A positive number, exact.
    pub multiplier: String,
    /// The coefficient of each claim, exact.
    pub terms: BTreeMap<String, String>,
    /// The number on the right, exact.
    pub at_least: String,
    /// Whether it is `>`.
    pub strict: bool,
    /// `printed` (an end of the claim's interval), or the id of the relation that says so: exactly, or (where
    /// it is not linear) as a line that is true wherever the relation is, inside the case's intervals.
    pub from: String,
    /// Claims whose value, or the end of whose interval, was put into the relation.
    pub given: BTreeMap<String, String>,
}

/// The nearest change found that would turn a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stability {
    /// The verdict (or a relation's state) after it.
    pub flips_to: String,
    /// The change.
    pub by: String,
    /// What kind of change it is: `jitter`, `rounding`, `reading`, `digit`, `value`.
    pub kind: String,
    /// How far a value or a reading's end would have to move, in plain numbers, where that is the change.
    pub distance: Option<f64>,
}

impl Stability {
    /// Returns a sentence for a reader.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("The nearest change that would make it {}: {}.", self.flips_to, self.by)
    }
}
