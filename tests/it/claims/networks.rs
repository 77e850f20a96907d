//! Whole networks from random truth: no false alarm; a planted slip is found and named.
//!
//! The checker here shares nothing with the solver but the reading of a decimal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use secondlook::claims::record::{Audit, ProofCase, RelationState};
use secondlook::expression::{Rational, decimal};

use super::builder::{claim, judge, relation};

/// Splitmix64 of a counter: the same networks on every machine.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// A quotient in percent, printed with some places under one of three rules, in whole numbers only.
fn percent(above: u64, below: u64, places: u32, rule: u64) -> String {
    let unit = 10_u64.pow(places);
    let scaled = u128::from(above) * 100 * u128::from(unit);
    let (floor, rest) = (scaled / u128::from(below), scaled % u128::from(below));
    let twice = rest * 2;
    let up = match rule {
        0 => twice >= u128::from(below),
        1 => twice > u128::from(below),
        _ => twice > u128::from(below) || (twice == u128::from(below) && floor % 2 == 1),
    };
    let printed = floor + u128::from(up);
    let (whole, part) = (printed / u128::from(unit), printed % u128::from(unit));
    if places == 0 {
        format!("{whole}%")
    } else {
        format!("{whole}.{part:0width$}%", width = places as usize)
    }
}

/// A table of groups with shares, rates, a total and an overall rate; returns the claims file and the ids
/// that a slip may be planted in.
fn network(draws: &mut Draws, planted: Option<usize>) -> (String, String) {
    let groups = usize::try_from(2 + draws.below(5)).expect("small");
    let (places, rule) = (u32::try_from(draws.below(3)).expect("small"), draws.below(3));
    let counts: Vec<u64> = (0..groups).map(|_| 20 + draws.below(4_000)).collect();
    let good: Vec<u64> = counts.iter().map(|count| draws.below(count + 1)).collect();
    let (total, all) = (counts.iter().sum::<u64>(), good.iter().sum::<u64>());
    let slip = 1 + draws.below(9);
    let (mut text, mut number) = (String::new(), 0);
    let mut name = String::new();
    let mut put = |text: &mut String, id: &str, printed: String, more: &str| {
        let mut printed = printed;
        if planted == Some(number) {
            id.clone_into(&mut name);
            printed = slipped(&printed, slip);
        }
        number += 1;
        *text += &claim(id, &printed, more);
    };
    let exact = draws.below(2) == 0;
    let counted = if exact { "count = true" } else { "" };
    let mut sums = [String::new(), String::new()];
    for (group, (count, good)) in counts.iter().zip(&good).enumerate() {
        put(&mut text, &format!("n_{group}"), count.to_string(), counted);
        put(&mut text, &format!("rate_{group}"), percent(*good, *count, places, rule), "");
        put(&mut text, &format!("share_{group}"), percent(*count, total, places, rule), "");
        let plus = if group == 0 { "" } else { " + " };
        write!(sums[0], "{plus}n_{group}").expect("a string");
        write!(sums[1], "{plus}n_{group} * rate_{group}").expect("a string");
    }
    put(&mut text, "total", total.to_string(), counted);
    put(&mut text, "overall", percent(all, total, places, rule), "");
    text += &relation("sum", "definitional", &format!("{} == total", sums[0]));
    text += &relation("mean", "definitional", &format!("({}) / total == overall", sums[1]));
    for group in 0..groups {
        let holds = format!("n_{group} / total == share_{group}");
        text += &relation(&format!("part_{group}"), "definitional", &holds);
    }
    (text, name)
}

/// Another first digit after the leading one, or in its place: a slip of the pen.
fn slipped(printed: &str, slip: u64) -> String {
    let place = usize::from(
        printed.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(printed.len()) > 1,
    );
    printed
        .char_indices()
        .map(|(at, letter)| match letter.to_digit(10) {
            Some(digit) if at == place => {
                char::from_digit((digit + u32::try_from(slip).expect("a digit")) % 10, 10)
                    .expect("a digit")
            }
            _ => letter,
        })
        .collect()
}

fn number(text: &str) -> Rational {
    match text.split_once('/') {
        Some((above, below)) => number(above) / number(below),
        None => decimal(text).expect("a decimal"),
    }
}

/// Adds a proof up: everything on the left cancels, and the right side is false.
fn adds_up(case: &ProofCase) -> bool {
    let mut left: BTreeMap<&str, Rational> = BTreeMap::new();
    let (zero, mut strict) = (number("0"), false);
    let mut right = zero.clone();
    for part in &case.parts {
        let times = number(&part.multiplier);
        if times <= zero {
            return false;
        }
        for (name, coefficient) in &part.terms {
            *left.entry(name).or_insert_with(|| number("0")) += number(coefficient) * &times;
        }
        right += number(&part.at_least) * &times;
        strict = strict || part.strict;
    }
    left.values().all(|value| *value == zero) && (right > zero || (strict && right == zero))
}

fn proofs_add_up(audit: &Audit) {
    for relation in &audit.relations {
        for case in relation.proof.iter().flat_map(|proof| &proof.cases) {
            assert!(adds_up(case), "{}: {case:?}", relation.id);
        }
    }
}

#[test]
fn networks_of_true_numbers_raise_no_alarm() {
    for seed in 0..60 {
        let (text, _) = network(&mut Draws(seed), None);
        let audit = judge(&text, Vec::new());
        for relation in &audit.relations {
            assert_ne!(relation.state, RelationState::Fails, "{seed} {}: {text}", relation.id);
            assert_ne!(relation.state, RelationState::Undecided, "{seed} {}", relation.id);
        }
    }
}

#[test]
fn a_planted_digit_is_found_and_among_those_named() {
    let (mut planted, mut found, mut named) = (0, 0, 0);
    for seed in 0..60 {
        let place = usize::try_from(seed % 8).expect("small");
        let (text, name) = network(&mut Draws(1_000 + seed), Some(place));
        if name.is_empty() {
            continue;
        }
        let audit = judge(&text, Vec::new());
        proofs_add_up(&audit);
        planted += 1;
        let failed: Vec<_> =
            audit.relations.iter().filter(|one| one.state == RelationState::Fails).collect();
        found += usize::from(!failed.is_empty());
        named += usize::from(failed.iter().any(|one| one.conflict.contains(&name)));
    }
    // Most slips are in a leading digit; a rate whose group is small may hide inside the overall rate's rounding.
    assert!(planted >= 50 && found * 10 >= planted * 8, "{found} of {planted} found");
    assert!(named * 100 >= found * 95, "{named} of {found} named");
}

#[test]
fn a_count_printed_coarsely_is_still_whole() {
    let coarse = "count = true\nreads = [\"3.2\", \"3.8\"]";
    let text = claim("people", "~3.5", coarse)
        + &claim("twice", "7", "count = true")
        + &relation("pairs", "definitional", "2 * people == twice");
    let audit = judge(&text, Vec::new());
    assert_eq!(audit.relations[0].state, RelationState::Fails);
    let proof = audit.relations[0].proof.as_ref().expect("linear");
    assert!(proof.cases.iter().all(adds_up) && !proof.cases.is_empty());
}
