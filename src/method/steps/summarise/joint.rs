//! The joint covariance of summaries, for contrasts.
//!
//! *Formula*: an average's influence in row i is ψᵢ = (xᵢ − x̄)/n (for a share (1ᵢ − p)/n, for a
//! geometric mean g(ln xᵢ − ln g)/n). Two estimates correlate by ρ = Σ wᵢψᵢφᵢ / √(Σ wᵢψᵢ² Σ wᵢφᵢ²),
//! summed within clusters first where there are any; their covariance is ρ times their standard
//! errors, so that the diagonal is exactly what each reports for itself.
//! *Source*: the delta method for functions of means; Cameron & Miller 2015 for clusters.

use std::collections::BTreeMap;

use crate::method::steps::Joint;
use crate::results::Estimate;
use crate::stats::math;
use crate::stats::sum::sum;

use super::measure::Statistic;

/// An estimate and its influence in each row that it depends on; none where it is not known.
pub(super) struct Influence {
    pub(super) estimate: Estimate,
    pub(super) rows: Option<Vec<(usize, f64)>>,
}

/// The influence of a share of `rows` in `total`.
pub(super) fn of_share(rows: &[usize], total: &[usize], share: f64) -> Vec<(usize, f64)> {
    let inside: std::collections::BTreeSet<&usize> = rows.iter().collect();
    let indicator = |row: &usize| f64::from(u8::from(inside.contains(row)));
    total.iter().map(|row| (*row, indicator(row) - share)).collect()
}

/// The influence of a statistic of a column; none where this does not know it.
pub(super) fn of_column(
    statistic: Statistic,
    numbers: &[Option<f64>],
    rows: &[usize],
    value: f64,
) -> Option<Vec<(usize, f64)>> {
    let deviation = |number: f64| match statistic {
        Statistic::Mean | Statistic::Fraction => Some(number - value),
        Statistic::GeometricMean => Some(value * (math::ln(number) - math::ln(value))),
        _ => None,
    };
    let mut influence = Vec::new();
    for row in rows {
        if let Some(number) = numbers.get(*row).copied().flatten() {
            influence.push((*row, deviation(number)?));
        }
    }
    Some(influence)
}

/// The covariance matrix of estimates.
pub(super) fn covariance(
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
