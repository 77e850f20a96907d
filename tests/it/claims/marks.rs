//! The order of verdicts, what never passes, and every mark.

use proptest::prelude::*;
use secondlook::claims::record::{ClaimRecord, Finding, RelationState, Verdict};
use secondlook::results::{Basis, Code, Run};

use super::builder::{claim, estimate, judge, judge_with, relation, run, with_error};

const OWN: Basis = Basis::AnalysisData;

fn marks(claim: &ClaimRecord) -> Vec<&str> {
    claim.marks.iter().map(String::as_str).collect()
}

#[test]
fn within_a_basis_the_order_of_the_table_decides_and_dissent_is_told() {
    let text = claim("a", "0.2", "estimate = \"x\"\nholds = \"a > 0\"");
    let shown = |values: &[f64]| {
        let runs: Vec<Run> = values
            .iter()
            .enumerate()
            .map(|(at, value)| run(&format!("run-{at}"), OWN, vec![estimate("x", *value)]))
            .collect();
        judge(&text, runs).claims[0].clone()
    };
    let judged = shown(&[0.9, 0.2]);
    assert_eq!((judged.verdict, judged.run.as_deref()), (Verdict::Exact, Some("run-1")));
    assert!(judged.plain.contains("run-0 says differs"), "{}", judged.plain);
    assert_eq!(shown(&[0.2, -0.9]).verdict, Verdict::Overturned, "a false conclusion outranks");
    assert!(!shown(&[0.2, 0.2]).plain.contains("disagree"));
}

#[test]
fn our_own_run_speaks_before_imported_ones() {
    let text = claim("a", "0.2", "estimate = \"x\"\nweight = \"headline\"");
    let mut theirs = run("theirs", OWN, vec![estimate("x", 0.2)]);
    theirs.code = Code::Authors;
    let ours = run("ours", OWN, vec![estimate("x", 0.9)]);
    let audit = judge(&text, vec![theirs.clone(), ours]);
    let shown = &audit.claims[0];
    assert_eq!((shown.verdict, shown.code), (Verdict::Differs, Some(Code::Reimplemented)));
    assert!(shown.plain.contains("theirs says exact"), "{}", shown.plain);
    assert!(!audit.sentence.contains("imported"), "{}", audit.sentence);
    let alone = judge(&text, vec![theirs]);
    assert_eq!(alone.finding, Finding::Reproduced);
    assert!(alone.sentence.contains("One rests on imported estimates"), "{}", alone.sentence);
}

/// A printed interval without an interval of ours is not compared: it neither passes nor differs.
#[test]
fn what_has_no_counterpart_is_unchecked() {
    let text = claim("a", "[0.10, 0.30]", "estimate = \"x\"");
    let judged = judge(&text, vec![run("own", OWN, vec![estimate("x", 0.2)])]).claims[0].clone();
    assert_eq!((judged.verdict, judged.basis), (Verdict::Unchecked, Basis::Nothing));
    assert!(judged.plain.contains("interval could not be compared"), "{}", judged.plain);
    let false_too = format!("{text}holds = \"est(\\\"x\\\") > 0.5\"\n");
    let judged = judge(&false_too, vec![run("own", OWN, vec![estimate("x", 0.2)])]);
    assert_eq!(judged.claims[0].verdict, Verdict::Overturned);
}

#[test]
fn synthetic_data_carry_no_verdict() {
    let text = claim("a", "0.2", "estimate = \"x\"\nholds = \"est(\\\"x\\\") > 1\"");
    let made = run("made", Basis::SyntheticData, vec![estimate("x", 0.2)]);
    let judged = judge(&text, vec![made]).claims[0].clone();
    assert_eq!((judged.verdict, judged.basis), (Verdict::Unchecked, Basis::Nothing));
    assert_eq!((judged.value, judged.others.len()), (None, 0));
}

