//! R of the QR decomposition, as the Cholesky factor of exact cross-products in twice the precision.

use super::gram::Gram;
use crate::stats::double_double::{DoubleDouble, dot, subtract_multiple};

/// The Cholesky factor of the cross-products, the outcome's row last.
///
/// *Formula*: G = L L'; L' is R of X = QR. Column j is collinear when L_jj² ≤ tolerance² · Σw x_j², or no more than rounding.
/// *Source*: Björck 1996, section 2.2. With exact sums and 106 bits the error of a solution is about κ²·2⁻¹⁰⁴,
/// below the κ·2⁻⁵³ of Householder QR in doubles for every κ up to 10¹⁵.
pub(super) struct Factor {
    lower: Vec<Vec<DoubleDouble>>,
    /// Whether a column is in the model.
    pub(super) active: Vec<bool>,
}

impl Factor {
    /// Factors the cross-products, leaving collinear columns out.
    pub(super) fn of(gram: &Gram, tolerance: f64) -> Self {
        let all = gram.lower.len();
        let mut lower: Vec<Vec<DoubleDouble>> = Vec::with_capacity(all);
        let mut active: Vec<bool> = Vec::with_capacity(all);
        for j in 0..all {
            let mut row = gram.lower[j].clone();
            // A column that is left out is zero in every line.
            for k in 0..j {
                let other: &Vec<DoubleDouble> = &lower[k];
                row[k] = if active[k] {
                    (row[k] - dot(&row[..k], &other[..k])) / other[k]
                } else {
                    DoubleDouble::ZERO
                };
            }
            let pivot = row[j] - dot(&row[..j], &row[..j]);
            let limit = gram.raw[j] * (tolerance * tolerance) + DoubleDouble::from(gram.rounding);
            active.push(pivot > limit && pivot.high > 0.0);
            row[j] = pivot.sqrt();
            lower.push(row);
        }
        Self { lower, active }
    }

    /// The outcome's row: the coefficients on the orthonormal columns.
    pub(super) fn outcome_row(&self) -> &[DoubleDouble] {
        &self.lower[self.lower.len() - 1]
    }

    /// Solves L' x = b over the active columns below `size`, `b` given for all of them.
    pub(super) fn back(&self, b: &[DoubleDouble], size: usize) -> Vec<DoubleDouble> {
        let mut rest = b[..size].to_vec();
        let mut x = vec![DoubleDouble::ZERO; size];
        for j in (0..size).rev().filter(|j| self.active[*j]) {
            let row = &self.lower[j];
            x[j] = rest[j] / row[j];
            subtract_multiple(&mut rest[..j], &row[..j], x[j]);
        }
        x
    }

    /// Returns column `j` of the inverse of the cross-products over the active columns below `size`.
    pub(super) fn inverse_column(&self, j: usize, size: usize) -> Vec<DoubleDouble> {
        let mut u = vec![DoubleDouble::ZERO; size];
        for i in (j..size).filter(|i| self.active[*i]) {
            let one = if i == j { DoubleDouble::ONE } else { DoubleDouble::ZERO };
            let row = &self.lower[i];
            u[i] = (one - dot(&row[j..i], &u[j..i])) / row[i];
        }
        self.back(&u, size)
    }

    /// The coefficients of a left-out column on the active ones before it.
    pub(super) fn dependence(&self, j: usize) -> Vec<DoubleDouble> {
        self.back(&self.lower[j], j)
    }
}
