//! Rows sorted into groups, and one statistic of one group.
//!
//! Groups come in the order of their values, whatever the order of the rows.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Problem;
use crate::engine::{Cells, Coded, Coding, Column, Numbers};
use crate::method::fragment::Fragment;
use crate::method::steps::{Running, numbers};
use crate::stats::sum::sum;
use crate::stats::summary::{FractionInterval, Summary, SummaryError};

use super::gathering::{Gathered, Wanted, gather};
use super::measure::Statistic;
use super::plain::Parted;
use super::taken::Taken;

/// The columns of a `summarise`, and its rows sorted into groups.
pub(super) struct Grouped {
    /// For each measure its column, where it has one.
    pub(super) columns: Vec<Option<Arc<Column>>>,
    /// For each ratio the column below, by the place of its measure.
    pub(super) below: BTreeMap<usize, Arc<Column>>,
    /// The columns of `by`.
    pub(super) keys: Vec<Arc<Column>>,
    /// The frequency of each row.
    pub(super) weights: Option<Vec<f64>>,
    /// The cluster of each row.
    pub(super) clusters: Option<Vec<u32>>,
    /// The groups, in order.
    pub(super) groups: Vec<Group>,
    /// What measures added up of each group, by their places.
    pub(super) gathered: Vec<Option<Gathered>>,
    /// How many rows there are.
    pub(super) all: usize,
    /// The place of each row's group, once a measure needs it.
    pub(super) places: OnceCell<Vec<u32>>,
    /// The rows of each group, once a measure needs them.
    pub(super) rows: OnceCell<Parted<usize>>,
    /// The rows of each denominator of a bare `fraction`, once one needs them.
    pub(super) totals: OnceCell<BTreeMap<Vec<u32>, Vec<usize>>>,
}

/// The rows with equal values in `by`.
pub(super) struct Group {
    /// The place of each value among those that occur; [`NULL`] for none.
    pub(super) codes: Vec<u32>,
    /// Its place among the groups.
    pub(super) place: usize,
    /// Its first row.
    pub(super) first: usize,
    /// How many rows it has.
    pub(super) count: usize,
}

/// The code of a null in `by`: after every value.
pub(super) const NULL: u32 = Coded::NULL;

/// How intervals are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intervals {
    pub(super) level: f64,
    pub(super) fractions: FractionInterval,
}

/// A number with what is known about it.
pub(super) struct Number {
    pub(super) value: f64,
    /// What its rounding left.
    pub(super) rest: f64,
    pub(super) n: f64,
    pub(super) clusters: Option<u64>,
    pub(super) summary: Option<Summary>,
    /// Why it has no standard error or interval, where it should have.
    pub(super) lacks: Option<&'static str>,
}

impl Number {
    /// A number without uncertainty.
    pub(super) fn plain(value: f64, n: f64) -> Self {
        Self { value, rest: 0.0, n, clusters: None, summary: None, lacks: None }
    }
}

impl From<Summary> for Number {
    fn from(summary: Summary) -> Self {
        Self {
            value: summary.value,
            rest: summary.rest,
            n: summary.n as f64,
            clusters: summary.clusters.map(|count| count as u64),
            summary: Some(summary),
            lacks: None,
        }
    }
}

/// Cells that rows are counted in without a place written down for each.
const CELLS: usize = 1 << 14;

/// Rows sorted into groups.
pub(super) struct Sorted {
    pub(super) groups: Vec<Group>,
    /// As [`Grouped::gathered`].
    pub(super) gathered: Vec<Option<Gathered>>,
    /// As [`Grouped::places`].
    pub(super) places: OnceCell<Vec<u32>>,
}

