//! Cross-products of dense columns, exact whatever the order of the rows.

use crate::stats::double_double::{DoubleDouble, two_product};
use crate::stats::sum::ExactSum;

/// Rows whose products are added at once.
const BLOCK: usize = 512;

/// Computes Σ w x y of every pair of columns, the lower triangle.
pub(super) fn products(columns: &[(Vec<f64>, f64)], weights: &[f64]) -> Vec<Vec<DoubleDouble>> {
    let triangle = |a: usize| (0..=a).map(|_| ExactSum::new()).collect();
    let mut sums: Vec<Vec<ExactSum>> = (0..columns.len()).map(triangle).collect();
    let mut weighted: Vec<Vec<DoubleDouble>> = vec![Vec::new(); columns.len()];
    let mut terms = Vec::with_capacity(3 * BLOCK);
    let mut start = 0;
    for weights in weights.chunks(BLOCK) {
        let rows = start..start + weights.len();
        for ((values, scale), own) in columns.iter().zip(&mut weighted) {
            let scaled = values[rows.clone()].iter().map(|value| value * scale);
            own.clear();
            own.extend(scaled.zip(weights).map(|(value, weight)| two_product(value, *weight)));
        }
        for (a, line) in sums.iter_mut().enumerate() {
            for (b, sum) in line.iter_mut().enumerate() {
                let (values, scale) = &columns[b];
                terms.clear();
                for (x, y) in weighted[a].iter().zip(&values[rows.clone()]) {
                    let product = two_product(x.high, y * scale);
                    terms.push(product.high);
                    terms.push(product.low + x.low * (y * scale));
                }
                sum.extend(&terms);
            }
        }
        start = rows.end;
    }
    sums.iter().map(|line| line.iter().map(ExactSum::double_value).collect()).collect()
}
