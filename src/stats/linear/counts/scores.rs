//! Residuals and influence weights as sums of look-ups, and the meat they make.

use super::super::covariance::Outer;
use super::packed::Packed;
use super::plan::{Kind, Plan};
use super::system::Solution;
use crate::stats::matrix::Matrix;

/// Clusters summed in one block; blocks are added in their order, whoever computed them.
const BLOCK: usize = 256;

/// The contributions of merged codes and numbers to a row's residual (lane 0) and influence weights.
struct Table<const N: usize, const L: usize> {
    /// By merged factor and code; the constant is part of the first.
    codes: [Vec<[f64; L]>; N],
    numbers: Vec<[f64; L]>,
    /// Adding and taking away this number rounds a score to the lane's grid.
    rounder: [f64; L],
    /// The same for a sum of influence weights (in lane 0: of ones).
    influence_rounder: [f64; L],
}

/// The tables of all wanted coefficients, L − 1 to a table; the outcome's mean comes after them.
///
/// *Formula*: e = y − Σb, x̃ = ΣG⁻¹e_j, each a sum over merged factors of what their levels contribute.
/// *Shapes*: L doubles for each merged code.
pub(super) struct Tables<const N: usize, const L: usize> {
    chunks: Vec<Table<N, L>>,
    wanted: usize,
    /// The influence of every row on the outcome's mean.
    mean: f64,
    /// Whether every cluster's own mean is taken away: it is a level of the eliminated effect.
    centred: bool,
}

/// What columns contribute, before levels are merged.
struct Parts<const L: usize> {
    start: [f64; L],
    levels: Vec<[f64; L]>,
    numbers: Vec<[f64; L]>,
}

impl<const L: usize> Parts<L> {
    fn of(plan: &Plan<'_>, solution: &Solution, inverses: &[Vec<f64>]) -> Self {
        let mut parts = Self {
            start: [0.0; L],
            levels: vec![[0.0; L]; plan.levels + 1],
            numbers: vec![[0.0; L]; plan.numbers.len()],
        };
        parts.add(plan.outcome, 0, 1.0);
        for (column, b) in plan.columns.iter().zip(&solution.fitted) {
            parts.add(column.kind, 0, -b.value());
        }
        for (place, inverse) in inverses.iter().enumerate() {
            for (column, weight) in plan.columns.iter().zip(inverse) {
                parts.add(column.kind, place + 1, *weight);
            }
        }
        parts
    }

    fn add(&mut self, kind: Kind<'_>, lane: usize, part: f64) {
        match kind {
            Kind::Constant => self.start[lane] += part,
            Kind::Level(level) => self.levels[level][lane] += part,
            Kind::Number(number) => self.numbers[number][lane] += part,
            Kind::Coded(coding, first) => {
                for (level, value) in &coding.parts {
                    self.levels[first + level][lane] += part * value;
                }
            }
        }
    }

    /// A bound on a lane's size in any row (scaled numbers are below two).
    fn largest(&self, plan: &Plan<'_>, lane: usize) -> f64 {
        let of_factor = |levels: std::ops::Range<usize>| {
            self.levels[levels].iter().fold(0.0_f64, |most, level| most.max(level[lane].abs()))
        };
        let factors: f64 = plan.factors.iter().map(|factor| of_factor(factor.levels.clone())).sum();
        let numbers: f64 = self.numbers.iter().map(|number| 2.0 * number[lane].abs()).sum();
        self.start[lane].abs() + factors + numbers
    }
}

/// Adds lane by lane.
#[expect(clippy::inline_always, reason = "every row passes here")]
#[inline(always)]
fn add<const L: usize>(sum: &mut [f64; L], part: &[f64; L]) {
    for lane in 0..L {
        sum[lane] += part[lane];
    }
}

/// The number that rounds to a grid on which sums of at most this size are exact.
fn rounder(most: f64) -> f64 {
    let above = libm::scalbn(1.0, libm::ilogb(most.max(1e-300)) + 1);
    // Sums stay below 2⁵¹ steps of the grid, so that every one of them is exact.
    3.0 * above
}

