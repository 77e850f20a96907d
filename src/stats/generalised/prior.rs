//! The rows that a likelihood is of, and their weights.

use super::separation::constant_levels;
use super::{Family, GeneralisedError};
use crate::stats::linear::{Design, LinearError, Singletons, Weights, check_weights, not_alone};

/// The frequencies and prior weights of a design's rows.
pub(super) fn weights(design: &Design<'_>) -> (Vec<f64>, Vec<f64>) {
    let ones = || vec![1.0; design.outcome.len()];
    match &design.weights {
        Weights::None => (ones(), ones()),
        Weights::Frequency(weights) => (weights.to_vec(), ones()),
        Weights::Analytic(weights) => (ones(), weights.to_vec()),
        Weights::Both { copies, weight } => (copies.to_vec(), weight.to_vec()),
    }
}

/// The largest outcome whose square is a number.
const LARGEST: f64 = 1e150;
/// The smallest mean outcome whose working weights keep their digits.
const SMALLEST: f64 = 1e-100;

/// Refuses outcomes of a Poisson model that are all zero, and those of a size that working weights cannot have.
pub(super) fn check_sizes(
    design: &Design<'_>,
    family: Family,
    mean: f64,
) -> Result<(), LinearError> {
    if family == Family::Poisson && (mean.is_nan() || mean <= 0.0) {
        return Err(LinearError::ConstantOutcome);
    }
    if family == Family::Poisson && mean < SMALLEST {
        let name = "outcome".to_owned();
        return Err(LinearError::OutOfRange { name, what: "a mean", large: false });
    }
    if design.outcome.iter().any(|y| *y > LARGEST) {
        return Err(LinearError::Overflow);
    }
    Ok(())
}

/// Which rows have a weight above zero.
pub(super) fn weighted(design: &Design<'_>) -> Result<Vec<bool>, LinearError> {
    let (copies, prior) = weights(design);
    check_weights(&copies, design.outcome.len())?;
    check_weights(&prior, design.outcome.len())?;
    let entered: Vec<bool> = copies.iter().zip(&prior).map(|(c, w)| c * w > 0.0).collect();
    if !entered.is_empty() && !entered.contains(&true) {
        return Err(LinearError::ZeroWeights);
    }
    Ok(entered)
}

/// The rows that a likelihood is of, and how many were left out as alone in a level: what is left of a level without one
/// may not vary, and what is left without a level may be alone.
pub(super) fn entering(
    design: &Design<'_>,
    family: Family,
    entered: &[bool],
) -> Result<(Vec<bool>, usize), GeneralisedError> {
    let count = |rows: &[bool]| rows.iter().filter(|row| **row).count();
    let mut keep = constant_levels(design, family, entered);
    let mut alone = 0;
    if design.singletons == Singletons::Drop {
        loop {
            let fewer = not_alone(design, &keep)?;
            let lost = count(&keep) - count(&fewer);
            if lost == 0 {
                break;
            }
            alone += lost;
            keep = constant_levels(design, family, &fewer);
        }
    }
    if alone > 0 && count(&keep) == 0 {
        return Err(LinearError::NoRows.into());
    }
    Ok((keep, alone))
}

/// Marks the rows that enter a fit of this design, whatever its terms: as for `linear::fit`, less levels of absorbed
/// effects whose outcomes do not vary. None where all do.
///
/// # Errors
/// Where weights are not sound, or no row is left.
pub fn rows_that_count(
    design: &Design<'_>,
    family: Family,
) -> Result<Option<Vec<bool>>, GeneralisedError> {
    if matches!(design.weights, Weights::None) && design.absorb.is_empty() {
        return Ok(None);
    }
    let (rows, _) = entering(design, family, &weighted(design)?)?;
    Ok(rows.contains(&false).then_some(rows))
}
