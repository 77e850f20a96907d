//! Quantiles, by Hyndman and Fan's definitions, with distribution-free intervals.

use super::{Checked, QuantileDefinition, Summary, SummaryError};
use crate::stats::distribution::{Interval, normal_upper_quantile};
use crate::stats::linear::Reference;

/// The sorted values with the number of observations up to and including each.
struct Sorted {
    values: Vec<f64>,
    up_to: Vec<u64>,
    n: u64,
}

impl Sorted {
    fn of(checked: &Checked<'_>) -> Self {
        let mut pairs: Vec<(f64, u64)> = checked
            .weighted()
            .filter(|(_, _, frequency)| *frequency > 0.0)
            .map(|(_, value, frequency)| (value, frequency as u64))
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut total = 0;
        let up_to = pairs
            .iter()
            .map(|(_, frequency)| {
                total += frequency;
                total
            })
            .collect();
        Self { values: pairs.into_iter().map(|(value, _)| value).collect(), up_to, n: total }
    }

    /// The `rank`-th smallest value, from 1; the ends beyond them.
    fn at(&self, rank: f64) -> f64 {
        let rank = (rank.max(1.0) as u64).min(self.n);
        let place = self.up_to.partition_point(|up_to| *up_to < rank);
        self.values[place.min(self.values.len() - 1)]
    }

    fn between(&self, position: f64) -> f64 {
        let position = position.clamp(1.0, self.n as f64);
        let below = position.floor();
        let share = position - below;
        let low = self.at(below);
        if share == 0.0 { low } else { low + share * (self.at(below + 1.0) - low) }
    }

    fn quantile(&self, p: f64, definition: QuantileDefinition) -> f64 {
        let n = self.n as f64;
        let position = n * p;
        // A step that decimals put an ulp off the whole number is the whole number (as in R).
        let near = (position - position.round()).abs() < 4.0 * f64::EPSILON * n;
        let position = if near { position.round() } else { position };
        match definition {
            QuantileDefinition::AveragedInverse if position.fract() == 0.0 => {
                0.5 * (self.at(position) + self.at(position + 1.0))
            }
            QuantileDefinition::Inverse | QuantileDefinition::AveragedInverse => {
                self.at(position.ceil())
            }
            QuantileDefinition::Weibull => self.between((n + 1.0) * p),
            QuantileDefinition::Linear => self.between((n - 1.0) * p + 1.0),
            QuantileDefinition::MedianUnbiased => self.between((n + 1.0 / 3.0) * p + 1.0 / 3.0),
        }
    }
}

/// A quantile.
///
/// *Formula*: Hyndman & Fan 1996, definitions 1, 2, 6, 7 and 8. The interval runs between the order statistics of ranks
/// np ± z√(np(1−p)) rounded outwards; none where a rank falls outside the sample, and none with clusters.
/// *Source*: Hyndman & Fan 1996; Conover 1999, section 3.2. *Errors*: a probability outside 0..=1.
/// *Checked against*: R's `quantile`, types 1, 2, 6, 7, 8.
pub(super) fn quantile(
    checked: &Checked<'_>,
    probability: f64,
    definition: QuantileDefinition,
) -> Result<Summary, SummaryError> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(SummaryError::Probability { value: probability });
    }
    let sorted = Sorted::of(checked);
    let plain = checked.plain(sorted.quantile(probability, definition));
    if checked.clusters.is_some() {
        return Ok(plain);
    }
    let n = sorted.n as f64;
    let half = normal_upper_quantile(0.5 * (1.0 - checked.level))
        * (n * probability * (1.0 - probability)).sqrt();
    let low = (n * probability - half).floor();
    let high = (n * probability + half).ceil() + 1.0;
    if low < 1.0 || high > n {
        return Ok(plain);
    }
    Ok(Summary {
        interval: Some(Interval { low: sorted.at(low), high: sorted.at(high) }),
        reference: Reference::Normal,
        method: "order-statistics",
        ..plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::summary::{Measure, Sample, summarise};

    /// R 4.4: `sapply(c(1,2,6,7,8), \(t) quantile(c(1,3,4,8,15,16,23,42,100,108), .3, type = t))`.
    #[test]
    fn the_definitions_are_those_of_r() {
        let values = [100.0, 1.0, 3.0, 108.0, 4.0, 8.0, 42.0, 15.0, 16.0, 23.0];
        let expected = [4.0, 6.0, 5.2, 6.8, 5.733_333_333_333_333];
        let definitions = [
            QuantileDefinition::Inverse,
            QuantileDefinition::AveragedInverse,
            QuantileDefinition::Weibull,
            QuantileDefinition::Linear,
            QuantileDefinition::MedianUnbiased,
        ];
        for (definition, expected) in definitions.into_iter().zip(expected) {
            let measure = Measure::Quantile { probability: 0.3, definition };
            let found = summarise(&Sample::new(&values), measure).unwrap().value;
            assert!((found - expected).abs() < 1e-12, "{definition:?}: {found}");
        }
    }

    #[test]
    fn frequencies_are_copies() {
        let copied = Sample::new(&[1.0, 2.0, 2.0, 2.0, 9.0]);
        let counted = Sample {
            frequencies: Some(&[3.0, 1.0, 0.0, 1.0]),
            ..Sample::new(&[2.0, 9.0, 77.0, 1.0])
        };
        for measure in [Measure::Median, Measure::Mean, Measure::StandardDeviation, Measure::Sum] {
            let (a, b) =
                (summarise(&copied, measure).unwrap(), summarise(&counted, measure).unwrap());
            assert_eq!(a.value, b.value, "{measure:?}");
            assert_eq!(a.standard_error, b.standard_error, "{measure:?}");
        }
    }
}
