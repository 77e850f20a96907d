//! Straight lines above a curved difference: what a comparison says at least, over a box.
//!
//! *Formula*: with slopes `s_i` in `[a_i, b_i]` over the box and its lowest corner `l`,
//! `f(x) <= f(l) + sum b_i (x_i - l_i)`; with its highest corner `h`, `f(x) <= f(h) + sum a_i (x_i - h_i)`.
//! So `f(x) >= 0` says that both right sides are at least zero. *Source*: Araya, Trombettoni and Neveu (2012),
//! a contractor by corners of the interval Taylor form. Numbers are rounded outward to short ones: the line
//! stays above. *Checked against*: `tests/reference/check_certificates.py`, which finds the least value of
//! line minus curve over the box anew.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::atom::{Linear, Sense};
use super::decide::Owned;
use super::presolve::{Source, references};
use super::simplex::Row;
use crate::expression::{Interval, Rational, Tree};

/// How many binary digits a rounded coefficient keeps.
const DIGITS: i64 = 44;

/// The lines above every curved atom over a box, with where they come from.
pub(super) fn rows<'a>(curved: &[&'a Owned], at: &[Interval]) -> Vec<(Row, Source<'a>)> {
    let mut rows = Vec::new();
    for owned in curved {
        let tree = &owned.atom.difference;
        let sense = if owned.atom.sense == Sense::Above { Sense::Above } else { Sense::AtLeast };
        let source =
            || Source { from: &owned.from, given: BTreeMap::new(), over: references(tree) };
        rows.extend(lines(tree, at).into_iter().map(|line| (line.row(sense), source())));
        if owned.atom.sense == Sense::Zero {
            let turned = Tree::Negate(Box::new(tree.clone()));
            rows.extend(lines(&turned, at).into_iter().map(|line| (line.row(sense), source())));
        }
    }
    rows
}

/// Two lines that lie above a tree over a box; none where it is not smooth, or the box has no corner.
pub(super) fn lines(tree: &Tree, at: &[Interval]) -> Vec<Linear> {
    let used: BTreeSet<usize> = references(tree);
    let unknown = |index: &usize| at.get(*index).is_some_and(|own| own.as_point().is_none());
    let mut slopes = BTreeMap::new();
    for index in used.into_iter().filter(unknown) {
        let Some(slope) = tree.slope(index, at) else { return Vec::new() };
        slopes.insert(index, slope);
    }
    [false, true].into_iter().filter_map(|upper| line(tree, at, &slopes, upper)).collect()
}

fn line(
    tree: &Tree,
    at: &[Interval],
    slopes: &BTreeMap<usize, Interval>,
    upper: bool,
) -> Option<Linear> {
    let mut corner = at.to_vec();
    let mut terms = BTreeMap::new();
    let mut moved = Rational::zero();
    for (index, slope) in slopes {
        let own = at.get(*index)?;
        let end = if upper { own.high.value() } else { own.low.value() }?;
        let steep = if upper { slope.low.value() } else { slope.high.value() }?;
        let steep = rounded(steep, !upper);
        moved += &steep * end;
        terms.insert(*index, steep);
        *corner.get_mut(*index)? = Interval::point(end.clone());
    }
    let value = tree.enclosure(&corner).ok()?;
    let constant = rounded(&(value.high.value()? - moved), true);
    terms.retain(|_, times| !times.is_zero());
    Some(Linear { terms, constant })
}

/// A short number near another, not below it (or not above it).
pub(super) fn rounded(value: &Rational, up: bool) -> Rational {
    if value.is_integer() {
        return value.clone();
    }
    let size = |number: &BigInt| i64::try_from(number.bits()).unwrap_or(i64::MAX);
    let exponent = DIGITS - size(&value.numer().abs()) + size(value.denom());
    let Ok(shift) = u32::try_from(exponent.unsigned_abs()) else { return value.clone() };
    let power = Rational::from_integer(num_traits::pow(BigInt::from(2), shift as usize));
    let scale = if exponent >= 0 { power } else { power.recip() };
    let scaled = value * &scale;
    (if up { scaled.ceil() } else { scaled.floor() }) / scale
}
