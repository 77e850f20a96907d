//! Which rows of a design enter its fit.

/// All rows, or some by their places in the design, in order.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// So many, and no place is written down.
    All(usize),
    /// Those at these places.
    Some(Vec<usize>),
}

impl Kept {
    /// The places of some of `all` rows.
    pub(super) fn of(places: Vec<usize>, all: usize) -> Self {
        if places.len() == all { Self::All(all) } else { Self::Some(places) }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(count) => *count,
            Self::Some(places) => places.len(),
        }
    }

    /// The place in the design of the kept row at `at`.
    #[inline]
    pub(super) fn place(&self, at: usize) -> usize {
        match self {
            Self::All(_) => at,
            Self::Some(places) => places[at],
        }
    }

    /// The places in the design, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.len()).map(|at| self.place(at))
    }
}
