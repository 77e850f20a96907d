//! Residuals and influence weights as sums of look-ups, and the meat they make.

use super::super::covariance::Outer;
use super::packed::Packed;
use super::plan::{Kind, Plan};
use super::system::Solution;
use crate::stats::matrix::Matrix;
use wide::f64x2;

/// Clusters summed in one block; blocks are added in their order, whoever computed them.
const BLOCK: usize = 256;

/// Lanes, two to a machine's register: P pairs.
type Pairs<const P: usize> = [f64x2; P];

/// A lane of pairs.
fn lane_of<const P: usize>(pairs: &Pairs<P>, lane: usize) -> f64 {
    pairs[lane / 2].to_array()[lane % 2]
}

/// The contributions of merged codes and numbers to a row's residual (lane 0) and influence weights.
struct Table<const N: usize, const P: usize> {
    /// By merged factor and code; the constant is part of the first. Others are empty where none of their levels
    /// contributes, as of the controls that a specification leaves out.
    codes: [Vec<Pairs<P>>; N],
    numbers: Vec<Pairs<P>>,
    /// Adding and taking away this number rounds a score to the lane's grid.
    rounder: Pairs<P>,
    /// The same for a sum of influence weights (in lane 0: of ones).
    influence_rounder: Pairs<P>,
}

/// The tables of all wanted coefficients, 2P − 1 to a table; the outcome's mean comes after them.
///
/// *Formula*: e = y − Σb, x̃ = ΣG⁻¹e_j, each a sum over merged factors of what their levels contribute.
/// *Shapes*: 2P doubles for each merged code.
pub(super) struct Tables<const N: usize, const P: usize> {
    chunks: Vec<Table<N, P>>,
    wanted: usize,
    /// The influence of every row on the outcome's mean, on lane 0.
    mean: f64x2,
    /// Whether every cluster's own mean is taken away: it is a level of the eliminated effect.
    centred: bool,
}

/// What columns contribute, before levels are merged.
struct Parts<const P: usize> {
    start: [[f64; 2]; P],
    levels: Vec<[[f64; 2]; P]>,
    numbers: Vec<[[f64; 2]; P]>,
}

