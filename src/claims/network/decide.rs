//! Is there any choice inside a box for which all atoms of a case are true?
//!
//! Linear parts exactly; the others by their range over the box, by walking from a solution of the
//! linear part towards what is violated, and by halving the box until a budget ends.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};

use super::atom::{Atom, Sense};
use super::simplex::{Answer, Bounds, Optimum, Row, Share};
use super::{certificate, compact, presolve};
use crate::claims::record::{ProofCase, ProofPart};
use crate::expression::{End, Interval, Rational, Tree, show};

/// How many boxes are looked at before a non-linear case is left undecided.
const MOST_BOXES: usize = 200;
/// How often a count is decided below and above a broken value.
const MOST_BRANCHES: usize = 200;
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
    /// The same for a program, where it is linear.
    pub(super) cases: Vec<ProofCase>,
    /// Whether every case is a sum of inequalities.
    pub(super) linear: bool,
}

/// Decides one case over a box; the numbers that are `whole` must be so.
pub(super) fn decide(
    atoms: &[Owned],
    at: &[Interval],
    names: &[String],
    whole: &BTreeSet<usize>,
) -> Decision {
    let mut budget = MOST_BRANCHES;
    branch(atoms, at, names, whole, &mut budget)
}

/// Decides with real numbers; where a count comes out broken, decides below and above it.
fn branch(
    atoms: &[Owned],
    at: &[Interval],
    names: &[String],
    whole: &BTreeSet<usize>,
    budget: &mut usize,
) -> Decision {
    let answer = relaxed(atoms, at, names);
    let Decision::Possible(Some(point), _) = &answer else { return answer };
    let broken = whole
        .iter()
        .filter_map(|index| Some((*index, point.get(*index)?)))
        .find(|(_, value)| !value.is_integer());
    let Some((index, value)) = broken else { return answer };
    if *budget == 0 {
        return Decision::Unknown;
    }
    *budget -= 1;
    let (floor, ceiling) = (value.floor(), value.ceil());
    let sides = [
        (Interval { low: End::Infinite, high: End::Closed(floor.clone()) }, "<=", floor),
        (Interval { low: End::Closed(ceiling.clone()), high: End::Infinite }, ">=", ceiling),
    ];
    let (mut both, mut unknown) = (Vec::new(), false);
    for (side, sign, value) in sides {
        let mut here = at.to_vec();
        let Some(place) = here.get_mut(index) else { return Decision::Unknown };
        let name = names.get(index).cloned().unwrap_or_default();
        let Some(part) = place.intersection(&side) else {
            let mut none = nowhere(index, &name, place, &side);
            none.assume(&format!("{name} {sign} {}", show(&value)), index);
            both.push(none);
            continue;
        };
        *place = part;
        match branch(atoms, &here, names, whole, budget) {
            Decision::Impossible(mut one) => {
                one.assume(&format!("{name} {sign} {}", show(&value)), index);
                both.push(one);
            }
            Decision::Unknown => unknown = true,
            possible @ Decision::Possible(..) => return possible,
        }
    }
    if unknown || both.is_empty() {
        return Decision::Unknown;
    }
    Decision::Impossible(Contradiction::all(both))
}

/// A count whose printed interval has nothing on one side of a broken value.
fn nowhere(index: usize, name: &str, printed: &Interval, side: &Interval) -> Contradiction {
    let low = if side.low.value().is_some() { &side.low } else { &printed.low };
    let high = if side.high.value().is_some() { &side.high } else { &printed.high };
    let part = |end: &End, upper: bool| {
        let sign = if upper { "-1" } else { "1" };
        end.value().map(|value| ProofPart {
            multiplier: "1".to_owned(),
            terms: BTreeMap::from([(name.to_owned(), sign.to_owned())]),
            at_least: show(&if upper { -value } else { value.clone() }),
            strict: !end.is_closed(),
            from: "printed".to_owned(),
            given: BTreeMap::new(),
        })
    };
    let parts = [part(low, false), part(high, true)].into_iter().flatten().collect();
    Contradiction {
        variables: BTreeSet::from([index]),
        origins: BTreeSet::new(),
        certificate: format!("{name} lies in {printed}, which has no such number"),
        cases: vec![ProofCase { assuming: Vec::new(), parts }],
        linear: true,
    }
}

impl Contradiction {
    /// Adds what a case assumes, with the number it is about.
    fn assume(&mut self, what: &str, index: usize) {
        self.variables.insert(index);
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
            linear: cases.iter().all(|one| one.linear),
        };
        for one in cases {
            all.variables.extend(one.variables);
            all.origins.extend(one.origins);
            all.cases.extend(one.cases);
        }
        all
    }
}

