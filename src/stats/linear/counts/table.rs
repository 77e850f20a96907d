//! What many specifications choose from, and what one of them asks.

use super::super::{Covariance, Preset};

/// The columns that specifications choose from, all of one length.
#[derive(Debug, Clone, Default)]
pub struct Table<'a> {
    /// Factors: level codes.
    pub factors: Vec<&'a [u32]>,
    /// Regressors of numbers.
    pub numbers: Vec<&'a [f64]>,
    /// Outcomes.
    pub outcomes: Vec<&'a [f64]>,
    /// Clusters, where errors are to be clustered.
    pub clusters: Option<&'a [u32]>,
}

/// One regressor of a specification.
#[derive(Debug, Clone, PartialEq)]
pub struct Regressor {
    /// Its name, as estimates will carry it.
    pub name: String,
    /// Its values.
    pub values: Coded,
}

/// Where a regressor's values come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Coded {
    /// The column of numbers at this place.
    Number(usize),
    /// A number for each code of a factor (an indicator, a slope, a threshold …): any linear map of its dummies.
    Levels {
        /// The factor's place.
        factor: usize,
        /// The number of each code; codes beyond are zero.
        values: Vec<f64>,
    },
}

/// One model on a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Specification {
    /// The outcome's place.
    pub outcome: usize,
    /// The regressors, in order.
    pub terms: Vec<Regressor>,
    /// The factors to absorb; without one, the model has an intercept.
    pub absorb: Vec<usize>,
    /// How the covariance is estimated (HC2 and HC3 are fitted alone).
    pub covariance: Covariance,
    /// The small-sample convention.
    pub preset: Preset,
}
