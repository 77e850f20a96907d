//! Each rule of the verdict table, kept as a property or on cases around its edge.

use proptest::prelude::*;
use secondlook::claims::Unavailable;
use secondlook::claims::record::{Finding, RelationState, Verdict};
use secondlook::results::{Basis, Code};

use super::builder::{
    claim, estimate, judge, judge_one, judge_with, problems, relation, run, skipped, try_judge,
    with_error,
};

const OWN: Basis = Basis::AnalysisData;

#[test]
fn a_rounded_value_is_the_same_number() {
    assert_eq!(judge_one("19%", "", OWN, estimate("x", 0.188_399_941_163)).verdict, Verdict::Exact);
    assert_eq!(judge_one("18%", "", OWN, estimate("x", 0.188_4)).verdict, Verdict::Differs);
    assert_eq!(judge_one("1,794", "", OWN, estimate("x", 1_794.342_4)).verdict, Verdict::Exact);
    // A half: half-up prints 0.13, half-even 0.12; the rule is not known, so both are admitted.
    assert_eq!(judge_one("0.13", "", OWN, estimate("x", 0.125)).verdict, Verdict::Exact);
    let half = judge_one("0.12", "", OWN, estimate("x", 0.125));
    assert_eq!((half.verdict, half.marks), (Verdict::Rounded, vec!["fragile".to_owned()]));
    let declared = judge_one("0.12", "rounding = \"half-up\"", OWN, estimate("x", 0.125));
    assert_eq!(declared.verdict, Verdict::Differs);
    let truncated = judge_one("0.12", "rounding = \"truncation\"", OWN, estimate("x", 0.129));
    assert_eq!(truncated.verdict, Verdict::Exact);
}

proptest! {
    /// What the study prints after correct rounding is always found to be the same number.
    #[test]
    fn a_value_printed_to_its_digits_is_exact(value in -1e6_f64..1e6, places in 0_usize..6) {
        let printed = format!("{value:.places$}");
        let judged = judge_one(&printed, "", OWN, estimate("x", value));
        prop_assert!(matches!(judged.verdict, Verdict::Exact | Verdict::Rounded), "{printed}");
    }

    /// A value more than one step of the last digit away never passes, however wide its error.
    #[test]
    fn sampling_error_excuses_nothing(value in -1e3_f64..1e3, se in 0.0_f64..1e3, places in 0_usize..4) {
        let step = [1.0, 0.1, 0.01, 0.001][places];
        let printed = format!("{:.places$}", value + 1.01 * step);
        let judged = judge_one(&printed, "", OWN, with_error("x", value, se));
        prop_assert_eq!(judged.verdict, Verdict::Differs);
    }

    /// Every verdict is one of its basis, whatever the numbers, and the counts sum.
    #[test]
    fn a_word_is_used_only_on_its_basis(
        value in -2.0_f64..2.0, printed in -2.0_f64..2.0, se in 0.001_f64..1.0, which in 0_usize..4, holds in any::<bool>(),
    ) {
        let basis = [Basis::RawData, Basis::AnalysisData, Basis::NewData, Basis::PrintedNumbers][which];
        let more = format!("estimate = \"x\"\n{}", if holds { "holds = \"a > 0\"" } else { "" });
        let text = claim("a", &format!("{printed:.2}"), &more) + &claim("b", "3", "equals = \"a + 1\"");
        let audit = judge(&text, vec![run("main", basis, vec![with_error("x", value, se)])]);
        for claim in &audit.claims {
            prop_assert!(claim.verdict.allowed_on().contains(&claim.basis), "{} on {}", claim.verdict, claim.basis);
            for other in &claim.others {
                prop_assert!(other.verdict.allowed_on().contains(&other.basis));
            }
            let says = claim.plain.contains("reproduced");
            let own = matches!(claim.basis, Basis::RawData | Basis::AnalysisData);
            prop_assert_eq!(says, own && matches!(claim.verdict, Verdict::Exact | Verdict::Rounded), "{}", claim.plain);
        }
        prop_assert_eq!(audit.counts.values().sum::<usize>(), audit.claims.len());
        let by_basis: usize = audit.counts_by_basis.values().flat_map(|counts| counts.values()).sum();
        prop_assert_eq!(by_basis, audit.claims.len());
    }
}

#[test]
fn a_false_conclusion_outranks_a_matching_number() {
    let judged = judge_one("0.2", "holds = \"est(\\\"x\\\") > 0.21\"", OWN, estimate("x", 0.2));
    assert_eq!((judged.verdict, judged.holds), (Verdict::Overturned, Some(false)));
    let stands = judge_one("0.3", "holds = \"a > 0\"", OWN, estimate("x", 0.2));
    assert_eq!((stands.verdict, stands.holds), (Verdict::Differs, Some(true)));
    let falls = judge_one("0.3", "holds = \"a > 0.25\"", OWN, estimate("x", 0.2));
    assert_eq!(falls.verdict, Verdict::Overturned, "a name is our value once a rerun gives it");
}

