//! Broken methods: what the check finds before anything runs (exit 3), and what only the data show (exit 6).

use super::{Case, changed, refuse_all};
use crate::world::{DATA, World};

const FILE: &str = "methods/tiny/method.toml";

#[test]
fn slips_are_named_with_their_line_and_the_nearest_name() {
    refuse_all(vec![
        changed(
            "column",
            FILE,
            "age >= 18",
            "agee >= 18",
            3,
            &["method.toml:10", "agee", "did you mean `age`?"],
        ),
        changed(
            "term",
            FILE,
            "\"arm\", \"age\"",
            "\"arm\", \"agge\"",
            3,
            &["method.toml:24", "agge", "age"],
        ),
        changed(
            "outcome",
            FILE,
            "outcome = \"score\"",
            "outcome = \"scor\"",
            3,
            &["method.toml:23", "score"],
        ),
        changed("group", FILE, "by = [\"arm\"]", "by = [\"amr\"]", 3, &["method.toml:36", "arm"]),
        changed(
            "step",
            FILE,
            "from = \"adults\"",
            "from = \"adolts\"",
            3,
            &["method.toml:16", "adults"],
        ),
        changed(
            "key",
            FILE,
            "outcome =",
            "outcom =",
            3,
            &["method.toml:23", "did you mean `outcome`?"],
        ),
        changed(
            "kind",
            FILE,
            "[step.contrast]",
            "[step.contrats]",
            3,
            &["method.toml:29", "contrast"],
        ),
        changed("missing key", FILE, "keep = \"age >= 18\"\n", "", 3, &["method.toml:8", "keep"]),
        changed("se", FILE, "se = \"iid\"", "se = \"idd\"", 3, &["method.toml:25", "iid"]),
        changed(
            "duplicate id",
            FILE,
            "id = \"ready\"",
            "id = \"adults\"",
            3,
            &["method.toml:13", "adults"],
        ),
        changed("address", FILE, "fit/arm", "fit/amr", 3, &["method.toml:30", "fit/arm"]),
        changed(
            "figure",
            FILE,
            "show = [\"effect\"]",
            "show = [\"efect\"]",
            3,
            &["method.toml:43", "effect"],
        ),
        changed(
            "input column",
            FILE,
            "age = \"int\"",
            "age = \"intt\"",
            3,
            &["method.toml:3", "int"],
        ),
    ]);
}

#[test]
fn forward_references_and_cycles_are_refused() {
    refuse_all(vec![
        changed(
            "forward",
            FILE,
            "from = \"people\"",
            "from = \"ready\"",
            3,
            &["method.toml:9", "ready"],
        ),
        changed(
            "itself",
            FILE,
            "from = \"people\"",
            "from = \"adults\"",
            3,
            &["method.toml:9", "adults"],
        ),
    ]);
}

#[test]
fn expressions_that_do_not_parse_are_refused() {
    refuse_all(vec![
        changed("filter", FILE, "age >= 18", "age >=", 3, &["method.toml:10"]),
        changed("derive", FILE, "score / 2", "score / / 2", 3, &["method.toml:17"]),
        changed(
            "contrast",
            FILE,
            "est(\\\"fit/arm\\\")",
            "est(\\\"fit/arm\\\") +",
            3,
            &["method.toml:30"],
        ),
        changed("wrong type", FILE, "age >= 18", "age + 1", 3, &["method.toml:10"]),
        changed(
            "text outcome",
            FILE,
            "outcome = \"score\"",
            "outcome = \"'high'\"",
            3,
            &["method.toml:23"],
        ),
        changed(
            "two statements",
            FILE,
            "age >= 18",
            "true; DROP TABLE people",
            3,
            &["method.toml:10"],
        ),
        changed("volatile", FILE, "score / 2", "random()", 3, &["method.toml:17", "random"]),
    ]);
}

#[test]
fn every_problem_is_reported_at_once() {
    let world = World::tiny()
        .but(FILE, "age >= 18", "agee >= 18")
        .but(FILE, "by = [\"arm\"]", "by = [\"amr\"]")
        .but("methods/tiny/claims.toml", "weight = \"headline\"", "wieght = \"headline\"")
        .but("data-manifests/tiny/manifest.toml", "producer =", "produceer =");
    let says = vec!["agee", "amr", "wieght", "produceer"];
    refuse_all(vec![Case { name: "four slips in three files", world, code: 3, says }]);
}

#[test]
fn what_only_the_data_show_ends_in_exit_6_at_the_step() {
    let collinear = "on = [\"arm\", \"age\", \"2 * age\"]";
    refuse_all(vec![
        changed(
            "division by zero",
            FILE,
            "score / 2",
            "id / (arm - arm)",
            6,
            &["method.toml:17", "zero"],
        ),
        changed(
            "no finite number",
            FILE,
            "score / 2",
            "ln(score - score)",
            6,
            &["method.toml:17", "score_half"],
        ),
        changed(
            "collinear",
            FILE,
            "on = [\"arm\", \"age\"]",
            collinear,
            6,
            &["method.toml:24", "age"],
        ),
        changed("no rows left", FILE, "age >= 18", "age >= 180", 6, &["method.toml"]),
        changed(
            "constant outcome",
            FILE,
            "outcome = \"score\"",
            "outcome = \"1.0\"",
            6,
            &["method.toml:23", "same in every row"],
        ),
    ]);
}

#[test]
fn an_expression_that_yields_null_is_counted_or_refused() {
    let world = World::tiny().but(FILE, "mean(score)", "mean(case when age > 200 then score end)");
    let outcome = world.run(&["audit", "tiny"]);
    assert!(outcome.code == 6 || outcome.code == 3, "exit {}: {}", outcome.code, outcome.err);
    assert!(outcome.err.contains("method.toml:37"), "{}", outcome.err);
    assert!(world.outputs().is_empty());
}

#[test]
fn a_group_with_one_row_has_a_mean_and_no_error() {
    let data: String =
        DATA.lines().take(2).chain(DATA.lines().skip(7)).collect::<Vec<_>>().join("\n") + "\n";
    let world = World::tiny_on(data.replacen("1,0,17", "1,0,27", 1).as_bytes(), 7)
        .but(FILE, "on = [\"arm\", \"age\"]", "on = [\"arm\"]")
        .but("methods/tiny/claims.toml", "printed = \"1.90\"", "printed = \"4.92\"");
    world.run(&["run", "tiny"]).exits(0);
    let document: serde_json::Value =
        serde_json::from_slice(&world.outputs()["tiny/results.json"]).expect("JSON");
    let run = &document["runs"][0];
    let estimates = run["estimates"].as_array().expect("a list");
    let alone = estimates
        .iter()
        .find(|estimate| estimate["id"] == "arms/mean_score{arm=0}")
        .expect("there");
    assert_eq!(alone["value"], 4.0);
    assert!(alone["se"].is_null(), "{alone}");
    let warned = run["warnings"].as_array().expect("a list");
    assert!(warned.iter().any(|warning| warning["step"] == "arms"), "{warned:?}");
}
