//! The weights that a likelihood's rows are given.

use crate::stats::linear::{Design, LinearError, Weights, check_weights};

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
