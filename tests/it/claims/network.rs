//! The network of printed numbers: no false alarm, witnesses that work, certificates that add up.

use std::collections::BTreeMap;

use proptest::prelude::*;
use secondlook::claims::record::{Audit, RelationState, Verdict};
use secondlook::expression::{Rational, Reference, decimal, parse};

use super::builder::{claim, judge, relation};

/// Reads a number of a record: a decimal or a fraction.
fn number(text: &str) -> Rational {
    match text.split_once('/') {
        Some((above, below)) => number(above) / number(below),
        None => decimal(text).expect("a decimal or a fraction"),
    }
}

/// Checks a linear certificate by adding it up: independent of the solver.
fn adds_up_to_a_contradiction(certificate: &str) -> bool {
    let (sum, claimed) = certificate.split_once(" gives 0 ").expect("a sum and its end");
    let mut left: BTreeMap<String, Rational> = BTreeMap::new();
    let mut right = number("0");
    let mut strict = false;
    for part in sum.split(" + ").fold(Vec::<String>::new(), |mut parts, piece| {
        // A ` + ` inside brackets belongs to the inequality.
        match parts.last_mut().filter(|last| last.matches('(').count() > last.matches(')').count())
        {
            Some(open) => {
                open.push_str(" + ");
                open.push_str(piece);
            }
            None => parts.push(piece.to_owned()),
        }
        parts
    }) {
        let (multiplier, rest) = part.split_once(" * (").expect("a multiplier");
        let multiplier = number(multiplier);
        assert!(multiplier > number("0"), "multipliers are positive");
        let inside = rest.split(')').next().expect("an inequality");
        strict = strict || !inside.contains(" >= ");
        let sides = inside.split_once(" >= ").or_else(|| inside.split_once(" > "));
        let (terms, bound) = sides.expect("an inequality");
        right += number(bound) * &multiplier;
        for (name, times) in linear(terms) {
            *left.entry(name).or_insert_with(|| number("0")) += times * &multiplier;
        }
    }
    assert!(claimed.ends_with("which is false"));
    let cancelled = left.values().all(|value| *value == number("0"));
    cancelled && (right > number("0") || (strict && right == number("0")))
}

fn linear(terms: &str) -> Vec<(String, Rational)> {
    let spaced = terms.replace(" - ", " + -").replace("--", "");
    spaced
        .split(" + ")
        .filter(|term| *term != "0")
        .map(|term| {
            let (sign, term) = match term.strip_prefix('-') {
                Some(rest) => ("-1", rest),
                None => ("1", term),
            };
            let (times, name) = term.split_once(" * ").unwrap_or(("1", term));
            (name.to_owned(), number(sign) * number(times))
        })
        .collect()
}

