//! The smallest set that meets every set of a family, the first of them in order.

use std::collections::BTreeSet;

/// How many choices are tried before the search is given up.
const MOST_CHOICES: usize = 50_000;

/// Returns the smallest set that meets every one of `sets`, the first in lexicographic order among equals;
/// `None` where it has more than `most` members or the search is given up.
pub(super) fn first_smallest(sets: &[BTreeSet<usize>], most: usize) -> Option<BTreeSet<usize>> {
    let mut search = Search { sets, left: MOST_CHOICES };
    let size = (0..=most).find(|size| search.exists(&BTreeSet::new(), &BTreeSet::new(), *size))?;
    let union: BTreeSet<usize> = sets.iter().flatten().copied().collect();
    let (mut chosen, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for element in union {
        if chosen.len() == size {
            break;
        }
        let mut with = chosen.clone();
        with.insert(element);
        if search.exists(&with, &refused, size) {
            chosen = with;
        } else {
            refused.insert(element);
        }
    }
    (search.left > 0 && chosen.len() == size).then_some(chosen)
}

struct Search<'a> {
    sets: &'a [BTreeSet<usize>],
    left: usize,
}

impl Search<'_> {
    /// Whether a set of at most `size` members holds `chosen`, none of `refused`, and meets every set.
    fn exists(&mut self, chosen: &BTreeSet<usize>, refused: &BTreeSet<usize>, size: usize) -> bool {
        if self.left == 0 || chosen.len() > size {
            return false;
        }
        self.left -= 1;
        let open: Vec<&BTreeSet<usize>> =
            self.sets.iter().filter(|set| set.is_disjoint(chosen)).collect();
        if apart(&open) > size - chosen.len() {
            return false;
        }
        let allowed = |set: &&BTreeSet<usize>| set.difference(refused).count();
        let Some(narrowest) = open.iter().copied().min_by_key(allowed) else { return true };
        let mut refused = refused.clone();
        let options: Vec<usize> = narrowest.difference(&refused).copied().collect();
        for element in options {
            let mut with = chosen.clone();
            with.insert(element);
            if self.exists(&with, &refused, size) {
                return true;
            }
            refused.insert(element);
        }
        false
    }
}

/// How many of the sets share nothing: each needs a member of its own.
fn apart(sets: &[&BTreeSet<usize>]) -> usize {
    let mut sorted = sets.to_vec();
    sorted.sort_by_key(|set| set.len());
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    let mut count = 0;
    for set in sorted {
        if set.is_disjoint(&seen) {
            seen.extend(set.iter().copied());
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(family: &[&[usize]]) -> Vec<BTreeSet<usize>> {
        family.iter().map(|set| set.iter().copied().collect()).collect()
    }

    /// All subsets of eight elements, tried in order of size and then of their members.
    fn by_hand(family: &[BTreeSet<usize>]) -> BTreeSet<usize> {
        let mut subsets: Vec<Vec<usize>> = (0_u32..256)
            .map(|bits| (0..8).filter(|place| bits & (1 << place) != 0).collect())
            .collect();
        subsets.sort_by(|one, two| one.len().cmp(&two.len()).then(one.cmp(two)));
        let meets = |subset: &Vec<usize>| {
            family.iter().all(|set| subset.iter().any(|element| set.contains(element)))
        };
        subsets.into_iter().find(meets).into_iter().flatten().collect()
    }

    #[test]
    fn it_is_the_first_of_the_smallest() {
        assert_eq!(first_smallest(&[], 3), Some(BTreeSet::new()));
        assert_eq!(first_smallest(&sets(&[&[1, 2], &[3, 4]]), 1), None);
        let mut word = 7_u64;
        for _ in 0..300 {
            let mut family = Vec::new();
            for _ in 0..6 {
                word = word
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let set: BTreeSet<usize> =
                    (0..8).filter(|place| (word >> (20 + 4 * place)).is_multiple_of(4)).collect();
                family.extend((!set.is_empty()).then_some(set));
            }
            assert_eq!(first_smallest(&family, 8), Some(by_hand(&family)), "{family:?}");
        }
    }
}
