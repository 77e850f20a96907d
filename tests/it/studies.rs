//! The studies of this tree: every file of theirs is read strictly and has no problem.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secondlook::claims::coverage;
use secondlook::diagnostic::{Problems, Source};
use secondlook::results::Results;
use secondlook::{claims, engine, manifest, method, study};

use crate::world::{outcome, program, project};

fn folders(inside: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(inside);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
        .expect("the folder of studies or datasets")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "{inside} has no folder");
    folders
}

fn source(folder: &Path, file: &str) -> Arc<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("the file of a study");
    let name = path.strip_prefix(root).expect("inside the tree").display().to_string();
    Source::new(name, text)
}

fn assert_sound(problems: &Problems) {
    assert!(!problems.has_errors(), "{problems}");
}

const ROOTS: [&str; 2] = [".", "tests/specs/worked-example"];

#[test]
fn every_manifest_is_read() {
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/data-manifests"))) {
        let (manifest, problems) = manifest::read(&source(&folder, "manifest.toml"));
        assert_sound(&problems);
        assert!(manifest.is_some(), "{}", folder.display());
    }
}

#[test]
fn every_study_is_read() {
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/methods"))) {
        let (study, problems) = study::read(&source(&folder, "study.toml"));
        assert_sound(&problems);
        assert!(study.is_some(), "{}", folder.display());
    }
}

#[test]
fn every_method_fits_itself_and_its_claims() {
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/methods"))) {
        let (method, problems) = method::read(&source(&folder, "method.toml"));
        assert_sound(&problems);
        let engine = engine::Engine::new(1).expect("an engine");
        let (plan, problems) = method::check(&method.expect("a method"), &engine);
        assert_sound(&problems);
        let plan = plan.expect("a plan");
        let (claims, problems) = claims::read(&source(&folder, "claims.toml"));
        assert_sound(&problems);
        for (address, span) in claims.expect("claims").estimates() {
            if let method::Promise::Never { promised } = plan.promise(&address) {
                panic!("{}:{}: no `{address}` among {promised:?}", folder.display(), span.line());
            }
        }
    }
}

/// Every `coverage/<outlet>.toml` is read, and every statement is rated on a claim that exists.
#[test]
fn every_coverage_file_is_read_and_names_claims_that_exist() {
    let mut files = 0;
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/methods"))) {
        let inside = folder.join("coverage");
        if !inside.is_dir() {
            continue;
        }
        let mut names: Vec<String> = std::fs::read_dir(&inside)
            .expect("the coverage")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        let mut outlets = Vec::new();
        for name in &names {
            let outlet = name.strip_suffix(".toml").expect("only coverage files");
            let (read, problems) = coverage::read(&source(&inside, name), outlet);
            assert!(problems.is_empty(), "{problems}");
            let read = read.expect("an outlet");
            assert!(!read.statements.is_empty(), "{name} says nothing");
            outlets.push(read);
        }
        files += outlets.len();
        let claims = claims::read(&source(&folder, "claims.toml")).0.expect("claims");
        let study = study::read(&source(&folder, "study.toml")).0.expect("a study");
        let records = match coverage::judge(&outlets, &claims, &study) {
            Ok(records) => records,
            Err(problems) => panic!("{problems}"),
        };
        let statements: usize = outlets.iter().map(|outlet| outlet.statements.len()).sum();
        assert_eq!(records.len(), statements, "{}", folder.display());
    }
    assert!(files > 0, "no study has coverage");
}

/// The ends of `from_rounding` against the corners that `tests/reference/studies.py` tries one by one.
/// Tolerance 1e-9 of the value: both use doubles, and the reference prints twelve digits.
#[test]
fn what_rounding_allows_is_what_the_corners_give() {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = program();
    command.current_dir(project()).args(["run", "claude-code-expertise", "--out"]).arg(out.path());
    let done = outcome(command);
    assert_eq!(done.code, 0, "{}", done.err);
    let text = std::fs::read(out.path().join("claude-code-expertise/results.json"));
    let results: Results = serde_json::from_slice(&text.expect("results")).expect("JSON");
    let run = results.run("printed-tables").expect("the run");
    let table = project().join("tests/reference/rounding.csv");
    let mut reader = csv::Reader::from_path(table).expect("the reference");
    let mut compared = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        let estimate = run.estimate(&row[1]).unwrap_or_else(|| panic!("no {}", &row[1]));
        let [low, high] = estimate.from_rounding.expect("an interval");
        for (ours, theirs) in [(low, &row[2]), (high, &row[3])] {
            let theirs: f64 = theirs.parse().expect("a number");
            let near = (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-3);
            assert!(near, "{}: {ours}, elsewhere {theirs}", &row[1]);
        }
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

/// The claims of the flagship and its typed tables hold the same numbers: a slip in one is seen in the other.
#[test]
fn the_claims_print_what_the_typed_tables_say() {
    let folder = project().join("methods/claude-code-expertise");
    let claims = claims::read(&source(&folder, "claims.toml")).0.expect("claims");
    let mut compared = 0;
    let mut same = |id: String, cell: &str| {
        if cell.is_empty() {
            return;
        }
        let claim = claims.claim(&id).unwrap_or_else(|| panic!("no claim {id}"));
        let printed = claim.printed.text.replace([',', '%', '~'], "").replace(" pp", "");
        assert_eq!(printed, cell, "{id}");
        compared += 1;
    };
    for row in typed("table_a1") {
        for (name, column) in [("coef", 1), ("se", 2), ("n", 3), ("cells", 4), ("r2", 5)] {
            same(format!("a1_{name}_{}", &row[0]), &row[column]);
        }
    }
    for row in typed("table_a2") {
        for (name, column) in [("n", 2), ("raw", 3), ("coef", 4), ("se", 5), ("adj", 6)] {
            same(format!("a2_{name}_{}", &row[0]), &row[column]);
        }
    }
    for row in typed("work_modes") {
        same(format!("mode_{}", row[0].to_lowercase()), &row[1]);
    }
    for row in typed("task_value") {
        let series = if &row[0] == "all" { "average".to_owned() } else { row[0].to_lowercase() };
        same(format!("value_{series}"), &row[1]);
    }
    for row in typed("trends") {
        let month = if &row[0] == "2025-10" { "october" } else { "april" };
        let series = row[1].split(' ').next().expect("a word").to_lowercase();
        same(format!("{series}_{month}"), &row[2]);
    }
    assert!(compared > 70, "{compared}");
}

fn typed(table: &str) -> Vec<csv::StringRecord> {
    let folder = project().join("data-manifests/claude-code-expertise");
    let mut reader = csv::Reader::from_path(folder.join(table).with_extension("csv"));
    let reader = reader.as_mut().expect("the table");
    reader.records().map(|row| row.expect("a row")).collect()
}
