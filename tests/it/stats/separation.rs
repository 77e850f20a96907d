//! Separated and nearly separated designs against linear programmes and Newton's method on 50 digits
//! (`tests/reference/separation.py` writes the values).

use std::path::Path;

use secondlook::stats::generalised::{
    Family, GeneralisedError, GeneralisedFit, fit_conditional, fit_with_effects,
};
use secondlook::stats::linear::{Covariance, Design, LinearError, Preset, Term, Weights};

fn reference() -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/separation.json");
    let text = std::fs::read_to_string(path).expect("a stored reference");
    serde_json::from_str(&text).expect("it is JSON")
}

struct Case(serde_json::Value);

impl Case {
    fn all() -> Vec<Self> {
        let cases = reference()["cases"].take();
        cases.as_array().into_iter().flatten().cloned().map(Self).collect()
    }

    fn numbers(value: &serde_json::Value) -> Vec<f64> {
        value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect()
    }

    fn list(&self, key: &str) -> Vec<f64> {
        Self::numbers(&self.0[key])
    }

    fn columns(&self, key: &str) -> Vec<Vec<f64>> {
        self.0[key].as_array().into_iter().flatten().map(Self::numbers).collect()
    }

    fn family(&self) -> Family {
        match self.0["model"].as_str() {
            Some("logit") => Family::Logit,
            Some("probit") => Family::Probit,
            _ => Family::Poisson,
        }
    }

    fn design(&self) -> Design<'static> {
        let named = |(j, values): (usize, Vec<f64>)| Term::numbers(format!("x{j}"), values);
        let terms = self.columns("terms").into_iter().enumerate().map(named).collect();
        let mut design = Design::new(self.list("outcome"), terms);
        design.intercept = self.0["intercept"] == true;
        let effects = self.columns("effects").into_iter();
        let codes =
            |codes: Vec<f64>| codes.into_iter().map(|code| code as u32).collect::<Vec<u32>>();
        design.absorb = effects.map(|effect| codes(effect).into()).collect();
        design
    }

    fn check(&self, place: usize, tried: Result<GeneralisedFit, GeneralisedError>) {
        let rows = self.0["rows"].as_u64();
        match tried {
            Ok(fitted) => {
                assert_eq!(rows, Some(0), "{place} is separated: {fitted:?}");
                let ahead = fitted.names.len() - self.list("coefficients").len();
                let pairs = self.list("coefficients").into_iter().zip(self.list("errors"));
                for (j, (b, se)) in pairs.enumerate() {
                    let (found, error) =
                        (fitted.coefficients[ahead + j], fitted.standard_errors[ahead + j]);
                    assert!((found - b).abs() <= 1e-7 * (b.abs() + se), "{place}: {found} {b}");
                    assert!((error - se).abs() <= 1e-6 * se, "{place}: {error} {se}");
                }
            }
            Err(GeneralisedError::Separation { terms, rows: found, effects, .. }) => {
                assert_ne!(rows, Some(0), "{place} is not separated: {terms:?}");
                assert!(found > 0 && Some(found as u64) <= rows, "{place}: {found} {rows:?}");
                let alone = self.list("alone");
                if effects.is_empty() && terms.len() == alone.len() {
                    assert_eq!(Some(found as u64), rows, "{place}: {terms:?}");
                }
                if let (true, [name]) = (self.columns("effects").len() < 2, terms.as_slice()) {
                    let j: usize = name.trim_start_matches('x').parse().expect("a place");
                    assert_eq!(found as f64, alone[j], "{place}: {name}");
                }
            }
            Err(error) => panic!("{place}: {error}"),
        }
    }
}

#[test]
fn verdicts_and_maxima_are_those_of_linear_programmes_and_many_digits() {
    let cases = Case::all();
    assert_eq!(cases.len(), 240);
    for (place, case) in cases.iter().enumerate() {
        case.check(place, fit_with_effects(&case.design(), case.family()));
    }
}

/// With one effect a conditional logit is separated exactly where one with dummies is.
#[test]
fn a_conditional_logit_is_separated_where_dummies_are() {
    let one = |case: &&Case| case.family() == Family::Logit && case.columns("effects").len() == 1;
    let cases = Case::all();
    let mut separated = 0;
    for case in cases.iter().filter(one) {
        match (fit_conditional(&case.design()), fit_with_effects(&case.design(), Family::Logit)) {
            (Err(GeneralisedError::Separation { terms, rows, .. }), Err(other)) => {
                let base = false;
                let same = GeneralisedError::Separation { terms, rows, base, effects: Vec::new() };
                assert_eq!(same, other);
                separated += 1;
            }
            (Ok(_), Ok(_)) => {}
            (one, other) => panic!("{one:?} {other:?}"),
        }
    }
    assert!(separated > 3, "{separated}");
}

fn near(found: &[f64], known: &[f64], tolerance: f64) {
    assert_eq!(found.len(), known.len());
    for (a, b) in found.iter().zip(known) {
        assert!((a - b).abs() <= tolerance * b.abs(), "{found:?} for {known:?}");
    }
}

