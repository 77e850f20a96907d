//! Numbers of any size: in other units the answers are the same, or a refusal says what to do.

use secondlook::engine::Table;
use secondlook::results::Run;

use super::support::{loaded, numbers, plan, run};

const Y: [f64; 12] = [1.0, 2.5, 2.0, 4.0, 3.0, 6.5, 5.0, 2.0, 1.5, 8.0, 7.0, 3.5];
const X: [f64; 12] = [0.5, 1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 1.5, 2.5, 6.0, 3.5, 8.0];
const G: [f64; 12] = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
const C: [f64; 12] = [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0, 6.0, 6.0];

const INPUT: &str =
    "[input.t]\ncolumns = { y = \"float\", x = \"float\", g = \"float\", c = \"float\" }\n";

/// A power of two, by its exponent alone.
fn two_to(power: i32) -> f64 {
    f64::from_bits(((1023 + power) as u64) << 52)
}

/// The table, y and x multiplied by a power of two (which rounds nothing) and y raised by an offset.
fn table(power: i32, offset: f64) -> Table {
    let unit = two_to(power);
    let y = Y.map(|y| y * unit + offset);
    let x = X.map(|x| x * unit);
    numbers(&[("y", &y), ("x", &x), ("g", &G), ("c", &C)])
}

fn steps(steps: &[(&str, &str)]) -> String {
    let one = |(place, (kind, body)): (usize, &(&str, &str))| {
        format!("[[step]]\nid = \"s{place}\"\n[step.{kind}]\nfrom = \"t\"\n{body}\n")
    };
    let all: String = steps.iter().enumerate().map(one).collect();
    format!("{INPUT}{all}")
}

fn ran(text: &str, power: i32, offset: f64) -> Run {
    run(&plan(text), vec![("t", loaded(table(power, offset)))], 1).expect("it runs")
}

/// Value, error, ends, p and df of every estimate.
fn all(run: &Run) -> Vec<(String, Vec<f64>)> {
    let parts = |one: &secondlook::results::Estimate| {
        let ends = one.ci.into_iter().flatten();
        let rest = [one.p, one.df].into_iter().flatten();
        let numbers = [one.value].into_iter().chain(one.se).chain(ends).chain(rest).collect();
        (one.id.clone(), numbers)
    };
    // The prevalence of a code is called by the code.
    let estimates = run.estimates.iter().filter(|one| !one.id.contains("prevalence"));
    estimates.map(parts).collect()
}

/// What is no length: tests, correlations, agreement.
const PURE: [(&str, &str); 5] = [
    ("compare", "of = \"y\"\nbetween = \"x\"\ntest = \"pearson\""),
    ("compare", "of = \"y\"\nbetween = \"x\"\ntest = \"spearman\""),
    ("compare", "of = \"y\"\nbetween = \"x\"\ntest = \"kendall\""),
    ("compare", "of = \"y\"\nbetween = \"x\"\ntest = \"wilcoxon\""),
    ("agreement", "coders = [\"y\", \"x\"]\nmeasure = \"alpha-interval\""),
];

/// What has the unit of the columns, or p values and degrees of freedom beside it.
const LENGTHS: [(&str, &str); 4] = [
    ("compare", "of = \"y\"\nbetween = \"g\"\ntest = \"welch\""),
    ("compare", "of = \"y\"\nbetween = \"g\"\ntest = \"student\""),
    ("compare", "of = \"y\"\nbetween = \"x\"\ntest = \"paired-t\""),
    (
        "summarise",
        "measures = { m = \"mean(y)\", s = \"sd(y)\", q = \"median(y)\", r = \"ratio(y, x)\", t = \"sum(y)\" }",
    ),
];

#[test]
fn tests_and_agreement_know_no_unit() {
    let text = steps(&PURE);
    let plain = all(&ran(&text, 0, 0.0));
    for power in [-900, -540, 300, 520, 1000] {
        for ((id, found), (_, expected)) in all(&ran(&text, power, 0.0)).iter().zip(&plain) {
            assert_eq!(found, expected, "{id}, times 2^{power}");
        }
    }
}

#[test]
fn means_and_deviations_go_with_the_unit() {
    let text = steps(&LENGTHS);
    let plain = all(&ran(&text, 0, 0.0));
    for power in [-900, -540, 300, 520, 1000] {
        let unit = two_to(power);
        for ((id, found), (_, expected)) in all(&ran(&text, power, 0.0)).iter().zip(&plain) {
            for (found, expected) in found.iter().zip(expected) {
                // A length or a pure number, and to the last bit either way.
                let same = *found == *expected || *found == expected * unit;
                assert!(same, "{id}, times 2^{power}: {found} for {expected}");
            }
        }
    }
}

