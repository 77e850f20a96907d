//! Runs a `summarise`: rows into groups, groups into numbers.
//!
//! The groups come out in the order of their values, whatever the order of the rows; the counts of
//! all groups are checked against the rows that came in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Problem;
use crate::engine::{Column, Schema, Table, Values};
use crate::method::fragment::Fragment;
use crate::method::steps::derive::culprit;
use crate::method::steps::{Outcome, Running, Step, plain_estimate, twice};
use crate::method::text::quote;
use crate::results::Estimate;
use crate::stats::linear::{self, Reference};
use crate::stats::summary::SummaryError;
use crate::stats::tally::tally;

use super::change::{self, Change};
use super::grouped::{
    Group, Grouped, Intervals, NULL, Number, Sorted, cluster_codes, frequencies, groups,
};
use super::measure::{Measure, What};
use super::measuring::Measuring;
use super::taken::NO_DEVIATION;
use super::told::{self, Lacking, warn};

/// Of each measure what each group has, and what rounding left of it.
pub(super) type Measured = Vec<(Vec<Option<Estimate>>, Vec<f64>)>;

/// A checked `summarise`.
pub(super) struct Summarising {
    pub(super) from: String,
    pub(super) by: Vec<String>,
    pub(super) within: Vec<String>,
    pub(super) measures: Vec<Measure>,
    pub(super) weights: Option<Fragment>,
    pub(super) cluster: Option<String>,
    pub(super) intervals: Intervals,
    pub(super) change: Option<Change>,
    pub(super) output: Schema,
}

impl Step for Summarising {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let sql = self.sql();
        let table = running
            .engine
            .query(&sql)
            .map_err(|error| culprit(running, &self.from, &self.expressions(), &error))?;
        running.same_rows(table.rows(), rows_in)?;
        let mut outcome = Outcome { sql: vec![sql], ..Outcome::default() };
        let grouped = self.group(&table, running, &mut outcome)?;
        let braces = self.told_apart(&grouped, running)?;
        let mut measured: Measured = Vec::new();
        let mut lacking = Lacking::default();
        for place in 0..self.measures.len() {
            let found =
                self.measure(place, (&grouped, &braces), running, &mut lacking, &mut outcome)?;
            measured.push(found);
        }
        lacking.warn(&braces, &mut outcome);
        told::few_clusters(&measured, &mut outcome);
        let mut changes = Outcome::default();
        self.changes(&grouped, &measured, running, &mut changes)?;
        let wanted = change::wanted(running.wanted, &changes.slopes);
        outcome.joint = self.joint(&grouped, &measured, &|id| wanted.contains(id));
        self.finish(&grouped, measured, rows_in, running, &mut outcome)?;
        outcome.estimates.append(&mut changes.estimates);
        outcome.warnings.append(&mut changes.warnings);
        outcome.slopes = changes.slopes;
        Ok(outcome)
    }
}

impl Summarising {
    fn sql(&self) -> String {
        let mut list: Vec<String> = Vec::new();
        for (index, name) in self.by.iter().enumerate() {
            list.push(format!("{} AS \"by {index}\"", quote(name)));
        }
        for (index, measure) in self.measures.iter().enumerate() {
            if let What::Distinct(column) | What::Of { column, .. } | What::Ratio { column, .. } =
                &measure.what
            {
                list.push(format!("({}) AS \"measure {index}\"", column.text));
            }
            if let What::Ratio { below, .. } = &measure.what {
                list.push(format!("({}) AS \"below {index}\"", below.text));
            }
        }
        if let Some(weights) = &self.weights {
            list.push(format!("({}) AS \"weight\"", weights.text));
        }
        if let Some(cluster) = &self.cluster {
            list.push(format!("{} AS \"cluster\"", quote(cluster)));
        }
        if list.is_empty() {
            list.push("1 AS \"row\"".to_owned());
        }
        format!("SELECT {} FROM {}", list.join(", "), quote(&self.from))
    }

    fn expressions(&self) -> Vec<(&str, &Fragment)> {
        let columns = self.measures.iter().flat_map(|measure| {
            let (column, below) = match &measure.what {
                What::Distinct(column) | What::Of { column, .. } => (Some(column), None),
                What::Ratio { column, below } => (Some(column), Some(below)),
                What::Count | What::Share => (None, None),
            };
            column.into_iter().chain(below).map(|column| (measure.name.as_str(), column))
        });
        columns.chain(self.weights.iter().map(|weights| ("weight", weights))).collect()
    }

