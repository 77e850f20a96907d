//! One group of a conditional likelihood: its log denominator and derivatives.

use crate::stats::linear::Design;
use crate::stats::math;
use crate::stats::sum::ExactSum;

/// A group's rows, in an order of their own, and the terms less their group means.
pub(super) struct Group {
    /// The rows' places in the design.
    pub(super) rows: Vec<usize>,
    /// The terms of each row.
    values: Vec<Vec<f64>>,
    ones: Vec<bool>,
}

/// A group's part of the log likelihood, with its gradient and information (lower triangle, row-major).
pub(super) struct Sums {
    pub(super) likelihood: f64,
    pub(super) score: Vec<f64>,
    pub(super) information: Vec<f64>,
}

impl Group {
    pub(super) fn of(design: &Design<'_>, terms: &[usize], rows: Vec<usize>) -> Self {
        let means: Vec<f64> = terms
            .iter()
            .map(|term| {
                let mut sum = ExactSum::new();
                for row in &rows {
                    sum.add(design.terms[*term].values.at(*row));
                }
                sum.value() / rows.len() as f64
            })
            .collect();
        let mut lines: Vec<(Vec<f64>, bool, usize)> = rows
            .into_iter()
            .map(|row| {
                let value =
                    |(term, mean): (&usize, &f64)| design.terms[*term].values.at(row) - mean;
                let values = terms.iter().zip(&means).map(value).collect();
                (values, design.outcome[row] == 1.0, row)
            })
            .collect();
        // The recursion rounds in the order of the rows: theirs is by value, whatever the file's.
        lines.sort_by(|a, b| {
            let values = a.0.iter().zip(&b.0).map(|(x, y)| x.total_cmp(y));
            values.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(a.1.cmp(&b.1))
        });
        Self {
            rows: lines.iter().map(|line| line.2).collect(),
            ones: lines.iter().map(|line| line.1).collect(),
            values: lines.into_iter().map(|line| line.0).collect(),
        }
    }

    pub(super) fn largest(&self, term: usize) -> f64 {
        self.values.iter().map(|row| row[term].abs()).fold(0.0, f64::max)
    }

    pub(super) fn scale(&mut self, scales: &[f64]) {
        for row in &mut self.values {
            row.iter_mut().zip(scales).for_each(|(value, scale)| *value *= scale);
        }
    }

    /// The group's part of the log likelihood. With more ones than zeros the zeros are chosen instead.
    pub(super) fn sums(&self, coefficients: &[f64]) -> Sums {
        let width = coefficients.len();
        let ones = self.ones.iter().filter(|one| **one).count();
        let flip = 2 * ones > self.ones.len();
        let chosen = if flip { self.ones.len() - ones } else { ones };
        let sign = if flip { -1.0 } else { 1.0 };
        let mut table = Table::new(chosen, width);
        let mut likelihood = 0.0;
        let mut score = vec![0.0; width];
        for (row, one) in self.values.iter().zip(&self.ones) {
            let signed: Vec<f64> = row.iter().map(|value| sign * value).collect();
            let predictor = product(&signed, coefficients);
            if *one != flip {
                likelihood += predictor;
                score.iter_mut().zip(&signed).for_each(|(sum, value)| *sum += value);
            }
            table.add(&signed, predictor);
        }
        let (log, mean, variance) = table.end();
        score.iter_mut().zip(&mean).for_each(|(sum, mean)| *sum -= mean);
        Sums { likelihood: likelihood - log, score, information: variance }
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The sums over all choices of 0 … `chosen` rows so far: weight, weighted terms, weighted products.
struct Table {
    width: usize,
    lines: Vec<Line>,
    /// The logarithm of the factor taken out of every line.
    log: f64,
}

#[derive(Clone)]
struct Line {
    weight: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Table {
    fn new(chosen: usize, width: usize) -> Self {
        let zero = Line { weight: 0.0, first: vec![0.0; width], second: vec![0.0; width * width] };
        let mut lines = vec![zero; chosen + 1];
        lines[0].weight = 1.0;
        Self { width, lines, log: 0.0 }
    }

    fn add(&mut self, row: &[f64], predictor: f64) {
        let factor = math::exp(predictor);
        for s in (1..self.lines.len()).rev() {
            let (before, after) = self.lines.split_at_mut(s);
            let (from, to) = (&before[s - 1], &mut after[0]);
            if from.weight == 0.0 {
                continue;
            }
            for (i, x) in row.iter().enumerate() {
                for (j, y) in row[..=i].iter().enumerate() {
                    to.second[i * self.width + j] += factor
                        * (from.second[i * self.width + j]
                            + from.first[i] * y
                            + x * from.first[j]
                            + from.weight * x * y);
                }
            }
            for (sum, (before, x)) in to.first.iter_mut().zip(from.first.iter().zip(row)) {
                *sum += factor * (before + from.weight * x);
            }
            to.weight += factor * from.weight;
        }
        self.rescale();
    }

    /// Takes a power of two out of all lines when they grow large.
    fn rescale(&mut self) {
        let largest = self.lines.iter().map(|line| line.weight).fold(0.0, f64::max);
        if largest < 1e100 {
            return;
        }
        let power = libm::ilogb(largest);
        let factor = libm::scalbn(1.0, -power);
        for line in &mut self.lines {
            line.weight *= factor;
            line.first.iter_mut().for_each(|value| *value *= factor);
            line.second.iter_mut().for_each(|value| *value *= factor);
        }
        self.log += f64::from(power) * std::f64::consts::LN_2;
    }

    /// The logarithm of the sum over all choices, the mean of the chosen rows' terms, and their variance.
    fn end(self) -> (f64, Vec<f64>, Vec<f64>) {
        let width = self.width;
        let Some(line) = self.lines.last() else { return (0.0, Vec::new(), Vec::new()) };
        let mean: Vec<f64> = line.first.iter().map(|value| value / line.weight).collect();
        let mut variance = vec![0.0; width * width];
        for i in 0..width {
            for j in 0..=i {
                variance[i * width + j] =
                    line.second[i * width + j] / line.weight - mean[i] * mean[j];
            }
        }
        (self.log + math::ln(line.weight), mean, variance)
    }
}
