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
    /// The lower triangle; empty until a block is full.
    sums: Vec<ExactSum>,
    /// What is not yet summed: each lane's values, and the weights.
    lanes: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

/// Outer products that are summed at once: pair after pair, for which all that is needed is at hand.
const BLOCK: usize = 512;

impl Outer {
    pub(super) fn new(width: usize) -> Self {
        let lanes = vec![Vec::with_capacity(BLOCK); width];
        Self { width, sums: Vec::new(), lanes, weights: Vec::with_capacity(BLOCK) }
    }

    pub(super) fn add(&mut self, weight: f64, lanes: &[f64]) {
        self.weights.push(weight);
        for (column, value) in self.lanes.iter_mut().zip(lanes) {
            column.push(*value);
        }
        if self.weights.len() == BLOCK {
            let mut sums = std::mem::take(&mut self.sums);
            sums.resize(self.width * (self.width + 1) / 2, ExactSum::new());
            let mut next = sums.iter_mut();
            self.each_pair(|terms| {
                if let Some(sum) = next.next() {
                    sum.extend(terms);
                }
            });
            self.sums = sums;
            self.weights.clear();
            self.lanes.iter_mut().for_each(Vec::clear);
        }
    }

    /// Hands on the products of each pair of lanes, of what is not yet summed.
    fn each_pair(&self, mut act: impl FnMut(&[f64])) {
        let (mut weighted, mut terms) = ([0.0; BLOCK], [0.0; BLOCK]);
        let count = self.weights.len();
        for (j, a) in self.lanes.iter().enumerate() {
            for (slot, (weight, a)) in weighted.iter_mut().zip(self.weights.iter().zip(a)) {
                *slot = weight * a;
            }
            for b in &self.lanes[..=j] {
                for (slot, (weighted, b)) in terms.iter_mut().zip(weighted.iter().zip(b)) {
                    *slot = weighted * b;
                }
                act(&terms[..count]);
            }
        }
    }

    pub(super) fn matrix(&self) -> Matrix {
        let mut matrix = Matrix::zeros(self.width, self.width);
        let (mut i, mut j, mut place) = (0, 0, 0);
        self.each_pair(|terms| {
            let mut sum = self.sums.get(place).cloned().unwrap_or_default();
            sum.extend(terms);
            let value = sum.value();
            matrix.set(i, j, value);
            matrix.set(j, i, value);
            place += 1;
            (i, j) = if j == i { (i + 1, 0) } else { (i, j + 1) };
        });
        matrix
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
    for kept in 0..rows.count {
        let omega = omega(rows, lanes, estimator, kept)?;
        with_mean(lanes, kept, mean, &mut buffer);
        outer.add(omega, &buffer);
    }
    Ok(outer.matrix())
}

/// ω of a row: see [`heteroskedastic`].
///
/// # Errors
/// A row that fits perfectly, where its leverage is asked for.
pub(super) fn omega(
    rows: &Rows,
    lanes: &Lanes,
    estimator: Covariance,
    kept: usize,
) -> Result<f64, LinearError> {
    let (residual, weight) = (lanes.residual[kept], rows.weight[kept]);
    let omega = residual * residual * weight * (weight / rows.copies[kept]);
    if !matches!(estimator, Covariance::Hc2 | Covariance::Hc3) {
        return Ok(omega);
    }
    let rest = 1.0 - lanes.leverage[kept];
    if rest < 1e-9 {
        return Err(LinearError::Leverage { row: rows.kept.place(kept) });
    }
    Ok(omega / if estimator == Covariance::Hc2 { rest } else { rest * rest })
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
    over_ways(rows, preset, |way| one_way(rows, lanes, way, mean))
}

/// The inclusion and exclusion of [`clustered`], of what one way or one crossing gives.
pub(super) fn over_ways(
    rows: &Rows,
    preset: Preset,
    of: impl Fn(&Codes<'_>) -> Matrix,
) -> Clustered {
    let ways = &rows.clusters;
    let mut total: Option<Matrix> = None;
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
        let part = of(way).scaled(sign * group_factor(rows, preset, way.count));
        total = Some(match total {
            None => part,
            Some(total) => Matrix::from_fn(part.rows(), part.columns(), |i, j| {
                total.get(i, j) + part.get(i, j)
            }),
        });
    }
    Clustered {
        matrix: total.unwrap_or_else(|| Matrix::zeros(0, 0)),
        group_factor: group_factor(rows, preset, ways[0].count),
    }
}

/// The group factor of a way or crossing of `groups` clusters.
fn group_factor(rows: &Rows, preset: Preset, groups: usize) -> f64 {
    let smallest = rows.clusters.iter().map(|way| way.count).min().unwrap_or(2);
    match preset {
        Preset::None => 1.0,
        Preset::Conventional => groups as f64 / (groups as f64 - 1.0),
        _ => smallest as f64 / (smallest as f64 - 1.0),
    }
}
