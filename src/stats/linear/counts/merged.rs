//! Factors merged into few: one look-up stands for several, one count for many pairs.

use super::plan::{Factor, Plan, Source};

/// The most levels of a merged factor: its look-up table stays in the cache.
const MOST_MERGED: usize = 2048;
/// Bytes of a look-up table's entry: eight doubles.
const ENTRY: f64 = 64.0;
/// What stays in a core's second cache.
const CACHE: f64 = 262_144.0;

/// A factor's part of a merged code.
struct Member {
    factor: usize,
    stride: usize,
    /// Levels, and the blank where it occurs.
    size: usize,
}

/// Several factors as one: a code stands for a level, or the blank, of each.
pub(super) struct Merged {
    members: Vec<Member>,
    pub(super) count: usize,
    /// The places of every code, one a member; `blank` where it has none.
    places: Vec<u16>,
}

impl Merged {
    fn of(plan: &Plan<'_>, members: &[usize]) -> Self {
        let mut merged = Self { members: Vec::new(), count: 1, places: Vec::new() };
        for factor in members {
            let size = digits(&plan.factors[*factor]);
            merged.members.push(Member { factor: *factor, stride: merged.count, size });
            merged.count *= size;
        }
        for code in 0..merged.count {
            for member in &merged.members {
                let factor = &plan.factors[member.factor];
                let digit = code / member.stride % member.size + usize::from(!has_blank(factor));
                let place = match digit {
                    0 => plan.levels,
                    level => factor.levels.start + level - 1,
                };
                merged.places.push(place as u16);
            }
        }
        merged
    }

    /// The places that a code stands for, one a member; the number of levels is the blank.
    pub(super) fn places(&self, code: usize) -> &[u16] {
        let width = self.members.len();
        &self.places[code * width..(code + 1) * width]
    }

    /// Each member factor with what its raw codes add to a merged code; codes beyond the table add nothing.
    pub(super) fn parts<'p>(
        &'p self,
        plan: &'p Plan<'_>,
    ) -> impl Iterator<Item = (&'p Factor, Vec<u16>)> {
        self.members.iter().map(|member| {
            let factor = &plan.factors[member.factor];
            let part = |place: &u16| {
                let place = usize::from(*place);
                let known = factor.levels.contains(&place);
                let digit = if known {
                    place - factor.levels.start + usize::from(has_blank(factor))
                } else {
                    0
                };
                (digit * member.stride) as u16
            };
            (factor, factor.places.iter().map(part).collect())
        })
    }
}

/// An absorbed effect, and whole numbers, have a level in every row.
fn has_blank(factor: &Factor) -> bool {
    !matches!(factor.source, Source::Effect(_) | Source::Values(_))
}

fn digits(factor: &Factor) -> usize {
    factor.levels.len() + usize::from(has_blank(factor))
}

/// Merges the factors of a plan as long as that saves work over `n` rows.
pub(super) fn merge(plan: &Plan<'_>, n: usize) -> Vec<Merged> {
    let mut groups: Vec<(Vec<usize>, usize)> =
        plan.factors.iter().enumerate().map(|(f, factor)| (vec![f], digits(factor))).collect();
    loop {
        let now = cost(n, groups.iter().map(|group| group.1));
        let mut best: Option<(f64, usize, usize)> = None;
        for b in 1..groups.len() {
            for a in 0..b {
                let merged = groups[a].1 * groups[b].1;
                let rest = groups.iter().enumerate().filter(|(g, _)| *g != a && *g != b);
                let then = cost(n, rest.map(|(_, group)| group.1).chain([merged]));
                if merged <= MOST_MERGED && best.is_none_or(|(cost, ..)| then < cost) {
                    best = Some((then, a, b));
                }
            }
        }
        let Some((_, a, b)) = best.filter(|(then, ..)| *then < now) else { break };
        let (taken, size) = groups.remove(b);
        groups[a].0.extend(taken);
        groups[a].1 *= size;
    }
    groups.iter().map(|(members, _)| Merged::of(plan, members)).collect()
}

/// Steps, roughly: for each row a look-up a factor and a count a pair, dearer beyond the cache; and the tables themselves.
fn cost(n: usize, levels: impl Iterator<Item = usize>) -> f64 {
    let levels: Vec<f64> = levels.map(|count| count as f64).collect();
    let dearer = |bytes: f64| 1.0 + (bytes / CACHE).min(4.0);
    let mut steps = 0.0;
    for (place, a) in levels.iter().enumerate() {
        steps += n as f64 * 2.0 * dearer(a * ENTRY) + 16.0 * a;
        for b in &levels[..place] {
            steps += n as f64 * dearer(4.0 * a * b) + a * b;
        }
    }
    steps
}