#[test]
fn a_tolerance_is_declared_and_small_or_explained() {
    let close = judge_one("20%", "tolerance = \"0.5 pp\"", OWN, estimate("x", 0.205));
    assert_eq!(close.verdict, Verdict::Rounded);
    let close = judge_one("20.0%", "tolerance = \"0.5 pp\"", OWN, estimate("x", 0.205));
    assert_eq!(close.verdict, Verdict::WithinTolerance);
    let far = judge_one("20.0%", "tolerance = \"0.5 pp\"", OWN, estimate("x", 0.206));
    assert_eq!(far.verdict, Verdict::Differs);
    let wide = claim("a", "20.0%", "estimate = \"x\"\ntolerance = \"2 pp\"");
    assert!(problems(&wide)[0].contains("more than 5%"), "{:?}", problems(&wide));
    let explained = "estimate = \"x\"\ntolerance = { value = \"2 pp\", why = \"Simulated.\" }";
    assert_eq!(problems(&claim("a", "20.0%", explained)), Vec::<String>::new());
}

#[test]
fn a_printed_standard_error_is_compared_too() {
    let same = judge_one("1,794 (633)", "", OWN, with_error("x", 1_794.34, 632.85));
    assert_eq!(same.verdict, Verdict::Exact);
    let other = judge_one("1,794 (640)", "", OWN, with_error("x", 1_794.34, 632.85));
    assert_eq!(other.verdict, Verdict::Differs);
    let interval = judge_one("[0.10, 0.30]", "", OWN, with_error("x", 0.2, 0.051));
    assert_eq!(interval.verdict, Verdict::Exact);
}

#[test]
fn new_data_agree_disagree_or_cannot_tell() {
    let on = |printed: &str, more: &str, value: f64, se: f64| {
        judge_one(printed, more, Basis::NewData, with_error("x", value, se)).verdict
    };
    let holds = "holds = \"a > 0\"";
    assert_eq!(on("0.50 (0.10)", holds, 0.4, 0.1), Verdict::Compatible);
    assert_eq!(on("0.50 (0.10)", holds, -0.4, 0.1), Verdict::NotCompatible);
    assert_eq!(on("2.00 (0.10)", holds, 0.4, 0.1), Verdict::NotCompatible);
    // A noisy null result, and a tiny sample inside a huge interval.
    assert_eq!(on("0.50 (0.10)", holds, 0.05, 0.4), Verdict::Inconclusive);
    assert_eq!(on("0.50 (0.10)", holds, 0.5, 9.0), Verdict::Inconclusive);
    assert_eq!(on("0.50 (0.10)", "", 0.4, 0.1), Verdict::Inconclusive, "no conclusion to bear out");
    assert_eq!(on("0.00 (0.10)", "margin = \"0.2\"", 0.01, 0.05), Verdict::Compatible);
    assert_eq!(on("0.00 (0.10)", "margin = \"0.2\"", 0.01, 0.5), Verdict::Inconclusive);
    let bare = judge_one("0.5", holds, Basis::NewData, estimate("x", 0.5));
    assert_eq!(bare.verdict, Verdict::Inconclusive, "without an error nothing is predicted");
}

#[test]
fn printed_numbers_add_up_or_not_and_are_never_a_rerun() {
    let mut rounded = estimate("x", 0.042_467);
    rounded.from_rounding = Some([0.042_02, 0.042_91]);
    let judged = judge_one("0.0426", "", Basis::PrintedNumbers, rounded.clone());
    assert_eq!(
        (judged.verdict, judged.from_rounding),
        (Verdict::AddsUp, Some([0.042_02, 0.042_91]))
    );
    let judged = judge_one("0.0436", "", Basis::PrintedNumbers, rounded);
    assert_eq!(judged.verdict, Verdict::DoesNotAddUp);
    let text = claim("april", "19%", "")
        + &claim("october", "33%", "")
        + &claim(
            "fell",
            "nearly half",
            "reads = [\"40%\", \"50%\"]\nequals = \"1 - april / october\"",
        );
    let audit = judge(&text, Vec::new());
    assert_eq!(audit.claim("fell").map(|claim| claim.verdict), Some(Verdict::AddsUp));
    let text = text.replace("33%", "30%");
    let audit = judge(&text, Vec::new());
    let fell = audit.claim("fell").expect("it is judged");
    assert_eq!(fell.verdict, Verdict::DoesNotAddUp);
    assert_eq!(fell.conflict, ["april", "fell", "october"]);
}

