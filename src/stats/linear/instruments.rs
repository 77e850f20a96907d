//! Two-stage least squares.

use super::estimate::{Instrumented, fit_with};
use super::{Design, Fit, LinearError, Term, Values, Wald, fit};

/// A fit by two-stage least squares.
#[derive(Debug, Clone, PartialEq)]
pub struct InstrumentalFit {
    /// The second stage, with errors from the structural residuals.
    pub fit: Fit,
    /// The first stage of each endogenous term.
    pub first_stages: Vec<FirstStage>,
}

/// The first stage of an endogenous term.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstStage {
    /// The endogenous term.
    pub name: String,
    /// The joint test of the excluded instruments, under the design's own covariance; weak below about 10.
    pub f: Option<Wald>,
    /// The fitted regression on instruments and the other terms.
    pub fit: Fit,
}

/// Fits a linear model by two-stage least squares.
///
/// `endogenous` are the places of the instrumented terms in the design; the other terms instrument themselves.
///
/// *Formula*: b = (X̂'X̂)⁻¹X̂'y with X̂ the projection of X on the instruments and other terms; residuals y − Xb.
/// *Source*: Wooldridge 2010, section 5.1; standard errors eq. 5.26 and its robust and clustered forms.
/// *Shapes*: at least as many instruments as endogenous terms. *Units*: those of [`fit`].
/// *Errors*: those of [`fit`], of either stage; fewer instruments than endogenous terms.
/// The residual variance is over n − K; the first stage's F is the Wald test of the excluded instruments under the
/// design's own covariance (with clustered errors that of Kleibergen & Paap for one endogenous term).
/// *Checked against*: Card 1995 (nearc4 as instrument, .1315 (.0550)), R's AER with sandwich (presets.R) 1e-9, pyfixest.
///
/// # Errors
/// See above.
pub fn two_stage<'a>(
    design: &Design<'a>,
    endogenous: &[usize],
    instruments: &[Term<'a>],
) -> Result<InstrumentalFit, LinearError> {
    if instruments.len() < endogenous.len() {
        return Err(LinearError::TooFewInstruments {
            instruments: instruments.len(),
            endogenous: endogenous.len(),
        });
    }
    let first_stages = endogenous
        .iter()
        .map(|place| first_stage(design, *place, endogenous, instruments))
        .collect::<Result<Vec<FirstStage>, LinearError>>()?;
    let mut second = design.clone();
    for (place, stage) in endogenous.iter().zip(&first_stages) {
        let values = &design.terms[*place].values;
        let projected: Vec<f64> = (0..values.len())
            .map(|row| values.at(row) - stage.fit.residuals[row].unwrap_or(0.0))
            .collect();
        second.terms[*place].values = Values::Numbers(projected.into());
    }
    let instrumented: Vec<Instrumented<'_>> = endogenous
        .iter()
        .zip(&first_stages)
        .map(|(place, stage)| Instrumented { place: *place, residual: &stage.fit.residuals })
        .collect();
    let fitted =
        fit_with(&second, &instrumented).map_err(|error| irrelevant(design, endogenous, error))?;
    match fitted.dropped.iter().find(|dropped| endogenous.contains(&dropped.index)) {
        Some(lost) => Err(LinearError::Irrelevant { index: lost.index, name: lost.name.clone() }),
        None => Ok(InstrumentalFit { fit: fitted, first_stages }),
    }
}

/// Where the second stage finds an instrumented term collinear, its instruments are to blame.
fn irrelevant(design: &Design<'_>, endogenous: &[usize], error: LinearError) -> LinearError {
    let LinearError::Collinear { index, with, .. } = &error else { return error };
    let named = |place: &&usize| {
        let name = design.terms.get(**place).map(|term| &term.name);
        *place == index || name.is_some_and(|name| with.contains(name))
    };
    match endogenous.iter().find(named).and_then(|place| Some((*place, design.terms.get(*place)?)))
    {
        Some((index, term)) => LinearError::Irrelevant { index, name: term.name.clone() },
        None => error,
    }
}

fn first_stage<'a>(
    design: &Design<'a>,
    place: usize,
    endogenous: &[usize],
    instruments: &[Term<'a>],
) -> Result<FirstStage, LinearError> {
    let outcome: Vec<f64> = {
        let values = &design.terms[place].values;
        (0..values.len()).map(|row| values.at(row)).collect()
    };
    let mut first = design.clone();
    first.outcome = outcome.into();
    first.residuals = true;
    let others: Vec<usize> =
        (0..design.terms.len()).filter(|other| !endogenous.contains(other)).collect();
    first.terms = others.iter().map(|other| design.terms[*other].clone()).collect();
    first.terms.extend_from_slice(instruments);
    let collinear = |with: &str| LinearError::Collinear {
        index: place,
        name: design.terms[place].name.clone(),
        with: vec![with.to_owned()],
    };
    let fitted = fit(&first).map_err(|error| match error {
        LinearError::ConstantOutcome => collinear("intercept"),
        LinearError::AbsorbedOutcome => collinear("absorbed effects"),
        other => in_place(other, &others),
    })?;
    let lost = fitted.dropped.iter().filter(|dropped| dropped.index >= others.len()).count();
    let kept = instruments.len() - lost;
    if kept < endogenous.len() {
        return Err(LinearError::TooFewInstruments {
            instruments: kept,
            endogenous: endogenous.len(),
        });
    }
    let places: Vec<usize> = (fitted.names.len() - kept..fitted.names.len()).collect();
    Ok(FirstStage {
        name: design.terms[place].name.clone(),
        f: fitted.joint_test(&places),
        fit: fitted,
    })
}

/// Names a collinear column of a first stage by its place in the design, or as an instrument.
fn in_place(error: LinearError, others: &[usize]) -> LinearError {
    match error {
        LinearError::Collinear { index, name, with } => match others.get(index) {
            Some(index) => LinearError::Collinear { index: *index, name, with },
            None => LinearError::Instrument { name, with },
        },
        other => other,
    }
}
