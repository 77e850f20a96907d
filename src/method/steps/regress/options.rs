//! Checks of the options that exclude one another, and of adjusted rates and instruments.

use crate::diagnostic::Problem;
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::text;
use crate::stats::generalised::Family;
use crate::stats::linear::Covariance;

use super::terms::{self, Part, Term};
use super::{Effects, Regress};

impl Regress {
    /// What becomes of absorbed effects: a logit conditions on them unless the method says otherwise.
    pub(super) fn effects(&self) -> Option<Effects> {
        let stated = self.effects.as_ref().map(|word| word.value);
        let logit = self.family.as_ref().is_some_and(|family| family.value == Family::Logit);
        stated.or((logit && !self.absorb.is_empty()).then_some(Effects::Conditional))
    }

    pub(super) fn check_options(&self, checker: &mut Checker<'_>) -> Option<()> {
        let problems: Vec<Problem> = [
            self.wrong_effects(),
            self.wrong_conditional(),
            self.wrong_random(),
            self.wrong_constant(),
            self.wrong_reference(),
        ]
        .into_iter()
        .flatten()
        .collect();
        let sound = problems.is_empty();
        for problem in problems {
            checker.report(problem);
        }
        sound.then_some(())
    }

    fn wrong_effects(&self) -> Option<Problem> {
        let binary = self.family.as_ref().is_some_and(|family| family.value != Family::Poisson);
        if let Some(word) = &self.effects
            && (!binary || self.absorb.is_empty())
        {
            let message = "`effects` is for a logit or probit with `absorb`";
            return Some(Problem::error(message).at(&word.span));
        }
        let (family, first) = (self.family.as_ref()?, self.absorb.first()?);
        if family.value == Family::Probit && self.effects() != Some(Effects::Dummies) {
            let message = "a probit has no likelihood without its absorbed effects, and with them as parameters it \
                           is not consistent (incidental parameters)";
            let help = "take a logit, whose effects can be conditioned away; or write `effects = \"dummies\"`, for \
                        levels of many rows";
            return Some(Problem::error(message).at(&first.span()).help(help));
        }
        None
    }

    fn wrong_conditional(&self) -> Option<Problem> {
        if self.effects() != Some(Effects::Conditional) {
            return None;
        }
        let wrong = |message: &str, place: &Fragment, help: &str| {
            Some(Problem::error(message).at(&place.span()).help(help))
        };
        if let Some(second) = self.absorb.get(1) {
            let help = "write the effects of few levels as `factor(…)` in `on`; or `effects = \"dummies\"`, for \
                        levels of many rows";
            return wrong("a conditional logit conditions on one effect", second, help);
        }
        if let Some((weights, _)) = &self.weights {
            let help = "repeat the rows, or write `effects = \"dummies\"`";
            return wrong("a conditional logit has no weights", weights, help);
        }
        let first = self.absorb.first()?;
        if !matches!(self.errors, Covariance::Iid | Covariance::Cluster) {
            let help = "rows of a group are not independent: write `se = \"cluster\"` with the absorbed column";
            return wrong("a conditional logit has no HC errors by row", first, help);
        }
        None
    }

    fn wrong_random(&self) -> Option<Problem> {
        let random = self.random.as_ref()?;
        let with = if self.family.is_some() {
            "a model other than the linear one"
        } else if !self.absorb.is_empty() {
            "`absorb`"
        } else if !self.instruments.is_empty() {
            "`instruments`"
        } else if self.weights.is_some() {
            "`weights`"
        } else if !self.adjusted.is_empty() {
            "`adjusted`"
        } else if matches!(self.errors, Covariance::Hc2 | Covariance::Hc3) {
            "HC2 or HC3 errors"
        } else {
            return None;
        };
        let message = format!("a random effect does not go with {with}");
        Some(Problem::error(message).at(&random.span()))
    }

    fn wrong_constant(&self) -> Option<Problem> {
        let word = self.intercept.as_ref().filter(|word| !word.value)?;
        let message = if !self.absorb.is_empty() {
            "the absorbed effects hold the constant: `intercept = false` says nothing here"
        } else if self.random.is_some() {
            "random effects vary about a constant: `intercept = false` does not go with them"
        } else if !self.adjusted.is_empty() {
            "adjusted rates rest on the outcome's mean, which a model without a constant does not keep"
        } else {
            return None;
        };
        let problem = Problem::error(message).at(&word.span);
        Some(problem.help("leave `intercept` out, or what it does not go with"))
    }

