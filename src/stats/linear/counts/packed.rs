//! Rows packed into a few bytes each and sorted by cluster.

use super::super::Values;
use super::super::rows::Rows;
use super::plan::{Factor, Plan, Source};

/// Rows of at most `N` factors, each level a place among all levels.
pub(super) struct Packed<const N: usize> {
    pub(super) rows: Vec<[u16; N]>,
    /// Numbers, scaled, row by row.
    pub(super) numbers: Vec<f64>,
    /// Numbers in a row.
    pub(super) width: usize,
    /// Where each cluster begins, and the end; empty without clusters.
    pub(super) starts: Vec<u32>,
}

impl<const N: usize> Packed<N> {
    /// Packs the rows of a plan.
    pub(super) fn of(plan: &Plan<'_>, rows: &Rows) -> Self {
        let n = rows.kept.len();
        let mut packed = vec![[plan.levels as u16; N]; n];
        for (slot, factor) in plan.factors.iter().enumerate() {
            write(&mut packed, slot, factor, plan, rows);
        }
        let width = plan.numbers.len();
        let Some(way) = rows.clusters.first() else {
            return Self { rows: packed, numbers: listed(plan, rows), width, starts: Vec::new() };
        };
        let mut starts = vec![0_u32; way.count + 1];
        way.level.iter().for_each(|level| starts[*level as usize + 1] += 1);
        for level in 0..way.count {
            starts[level + 1] += starts[level];
        }
        let mut next = starts.clone();
        let mut sorted = vec![[0; N]; n];
        let mut numbers = vec![0.0; n * width];
        for (kept, level) in way.level.iter().enumerate() {
            let slot = next[*level as usize] as usize;
            next[*level as usize] += 1;
            sorted[slot] = packed[kept];
            let into = &mut numbers[slot * width..(slot + 1) * width];
            for (number, (values, scale)) in into.iter_mut().zip(&plan.numbers) {
                *number = values[rows.kept[kept]] * scale;
            }
        }
        Self { rows: sorted, numbers, width, starts }
    }
}

/// Writes a factor's places into its slot of every row.
fn write<const N: usize>(
    packed: &mut [[u16; N]],
    slot: usize,
    factor: &Factor,
    plan: &Plan<'_>,
    rows: &Rows,
) {
    let blank = plan.levels as u16;
    let place = |code: usize| factor.places.get(code).map_or(blank, |place| (*place).min(blank));
    match factor.source {
        Source::Effect(effect) => {
            for (row, level) in packed.iter_mut().zip(&rows.effects[effect].level) {
                row[slot] = place(*level as usize);
            }
        }
        Source::Term(term) => {
            if let Values::Indicator { codes, .. } = &plan.design.terms[term].values {
                for (row, kept) in packed.iter_mut().zip(&rows.kept) {
                    row[slot] = place(codes[*kept] as usize);
                }
            }
        }
        Source::Outcome => {
            for (row, kept) in packed.iter_mut().zip(&rows.kept) {
                row[slot] = place(usize::from(plan.design.outcome[*kept] == 1.0));
            }
        }
    }
}

/// Lists the scaled numbers of the kept rows.
fn listed(plan: &Plan<'_>, rows: &Rows) -> Vec<f64> {
    let mut numbers = Vec::with_capacity(rows.kept.len() * plan.numbers.len());
    for row in &rows.kept {
        numbers.extend(plan.numbers.iter().map(|(values, scale)| values[*row] * scale));
    }
    numbers
}
