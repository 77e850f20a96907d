//! Numbers of any size: in other units the answers are the same, or a refusal says what to do. Where a number stands here
//! to compare with, `tests/reference/sizes.py` prints it.

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
const LENGTHS: [(&str, &str); 5] = [
    ("compare", "of = \"y\"\nbetween = \"g\"\ntest = \"welch\""),
    ("compare", "of = \"y\"\nbetween = \"g\"\ntest = \"student\""),
    ("compare", "of = \"y\"\nbetween = \"x\"\ntest = \"paired-t\""),
    (
        "summarise",
        "by = [\"g\"]\ncluster = [\"c\"]\nmeasures = { m = \"mean(y)\", r = \"ratio(y, x)\" }\nchange = { by = \"g\", from = 0, to = 1 }",
    ),
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
    let text = format!(
        "{}[[step]]\nid = \"k\"\n[step.contrast]\nvalue = 'est(\"s4/m\") - est(\"s4/t\") / 12'\n",
        steps(&LENGTHS)
    );
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
        ("regress", "outcome = \"y\"\non = [\"g\"]\nse = \"cluster\"\ncluster = [\"c\", \"x\"]"),
    ]);
    let plain = ran(&text, 0, 0.0);
    for power in [-500, 500] {
        let unit = two_to(power);
        let found = ran(&text, power, 0.0);
        for id in ["s0/g", "s1/g", "s0/intercept", "s3/g", "s3/intercept"] {
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

/// One table of its own for each case: columns `y`, `x`, `g` and `c`.
fn of(text: &str, columns: [&[f64]; 4]) -> Result<Run, secondlook::diagnostic::Problems> {
    let [y, x, g, c] = columns;
    let table = numbers(&[("y", y), ("x", x), ("g", g), ("c", c)]);
    run(&plan(text), vec![("t", loaded(table))], 1)
}

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found} for {expected}");
}

/// The right values are exact fractions, as the definitions have them.
#[test]
fn alpha_knows_codes_that_are_no_exact_decimals() {
    let alpha = |metric: &str| {
        steps(&[("agreement", &format!("coders = [\"y\", \"x\"]\nmeasure = \"alpha-{metric}\""))])
    };
    for same in [0.1, 0.3, 0.7, 3.3, 1e9 + 0.1, 3e200] {
        for units in [3, 6, 9, 13, 24] {
            let codes = vec![same; units];
            let found = of(&alpha("interval"), [&codes, &codes, &codes, &codes]);
            let shown = found.expect_err("all codes are the same").to_string();
            assert!(shown.contains("all codes are the same"), "{shown}");
        }
    }
    let far = |places: &[usize]| -> Vec<f64> {
        places.iter().map(|place| 1e15 + [0.0, 1.0, 2.0, 4.0][*place]).collect()
    };
    let (a, b) = (far(&[0, 1, 2, 3, 1, 0, 0]), far(&[0, 1, 2, 3, 2, 0, 1]));
    let found = of(&alpha("interval"), [&a, &b, &a, &a]).expect("alpha");
    near(found.estimate("s0/alpha").map(|one| one.value), 0.925_287_356_321_839);
    let (a, b) = ([1e-200, 1e-200, 2e-200, 1e200], [2e-200, 1e-200, 2e-200, 1e200]);
    let found = of(&alpha("ratio"), [&a, &b, &a, &a]).expect("alpha");
    near(found.estimate("s0/alpha").map(|one| one.value), 0.940_170_940_170_940);
}

