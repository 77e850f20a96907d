//! Codes of levels, made dense.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::clusters::{Clusters, Sorted};
use super::kept::Kept;
use crate::stats::tally::tally;

/// Codes made dense: levels numbered from 0 in the order of their codes.
#[derive(Debug, Clone)]
pub(super) struct Codes<'a> {
    /// The level of each row: the column itself where it is dense as it stands.
    pub(super) level: Cow<'a, [u32]>,
    /// The number of levels.
    pub(super) count: usize,
    /// The rows of each level; empty where it is known how they are sorted.
    pub(super) sizes: Vec<u32>,
    /// The rows of the level that has most.
    pub(super) largest: u32,
    /// How rows are sorted by level, where that is known.
    pub(super) sorted: Option<Arc<Sorted>>,
}

impl<'a> Codes<'a> {
    /// Numbers the clusters that occur among `rows`.
    pub(super) fn of_clusters(clusters: &'a Clusters<'_>, rows: &Kept) -> Self {
        match clusters.known().filter(|_| rows.len() == clusters.len()) {
            None => Self::of(clusters, rows),
            Some(sorted) => Self {
                level: Cow::Borrowed(clusters),
                count: sorted.levels(),
                sizes: Vec::new(),
                largest: sorted.largest,
                sorted: Some(Arc::clone(sorted)),
            },
        }
    }

    /// Numbers the levels that occur among `rows`.
    pub(super) fn of(codes: &'a [u32], rows: &Kept) -> Self {
        let picked: Cow<'a, [u32]> = if rows.len() == codes.len() {
            codes.into()
        } else {
            rows.iter().map(|row| codes[row]).collect()
        };
        let largest = picked.iter().copied().max().unwrap_or(0) as usize;
        if largest >= 4 * codes.len() + 1024 {
            let known: BTreeSet<u32> = picked.iter().copied().collect();
            let known: Vec<u32> = known.into_iter().collect();
            let dense = |code: &u32| known.partition_point(|level| level < code) as u32;
            let level: Cow<'a, [u32]> = picked.iter().map(dense).collect();
            let sizes = tally(&level, known.len());
            return Self::counted(level, sizes);
        }
        let mut sizes = tally(&picked, largest + 1);
        if !sizes.contains(&0) {
            return Self::counted(picked, sizes);
        }
        let mut place = 0_u32;
        let places: Vec<u32> = sizes
            .iter()
            .map(|size| {
                place += u32::from(*size > 0);
                place.wrapping_sub(1)
            })
            .collect();
        sizes.retain(|size| *size > 0);
        let level = picked.iter().map(|code| places[*code as usize]).collect();
        Self::counted(level, sizes)
    }

    fn counted(level: Cow<'a, [u32]>, sizes: Vec<u32>) -> Self {
        let largest = sizes.iter().copied().max().unwrap_or(0);
        Self { level, count: sizes.len(), sizes, largest, sorted: None }
    }

    /// Lists the rows of every level: the rows of level `l` are `order[starts[l]..starts[l + 1]]`.
    pub(super) fn groups(&self) -> (Vec<usize>, Vec<usize>) {
        let mut starts = vec![0; self.count + 1];
        for level in self.level.iter() {
            starts[*level as usize + 1] += 1;
        }
        for level in 0..self.count {
            starts[level + 1] += starts[level];
        }
        let mut next = starts.clone();
        let mut order = vec![0; self.level.len()];
        for (row, level) in self.level.iter().enumerate() {
            let slot = &mut next[*level as usize];
            order[*slot] = row;
            *slot += 1;
        }
        (order, starts)
    }

    /// Tells whether every level lies within one level of `other`.
    pub(super) fn nested_in(&self, other: &Codes<'_>) -> bool {
        if self.count < other.count {
            return false;
        }
        let mut parent = vec![u32::MAX; self.count];
        self.level.iter().zip(other.level.iter()).all(|(own, outer)| {
            let seen = &mut parent[*own as usize];
            if *seen == u32::MAX {
                *seen = *outer;
            }
            *seen == *outer
        })
    }

    /// Combines several ways into their intersection.
    pub(super) fn crossed(ways: &[&Codes<'_>]) -> Self {
        let rows = ways.first().map_or(0, |way| way.level.len());
        let key = |row: usize| -> Vec<u32> { ways.iter().map(|way| way.level[row]).collect() };
        let mut places: BTreeMap<Vec<u32>, u32> = (0..rows).map(|row| (key(row), 0)).collect();
        for (place, slot) in places.values_mut().enumerate() {
            *slot = place as u32;
        }
        let level: Cow<'a, [u32]> = (0..rows).map(|row| places[&key(row)]).collect();
        let sizes = tally(&level, places.len());
        Self::counted(level, sizes)
    }
}
