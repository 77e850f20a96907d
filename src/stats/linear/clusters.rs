//! Ways of clustering, and rows sorted by cluster.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// A way of clustering: the code of each row's cluster.
#[derive(Debug, Clone)]
pub struct Clusters<'a> {
    codes: Cow<'a, [u32]>,
    sorted: Option<Arc<Sorted>>,
}

impl<'a> Clusters<'a> {
    /// Joins codes with how [`Sorted::of`] sorts them, which regressions of one table then need not find out again.
    #[must_use]
    pub fn sorted(codes: Cow<'a, [u32]>, sorted: Option<Arc<Sorted>>) -> Self {
        let sorted = sorted.filter(|sorted| sorted.places.len() == codes.len());
        Self { codes, sorted }
    }

    /// How rows are sorted, where that is known.
    pub(super) fn known(&self) -> Option<&Arc<Sorted>> {
        self.sorted.as_ref()
    }
}

impl Deref for Clusters<'_> {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.codes
    }
}

impl<'a, T: Into<Cow<'a, [u32]>>> From<T> for Clusters<'a> {
    fn from(codes: T) -> Self {
        Self { codes: codes.into(), sorted: None }
    }
}

/// Where rows go when they are sorted by cluster: small clusters before large ones, so that a pass over them seldom
/// guesses wrongly where one ends. Clusters of one size keep the order of their codes, the rows of a cluster their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// Where a cluster begins, for each in turn, and the end.
    pub(super) starts: Arc<Vec<u32>>,
    /// Where each row goes.
    pub(super) places: Vec<u32>,
    /// The rows of the largest cluster.
    pub(super) largest: u32,
}

impl Sorted {
    /// Sorts rows by codes below `levels`; none where a row has no such code, or a code no row.
    ///
    /// *Formula*: counting sort. *Source*: Seward 1954. *Shapes*: four bytes for each row and each level. *Units*: rows.
    /// *Errors*: none. *Checked against*: the rows sorted without it (unit test of the packed rows).
    #[must_use]
    pub fn of(codes: &[u32], levels: usize) -> Option<Self> {
        u32::try_from(codes.len()).ok()?;
        let mut sizes = vec![0_u32; levels];
        for code in codes {
            *sizes.get_mut(*code as usize)? += 1;
        }
        if sizes.contains(&0) {
            return None;
        }
        let Layout { starts, mut next } = Layout::of(&sizes);
        let place = |code: &u32| {
            let slot = &mut next[*code as usize];
            let place = *slot;
            *slot = slot.wrapping_add(1);
            place
        };
        let places = codes.iter().map(place).collect();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        Some(Self { starts: Arc::new(starts), places, largest })
    }

    /// The number of clusters.
    pub(super) fn levels(&self) -> usize {
        self.starts.len() - 1
    }
}

/// Levels of fewer rows are sorted by counting, larger ones by comparing.
const SMALL: usize = 64;

/// Levels laid out by size.
pub(super) struct Layout {
    /// Where a level begins, for each in turn, and the end.
    pub(super) starts: Vec<u32>,
    /// Where the next row of each level goes: where the level begins.
    pub(super) next: Vec<u32>,
}

impl Layout {
    /// Lays out levels of these sizes: counting sort, stable.
    pub(super) fn of(sizes: &[u32]) -> Self {
        let class = |size: u32| (size as usize).min(SMALL);
        let mut ends = [0; SMALL + 2];
        for size in sizes {
            ends[class(*size) + 1] += 1;
        }
        for class in 1..ends.len() {
            ends[class] += ends[class - 1];
        }
        let large = ends[SMALL];
        let mut order = vec![0; sizes.len()];
        for (level, size) in sizes.iter().enumerate() {
            let end = &mut ends[class(*size)];
            order[*end] = level as u32;
            *end += 1;
        }
        order[large..].sort_by_key(|level| sizes[*level as usize]);
        let mut next = vec![0; sizes.len()];
        let mut starts = Vec::with_capacity(sizes.len() + 1);
        let mut start = 0;
        for level in order {
            starts.push(start);
            next[level as usize] = start;
            start += sizes[level as usize];
        }
        starts.push(start);
        Self { starts, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_to_their_clusters_in_their_order() {
        let codes = [2, 0, 2, 1, 0, 2];
        let sorted = Sorted::of(&codes, 3).unwrap();
        assert_eq!(*sorted.starts, [0, 1, 3, 6]);
        assert_eq!((sorted.places, sorted.largest), (vec![3, 1, 4, 0, 2, 5], 3));
        assert_eq!(Sorted::of(&[0, 2], 3), None);
        assert_eq!(Sorted::of(&[0, u32::MAX], 1), None);
    }

    #[test]
    fn small_levels_come_before_large_ones_and_one_size_in_order() {
        let Layout { starts, next } = Layout::of(&[70, 2, 1, 65, 2, 0, 1, 65]);
        assert_eq!(starts, [0, 0, 1, 2, 4, 6, 71, 136, 206]);
        assert_eq!(next, [136, 2, 0, 6, 4, 0, 1, 71]);
        assert_eq!(Layout::of(&[]).starts, [0]);
    }
}
