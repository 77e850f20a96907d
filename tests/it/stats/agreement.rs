//! Agreement against statsmodels, and alpha against its definition in exact fractions
//! (`tests/reference/agreement.py` writes the values).

use secondlook::stats::agreement::{
    AgreementError, Bootstrap, KappaWeights, Metric, kappa, krippendorff,
};
use serde_json::Value;

fn reference() -> Value {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/agreement.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the reference is in the tree"))
        .expect("JSON")
}

/// Both sides are rounded a few times only.
#[track_caller]
fn close(case: &Value, part: &str, found: f64) {
    let expected = case[part].as_f64().expect("a number");
    assert!(
        (found - expected).abs() <= 1e-11 * expected.abs().max(1e-3),
        "{part} of {case}: {found}"
    );
}

#[test]
fn kappa_and_its_two_errors() {
    for case in reference()["kappa"].as_array().expect("cases") {
        let table: Vec<Vec<u64>> =
            serde_json::from_value(case["table"].clone()).expect("a table of counts");
        let weights = match case["weights"].as_str().expect("a word") {
            "linear" => KappaWeights::Linear,
            "quadratic" => KappaWeights::Quadratic,
            _ => KappaWeights::None,
        };
        let found = kappa(&table, weights, 0.95).expect("a kappa");
        close(case, "value", found.value);
        close(case, "se", found.standard_error);
        close(case, "null_se", found.null_standard_error);
        let interval = found.interval.expect("an interval");
        close(case, "low", interval.low);
        close(case, "high", interval.high);
        close(case, "p", found.p.expect("a p value"));
    }
}

#[test]
fn alpha_is_its_definition() {
    for case in reference()["alpha"].as_array().expect("cases") {
        let units: Vec<Vec<f64>> = serde_json::from_value(case["units"].clone()).expect("units");
        let metric = match case["metric"].as_str().expect("a word") {
            "ordinal" => Metric::Ordinal,
            "interval" => Metric::Interval,
            "ratio" => Metric::Ratio,
            _ => Metric::Nominal,
        };
        let bootstrap = Bootstrap { repetitions: 0, seed: 1, level: 0.95 };
        close(case, "value", krippendorff(&units, metric, &bootstrap).expect("alpha").value);
    }
}

/// A wider level is a wider interval; many values cost no table of their pairs.
#[test]
fn the_bootstrap_has_a_level_and_bears_many_values() {
    let units: Vec<Vec<f64>> = (0..3_000)
        .map(|unit| vec![f64::from(unit), f64::from(unit) + f64::from(unit % 7)])
        .collect();
    let ends = |level: f64| {
        let bootstrap = Bootstrap { repetitions: 50, seed: 1, level };
        krippendorff(&units, Metric::Interval, &bootstrap).expect("alpha").interval.expect("ends")
    };
    let (narrow, wide) = (ends(0.5), ends(0.95));
    assert!(wide.low < narrow.low && narrow.high < wide.high);
    let bootstrap = Bootstrap { repetitions: 1_000, seed: 1, level: 0.95 };
    assert_eq!(
        krippendorff(&units, Metric::Ratio, &bootstrap),
        Err(AgreementError::TooManyValues { values: 3_003 })
    );
}
