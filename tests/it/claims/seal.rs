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

fn text(world: &World) -> String {
    std::fs::read_to_string(world.path(SEAL)).expect("the seal")
}

/// The day and the checksum of a seal, as its file says them.
fn head(text: &str) -> (String, String) {
    let of = |key: &str| {
        let line = text.lines().find(|line| line.starts_with(key)).expect("the key");
        line.rsplit(' ').next().expect("a value").trim_matches('"').to_owned()
    };
    (of("on = "), of("sha256 = "))
}

/// A broken seal is never written over: what it kept would be lost. Each break is named with its line.
#[test]
fn a_new_seal_is_refused_over_a_broken_one() {
    let written = text(&sealed());
    let (_, hash) = head(&written);
    let first_hash =
        written.lines().position(|line| line.starts_with("[claim]")).expect("claims") + 2;
    for (from, to, line, says) in [
        ("results = \"none\"", "results = \"existed\"", 8, "its checksum differs"),
        ("results = \"none\"", "results = \"maybe\"", 7, "none, existed"),
        ("secondlook.seal/1", "secondlook.seal/9", 4, "secondlook.seal/1"),
        ("[seal]", "[seel]", 1, "lacks the table [seal]"),
        (hash.as_str(), "0000", 8, "its checksum differs"),
        ("\"effect\" = {", "\"effect\" = 3 # {", first_hash, "a table of hashes"),
        ("[seal]", "[seal", 3, "not valid TOML"),
        ("on = ", "at = ", 3, "lacks `on`"),
    ] {
        let world = sealed().but(SEAL, from, to);
        let before = text(&world);
        let place = format!("seal.toml:{line}");
        for line in
            [&["seal", "tiny", "--again"][..], &["seal", "tiny", "--check"], &["audit", "tiny"]]
        {
            world.run(line).exits(3).says(&place).says(says);
        }
        assert_eq!(text(&world), before, "{to}: the broken seal still stands for who can mend it");
        assert!(world.outputs().is_empty());
    }
}

#[test]
fn a_new_seal_names_all_before_it_and_one_of_another_study_too() {
    let world = sealed();
    let first = head(&text(&world));
    let names = |text: &str, (on, sha256): &(String, String)| {
        text.contains(&format!("[[superseded]]\non = {on}\nsha256 = \"{sha256}\"\n"))
    };
    let world = world.but("methods/tiny/claims.toml", "weight = \"minor\"", "weight = \"major\"");
    world.run(&["seal", "tiny", "--again"]).exits(0);
    let second = text(&world);
    assert!(names(&second, &first), "{second}");
    // The study gets another name, and its seal goes with it.
    let renamed = World::tiny().with("methods/tiny/seal.toml", &second.clone());
    std::fs::rename(renamed.path("methods/tiny"), renamed.path("methods/small")).expect("renamed");
    let renamed = renamed.but("methods/small/study.toml", "id = \"tiny\"", "id = \"small\"");
    renamed
        .run(&["seal", "small", "--check"])
        .exits(3)
        .says("the seal is of `tiny`")
        .says("seal.toml:1");
    renamed.run(&["seal", "small"]).exits(3).says("--again");
    renamed.run(&["seal", "small", "--again"]).exits(0);
    let third = std::fs::read_to_string(renamed.path("methods/small/seal.toml")).expect("the seal");
    assert!(names(&third, &first) && names(&third, &head(&second)), "{third}");
    assert!(third.contains("study = \"tiny\""), "{third}");
    renamed.run(&["seal", "small", "--check"]).exits(0);
    renamed.run(&["seal", "small", "--again"]).exits(0);
    let fourth =
        std::fs::read_to_string(renamed.path("methods/small/seal.toml")).expect("the seal");
    assert_eq!(fourth.matches("[[superseded]]").count(), 3, "{fourth}");
    assert!(names(&fourth, &first) && fourth.contains("study = \"tiny\""), "{fourth}");
}
