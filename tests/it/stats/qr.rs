//! Least squares against Householder QR in doubles (faer), and tails against statrs where it is good.

use faer::linalg::solvers::SolveLstsq;
use proptest::prelude::*;
use secondlook::stats::distribution::{chi_square_sf, f_sf, t_sf};
use secondlook::stats::linear::{Design, Term, fit};
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor, StudentsT};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn coefficients_are_those_of_qr(
        rows in prop::collection::vec((-9.0..9.0_f64, -3.0..3.0_f64, 1.0..4.0_f64, 100.0..900.0_f64), 20..80)
    ) {
        let pick = |j: usize| -> Vec<f64> {
            rows.iter().map(|row| [row.0, row.1, row.2, row.3][j]).collect()
        };
        let terms = (1..4).map(|j| Term::numbers(format!("x{j}"), pick(j))).collect();
        let fitted = fit(&Design::new(pick(0), terms)).expect("it fits");
        let x = faer::Mat::from_fn(rows.len(), 4, |i, j| [1.0, rows[i].1, rows[i].2, rows[i].3][j]);
        let y = faer::Mat::from_fn(rows.len(), 1, |i, _| rows[i].0);
        let solved = x.qr().solve_lstsq(&y);
        let scale = [1.0, 1.0, 1.0, 500.0];
        for j in 0..4 {
            let difference = (fitted.coefficients[j] - solved[(j, 0)]).abs() * scale[j];
            prop_assert!(difference < 1e-11, "{} {}", fitted.coefficients[j], solved[(j, 0)]);
        }
    }
}

#[test]
fn tails_agree_with_statrs_at_moderate_degrees_of_freedom() {
    for df in [1.0, 3.0, 12.5, 80.0, 900.0] {
        for x in [0.2, 1.0, 1.9, 3.3, 6.0] {
            let t = StudentsT::new(0.0, 1.0, df).expect("a distribution").sf(x);
            let chi = ChiSquared::new(df).expect("a distribution").sf(x * df / 2.0);
            let f = FisherSnedecor::new(3.0, df).expect("a distribution").sf(x);
            for (ours, theirs) in
                [(t_sf(x, df), t), (chi_square_sf(x * df / 2.0, df), chi), (f_sf(x, 3.0, df), f)]
            {
                assert!(
                    (ours - theirs).abs() <= 1e-9 * theirs + 1e-300,
                    "{df} {x}: {ours} {theirs}"
                );
            }
        }
    }
}
