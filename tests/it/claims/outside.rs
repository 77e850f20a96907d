//! What an outsider would try on a claims file: who is blamed, what is still unknown, how people print
//! numbers, and what must be refused quickly.

use secondlook::claims::coverage;
use secondlook::claims::record::{ClaimRecord, RelationState, Verdict};
use secondlook::diagnostic::Source;
use secondlook::expression;
use secondlook::results::{Basis, Code, Run};

use super::builder::{
    STUDY, claim, claims as read_claims, estimate, judge, judge_one, problems, relation, run,
    sound, study,
};

fn alone(printed: &str) -> ClaimRecord {
    let audit = judge(&claim("a", printed, "untestable = \"withheld\""), Vec::new());
    audit.claim("a").expect("the claim is judged").clone()
}

fn close(interval: Option<[f64; 2]>, low: f64, high: f64) -> bool {
    interval.is_some_and(|[from, to]| (from - low).abs() < 1e-11 && (to - high).abs() < 1e-11)
}

#[test]
fn a_recomputation_that_fails_is_held_against_all_its_numbers() {
    let text =
        claim("a", "10", "") + &claim("b", "20", "") + &claim("c", "40", "equals = \"a + b\"");
    let audit = judge(&text, Vec::new());
    for id in ["a", "b", "c"] {
        let record = audit.claim(id).expect("judged");
        assert_eq!(record.verdict, Verdict::DoesNotAddUp, "{id}");
        assert_eq!(record.conflict, ["a", "b", "c"], "{id}");
        let sum = record.trace.iter().any(|line| line.contains("gives 0 >= 8.5, which is false"));
        assert!(sum, "{:?}", record.trace);
    }
    // Accepted where it was said, it no longer fails any of them.
    let accepted = "equals = \"a + b\"\naccepted = { verdict = \"does-not-add-up\", why = \"a misprint\", on = 2026-11-22 }";
    let text = claim("a", "10", "") + &claim("b", "20", "") + &claim("c", "40", accepted);
    for record in &judge(&text, Vec::new()).claims {
        assert!(record.accepted.as_ref().is_some_and(|accepted| accepted.applies), "{}", record.id);
    }
}

#[test]
fn a_conclusion_against_the_printed_numbers_is_held_against_them_too() {
    let text = claim("march", "33%", "")
        + &claim("april", "41%", "")
        + &claim("fell", "nearly half", "holds = \"april < march\"");
    let audit = judge(&text, Vec::new());
    for id in ["march", "april", "fell"] {
        assert_eq!(audit.claim(id).map(|claim| claim.verdict), Some(Verdict::DoesNotAddUp), "{id}");
    }
}

#[test]
fn what_took_part_in_a_check_that_passed_is_possible() {
    let text =
        claim("a", "10", "") + &claim("b", "20", "") + &claim("c", "30", "equals = \"a + b\"");
    let audit = judge(&text, Vec::new());
    let verdicts: Vec<Verdict> = audit.claims.iter().map(|claim| claim.verdict).collect();
    assert_eq!(verdicts, [Verdict::Possible, Verdict::Possible, Verdict::AddsUp]);
}

#[test]
fn what_was_tried_and_not_decided_says_budget() {
    // The divisor may be zero: nothing can be said of the logarithm of the quotient.
    let text = claim("a", "0.0", "") + &claim("b", "5", "") + &claim("c", "3", "");
    let audit = judge(&(text + &relation("r", "stated", "ln(b / a) == c")), Vec::new());
    assert_eq!(audit.relations[0].state, RelationState::Undecided);
    for record in &audit.claims {
        assert_eq!(record.verdict, Verdict::Unchecked);
        assert_eq!(record.reason.as_deref(), Some("budget"), "{}", record.id);
    }
    let idle = judge(&claim("a", "0.0", "estimate = \"x\""), Vec::new());
    assert_eq!(idle.claims[0].reason.as_deref(), Some("not-attempted"));
}

#[test]
fn an_implied_number_with_one_end_says_which() {
    let text = claim("a", "> 90%", "estimate = \"x\"");
    let ask = "[[implied]]\nid = \"rest\"\nsays = \"The rest.\"\nvalue = \"1 - a\"\n";
    let audit = judge(&(text + ask), Vec::new());
    let reason = audit.implied[0].reason.as_deref();
    assert_eq!(reason, Some("it is less than 0.1; the printed numbers set no lower end"));
}

