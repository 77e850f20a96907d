//! The main job from outside: the four studies, their recorded outputs, and the promises around them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::world::{World, fetched_data, outcome, program, project, secondlook, tree};

const FLAGSHIP: &str = "claude-code-expertise";

fn document(folder: &Path, study: &str, name: &str) -> Value {
    let path = folder.join(study).join(name);
    serde_json::from_slice(
        &fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    )
    .expect("JSON")
}

/// A fresh audit of a study of this repository, written to a folder of its own.
fn audited(study: &str) -> (tempfile::TempDir, Value, Value) {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = program();
    command.current_dir(project()).args(["audit", study, "--out"]).arg(out.path());
    if let Some(data) = fetched_data() {
        command.env("SECONDLOOK_DATA", data);
    }
    let done = outcome(command);
    assert!(done.code == 0 || done.code == 1, "exit {}:\n{}", done.code, done.err);
    let results = document(out.path(), study, "results.json");
    let audit = document(out.path(), study, "audit.json");
    (out, results, audit)
}

fn estimate<'a>(results: &'a Value, id: &str) -> &'a Value {
    results["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .flat_map(|run| run["estimates"].as_array().expect("estimates"))
        .find(|estimate| estimate["id"] == id)
        .unwrap_or_else(|| panic!("no estimate {id}"))
}

fn claim<'a>(audit: &'a Value, id: &str) -> &'a Value {
    let claims = audit["claims"].as_array().expect("claims");
    claims.iter().find(|claim| claim["id"] == id).unwrap_or_else(|| panic!("no claim {id}"))
}

#[track_caller]
fn near(found: &Value, expected: f64, tolerance: f64) {
    let value = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((value - expected).abs() <= tolerance, "{value} is not {expected} ± {tolerance}");
}

/// Each recorded estimate against other software: `tests/reference/studies.py` wrote the table with
/// pandas and statsmodels. Tolerance 1e-9 relative: both use doubles and well-conditioned designs.
#[test]
fn every_estimate_equals_that_of_other_software() {
    let table = fs::read_to_string(project().join("tests/reference/studies.csv"))
        .expect("the reference table");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let (study, address, value) = (&row[0], &row[1], row[2].parse::<f64>().expect("a number"));
        let path = project().join("outputs").join(study).join("results.json");
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let results: secondlook::results::Results =
            serde_json::from_slice(&text).expect("a results document");
        let found = results.runs.iter().find_map(|run| run.quantity(address)).flatten();
        let found = found.unwrap_or_else(|| panic!("{study} has no {address}"));
        let scale = value.abs().max(1e-6);
        assert!(
            (found - value).abs() / scale <= 1e-9,
            "{study} {address}: {found}, elsewhere {value}"
        );
        *compared.entry(study.to_owned()).or_default() += 1;
    }
    assert!(compared.len() == 4 && compared.values().all(|count| *count >= 2), "{compared:?}");
}

#[test]
fn metr_has_its_effect_and_three_intervals() {
    if fetched_data().is_none() {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    }
    let (_out, results, audit) = audited("metr-early-2025");
    let ends = |id: &str, low: f64, high: f64| {
        near(&estimate(&results, id)["value"], 0.188_400, 5e-7);
        near(&estimate(&results, id)["ci"][0], low, 5e-7);
        near(&estimate(&results, id)["ci"][1], high, 5e-7);
    };
    ends("effect", 0.012_560, 0.394_776);
    ends("effect_hc3", 0.013_019, 0.394_144);
    ends("effect_by_developer", 0.016_316, 0.389_621);
    let headline =
        audit["claims"].as_array().expect("claims").iter().find(|claim| claim["printed"] == "19%");
    let verdict = headline.expect("the claim of 19%")["verdict"].as_str().expect("a word");
    assert!(verdict == "exact" || verdict == "rounded", "{verdict}");
    let withheld = audit["claims"].as_array().expect("claims").iter();
    assert!(withheld.filter(|claim| claim["verdict"] == "untestable").count() >= 2);
}

#[test]
fn lalonde_has_its_effect_and_standard_error() {
    let (_out, results, audit) = audited("lalonde-nsw");
    let all = results.to_string();
    assert!(all.contains("1794.3424042"), "the effect of Dehejia and Wahba's 445");
    assert!(all.contains("632.853393"), "its standard error");
    let judged = audit["claims"].as_array().expect("claims").iter();
    assert!(judged.filter(|claim| claim["verdict"] == "exact").count() >= 2);
}

