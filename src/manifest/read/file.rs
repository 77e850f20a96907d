//! One `[[file]]` of a manifest.

use crate::diagnostic::document::{FromValue, Table as Keys, Value};
use crate::diagnostic::{Problem, Spanned};
use crate::digest::Sha256;

use super::super::path::SafePath;
use super::super::record::{DerivedFrom, File};
use super::optional_text;

/// Reads one file; reports what is wrong with it.
pub(super) fn read(keys: &Keys<'_>) -> Option<File> {
    let path = keys.required::<String>("path");
    let safe = path.as_ref().is_some_and(|path| is_safe(keys, path));
    let bytes = keys.required::<u64>("bytes");
    let sha256 = checksum(keys);
    let url = optional_url(keys);
    let derived_from = keys.value("derived_from");
    let converted = derived_from.is_some();
    let derived_from = derived_from.and_then(|value| read_derivation(keys, &value));
    if !safe || (converted && derived_from.is_none()) {
        return None;
    }
    Some(File { path: path?, bytes: bytes?.value, sha256: sha256?, url, derived_from })
}

fn is_safe(keys: &Keys<'_>, path: &Spanned<String>) -> bool {
    let Err(error) = SafePath::new(&path.value) else { return true };
    let shown: String = path.value.chars().take(80).collect();
    let problem = Problem::error(error.to_string())
        .at(&path.span)
        .label(format!("`{}` is refused", shown.escape_debug()));
    keys.report(match error.help {
        Some(help) => problem.help(help),
        None => problem,
    });
    false
}

fn checksum(keys: &Keys<'_>) -> Option<Sha256> {
    let text = keys.required::<String>("sha256")?;
    match text.value.parse() {
        Ok(checksum) => Some(checksum),
        Err(error) => {
            let problem = Problem::error(format!("{error}")).at(&text.span);
            let lower = text.value.trim().to_ascii_lowercase();
            keys.report(if lower.parse::<Sha256>().is_ok() {
                problem.help(format!("write `{lower}`"))
            } else {
                problem.help(format!(
                    "this has {} characters; `sha256sum FILE` prints it",
                    text.value.chars().count()
                ))
            });
            None
        }
    }
}

fn optional_url(keys: &Keys<'_>) -> Option<Spanned<String>> {
    let url = optional_text(keys, "url")?;
    match super::super::url::check_manifest_url(&url.value) {
        Ok(_) => Some(url),
        Err(error) => {
            keys.report(Problem::error(error.to_string()).at(&url.span));
            None
        }
    }
}

fn read_derivation(keys: &Keys<'_>, value: &Value<'_>) -> Option<DerivedFrom> {
    let Some(source) = value.as_table() else {
        let message = "`derived_from` must be a table { sha256 = …, bytes = …, command = … }";
        keys.report(Problem::error(message).at(&value.span));
        return None;
    };
    let sha256 = checksum(&source);
    let bytes = optional::<u64>(&source, "bytes");
    let url = optional_url(&source);
    let command = super::text(&source, "command");
    Some(DerivedFrom { sha256: sha256?, bytes, url, command: command?.value })
}

fn optional<T: FromValue>(keys: &Keys<'_>, key: &str) -> Option<T> {
    keys.optional::<T>(key).map(|read| read.value)
}
