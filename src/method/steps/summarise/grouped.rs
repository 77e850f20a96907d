//! Rows sorted into groups, and one statistic of one group.
//!
//! Groups come in the order of their values, whatever the order of the rows.

use crate::diagnostic::Problem;
use crate::engine::{Coded, Column};
use crate::method::fragment::Fragment;
use crate::stats::sum::sum;
use crate::stats::summary::{Sample, Summary, SummaryError, summarise};

use super::measure::Statistic;

/// The columns of a `summarise`, and its rows sorted into groups.
pub(super) struct Grouped {
    /// For each measure its column, where it has one.
    pub(super) columns: Vec<Option<Column>>,
    /// The columns of `by`.
    pub(super) keys: Vec<Column>,
    /// The frequency of each row.
    pub(super) weights: Option<Vec<f64>>,
    /// The cluster of each row.
    pub(super) clusters: Option<Vec<u32>>,
    /// The groups, in order.
    pub(super) groups: Vec<Group>,
}

/// The rows with equal values in `by`.
pub(super) struct Group {
    /// The place of each value among those that occur; [`NULL`] for none.
    pub(super) codes: Vec<u32>,
    /// The values as an address shows them.
    pub(super) labels: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<usize>,
}

/// The code of a null in `by`: after every value.
pub(super) const NULL: u32 = Coded::NULL;

/// A number with what is known about it.
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) n: f64,
    pub(super) clusters: Option<u64>,
    pub(super) summary: Option<Summary>,
}

impl Number {
    /// A number without uncertainty.
    pub(super) fn plain(value: f64, n: f64) -> Self {
        Self { value, n, clusters: None, summary: None }
    }
}

impl From<Summary> for Number {
    fn from(summary: Summary) -> Self {
        Self {
            value: summary.value,
            n: summary.n as f64,
            clusters: summary.clusters.map(|count| count as u64),
            summary: Some(summary),
        }
    }
}

/// Sorts rows into groups by the columns of `by`; one group of all rows where there are none.
pub(super) fn groups(keys: &[Column], rows: usize) -> Vec<Group> {
    let coded: Vec<Coded<'_>> = keys.iter().map(Column::coded).collect();
    let Some(crossed) = coded.iter().cloned().reduce(|left, right| left.cross(&right)) else {
        return vec![Group { codes: Vec::new(), labels: Vec::new(), rows: (0..rows).collect() }];
    };
    // A null comes after every value, and is a group of its own.
    let nulls = crossed.places.contains(&NULL);
    let mut groups: Vec<Group> = (0..crossed.levels + usize::from(nulls))
        .map(|_| Group { codes: Vec::new(), labels: Vec::new(), rows: Vec::new() })
        .collect();
    for (row, place) in crossed.places.iter().enumerate() {
        if let Some(group) = groups.get_mut((*place as usize).min(crossed.levels)) {
            group.rows.push(row);
        }
    }
    for group in &mut groups {
        let row = group.rows.first().copied().unwrap_or_default();
        group.codes = coded.iter().filter_map(|coded| coded.places.get(row).copied()).collect();
        group.labels = keys
            .iter()
            .map(|column| column.text_at(row).unwrap_or_else(|| "null".to_owned()))
            .collect();
    }
    groups
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
    let numbers = column.numbers().unwrap_or_default();
    let mut weights = Vec::with_capacity(numbers.len());
    for (row, number) in numbers.into_iter().enumerate() {
        match number {
            None => return Err(wrong(row, "null").help("keep such rows out with a filter")),
            Some(weight) if weight < 0.0 => return Err(wrong(row, &format!("negative: {weight}"))),
            Some(weight) => weights.push(weight),
        }
    }
    Ok(weights)
}

impl Grouped {
    /// The observations behind rows: their number, or the sum of their frequencies.
    pub(super) fn weigh(&self, rows: &[usize]) -> f64 {
        match &self.weights {
            None => rows.len() as f64,
            Some(weights) => sum(&picked(weights, rows)),
        }
    }

