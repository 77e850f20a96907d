//! Is there any choice inside a box for which all atoms of a case are true?
//!
//! Linear parts exactly; the others by their range over the box and by lines above them, and by walking
//! from a solution of the linear part towards what is violated. What stays open is for `search` to split.

use std::collections::BTreeSet;

use num_traits::Zero;

use super::atom::{Atom, Sense};
use super::simplex::{Answer, Bounds, Share};
use super::walk::{self, Walk};
use super::{bend, certificate, compact, presolve};
use crate::claims::record::{Excluded, ProofCase};
use crate::expression::{Interval, Rational, Tree};

/// What is said where a choice exists that is no fraction.
const BETWEEN: &str =
    "Inside all intervals one side of the relation passes the other, so they meet in between.";

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
    for start in [walk::middle(at, &plan.rows), Some(point)].into_iter().flatten() {
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
    if settled(&owned.atom, at) != Some(false) {
        return None;
    }
    let whole = owned.atom.difference.enclosure(at).ok()?;
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
