//! The change of measures between two groups: `change = { by = "month", from = "2025-10", to = "2026-04" }`.
//!
//! *Formula*: the difference d = b − a and the relative change r = b/a − 1, a and b the measure in the groups `from` and
//! `to`. With the joint covariance of a and b: var d = v_a + v_b − 2c, var r = v_b/a² + b² v_a/a⁴ − 2bc/a³.
//! The interval is the delta method's; t with the smaller of both degrees of freedom, normal where there are none.
//! *Source*: the delta method; Cameron & Miller 2015 for clusters that are in both groups.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Problem, Span};
use crate::method::steps::{Outcome, Running, Slopes, plain_estimate};
use crate::results::Estimate;
use crate::stats::distribution;
use crate::stats::double_double::two_sum;
use crate::stats::linear::Reference;
use crate::stats::math;

use super::grouped::Grouped;
use super::joint::Columns;
use super::measure::What;
use super::run::{Measured, Summarising};
use super::told;

/// A checked change.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// The place of the group key in `by`.
    pub(super) key: usize,
    /// The level before, as an address names it, and where it is written.
    pub(super) from: (String, Span),
    /// The level after.
    pub(super) to: (String, Span),
    /// The places of the measures.
    pub(super) of: Vec<usize>,
}

/// A measure in the two groups of one change.
struct Pair<'a> {
    /// `step/measure`.
    address: String,
    /// The groups that it is not a change between: `{mode=fix}`, or nothing.
    braces: String,
    before: &'a Estimate,
    after: &'a Estimate,
    /// What rounding left of the values before and after.
    rests: [f64; 2],
    /// Their correlation, where both have a standard error.
    correlation: Option<f64>,
}

impl Pair<'_> {
    /// Adds the difference and the relative change.
    fn yields(&self, step: &str, level: f64, outcome: &mut Outcome) {
        let (a, b) = (self.before.value, self.after.value);
        let [left, right] = self.rests;
        // To twice the digits: means far from zero may lie near each other.
        let difference = (two_sum(b, right) - two_sum(a, left)).value();
        self.add(step, "change", (difference, [-1.0, 1.0]), level, outcome);
        if a == 0.0 {
            let address = format!("{}{}", self.address, self.braces);
            told::warn(outcome, "starts at zero: no relative change", &[address]);
        } else {
            let slopes = [-b / a / a, 1.0 / a];
            self.add(step, "relative_change", (difference / a, slopes), level, outcome);
        }
    }

    fn add(
        &self,
        step: &str,
        name: &str,
        (value, slopes): (f64, [f64; 2]),
        level: f64,
        outcome: &mut Outcome,
    ) {
        let address = format!("{}_{name}{}", self.address, self.braces);
        let mut estimate = plain_estimate(step, address, value);
        estimate.n = self.before.n.zip(self.after.n).map(|(one, other)| one + other);
        let ids = [&self.before.id, &self.after.id];
        let parts = (self.before.se, self.after.se, self.correlation);
        if let (Some(before), Some(after), Some(correlation)) = parts {
            let [p, q] = slopes;
            let se = joined(p * before, q * after, correlation);
            describe(&mut estimate, se, self.before.df.zip(self.after.df), level);
            let named = ids.iter().zip(slopes).map(|(id, slope)| ((*id).clone(), slope)).collect();
            outcome.slopes.insert(estimate.id.clone(), named);
        }
        outcome.estimates.push(estimate);
    }
}

/// √(a² + b² + 2ρab), whatever the size of a and b.
fn joined(a: f64, b: f64, correlation: f64) -> f64 {
    let unit = a.abs().max(b.abs());
    if unit == 0.0 || !unit.is_finite() {
        return unit;
    }
    let (a, b) = (a / unit, b / unit);
    // Rounding may leave a variance that is zero a shade below it.
    unit * math::sqrt((a * a + b * b + 2.0 * correlation * a * b).max(0.0))
}

fn describe(estimate: &mut Estimate, se: f64, df: Option<(f64, f64)>, level: f64) {
    let df = df.map(|(one, other)| one.min(other));
    let reference = df.map_or(Reference::Normal, |df| Reference::T { df });
    let ends = distribution::interval(reference, estimate.value, se, level);
    estimate.se = Some(se);
    estimate.ci = Some([ends.low, ends.high]);
    estimate.level = Some(level);
    estimate.df = df;
    estimate.reference = Some(if df.is_some() { "t" } else { "normal" }.into());
    estimate.interval = Some("delta".into());
    if se > 0.0 {
        estimate.p = Some(distribution::two_sided_p(reference, estimate.value / se));
    }
}

