//! p values recomputed from printed statistics: scipy's, the known answers, the traps, and relations.

use proptest::prelude::*;
use secondlook::claims::printed::Notation;
use secondlook::claims::record::{ClaimRecord, RelationState, Verdict};
use secondlook::claims::rounding::Rounding;
use secondlook::claims::statistic::{StatisticRow, check_rows};
use secondlook::expression::{Rational, parse};
use secondlook::results::Basis;

use super::builder::{claim, estimate, judge, judge_one, problems, relation};

fn rows(texts: &[String]) -> Vec<StatisticRow> {
    check_rows(texts, &Notation::default(), Rounding::Unknown, &Rational::new(1.into(), 20.into()))
}

fn row(text: &str) -> StatisticRow {
    rows(&[text.to_owned()]).remove(0)
}

fn judged(printed: &str, more: &str) -> ClaimRecord {
    let audit = judge(&claim("a", printed, more), Vec::new());
    audit.claim("a").expect("the claim is judged").clone()
}

/// tests/reference/p_values.py: both ends by scipy 1.15. Tolerance 1e-8 relative: scipy's incomplete
/// beta keeps about 1e-12, our enclosure is moved outward by 1e-10, the printed float by its last bit.
#[test]
fn scipy_gives_the_same_ends_and_the_same_answers() {
    let reference = include_str!("../../reference/p_values.csv");
    let mut reader = csv::Reader::from_reader(reference.as_bytes());
    let records: Vec<(String, f64, f64, u8)> =
        reader.deserialize().map(|record| record.expect("a row")).collect();
    assert!(records.len() > 1_000);
    let texts: Vec<String> = records.iter().map(|(text, ..)| text.clone()).collect();
    for (row, (text, least, most, consistent)) in rows(&texts).into_iter().zip(&records) {
        let [low, high] = row.p.unwrap_or([f64::NAN; 2]);
        assert!((low - least).abs() <= 1e-8 * least + 1e-300, "{text}: {low} {least}");
        assert!((high - most).abs() <= 1e-8 * most + 1e-280, "{text}: {high} {most}");
        assert!(low <= least * (1.0 + 1e-12) && high >= most * (1.0 - 1e-12), "{text}: outside");
        assert_eq!(row.consistent, Some(*consistent == 1), "{text} {:?}", row.p);
    }
}

/// statcheck's examples, with the ends of each range from scipy.
#[test]
fn the_known_answers_come_out() {
    let near = |text: &str, ends: [f64; 2]| {
        let found = row(text).p.expect(text);
        assert!(
            (found[0] - ends[0]).abs() < 5e-7 && (found[1] - ends[1]).abs() < 5e-7,
            "{found:?}"
        );
    };
    near("t(28) = 2.20, p = .036", [0.035_836, 0.036_619]);
    near("t(28) = 2, p = .05", [0.018_551, 0.144_807]);
    for (text, consistent) in [
        ("t(28) = 2.20, p = .03", false),
        ("t(28) = 2.20, p = .036", true),
        ("F(2,28) = 2.20, p = .15", false),
        ("F(1,100) = 4.0, p = .048", true),
        ("F(1,1234) = 4.0, p = .046", true),
        ("F(1,1,234) = 4.0, p = .046", true),
        ("\u{3C7}\u{B2}(28) = 22.20, p = .79", false),
        ("chi2(28) = 22.20, p = .79", false),
        ("Z = -2.42, p = .016", true),
        ("z = \u{2212}2.42, p = .016", true),
        ("Q(3) = 7.81, p = .05", true),
    ] {
        assert_eq!(row(text).consistent, Some(consistent), "{text}");
    }
}