/// Checks every witness: inside the printed intervals, and the relation true of it exactly.
fn witnesses_are_true(audit: &Audit) {
    for relation in audit.relations.iter().filter(|one| !one.witness.is_empty()) {
        let condition = parse(&relation.holds).expect("it parses");
        let lookup = |reference: &Reference| match reference {
            Reference::Name(name) => relation
                .witness
                .get(name)
                .map(|value| secondlook::expression::Interval::point(number(value))),
            Reference::Estimate(_) => None,
        };
        assert_eq!(
            condition.truth(&lookup),
            Ok(secondlook::expression::Truth::Always),
            "{}: {:?}",
            relation.holds,
            relation.witness
        );
        for (name, value) in &relation.witness {
            let [low, high] = audit.claim(name).and_then(|claim| claim.interval).expect("printed");
            let value = secondlook::expression::nearest_float(&number(value));
            assert!(low - 1e-9 <= value && value <= high + 1e-9, "{name}: {low} {value} {high}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Numbers that are true together and printed honestly never fail to add up.
    #[test]
    fn truth_raises_no_alarm(
        parts in prop::collection::vec(1_u32..5_000, 2..6), places in 0_usize..3, extra in 1_u32..900,
    ) {
        let whole: u32 = parts.iter().sum();
        let share = |part: u32| format!("{:.places$}%", 100.0 * f64::from(part) / f64::from(whole));
        let mut text = claim("whole", &whole.to_string(), "") + &claim("more", &(whole + extra).to_string(), "");
        let mut sum = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            text += &claim(&format!("n_{index}"), &part.to_string(), "");
            text += &claim(&format!("s_{index}"), &share(*part), &format!("equals = \"n_{index} / whole\""));
            sum.push(format!("n_{index}"));
        }
        let shares: Vec<String> = (0..parts.len()).map(|index| format!("s_{index}")).collect();
        text += &relation("total", "definitional", &format!("{} == whole", sum.join(" + ")));
        text += &relation("shares", "definitional", &format!("{} == 1", shares.join(" + ")));
        text += &relation("nested", "stated", "whole < more and n_0 <= whole");
        let audit = judge(&text, Vec::new());
        for claim in &audit.claims {
            prop_assert!(!matches!(claim.verdict, Verdict::DoesNotAddUp | Verdict::Impossible), "{} {}", claim.id, claim.plain);
        }
        for relation in &audit.relations {
            prop_assert_ne!(relation.state, RelationState::Fails);
        }
        witnesses_are_true(&audit);
    }

    /// A wrong number in a sum is found, and the wrong one is among those named.
    #[test]
    fn a_planted_slip_is_found_in_its_set(
        parts in prop::collection::vec(100_u32..5_000, 2..7), which in 0_usize..7, slip in 20_u32..90,
    ) {
        let which = which % parts.len();
        let whole: u32 = parts.iter().sum();
        let mut text = claim("whole", &whole.to_string(), "");
        for (index, part) in parts.iter().enumerate() {
            let printed = if index == which { part + slip } else { *part };
            text += &claim(&format!("n_{index}"), &printed.to_string(), "");
        }
        let sum: Vec<String> = (0..parts.len()).map(|index| format!("n_{index}")).collect();
        text += &relation("total", "definitional", &format!("{} == whole", sum.join(" + ")));
        let audit = judge(&text, Vec::new());
        prop_assert_eq!(audit.relations[0].state, RelationState::Fails);
        let planted = format!("n_{which}");
        prop_assert!(audit.relations[0].conflict.contains(&planted));
        prop_assert!(adds_up_to_a_contradiction(audit.relations[0].certificate.as_deref().expect("one")));
    }
}

#[test]
fn relations_that_hold_alone_may_contradict_each_other() {
    let text = claim("a", "10", "")
        + &claim("b", "20", "")
        + &claim("c", "10", "")
        + &claim("far", "7", "untestable = \"withheld\"")
        + &relation("below", "definitional", "a < c")
        + &relation("above", "stated", "a > c")
        + &relation("apart", "stated", "b > a");
    let audit = judge(&text, Vec::new());
    let state = |id: &str| audit.relations.iter().find(|one| one.id == id).map(|one| one.state);
    assert_eq!(state("below"), Some(RelationState::Fails));
    assert_eq!(state("above"), Some(RelationState::Fails));
    assert_eq!(state("apart"), Some(RelationState::Holds), "it is not part of the smallest set");
    let certificate = audit.relations[0].certificate.as_deref().expect("one");
    assert!(adds_up_to_a_contradiction(certificate), "{certificate}");
    assert!(!audit.relations[0].conflict.contains(&"b".to_owned()));
}

#[test]
fn the_smallest_set_needs_its_numbers() {
    let text = claim("a", "30%", "")
        + &claim("b", "30%", "")
        + &claim("c", "50%", "")
        + &claim("d", "40%", "")
        + &relation("whole", "definitional", "a + b + c == 1")
        + &relation("order", "definitional", "d <= c and d >= a");
    let audit = judge(&text, Vec::new());
    let whole = &audit.relations[0];
    assert_eq!(
        (whole.state, whole.conflict.clone()),
        (RelationState::Fails, vec!["a".into(), "b".into(), "c".into()])
    );
    assert!(adds_up_to_a_contradiction(whole.certificate.as_deref().expect("one")));
    assert_eq!(audit.claim("d").map(|claim| claim.verdict), Some(Verdict::Possible));
}

#[test]
fn what_is_not_linear_is_decided_by_intervals_and_by_crossing() {
    let text = claim("part", "25", "")
        + &claim("whole", "200", "")
        + &claim("share", "12.5%", "")
        + &claim("wrong", "12.6%", "")
        + &relation("ratio", "definitional", "part / whole == share")
        + &relation("other", "assumed", "ln(part) - ln(whole) == ln(share)")
        + &relation(
            "off",
            "definitional",
            "part * 1 == wrong * whole and part >= 25 and whole <= 198",
        );
    let audit = judge(&text, Vec::new());
    let state = |index: usize| audit.relations[index].state;
    assert_eq!(
        (state(0), state(1), state(2)),
        (RelationState::Holds, RelationState::Holds, RelationState::Fails)
    );
    witnesses_are_true(&audit);
}

#[test]
fn implied_numbers_are_the_tightest_that_all_relations_allow() {
    let text = claim("a", "30%", "")
        + &claim("b", "60%", "")
        + &relation("whole", "definitional", "a + b <= 90%")
        + "[[implied]]\nid = \"rest\"\nsays = \"What is left.\"\nvalue = \"1 - a - b\"\n"
        + "[[implied]]\nid = \"ratio\"\nsays = \"One over the other.\"\nvalue = \"b / a\"\n";
    let audit = judge(&text, Vec::new());
    assert_eq!(audit.implied[0].interval, Some([0.1, 0.11]));
    let [low, high] = audit.implied[1].interval.expect("an interval");
    assert!((low - 0.595 / 0.305).abs() < 1e-12 && (high - 0.605 / 0.295).abs() < 1e-12);
    assert!(audit.implied.iter().all(|implied| implied.reason.is_none()));
}

#[test]
fn an_inequality_that_hangs_on_a_half_is_fragile() {
    let text = claim("a", "10", "") + &claim("b", "11", "") + &relation("same", "stated", "a == b");
    let audit = judge(&text, Vec::new());
    assert_eq!(audit.relations[0].state, RelationState::Holds);
    assert!(audit.relations[0].marks.contains(&"fragile".to_owned()));
    assert!(audit.claims[0].marks.contains(&"fragile".to_owned()));
}
