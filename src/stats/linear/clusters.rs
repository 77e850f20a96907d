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

/// Where rows go when they are sorted by cluster; the rows of a cluster keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// Where each cluster begins, and the end.
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
        let starts = starts(&sizes);
        let mut next = starts.clone();
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

/// Where each level's rows begin once they are sorted by level, and the end.
pub(super) fn starts(sizes: &[u32]) -> Vec<u32> {
    let mut starts = Vec::with_capacity(sizes.len() + 1);
    let mut start = 0;
    for size in sizes {
        starts.push(start);
        start += size;
    }
    starts.push(start);
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_to_their_clusters_in_their_order() {
        let sorted = Sorted::of(&[2, 0, 2, 1, 0, 2], 3).unwrap();
        assert_eq!(*sorted.starts, [0, 2, 3, 6]);
        assert_eq!((sorted.places, sorted.largest), (vec![3, 0, 4, 2, 1, 5], 3));
        assert_eq!(Sorted::of(&[0, 2], 3), None);
        assert_eq!(Sorted::of(&[0, u32::MAX], 1), None);
    }
}
