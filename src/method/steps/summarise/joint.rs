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
use crate::results::Estimate;
use crate::stats::double_double::{DoubleDouble, two_sum};
use crate::stats::math;
use crate::stats::sum::sum;
use crate::stats::unit::{power_below, unit_of};

use super::grouped::{Group, Grouped};
use super::measure::{Statistic, What};
use super::run::{Measured, Summarising};

impl Summarising {
    /// The covariance of those of the estimates that are wanted, have a standard error, and whose influences are known.
    pub(super) fn joint(
        &self,
        grouped: &Grouped,
        measured: &Measured,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Joint {
        let mut joint = Joint::default();
        let mut known: Vec<Influence> = Vec::new();
        for (place, (estimates, rests)) in measured.iter().enumerate() {
            let mut numbers = None;
            for ((group, estimate), rest) in grouped.groups.iter().zip(estimates).zip(rests) {
                let Some(estimate) = estimate.as_ref().filter(|one| wanted(&one.id)) else {
                    continue;
                };
                let numbers = numbers.get_or_insert_with(|| Columns::of(grouped, place));
                if let Some(one) = self.influence(place, grouped, numbers, group, (estimate, *rest))
                {
                    joint.addresses.push(estimate.id.clone());
                    known.push(one);
                }
            }
        }
        for left in &known {
            for right in &known {
                joint.matrix.push(left.correlation(right) * (left.error * right.error));
            }
        }
        joint
    }

    /// Says whether the influences of a measure are known.
    pub(super) fn is_known(what: &What) -> bool {
        match what {
            What::Share | What::Ratio { .. } => true,
            What::Of { statistic, .. } => matches!(
                statistic,
                Statistic::Quantile(..)
                    | Statistic::Mean
                    | Statistic::Fraction
                    | Statistic::GeometricMean
            ),
            What::Count | What::Distinct(_) => false,
        }
    }

    /// The influence behind an estimate, which comes with what its rounding left; none where it is not known, or the
    /// estimate has no standard error.
    pub(super) fn influence(
        &self,
        place: usize,
        grouped: &Grouped,
        columns: &Columns<'_>,
        group: &Group,
        (estimate, rest): (&Estimate, f64),
    ) -> Option<Influence> {
        let error = estimate.se?;
        let value = two_sum(estimate.value, rest);
        let weights = grouped.weights.as_deref();
        let rows = match &self.measures.get(place)?.what {
            What::Share => {
                let total = self.totals(grouped).get(&self.outer(group));
                of_share(grouped.rows(group), total.map_or(&[], Vec::as_slice), value.value())
            }
            What::Of { statistic, .. } => {
                let numbers = columns.above.as_ref()?;
                of_column(*statistic, numbers, weights, grouped.rows(group), value)?
            }
            What::Ratio { .. } => {
                let (above, below) = (columns.above.as_ref()?, columns.below.as_ref()?);
                of_ratio(above, below, grouped.rows(group), value)
            }
            What::Count | What::Distinct(_) => return None,
        };
        let scores = scores(&rows, weights, grouped.clusters.as_deref());
        let squares = product(&scores, &scores);
        Some(Influence { scores, squares, error })
    }
}

/// The numbers of a measure, and those below of a ratio.
pub(super) struct Columns<'a> {
    above: Option<Numbers<'a>>,
    below: Option<Numbers<'a>>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(grouped: &'a Grouped, place: usize) -> Self {
        let above = grouped.columns.get(place).and_then(|column| column.as_ref()?.numbers());
        let below = grouped.below.get(&place).and_then(|below| below.numbers());
        Self { above, below }
    }
}

/// What each row or cluster adds to an estimate, and the estimate's standard error.
pub(super) struct Influence {
    scores: Scores,
    /// The sum of their squares.
    squares: f64,
    error: f64,
}

impl Influence {
    /// The correlation of two estimates.
    pub(super) fn correlation(&self, other: &Self) -> f64 {
        let norm = math::sqrt(self.squares * other.squares);
        let correlation =
            if norm > 0.0 { product(&self.scores, &other.scores) / norm } else { 0.0 };
        correlation.clamp(-1.0, 1.0)
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