#[test]
fn a_transcription_marks_every_verdict_that_rests_on_it() {
    let text = claim("chart", "0.2", "estimate = \"x\"\ntranscription = \"chart\"")
        + &claim("one", "0.4", "transcription = \"one\"\nuntestable = \"withheld\"")
        + &claim("twice", "0.8", "equals = \"2 * one\"")
        + &claim("sure", "0.2", "estimate = \"x\"\ntranscription = \"two\"");
    let audit = judge(&text, vec![run("own", OWN, vec![estimate("x", 0.2)])]);
    let of = |id: &str| marks(audit.claim(id).expect("judged")).join(" ");
    assert_eq!(of("chart"), "chart-read");
    assert_eq!(of("one"), "single-transcription");
    assert_eq!(of("twice"), "single-transcription");
    assert_eq!(of("sure"), "");
    // No finding rests on a chart reading.
    let headline = "estimate = \"x\"\nweight = \"headline\"\nholds = \"a > 1\"";
    let finding = |more: &str| {
        let text = claim("a", "0.2", &format!("{headline}\n{more}"));
        judge(&text, vec![run("own", OWN, vec![estimate("x", 0.2)])]).finding
    };
    assert_eq!(finding(""), Finding::ContradictedInPart);
    assert_ne!(finding("transcription = \"chart\""), Finding::ContradictedInPart);
    assert_ne!(finding("transcription = \"one\""), Finding::ContradictedInPart);
}

#[test]
fn a_compared_error_names_its_convention() {
    let mut own = run("own", OWN, vec![with_error("fit/x", 0.2, 0.1)]);
    own.steps[0].convention.push(("preset".to_owned(), "fixest".to_owned()));
    let text = claim("value", "0.2", "estimate = \"fit/x\"")
        + &claim("error", "0.1", "estimate = \"fit/x.se\"")
        + &claim("both", "0.2 (0.1)", "estimate = \"fit/x\"")
        + &claim("interval", "[0.00, 0.40]", "estimate = \"fit/x\"");
    let audit = judge(&text, vec![own]);
    let of = |id: &str| marks(audit.claim(id).expect("judged")).join(" ");
    assert_eq!(of("value"), "");
    for id in ["error", "both", "interval"] {
        assert_eq!(of(id), "convention:fixest", "{id}");
    }
}

#[test]
fn of_two_readings_of_a_statement_the_weaker_counts_and_both_are_shown() {
    let text = claim("part", "30", "untestable = \"withheld\"")
        + &claim("whole", "60", "untestable = \"withheld\"")
        + &relation("stated", "stated", "part * 3 == whole")
        + &relation("other", "stated", "part * 2 == whole")
        + "alternative_to = \"stated\"\n";
    let audit = judge(&text, Vec::new());
    let part = audit.claim("part").expect("judged");
    assert_eq!((part.verdict, marks(part)), (Verdict::DoesNotAddUp, vec!["ambiguous"]));
    assert_eq!(audit.relations.len(), 2);
    assert!(audit.relations[0].marks.contains(&"ambiguous".to_owned()));
}

#[test]
fn two_readings_that_each_hold_are_not_held_against_each_other() {
    // 30 is half of 60 and 28 half of 56: each can be what ~30 stands for, never both at once.
    let text = claim("part", "~30", "untestable = \"withheld\"")
        + &claim("whole", "60", "untestable = \"withheld\"")
        + &relation("stated", "stated", "part * 2 == whole")
        + &relation("other", "stated", "part * 2 == whole - 4")
        + "alternative_to = \"stated\"\n";
    let audit = judge(&text, Vec::new());
    assert!(audit.relations.iter().all(|relation| relation.state == RelationState::Holds));
    assert_eq!(audit.claim("part").expect("judged").verdict, Verdict::AddsUp);
    // What the rest contradicts under the other reading only is ambiguous, and the rest stands.
    let firm = relation("rest", "definitional", "part > 29");
    let audit = judge(&(firm + &text), Vec::new());
    let of = |id: &str| {
        let found = audit.relations.iter().find(|relation| relation.id == id).expect("is there");
        (found.state, found.marks.join(" "))
    };
    assert_eq!(of("stated"), (RelationState::Holds, String::new()));
    assert_eq!(of("rest"), (RelationState::Holds, String::new()));
    assert_eq!(of("other"), (RelationState::Fails, "ambiguous".to_owned()));
    // Both conditions and 60 contradict each other whatever `part` is.
    let whole = audit.claim("whole").expect("judged");
    assert_eq!((whole.verdict, marks(whole)), (Verdict::DoesNotAddUp, vec!["ambiguous"]));
    assert_eq!(audit.claim("part").expect("judged").verdict, Verdict::AddsUp);
}

