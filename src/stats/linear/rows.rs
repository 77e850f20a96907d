//! Checks a design and picks the rows that enter the fit.

use super::codes::Codes;
use super::kept::Kept;
use super::look::{Looks, look};
use super::{Covariance, Design, LinearError, Singletons, Values, Weights};
use crate::stats::sum::sum;
use crate::stats::unit::power_below;

/// The rows of a design that enter its fit.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    /// How many there are.
    pub(super) count: usize,
    /// Their places in the design.
    pub(super) kept: Kept,
    /// Their weights: frequencies, or analytic weights times a power of two; empty until [`Rows::spell_out`] for ones.
    pub(super) weight: Vec<f64>,
    /// How many equal rows each stands for: ones without frequency weights.
    pub(super) copies: Vec<f64>,
    /// The power of two on analytic weights.
    pub(super) weight_scale: f64,
    /// Observations.
    pub(super) n: u64,
    /// The absorbed effects, the one with the most levels first.
    pub(super) effects: Vec<Codes<'a>>,
    /// For each effect in `effects`, its place in the design.
    pub(super) effect_places: Vec<usize>,
    /// Whether each effect in `effects` lies within a way of clustering.
    pub(super) nested: Vec<bool>,
    /// The ways of clustering.
    pub(super) clusters: Vec<Codes<'a>>,
    /// Rows dropped because they were alone in a level.
    pub(super) singletons: usize,
    /// What the outcome and the terms look like, where all rows enter.
    pub(super) looks: Option<Looks>,
}

impl Rows<'_> {
    /// Writes weights of one where none were given.
    pub(super) fn spell_out(&mut self) {
        if self.weight.is_empty() {
            self.weight = vec![1.0; self.count];
            self.copies = vec![1.0; self.count];
        }
    }
}

