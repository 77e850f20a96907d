//! Laws of least squares, by random cases.

use proptest::prelude::*;
use secondlook::stats::linear::{Covariance, Design, Fit, Term, Weights, fit};

/// A small panel: outcome, two regressors, a weight, two factors.
#[derive(Debug, Clone)]
struct Panel {
    y: Vec<f64>,
    x: Vec<f64>,
    z: Vec<f64>,
    weight: Vec<f64>,
    group: Vec<u32>,
    time: Vec<u32>,
}

fn panel() -> impl Strategy<Value = Panel> {
    let row = (-9.0..9.0_f64, -3.0..3.0_f64, 1.0..40.0_f64, 1_u8..4, 0_u32..5, 0_u32..4);
    prop::collection::vec(row, 30..60).prop_map(|rows| Panel {
        y: rows.iter().map(|row| row.0 + 0.7 * row.1).collect(),
        x: rows.iter().map(|row| row.1).collect(),
        z: rows.iter().map(|row| row.2).collect(),
        weight: rows.iter().map(|row| f64::from(row.3)).collect(),
        group: rows.iter().map(|row| row.4).collect(),
        time: rows.iter().map(|row| row.5).collect(),
    })
}

impl Panel {
    fn design(&self) -> Design<'_> {
        let terms = vec![Term::numbers("x", &self.x), Term::numbers("z", &self.z)];
        let mut design = Design::new(&self.y, terms);
        design.residuals = true;
        design
    }

    fn shuffled(&self, by: usize) -> Self {
        let n = self.y.len();
        let mut order: Vec<usize> = (0..n).rev().collect();
        order.rotate_left(by % n);
        order.swap(0, n / 2);
        let pick = |values: &[f64]| order.iter().map(|i| values[*i]).collect();
        let codes = |values: &[u32]| order.iter().map(|i| values[*i]).collect();
        Self {
            y: pick(&self.y),
            x: pick(&self.x),
            z: pick(&self.z),
            weight: pick(&self.weight),
            group: codes(&self.group),
            time: codes(&self.time),
        }
    }
}

const ESTIMATORS: [Covariance; 6] = [
    Covariance::Iid,
    Covariance::Hc0,
    Covariance::Hc1,
    Covariance::Hc2,
    Covariance::Hc3,
    Covariance::Cluster,
];

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (a.abs() + b.abs()).max(1e-6)
}

