//! What least squares refuses, with the cause named.

use secondlook::stats::linear::{Covariance, Design, LinearError, Term, Weights, fit};

fn design(outcome: &[f64]) -> Design<'_> {
    let x: Vec<f64> = (0..outcome.len()).map(|i| (i * i) as f64).collect();
    Design::new(outcome, vec![Term::numbers("x", x)])
}

const Y: [f64; 6] = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0];

#[test]
fn a_collinear_ask_names_the_columns() {
    let mut asked = design(&Y);
    let twice: Vec<f64> = (0..6).map(|i| 3.0 + 0.1 * f64::from(i * i)).collect();
    asked.terms.push(Term::numbers("twice", twice));
    let error = fit(&asked).expect_err("it is collinear");
    assert_eq!(error.to_string(), "`twice` is a linear combination of `intercept` and `x`");
    asked.drop_collinear = true;
    let fitted = fit(&asked).expect("dropped");
    assert_eq!(fitted.names, ["intercept", "x"]);
    assert_eq!(fitted.dropped[0].name, "twice");
    assert_eq!(fitted.dropped[0].index, 1);
}

#[test]
fn a_column_of_zeros_and_an_absorbed_column_are_collinear() {
    let mut asked = design(&Y);
    asked.terms.push(Term::numbers("nothing", vec![0.0; 6]));
    let error = fit(&asked).expect_err("it is zero");
    assert_eq!(error.to_string(), "`nothing` is zero in every row that counts");
    let mut asked = design(&Y);
    asked.absorb.push(vec![0, 0, 0, 1, 1, 1].into());
    asked.terms.push(Term::numbers("group", vec![0.3, 0.3, 0.3, 0.7, 0.7, 0.7]));
    let error = fit(&asked).expect_err("it is absorbed");
    assert_eq!(error.to_string(), "`group` is a linear combination of `absorbed effects`");
}

#[test]
fn a_constant_outcome_is_refused() {
    assert_eq!(fit(&design(&[2.5; 6])).expect_err("constant"), LinearError::ConstantOutcome);
}

#[test]
fn fewer_rows_than_terms_are_refused() {
    let error = fit(&design(&Y[..2])).expect_err("two rows");
    assert_eq!(error, LinearError::TooFewRows { rows: 2, coefficients: 2 });
}

#[test]
fn one_cluster_is_refused() {
    let mut asked = design(&Y);
    asked.covariance = Covariance::Cluster;
    asked.clusters.push(vec![7; 6].into());
    assert_eq!(fit(&asked).expect_err("one cluster"), LinearError::OneCluster { way: 0 });
    asked.clusters.clear();
    assert_eq!(fit(&asked).expect_err("no cluster"), LinearError::NoClusters);
}

#[test]
fn bad_weights_and_values_are_refused() {
    for (bad, why) in [(-1.0, "negative"), (f64::NAN, "not finite"), (f64::INFINITY, "not finite")]
    {
        let mut asked = design(&Y);
        asked.weights = Weights::Analytic(vec![1.0, 1.0, bad, 1.0, 1.0, 1.0].into());
        let error = fit(&asked).expect_err("a bad weight");
        assert!(matches!(error, LinearError::Weight { row: 2, why: found, .. } if found == why));
    }
    let mut asked = design(&Y);
    asked.weights = Weights::Frequency(vec![1.4; 6].into());
    assert!(matches!(fit(&asked), Err(LinearError::Weight { row: 0, .. })));
    asked.weights = Weights::Frequency(vec![0.0; 6].into());
    assert_eq!(fit(&asked).expect_err("no weight"), LinearError::ZeroWeights);
    let mut asked = design(&Y);
    asked.terms[0] = Term::numbers("x", vec![1.0, 2.0, f64::NAN, 1.0, 2.0, 3.0]);
    let error = fit(&asked).expect_err("not a number");
    assert_eq!(error.to_string(), "`x` is not a finite number in row 2");
    let mut asked = design(&Y);
    asked.terms[0] = Term::numbers("x", vec![1.0; 4]);
    assert!(matches!(fit(&asked), Err(LinearError::Length { found: 4, .. })));
}

#[test]
fn leverage_one_has_no_hc3() {
    let mut asked = design(&Y);
    asked.terms.push(Term::numbers("first", vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
    asked.covariance = Covariance::Hc3;
    assert_eq!(fit(&asked).expect_err("leverage"), LinearError::Leverage { row: 0 });
}