impl<const P: usize> Parts<P> {
    fn of(plan: &Plan<'_>, solution: &Solution, inverses: &[Vec<f64>]) -> Self {
        let mut parts = Self {
            start: [[0.0; 2]; P],
            levels: vec![[[0.0; 2]; P]; plan.levels + 1],
            numbers: vec![[[0.0; 2]; P]; plan.numbers.len()],
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
        let (pair, side) = (lane / 2, lane % 2);
        match kind {
            Kind::Constant => self.start[pair][side] += part,
            Kind::Level(level) => self.levels[level][pair][side] += part,
            Kind::Number(number) => self.numbers[number][pair][side] += part,
            Kind::Coded(coding, first) => {
                for (level, value) in &coding.parts {
                    self.levels[first + level][pair][side] += part * value;
                }
            }
        }
    }

    /// A bound on a lane's size in any row (scaled numbers are below two).
    fn largest(&self, plan: &Plan<'_>, lane: usize) -> f64 {
        let size = |lanes: &[[f64; 2]; P]| lanes[lane / 2][lane % 2].abs();
        let of_factor = |levels: std::ops::Range<usize>| {
            self.levels[levels].iter().map(size).fold(0.0_f64, f64::max)
        };
        let factors: f64 = plan.factors.iter().map(|factor| of_factor(factor.levels.clone())).sum();
        let numbers: f64 = self.numbers.iter().map(|number| 2.0 * size(number)).sum();
        size(&self.start) + factors + numbers
    }
}

/// Adds lane by lane.
#[expect(clippy::inline_always, reason = "every row passes here")]
#[inline(always)]
fn add<const P: usize>(sum: &mut Pairs<P>, part: &Pairs<P>) {
    for pair in 0..P {
        sum[pair] += part[pair];
    }
}

/// Adds a multiple, lane by lane.
#[expect(clippy::inline_always, reason = "every row passes here")]
#[inline(always)]
fn add_times<const P: usize>(sum: &mut Pairs<P>, factor: f64x2, part: &Pairs<P>) {
    for pair in 0..P {
        sum[pair] += factor * part[pair];
    }
}

/// The number that rounds to a grid on which sums of at most this size are exact.
fn rounder(most: f64) -> f64 {
    let above = libm::scalbn(1.0, libm::ilogb(most.max(1e-300)) + 1);
    // Sums stay below 2⁵¹ steps of the grid, so that every one of them is exact.
    3.0 * above
}

/// Pairs of what each lane gives.
fn pairs<const P: usize>(of: impl Fn(usize) -> f64) -> Pairs<P> {
    std::array::from_fn(|pair| f64x2::new([of(2 * pair), of(2 * pair + 1)]))
}

impl<const N: usize, const P: usize> Table<N, P> {
    fn of(plan: &Plan<'_>, packed: &Packed<N>, parts: Parts<P>, rows: usize) -> Self {
        let start = parts.start.map(f64x2::new);
        let levels: Vec<Pairs<P>> = parts.levels.iter().map(|l| l.map(f64x2::new)).collect();
        let mut codes: [Vec<Pairs<P>>; N] = std::array::from_fn(|_| Vec::new());
        codes[0].push([f64x2::ZERO; P]);
        for (slot, (table, merged)) in codes.iter_mut().zip(&packed.merged).enumerate() {
            *table = (0..merged.count)
                .map(|code| {
                    let mut sum = [f64x2::ZERO; P];
                    merged
                        .places(code)
                        .iter()
                        .for_each(|p| add(&mut sum, &levels[usize::from(*p)]));
                    sum
                })
                .collect();
            if slot > 0 && table.iter().flatten().all(|pair| *pair == f64x2::ZERO) {
                *table = Vec::new();
            }
        }
        codes[0].iter_mut().for_each(|entry| add(entry, &start));
        let influence =
            |lane: usize| if lane == 0 { 1.0 } else { parts.largest(plan, lane) } * rows as f64;
        let residual = parts.largest(plan, 0);
        Self {
            codes,
            numbers: parts.numbers.iter().map(|number| number.map(f64x2::new)).collect(),
            rounder: pairs(|lane| rounder(residual * influence(lane))),
            influence_rounder: pairs(|lane| rounder(influence(lane))),
        }
    }

    /// A row's residual and influence weights.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn row(&self, row: &[u16; N], numbers: &[f64]) -> Pairs<P> {
        let mut sum = self.codes[0][usize::from(row[0])];
        // Slices, because the compiler unrolls this loop and not that of an iterator that skips.
        for (codes, code) in self.codes[1..].iter().zip(&row[1..]) {
            if let Some(part) = codes.get(usize::from(*code)) {
                add(&mut sum, part);
            }
        }
        for (number, weights) in numbers.iter().zip(&self.numbers) {
            add_times(&mut sum, f64x2::splat(*number), weights);
        }
        sum
    }

