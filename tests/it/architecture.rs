//! Keeps the house: who may import whom, where outside crates may be used, how long a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room and the rooms it may import (only these). The rows of the plan, lowest first.
const ROOMS: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("digest", &[]),
    ("event", &[]),
    ("stats", &[]),
    ("expression", &["diagnostic", "stats"]),
    ("manifest", &["diagnostic", "digest", "event"]),
    ("study", &["diagnostic"]),
    ("engine", &["diagnostic", "event", "stats"]),
    ("results", &["diagnostic", "digest"]),
    ("dataset", &["manifest", "engine", "stats", "diagnostic", "digest", "event"]),
    ("claims", &["results", "study", "expression", "stats", "diagnostic", "digest"]),
    (
        "method",
        &["dataset", "engine", "stats", "results", "expression", "diagnostic", "digest", "event"],
    ),
    ("figure", &["results", "claims"]),
    ("report", &["results", "claims", "study", "figure"]),
    ("error", &["diagnostic"]),
    (
        "audit",
        &[
            "claims",
            "dataset",
            "diagnostic",
            "digest",
            "engine",
            "error",
            "event",
            "figure",
            "manifest",
            "method",
            "report",
            "results",
            "study",
        ],
    ),
    (
        "cli",
        &[
            "audit",
            "claims",
            "dataset",
            "diagnostic",
            "digest",
            "engine",
            "error",
            "event",
            "figure",
            "manifest",
            "method",
            "report",
            "results",
            "stats",
            "study",
        ],
    ),
];

/// Outside crate and the only place (a prefix of the path under `src/`) that may name it.
const ONLY_IN: &[(&str, &str)] = &[
    ("datafusion", "engine/"),
    ("tokio", "engine/"),
    ("plotters", "figure/"),
    ("clap", "cli/"),
    ("clap_complete", "cli/"),
    ("miette", "cli/terminal/"),
    ("indicatif", "cli/terminal/"),
    ("ureq", "manifest/"),
    ("minijinja", "report/"),
    ("toml", "diagnostic/"),
    ("statrs", "stats/"),
    ("faer", "stats/"),
];

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Returns every source file with its path under `src/` and its code without comments.
fn sources() -> Vec<(String, String)> {
    let folder = source_folder();
    files_below(&folder)
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("UTF-8 source");
            let code: Vec<&str> =
                text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let name =
                path.strip_prefix(&folder).expect("below src").to_string_lossy().replace('\\', "/");
            (name, code.join("\n"))
        })
        .collect()
}

fn room_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Returns the rooms that a file names: `crate::room` and the members of `crate::{…}`.
fn named_rooms(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '$') {
            continue;
        }
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(group) => rooms.extend(members(group)),
            None => {
                rooms.insert(identifier(rest));
            }
        }
    }
    rooms
}

fn members(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut names = Vec::new();
    let mut fresh = true;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && depth == 0 && !letter.is_whitespace() => {
                names.push(identifier(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// Says whether code names a crate in a path or an import.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let own =
            before.is_none_or(|letter| !(letter.is_alphanumeric() || "_:.\"/-".contains(letter)));
        let rest = &code[at + name.len()..];
        let imported = code[..at].ends_with("use ") && rest.starts_with(';');
        own && (rest.starts_with("::") || imported)
    })
}

#[test]
fn rooms_import_only_what_the_plan_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let rooms: BTreeSet<&str> = allowed.keys().copied().collect();
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let room = room_of(&file);
        if room == "lib" || room == "main" {
            continue;
        }
        let may = allowed
            .get(room)
            .unwrap_or_else(|| panic!("src/{file} belongs to no room of the plan"));
        for named in named_rooms(&code) {
            if rooms.contains(named.as_str()) && named != room && !may.contains(&named.as_str()) {
                wrong.push(format!("src/{file} imports {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_room() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        for (name, place) in ONLY_IN {
            let root = format!("{}.rs", place.trim_end_matches('/'));
            if names_crate(&code, name) && !file.starts_with(place) && file != root {
                wrong.push(format!("src/{file} names {name}, which belongs in {place}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_terminal_prints() {
    let words = ["println!", "eprintln!", "print!(", "eprint!(", "io::stdout", "io::stderr"];
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        for word in words.iter().filter(|word| code.contains(**word)) {
            if file != "cli/terminal.rs" {
                wrong.push(format!("src/{file}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_is_too_large_to_know_and_none_is_a_drawer() {
    let mut wrong = Vec::new();
    for path in files_below(&source_folder()) {
        let text = fs::read_to_string(&path).expect("UTF-8 source");
        let lines = text.lines().count();
        if lines > 600 {
            wrong.push(format!("{} has {lines} lines", path.display()));
        }
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if ["utils", "util", "helpers", "helper", "common", "misc"].contains(&stem) {
            wrong.push(format!("{} is a drawer, not a room", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_integration_test_file_is_part_of_the_one_binary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).expect("main.rs");
    for path in files_below(&folder) {
        let inside = path.strip_prefix(&folder).expect("below tests/it");
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let parent = match inside.parent().and_then(Path::file_name).and_then(|name| name.to_str())
        {
            None if stem == "main" => continue,
            None => main.clone(),
            Some(_) if stem == "mod" => continue,
            Some(room) => {
                let beside = folder.join(format!("{room}.rs"));
                let inner = folder.join(room).join("mod.rs");
                fs::read_to_string(if beside.is_file() { beside } else { inner })
                    .expect("the parent module")
            }
        };
        assert!(parent.contains(&format!("mod {stem};")), "{} is in no binary", path.display());
    }
}

#[test]
fn an_import_of_a_forbidden_room_is_seen() {
    let code = "use crate::{claims::record, method::{run, check}};\nfn f() { crate::engine::Engine::new(1); }";
    let rooms: Vec<String> = named_rooms(code).into_iter().collect();
    assert_eq!(rooms, ["claims", "engine", "method"]);
    assert!(names_crate("use datafusion::prelude::*;", "datafusion"));
    assert!(names_crate("let x = tokio::spawn(y);", "tokio"));
    assert!(!names_crate("let a = my_tokio::x;", "tokio"));
    assert!(!names_crate("let a = crate::toml::x;", "toml"));
}
