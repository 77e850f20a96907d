//! Estimates that other code produced: checked, judged, and never said to be ours.

use secondlook::digest::Sha256;
use serde_json::Value;

use crate::world::{METHOD, World};

const ESTIMATES: &str = "estimate,value,se,ci_low,ci_high,p,n\n\
fit/arm,1.898,0.31,1.2,2.6,0.0004,11\nn,11,,,,,\n";
const SCRIPT: &str = "lm(score ~ arm + age)\n";

const STUDY: &str = r#"[study]
id = "theirs"
title = "A trial known by its authors' output"
authors = ["A. Author"]

[[source]]
id = "paper"
title = "The paper"
url = "https://example.org/paper.pdf"

[[run]]
id = "output"
basis = "analysis-data"
estimates = "their-output/estimates"
code = "authors"
"#;

const CLAIMS: &str = r#"[[claim]]
id = "effect"
says = "The arm raises the score by 1.9 points."
where = { source = "paper", at = "abstract" }
printed = "1.90"
weight = "headline"
estimate = "fit/arm"
holds = "effect > 0"

[[claim]]
id = "people"
says = "There were 12 adults."
where = { source = "paper", at = "table 1" }
printed = "12"
estimate = "n"
"#;

fn manifest(estimates: &str, columns: &str, script: Option<&str>) -> String {
    let pinned = script.map_or_else(String::new, |script| {
        format!(
            "[[file]]\npath = \"analysis.R\"\nbytes = {}\nsha256 = \"{}\"\n",
            script.len(),
            Sha256::of(script.as_bytes())
        )
    });
    format!(
        "[dataset]\nid = \"their-output\"\ntitle = \"Their output\"\nproducer = \"The authors\"\nlicence = \"CC0-1.0\"\n\
         access = \"public\"\nretrieved = 2026-01-02\n[[file]]\npath = \"estimates.csv\"\nbytes = {}\nsha256 = \"{}\"\n\
         {pinned}[table.estimates]\nfile = \"estimates.csv\"\n[table.estimates.columns]\n{columns}\n",
        estimates.len(),
        Sha256::of(estimates.as_bytes())
    )
}

const COLUMNS: &str = "estimate = { type = \"string\" }\nvalue = { type = \"float\" }\nse = { type = \"float\" }\n\
ci_low = { type = \"float\" }\nci_high = { type = \"float\" }\np = { type = \"float\" }\nn = { type = \"float\" }";

fn world(estimates: &str, columns: &str, script: Option<&str>) -> World {
    let world = World::empty()
        .with("methods/theirs/study.toml", STUDY)
        .with("methods/theirs/claims.toml", CLAIMS)
        .with("data-manifests/their-output/estimates.csv", estimates)
        .with("data-manifests/their-output/manifest.toml", &manifest(estimates, columns, script));
    match script {
        Some(script) => world.with("data-manifests/their-output/analysis.R", script),
        None => world,
    }
}

fn document(world: &World, name: &str) -> Value {
    let path = world.path("outputs/theirs").join(name);
    serde_json::from_slice(&std::fs::read(path).expect("written")).expect("JSON")
}

#[test]
fn imported_estimates_are_judged_and_named_as_the_authors() {
    let world = world(ESTIMATES, COLUMNS, Some(SCRIPT));
    world.run(&["audit", "theirs"]).exits(1).shows("whose code we did not run");
    let (results, audit) = (document(&world, "results.json"), document(&world, "audit.json"));
    let run = &results["runs"][0];
    assert_eq!((&run["code"], &run["basis"]), (&"authors".into(), &"analysis-data".into()));
    assert_eq!(run["steps"], serde_json::json!([]));
    assert_eq!(run["method_sha256"], Value::Null);
    assert_eq!(run["estimates"][0]["ci"], serde_json::json!([1.2, 2.6]));
    assert_eq!(run["inputs"][1]["path"], "analysis.R");
    assert_eq!(run["warnings"], serde_json::json!([]));
    let effect = &audit["claims"][0];
    assert_eq!((&effect["verdict"], &effect["code"]), (&"exact".into(), &"authors".into()));
    let plain = effect["plain"].as_str().expect("a sentence");
    assert!(plain.contains("The authors' own code") && plain.contains("we did not run"), "{plain}");
    assert!(!plain.contains("Our rerun"), "{plain}");
    let trace = effect["trace"].to_string();
    assert!(
        trace.contains("estimates.csv sha256:") && trace.contains("analysis.R sha256:"),
        "{trace}"
    );
    assert_eq!(audit["claims"][1]["verdict"], "differs");
    world.run(&["audit", "theirs", "--check"]).exits(0).shows("unchanged");
    world.run(&["audit", "--all", "--check"]).exits(0);
    world.run(&["run", "theirs"]).exits(0).shows("fit/arm");
    world.run(&["report", "theirs"]).exits(0);
    world
        .run(&["explain", "theirs", "effect"])
        .exits(0)
        .shows("imported from the authors' own code: we did not run it")
        .shows("analysis.R");
    let page = std::fs::read_to_string(world.path("outputs/theirs/report.html")).expect("a page");
    assert!(page.contains("own code") && !page.contains("our own implementation"), "{page}");
}

