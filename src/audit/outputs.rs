//! An output folder is written whole or not at all: a temporary folder beside it, then a rename.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;

/// The files of one study's output folder: relative path and bytes.
pub type Files = Vec<(String, Vec<u8>)>;

/// Writes `files` as the folder `out/study`, replacing what an earlier run wrote.
///
/// # Errors
/// When the folder holds something that is not ours, or a file cannot be written. Then nothing has changed.
pub fn write(out: &Path, study: &str, files: &Files) -> Result<PathBuf, Error> {
    let target = out.join(study);
    refuse_foreign(&target)?;
    fs::create_dir_all(out).map_err(|error| Error::output(out, error))?;
    let fresh = tempfile::Builder::new()
        .prefix(".secondlook-")
        .tempdir_in(out)
        .map_err(|error| Error::output(out, error))?;
    for (name, bytes) in files {
        write_file(&fresh.path().join(name), bytes)?;
    }
    if target.exists() {
        let old = tempfile::Builder::new()
            .prefix(".secondlook-")
            .tempdir_in(out)
            .map_err(|error| Error::output(out, error))?;
        let aside = old.path().join("old");
        fs::rename(&target, &aside).map_err(|error| Error::output(&target, error))?;
        if let Err(error) = fs::rename(fresh.path(), &target) {
            let restored = fs::rename(&aside, &target);
            let state =
                if restored.is_ok() { "" } else { " (and the old folder could not be put back)" };
            return Err(Error::output(&target, format!("{error}{state}")));
        }
    } else {
        fs::rename(fresh.path(), &target).map_err(|error| Error::output(&target, error))?;
    }
    make_readable(&target)?;
    Ok(target)
}

/// Replaces single files of `out/study`, each by a rename, and leaves the others.
///
/// # Errors
/// When a file cannot be written.
pub fn replace(out: &Path, study: &str, files: &Files) -> Result<PathBuf, Error> {
    let target = out.join(study);
    refuse_foreign(&target)?;
    fs::create_dir_all(&target).map_err(|error| Error::output(&target, error))?;
    for (name, bytes) in files {
        let path = target.join(name);
        let mut fresh = tempfile::NamedTempFile::new_in(&target)
            .map_err(|error| Error::output(&path, error))?;
        fresh.write_all(bytes).map_err(|error| Error::output(&path, error))?;
        fresh.as_file().sync_all().map_err(|error| Error::output(&path, error))?;
        fresh.persist(&path).map_err(|error| Error::output(&path, error.error))?;
    }
    make_readable(&target)?;
    Ok(target)
}

/// Reads a recorded document, if there is one.
///
/// # Errors
/// When it exists and cannot be read.
pub fn recorded(out: &Path, study: &str, name: &str) -> Result<Option<String>, Error> {
    let path = out.join(study).join(name);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::output(&path, error)),
    }
}

/// Lists what differs between two documents, as `place: recorded → now`.
#[must_use]
pub fn differences(recorded: &str, now: &str) -> Vec<String> {
    if recorded == now {
        return Vec::new();
    }
    let (Ok(before), Ok(after)) =
        (serde_json::from_str::<Value>(recorded), serde_json::from_str::<Value>(now))
    else {
        return vec!["the recorded document is not JSON".to_owned()];
    };
    let mut found = Vec::new();
    compare("", &before, &after, &mut found);
    if found.is_empty() {
        found.push("the same content in other bytes (order, spaces or digits)".to_owned());
    }
    found
}

fn compare(place: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
                let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                let absent = Value::Null;
                compare(
                    &place,
                    old.get(key).unwrap_or(&absent),
                    new.get(key).unwrap_or(&absent),
                    found,
                );
            }
        }
        (Value::Array(old), Value::Array(new)) if named(old) && named(new) => {
            let find = |list: &[Value], id: &Value| {
                list.iter().find(|item| item.get("id") == Some(id)).cloned()
            };
            for item in old.iter().chain(new.iter().filter(|item| find(old, &item["id"]).is_none()))
            {
                let id = &item["id"];
                let place = format!("{place}[{}]", id.as_str().unwrap_or_default());
                let (old, new) = (find(old, id), find(new, id));
                compare(&place, &old.unwrap_or_default(), &new.unwrap_or_default(), found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{place}[{index}]"), old, new, found);
            }
        }
        _ if before == after => {}
        _ => found.push(format!("{place}: {} → {}", brief(before), brief(after))),
    }
}

