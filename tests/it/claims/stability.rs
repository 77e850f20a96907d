//! The nearest change that turns a verdict, by hand, a case for each kind.

use secondlook::claims::record::{ClaimRecord, Stability, Verdict};
use secondlook::results::Basis;

use super::builder::{claim, estimate, judge, judge_one, skipped, with_error};

fn own(printed: &str, more: &str, value: f64) -> ClaimRecord {
    judge_one(printed, more, Basis::AnalysisData, estimate("x", value))
}

fn fragile(claim: &ClaimRecord) -> bool {
    claim.marks.iter().any(|mark| mark == "fragile")
}

fn turn(claim: &ClaimRecord) -> (&str, &str, &str) {
    let Stability { kind, flips_to, by, .. } =
        claim.stability.as_ref().expect("something turns it");
    (kind, flips_to, by)
}

fn distance(claim: &ClaimRecord) -> f64 {
    claim.stability.as_ref().and_then(|found| found.distance).expect("a distance")
}

#[test]
fn a_value_on_a_half_hangs_on_the_rule_for_halves() {
    // 18.5% prints as 19% by half-up, as 18% by half-even and half-down.
    let half = own("19%", "", 0.185);
    assert_eq!(turn(&half), ("rounding", "differs", "rounding unknown \u{2192} half-even"));
    assert!(fragile(&half), "the rule is not known, so each is admitted");
    // Where the study's rule is known, only another rule than its own turns it, and none is admitted.
    let known = own("19%", "rounding = \"half-up\"", 0.185);
    assert_eq!((turn(&known).0, fragile(&known)), ("jitter", true), "it lies at the very end");
    let known = own("19%", "rounding = \"half-up\"", 0.1851);
    assert_eq!(turn(&known), ("rounding", "differs", "rounding half-up \u{2192} truncation"));
    assert!(!fragile(&known));
}

#[test]
fn a_value_within_our_own_jitter_of_an_end_is_fragile() {
    for (value, verdict) in [(0.185_000_000_1, Verdict::Exact), (0.184_999_999_9, Verdict::Differs)]
    {
        let near = own("19%", "", value);
        assert_eq!(
            (near.verdict, turn(&near).0, fragile(&near)),
            (verdict, "jitter", true),
            "{value}"
        );
        assert!(near.plain.contains("hangs by little"), "{}", near.plain);
    }
    for value in [0.185_001, 0.184_999] {
        assert!(!fragile(&own("19%", "", value)), "{value}");
    }
    // A conclusion that hangs on the last bits, and one that does not.
    let holds = |value: f64| own("0.20", "holds = \"a > 0.2\"", value);
    assert!(fragile(&holds(0.200_000_000_01)) && !fragile(&holds(0.201)));
}

#[test]
fn a_reading_says_how_much_wider_it_had_to_be() {
    let words = |value: f64| own("nearly half", "reads = [\"40%\", \"50%\"]", value);
    let far = words(0.38);
    assert_eq!(turn(&far), ("reading", "rounded", "a declared reading wider by 2.00e-2"));
    assert!((distance(&far) - 0.02).abs() < 1e-12 && !fragile(&far), "{far:?}");
    // 39.6% is 40% to the digit in which the reading is written.
    let near = words(0.396);
    assert_eq!((near.verdict, turn(&near).0, fragile(&near)), (Verdict::Differs, "reading", true));
    let inside = words(0.46);
    assert_eq!(turn(&inside), ("reading", "differs", "a declared reading narrower by 4.00e-2"));
    assert!(!fragile(&inside));
    let lexicon = own("nearly half", "", 0.3);
    assert_eq!((lexicon.verdict, turn(&lexicon).0), (Verdict::Differs, "reading"));
    assert!(turn(&lexicon).2.starts_with("a lexicon reading wider by"), "{:?}", lexicon.stability);
}

#[test]
fn a_digit_more_or_less_is_told_where_no_rule_turns_it() {
    // 19.3%: every rule that prints 19% for it does so with the digit 3 behind; ceiling prints 20%.
    let safe = own("19.3%", "", 0.193);
    assert_eq!(safe.verdict, Verdict::Exact);
    // The printed number itself agrees under every rule and with one more digit: only distance is left.
    assert_eq!((turn(&safe).0, turn(&safe).1), ("value", "differs"));
    assert!((distance(&safe) - 0.0005).abs() < 1e-12 && !fragile(&safe));
    // 20.3% beside a printed 20.5%: no rule turns it, but a number printed as 20.5 to the whole would be 20 to 21.
    let off = own("20.5%", "", 0.203);
    assert_eq!(turn(&off), ("digit", "exact", "one digit less"));
    assert!(!fragile(&off));
    let further = own("20.5%", "", 0.3);
    assert_eq!((turn(&further).0, turn(&further).1), ("value", "rounded"));
    let more = own("19%", "rounding = \"truncation\"", 0.1990);
    assert_eq!(turn(&more).0, "rounding");
}

#[test]
fn what_is_recomputed_from_printed_numbers_has_its_turn_too() {
    let text = claim("part", "33%", "untestable = \"withheld\"")
        + &claim("rest", "67%", "equals = \"1 - part\"")
        + &claim("off", "70%", "equals = \"1 - part\"")
        + &claim("edge", "66%", "equals = \"1 - part\"");
    let audit = judge(&text, Vec::new());
    let of = |id: &str| audit.claim(id).expect("judged");
    assert_eq!((of("rest").verdict, fragile(of("rest"))), (Verdict::AddsUp, false));
    assert_eq!((of("off").verdict, turn(of("off")).1), (Verdict::DoesNotAddUp, "adds-up"));
    assert!(!fragile(of("off")));
    // 1 - 33.5% = 66.5%: they meet at a half only.
    assert_eq!((of("edge").verdict, fragile(of("edge"))), (Verdict::AddsUp, true));
    assert_eq!(turn(of("edge")).0, "rounding");
}

#[test]
fn counts_and_fractions_do_not_jitter() {
    for (printed, more, value) in
        [("3 of 21", "", 1.0 / 7.0), ("246", "count = true", 246.0), ("13/21", "", 13.0 / 21.0)]
    {
        let exact = own(printed, more, value);
        assert_eq!((exact.verdict, fragile(&exact)), (Verdict::Exact, false), "{printed}");
    }
}

#[test]
fn new_data_and_nothing() {
    let judged = judge_one("0.20", "", Basis::NewData, with_error("x", 0.21, 0.02));
    assert!(!fragile(&judged), "{:?}", judged.stability);
    let text = claim("a", "0.2", "estimate = \"gone\"");
    let nothing = judge(&text, vec![skipped("own", "gone", "withheld")]);
    assert_eq!(nothing.claims[0].stability, None);
}
