//! The covariance that a design asks for, with its small-sample corrections.

use super::columns::Columns;
use super::count::{Count, Squares};
use super::covariance::{Clustered, clustered, heteroskedastic};
use super::lanes::Vectors;
use super::meat::{Meat, is_worthwhile};
use super::rows::Rows;
use super::{Covariance, Design, LinearError, Preset, Reference};
use crate::stats::double_double::DoubleDouble;
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// The covariance in scaled units, the outcome's mean last, with all corrections.
pub(super) struct Spread {
    pub(super) matrix: Matrix,
    pub(super) correction: f64,
    pub(super) reference: Reference,
}

pub(super) fn spread(
    design: &Design<'_>,
    meat: &Meat<'_>,
    vectors: &Vectors,
    wanted: &[usize],
    squares: &Squares,
    count: &Count,
) -> Result<Spread, LinearError> {
    let Meat { rows, lanes, .. } = *meat;
    let n = rows.n as f64;
    let free = n - count.k as f64;
    let mean = 1.0 / squares.weight;
    let plain = |matrix: Matrix, correction: f64| Spread {
        matrix: matrix.scaled(correction),
        correction,
        reference: Reference::T { df: free },
    };
    let by_meat = is_worthwhile(design, vectors.inverse.len());
    match design.covariance {
        Covariance::Iid => {
            let width = wanted.len();
            let with_mean = mean_covariance(meat, vectors, mean);
            let inverse =
                Matrix::from_fn(width + 1, width + 1, |i, j| match (i < width, j < width) {
                    (true, true) => vectors.inverse[i.max(j)][wanted[i.min(j)]].value(),
                    (false, false) => mean,
                    _ => with_mean[i.min(j)],
                });
            Ok(plain(inverse, squares.residual / free))
        }
        Covariance::Cluster => {
            let clustered = if by_meat {
                meat.clustered(design.preset, vectors, mean)
            } else {
                clustered(rows, lanes, design.preset, mean)
            };
            Ok(cluster_spread(design.preset, rows, &clustered, free))
        }
        estimator => {
            let correction = if estimator == Covariance::Hc1 { n / free } else { 1.0 };
            let matrix = if by_meat {
                meat.heteroskedastic(estimator, vectors, mean)?
            } else {
                heteroskedastic(rows, lanes, estimator, mean)?
            };
            Ok(plain(matrix, correction))
        }
    }
}

/// The covariance, over σ², of each coefficient with the outcome's mean: Σ w x̃ / W. What effects leave sums to zero.
fn mean_covariance(meat: &Meat<'_>, vectors: &Vectors, mean: f64) -> Vec<f64> {
    let Meat { rows, columns, .. } = *meat;
    if !rows.effects.is_empty() {
        return vec![0.0; vectors.inverse.len()];
    }
    let sums = column_sums(columns, rows);
    let of = |inverse: &Vec<DoubleDouble>| {
        let parts = inverse.iter().zip(&sums);
        let sum = parts.fold(DoubleDouble::ZERO, |sum, (a, x)| sum + *a * x.double_value());
        sum.value() * mean
    };
    vectors.inverse.iter().map(of).collect()
}

/// The weighted sum of every column.
pub(super) fn column_sums(columns: &Columns<'_>, rows: &Rows<'_>) -> Vec<ExactSum> {
    let mut sums = vec![ExactSum::new(); columns.roles.len()];
    let mut row = Vec::new();
    for (kept, weight) in rows.weight.iter().enumerate() {
        columns.row(rows, kept, &mut row);
        for (column, value) in &row {
            sums[*column].add_product(*weight, *value);
        }
    }
    sums
}

/// Puts the convention's corrections on a clustered covariance.
pub(super) fn cluster_spread(
    preset: Preset,
    rows: &Rows,
    clustered: &Clustered,
    free: f64,
) -> Spread {
    let row_factor = match preset {
        Preset::None => 1.0,
        _ => (rows.n as f64 - 1.0) / free,
    };
    let smallest = rows.clusters.iter().map(|way| way.count).min().unwrap_or(2);
    let df = match preset {
        Preset::None => free,
        _ => smallest as f64 - 1.0,
    };
    Spread {
        matrix: clustered.matrix.scaled(row_factor),
        correction: row_factor * clustered.group_factor,
        reference: Reference::T { df },
    }
}