impl<const N: usize, const L: usize> Table<N, L> {
    fn of(plan: &Plan<'_>, packed: &Packed<N>, parts: Parts<L>, rows: usize) -> Self {
        let mut codes: [Vec<[f64; L]>; N] = std::array::from_fn(|_| vec![[0.0; L]]);
        for (table, merged) in codes.iter_mut().zip(&packed.merged) {
            *table = (0..merged.count)
                .map(|code| {
                    let mut sum = [0.0; L];
                    for place in merged.places(code) {
                        add(&mut sum, &parts.levels[usize::from(*place)]);
                    }
                    sum
                })
                .collect();
        }
        codes[0].iter_mut().for_each(|entry| add(entry, &parts.start));
        let bounds: [f64; L] = std::array::from_fn(|lane| parts.largest(plan, lane));
        let influence = |lane: usize| if lane == 0 { 1.0 } else { bounds[lane] } * rows as f64;
        Self {
            codes,
            numbers: parts.numbers,
            rounder: std::array::from_fn(|lane| rounder(bounds[0] * influence(lane))),
            influence_rounder: std::array::from_fn(|lane| rounder(influence(lane))),
        }
    }

    /// A row's residual and influence weights.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn row(&self, row: &[u16; N], numbers: &[f64]) -> [f64; L] {
        let mut sum = self.codes[0][usize::from(row[0])];
        for (weights, code) in self.codes[1..].iter().zip(&row[1..]) {
            add(&mut sum, &weights[usize::from(*code)]);
        }
        for (number, weights) in numbers.iter().zip(&self.numbers) {
            for lane in 0..L {
                sum[lane] += number * weights[lane];
            }
        }
        sum
    }

    /// The score of a cluster: the sum over its rows of residual times influence, whatever their order; in lane 0
    /// that of the residuals themselves.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn score(&self, packed: &Packed<N>, from: usize, to: usize) -> [f64; L] {
        let rows = &packed.rows[from..to];
        // Two numbers have the same sum either way round; more are rounded to the grid first.
        let rounder = if rows.len() > 2 { self.rounder } else { [0.0; L] };
        let mut score = [0.0; L];
        for (at, row) in rows.iter().enumerate() {
            let numbers = if packed.width == 0 { &[] } else { packed.numbers(from + at) };
            let lanes = self.row(row, numbers);
            let residual = lanes[0];
            let mut factors = lanes;
            factors[0] = 1.0;
            for lane in 0..L {
                score[lane] += (residual * factors[lane] + rounder[lane]) - rounder[lane];
            }
        }
        score
    }

    /// The score of a cluster less its means: Σe·x̃ − Σe Σx̃/n. Zero for a single row, as it must be.
    fn centred_score(&self, packed: &Packed<N>, from: usize, to: usize) -> [f64; L] {
        let rows = &packed.rows[from..to];
        if rows.len() < 2 {
            return [0.0; L];
        }
        let mut score = self.score(packed, from, to);
        let mut influence = [0.0; L];
        for (at, row) in rows.iter().enumerate() {
            let row = self.row(row, packed.numbers(from + at));
            for lane in 0..L {
                let rounder = self.influence_rounder[lane];
                let part = if rows.len() > 2 { (row[lane] + rounder) - rounder } else { row[lane] };
                influence[lane] += part;
            }
        }
        let mean = score[0] / rows.len() as f64;
        for lane in 1..L {
            score[lane] -= mean * influence[lane];
        }
        score[0] = 0.0;
        score
    }
}

impl<const N: usize, const L: usize> Tables<N, L> {
    /// Makes the tables and sets their grids.
    pub(super) fn of(plan: &Plan<'_>, packed: &Packed<N>, solution: &Solution, mean: f64) -> Self {
        let rows = largest_cluster(&packed.starts);
        let table = |inverses: &[Vec<f64>]| {
            Table::of(plan, packed, Parts::of(plan, solution, inverses), rows)
        };
        let chunks = if solution.inverse.is_empty() {
            vec![table(&[])]
        } else {
            solution.inverse.chunks(L - 1).map(table).collect()
        };
        let centred = plan.eliminated > 0;
        Self { chunks, wanted: solution.inverse.len(), mean, centred }
    }

    /// Writes a cluster's scores, one line a table; the outcome's mean in the first lane of the first.
    #[inline]
    fn scores(&self, packed: &Packed<N>, from: usize, to: usize, out: &mut [[f64; L]]) {
        for (table, score) in self.chunks.iter().zip(out) {
            *score = if self.centred {
                table.centred_score(packed, from, to)
            } else {
                table.score(packed, from, to)
            };
            score[0] *= self.mean;
        }
    }

