//! The sandwich of many coefficients: its meat in the columns' own space, where rows are sparse, and the bread after it.
//!
//! *Formula*: A M A', A the rows of (X'WX)⁻¹ that are wanted, M = Σ_g u_g u_g', u_g = Σ_{i∈g} cᵢxᵢ: the same sum as that of
//! the influence weights A xᵢ, whose every pair a row would cost. Products are summed in fixed point, 96 bits below the
//! largest of each column, so that the order of rows changes no bit; bread and meat are multiplied in twice the precision.

use super::codes::Codes;
use super::columns::Columns;
use super::covariance::{Clustered, Outer, omega, over_ways};
use super::lanes::{Lanes, Vectors};
use super::rows::Rows;
use super::{Covariance, Design, LinearError, Preset};
use crate::stats::double_double::{DoubleDouble, dot, two_product};
use crate::stats::math;
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// More coefficients than this make the sandwich by its meat.
const MANY: usize = 32;

/// Bits of the products below the largest: with 2³⁰ groups a sum of them stays within 127 bits.
const FRACTION: i32 = 96;

/// The rounding of one product of numbers of twice the digits, 2⁻¹⁰², with room.
const ROUNDING: f64 = 2e-31;

/// Fewer groups than this for each coefficient: their influences are had sooner than their meat is multiplied.
const FEW_GROUPS: usize = 2;

/// Scores of columns below two that are nothing: their products would leave the range of numbers.
const NOTHING: f64 = 1e-290;

/// Says whether a sandwich is made by its meat: of many coefficients, whose rows no eliminated effect fills up.
pub(super) fn is_worthwhile(design: &Design<'_>, coefficients: usize) -> bool {
    coefficients > MANY && design.covariance != Covariance::Iid && design.absorb.is_empty()
}

/// What the meat is made of: columns (the outcome's mean in the place of the outcome) and what each row owes to them.
pub(super) struct Meat<'a> {
    pub(super) columns: &'a Columns<'a>,
    pub(super) rows: &'a Rows<'a>,
    pub(super) lanes: &'a Lanes,
}

/// What a group's rows add up to: the columns that are not zero, in order.
type Score = Vec<(usize, DoubleDouble)>;

