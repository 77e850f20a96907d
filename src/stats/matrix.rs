//! A small dense matrix in row-major order, for covariances.

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
