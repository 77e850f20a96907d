//! Seals: what of claims and method was fixed, when, and what is no longer so.
//!
//! Reads `study.toml`, `method.toml` and `claims.toml` as content (no comment, blank or order of keys counts)
//! and keeps a hash of every part; writes the text of `seal.toml`. Has no clock: the day is given.

mod file;
mod fingerprint;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

pub use self::file::{read, read_any};
pub use self::fingerprint::{Change, Fingerprints, changes, fingerprints};
use crate::claims::record::{Audit, ClaimRecord, SealRecord};
use crate::diagnostic::text::Append as _;
use crate::digest::{Sha256, canonical_json};
use crate::results::Results;

const SCHEMA: &str = "secondlook.seal/1";

/// A seal: what `seal.toml` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seal {
    schema: String,
    study: String,
    /// The day it was made.
    pub on: String,
    /// Whether results existed by then.
    pub results_existed: bool,
    /// `kind/id/part` of what had changed after an earlier seal, when results existed.
    late: BTreeSet<String>,
    /// The seals before this one: day and checksum.
    pub superseded: Vec<(String, String)>,
    /// Which of those were of a study of another name: checksum and name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    foreign: BTreeMap<String, String>,
    entries: Fingerprints,
}

/// A seal with what has changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The seal.
    pub seal: Seal,
    /// What is no longer as sealed.
    pub changes: Vec<Change>,
}

impl Seal {
    /// Makes a seal, in place of an earlier one where there is one.
    ///
    /// What had changed after the earlier seal stays late, unless neither had seen results.
    #[must_use]
    pub fn new(
        study: &str,
        on: String,
        results_existed: bool,
        entries: Fingerprints,
        earlier: Option<&Sealed>,
    ) -> Self {
        let mut late = BTreeSet::new();
        let mut superseded = Vec::new();
        let mut foreign = BTreeMap::new();
        if let Some(Sealed { seal, changes }) = earlier {
            foreign.clone_from(&seal.foreign);
            if seal.study != study {
                foreign.insert(seal.sha256().to_string(), seal.study.clone());
            }
            late.clone_from(&seal.late);
            if results_existed {
                late.extend(
                    changes
                        .iter()
                        .map(|Change { kind, id, part, how }| format!("{kind}/{id}/{part}/{how}")),
                );
            }
            superseded.clone_from(&seal.superseded);
            superseded.push((seal.on.clone(), seal.sha256().to_string()));
        }
        let (schema, study) = (SCHEMA.to_owned(), study.to_owned());
        Self { schema, study, on, results_existed, late, superseded, foreign, entries }
    }

    /// The study that it is of.
    #[must_use]
    pub fn study(&self) -> &str {
        &self.study
    }

    /// The checksum of all that the seal holds.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        // A seal holds texts only, which are always JSON.
        Sha256::of(canonical_json(self).unwrap_or_default().as_bytes())
    }

    /// What the seal fixes.
    #[must_use]
    pub const fn entries(&self) -> &Fingerprints {
        &self.entries
    }

    /// The text of `seal.toml`.
    #[must_use]
    pub fn text(&self) -> String {
        let results = if self.results_existed { "existed" } else { "none" };
        let mut text = format!(
            "# Written by `secondlook seal {}`. A change by hand breaks its checksum.\n\n[seal]\nschema = \"{}\"\n\
             study = \"{}\"\non = {}\nresults = \"{results}\"       # whether results existed by then\nsha256 = \"{}\"\n",
            self.study,
            self.schema,
            self.study,
            self.on,
            self.sha256()
        );
        if !self.late.is_empty() {
            let late: Vec<String> = self.late.iter().map(|entry| quoted(entry)).collect();
            writeln!(text, "late = [{}]", late.join(", "));
        }
        for (on, sha256) in &self.superseded {
            writeln!(text, "\n[[superseded]]\non = {on}\nsha256 = \"{sha256}\"");
            if let Some(study) = self.foreign.get(sha256) {
                writeln!(text, "study = {}", quoted(study));
            }
        }
        for (kind, entries) in &self.entries {
            writeln!(text, "\n[{kind}]");
            for (id, parts) in entries {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|(part, hash)| format!("{} = \"{hash}\"", quoted(part)))
                    .collect();
                writeln!(text, "{} = {{ {} }}", quoted(id), parts.join(", "));
            }
        }
        text
    }
}

/// A TOML key or text: bare where it may be.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// Marks every claim `late` that rests on something changed after the seal.
pub fn mark(audit: &mut Audit, results: &Results, sealed: &Sealed) {
    let mut changes = sealed.changes.clone();
    changes.extend(sealed.seal.late.iter().filter_map(|entry| earlier(entry)));
    changes.sort();
    changes.dedup();
    for relation in &mut audit.relations {
        if changes.iter().any(|change| change.kind == "relation" && change.id == relation.id) {
            relation.marks.push("late".to_owned());
            relation.marks.sort();
        }
    }
    for claim in &mut audit.claims {
        let touching: Vec<String> = changes
            .iter()
            .filter(|change| touches(change, claim, results))
            .map(ToString::to_string)
            .collect();
        if !touching.is_empty() {
            claim.marks.push("late".to_owned());
            claim.marks.sort();
            write!(
                claim.plain,
                " Changed after the seal of {}: {}.",
                sealed.seal.on,
                touching.join("; ")
            );
        }
    }
    audit.seal = Some(SealRecord {
        on: sealed.seal.on.clone(),
        sha256: sealed.seal.sha256(),
        results_existed: sealed.seal.results_existed,
        superseded: sealed.seal.superseded.len(),
        changes: changes.iter().map(ToString::to_string).collect(),
    });
}

fn earlier(entry: &str) -> Option<Change> {
    let mut pieces = entry.splitn(4, '/').map(str::to_owned);
    let (kind, id, part) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let how = match pieces.next()?.as_str() {
        "added" => "added",
        "removed" => "removed",
        _ => "changed",
    };
    Some(Change { kind, id, part, how })
}

fn touches(change: &Change, claim: &ClaimRecord, results: &Results) -> bool {
    let on_trace = |id: &str| claim.trace.iter().any(|line| line.trim() == id);
    match change.kind.as_str() {
        "claim" => change.id == claim.id,
        "study" => true,
        "run" => claim.run.as_deref() == Some(change.id.as_str()),
        "step" => on_trace(&change.id),
        "input" => {
            let run = claim.run.as_deref().and_then(|id| results.run(id));
            let steps = run.into_iter().flat_map(|run| &run.steps);
            steps.filter(|step| step.reads.contains(&change.id)).any(|step| on_trace(&step.id))
        }
        "relation" => {
            let line = format!("relation {} (", change.id);
            claim.conflict.contains(&change.id)
                || claim.trace.iter().any(|entry| entry.starts_with(&line))
        }
        _ => false,
    }
}