    /// The share that `rows` have in `total`.
    pub(super) fn share(
        &self,
        rows: &[usize],
        total: &[usize],
        level: f64,
    ) -> Result<Number, SummaryError> {
        if self.clusters.is_none() {
            let (ones, all) = (self.weigh(rows), self.weigh(total));
            let taken = Taken {
                values: vec![1.0, 0.0],
                frequencies: Some(vec![ones, all - ones]),
                clusters: None,
            };
            return taken.number(Statistic::Fraction, level);
        }
        let mut inside = vec![false; total.iter().max().map_or(0, |last| last + 1)];
        for row in rows {
            if let Some(place) = inside.get_mut(*row) {
                *place = true;
            }
        }
        let is_in = |row: &usize| inside.get(*row).copied().unwrap_or(false);
        let values = total.iter().map(|row| f64::from(u8::from(is_in(row)))).collect();
        let taken = Taken {
            values,
            frequencies: self.weights.as_ref().map(|all| picked(all, total)),
            clusters: self.clusters.as_ref().map(|all| picked(all, total)),
        };
        taken.number(Statistic::Fraction, level)
    }

    /// The values of a column in some rows, nulls left out.
    pub(super) fn take(&self, numbers: &[Option<f64>], rows: &[usize]) -> Taken {
        let at = |row: &usize| numbers.get(*row).copied().flatten();
        let kept: Vec<usize> = rows.iter().copied().filter(|row| at(row).is_some()).collect();
        Taken {
            values: kept.iter().filter_map(at).collect(),
            frequencies: self.weights.as_ref().map(|all| picked(all, &kept)),
            clusters: self.clusters.as_ref().map(|all| picked(all, &kept)),
        }
    }
}

fn picked<T: Copy>(all: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| all.get(*row)).copied().collect()
}

/// Values of one column in one group, with their frequencies and clusters.
pub(super) struct Taken {
    pub(super) values: Vec<f64>,
    frequencies: Option<Vec<f64>>,
    clusters: Option<Vec<u32>>,
}

impl Taken {
    /// Computes a statistic.
    pub(super) fn number(&self, statistic: Statistic, level: f64) -> Result<Number, SummaryError> {
        let weight = |row: usize| {
            self.frequencies.as_ref().map_or(1.0, |all| all.get(row).copied().unwrap_or(0.0))
        };
        let n = match &self.frequencies {
            None => self.values.len() as f64,
            Some(all) => sum(all),
        };
        let Some(kernel) = statistic.kernel() else {
            let counted = self.values.iter().enumerate().filter(|(row, _)| weight(*row) > 0.0);
            let values = counted.map(|(_, value)| *value);
            let extreme = match statistic {
                Statistic::Smallest => values.reduce(f64::min),
                _ => values.reduce(f64::max),
            };
            return Ok(Number::plain(extreme.ok_or(SummaryError::NoRows)?, n));
        };
        let whole =
            self.frequencies.as_ref().is_none_or(|all| all.iter().all(|w| w.fract() == 0.0));
        if !whole && matches!(statistic, Statistic::Mean | Statistic::Sum | Statistic::Fraction) {
            let terms: Vec<f64> =
                self.values.iter().enumerate().map(|(row, value)| weight(row) * value).collect();
            let total = sum(&terms);
            let value = if statistic == Statistic::Sum { total } else { total / n };
            return Ok(Number::plain(value, n));
        }
        let sample = Sample {
            values: &self.values,
            frequencies: self.frequencies.as_deref(),
            clusters: self.clusters.as_deref(),
            level,
        };
        match summarise(&sample, kernel) {
            Err(SummaryError::TooFewRows { .. } | SummaryError::OneCluster)
                if matches!(statistic, Statistic::Mean | Statistic::GeometricMean) =>
            {
                self.without_error(statistic, n)
            }
            other => Ok(Number::from(other?)),
        }
    }

    /// A mean of one row or one cluster: a value, no error.
    fn without_error(&self, statistic: Statistic, n: f64) -> Result<Number, SummaryError> {
        let sample = Sample {
            clusters: None,
            frequencies: self.frequencies.as_deref(),
            ..Sample::new(&self.values)
        };
        if let (Some(kernel), true) = (statistic.kernel(), n > 1.0)
            && let Ok(summary) = summarise(&sample, kernel)
        {
            return Ok(Number::plain(summary.value, n));
        }
        let first = self.values.first().copied().ok_or(SummaryError::NoRows)?;
        Ok(Number::plain(first, n))
    }
}