#[test]
fn the_economic_index_shares_follow_from_the_stated_denominator() {
    let (_out, results, _audit) = audited("aei-2025-02");
    let values: Vec<f64> = results["runs"][0]["estimates"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|estimate| estimate["value"].as_f64())
        .collect();
    let has = |expected: f64| {
        values.iter().any(|value| (value - expected).abs() < 5e-9 * expected.max(1.0))
    };
    assert!(has(0.574_462_474_207), "{values:?}");
    assert!(has(0.425_537_525_793), "{values:?}");
    assert!(
        values
            .iter()
            .any(|value| (value - 84.209_225).abs() < 1e-3 || (value - 0.842_092_25).abs() < 1e-5)
    );
}

#[test]
fn the_flagship_is_audited_from_printed_numbers_alone() {
    let (_out, results, audit) = audited(FLAGSHIP);
    let slope = estimate(&results, "a2_fit/level");
    near(&slope["value"], 0.042_467, 5e-7);
    near(&slope["from_rounding"][0], 0.042_02, 5e-6);
    near(&slope["from_rounding"][1], 0.042_91, 5e-6);
    near(&estimate(&results, "a2_fit/r2")["value"], 0.0086, 5e-5);
    near(&estimate(&results, "a2_fit/n")["value"], 359_586.0, 0.0);
    let claims = audit["claims"].as_array().expect("claims");
    let relations = audit["relations"].as_array().expect("relations");
    assert!(claims.len() >= 25 && relations.len() >= 8, "{} {}", claims.len(), relations.len());
    let with = |printed: &str| {
        claims
            .iter()
            .find(|claim| claim["printed"] == printed)
            .unwrap_or_else(|| panic!("no claim prints {printed}"))
    };
    assert_eq!(with("0.0426")["verdict"], "adds-up");
    assert_eq!(with("375,687")["verdict"], "does-not-add-up");
    assert_eq!(with("nearly half")["verdict"], "adds-up");
    assert_eq!(with("more than twice")["verdict"], "adds-up");
    let untestable =
        |claim: &&Value| claim["verdict"] == "untestable" && claim["reason"] == "withheld";
    assert!(claims.iter().filter(untestable).count() >= 3);
    let sum: u64 =
        audit["counts"].as_object().expect("counts").values().filter_map(Value::as_u64).sum();
    assert_eq!(sum, claims.len() as u64);
    assert!(
        !audit["sentence"].as_str().expect("a sentence").contains("reproduced"),
        "{}",
        audit["sentence"]
    );
    for claim in claims {
        assert!(
            !claim["plain"].as_str().expect("text").contains("reproduced"),
            "{}",
            claim["plain"]
        );
        assert!(
            claim["at"].as_str().is_some_and(|at| !at.is_empty()),
            "{} has no place",
            claim["id"]
        );
    }
}

/// Copies this repository's methods and manifests, so that a test may change them.
fn copy_of_the_house() -> World {
    let world = World::empty();
    for folder in ["methods", "data-manifests"] {
        for (name, bytes) in tree(&project().join(folder)) {
            let path = world.path(folder).join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, bytes).expect("written");
        }
    }
    world
}

/// Changes one cell of a transcribed table and pins the changed file.
fn with_cell(world: World, file: &str, from: &str, to: &str) -> World {
    let folder = format!("data-manifests/{FLAGSHIP}");
    let path = format!("{folder}/{file}");
    let before = fs::read(world.path(&path)).expect("the table");
    let world = world.but(&path, from, to);
    let after = fs::read(world.path(&path)).expect("the table");
    let digest = |bytes: &[u8]| secondlook::digest::Sha256::of(bytes).to_string();
    let manifest = format!("{folder}/manifest.toml");
    let world = world.but(&manifest, &digest(&before), &digest(&after));
    if before.len() == after.len() {
        return world;
    }
    let line = |bytes: &[u8]| format!("bytes = {}", bytes.len());
    world.but(&manifest, &line(&before), &line(&after))
}

#[test]
fn one_changed_cell_moves_the_verdict() {
    let world = copy_of_the_house();
    world.run(&["audit", FLAGSHIP]);
    let before = document(&world.path("outputs"), FLAGSHIP, "audit.json");
    let world = with_cell(copy_of_the_house(), "table_a2.csv", "34.7", "44.7");
    world.run(&["audit", FLAGSHIP]).exits(1);
    let after = document(&world.path("outputs"), FLAGSHIP, "audit.json");
    let printed = |audit: &Value| {
        let claims = audit["claims"].as_array().expect("claims").clone();
        claims.into_iter().find(|claim| claim["printed"] == "0.0426").expect("the slope")
    };
    assert_eq!(printed(&before)["verdict"], "adds-up");
    assert_eq!(printed(&after)["verdict"], "does-not-add-up");
}