/// mpmath's values; a row of weight 0 is as if it were not there, however large it is.
#[test]
fn near_numbers_cancelled_sums_and_rows_of_no_weight() {
    let geometric = steps(&[("summarise", "measures = { m = \"geometric_mean(y)\" }")]);
    let two = [1e15 + 1.0, 1e15 + 2.0];
    let found = of(&geometric, [&two, &two, &two, &two]).expect("it runs");
    near(found.estimate("s0/m").and_then(|one| one.se), 0.5);
    let ratio = steps(&[("summarise", "measures = { m = \"ratio(y, x)\" }")]);
    let ones = [1.0, 1.0, 1.0];
    for (y, se) in [([1e-200, -1e-200, 0.0], 1e-200), ([1e200, -1e200, 1.0], 1e200)] {
        let found = of(&ratio, [&y, &ones, &ones, &ones]).expect("it runs");
        // The standard deviation is the size itself, over √3.
        near(found.estimate("s0/m").and_then(|one| one.se), se / f64::sqrt(3.0));
    }
    let weighted = steps(&[(
        "summarise",
        "weights = \"g\"\nmeasures = { m = \"mean(y)\", s = \"sd(y)\", r = \"ratio(x, y)\", g = \"geometric_mean(y)\" }",
    )]);
    let all = |y: &[f64], x: &[f64], g: &[f64]| all(&of(&weighted, [y, x, g, g]).expect("it runs"));
    for last in [1e150, 1e300] {
        for unit in [1.0, 1e-94] {
            let (y, x) = ([1.0, 2.0, 4.0].map(|y| y * unit), [1.0, 3.0, 4.0].map(|x| x * unit));
            let (y4, x4) = ([y[0], y[1], y[2], last], [x[0], x[1], x[2], last]);
            assert_eq!(all(&y4, &x4, &[1.0, 1.0, 1.0, 0.0]), all(&y, &x, &ones), "{unit} {last}");
        }
    }
    // A few near numbers beside one far off that does not count.
    let y = [1e15 + 1.0, 1e15 + 2.0, 1e15 + 3.0, 1e15 + 4.5, 1.0];
    let found = of(&weighted, [&y, &y, &[1.0, 1.0, 1.0, 1.0, 0.0], &y]).expect("it runs");
    near(found.estimate("s0/g").and_then(|one| one.se), 0.746_519_702_798_7);
    // An interval that no number reaches is left out and told, and the group's value stays.
    let found = of(&geometric, [&[1e-300, 1e300], &two, &two, &two]).expect("it runs");
    let one = found.estimate("s0/m").expect("a mean");
    assert!((one.value - 1.0).abs() < 1e-9 && one.ci.is_none(), "{one:?}");
    let told = "the interval reaches beyond the largest number";
    assert!(found.warnings.iter().any(|one| one.message.contains(told)), "{:?}", found.warnings);
}

#[test]
fn few_clusters_are_those_that_an_estimate_rests_on() {
    let y: Vec<f64> = (0..90).map(|row| f64::from(row % 7)).collect();
    let c: Vec<f64> = (0..90).map(|row| f64::from(row / 2)).collect();
    let few: Vec<f64> = (0..90).map(|row| f64::from(u8::from(row < 12))).collect();
    let text = steps(&[(
        "summarise",
        "cluster = [\"c\"]\nweights = \"g\"\nmeasures = { m = \"mean(y)\" }",
    )]);
    let ones = vec![1.0; 90];
    let warned = |weights: &[f64]| {
        let found = of(&text, [&y, &y, weights, &c]).expect("it runs");
        found.warnings.iter().any(|one| one.message.contains("only 6 clusters"))
    };
    assert!(warned(&few) && !warned(&ones));
}

/// However many groups there are, and whether rows have weights or not, the different values are those of a set.
#[test]
fn distinct_values_are_those_of_a_set() {
    for groups in [1_u32, 7, 8, 9, 16, 17, 32, 33, 64, 65, 300] {
        let rows = 2000_u32;
        let g: Vec<f64> = (0..rows).map(|row| f64::from(row * row % 10_007 % groups)).collect();
        let y: Vec<f64> = (0..rows).map(|row| f64::from(row * 31 % 997 % 41)).collect();
        let ones = vec![1.0; g.len()];
        for weights in ["", "weights = \"x\"\n"] {
            let body = format!("by = [\"g\"]\n{weights}measures = {{ d = \"distinct(y)\" }}");
            let found = of(&steps(&[("summarise", &body)]), [&y, &ones, &g, &g]).expect("it runs");
            for group in 0..groups {
                let there = g.iter().zip(&y).filter(|(g, _)| **g == f64::from(group));
                let set: std::collections::BTreeSet<u64> =
                    there.map(|(_, y)| y.to_bits()).collect();
                let Some(one) = found.estimate(&format!("s0/d{{g={group}}}")) else {
                    assert!(set.is_empty(), "{group} of {groups}");
                    continue;
                };
                assert_eq!(one.value, set.len() as f64, "{group} of {groups}");
            }
        }
    }
}

/// Whole numbers are summed as such, short or long: by hand.
#[test]
fn ints_of_any_length_are_those_numbers() {
    let (short, long) = (f64::from(i32::MIN), 2_147_483_648.0);
    let g = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    for (y, means, medians) in [
        (
            [short, 4.0, -5.0, 7.0, 9.0, long - 1.0],
            [-715_827_883.0, 715_827_887.666_666_6],
            [-5.0, 9.0],
        ),
        (
            [short - 1.0, 4.0, -5.0, 7.0, 9.0, long],
            [-715_827_883.333_333_4, 715_827_888.0],
            [-5.0, 9.0],
        ),
    ] {
        let body = "by = [\"g\"]\nmeasures = { m = \"mean(CAST(y AS BIGINT))\", \
                    q = \"median(CAST(y AS BIGINT))\", low = \"min(CAST(y AS BIGINT))\" }";
        let found = of(&steps(&[("summarise", body)]), [&y, &g, &g, &g]).expect("it runs");
        for (group, low) in [(0, y[0]), (1, 7.0)] {
            let value =
                |name| found.estimate(&format!("s0/{name}{{g={group}}}")).expect("there").value;
            assert_eq!(
                [value("m"), value("q"), value("low")],
                [means[group], medians[group], low],
                "{y:?}"
            );
        }
    }
}