#[test]
fn all_of_a_conflict_carry_it_and_none_is_blamed_alone() {
    let text = claim("part", "30", "")
        + &claim("rest", "50", "")
        + &claim("whole", "90", "")
        + &claim("bystander", "4", "untestable = \"withheld\"")
        + &relation("sum", "definitional", "part + rest == whole");
    let audit = judge(&text, Vec::new());
    for id in ["part", "rest", "whole"] {
        assert_eq!(audit.claim(id).map(|claim| claim.verdict), Some(Verdict::DoesNotAddUp), "{id}");
    }
    assert_eq!(audit.claim("bystander").map(|claim| claim.verdict), Some(Verdict::Untestable));
    let failed = &audit.relations[0];
    assert_eq!(failed.state, RelationState::Fails);
    assert!(failed.certificate.is_some() && failed.witness.is_empty());
}

#[test]
fn an_assumed_relation_fails_as_such_and_blames_no_claim() {
    let text = claim("part", "30", "weight = \"headline\"\nuntestable = \"withheld\"")
        + &claim("whole", "20", "untestable = \"withheld\"")
        + &relation("nested", "assumed", "part <= whole");
    let audit = judge(&text, Vec::new());
    assert_eq!(audit.relations[0].state, RelationState::Fails);
    assert_eq!(audit.claim("part").map(|claim| claim.verdict), Some(Verdict::Untestable));
    assert_eq!(audit.finding, Finding::NotAssessable);
    let stated = judge(&text.replace("assumed", "stated"), Vec::new());
    assert_eq!(stated.finding, Finding::ContradictedInPart);
    let chart =
        text.replace("assumed", "stated").replace("weight", "transcription = \"chart\"\nweight");
    assert_eq!(judge(&chart, Vec::new()).finding, Finding::NotAssessable);
}

#[test]
fn the_strongest_basis_is_shown_and_the_others_stand_beside_it() {
    let text = claim("a", "0.2", "estimate = \"x\"\nequals = \"b * 2\"") + &claim("b", "0.1", "");
    let runs = vec![
        run("new", Basis::NewData, vec![with_error("x", 0.2, 0.1)]),
        run("own", Basis::AnalysisData, vec![estimate("x", 0.2)]),
        run("made", Basis::SyntheticData, vec![estimate("x", 9.0)]),
    ];
    let audit = judge(&text, runs);
    let shown = audit.claim("a").expect("it is judged");
    assert_eq!((shown.verdict, shown.run.as_deref()), (Verdict::Exact, Some("own")));
    let others: Vec<Basis> = shown.others.iter().map(|other| other.basis).collect();
    assert_eq!(others, [Basis::NewData, Basis::PrintedNumbers]);
    assert_eq!(shown.trace[0], "x");
    assert!(
        shown.trace.last().is_some_and(|line| line.starts_with("made-up/rows.csv sha256:ba7816bf"))
    );
    assert_eq!(shown.assumes, ["Something was filled in."]);
}

#[test]
fn what_cannot_be_compared_never_passes() {
    let text = claim("a", "0.2", "estimate = \"x\"");
    let audit = judge(&text, vec![skipped("records", "x", "withheld")]);
    let shown = audit.claim("a").expect("it is judged");
    assert_eq!((shown.verdict, shown.reason.as_deref()), (Verdict::Untestable, Some("withheld")));
    let missing = Unavailable {
        run: "released".to_owned(),
        reason: "not-fetched".to_owned(),
        needs: "made-up".to_owned(),
    };
    let audit = judge_with(&text, Vec::new(), vec![missing], Vec::new()).expect("it is judged");
    let shown = audit.claim("a").expect("it is judged");
    assert_eq!((shown.verdict, shown.reason.as_deref()), (Verdict::Unchecked, Some("not-fetched")));
    assert!(shown.plain.contains("`secondlook fetch made-up`"), "{}", shown.plain);
    let audit = judge(&text, Vec::new());
    assert_eq!(
        audit.claim("a").and_then(|claim| claim.reason.clone()),
        Some("not-attempted".to_owned())
    );
    let only_made = judge_with(
        &text,
        vec![run("made", Basis::SyntheticData, vec![estimate("x", 0.2)])],
        Vec::new(),
        Vec::new(),
    )
    .expect("it is judged");
    assert_eq!(only_made.claims[0].verdict, Verdict::Unchecked, "synthetic data carry no verdict");
}