    /// A row's residual times its influence weights; in lane 0 the residual itself.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn product(&self, packed: &Packed<N>, row: usize) -> Pairs<P> {
        let numbers = if packed.width == 0 { &[] } else { packed.numbers(row) };
        let mut factors = self.row(&packed.rows[row], numbers);
        let [residual, first] = factors[0].to_array();
        factors[0] = f64x2::new([1.0, first]);
        factors.map(|factor| f64x2::splat(residual) * factor)
    }

    /// The score of a cluster: the sum over its rows of residual times influence, whatever their order; in lane 0
    /// that of the residuals themselves.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn score(&self, packed: &Packed<N>, from: usize, to: usize) -> Pairs<P> {
        let mut score = self.product(packed, from);
        match to - from {
            1 => {}
            // Two numbers have the same sum either way round; more are rounded to the grid first.
            2 => add(&mut score, &self.product(packed, from + 1)),
            _ => {
                let rounded = |product: &mut Pairs<P>| {
                    for (product, rounder) in product.iter_mut().zip(&self.rounder) {
                        *product = (*product + *rounder) - *rounder;
                    }
                };
                rounded(&mut score);
                for row in from + 1..to {
                    let mut product = self.product(packed, row);
                    rounded(&mut product);
                    add(&mut score, &product);
                }
            }
        }
        score
    }

    /// The score of a cluster less its means: Σe·x̃ − Σe Σx̃/n. Zero for a single row, as it must be.
    fn centred_score(&self, packed: &Packed<N>, from: usize, to: usize) -> Pairs<P> {
        let rows = &packed.rows[from..to];
        if rows.len() < 2 {
            return [f64x2::ZERO; P];
        }
        let mut score = self.score(packed, from, to);
        let many = rows.len() > 2;
        let rounder = if many { self.influence_rounder } else { [f64x2::ZERO; P] };
        let mut influence = [f64x2::ZERO; P];
        for (at, row) in rows.iter().enumerate() {
            let row = self.row(row, packed.numbers(from + at));
            for pair in 0..P {
                influence[pair] += (row[pair] + rounder[pair]) - rounder[pair];
            }
        }
        let mean = f64x2::splat(lane_of(&score, 0) / rows.len() as f64);
        for pair in 0..P {
            score[pair] -= mean * influence[pair];
        }
        score[0] = f64x2::new([0.0, lane_of(&score, 1)]);
        score
    }
}

/// A line of sums for each lane, two lanes at a time.
type Lines<const P: usize> = [[Pairs<P>; 2]; P];

/// Adds the products of two clusters' lanes, or of one's with its own, to their sums.
fn add_products<const P: usize>(sums: &mut Lines<P>, a: &Pairs<P>, b: &Pairs<P>) {
    for (lines, pair) in sums.iter_mut().zip(a) {
        let [first, second] = pair.to_array();
        add_times(&mut lines[0], f64x2::splat(first), b);
        add_times(&mut lines[1], f64x2::splat(second), b);
    }
}

fn add_lines<const P: usize>(total: &mut Lines<P>, part: &Lines<P>) {
    for (total, part) in total.iter_mut().flatten().zip(part.iter().flatten()) {
        add(total, part);
    }
}

impl<const N: usize, const P: usize> Tables<N, P> {
    /// Makes the tables and sets their grids.
    pub(super) fn of(plan: &Plan<'_>, packed: &Packed<N>, solution: &Solution, mean: f64) -> Self {
        let rows = largest_cluster(&packed.starts);
        let table = |inverses: &[Vec<f64>]| {
            Table::of(plan, packed, Parts::of(plan, solution, inverses), rows)
        };
        let chunks = if solution.inverse.is_empty() {
            vec![table(&[])]
        } else {
            solution.inverse.chunks(2 * P - 1).map(table).collect()
        };
        let centred = plan.eliminated > 0;
        let mean = f64x2::new([mean, 1.0]);
        Self { chunks, wanted: solution.inverse.len(), mean, centred }
    }

