//! The ends of one estimate's interval, transformed.

use std::borrow::Cow;

use crate::diagnostic::Problem;
use crate::expression::Reference;
use crate::method::steps::Outcome;
use crate::results::Estimate;
use crate::stats::distribution::{self, Interval};
use crate::stats::linear::Reference as Distribution;

use super::run::{Contrasting, Term, named};
use super::{Referred, step_of};

/// An interval to transform, and what it refers to.
struct Source {
    ends: Interval,
    reference: Option<Cow<'static, str>>,
    df: Option<f64>,
}

impl Contrasting {
    /// Gives a contrast of one estimate the transformed ends of that estimate's interval.
    pub(super) fn endpoints(
        &self,
        estimate: &mut Estimate,
        terms: &[Term<'_>],
        references: &[Reference],
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let [term] = terms else { return Ok(()) };
        let Some(one) = term.estimate else { return Ok(()) };
        let Some(source) = self.source(term, one, terms, outcome)? else {
            let told = format!("no interval: `{}` has none whose ends are known", term.address);
            outcome.warnings.push(told);
            return Ok(());
        };
        let at = |end: f64| self.evaluate(references, &[end]).map_err(|error| self.fails(&error));
        self.monotone(&source.ends, one, &at)?;
        let ends = (at(source.ends.low)?, at(source.ends.high)?);
        estimate.ci = Some(self.ordered(ends.0, estimate.value, ends.1, one)?);
        // Where the contrast is zero exactly where its estimate is, they share their p value.
        if let (Some(se), Ok(0.0)) = (one.se.filter(|se| *se > 0.0), at(0.0)) {
            let distribution = self.distribution(terms)?;
            estimate.p = Some(distribution::two_sided_p(distribution, term.value / se));
        }
        estimate.interval = Some("endpoints".into());
        estimate.level = Some(self.level);
        (estimate.reference, estimate.df) = (source.reference, source.df);
        Ok(())
    }

    /// The interval that the estimate has itself (Wilson's, say), where it is of the level and the distribution asked for; else
    /// value ± critical value × error, with a warning where its own is another kind; none where it has neither.
    fn source(
        &self,
        term: &Term<'_>,
        one: &Estimate,
        terms: &[Term<'_>],
        outcome: &mut Outcome,
    ) -> Result<Option<Source>, Problem> {
        let asked = self.reference.as_ref().map(|word| match word.value {
            Referred::Normal => "normal",
            Referred::T => "t",
        });
        let fits = asked.is_none_or(|asked| one.reference.as_deref() == Some(asked));
        if let Some([low, high]) = one.ci.filter(|_| fits && one.level == Some(self.level)) {
            let df = one.df.filter(|_| one.reference.as_deref() == Some("t"));
            let (ends, reference) = (Interval { low, high }, one.reference.clone());
            return Ok((low < high).then_some(Source { ends, reference, df }));
        }
        let Some(se) = one.se.filter(|se| *se > 0.0) else {
            return if one.ci.is_some() { Err(self.of_another(term, one, fits)) } else { Ok(None) };
        };
        if one.ci.is_some() && !symmetric(one, se) {
            outcome.warnings.push(format!(
                "`{}` has its {} interval of level {}: this one is of value ± critical value × error",
                term.address,
                one.interval.as_deref().unwrap_or("own"),
                one.level.unwrap_or_default()
            ));
        }
        let distribution = self.distribution(terms)?;
        let ends = distribution::interval(distribution, term.value, se, self.level);
        let (reference, df) = named(distribution);
        Ok(Some(Source { ends, reference, df }))
    }

    /// Refuses to make an interval of another level or distribution of an estimate that has no standard error.
    fn of_another(&self, term: &Term<'_>, one: &Estimate, fits: bool) -> Problem {
        let (address, level) = (term.address, one.level.unwrap_or_default());
        let message = format!(
            "`{address}` has an interval of level {level} and no standard error to make another one of"
        );
        let help = if fits {
            format!("write `level = {level}` here, or another level in step `{}`", step_of(address))
        } else {
            "leave `reference` out".to_owned()
        };
        Problem::error(message).at(&self.value.span()).help(help)
    }

    /// Refuses a function that turns inside the interval: then its ends are not the ends of its values.
    fn monotone(
        &self,
        ends: &Interval,
        one: &Estimate,
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
        Err(self.turns(one))
    }

    fn ordered(
        &self,
        low: f64,
        value: f64,
        high: f64,
        one: &Estimate,
    ) -> Result<[f64; 2], Problem> {
        if low <= value && value <= high {
            return Ok([low, high]);
        }
        if high <= value && value <= low {
            return Ok([high, low]);
        }
        Err(self.turns(one))
    }

    fn turns(&self, one: &Estimate) -> Problem {
        let message = "the value does not rise or fall throughout the interval: its ends are not those of the values";
        let help = if one.se.is_some() {
            "write `interval = \"delta\"`"
        } else {
            "leave `interval` out: the estimate has no standard error, and this value then no interval"
        };
        Problem::error(message).at(&self.value.span()).help(help)
    }
}

/// Says whether an estimate's own interval is value ± critical value × error.
fn symmetric(one: &Estimate, se: f64) -> bool {
    let distribution = match (one.reference.as_deref(), one.df) {
        (Some("t"), Some(df)) => Distribution::T { df },
        _ => Distribution::Normal,
    };
    let (Some([low, high]), Some(level)) = (one.ci, one.level) else { return false };
    let made = distribution::interval(distribution, one.value, se, level);
    let close = |one: f64, other: f64| (one - other).abs() <= 1e-9 * (high - low);
    close(made.low, low) && close(made.high, high)
}