#[test]
fn broken_evidence_overrides_everything() {
    let text = claim("a", "0.2", "estimate = \"x\"");
    let runs = vec![run("own", OWN, vec![estimate("x", 0.2)])];
    let audit = judge_with(&text, runs, Vec::new(), vec!["own".to_owned()]).expect("it is judged");
    assert_eq!((audit.claims[0].verdict, audit.finding), (Verdict::Void, Finding::Void));
}

#[test]
fn an_estimate_that_no_run_has_is_a_problem_at_its_line() {
    let text = claim("a", "0.2", "estimate = \"effct\"");
    let problems = try_judge(&text, vec![run("own", OWN, vec![estimate("effect", 0.2)])])
        .expect_err("it does not fit");
    assert_eq!(
        problems.to_string(),
        "claims.toml:6:12: no run has an estimate `effct` (did you mean `effect`?)"
    );
    let text = claim("a", "0.2", "estimate = \"effect.se\"");
    let problems = try_judge(&text, vec![run("own", OWN, vec![estimate("effect", 0.2)])])
        .expect_err("it does not fit");
    assert!(problems.to_string().contains("has no such part"), "{problems}");
}

#[test]
fn an_accepted_difference_lapses_with_the_digits() {
    let accepted = |value: &str| {
        format!(
            "accepted = {{ verdict = \"differs\", value = \"{value}\", why = \"Known.\", on = 2026-11-22 }}"
        )
    };
    let applies = |value: &str, ours: f64| {
        let judged = judge_one("24%", &accepted(value), OWN, estimate("x", ours));
        judged.accepted.expect("it is shown").applies
    };
    assert!(applies("23%", 0.228));
    assert!(!applies("23%", 0.221));
    assert!(!applies("24%", 0.241), "the verdict is another");
}

#[test]
fn whose_code_it_was_is_said() {
    let mut imported = run("theirs", OWN, vec![estimate("x", 0.2)]);
    imported.code = Code::Authors;
    let audit = judge(&claim("a", "0.2", "estimate = \"x\""), vec![imported]);
    assert_eq!(audit.claims[0].code, Some(Code::Authors));
    assert!(audit.claims[0].plain.contains("The authors' own code"), "{}", audit.claims[0].plain);
    assert!(!audit.claims[0].plain.contains("Our rerun"));
}

#[test]
fn the_finding_is_the_first_that_applies() {
    let finding = |claims: &[(&str, &str, &str, f64)]| {
        let text: String = claims
            .iter()
            .map(|(id, weight, printed, _)| {
                claim(id, printed, &format!("estimate = \"{id}\"\nweight = \"{weight}\""))
            })
            .collect();
        let estimates = claims.iter().map(|(id, .., value)| estimate(id, *value)).collect();
        judge(&text, vec![run("own", OWN, estimates)]).finding
    };
    assert_eq!(
        finding(&[("h", "headline", "0.2", 0.2), ("m", "major", "1", 1.0)]),
        Finding::Reproduced
    );
    assert_eq!(
        finding(&[("h", "headline", "0.2", 0.2), ("m", "major", "1", 2.0)]),
        Finding::ReproducedWithDifferences
    );
    assert_eq!(
        finding(&[("h", "headline", "0.2", 0.2), ("i", "headline", "1", 2.0)]),
        Finding::PartlyReproduced
    );
    assert_eq!(finding(&[("h", "headline", "0.2", 0.9)]), Finding::NotReproduced);
    assert_eq!(judge("", Vec::new()).finding, Finding::NotAssessable);
    assert_eq!(judge("", Vec::new()).sentence, "No claim was checked.");
}

#[test]
fn every_problem_of_a_file_is_reported_with_its_line() {
    let text = claim("a", "1,23", "") // line 5
        + &claim("b", "a fair bit", "estimate = \"x\"") // line 11
        + &claim("c", "3", "equals = \"d + nope\"") // line 18
        + &claim("d", "3", "equals = \"c\"")
        + &claim("b", "3", "wieght = \"major\"\nuntestable = \"witheld\"")
        + &relation("r", "sated", "c = d");
    let found = problems(&text);
    for expected in [
        "claims.toml:5:13: `1,23` is no number",
        "claims.toml:11:11: `a fair bit` is words: say how they are read",
        "claims.toml:18:15: no claim is called `nope`",
        "`equals` runs in a circle: c → d → c",
        "unknown key `wieght` in [claim] (did you mean `weight`?)",
        "`untestable` cannot be `witheld` (did you mean `withheld`?)",
        "`kind` cannot be `sated` (did you mean `stated`?)",
        "`=` is not used here (write `==` for a comparison)",
        "`b` is used twice as an id",
    ] {
        assert!(found.iter().any(|problem| problem.contains(expected)), "{expected}\n{found:#?}");
    }
}
