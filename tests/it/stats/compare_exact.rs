//! Comparisons where floats or approximations lose: mpmath, fractions and listed orders (`tests/reference/compare_exact.py`),
//! and R 4.2 (`tests/reference/compare.R`).

use std::path::Path;

use secondlook::stats::compare::{
    CompareError, How, fisher_two_by_two, one_sample_t, paired_t, student_t, welch_t,
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
