//! What was fixed before results existed, and the mark on what was not.

use serde_json::Value;

use crate::world::World;

const SEAL: &str = "methods/tiny/seal.toml";

fn audit(world: &World) -> Value {
    let path = world.path("outputs/tiny/audit.json");
    serde_json::from_slice(&std::fs::read(path).expect("written")).expect("JSON")
}

fn marks(audit: &Value, claim: usize) -> String {
    audit["claims"][claim]["marks"].to_string()
}

fn sealed() -> World {
    let world = World::tiny();
    world.run(&["seal", "tiny"]).exits(0).shows("no results yet").shows("sha256");
    world
}

#[test]
fn nothing_is_late_where_nothing_changed() {
    let world = sealed();
    world.run(&["seal", "tiny", "--check"]).exits(0).shows("as sealed on 20");
    world.run(&["audit", "tiny"]).exits(0);
    let audit = audit(&world);
    assert_eq!(audit["seal"]["results_existed"], false);
    assert_eq!(audit["seal"]["changes"], serde_json::json!([]));
    assert!(!audit["claims"].to_string().contains("late"));
}

#[test]
fn comments_blanks_and_wording_do_not_matter() {
    let world = sealed()
        .but("methods/tiny/claims.toml", "holds = \"effect > 0\"", "# why\nholds = \"effect>0\"")
        .but("methods/tiny/claims.toml", "raises the score by", "lifts the score by")
        .but(
            "methods/tiny/method.toml",
            "keep = \"age >= 18\"",
            "keep   =   \"age >= 18\"  # adults",
        );
    world.run(&["seal", "tiny", "--check"]).exits(0);
}

#[test]
fn only_what_changed_is_late() {
    let world = sealed().but(
        "methods/tiny/claims.toml",
        "holds = \"effect > 0\"",
        "holds = \"effect > 1\"",
    );
    world.run(&["seal", "tiny", "--check"]).exits(8).shows("claim effect: holds changed");
    world.run(&["audit", "tiny"]).exits(0);
    let after = audit(&world);
    assert!(marks(&after, 0).contains("late") && !marks(&after, 1).contains("late"));
    let plain = after["claims"][0]["plain"].as_str().expect("a sentence");
    assert!(plain.contains("claim effect: holds changed"), "{plain}");
    let page = std::fs::read_to_string(world.path("outputs/tiny/report.md")).expect("a page");
    assert!(page.contains("Fixed beforehand: Claims and method were sealed on"), "{page}");
}

#[test]
fn a_changed_step_makes_late_what_rests_on_it() {
    // `fit` is behind the effect; the means of the arms do not use it.
    let world = sealed().but("methods/tiny/method.toml", "se = \"iid\"", "se = \"hc1\"");
    world.run(&["audit", "tiny"]).exits(0);
    let after = audit(&world);
    assert!(marks(&after, 0).contains("late") && !marks(&after, 1).contains("late"), "{after:#}");
    // An assumption behind both.
    let world =
        sealed().but("methods/tiny/method.toml", "Age enters in years.", "Age enters in decades.");
    world.run(&["audit", "tiny"]).exits(0);
    let after = audit(&world);
    assert!(marks(&after, 0).contains("late") && marks(&after, 1).contains("late"));
}

#[test]
fn a_tolerance_a_weight_and_a_new_claim_after_the_seal_are_late() {
    for (from, to) in [
        ("weight = \"minor\"", "weight = \"major\""),
        ("weight = \"minor\"", "weight = \"minor\"\ntolerance = \"0.1\""),
        ("weight = \"minor\"", "weight = \"minor\"\nrounding = \"truncation\""),
    ] {
        let world = sealed().but("methods/tiny/claims.toml", from, to);
        world.run(&["audit", "tiny"]);
        let after = audit(&world);
        assert!(marks(&after, 1).contains("late") && !marks(&after, 0).contains("late"), "{to}");
    }
    let world = sealed().but(
        "methods/tiny/claims.toml",
        "id = \"mean_treated\"",
        "id = \"mean_of_treated\"",
    );
    world.run(&["audit", "tiny"]).exits(0);
    let after = audit(&world);
    assert!(marks(&after, 1).contains("late"));
    let changes = after["seal"]["changes"].to_string();
    assert!(changes.contains("claim mean_treated removed"), "{changes}");
}

#[test]
fn a_seal_is_kept_and_a_new_one_names_it() {
    let world = sealed();
    let first = std::fs::read_to_string(world.path(SEAL)).expect("the seal");
    world.run(&["seal", "tiny"]).exits(2).says("was sealed on").says("--again");
    assert_eq!(std::fs::read_to_string(world.path(SEAL)).expect("the seal"), first);
    let world = world.but("methods/tiny/claims.toml", "weight = \"minor\"", "weight = \"major\"");
    world.run(&["seal", "tiny", "--again"]).exits(0);
    let second = std::fs::read_to_string(world.path(SEAL)).expect("the seal");
    assert!(second.contains("[[superseded]]") && second.contains("results = \"none\""), "{second}");
    world.run(&["audit", "tiny"]).exits(0);
    assert!(!marks(&audit(&world), 1).contains("late"), "neither seal had seen results");
    // With results at hand a new seal does not wash anything clean.
    let world =
        world.but("methods/tiny/claims.toml", "weight = \"major\"", "weight = \"headline\"");
    world.run(&["seal", "tiny", "--again"]).exits(0).shows("results existed already");
    world.run(&["audit", "tiny"]).exits(0);
    let after = audit(&world);
    assert!(marks(&after, 1).contains("late") && !marks(&after, 0).contains("late"));
    assert_eq!(
        (&after["seal"]["results_existed"], &after["seal"]["superseded"]),
        (&true.into(), &2.into())
    );
}

#[test]
fn a_seal_changed_by_hand_is_refused() {
    let world = sealed().but(SEAL, "results = \"none\"", "results = \"existed\"");
    world
        .run(&["audit", "tiny"])
        .exits(3)
        .says("methods/tiny/seal.toml")
        .says("its checksum differs");
    let world = sealed().but("methods/tiny/claims.toml", "effect > 0", "effect >");
    world.run(&["seal", "tiny", "--check"]).exits(3);
    World::tiny().run(&["seal", "tiny", "--check"]).exits(2).says("has no seal");
}

#[test]
fn a_run_added_later_is_new_evidence_and_a_changed_one_is_late() {
    let run =
        "\n[[run]]\nid = \"again\"\nbasis = \"new-data\"\nbind = { people = \"tiny/people\" }\n";
    let text = crate::world::STUDY.to_owned() + run;
    let world = sealed().with("methods/tiny/study.toml", &text);
    world.run(&["seal", "tiny", "--check"]).exits(0);
    let world = sealed().but("methods/tiny/study.toml", "\"analysis-data\"", "\"raw-data\"");
    world.run(&["seal", "tiny", "--check"]).exits(8).shows("run released: basis changed");
    world.run(&["audit", "tiny"]).exits(0);
    assert!(marks(&audit(&world), 0).contains("late"));
}