#[test]
fn percent_beside_a_plain_number_is_noticed_in_relations() {
    let text = claim("a", "33%", "") + &claim("b", "33", "") + &claim("c", "67%", "");
    let found = problems(&(text.clone() + &relation("r", "stated", "a == b")));
    assert!(found.iter().any(|problem| problem.contains("percent against fraction?")), "{found:?}");
    let found = problems(&(text.clone() + &relation("r", "stated", "a + c == 100 and b > 0")));
    assert!(found.iter().any(|problem| problem.contains("percent against fraction?")), "{found:?}");
    let found = problems(&(text + &relation("r", "stated", "a + c == 1 and b > 0")));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn people_print_numbers_in_many_ways() {
    for (text, low, high) in [
        ("1-in-5", 2.0 / 11.0, 2.0 / 9.0),
        ("one in five", 2.0 / 11.0, 2.0 / 9.0),
        ("roughly 1 in 5", 2.0 / 11.0, 2.0 / 9.0),
        ("nearly one in five", 0.16, 0.2),
        ("more than nine in ten", 0.9, 1.0),
        ("more than 9 out of 10", 0.9, 1.0),
        ("0 in 5", 0.0, 0.1),
        ("\u{BD}", 0.45, 0.55),
        ("about \u{2154}", 0.6, 11.0 / 15.0),
        ("seven times", 6.3, 7.7),
        ("ten-fold", 9.0, 11.0),
        ("vast majority", 0.7, 1.0),
        ("a modest increase", 0.0, 0.25),
        ("up to half", 0.0, 0.5),
        ("3\u{B7}10\u{207B}\u{2075}", 2.5e-5, 3.5e-5),
        ("p < 10\u{207B}\u{2075}", 0.0, 1e-5),
        ("1\u{B7}25", 1.245, 1.255),
        ("$1.2M", 1_150_000.0, 1_250_000.0),
        ("5 \u{20AC}", 4.5, 5.5),
        ("c. 400", 350.0, 450.0),
        ("R2 = .45", 0.445, 0.455),
        ("p-value: 0.03", 0.025, 0.035),
        ("1.2 (95% CI: 0.5, 1.9; p = .01)", 1.15, 1.25),
        ("t = 2.20, df = 28", 2.195, 2.205),
    ] {
        let record = alone(text);
        assert!(close(record.interval, low, high), "{text}: {:?}", record.interval);
    }
}

#[test]
fn what_could_be_read_in_two_ways_or_not_at_all_is_refused_with_a_hint() {
    for (text, hint) in [
        ("5 in 3", "more than the whole"),
        ("45 (33%)", "another unit than the number"),
        ("10\u{B2}", "is not understood here"),
        ("2\u{BD}", "write the number with decimals"),
        ("$1.2m", "write `million`"),
        ("1.234.567", "decimal = \"comma\""),
        ("(1.2, 3.4)", "an interval is written"),
        ("5% of users", "leave the words out"),
    ] {
        let found = problems(&claim("a", text, "untestable = \"withheld\""));
        assert!(found.iter().any(|problem| problem.contains(hint)), "{text}: {found:?}");
    }
    let found = problems(&claim("a", "effect 2.3", "estimate = \"x\""));
    assert!(found.iter().any(|problem| problem.contains("a number among words")), "{found:?}");
}

#[test]
fn powers_of_powers_do_not_take_the_machine_down() {
    let found = expression::parse("((a^50)^50)^50").expect_err("far too many digits");
    assert!(found.message.contains("more than 1000 factors"), "{found}");
    let factors = vec!["a^64"; 20].join(" * ");
    assert!(expression::parse(&factors).is_err());
    assert!(expression::parse("(1 + a)^4 * (b + c)^64").is_ok());
}

#[test]
fn what_a_newspaper_says_in_words_is_computed_by_the_lexicon_too() {
    let claims = read_claims(&(claim("share", "33%", "") + &claim("fell", "nearly half", "")));
    let statement = |id: &str, claim: &str, printed: &str| {
        format!(
            "[[statement]]\nid = \"{id}\"\nsays = \"So.\"\nclaim = \"{claim}\"\nprinted = \"{printed}\"\n"
        )
    };
    let said = [
        ("share", "a third", "accurate"),
        ("share", "one in three", "accurate"),
        ("share", "most", "exaggerated"),
        ("share", "fewer than one in ten", "contradicted"),
        ("share", "doubled", "wrong-measure"),
        ("share", "33", "wrong-measure"),
        ("fell", "45%", "accurate"),
        ("fell", "60%", "exaggerated"),
    ];
    let text: String = said
        .iter()
        .enumerate()
        .map(|(index, (claim, printed, _))| statement(&format!("s{index}"), claim, printed))
        .collect();
    let outlet = sound(coverage::read(&Source::new("coverage/paper.toml", &text), "paper"));
    let records = coverage::judge(&[outlet], &claims, &study(STUDY)).expect("it is judged");
    for (record, (claim, printed, rating)) in records.iter().zip(said) {
        assert!(record.computed);
        assert_eq!(record.rating, rating, "{claim}: {printed}: {}", record.why);
    }
    assert!(records[0].why.contains("a third (read as 30% to 36.7%)"), "{}", records[0].why);
    // What is no number is told where it is wrong, inside the quotes.
    let (_, problems) = coverage::read(
        &Source::new("coverage/paper.toml", statement("s", "share", "5,911 and 1,23")),
        "paper",
    );
    assert!(problems.to_string().contains(":5:18"), "{problems}");
}

#[test]
fn an_exact_share_of_counts_is_not_fragile() {
    let judged = judge_one("13/21", "", Basis::AnalysisData, estimate("x", 13.0 / 21.0));
    assert_eq!((judged.verdict, judged.marks), (Verdict::Exact, Vec::new()));
}

#[test]
fn a_reader_is_told_what_ties_the_numbers_together() {
    let text =
        claim("a", "10", "") + &claim("b", "20", "") + &claim("c", "40", "equals = \"a + b\"");
    let audit = judge(&text, Vec::new());
    let plain = &audit.claim("a").expect("judged").plain;
    assert!(plain.contains("cannot all be right as printed"), "{plain}");
    assert!(plain.contains("c is a + b."), "{plain}");
}

#[test]
fn what_is_possible_by_one_check_and_fails_by_another_fails() {
    let text = claim("a", "19%", "estimate = \"x\"") + &claim("b", "20%", "");
    let imported = |value: f64| Run {
        code: Code::Authors,
        ..run("theirs", Basis::PrintedNumbers, vec![estimate("x", value)])
    };
    for (value, verdict) in [(0.25, Verdict::DoesNotAddUp), (0.19, Verdict::AddsUp)] {
        let audit =
            judge(&(text.clone() + &relation("r", "stated", "a < b")), vec![imported(value)]);
        assert_eq!(audit.claim("a").map(|claim| claim.verdict), Some(verdict));
    }
}
