//! Rows packed into a few bytes each and sorted by cluster.

use super::super::Values;
use super::super::clusters::Layout;
use super::super::codes::Codes;
use super::super::kept::Kept;
use super::super::rows::Rows;
use super::merged::{Merged, merge};
use super::plan::{Factor, Plan, Source};
use std::borrow::Cow;
use std::sync::Arc;

/// Rows packed at a time, before they go to their places.
const CHUNK: usize = 1024;
/// Parts that rows are sorted into first, at most twice as many.
const PARTS: usize = 128;
/// Packed rows of at most so many bytes stay in the cache, and go to their places at once.
const AT_ONCE: usize = 8 << 20;

/// Rows of `N` merged codes.
pub(super) struct Packed<const N: usize> {
    pub(super) rows: Vec<[u16; N]>,
    /// The merged factors; rows have zeros behind them.
    pub(super) merged: Vec<Merged>,
    /// Numbers, scaled, row by row.
    pub(super) numbers: Vec<f64>,
    /// Numbers in a row.
    pub(super) width: usize,
    /// Where a cluster begins, for each in turn, small ones first, and the end; empty without clusters.
    pub(super) starts: Arc<Vec<u32>>,
}

impl<const N: usize> Packed<N> {
    /// Packs the rows of a plan whose factors were merged.
    ///
    /// *Formula*: counting sort by cluster, or where it is known what that gives; of many rows first into parts whose places stay in the cache.
    /// *Shapes*: 2N bytes and eight a number for each row; while it sorts many, 8 + 2N more; four where there are numbers.
    pub(super) fn of(plan: &Plan<'_>, rows: &Rows, merged: Vec<Merged>) -> Self {
        Self::sorted(plan, rows, merged, rows.count * size_of::<[u16; N]>() <= AT_ONCE)
    }

    /// Packs and sorts: at once, or into parts first.
    pub(super) fn sorted(plan: &Plan<'_>, rows: &Rows, merged: Vec<Merged>, at_once: bool) -> Self {
        let width = plan.numbers.len();
        let (packed, places, starts) = match rows.clusters.first() {
            None => {
                let mut packed = Vec::with_capacity(rows.count);
                each_row(plan, rows, &merged, |_, codes| packed.push(codes));
                (packed, None, Arc::default())
            }
            Some(way) if let Some(sorted) = &way.sorted => {
                let mut packed = vec![[0; N]; rows.count];
                each_row(plan, rows, &merged, |kept, codes| {
                    packed[sorted.places[kept] as usize] = codes;
                });
                (packed, Some(Cow::Borrowed(sorted.places.as_slice())), Arc::clone(&sorted.starts))
            }
            Some(way) => {
                let layout = Layout::of(&way.sizes);
                let parted = (!at_once).then(|| parted(plan, rows, &merged, way, &layout));
                let mut places = Places::of(layout.next, rows.count, width > 0);
                if let Some(parted) = parted {
                    for (level, kept, codes) in parted {
                        places.put(level, kept as usize, codes);
                    }
                } else {
                    each_row(plan, rows, &merged, |kept, codes| {
                        places.put(way.level[kept], kept, codes);
                    });
                }
                (places.packed, Some(Cow::Owned(places.listed)), Arc::new(layout.starts))
            }
        };
        let numbers = numbers(plan, rows, places.as_deref());
        Self { rows: packed, merged, numbers, width, starts }
    }

    /// The numbers of a row.
    #[inline]
    pub(super) fn numbers(&self, row: usize) -> &[f64] {
        &self.numbers[row * self.width..(row + 1) * self.width]
    }
}

/// Merges a plan's factors; none where that leaves too many, or where rows need more than 32 bits to be named.
pub(super) fn merged(plan: &Plan<'_>, n: usize, all: usize) -> Option<Vec<Merged>> {
    u32::try_from(all).ok()?;
    let merged = merge(plan, n);
    (merged.len() <= 16).then_some(merged)
}

/// Gives every kept row's place and merged codes, in the order of the rows.
fn each_row<const N: usize>(
    plan: &Plan<'_>,
    rows: &Rows,
    merged: &[Merged],
    mut take: impl FnMut(usize, [u16; N]),
) {
    let parts: Vec<(usize, &Factor, Vec<u16>)> = merged
        .iter()
        .enumerate()
        .flat_map(|(slot, group)| group.parts(plan).map(move |(f, part)| (slot, f, part)))
        .collect();
    let mut codes = vec![[0_u16; CHUNK]; N];
    for from in (0..rows.count).step_by(CHUNK) {
        let count = CHUNK.min(rows.count - from);
        for codes in &mut codes {
            codes.fill(0);
        }
        for (slot, factor, part) in &parts {
            add(&mut codes[*slot][..count], from, factor, part, plan, rows);
        }
        for (at, row) in (from..from + count).enumerate() {
            take(row, std::array::from_fn(|slot| codes[slot][at]));
        }
    }
}

