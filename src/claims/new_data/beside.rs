//! What is shown beside a verdict on new data, and never part of it: the field's other replication metrics.

use super::super::evidence::Ours;
use super::super::model::Claim;
use super::super::record::{Equivalence, Replication, Sceptical, SmallTelescopes};
use super::{Fresh, LEVEL, Printed, on_scale};
use crate::expression::nearest_float;
use crate::stats::replication::{self as metrics, Effect};

/// Everything that is shown beside the verdict.
pub(super) fn record(
    claim: &Claim,
    ours: &Ours,
    original: &Printed,
    fresh: &Fresh,
    inside: bool,
) -> Replication {
    let new = fresh.effect;
    let pair =
        original.value.zip(original.error).and_then(|(value, (se, _))| Effect::new(value, se).ok());
    let q = pair.and_then(|first| metrics::heterogeneity(first, new).ok());
    let around = original.value.map(|value| {
        let error = original.error.map_or(0.0, |(error, _)| error);
        let around = metrics::prediction_interval(value, error, new.se, 0.0, LEVEL);
        [around.low, around.high]
    });
    let printed = claim.printed.value().map(|value| nearest_float(&value));
    Replication {
        scale: claim.original.scale.word().to_owned(),
        original: original.value,
        original_se: original.error.map(|(error, _)| error),
        original_se_from: original.error.map(|(_, from)| from.to_owned()),
        new: new.value,
        new_se: new.se,
        new_se_from: fresh.from.to_owned(),
        new_interval: fresh.interval,
        new_p: fresh.p,
        significant_same_sign: original
            .value
            .filter(|value| *value != 0.0)
            .map(|value| fresh.p < 1.0 - LEVEL && value * new.value > 0.0),
        relative_effect: printed
            .filter(|value| *value != 0.0 && original.value.is_some())
            .map(|value| ours.value / value),
        prediction: around,
        inside,
        q: q.map(|test| test.q),
        q_p: q.map(|test| test.p),
        small_telescopes: pair.and_then(|first| telescopes(first, new)),
        sceptical: pair.and_then(|first| sceptical(first, new)),
        ln_bf_r0: pair.and_then(|first| {
            metrics::replication_bayes_factor(first, new).ok().map(|factor| factor.ln_bf_r0)
        }),
        equivalence: equivalence(claim, fresh),
        notes: notes(original, fresh),
    }
}

fn telescopes(original: Effect, new: Effect) -> Option<SmallTelescopes> {
    let found = metrics::small_telescopes(original, new).ok()?;
    Some(SmallTelescopes { theta_33: found.theta_33, p: found.p, smaller: found.p < 0.05 })
}

fn sceptical(original: Effect, new: Effect) -> Option<Sceptical> {
    let found = metrics::sceptical(original, new).ok()?;
    Some(Sceptical {
        z: found.z,
        c: found.c,
        nominal: found.nominal,
        golden: found.golden,
        controlled: found.controlled,
    })
}

fn equivalence(claim: &Claim, fresh: &Fresh) -> Option<Equivalence> {
    let margin = claim.margin.as_ref().map(nearest_float)?;
    let margin = on_scale(claim.original.scale, margin)?;
    let found = metrics::equivalence(fresh.effect, margin, fresh.reference, 0.05).ok()?;
    Some(Equivalence {
        margin,
        p: found.p,
        interval: [found.interval.low, found.interval.high],
        equivalent: found.equivalent,
    })
}

fn notes(original: &Printed, fresh: &Fresh) -> Vec<String> {
    let missing =
        "The original's standard error is not printed, so only the new data's error is counted.";
    let unknown = original.error.is_none().then_some(missing);
    unknown.into_iter().chain(fresh.note).map(str::to_owned).collect()
}
