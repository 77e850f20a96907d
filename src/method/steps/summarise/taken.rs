//! The values of one column in one group, and one statistic of them.

use std::borrow::Cow;

use crate::stats::double_double::DoubleDouble;
use crate::stats::sum::{ExactSum, sum};
use crate::stats::summary::{Sample, Summary, SummaryError, ratio, summarise};

use super::grouped::{Intervals, Number};
use super::measure::Statistic;

/// Values of one column in one group, with their frequencies and clusters.
#[derive(Default)]
pub(super) struct Taken<'a> {
    pub(super) values: Cow<'a, [f64]>,
    /// The rows that they come from.
    pub(super) rows: usize,
    /// The second column of a ratio.
    pub(super) below: Option<Vec<f64>>,
    pub(super) frequencies: Option<Vec<f64>>,
    pub(super) clusters: Option<Vec<u32>>,
}

impl<'a> Taken<'a> {
    /// Values that count once each, and depend on nothing.
    pub(super) fn plain(values: impl Into<Cow<'a, [f64]>>) -> Self {
        let values = values.into();
        Self { rows: values.len(), values, ..Self::default() }
    }

    /// Computes a statistic.
    pub(super) fn number(
        &self,
        statistic: Statistic,
        intervals: Intervals,
    ) -> Result<Number, SummaryError> {
        let Some(kernel) = statistic.kernel() else { return self.extreme(statistic) };
        if !self.whole()
            && matches!(statistic, Statistic::Mean | Statistic::Sum | Statistic::Fraction)
        {
            let total = self.total(&self.values);
            let exact = if statistic == Statistic::Sum {
                total
            } else {
                total / DoubleDouble::from(self.n())
            };
            let value = exact.value();
            let rest = (exact - DoubleDouble::from(value)).value();
            return Ok(Number { rest, ..Number::plain(value, self.n()) });
        }
        let mut number =
            self.with_error(statistic.averages(), intervals, |sample| summarise(sample, kernel))?;
        let open = number.summary.as_ref().is_some_and(|summary| summary.interval.is_none());
        if open && matches!(statistic, Statistic::Quantile(..)) {
            number.lacks = number.lacks.or(Some(NO_ORDER));
        }
        Ok(number)
    }

    /// The ratio of the two columns' sums.
    pub(super) fn ratio(&self, intervals: Intervals) -> Result<Number, SummaryError> {
        let below = self.below.as_ref().ok_or(SummaryError::NoRows)?;
        if !self.whole() {
            let (above, whole) = (self.total(&self.values), self.total(below));
            if whole == DoubleDouble::ZERO {
                return Err(SummaryError::ZeroDenominator);
            }
            return Ok(Number::plain((above / whole).value(), self.n()));
        }
        self.with_error(true, intervals, |sample| {
            ratio(&self.values, &Sample { values: below, ..*sample })
        })
    }

    /// The number with its error; without where its rows are one, or one cluster.
    fn with_error(
        &self,
        averages: bool,
        intervals: Intervals,
        kernel: impl Fn(&Sample<'_>) -> Result<Summary, SummaryError>,
    ) -> Result<Number, SummaryError> {
        let Intervals { level, fractions } = intervals;
        let sample = Sample {
            values: &self.values,
            frequencies: self.frequencies.as_deref(),
            clusters: self.clusters.as_deref(),
            level,
            fractions,
        };
        match kernel(&sample) {
            Err(SummaryError::OneCluster) => {
                let summary = kernel(&Sample { clusters: None, ..sample })?;
                let lacks = Some(if summary.n == 1 { ONE_ROW } else { ONE_CLUSTER });
                let (value, rest) = (summary.value, summary.rest);
                Ok(Number { rest, lacks, ..Number::plain(value, summary.n as f64) })
            }
            other => Ok(with_reason(other?, averages)),
        }
    }

    fn extreme(&self, statistic: Statistic) -> Result<Number, SummaryError> {
        let weight = |row: usize| {
            self.frequencies.as_ref().map_or(1.0, |all| all.get(row).copied().unwrap_or(0.0))
        };
        let counted = self.values.iter().enumerate().filter(|(row, _)| weight(*row) > 0.0);
        let values = counted.map(|(_, value)| *value);
        let extreme = match statistic {
            Statistic::Smallest => values.reduce(f64::min),
            _ => values.reduce(f64::max),
        };
        Ok(Number::plain(extreme.ok_or(SummaryError::NoRows)?, self.n()))
    }

    fn whole(&self) -> bool {
        self.frequencies.as_ref().is_none_or(|all| all.iter().all(|weight| weight.fract() == 0.0))
    }

    fn n(&self) -> f64 {
        self.frequencies.as_ref().map_or(self.values.len() as f64, |all| sum(all))
    }

    fn total(&self, values: &[f64]) -> DoubleDouble {
        let mut total = ExactSum::new();
        match &self.frequencies {
            None => total.extend(values),
            Some(frequencies) => {
                frequencies.iter().zip(values).for_each(|(f, value)| total.add_product(*f, *value));
            }
        }
        total.double_value()
    }
}

/// A summary as a number, with the reason where an error or an interval is missing; `averages` should have an error.
pub(super) fn with_reason(summary: Summary, averages: bool) -> Number {
    let lonely = averages && summary.standard_error.is_none();
    let flat = summary.clusters.is_some() && summary.interval.is_none();
    let beyond = summary.method == "log-t" && summary.interval.is_none() && !lonely && !flat;
    let lacks = lonely.then_some(ONE_ROW).or(flat.then_some(NO_INTERVAL));
    Number { lacks: lacks.or(beyond.then_some(BEYOND)), ..Number::from(summary) }
}

/// Why a number has no standard error.
pub(super) const ONE_ROW: &str = "one row: no standard error";
pub(super) const ONE_CLUSTER: &str = "one cluster: no standard error";
pub(super) const NO_INTERVAL: &str = "the clusters are too few or too alike: no interval";
pub(super) const BEYOND: &str = "the interval reaches beyond the largest number: no interval";
pub(super) const NO_ORDER: &str = "too few rows on one side of the quantile: no interval";
pub(super) const NO_DEVIATION: &str = "one row: no standard deviation";
