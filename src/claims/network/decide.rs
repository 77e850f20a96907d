//! Is there any choice inside a box for which all atoms of a case are true?
//!
//! Linear parts exactly; the others by their range over the box and by lines above them, and by walking
//! from a solution of the linear part towards what is violated. What stays open is for `search` to split.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};

use super::atom::{Atom, Sense};
use super::simplex::{Answer, Bounds, Optimum, Row, Share};
use super::{bend, certificate, compact, presolve};
use crate::claims::record::{Excluded, ProofCase};
use crate::expression::{Interval, Rational, Tree};

/// What is said where a choice exists that is no fraction.
const BETWEEN: &str =
    "Inside all intervals one side of the relation passes the other, so they meet in between.";
/// How often a stretch on which two sides meet is halved.
const MOST_HALVES: usize = 40;
/// How often a walk turns towards what is violated.
const MOST_TURNS: usize = 12;

/// An atom and the relation (or claim) that it comes from.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub(super) atom: Atom,
    pub(super) from: String,
}

/// How a case came out.
#[derive(Debug, Clone)]
pub(super) enum Decision {
    /// There is a choice; the point, where an exact one was found.
    Possible(Option<Vec<Rational>>, Option<String>),
    /// There is none; what contradicts itself.
    Impossible(Contradiction),
    /// Not decided.
    Unknown,
}

/// What contradicts itself, by variable and by origin, with the sum to check.
#[derive(Debug, Clone)]
pub(super) struct Contradiction {
    pub(super) variables: BTreeSet<usize>,
    pub(super) origins: BTreeSet<String>,
    pub(super) certificate: String,
    /// The same for a program.
    pub(super) cases: Vec<ProofCase>,
}

impl Contradiction {
    /// Adds what a case assumes.
    pub(super) fn assume(&mut self, what: &str) {
        self.certificate = format!("where {what}: {}", self.certificate);
        for case in &mut self.cases {
            case.assuming.insert(0, what.to_owned());
        }
    }

    /// Several cases, each contradicting itself.
    pub(super) fn all(cases: Vec<Self>) -> Self {
        let written: Vec<String> = cases.iter().map(|one| one.certificate.clone()).collect();
        let mut all = Self {
            variables: BTreeSet::new(),
            origins: BTreeSet::new(),
            certificate: written.join("; and in the other case "),
            cases: Vec::new(),
        };
        for one in cases {
            all.variables.extend(one.variables);
            all.origins.extend(one.origins);
            all.cases.extend(one.cases);
        }
        all
    }
}

/// Decides conditions over a box, counts taken as real numbers and without halving the box.
pub(super) fn relaxed(atoms: &[Owned], at: &[Interval], names: &[String]) -> Decision {
    let mut plan = presolve::plan(atoms, at, &BTreeSet::new());
    let bounds: Vec<Bounds> = at.iter().map(Bounds::from).collect();
    let mut point = match compact::solve(&bounds, &plan.rows) {
        Answer::Infeasible(shares) => {
            return Decision::Impossible(linear(&plan, &shares, at, names));
        }
        Answer::Budget => return Decision::Unknown,
        Answer::Feasible(point) => point,
    };
    if plan.curved.is_empty() && plan.replaced.is_empty() {
        return Decision::Possible(Some(point), None);
    }
    if plan.curved.is_empty() {
        return match plan.complete(point) {
            Some(point) => Decision::Possible(Some(point), None),
            None => Decision::Possible(None, Some(BETWEEN.to_owned())),
        };
    }
    if let Some(contradiction) = plan.curved.iter().find_map(|owned| excluded(owned, at)) {
        return Decision::Impossible(contradiction);
    }
    let straight = plan.rows.len();
    for (row, source) in bend::rows(&plan.curved, at) {
        plan.rows.push(row);
        plan.sources.push(source);
    }
    if plan.rows.len() > straight {
        match compact::solve(&bounds, &plan.rows) {
            Answer::Infeasible(shares) => {
                return Decision::Impossible(linear(&plan, &shares, at, names));
            }
            Answer::Feasible(better) => point = better,
            Answer::Budget => {}
        }
    }
    plan.rows.truncate(straight);
    let walk = Walk { curved: &plan.curved, at, bounds: &bounds, rows: &plan.rows };
    for start in [middle(at, &plan.rows), Some(point)].into_iter().flatten() {
        if let Some((found, note)) = walk.from(start) {
            return match found.and_then(|found| plan.complete(found)) {
                Some(found) => Decision::Possible(Some(found), note),
                None => Decision::Possible(None, note.or_else(|| Some(BETWEEN.to_owned()))),
            };
        }
    }
    Decision::Unknown
}