/// What is a count of few values for a thousand rows may be none after them.
#[test]
fn a_late_value_that_is_not_small_is_not_lost() {
    for late in [7.0, 8.0, -1.0, 300.0, 4_294_967_299.0, -4_294_967_293.0] {
        let mut y: Vec<f64> = (0..1500).map(|row| f64::from(row % 5)).collect();
        y[1499] = late;
        let g: Vec<f64> = (0..1500).map(|row| f64::from(row % 2)).collect();
        let body = "by = [\"g\"]\nmeasures = { m = \"mean(CAST(y AS BIGINT))\", f = \"mean(y)\" }";
        let found = of(&steps(&[("summarise", body)]), [&y, &g, &g, &g]).expect("it runs");
        let expected = (1496.0 + late) / 750.0;
        for name in ["m", "f"] {
            assert_eq!(
                found.estimate(&format!("s0/{name}{{g=1}}")).expect("there").value,
                expected
            );
            assert_eq!(found.estimate(&format!("s0/{name}{{g=0}}")).expect("there").value, 2.0);
        }
    }
}

/// Exact fractions of the doubles: 10¹² + {.1, .2, .4} before, 10¹² + {.3, .6, .5} after; to first order all means are one.
#[test]
fn every_change_knows_what_rounding_leaves() {
    let y = [0.1, 0.2, 0.4, 0.3, 0.6, 0.5].map(|y| 1e12 + y);
    let (one, g) = ([1.0; 6], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let change = |measure: &str, more: &str| {
        let body = format!(
            "by = [\"g\"]\n{more}measures = {{ m = \"{measure}\" }}\nchange = {{ by = \"g\", from = 0, to = 1 }}"
        );
        let found = of(&steps(&[("summarise", &body)]), [&y, &one, &g, &g]).expect("it runs");
        found.estimate("s0/m_change").map(|one| one.value)
    };
    for measure in ["mean(y)", "ratio(y, x)", "geometric_mean(y)"] {
        near(change(measure, ""), 0.233_357_747_396);
    }
    near(change("mean(y)", "weights = \"x * 1.5\"\n"), 0.233_357_747_396);
    near(change("sum(y)", ""), 0.700_073_242_188);
}

/// Shares of one denominator are multinomial: var(q − p) = (p(1 − p) + q(1 − q) + 2pq)/n, in one denominator or in several.
#[test]
fn the_change_of_a_share_knows_its_denominator() {
    let g = [0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0];
    let c = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let se = |by: &str, more: &str, id: &str| {
        let body = format!(
            "by = [{by}]\n{more}measures = {{ f = \"fraction\" }}\nchange = {{ by = \"g\", from = 0, to = 1 }}"
        );
        let found = of(&steps(&[("summarise", &body)]), [&g, &g, &g, &c]).expect("it runs");
        found.estimate(&format!("s0/{id}")).and_then(|one| one.se)
    };
    let of_one =
        |p: f64, q: f64, n: f64| f64::sqrt((p * (1.0 - p) + q * (1.0 - q) + 2.0 * p * q) / n);
    near(se("\"g\"", "", "f_change"), of_one(0.2, 0.3, 10.0));
    let of_rows = "\"g\", \"c\"";
    near(se(of_rows, "", "f_change{c=1}"), of_one(0.1, 0.2, 10.0));
    near(se(of_rows, "within = [\"c\"]\n", "f_change{c=1}"), of_one(1.0 / 6.0, 1.0 / 3.0, 6.0));
    // Two denominators: 1 of 2 in g = 0, 2 of 3 in g = 1.
    let two = f64::sqrt(0.25 / 2.0 + 2.0 / 9.0 / 3.0);
    near(se(of_rows, "within = [\"g\"]\n", "f_change{c=1}"), two);
}

/// A group of zeros has no unit of its own.
#[test]
fn a_group_of_zeros_beside_tiny_numbers_is_compared() {
    let g = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let p = |unit: f64, test: &str| {
        let y = [0.0, 0.0, 0.0, 1.0, 2.0, 4.0].map(|y| y * unit);
        let body = format!("of = \"y\"\nbetween = \"g\"\ntest = \"{test}\"");
        let found = of(&steps(&[("compare", &body)]), [&y, &g, &g, &g]).expect("it runs");
        found.estimate("s0/estimate").and_then(|one| one.p)
    };
    for test in ["welch", "student"] {
        assert_eq!(p(two_to(-700), test), p(1.0, test), "{test}");
    }
}
