//! Printed numbers in claims: their parts, their units, vague words, places of errors, hostile texts.

use proptest::prelude::*;
use secondlook::claims::printed;
use secondlook::claims::record::{ClaimRecord, Verdict};
use secondlook::claims::rounding::Rounding;
use secondlook::expression::{Rational, decimal};
use secondlook::results::Basis;

use super::builder::{claim, estimate, judge, judge_one, problems, study, with_error};

const OWN: Basis = Basis::AnalysisData;

fn alone(printed: &str, more: &str) -> ClaimRecord {
    let audit = judge(&claim("a", printed, more), Vec::new());
    audit.claim("a").expect("the claim is judged").clone()
}

#[test]
fn value_and_error_and_interval_are_compared_and_the_weakest_counts() {
    let on = |printed: &str, more: &str, se: f64| {
        judge_one(printed, more, OWN, with_error("x", 0.0426, se))
    };
    assert_eq!(on("0.0426 (0.0008)", "", 0.00081).verdict, Verdict::Exact);
    // The half that is printed up or down: the value is exact, the error only under another rounding.
    assert_eq!(on("0.0426 (0.0008)", "", 0.00085).verdict, Verdict::Rounded);
    let off = on("0.0426 (0.0008)", "", 0.0009);
    assert_eq!(off.verdict, Verdict::Differs);
    assert!(off.plain.contains("what differs is the standard error"), "{}", off.plain);
    assert_eq!(on("0.0426 \u{B1} 0.0008", "", 0.0009).verdict, Verdict::Differs);
    assert_eq!(on("0.0426 [0.0410, 0.0442]", "", 0.00081).verdict, Verdict::Exact);
    assert_eq!(on("0.0426 [0.0410, 0.0443]", "", 0.00081).verdict, Verdict::Differs);
    assert_eq!(on("0.0426 (95% CI 0.0410\u{2013}0.0442)", "", 0.00081).verdict, Verdict::Exact);
    // What our estimate lacks cannot be compared, and never passes.
    let bare = judge_one("0.0426 (0.0008)", "", OWN, estimate("x", 0.0426));
    assert_eq!((bare.verdict, bare.basis), (Verdict::Unchecked, Basis::Nothing));
    assert!(bare.plain.contains("standard error could not be compared"), "{}", bare.plain);
    let bare = judge_one("0.0436 (0.0008)", "", OWN, estimate("x", 0.0426));
    assert_eq!(bare.verdict, Verdict::Differs);
    // `x.se` asks for the bracket, `x.ci_low` for the lower end.
    let part = |printed: &str, address: &str| {
        let text = claim("a", printed, &format!("estimate = \"{address}\""));
        let run = super::builder::run("main", OWN, vec![with_error("x", 0.0426, 0.00081)]);
        judge(&text, vec![run]).claim("a").expect("it is judged").verdict
    };
    assert_eq!(part("0.0426 (0.0008)", "x.se"), Verdict::Exact);
    assert_eq!(part("0.0426 (0.0009)", "x.se"), Verdict::Differs);
    assert_eq!(part("[0.0410, 0.0442]", "x.ci_low"), Verdict::Exact);
    assert_eq!(part("[0.0410, 0.0442]", "x.ci_high"), Verdict::Exact);
    assert_eq!(part("0.0008", "x.se"), Verdict::Exact);
}

#[test]
fn vague_words_have_a_reading_that_is_shown_and_may_be_overridden() {
    let lexicon = judge_one("nearly half", "", OWN, estimate("x", 0.44));
    let reading = lexicon.reading.clone().expect("it is read");
    assert_eq!(
        (reading.low.as_str(), reading.high.as_str(), reading.from.as_str()),
        ("40%", "50%", "lexicon")
    );
    assert!(reading.why.is_some());
    assert_eq!((lexicon.verdict, lexicon.interval), (Verdict::Rounded, Some([0.4, 0.5])));
    assert!(
        lexicon.plain.contains("read here as 40% to less than 50% by the lexicon"),
        "{}",
        lexicon.plain
    );
    assert_eq!(judge_one("nearly half", "", OWN, estimate("x", 0.31)).verdict, Verdict::Differs);
    let declared = judge_one("nearly half", "reads = [\"30%\", \"50%\"]", OWN, estimate("x", 0.31));
    assert_eq!(declared.verdict, Verdict::Rounded);
    assert_eq!(declared.reading.map(|reading| reading.from).as_deref(), Some("declared"));
    let twice = judge_one("more than twice", "", OWN, estimate("x", 3.4));
    assert_eq!((twice.verdict, twice.interval), (Verdict::Rounded, None));
    assert!(twice.plain.contains("more than 2x"), "{}", twice.plain);
    let unknown = claim("a", "a fair bit", "estimate = \"x\"");
    assert!(problems(&unknown)[0].contains("is words: say how they are read"));
}

#[test]
fn a_rounding_holds_for_a_file_a_number_or_a_coarser_unit() {
    assert_eq!(alone("400,000", "rounded_to = \"10,000\"").interval, Some([395_000.0, 405_000.0]));
    assert_eq!(alone("40%", "rounded_to = \"5%\"").interval, Some([0.375, 0.425]));
    let finer = claim("a", "400,000", "rounded_to = \"0.1\"");
    assert!(problems(&finer)[0].contains("finer digits than are rounded to"));
    let odd = claim("a", "412,000", "rounded_to = \"10,000\"");
    assert!(problems(&odd)[0].contains("no multiple of 10000"));
    let text =
        |mode: &str| format!("rounding = \"{mode}\"\n") + &claim("a", "0.12", "estimate = \"x\"");
    let on = |mode: &str| {
        let run = super::builder::run("main", OWN, vec![estimate("x", 0.125)]);
        judge(&text(mode), vec![run]).claim("a").expect("it is judged").verdict
    };
    assert_eq!(on("half-even"), Verdict::Exact);
    assert_eq!(on("half-up"), Verdict::Differs);
    assert_eq!(on("unknown"), Verdict::Rounded);
    assert_eq!(on("truncation"), Verdict::Exact);
    assert!(problems(&text("half-even\"\ndecimals = \"2"))[0].contains("decimals"));
    assert!(problems(&text("evenly"))[0].starts_with("claims.toml:1:12: `rounding` cannot be"));
    let comma = "decimal = \"comma\"\n".to_owned() + &claim("a", "0,0426", "");
    assert_eq!(judge(&comma, Vec::new()).claims[0].interval, Some([0.042_55, 0.042_65]));
    drop(study(super::builder::STUDY));
}

