//! Comparisons where floats or approximations lose: mpmath, fractions and listed orders (`tests/reference/compare_exact.py`),
//! and R 4.2 (`tests/reference/compare.R`).

use std::path::Path;

use secondlook::stats::compare::{
    Alternative, CompareError, How, fisher_two_by_two, kendall, one_sample_t, paired_t, pearson,
    proportions, spearman, student_t, welch_t,
};
use serde_json::Value;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    std::fs::read_to_string(path).expect("the reference is in the tree")
}

fn reference(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(&read("compare_exact.json")).expect("JSON");
    all[part].as_array().expect("cases").clone()
}

fn number(case: &Value, part: &str) -> f64 {
    case[part].as_f64().expect("a number")
}

#[track_caller]
fn near(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} for {expected}");
}

/// The odds ratio keeps its digits where p and the table's own probability are below the smallest float.
#[test]
fn the_conditional_odds_ratio_of_unlikely_tables() {
    for case in reference("conditional") {
        let table = serde_json::from_value(case["table"].clone()).expect("a table");
        let found = fisher_two_by_two(table, &How::default()).expect("a test");
        let estimate = found.estimate.expect("a ratio");
        let interval = estimate.interval.expect("an interval");
        near(estimate.value, number(&case, "value"), 1e-12);
        near(interval.low, number(&case, "low"), 1e-12);
        near(interval.high, number(&case, "high"), 1e-12);
    }
    let found = fisher_two_by_two([[1, 999], [999, 1]], &How::default()).expect("a test");
    assert_eq!((found.p, found.warnings.len()), (0.0, 1), "9.8e-595 is no float: {found:?}");
}

/// mpmath's lower end is 11.13584059 (R gives 11.13591).
#[test]
fn an_infinite_odds_ratio_has_a_lower_end() {
    let found = fisher_two_by_two([[10, 0], [0, 10]], &How::default()).expect("a test");
    assert_eq!(found.estimate, None);
    let told = "its 95 % interval runs from 11.1358 without an upper end";
    assert!(found.warnings.iter().any(|warning| warning == told), "{:?}", found.warnings);
}

/// R's `t.test`: "data are essentially constant". Paired columns are held to their own size too, where R takes that of the
/// differences alone (10.3 − 10.2, 20.4 − 20.3, …: t = 8.4e13).
#[test]
fn rounding_is_no_variation() {
    let how = How::default();
    let rounding = |test| Err(CompareError::Rounding { test });
    let (x, y) = ([0.3, 0.4, 0.2, 0.6], [0.2, 0.3, 0.1, 0.5]);
    let differences: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
    assert_eq!(one_sample_t(&differences, &how), rounding("one-sample t"));
    assert_eq!(paired_t(&x, &y, &how), rounding("paired t"));
    let (x, y) = ([0.3, 0.1 + 0.2, 0.3], [0.6, 0.2 + 0.4, 0.6]);
    assert_eq!(welch_t(&x, &y, &how), rounding("Welch's t"));
    assert_eq!(student_t(&x, &y, &how), rounding("Student's t"));
    let (x, y) = ([10.3, 20.4, 30.2], [10.2, 20.3, 30.1]);
    assert_eq!(paired_t(&x, &y, &how), rounding("paired t"));
    // What is small and not rounding stays: R gives t = 4e9.
    assert!(one_sample_t(&[1.0, 1.0 + 1e-9, 1.0 - 1e-9, 1.0], &how).is_ok());
}

/// R's answers of a test by case and side: the statistic and p.
fn of_r(test: &str) -> Vec<(Vec<usize>, Alternative, f64, f64)> {
    let text = read("compare_r.csv");
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<&str>>());
    let number = |text: &str| text.parse::<f64>().expect("a number");
    rows.filter(|row| row[0] == test)
        .map(|row| {
            let case = row[1].split(' ').map(|count| count.parse().expect("a count")).collect();
            let side = match row[2] {
                "greater" => Alternative::Greater,
                "less" => Alternative::Less,
                _ => Alternative::TwoSided,
            };
            (case, side, number(row[3]), number(row[4]))
        })
        .collect()
}

/// The correction shrinks a difference whatever side is tested, and never turns it.
#[test]
fn corrected_proportions_are_those_of_r() {
    for (case, alternative, statistic, p) in of_r("proportions") {
        let how = How { alternative, continuity: Some(true), ..How::default() };
        let [a, n, b, m] = [0, 1, 2, 3].map(|place| case[place] as u64);
        let found = proportions([a, b], [n, m], &how).expect("two shares");
        // Where the correction is larger than the difference R leaves 1e-31 of it.
        let z = found.statistic.expect("a statistic");
        assert!((z * z - statistic).abs() < 1e-12 * statistic.max(1.0), "{case:?}: {z}");
        near(found.p, p, 1e-12);
    }
}

