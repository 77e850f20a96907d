//! Random effects of groups: generalised least squares with Swamy and Arora's variances.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Covariance, Design, Dropped, Fit, LinearError, Reference, Term, Values, Weights, fit};
use crate::stats::sum::ExactSum;

/// A fit with random effects.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomFit {
    /// The regression of quasi-demeaned columns, its R² that of the slopes beside a constant alone.
    pub fit: Fit,
    /// The variance of the effects σ²_u (zero where the between variance leaves none).
    pub effect_variance: f64,
    /// The variance within groups σ²_e.
    pub residual_variance: f64,
    /// The smallest and largest θ: the share of its group's mean that is taken from a row.
    pub theta: [f64; 2],
    /// The number of groups.
    pub groups: usize,
}

/// Fits a linear model with a random effect of groups.
///
/// *Formula*: y_it − θ_i ȳ_i on x_it − θ_i x̄_i and 1 − θ_i, θ_i = 1 − √(σ²_e/(T_i σ²_u + σ²_e)).
/// σ²_e = RSS_within/(n − G − K_w); σ²_u = max(0, RSS_between/(G − K_b) − σ²_e/T̄), the between regression one row a
/// group, T̄ the harmonic mean of the T_i (with equal T_i this is Swamy and Arora's own).
/// *Source*: Swamy & Arora 1972; Baltagi 2013, section 2.3; unequal groups as in Stata's `xtreg, re`.
/// *Shapes*: a group code a row; an intercept, no weights, no absorbed effects. *Units*: those of [`fit`].
/// *Errors*: those of [`fit`]; fewer groups than coefficients. The reference is the normal unless the design's
/// convention for clusters says t.
/// *Checked against*: R's plm (Grunfeld, presets.R) 1e-9; Wooldridge's example 14.4; linearmodels, unequal groups (random.py) 1e-9.
///
/// # Errors
/// See above.
pub fn random_effects(design: &Design<'_>, groups: &[u32]) -> Result<RandomFit, LinearError> {
    refuse_options(design, groups)?;
    let members = members(groups);
    let within = within(design, groups)?;
    let between = between(design, &members)?;
    let (residual_variance, from_means) = (within.residual_variance, between.residual_variance);
    let count = members.len() as f64;
    let harmonic = count / members.values().map(|rows| 1.0 / rows.len() as f64).sum::<f64>();
    let effect_variance = (from_means - residual_variance / harmonic).max(0.0);
    let theta = |size: usize| {
        1.0 - (residual_variance / (size as f64 * effect_variance + residual_variance)).sqrt()
    };
    let fitted = quasi_demeaned(design, &members, theta)?;
    let sizes = || members.values().map(Vec::len);
    let of = |size: Option<usize>| theta(size.unwrap_or(1));
    Ok(RandomFit {
        fit: fitted,
        effect_variance,
        residual_variance,
        theta: [of(sizes().min()), of(sizes().max())],
        groups: members.len(),
    })
}

fn refuse_options(design: &Design<'_>, groups: &[u32]) -> Result<(), LinearError> {
    let refuse = |what: &str| {
        Err(LinearError::NotSupported { what: format!("a random effect with {what}") })
    };
    if groups.len() != design.outcome.len() {
        let (expected, found) = (design.outcome.len(), groups.len());
        return Err(LinearError::Length { what: "the random effect".to_owned(), expected, found });
    }
    if !matches!(design.weights, Weights::None) {
        return refuse("weights");
    }
    if !design.absorb.is_empty() {
        return refuse("absorbed effects");
    }
    if matches!(design.covariance, Covariance::Hc2 | Covariance::Hc3) {
        return refuse("HC2 or HC3 errors");
    }
    Ok(())
}

fn members(groups: &[u32]) -> BTreeMap<u32, Vec<usize>> {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(row);
    }
    members
}

/// The regression within groups: for its residual variance alone.
fn within<'a>(design: &Design<'a>, groups: &'a [u32]) -> Result<Fit, LinearError> {
    let mut within = design.clone();
    within.covariance = Covariance::Iid;
    within.clusters.clear();
    within.absorb = vec![Cow::Borrowed(groups)];
    within.drop_collinear = true;
    within.residuals = false;
    fit(&within)
}

fn mean(rows: &[usize], value: impl Fn(usize) -> f64) -> f64 {
    let mut sum = ExactSum::new();
    for row in rows {
        sum.add(value(*row));
    }
    sum.value() / rows.len() as f64
}

/// The regression of group means, one row a group.
fn between(design: &Design<'_>, members: &BTreeMap<u32, Vec<usize>>) -> Result<Fit, LinearError> {
    let means = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
        members.values().map(|rows| mean(rows, value)).collect()
    };
    let terms = design.terms.iter();
    let terms = terms
        .map(|term| Term::numbers(term.name.clone(), means(&|row| term.values.at(row))))
        .collect();
    let mut between = Design::new(means(&|row| design.outcome[row]), terms);
    between.drop_collinear = true;
    fit(&between)
}

/// The regression of what is left when a share of the group's mean is taken from each row.
fn quasi_demeaned(
    design: &Design<'_>,
    members: &BTreeMap<u32, Vec<usize>>,
    theta: impl Fn(usize) -> f64,
) -> Result<Fit, LinearError> {
    let rows = design.outcome.len();
    let partly = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let mut out = vec![0.0; rows];
        for members in members.values() {
            let part = theta(members.len()) * mean(members, value);
            for row in members {
                out[*row] = value(*row) - part;
            }
        }
        out
    };
    let constant = Term::numbers("intercept", partly(&|_| 1.0));
    let mut alone = Design::new(partly(&|row| design.outcome[row]), vec![constant.clone()]);
    alone.intercept = false;
    let total = fit(&alone)?.residual_sum_of_squares;
    let mut quasi = design.clone();
    quasi.outcome.clone_from(&alone.outcome);
    quasi.intercept = false;
    quasi.terms = std::iter::once(constant)
        .chain(design.terms.iter().map(|term| Term {
            name: term.name.clone(),
            values: Values::Numbers(partly(&|row| term.values.at(row)).into()),
        }))
        .collect();
    let mut fitted = fit(&quasi).map_err(place_back)?;
    fitted.dropped = fitted.dropped.into_iter().map(Dropped::place_back).collect();
    fitted.r2 = 1.0 - fitted.residual_sum_of_squares / total;
    fitted.adjusted_r2 =
        1.0 - (1.0 - fitted.r2) * (fitted.n as f64 - 1.0) / fitted.df_residual as f64;
    if design.covariance != Covariance::Cluster {
        fitted.reference = Reference::Normal;
    }
    let slopes = (0..fitted.names.len()).filter(|j| fitted.names[*j] != "intercept");
    fitted.f = fitted.joint_test(&slopes.collect::<Vec<usize>>());
    Ok(fitted)
}

/// Counts terms without the constant that stands before them.
fn place_back(error: LinearError) -> LinearError {
    match error {
        LinearError::Collinear { index, name, with } => {
            LinearError::Collinear { index: index.saturating_sub(1), name, with }
        }
        other => other,
    }
}

impl Dropped {
    fn place_back(self) -> Self {
        Self { index: self.index.saturating_sub(1), ..self }
    }
}