/// A row whose working weight is zero in doubles is a row like any other in n, clusters and corrections.
#[test]
fn a_row_far_off_counts() {
    let far = Case(reference()["far"].take());
    let terms = || vec![Term::numbers("x", far.list("x")), Term::numbers("z", far.list("z"))];
    let mut design = Design::new(far.list("binary"), terms());
    let plain = fit_with_effects(&design, Family::Probit).expect("it fits");
    assert_eq!((plain.n, plain.rows, plain.extreme_rows), (60, 60, 1));
    near(&plain.coefficients, &Case::numbers(&far.0["probit"][0]), 1e-9);
    near(&plain.standard_errors, &Case::numbers(&far.0["probit"][1]), 1e-8);
    design.preset = Preset::None;
    design.covariance = Covariance::Hc0;
    let robust = fit_with_effects(&design, Family::Probit).expect("it fits");
    near(&robust.standard_errors, &far.list("probit_hc0"), 1e-8);
    design.covariance = Covariance::Cluster;
    let clusters: Vec<u32> = far.list("clusters").iter().map(|code| *code as u32).collect();
    design.clusters = vec![clusters.into()];
    let clustered = fit_with_effects(&design, Family::Probit).expect("it fits");
    near(&clustered.standard_errors, &far.list("probit_cluster"), 1e-8);
    assert_eq!(clustered.clusters, [11]);
    design.preset = Preset::Fixest;
    let clustered = fit_with_effects(&design, Family::Probit).expect("it fits");
    near(&[clustered.correction], &[11.0 / 10.0 * 59.0 / 57.0], 1e-14);
    design.covariance = Covariance::Hc1;
    design.clusters.clear();
    let corrected = fit_with_effects(&design, Family::Probit).expect("it fits");
    near(&[corrected.correction], &[60.0 / 57.0], 1e-14);
    // A weight of the user's that is zero leaves a row out.
    let weights = (0..60).map(|row| f64::from(u8::from(row != 3))).collect::<Vec<f64>>();
    design.weights = Weights::Frequency(weights.into());
    assert_eq!(fit_with_effects(&design, Family::Probit).expect("it fits").n, 59);
}

/// Full steps rise beyond all bounds here; halved they come down to an easy maximum.
#[test]
fn a_poisson_model_of_very_unlike_rows_settles() {
    let far = Case(reference()["far"].take());
    let x: Vec<f64> = far.list("x").iter().map(|x| x.clamp(-3.0, 3.0)).collect();
    let terms = vec![Term::numbers("x", x), Term::numbers("u", far.list("u"))];
    let design = Design::new(far.list("count"), terms);
    let fitted = fit_with_effects(&design, Family::Poisson).expect("it fits");
    near(&fitted.coefficients, &Case::numbers(&far.0["poisson"][0]), 1e-8);
    near(&fitted.standard_errors, &Case::numbers(&far.0["poisson"][1]), 1e-8);
}

/// Where counts are given exactly the deviance is nothing but rounding, and may rise by as much.
#[test]
fn a_perfect_poisson_fit_settles() {
    let x: Vec<f64> = (0..30).map(|i| f64::from(i * 11 % 30) / 7.0).collect();
    let mean: Vec<f64> = x.iter().map(|x| secondlook::stats::math::exp(1.0 + 0.5 * x)).collect();
    let mut design = Design::new(&mean, vec![Term::numbers("x", &x)]);
    let fitted = fit_with_effects(&design, Family::Poisson).expect("it fits");
    near(&fitted.coefficients, &[1.0, 0.5], 1e-12);
    design.outcome = mean.iter().map(|mean| mean * 1e200).collect::<Vec<f64>>().into();
    let error = fit_with_effects(&design, Family::Poisson).expect_err("beyond squares");
    assert_eq!(error, LinearError::Overflow.into());
}

#[test]
fn weights_that_are_nothing_are_told_as_such() {
    let far = Case(reference()["far"].take());
    let terms = || vec![Term::numbers("x", far.list("x")), Term::numbers("z", far.list("z"))];
    for (family, outcome) in
        [(Family::Logit, "binary"), (Family::Probit, "binary"), (Family::Poisson, "count")]
    {
        let mut design = Design::new(far.list(outcome), terms());
        design.weights = Weights::Frequency(vec![0.0; 60].into());
        let error = fit_with_effects(&design, family).expect_err("no weight");
        assert_eq!(error, LinearError::ZeroWeights.into());
        for largest in [1e-310, 1e-323] {
            design.weights = Weights::Analytic(vec![largest; 60].into());
            let error = fit_with_effects(&design, family).expect_err("no digits");
            assert_eq!(error, LinearError::TinyWeights { largest }.into());
            let error = secondlook::stats::linear::fit(&design).expect_err("no digits");
            assert_eq!(error, LinearError::TinyWeights { largest });
        }
    }
}

/// Effects of more levels than directions are searched among: the steps tell, and no bogus maximum comes out.
#[test]
fn what_is_too_large_to_decide_is_still_refused() {
    let worker: Vec<u32> = (0..1800).map(|i| i % 300).collect();
    let firm: Vec<u32> = (0..1800).map(|i| (i * 7 + i / 300) % 290).collect();
    let on: Vec<f64> = (0..1800).map(|i| f64::from(u8::from(i % 13 == 0))).collect();
    let z: Vec<f64> = (0..1800).map(|i| f64::from(i * 31 % 17)).collect();
    let count: Vec<f64> =
        (0..1800).map(|i| if i % 13 == 0 { 0.0 } else { f64::from(1 + i * 5 % 7) }).collect();
    let mut design = Design::new(&count, vec![Term::numbers("on", &on), Term::numbers("z", &z)]);
    design.absorb = vec![(&worker).into(), (&firm).into()];
    match fit_with_effects(&design, Family::Poisson) {
        Err(GeneralisedError::Separation { rows, .. }) => assert_eq!(rows, 139),
        other => panic!("{other:?}"),
    }
}
