//! The distinct combinations of levels among the rows, in the order of the levels.

use crate::stats::linear::codes::Codes;
use crate::stats::linear::rows::Rows;
use crate::stats::sum::sum;

/// Combinations of levels with their weights; the same for any order of the rows.
pub(super) struct Cells {
    /// Effects.
    pub(super) effects: usize,
    /// The levels of each combination, one after another.
    levels: Vec<u32>,
    /// The rows' weights in each combination.
    pub(super) weights: Vec<f64>,
}

impl Cells {
    /// Collects the combinations that occur.
    pub(super) fn of(rows: &Rows<'_>) -> Self {
        let effects = &rows.effects;
        let mut cells = Self { effects: effects.len(), levels: Vec::new(), weights: Vec::new() };
        let Some((first, others)) = effects.split_first() else { return cells };
        let rest = |row: usize| others.iter().map(move |effect| effect.level[row]);
        let (mut order, starts) = first.groups();
        let mut weights = Vec::new();
        for bounds in starts.windows(2) {
            let members = &mut order[bounds[0]..bounds[1]];
            members.sort_unstable_by(|a, b| rest(*a).cmp(rest(*b)));
            for equal in members.chunk_by(|a, b| rest(*a).eq(rest(*b))) {
                weights.clear();
                weights.extend(equal.iter().map(|row| rows.weight[*row]));
                cells.levels.push(first.level[equal[0]]);
                cells.levels.extend(rest(equal[0]));
                cells.weights.push(total(&weights));
            }
        }
        cells
    }

    /// Lists the combinations.
    pub(super) fn levels(&self) -> impl Iterator<Item = &[u32]> {
        self.levels.chunks_exact(self.effects.max(1))
    }
}

/// A sum that does not depend on the order of its terms.
fn total(terms: &[f64]) -> f64 {
    match terms {
        [] => 0.0,
        [one] => *one,
        [one, two] => one + two,
        _ => sum(terms),
    }
}

/// An effect's rows by level, to sum columns over them.
pub(super) struct Grouped<'a> {
    pub(super) codes: &'a Codes<'a>,
    order: Vec<usize>,
    starts: Vec<usize>,
}

impl<'a> Grouped<'a> {
    pub(super) fn of(codes: &'a Codes<'a>) -> Self {
        let (order, starts) = codes.groups();
        Self { codes, order, starts }
    }

    /// Adds the weighted sums of a column over every level to `out`, in the order of the levels.
    pub(super) fn sums(&self, weights: &[f64], values: &[f64], out: &mut Vec<f64>) {
        let mut terms = Vec::new();
        for bounds in self.starts.windows(2) {
            let members = &self.order[bounds[0]..bounds[1]];
            terms.clear();
            terms.extend(members.iter().map(|row| weights[*row] * values[*row]));
            out.push(total(&terms));
        }
    }
}