/// Sorts rows into groups by the columns of `by`, one group of all rows where there are none, and adds up what measures want.
pub(super) fn groups(keys: &[Arc<Column>], rows: usize, wanted: &[Option<Wanted<'_>>]) -> Sorted {
    let codings: Vec<Coding<'_>> = keys.iter().map(|column| column.coding()).collect();
    let mut written = None;
    let cells = Cells::of(&codings, CELLS.min(rows)).unwrap_or_else(|| {
        let (places, levels) = written.insert(placed(keys, rows));
        Cells::single(places, *levels)
    });
    let (counts, gathered) = gather(&cells, wanted);
    let group = |(place, (count, first)): (usize, (u32, usize))| Group {
        codes: codings.iter().filter_map(|coding| coding.places.get(first)).collect(),
        place,
        first,
        count: count as usize,
    };
    let mut firsts = cells.firsts(&counts);
    let mut present: Vec<u32> = counts.into_iter().filter(|count| *count > 0).collect();
    if keys.is_empty() && rows == 0 {
        // All of no rows are a group, too.
        (firsts, present) = (vec![0], vec![0]);
    }
    let groups = present.into_iter().zip(firsts).enumerate().map(group).collect();
    let places = written.map_or_else(OnceCell::new, |(places, _)| places.into());
    Sorted { groups, gathered, places }
}

/// The place of each row's group, and how many groups there are.
fn placed(keys: &[Arc<Column>], rows: usize) -> (Vec<u32>, usize) {
    let coded: Vec<Coded<'_>> = keys.iter().map(|column| column.coded()).collect();
    let (mut crossed, counts) = match &coded[..] {
        [] => return (vec![0; rows], 1),
        [one] => (one.clone(), one.counts()),
        [first, second, rest @ ..] => {
            let pairs = first.cross_counted(second);
            rest.iter().fold(pairs, |(left, _), right| left.cross_counted(right))
        }
    };
    let known: usize = counts.iter().map(|count| *count as usize).sum();
    if known < rows {
        // A null comes after every value, and is a group of its own.
        let last = crossed.levels as u32;
        crossed.places.to_mut().iter_mut().for_each(|place| *place = (*place).min(last));
        crossed.levels += 1;
    }
    (crossed.places.into_owned(), crossed.levels)
}

/// Reads frequency weights.
///
/// # Errors
/// Where one is null or negative.
pub(super) fn frequencies(column: &Column, written: &Fragment) -> Result<Vec<f64>, Problem> {
    let wrong = |row: usize, what: &str| {
        let message = format!("the weight in row {} is {what}", row + 1);
        Problem::error(message).at(&written.span())
    };
    let numbers = numbers(column, written)?;
    let mut weights = Vec::with_capacity(column.len());
    for (row, number) in numbers.iter().enumerate() {
        match number {
            None => return Err(wrong(row, "null").help("keep such rows out with a filter")),
            Some(weight) if weight < 0.0 => return Err(wrong(row, &format!("negative: {weight}"))),
            Some(weight) => weights.push(weight),
        }
    }
    Ok(weights)
}

/// Codes the clusters of rows.
///
/// # Errors
/// Where one is null, or all rows are in one.
pub(super) fn cluster_codes(
    column: &Column,
    name: &str,
    running: &Running<'_>,
) -> Result<Vec<u32>, Problem> {
    let coded = column.coded();
    let nulls = column.nulls();
    if nulls > 0 {
        let message = format!("cluster `{name}` is null in {nulls} rows");
        let help = "keep such rows out with a filter, or give them a cluster with coalesce";
        return Err(Problem::error(message).at(running.span).help(help));
    }
    if coded.levels == 1 && column.len() > 1 {
        let message = format!("all rows are in one cluster of `{name}`: no clustered error exists");
        let help = "cluster by a column that varies, or leave `cluster` out";
        return Err(Problem::error(message).at(running.span).help(help));
    }
    Ok(coded.places.into_owned())
}

impl Grouped {
    /// A group's value of one key, as an address shows it.
    pub(super) fn label(&self, group: &Group, key: usize) -> Cow<'_, str> {
        let known = self.keys.get(key).and_then(|column| column.text_at(group.first));
        known.unwrap_or(Cow::Borrowed("null"))
    }

    /// Says whether every row counts once and depends on no other.
    pub(super) fn is_plain(&self) -> bool {
        self.weights.is_none() && self.clusters.is_none()
    }

    /// The place of each row's group.
    pub(super) fn places(&self) -> &[u32] {
        self.places.get_or_init(|| placed(&self.keys, self.all).0)
    }

    /// The rows of a group.
    pub(super) fn rows(&self, group: &Group) -> &[usize] {
        let rows = || Parted::of(self.places(), &self.groups, 0..self.all);
        self.rows.get_or_init(rows).group(group)
    }

    /// The observations in a group.
    pub(super) fn observations(&self, group: &Group) -> f64 {
        if self.weights.is_none() { group.count as f64 } else { self.weigh(self.rows(group)) }
    }

    /// The observations behind rows: their number, or the sum of their frequencies.
    pub(super) fn weigh(&self, rows: &[usize]) -> f64 {
        match &self.weights {
            None => rows.len() as f64,
            Some(weights) => sum(&picked(weights, rows)),
        }
    }

    /// Those of the rows that stand for one observation at least.
    pub(super) fn counted<'r>(&self, rows: &'r [usize]) -> Cow<'r, [usize]> {
        let Some(weights) = &self.weights else { return rows.into() };
        let counts = |row: &usize| weights.get(*row).is_some_and(|weight| *weight > 0.0);
        rows.iter().copied().filter(counts).collect()
    }

    /// The share that `rows` have in `total`.
    pub(super) fn share(
        &self,
        rows: &[usize],
        total: &[usize],
        intervals: Intervals,
    ) -> Result<Number, SummaryError> {
        if self.clusters.is_none() {
            let (ones, all) = (self.weigh(rows), self.weigh(total));
            let taken =
                Taken { frequencies: Some(vec![ones, all - ones]), ..Taken::plain(vec![1.0, 0.0]) };
            return taken.number(Statistic::Fraction, intervals);
        }
        let mut inside = vec![false; total.iter().max().map_or(0, |last| last + 1)];
        for row in rows {
            if let Some(place) = inside.get_mut(*row) {
                *place = true;
            }
        }
        let is_in = |row: &usize| inside.get(*row).copied().unwrap_or(false);
        let values: Vec<f64> = total.iter().map(|row| f64::from(u8::from(is_in(row)))).collect();
        let taken = Taken {
            frequencies: self.weights.as_ref().map(|all| picked(all, total)),
            clusters: self.clusters.as_ref().map(|all| picked(all, total)),
            ..Taken::plain(values)
        };
        taken.number(Statistic::Fraction, intervals)
    }

    /// The values of a column in some rows, nulls left out.
    pub(super) fn take(&self, numbers: &Numbers<'_>, rows: &[usize]) -> Taken<'static> {
        let at = |row: &usize| numbers.get(*row);
        let mut values = Vec::with_capacity(rows.len());
        values.extend(rows.iter().filter_map(at));
        if self.is_plain() {
            return Taken::plain(values);
        }
        let kept: Vec<usize> = rows.iter().copied().filter(|row| at(row).is_some()).collect();
        Taken {
            frequencies: self.weights.as_ref().map(|all| picked(all, &kept)),
            clusters: self.clusters.as_ref().map(|all| picked(all, &kept)),
            ..Taken::plain(values)
        }
    }

    /// The values of two columns in some rows, those left out where either is null.
    pub(super) fn take_both(
        &self,
        above: &Numbers<'_>,
        below: &Numbers<'_>,
        rows: &[usize],
    ) -> Taken<'static> {
        let under = |row: &usize| below.get(*row);
        let kept: Vec<usize> = rows.iter().copied().filter(|row| under(row).is_some()).collect();
        let mut taken = self.take(above, &kept);
        let at = |row: &&usize| above.get(**row).is_some();
        taken.below = Some(kept.iter().filter(at).filter_map(under).collect());
        taken
    }
}

fn picked<T: Copy>(all: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| all.get(*row)).copied().collect()
}
