//! The four studies of this repository, from their printed numbers alone.

use std::fs;
use std::path::Path;

use secondlook::claims::record::{Audit, RelationState, Verdict};
use secondlook::claims::{self, Situation};
use secondlook::diagnostic::Source;
use secondlook::results::{Results, SCHEMA};
use secondlook::stats::math::ln;
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
    let caption = audit.relations.iter().find(|relation| relation.id == "caption_after_exclusion");
    let caption = caption.expect("it is there");
    assert_eq!(caption.conflict.len(), 3);
    assert_eq!(caption.reason, None, "that no smaller set contradicts itself is proven");
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
    // The check's corners and the network's quotients of linear forms give the same range of the slope.
    let column = audit.relations.iter().find(|found| found.id == "column_1_follows_from_a2");
    let column = column.expect("the study has the relation");
    assert_eq!(
        (column.check.as_deref(), column.state),
        (Some("group_rates"), RelationState::Holds)
    );
    let certificate = column.certificate.as_deref().expect("a certificate");
    let slope = audit.implied.iter().find(|implied| implied.id == "slope_from_a2");
    let [low, high] = slope.and_then(|implied| implied.interval).expect("an interval");
    assert!(
        certificate.contains(&format!("[{low:.10}, {high:.10}]")),
        "{low} {high} {certificate}"
    );
    let novice = audit.implied.iter().find(|implied| implied.id == "if_novices_were_intermediates");
    let [low, high] = novice.and_then(|implied| implied.interval).expect("an interval");
    assert!(low > 0.0022 && high < 0.0023, "at most 0.23 points: {low} {high}");
}

/// Issue 4, "Done when": each finding of the flagship from its printed numbers alone. The ends are worked out by
/// hand (fractions of the printed digits) in the study's fact sheet.
#[test]
fn the_flagship_yields_what_its_printed_numbers_imply() {
    let audit = check("claude-code-expertise");
    let expected = [
        ("slope_from_a2", 0.0420, 0.0429, 1e-4),
        ("constant_behind_the_rates", 0.1445, 0.1455, 1e-12),
        ("left_after_no_clear_goal", 367_337.655, 367_735.853, 1e-6),
        ("experts_over_novices", 32.5 / 15.5, 33.5 / 14.5, 1e-12),
        (
            "four_steps_of_actions",
            1.085_f64 * 1.085 * 1.085 * 1.085,
            1.095 * 1.095 * 1.095 * 1.095,
            1e-12,
        ),
        ("raw_ratio_of_actions", 11.65 / 4.95, 11.75 / 4.85, 1e-12),
        ("raw_ratio_of_words", 3150.0 / 607.5, 3250.0 / 606.5, 1e-12),
        ("share_of_log_gap_actions", 0.3688, 0.4241, 1e-4),
        ("share_of_log_gap_words", 0.2807, 0.3078, 1e-4),
        ("if_novices_were_intermediates", 0.002_252, 0.002_277, 1e-6),
        ("novice_share", 5911.0 / 359_586.0, 5911.0 / 359_586.0, 1e-12),
        ("other_modes_value", 0.024_836, 0.105_298, 1e-6),
    ];
    for (id, low, high, slack) in expected {
        let implied = audit.implied.iter().find(|implied| implied.id == id).expect("it is asked");
        let [least, most] = implied.interval.expect("an interval");
        assert!(
            (least - low).abs() <= slack && (most - high).abs() <= slack,
            "{id}: {least} {most}"
        );
        assert!(implied.tight, "{id} is tight");
        let [least, most] = implied.reached.expect("two choices show it");
        assert!(least <= most, "{id}");
    }
    let caption = audit.claim("caption_sessions").expect("it is a claim");
    assert!(caption.marks.contains(&"ambiguous".to_owned()));
    for id in ["caption_after_exclusion", "a2_has_the_sessions_of_column_5"] {
        let relation =
            audit.relations.iter().find(|relation| relation.id == id).expect("it is there");
        assert!(relation.proof.is_some() && relation.certificate.is_some(), "{id}");
    }
}

/// Four adjusted steps against the raw gap, from the document that `secondlook check` prints. By hand, from the printed
/// digits: +9% is 8.5 to 9.5%, +13% is 12.5 to 13.5%; in the middle 4 ln 1.09 / ln 2.4 = 39% and 4 ln 1.13 / ln 5.3 = 29%.
#[test]
fn four_steps_explain_39_and_29_percent_of_the_raw_log_gaps() {
    let done = crate::world::secondlook(
        crate::world::project(),
        &["check", "claude-code-expertise", "--format", "json"],
    );
    let audit: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    let implied = |id: &str| {
        let all = audit["implied"].as_array().expect("a list");
        let found = all.iter().find(|implied| implied["id"] == id).expect("it is asked");
        assert_eq!(found["tight"], true, "{id}");
        let end = |at: usize| found["interval"][at].as_f64().expect("a number");
        [end(0), end(1)]
    };
    let fourth = |step: f64| (1.0 + step) * (1.0 + step) * (1.0 + step) * (1.0 + step);
    for (id, low, high, middle) in [
        ("four_steps_of_actions", fourth(0.085), fourth(0.095), fourth(0.09)),
        ("four_steps_of_words", fourth(0.125), fourth(0.135), fourth(0.13)),
    ] {
        let [least, most] = implied(id);
        assert!((least - low).abs() < 1e-11 && (most - high).abs() < 1e-11, "{id}: {least} {most}");
        assert!(least < middle && middle < most);
    }
    for (id, raw, steps) in [
        ("share_of_log_gap_actions", "raw_ratio_of_actions", "four_steps_of_actions"),
        ("share_of_log_gap_words", "raw_ratio_of_words", "four_steps_of_words"),
    ] {
        let ([least, most], raw, steps) = (implied(id), implied(raw), implied(steps));
        // The least share: the smallest steps against the widest gap.
        assert!((least - ln(steps[0]) / ln(raw[1])).abs() < 1e-9, "{id}: {least}");
        assert!((most - ln(steps[1]) / ln(raw[0])).abs() < 1e-9, "{id}: {most}");
    }
    let inside = |id: &str, share: f64| {
        let [least, most] = implied(id);
        least < share && share < most
    };
    assert!(inside("share_of_log_gap_actions", 0.39) && inside("share_of_log_gap_words", 0.29));
    for id in ["raw_ratio_above_four_steps_actions", "raw_ratio_above_four_steps_words"] {
        let all = audit["relations"].as_array().expect("a list");
        let found = all.iter().find(|relation| relation["id"] == id).expect("it is there");
        assert_eq!((&found["state"], &found["kind"]), (&"holds".into(), &"assumed".into()), "{id}");
    }
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
