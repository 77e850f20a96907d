//! The joint covariance of summaries, for contrasts.
//!
//! *Formula*: an average's influence in row i is ψᵢ = (xᵢ − x̄)/n (for a share (1ᵢ − p)/n, for a
//! geometric mean g(ln xᵢ − ln g)/n, for a ratio of sums (aᵢ − r bᵢ)/Σb, for a quantile (F(q) − 1[xᵢ ≤ q])/n over the density, which
//! a correlation does not need). Two estimates correlate by ρ = Σ wᵢψᵢφᵢ / √(Σ wᵢψᵢ² Σ wᵢφᵢ²),
//! summed within clusters first where there are any; their covariance is ρ times their standard
//! errors, so that the diagonal is exactly what each reports for itself.
//! *Source*: the delta method for functions of means; Cameron & Miller 2015 for clusters.

use crate::engine::Numbers;
use crate::method::steps::Joint;
use crate::stats::double_double::{DoubleDouble, two_sum};
use crate::stats::math;
use crate::stats::sum::sum;
use crate::stats::unit::{power_below, unit_of};

use super::grouped::{Group, Grouped};
use super::measure::{Statistic, What};
use super::run::{Measured, Summarising};

impl Summarising {
    /// The covariance of those of the estimates that are wanted.
    pub(super) fn joint(
        &self,
        grouped: &Grouped,
        measured: &Measured,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Joint {
        let Correlations { addresses, errors, matrix } =
            self.correlations(grouped, measured, wanted);
        let pairs = errors.iter().flat_map(|left| errors.iter().map(move |right| left * right));
        let matrix = matrix.iter().zip(pairs).map(|(correlation, pair)| correlation * pair);
        Joint { matrix: matrix.collect(), addresses }
    }

    /// The correlations of those of the estimates that are wanted, have a standard error, and whose influences are known.
    pub(super) fn correlations(
        &self,
        grouped: &Grouped,
        measured: &Measured,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Correlations {
        let mut all = Correlations::default();
        let mut known: Vec<(Scores, f64)> = Vec::new();
        for (place, (estimates, rests)) in measured.iter().enumerate() {
            for ((group, estimate), rest) in grouped.groups.iter().zip(estimates).zip(rests) {
                let Some(estimate) = estimate.as_ref().filter(|one| wanted(&one.id)) else {
                    continue;
                };
                let value = two_sum(estimate.value, *rest);
                let influence = self.influence(place, grouped, group, value);
                let (Some(error), Some(rows)) = (estimate.se, influence) else { continue };
                all.addresses.push(estimate.id.clone());
                all.errors.push(error);
                let scores = scores(&rows, grouped.weights.as_deref(), grouped.clusters.as_deref());
                let squares = product(&scores, &scores);
                known.push((scores, squares));
            }
        }
        for (left, one) in &known {
            for (right, other) in &known {
                let norm = math::sqrt(one * other);
                let correlation = if norm > 0.0 { product(left, right) / norm } else { 0.0 };
                all.matrix.push(correlation.clamp(-1.0, 1.0));
            }
        }
        all
    }

    fn influence(
        &self,
        place: usize,
        grouped: &Grouped,
        group: &Group,
        value: DoubleDouble,
    ) -> Option<Vec<(usize, f64)>> {
        let numbers = || grouped.columns.get(place)?.as_ref().and_then(|column| column.numbers());
        match &self.measures.get(place)?.what {
            What::Share => {
                let total = self.totals(grouped).get(&self.outer(group));
                Some(of_share(grouped.rows(group), total.map_or(&[], Vec::as_slice), value.value()))
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

/// The estimates that correlate, their standard errors, and the matrix row after row.
#[derive(Default)]
pub(super) struct Correlations {
    addresses: Vec<String>,
    errors: Vec<f64>,
    matrix: Vec<f64>,
}

impl Correlations {
    /// The correlation of two estimates; none where it is not known.
    pub(super) fn of(&self, left: &str, right: &str) -> Option<f64> {
        let place = |address: &str| self.addresses.iter().position(|known| known == address);
        self.matrix.get(place(left)? * self.addresses.len() + place(right)?).copied()
    }
}

/// The influence of a share of `rows` in `total`, both in order.
fn of_share(rows: &[usize], total: &[usize], share: f64) -> Vec<(usize, f64)> {
    let mut inside = rows.iter().peekable();
    let indicator = |row: usize| f64::from(u8::from(inside.next_if(|one| **one == row).is_some()));
    let mut indicator = indicator;
    total.iter().map(|row| (*row, indicator(*row) - share)).collect()
}

/// The influence of a statistic of a column; none where this does not know it.
fn of_column(
    statistic: Statistic,
    numbers: &Numbers<'_>,
    weights: Option<&[f64]>,
    rows: &[usize],
    exact: DoubleDouble,
) -> Option<Vec<(usize, f64)>> {
    let value = exact.value();
    let quantile = matches!(statistic, Statistic::Quantile(..));
    let share = if quantile { share_up_to(numbers, weights, rows, value) } else { 0.0 };
    let deviation = |number: f64| match statistic {
        Statistic::Quantile(..) => Some(share - f64::from(u8::from(number <= value))),
        Statistic::Mean | Statistic::Fraction => Some((DoubleDouble::from(number) - exact).value()),
        Statistic::GeometricMean => Some(value * above(number, exact)),
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

/// The logarithm of a number over a mean: of their difference, where they are near.
fn above(number: f64, mean: DoubleDouble) -> f64 {
    let value = mean.value();
    if number > 0.5 * value && number < 2.0 * value {
        math::ln_1p((DoubleDouble::from(number) - mean).value() / value)
    } else {
        math::ln(number) - math::ln(value)
    }
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
    ratio: DoubleDouble,
) -> Vec<(usize, f64)> {
    let both = |row: &usize| Some((*row, (above.get(*row)?, below.get(*row)?)));
    let (rows, pairs): (Vec<usize>, Vec<(f64, f64)>) = rows.iter().filter_map(both).unzip();
    let (above, below): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    // Each in a unit of its own: a correlation does not depend on them, and products stay in range.
    let (upper, lower) = (unit_of(&above), unit_of(&below));
    let ratio = ratio.scaled(lower / upper);
    let deviation = |a: f64, b: f64| (DoubleDouble::from(a / upper) - ratio * (b / lower)).value();
    let deviations = above.iter().zip(&below).map(|(a, b)| deviation(*a, *b));
    rows.into_iter().zip(deviations).collect()
}

/// What each row or cluster adds to an influence, in their order, in a unit of its own.
type Scores = Vec<(u64, f64)>;

/// Influences by row, times √w, or summed by cluster; in a unit that keeps squares in range.
fn scores(influence: &[(usize, f64)], weights: Option<&[f64]>, clusters: Option<&[u32]>) -> Scores {
    let unit = power_below(influence.iter().fold(0.0, |most: f64, (_, psi)| most.max(psi.abs())));
    let weight = |row: usize| weights.map_or(1.0, |all| all.get(row).copied().unwrap_or(0.0));
    let scaled = influence.iter().map(|(row, psi)| (*row, psi / unit));
    let Some(clusters) = clusters else {
        let mut all: Scores =
            scaled.map(|(row, psi)| (row as u64, math::sqrt(weight(row)) * psi)).collect();
        all.sort_unstable_by_key(|(row, _)| *row);
        return all;
    };
    let cluster = |row: usize| u64::from(clusters.get(row).copied().unwrap_or(u32::MAX));
    let mut all: Scores = scaled.map(|(row, psi)| (cluster(row), weight(row) * psi)).collect();
    all.sort_by_key(|(cluster, _)| *cluster);
    all.chunk_by(|one, other| one.0 == other.0)
        .map(|rows| {
            let terms: Vec<f64> = rows.iter().map(|(_, psi)| *psi).collect();
            (rows.first().map_or(0, |(cluster, _)| *cluster), sum(&terms))
        })
        .collect()
}

/// The sum of the products of what two estimates have of the same row or cluster.
fn product(left: &Scores, right: &Scores) -> f64 {
    let mut terms = Vec::new();
    let mut right = right.iter().peekable();
    for (place, value) in left {
        while right.next_if(|(other, _)| other < place).is_some() {}
        if let Some((_, other)) = right.next_if(|(other, _)| other == place) {
            terms.push(value * other);
        }
    }
    sum(&terms)
}
