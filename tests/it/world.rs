//! A small world for one test: a folder with a valid study, which a test then breaks in one place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use secondlook::digest::Sha256;
use tempfile::TempDir;

/// Twelve people, two arms. The reference values below are numpy's (`numpy.linalg.lstsq`).
pub(crate) const DATA: &str = "id,arm,age,score\n1,0,17,4.0\n2,0,25,5.5\n3,0,31,6.0\n4,0,44,7.5\n5,0,52,8.0\n6,0,60,9.5\n\
7,1,19,6.5\n8,1,27,7.0\n9,1,35,8.5\n10,1,41,9.0\n11,1,55,11.0\n12,1,63,11.5\n";

pub(crate) const STUDY: &str = r#"[study]
id = "tiny"
title = "A tiny trial"
authors = ["A. Author"]
date = 2026-01-02
url = "https://example.org/tiny"

[[source]]
id = "paper"
title = "The paper"
url = "https://example.org/tiny.pdf"

[[run]]
id = "released"
basis = "analysis-data"
bind = { people = "tiny/people" }
"#;

pub(crate) const METHOD: &str = r#"[input.people]
says = "One row per person."
columns = { id = "int", arm = "int", age = "int", score = "float" }

[[step]]
id = "adults"
where = "paper, section 2"
[step.filter]
from = "people"
keep = "age >= 18"

[[step]]
id = "ready"
assumes = "Age enters in years."
[step.derive]
from = "adults"
columns = { score_half = "score / 2" }

[[step]]
id = "fit"
[step.regress]
from = "ready"
outcome = "score"
on = ["arm", "age"]
se = "iid"

[[step]]
id = "effect"
[step.contrast]
value = "est(\"fit/arm\")"

[[step]]
id = "arms"
[step.summarise]
from = "ready"
by = ["arm"]
measures = { mean_score = "mean(score)", people = "count" }

[[figure]]
id = "effect"
kind = "estimates"
title = "The effect of the arm"
show = ["effect"]
"#;

pub(crate) const CLAIMS: &str = r#"[[claim]]
id = "effect"
says = "The arm raises the score by 1.9 points."
where = { source = "paper", at = "abstract" }
printed = "1.90"
weight = "headline"
estimate = "effect"
holds = "effect > 0"
transcription = "direct"

[[claim]]
id = "mean_treated"
says = "The treated scored 8.9 on average."
where = { source = "paper", at = "table 1" }
printed = "8.9"
weight = "minor"
estimate = "arms/mean_score{arm=1}"
transcription = "direct"
"#;

/// What a command left behind.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    /// Asserts the exit code, showing what was said where it differs.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Asserts that stderr says something.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not in:\n{}", self.err);
        self
    }

    /// Asserts that stdout shows something.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.out.contains(text), "`{text}` is not in:\n{}", self.out);
        self
    }
}

/// A folder with `methods/` and `data-manifests/`.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    /// A folder with the valid study `tiny`.
    pub(crate) fn tiny() -> Self {
        Self::empty()
            .with("data-manifests/tiny/people.csv", DATA)
            .with("data-manifests/tiny/manifest.toml", &manifest(DATA, 12))
            .with("methods/tiny/study.toml", STUDY)
            .with("methods/tiny/method.toml", METHOD)
            .with("methods/tiny/claims.toml", CLAIMS)
    }

    /// The study `tiny` on other data of the same columns, whose manifest pins them.
    pub(crate) fn tiny_on(data: &[u8], rows: usize) -> Self {
        let world = Self::tiny();
        fs::write(world.path("data-manifests/tiny/people.csv"), data).expect("written");
        world.with("data-manifests/tiny/manifest.toml", &manifest_of(data, rows))
    }

    /// Writes a file.
    pub(crate) fn with(self, path: &str, text: &str) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
        self
    }

    /// Replaces a text that must occur in a file.
    #[track_caller]
    pub(crate) fn but(self, path: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.path(path)).expect("there");
        assert!(text.contains(from), "`{from}` is not in {path}");
        let text = text.replacen(from, to, 1);
        self.with(path, &text)
    }

    /// A path in the folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Runs the program with `--root` at the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        secondlook(self.folder.path(), arguments)
    }

    /// All files under `outputs/` with their bytes.
    pub(crate) fn outputs(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path("outputs"))
    }
}

/// Runs the program with `--root` at a folder, away from the caller's environment.
pub(crate) fn secondlook(root: &Path, arguments: &[&str]) -> Outcome {
    let root = root.to_str().expect("UTF-8");
    let mut command = program();
    command.args(["--root", root]).args(arguments);
    outcome(command)
}

/// The program, without the settings of whoever runs the tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secondlook"));
    for name in ["SECONDLOOK_DATA", "SECONDLOOK_CACHE", "CLICOLOR_FORCE", "NO_COLOR"] {
        command.env_remove(name);
    }
    let cache = std::env::temp_dir().join("secondlook-tests-empty-cache");
    command.env("SECONDLOOK_CACHE", cache);
    command
}

/// Runs a command to its end.
pub(crate) fn outcome(mut command: Command) -> Outcome {
    let done = command.output().expect("the program starts");
    Outcome {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// A manifest that pins a text.
pub(crate) fn manifest(data: &str, rows: usize) -> String {
    manifest_of(data.as_bytes(), rows)
}

fn manifest_of(data: &[u8], rows: usize) -> String {
    format!(
        r#"[dataset]
id = "tiny"
title = "Twelve people"
producer = "The tests"
licence = "CC0-1.0"
access = "public"
retrieved = 2026-01-02

[[file]]
path = "people.csv"
bytes = {}
sha256 = "{}"

[table.people]
file = "people.csv"
rows = {rows}
[table.people.columns]
id = {{ type = "int", unique = true, not_null = true }}
arm = {{ type = "int", one_of = [0, 1] }}
age = {{ type = "int", min = 0, max = 120 }}
score = {{ type = "float", unit = "points" }}
"#,
        data.len(),
        Sha256::of(data),
    )
}

/// All files below a folder with their bytes, by relative path.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    files
}

/// The folder with data that are not in the tree, where whoever runs the tests has it.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says where the data are")]
pub(crate) fn fetched_data() -> Option<PathBuf> {
    std::env::var_os("SECONDLOOK_DATA").map(PathBuf::from).filter(|folder| folder.is_dir())
}

/// The project's own folder.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
