//! A small generated panel against statsmodels 0.15 and pyfixest 0.60 (`tests/reference/panel.py`).

use std::collections::BTreeMap;
use std::path::Path;

use secondlook::stats::generalised::{Family, GeneralisedError, fit_generalised};
use secondlook::stats::linear::{Covariance, Design, Term, fit, two_stage};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    std::fs::read_to_string(path).expect("the reference is in the tree")
}

/// The panel's columns.
struct Panel(BTreeMap<String, Vec<f64>>);

impl Panel {
    fn read() -> Self {
        let text = read("panel.csv");
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let rows: Vec<Vec<f64>> = lines
            .map(|line| line.split(',').map(|cell| cell.parse().expect("a number")).collect())
            .collect();
        let column = |j: usize| rows.iter().map(|row| row[j]).collect();
        Self(names.iter().enumerate().map(|(j, name)| ((*name).to_owned(), column(j))).collect())
    }

    fn design(&self, outcome: &str, terms: &[&str], clusters: &[&str]) -> Design<'_> {
        let terms = terms.iter().map(|name| Term::numbers(*name, &self.0[*name])).collect();
        let mut design = Design::new(&self.0[outcome], terms);
        if !clusters.is_empty() {
            design.covariance = Covariance::Cluster;
            design.clusters = clusters.iter().map(|name| self.codes(name).into()).collect();
        }
        design
    }

    fn codes(&self, name: &str) -> Vec<u32> {
        self.0[name].iter().map(|value| *value as u32).collect()
    }
}

/// A reference fit: coefficients and standard errors.
fn reference(name: &str) -> (Vec<f64>, Vec<f64>, serde_json::Value) {
    let all: serde_json::Value = serde_json::from_str(&read("panel.json")).expect("JSON");
    let numbers = |key: &str| {
        all[name][key]
            .as_array()
            .expect("numbers")
            .iter()
            .map(|x| x.as_f64().expect("a number"))
            .collect()
    };
    (numbers("b"), numbers("se"), all[name].clone())
}

/// The peers iterate to about 1e-10 and their errors carry it.
fn matches(name: &str, coefficients: &[f64], errors: &[f64], tolerance: f64) {
    let (b, se, _) = reference(name);
    assert_eq!(b.len(), coefficients.len(), "{name}");
    for j in 0..b.len() {
        assert!(
            (coefficients[j] / b[j] - 1.0).abs() < tolerance,
            "{name} b{j}: {}",
            coefficients[j]
        );
        assert!(
            (errors[j] / se[j] - 1.0).abs() < tolerance,
            "{name} se{j}: {} for {}",
            errors[j],
            se[j]
        );
    }
}

#[test]
fn generalised_models_match_statsmodels() {
    let panel = Panel::read();
    for (name, family, outcome) in [
        ("logit", Family::Logit, "binary"),
        ("probit", Family::Probit, "binary"),
        ("poisson", Family::Poisson, "count"),
    ] {
        let mut design = panel.design(outcome, &["x", "z"], &[]);
        let fitted = fit_generalised(&design, family).expect("it fits");
        matches(name, &fitted.coefficients, &fitted.standard_errors, 1e-9);
        let (_, _, all) = reference(name);
        for (found, key) in [(fitted.deviance, "deviance"), (fitted.log_likelihood, "llf")] {
            let expected = all[key].as_f64().expect("a number");
            assert!((found / expected - 1.0).abs() < 1e-12, "{name} {key}: {found}");
        }
        design.covariance = Covariance::Hc0;
        let fitted = fit_generalised(&design, family).expect("it fits");
        // statsmodels' sandwich of a probit takes the observed information, ours the expected one.
        if family != Family::Probit {
            matches(&format!("{name}_hc0"), &fitted.coefficients, &fitted.standard_errors, 1e-9);
            let design = panel.design(outcome, &["x", "z"], &["g"]);
            let fitted = fit_generalised(&design, family).expect("it fits");
            matches(
                &format!("{name}_cluster"),
                &fitted.coefficients,
                &fitted.standard_errors,
                1e-9,
            );
        }
    }
}

#[test]
fn poisson_with_absorbed_effects_matches_pyfixest() {
    let panel = Panel::read();
    let mut design = panel.design("count", &["x", "z"], &[]);
    design.absorb = vec![panel.codes("g").into()];
    let fitted = fit_generalised(&design, Family::Poisson).expect("it fits");
    // fixest puts (n-1)/(n-K) on independent errors of a likelihood too; ours are the information's own.
    let factor = (399.0_f64 / (400.0 - 47.0)).sqrt();
    let errors: Vec<f64> = fitted.standard_errors.iter().map(|se| se * factor).collect();
    matches("poisson_absorb_iid", &fitted.coefficients, &errors, 1e-7);
    design.covariance = Covariance::Cluster;
    design.clusters = vec![panel.codes("t").into()];
    let fitted = fit_generalised(&design, Family::Poisson).expect("it fits");
    matches("poisson_absorb_cluster_t", &fitted.coefficients, &fitted.standard_errors, 1e-7);
    assert_eq!(fitted.separated_rows, 0);
}