#[test]
fn a_value_that_no_such_statistic_has_is_impossible() {
    for (printed, domain) in [
        ("r(40) = 1.4, p = .01", "r in [1.35, 1.45] cannot be: every r lies in [-1, 1]"),
        ("r(40) = -1.02", "r in [-1.025, -1.015] cannot be: every r lies in [-1, 1]"),
        ("\u{3C7}\u{B2}(3) = -2.1, p = .5", "chi-square in [-2.15, -2.05] cannot be"),
        ("F(2, 10) = -3.2", "F in [-3.25, -3.15] cannot be: every F lies in [0, inf)"),
    ] {
        let record = judged(printed, "");
        assert_eq!(record.verdict, Verdict::Impossible, "{printed}");
        assert!(record.trace[0].starts_with(domain), "{:?}", record.trace);
        assert_eq!(record.statistic.and_then(|found| found.consistent), Some(false));
        let row = row(printed);
        assert_eq!((row.consistent, row.p), (Some(false), None), "{printed}");
        assert!(row.problem.is_some_and(|problem| problem.starts_with(domain)));
    }
    // Rounded from a value that there is.
    for printed in ["r(40) = 1.00, p < .001", "F(2, 20) = -0.00, p = 1", "t(9) = -40.1, p < .001"] {
        assert_eq!(judged(printed, "").verdict, Verdict::Possible, "{printed}");
    }
    for (beyond, p) in [
        ("p < 0", "(-inf, 0)"),
        ("p > 1", "(1, inf)"),
        ("p = 1.2", "[1.15, 1.25]"),
        ("p = -0.02", "[-0.025, -0.015]"),
        ("0.34 (0.05), p = 1.2", "[1.15, 1.25]"),
        ("t(28) = 2.20, p = 1.2", "[1.15, 1.25]"),
    ] {
        let record = judged(beyond, "");
        assert_eq!(record.verdict, Verdict::Impossible, "{beyond}");
        let why = format!("p in {p} cannot be: every p value lies in [0, 1]");
        assert_eq!(record.trace, [why], "{beyond}");
    }
    assert_eq!(row("t(28) = 2.20, p = 1.2").consistent, Some(false));
    // 1.00 may be a rounded 0.996.
    assert_ne!(judged("p = 1.00", "").verdict, Verdict::Impossible);
}

/// statcheck takes the p values at both ends of the statistic only: where zero lies between them it
/// misses every p value up to one. Here [-0.05, 0.05] gives both ends p = .96, and p = 1 is right.
#[test]
fn an_interval_that_holds_zero_reaches_p_of_one() {
    let found = row("t(20) = 0.0, p = 1.00");
    assert_eq!((found.consistent, found.p.map(|[_, high]| high)), (Some(true), Some(1.0)));
    assert_eq!(row("z = 0.0, p = .99").consistent, Some(true));
    assert_eq!(row("r(20) = .0, p = .99").consistent, Some(true));
    assert_eq!(row("F(1, 20) = 0.0, p = .97").consistent, Some(true));
}

#[test]
fn signs_levels_and_sides_are_kept() {
    assert_eq!(row("t(28) = 2.20, p < .05").consistent, Some(true));
    let wrong = row("t(28) = 1.20, p < .05");
    assert_eq!((wrong.consistent, wrong.decision_error), (Some(false), true));
    let wrong = row("t(28) = 2.20, ns");
    assert_eq!((wrong.consistent, wrong.decision_error), (Some(false), true));
    let wrong = row("t(28) = 2.20, p > .05");
    assert_eq!((wrong.consistent, wrong.decision_error), (Some(false), true));
    let mild = row("t(28) = 2.20, p = .03");
    assert_eq!((mild.consistent, mild.decision_error), (Some(false), false));
    let half = row("t(28) = 2.20, p = .018");
    assert_eq!((half.consistent, half.consistent_if_one_sided), (Some(false), true));
    assert_eq!(row("t(28) = 2.20, p = .018, one-tailed").consistent, Some(true));
    assert_eq!(row("t(28) = -2.20, p = .982, one-tailed").consistent, Some(true));
    assert!(!row("F(1, 28) = 4.84, p = .018").consistent_if_one_sided);
    // Welch: the degrees of freedom are rounded too.
    assert_eq!(row("t(27.4) = 2.20, p = .0364").consistent, Some(true));
    // A level that a p value is just at is no decision error.
    assert!(!row("t(28) = 2.04, p = .05").decision_error);
    for (text, why) in [
        ("t(28) = 2.20", "no p value"),
        ("t = 2.20, p = .03", "degrees of freedom"),
        ("significant", "no test statistic"),
    ] {
        let found = row(text);
        assert_eq!(found.consistent, None, "{text}");
        assert!(found.problem.as_deref().is_some_and(|problem| problem.contains(why)), "{found:?}");
    }
}

