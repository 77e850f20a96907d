//! A small dense matrix in row-major order, for covariances.

use super::simd::wide;
use super::unit::{in_unit, unit_of};

/// A dense matrix of doubles, rows first.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// Makes a matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// Makes a matrix from its elements.
    #[must_use]
    pub fn from_fn(rows: usize, columns: usize, element: impl Fn(usize, usize) -> f64) -> Self {
        let mut matrix = Self::zeros(rows, columns);
        for i in 0..rows {
            for j in 0..columns {
                matrix.set(i, j, element(i, j));
            }
        }
        matrix
    }

    /// Counts the rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Counts the columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Returns the element in row `i` and column `j`.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.columns + j]
    }

    /// Sets the element in row `i` and column `j`.
    pub fn set(&mut self, i: usize, j: usize, value: f64) {
        self.values[i * self.columns + j] = value;
    }

    /// Returns row `i`.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.columns..(i + 1) * self.columns]
    }

    /// Returns row `i` to write to.
    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.values[i * self.columns..(i + 1) * self.columns]
    }

    /// Returns every element times `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self::from_fn(self.rows, self.columns, |i, j| factor * self.get(i, j))
    }

    /// Returns the quadratic form `a' M b`.
    #[must_use]
    pub fn form(&self, a: &[f64], b: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, left) in a.iter().enumerate() {
            for (j, right) in b.iter().enumerate() {
                sum += left * self.get(i, j) * right;
            }
        }
        sum
    }
}

/// Sweeps of the Jacobi method: it converges quadratically, ten are plenty.
const SWEEPS: usize = 60;

impl Matrix {
    /// Returns the eigenvalues of a symmetric matrix and, as columns, their vectors.
    ///
    /// *Source*: Jacobi 1846; Golub & Van Loan, section 8.5 (cyclic by rows).
    #[must_use]
    pub fn symmetric_eigen(&self) -> (Vec<f64>, Self) {
        let n = self.rows;
        let mut turned = Self::from_fn(n, n, |i, j| if i == j { 1.0 } else { 0.0 });
        let values = self.diagonalised(Some(&mut turned));
        (values, Self::from_fn(n, n, |i, j| turned.get(j, i)))
    }

    /// The eigenvalues; `turned` becomes the vectors, a row each, where they are asked for.
    fn diagonalised(&self, mut turned: Option<&mut Self>) -> Vec<f64> {
        let n = self.rows;
        // In a unit that keeps squares in range.
        let unit = unit_of(&self.values);
        let mut a = Self { values: in_unit(&self.values, unit), ..*self };
        let total: f64 = a.values.iter().map(|x| x * x).sum();
        for _ in 0..SWEEPS {
            let mut off = 0.0;
            for p in 0..n {
                for q in p + 1..n {
                    off += a.get(p, q) * a.get(p, q);
                    rotate(&mut a, turned.as_deref_mut(), p, q);
                }
            }
            if off <= total * 1e-34 {
                break;
            }
        }
        (0..n).map(|i| a.get(i, i) * unit).collect()
    }

    /// Rows `p` and `q`, `p` before `q`, to write to.
    fn two_rows(&mut self, p: usize, q: usize) -> (&mut [f64], &mut [f64]) {
        let (before, after) = self.values.split_at_mut(q * self.columns);
        (&mut before[p * self.columns..(p + 1) * self.columns], &mut after[..self.columns])
    }

    /// Sets the negative eigenvalues of a symmetric matrix to zero and counts them; rounding noise is let be.
    pub fn clip_negative_eigenvalues(&mut self) -> usize {
        let n = self.rows;
        let scale: Vec<f64> = (0..n)
            .map(|i| self.get(i, i).abs().sqrt())
            .map(|s| if s > 0.0 { s } else { 1.0 })
            .collect();
        let unit = Self::from_fn(n, n, |i, j| self.get(i, j) / (scale[i] * scale[j]));
        let values = unit.diagonalised(None);
        let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        if values.iter().all(|value| *value > -1e-12 * largest) {
            return 0;
        }
        let (values, vectors) = self.symmetric_eigen();
        let negative = values.iter().filter(|value| **value < 0.0).count();
        *self = Self::from_fn(n, n, |i, j| {
            (0..n).map(|k| values[k].max(0.0) * vectors.get(i, k) * vectors.get(j, k)).sum()
        });
        negative
    }

    /// Solves `M x = b` for a symmetric positive definite matrix; none where it is not.
    #[must_use]
    pub fn solve_positive(&self, b: &[f64]) -> Option<Vec<f64>> {
        let n = self.rows;
        let mut lower = Self::zeros(n, n);
        for j in 0..n {
            for i in j..n {
                let rest =
                    (0..j).fold(self.get(i, j), |rest, k| rest - lower.get(i, k) * lower.get(j, k));
                if i == j {
                    if rest <= 1e-13 * self.get(j, j) || !rest.is_finite() {
                        return None;
                    }
                    lower.set(j, j, rest.sqrt());
                } else {
                    lower.set(i, j, rest / lower.get(j, j));
                }
            }
        }
        let mut x = b.to_vec();
        for i in 0..n {
            let rest = (0..i).fold(x[i], |rest, k| rest - lower.get(i, k) * x[k]);
            x[i] = rest / lower.get(i, i);
        }
        for i in (0..n).rev() {
            let rest = (i + 1..n).fold(x[i], |rest, k| rest - lower.get(k, i) * x[k]);
            x[i] = rest / lower.get(i, i);
        }
        Some(x)
    }
}

/// Turns the plane of `p` and `q` so that their covariance vanishes.
fn rotate(a: &mut Matrix, turned: Option<&mut Matrix>, p: usize, q: usize) {
    let off = a.get(p, q);
    if off == 0.0 {
        return;
    }
    let theta = (a.get(q, q) - a.get(p, p)) / (2.0 * off);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    // Columns and rows both turn; the matrix stays symmetric, so that each is the other's copy but in the plane itself.
    let turn = |(x, y): (f64, f64)| (c * x - s * y, s * x + c * y);
    let (pp, pq) = turn((a.get(p, p), off));
    let (qp, qq) = turn((off, a.get(q, q)));
    let ((pp, qp), (pq, qq)) = (turn((pp, qp)), turn((pq, qq)));
    let (first, second) = a.two_rows(p, q);
    wide(turn_rows, (first, second, c, s));
    (first[p], first[q], second[p], second[q]) = (pp, pq, qp, qq);
    let n = a.columns;
    for k in (0..n).filter(|k| *k != p && *k != q) {
        a.values[k * n + p] = a.values[p * n + k];
        a.values[k * n + q] = a.values[q * n + k];
    }
    if let Some(turned) = turned {
        let (first, second) = turned.two_rows(p, q);
        wide(turn_rows, (first, second, c, s));
    }
}

#[expect(clippy::inline_always, reason = "compiled again for wide registers")]
#[inline(always)]
fn turn_rows((first, second, c, s): (&mut [f64], &mut [f64], f64, f64)) {
    for (x, y) in first.iter_mut().zip(second) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}
