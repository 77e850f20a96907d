//! What was fixed beforehand, and what changed since.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;

/// The seal that `secondlook seal` kept, and what of claims and method is no longer as sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealRecord {
    /// The day of the seal.
    pub on: String,
    /// The checksum of all that it fixes.
    pub sha256: Sha256,
    /// Whether results existed by then: if so, it fixes nothing beforehand.
    pub results_existed: bool,
    /// The seals that it replaced.
    pub superseded: usize,
    /// What changed after it, e.g. `claim slowdown: holds changed`.
    pub changes: Vec<String>,
}

impl SealRecord {
    /// Returns a sentence for a reader.
    #[must_use]
    pub fn sentence(&self) -> String {
        let when = if self.results_existed {
            "when results existed already, so that nothing was fixed beforehand"
        } else {
            "before results existed"
        };
        let since = match self.changes.as_slice() {
            [] => "Nothing has changed since.".to_owned(),
            changes => format!("Changed since: {}.", changes.join("; ")),
        };
        format!("Claims and method were sealed on {} {when}. {since}", self.on)
    }
}