    /// Where a coefficient's score is, or (after the last) the outcome's mean.
    fn lane(&self, j: usize) -> (usize, usize) {
        if j == self.wanted { (0, 0) } else { (j / (L - 1), 1 + j % (L - 1)) }
    }

    /// Σ_g s_g s_g' over clusters.
    ///
    /// *Formula*: s_g = Σ_{i∈g} e x̃, rounded to a grid on which the sum is exact. *Source*: Liang & Zeger 1986.
    /// *Shapes*: wanted + 1. *Checked against*: the exact path, 1e-11.
    pub(super) fn clustered(&self, packed: &Packed<N>) -> Matrix {
        let chunks = self.chunks.len();
        let groups = packed.starts.len() - 1;
        let mut total = vec![[[0.0; L]; L]; chunks * chunks];
        for first in (0..groups).step_by(BLOCK) {
            let bounds = &packed.starts[first..=groups.min(first + BLOCK)];
            if let [table] = &self.chunks[..] {
                let part = self.block(table, packed, bounds);
                total[0].iter_mut().zip(&part).for_each(|(total, part)| add(total, part));
                continue;
            }
            for (total, part) in total.iter_mut().zip(self.block_of_many(packed, bounds)) {
                total.iter_mut().zip(&part).for_each(|(total, part)| add(total, part));
            }
        }
        Matrix::from_fn(self.wanted + 1, self.wanted + 1, |i, j| {
            let (a, b) = (self.lane(i).max(self.lane(j)), self.lane(i).min(self.lane(j)));
            total[a.0 * chunks + b.0][a.1][b.1]
        })
    }

    /// A block of clusters with one table.
    #[inline(never)]
    fn block(&self, table: &Table<N, L>, packed: &Packed<N>, bounds: &[u32]) -> [[f64; L]; L] {
        let mut scores = [[0.0; L]; BLOCK];
        for (score, bounds) in scores.iter_mut().zip(bounds.windows(2)) {
            let (from, to) = (bounds[0] as usize, bounds[1] as usize);
            *score = if self.centred {
                table.centred_score(packed, from, to)
            } else {
                table.score(packed, from, to)
            };
            score[0] *= self.mean;
        }
        let mut part = [[0.0; L]; L];
        for (i, line) in part.iter_mut().enumerate().take(self.wanted + 1) {
            let mut sum = [0.0; L];
            for score in &scores {
                let factor = score[i];
                for lane in 0..L {
                    sum[lane] += factor * score[lane];
                }
            }
            *line = sum;
        }
        part
    }

    /// A block of clusters with several tables.
    fn block_of_many(&self, packed: &Packed<N>, bounds: &[u32]) -> Vec<[[f64; L]; L]> {
        let chunks = self.chunks.len();
        let mut part = vec![[[0.0; L]; L]; chunks * chunks];
        let mut score = vec![[0.0; L]; chunks];
        for bounds in bounds.windows(2) {
            self.scores(packed, bounds[0] as usize, bounds[1] as usize, &mut score);
            for (i, a) in score.iter().enumerate() {
                for (b, sums) in score[..=i].iter().zip(&mut part[i * chunks..]) {
                    for (a, line) in a.iter().zip(sums) {
                        for lane in 0..L {
                            line[lane] += a * b[lane];
                        }
                    }
                }
            }
        }
        part
    }

    /// Σ e² x̃x̃' over rows, exact whatever their order.
    pub(super) fn by_row(&self, packed: &Packed<N>) -> Matrix {
        let mut outer = Outer::new(self.wanted + 1);
        let mut lanes = vec![[0.0; L]; self.chunks.len()];
        let mut score = vec![0.0; self.wanted + 1];
        for place in 0..packed.rows.len() {
            self.scores(packed, place, place + 1, &mut lanes);
            for (j, slot) in score.iter_mut().enumerate() {
                let (chunk, lane) = self.lane(j);
                *slot = lanes[chunk][lane];
            }
            outer.add(1.0, &score);
        }
        outer.matrix()
    }
}

/// The largest cluster.
pub(super) fn largest_cluster(starts: &[u32]) -> usize {
    starts.windows(2).map(|bounds| (bounds[1] - bounds[0]) as usize).max().unwrap_or(0)
}
