//! A Cholesky factor in doubles, refined against the matrix in twice the precision.

use crate::stats::double_double::{DoubleDouble, halves, renormalised, two_product, two_sum};

/// The smallest pivot, as a share of its column's square, that this path trusts.
const TRUSTED: f64 = 1e-8;
/// A step this small, as a share of the solution, is the last: the next would be its square.
const LAST_STEP: f64 = 1e-9;
/// Products summed side by side.
const SIDE: usize = 8;

/// The lower triangle of a symmetric matrix, line by line.
pub(super) struct Lower {
    size: usize,
    entries: Vec<DoubleDouble>,
    /// Whether every entry is a double.
    single: bool,
    /// Whether every entry is a double of 26 bits or fewer, as counts are.
    short: bool,
}

impl Lower {
    pub(super) fn from_fn(size: usize, entry: impl Fn(usize, usize) -> DoubleDouble) -> Self {
        let mut entries = Vec::with_capacity(size * (size + 1) / 2);
        for i in 0..size {
            entries.extend((0..=i).map(|j| entry(i, j)));
        }
        let single = entries.iter().all(|entry| entry.low == 0.0);
        let short = single && entries.iter().all(|entry| halves(entry.high).1 == 0.0);
        Self { size, entries, single, short }
    }

    fn line(&self, i: usize) -> &[DoubleDouble] {
        &self.entries[i * (i + 1) / 2..][..=i]
    }

    /// Multiplies with a vector.
    pub(super) fn apply(&self, x: &[DoubleDouble]) -> Vec<DoubleDouble> {
        if !self.single {
            return self.apply_whole(x);
        }
        let high = x.iter().map(|x| x.high);
        let mut product = if self.short {
            // A short entry times either half of a number is a double: nothing is left to find.
            let split: Vec<(f64, f64)> = high.map(halves).collect();
            let exactly =
                |entry: f64, (high, low): (f64, f64)| renormalised(entry * high, entry * low);
            self.product(&split, exactly)
        } else {
            self.product(&high.collect::<Vec<f64>>(), two_product)
        };
        if x.iter().any(|x| x.low != 0.0) {
            // What is below a double's precision needs no more than that of a double itself.
            let low: Vec<f64> = x.iter().map(|x| x.low).collect();
            for (product, low) in product.iter_mut().zip(self.rough_product(&low)) {
                product.low += low;
            }
        }
        product.into_iter().map(|product| two_sum(product.high, product.low)).collect()
    }

    fn apply_whole(&self, x: &[DoubleDouble]) -> Vec<DoubleDouble> {
        let mut product = vec![DoubleDouble::ZERO; self.size];
        for i in 0..self.size {
            let line = self.line(i);
            let mut sum = DoubleDouble::ZERO;
            for (j, entry) in line[..i].iter().enumerate() {
                sum += *entry * x[j];
                product[j] += *entry * x[i];
            }
            product[i] += sum + line[i] * x[i];
        }
        product
    }

    /// The product in twice the precision, where `exactly` gives that of an entry and a number without error.
    fn product<T: Copy>(
        &self,
        x: &[T],
        exactly: impl Fn(f64, T) -> DoubleDouble,
    ) -> Vec<DoubleDouble> {
        let mut product = vec![DoubleDouble::ZERO; self.size];
        let add = |sum: &mut DoubleDouble, a: f64, b: T| {
            let part = exactly(a, b);
            let high = two_sum(sum.high, part.high);
            *sum = DoubleDouble { high: high.high, low: sum.low + (high.low + part.low) };
        };
        for i in 0..self.size {
            let line = self.line(i);
            let mut sum = DoubleDouble::ZERO;
            for (j, entry) in line.iter().enumerate() {
                if entry.high != 0.0 {
                    add(&mut sum, entry.high, x[j]);
                    if j < i {
                        add(&mut product[j], entry.high, x[i]);
                    }
                }
            }
            product[i] += sum;
        }
        product
    }

    /// The product in doubles.
    fn rough_product(&self, x: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.size];
        for i in 0..self.size {
            let line = self.line(i);
            let mut sum = line[i].high * x[i];
            for (j, entry) in line[..i].iter().enumerate() {
                sum += entry.high * x[j];
                product[j] += entry.high * x[i];
            }
            product[i] += sum;
        }
        product
    }
}