#[test]
fn the_recorded_outputs_are_what_the_code_gives() {
    let mut command = program();
    command.current_dir(project()).args(["audit", "--all", "--check"]);
    outcome(command).exits(0);
    let Some(data) = fetched_data() else {
        println!("skipped: with the fetched data, SECONDLOOK_DATA is not set");
        return;
    };
    let mut command = program();
    command.current_dir(project()).env("SECONDLOOK_DATA", data).args(["audit", "--all", "--check"]);
    let done = outcome(command).exits(0);
    assert!(!done.out.contains("not-fetched"), "{}", done.out);
}

#[test]
fn one_changed_digit_in_a_recorded_output_is_found() {
    for name in ["results.json", "audit.json"] {
        let mut world = copy_of_the_house();
        for (file, bytes) in tree(&project().join("outputs/lalonde-nsw")) {
            if let Ok(text) = String::from_utf8(bytes) {
                world = world.with(&format!("outputs/lalonde-nsw/{file}"), &text);
            }
        }
        world.run(&["audit", "lalonde-nsw", "--check"]).exits(0);
        let world = world.but(&format!("outputs/lalonde-nsw/{name}"), "1794.34", "1794.35");
        let before = world.outputs();
        world.run(&["audit", "lalonde-nsw", "--check"]).exits(8).shows("1794.35");
        assert_eq!(world.outputs(), before, "--check wrote something");
    }
}

#[test]
fn threads_and_processes_never_change_a_byte() {
    let mut written = Vec::new();
    for threads in ["1", "2"] {
        let out = tempfile::tempdir().expect("a folder");
        let mut command = program();
        command
            .current_dir(project())
            .args(["audit", "--all", "--threads", threads, "--out"])
            .arg(out.path());
        if let Some(data) = fetched_data() {
            command.env("SECONDLOOK_DATA", data);
        }
        let done = outcome(command);
        assert!(done.code <= 1, "{}", done.err);
        written.push(tree(out.path()));
    }
    assert!(written[0].len() > 20);
    assert_eq!(written[0], written[1]);
}

#[test]
fn with_all_a_study_without_data_is_named_and_fails_nothing() {
    let world = copy_of_the_house();
    let done = world.run(&["audit", "--all"]);
    assert!(done.code <= 1, "{}", done.err);
    let done = done
        .shows("metr-early-2025: unchecked: not-fetched")
        .shows("secondlook fetch metr-early-2025");
    assert!(!done.err.contains("error"), "{}", done.err);
    assert!(!world.path("outputs/metr-early-2025").exists());
    world.run(&["audit", "--all", "--require-data"]).exits(4);
    world.run(&["audit", "metr-early-2025"]).exits(4).says("secondlook fetch metr-early-2025");
}

#[test]
fn explain_leads_from_the_printed_number_to_the_checksum() {
    let (_out, _results, audit) = audited(FLAGSHIP);
    let slope = audit["claims"]
        .as_array()
        .expect("claims")
        .iter()
        .find(|claim| claim["printed"] == "0.0426");
    let id = slope.expect("the slope")["id"].as_str().expect("an id").to_owned();
    let done = secondlook(project(), &["explain", FLAGSHIP, &id]).exits(0);
    let pinned = secondlook::digest::Sha256::of(
        &fs::read(project().join(format!("data-manifests/{FLAGSHIP}/table_a2.csv")))
            .expect("the table"),
    );
    let done =
        done.shows("0.0426").shows("a2_fit").shows("table_a2.csv").shows(&pinned.to_string());
    let line = done
        .out
        .lines()
        .find(|line| line.trim().starts_with("secondlook audit"))
        .expect("the command");
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let out = tempfile::tempdir().expect("a folder");
    let again = secondlook(
        project(),
        &[&words[..], &["--out", out.path().to_str().expect("UTF-8")]].concat(),
    );
    assert!(again.code <= 1, "{}", again.err);
    assert_eq!(claim(&document(out.path(), FLAGSHIP, "audit.json"), &id)["verdict"], "adds-up");
}
