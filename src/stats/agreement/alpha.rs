//! Krippendorff's alpha.

use super::AgreementError;
use crate::stats::distribution::Interval;
use crate::stats::random::Stream;
use crate::stats::summary::{Measure, QuantileDefinition, Sample, summarise};

/// How far apart two codes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// Same or not.
    #[default]
    Nominal,
    /// By the codes between them.
    Ordinal,
    /// Squared difference.
    Interval,
    /// Squared difference over squared sum; codes from 0 up.
    Ratio,
}

/// Krippendorff's alpha.
#[derive(Debug, Clone, PartialEq)]
pub struct Alpha {
    /// One less observed over expected disagreement.
    pub value: f64,
    /// The 95% bootstrap interval over units, where repetitions were asked for and enough of them gave a value.
    pub interval: Option<Interval>,
    /// Repetitions without a value: all their codes were the same.
    pub degenerate: usize,
    /// Units coded at least twice.
    pub units: usize,
    /// Codes in those units.
    pub codes: u64,
}

/// The coincidences of values within units.
struct Coincidences {
    values: Vec<f64>,
    /// For each unit coded at least twice, how often each value occurs in it.
    units: Vec<Vec<(usize, f64)>>,
}

/// Measures the agreement of any number of coders, with missing codes.
///
/// `units[u]` lists the codes that unit u received; a missing code is simply not there.
///
/// *Formula*: α = 1 − (n − 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck from the coincidence matrix o; δ² per metric.
/// The interval resamples units with replacement: percentiles 2.5 and 97.5 of α.
/// *Source*: Krippendorff 2019, chapter 12; his 2011 note "Computing Krippendorff's alpha-reliability".
/// *Shapes*: any. *Errors*: no unit coded twice; all codes the same; a negative code with the ratio metric.
/// *Checked against*: the known answers of three coders (nominal .691358, ordinal .806721, interval .810845).
///
/// # Errors
/// See above.
pub fn krippendorff(
    units: &[Vec<f64>],
    metric: Metric,
    repetitions: usize,
    seed: u64,
) -> Result<Alpha, AgreementError> {
    if units.iter().flatten().any(|code| !code.is_finite()) {
        return Err(AgreementError::NotFinite);
    }
    let negative = units.iter().flatten().find(|code| **code < 0.0);
    if let (Metric::Ratio, Some(value)) = (metric, negative) {
        return Err(AgreementError::Negative { value: *value });
    }
    let coincidences = Coincidences::of(units);
    if coincidences.units.is_empty() {
        return Err(AgreementError::NothingShared);
    }
    let all: Vec<usize> = (0..coincidences.units.len()).collect();
    let value = coincidences.alpha(&all, metric).ok_or(AgreementError::NoVariation)?;
    let drawn = bootstrap(&coincidences, metric, repetitions, seed);
    let degenerate = repetitions - drawn.len();
    Ok(Alpha {
        value,
        interval: percentiles(&drawn).filter(|_| degenerate * 20 <= repetitions),
        degenerate,
        units: coincidences.units.len(),
        codes: units.iter().filter(|unit| unit.len() > 1).map(|unit| unit.len() as u64).sum(),
    })
}

fn bootstrap(
    coincidences: &Coincidences,
    metric: Metric,
    repetitions: usize,
    seed: u64,
) -> Vec<f64> {
    let count = coincidences.units.len() as u64;
    (0..repetitions)
        .filter_map(|repetition| {
            let stream = Stream::new(seed, repetition as u64);
            let drawn: Vec<usize> =
                (0..count).map(|draw| stream.below(draw, count) as usize).collect();
            coincidences.alpha(&drawn, metric)
        })
        .collect()
}

fn percentiles(values: &[f64]) -> Option<Interval> {
    let at = |probability| {
        let measure = Measure::Quantile { probability, definition: QuantileDefinition::Linear };
        summarise(&Sample::new(values), measure).ok().map(|summary| summary.value)
    };
    Some(Interval { low: at(0.025)?, high: at(0.975)? })
}

