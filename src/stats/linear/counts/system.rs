//! The small system: exact cross-products, a Cholesky in doubles, refinement in twice the precision.

use super::super::columns::Role;
use super::super::count::Squares;
use super::packed::Packed;
use super::plan::{Kind, Plan};
use crate::stats::double_double::{DoubleDouble, two_product, two_sum};

/// The smallest pivot, as a share of its column's square, that this path trusts.
const TRUSTED: f64 = 1e-8;
/// Fractional bits of the eliminated part: with counts up to 2⁴⁰ it fits 127 bits.
const FRACTION: i32 = 80;
/// The smallest share of the outcome's square that may be left as residual.
const TRUSTED_REST: f64 = 1e-9;

/// Exact sums over rows.
pub(super) struct System {
    size: usize,
    n: f64,
    /// Rows in both levels, for levels of an earlier and a later factor.
    counts: Vec<u32>,
    /// Rows of each level.
    one_way: Vec<u64>,
    /// What the eliminated effect explains of every pair of levels: Σ_g c_g c_g'/n_g in fixed point.
    taken: Vec<i128>,
    /// Sums of numbers over levels, in units of `unit`.
    level_sums: Vec<i128>,
    /// Sums of products of numbers, in units of `unit`².
    products: Vec<i128>,
    /// Sums of numbers.
    totals: Vec<i128>,
    width: usize,
    unit: f64,
    factor_of: Vec<usize>,
    lower: Vec<Vec<DoubleDouble>>,
}

/// The solved system.
pub(super) struct Solution {
    /// The coefficients of all columns.
    pub(super) fitted: Vec<DoubleDouble>,
    /// The columns whose coefficients are wanted: constant and terms.
    pub(super) wanted: Vec<usize>,
    /// Their columns of the inverse.
    pub(super) inverse: Vec<Vec<f64>>,
    /// The sum over rows of each one's influence.
    pub(super) sums_of_influence: Vec<f64>,
    /// The outcome's square less what the absorbed effects explain.
    within: f64,
}

impl System {
    /// Sums over the rows; none where there are too many.
    pub(super) fn of<const N: usize>(plan: &Plan<'_>, packed: &Packed<N>) -> Option<Self> {
        let n = packed.rows.len();
        let bits = 126_u32.checked_sub(2 * (usize::BITS - n.leading_zeros()))? / 2;
        let size = plan.levels + 1;
        let mut factor_of = vec![usize::MAX; size];
        for (place, factor) in plan.factors.iter().enumerate() {
            factor_of[factor.levels.clone()].fill(place);
        }
        let mut system = Self {
            size,
            n: n as f64,
            counts: vec![0; size * size],
            one_way: vec![0; size],
            taken: Vec::new(),
            level_sums: vec![0; size * packed.width],
            products: vec![0; packed.width * packed.width],
            totals: vec![0; packed.width],
            width: packed.width,
            unit: libm::scalbn(1.0, bits.min(51) as i32),
            factor_of,
            lower: Vec::new(),
        };
        u32::try_from(n).ok()?;
        system.count(plan.factors.len(), packed);
        if plan.eliminated > 0 {
            system.taken = eliminate(size, plan.factors.len(), packed);
        }
        system.sum(plan.factors.len(), packed);
        system.lower = (0..plan.columns.len())
            .map(|a| {
                (0..=a).map(|b| system.pair(plan.columns[a].kind, plan.columns[b].kind)).collect()
            })
            .collect();
        Some(system)
    }

    fn count<const N: usize>(&mut self, factors: usize, packed: &Packed<N>) {
        let size = self.size;
        for row in &packed.rows {
            for a in 0..factors {
                let line = &mut self.counts[usize::from(row[a]) * size..][..size];
                self.one_way[usize::from(row[a])] += 1;
                for later in &row[a + 1..factors] {
                    // A count is at most the number of rows, which fits.
                    let count = &mut line[usize::from(*later)];
                    *count = count.wrapping_add(1);
                }
            }
        }
    }

    fn sum<const N: usize>(&mut self, factors: usize, packed: &Packed<N>) {
        let width = self.width;
        if width == 0 {
            return;
        }
        let mut whole = vec![0_i64; width];
        for (row, numbers) in packed.rows.iter().zip(packed.numbers.chunks_exact(width)) {
            for (slot, number) in whole.iter_mut().zip(numbers) {
                *slot = (number * self.unit) as i64;
            }
            for place in &row[..factors] {
                let sums = &mut self.level_sums[usize::from(*place) * width..][..width];
                for (sum, value) in sums.iter_mut().zip(&whole) {
                    *sum = sum.wrapping_add(i128::from(*value));
                }
            }
            for (i, a) in whole.iter().enumerate() {
                self.totals[i] += i128::from(*a);
                for (sum, b) in self.products[i * width..].iter_mut().zip(&whole[..=i]) {
                    *sum = sum.wrapping_add(i128::from(*a).wrapping_mul(i128::from(*b)));
                }
            }
        }
    }