    fn group(
        &self,
        table: &Table,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<Grouped, Problem> {
        let columns: Vec<Option<Arc<Column>>> = (0..self.measures.len())
            .map(|index| table.shared(&format!("measure {index}")).cloned())
            .collect();
        let below = |index| Some((index, Arc::clone(table.shared(&format!("below {index}"))?)));
        let below = (0..self.measures.len()).filter_map(below).collect();
        let weights = match (table.column("weight"), &self.weights) {
            (Some(column), Some(written)) => Some(frequencies(column, written)?),
            _ => None,
        };
        let whole = weights.as_ref().is_none_or(|all| all.iter().all(|one| one.fract() == 0.0));
        if !whole {
            let message =
                "frequencies are not whole numbers: means and shares have no standard error";
            outcome.warnings.push(message.to_owned());
        }
        let clusters = match (table.column("cluster"), &self.cluster) {
            (Some(column), Some(name)) => Some(cluster_codes(column, name, running)?),
            _ => None,
        };
        if let Some(clusters) = &clusters {
            let levels = clusters.iter().max().map_or(0, |last| *last as usize + 1);
            let sizes = tally(clusters, levels);
            let largest = sizes.iter().copied().max().unwrap_or(0);
            let share = f64::from(largest) / clusters.len().max(1) as f64;
            // Few clusters are told of the estimates, which may rest on fewer still.
            let unequal = linear::Warning::of_clusters(levels, share)
                .filter(|one| matches!(one, linear::Warning::UnequalClusters { .. }));
            outcome.warnings.extend(unequal.map(|warning| warning.to_string()));
        }
        let keys: Vec<Arc<Column>> = (0..self.by.len())
            .filter_map(|at| table.shared(&format!("by {at}")).cloned())
            .collect();
        let plain = weights.is_none() && clusters.is_none();
        let wanted = self.measures.iter().zip(&columns).map(|(measure, column)| {
            let What::Of { statistic, .. } = measure.what else { return None };
            let column = column.as_deref().filter(|column| plain && column.valid.is_none())?;
            Some((column, statistic))
        });
        let all = table.rows();
        let Sorted { groups, gathered, places } = groups(&keys, all, &wanted.collect::<Vec<_>>());
        let counted: usize = groups.iter().map(|group| group.count).sum();
        running.same_rows(counted, all)?;
        let (rows, totals) = Default::default();
        Ok(Grouped {
            columns,
            below,
            keys,
            weights,
            clusters,
            groups,
            gathered,
            all,
            places,
            rows,
            totals,
        })
    }

    /// The groups as addresses name them. Refuses two of one address: a null beside the text `null`, or labels that hold
    /// `,` and `=`.
    fn told_apart(&self, grouped: &Grouped, running: &Running<'_>) -> Result<Vec<String>, Problem> {
        let all: Vec<String> =
            grouped.groups.iter().map(|group| self.braces(grouped, group)).collect();
        if let Some(braces) = twice(all.iter().map(String::as_str)) {
            let message = format!(
                "two groups have the address `{braces}`: their estimates could not be told apart"
            );
            let help = "recode one of them in a `derive` step before: a null with `coalesce`, a label without `,` and `=`";
            return Err(Problem::error(message).at(running.span).help(help));
        }
        Ok(all)
    }

    /// One measure in every group, in the order of the groups, and what rounding left of each.
    fn measure(
        &self,
        place: usize,
        (grouped, braces): (&Grouped, &[String]),
        running: &Running<'_>,
        lacking: &mut Lacking,
        outcome: &mut Outcome,
    ) -> Result<(Vec<Option<Estimate>>, Vec<f64>), Problem> {
        let Some(measure) = self.measures.get(place) else { return Ok(Default::default()) };
        let mut measuring = Measuring::of(self, place, grouped)?;
        let mut empty = Vec::new();
        let mut nulls = 0;
        let mut estimates = Vec::with_capacity(grouped.groups.len());
        let mut rests = vec![0.0; grouped.groups.len()];
        for (index, (group, braces)) in grouped.groups.iter().zip(braces).enumerate() {
            let address = [running.id, "/", &measure.name, braces].concat();
            let found = match &mut measuring {
                Some(measuring) => measuring.number(grouped, group, self.intervals),
                None => Err(SummaryError::NoRows),
            };
            let (number, missing) = match found {
                Err(SummaryError::TooFewRows { .. }) if grouped.groups.len() > 1 => {
                    lacking.add(NO_DEVIATION, index);
                    estimates.push(None);
                    continue;
                }
                found => found
                    .map_err(|error| told::problem(&address, &error, &measure.written.span()))?,
            };
            nulls += missing;
            let Some(number) = number else {
                empty.push(address);
                estimates.push(None);
                continue;
            };
            if let Some(what) = number.lacks {
                lacking.add(what, index);
            }
            if let Some(slot) = rests.get_mut(index) {
                *slot = number.rest;
            }
            estimates.push(Some(self.estimate(running.id, address, &number)));
        }
        if nulls > 0 {
            outcome.note(&format!("nulls left out of {}", measure.name), nulls);
        }
        if grouped.groups.len() == empty.len() && !empty.is_empty() {
            let message = if grouped.all == 0 {
                format!("`{}` has no rows", self.from)
            } else {
                format!("`{}` is null in every row", measure.written.text)
            };
            let help = "look at what the steps before it keep";
            return Err(Problem::error(message).at(&measure.written.span()).help(help));
        }
        warn(outcome, "null in every row: no estimate", &empty);
        Ok((estimates, rests))
    }

    /// The rows of each denominator of a bare `fraction`, in order.
    pub(super) fn totals<'a>(&self, grouped: &'a Grouped) -> &'a BTreeMap<Vec<u32>, Vec<usize>> {
        grouped.totals.get_or_init(|| {
            let mut totals: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
            if self.measures.iter().any(|measure| matches!(measure.what, What::Share)) {
                for group in &grouped.groups {
                    totals.entry(self.outer(group)).or_default().extend(grouped.rows(group));
                }
            }
            for rows in totals.values_mut() {
                rows.sort_unstable();
            }
            totals
        })
    }

    pub(super) fn outer(&self, group: &Group) -> Vec<u32> {
        let place = |name: &String| self.by.iter().position(|key| key == name);
        let code = |name: &String| place(name).and_then(|at| group.codes.get(at)).copied();
        self.within.iter().filter_map(code).collect()
    }

    /// The group as an address names it: `{month=2026-04,mode=fix}`, nothing for all rows.
    fn braces(&self, grouped: &Grouped, group: &Group) -> String {
        self.braces_without(grouped, group, usize::MAX)
    }

    /// The group as an address names it, without the key at one place.
    pub(super) fn braces_without(&self, grouped: &Grouped, group: &Group, key: usize) -> String {
        let mut braces = String::with_capacity(self.by.iter().map(|name| name.len() + 16).sum());
        for (place, name) in self.by.iter().enumerate().filter(|(place, _)| *place != key) {
            braces.push(if braces.is_empty() { '{' } else { ',' });
            braces.push_str(name);
            braces.push('=');
            braces.push_str(&grouped.label(group, place));
        }
        if !braces.is_empty() {
            braces.push('}');
        }
        braces
    }

    fn estimate(&self, step: &str, address: String, number: &Number) -> Estimate {
        let mut estimate = plain_estimate(step, address, number.value);
        estimate.n = Some(number.n);
        estimate.clusters = number.clusters;
        if let Some(summary) = &number.summary {
            estimate.se = summary.standard_error;
            if let Some(interval) = summary.interval {
                estimate.ci = Some([interval.low, interval.high]);
                estimate.level = Some(self.intervals.level);
                estimate.interval = Some(summary.method.into());
                let (name, df) = match summary.reference {
                    Reference::Normal => ("normal", None),
                    Reference::T { df } => ("t", Some(df)),
                };
                estimate.reference = Some(name.into());
                estimate.df = df;
            }
        }
        estimate
    }

    fn finish(
        &self,
        grouped: &Grouped,
        measured: Measured,
        rows_in: usize,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let table = self
            .rows(grouped, &measured)
            .map_err(|error| Problem::error(error.to_string()).at(running.span))?;
        outcome.rows_in = Some(rows_in as u64);
        outcome.rows_out = Some(table.rows() as u64);
        outcome.table = Some(Arc::new(table));
        let nulls = grouped.groups.iter().filter(|group| group.codes.contains(&NULL)).count();
        if nulls > 0 {
            outcome.warnings.push(format!(
                "{nulls} of {} groups are those of rows that are null in `by`",
                grouped.groups.len()
            ));
        }
        self.note(outcome);
        outcome.estimates = measured.into_iter().flat_map(|(all, _)| all).flatten().collect();
        Ok(())
    }

    /// The step's rows: one for each group.
    fn rows(
        &self,
        grouped: &Grouped,
        measured: &Measured,
    ) -> Result<Table, crate::engine::TableError> {
        let firsts: Vec<usize> = grouped
            .groups
            .iter()
            .filter(|group| group.count > 0)
            .map(|group| group.first)
            .collect();
        let mut columns = Vec::new();
        for (name, key) in self.by.iter().zip(&grouped.keys) {
            columns.push((name.clone(), key.take(&firsts)));
        }
        for (measure, (estimates, _)) in self.measures.iter().zip(measured) {
            let valid: Vec<bool> = estimates.iter().map(Option::is_some).collect();
            let values = estimates.iter().map(|one| one.as_ref().map_or(0.0, |one| one.value));
            let values = match self.output.kind(&measure.name) {
                Some(crate::engine::ColumnType::Int) => {
                    Values::Int(values.map(|value| value as i64).collect())
                }
                _ => Values::Float(values.collect()),
            };
            columns.push((measure.name.clone(), Column::with_nulls(values, valid)));
        }
        Table::from_columns(columns)
    }
}