#[test]
fn two_way_clusters_and_instruments_match_pyfixest() {
    let panel = Panel::read();
    let fitted = fit(&panel.design("y", &["x", "z"], &["g", "t"])).expect("it fits");
    matches("two_way", &fitted.coefficients, &fitted.standard_errors, 1e-10);
    let instruments = [Term::numbers("u", &panel.0["u"])];
    for (name, estimator, clusters) in [
        ("iv_iid", Covariance::Iid, &[][..]),
        ("iv_hc1", Covariance::Hc1, &[]),
        ("iv_cluster", Covariance::Cluster, &["g"]),
    ] {
        let mut design = panel.design("y", &["x", "z"], clusters);
        design.covariance = estimator;
        let fitted = two_stage(&design, &[1], &instruments).expect("it fits").fit;
        matches(name, &fitted.coefficients, &fitted.standard_errors, 1e-9);
    }
}

#[test]
fn robust_errors_match_statsmodels_with_and_without_absorbed_effects() {
    let panel = Panel::read();
    let mut design = panel.design("y", &["x", "z"], &[]);
    for (name, estimator) in [
        ("ols_hc0", Covariance::Hc0),
        ("ols_hc1", Covariance::Hc1),
        ("ols_hc2", Covariance::Hc2),
        ("ols_hc3", Covariance::Hc3),
    ] {
        design.covariance = estimator;
        let fitted = fit(&design).expect("it fits");
        matches(name, &fitted.coefficients, &fitted.standard_errors, 1e-11);
    }
    design.absorb = vec![panel.codes("g").into()];
    for (name, estimator) in [("dummies_hc2", Covariance::Hc2), ("dummies_hc3", Covariance::Hc3)] {
        design.covariance = estimator;
        let fitted = fit(&design).expect("it fits");
        matches(name, &fitted.coefficients, &fitted.standard_errors, 1e-10);
    }
    // An effect nested in the cluster counts once in K.
    let mut design = panel.design("y", &["x", "z"], &["g"]);
    design.absorb = vec![panel.codes("g").into(), panel.codes("t").into()];
    let fitted = fit(&design).expect("it fits");
    matches("nested_cluster", &fitted.coefficients, &fitted.standard_errors, 1e-9);
}

#[test]
fn separation_is_named() {
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let z: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
    let y: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i > 21))).collect();
    for family in [Family::Logit, Family::Probit] {
        let terms = vec![Term::numbers("x", &x), Term::numbers("z", &z)];
        match fit_generalised(&Design::new(&y, terms), family) {
            Err(GeneralisedError::Separation { terms, .. }) => {
                assert!(terms.contains(&"x".to_owned()), "{terms:?}");
            }
            other => panic!("{family:?}: {other:?}"),
        }
    }
    // Quasi-complete: one level of a factor has only ones.
    let level: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i % 4 == 0))).collect();
    let y: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i % 4 == 0 || i % 3 == 0))).collect();
    let terms = vec![Term::numbers("level", &level), Term::numbers("z", &z)];
    match fit_generalised(&Design::new(&y, terms), Family::Logit) {
        Err(GeneralisedError::Separation { terms, rows, .. }) => {
            assert_eq!((terms, rows), (vec!["level".to_owned()], 10));
        }
        other => panic!("{other:?}"),
    }
    // A Poisson mean of zero where the level is on.
    let count: Vec<f64> =
        (0..40).map(|i| if i % 4 == 0 { 0.0 } else { f64::from(i % 5) }).collect();
    let terms = vec![Term::numbers("level", &level), Term::numbers("z", &z)];
    match fit_generalised(&Design::new(&count, terms), Family::Poisson) {
        Err(GeneralisedError::Separation { terms, rows, .. }) => {
            assert_eq!((terms, rows), (vec!["level".to_owned()], 10));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_theory_does_not_allow_is_refused() {
    let panel = Panel::read();
    let mut design = panel.design("binary", &["x"], &[]);
    design.absorb = vec![panel.codes("g").into()];
    let error = fit_generalised(&design, Family::Logit).expect_err("incidental parameters");
    assert_eq!(error, GeneralisedError::Absorb { family: "logit" });
    let error =
        fit_generalised(&panel.design("count", &["x"], &[]), Family::Logit).expect_err("no 0 or 1");
    assert!(error.to_string().ends_with("is not 0 or 1"), "{error}");
}
