//! Seals: what of claims and method was fixed, when, and what is no longer so.
//!
//! Reads `study.toml`, `method.toml` and `claims.toml` as content (no comment, blank or order of keys counts)
//! and keeps a hash of every part; writes the text of `seal.toml`. Has no clock: the day is given.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::house::{StudyFolder, read_text};
use crate::claims::record::{Audit, ClaimRecord, SealRecord};
use crate::diagnostic::document::{self, Table};
use crate::diagnostic::text::Append as _;
use crate::diagnostic::{Problem, Problems, plain};
use crate::digest::{Sha256, canonical_json};
use crate::results::Results;

const SCHEMA: &str = "secondlook.seal/1";

/// Kind (`claim`, `step`, …), then id, then part, then the hash of its content.
pub type Fingerprints = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

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

/// Something that is no longer as sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    kind: String,
    id: String,
    part: String,
    /// `changed`, `added`, `removed`.
    how: &'static str,
}

impl std::fmt::Display for Change {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, id, part, how } = self;
        if part.is_empty() {
            write!(formatter, "{kind} {id} {how}")
        } else {
            write!(formatter, "{kind} {id}: {part} {how}")
        }
    }
}

/// What may be reworded without changing what is tested.
const WORDS: [&str; 6] = ["id", "says", "where", "quote", "accepted", "transcription"];

/// Hashes every part of a study's claims and method.
///
/// # Errors
/// When a file is no TOML.
pub fn fingerprints(folder: &StudyFolder) -> Result<Fingerprints, Problems> {
    let mut found = Fingerprints::new();
    let study = content(folder, "study.toml")?;
    if let Some(rounding) = study.get("study").and_then(|head| head.get("rounding")) {
        add(
            &mut found,
            "study",
            "rounding",
            BTreeMap::from([("rounding".to_owned(), hash(rounding))]),
        );
    }
    for run in list(&study, "run") {
        named(&mut found, "run", run, &|key| {
            matches!(key, "basis" | "bind" | "estimates" | "code")
        });
    }
    let claims = content(folder, "claims.toml")?;
    let tested = |key: &str| !WORDS.contains(&key);
    for kind in ["claim", "relation", "implied"] {
        for entry in list(&claims, kind) {
            named(&mut found, kind, entry, &tested);
        }
    }
    let method = content(folder, "method.toml")?;
    for step in list(&method, "step") {
        named(&mut found, "step", step, &|key| !matches!(key, "id" | "where"));
    }
    for (id, input) in method.get("input").and_then(Value::as_object).into_iter().flatten() {
        let parts = parts(input, &|key| key == "columns");
        add(&mut found, "input", id, parts);
    }
    Ok(found)
}

fn content(folder: &StudyFolder, file: &str) -> Result<Value, Problems> {
    let path = folder.path.join(file);
    if !path.exists() {
        return Ok(Value::Null);
    }
    let source = read_text(&path, &format!("{}/{file}", folder.shown))?;
    plain::content(&source)
}

fn list<'a>(root: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    root.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn named(found: &mut Fingerprints, kind: &str, entry: &Value, wanted: &dyn Fn(&str) -> bool) {
    if let Some(id) = entry.get("id").and_then(Value::as_str) {
        add(found, kind, id, parts(entry, wanted));
    }
}

fn parts(entry: &Value, wanted: &dyn Fn(&str) -> bool) -> BTreeMap<String, String> {
    let keys = entry.as_object().into_iter().flatten();
    keys.filter(|(key, _)| wanted(key))
        .map(|(key, value)| {
            let expression = matches!(key.as_str(), "holds" | "equals" | "value");
            let value = match value.as_str().filter(|_| expression) {
                Some(text) => Value::String(without_blanks(text)),
                None => value.clone(),
            };
            (key.clone(), hash(&value))
        })
        .collect()
}

fn add(found: &mut Fingerprints, kind: &str, id: &str, parts: BTreeMap<String, String>) {
    found.entry(kind.to_owned()).or_default().insert(id.to_owned(), parts);
}

/// The first 128 bits of a content's SHA-256.
fn hash(value: &Value) -> String {
    Sha256::of(value.to_string().as_bytes()).to_string().chars().take(32).collect()
}