fn named(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|item| item.get("id").is_some_and(Value::is_string))
}

fn brief(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an entry".to_owned(),
        other => other.to_string().chars().take(80).collect(),
    }
}

fn refuse_foreign(target: &Path) -> Result<(), Error> {
    if target.is_symlink() {
        return Err(Error::output(target, "is a link; outputs are written to real folders only"));
    }
    if !target.exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(target).map_err(|error| Error::output(target, error))?;
    if entries.next().is_some() && !target.join("results.json").is_file() {
        let why = "holds files but no results.json, so it is not an output folder; choose another --out or empty it";
        return Err(Error::output(target, why));
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::output(folder, error))?;
    }
    let mut file = File::create(path).map_err(|error| Error::output(path, error))?;
    file.write_all(bytes).map_err(|error| Error::output(path, error))?;
    file.sync_all().map_err(|error| Error::output(path, error))
}

/// Temporary folders are private; an output folder is for everyone to read.
#[cfg(unix)]
fn make_readable(target: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    let set = |path: &Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(|error| Error::output(path, error))
    };
    set(target, 0o755)?;
    for entry in fs::read_dir(target).map_err(|error| Error::output(target, error))? {
        let path = entry.map_err(|error| Error::output(target, error))?.path();
        if path.is_file() {
            set(&path, 0o644)?;
        }
    }
    Ok(())
}

/// Makes one file readable for everyone.
///
/// # Errors
/// When its mode cannot be set.
#[cfg(unix)]
pub fn readable(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
        .map_err(|error| Error::output(path, error))
}

/// Makes one file readable for everyone.
///
/// # Errors
/// Never here.
#[cfg(not(unix))]
pub fn readable(_: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_named_by_the_ids_around_it() {
        let before =
            r#"{ "claims": [ { "id": "slowdown", "value": 0.19 }, { "id": "n", "value": 1 } ] }"#;
        let after =
            r#"{ "claims": [ { "id": "n", "value": 1 }, { "id": "slowdown", "value": 0.18 } ] }"#;
        assert_eq!(differences(before, after), ["claims[slowdown].value: 0.19 → 0.18"]);
        assert!(differences(before, before).is_empty());
    }

    #[test]
    fn a_folder_that_is_not_ours_is_left_alone() {
        let out = tempfile::tempdir().expect("a folder");
        fs::create_dir(out.path().join("study")).expect("a folder");
        fs::write(out.path().join("study/thesis.txt"), "precious").expect("a file");
        let files = vec![("results.json".to_owned(), b"{}".to_vec())];
        assert!(write(out.path(), "study", &files).is_err());
        assert_eq!(
            fs::read(out.path().join("study/thesis.txt")).expect("still there"),
            b"precious"
        );
    }

    #[test]
    fn a_folder_is_replaced_whole() {
        let out = tempfile::tempdir().expect("a folder");
        let first = vec![
            ("results.json".to_owned(), b"1".to_vec()),
            ("figures/a.svg".to_owned(), b"a".to_vec()),
        ];
        let second = vec![("results.json".to_owned(), b"2".to_vec())];
        write(out.path(), "study", &first).expect("written");
        write(out.path(), "study", &second).expect("written");
        assert_eq!(fs::read(out.path().join("study/results.json")).expect("there"), b"2");
        assert!(!out.path().join("study/figures").exists());
        let left = fs::read_dir(out.path()).expect("a folder").count();
        assert_eq!(left, 1, "temporary folders are left behind");
    }
}
