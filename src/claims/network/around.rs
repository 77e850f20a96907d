//! What binds one number: the interval that the whole network allows it, and each neighbour's part in it,
//! found by leaving that neighbour out and solving again.

use num_traits::{Signed, Zero};

use super::implied::Bounded;
use super::presolve::references;
use super::{Item, Network};
use crate::expression::{Interval, Rational, Tree};

/// How many neighbours are left out one after the other.
const MOST_NEIGHBOURS: usize = 400;

/// What is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::claims) enum Part {
    /// A printed number.
    Number(String),
    /// A relation, or the claim whose `equals` it is.
    Item(String),
}

/// Something without which a number could lie further out.
#[derive(Debug, Clone)]
pub(in crate::claims) struct Bound {
    /// What.
    pub(in crate::claims) part: Part,
    /// Where the number could lie without it; everywhere where nothing is known.
    pub(in crate::claims) without: Interval,
    /// Whether that is the tightest.
    pub(in crate::claims) exact: bool,
    /// How far the ends move at most where it is a unit of its last digit larger or smaller.
    pub(in crate::claims) per_digit: Option<[Rational; 2]>,
}

/// What all that is printed allows for one number.
#[derive(Debug, Clone)]
pub(in crate::claims) struct Neighbourhood {
    /// By everything.
    pub(in crate::claims) together: Bounded,
    /// By everything but its own digits.
    pub(in crate::claims) others: Interval,
    /// What binds it.
    pub(in crate::claims) bounds: Vec<Bound>,
    /// How many neighbours bind nothing.
    pub(in crate::claims) loose: usize,
}

impl Network {
    /// Says what binds a number among items that can all be true.
    pub(in crate::claims) fn around(&self, items: &[&Item], name: &str) -> Option<Neighbourhood> {
        let index = self.names.iter().position(|known| known == name)?;
        let tree = Tree::Reference(index);
        let together = self.bounds(items, &tree)?;
        let freed = self.with(index, Interval::everything());
        let others = freed.allowed(items, &tree).0;
        // Where its own digits say as much as all others, nothing is bound by a neighbour, and where the
        // number is known exactly, its neighbours can only confirm it.
        let near = freed.near(&[index].into(), items);
        let numbers = near.iter().flat_map(|item| super::used(&[item]));
        let mut numbers: Vec<usize> = numbers.filter(|other| *other != index).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut found = Neighbourhood { together, others, bounds: Vec::new(), loose: 0 };
        for other in numbers.into_iter().take(MOST_NEIGHBOURS) {
            let without = self.with(other, Interval::everything()).allowed(items, &tree);
            let part = Part::Number(self.names.get(other).cloned().unwrap_or_default());
            found.weigh(part, without, || self.per_digit(items, &tree, other));
        }
        for item in near.iter().take(MOST_NEIGHBOURS) {
            let rest: Vec<&Item> =
                items.iter().filter(|other| other.id != item.id).copied().collect();
            found.weigh(Part::Item(item.id.clone()), self.allowed(&rest, &tree), || None);
        }
        found
            .bounds
            .sort_by_key(|bound| std::cmp::Reverse(found.together.widening(&bound.without)));
        Some(found)
    }

    /// The same network with another interval for one number.
    fn with(&self, index: usize, interval: Interval) -> Self {
        let mut other = self.clone();
        if let Some(place) = other.intervals.get_mut(index) {
            *place = interval;
        }
        other
    }

    fn allowed(&self, items: &[&Item], tree: &Tree) -> (Interval, bool) {
        let own = || {
            let mut places = references(tree).into_iter();
            places.next().and_then(|index| self.intervals.get(index).cloned())
        };
        match self.bounds(items, tree) {
            Some(found) => (found.interval, found.tight),
            None => (own().unwrap_or_else(Interval::everything), false),
        }
    }

    /// How far the ends move where a number is one unit in its last digit larger or smaller.
    fn per_digit(&self, items: &[&Item], tree: &Tree, other: usize) -> Option<[Rational; 2]> {
        let own = self.intervals.get(other)?;
        let unit = match own.as_point() {
            Some(value) if value.is_integer() => Rational::from_integer(1.into()),
            Some(_) => return None,
            None => own.width()?,
        };
        let now = self.bounds(items, tree)?.interval;
        let mut most = [Rational::zero(), Rational::zero()];
        for by in [unit.clone(), -unit] {
            let there = self.with(other, own.shift(&by)).bounds(items, tree)?.interval;
            let ends = [(&now.low, &there.low), (&now.high, &there.high)];
            for (place, (here, there)) in most.iter_mut().zip(ends) {
                let moved = (here.value()? - there.value()?).abs();
                if moved > *place {
                    *place = moved;
                }
            }
        }
        Some(most)
    }
}

impl Neighbourhood {
    /// Keeps what binds; counts what does not.
    fn weigh(
        &mut self,
        part: Part,
        without: (Interval, bool),
        per_digit: impl FnOnce() -> Option<[Rational; 2]>,
    ) {
        let (without, exact) = without;
        if self.together.interval.encloses(&without) {
            self.loose += 1;
            return;
        }
        self.bounds.push(Bound { part, without, exact, per_digit: per_digit() });
    }
}

impl Bounded {
    /// How much wider another interval is: how many of its ends are gone, then by how much in all.
    fn widening(&self, other: &Interval) -> (usize, Rational) {
        let ends = [(&self.interval.low, &other.low), (&self.interval.high, &other.high)];
        let (mut gone, mut sum) = (0, Rational::zero());
        for (here, there) in ends {
            match (here.value(), there.value()) {
                (Some(here), Some(there)) => sum += (here - there).abs(),
                (Some(_), None) => gone += 1,
                _ => {}
            }
        }
        (gone, sum)
    }
}
