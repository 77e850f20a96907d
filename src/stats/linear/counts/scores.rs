//! Residuals and influence weights as sums of look-ups, and the meat they make.

use super::super::covariance::Outer;
use super::packed::Packed;
use super::plan::{Kind, Plan};
use super::system::Solution;
use crate::stats::matrix::Matrix;

/// Numbers looked up at once: the residual and seven influence weights.
const LANES: usize = 8;
/// Clusters summed in one block; blocks are added in their order, whoever computed them.
const BLOCK: usize = 1024;

/// The contributions of levels and numbers to a row's residual (lane 0) and influence weights.
struct Table {
    start: [f64; LANES],
    levels: Vec<[f64; LANES]>,
    numbers: Vec<[f64; LANES]>,
    /// Adding and taking away this number rounds a score to the lane's grid.
    rounder: [f64; LANES],
    /// The same for a sum of influence weights (in lane 0: of ones).
    influence_rounder: [f64; LANES],
}

/// The tables of all wanted coefficients, seven to a table; the outcome's mean comes after them.
pub(super) struct Tables {
    chunks: Vec<Table>,
    wanted: usize,
    /// The influence of every row on the outcome's mean.
    mean: f64,
    /// Whether every cluster's own mean is taken away: it is a level of the eliminated effect.
    centred: bool,
}

impl Tables {
    /// Makes the tables.
    fn of(plan: &Plan<'_>, solution: &Solution, mean: f64) -> Self {
        let table = |inverses: &[Vec<f64>]| {
            let mut table = Table {
                start: [0.0; LANES],
                levels: vec![[0.0; LANES]; plan.levels + 1],
                numbers: vec![[0.0; LANES]; plan.numbers.len()],
                rounder: [0.0; LANES],
                influence_rounder: [0.0; LANES],
            };
            *table.slot(plan.outcome, 0) = 1.0;
            for (column, b) in plan.columns.iter().zip(&solution.fitted) {
                *table.slot(column.kind, 0) -= b.value();
            }
            for (place, inverse) in inverses.iter().enumerate() {
                for (column, weight) in plan.columns.iter().zip(inverse) {
                    *table.slot(column.kind, place + 1) += weight;
                }
            }
            table
        };
        let chunks = if solution.inverse.is_empty() {
            vec![table(&[])]
        } else {
            solution.inverse.chunks(LANES - 1).map(table).collect()
        };
        let centred = plan.eliminated > 0;
        Self { chunks, wanted: solution.inverse.len(), mean, centred }
    }

    /// Writes a cluster's scores, the outcome's mean last.
    #[inline]
    fn scores<const N: usize>(&self, packed: &Packed<N>, from: usize, to: usize, out: &mut [f64]) {
        for (chunk, table) in self.chunks.iter().enumerate() {
            let score = if self.centred {
                table.centred_score(packed, from, to)
            } else {
                table.score(packed, from, to)
            };
            let first = chunk * (LANES - 1);
            let count = (self.wanted - first).min(LANES - 1);
            out[first..first + count].copy_from_slice(&score[1..=count]);
            out[self.wanted] = score[0] * self.mean;
        }
    }

    /// Sets the grids for clusters of at most `rows` rows.
    fn bound(&mut self, factors: &[std::ops::Range<usize>], rows: usize) {
        for table in &mut self.chunks {
            let bounds: Vec<f64> = (0..LANES).map(|lane| table.largest(factors, lane)).collect();
            for lane in 0..LANES {
                let influence = if lane == 0 { 1.0 } else { bounds[lane] };
                let most = bounds[0] * influence * rows as f64;
                table.influence_rounder[lane] = rounder(influence * rows as f64);
                table.rounder[lane] = rounder(most);
            }
        }
    }
}

/// The number that rounds to a grid on which sums of at most this size are exact.
fn rounder(most: f64) -> f64 {
    let above = libm::scalbn(1.0, libm::ilogb(most.max(1e-300)) + 1);
    // Sums stay below 2⁵¹ steps of the grid, so that every one of them is exact.
    3.0 * above
}

impl Table {
    fn slot(&mut self, kind: Kind, lane: usize) -> &mut f64 {
        match kind {
            Kind::Constant => &mut self.start[lane],
            Kind::Level(level) => &mut self.levels[level][lane],
            Kind::Number(number) => &mut self.numbers[number][lane],
        }
    }

    /// A bound on a lane's size in any row (scaled numbers are below two).
    fn largest(&self, factors: &[std::ops::Range<usize>], lane: usize) -> f64 {
        let of_factor = |levels: &std::ops::Range<usize>| {
            self.levels[levels.clone()]
                .iter()
                .fold(0.0_f64, |most, level| most.max(level[lane].abs()))
        };
        let numbers: f64 = self.numbers.iter().map(|number| 2.0 * number[lane].abs()).sum();
        self.start[lane].abs() + factors.iter().map(of_factor).sum::<f64>() + numbers
    }