/// A row on its way: its cluster, its place among the kept rows, its codes.
type Parted<const N: usize> = (u32, u32, [u16; N]);

/// Sorts rows roughly: by parts of the places, few enough that each is written to in turn.
fn parted<const N: usize>(
    plan: &Plan<'_>,
    rows: &Rows,
    merged: &[Merged],
    way: &Codes<'_>,
    Layout { starts, next: begins }: &Layout,
) -> Vec<Parted<N>> {
    let shift = (usize::BITS - (rows.count / PARTS).leading_zeros()).min(31);
    let first = |part: usize| starts.partition_point(|start| ((*start) as usize) < part << shift);
    let mut next: Vec<u32> = (0..=rows.count >> shift).map(|part| starts[first(part)]).collect();
    let mut parted: Vec<Parted<N>> = vec![(0, 0, [0; N]); rows.count];
    each_row(plan, rows, merged, |kept, codes| {
        let level = way.level[kept];
        let slot = &mut next[(begins[level as usize] >> shift) as usize];
        parted[*slot as usize] = (level, kept as u32, codes);
        *slot = slot.wrapping_add(1);
    });
    parted
}

/// Rows on their places by cluster; and where each kept row went, where asked.
struct Places<const N: usize> {
    next: Vec<u32>,
    packed: Vec<[u16; N]>,
    listed: Vec<u32>,
}

impl<const N: usize> Places<N> {
    fn of(next: Vec<u32>, rows: usize, listed: bool) -> Self {
        Self { next, packed: vec![[0; N]; rows], listed: vec![0; if listed { rows } else { 0 }] }
    }

    /// Puts a row behind those of its cluster.
    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn put(&mut self, level: u32, kept: usize, codes: [u16; N]) {
        let slot = &mut self.next[level as usize];
        self.packed[*slot as usize] = codes;
        if let Some(listed) = self.listed.get_mut(kept) {
            *listed = *slot;
        }
        *slot = slot.wrapping_add(1);
    }
}

/// The scaled numbers, row by row, in the order of the packed rows. Columns are read in their order: a row's numbers
/// are written together, and reading each from its own column out of order would cost a wait apiece.
fn numbers(plan: &Plan<'_>, rows: &Rows, places: Option<&[u32]>) -> Vec<f64> {
    let width = plan.numbers.len();
    if width == 0 {
        return Vec::new();
    }
    let mut numbers = vec![0.0; rows.count * width];
    for (at, row) in rows.kept.iter().enumerate() {
        let slot = places.map_or(at, |places| places[at] as usize);
        let into = &mut numbers[slot * width..][..width];
        for (number, (values, scale)) in into.iter_mut().zip(&plan.numbers) {
            *number = values[row] * scale;
        }
    }
    numbers
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
    let few = |value: f64| part[value as usize];
    match factor.source {
        Source::Effect(effect) => {
            let level = rows.effects[effect].level[from..].iter();
            add_each(codes, level, |level| part[*level as usize]);
        }
        Source::Term(term) => {
            if let Values::Indicator { codes: raw, .. } = &plan.design.terms[term].values {
                add_kept(codes, raw, rows, from, |code| {
                    part.get(code as usize).copied().unwrap_or(0)
                });
            }
        }
        Source::Values(term) => {
            if let Values::Numbers(values) = &plan.design.terms[term].values {
                add_kept(codes, values, rows, from, few);
            }
        }
        Source::Outcome => {
            let one = part.get(1).copied().unwrap_or(0);
            let outcome = |value: f64| if value == 1.0 { one } else { 0 };
            add_kept(codes, &plan.design.outcome, rows, from, outcome);
        }
    }
}

/// Adds parts by what a column has in the kept rows from `from` on.
fn add_kept<T: Copy>(
    codes: &mut [u16],
    column: &[T],
    rows: &Rows,
    from: usize,
    part: impl Fn(T) -> u16,
) {
    match &rows.kept {
        Kept::All(_) => add_each(codes, column[from..].iter(), |value| part(*value)),
        Kept::Some(places) => {
            add_each(codes, places[from..].iter(), |place| part(column[*place]));
        }
    }
}

fn add_each<T>(codes: &mut [u16], each: impl Iterator<Item = T>, part: impl Fn(T) -> u16) {
    for (code, one) in codes.iter_mut().zip(each) {
        *code = code.wrapping_add(part(one));
    }
}
