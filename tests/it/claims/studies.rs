//! The four studies of this repository, from their printed numbers alone.

use std::fs;
use std::path::Path;

use secondlook::claims::record::{Audit, RelationState, Verdict};
use secondlook::claims::{self, Situation};
use secondlook::diagnostic::Source;
use secondlook::results::{Results, SCHEMA};
use secondlook::study;

use super::builder::sound;

fn check(id: &str) -> Audit {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("methods").join(id);
    let read = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).expect("the study is in the repository");
        Source::new(format!("methods/{id}/{name}"), text)
    };
    let study = sound(study::read(&read("study.toml")));
    let claims = sound(claims::read(&read("claims.toml")));
    let results = Results { schema: SCHEMA.to_owned(), study: id.to_owned(), runs: Vec::new() };
    let situation =
        Situation { study: &study, results: &results, unavailable: Vec::new(), void: Vec::new() };
    claims::judge(&claims, &situation).expect("the claims fit the study")
}

fn relation(audit: &Audit, id: &str) -> RelationState {
    let found = audit.relations.iter().find(|relation| relation.id == id);
    found.expect("the study has the relation").state
}

fn verdict(audit: &Audit, id: &str) -> Verdict {
    audit.claim(id).expect("the study has the claim").verdict
}

#[test]
fn the_caption_of_the_flagship_does_not_add_up_under_the_stated_exclusion() {
    let audit = check("claude-code-expertise");
    assert_eq!(relation(&audit, "caption_after_exclusion"), RelationState::Fails);
    assert_eq!(relation(&audit, "columns_after_exclusion"), RelationState::Holds);
    for id in ["caption_sessions", "sessions", "no_clear_goal"] {
        assert_eq!(verdict(&audit, id), Verdict::DoesNotAddUp, "{id}");
    }
    let left = audit.implied.iter().find(|implied| implied.id == "left_after_no_clear_goal");
    let [low, high] = left.and_then(|implied| implied.interval).expect("an interval");
    assert!((low - 367_337.655).abs() < 1e-6 && (high - 367_735.853).abs() < 1e-6, "{low} {high}");
}

#[test]
fn the_flagships_sums_hold_and_its_contradictory_tables_do_not() {
    let audit = check("claude-code-expertise");
    for id in ["a2_sums_to_a1", "slope_follows_from_a2", "modes_sum_to_all", "families_are_sums"] {
        assert_eq!(relation(&audit, id), RelationState::Holds, "{id}");
    }
    for id in ["a2_has_the_sessions_of_column_5", "one_estimator_one_level_r2"] {
        assert_eq!(relation(&audit, id), RelationState::Fails, "{id}");
    }
    let novice = audit.implied.iter().find(|implied| implied.id == "if_novices_were_intermediates");
    let [low, high] = novice.and_then(|implied| implied.interval).expect("an interval");
    assert!(low > 0.0022 && high < 0.0023, "at most 0.23 points: {low} {high}");
}

#[test]
fn no_printed_number_is_called_reproduced() {
    for id in ["claude-code-expertise", "metr-early-2025", "aei-2025-02", "lalonde-nsw"] {
        let audit = check(id);
        assert_eq!(audit.counts.values().sum::<usize>(), audit.claims.len());
        for claim in &audit.claims {
            assert!(!claim.plain.contains("reproduced"), "{}: {}", claim.id, claim.plain);
            assert!(claim.verdict.allowed_on().contains(&claim.basis));
        }
    }
}
