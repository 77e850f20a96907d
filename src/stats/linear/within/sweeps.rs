//! Three or more crossed effects: conjugate gradients with symmetric sweeps over the effects.

use super::cells::Cells;
use super::conjugate::conjugate;

/// The cross-products of the dummies of several effects, as the combinations that occur.
///
/// *Formula*: G = D'WD; M = (Δ + L)Δ⁻¹(Δ + L'), Δ the diagonal of G and L what lies below its blocks.
/// *Source*: Correia 2016 (conjugate gradients on symmetric sweeps); Saad 2003, section 10.2.
/// *Shapes*: the levels of the effects one after another.
pub(super) struct Sweeps {
    cells: Cells,
    /// Where each effect's levels begin, and the end.
    starts: Vec<usize>,
    diagonal: Vec<f64>,
}

impl Sweeps {
    /// Lays out the levels of effects with so many levels each.
    pub(super) fn of(cells: Cells, counts: &[usize]) -> Self {
        let mut starts = vec![0];
        for (at, count) in counts.iter().enumerate() {
            starts.push(starts[at] + count);
        }
        let mut diagonal = vec![0.0; counts.iter().sum()];
        for (levels, weight) in cells.levels().zip(&cells.weights) {
            for (level, start) in levels.iter().zip(&starts) {
                diagonal[start + *level as usize] += weight;
            }
        }
        Self { cells, starts, diagonal }
    }

    /// Solves the normal equations of the dummies for these sums over levels, in place.
    pub(super) fn solve(&self, sums: &mut [f64]) {
        let mut along = vec![0.0; self.cells.weights.len()];
        let x = conjugate(
            sums,
            |x, out| self.multiply(x, out),
            |r, out| self.precondition(r, out, &mut along),
        );
        sums.copy_from_slice(&x);
    }

    fn multiply(&self, x: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (levels, weight) in self.cells.levels().zip(&self.cells.weights) {
            let places =
                || levels.iter().zip(&self.starts).map(|(level, start)| start + *level as usize);
            let weighted = weight * places().map(|place| x[place]).sum::<f64>();
            for place in places() {
                out[place] += weighted;
            }
        }
    }

    /// `along` is what the effects swept so far add up to in each combination.
    fn precondition(&self, r: &[f64], out: &mut [f64], along: &mut [f64]) {
        let effects = self.cells.effects;
        along.fill(0.0);
        for effect in 0..effects {
            self.sweep(effect, along, |place, sum| (r[place] - sum) / self.diagonal[place], out);
        }
        along.fill(0.0);
        for effect in (0..effects).rev() {
            let forward = out[self.starts[effect]..self.starts[effect + 1]].to_vec();
            let start = self.starts[effect];
            let back = |place: usize, sum: f64| forward[place - start] - sum / self.diagonal[place];
            self.sweep(effect, along, back, out);
        }
    }

    /// Sums `along` over an effect's levels, gives each level its value, and adds it to `along`.
    fn sweep(
        &self,
        effect: usize,
        along: &mut [f64],
        value: impl Fn(usize, f64) -> f64,
        out: &mut [f64],
    ) {
        let (start, end) = (self.starts[effect], self.starts[effect + 1]);
        let place = |levels: &[u32]| start + levels[effect] as usize;
        out[start..end].fill(0.0);
        for ((levels, weight), sum) in self.cells.levels().zip(&self.cells.weights).zip(&*along) {
            out[place(levels)] += weight * sum;
        }
        for (at, slot) in out[start..end].iter_mut().enumerate() {
            *slot = value(start + at, *slot);
        }
        for (levels, sum) in self.cells.levels().zip(along) {
            *sum += out[place(levels)];
        }
    }
}