#[test]
fn percent_fraction_and_points_are_checked() {
    let slip = judge_one("33%", "", OWN, estimate("x", 33.2));
    assert_eq!(slip.verdict, Verdict::Differs);
    assert!(
        slip.plain.contains("a hundred times the printed number (claims file, line 2)"),
        "{}",
        slip.plain
    );
    let unit = claim("a", "7%", "unit = \"percentage points\"");
    assert!(
        problems(&unit)[0].starts_with("claims.toml:6:8: `7%` is printed in percent"),
        "{:?}",
        problems(&unit)
    );
    assert!(problems(&claim("a", "7 pp", "unit = \"percent\""))[0].contains("percentage points"));
    assert!(problems(&claim("a", "33", "unit = \"percent\""))[0].contains("write `33%`"));
    let two = claim("a", "40%", "") + &claim("b", "33%", "");
    let text = two.clone() + &claim("c", "7%", "equals = \"a - b\"");
    assert!(problems(&text)[0].contains("difference of two percentages"), "{:?}", problems(&text));
    let text = two.clone() + &claim("c", "21 pp", "equals = \"a / b - 1\"");
    assert!(problems(&text)[0].contains("relative change"), "{:?}", problems(&text));
    let text = two.clone() + &claim("c", "73%", "equals = \"100 * (a + b)\"");
    assert!(
        problems(&text)[0].contains("a hundred times the printed `73%`"),
        "{:?}",
        problems(&text)
    );
    let text = two + &claim("c", "7 pp", "equals = \"a - b\"");
    assert_eq!(problems(&text), Vec::<String>::new());
    // A unit of one's own may stand behind the number.
    assert_eq!(alone("5 apples", "unit = \"apples\"").interval, Some([4.5, 5.5]));
}

#[test]
fn an_error_points_at_the_character() {
    for (printed, start) in [
        ("12 345 6", "claims.toml:5:19: `6` is not understood here"),
        ("33-28%", "claims.toml:5:14: a range begins with its smaller number"),
        ("\u{2212}5 \u{2212}6x!", "claims.toml:5:"),
    ] {
        let found = problems(&claim("a", printed, ""));
        assert!(found[0].starts_with(start), "{printed}: {found:?}");
    }
}

#[test]
fn hostile_texts_are_refused_quickly() {
    for text in [
        "1".repeat(1_000_000),
        "(".repeat(10_000),
        "1e99999999999999999999".to_owned(),
        "1e401".to_owned(),
        format!("0.{}", "0".repeat(390) + "1e-390"),
        "[".repeat(300),
        "1, ".repeat(120),
        "t(".repeat(100),
        "95% CI ".repeat(40),
    ] {
        let shown: String = text.chars().take(20).collect();
        assert!(
            printed::parse(&text).is_err()
                || printed::parse(&text)
                    .is_ok_and(|read| read.interval(Rounding::Unknown).is_none()),
            "{shown}"
        );
    }
}

/// A decimal with a few digits, exactly.
fn real(steps: i64) -> Rational {
    Rational::new(steps.into(), 1_000_000.into())
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,60}") {
        drop(printed::parse(&text));
    }

    #[test]
    fn what_looks_like_a_number_never_panics(text in "[-+0-9.,%()\\[\\] e^x<>=~pptFzr/:–−±'*]{0,40}") {
        if let Ok(read) = printed::parse(&text) {
            for mode in Rounding::ALL {
                drop(read.interval(mode));
            }
        }
    }

    /// A value that is printed with some digits lies in what those digits stand for, and is `exact`.
    #[test]
    fn a_value_rounded_to_its_printed_digits_is_exact(
        steps in -20_000_000_i64..20_000_000,
        places in 0_u32..6,
    ) {
        let value = real(steps);
        let unit = Rational::new(1.into(), 10_i64.pow(places).into());
        let half = Rational::new(1.into(), 2.into());
        let whole = value.clone() / &unit;
        let away = (if steps < 0 { -whole } else { whole } + half).floor();
        let size = secondlook::expression::show(&(&away * &unit));
        let (digits, part) = size.split_once('.').unwrap_or((&size, ""));
        let decimals = places as usize;
        let sign = if steps < 0 && away != Rational::default() { "-" } else { "" };
        let text = if places == 0 {
            format!("{sign}{digits}")
        } else {
            format!("{sign}{digits}.{part:0<decimals$}")
        };
        let read = printed::parse(&text).expect("it is a number");
        for mode in [Rounding::HalfUp, Rounding::Unknown] {
            prop_assert!(read.interval(mode).is_some_and(|interval| interval.contains(&value)), "{text}");
        }
        let float: f64 = secondlook::expression::nearest_float(&value);
        let judged = judge_one(&text, "", OWN, estimate("x", float));
        prop_assert_eq!(judged.verdict, Verdict::Exact, "{} printed as {}", float, text);
        prop_assert!(decimal(&text).is_some());
    }
}
