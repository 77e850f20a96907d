//! Secondary sources: numbers are computed, words are judged and say so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use secondlook::claims;
use secondlook::claims::coverage::{self, RATINGS};
use secondlook::diagnostic::Source;

use super::builder::{STUDY, claim, claims as read_claims, sound, study};

#[test]
fn numbers_are_rated_by_computation() {
    let claims = read_claims(
        &(claim("sessions", "398,198", "")
            + &claim("share", "33%", "")
            + &claim("gap", "7 pp", "")),
    );
    let text = r#"
[[statement]]
id = "right"
says = "A third."
claim = "share"
printed = "about 33%"
[[statement]]
id = "more"
says = "Over 400,000."
claim = "sessions"
printed = "more than 400,000"
[[statement]]
id = "less"
says = "40,000."
claim = "sessions"
printed = "40,000"
[[statement]]
id = "mixed"
says = "Seven percent."
claim = "gap"
printed = "7%"
[[statement]]
id = "words"
says = "It proves it."
rating = "unsupported"
why = "It does not say so."
"#;
    let outlet = sound(coverage::read(&Source::new("coverage/paper.toml", text), "paper"));
    let records = coverage::judge(&[outlet], &claims, &study(STUDY)).expect("it is judged");
    let ratings: Vec<(&str, bool)> =
        records.iter().map(|record| (record.rating.as_str(), record.computed)).collect();
    assert_eq!(
        ratings,
        [
            ("accurate", true),
            ("exaggerated", true),
            ("contradicted", true),
            ("wrong-measure", true),
            ("unsupported", false)
        ]
    );
}

#[test]
fn every_problem_names_its_line() {
    let text = "[[statement]]\nid = \"a\"\nsays = \"So.\"\nrating = \"acurate\"\nwhy = \"It is.\"\n[[statement]]\nid = \"a\"\nsays = \"So.\"\n";
    let (outlet, problems) = coverage::read(&Source::new("coverage/paper.toml", text), "paper");
    assert!(outlet.is_none());
    let found = problems.to_string();
    for expected in [
        "coverage/paper.toml:4:10: `acurate` is no rating (did you mean `accurate`?)",
        "coverage/paper.toml:6:1: the statement is neither computed nor judged",
        "coverage/paper.toml:7:6: `a` is used twice",
    ] {
        assert!(found.contains(expected), "{expected}\n{found}");
    }
}

#[test]
fn the_flagships_coverage_is_read_and_its_counts_sum() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("methods/claude-code-expertise");
    let source = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).expect("it is in the repository");
        Source::new(name.to_owned(), text)
    };
    let claims = sound(claims::read(&source("claims.toml")));
    let outlets: Vec<_> = ["ground-truth", "others"]
        .into_iter()
        .map(|name| sound(coverage::read(&source(&format!("coverage/{name}.toml")), name)))
        .collect();
    let records = coverage::judge(&outlets, &claims, &study(STUDY)).expect("the claims are known");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for record in &records {
        *counts.entry(record.rating.as_str()).or_default() += 1;
        assert!(RATINGS.contains(&record.rating.as_str()));
        assert!(record.computed || !record.why.is_empty());
    }
    let statements: usize = outlets.iter().map(|outlet| outlet.statements.len()).sum();
    assert_eq!(counts.values().sum::<usize>(), statements);
    let rating = |id: &str| {
        records.iter().find(|record| record.id == id).map(|record| record.rating.as_str())
    };
    assert_eq!(rating("users"), Some("accurate"));
    assert_eq!(rating("window"), Some("contradicted"));
    assert_eq!(rating("besthub_mixed"), Some("exaggerated"));
    assert_eq!(rating("bitsfull_sessions"), Some("contradicted"));
}

/// A number against the primary's: an interval stands for all inside it, another sign is no exaggeration, and
/// words are never computed.
#[test]
fn a_number_is_computed_against_the_primary_interval() {
    let claims = read_claims(
        &(claim("range", "[0.32, 0.44]", "")
            + &claim("gain", "5%", "")
            + &claim("vague", "rather oddly", "")),
    );
    let rated = |claim: &str, printed: &str| {
        let text = format!(
            "[[statement]]\nid = \"a\"\nsays = \"So.\"\nclaim = \"{claim}\"\nprinted = \"{printed}\"\n"
        );
        let outlet = sound(coverage::read(&Source::new("coverage/paper.toml", text), "paper"));
        coverage::judge(&[outlet], &claims, &study(STUDY))
            .map(|records| records[0].rating.clone())
            .map_err(|problems| problems.to_string())
    };
    assert_eq!(rated("range", "0.38").as_deref(), Ok("accurate"));
    assert_eq!(rated("range", "0.5").as_deref(), Ok("exaggerated"));
    assert_eq!(rated("range", "0.2").as_deref(), Ok("contradicted"));
    assert_eq!(rated("gain", "-9%").as_deref(), Ok("contradicted"));
    assert_eq!(rated("gain", "9%").as_deref(), Ok("exaggerated"));
    let told = rated("vague", "3%").expect_err("words");
    assert!(told.starts_with("coverage/paper.toml:2:") && told.contains("judge"), "{told}");
}

#[test]
fn the_counts_of_the_scale_sum_and_a_judgement_says_that_it_is_one() {
    let claims = read_claims(&claim("share", "33%", ""));
    let text = "[[statement]]\nid = \"a\"\nsays = \"A third.\"\nclaim = \"share\"\nprinted = \"33%\"\n\
[[statement]]\nid = \"b\"\nsays = \"It proves it.\"\nclaim = \"share\"\nrating = \"exaggerated\"\nwhy = \"It shows a share.\"\n\
[[statement]]\nid = \"c\"\nsays = \"Half.\"\nclaim = \"share\"\nprinted = \"50%\"\n";
    let outlet = sound(coverage::read(&Source::new("coverage/paper.toml", text), "paper"));
    let records = coverage::judge(&[outlet], &claims, &study(STUDY)).expect("it is judged");
    let counts = coverage::counts(&records);
    assert_eq!(counts.values().sum::<usize>(), 3);
    assert_eq!((counts["accurate"], counts["exaggerated"]), (1, 2));
    assert_eq!((records[1].computed, records[1].claim.as_deref()), (false, Some("share")));
    assert_eq!(records[1].why, "It shows a share.");
}