/// A contradiction among rows and bounds.
fn linear(
    plan: &presolve::Plan<'_>,
    shares: &[Share],
    at: &[Interval],
    names: &[String],
) -> Contradiction {
    let system =
        certificate::System { names, intervals: at, rows: &plan.rows, sources: &plan.sources };
    let (text, case) = certificate::write(shares, &system);
    let mut found = Contradiction {
        variables: BTreeSet::new(),
        origins: BTreeSet::new(),
        certificate: text,
        cases: vec![case],
    };
    for share in shares.iter().filter(|share| !share.multiplier.is_zero()) {
        if share.index < names.len() {
            found.variables.insert(share.index);
        } else if let Some(source) = plan.sources.get(share.index - names.len()) {
            found.variables.extend(source.given.keys().chain(&source.over));
            found.origins.insert(source.from.to_owned());
        }
    }
    found
}

/// The middle of the box, where it satisfies the linear part.
fn middle(at: &[Interval], rows: &[Row]) -> Option<Vec<Rational>> {
    let middle: Vec<Rational> = at.iter().map(Interval::middle).collect();
    fits(&middle, rows).then_some(middle)
}

/// Whether a point satisfies the linear part.
fn fits(point: &[Rational], rows: &[Row]) -> bool {
    rows.iter().all(|row| {
        let sum: Rational = row
            .terms
            .iter()
            .filter_map(|(index, times)| point.get(*index).map(|value| value * times))
            .sum();
        let above = row.bounds.low.as_ref().is_none_or(|low| {
            if low.tiny.is_positive() { sum > low.real } else { sum >= low.real }
        });
        above && row.bounds.high.as_ref().is_none_or(|high| sum <= high.real)
    })
}

fn points(point: &[Rational]) -> Vec<Interval> {
    point.iter().cloned().map(Interval::point).collect()
}

/// `Some(true)` where an atom surely holds over a box, `Some(false)` where it surely does not.
pub(super) fn settled(atom: &Atom, at: &[Interval]) -> Option<bool> {
    let range = atom.difference.enclosure(at).ok()?;
    let zero = range.contains(&Rational::zero());
    let decide = |always: bool, never: bool| match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    match atom.sense {
        Sense::Zero => decide(range.as_point().is_some_and(Zero::is_zero), !zero),
        Sense::AtLeast => decide(range.is_never_negative(), range.is_never_positive() && !zero),
        Sense::Above => decide(range.is_never_negative() && !zero, range.is_never_positive()),
    }
}

/// An atom that no choice in the box satisfies.
fn excluded(owned: &Owned, at: &[Interval]) -> Option<Contradiction> {
    let whole = owned.atom.difference.enclosure(at).ok()?;
    let zero = whole.contains(&Rational::zero());
    let never = match owned.atom.sense {
        Sense::Zero => !zero,
        Sense::AtLeast => whole.is_never_positive() && !zero,
        Sense::Above => whole.is_never_positive(),
    };
    if !never {
        return None;
    }
    let Tree::Binary(_, left, right) = &owned.atom.difference else { return None };
    let range = |side: &Tree| side.range(at).map(|range| range.interval.in_short()).ok();
    let (left, right, difference) = (range(left)?, range(right)?, whole.in_short());
    let must = match owned.atom.sense {
        Sense::Zero => "equal",
        Sense::AtLeast => "be at least",
        Sense::Above => "be more than",
    };
    let certificate = format!(
        "one side lies in {left}, the other in {right}, their difference in {difference}; for no choice can the one {must} the other [{}]",
        owned.from
    );
    let mut variables = BTreeSet::new();
    collect(&owned.atom.difference, &mut variables);
    Some(Contradiction {
        variables,
        origins: BTreeSet::from([owned.from.clone()]),
        certificate,
        cases: vec![ProofCase {
            assuming: Vec::new(),
            parts: Vec::new(),
            excluded: Some(Excluded { by: owned.from.clone(), difference: difference.to_string() }),
        }],
    })
}

/// Collects the references of a tree.
pub(super) fn collect(tree: &Tree, into: &mut BTreeSet<usize>) {
    match tree {
        Tree::Number(_) => {}
        Tree::Reference(index) => {
            into.insert(*index);
        }
        Tree::Negate(inner) | Tree::Power(inner, _) => collect(inner, into),
        Tree::Binary(_, left, right) => {
            collect(left, into);
            collect(right, into);
        }
        Tree::Call(_, parts) => parts.iter().for_each(|part| collect(part, into)),
    }
}

/// Moves a point onto the curved equalities: in each, one number that is a quotient of linear forms there
/// is solved for, if it stays inside its interval. `None` where that does not work.
pub(super) fn polished(
    curved: &[&Owned],
    at: &[Interval],
    point: Vec<Rational>,
) -> Option<Vec<Rational>> {
    let mut here = point;
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for owned in curved.iter().filter(|owned| owned.atom.sense == Sense::Zero) {
        let tree = &owned.atom.difference;
        let numbers = presolve::references(tree);
        if settled(&owned.atom, &points(&here)) != Some(true) {
            let free = numbers.iter().filter(|index| !taken.contains(index));
            let (index, value) = free.into_iter().find_map(|index| {
                let own = at.get(*index).filter(|own| own.as_point().is_none())?;
                let root = presolve::root(tree, *index, &here)?;
                own.contains(&root).then_some((*index, root))
            })?;
            *here.get_mut(index)? = value;
        }
        taken.extend(numbers);
    }
    Some(here)
}