#[test]
fn an_acceptance_lapses_with_the_verdict() {
    let accepted = "estimate = \"x\"\naccepted = { verdict = \"differs\", why = \"Known.\", on = 2026-11-22 }\nholds = \"a > 0\"";
    let applies = |value: f64| {
        let audit =
            judge(&claim("a", "0.2", accepted), vec![run("own", OWN, vec![estimate("x", value)])]);
        audit.claims[0].accepted.as_ref().is_some_and(|accepted| accepted.applies)
    };
    assert!(applies(0.9));
    assert!(!applies(0.2), "it is exact now");
    assert!(!applies(-0.9), "it is overturned now");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever runs there are: the strongest basis is shown, each word is one of its basis, nothing is lost,
    /// broken evidence overrides all, and "reproduced" is said of exact and rounded on the study's own data only.
    #[test]
    fn many_runs_keep_the_table(
        runs in prop::collection::vec((0_usize..5, -1.0_f64..1.0, 0.01_f64..0.5, 0_usize..3), 0..5),
        printed in 0.1_f64..1.0, broken in any::<bool>(),
    ) {
        let bases = [Basis::RawData, OWN, Basis::NewData, Basis::PrintedNumbers, Basis::SyntheticData];
        let codes = [Code::Reimplemented, Code::Authors, Code::External];
        let made: Vec<Run> = runs.iter().enumerate().map(|(at, (basis, value, se, code))| {
            let mut made = run(&format!("run-{at}"), bases[*basis], vec![with_error("x", *value, *se)]);
            made.code = codes[*code];
            made
        }).collect();
        let text = claim("a", &format!("{printed:.1}"), "estimate = \"x\"\nholds = \"a > 0\"");
        let void = if broken { vec!["gone".to_owned()] } else { Vec::new() };
        let audit = judge_with(&text, made.clone(), Vec::new(), void).expect("judged");
        let shown = &audit.claims[0];
        let strongest = made.iter().map(|run| run.basis).filter(|basis| *basis < Basis::SyntheticData).min();
        if broken {
            prop_assert_eq!(shown.verdict, Verdict::Void);
        } else {
            prop_assert_eq!(shown.basis, strongest.unwrap_or(Basis::Nothing));
        }
        let told = made.iter().filter(|run| run.basis != Basis::SyntheticData).count();
        let all = 1 + shown.others.len();
        prop_assert!(all >= told.max(1), "{all} of {told}");
        for (verdict, basis) in std::iter::once((shown.verdict, shown.basis))
            .chain(shown.others.iter().map(|other| (other.verdict, other.basis)))
        {
            prop_assert!(verdict.allowed_on().contains(&basis), "{verdict} on {basis}");
            prop_assert!(basis != Basis::SyntheticData);
        }
        let same = matches!(shown.verdict, Verdict::Exact | Verdict::Rounded) && shown.basis <= OWN;
        prop_assert_eq!(shown.plain.contains("reproduced"), same, "{}", shown.plain);
        prop_assert_eq!(audit.counts.values().sum::<usize>(), 1);
        if shown.code.is_some_and(|code| code != Code::Reimplemented) {
            prop_assert!(shown.plain.contains("imported") && !shown.plain.contains("Our rerun"), "{}", shown.plain);
        }
    }
}
