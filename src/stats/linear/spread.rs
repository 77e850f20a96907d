//! The covariance that a design asks for, with its small-sample corrections.

use super::count::{Count, Squares};
use super::covariance::{Clustered, clustered, heteroskedastic};
use super::lanes::{Lanes, Vectors};
use super::rows::Rows;
use super::{Covariance, Design, LinearError, Preset, Reference};
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
    rows: &Rows,
    lanes: &Lanes,
    vectors: &Vectors,
    wanted: &[usize],
    squares: &Squares,
    count: &Count,
) -> Result<Spread, LinearError> {
    let n = rows.n as f64;
    let free = n - count.k as f64;
    let mean = 1.0 / squares.weight;
    let plain = |matrix: Matrix, correction: f64| Spread {
        matrix: matrix.scaled(correction),
        correction,
        reference: Reference::T { df: free },
    };
    match design.covariance {
        Covariance::Iid => {
            let width = wanted.len();
            let inverse =
                Matrix::from_fn(width + 1, width + 1, |i, j| match (i < width, j < width) {
                    (true, true) => vectors.inverse[i.max(j)][wanted[i.min(j)]].value(),
                    (false, false) => mean,
                    (lane, _) => mean_covariance(
                        wanted[if lane { i } else { j }],
                        vectors,
                        wanted,
                        mean,
                        rows,
                        lanes,
                    ),
                });
            Ok(plain(inverse, squares.residual / free))
        }
        Covariance::Hc1 => {
            Ok(plain(heteroskedastic(rows, lanes, Covariance::Hc1, mean)?, n / free))
        }
        estimator @ (Covariance::Hc0 | Covariance::Hc2 | Covariance::Hc3) => {
            Ok(plain(heteroskedastic(rows, lanes, estimator, mean)?, 1.0))
        }
        Covariance::Cluster => {
            let clustered = clustered(rows, lanes, design.preset, mean);
            Ok(cluster_spread(design.preset, rows, &clustered, free))
        }
    }
}

/// The covariance, over σ², of a coefficient with the outcome's mean: Σ w x̃ / W.
fn mean_covariance(
    column: usize,
    vectors: &Vectors,
    wanted: &[usize],
    mean: f64,
    rows: &Rows,
    lanes: &Lanes,
) -> f64 {
    let Some(lane) = wanted.iter().position(|known| *known == column) else {
        return 0.0;
    };
    let mut sum = ExactSum::new();
    for (kept, weight) in rows.weight.iter().enumerate() {
        sum.add(weight * lanes.influence[kept * vectors.inverse.len() + lane]);
    }
    sum.value() * mean
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
