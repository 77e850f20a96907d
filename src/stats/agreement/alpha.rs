//! Krippendorff's alpha.

use super::AgreementError;
use crate::stats::distribution::Interval;
use crate::stats::double_double::DoubleDouble;
use crate::stats::random::Stream;
use crate::stats::summary::{Measure, QuantileDefinition, Sample, summarise};
use crate::stats::unit::{in_unit, unit_of};

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

/// The bootstrap behind alpha's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// How often units are drawn; 0 for no interval.
    pub repetitions: usize,
    /// The seed of the counter-based generator.
    pub seed: u64,
    /// The interval's level.
    pub level: f64,
}

/// Krippendorff's alpha.
#[derive(Debug, Clone, PartialEq)]
pub struct Alpha {
    /// One less observed over expected disagreement.
    pub value: f64,
    /// The bootstrap interval over units, where repetitions were asked for and enough of them gave a value.
    pub interval: Option<Interval>,
    /// Repetitions without a value: all their codes were the same.
    pub degenerate: usize,
    /// Units coded at least twice.
    pub units: usize,
    /// Codes in those units.
    pub codes: u64,
    /// The share of pairs of codes of one unit that are the same, each unit weighing as its codes.
    pub percent: f64,
    /// Each value and its share of the codes.
    pub prevalence: Vec<(f64, f64)>,
}

/// The codes of each unit coded at least twice.
struct Coded {
    values: Vec<f64>,
    /// The values in a unit of their own.
    scaled: Vec<f64>,
    /// For each unit, how often each value (by its place) occurs in it.
    units: Vec<Vec<(usize, f64)>>,
}

/// The most pairs of values that the ratio metric compares over all repetitions.
const MOST: f64 = 2e9;

/// Measures the agreement of any number of coders, with missing codes.
///
/// `units[u]` lists the codes that unit u received; a missing code is simply not there.
///
/// *Formula*: α = 1 − (n − 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck from the coincidences o (each unit's pairs over its codes less
/// one); δ² is 1, (m_c − m_k)² of the values' mid-ranks m, (c − k)², or ((c − k)/(c + k))². For the first three the expected sum
/// has a closed form: (n² − Σn_c²)/2, or n Σ n_c (x_c − x̄)².
/// The interval resamples units with replacement: the percentiles (type 7) of α at both tails.
/// *Source*: Krippendorff 2019, chapter 12; his 2011 note "Computing Krippendorff's alpha-reliability"; Zapf et al. 2016 for
/// the bootstrap over units. *Shapes*: any. *Errors*: no unit coded twice; all codes the same; a negative code with the ratio
/// metric, or too many of its values.
/// *Checked against*: the known answers of three coders (nominal .691358, ordinal .806721, interval .810845), and the
/// definition pair by pair in exact fractions (tests/reference/agreement.py).
///
/// # Errors
/// See above.
pub fn krippendorff(
    units: &[Vec<f64>],
    metric: Metric,
    bootstrap: &Bootstrap,
) -> Result<Alpha, AgreementError> {
    if units.iter().flatten().any(|code| !code.is_finite()) {
        return Err(AgreementError::NotFinite);
    }
    let negative = units.iter().flatten().find(|code| **code < 0.0);
    if let (Metric::Ratio, Some(value)) = (metric, negative) {
        return Err(AgreementError::Negative { value: *value });
    }
    let coded = Coded::of(units);
    if coded.units.is_empty() {
        return Err(AgreementError::NothingShared);
    }
    let k = coded.values.len() as f64;
    let repetitions = bootstrap.repetitions;
    if metric == Metric::Ratio && 0.5 * k * k * (repetitions + 1) as f64 > MOST {
        return Err(AgreementError::TooManyValues { values: coded.values.len() });
    }
    let all: Vec<usize> = (0..coded.units.len()).collect();
    let value = coded.alpha(&all, metric).ok_or(AgreementError::NoVariation)?;
    let drawn = coded.bootstrap(metric, bootstrap);
    let degenerate = repetitions - drawn.len();
    let totals = coded.totals(&all);
    let codes: f64 = totals.iter().sum();
    let same = coded.disagreement(&all, |_, _| 1.0);
    Ok(Alpha {
        value,
        interval: percentiles(&drawn, bootstrap.level).filter(|_| degenerate * 20 <= repetitions),
        degenerate,
        units: coded.units.len(),
        codes: codes as u64,
        percent: 1.0 - 2.0 * same / codes,
        prevalence: coded.values.iter().zip(&totals).map(|(v, n)| (*v, n / codes)).collect(),
    })
}

fn percentiles(values: &[f64], level: f64) -> Option<Interval> {
    let at = |probability| {
        let measure = Measure::Quantile { probability, definition: QuantileDefinition::Linear };
        summarise(&Sample::new(values), measure).ok().map(|summary| summary.value)
    };
    let tail = 0.5 * (1.0 - level);
    Some(Interval { low: at(tail)?, high: at(1.0 - tail)? })
}

impl Coded {
    fn of(units: &[Vec<f64>]) -> Self {
        let coded = || units.iter().filter(|unit| unit.len() > 1);
        let mut values: Vec<f64> = coded().flatten().map(|value| value + 0.0).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let count = |unit: &Vec<f64>| {
            let mut places: Vec<usize> =
                unit.iter().map(|code| values.partition_point(|value| value < code)).collect();
            places.sort_unstable();
            places.chunk_by(usize::eq).map(|run| (run[0], run.len() as f64)).collect()
        };
        let mut counted: Vec<Vec<(usize, f64)>> = coded().map(count).collect();
        // In a fixed order, so that no sum depends on that of the rows.
        counted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        // In a unit that keeps squares in range.
        let scaled = in_unit(&values, unit_of(&values));
        Self { values, scaled, units: counted }
    }

