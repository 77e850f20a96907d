//! New data against printed numbers: the rule of the prediction interval, its edges, and the panel that never decides.

use proptest::prelude::*;
use secondlook::claims::record::{ClaimRecord, Replication, Verdict};
use secondlook::results::{Basis, Code, Estimate};

use super::builder::{claim, estimate, judge, judge_one, problems, run, with_error};

const Z: f64 = 1.959_963_984_540_054;

fn on(printed: &str, more: &str, estimate: Estimate) -> ClaimRecord {
    judge_one(printed, more, Basis::NewData, estimate)
}

fn panel(claim: &ClaimRecord) -> &Replication {
    claim.replication.as_ref().expect("it stands beside the verdict")
}

/// Patil, Peng and Leek (2016) by hand, and the panel of `tests/reference/replication.py` for the same pair.
#[test]
fn the_panel_stands_beside_the_verdict() {
    let judged = on("-2 (1)", "holds = \"a < 0\"\nmargin = \"1\"", with_error("x", -1.5, 0.5));
    let shown = panel(&judged);
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
    let [low, high] = shown.prediction.expect("an interval");
    near(low, -4.191_306_351_441_454);
    near(high, 0.191_306_351_441_454);
    near(shown.q.expect("Q"), 0.2);
    near(shown.q_p.expect("its p"), 0.654_720_846_018_577);
    near(shown.small_telescopes.as_ref().expect("telescopes").p, 0.477_217_861_964_062);
    let doubt = shown.sceptical.as_ref().expect("sceptical");
    near(doubt.nominal, 0.082_971_507_766_642);
    near(doubt.golden, 0.039_017_532_716_834);
    near(doubt.controlled, 0.014_018_608_253_213);
    near(shown.ln_bf_r0.expect("a factor"), 3.595_281_043_782_95);
    near(shown.equivalence.as_ref().expect("a margin").p, 0.841_344_746_068_543);
    assert_eq!(
        (shown.new_se_from.as_str(), shown.original_se_from.as_deref()),
        ("standard error", Some("printed"))
    );
}

/// A missed significance contradicts nothing: `est("x.ci_low") > 0` is false of every noisy null.
#[test]
fn a_noisy_null_or_a_tiny_sample_is_inconclusive() {
    for holds in [
        "holds = \"a > 0\"",
        "holds = \"a > 0 and est(\\\"x.ci_low\\\") > 0\"",
        "holds = \"est(\\\"x.p\\\") < 0.05\"",
    ] {
        for (value, se) in [(0.05, 0.4), (0.5, 9.0), (-0.1, 0.5), (0.3, 0.2)] {
            let fresh = Estimate { p: Some(0.4), ..with_error("x", value, se) };
            assert_eq!(
                on("0.50 (0.10)", holds, fresh).verdict,
                Verdict::Inconclusive,
                "{holds} {value}"
            );
        }
        let clear = Estimate { p: Some(1e-9), ..with_error("x", 0.45, 0.05) };
        assert_eq!(on("0.50 (0.10)", holds, clear).verdict, Verdict::Compatible, "{holds}");
    }
    let against = with_error("x", -0.5, 0.1);
    let wide = "holds = \"a > 0 and est(\\\"x.ci_low\\\") > 0\"";
    assert_eq!(on("0.50 (0.60)", wide, against).verdict, Verdict::NotCompatible);
    // Other estimates in the conclusion are as uncertain as the claim's own.
    let text = claim("a", "0.5 (0.1)", "estimate = \"x\"\nholds = \"a > est(\\\"y\\\")\"");
    let both = vec![with_error("x", 0.5, 0.05), with_error("y", 0.4, 0.1)];
    let audit = judge(&text, vec![run("new", Basis::NewData, both)]);
    assert_eq!(audit.claims[0].verdict, Verdict::Inconclusive);
}

#[test]
fn the_originals_error_comes_from_what_is_printed() {
    let holds = "holds = \"a > 0\"";
    let bare = on("0.50", holds, with_error("x", 0.4, 0.1));
    assert_eq!(panel(&bare).original_se, None);
    assert!(bare.plain.contains("only the new data's error is counted"), "{}", bare.plain);
    let own = "holds = \"est(\\\"x\\\") > 0\"";
    let interval = on("[0.304, 0.696]", own, with_error("x", 0.4, 0.1));
    let shown = panel(&interval);
    assert!((shown.original.expect("its middle") - 0.5).abs() < 1e-12);
    assert!((shown.original_se.expect("its error") - 0.196 / Z).abs() < 1e-12);
    assert_eq!(
        (interval.verdict, shown.original_se_from.as_deref()),
        (Verdict::Compatible, Some("interval"))
    );
    let stated =
        on("0.50", &format!("{holds}\noriginal = {{ se = \"0.10\" }}"), with_error("x", 0.4, 0.1));
    assert_eq!(panel(&stated).original_se, Some(0.1));
    let by_interval = format!("{holds}\noriginal = {{ interval = \"[0.304, 0.696]\" }}");
    assert_eq!(
        panel(&on("0.50", &by_interval, with_error("x", 0.4, 0.1))).original_se,
        shown.original_se
    );
    // The new error may come from its interval.
    let fresh = Estimate { se: None, ..with_error("x", 0.4, 0.1) };
    let derived = on("0.50 (0.10)", holds, fresh);
    assert!((panel(&derived).new_se - 0.1).abs() < 1e-12);
}