/// The sum of products in a fixed order, eight side by side.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; SIDE];
    let (whole_a, whole_b) = (a.chunks_exact(SIDE), b.chunks_exact(SIDE));
    let rest: f64 = whole_a.remainder().iter().zip(whole_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in whole_a.zip(whole_b) {
        for lane in 0..SIDE {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
}

/// A Cholesky factor in doubles.
pub(super) struct Cholesky {
    lower: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factors a matrix; none where a pivot is too small a share of `raw`, the squares of the columns.
    pub(super) fn of(matrix: &Lower, raw: &[f64]) -> Option<Self> {
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.size);
        // Nothing stands before a line's first entry, in the matrix as in the factor: the levels of an effect meet on
        // the diagonal only. Whole chunks of the sums are left out, so that the others are summed as ever.
        let mut firsts: Vec<usize> = Vec::with_capacity(matrix.size);
        for i in 0..matrix.size {
            let mut row: Vec<f64> = matrix.line(i).iter().map(|entry| entry.value()).collect();
            let first = row.iter().position(|entry| *entry != 0.0).unwrap_or(i);
            for (j, other) in lower.iter().enumerate().skip(first) {
                let from = (first.max(firsts[j]) / SIDE * SIDE).min(j);
                row[j] = (row[j] - dot(&row[from..j], &other[from..j])) / other[j];
            }
            firsts.push(first);
            let from = first / SIDE * SIDE;
            let pivot = row[i] - dot(&row[from..i], &row[from..i]);
            if pivot.is_nan() || pivot <= raw[i] * TRUSTED {
                return None;
            }
            row[i] = pivot.sqrt();
            lower.push(row);
        }
        Some(Self { lower })
    }

    /// Solves L u = b.
    pub(super) fn forward(&self, b: &[DoubleDouble]) -> Vec<f64> {
        let mut u: Vec<f64> = b.iter().map(|b| b.value()).collect();
        for (i, line) in self.lower.iter().enumerate() {
            u[i] = (u[i] - dot(&line[..i], &u[..i])) / line[i];
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

    /// Solves A x = b, refined against the exact matrix: once, and once more where the first step was not tiny.
    pub(super) fn refined(&self, matrix: &Lower, b: &[DoubleDouble]) -> Vec<DoubleDouble> {
        let mut x: Vec<DoubleDouble> = self.solve(b).into_iter().map(DoubleDouble::from).collect();
        for _ in 0..2 {
            let rest: Vec<DoubleDouble> =
                matrix.apply(&x).into_iter().zip(b).map(|(ax, b)| *b - ax).collect();
            let (mut most, mut step_most) = (0.0_f64, 0.0_f64);
            for (x, step) in x.iter_mut().zip(self.solve(&rest)) {
                *x = two_sum(x.high, x.low + step);
                most = most.max(x.high.abs());
                step_most = step_most.max(step.abs());
            }
            if step_most <= LAST_STEP * most {
                break;
            }
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The product in integers, in units of 2⁻⁶⁰.
    fn exactly(matrix: &[Vec<i64>], x: &[(i64, i64)]) -> Vec<i128> {
        let number = |(high, low): (i64, i64)| (i128::from(high) << 60) + i128::from(low);
        let line =
            |line: &Vec<i64>| line.iter().zip(x).map(|(a, x)| i128::from(*a) * number(*x)).sum();
        matrix.iter().map(line).collect()
    }

    proptest! {
        #[test]
        fn products_keep_twice_the_precision(
            entries in prop::collection::vec(-9_i64..9, 36),
            long in prop::bool::ANY,
            x in prop::collection::vec((-(1_i64 << 36)..1 << 36, -64_i64..64), 8),
        ) {
            let at = |i: usize, j: usize| {
                let (i, j) = (i.max(j), i.min(j));
                entries[i * (i + 1) / 2 + j] * if long { 10_000_019 } else { 1 }
            };
            let matrix: Vec<Vec<i64>> = (0..8).map(|i| (0..8).map(|j| at(i, j)).collect()).collect();
            let lower = Lower::from_fn(8, |i, j| DoubleDouble::from(at(i, j) as f64));
            let scale = libm::scalbn(1.0, -60);
            let number = |(high, low): &(i64, i64)| two_sum(*high as f64, *low as f64 * scale);
            let numbers: Vec<DoubleDouble> = x.iter().map(number).collect();
            let (fast, whole) = (lower.apply(&numbers), lower.apply_whole(&numbers));
            let largest = x.iter().map(|x| x.0.abs()).max().unwrap() as f64 * 9e7;
            for ((fast, whole), exact) in fast.iter().zip(&whole).zip(exactly(&matrix, &x)) {
                let high = (exact >> 60) as f64;
                let rest = (exact - ((high as i128) << 60)) as f64 * scale;
                for found in [fast, whole] {
                    let error = (found.high - high) + (found.low - rest);
                    prop_assert!(error.abs() <= 1e-28 * largest, "{found:?} {high} {rest}");
                }
            }
        }
    }
}