    fn bootstrap(&self, metric: Metric, bootstrap: &Bootstrap) -> Vec<f64> {
        let count = self.units.len() as u64;
        (0..bootstrap.repetitions)
            .filter_map(|repetition| {
                let stream = Stream::new(bootstrap.seed, repetition as u64);
                let drawn: Vec<usize> =
                    (0..count).map(|draw| stream.below(draw, count) as usize).collect();
                self.alpha(&drawn, metric)
            })
            .collect()
    }

    /// How often each value occurs in the chosen units.
    fn totals(&self, chosen: &[usize]) -> Vec<f64> {
        let mut totals = vec![0.0; self.values.len()];
        for (place, count) in chosen.iter().flat_map(|unit| &self.units[*unit]) {
            totals[*place] += count;
        }
        totals
    }

    /// Σ over the chosen units of the pairs' distances over the codes less one.
    fn disagreement(&self, chosen: &[usize], distance: impl Fn(usize, usize) -> f64) -> f64 {
        let mut seen = 0.0;
        for unit in chosen.iter().map(|unit| &self.units[*unit]) {
            let size: f64 = unit.iter().map(|(_, count)| count).sum();
            let mut pairs = 0.0;
            for (at, (c, count)) in unit.iter().enumerate() {
                for (d, other) in unit.iter().skip(at + 1) {
                    pairs += count * other * distance(*c, *d);
                }
            }
            seen += pairs / (size - 1.0);
        }
        seen
    }

    /// Alpha over the chosen units; none where all codes are the same.
    fn alpha(&self, chosen: &[usize], metric: Metric) -> Option<f64> {
        let totals = self.totals(chosen);
        let n: f64 = totals.iter().sum();
        let (seen, expected) = match metric {
            Metric::Nominal => {
                let squares: f64 = totals.iter().map(|total| total * total).sum();
                (self.disagreement(chosen, |_, _| 1.0), 0.5 * (n * n - squares))
            }
            Metric::Ordinal => self.on_a_line(chosen, &totals, &middles(&totals)),
            Metric::Interval => self.on_a_line(chosen, &totals, &self.scaled),
            Metric::Ratio => {
                let square = |c: usize, d: usize| {
                    let (low, high) = (self.values[c], self.values[d]);
                    let sum = high + low;
                    let share = if sum.is_finite() {
                        (high - low) / sum
                    } else {
                        (0.5 * high - 0.5 * low) / (0.5 * high + 0.5 * low)
                    };
                    share * share
                };
                let mut expected = 0.0;
                for d in 0..totals.len() {
                    for c in 0..d {
                        expected += totals[c] * totals[d] * square(c, d);
                    }
                }
                (self.disagreement(chosen, square), expected)
            }
        };
        (expected > 0.0).then(|| 1.0 - (n - 1.0) * seen / expected)
    }

    /// Observed and expected sums where a distance is the squared difference of places on a line.
    fn on_a_line(&self, chosen: &[usize], totals: &[f64], places: &[f64]) -> (f64, f64) {
        let n: f64 = totals.iter().sum();
        let present = || totals.iter().zip(places).filter(|(total, _)| **total > 0.0);
        // From the first of them, in twice the digits: one value has no spread, and an offset costs nothing.
        let first = present().next().map_or(0.0, |(_, place)| *place);
        let away = |place: f64| DoubleDouble::from(place) - DoubleDouble::from(first);
        let sum = present().fold(DoubleDouble::ZERO, |sum, (total, x)| sum + away(*x) * *total);
        let mean = sum / DoubleDouble::from(n);
        let spread = present().fold(DoubleDouble::ZERO, |spread, (total, x)| {
            let deviation = away(*x) - mean;
            spread + deviation * deviation * *total
        });
        let square = |a: f64, b: f64| (a - b) * (a - b);
        (self.disagreement(chosen, |c, d| square(places[c], places[d])), n * spread.value())
    }
}

/// The mid-rank of each value.
fn middles(totals: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    let middle = |total: &f64| {
        before += total;
        before - 0.5 * total
    };
    totals.iter().map(middle).collect()
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

    fn bootstrap(repetitions: usize) -> Bootstrap {
        Bootstrap { repetitions, seed: 9, level: 0.95 }
    }

    #[test]
    fn alpha_gives_the_known_answers() {
        for (metric, expected) in [
            (Metric::Nominal, 0.691_358),
            (Metric::Interval, 0.810_845),
            (Metric::Ordinal, 0.806_721),
        ] {
            let found = krippendorff(&example(), metric, &bootstrap(0)).unwrap();
            assert!((found.value - expected).abs() < 5e-7, "{metric:?}: {}", found.value);
            assert!(found.interval.is_none());
        }
    }

    #[test]
    fn the_bootstrap_is_the_same_every_time() {
        let a = krippendorff(&example(), Metric::Interval, &bootstrap(400)).unwrap();
        let b = krippendorff(&example(), Metric::Interval, &bootstrap(400)).unwrap();
        assert_eq!(a, b);
        let interval = a.interval.unwrap();
        assert!(interval.low < a.value && a.value < interval.high);
    }
}
