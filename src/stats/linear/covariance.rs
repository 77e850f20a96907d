//! Covariances of coefficients: the sandwich with its meat by row or by cluster.

use super::codes::Codes;
use super::lanes::Lanes;
use super::rows::Rows;
use super::{Covariance, LinearError, Preset};
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// Sums outer products exactly.
pub(super) struct Outer {
    width: usize,
    sums: Vec<ExactSum>,
}

impl Outer {
    pub(super) fn new(width: usize) -> Self {
        Self { width, sums: vec![ExactSum::new(); width * (width + 1) / 2] }
    }

    pub(super) fn add(&mut self, weight: f64, lanes: &[f64]) {
        let mut place = 0;
        for (j, a) in lanes.iter().enumerate() {
            let weighted = weight * a;
            for b in &lanes[..=j] {
                self.sums[place].add(weighted * b);
                place += 1;
            }
        }
    }

    pub(super) fn matrix(&self) -> Matrix {
        Matrix::from_fn(self.width, self.width, |i, j| {
            let (high, low) = (i.max(j), i.min(j));
            self.sums[high * (high + 1) / 2 + low].value()
        })
    }
}

/// A row's influence weights, and that of the outcome's mean, 1/W, behind them.
fn with_mean(lanes: &Lanes, kept: usize, mean: f64, out: &mut Vec<f64>) {
    out.clear();
    out.extend_from_slice(&lanes.influence[kept * lanes.width..(kept + 1) * lanes.width]);
    out.push(mean);
}

/// The covariance under independent errors of unequal variance, without a correction.
///
/// *Formula*: Σ ωᵢ x̃ᵢx̃ᵢ', ω = w²e²/f for the total weight w of f equal rows; over (1 − h) for HC2, (1 − h)² for HC3.
/// *Source*: White 1980; MacKinnon & White 1985.
pub(super) fn heteroskedastic(
    rows: &Rows,
    lanes: &Lanes,
    estimator: Covariance,
    mean: f64,
) -> Result<Matrix, LinearError> {
    let mut outer = Outer::new(lanes.width + 1);
    let mut buffer = Vec::new();
    for (kept, weight) in rows.weight.iter().enumerate() {
        let residual = lanes.residual[kept];
        let mut omega = residual * residual * weight * (weight / rows.copies[kept]);
        if matches!(estimator, Covariance::Hc2 | Covariance::Hc3) {
            let rest = 1.0 - lanes.leverage[kept];
            if rest < 1e-9 {
                return Err(LinearError::Leverage { row: rows.kept.place(kept) });
            }
            omega /= if estimator == Covariance::Hc2 { rest } else { rest * rest };
        }
        with_mean(lanes, kept, mean, &mut buffer);
        outer.add(omega, &buffer);
    }
    Ok(outer.matrix())
}

/// The covariance from scores summed within clusters, without a correction.
///
/// *Formula*: Σ_g s_g s_g', s_g = Σ_{i∈g} w e x̃. *Source*: Liang & Zeger 1986; Cameron, Gelbach & Miller 2011, eq. 2.3.
fn one_way(rows: &Rows, lanes: &Lanes, way: &Codes, mean: f64) -> Matrix {
    let width = lanes.width + 1;
    let (order, starts) = way.groups();
    let mut outer = Outer::new(width);
    let mut buffer = Vec::new();
    let mut score = vec![0.0; width];
    for bounds in starts.windows(2) {
        let members = &order[bounds[0]..bounds[1]];
        let mut sums = vec![ExactSum::new(); if members.len() > 2 { width } else { 0 }];
        score.fill(0.0);
        for kept in members {
            let weighted = rows.weight[*kept] * lanes.residual[*kept];
            with_mean(lanes, *kept, mean, &mut buffer);
            for (lane, value) in buffer.iter().enumerate() {
                match sums.get_mut(lane) {
                    Some(sum) => sum.add(weighted * value),
                    None => score[lane] += weighted * value,
                }
            }
        }
        for (slot, sum) in score.iter_mut().zip(&sums) {
            *slot = sum.value();
        }
        outer.add(1.0, &score);
    }
    outer.matrix()
}

/// A clustered covariance with its group correction.
pub(super) struct Clustered {
    pub(super) matrix: Matrix,
    /// The group factor: common to all ways, or that of the first way.
    pub(super) group_factor: f64,
}

/// The covariance clustered one or more ways.
///
/// *Formula*: V = Σ over non-empty S of (−1)^(|S|+1) M_S. *Source*: Cameron, Gelbach & Miller 2011, eq. 2.13.
/// What is not positive semidefinite is repaired in the units of the data, by the assembly.
pub(super) fn clustered(rows: &Rows, lanes: &Lanes, preset: Preset, mean: f64) -> Clustered {
    let ways = &rows.clusters;
    let width = lanes.width + 1;
    let smallest = ways.iter().map(|way| way.count).min().unwrap_or(2);
    let factor = |groups: usize| match preset {
        Preset::None => 1.0,
        Preset::Conventional => groups as f64 / (groups as f64 - 1.0),
        _ => smallest as f64 / (smallest as f64 - 1.0),
    };
    let mut total = Matrix::zeros(width, width);
    for subset in 1_usize..1 << ways.len() {
        let chosen: Vec<&Codes<'_>> =
            (0..ways.len()).filter(|way| subset >> way & 1 == 1).map(|way| &ways[way]).collect();
        let crossed;
        let way = if let [way] = chosen[..] {
            way
        } else {
            crossed = Codes::crossed(&chosen);
            &crossed
        };
        let sign = if chosen.len() % 2 == 1 { 1.0 } else { -1.0 };
        let part = one_way(rows, lanes, way, mean).scaled(sign * factor(way.count));
        total = Matrix::from_fn(width, width, |i, j| total.get(i, j) + part.get(i, j));
    }
    Clustered { matrix: total, group_factor: factor(ways[0].count) }
}
