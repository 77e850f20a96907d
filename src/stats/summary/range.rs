//! Columns of any size: what cannot be squared is put into another unit first.

use super::{Measure, Sample, Summary, SummaryError, summarised};
use crate::stats::distribution::Interval;
use crate::stats::double_double::DoubleDouble;
use crate::stats::math::power_below;

/// Summarises a column in its own unit, or in a power of two near its largest value where squares would lose digits.
pub(super) fn in_range(sample: &Sample<'_>, measure: Measure) -> Result<Summary, SummaryError> {
    if let Some(counted) = counted(sample.frequencies) {
        let pick =
            |values: &[f64]| -> Vec<f64> { counted.iter().map(|row| values[*row]).collect() };
        let values = pick(sample.values);
        let frequencies = sample.frequencies.map(pick);
        let clusters: Option<Vec<u32>> =
            sample.clusters.map(|all| counted.iter().map(|row| all[*row]).collect());
        let kept = Sample {
            values: &values,
            frequencies: frequencies.as_deref(),
            clusters: clusters.as_deref(),
            ..*sample
        };
        return in_range(&kept, measure);
    }
    let found = summarised(sample, measure)?;
    if found.is_in_range(measure) {
        return Ok(found);
    }
    let sizes = sample.values.iter().map(|value| value.abs());
    let largest = sizes.fold(0.0, f64::max);
    if largest == 0.0 || IN_RANGE.contains(&largest) {
        return Ok(found);
    }
    let unit = power_below(largest);
    let scaled: Vec<f64> = sample.values.iter().map(|value| value / unit).collect();
    let found = summarised(&Sample { values: &scaled, ..*sample }, measure)?.times(unit);
    if found.is_finite() { Ok(found) } else { Err(SummaryError::OutOfRange) }
}

/// The rows of a frequency other than 0, where some have it: those have no part in anything, in sizes either.
pub(super) fn counted(frequencies: Option<&[f64]>) -> Option<Vec<usize>> {
    let frequencies = frequencies.filter(|all| all.contains(&0.0))?;
    let rows = frequencies.iter().enumerate().filter(|(_, frequency)| **frequency != 0.0);
    Some(rows.map(|(row, _)| row).collect())
}

/// The sizes whose fourth powers, summed, are numbers that keep their digits.
pub(super) const IN_RANGE: std::ops::Range<f64> = 1e-60..1e60;

impl Summary {
    pub(super) fn is_finite(&self) -> bool {
        let ends = self.interval.is_none_or(|ends| ends.low.is_finite() && ends.high.is_finite());
        ends && self.value.is_finite() && self.standard_error.is_none_or(f64::is_finite)
    }

    /// Says whether it was surely computed without numbers too large or too small to be squared.
    fn is_in_range(&self, measure: Measure) -> bool {
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
