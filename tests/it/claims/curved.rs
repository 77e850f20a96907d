//! What is not linear, not whole, or said with `or`: decided by search, with proofs; and what binds a number.

use secondlook::claims::record::{Audit, RelationState};
use secondlook::claims::{self, Situation};
use secondlook::results::{Results, SCHEMA};

use super::builder::{STUDY, claim, judge, relation, study};

fn wide(id: &str, low: &str, high: &str, more: &str) -> String {
    claim(id, "some", &format!("reads = [\"{low}\", \"{high}\"]\n{more}"))
}

fn implied(value: &str) -> String {
    format!("[[implied]]\nid = \"asked\"\nsays = \"What is asked.\"\nvalue = \"{value}\"\n")
}

fn state(audit: &Audit, id: &str) -> RelationState {
    audit.relations.iter().find(|one| one.id == id).expect("it is there").state
}

#[test]
fn a_product_and_a_sum_that_do_not_fit_are_refuted_in_boxes() {
    let sides = wide("x", "1", "3", "") + &wide("y", "1", "3", "");
    for (product, expected) in [
        // With a sum of 4.5 the product is at most 2.25 * 2.25 = 5.0625.
        ("5.1", RelationState::Fails),
        ("5.07", RelationState::Fails),
        ("5.05", RelationState::Holds),
        ("5", RelationState::Holds),
        ("4.4", RelationState::Fails),
    ] {
        let text = sides.clone()
            + &relation("both", "definitional", &format!("x * y == {product} and x + y == 4.5"));
        let audit = judge(&text, Vec::new());
        assert_eq!(state(&audit, "both"), expected, "{product}");
        let proof = audit.relations[0].proof.as_ref();
        assert_eq!(proof.is_some(), expected == RelationState::Fails, "{product}");
        if let Some(proof) = proof {
            assert!(!proof.cases.is_empty());
            for case in &proof.cases {
                assert!(case.excluded.is_some() || !case.parts.is_empty(), "{case:?}");
            }
        }
    }
}

#[test]
fn a_divisor_that_may_be_zero_is_above_it_or_below() {
    use RelationState::{Fails, Holds};
    for (a, b, c, holds, expected) in [
        (["-0.05", "0.05"], ["0.995", "1.005"], ["9.5", "10.5"], "b / a == c", Fails),
        (["-0.05", "0.05"], ["0.995", "1.005"], ["-10.5", "-9.5"], "b / a == c", Fails),
        (["-0.05", "0.05"], ["0.995", "1.005"], ["19.5", "20.5"], "b / a == c", Holds),
        (["-0.5", "0.5"], ["9.5", "10.5"], ["4.5", "5.5"], "b / a == c", Fails),
        (["-1", "1"], ["1", "2"], ["3", "4"], "b / a >= c", Holds),
        (["0", "1"], ["1", "2"], ["0.1", "0.5"], "b / a > c", Holds),
        // Below zero the comparison turns: it is true there only, and false there too.
        (["-1.5", "0.5"], ["4.9", "5.1"], ["-3.2", "-3"], "b / a <= c", Holds),
        (["-0.5", "0"], ["5", "6"], ["1", "2"], "b / a >= c", Fails),
        // Nothing is true where the divisor is zero.
        (["0", "0"], ["1", "2"], ["3", "4"], "b / a != c", Fails),
        (["0", "0"], ["0", "0"], ["0", "0"], "b / a == c", Fails),
        // One divisor twice, and two.
        (["-1", "1"], ["3", "4"], ["1", "2"], "b / a + c / a == 1", Fails),
        (["-1", "5"], ["3", "4"], ["1", "2"], "b / a + c / a == 1", Holds),
        (["-1", "1"], ["1", "2"], ["-1", "1"], "b / a == b / c and a == c + 1", Fails),
    ] {
        let text = wide("a", a[0], a[1], "")
            + &wide("b", b[0], b[1], "")
            + &wide("c", c[0], c[1], "")
            + &relation("r", "definitional", holds);
        assert_eq!(state(&judge(&text, Vec::new()), "r"), expected, "{a:?} {b:?} {c:?}: {holds}");
    }
}

#[test]
fn more_cases_than_can_be_listed_are_searched() {
    let network = |total: &str| {
        let mut text = wide("q", "0.1", "0.2", "");
        let mut sum = Vec::new();
        for place in 0..7 {
            text += &wide(&format!("p_{place}"), "0", "1", "");
            let holds = format!("p_{place} == q or p_{place} == 1 - q");
            text += &relation(&format!("either_{place}"), "definitional", &holds);
            sum.push(format!("p_{place}"));
        }
        text + &relation("total", "definitional", &format!("{} == {total}", sum.join(" + ")))
    };
    // The sum is k + (7 - 2k) q: between 3.2 (k = 3) and 3.8 (k = 4) there is nothing.
    let fits = judge(&network("3.15"), Vec::new());
    assert!(fits.relations.iter().all(|one| one.state == RelationState::Holds));
    let none = judge(&network("3.5"), Vec::new());
    assert_eq!(state(&none, "total"), RelationState::Fails);
    let cases = &none.relations.last().expect("one").proof.as_ref().expect("one").cases;
    assert!(cases.len() > 64, "{}", cases.len());
}