    /// A cluster's scores from one table; in lane 0 that of the outcome's mean.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn score(&self, table: &Table<N, P>, packed: &Packed<N>, from: usize, to: usize) -> Pairs<P> {
        let mut score = if self.centred {
            table.centred_score(packed, from, to)
        } else {
            table.score(packed, from, to)
        };
        score[0] *= self.mean;
        score
    }

    /// Writes a cluster's scores, one line a table; the outcome's mean in the first lane of the first.
    fn scores(&self, packed: &Packed<N>, from: usize, to: usize, out: &mut [Pairs<P>]) {
        for (table, score) in self.chunks.iter().zip(out) {
            *score = self.score(table, packed, from, to);
        }
    }

    /// Where a coefficient's score is, or (after the last) the outcome's mean.
    fn lane(&self, j: usize) -> (usize, usize) {
        if j == self.wanted { (0, 0) } else { (j / (2 * P - 1), 1 + j % (2 * P - 1)) }
    }

    /// Σ_g s_g s_g' over clusters.
    ///
    /// *Formula*: s_g = Σ_{i∈g} e x̃, rounded to a grid on which the sum is exact. *Source*: Liang & Zeger 1986.
    /// *Shapes*: wanted + 1. *Checked against*: the exact path, 1e-11.
    pub(super) fn clustered(&self, packed: &Packed<N>) -> Matrix {
        let chunks = self.chunks.len();
        let groups = packed.starts.len() - 1;
        let mut total = vec![[[[f64x2::ZERO; P]; 2]; P]; chunks * chunks];
        for first in (0..groups).step_by(BLOCK) {
            let bounds = &packed.starts[first..=groups.min(first + BLOCK)];
            if let [table] = &self.chunks[..] {
                add_lines(&mut total[0], &self.block(table, packed, bounds));
                continue;
            }
            for (total, part) in total.iter_mut().zip(self.block_of_many(packed, bounds)) {
                add_lines(total, &part);
            }
        }
        Matrix::from_fn(self.wanted + 1, self.wanted + 1, |i, j| {
            let (a, b) = (self.lane(i).max(self.lane(j)), self.lane(i).min(self.lane(j)));
            lane_of(&total[a.0 * chunks + b.0][a.1 / 2][a.1 % 2], b.1)
        })
    }

    /// A block of clusters with one table.
    #[inline(never)]
    fn block(&self, table: &Table<N, P>, packed: &Packed<N>, bounds: &[u32]) -> Lines<P> {
        let mut scores = [[f64x2::ZERO; P]; BLOCK];
        for (score, bounds) in scores.iter_mut().zip(bounds.windows(2)) {
            *score = self.score(table, packed, bounds[0] as usize, bounds[1] as usize);
        }
        let mut part = [[[f64x2::ZERO; P]; 2]; P];
        for (pair, lines) in part.iter_mut().enumerate() {
            let mut sums = [[f64x2::ZERO; P]; 2];
            for score in &scores {
                let [first, second] = score[pair].to_array();
                add_times(&mut sums[0], f64x2::splat(first), score);
                add_times(&mut sums[1], f64x2::splat(second), score);
            }
            *lines = sums;
        }
        part
    }

    /// A block of clusters with several tables.
    fn block_of_many(&self, packed: &Packed<N>, bounds: &[u32]) -> Vec<Lines<P>> {
        let chunks = self.chunks.len();
        let mut part = vec![[[[f64x2::ZERO; P]; 2]; P]; chunks * chunks];
        let mut score = vec![[f64x2::ZERO; P]; chunks];
        for bounds in bounds.windows(2) {
            self.scores(packed, bounds[0] as usize, bounds[1] as usize, &mut score);
            for (i, a) in score.iter().enumerate() {
                for (b, sums) in score[..=i].iter().zip(&mut part[i * chunks..]) {
                    add_products(sums, a, b);
                }
            }
        }
        part
    }

    /// Σ e² x̃x̃' over rows, exact whatever their order.
    pub(super) fn by_row(&self, packed: &Packed<N>) -> Matrix {
        let mut outer = Outer::new(self.wanted + 1);
        let mut lanes = vec![[f64x2::ZERO; P]; self.chunks.len()];
        let mut score = vec![0.0; self.wanted + 1];
        for place in 0..packed.rows.len() {
            self.scores(packed, place, place + 1, &mut lanes);
            for (j, slot) in score.iter_mut().enumerate() {
                let (chunk, lane) = self.lane(j);
                *slot = lane_of(&lanes[chunk], lane);
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