#[test]
fn a_changed_script_breaks_the_evidence_as_a_changed_table_does() {
    for file in ["analysis.R", "estimates.csv"] {
        let world = world(ESTIMATES, COLUMNS, Some(SCRIPT))
            .with(&format!("data-manifests/their-output/{file}"), "something else\n");
        world.run(&["audit", "theirs"]).exits(5).says(file);
        assert!(world.outputs().is_empty());
    }
}

#[test]
fn estimates_without_scripts_are_used_with_a_warning() {
    let world = world(ESTIMATES, COLUMNS, None);
    world.run(&["audit", "theirs"]).exits(1).shows("pins no script and no log");
    let warning = document(&world, "results.json")["runs"][0]["warnings"].to_string();
    assert!(warning.contains("cannot be followed"), "{warning}");
}

#[test]
fn every_wrong_number_is_an_error_with_its_line() {
    let header = "estimate,value,se,ci_low,ci_high,p,n\n";
    for (rows, expected) in [
        ("a,1,,,,,\nb,2,-0.1,,,,\n", "their-output/estimates.csv:3"),
        ("a,1,,,,1.2,\n", "their-output/estimates.csv:2"),
        ("a,1,,,,,\na,2,,,,,\n", "their-output/estimates.csv:3"),
        ("a,,,,,,\n", "their-output/estimates.csv:2"),
        ("a,one,,,,,\n", "their-output/estimates.csv:2"),
        ("a,1,,2,1,,\n", "`a` has its interval the wrong way round: 2 to 1"),
        ("a,1,,2,,,\n", "`a` has one end of its interval only"),
        ("ok,1,,,,,\na.se,1,,,,,\n", "`a.se` ends like a part of an estimate"),
    ] {
        let world = world(&format!("{header}{rows}"), COLUMNS, Some(SCRIPT));
        world.run(&["audit", "theirs"]).exits(3).says(expected);
        assert!(world.outputs().is_empty(), "{rows}");
    }
    let short = COLUMNS.replace("value = { type = \"float\" }\n", "");
    world(ESTIMATES, &short, Some(SCRIPT))
        .run(&["audit", "theirs"])
        .exits(3)
        .says("imported estimates need a column `value`");
    let misspelt = COLUMNS.replace("ci_high", "ci_hi");
    world(&ESTIMATES.replace("ci_high", "ci_hi"), &misspelt, Some(SCRIPT))
        .run(&["audit", "theirs"])
        .exits(3)
        .says("`ci_hi` is no column of imported estimates");
}

#[test]
fn our_own_run_speaks_before_imported_estimates_on_the_same_basis() {
    let world = World::tiny()
        .with("data-manifests/their-output/estimates.csv", ESTIMATES)
        .with("data-manifests/their-output/analysis.R", SCRIPT)
        .with(
            "data-manifests/their-output/manifest.toml",
            &manifest(ESTIMATES, COLUMNS, Some(SCRIPT)),
        )
        .but(
            "methods/tiny/study.toml",
            "[[run]]",
            "[[run]]\nid = \"theirs\"\nbasis = \"analysis-data\"\nestimates = \"their-output/estimates\"\ncode = \"authors\"\n\n[[run]]",
        )
        .but("methods/tiny/claims.toml", "estimate = \"effect\"", "estimate = \"fit/arm\"")
        .but("methods/tiny/claims.toml", "\"1.90\"", "\"1.9\"");
    assert!(METHOD.contains("id = \"fit\""));
    world.run(&["audit", "tiny"]).exits(0);
    let path = world.path("outputs/tiny/audit.json");
    let audit: Value =
        serde_json::from_slice(&std::fs::read(path).expect("written")).expect("JSON");
    let effect = &audit["claims"][0];
    assert_eq!((&effect["run"], &effect["code"]), (&"released".into(), &"reimplemented".into()));
    assert_eq!(effect["others"][0]["run"], "theirs");
    // One run alone knows only its own estimates.
    world.run(&["audit", "tiny", "--run", "theirs"]);
}