#[test]
fn a_curved_quantity_is_bounded_tightly() {
    let text = wide("x", "1", "3", "")
        + &wide("y", "1", "3", "")
        + &relation("sum", "definitional", "x + y == 4.5")
        + &implied("x * y");
    let asked = &judge(&text, Vec::new()).implied[0];
    let [low, high] = asked.interval.expect("an interval");
    assert!(asked.tight, "{asked:?}");
    assert!((low - 4.5).abs() < 1e-6 && low <= 4.5, "{low}");
    assert!((high - 5.0625).abs() < 1e-6 && high >= 5.0625, "{high}");
    let [least, most] = asked.reached.expect("two choices");
    assert!(least >= low && most <= high && least - low < 1e-6 && high - most < 1e-6);
}

#[test]
fn a_quantity_under_a_curved_relation_is_bounded_tightly() {
    // The harmonic mean of x and y is 2; their sum is least where both are 2, and most where one is 1.2.
    let text = wide("x", "1.2", "5", "")
        + &wide("y", "1.2", "6", "")
        + &relation("mean", "definitional", "2 * x * y / (x + y) == 2")
        + &implied("x + y");
    let asked = &judge(&text, Vec::new()).implied[0];
    let [low, high] = asked.interval.expect("an interval");
    assert!(asked.tight, "{asked:?}");
    assert!((low - 4.0).abs() < 1e-6 && (high - 7.2).abs() < 1e-6, "{low} {high}");
}

#[test]
fn a_coarse_count_bounds_only_whole_numbers() {
    let text = wide("people", "11.2", "13.7", "count = true")
        + &wide("couples", "5.1", "8.9", "count = true")
        + &relation("pairs", "definitional", "people == 2 * couples")
        + &implied("people + couples");
    let asked = &judge(&text, Vec::new()).implied[0];
    assert_eq!((asked.interval, asked.tight), (Some([18.0, 18.0]), true));
}

#[test]
fn a_quantity_that_counts_is_whole() {
    let asked = |more: &str, value: &str| {
        let text = wide("people", "3.2", "9.7", "") + more + &implied(value) + "count = true\n";
        let asked = judge(&text, Vec::new()).implied.remove(0);
        (asked.interval, asked.tight, asked.reason)
    };
    assert_eq!(asked("", "people / 2"), (Some([2.0, 4.0]), true, None));
    // The root of 11 is no fraction: that it is reached is not shown.
    let (interval, tight, _) = asked("", "people * people");
    assert_eq!((interval, tight), (Some([11.0, 94.0]), false));
    // Rounding the ends to 4 and 9 is not enough: the quantity is a multiple of three, so 6 or 9.
    let trios = wide("trios", "1", "100", "count = true")
        + &relation("threes", "definitional", "people == 3 * trios");
    assert_eq!(asked(&trios, "people"), (Some([6.0, 9.0]), true, None));
    let (interval, tight, reason) = asked("", "people / 1000");
    assert_eq!((interval, tight), (None, false));
    let reason = reason.expect("a reason");
    assert!(reason.ends_with("no whole number is left"), "{reason}");
}

#[test]
fn a_share_of_a_count_leaves_whole_numbers_only() {
    // A third of 5,911 people: 33% is 1,921.075 to 1,980.185, so 1,922 to 1,980 of them.
    let text = claim("all", "5,911", "count = true")
        + &wide("some", "0", "5911", "count = true")
        + &claim("share", "33%", "")
        + &relation("part", "definitional", "some / all == share")
        + &implied("some");
    let asked = &judge(&text, Vec::new()).implied[0];
    assert_eq!((asked.interval, asked.tight), (Some([1922.0, 1980.0]), true));
}

#[test]
fn a_share_that_no_whole_number_gives_is_found() {
    // Of 28 people 5.2% would be 1.4 to 1.5 people.
    let text = claim("all", "28", "count = true")
        + &wide("some", "0", "28", "count = true")
        + &claim("share", "5.2%", "")
        + &relation("part", "definitional", "some / all == share");
    let audit = judge(&text, Vec::new());
    assert_eq!(state(&audit, "part"), RelationState::Fails);
}

#[test]
fn what_binds_a_number_is_named_with_how_much() {
    let text = claim("a", "30%", "")
        + &claim("b", "30.00%", "")
        + &claim("c", "40.0%", "")
        + &claim("d", "99%", "")
        + &relation("whole", "definitional", "a + b + c == 1")
        + &relation("order", "definitional", "a < d");
    let (claims, study) = (super::builder::claims(&text), study(STUDY));
    let results =
        Results { schema: SCHEMA.to_owned(), study: "made-up".to_owned(), runs: Vec::new() };
    let situation =
        Situation { study: &study, results: &results, unavailable: Vec::new(), void: Vec::new() };
    let look = |id: &str| claims::around(&claims, &situation, id).expect("sound").expect("there");
    let found = look("a");
    let near = |one: Option<f64>, other: f64| one.is_some_and(|one| (one - other).abs() < 1e-12);
    assert!(near(found.own.low, 0.295) && near(found.own.high, 0.305));
    // 1 - b - c with b in 0.3 +- 0.00005 and c in 0.4 +- 0.0005.
    assert!(near(found.together.low, 0.29945) && near(found.together.high, 0.30055));
    assert!(near(found.others.low, 0.29945) && near(found.others.high, 0.30055) && found.tight);
    let names: Vec<&str> = found.binding.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(names, ["b", "c", "whole"], "d and its relation bind nothing");
    for one in &found.binding {
        assert!(near(one.without.low, 0.295) && near(one.moves.low, 0.004_45), "{one:?}");
    }
    let digit = |place: usize| found.binding[place].per_digit.and_then(|ends| ends.high);
    assert!(near(digit(0), 0.0001) && near(digit(1), 0.001), "a unit of each last digit");
    let loose = look("d");
    assert!(loose.binding.is_empty() && loose.loose > 0 && loose.together == loose.own);
}
