//! Rows packed into a few bytes each and sorted by cluster.

use super::super::Values;
use super::super::rows::{Codes, Rows};
use super::merged::{Merged, merge};
use super::plan::{Factor, Plan, Source};

/// Rows packed at a time, before they go to their places.
const CHUNK: usize = 1024;

/// Rows of `N` merged codes.
pub(super) struct Packed<const N: usize> {
    pub(super) rows: Vec<[u16; N]>,
    /// The merged factors; rows have zeros behind them.
    pub(super) merged: Vec<Merged>,
    /// Numbers, scaled, row by row.
    pub(super) numbers: Vec<f64>,
    /// Numbers in a row.
    pub(super) width: usize,
    /// Where each cluster begins, and the end; empty without clusters.
    pub(super) starts: Vec<u32>,
}

impl<const N: usize> Packed<N> {
    /// Packs the rows of a plan whose factors were merged.
    ///
    /// *Formula*: counting sort by cluster. *Shapes*: 2N bytes and eight a number for each row.
    pub(super) fn of(plan: &Plan<'_>, rows: &Rows, merged: Vec<Merged>) -> Self {
        let n = rows.count;
        let width = plan.numbers.len();
        let way = rows.clusters.first();
        let starts = way.map_or_else(Vec::new, Codes::starts);
        let mut next = starts.clone();
        let mut packed =
            Self { rows: vec![[0; N]; n], merged, numbers: vec![0.0; n * width], width, starts };
        let parts: Vec<(usize, &Factor, Vec<u16>)> = packed
            .merged
            .iter()
            .enumerate()
            .flat_map(|(slot, group)| group.parts(plan).map(move |(f, part)| (slot, f, part)))
            .collect();
        let mut chunk = vec![[0_u16; N]; CHUNK.min(n)];
        let mut codes = vec![[0_u16; CHUNK]; N];
        let mut numbers = Vec::with_capacity(width * CHUNK);
        for from in (0..n).step_by(CHUNK) {
            let chunk = &mut chunk[..CHUNK.min(n - from)];
            codes.iter_mut().for_each(|codes| codes.fill(0));
            for (slot, factor, part) in &parts {
                add(&mut codes[*slot][..chunk.len()], from, factor, part, plan, rows);
            }
            for (at, row) in chunk.iter_mut().enumerate() {
                *row = std::array::from_fn(|slot| codes[slot][at]);
            }
            numbers.clear();
            for row in rows.kept[from..from + chunk.len()].iter().filter(|_| width > 0) {
                numbers.extend(plan.numbers.iter().map(|(values, scale)| values[*row] * scale));
            }
            let Some(way) = way else {
                packed.rows[from..from + chunk.len()].copy_from_slice(chunk);
                packed.numbers[from * width..][..numbers.len()].copy_from_slice(&numbers);
                continue;
            };
            for (at, (row, level)) in chunk.iter().zip(&way.level[from..]).enumerate() {
                let slot = next[*level as usize] as usize;
                next[*level as usize] = slot as u32 + 1;
                packed.rows[slot] = *row;
                if width > 0 {
                    let own = &numbers[at * width..(at + 1) * width];
                    packed.numbers[slot * width..(slot + 1) * width].copy_from_slice(own);
                }
            }
        }
        drop(parts);
        packed
    }

    /// The numbers of a row.
    #[inline]
    pub(super) fn numbers(&self, row: usize) -> &[f64] {
        &self.numbers[row * self.width..(row + 1) * self.width]
    }
}

/// Merges a plan's factors; none where that leaves too many.
pub(super) fn merged(plan: &Plan<'_>, n: usize) -> Option<Vec<Merged>> {
    let merged = merge(plan, n);
    (merged.len() <= 16).then_some(merged)
}

/// Adds a factor's part to the codes of a chunk of rows.
fn add(
    codes: &mut [u16],
    from: usize,
    factor: &Factor,
    part: &[u16],
    plan: &Plan<'_>,
    rows: &Rows,
) {
    let kept = &rows.kept[from..from + codes.len()];
    match factor.source {
        Source::Effect(effect) => {
            let level = &rows.effects[effect].level[from..];
            for (code, level) in codes.iter_mut().zip(level) {
                *code = code.wrapping_add(part[*level as usize]);
            }
        }
        Source::Term(term) => {
            if let Values::Indicator { codes: raw, .. } = &plan.design.terms[term].values {
                for (code, kept) in codes.iter_mut().zip(kept) {
                    let part = part.get(raw[*kept] as usize).copied().unwrap_or(0);
                    *code = code.wrapping_add(part);
                }
            }
        }
        Source::Outcome => {
            let one = part.get(1).copied().unwrap_or(0);
            for (code, kept) in codes.iter_mut().zip(kept) {
                let part = if plan.design.outcome[*kept] == 1.0 { one } else { 0 };
                *code = code.wrapping_add(part);
            }
        }
    }
}
