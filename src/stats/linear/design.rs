//! What a linear model is asked to fit.

use std::borrow::Cow;

use super::{Clusters, Covariance, Preset, Reference};

/// A linear model with its data: columns of equal length, no missing values.
#[derive(Debug, Clone)]
pub struct Design<'a> {
    /// The outcome.
    pub outcome: Cow<'a, [f64]>,
    /// Whether a constant belongs to the model (it is part of the absorbed effects where there are any).
    pub intercept: bool,
    /// The regressors, in order.
    pub terms: Vec<Term<'a>>,
    /// The rows' weights.
    pub weights: Weights<'a>,
    /// Fixed effects to absorb: each a column of level codes (dense or sparse, any `u32`).
    pub absorb: Vec<Cow<'a, [u32]>>,
    /// What becomes of a row that is alone in an absorbed level.
    pub singletons: Singletons,
    /// How the covariance is estimated.
    pub covariance: Covariance,
    /// The small-sample convention.
    pub preset: Preset,
    /// What intervals and p values refer to, where that is not left to the convention.
    pub reference: Option<Reference>,
    /// The ways of clustering: each a column of codes.
    pub clusters: Vec<Clusters<'a>>,
    /// Whether a collinear column is dropped and reported (`true`) or an error (`false`).
    pub drop_collinear: bool,
    /// Whether [`super::Fit::residuals`] is wanted.
    pub residuals: bool,
}

impl<'a> Design<'a> {
    /// Makes a design with an intercept, no weights, independent errors, and collinear columns an error.
    #[must_use]
    pub fn new(outcome: impl Into<Cow<'a, [f64]>>, terms: Vec<Term<'a>>) -> Self {
        Self {
            outcome: outcome.into(),
            intercept: true,
            terms,
            weights: Weights::None,
            absorb: Vec::new(),
            singletons: Singletons::Keep,
            covariance: Covariance::Iid,
            preset: Preset::Fixest,
            reference: None,
            clusters: Vec::new(),
            drop_collinear: false,
            residuals: false,
        }
    }
}

/// One regressor.
#[derive(Debug, Clone)]
pub struct Term<'a> {
    /// Its name, as estimates will carry it.
    pub name: String,
    /// Its value in every row.
    pub values: Values<'a>,
}

impl<'a> Term<'a> {
    /// Makes a term of numbers.
    #[must_use]
    pub fn numbers(name: impl Into<String>, values: impl Into<Cow<'a, [f64]>>) -> Self {
        Self { name: name.into(), values: Values::Numbers(values.into()) }
    }

    /// Makes the indicator of one level of a factor. Indicators that borrow the same `codes` share one pass.
    #[must_use]
    pub fn indicator(name: impl Into<String>, codes: &'a [u32], level: u32) -> Self {
        Self { name: name.into(), values: Values::Indicator { codes, level } }
    }
}

/// A regressor's values.
#[derive(Debug, Clone)]
pub enum Values<'a> {
    /// A number in each row.
    Numbers(Cow<'a, [f64]>),
    /// One where the factor has this level, zero elsewhere.
    Indicator {
        /// The factor's level in each row.
        codes: &'a [u32],
        /// The level that the term indicates.
        level: u32,
    },
}

impl Values<'_> {
    /// Counts the rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Indicator { codes, .. } => codes.len(),
        }
    }

    /// Tells whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value in row `i`.
    #[must_use]
    pub fn at(&self, i: usize) -> f64 {
        match self {
            Self::Numbers(values) => values[i],
            Self::Indicator { codes, level } => f64::from(u8::from(codes[i] == *level)),
        }
    }
}

/// What a row's weight means.
#[derive(Debug, Clone, Default)]
pub enum Weights<'a> {
    /// Every row counts once.
    #[default]
    None,
    /// A row stands for this many equal rows: n is the sum of the weights.
    Frequency(Cow<'a, [f64]>),
    /// A row's variance is inverse to its weight: n is the number of rows.
    Analytic(Cow<'a, [f64]>),
    /// Both at once: so many equal rows, each of this analytic weight.
    Both {
        /// The frequencies.
        copies: Cow<'a, [f64]>,
        /// The analytic weights.
        weight: Cow<'a, [f64]>,
    },
}

/// What becomes of a row that is alone in an absorbed level: it fits perfectly and says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Singletons {
    /// It stays and counts in n (fixest's default).
    #[default]
    Keep,
    /// It goes, again and again until none is left (reghdfe's default).
    Drop,
}
