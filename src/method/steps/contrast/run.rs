//! Runs a `contrast`: the delta method, or the ends of one interval transformed.

use std::borrow::Cow;

use crate::diagnostic::{Problem, Spanned};
use crate::expression::{EvaluationError, Expression, Reference};
use crate::method::fragment::Fragment;
use crate::method::steps::{Outcome, Running, Slopes, Step, plain_estimate};
use crate::results::{Estimate, split_part};
use crate::stats::distribution;
use crate::stats::linear::Reference as Distribution;

use super::{Ends, Referred, sources, step_of};

/// A checked `contrast`.
pub(super) struct Contrasting {
    pub(super) value: Fragment,
    pub(super) expression: Expression,
    /// The estimates that it names, sorted.
    pub(super) addresses: Vec<String>,
    pub(super) ends: Ends,
    pub(super) reference: Option<Spanned<Referred>>,
    pub(super) level: f64,
    pub(super) unit: Option<String>,
}

/// One estimate that the contrast names.
pub(super) struct Term<'a> {
    pub(super) address: &'a str,
    pub(super) value: f64,
    /// The estimate itself; a part of one is a constant.
    pub(super) estimate: Option<&'a Estimate>,
}

impl Step for Contrasting {
    fn wants(&self) -> Vec<String> {
        self.addresses.clone()
    }

    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let terms = self.terms(running)?;
        let references: Vec<Reference> =
            terms.iter().map(|term| Reference::Estimate(term.address.to_owned())).collect();
        let values: Vec<f64> = terms.iter().map(|term| term.value).collect();
        let value = self.evaluate(&references, &values).map_err(|error| self.fails(&error))?;
        let mut outcome = Outcome::default();
        let mut estimate = plain_estimate(running.id, running.id.to_owned(), value);
        estimate.unit.clone_from(&self.unit);
        estimate.n = shared(&terms, |one| one.n);
        estimate.clusters = shared(&terms, |one| one.clusters);
        match self.error(&terms, &references, &values, running) {
            Ok(Some((error, slopes))) => {
                estimate.se = Some(error);
                sources::note(&slopes, running, &mut outcome);
                if self.ends == Ends::Delta {
                    self.delta(&mut estimate, &terms)?;
                    outcome.warnings.extend(still(&estimate, &slopes, running));
                }
                outcome.slopes.insert(running.id.to_owned(), slopes);
            }
            Ok(None) => outcome.warnings.extend(self.without_error(&terms)),
            Err(why) => outcome.warnings.push(why),
        }
        if self.ends == Ends::Endpoints {
            self.endpoints(&mut estimate, &terms, &references, &mut outcome)?;
        }
        outcome.note("interval", if self.ends == Ends::Delta { "delta" } else { "endpoints" });
        if let Some(reference) = &estimate.reference {
            let df = estimate.df.map_or_else(String::new, |df| format!(", df {df}"));
            let least = if terms.len() > 1 && !df.is_empty() {
                " (the least of its estimates')"
            } else {
                ""
            };
            outcome.note("reference", format!("{reference}{df}{least}"));
        }
        outcome.estimates.push(estimate);
        Ok(outcome)
    }
}

impl Contrasting {
    fn terms<'a>(&'a self, running: &Running<'a>) -> Result<Vec<Term<'a>>, Problem> {
        let mut terms = Vec::new();
        for address in &self.addresses {
            let outcome = running.outcomes.get(step_of(address));
            let find = |id: &str| {
                outcome.and_then(|one| one.estimates.iter().find(|estimate| estimate.id == id))
            };
            let (id, part) = split_part(address);
            let found = match (find(address), find(id), part) {
                (Some(estimate), _, _) => Some((estimate.value, Some(estimate))),
                (None, Some(estimate), Some(part)) => {
                    estimate.part(part).map(|value| (value, None))
                }
                _ => None,
            };
            let Some((value, estimate)) = found else {
                let message = format!("`{address}` has no value in these data");
                return Err(Problem::error(message).at(&self.value.span()));
            };
            terms.push(Term { address, value, estimate });
        }
        Ok(terms)
    }

    pub(super) fn evaluate(
        &self,
        references: &[Reference],
        values: &[f64],
    ) -> Result<f64, EvaluationError> {
        self.expression.value(&|reference| {
            let place = references.iter().position(|known| known == reference)?;
            values.get(place).copied()
        })
    }

    pub(super) fn fails(&self, error: &EvaluationError) -> Problem {
        let message = format!("`{}` cannot be computed: {error}", self.value.text);
        Problem::error(message).at(&self.value.span())
    }

