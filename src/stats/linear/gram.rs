//! The cross-products of all columns, exact whatever the order of the rows.

use super::columns::Columns;
use super::rows::Rows;
use crate::stats::double_double::{DoubleDouble, two_product};
use crate::stats::sum::ExactSum;

/// Fractional bits of the fixed-point sums of weights.
const FRACTION: i32 = 80;

/// Converts a weight (at most 2⁴⁶) to fixed point.
fn fixed(weight: DoubleDouble) -> i128 {
    weight.to_fixed(FRACTION)
}

fn from_fixed(sum: i128) -> DoubleDouble {
    DoubleDouble::from_fixed(sum, FRACTION)
}

/// The sums behind X'WX, X'Wy and y'Wy, less the part of an eliminated effect.
///
/// Pairs of indicators are sums of weights: integers in fixed point. Pairs with a column of numbers are exact sums.
struct Sums<'a> {
    columns: &'a Columns<'a>,
    weights: Vec<i128>,
    products: Vec<ExactSum>,
}

impl<'a> Sums<'a> {
    fn new(columns: &'a Columns<'a>) -> Self {
        let all = columns.roles.len();
        Self {
            columns,
            weights: vec![0; all * all],
            products: vec![ExactSum::new(); columns.numbers * all],
        }
    }

    /// The place of a pair with a column of numbers.
    fn product(&mut self, a: usize, b: usize) -> Option<&mut ExactSum> {
        let all = self.columns.roles.len();
        let (number, other) = match (self.columns.numeric[a], self.columns.numeric[b]) {
            (Some(x), Some(y)) if x >= y => (x, b),
            (_, Some(y)) => (y, a),
            (Some(x), None) => (x, b),
            (None, None) => return None,
        };
        self.products.get_mut(number * all + other)
    }

    fn add_row(&mut self, weight: f64, row: &[(usize, f64)]) {
        let all = self.columns.roles.len();
        let weight_fixed = fixed(DoubleDouble::from(weight));
        for (place, (a, x)) in row.iter().enumerate() {
            let weighted = two_product(weight, *x);
            for (b, y) in &row[..=place] {
                if let Some(sum) = self.product(*a, *b) {
                    sum.add_product(weighted.high, *y);
                    if weighted.low != 0.0 {
                        sum.add(weighted.low * *y);
                    }
                } else {
                    self.weights[a.max(b) * all + a.min(b)] += weight_fixed;
                }
            }
        }
    }

    /// Takes away what level means explain: s s'/W.
    fn eliminate(&mut self, level: &Level) {
        let all = self.columns.roles.len();
        for (place, (a, x)) in level.sums.iter().enumerate() {
            let mean = *x / level.weight;
            for (b, y) in &level.sums[..=place] {
                let part = mean * *y;
                if let Some(sum) = self.product(*a, *b) {
                    sum.add_double(-part);
                } else {
                    self.weights[a.max(b) * all + a.min(b)] -= fixed(part);
                }
            }
        }
    }

    fn matrix(mut self) -> Vec<Vec<DoubleDouble>> {
        let all = self.columns.roles.len();
        (0..all)
            .map(|a| {
                (0..=a)
                    .map(|b| match self.product(a, b) {
                        Some(sum) => sum.double_value(),
                        None => from_fixed(self.weights[a * all + b]),
                    })
                    .collect()
            })
            .collect()
    }
}

/// The weighted sums of every column over the rows of one level of the eliminated effect.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) weight: DoubleDouble,
    /// Sums of the columns that are not zero throughout, in the order of the columns.
    pub(super) sums: Vec<(usize, DoubleDouble)>,
}

/// Sums columns over levels of the eliminated effect.
pub(super) struct LevelSums<'a> {
    columns: &'a Columns<'a>,
    rows: &'a Rows<'a>,
    order: Vec<usize>,
    starts: Vec<usize>,
    numbers: Vec<ExactSum>,
    weights: Vec<i128>,
    row: Vec<(usize, f64)>,
}

impl<'a> LevelSums<'a> {
    /// Prepares the eliminated effect; none where nothing is absorbed.
    pub(super) fn new(columns: &'a Columns<'a>, rows: &'a Rows<'a>) -> Option<Self> {
        let (order, starts) = rows.effects.first()?.groups();
        Some(Self {
            columns,
            rows,
            order,
            starts,
            numbers: vec![ExactSum::new(); columns.numbers],
            weights: vec![0; columns.roles.len()],
            row: Vec::new(),
        })
    }

    pub(super) fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of a level.
    pub(super) fn members(&self, level: usize) -> &[usize] {
        &self.order[self.starts[level]..self.starts[level + 1]]
    }

    /// Sums the columns over a level.
    pub(super) fn level(&mut self, level: usize) -> Level {
        let mut total = 0;
        for place in self.starts[level]..self.starts[level + 1] {
            let kept = self.order[place];
            let weight = self.rows.weight[kept];
            let weight_fixed = fixed(DoubleDouble::from(weight));
            total += weight_fixed;
            self.columns.row(self.rows, kept, &mut self.row);
            for (column, value) in &self.row {
                match self.columns.numeric[*column] {
                    Some(number) => self.numbers[number].add_product(weight, *value),
                    None => self.weights[*column] += weight_fixed,
                }
            }
        }
        let mut sums = Vec::new();
        for (column, numeric) in self.columns.numeric.iter().enumerate() {
            let sum = match numeric {
                Some(number) => std::mem::take(&mut self.numbers[*number]).double_value(),
                None => from_fixed(std::mem::take(&mut self.weights[column])),
            };
            if sum != DoubleDouble::ZERO {
                sums.push((column, sum));
            }
        }
        Level { weight: from_fixed(total), sums }
    }
}

/// The cross-products: the lower triangle after the elimination, and the diagonal before it.
pub(super) struct Gram {
    pub(super) lower: Vec<Vec<DoubleDouble>>,
    pub(super) raw: Vec<DoubleDouble>,
    /// How far rounding can move a pivot: the elimination rounds each of its parts to the last bit of fixed point.
    pub(super) rounding: f64,
}

/// Computes the cross-products of all columns.
pub(super) fn gram(columns: &Columns<'_>, rows: &Rows, levels: Option<&mut LevelSums<'_>>) -> Gram {
    let mut sums = Sums::new(columns);
    let mut row = Vec::new();
    for kept in 0..rows.count {
        columns.row(rows, kept, &mut row);
        sums.add_row(rows.weight[kept], &row);
    }
    let all = columns.roles.len();
    let raw = (0..all)
        .map(|a| match sums.product(a, a) {
            Some(sum) => sum.double_value(),
            None => from_fixed(sums.weights[a * all + a]),
        })
        .collect();
    let mut rounding = 0.0;
    if let Some(levels) = levels {
        for level in 0..levels.count() {
            let level = levels.level(level);
            sums.eliminate(&level);
        }
        rounding = libm::scalbn((all * levels.count()) as f64, -FRACTION);
    }
    Gram { lower: sums.matrix(), raw, rounding }
}
