//! Says at the right place, and of the right row, why there is no fit.

use crate::diagnostic::{Problem, Spanned};
use crate::method::steps::Running;
use crate::stats::generalised::{Family, GeneralisedError};
use crate::stats::linear::LinearError;

use super::columns::Cell;
use super::run::Regressing;
use super::terms::{Part, Term};

/// What a refusal needs to point at its cause.
pub(super) struct Context<'a> {
    pub(super) running: &'a Running<'a>,
    pub(super) cells: &'a [Cell],
    /// The base of each factor that leaves one out: the factor's label, and the level.
    pub(super) bases: &'a [(String, String)],
    /// Which rows of `from` are used.
    pub(super) keep: &'a [bool],
    /// Which of the rows used enter the fit, where not all do.
    pub(super) counted: Option<&'a [bool]>,
}

impl Context<'_> {
    /// Says how many rows nulls have cost, where a refusal may be due to that.
    fn lost(&self, error: &LinearError) -> String {
        let lost = self.keep.iter().filter(|keep| !**keep).count();
        let due = matches!(
            error,
            LinearError::NoRows
                | LinearError::TooFewRows { .. }
                | LinearError::ConstantOutcome
                | LinearError::AbsorbedOutcome
                | LinearError::OneCluster { .. }
                | LinearError::Collinear { .. }
        );
        if due && lost > 0 {
            format!(" ({lost} of {} rows were dropped for nulls)", self.keep.len())
        } else {
            String::new()
        }
    }

    /// A row as people count it: from 1, among all rows.
    fn row(&self, used: usize) -> usize {
        let kept = self.keep.iter().enumerate().filter(|(_, keep)| **keep);
        kept.map(|(row, _)| row).nth(used).unwrap_or(used) + 1
    }

    /// The base level of a factor, named as its other levels are.
    fn base(&self, term: &Term) -> Option<String> {
        let label = term.parts.iter().find(|part| matches!(part, Part::Factor { .. }))?.label();
        let (_, level) = self.bases.iter().find(|(factor, _)| *factor == label)?;
        Some(format!("{label}={level}"))
    }
}

impl Regressing {
    /// Says why least squares has no fit.
    pub(super) fn refuse(&self, error: &LinearError, context: &Context<'_>) -> Problem {
        let error = error.clone().with_rows(|row| context.row(row));
        let term =
            |index: usize| context.cells.get(index).and_then(|cell| self.terms.get(cell.term));
        let running = context.running;
        let message = format!("`{}` cannot be fitted: {error}{}", running.id, context.lost(&error));
        let problem = Problem::error(message);
        match &error {
            LinearError::Collinear { index, .. } => {
                let place =
                    term(*index).map_or_else(|| self.outcome.span(), |one| one.written.span());
                problem.at(&place).help("leave the term out, or write `collinear = \"drop\"`")
            }
            LinearError::ConstantOutcome => problem.at(&self.outcome.span()).help(
                "regress what varies: is it coded as meant, and did a filter keep one value only?",
            ),
            LinearError::AbsorbedOutcome => problem
                .at(&self.outcome.span())
                .help("leave out the effect whose levels fix the outcome"),
            LinearError::TinyWeights { .. } => problem
                .at(&self.weights_place(running))
                .help("multiply all weights by one power of ten: analytic weights count in proportion to each other"),
            LinearError::Weight { .. } | LinearError::ZeroWeights => {
                problem
                    .at(&self.weights_place(running))
                    .help("a weight is a number above 0 (or 0 for no part): keep other rows out with a filter")
            }
            LinearError::Overflow => {
                problem.at(running.span).help("divide the outcome or the terms by a power of ten")
            }
            LinearError::OutOfRange { large, .. } => {
                let help = if *large {
                    "divide the outcome, or multiply the term, by a power of ten"
                } else {
                    "multiply the outcome, or divide the term, by a power of ten"
                };
                problem.at(running.span).help(help)
            }
            LinearError::Irrelevant { index, .. } => {
                let place = term(*index).map_or_else(|| running.span.clone(), |one| one.written.span());
                problem.at(&place).help("look for instruments that go with the term once the other terms are held fixed")
            }
            LinearError::NoRows => problem
                .at(running.span)
                .help("every row is alone in a level of an absorbed effect: write `singletons = \"keep\"`, or absorb less"),
            LinearError::TooFewInstruments { .. } => problem
                .at(self.instruments.first().map_or(running.span, |(name, _)| &name.span))
                .help("give each instrumented term an instrument of its own at least"),
            LinearError::Instrument { name, .. } => {
                let all = self.instruments.iter().flat_map(|(_, terms)| terms);
                let known = all.clone().find(|term| name.starts_with(&term.name()));
                let place = known.or_else(|| all.last()).map(|term| term.written.span());
                problem
                    .at(&place.unwrap_or_else(|| running.span.clone()))
                    .help("leave it out: what stands in `on` instruments itself")
            }
            LinearError::OneCluster { way } => {
                let name = self.cluster.get(*way).map_or("the cluster", String::as_str);
                problem.at(&self.cluster_place(running)).help(format!(
                    "`{name}` is the same in all: clustered errors need two clusters at least, and forty to be of use"
                ))
            }
            LinearError::TooFewRows { .. } => {
                problem.at(running.span).help("ask for fewer terms or effects")
            }
            LinearError::NotSettled { .. } => problem
                .at(running.span)
                .help("drop singletons, or look for groups of levels that few rows hold together"),
            LinearError::Leverage { .. } => {
                problem.at(running.span).help("write `se = \"hc1\"`, or leave that row out")
            }
            _ => problem.at(running.span),
        }
    }

