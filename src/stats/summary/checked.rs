//! Samples whose numbers are sound, and what all their summaries share.

use super::{Sample, Summary, SummaryError};
use crate::stats::distribution;
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::sum::ExactSum;
use crate::stats::whole::all_finite;

/// A sample whose columns fit together and whose numbers are sound.
pub(super) struct Checked<'a> {
    pub(super) values: &'a [f64],
    pub(super) frequencies: Option<&'a [f64]>,
    pub(super) clusters: Option<&'a [u32]>,
    pub(super) level: f64,
    pub(super) n: u64,
}

impl<'a> Checked<'a> {
    pub(super) fn of(sample: &Sample<'a>) -> Result<Self, SummaryError> {
        let rows = sample.values.len();
        let differs = |length: usize| length != rows;
        if sample.frequencies.is_some_and(|f| differs(f.len()))
            || sample.clusters.is_some_and(|c| differs(c.len()))
        {
            return Err(SummaryError::Length);
        }
        if !(sample.level > 0.0 && sample.level < 1.0) {
            return Err(SummaryError::Probability { value: sample.level });
        }
        if !all_finite(sample.values) {
            let row = sample.values.iter().position(|value| !value.is_finite());
            return Err(SummaryError::NotFinite { row: row.unwrap_or_default() });
        }
        let mut n = rows as u64;
        if let Some(frequencies) = sample.frequencies {
            let sound = |f: f64| f.is_finite() && f >= 0.0 && f.fract() == 0.0 && f < 1e12;
            if let Some(row) = frequencies.iter().position(|f| !sound(*f)) {
                return Err(SummaryError::Frequency { row, value: frequencies[row] });
            }
            n = frequencies.iter().map(|f| *f as u64).sum();
        }
        if n == 0 {
            return Err(SummaryError::NoRows);
        }
        Ok(Self {
            values: sample.values,
            frequencies: sample.frequencies,
            clusters: sample.clusters,
            level: sample.level,
            n,
        })
    }

    /// A sample of which no more is known than how many rows it has.
    pub(super) fn counted(n: u64, level: f64) -> Self {
        Self { values: &[], frequencies: None, clusters: None, level, n }
    }

    /// The values with their frequencies.
    pub(super) fn weighted(&self) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
        self.values.iter().enumerate().map(|(row, value)| {
            (row, *value, self.frequencies.map_or(1.0, |frequencies| frequencies[row]))
        })
    }

    /// A summary without an error.
    pub(super) fn plain(&self, value: f64) -> Summary {
        Summary {
            value,
            rest: 0.0,
            standard_error: None,
            interval: None,
            reference: Reference::Normal,
            method: "",
            n: self.n,
            clusters: None,
        }
    }

    /// A summary whose interval is value ± critical · error.
    pub(super) fn symmetric(&self, value: f64, error: &MeanError) -> Summary {
        let reference = Reference::T { df: error.df };
        Summary {
            value,
            rest: 0.0,
            standard_error: Some(error.value),
            interval: Some(distribution::interval(reference, value, error.value, self.level)),
            reference,
            method: "t",
            n: self.n,
            clusters: error.clusters,
        }
    }

    /// Σ_g (Σ_{i∈g} f·dᵢ)², exact before each rounding, and the number of clusters. A cluster whose sum is what twice the
    /// digits leave of terms of this `size` adds nothing.
    pub(super) fn squared_scores(
        &self,
        clusters: &[u32],
        size: f64,
        deviation: impl Fn(usize) -> DoubleDouble,
    ) -> Result<(f64, usize), SummaryError> {
        let mut order: Vec<(u32, usize)> = self
            .weighted()
            .filter(|(_, _, frequency)| *frequency > 0.0)
            .map(|(row, _, _)| (clusters[row], row))
            .collect();
        order.sort_unstable();
        let frequency = |row: usize| self.frequencies.map_or(1.0, |all| all[row]);
        let mut total = ExactSum::new();
        let mut groups = 0;
        let rounding = |count: f64| NOISE * size * count;
        for rows in order.chunk_by(|one, other| one.0 == other.0) {
            let (score, count) = match rows {
                [(_, row)] if self.frequencies.is_none() => (deviation(*row).value(), 1.0),
                _ => {
                    let (mut score, mut count) = (ExactSum::new(), 0.0);
                    for (_, row) in rows {
                        // Exact, so that a row of frequency k is k rows.
                        let (one, times) = (deviation(*row), frequency(*row));
                        score.add_product(times, one.high);
                        score.add_product(times, one.low);
                        count += times;
                    }
                    (score.value(), count)
                }
            };
            if score.abs() > rounding(count) {
                total.add_product(score, score);
            }
            groups += 1;
        }
        if groups < 2 { Err(SummaryError::OneCluster) } else { Ok((total.value(), groups)) }
    }
}

/// What rounding in twice the digits leaves of a term, some hundred times over.
const NOISE: f64 = 1e-29;

/// A standard error, its degrees of freedom and the number of clusters.
pub(super) struct MeanError {
    pub(super) value: f64,
    pub(super) df: f64,
    pub(super) clusters: Option<usize>,
}

impl MeanError {
    /// That of `n` rows that depend on nothing, from the sum of their squared deviations; none of one row.
    pub(super) fn of_squares(n: u64, squares: f64) -> Option<Self> {
        let rows = n as f64;
        let value = (squares / (rows - 1.0) / rows).sqrt();
        (n > 1).then_some(Self { value, df: rows - 1.0, clusters: None })
    }
}