/// Checks a design and picks its rows.
pub(super) fn prepare<'a>(design: &'a Design<'_>) -> Result<Rows<'a>, LinearError> {
    let looks = check_columns(design)?;
    let weights = Checked::of(design)?;
    let all = design.outcome.len();
    let mut kept = if weights.given() {
        Kept::of((0..all).filter(|row| weights.total(*row) > 0.0).collect(), all)
    } else {
        Kept::All(all)
    };
    if kept.len() == 0 {
        return Err(LinearError::ZeroWeights);
    }
    let before = kept.len();
    if design.singletons == Singletons::Drop {
        kept = without_singletons(design, &kept, &weights);
    }
    if kept.len() == 0 {
        return Err(LinearError::NoRows);
    }
    let (weight, copies, weight_scale, n) = weigh(&weights, &kept)?;
    let mut effects: Vec<(usize, Codes<'a>)> =
        design.absorb.iter().map(|codes| Codes::of(codes, &kept)).enumerate().collect();
    effects.sort_by_key(|(place, codes)| (std::cmp::Reverse(codes.count), *place));
    let clusters: Vec<Codes<'a>> =
        design.clusters.iter().map(|codes| Codes::of_clusters(codes, &kept)).collect();
    if design.covariance == Covariance::Cluster
        && let Some(way) = clusters.iter().position(|way| way.count < 2)
    {
        return Err(LinearError::OneCluster { way });
    }
    let (effect_places, effects): (Vec<usize>, Vec<Codes<'a>>) = effects.into_iter().unzip();
    let nested = |effect: &Codes<'_>| clusters.iter().any(|way| effect.nested_in(way));
    Ok(Rows {
        count: kept.len(),
        nested: effects.iter().map(nested).collect(),
        singletons: before - kept.len(),
        looks: matches!(kept, Kept::All(_)).then_some(looks),
        kept,
        weight,
        copies,
        weight_scale,
        n,
        effects,
        effect_places,
        clusters,
    })
}

/// The rows' total weights and copies, the power of two on them, and n; both empty where every row counts once.
fn weigh(
    weights: &Checked<'_>,
    kept: &Kept,
) -> Result<(Vec<f64>, Vec<f64>, f64, u64), LinearError> {
    if weights.frequency.is_none() && weights.analytic.is_none() {
        return Ok((Vec::new(), Vec::new(), 1.0, kept.len() as u64));
    }
    let raw: Vec<f64> = kept.iter().map(|row| weights.total(row)).collect();
    let copies: Vec<f64> = kept.iter().map(|row| weights.copies(row)).collect();
    let scale = if weights.analytic.is_some() {
        1.0 / power_below(raw.iter().copied().fold(0.0, f64::max))
    } else {
        1.0
    };
    let total: f64 = sum(&copies);
    if let Some((place, value)) = broken_frequency(&copies, total) {
        let why = "not a whole number, and neither is the sum of the frequencies";
        return Err(LinearError::Weight { row: kept.place(place), value, why });
    }
    if total > 7e13 {
        return Err(LinearError::Overflow);
    }
    Ok((raw.iter().map(|weight| weight * scale).collect(), copies, scale, total.round() as u64))
}

/// Finds a frequency that is no whole number. Cells of a printed table (a count times a rounded
/// share) are none, and stand for whole observations together: then their sum must be whole.
fn broken_frequency(copies: &[f64], total: f64) -> Option<(usize, f64)> {
    let whole = (total - total.round()).abs() <= 1e-9 * total;
    let broken = copies.iter().copied().enumerate().find(|(_, weight)| weight.fract() != 0.0);
    broken.filter(|_| !whole)
}

fn check_columns(design: &Design<'_>) -> Result<Looks, LinearError> {
    let expected = design.outcome.len();
    if expected == 0 {
        return Err(LinearError::NoRows);
    }
    if design.terms.is_empty() && !design.intercept && design.absorb.is_empty() {
        return Err(LinearError::NoTerms);
    }
    if (design.covariance == Covariance::Cluster) == design.clusters.is_empty() {
        return Err(LinearError::NoClusters);
    }
    let same = |what: String, found: usize| {
        if found == expected { Ok(()) } else { Err(LinearError::Length { what, expected, found }) }
    };
    for term in &design.terms {
        same(format!("`{}`", term.name), term.values.len())?;
    }
    for codes in &design.absorb {
        same("an absorbed effect".to_owned(), codes.len())?;
    }
    for codes in &design.clusters {
        same("a cluster".to_owned(), codes.len())?;
    }
    let outcome = look("the outcome", &design.outcome)?;
    let mut terms = Vec::with_capacity(design.terms.len());
    for term in &design.terms {
        terms.push(match &term.values {
            Values::Numbers(values) => Some(look(&format!("`{}`", term.name), values)?),
            Values::Indicator { .. } => None,
        });
    }
    Ok(Looks { outcome, terms })
}

/// Weights whose numbers are sound.
struct Checked<'a> {
    frequency: Option<&'a [f64]>,
    analytic: Option<&'a [f64]>,
}

impl<'a> Checked<'a> {
    fn of(design: &'a Design<'_>) -> Result<Self, LinearError> {
        let (frequency, analytic): (Option<&[f64]>, Option<&[f64]>) = match &design.weights {
            Weights::None => (None, None),
            Weights::Frequency(weights) => (Some(weights), None),
            Weights::Analytic(weights) => (None, Some(weights)),
            Weights::Both { copies, weight } => (Some(copies), Some(weight)),
        };
        for weights in [frequency, analytic].into_iter().flatten() {
            check_weights(weights, design.outcome.len())?;
        }
        Ok(Self { frequency, analytic })
    }

    fn given(&self) -> bool {
        self.frequency.is_some() || self.analytic.is_some()
    }

    fn copies(&self, row: usize) -> f64 {
        self.frequency.map_or(1.0, |weights| weights[row])
    }

    fn total(&self, row: usize) -> f64 {
        self.copies(row) * self.analytic.map_or(1.0, |weights| weights[row])
    }
}

/// The largest weight below which products with it lose digits: weights are all above it, or refused together.
const SMALLEST: f64 = 1e-305;

/// Refuses a weight that is negative or not finite, and weights that are all too near zero.
pub(in crate::stats) fn check_weights(weights: &[f64], expected: usize) -> Result<(), LinearError> {
    if weights.len() != expected {
        return Err(LinearError::Length {
            what: "the weight".to_owned(),
            expected,
            found: weights.len(),
        });
    }
    for (row, value) in weights.iter().copied().enumerate() {
        let why = if !value.is_finite() {
            "not finite"
        } else if value < 0.0 {
            "negative"
        } else {
            continue;
        };
        return Err(LinearError::Weight { row, value, why });
    }
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest > 0.0 && largest < SMALLEST {
        return Err(LinearError::TinyWeights { largest });
    }
    Ok(())
}

/// Marks the rows that enter a fit of this design, whatever its terms: those of a weight above zero, less dropped
/// singletons. None where all do.
///
/// # Errors
/// Where weights are not sound.
pub fn rows_that_count(design: &Design<'_>) -> Result<Option<Vec<bool>>, LinearError> {
    let weights = Checked::of(design)?;
    if !weights.given() && design.singletons == Singletons::Keep {
        return Ok(None);
    }
    let rows: Vec<bool> = (0..design.outcome.len()).map(|row| weights.total(row) > 0.0).collect();
    let rows = if design.singletons == Singletons::Drop { not_alone(design, &rows)? } else { rows };
    Ok(rows.contains(&false).then_some(rows))
}

/// Marks those of some rows that are not alone in a level of any effect.
///
/// # Errors
/// Where weights are not sound.
pub(in crate::stats) fn not_alone(
    design: &Design<'_>,
    rows: &[bool],
) -> Result<Vec<bool>, LinearError> {
    let places = rows.iter().enumerate().filter(|(_, row)| **row).map(|(place, _)| place);
    let kept = Kept::of(places.collect(), rows.len());
    let mut marked = vec![false; rows.len()];
    for row in without_singletons(design, &kept, &Checked::of(design)?).iter() {
        marked[row] = true;
    }
    Ok(marked)
}

/// Leaves out rows alone in a level of any effect, until none is (what is left does not depend on the order of effects).
fn without_singletons(design: &Design<'_>, kept: &Kept, weights: &Checked<'_>) -> Kept {
    let largest = |codes: &&[u32]| codes.iter().copied().max();
    let mut effects: Vec<&[u32]> = design.absorb.iter().map(AsRef::as_ref).collect();
    effects.sort_by_key(|codes| std::cmp::Reverse(largest(codes)));
    let mut kept = kept.clone();
    let mut sound = 0;
    while sound < effects.len() {
        for codes in &effects {
            let fewer = without_alone(codes, &kept, weights);
            sound = if fewer.is_none() { sound + 1 } else { 1 };
            kept = fewer.unwrap_or(kept);
            if sound == effects.len() {
                break;
            }
        }
    }
    kept
}

/// Leaves out rows alone in a level of one effect; none where no row is. A row that stands for several is not alone.
fn without_alone(codes: &[u32], kept: &Kept, weights: &Checked<'_>) -> Option<Kept> {
    let largest = kept.iter().map(|row| codes[row]).max().unwrap_or(0) as usize;
    let dense = (largest >= 4 * codes.len() + 1024).then(|| Codes::of(codes, kept));
    let levels = dense.as_ref().map_or(largest + 1, |dense| dense.count);
    let level = |(at, row): (usize, usize)| match &dense {
        Some(dense) => dense.level[at] as usize,
        None => codes[row] as usize,
    };
    let mut size = vec![0_u32; levels];
    for (at, row) in kept.iter().enumerate() {
        let size = &mut size[level((at, row))];
        *size = size.saturating_add(if weights.copies(row) > 1.0 { 2 } else { 1 });
    }
    let more = |(at, row): &(usize, usize)| size[level((*at, *row))] > 1;
    size.contains(&1)
        .then(|| Kept::Some(kept.iter().enumerate().filter(more).map(|(_, row)| row).collect()))
}
