//! Brings columns to like scales, that far-off rows neither hide the others nor are hidden.

use super::cone::{add, product};

/// How many times the columns are made orthogonal at most.
const ROUNDS: usize = 40;
/// By how much a column may be stretched beside the others.
const STRETCH: f64 = 1e5;
/// The share of a column, squared, below which others give it up to rounding.
const GIVEN: f64 = 1e-20;

/// Makes columns orthogonal with equal lengths, each row weighted by the inverse of its own length, again and again: no
/// row then weighs much more than another. Columns that others determine are left out.
///
/// *Source*: Forster 2002 (radial isotropy); which directions separate rows does not depend on the scale of a row.
pub(super) fn balance(mut columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for column in &mut columns {
        let largest = column.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        column.iter_mut().filter(|_| largest > 0.0).for_each(|value| *value /= largest);
    }
    columns.retain(|column| column.iter().any(|value| *value != 0.0));
    let mut stretch: Option<f64> = None;
    for _ in 0..ROUNDS {
        let inverse = inverse_squares(&columns);
        let growth = orthogonal(&mut columns, &inverse);
        let whole = stretch.map_or(1.0, |stretch| stretch * growth);
        stretch = Some(whole);
        let rows = inverse.iter().filter(|inverse| **inverse > 0.0).count();
        let even = 4.0 * columns.len() as f64 / rows.max(1) as f64;
        let leverage = squares(&columns).into_iter().zip(&inverse).map(|(s, i)| s * i);
        if whole > STRETCH || leverage.fold(0.0, f64::max) <= even {
            break;
        }
    }
    let largest = columns.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    columns.iter_mut().flatten().for_each(|value| *value /= largest);
    columns
}

fn squares(columns: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; columns.first().map_or(0, Vec::len)];
    for column in columns {
        sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += value * value);
    }
    sums
}

fn inverse_squares(columns: &[Vec<f64>]) -> Vec<f64> {
    squares(columns).into_iter().map(|sum| if sum > 0.0 { 1.0 / sum } else { 0.0 }).collect()
}

/// Orthogonalises under weights; returns the ratio of the largest to the smallest factor put on a column.
fn orthogonal(columns: &mut Vec<Vec<f64>>, weights: &[f64]) -> f64 {
    let weighted = |column: &[f64]| -> Vec<f64> {
        column.iter().zip(weights).map(|(value, weight)| value * weight).collect()
    };
    let mut done: Vec<Vec<f64>> = Vec::with_capacity(columns.len());
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    for mut column in columns.drain(..) {
        let before = product(&weighted(&column), &column);
        for _ in 0..2 {
            for one in &done {
                let part = product(&weighted(one), &column);
                add(&mut column, -part, one);
            }
        }
        let square = product(&weighted(&column), &column);
        if square <= GIVEN * before {
            continue;
        }
        let length = square.sqrt();
        (low, high) = (low.min(length), high.max(length));
        for value in &mut column {
            *value /= length;
        }
        done.push(column);
    }
    *columns = done;
    if low > 0.0 { high / low } else { 1.0 }
}