/// Beside 2³⁰ the values keep 22 bits behind the point: those of the halves here are all kept.
#[test]
fn differences_of_means_lose_nothing_to_an_offset() {
    let change =
        "by = [\"g\"]\nmeasures = { m = \"mean(y)\" }\nchange = { by = \"g\", from = 0, to = 1 }";
    let text = steps(&[LENGTHS[0], LENGTHS[1], ("summarise", change)]);
    let offset = two_to(40);
    let (plain, far) = (ran(&text, 0, 0.0), ran(&text, 0, offset));
    for id in ["s0/estimate", "s1/estimate", "s2/m_change"] {
        let (plain, far) = (plain.estimate(id), far.estimate(id));
        let (plain, far) = (plain.expect("an estimate"), far.expect("an estimate"));
        assert_eq!(far.value, plain.value, "{id}");
        assert_eq!(far.se, plain.se, "{id}");
        assert_eq!(far.p, plain.p, "{id}");
    }
}

#[test]
fn regressions_go_with_the_unit_or_say_what_to_do() {
    let text = steps(&[
        ("regress", "outcome = \"y\"\non = [\"g\"]\nse = \"hc1\""),
        ("regress", "outcome = \"y\"\non = [\"g\"]\nse = \"cluster\"\ncluster = [\"c\"]"),
        ("regress", "outcome = \"y\"\non = [\"x\"]"),
    ]);
    let plain = ran(&text, 0, 0.0);
    for power in [-500, 500] {
        let unit = two_to(power);
        let found = ran(&text, power, 0.0);
        for id in ["s0/g", "s1/g", "s0/intercept"] {
            let (found, plain) = (found.estimate(id), plain.estimate(id));
            let (found, plain) = (found.expect("an estimate"), plain.expect("an estimate"));
            assert_eq!(found.value, plain.value * unit, "{id}");
            assert_eq!(found.se, plain.se.map(|se| se * unit), "{id}");
        }
        assert_eq!(found.estimate("s2/x"), plain.estimate("s2/x"));
    }
    let small = run(&plan(&text), vec![("t", loaded(table(-530, 0.0)))], 1);
    let shown = small.expect_err("variances of 1e-320 keep no digits").to_string();
    assert!(shown.contains("has a variance too near zero for a number"), "{shown}");
    assert!(shown.contains("multiply the outcome"), "{shown}");
    let steep = steps(&[("regress", "outcome = \"y\"\non = [\"x * 1e-160\"]")]);
    let shown = run(&plan(&steep), vec![("t", loaded(table(0, 0.0)))], 1);
    let shown = shown.expect_err("variances of 1e320 are no numbers").to_string();
    assert!(shown.contains("has a variance too large for a number"), "{shown}");
    assert!(shown.contains("multiply the term"), "{shown}");
}

#[test]
fn geometric_means_of_near_numbers_keep_their_digits() {
    // To first order the geometric mean of 10¹⁵ + dᵢ has the error of the mean of dᵢ: of 1, 2, 3, 4.5 .7465.
    let y: Vec<f64> = [1.0, 2.0, 3.0, 4.5].iter().map(|d| 1e15 + d).collect();
    let table = numbers(&[("y", &y), ("x", &y), ("g", &y), ("c", &y)]);
    let text = steps(&[("summarise", "measures = { m = \"geometric_mean(y)\" }")]);
    let found = run(&plan(&text), vec![("t", loaded(table))], 1).expect("it runs");
    let found = found.estimate("s0/m").expect("an estimate");
    assert!((found.se.expect("an error") - 0.746_519_702_798_7).abs() < 1e-9, "{found:?}");
    assert!((found.value - (1e15 + 2.625)).abs() <= 0.125, "{found:?}");
}

#[test]
fn what_no_number_holds_is_said() {
    let text = steps(&[("summarise", "measures = { t = \"sum(y * 1e308)\" }")]);
    let shown = run(&plan(&text), vec![("t", loaded(table(0, 0.0)))], 1);
    let shown = shown.expect_err("it overflows").to_string();
    assert!(!shown.contains("column `g`"), "{shown}");
}
