//! Columns of any size: what cannot be squared is put into another unit first.

use super::{Measure, Sample, Summary, SummaryError, summarised};
use crate::stats::distribution::Interval;
use crate::stats::double_double::DoubleDouble;
use crate::stats::unit::{in_unit, unit_of};
use crate::stats::whole::largest;

/// Summarises a column in its own unit, or in a power of two near its largest value where squares would lose digits.
pub(super) fn in_range(sample: &Sample<'_>, measure: Measure) -> Result<Summary, SummaryError> {
    if let Some(counted) = Counted::of(sample) {
        return in_range(&counted.sample(sample), measure);
    }
    let found = summarised(sample, measure)?;
    if found.is_in_range(measure) {
        return Ok(found);
    }
    if is_ordinary(sample.values) {
        return Ok(found);
    }
    let unit = unit_of(sample.values);
    let scaled = in_unit(sample.values, unit);
    let found = summarised(&Sample { values: &scaled, ..*sample }, measure)?.times(unit);
    if found.is_finite() { Ok(found) } else { Err(SummaryError::OutOfRange) }
}

/// The rows of a sample that have a frequency other than 0: others have no part in anything, in sizes either.
pub(super) struct Counted {
    rows: Vec<usize>,
    values: Vec<f64>,
    frequencies: Vec<f64>,
    clusters: Option<Vec<u32>>,
}

impl Counted {
    /// Picks them; none where all rows count.
    pub(super) fn of(sample: &Sample<'_>) -> Option<Self> {
        let frequencies = sample.frequencies.filter(|all| all.contains(&0.0))?;
        let rows: Vec<usize> =
            (0..frequencies.len()).filter(|row| frequencies[*row] != 0.0).collect();
        Some(Self {
            values: picked(sample.values, &rows),
            frequencies: picked(frequencies, &rows),
            clusters: sample.clusters.map(|clusters| picked(clusters, &rows)),
            rows,
        })
    }

    /// The sample of these rows.
    pub(super) fn sample<'a>(&'a self, of: &Sample<'_>) -> Sample<'a> {
        Sample {
            values: &self.values,
            frequencies: Some(&self.frequencies),
            clusters: self.clusters.as_deref(),
            level: of.level,
            fractions: of.fractions,
        }
    }

    /// What these rows have of another column.
    pub(super) fn column(&self, values: &[f64]) -> Vec<f64> {
        picked(values, &self.rows)
    }
}

fn picked<T: Copy>(all: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| all[*row]).collect()
}

/// The sizes whose fourth powers, summed, are numbers that keep their digits.
const IN_RANGE: std::ops::Range<f64> = 1e-60..1e60;

/// Says whether a column's largest size is such, or all of it zero.
pub(super) fn is_ordinary(values: &[f64]) -> bool {
    let largest = largest(values);
    largest == 0.0 || IN_RANGE.contains(&largest)
}

impl Summary {
    pub(super) fn is_finite(&self) -> bool {
        let ends = self.interval.is_none_or(|ends| ends.low.is_finite() && ends.high.is_finite());
        ends && self.value.is_finite() && self.standard_error.is_none_or(f64::is_finite)
    }

    /// Says whether it was surely computed without numbers too large or too small to be squared.
    pub(super) fn is_in_range(&self, measure: Measure) -> bool {
        let squared = match measure {
            Measure::Mean => self.standard_error,
            Measure::StandardDeviation => Some(self.value),
            _ => None,
        };
        self.is_finite() && squared.is_none_or(|size| IN_RANGE.contains(&size))
    }

    /// The summary with what rounding left of its value.
    pub(super) fn with_rest(self, exact: DoubleDouble) -> Self {
        Self { rest: (exact - DoubleDouble::from(self.value)).value(), ..self }
    }

    /// The summary of values so many times as large.
    pub(super) fn times(self, unit: f64) -> Self {
        let scaled = |ends: Interval| Interval { low: ends.low * unit, high: ends.high * unit };
        Self {
            value: self.value * unit,
            rest: self.rest * unit,
            standard_error: self.standard_error.map(|error| error * unit),
            interval: self.interval.map(scaled),
            ..self
        }
    }
}
