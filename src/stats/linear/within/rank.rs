//! The exact rank of absorbed effects.

use super::cells::Cells;

/// A prime below 2³¹: ranks are counted in whole numbers modulo it. They can only come out too small, and only where
/// it divides a minor of zeros, ones and path sums: never seen.
const PRIME: u64 = 2_147_483_647;
/// The most potentials kept, in levels of the two large effects times levels of the others.
const ROOM: usize = 50_000_000;
/// The most multiplications spent.
const WORK: u64 = 6_000_000_000;

/// The rank of all dummies together.
pub(super) struct Rank {
    pub(super) rank: usize,
    /// Whether it is only the most that it can be.
    pub(super) bound: bool,
}

/// Counts the rank of the dummies of all effects, the two largest first.
///
/// *Formula*: two effects of N₁ and N₂ levels in C connected components have rank N₁ + N₂ − C. Of further effects, a
/// combination γ of their dummies lies in the space of the first two when it adds up to nothing around every cycle of
/// the graph: potentials along a spanning forest turn every combination of levels into one equation c'γ = 0, and
/// the further effects add the rank of these equations. *Source*: Abowd, Creecy & Kramarz 2002 (two effects);
/// Correia 2016, section 3 (bounds for more). *Errors*: a bound where memory or work would not do.
/// *Checked against*: ranks of dummies by numpy (crossed.py).
pub(super) fn rank(cells: &Cells, counts: &[usize]) -> Rank {
    let (first, second) = (counts[0], counts.get(1).copied().unwrap_or(0));
    if counts.len() == 1 {
        return Rank { rank: first, bound: false };
    }
    let forest = Forest::of(cells, 0, 1, counts);
    let two = first + second - forest.components;
    if counts.len() == 2 {
        return Rank { rank: two, bound: false };
    }
    let others: usize = counts[2..].iter().sum();
    let exact = ((first + second).saturating_mul(others) <= ROOM)
        .then(|| cycles(cells, &forest, counts))
        .flatten();
    match exact {
        Some(more) => Rank { rank: two + more, bound: false },
        None => Rank { rank: two + at_most(cells, counts), bound: true },
    }
}

/// The most that further effects can add: each is at least as redundant as with any one before it.
fn at_most(cells: &Cells, counts: &[usize]) -> usize {
    let own = |effect: usize| {
        let pairs = (0..effect).map(|other| Forest::of(cells, other, effect, counts).components);
        counts[effect] - pairs.max().unwrap_or(1)
    };
    (2..counts.len()).map(own).sum()
}

/// A spanning forest of the graph of two effects.
struct Forest {
    components: usize,
    /// In the order in which they are reached: a node, the one it is reached from, and the combination between them.
    steps: Vec<(usize, Option<(usize, usize)>)>,
}

impl Forest {
    fn of(cells: &Cells, a: usize, b: usize, counts: &[usize]) -> Self {
        let nodes = counts[a] + counts[b];
        let ends = |levels: &[u32]| (levels[a] as usize, counts[a] + levels[b] as usize);
        let mut starts = vec![0_usize; nodes + 1];
        for levels in cells.levels() {
            let (one, two) = ends(levels);
            starts[one + 1] += 1;
            starts[two + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut edges = vec![(0_usize, 0_usize); starts[nodes]];
        for (cell, levels) in cells.levels().enumerate() {
            let (one, two) = ends(levels);
            for (from, to) in [(one, two), (two, one)] {
                edges[next[from]] = (to, cell);
                next[from] += 1;
            }
        }
        let mut forest = Self { components: 0, steps: Vec::with_capacity(nodes) };
        let mut seen = vec![false; nodes];
        for root in 0..nodes {
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            forest.components += 1;
            let mut at = forest.steps.len();
            forest.steps.push((root, None));
            while let Some((node, _)) = forest.steps.get(at).copied() {
                at += 1;
                for (other, cell) in &edges[starts[node]..starts[node + 1]] {
                    if !std::mem::replace(&mut seen[*other], true) {
                        forest.steps.push((*other, Some((node, *cell))));
                    }
                }
            }
        }
        forest
    }
}

/// The rank that the further effects add; none where it would take too long.
fn cycles(cells: &Cells, forest: &Forest, counts: &[usize]) -> Option<usize> {
    let width: usize = counts[2..].iter().sum();
    let mut offsets = vec![0];
    for count in &counts[2..] {
        offsets.push(offsets[offsets.len() - 1] + count);
    }
    let all: Vec<&[u32]> = cells.levels().collect();
    let places = |cell: usize| {
        all[cell][2..].iter().zip(&offsets).map(|(level, offset)| offset + *level as usize)
    };
    let mut potentials = vec![0_u32; (counts[0] + counts[1]) * width];
    for (node, from) in &forest.steps {
        let Some((parent, cell)) = from else { continue };
        for column in 0..width {
            let there = u64::from(potentials[parent * width + column]);
            potentials[node * width + column] = minus(0, there) as u32;
        }
        for place in places(*cell) {
            let slot = &mut potentials[node * width + place];
            *slot = ((u64::from(*slot) + 1) % PRIME) as u32;
        }
    }
    let most = width - (counts.len() - 2);
    let mut basis = Basis { width, rows: Vec::new(), work: 0 };
    let mut equation = vec![0_u64; width];
    for (cell, levels) in all.iter().enumerate() {
        let (a, b) = (levels[0] as usize * width, (counts[0] + levels[1] as usize) * width);
        for (column, slot) in equation.iter_mut().enumerate() {
            let sum = u64::from(potentials[a + column]) + u64::from(potentials[b + column]);
            *slot = minus(0, sum % PRIME);
        }
        for place in places(cell) {
            equation[place] = (equation[place] + 1) % PRIME;
        }
        basis.add(&mut equation);
        if basis.rows.len() == most {
            break;
        }
        if basis.work > WORK {
            return None;
        }
    }
    Some(basis.rows.len())
}

fn minus(a: u64, b: u64) -> u64 {
    (a + PRIME - b) % PRIME
}

/// Independent equations, each with a leading one where those before it have zeros.
struct Basis {
    width: usize,
    rows: Vec<(usize, Vec<u64>)>,
    work: u64,
}

impl Basis {
    fn add(&mut self, equation: &mut [u64]) {
        self.work += self.width as u64;
        for (pivot, row) in &self.rows {
            let factor = equation[*pivot];
            if factor != 0 {
                self.work += self.width as u64;
                for (slot, known) in equation.iter_mut().zip(row) {
                    *slot = minus(*slot, factor * known % PRIME);
                }
            }
        }
        let Some(pivot) = equation.iter().position(|value| *value != 0) else { return };
        let inverse = power(equation[pivot], PRIME - 2);
        let row = equation.iter().map(|value| value * inverse % PRIME).collect();
        self.rows.push((pivot, row));
    }
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}