/// Nothing of the first group: both ratios are zero, exactly; their logarithms are none.
#[test]
fn ratios_of_nothing_are_zero() {
    let found = proportions([0, 5], [10, 10], &How::default()).expect("two shares");
    let ratios: Vec<_> = found.effects.iter().skip(1).collect();
    assert_eq!(
        ratios.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["risk_ratio", "odds_ratio"]
    );
    assert!(ratios.iter().all(|(_, one)| (one.value, one.interval) == (0.0, None)), "{ratios:?}");
    let told = "a cell of the table is zero: no interval of the risk ratio or odds ratio";
    assert_eq!(found.warnings, [told]);
    let none = proportions([5, 0], [10, 10], &How::default()).expect("two shares");
    assert_eq!(none.warnings, ["a cell of the table is zero: no risk ratio or odds ratio"]);
    let all = proportions([10, 5], [10, 10], &How::default()).expect("two shares");
    assert_eq!(all.warnings, ["a cell of the table is zero: no odds ratio"]);
    let rest = proportions([5, 10], [10, 10], &How::default()).expect("two shares");
    assert_eq!(rest.warnings, ["a cell of the table is zero: no interval of the odds ratio"]);
}

const X: [f64; 9] = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33];
const Y: [f64; 9] = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32];

fn numbers(case: &Value, part: &str) -> Vec<f64> {
    serde_json::from_value(case[part].clone()).expect("numbers")
}

#[test]
fn pearson_keeps_its_digits_near_one() {
    for case in reference("near_one") {
        let (x, y) = (numbers(&case, "x"), numbers(&case, "y"));
        let found = pearson(&x, &y, &How::default()).expect("it correlates");
        near(found.statistic.expect("t"), number(&case, "t"), 1e-13);
        near(found.p, number(&case, "p"), 1e-11);
    }
    // A line of decimals is a line, though its doubles are not quite on it.
    let line: Vec<f64> = (1..9).map(|i| f64::from(i) / 10.0).collect();
    let thrice: Vec<f64> = (1..9).map(|i| f64::from(3 * i) / 10.0).collect();
    let found = pearson(&line, &thrice, &How::default()).expect("it correlates");
    assert_eq!((found.estimate.expect("r").value, found.statistic), (1.0, None));
    assert_eq!(
        pearson(&[0.3, 0.1 + 0.2, 0.3], &[1.0, 2.0, 4.0], &How::default()),
        Err(CompareError::Rounding { test: "Pearson's r" })
    );
}

const SIDES: [(&str, Alternative); 3] = [
    ("two-sided", Alternative::TwoSided),
    ("greater", Alternative::Greater),
    ("less", Alternative::Less),
];

/// Every order is counted: rho = −1 of four pairs has p = 2/24, where t says 0.
#[test]
fn spearman_counts_all_orders() {
    for case in reference("spearman") {
        let (x, y) = (numbers(&case, "x"), numbers(&case, "y"));
        for (side, alternative) in SIDES {
            let how = How { alternative, exact: Some(true), ..How::default() };
            let found = spearman(&x, &y, &how).expect("it correlates");
            near(found.p, number(&case, side), 1e-13);
            assert_eq!(found.statistic, case["statistic"].as_f64());
        }
    }
    for (pairs, alternative, statistic, p) in of_r("spearman") {
        let found =
            spearman(&X[..pairs[0]], &Y[..pairs[0]], &How { alternative, ..How::default() });
        let found = found.expect("it correlates");
        near(found.statistic.expect("S"), statistic, 1e-12);
        near(found.p, p, 1e-13);
    }
}

#[test]
fn spearman_is_exact_of_few_pairs_without_ties() {
    let ranks: Vec<f64> = (0..13).map(f64::from).collect();
    let other: Vec<f64> = ranks.iter().map(|rank| (rank * 5.0) % 13.0).collect();
    let method = |n: usize, exact| {
        let how = How { exact, ..How::default() };
        spearman(&ranks[..n], &other[..n], &how).map(|found| found.method)
    };
    assert_eq!(method(12, None).expect("exact"), "exact; interval by Fisher's z");
    assert_eq!(method(12, Some(false)).expect("by t"), "t; interval by Fisher's z");
    assert_eq!(method(13, None).expect("by t"), "t; interval by Fisher's z");
    assert_eq!(
        method(13, Some(true)),
        Err(CompareError::TooMany { test: "Spearman's rho", most: 12, found: 13 })
    );
    let tied = spearman(&[1.0, 1.0, 2.0, 3.0], &[1.0, 1.0, 2.0, 3.0], &How::default());
    let tied = tied.expect("by t");
    assert_eq!((tied.method.as_str(), tied.p), ("t; interval by Fisher's z", 0.0));
    assert!(tied.warnings.iter().any(|told| told.contains("by t, which is infinite, p is 0")));
}

#[test]
fn kendall_gives_the_concordant_pairs_and_refuses_ties() {
    for (pairs, alternative, statistic, p) in of_r("kendall") {
        let found = kendall(&X[..pairs[0]], &Y[..pairs[0]], &How { alternative, ..How::default() });
        let found = found.expect("it correlates");
        assert_eq!(found.statistic, Some(statistic));
        near(found.p, p, 1e-13);
    }
    let how = How { exact: Some(true), ..How::default() };
    let tied = kendall(&[1.0, 1.0, 2.0, 3.0], &[2.0, 3.0, 1.0, 5.0], &how);
    assert_eq!(tied, Err(CompareError::Ties { test: "Kendall's tau-b" }));
}
