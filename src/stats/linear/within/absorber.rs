//! Takes absorbed effects out of columns.

use super::cells::{Cells, Grouped};
use super::graph::Graph;
use super::rank::{Rank, rank};
use super::sweeps::Sweeps;
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::LinearError;
use crate::stats::linear::rows::Rows;
use crate::stats::sum::ExactSum;

/// Times that what is left of a column is solved for again.
const PASSES: usize = 30;
/// A pass that takes no more than this share of what it leaves is the last.
const SETTLED: f64 = 1e-9;
/// A column of which the effects leave no more than this share is theirs entirely.
const NOTHING: f64 = 1e-13;

/// Takes the absorbed effects out of columns.
///
/// *Formula*: ṽ = v − Dα, D'WDα = D'Wv, and again with ṽ for v until nothing more comes out: sums over levels are
/// exact, so what a pass leaves is an error of ṽ relative to ṽ itself. *Source*: Abowd, Creecy & Kramarz 2002;
/// Björck 1996, section 6.5 (iterative refinement). *Shapes*: columns by kept row. *Errors*: a column that does not
/// settle. *Checked against*: dummies by QR, scipy's sparse factorisation (crossed.py).
pub(super) struct Absorber<'a> {
    rows: &'a Rows<'a>,
    grouped: Vec<Grouped<'a>>,
    solver: Solver,
    pub(super) rank: Rank,
}

enum Solver {
    Pair(Graph),
    Many(Sweeps),
}

impl<'a> Absorber<'a> {
    pub(super) fn of(rows: &'a Rows<'a>) -> Self {
        let counts: Vec<usize> = rows.effects.iter().map(|effect| effect.count).collect();
        let cells = Cells::of(rows);
        let rank = rank(&cells, &counts);
        let solver = match counts[..] {
            [first, second] => Solver::Pair(Graph::of(&cells, first, second)),
            _ => Solver::Many(Sweeps::of(cells, &counts)),
        };
        Self { rows, grouped: rows.effects.iter().map(Grouped::of).collect(), solver, rank }
    }

    /// What the effects leave of a column.
    pub(super) fn residual(
        &self,
        name: &str,
        mut values: Vec<f64>,
    ) -> Result<Vec<f64>, LinearError> {
        let whole = self.squares(&values);
        let mut share = f64::INFINITY;
        for _ in 0..PASSES {
            let mut sums = Vec::new();
            for effect in &self.grouped {
                effect.sums(&self.rows.weight, &values, &mut sums);
            }
            match &self.solver {
                Solver::Pair(graph) => graph.solve(&mut sums),
                Solver::Many(sweeps) => sweeps.solve(&mut sums),
            }
            let taken = self.take(&mut values, &sums);
            let left = self.squares(&values);
            if !left.is_finite() {
                return Err(LinearError::Overflow);
            }
            if left <= NOTHING * NOTHING * whole {
                values.fill(0.0);
                return Ok(values);
            }
            share = (taken / left).sqrt();
            if share <= SETTLED {
                return Ok(values);
            }
        }
        Err(LinearError::NotSettled { name: name.to_owned(), passes: PASSES, share })
    }

    /// Takes the effects out of every row; returns the weighted squares of what was taken.
    fn take(&self, values: &mut [f64], effects: &[f64]) -> f64 {
        let mut taken = ExactSum::new();
        let mut block = Vec::with_capacity(BLOCK);
        for (row, value) in values.iter_mut().enumerate() {
            let (mut start, mut fitted) = (0, DoubleDouble::ZERO);
            for effect in &self.grouped {
                let level = effect.codes.level[row] as usize;
                fitted += DoubleDouble::from(effects[start + level]);
                start += effect.codes.count;
            }
            *value = (DoubleDouble::from(*value) - fitted).value();
            let fitted = fitted.value();
            push(&mut block, &mut taken, self.rows.weight[row] * (fitted * fitted));
        }
        taken.extend(&block);
        taken.value()
    }

    fn squares(&self, values: &[f64]) -> f64 {
        let mut total = ExactSum::new();
        let mut block = Vec::with_capacity(BLOCK);
        for (value, weight) in values.iter().zip(&self.rows.weight) {
            push(&mut block, &mut total, weight * (value * value));
        }
        total.extend(&block);
        total.value()
    }
}

const BLOCK: usize = 512;

/// Adds a term to a sum, a block at a time.
fn push(block: &mut Vec<f64>, sum: &mut ExactSum, term: f64) {
    block.push(term);
    if block.len() == BLOCK {
        sum.extend(block);
        block.clear();
    }
}
