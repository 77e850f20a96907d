//! What a `summarise` says of groups that lack something, and of what it cannot compute.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Problem, Span};
use crate::method::steps::Outcome;
use crate::stats::linear::Warning;
use crate::stats::summary::SummaryError;

use super::measure::{Statistic, What};
use super::run::{Measured, Summarising};

/// The groups that lack something, by what they lack.
#[derive(Default)]
pub(super) struct Lacking(BTreeMap<&'static str, BTreeSet<usize>>);

impl Lacking {
    /// Notes that a group, by its place, lacks something.
    pub(super) fn add(&mut self, what: &'static str, group: usize) {
        self.0.entry(what).or_default().insert(group);
    }

    /// Says it once for a step; `braces` are the groups as addresses name them.
    pub(super) fn warn(&self, braces: &[String], outcome: &mut Outcome) {
        for (what, groups) in &self.0 {
            let named: Vec<String> =
                groups.iter().filter_map(|group| braces.get(*group)).cloned().collect();
            if named.iter().all(String::is_empty) {
                outcome.warnings.push((*what).to_owned());
            } else if named.len() == braces.len() && named.len() > 5 {
                outcome.warnings.push(format!("{what}: each of the {} groups", named.len()));
            } else {
                warn(outcome, what, &named);
            }
        }
    }
}

/// Warns of the estimate that rests on the fewest clusters, where those are few.
pub(super) fn few_clusters(measured: &Measured, outcome: &mut Outcome) {
    let estimates = measured.iter().flat_map(|(estimates, _)| estimates).flatten();
    let counted = estimates.filter_map(|one| Some((one.clusters?, &one.id)));
    let (mut counts, mut fewest) = (BTreeSet::new(), None::<(u64, &String)>);
    for (count, id) in counted {
        counts.insert(count);
        if fewest.is_none_or(|(least, _)| count < least) {
            fewest = Some((count, id));
        }
    }
    let Some((count, id)) = fewest else { return };
    for warning in Warning::of_clusters(count as usize, 0.0) {
        let which = if counts.len() > 1 { format!(" (`{id}`)") } else { String::new() };
        outcome.warnings.push(format!("{warning}{which}"));
    }
}

/// Adds one warning for all addresses that share it.
pub(super) fn warn(outcome: &mut Outcome, what: &str, addresses: &[String]) {
    let shown: Vec<&str> = addresses.iter().take(5).map(String::as_str).collect();
    let more = addresses.len() - shown.len();
    match more {
        _ if shown.is_empty() => {}
        0 => outcome.warnings.push(format!("{what}: {}", shown.join("; "))),
        _ => outcome.warnings.push(format!("{what}: {}; and {more} more", shown.join("; "))),
    }
}

impl Summarising {
    /// What the step chose, or left to the default.
    pub(super) fn note(&self, outcome: &mut Outcome) {
        let mut types: Vec<usize> = Vec::new();
        for measure in &self.measures {
            if let What::Of { statistic: Statistic::Quantile(_, definition), .. } = measure.what {
                types.push(definition.number());
            }
        }
        types.sort_unstable();
        types.dedup();
        if types == [7] {
            outcome.note("quantiles", "type 7 (linear between order statistics)");
        } else if !types.is_empty() {
            let types: Vec<String> = types.iter().map(usize::to_string).collect();
            let text = format!("type {} of Hyndman and Fan 1996", types.join(", "));
            outcome.note("quantiles", text);
        }
        if !types.is_empty() {
            let how = "half the interval's width over its critical value";
            outcome.note("errors of quantiles", how);
        }
        if let Some(weights) = &self.weights {
            outcome.note("weights", format!("frequency: {}", weights.text));
        }
        if let Some(cluster) = &self.cluster {
            outcome.note("cluster", cluster);
            outcome.note("standard errors", "CR1: G/(G-1), t with G-1");
        } else if self.measures.iter().any(|measure| measure.what.has_error()) {
            outcome.note("standard errors", "of independent rows: s/√n, of fractions √(p(1-p)/n)");
        }
        let of = |known: Statistic| {
            self.measures.iter().any(
                |measure| matches!(measure.what, What::Of { statistic, .. } if statistic == known),
            )
        };
        if of(Statistic::GeometricMean) {
            outcome.note(
                "geometric means",
                "the exponential of the mean logarithm and of the ends of its interval; error by the delta method",
            );
        }
        if self.measures.iter().any(|measure| matches!(measure.what, What::Ratio { .. })) {
            outcome.note(
                "ratios",
                "error by linearisation: that of the mean of a - r b, over the mean of b",
            );
        }
        if self.measures.iter().any(|measure| measure.what.is_fraction()) {
            let clustered = self.cluster.is_some();
            outcome.note("intervals of fractions", self.intervals.fractions.word(clustered));
        }
        if self.change.is_some() {
            let how = if self.cluster.is_some() {
                "both groups' errors with what their clusters share, by the delta method; t with the smaller df"
            } else {
                "the errors of two groups of independent rows, by the delta method; t with the smaller df"
            };
            outcome.note("changes", how);
        }
        if !self.within.is_empty() {
            outcome.note("fraction within", self.within.join(", "));
        }
    }
}

/// Says why an estimate cannot be computed, and what to do.
pub(super) fn problem(address: &str, error: &SummaryError, span: &Span) -> Problem {
    let (why, help) = match error {
        SummaryError::NotPositive { value, .. } => (
            format!("the value {value} is not positive, and has no logarithm"),
            "keep the values above 0 with a filter, and say so in `assumes`",
        ),
        SummaryError::NotBinary { value, .. } => (
            format!("the value {value} is neither 0 nor 1"),
            "write a condition: `fraction(x > 0)`",
        ),
        SummaryError::Frequency { value, .. } => (
            format!("the weight {value} is no whole number below 10^12"),
            "this statistic takes weights as counts of equal rows",
        ),
        SummaryError::NotFinite { .. } => (
            "a value is not a finite number".to_owned(),
            "look for a division by zero or a logarithm of zero",
        ),
        SummaryError::OutOfRange => {
            (error.to_string(), "divide the column by a power of ten in a `derive` step before")
        }
        SummaryError::NoRows => (
            "the weights sum to zero".to_owned(),
            "keep such groups out with a filter in a step before",
        ),
        SummaryError::ZeroDenominator => {
            (error.to_string(), "keep such groups out with a filter in a step before")
        }
        other => (other.to_string(), ""),
    };
    let problem = Problem::error(format!("`{address}` cannot be computed: {why}")).at(span);
    if help.is_empty() { problem } else { problem.help(help) }
}