#[test]
fn a_claim_is_impossible_with_a_certificate_or_possible() {
    let wrong = judged("t(28) = 1.20, p < .05", "");
    assert_eq!((wrong.verdict, wrong.basis), (Verdict::Impossible, Basis::PrintedNumbers));
    assert!(wrong.trace[0].contains("[0.238289, 0.242111]"), "{:?}", wrong.trace);
    assert!(wrong.plain.contains("Decision error"), "{}", wrong.plain);
    let record = wrong.statistic.expect("it is recomputed");
    assert_eq!((record.consistent, record.decision_error), (Some(false), true));
    let fine = judged("t(28) = 2.20, p = .036", "");
    assert_eq!((fine.verdict, fine.marks.len()), (Verdict::Possible, 0));
    let half = judged("t(28) = 2.20, p = .018", "");
    assert_eq!(half.verdict, Verdict::Impossible);
    assert!(
        half.marks.contains(&"ambiguous".to_owned())
            && half.plain.contains("Consistent if one-sided")
    );
    assert_eq!(judged("t(28) = 2.20, p = .018", "one_sided = true").verdict, Verdict::Possible);
    let strict = judged("t(28) = 2.20, ns", "alpha = \"0.01\"");
    assert_eq!(strict.verdict, Verdict::Possible, "not significant at one percent");
    let truncated = judged("t(28) = 2.20, p = .03", "rounding = \"truncation\"");
    assert_eq!(truncated.verdict, Verdict::Possible, "p = .0358 cut to two digits is .03");
    let bare = claim("a", "t(28) = 2.20, p = .036", "alpha = \"5\"");
    assert!(problems(&bare)[0].contains("no level of significance"), "{:?}", problems(&bare));
}

/// CLAIMS.csv: st-p, st-r25, st-r26. Values there: .010449, .041797, .037504.
#[test]
fn printed_apart_statistic_and_p_are_related() {
    let value = |text: &str| parse(text).expect(text).value(&|_| None).expect("a value");
    assert!(
        (value("p_t(0.738 * sqrt(26 * 26 / 52), 50)") - 0.010_448_929_453_837_498).abs() < 1e-13
    );
    assert!((value("p_r(-0.41, 23)") - 0.041_797_169_580_055_46).abs() < 1e-13);
    assert!((value("p_r(-0.41, 24)") - 0.037_503_523_654_786_486).abs() < 1e-13);
    assert!((value("p_z(1.959963984540054)") - 0.05).abs() < 1e-13);
    assert!((value("p_f(4, 1, 28)") - value("p_t(2, 28)")).abs() < 1e-13);
    assert!((value("p_chi2(4, 1)") - value("p_z(2)")).abs() < 1e-13);
    let text = claim("d", "0.738", "")
        + &claim("n1", "26", "count = true")
        + &claim("n2", "26", "count = true")
        + &claim("p", "0.010", "equals = \"p_t(d * sqrt(n1 * n2 / (n1 + n2)), n1 + n2 - 2)\"")
        + &claim("r", "-.41", "")
        + &claim("p_of_r", "p = .043", "")
        + &relation("with_25", "assumed", "p_of_r == p_r(r, n1 - 1 - 2)")
        + &relation("with_26", "stated", "p_of_r == p_r(r, n1 - 2)");
    let audit = judge(&text, Vec::new());
    assert_eq!(audit.claim("p").map(|claim| claim.verdict), Some(Verdict::AddsUp));
    assert_eq!(audit.relations[0].state, RelationState::Holds, "{:?}", audit.relations[0]);
    assert_eq!(audit.relations[1].state, RelationState::Fails, "{:?}", audit.relations[1]);
    assert_eq!(audit.claim("r").map(|claim| claim.verdict), Some(Verdict::DoesNotAddUp));
    let slip = claim("a", "3", "equals = \"p_t(2)\"");
    assert!(
        problems(&slip)[0].contains("a statistic and its degrees of freedom"),
        "{:?}",
        problems(&slip)
    );
}

#[test]
fn a_printed_statistic_is_compared_with_ours() {
    let mut ours = super::builder::with_error("x", 2.2, 1.0);
    ours.p = Some(0.0362);
    ours.df = Some(28.0);
    let same = judge_one("t(28) = 2.20, p = .036", "", Basis::AnalysisData, ours.clone());
    assert_eq!(same.verdict, Verdict::Exact, "{}", same.plain);
    let other = judge_one("t(28) = 2.20, p = .0366", "", Basis::AnalysisData, ours.clone());
    assert_eq!(other.verdict, Verdict::Differs, "{}", other.plain);
    ours.p = None;
    let missing = judge_one("t(28) = 2.20, p = .036", "", Basis::AnalysisData, ours);
    assert_ne!(missing.verdict, Verdict::Exact, "what cannot be compared never passes");
    drop(estimate("x", 1.0));
}

proptest! {
    /// True data never yield an inconsistent p value, whatever is rounded and how finely.
    #[test]
    fn a_true_statistic_is_never_inconsistent(
        t in -5.0_f64..5.0,
        df in 2_u32..300,
        places in 1_usize..4,
        digits in 2_usize..5,
    ) {
        let p = parse(&format!("p_t({t:.15}, {df})")).expect("it parses").value(&|_| None).expect("a value");
        let text = format!("t({df}) = {t:.places$}, p = {p:.digits$}");
        prop_assert_eq!(row(&text).consistent, Some(true), "{}", text);
    }
}