    /// A row's residual and influence weights.
    #[inline]
    fn row<const N: usize>(&self, row: &[u16; N], numbers: &[f64]) -> [f64; LANES] {
        let mut sum = self.start;
        for place in row {
            let level = &self.levels[usize::from(*place)];
            for lane in 0..LANES {
                sum[lane] += level[lane];
            }
        }
        for (number, weights) in numbers.iter().zip(&self.numbers) {
            for lane in 0..LANES {
                sum[lane] += number * weights[lane];
            }
        }
        sum
    }

    /// The score of a cluster: the sum over its rows of residual times influence, whatever their order; in lane 0
    /// that of the residuals themselves.
    #[inline]
    fn score<const N: usize>(&self, packed: &Packed<N>, from: usize, to: usize) -> [f64; LANES] {
        let mut score = [0.0; LANES];
        let many = to - from > 2;
        for place in from..to {
            let numbers = &packed.numbers[place * packed.width..(place + 1) * packed.width];
            let row = self.row(&packed.rows[place], numbers);
            let residual = row[0];
            let influence = [1.0, row[1], row[2], row[3], row[4], row[5], row[6], row[7]];
            for lane in 0..LANES {
                let part = residual * influence[lane];
                let rounder = self.rounder[lane];
                score[lane] += if many { (part + rounder) - rounder } else { part };
            }
        }
        score
    }
}

impl Table {
    /// The score of a cluster less its means: Σe·x̃ − Σe Σx̃/n. Zero for a single row, as it must be.
    fn centred_score<const N: usize>(
        &self,
        packed: &Packed<N>,
        from: usize,
        to: usize,
    ) -> [f64; LANES] {
        let mut score = [0.0; LANES];
        if to - from < 2 {
            return score;
        }
        let together = self.score(packed, from, to);
        let mut influence = [0.0; LANES];
        let many = to - from > 2;
        for row in &packed.rows[from..to] {
            let row = self.row(row, &[]);
            for lane in 1..LANES {
                let rounder = self.influence_rounder[lane];
                influence[lane] += if many { (row[lane] + rounder) - rounder } else { row[lane] };
            }
        }
        let mean = together[0] / (to - from) as f64;
        for lane in 1..LANES {
            score[lane] = together[lane] - mean * influence[lane];
        }
        score
    }
}

/// Σ_g s_g s_g' over clusters.
pub(super) fn clustered<const N: usize>(tables: &Tables, packed: &Packed<N>) -> Matrix {
    let width = tables.wanted + 1;
    let groups = packed.starts.len() - 1;
    let mut total = vec![0.0; width * width];
    let mut scores = vec![0.0; BLOCK * width];
    for block in (0..groups).step_by(BLOCK) {
        let count = BLOCK.min(groups - block);
        for (group, score) in scores[..count * width].chunks_exact_mut(width).enumerate() {
            let from = packed.starts[block + group] as usize;
            let to = packed.starts[block + group + 1] as usize;
            tables.scores(packed, from, to, score);
        }
        let mut part = vec![0.0; width * width];
        for score in scores[..count * width].chunks_exact(width) {
            for (i, a) in score.iter().enumerate() {
                let line = &mut part[i * width..][..=i];
                line.iter_mut().zip(score).for_each(|(sum, b)| *sum += a * b);
            }
        }
        total.iter_mut().zip(&part).for_each(|(total, part)| *total += part);
    }
    Matrix::from_fn(width, width, |i, j| total[i.max(j) * width + i.min(j)])
}

/// Σ e² x̃x̃' over rows, exact whatever their order.
pub(super) fn by_row<const N: usize>(tables: &Tables, packed: &Packed<N>) -> Matrix {
    let mut outer = Outer::new(tables.wanted + 1);
    let mut score = vec![0.0; tables.wanted + 1];
    for place in 0..packed.rows.len() {
        tables.scores(packed, place, place + 1, &mut score);
        outer.add(1.0, &score);
    }
    outer.matrix()
}

/// The largest cluster.
pub(super) fn largest_cluster(starts: &[u32]) -> usize {
    starts.windows(2).map(|bounds| (bounds[1] - bounds[0]) as usize).max().unwrap_or(0)
}

/// Makes the tables and sets their grids.
pub(super) fn tables(plan: &Plan<'_>, solution: &Solution, mean: f64, starts: &[u32]) -> Tables {
    let mut tables = Tables::of(plan, solution, mean);
    let factors: Vec<_> = plan.factors.iter().map(|factor| factor.levels.clone()).collect();
    tables.bound(&factors, largest_cluster(starts));
    tables
}
