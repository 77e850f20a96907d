//! The joint covariance of summaries, for contrasts.
//!
//! *Formula*: an average's influence in row i is ψᵢ = (xᵢ − x̄)/n (for a share (1ᵢ − p)/n, for a
//! geometric mean g(ln xᵢ − ln g)/n, for a ratio of sums (aᵢ − r bᵢ)/Σb, for a quantile (F(q) − 1[xᵢ ≤ q])/n over the density, which
//! a correlation does not need). Two estimates correlate by ρ = Σ wᵢψᵢφᵢ / √(Σ wᵢψᵢ² Σ wᵢφᵢ²),
//! summed within clusters first where there are any; their covariance is ρ times their standard
//! errors, so that the diagonal is exactly what each reports for itself.
//! *Source*: the delta method for functions of means; Cameron & Miller 2015 for clusters.

use std::collections::BTreeMap;

use crate::engine::Numbers;
use crate::method::steps::Joint;
use crate::results::Estimate;
use crate::stats::math;
use crate::stats::sum::sum;

use super::grouped::{Group, Grouped};
use super::measure::{Statistic, What};
use super::run::Summarising;

impl Summarising {
    /// The covariance of those of the estimates that are wanted.
    pub(super) fn joint(
        &self,
        grouped: &Grouped,
        measured: &[Vec<Option<Estimate>>],
        wanted: &dyn Fn(&str) -> bool,
    ) -> Joint {
        let mut influences = Vec::new();
        for (place, estimates) in measured.iter().enumerate() {
            for (group, estimate) in grouped.groups.iter().zip(estimates) {
                if let Some(estimate) = estimate.as_ref().filter(|one| wanted(&one.id)) {
                    let rows = self.influence(place, grouped, group, estimate.value);
                    influences.push(Influence { estimate: estimate.clone(), rows });
                }
            }
        }
        covariance(&influences, grouped.weights.as_deref(), grouped.clusters.as_deref())
    }

    fn influence(
        &self,
        place: usize,
        grouped: &Grouped,
        group: &Group,
        value: f64,
    ) -> Option<Vec<(usize, f64)>> {
        let numbers = || grouped.columns.get(place)?.as_ref().and_then(|column| column.numbers());
        match &self.measures.get(place)?.what {
            What::Share => {
                let all = self.totals(grouped);
                let total = all.get(&self.outer(group)).cloned().unwrap_or_default();
                Some(of_share(grouped.rows(group), &total, value))
            }
            What::Of { statistic, .. } => {
                let weights = grouped.weights.as_deref();
                of_column(*statistic, &numbers()?, weights, grouped.rows(group), value)
            }
            What::Ratio { .. } => {
                let below = grouped.below.get(&place).and_then(|below| below.numbers())?;
                Some(of_ratio(&numbers()?, &below, grouped.rows(group), value))
            }
            What::Count | What::Distinct(_) => None,
        }
    }
}

/// An estimate and its influence in each row that it depends on; none where it is not known.
struct Influence {
    estimate: Estimate,
    rows: Option<Vec<(usize, f64)>>,
}

/// The influence of a share of `rows` in `total`.
fn of_share(rows: &[usize], total: &[usize], share: f64) -> Vec<(usize, f64)> {
    let inside: std::collections::BTreeSet<&usize> = rows.iter().collect();
    let indicator = |row: &usize| f64::from(u8::from(inside.contains(row)));
    total.iter().map(|row| (*row, indicator(row) - share)).collect()
}

/// The influence of a statistic of a column; none where this does not know it.
fn of_column(
    statistic: Statistic,
    numbers: &Numbers<'_>,
    weights: Option<&[f64]>,
    rows: &[usize],
    value: f64,
) -> Option<Vec<(usize, f64)>> {
    let quantile = matches!(statistic, Statistic::Quantile(..));
    let share = if quantile { share_up_to(numbers, weights, rows, value) } else { 0.0 };
    let deviation = |number: f64| match statistic {
        Statistic::Quantile(..) => Some(share - f64::from(u8::from(number <= value))),
        Statistic::Mean | Statistic::Fraction => Some(number - value),
        Statistic::GeometricMean => Some(value * (math::ln(number) - math::ln(value))),
        _ => None,
    };
    let mut influence = Vec::new();
    for row in rows {
        if let Some(number) = numbers.get(*row) {
            influence.push((*row, deviation(number)?));
        }
    }
    Some(influence)
}

/// The share of rows whose number is not above a value.
fn share_up_to(numbers: &Numbers<'_>, weights: Option<&[f64]>, rows: &[usize], value: f64) -> f64 {
    let weight = |row: usize| weights.map_or(1.0, |all| all.get(row).copied().unwrap_or(0.0));
    let known = rows.iter().filter_map(|row| Some((numbers.get(*row)?, weight(*row))));
    let (below, all): (Vec<f64>, Vec<f64>) =
        known.map(|(number, weight)| (if number <= value { weight } else { 0.0 }, weight)).unzip();
    sum(&below) / sum(&all)
}

/// The influence of a ratio of sums.
fn of_ratio(
    above: &Numbers<'_>,
    below: &Numbers<'_>,
    rows: &[usize],
    ratio: f64,
) -> Vec<(usize, f64)> {
    let influence = |row: &usize| Some((*row, above.get(*row)? - ratio * below.get(*row)?));
    rows.iter().filter_map(influence).collect()
}

/// The covariance matrix of estimates.
fn covariance(
    influences: &[Influence],
    weights: Option<&[f64]>,
    clusters: Option<&[u32]>,
) -> Joint {
    // Only estimates that have a standard error and an influence can have a covariance; the rest
    // keep their variance alone, which a contrast of one estimate needs.
    let known: Vec<(&Influence, f64, BTreeMap<u64, f64>)> = influences
        .iter()
        .filter_map(|one| {
            Some((one, one.estimate.se?, scores(one.rows.as_ref()?, weights, clusters)))
        })
        .collect();
    let mut matrix = Vec::with_capacity(known.len() * known.len());
    for (_, left_error, left) in &known {
        for (_, right_error, right) in &known {
            let norm = math::sqrt(product(left, left) * product(right, right));
            let correlation = if norm > 0.0 { product(left, right) / norm } else { 0.0 };
            matrix.push(correlation.clamp(-1.0, 1.0) * left_error * right_error);
        }
    }
    Joint { addresses: known.iter().map(|(one, ..)| one.estimate.id.clone()).collect(), matrix }
}

/// Influences by row, times √w, or summed by cluster.
fn scores(
    influence: &[(usize, f64)],
    weights: Option<&[f64]>,
    clusters: Option<&[u32]>,
) -> BTreeMap<u64, f64> {
    let weight = |row: usize| weights.map_or(1.0, |all| all.get(row).copied().unwrap_or(0.0));
    let Some(clusters) = clusters else {
        let by_row = influence.iter();
        return by_row.map(|(row, psi)| (*row as u64, math::sqrt(weight(*row)) * psi)).collect();
    };
    let mut terms: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (row, psi) in influence {
        let cluster = clusters.get(*row).copied().unwrap_or(u32::MAX);
        terms.entry(u64::from(cluster)).or_default().push(weight(*row) * psi);
    }
    terms.into_iter().map(|(cluster, terms)| (cluster, sum(&terms))).collect()
}

fn product(left: &BTreeMap<u64, f64>, right: &BTreeMap<u64, f64>) -> f64 {
    let terms: Vec<f64> = left
        .iter()
        .filter_map(|(place, value)| right.get(place).map(|other| value * other))
        .collect();
    sum(&terms)
}