/// Decides one case over a box, counts taken as real numbers.
fn relaxed(atoms: &[Owned], at: &[Interval], names: &[String]) -> Decision {
    let plan = presolve::plan(atoms, at, &BTreeSet::new());
    let bounds: Vec<Bounds> = at.iter().map(Bounds::from).collect();
    let point = match compact::solve(&bounds, &plan.rows) {
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
    let walk = Walk { curved: &plan.curved, bounds: &bounds, rows: &plan.rows };
    for start in [middle(at, &plan.rows), Some(point)].into_iter().flatten() {
        if let Some((found, note)) = walk.from(start) {
            return match found.and_then(|found| plan.complete(found)) {
                Some(found) => Decision::Possible(Some(found), note),
                None => Decision::Possible(None, note.or_else(|| Some(BETWEEN.to_owned()))),
            };
        }
    }
    if let Some(contradiction) = plan.curved.iter().find_map(|owned| excluded(owned, at)) {
        return Decision::Impossible(contradiction);
    }
    halved(atoms, at).unwrap_or(Decision::Unknown)
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
        linear: true,
    };
    for share in shares.iter().filter(|share| !share.multiplier.is_zero()) {
        if share.index < names.len() {
            found.variables.insert(share.index);
        } else if let Some(source) = plan.sources.get(share.index - names.len()) {
            found.variables.extend(source.given.keys());
            found.origins.insert(source.from.to_owned());
        }
    }
    found
}

/// The middle of the box, where it satisfies the linear part.
fn middle(at: &[Interval], rows: &[Row]) -> Option<Vec<Rational>> {
    let middle: Vec<Rational> = at.iter().map(Interval::middle).collect();
    let fits = rows.iter().all(|row| {
        let sum: Rational = row
            .terms
            .iter()
            .filter_map(|(index, times)| middle.get(*index).map(|value| value * times))
            .sum();
        let above = row.bounds.low.as_ref().is_none_or(|low| {
            if low.tiny.is_positive() { sum > low.real } else { sum >= low.real }
        });
        above && row.bounds.high.as_ref().is_none_or(|high| sum <= high.real)
    });
    fits.then_some(middle)
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
    let whole = owned.atom.difference.range(at).ok()?.interval;
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
    let (left, right) = (left.range(at).ok()?.interval, right.range(at).ok()?.interval);
    let must = match owned.atom.sense {
        Sense::Zero => "equal",
        Sense::AtLeast => "be at least",
        Sense::Above => "be more than",
    };
    let certificate = format!(
        "one side lies in {left}, the other in {right}, their difference in {whole}; for no choice can the one {must} the other [{}]",
        owned.from
    );
    let mut variables = BTreeSet::new();
    collect(&owned.atom.difference, &mut variables);
    Some(Contradiction {
        variables,
        origins: BTreeSet::from([owned.from.clone()]),
        certificate,
        cases: Vec::new(),
        linear: false,
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

struct Walk<'a> {
    curved: &'a [&'a Owned],
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

/// Halves the box until every part is excluded, or the budget ends.
fn halved(atoms: &[Owned], at: &[Interval]) -> Option<Decision> {
    let mut variables = BTreeSet::new();
    for owned in atoms {
        collect(&owned.atom.difference, &mut variables);
    }
    let mut origins = BTreeSet::new();
    let mut waiting = vec![at.to_vec()];
    let mut seen = 0;
    while let Some(here) = waiting.pop() {
        seen += 1;
        if seen > MOST_BOXES {
            return None;
        }
        if let Some(owned) = atoms.iter().find(|owned| settled(&owned.atom, &here) == Some(false)) {
            origins.insert(owned.from.clone());
            continue;
        }
        let (index, width) = variables
            .iter()
            .filter_map(|index| {
                here.get(*index).and_then(Interval::width).map(|width| (*index, width))
            })
            .max_by(|one, two| one.1.cmp(&two.1))?;
        if width.is_zero() {
            return None;
        }
        let whole = here.get(index)?;
        let middle = whole.middle();
        for half in [
            Interval { low: whole.low.clone(), high: End::Closed(middle.clone()) },
            Interval { low: End::Closed(middle.clone()), high: whole.high.clone() },
        ] {
            let mut part = here.clone();
            if let Some(place) = part.get_mut(index) {
                *place = half;
            }
            waiting.push(part);
        }
    }
    let certificate = format!("each of {seen} boxes that together hold all choices is excluded");
    Some(Decision::Impossible(Contradiction {
        variables,
        origins,
        certificate,
        cases: Vec::new(),
        linear: false,
    }))
}