    /// The sum of the product of two columns, less what the eliminated effect explains of it.
    fn pair(&self, a: Kind, b: Kind) -> DoubleDouble {
        let raw = self.raw_pair(a, b);
        match (a, b) {
            (Kind::Level(a), Kind::Level(b)) if !self.taken.is_empty() => {
                let taken = self.taken[a.max(b) * self.size + a.min(b)];
                raw - DoubleDouble::from_integer(taken).scaled(libm::scalbn(1.0, -FRACTION))
            }
            _ => raw,
        }
    }

    /// The sum of the product of two columns.
    fn raw_pair(&self, a: Kind, b: Kind) -> DoubleDouble {
        let of_unit = |sum: i128| DoubleDouble::from_integer(sum).scaled(1.0 / self.unit);
        let counted = |count: u64| DoubleDouble::from(count as f64);
        match (a, b) {
            (Kind::Constant, Kind::Constant) => DoubleDouble::from(self.n),
            (Kind::Constant, Kind::Level(level)) | (Kind::Level(level), Kind::Constant) => {
                counted(self.one_way[level])
            }
            (Kind::Constant, Kind::Number(number)) | (Kind::Number(number), Kind::Constant) => {
                of_unit(self.totals[number])
            }
            (Kind::Level(level), Kind::Number(number))
            | (Kind::Number(number), Kind::Level(level)) => {
                of_unit(self.level_sums[level * self.width + number])
            }
            (Kind::Number(a), Kind::Number(b)) => {
                of_unit(self.products[a.max(b) * self.width + a.min(b)]).scaled(1.0 / self.unit)
            }
            (Kind::Level(a), Kind::Level(b)) if a == b => counted(self.one_way[a]),
            (Kind::Level(a), Kind::Level(b)) => {
                let (first, later) =
                    if self.factor_of[a] < self.factor_of[b] { (a, b) } else { (b, a) };
                counted(u64::from(self.counts[first * self.size + later]))
            }
        }
    }

    /// The mean of a scaled column.
    pub(super) fn column_mean(&self, plan: &Plan<'_>, column: usize) -> f64 {
        let total = self.pair(plan.columns[column].kind, Kind::Constant);
        (total / DoubleDouble::from(self.n)).value()
    }

    /// Solves for coefficients and the wanted columns of the inverse; none where the system is ill conditioned.
    pub(super) fn solve(&self, plan: &Plan<'_>) -> Option<Solution> {
        let p = plan.columns.len();
        let raw: Vec<f64> = plan
            .columns
            .iter()
            .map(|column| self.raw_pair(column.kind, column.kind).value())
            .collect();
        let factor = Cholesky::of(&self.lower, &raw)?;
        let right: Vec<DoubleDouble> =
            plan.columns.iter().map(|column| self.pair(column.kind, plan.outcome)).collect();
        let wanted: Vec<usize> = (0..p).filter(|j| plan.columns[*j].role != Role::Dummy).collect();
        let inverse: Vec<Vec<f64>> = wanted
            .iter()
            .map(|j| {
                let mut unit = vec![DoubleDouble::ZERO; p];
                unit[*j] = DoubleDouble::ONE;
                factor.refined(&self.lower, &unit).iter().map(|x| x.value()).collect()
            })
            .collect();
        let sums: Vec<f64> = plan
            .columns
            .iter()
            .map(|column| self.pair(column.kind, Kind::Constant).value())
            .collect();
        let sums_of_influence =
            inverse.iter().map(|column| crate::stats::sum::dot(column, &sums)).collect();
        let absorbed = plan.columns.iter().filter(|column| column.role == Role::Dummy).count();
        let explained = factor.forward(&right);
        let within = explained[..absorbed]
            .iter()
            .fold(self.pair(plan.outcome, plan.outcome), |rest, u| rest - two_product(*u, *u));
        Some(Solution {
            fitted: factor.refined(&self.lower, &right),
            wanted,
            inverse,
            sums_of_influence,
            within: within.value(),
        })
    }

    /// Sums of squares; none where so little is left that their difference would not be exact enough.
    pub(super) fn squares(&self, plan: &Plan<'_>, solution: &Solution) -> Option<Squares> {
        let outcome = self.pair(plan.outcome, plan.outcome);
        let whole = self.raw_pair(plan.outcome, plan.outcome);
        let sum = self.pair(plan.outcome, Kind::Constant);
        let mean = sum / DoubleDouble::from(self.n);
        let total = if plan.centred { whole - mean * sum } else { whole };
        // y'y − 2b'X'y + b'Gb: an error of b enters only squared.
        let applied = apply(&self.lower, &solution.fitted);
        let mut rest = outcome;
        for ((column, b), gb) in plan.columns.iter().zip(&solution.fitted).zip(applied) {
            rest += *b * (gb - self.pair(column.kind, plan.outcome).scaled(2.0));
        }
        if rest.high <= whole.high * TRUSTED_REST || total.high <= whole.high * TRUSTED_REST {
            return None;
        }
        Some(Squares {
            residual: rest.value(),
            total: total.value(),
            within: solution.within,
            weight: self.n,
            outcome_mean: mean,
        })
    }
}

