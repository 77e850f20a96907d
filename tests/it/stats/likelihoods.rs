//! Laws of likelihoods, instruments and random effects, by random cases.

use proptest::prelude::*;
use secondlook::stats::generalised::{
    Family, GeneralisedError, GeneralisedFit, fit_conditional, fit_generalised, fit_with_effects,
};
use secondlook::stats::linear::{
    Covariance, Design, Term, Weights, fit, random_effects, two_stage,
};

/// A small panel: outcomes of each kind, two regressors, a frequency, a factor.
#[derive(Debug, Clone)]
struct Panel {
    binary: Vec<f64>,
    count: Vec<f64>,
    y: Vec<f64>,
    x: Vec<f64>,
    z: Vec<f64>,
    copies: Vec<f64>,
    group: Vec<u32>,
}

type Row = (f64, f64, f64, f64, u8, u32);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0.02..0.98_f64, 0.0..4.0_f64, -2.0..2.0_f64, 1.0..9.0_f64, 1_u8..4, 0_u32..8);
    prop::collection::vec(row, 60..90)
}

fn panel(rows: &[Row]) -> Panel {
    let of = |pick: &dyn Fn(&Row) -> f64| rows.iter().map(pick).collect::<Vec<f64>>();
    Panel {
        binary: of(&|row| f64::from(u8::from(row.0 + 0.1 * row.2 > 0.5))),
        count: of(&|row| (row.1 + 0.3 * row.2).max(0.0).floor()),
        y: of(&|row| row.0 + 0.4 * row.2 + 0.2 * f64::from(row.5)),
        x: of(&|row| row.2),
        z: of(&|row| row.3),
        copies: of(&|row| f64::from(row.4)),
        group: rows.iter().map(|row| row.5).collect(),
    }
}

impl Panel {
    fn design<'a>(&'a self, outcome: &'a [f64]) -> Design<'a> {
        let terms = vec![Term::numbers("x", &self.x), Term::numbers("z", &self.z)];
        let mut design = Design::new(outcome, terms);
        design.covariance = Covariance::Cluster;
        design.clusters = vec![(&self.group).into()];
        design
    }

    fn outcome(&self, family: Family) -> &[f64] {
        if family == Family::Poisson { &self.count } else { &self.binary }
    }
}

fn bits(fit: &GeneralisedFit) -> Vec<u64> {
    let all = fit.coefficients.iter().chain(&fit.standard_errors);
    all.chain([&fit.deviance, &fit.log_likelihood]).map(|value| value.to_bits()).collect()
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (a.abs() + b.abs()).max(1e-6)
}