#[test]
fn the_printed_value_decides_and_its_rounding_makes_it_fragile() {
    let holds = "holds = \"a < 1\"";
    let outside = on("-2 (1)", holds, with_error("x", 0.25, 0.25));
    assert_eq!(
        (outside.verdict, outside.marks.as_slice()),
        (Verdict::NotCompatible, &["fragile".to_owned()][..])
    );
    let firm = on("-2.000 (1.000)", holds, with_error("x", 0.25, 0.25));
    assert_eq!((firm.verdict, firm.marks.len()), (Verdict::NotCompatible, 0));
}

#[test]
fn correlations_are_compared_on_fishers_scale_where_the_claim_says_so() {
    let fisher = "holds = \"a > 0\"\nscale = \"fisher-z\"\noriginal = { n = \"30\" }";
    let fresh = Estimate { n: Some(103.0), ..estimate("x", 0.2) };
    let judged = on("0.50", fisher, fresh);
    let shown = panel(&judged);
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
    near(shown.original.expect("z"), 0.549_306_144_334_054_8);
    near(shown.original_se.expect("its error"), 1.0 / 27.0_f64.sqrt());
    near(shown.new, 0.202_732_554_054_082_2);
    near(shown.new_se, 0.1);
    near(shown.new_interval[0], 0.006_736_053_715_79);
    assert_eq!((judged.verdict, shown.new_se_from.as_str()), (Verdict::Compatible, "n"));
    let slip = claim("a", "0.50", "estimate = \"x\"\noriginal = { n = \"30\" }");
    assert!(problems(&slip)[0].contains("claims.toml:7:"), "{:?}", problems(&slip));
    let two =
        claim("a", "0.50", "estimate = \"x\"\noriginal = { se = \"1\", interval = \"[1, 2]\" }");
    assert!(problems(&two)[0].contains("needs one of"), "{:?}", problems(&two));
}

#[test]
fn a_conclusion_without_a_number_is_judged_by_the_new_intervals() {
    let text = claim("a", "More is better.", "holds = \"est(\\\"x\\\") > 0\"");
    let verdict = |value: f64| {
        let fresh = vec![with_error("x", value, 0.1)];
        judge(&text, vec![run("new", Basis::NewData, fresh)]).claims[0].verdict
    };
    assert_eq!(verdict(0.5), Verdict::Compatible);
    assert_eq!(verdict(-0.5), Verdict::NotCompatible);
    assert_eq!(verdict(0.1), Verdict::Inconclusive);
}

#[test]
fn several_replications_are_all_shown_and_none_hides_the_others() {
    let text = claim("a", "0.50 (0.10)", "estimate = \"x\"\nholds = \"a > 0\"");
    let mut second = run("second", Basis::NewData, vec![with_error("x", -0.4, 0.1)]);
    second.code = Code::External;
    let audit =
        judge(&text, vec![run("first", Basis::NewData, vec![with_error("x", 0.4, 0.1)]), second]);
    let shown = &audit.claims[0];
    assert_eq!((shown.verdict, shown.run.as_deref()), (Verdict::Compatible, Some("first")));
    assert!(shown.plain.contains("second says not-compatible"), "{}", shown.plain);
    assert!(shown.others[0].replication.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The verdict is the rule's and nothing else's, whatever the panel says.
    #[test]
    fn the_verdict_follows_from_the_two_intervals_alone(
        original in -2000_i32..2000, error in 1_i32..900, value in -2.0_f64..2.0, se in 0.001_f64..2.0,
    ) {
        let (printed, s) = (f64::from(original) / 1000.0, f64::from(error) / 1000.0);
        let text = format!("{printed:.3} ({s:.3})");
        let judged = on(&text, "holds = \"a > 0\"", with_error("x", value, se));
        let inside = (printed - value).abs() - Z * (s * s + se * se).sqrt();
        prop_assume!(inside.abs() > 1e-9 && (value - Z * se).abs() > 1e-9 && (value + Z * se).abs() > 1e-9);
        let expected = if inside > 0.0 || value + Z * se < 0.0 {
            Verdict::NotCompatible
        } else if value - Z * se > 0.0 {
            Verdict::Compatible
        } else {
            Verdict::Inconclusive
        };
        prop_assert_eq!(judged.verdict, expected);
        prop_assert_eq!(panel(&judged).inside, inside <= 0.0);
    }

    /// However wide the new data's error, and whatever the estimate, nothing is contradicted inside it.
    #[test]
    fn no_amount_of_noise_contradicts(value in -1.0_f64..1.0, times in 1.0_f64..100.0) {
        let se = times * (value.abs() + 0.5);
        let judged = on("0.50 (0.10)", "holds = \"a > 0 and est(\\\"x.ci_low\\\") > 0\"", with_error("x", value, se));
        prop_assert_eq!(judged.verdict, Verdict::Inconclusive);
    }
}