    fn wrong_reference(&self) -> Option<Problem> {
        let word = self.reference.as_ref().filter(|word| !word.value)?;
        let message = match (&self.family, &self.random) {
            (Some(_), _) => "the errors of a likelihood refer to the normal",
            (None, Some(_)) if self.cluster.is_empty() => {
                "the errors of random effects refer to the normal"
            }
            _ => return None,
        };
        Some(Problem::error(message).at(&word.span))
    }

    pub(super) fn check_instruments(
        &self,
        checker: &mut Checker<'_>,
        terms: &[Term],
    ) -> Option<()> {
        let mut sound = true;
        for (name, instruments) in &self.instruments {
            let is_number = |part: &Part| matches!(part, Part::Number(_));
            let number = |term: &&Term| term.parts.iter().all(is_number);
            let mut known = terms.iter().filter(number).map(Term::name);
            if !known.any(|term| term == name.value) {
                let message =
                    format!("`instruments` names `{}`, which is no term of `on`", name.value);
                let names: Vec<String> = terms.iter().map(Term::name).collect();
                let problem = Problem::error(message).at(&name.span);
                checker.report(problem.suggest(&name.value, names.iter().map(String::as_str)));
                sound = false;
            }
            for instrument in instruments {
                match terms::parse(instrument) {
                    Ok(parsed) if let Some(problem) = self.no_instrument(instrument, &parsed) => {
                        checker.report(problem);
                        sound = false;
                    }
                    Ok(parsed) => {
                        let mut parts = parsed.iter().flat_map(|term| &term.parts);
                        sound &= parts.all(|part| self.check_part(checker, part));
                    }
                    Err(problem) => {
                        checker.report(*problem);
                        sound = false;
                    }
                }
            }
        }
        if let (Some((name, _)), Some(_)) = (self.instruments.first(), &self.family) {
            let message = "two-stage least squares is for the linear model";
            checker.report(Problem::error(message).at(&name.span));
            sound = false;
        }
        sound.then_some(())
    }

    /// Says why an instrument is none: it is the outcome, or a term that is itself instrumented.
    fn no_instrument(&self, written: &Fragment, parsed: &[Term]) -> Option<Problem> {
        let is = |name: &str| parsed.iter().any(|term| term.name() == name);
        let why = if is(&self.outcome.text) {
            "it is the outcome"
        } else if self.instruments.iter().any(|(name, _)| is(&name.value)) {
            "it is instrumented itself"
        } else {
            return None;
        };
        let message = format!("`{}` is no instrument: {why}", written.text);
        let help = "name what moves the term and has no other way to the outcome";
        Some(Problem::error(message).at(&written.span()).help(help))
    }

    pub(super) fn check_adjusted(&self, checker: &mut Checker<'_>, terms: &[Term]) -> Option<()> {
        let mut sound = true;
        if let (Some(name), Some(family), false) =
            (self.adjusted.first(), &self.family, self.absorb.is_empty())
        {
            let why = match self.effects() {
                Some(Effects::Conditional) => "its likelihood has no effects to predict with",
                Some(Effects::Dummies) => "effects of few rows each are too uncertain for them",
                None => "",
            };
            let leverage = matches!(self.errors, Covariance::Hc2 | Covariance::Hc3);
            let why = if leverage { "HC2 and HC3 need the leverages of the effects" } else { why };
            if !why.is_empty() {
                let message = format!(
                    "adjusted rates of a {} model with absorbed effects are not known: {why}",
                    family.value.name()
                );
                let help = "write the effects as `factor(…)` terms of `on`";
                checker.report(Problem::error(message).at(&name.span()).help(help));
                return None;
            }
        }
        for name in &self.adjusted {
            let alone =
                |term: &Term| matches!(term.parts.as_slice(), [one] if one.is_factor(&name.text));
            let alone = terms.iter().any(alone);
            let elsewhere = terms.iter().flat_map(|term| &term.parts).find(|part| {
                matches!(part, Part::Number(_)) && names(&part.column().text).contains(&name.text)
            });
            if !alone {
                let message = format!("`adjusted` names `{}`, which is no factor here", name.text);
                let help = format!("add `factor({})` to `on`", name.text);
                checker.report(Problem::error(message).at(&name.span()).help(help));
            } else if let Some(part) = elsewhere {
                let message = format!(
                    "adjusted rates of `{}` are not known: the term `{}` depends on it too",
                    name.text,
                    part.column().text
                );
                checker.report(Problem::error(message).at(&name.span()));
            }
            sound &= alone && elsewhere.is_none();
        }
        sound.then_some(())
    }
}

/// The names in an expression.
fn names(expression: &str) -> Vec<String> {
    let tokens = text::tokens(expression).unwrap_or_default();
    tokens.iter().filter_map(text::Token::name).collect()
}