const FAMILIES: [Family; 3] = [Family::Logit, Family::Probit, Family::Poisson];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_order_of_rows_changes_no_bit(mut rows in rows(), by in 0_usize..50) {
        let one = panel(&rows);
        rows.rotate_left(by);
        rows.swap(0, 20);
        let other = panel(&rows);
        for family in FAMILIES {
            let ask = |panel: &Panel| fit_generalised(&panel.design(panel.outcome(family)), family);
            match (ask(&one), ask(&other)) {
                (Ok(a), Ok(b)) => prop_assert_eq!(bits(&a), bits(&b)),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
            }
        }
        let conditional = |panel: &Panel| {
            let mut design = panel.design(&panel.binary);
            design.absorb = vec![panel.group.clone().into()];
            fit_conditional(&design)
        };
        match (conditional(&one), conditional(&other)) {
            (Ok(a), Ok(b)) => prop_assert_eq!(bits(&a), bits(&b)),
            (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
        }
        let random = |panel: &Panel| random_effects(&panel.design(&panel.y), &panel.group).expect("it fits").fit;
        let (a, b) = (random(&one), random(&other));
        prop_assert_eq!(a.coefficients, b.coefficients);
        prop_assert_eq!(a.standard_errors, b.standard_errors);
    }

    #[test]
    fn a_frequency_is_so_many_copies(rows in rows()) {
        let one = panel(&rows);
        let repeated: Vec<Row> = rows.iter().flat_map(|row| vec![*row; usize::from(row.4)]).collect();
        let many = panel(&repeated);
        for family in FAMILIES {
            for estimator in [Covariance::Iid, Covariance::Hc1, Covariance::Hc3, Covariance::Cluster] {
                let ask = |panel: &Panel, weights: Weights<'static>| {
                    let mut design = panel.design(panel.outcome(family));
                    design.weights = weights;
                    design.covariance = estimator;
                    if estimator != Covariance::Cluster { design.clusters.clear(); }
                    fit_generalised(&design, family)
                };
                let (Ok(a), Ok(b)) = (ask(&one, Weights::Frequency(one.copies.clone().into())), ask(&many, Weights::None)) else { continue };
                for j in 0..3 {
                    prop_assert!(near(a.coefficients[j], b.coefficients[j], 1e-8), "{:?} {:?}", a.coefficients, b.coefficients);
                    prop_assert!(near(a.standard_errors[j], b.standard_errors[j], 1e-8), "{estimator:?}");
                }
            }
        }
    }

    #[test]
    fn absorbing_equals_dummies(rows in rows()) {
        let panel = panel(&rows);
        for family in FAMILIES {
            let mut absorbed = panel.design(panel.outcome(family));
            let mut dummies = absorbed.clone();
            absorbed.absorb = vec![(&panel.group).into()];
            dummies.terms.extend((1..8).map(|level| Term::indicator(format!("g{level}"), &panel.group, level)));
            dummies.drop_collinear = true;
            // Where a level is all zero or one the dummies separate, and absorbing leaves it out.
            let (Ok(a), Ok(b)) = (fit_with_effects(&absorbed, family), fit_generalised(&dummies, family)) else { continue };
            for name in ["x", "z"] {
                let (i, j) = (a.index(name).expect("kept"), b.index(name).expect("kept"));
                prop_assert!(near(a.coefficients[i], b.coefficients[j], 1e-7));
            }
            prop_assert!(near(a.log_likelihood, b.log_likelihood, 1e-9));
        }
    }

    #[test]
    fn rescaling_a_term_rescales_its_coefficient(rows in rows(), power in -8_i32..8) {
        let panel = panel(&rows);
        let factor = secondlook::stats::math::powi(2.0, power);
        let scaled: Vec<f64> = panel.x.iter().map(|x| x * factor).collect();
        for family in FAMILIES {
            let mut design = panel.design(panel.outcome(family));
            let Ok(plain) = fit_generalised(&design, family) else { continue };
            design.terms[0] = Term::numbers("x", &scaled);
            let other = fit_generalised(&design, family).expect("it fits alike");
            prop_assert!(near(plain.coefficients[1], other.coefficients[1] * factor, 1e-9));
            prop_assert!(near(plain.standard_errors[1], other.standard_errors[1] * factor, 1e-9));
        }
    }

    /// With pairs the conditional logit is a logit on differences without a constant (Chamberlain 1980).
    #[test]
    fn pairs_make_a_logit_on_differences(values in prop::collection::vec((-2.0..2.0_f64, -2.0..2.0_f64, 0.0..1.0_f64), 40..60)) {
        let (mut x, mut y, mut group) = (Vec::new(), Vec::new(), Vec::new());
        let (mut difference, mut first) = (Vec::new(), Vec::new());
        for (pair, (one, other, chance)) in values.iter().enumerate() {
            let won = *chance < 0.5;
            x.extend([*one, *other]);
            y.extend([f64::from(u8::from(won)), f64::from(u8::from(!won))]);
            group.extend([pair as u32; 2]);
            difference.push(one - other);
            first.push(f64::from(u8::from(won)));
        }
        let mut design = Design::new(&y, vec![Term::numbers("x", &x)]);
        design.absorb = vec![(&group).into()];
        let mut plain = Design::new(&first, vec![Term::numbers("x", &difference)]);
        plain.intercept = false;
        match (fit_conditional(&design), fit_generalised(&plain, Family::Logit)) {
            (Ok(a), Ok(b)) => {
                prop_assert!(near(a.coefficients[0], b.coefficients[0], 1e-8));
                prop_assert!(near(a.standard_errors[0], b.standard_errors[0], 1e-8));
                prop_assert!(near(a.log_likelihood, b.log_likelihood, 1e-9));
            }
            (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
        }
    }

    #[test]
    fn a_term_that_instruments_itself_is_least_squares(rows in rows()) {
        let panel = panel(&rows);
        let design = panel.design(&panel.y);
        let plain = fit(&design).expect("it fits");
        let twice = two_stage(&design, &[0], &[Term::numbers("itself", &panel.x)]).expect("it fits").fit;
        for j in 0..3 {
            prop_assert!(near(plain.coefficients[j], twice.coefficients[j], 1e-9));
            prop_assert!(near(plain.standard_errors[j], twice.standard_errors[j], 1e-8));
        }
    }
}

#[test]
fn a_conditional_logit_names_what_separates() {
    let group: Vec<u32> = (0..40).map(|i| i / 4).collect();
    let x: Vec<f64> = (0..40).map(|i| f64::from(i % 4) + 0.1 * f64::from(i % 7)).collect();
    let z: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
    let y: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i % 4 >= 2))).collect();
    let mut design = Design::new(&y, vec![Term::numbers("x", &x), Term::numbers("z", &z)]);
    design.absorb = vec![(&group).into()];
    match fit_conditional(&design) {
        Err(GeneralisedError::Separation { terms, .. }) => assert_eq!(terms, ["x"]),
        other => panic!("{other:?}"),
    }
    let all: Vec<f64> = group.iter().map(|code| f64::from(code % 2)).collect();
    design.outcome = all.into();
    assert_eq!(
        fit_conditional(&design).expect_err("no group varies"),
        GeneralisedError::NoVariation
    );
}

/// Groups of hundreds of rows, where sums over choices overflow unless they are rescaled: the effect is known there,
/// so that the unconditional fit nearly agrees.
#[test]
fn large_groups_neither_overflow_nor_differ() {
    let n = 1200_u32;
    let group: Vec<u32> = (0..n).map(|i| i % 2).collect();
    let x: Vec<f64> = (0..n).map(|i| f64::from(i * 37 % 101) / 50.0 - 1.0).collect();
    let y: Vec<f64> = (0..n)
        .map(|i| f64::from(u8::from(f64::from(i * 53 % 97) / 97.0 < 0.5 + 0.2 * x[i as usize])))
        .collect();
    let mut design = Design::new(&y, vec![Term::numbers("x", &x)]);
    design.absorb = vec![(&group).into()];
    let (conditional, dummies) = (
        fit_conditional(&design).expect("it fits"),
        fit_with_effects(&design, Family::Logit).expect("it fits"),
    );
    assert!(near(conditional.coefficients[0], dummies.coefficients[0], 5e-3), "{conditional:?}");
    assert!(near(conditional.standard_errors[0], dummies.standard_errors[0], 5e-3));
}
