use super::super::estimate::fit_exactly;
use super::super::rows::prepare;
use super::super::{Covariance, Design, Fit, Singletons, Term, Weights};
use super::*;
use proptest::prelude::*;

fn within_fit(design: &Design<'_>) -> Fit {
    let mut rows = prepare(design).unwrap();
    rows.spell_out();
    fit(design, &rows, &[]).unwrap()
}

fn agree(one: &Fit, other: &Fit) {
    assert_eq!((&one.names, one.rank, one.k), (&other.names, other.rank, other.k));
    assert_eq!((&one.absorbed, &one.dropped), (&other.absorbed, &other.dropped));
    let near = |a: f64, b: f64, what: &str| {
        assert!((a - b).abs() <= 1e-11 * a.abs().max(b.abs()).max(1e-3), "{what}: {a} {b}");
    };
    for j in 0..one.names.len() {
        near(one.coefficients[j], other.coefficients[j], "coefficient");
        near(one.standard_errors[j], other.standard_errors[j], "error");
        near(one.term_means[j], other.term_means[j], "mean");
    }
    near(one.r2, other.r2, "r2");
    near(one.within_r2.unwrap(), other.within_r2.unwrap(), "within r2");
    near(one.residual_sum_of_squares, other.residual_sum_of_squares, "squares");
    near(one.outcome_mean, other.outcome_mean, "outcome mean");
    near(one.outcome_mean_variance, other.outcome_mean_variance, "variance of the mean");
    for (a, b) in one.residuals.iter().zip(&other.residuals) {
        assert_eq!(a.is_some(), b.is_some());
        assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-11);
    }
}

/// Rows of a sparse panel: levels of three effects, a cluster, two numbers, an outcome, a weight.
type Row = ((u32, u32, u32, u32), (f64, f64, f64, u8));

fn sparse() -> impl Strategy<Value = Vec<Row>> {
    let levels = (0_u32..30, 0_u32..25, 0_u32..6, 0_u32..9);
    prop::collection::vec((levels, (-3.0..3.0_f64, 5.0..9.0_f64, 0.0..1.0_f64, 1_u8..5)), 90..140)
}

fn column<T>(rows: &[Row], of: impl Fn(&Row) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

fn design(rows: &[Row], effects: usize, weights: bool) -> Design<'static> {
    let terms = vec![
        Term::numbers("u", column(rows, |row| row.1.0)),
        Term::numbers("v", column(rows, |row| row.1.1)),
    ];
    let mut design = Design::new(column(rows, |row| row.1.2 + 0.2 * row.1.0), terms);
    let levels =
        [column(rows, |row| row.0.0), column(rows, |row| row.0.1), column(rows, |row| row.0.2)];
    design.absorb = levels.into_iter().take(effects).map(Into::into).collect();
    design.residuals = true;
    if weights {
        design.weights = Weights::Analytic(column(rows, |row| f64::from(row.1.3)).into());
    }
    design
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn taking_effects_out_equals_dummies(
        rows in sparse(), effects in 2_usize..4, weights in prop::bool::ANY, drop in prop::bool::ANY
    ) {
        for covariance in [Covariance::Iid, Covariance::Hc1, Covariance::Cluster] {
            let mut design = design(&rows, effects, weights);
            design.covariance = covariance;
            design.singletons = if drop { Singletons::Drop } else { Singletons::Keep };
            if covariance == Covariance::Cluster {
                design.clusters = vec![column(&rows, |row| row.0.3).into()];
            }
            let Ok(prepared) = prepare(&design) else { continue };
            match fit_exactly(&design, prepared, &[]) {
                Ok(exact) => agree(&within_fit(&design), &exact),
                Err(error) => {
                    let mut prepared = prepare(&design).unwrap();
                    prepared.spell_out();
                    prop_assert_eq!(fit(&design, &prepared, &[]).unwrap_err(), error);
                }
            }
        }
    }

    #[test]
    fn the_order_of_rows_changes_no_bit(rows in sparse(), effects in 2_usize..4) {
        let mut turned = rows.clone();
        turned.reverse();
        turned.rotate_left(17);
        let bits = |rows: &[Row]| {
            let mut design = design(rows, effects, true);
            design.covariance = Covariance::Cluster;
            design.clusters = vec![column(rows, |row| row.0.3).into()];
            let fit = within_fit(&design);
            let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
            (bits(&fit.coefficients), bits(&fit.standard_errors), fit.r2.to_bits())
        };
        prop_assert_eq!(bits(&rows), bits(&turned));
    }
}

/// Levels spread like chance, the same every time.
fn spread(rows: u32, levels: u32, seed: u32) -> Vec<u32> {
    let mix = |row: u32| (row ^ seed).wrapping_mul(0x9e37_79b1);
    (0..rows).map(|row| (mix(mix(row) >> 7) >> 5) % levels).collect()
}

#[test]
fn a_rank_that_is_not_counted_is_told_as_a_bound() {
    use crate::stats::linear::{Warning, fit};
    let rows = 36_000;
    let number = |seed| -> Vec<f64> {
        spread(rows, 1009, seed).into_iter().map(|level| f64::from(level) / 64.0 + 0.3).collect()
    };
    for (levels, bound) in [(3_300, true), (300, false)] {
        let mut design = Design::new(number(5), vec![Term::numbers("x", number(9))]);
        design.absorb = [(8_000, 1), (7_600, 2), (levels, 3)]
            .map(|(levels, seed)| spread(rows, levels, seed).into())
            .into();
        let fitted = fit(&design).unwrap();
        assert_eq!(fitted.warnings.contains(&Warning::RankIsBound), bound, "{levels}");
        // All effects are connected, and nothing but their means is told twice.
        let mut known = 1;
        for codes in &design.absorb {
            known += codes.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
        }
        assert_eq!((fitted.rank, fitted.df_residual), (known - 2, u64::from(rows) - known + 2));
    }
}
