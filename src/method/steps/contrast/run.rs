//! Runs a `contrast`: the delta method, or the ends of one interval transformed.

use crate::diagnostic::{Problem, Spanned};
use crate::expression::{EvaluationError, Expression, Reference};
use crate::method::fragment::Fragment;
use crate::method::steps::{Outcome, Running, Slopes, Step, plain_estimate};
use crate::results::{Estimate, split_part};
use crate::stats::distribution::{self, Interval};
use crate::stats::linear::Reference as Distribution;
use crate::stats::math;

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
struct Term<'a> {
    address: &'a str,
    value: f64,
    /// The estimate itself; a part of one is a constant.
    estimate: Option<&'a Estimate>,
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
        match self.variance(&terms, &references, &values, running) {
            Ok(Some((variance, slopes))) => {
                estimate.se = Some(math::sqrt(variance));
                sources::note(&slopes, running, &mut outcome);
                outcome.slopes.insert(running.id.to_owned(), slopes);
                let distribution = self.distribution(&terms)?;
                self.interval(&mut estimate, &terms, distribution, &references)?;
            }
            Ok(None) => {}
            Err(why) => outcome.warnings.push(why),
        }
        outcome.note("interval", if self.ends == Ends::Delta { "delta" } else { "endpoints" });
        if let Some(reference) = &estimate.reference {
            let df = estimate.df.map_or_else(String::new, |df| format!(", df {df}"));
            outcome.note("reference", format!("{reference}{df}"));
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

    fn evaluate(&self, references: &[Reference], values: &[f64]) -> Result<f64, EvaluationError> {
        self.expression.value(&|reference| {
            let place = references.iter().position(|known| known == reference)?;
            values.get(place).copied()
        })
    }

    fn fails(&self, error: &EvaluationError) -> Problem {
        let message = format!("`{}` cannot be computed: {error}", self.value.text);
        Problem::error(message).at(&self.value.span())
    }

    /// g'Σg and the slopes in the estimates that no other explains; none where no estimate has an error;
    /// an explanation where one of several has none.
    fn variance(
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
        Ok(Some((sources::variance(&slopes, running)?, slopes)))
    }

    fn distribution(&self, terms: &[Term<'_>]) -> Result<Distribution, Problem> {
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

    fn interval(
        &self,
        estimate: &mut Estimate,
        terms: &[Term<'_>],
        distribution: Distribution,
        references: &[Reference],
    ) -> Result<(), Problem> {
        let Some(se) = estimate.se else { return Ok(()) };
        let (name, df) = match distribution {
            Distribution::Normal => ("normal", None),
            Distribution::T { df } => ("t", Some(df)),
        };
        if let (Ends::Endpoints, [term]) = (self.ends, terms) {
            let source = term.estimate.and_then(|one| one.se).unwrap_or_default();
            let ends = self.own_ends(term, distribution).unwrap_or_else(|| {
                distribution::interval(distribution, term.value, source, self.level)
            });
            let at =
                |end: f64| self.evaluate(references, &[end]).map_err(|error| self.fails(&error));
            self.monotone(ends, &at)?;
            estimate.ci = Some(self.ordered(at(ends.low)?, estimate.value, at(ends.high)?)?);
            // Where the contrast is zero exactly where its estimate is, they share their p value.
            if at(0.0).ok() == Some(0.0) && source > 0.0 {
                let statistic = term.value / source;
                estimate.p = Some(distribution::two_sided_p(distribution, statistic));
            }
            estimate.interval = Some("endpoints".to_owned());
        } else {
            let ends = distribution::interval(distribution, estimate.value, se, self.level);
            estimate.ci = Some([ends.low, ends.high]);
            if se > 0.0 {
                let statistic = estimate.value / se;
                estimate.p = Some(distribution::two_sided_p(distribution, statistic));
            }
            estimate.interval = Some("delta".to_owned());
        }
        estimate.level = Some(self.level);
        estimate.reference = Some(name.to_owned());
        estimate.df = df;
        Ok(())
    }

    /// The interval that the estimate has itself (Wilson's, say), where it is of the level and the distribution asked for.
    fn own_ends(&self, term: &Term<'_>, distribution: Distribution) -> Option<Interval> {
        let one = term.estimate?;
        let same = match distribution {
            Distribution::Normal => one.reference.as_deref() == Some("normal"),
            Distribution::T { df } => one.df == Some(df),
        };
        let [low, high] = one.ci.filter(|_| same && one.level == Some(self.level))?;
        Some(Interval { low, high })
    }

    /// Refuses a function that turns inside the interval: then its ends are not the ends of its values.
    fn monotone(
        &self,
        ends: Interval,
        at: &dyn Fn(f64) -> Result<f64, Problem>,
    ) -> Result<(), Problem> {
        const STEPS: u32 = 32;
        let width = (ends.high - ends.low) / f64::from(STEPS);
        let points = (0..=STEPS).map(|step| at(ends.low + f64::from(step) * width));
        let values: Vec<f64> = points.collect::<Result<_, _>>()?;
        let pairs = || values.iter().zip(values.iter().skip(1));
        if pairs().all(|(one, next)| one <= next) || pairs().all(|(one, next)| one >= next) {
            return Ok(());
        }
        Err(self.turns())
    }

    fn ordered(&self, low: f64, value: f64, high: f64) -> Result<[f64; 2], Problem> {
        if low <= value && value <= high {
            return Ok([low, high]);
        }
        if high <= value && value <= low {
            return Ok([high, low]);
        }
        Err(self.turns())
    }

    fn turns(&self) -> Problem {
        let message = "the value does not rise or fall throughout the interval: its ends are not those of the values";
        let help = "write `interval = \"delta\"`";
        Problem::error(message).at(&self.value.span()).help(help)
    }
}

fn shared<T: PartialEq>(terms: &[Term<'_>], part: impl Fn(&Estimate) -> Option<T>) -> Option<T> {
    let mut parts = terms.iter().filter_map(|term| term.estimate).map(part);
    let first = parts.next()??;
    parts.all(|other| other.as_ref() == Some(&first)).then_some(first)
}