impl Summarising {
    /// The changes that the step asks for.
    pub(super) fn changes(
        &self,
        grouped: &Grouped,
        measured: &Measured,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let Some(change) = &self.change else { return Ok(()) };
        let pairs = self.paired(change, grouped, outcome)?;
        for place in &change.of {
            let (Some(measure), Some((estimates, rests))) =
                (self.measures.get(*place), measured.get(*place))
            else {
                continue;
            };
            let columns = Columns::of(grouped, *place);
            for (before, after, braces) in &pairs {
                let groups = [*before, *after];
                let rests = groups.map(|group| rests.get(group).copied().unwrap_or_default());
                let at = |group: &usize| estimates.get(*group).and_then(Option::as_ref);
                let (Some(before), Some(after)) = (at(before), at(after)) else { continue };
                let correlation = match (&measure.what, &grouped.clusters) {
                    (What::Share, None) => Some(self.of_shares(grouped, groups, before, after)),
                    // Independent rows, and each in one group.
                    (what, None) => Self::is_known(what).then_some(0.0),
                    _ => {
                        let influence = |side: usize, estimate| {
                            let group = grouped.groups.get(groups[side])?;
                            self.influence(
                                *place,
                                grouped,
                                &columns,
                                group,
                                (estimate, rests[side]),
                            )
                        };
                        let both = influence(0, before).zip(influence(1, after));
                        both.map(|(before, after)| before.correlation(&after))
                    }
                };
                let address = format!("{}/{}", running.id, measure.name);
                let pair =
                    Pair { address, braces: braces.clone(), before, after, rests, correlation };
                pair.yields(running.id, self.intervals.level, outcome);
            }
        }
        Ok(())
    }

    /// The correlation of the shares of two groups of independent rows: of one denominator −√(pq/((1 − p)(1 − q))), of
    /// two none.
    fn of_shares(
        &self,
        grouped: &Grouped,
        groups: [usize; 2],
        before: &Estimate,
        after: &Estimate,
    ) -> f64 {
        let [one, other] = groups.map(|place| grouped.groups.get(place).map(|it| self.outer(it)));
        let (p, q) = (before.value, after.value);
        let free = (1.0 - p) * (1.0 - q);
        if one != other || free <= 0.0 {
            return 0.0;
        }
        -math::sqrt((p * q / free).min(1.0))
    }

    /// The places of the groups before and after, with the address of what they share.
    fn paired(
        &self,
        change: &Change,
        grouped: &Grouped,
        outcome: &mut Outcome,
    ) -> Result<Vec<(usize, usize, String)>, Problem> {
        let label = |group| grouped.label(group, change.key);
        let known: BTreeSet<Cow<'_, str>> = grouped.groups.iter().map(label).collect();
        for level in [&change.from, &change.to] {
            if !known.contains(level.0.as_str()) {
                let key = self.by.get(change.key).map_or("", String::as_str);
                let known = known.iter().map(AsRef::as_ref);
                let problem = Problem::error(format!("no row has {key} = {}", level.0));
                return Err(problem.at(&level.1).suggest(&level.0, known));
            }
        }
        let mut sides: BTreeMap<Vec<u32>, [Option<usize>; 2]> = BTreeMap::new();
        for (place, group) in grouped.groups.iter().enumerate() {
            for (side, level) in [&change.from, &change.to].into_iter().enumerate() {
                if label(group) == level.0 {
                    let mut codes = group.codes.clone();
                    codes.remove(change.key);
                    sides.entry(codes).or_default()[side] = Some(place);
                }
            }
        }
        let mut pairs = Vec::new();
        let mut alone = Vec::new();
        for places in sides.values() {
            let first = places[0].or(places[1]).and_then(|place| grouped.groups.get(place));
            let braces = first
                .map_or_else(String::new, |group| self.braces_without(grouped, group, change.key));
            match places {
                [Some(before), Some(after)] => pairs.push((*before, *after, braces)),
                _ => alone.push(braces),
            }
        }
        told::warn(outcome, "only before or only after: no change", &alone);
        Ok(pairs)
    }
}

/// The estimates that contrasts want, and those behind the changes that they want.
pub(super) fn wanted(wanted: &[String], slopes: &BTreeMap<String, Slopes>) -> BTreeSet<String> {
    let behind = wanted.iter().filter_map(|id| slopes.get(id)).flatten();
    wanted.iter().cloned().chain(behind.map(|(id, _)| id.clone())).collect()
}