/// The bits of everything that a fit reports.
fn bits(fit: &Fit) -> Vec<u64> {
    let k = fit.names.len();
    let covariance = (0..k * k).map(|place| fit.covariance.get(place / k, place % k));
    fit.coefficients
        .iter()
        .copied()
        .chain(covariance)
        .chain([fit.r2, fit.residual_sum_of_squares, fit.outcome_mean_variance])
        .chain(fit.term_means.iter().copied())
        .map(f64::to_bits)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_rows_changes_no_bit(panel in panel(), by in 0_usize..60) {
        let mixed = panel.shuffled(by);
        for estimator in ESTIMATORS {
            let ask = |panel: &Panel| {
                let mut design = panel.design();
                design.covariance = estimator;
                design.absorb = vec![panel.group.clone().into(), panel.time.clone().into()];
                design.weights = Weights::Analytic(panel.weight.iter().map(|w| w * 0.3).collect::<Vec<f64>>().into());
                if estimator == Covariance::Cluster {
                    design.clusters = vec![panel.group.clone().into(), panel.time.clone().into()];
                }
                fit(&design)
            };
            match (ask(&panel), ask(&mixed)) {
                (Ok(a), Ok(b)) => prop_assert_eq!(bits(&a), bits(&b)),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
            }
        }
    }

    #[test]
    fn absorbing_equals_dummies(panel in panel()) {
        let mut absorbed = panel.design();
        absorbed.absorb = vec![(&panel.group).into(), (&panel.time).into()];
        let mut dummies = panel.design();
        for level in 1..5 { dummies.terms.push(Term::indicator(format!("g{level}"), &panel.group, level)); }
        for level in 1..4 { dummies.terms.push(Term::indicator(format!("t{level}"), &panel.time, level)); }
        dummies.drop_collinear = true;
        let (Ok(a), Ok(b)) = (fit(&absorbed), fit(&dummies)) else { return Ok(()) };
        prop_assert_eq!(a.rank, b.rank);
        for estimator in [Covariance::Iid, Covariance::Hc0, Covariance::Hc3] {
            absorbed.covariance = estimator;
            dummies.covariance = estimator;
            let (Ok(a), Ok(b)) = (fit(&absorbed), fit(&dummies)) else { continue };
            for name in ["x", "z"] {
                let (i, j) = (a.index(name).expect("kept"), b.index(name).expect("kept"));
                prop_assert!(near(a.coefficients[i], b.coefficients[j]));
                if a.k == b.k { prop_assert!(near(a.standard_errors[i], b.standard_errors[j])); }
            }
            prop_assert!(near(a.r2, b.r2));
        }
    }

    #[test]
    fn a_frequency_is_so_many_copies(panel in panel()) {
        let mut copied = Panel { y: vec![], x: vec![], z: vec![], weight: vec![], group: vec![], time: vec![] };
        for i in 0..panel.y.len() {
            for _ in 0..panel.weight[i] as usize {
                copied.y.push(panel.y[i]);
                copied.x.push(panel.x[i]);
                copied.z.push(panel.z[i]);
                copied.group.push(panel.group[i]);
            }
        }
        for estimator in ESTIMATORS {
            let ask = |panel: &Panel, weights: Weights<'static>| {
                let mut design = panel.design();
                design.covariance = estimator;
                design.weights = weights;
                if estimator == Covariance::Cluster { design.clusters.push(panel.group.clone().into()); }
                fit(&design).map(|fit| bits(&fit))
            };
            let weighted = fit_values(ask(&panel, Weights::Frequency(panel.weight.clone().into())));
            let plain = fit_values(ask(&copied, Weights::None));
            for (a, b) in weighted.iter().zip(&plain) { prop_assert!(near(*a, *b), "{} {} {:?}", a, b, estimator); }
        }
    }

    #[test]
    fn rescaling_rescales(panel in panel(), power in -30_i32..30) {
        let factor = secondlook::stats::math::powi(2.0, power);
        let scaled: Vec<f64> = panel.x.iter().map(|x| x * factor).collect();
        let mut design = panel.design();
        let plain = fit(&design).expect("it fits");
        design.terms[0] = Term::numbers("x", scaled);
        let other = fit(&design).expect("it fits");
        prop_assert_eq!(plain.coefficients[1], other.coefficients[1] * factor);
        prop_assert_eq!(plain.coefficients[2], other.coefficients[2]);
        prop_assert_eq!(plain.standard_errors[1], other.standard_errors[1] * factor);
    }

    #[test]
    fn residuals_are_orthogonal_and_sandwiches_positive(panel in panel()) {
        let mut design = panel.design();
        for estimator in ESTIMATORS {
            design.covariance = estimator;
            design.clusters = if estimator == Covariance::Cluster { vec![(&panel.group).into(), (&panel.time).into()] } else { vec![] };
            let Ok(fitted) = fit(&design) else { continue };
            let residuals: Vec<f64> = fitted.residuals.iter().map(|e| e.expect("every row")).collect();
            prop_assert!(secondlook::stats::sum::sum(&residuals).abs() < 1e-11);
            prop_assert!(secondlook::stats::sum::dot(&residuals, &panel.z).abs() < 1e-9);
            let (values, _) = fitted.covariance.symmetric_eigen();
            let largest = values.iter().fold(0.0_f64, |m, v| m.max(*v));
            prop_assert!(values.iter().all(|v| *v >= -1e-12 * largest), "{estimator:?} {values:?}");
        }
    }
}

fn fit_values(bits: Result<Vec<u64>, secondlook::stats::linear::LinearError>) -> Vec<f64> {
    bits.map(|bits| bits.into_iter().map(f64::from_bits).collect()).unwrap_or_default()
}
