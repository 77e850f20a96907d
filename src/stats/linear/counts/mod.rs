//! The fast path: pairwise counts as the sufficient statistic.
//!
//! The cross-product of dummies is the table of their two-way counts: integers, the same for any order of the rows,
//! any number of threads and any machine. Columns of numbers join as integers of 51 bits, summed without error.
//! Then one small Cholesky, refined against the exact cross-products; and one pass for the errors, in which a row's
//! residual and influence are sums of look-ups. What is badly conditioned, weighted or asks for leverages is left
//! to the exact path.

mod cholesky;
mod eliminated;
mod merged;
mod packed;
mod panel;
mod plan;
mod scores;
mod sums;
mod system;
mod table;

use super::assembly::Assembly;
use super::count::{Count, Squares};
use super::covariance::Clustered;
use super::meat::is_worthwhile;
use super::rows::Rows;
use super::spread::{Spread, cluster_spread};
use super::{Covariance, Design, Fit, LinearError, Preset, Reference, Values, Weights};
use crate::stats::matrix::Matrix;
pub use panel::Panel;
pub use table::{Coded, Regressor, Specification, Table};

use packed::Packed;
use plan::Plan;
use scores::Tables;
use sums::Sums;
use system::{Solution, System};

/// Fewer rows than this are fitted exactly: they cost nothing.
const WORTHWHILE: usize = 2000;

/// Columns of numbers that do not make the rows of a design dense.
const FEW_NUMBERS: usize = 8;

/// Fits from counts; none where the design is not of this kind, or so ill conditioned that it needs the exact path.
///
/// *Formula*: G = all pairwise counts and sums; b = G⁻¹X'y by Cholesky and iterative refinement with residuals in
/// twice the precision; RSS = y'y − 2b'X'y + b'Gb. Scores s_g = Σ_{i∈g} e·x̃, x̃ = X G⁻¹e_j, both sums of look-ups.
/// *Source*: the exact path's; Wilkinson 1963 (refinement). *Shapes*: at most 15 factors, 1000 levels in all.
/// *Errors*: too few rows; none where this path declines. *Checked against*: the exact path, 1e-11 (unit tests here),
/// pyfixest, fixest and statsmodels on the session table.
pub(super) fn fit(design: &Design<'_>, rows: &Rows) -> Option<Result<Fit, LinearError>> {
    let plain = matches!(design.weights, Weights::None) && !design.residuals;
    let estimator = !matches!(design.covariance, Covariance::Hc2 | Covariance::Hc3);
    let rows_apart = matches!(design.covariance, Covariance::Hc0 | Covariance::Hc1);
    if rows_apart && is_sparse(design) {
        return None;
    }
    if !plain || !estimator || rows.clusters.len() > 1 || rows.count < WORTHWHILE {
        return None;
    }
    fit_planned(design, rows)
}

/// Says whether a design has many columns, almost all of them indicators: then a sandwich of rows is made sooner by its
/// meat, on the exact path, than from the influence of every row on every coefficient.
fn is_sparse(design: &Design<'_>) -> bool {
    let numbers =
        design.terms.iter().filter(|term| matches!(term.values, Values::Numbers(_))).count();
    numbers < FEW_NUMBERS && is_worthwhile(design, design.terms.len())
}

fn fit_planned(design: &Design<'_>, rows: &Rows) -> Option<Result<Fit, LinearError>> {
    let codings = plan::codings(design, rows);
    let plan = Plan::of(design, rows, &codings)?;
    let merged = packed::merged(&plan, rows.count, design.outcome.len())?;
    match merged.len() {
        0..=3 => solve::<3>(design, rows, &plan, merged),
        4 => solve::<4>(design, rows, &plan, merged),
        5 | 6 => solve::<6>(design, rows, &plan, merged),
        _ => solve::<16>(design, rows, &plan, merged),
    }
}

fn solve<const N: usize>(
    design: &Design<'_>,
    rows: &Rows,
    plan: &Plan<'_>,
    merged: Vec<merged::Merged>,
) -> Option<Result<Fit, LinearError>> {
    let packed = Packed::<N>::of(plan, rows, merged);
    let sums = Sums::of(plan, &packed)?;
    let system = System::of(plan, &sums);
    let solution = system.solve(plan)?;
    let rank = plan.rank();
    let count = match Count::of(design, rows, rank, solution.wanted.len()) {
        Ok(count) => count,
        Err(error) => return Some(Err(error)),
    };
    let squares = system.squares(plan, &solution)?;
    let spread = spread(design, rows, plan, &packed, &solution, &squares, &count);
    Some(assemble(design, rows, plan, (&system, &solution, &squares), &count, spread))
}