/// Sums c_g c_g'/n_g over the groups of packed rows, c_g the counts of each level in group g, in fixed point.
fn eliminate<const N: usize>(size: usize, factors: usize, packed: &Packed<N>) -> Vec<i128> {
    let mut taken = vec![0_i128; size * size];
    let mut counts = vec![0_i128; size];
    let mut present: Vec<usize> = Vec::new();
    for bounds in packed.starts.windows(2) {
        let rows = &packed.rows[bounds[0] as usize..bounds[1] as usize];
        let Some(share) = (1_i128 << FRACTION).checked_div(rows.len() as i128) else { continue };
        for row in rows {
            for place in &row[..factors] {
                let place = usize::from(*place);
                if counts[place] == 0 {
                    present.push(place);
                }
                counts[place] += 1;
            }
        }
        present.sort_unstable();
        for (at, a) in present.iter().enumerate() {
            let weighted = share * counts[*a];
            let line = &mut taken[a * size..][..size];
            for b in &present[..=at] {
                line[*b] = line[*b].wrapping_add(weighted.wrapping_mul(counts[*b]));
            }
        }
        present.drain(..).for_each(|place| counts[place] = 0);
    }
    taken
}

/// Multiplies a symmetric matrix, given by its lower triangle, with a vector.
fn apply(lower: &[Vec<DoubleDouble>], x: &[DoubleDouble]) -> Vec<DoubleDouble> {
    let mut product = vec![DoubleDouble::ZERO; x.len()];
    for (i, line) in lower.iter().enumerate() {
        let mut sum = DoubleDouble::ZERO;
        for (j, entry) in line.iter().enumerate() {
            sum += *entry * x[j];
            if j < i {
                product[j] += *entry * x[i];
            }
        }
        product[i] += sum;
    }
    product
}

/// A Cholesky factor in doubles.
struct Cholesky {
    lower: Vec<Vec<f64>>,
}

impl Cholesky {
    fn of(matrix: &[Vec<DoubleDouble>], raw: &[f64]) -> Option<Self> {
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, line) in matrix.iter().enumerate() {
            let mut row: Vec<f64> = line.iter().map(|entry| entry.value()).collect();
            for j in 0..=i {
                let other = if j == i { &[] } else { &lower[j][..] };
                if j < i {
                    let known: f64 = row[..j].iter().zip(&other[..j]).map(|(a, b)| a * b).sum();
                    row[j] = (row[j] - known) / other[j];
                } else {
                    let known: f64 = row[..i].iter().map(|a| a * a).sum();
                    let pivot = row[i] - known;
                    if pivot.is_nan() || pivot <= raw[i] * TRUSTED {
                        return None;
                    }
                    row[i] = pivot.sqrt();
                }
            }
            lower.push(row);
        }
        Some(Self { lower })
    }

    /// Solves L u = b.
    fn forward(&self, b: &[DoubleDouble]) -> Vec<f64> {
        let mut u: Vec<f64> = b.iter().map(|b| b.value()).collect();
        for (i, line) in self.lower.iter().enumerate() {
            let known: f64 = line[..i].iter().zip(&u[..i]).map(|(a, b)| a * b).sum();
            u[i] = (u[i] - known) / line[i];
        }
        u
    }

    /// Solves A x = b in doubles.
    fn solve(&self, b: &[DoubleDouble]) -> Vec<f64> {
        let mut x = self.forward(b);
        for i in (0..x.len()).rev() {
            x[i] /= self.lower[i][i];
            let known = x[i];
            for (slot, entry) in x[..i].iter_mut().zip(&self.lower[i][..i]) {
                *slot -= entry * known;
            }
        }
        x
    }

    /// Solves A x = b, refined twice against the exact matrix.
    fn refined(&self, matrix: &[Vec<DoubleDouble>], b: &[DoubleDouble]) -> Vec<DoubleDouble> {
        let mut x: Vec<DoubleDouble> = self.solve(b).into_iter().map(DoubleDouble::from).collect();
        for _ in 0..2 {
            let rest: Vec<DoubleDouble> =
                apply(matrix, &x).into_iter().zip(b).map(|(ax, b)| *b - ax).collect();
            for (x, step) in x.iter_mut().zip(self.solve(&rest)) {
                *x = two_sum(x.high, x.low + step);
            }
        }
        x
    }
}