impl Coincidences {
    fn of(units: &[Vec<f64>]) -> Self {
        let mut values: Vec<f64> =
            units.iter().filter(|unit| unit.len() > 1).flatten().copied().collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let mut counted: Vec<Vec<(usize, f64)>> = units
            .iter()
            .filter(|unit| unit.len() > 1)
            .map(|unit| {
                let mut counts = vec![0.0; values.len()];
                for code in unit {
                    counts[values.partition_point(|value| value < code)] += 1.0;
                }
                counts.into_iter().enumerate().filter(|(_, count)| *count > 0.0).collect()
            })
            .collect();
        // In a fixed order, so that no sum depends on that of the rows.
        counted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        Self { values, units: counted }
    }

    /// Alpha over the chosen units; none where all codes are the same.
    fn alpha(&self, chosen: &[usize], metric: Metric) -> Option<f64> {
        let k = self.values.len();
        let mut observed = vec![0.0; k * k];
        let mut totals = vec![0.0; k];
        for unit in chosen {
            let unit = &self.units[*unit];
            let size: f64 = unit.iter().map(|(_, count)| count).sum();
            for (c, count) in unit {
                totals[*c] += count;
                for (d, other) in unit {
                    let pairs = if c == d { count * (count - 1.0) } else { count * other };
                    observed[c * k + d] += pairs / (size - 1.0);
                }
            }
        }
        let n: f64 = totals.iter().sum();
        let (mut seen, mut expected) = (0.0, 0.0);
        for c in 0..k {
            for d in 0..c {
                let distance = distance(metric, &self.values, &totals, d, c);
                seen += observed[c * k + d] * distance;
                expected += totals[c] * totals[d] * distance;
            }
        }
        (expected > 0.0).then(|| 1.0 - (n - 1.0) * seen / expected)
    }
}

/// δ² of the values at places `c` < `d`.
fn distance(metric: Metric, values: &[f64], totals: &[f64], c: usize, d: usize) -> f64 {
    let difference = match metric {
        Metric::Nominal => 1.0,
        Metric::Ordinal => totals[c..=d].iter().sum::<f64>() - 0.5 * (totals[c] + totals[d]),
        Metric::Interval => values[d] - values[c],
        Metric::Ratio => (values[d] - values[c]) / (values[d] + values[c]),
    };
    difference * difference
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three coders of the literature's example (0 is missing); Wikipedia, "Krippendorff's alpha".
    fn example() -> Vec<Vec<f64>> {
        let rows = [
            [0, 0, 0, 0, 0, 3, 4, 1, 2, 1, 1, 3, 3, 0, 3],
            [1, 0, 2, 1, 3, 3, 4, 3, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 2, 1, 3, 4, 4, 0, 2, 1, 1, 3, 3, 0, 4],
        ];
        (0..15)
            .map(|unit| {
                rows.iter().map(|row| row[unit]).filter(|c| *c > 0).map(f64::from).collect()
            })
            .collect()
    }

    #[test]
    fn alpha_gives_the_known_answers() {
        for (metric, expected) in [
            (Metric::Nominal, 0.691_358),
            (Metric::Interval, 0.810_845),
            (Metric::Ordinal, 0.806_721),
        ] {
            let found = krippendorff(&example(), metric, 0, 1).unwrap();
            assert!((found.value - expected).abs() < 5e-7, "{metric:?}: {}", found.value);
            assert!(found.interval.is_none());
        }
    }

    #[test]
    fn the_bootstrap_is_the_same_every_time() {
        let a = krippendorff(&example(), Metric::Interval, 400, 9).unwrap();
        let b = krippendorff(&example(), Metric::Interval, 400, 9).unwrap();
        assert_eq!(a, b);
        let interval = a.interval.unwrap();
        assert!(interval.low < a.value && a.value < interval.high);
    }
}