/// Puts a fit together from what was solved.
fn assemble(
    design: &Design<'_>,
    rows: &Rows,
    plan: &Plan<'_>,
    (system, solution, squares): (&System<'_>, &Solution, &Squares),
    count: &Count,
    spread: Spread,
) -> Result<Fit, LinearError> {
    let wanted = &solution.wanted;
    let assembly = Assembly {
        design,
        rows,
        roles: wanted.iter().map(|j| plan.columns[*j].role).collect(),
        scales: wanted.iter().map(|j| plan.scale_of(*j)).collect(),
        outcome_scale: plan.outcome_scale(),
        scaled: wanted.iter().map(|j| solution.fitted[*j].value()).collect(),
        term_means: wanted
            .iter()
            .map(|j| system.column_mean(plan, *j) / plan.scale_of(*j))
            .collect(),
        residuals: None,
        squares,
        count,
        spread,
    };
    assembly.fit(Vec::new())
}

/// Takes as narrow a table as holds the wanted coefficients.
fn spread<const N: usize>(
    design: &Design<'_>,
    rows: &Rows,
    plan: &Plan<'_>,
    packed: &Packed<N>,
    solution: &Solution,
    squares: &Squares,
    count: &Count,
) -> Spread {
    match solution.wanted.len() {
        0 | 1 => spread_by::<N, 1>(design, rows, plan, packed, solution, squares, count),
        2 | 3 => spread_by::<N, 2>(design, rows, plan, packed, solution, squares, count),
        4 | 5 => spread_by::<N, 3>(design, rows, plan, packed, solution, squares, count),
        _ => spread_by::<N, 4>(design, rows, plan, packed, solution, squares, count),
    }
}

fn spread_by<const N: usize, const P: usize>(
    design: &Design<'_>,
    rows: &Rows,
    plan: &Plan<'_>,
    packed: &Packed<N>,
    solution: &Solution,
    squares: &Squares,
    count: &Count,
) -> Spread {
    let n = rows.n as f64;
    let free = n - count.k as f64;
    let tables = || Tables::<N, P>::of(plan, packed, solution, 1.0 / n);
    let (matrix, correction) = match design.covariance {
        Covariance::Cluster => {
            let groups = rows.clusters[0].count as f64;
            let group = if design.preset == Preset::None { 1.0 } else { groups / (groups - 1.0) };
            let matrix = tables().clustered(packed).scaled(group);
            let clustered = Clustered { matrix, group_factor: group };
            return cluster_spread(design.preset, rows, &clustered, free);
        }
        Covariance::Iid => (inverse(plan, solution, n), squares.residual / free),
        Covariance::Hc1 => (tables().by_row(packed), n / free),
        _ => (tables().by_row(packed), 1.0),
    };
    Spread { matrix: matrix.scaled(correction), correction, reference: Reference::T { df: free } }
}

/// (X̃'X̃)⁻¹ of the estimated coefficients, the outcome's mean last: it covaries with the intercept alone.
fn inverse(plan: &Plan<'_>, solution: &Solution, n: f64) -> Matrix {
    let width = solution.wanted.len();
    let constant =
        |j: usize| plan.columns[solution.wanted[j]].role == super::columns::Role::Constant;
    let centred = plan.centred;
    Matrix::from_fn(width + 1, width + 1, |i, j| match (i < width, j < width) {
        (true, true) => solution.inverse[i.max(j)][solution.wanted[i.min(j)]],
        (false, false) => 1.0 / n,
        _ if centred => f64::from(u8::from(constant(i.min(j)))) / n,
        _ => solution.sums_of_influence[i.min(j)] / n,
    })
}

#[cfg(test)]
mod tests {
    use super::super::estimate::fit_exactly;
    use super::super::rows::prepare;
    use super::super::{Clusters, Sorted, Term, Values};
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// A panel of three factors, two columns of numbers and clusters.
    #[derive(Debug, Clone)]
    struct Panel {
        factors: [Vec<u32>; 3],
        numbers: [Vec<f64>; 2],
        cluster: Vec<u32>,
        outcome: Vec<f64>,
    }

    fn panel(binary: bool) -> impl Strategy<Value = Panel> {
        let row =
            (0_u32..4, 2_u32..7, 0_u32..3, -3.0..3.0_f64, 5.0..9.0_f64, 0_u32..25, 0.0..1.0_f64);
        prop::collection::vec(row, 80..160).prop_map(move |rows| Panel {
            factors: [
                rows.iter().map(|row| row.0).collect(),
                rows.iter().map(|row| row.1).collect(),
                rows.iter().map(|row| row.2).collect(),
            ],
            numbers: [
                rows.iter().map(|row| row.3).collect(),
                rows.iter().map(|row| row.4).collect(),
            ],
            cluster: rows.iter().map(|row| row.5).collect(),
            outcome: rows
                .iter()
                .map(
                    |row| {
                        if binary { f64::from(u8::from(row.6 < 0.4)) } else { row.6 + 0.3 * row.3 }
                    },
                )
                .collect(),
        })
    }

    impl Panel {
        fn design(&self, absorbed: bool) -> Design<'_> {
            let mut terms: Vec<Term<'_>> = (1..3)
                .map(|level| Term::indicator(format!("f{level}"), &self.factors[2], level))
                .collect();
            terms.push(Term::numbers("u", &self.numbers[0]));
            terms.push(Term::numbers("v", &self.numbers[1]));
            let mut design = Design::new(&self.outcome, terms);
            if absorbed {
                design.absorb = vec![(&self.factors[0]).into(), (&self.factors[1]).into()];
            }
            design
        }

        fn reversed(&self) -> Self {
            let mut other = self.clone();
            other.factors.iter_mut().for_each(|codes| codes.reverse());
            other.numbers.iter_mut().for_each(|values| values.reverse());
            other.cluster.reverse();
            other.outcome.reverse();
            other
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-11 * a.abs().max(b.abs()).max(1e-3)
    }

    fn agree(fast: &Fit, exact: &Fit) {
        assert_eq!((&fast.names, fast.k, fast.rank), (&exact.names, exact.k, exact.rank));
        for j in 0..fast.names.len() {
            assert!(near(fast.coefficients[j], exact.coefficients[j]), "b {j}: {fast:?} {exact:?}");
            assert!(near(fast.standard_errors[j], exact.standard_errors[j]), "se {j}");
            assert!(near(fast.term_means[j], exact.term_means[j]), "mean {j}");
            let pair = (fast.outcome_mean_covariance[j], exact.outcome_mean_covariance[j]);
            assert!((pair.0 - pair.1).abs() < 1e-12, "{pair:?}");
        }
        assert!(near(fast.r2, exact.r2) && near(fast.outcome_mean, exact.outcome_mean));
        assert!(near(fast.residual_sum_of_squares, exact.residual_sum_of_squares));
        assert!(near(fast.outcome_mean_variance, exact.outcome_mean_variance));
        if let (Some(fast), Some(exact)) = (fast.within_r2, exact.within_r2) {
            assert!(near(fast, exact), "within {fast} {exact}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn counts_and_exact_sums_agree(
            panel in prop::bool::ANY.prop_flat_map(panel), absorbed in prop::bool::ANY
        ) {
            for estimator in [Covariance::Iid, Covariance::Hc0, Covariance::Hc1, Covariance::Cluster] {
                let mut design = panel.design(absorbed);
                design.covariance = estimator;
                if estimator == Covariance::Cluster {
                    design.clusters = vec![(&panel.cluster).into()];
                }
                let rows = prepare(&design).unwrap();
                let fast = fit_planned(&design, &rows);
                if let Some(fast) = fast {
                    agree(&fast.unwrap(), &fit_exactly(&design, rows, &[]).unwrap());
                }
            }
        }

        #[test]
        fn an_effect_of_many_levels_is_eliminated_alike(panel in panel(true), by in 1_u32..7) {
            let many: Vec<u32> = (0..panel.outcome.len() as u32 * 12).map(|row| row / 3 % 500 * by).collect();
            let times = |codes: &[u32]| codes.repeat(12);
            let outcome: Vec<f64> = panel.outcome.repeat(12).iter().enumerate()
                .map(|(row, y)| if row % 7 == 0 { 1.0 - y } else { *y }).collect();
            let codes = [times(&panel.factors[0]), times(&panel.factors[1]), times(&panel.factors[2])];
            let terms = (1..3).map(|l| Term::indicator(format!("f{l}"), &codes[2], l)).collect();
            let mut design = Design::new(&outcome, terms);
            design.absorb = vec![(&many).into(), (&codes[0]).into(), (&codes[1]).into()];
            design.covariance = Covariance::Cluster;
            design.clusters = vec![(&many).into()];
            let rows = prepare(&design).unwrap();
            if let Some(fast) = fit_planned(&design, &rows) {
                agree(&fast.unwrap(), &fit_exactly(&design, rows, &[]).unwrap());
            }
        }

        #[test]
        fn the_order_of_rows_changes_no_bit(panel in panel(false)) {
            let ask = |panel: &Panel| {
                let mut design = panel.design(true);
                design.covariance = Covariance::Cluster;
                design.clusters = vec![panel.cluster.clone().into()];
                let rows = prepare(&design).unwrap();
                let fit = fit_planned(&design, &rows).unwrap().unwrap();
                (fit.coefficients.clone(), fit.standard_errors.clone(), fit.residual_sum_of_squares.to_bits())
            };
            prop_assert_eq!(ask(&panel), ask(&panel.reversed()));
        }
    }

    #[test]
    fn rows_are_sorted_alike_at_once_and_in_parts() {
        // Clusters of 1, 3, 5, … 139 rows, and of 100.
        let cluster: Vec<u32> = (0..5000_u32).map(|row| (row * 7919 % 5000).isqrt()).collect();
        let codes: Vec<u32> = (0..5000).map(|row| row * 31 % 97).collect();
        let numbers: Vec<f64> = (0..5000).map(|row| f64::from(row * 13 % 501) + 0.5).collect();
        let outcome: Vec<f64> = (0..5000).map(|row| f64::from(row % 3 / 2)).collect();
        let mut design = Design::new(outcome, vec![Term::numbers("x", &numbers)]);
        design.absorb = vec![(&codes).into()];
        design.covariance = Covariance::Cluster;
        design.clusters = vec![(&cluster).into()];
        let rows = prepare(&design).unwrap();
        let codings = plan::codings(&design, &rows);
        let plan = Plan::of(&design, &rows, &codings).unwrap();
        let [one, other] = [true, false].map(|at_once| {
            let merged = packed::merged(&plan, rows.count, 5000).unwrap();
            Packed::<3>::sorted(&plan, &rows, merged, at_once)
        });
        assert_eq!((&one.rows, &one.numbers), (&other.rows, &other.numbers));
        assert_eq!((&one.starts, one.rows.len()), (&other.starts, 5000));
        assert!(one.rows.iter().any(|row| *row != one.rows[0]));
        design.clusters =
            vec![Clusters::sorted((&cluster).into(), Sorted::of(&cluster, 71).map(Arc::new))];
        let rows = prepare(&design).unwrap();
        assert!(rows.clusters[0].sorted.is_some());
        let plan = Plan::of(&design, &rows, &codings).unwrap();
        let merged = packed::merged(&plan, rows.count, 5000).unwrap();
        let known = Packed::<3>::sorted(&plan, &rows, merged, true);
        assert_eq!((one.rows, one.numbers, one.starts), (known.rows, known.numbers, known.starts));
    }

    #[test]
    fn a_collinear_term_is_left_to_the_exact_path() {
        let codes: Vec<u32> = (0..300).map(|i| i % 3).collect();
        let outcome: Vec<f64> = (0..300).map(|i| f64::from(i * 7 % 13)).collect();
        let doubled: Vec<f64> = codes.iter().map(|code| 2.0 * f64::from(*code)).collect();
        let terms = vec![
            Term::indicator("1", &codes, 1),
            Term::indicator("2", &codes, 2),
            Term { name: "twice".to_owned(), values: Values::Numbers(doubled.into()) },
        ];
        let design = Design::new(outcome, terms);
        assert!(fit_planned(&design, &prepare(&design).unwrap()).is_none());
    }
}