impl Meat<'_> {
    /// The covariance under independent errors of unequal variance: that of `covariance::heteroskedastic`.
    ///
    /// # Errors
    /// A row that fits perfectly, where its leverage is asked for.
    pub(super) fn heteroskedastic(
        &self,
        estimator: Covariance,
        vectors: &Vectors,
        mean: f64,
    ) -> Result<Matrix, LinearError> {
        let mut scores = Vec::with_capacity(self.rows.count);
        for kept in 0..self.rows.count {
            let root = math::sqrt(omega(self.rows, self.lanes, estimator, kept)?);
            scores.push(self.score(&[kept], &|_| root, &mut []));
        }
        Ok(self.bread(&self.products(&scores), vectors, mean))
    }

    /// The clustered covariance: that of `covariance::clustered`.
    pub(super) fn clustered(&self, preset: Preset, vectors: &Vectors, mean: f64) -> Clustered {
        over_ways(self.rows, preset, |way| {
            let scores = self.of_clusters(way);
            if scores.len() < FEW_GROUPS * vectors.inverse.len() {
                self.outer(&scores, vectors, mean)
            } else {
                self.bread(&self.products(&scores), vectors, mean)
            }
        })
    }

    /// Σ (A u)(A u)', group after group: sooner where groups are few.
    fn outer(&self, scores: &[Score], vectors: &Vectors, mean: f64) -> Matrix {
        let size = self.columns.size();
        let mut outer = Outer::new(vectors.inverse.len() + 1);
        let mut dense = vec![DoubleDouble::ZERO; size + 1];
        for score in scores {
            for (column, value) in score {
                dense[*column] = *value;
            }
            let of = |line: &Vec<DoubleDouble>| dot(line, &dense[..size]).value();
            let influence: Vec<f64> = vectors
                .inverse
                .iter()
                .map(of)
                .chain(std::iter::once(mean * dense[size].value()))
                .collect();
            outer.add(1.0, &influence);
            for (column, _) in score {
                dense[*column] = DoubleDouble::ZERO;
            }
        }
        outer.matrix()
    }

    fn of_clusters(&self, way: &Codes<'_>) -> Vec<Score> {
        let (order, starts) = way.groups();
        let mut sums = vec![ExactSum::new(); self.columns.roles.len()];
        let weighted = |kept: usize| self.rows.weight[kept] * self.lanes.residual[kept];
        let groups = starts.windows(2).map(|bounds| &order[bounds[0]..bounds[1]]);
        groups.map(|members| self.score(members, &weighted, &mut sums)).collect()
    }

    /// Σ cᵢxᵢ over some rows, exact before it is rounded to twice the digits.
    fn score(&self, members: &[usize], c: &dyn Fn(usize) -> f64, sums: &mut [ExactSum]) -> Score {
        let mut row = Vec::new();
        if let [kept] = members {
            self.row(*kept, &mut row);
            let c = c(*kept);
            row.sort_unstable_by_key(|(column, _)| *column);
            return row.iter().map(|(column, value)| (*column, two_product(c, *value))).collect();
        }
        let mut touched = Vec::new();
        for kept in members {
            self.row(*kept, &mut row);
            let c = c(*kept);
            for (column, value) in &row {
                sums[*column].add_product(c, *value);
                touched.push(*column);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        let read = |column: usize| (column, std::mem::take(&mut sums[column]).double_value());
        touched.into_iter().map(read).collect()
    }

    /// A row's columns; one in the place of the outcome.
    fn row(&self, kept: usize, row: &mut Vec<(usize, f64)>) {
        self.columns.row(self.rows, kept, row);
        if let Some((_, outcome)) = row.last_mut() {
            *outcome = 1.0;
        }
    }

    /// Σ u u' of some scores: the lower triangle, row after row.
    fn products(&self, scores: &[Score]) -> Vec<DoubleDouble> {
        let all = self.columns.roles.len();
        let mut largest = vec![0.0_f64; all];
        for (column, value) in scores.iter().flatten() {
            largest[*column] = largest[*column].max(value.high.abs());
        }
        // Each column in a unit just above its largest score.
        let unit = |largest: &f64| {
            if *largest > NOTHING { libm::scalbn(1.0, -1 - libm::ilogb(*largest)) } else { 0.0 }
        };
        let units: Vec<f64> = largest.iter().map(unit).collect();
        let mut sums = vec![0_i128; all * (all + 1) / 2];
        let mut scaled: Score = Vec::new();
        for score in scores {
            scaled.clear();
            scaled.extend(score.iter().map(|(column, u)| (*column, u.scaled(units[*column]))));
            for (place, (a, x)) in scaled.iter().enumerate() {
                let line = a * (a + 1) / 2;
                for (b, y) in &scaled[..=place] {
                    sums[line + b] += (*x * *y).to_fixed(FRACTION);
                }
            }
        }
        let back: Vec<f64> =
            units.iter().map(|unit| if *unit > 0.0 { 1.0 / unit } else { 0.0 }).collect();
        let pairs = (0..all).flat_map(|a| (0..=a).map(move |b| (a, b)));
        let product = |(sum, (a, b)): (i128, (usize, usize))| {
            DoubleDouble::from_fixed(sum, FRACTION).scaled(back[a]).scaled(back[b])
        };
        sums.into_iter().zip(pairs).map(product).collect()
    }

    /// A M A', the outcome's mean last.
    fn bread(&self, products: &[DoubleDouble], vectors: &Vectors, mean: f64) -> Matrix {
        let size = self.columns.size();
        let all = size + 1;
        let mut lines: Vec<Score> = vec![Vec::new(); all];
        let pairs = (0..all).flat_map(|a| (0..=a).map(move |b| (a, b)));
        for (product, (a, b)) in products.iter().zip(pairs) {
            if *product != DoubleDouble::ZERO {
                lines[a].push((b, *product));
                if a != b {
                    lines[b].push((a, *product));
                }
            }
        }
        let width = vectors.inverse.len();
        let of_mean: Vec<DoubleDouble> = (0..all)
            .map(|j| if j == size { DoubleDouble::from(mean) } else { DoubleDouble::ZERO })
            .collect();
        let lane = |i: usize| vectors.inverse.get(i).unwrap_or(&of_mean);
        let mut matrix = Matrix::zeros(width + 1, width + 1);
        for i in 0..=width {
            // M times a line of A, then with every line up to it.
            let times: Vec<DoubleDouble> = lines.iter().map(|line| along(line, lane(i))).collect();
            for j in 0..=i {
                let value = dot(lane(j), &times).value();
                matrix.set(i, j, value);
                matrix.set(j, i, value);
            }
        }
        // What twice the digits leave of nothing is nothing.
        let size_of = |place: usize| math::sqrt(products[place * (place + 3) / 2].high.max(0.0));
        let sizes: Vec<f64> = (0..all).map(size_of).collect();
        for i in 0..=width {
            let parts = lane(i).iter().zip(&sizes);
            let most: f64 = parts.map(|(a, size)| a.high.abs() * size).sum();
            if matrix.get(i, i) <= ROUNDING * all as f64 * (most * most) {
                for j in 0..=width {
                    matrix.set(i, j, 0.0);
                    matrix.set(j, i, 0.0);
                }
            }
        }
        matrix
    }
}

/// Σ of a sparse line's values times a vector's.
fn along(line: &[(usize, DoubleDouble)], vector: &[DoubleDouble]) -> DoubleDouble {
    line.iter().fold(DoubleDouble::ZERO, |sum, (column, value)| {
        vector.get(*column).map_or(sum, |other| sum + *value * *other)
    })
}