    /// √(g'Σg) and the slopes in the estimates that no other explains; none where no estimate has an error;
    /// an explanation where one of several has none.
    fn error(
        &self,
        terms: &[Term<'_>],
        references: &[Reference],
        values: &[f64],
        running: &Running<'_>,
    ) -> Result<Option<(f64, Slopes)>, String> {
        let errors = terms.iter().filter_map(|term| term.estimate?.se).count();
        if errors == 0 {
            return Ok(None);
        }
        let gradient = self.expression.gradient(references, values);
        let (_, gradient) = gradient.map_err(|error| format!("no standard error: {error}"))?;
        let named = terms.iter().zip(gradient).filter(|(term, _)| term.estimate.is_some());
        let named = named.map(|(term, slope)| (term.address.to_owned(), slope)).collect();
        let slopes = sources::expand(named, running);
        Ok(Some((sources::error(&slopes, running)?, slopes)))
    }

    pub(super) fn distribution(&self, terms: &[Term<'_>]) -> Result<Distribution, Problem> {
        let with_error =
            terms.iter().filter_map(|term| term.estimate).filter(|one| one.se.is_some());
        let least = with_error.map(|one| one.df).reduce(|least, next| Some(least?.min(next?)));
        match (self.reference.as_ref().map(|word| (word.value, word)), least.flatten()) {
            (Some((Referred::Normal, _)), _) | (None, None) => Ok(Distribution::Normal),
            (Some((Referred::T, _)) | None, Some(df)) => Ok(Distribution::T { df }),
            (Some((Referred::T, word)), None) => {
                let message = "the estimates have no degrees of freedom for a t interval";
                let help = "write `reference = \"normal\"`";
                Err(Problem::error(message).at(&word.span).help(help))
            }
        }
    }

    /// The interval value ± critical value × error, and p; neither where the error is zero.
    fn delta(&self, estimate: &mut Estimate, terms: &[Term<'_>]) -> Result<(), Problem> {
        let Some(se) = estimate.se.filter(|se| *se > 0.0) else { return Ok(()) };
        let distribution = self.distribution(terms)?;
        let ends = distribution::interval(distribution, estimate.value, se, self.level);
        estimate.ci = Some([ends.low, ends.high]);
        estimate.p = Some(distribution::two_sided_p(distribution, estimate.value / se));
        estimate.interval = Some("delta".into());
        estimate.level = Some(self.level);
        (estimate.reference, estimate.df) = named(distribution);
        Ok(())
    }

    /// What to say where no estimate has a standard error, and one has an interval that could be transformed.
    fn without_error(&self, terms: &[Term<'_>]) -> Option<String> {
        let term = terms.iter().find(|term| term.estimate.is_some_and(|one| one.ci.is_some()))?;
        (self.ends == Ends::Delta).then(|| {
            let how =
                if terms.len() == 1 { ": `interval = \"endpoints\"` transforms it" } else { "" };
            format!("no standard error: `{}` has an interval only{how}", term.address)
        })
    }
}

/// How results name a distribution, and its degrees of freedom.
pub(super) fn named(distribution: Distribution) -> (Option<Cow<'static, str>>, Option<f64>) {
    let (name, df) = match distribution {
        Distribution::Normal => ("normal", None),
        Distribution::T { df } => ("t", Some(df)),
    };
    (Some(name.into()), df)
}

/// What to say of estimates without an error of their own (a fraction of none or all): zero is no certainty.
fn still(estimate: &Estimate, slopes: &Slopes, running: &Running<'_>) -> Option<String> {
    let still = sources::still(slopes, running);
    let names = still.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let why = format!("the standard error of {names} is 0, which is no certainty");
    match (estimate.se == Some(0.0), still.len()) {
        (true, 0) => Some("no interval: the standard error is 0".to_owned()),
        (true, 1) => Some(format!(
            "no interval: {why}; `interval = \"endpoints\"` transforms its own, where it has one"
        )),
        (true, _) => Some(format!("no interval: {why}")),
        (false, 0) => None,
        (false, _) => Some(format!("{why}: the interval allows nothing for it")),
    }
}

fn shared<T: PartialEq>(terms: &[Term<'_>], part: impl Fn(&Estimate) -> Option<T>) -> Option<T> {
    let mut parts = terms.iter().filter_map(|term| term.estimate).map(part);
    let first = parts.next()??;
    parts.all(|other| other.as_ref() == Some(&first)).then_some(first)
}
