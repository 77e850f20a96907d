//! What of a study is sealed: a hash of every part, and how two such differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::audit::house::{StudyFolder, read_text};
use crate::diagnostic::{Problems, plain};
use crate::digest::Sha256;

/// Kind (`claim`, `step`, …), then id, then part, then the hash of its content.
pub type Fingerprints = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// Something that is no longer as sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) part: String,
    /// `changed`, `added`, `removed`.
    pub(super) how: &'static str,
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
