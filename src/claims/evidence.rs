//! What a run of a method says about a claim: our value, or why there is none.

use crate::digest::canonical_number;
use crate::expression::{Expression, Interval, Rational, Reference, decimal};
use crate::results::{Basis, Estimate, Results, Run, split_part};

use super::model::{Claim, Claims};
use super::rounding::Rounding;

/// Whether a run has an estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Presence {
    /// It has.
    Present,
    /// The step was skipped: the reason and what it needs.
    Skipped(String, String),
    /// The run does not bind the step's input.
    Unbound,
    /// The estimate is there, but lacks the part that is asked for (`.se`, …).
    NoPart,
    /// The run knows no such estimate.
    Absent,
}

/// Looks an address up in a run.
pub(super) fn presence(run: &Run, address: &str) -> Presence {
    match run.quantity(address) {
        Some(Some(_)) => return Presence::Present,
        Some(None) => return Presence::NoPart,
        None => {}
    }
    let step = step_of(address);
    match run.skipped.iter().find(|skipped| skipped.step == step) {
        Some(skipped) if skipped.reason == "unbound" => Presence::Unbound,
        Some(skipped) => Presence::Skipped(skipped.reason.clone(), skipped.needs.clone()),
        None => Presence::Absent,
    }
}

/// Returns the step that an address belongs to.
pub(super) fn step_of(address: &str) -> &str {
    let (id, _) = split_part(address);
    id.split_once('/').map_or(id, |(step, _)| step)
}

/// Returns a run's estimate behind an address, with or without a part.
pub(super) fn estimate_of<'a>(run: &'a Run, address: &str) -> Option<&'a Estimate> {
    run.estimate(address).or_else(|| run.estimate(split_part(address).0))
}

/// A float as the decimal that we write, exactly.
pub(super) fn written(value: f64) -> Option<Rational> {
    value.is_finite().then(|| decimal(&format!("{:e}", canonical_number(value)))).flatten()
}

/// Our value for a claim.
#[derive(Debug, Clone)]
pub(super) struct Ours {
    /// The value.
    pub(super) value: f64,
    /// The value exactly as written, or the interval that rounding allows where it rests on
    /// printed numbers.
    pub(super) interval: Interval,
    /// Whether `interval` comes from printed digits.
    pub(super) from_rounding: bool,
}

/// Everything that verdicts are derived from.
pub(super) struct Book<'a> {
    /// The claims.
    pub(super) claims: &'a Claims,
    /// The results of the runs that are evidence.
    pub(super) results: &'a Results,
    /// How the study rounds.
    pub(super) rounding: Rounding,
}

impl<'a> Book<'a> {
    /// Returns what a claim stands for as printed.
    pub(super) fn printed(&self, id: &str) -> Option<Interval> {
        self.claims.claim(id)?.interval(self.rounding)
    }

    /// Returns the runs whose results carry verdicts, strongest basis first, then as listed.
    pub(super) fn runs(&self) -> Vec<&'a Run> {
        let mut runs: Vec<&Run> = self
            .results
            .runs
            .iter()
            .filter(|run| !matches!(run.basis, Basis::SyntheticData | Basis::Nothing))
            .collect();
        runs.sort_by_key(|run| run.basis);
        runs
    }

    /// Returns the strongest run that has an estimate.
    pub(super) fn run_with(&self, address: &str) -> Option<&'a Run> {
        self.runs().into_iter().find(|run| presence(run, address) == Presence::Present)
    }

    /// Returns the interval of an estimate in a run: its value, or what rounding allows.
    pub(super) fn quantity(run: &Run, address: &str) -> Option<Ours> {
        let value = run.quantity(address)??;
        let exact = Interval::point(written(value)?);
        let rounded = run.estimate(address).and_then(|estimate| estimate.from_rounding);
        let from_rounding = rounded
            .filter(|_| run.basis == Basis::PrintedNumbers)
            .and_then(|[low, high]| Some(Interval::closed(written(low)?, written(high)?)));
        Some(match from_rounding {
            Some(interval) => Ours { value, interval, from_rounding: true },
            None => Ours { value, interval: exact, from_rounding: false },
        })
    }

    /// Returns our value of a claim in a run: its estimate, or `equals` where that is arithmetic on
    /// estimates alone.
    pub(super) fn ours(claim: &Claim, run: &Run) -> Option<Ours> {
        if let Some(address) = &claim.estimate {
            return Self::quantity(run, &address.value);
        }
        let equals = claim.equals.as_ref().filter(|equals| rests_on_estimates(equals))?;
        let lookup = |reference: &Reference| match reference {
            Reference::Estimate(address) => Self::quantity(run, address),
            Reference::Name(_) => None,
        };
        let value =
            equals.value.value(&|reference| lookup(reference).map(|ours| ours.value)).ok()?;
        let range =
            equals.value.range(&|reference| lookup(reference).map(|ours| ours.interval)).ok()?;
        let from_rounding = equals
            .value
            .references()
            .iter()
            .any(|reference| lookup(reference).is_some_and(|ours| ours.from_rounding));
        let interval =
            if from_rounding { range.interval } else { Interval::point(written(value)?) };
        Some(Ours { value, interval, from_rounding })
    }

    /// Looks a reference up for `holds`: a name is our value in the run where there is one, else
    /// what is printed.
    pub(super) fn in_run(&self, run: Option<&Run>, reference: &Reference) -> Option<Interval> {
        match reference {
            Reference::Name(name) => {
                let claim = self.claims.claim(name)?;
                run.and_then(|run| Self::ours(claim, run))
                    .map(|ours| ours.interval)
                    .or_else(|| claim.interval(self.rounding))
            }
            Reference::Estimate(address) => {
                let run = run.or_else(|| self.run_with(address))?;
                Self::quantity(run, address).map(|ours| ours.interval)
            }
        }
    }
}

/// Says whether an expression uses estimates and no claims.
pub(super) fn rests_on_estimates(expression: &Expression) -> bool {
    !expression.estimates().is_empty() && expression.names().is_empty()
}

/// Returns the addresses that a claim's own value needs.
pub(super) fn addresses(claim: &Claim) -> Vec<String> {
    let own = claim.estimate.iter().map(|address| address.value.clone());
    let equals = claim
        .equals
        .iter()
        .filter(|_| claim.estimate.is_none())
        .flat_map(|equals| equals.value.estimates().into_iter().map(|(address, _)| address));
    own.chain(equals).collect()
}