struct Walk<'a> {
    curved: &'a [&'a Owned],
    at: &'a [Interval],
    bounds: &'a [Bounds],
    rows: &'a [Row],
}

/// A point (or none, where it exists but is irrational) and a remark on how it was found.
type Found = (Option<Vec<Rational>>, Option<String>);

impl Walk<'_> {
    /// Walks from a solution of the linear part until all atoms hold, or the turns run out.
    fn from(&self, start: Vec<Rational>) -> Option<Found> {
        let mut here = start;
        for _ in 0..MOST_TURNS {
            let Some(violated) = self.violated(&here) else { return Some((Some(here), None)) };
            if let Some(near) = self.near(&here) {
                return Some((Some(near), None));
            }
            let tree = &violated.atom.difference;
            let above = self.toward(tree, &here, true)?;
            if violated.atom.sense == Sense::Zero {
                let below = self.toward(tree, &here, false)?;
                let signs = (value_at(tree, &below), value_at(tree, &above));
                if let (Some(bottom), Some(top)) = signs
                    && bottom.is_negative()
                    && top.is_positive()
                {
                    return self.between(violated, below, above);
                }
                let turned = value_at(tree, &here).is_some_and(|value| value.is_positive());
                if turned {
                    if below == here {
                        return None;
                    }
                    here = below;
                    continue;
                }
            }
            if above == here {
                return None;
            }
            here = above;
        }
        None
    }

    /// A point on all curved conditions, one number of each moved.
    fn near(&self, here: &[Rational]) -> Option<Vec<Rational>> {
        let near = polished(self.curved, self.at, here.to_vec())?;
        (fits(&near, self.rows) && self.violated(&near).is_none()).then_some(near)
    }

    fn violated(&self, point: &[Rational]) -> Option<&Owned> {
        let at = points(point);
        self.curved.iter().find(|owned| settled(&owned.atom, &at) != Some(true)).copied()
    }

    /// The solution of the linear part that is best for a tree as it slopes here.
    fn toward(&self, tree: &Tree, here: &[Rational], up: bool) -> Option<Vec<Rational>> {
        let rough =
            |point: &[Rational]| tree.enclosure(&points(point)).ok().map(|range| range.middle());
        let base = rough(here)?;
        let mut used = BTreeSet::new();
        collect(tree, &mut used);
        let mut slopes = BTreeMap::new();
        for index in used {
            let mut near = here.to_vec();
            let place = near.get_mut(index)?;
            let step = if place.is_zero() {
                Rational::new(1.into(), 1_000_000.into())
            } else {
                place.abs() / Rational::from_integer(1_000_000.into())
            };
            *place += &step;
            let slope = (rough(&near)? - &base) / step;
            if !slope.is_zero() {
                slopes.insert(index, if up { slope } else { -slope });
            }
        }
        match compact::largest(self.bounds, self.rows, &slopes) {
            Optimum::At(_, _, point) => Some(point),
            Optimum::Unbounded | Optimum::None => None,
        }
    }

    /// Two solutions of the linear part on either side of an equality: between them it is true.
    fn between(&self, equality: &Owned, low: Vec<Rational>, high: Vec<Rational>) -> Option<Found> {
        let tree = &equality.atom.difference;
        let (mut low, mut high) = (low, high);
        for _ in 0..MOST_HALVES {
            let (bottom, top) = (value_at(tree, &low)?, value_at(tree, &high)?);
            let guess = mix(&low, &high, &(&bottom / (&bottom - &top)));
            let hit = value_at(tree, &guess).is_some_and(|value| value.is_zero());
            if hit && self.violated(&guess).is_none() {
                return Some((Some(guess), None));
            }
            let hull: Vec<Interval> = low
                .iter()
                .zip(&high)
                .map(|(one, two)| Interval::closed(one.clone(), two.clone()))
                .collect();
            let mut others = self.curved.iter().filter(|owned| !std::ptr::eq(**owned, equality));
            if others.all(|owned| settled(&owned.atom, &hull) == Some(true)) {
                let note = format!(
                    "Between two choices inside all intervals the two sides of {} change places, so they meet in between.",
                    equality.from
                );
                return Some((None, Some(note)));
            }
            let half = mix(&low, &high, &Rational::new(1.into(), 2.into()));
            if value_at(tree, &half)?.is_negative() {
                low = half;
            } else {
                high = half;
            }
        }
        None
    }
}

fn mix(low: &[Rational], high: &[Rational], share: &Rational) -> Vec<Rational> {
    low.iter().zip(high).map(|(low, high)| low + (high - low) * share).collect()
}

/// The value at a point; for real functions only where its sign is sure.
fn value_at(tree: &Tree, point: &[Rational]) -> Option<Rational> {
    let range = tree.enclosure(&points(point)).ok()?;
    if let Some(value) = range.as_point() {
        return Some(value.clone());
    }
    (!range.contains(&Rational::zero())).then(|| range.middle())
}