/// Removes the blanks of an expression that part no two words and stand in no quotes.
fn without_blanks(text: &str) -> String {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    let mut kept = String::new();
    let mut quoted = false;
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        quoted ^= letter == '"';
        if !letter.is_whitespace() || quoted {
            kept.push(letter);
            continue;
        }
        let parts_words = kept.ends_with(word) && letters.peek().copied().is_some_and(word);
        if parts_words {
            kept.push(' ');
        }
    }
    kept
}

/// Compares what is with what was sealed. A run added later is new evidence, not a change.
#[must_use]
pub fn changes(sealed: &Fingerprints, now: &Fingerprints) -> Vec<Change> {
    let nothing = BTreeMap::new();
    let kinds: BTreeSet<&String> = sealed.keys().chain(now.keys()).collect();
    let mut found = Vec::new();
    for kind in kinds {
        let (old, new) = (sealed.get(kind).unwrap_or(&nothing), now.get(kind).unwrap_or(&nothing));
        let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for id in ids {
            let mut tell = |part: &str, how: &'static str| {
                let (kind, id, part) = (kind.clone(), id.clone(), part.to_owned());
                found.push(Change { kind, id, part, how });
            };
            match (old.get(id), new.get(id)) {
                (Some(_), None) => tell("", "removed"),
                (None, Some(_)) if kind != "run" => tell("", "added"),
                (Some(old), Some(new)) => {
                    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                    for key in keys {
                        match (old.get(key), new.get(key)) {
                            (Some(_), None) => tell(key, "removed"),
                            (None, Some(_)) => tell(key, "added"),
                            (before, after) if before != after => tell(key, "changed"),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
    found
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
        if let Some(Sealed { seal, changes }) = earlier {
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
        Self { schema, study, on, results_existed, late, superseded, entries }
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

/// Reads a study's seal, where there is one, and what has changed since.
pub fn read(folder: &StudyFolder, problems: &mut Problems) -> Option<Sealed> {
    let path = folder.path.join("seal.toml");
    if !path.exists() {
        return None;
    }
    let source = match read_text(&path, &format!("{}/seal.toml", folder.shown)) {
        Ok(source) => source,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let seal = document::read(&source, problems, |root| parse(root, &folder.id)).flatten()?;
    match fingerprints(folder) {
        Ok(now) => Some(Sealed { changes: changes(&seal.entries, &now), seal }),
        // The files' own readers tell what is wrong with them.
        Err(_told_elsewhere) => None,
    }
}

fn parse(root: &Table<'_>, study: &str) -> Option<Seal> {
    let head = root.table("seal")?;
    let (schema, of) = (head.required::<String>("schema"), head.required::<String>("study"));
    let (on, sha256) =
        (head.required::<jiff::civil::Date>("on"), head.required::<String>("sha256"));
    let results = head.required::<String>("results");
    let late = head.list::<String>("late").into_iter().map(|entry| entry.value).collect();
    let mut superseded = Vec::new();
    for earlier in root.tables("superseded") {
        let day = earlier.required::<jiff::civil::Date>("on");
        let sha256 = earlier.required::<String>("sha256");
        superseded.push((day?.value.to_string(), sha256?.value));
    }
    let mut entries = Fingerprints::new();
    for kind in ["claim", "relation", "implied", "step", "input", "run", "study"] {
        if root.value(kind).is_none() {
            continue;
        }
        let mut ids = BTreeMap::new();
        for (id, value) in root.table(kind)?.entries() {
            let mut parts = BTreeMap::new();
            for (part, hash) in value.as_table()?.entries() {
                parts.insert(part.value, hash.read::<String>()?.value);
            }
            ids.insert(id.value, parts);
        }
        entries.insert(kind.to_owned(), ids);
    }
    let sha256 = sha256?;
    let seal = Seal {
        schema: schema?.value,
        study: of?.value,
        on: on?.value.to_string(),
        results_existed: results?.value == "existed",
        late,
        superseded,
        entries,
    };
    if seal.sha256().to_string() != sha256.value || seal.study != study {
        let help =
            "take the file that was committed, or make a new seal with `secondlook seal --again`";
        root.report(
            Problem::error("the seal is not as it was written: its checksum differs")
                .at(&sha256.span)
                .help(help),
        );
        return None;
    }
    Some(seal)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_an_expression_do_not_matter() {
        assert_eq!(without_blanks(" a  >0 and\n b == 1 "), without_blanks("a > 0 and b==1"));
        assert_ne!(without_blanks("a > 0 or b"), without_blanks("a > 0 and b"));
        assert_ne!(without_blanks("est(\"a b\")"), without_blanks("est(\"ab\")"));
    }
}