    fn weights_place(&self, running: &Running<'_>) -> crate::diagnostic::Span {
        let written = self.weights.as_ref().map(|(written, _)| written.span());
        written.unwrap_or_else(|| running.span.clone())
    }

    fn cluster_place(&self, running: &Running<'_>) -> crate::diagnostic::Span {
        self.cluster_spans.first().cloned().unwrap_or_else(|| running.span.clone())
    }

    /// Says why a model other than the linear one has no fit.
    pub(super) fn refuse_model(
        &self,
        error: &GeneralisedError,
        family: &Spanned<Family>,
        context: &Context<'_>,
    ) -> Problem {
        let id = context.running.id;
        let (place, help) = match error {
            GeneralisedError::Design(error) => return self.refuse(error, context),
            GeneralisedError::Outcome { row, value, expected } => {
                let row = context.row(*row);
                let message = format!(
                    "`{id}` cannot be fitted: the outcome {value} in row {row} is not {expected}"
                );
                return Problem::error(message)
                    .at(&self.outcome.span())
                    .help("code it so with `case when`, or keep such rows out with a filter");
            }
            GeneralisedError::Separation { terms, rows, base, effects } => {
                let cell = context.cells.iter().find(|cell| terms.contains(&cell.name));
                let term = cell.and_then(|cell| self.terms.get(cell.term));
                let absorbed = effects.iter().filter_map(|place| self.absorb.get(*place));
                let absorbed = absorbed.map(|names| names.join("*"));
                let base = base.then(|| term.and_then(|term| context.base(term))).flatten();
                let named = base.map_or_else(|| terms.clone(), |base| vec![base]);
                let error = GeneralisedError::Separation {
                    terms: named.into_iter().chain(absorbed).collect(),
                    rows: *rows,
                    base: false,
                    effects: Vec::new(),
                };
                let absorb = effects.first().and_then(|place| self.absorb_spans.get(*place));
                let place = term.map(|term| term.written.span()).or_else(|| absorb.cloned());
                let help = if term.is_some() {
                    "leave the term or its rows out, or join its levels"
                } else {
                    "leave one of these effects or such rows out, or join levels"
                };
                return Problem::error(format!("`{id}` cannot be fitted: {error}"))
                    .at(&place.unwrap_or_else(|| family.span.clone()))
                    .help(help);
            }
            GeneralisedError::NotConverged { .. } => {
                (family.span.clone(), "look for terms on very unlike scales, or nearly collinear")
            }
            _ => (family.span.clone(), "see `effects` in the help of `regress`"),
        };
        Problem::error(format!("`{id}` cannot be fitted: {error}")).at(&place).help(help)
    }
}
