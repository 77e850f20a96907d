//! Newton's steps, no longer than they lead down.

use super::irls::Problem;

/// By what share the deviance may rise and count as the same.
const ROUNDING: f64 = 1e-9;
/// How often a step is halved before it is given up.
const HALVINGS: usize = 60;

/// The way down: a step is halved while the deviance rises.
pub(super) struct Descent {
    pub(super) deviance: f64,
    /// Where to begin again if the first step, from a predictor that is none of the model's, leads to nothing better.
    pub(super) origin: Option<Vec<f64>>,
}

impl Descent {
    /// Goes to the target, or as far towards it as the deviance falls; tells whether it was not all the way.
    pub(super) fn advance(&mut self, problem: &mut Problem<'_>, target: Vec<f64>) -> bool {
        let found = problem.deviance(&target);
        if found <= self.deviance * (1.0 + ROUNDING) + problem.noise {
            (self.deviance, problem.predictor, self.origin) = (found, target, None);
            return false;
        }
        if let Some(origin) = self.origin.take() {
            problem.predictor = origin;
            return true;
        }
        let mut share = 0.5;
        for _ in 0..HALVINGS {
            let between: Vec<f64> = problem
                .predictor
                .iter()
                .zip(&target)
                .map(|(from, to)| from + share * (to - from))
                .collect();
            let found = problem.deviance(&between);
            if found <= self.deviance * (1.0 + ROUNDING) + problem.noise {
                (self.deviance, problem.predictor) = (found, between);
                break;
            }
            share *= 0.5;
        }
        true
    }
}
