//! A claim against other real data: Patil, Peng and Leek (2016) on the number, the new interval on the conclusion.
//!
//! The verdict rests on these two alone. The other metrics are recorded beside it and never change it.

use super::compare::Comparison;
use super::evidence::{Book, Ours, estimate_of, written};
use super::model::{Claim, OriginalError, Scale};
use super::printed::{Amount, Shape};
use super::record::{Equivalence, Replication, Sceptical, SmallTelescopes, Verdict};
use crate::expression::{Interval, Reference, Truth, nearest_float};
use crate::results::{Estimate, Part, Run, split_part};
use crate::stats::distribution::{critical, normal_upper_quantile, two_sided_p};
use crate::stats::linear::Reference as Distribution;
use crate::stats::math;
use crate::stats::replication::{self as metrics, Effect};

const LEVEL: f64 = 0.95;

/// The new estimate on the scale of the comparison.
struct Fresh {
    effect: Effect,
    from: &'static str,
    /// The 95% interval, as printed numbers are.
    interval: [f64; 2],
    reference: Distribution,
    p: f64,
    note: Option<&'static str>,
}

/// The original estimate on the same scale.
struct Printed {
    value: Option<f64>,
    error: Option<(f64, &'static str)>,
    /// What the printed digits, or the words, stand for.
    ends: [Option<f64>; 2],
    /// How far the printed error's digits reach.
    error_slack: f64,
}

/// Compares on new data, with the original's error where it is printed.
pub(super) fn compare(book: &Book<'_>, claim: &Claim, run: &Run, ours: &Ours) -> Comparison {
    let unclear = |note: &str| Comparison {
        note: Some(note.to_owned()),
        ..Comparison::of(Verdict::Inconclusive, None)
    };
    let estimate = claim
        .estimate
        .as_ref()
        .filter(|address| split_part(&address.value).1.is_none())
        .and_then(|address| estimate_of(run, &address.value));
    let Some(fresh) = estimate.and_then(|estimate| fresh(claim, estimate)) else {
        return unclear(match claim.original.scale {
            Scale::AsPrinted => {
                "The new estimate has no standard error, so nothing can be predicted."
            }
            Scale::FisherZ => {
                "The new estimate is no correlation with a known error, so nothing can be predicted."
            }
        });
    };
    let Some(original) = original(book, claim) else {
        return unclear("No number is printed that new data could be compared with.");
    };
    let inside = is_inside(&original, &fresh, original.value, 0.0);
    let borne_out = bears_out(book, claim, run, fresh.interval);
    let verdict = verdict(inside, borne_out);
    let fragile = corners(&original)
        .into_iter()
        .any(|(value, slack)| is_inside(&original, &fresh, value, slack) != inside)
        && self::verdict(!inside, borne_out) != verdict;
    let record = record(claim, ours, &original, &fresh, inside);
    let note = record.notes.first().cloned();
    Comparison { fragile, note, replication: Some(record), ..Comparison::of(verdict, borne_out) }
}

/// A conclusion without a number of its own: only the new intervals can speak.
pub(super) fn conclusion_alone(book: &Book<'_>, claim: &Claim, run: &Run) -> Option<Comparison> {
    let holds = truth(book, claim, run, None);
    let verdict = if holds? { Verdict::Compatible } else { Verdict::NotCompatible };
    Some(Comparison::of(verdict, holds))
}

const fn verdict(inside: bool, borne_out: Option<bool>) -> Verdict {
    match (inside, borne_out) {
        (false, _) | (_, Some(false)) => Verdict::NotCompatible,
        (true, Some(true)) => Verdict::Compatible,
        (true, None) => Verdict::Inconclusive,
    }
}

fn fresh(claim: &Claim, estimate: &Estimate) -> Option<Fresh> {
    let reference = match estimate.df {
        Some(df) if df > 0.0 => Distribution::T { df },
        _ => Distribution::Normal,
    };
    match claim.original.scale {
        Scale::AsPrinted => plain(estimate, reference),
        Scale::FisherZ => correlation(estimate, reference),
    }
}

/// The interval's level, 95% where it does not say.
fn level(estimate: &Estimate) -> f64 {
    estimate.level.unwrap_or(LEVEL)
}

fn usual(estimate: &Estimate) -> Option<[f64; 2]> {
    estimate.ci.filter(|_| (level(estimate) - LEVEL).abs() < 1e-9)
}

fn plain(estimate: &Estimate, reference: Distribution) -> Option<Fresh> {
    let width = estimate.ci.map(|[low, high]| high - low);
    let derived = width.map(|width| 0.5 * width / critical(reference, level(estimate)));
    let (se, from) = match (estimate.se.filter(|se| *se > 0.0), derived) {
        (Some(se), _) => (se, "standard error"),
        (None, Some(se)) => (se, "interval"),
        (None, None) => return None,
    };
    let effect = Effect::new(estimate.value, se).ok()?;
    let reach = critical(reference, LEVEL) * se;
    Some(Fresh {
        effect,
        from,
        interval: usual(estimate).unwrap_or([effect.value - reach, effect.value + reach]),
        reference,
        p: estimate.p.unwrap_or_else(|| two_sided_p(reference, effect.z())),
        note: None,
    })
}

/// A correlation on Fisher's scale: by its interval, else by its pairs, else by the delta method.
fn correlation(estimate: &Estimate, reference: Distribution) -> Option<Fresh> {
    let r = estimate.value;
    let by_interval =
        estimate.ci.filter(|[low, high]| *low > -1.0 && *high < 1.0).and_then(|[low, high]| {
            let width = math::atanh(high) - math::atanh(low);
            Effect::new(math::atanh(r), 0.5 * width / critical(reference, level(estimate))).ok()
        });
    let by_pairs = || estimate.n.and_then(|pairs| Effect::of_correlation(r, pairs).ok());
    let by_delta = || {
        let se = estimate.se.filter(|_| r.abs() < 1.0)?;
        Effect::new(math::atanh(r), se / (1.0 - r * r)).ok()
    };
    let (effect, from, note) = if let Some(effect) = by_interval {
        (effect, "interval", None)
    } else if let Some(effect) = by_pairs() {
        (effect, "n", None)
    } else {
        let note = "The new standard error was carried to Fisher's z by the delta method.";
        (by_delta()?, "standard error", Some(note))
    };
    let reach = normal_upper_quantile(0.5 * (1.0 - LEVEL)) * effect.se;
    let ends = [math::tanh(effect.value - reach), math::tanh(effect.value + reach)];
    Some(Fresh {
        effect,
        from,
        interval: usual(estimate).unwrap_or(ends),
        reference: Distribution::Normal,
        p: estimate.p.unwrap_or_else(|| two_sided_p(Distribution::Normal, effect.z())),
        note,
    })
}

/// Carries a plain number to the scale of the comparison; `None` for what is no correlation there.
fn on_scale(scale: Scale, value: f64) -> Option<f64> {
    match scale {
        Scale::AsPrinted => Some(value),
        Scale::FisherZ => Some(math::atanh(value)).filter(|z| z.is_finite()),
    }
}

fn original(book: &Book<'_>, claim: &Claim) -> Option<Printed> {
    let scale = claim.original.scale;
    let to_scale = |value: f64| on_scale(scale, value);
    let shape = &claim.printed.shape;
    let words = claim.reads.is_some();
    if let (Shape::Confidence(low, high), false) = (shape, words) {
        let (value, error) = middle(scale, low, high)?;
        let error = Some((error, "interval"));
        return Some(Printed {
            value: Some(value),
            error,
            ends: [Some(value); 2],
            error_slack: 0.0,
        });
    }
    let interval = claim.interval(book.rounding)?;
    let point = claim.printed.value().filter(|_| !words && !matches!(shape, Shape::About(..)));
    let value = match point {
        Some(value) => Some(to_scale(nearest_float(&value))?),
        None => None,
    };
    // Beyond ±1 there is no correlation: an end there bounds nothing.
    let ends = interval.as_floats().map(|end| end.and_then(to_scale));
    let (error, error_slack) = printed_error(claim, value);
    Some(Printed { value, error, ends, error_slack })
}

/// The middle and the standard error of a printed 95% interval.
fn middle(scale: Scale, low: &Amount, high: &Amount) -> Option<(f64, f64)> {
    let end = |amount: &Amount| on_scale(scale, nearest_float(&amount.value()));
    let (low, high) = (end(low)?, end(high)?);
    let width = 2.0 * normal_upper_quantile(0.5 * (1.0 - LEVEL));
    let error = (high - low) / width;
    (error > 0.0).then_some((0.5 * (low + high), error))
}

/// The original's standard error on the scale of the comparison, and half a step of its last digit.
fn printed_error(claim: &Claim, value: Option<f64>) -> (Option<(f64, &'static str)>, f64) {
    let scale = claim.original.scale;
    let stretch = match (scale, value) {
        (Scale::FisherZ, Some(z)) => {
            let r = math::tanh(z);
            1.0 / (1.0 - r * r)
        }
        _ => 1.0,
    };
    let of_digits = |amount: &Amount| {
        let error = nearest_float(&amount.value()) * stretch;
        let slack = 0.5 * nearest_float(&amount.step()) * stretch;
        (Some((error, "printed")).filter(|(error, _)| *error > 0.0), slack)
    };
    match (&claim.original.error, &claim.printed.shape) {
        (Some(OriginalError::StandardError(amount)), _) | (None, Shape::WithError(_, amount)) => {
            of_digits(amount)
        }
        (Some(OriginalError::Interval(ends)), _) => {
            let [low, high] = &**ends;
            (middle(scale, low, high).map(|(_, error)| (error, "interval")), 0.0)
        }
        (Some(OriginalError::Pairs(pairs)), _) => {
            let error = Effect::of_correlation(0.0, nearest_float(pairs)).ok();
            (error.map(|effect| (effect.se, "n")), 0.0)
        }
        (None, _) => {
            let ends = claim.printed.ends().and_then(|[low, high]| middle(scale, low, high));
            (ends.map(|(_, error)| (error, "interval")), 0.0)
        }
    }
}

/// Whether the printed value (or any value that the words allow) is within reach of the new estimate.
fn is_inside(original: &Printed, fresh: &Fresh, value: Option<f64>, slack: f64) -> bool {
    let error = original.error.map_or(0.0, |(error, _)| (error + slack).max(0.0));
    let new = fresh.effect;
    if let Some(value) = value {
        let around = metrics::prediction_interval(value, error, new.se, 0.0, LEVEL);
        around.low <= new.value && new.value <= around.high
    } else {
        let around = metrics::prediction_interval(new.value, error, new.se, 0.0, LEVEL);
        original.ends[0].is_none_or(|low| low <= around.high)
            && original.ends[1].is_none_or(|high| high >= around.low)
    }
}

/// The values and error slacks that the printed digits allow at their edges.
fn corners(original: &Printed) -> Vec<(Option<f64>, f64)> {
    if original.value.is_none() {
        return vec![(None, original.error_slack), (None, -original.error_slack)];
    }
    let slack = original.error_slack;
    let ends = original.ends.into_iter().flatten();
    ends.flat_map(|end| [(Some(end), slack), (Some(end), -slack)]).collect()
}

/// Whether the whole new interval bears the conclusion out (or lies inside the margin of a claim of
/// no effect), or the whole of it contradicts the conclusion; `None` where it cannot tell.
fn bears_out(book: &Book<'_>, claim: &Claim, run: &Run, interval: [f64; 2]) -> Option<bool> {
    let (low, high) = written(interval[0]).zip(written(interval[1]))?;
    let new = Interval::closed(low, high);
    if let Some(margin) = &claim.margin {
        let null = Interval::closed(-margin, margin.clone());
        return if null.encloses(&new) {
            Some(true)
        } else if null.intersection(&new).is_none() {
            Some(false)
        } else {
            None
        };
    }
    truth(book, claim, run, Some(&new))
}

/// What a lookup in `holds` stands for: what must be true of every value, or what could be true.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// For "borne out": ends, errors and p values as they are.
    Strict,
    /// For "contradicted": a missed significance contradicts nothing, so an end may be anything inside the
    /// interval, and a p value anything.
    Lenient,
}

/// Evaluates the conclusion over the new 95% intervals of all that it uses.
fn truth(book: &Book<'_>, claim: &Claim, run: &Run, own: Option<&Interval>) -> Option<bool> {
    let holds = claim.holds.as_ref()?;
    let evaluate = |reading: Reading| {
        holds.value.truth(&|reference| looked_up(book, claim, run, own, reading, reference))
    };
    if evaluate(Reading::Strict) == Ok(Truth::Always) {
        Some(true)
    } else if evaluate(Reading::Lenient) == Ok(Truth::Never) {
        Some(false)
    } else {
        None
    }
}

fn looked_up(
    book: &Book<'_>,
    claim: &Claim,
    run: &Run,
    own: Option<&Interval>,
    reading: Reading,
    reference: &Reference,
) -> Option<Interval> {
    let own_address = claim.estimate.as_ref().map(|address| address.value.as_str());
    let address = match reference {
        Reference::Name(name) if *name == claim.id.value && own.is_some() => return own.cloned(),
        Reference::Name(name) => {
            let other = book.claims.claim(name)?;
            match &other.estimate {
                Some(address) if run.quantity(&address.value).is_some() => address.value.as_str(),
                _ => return book.in_run(Some(run), reference),
            }
        }
        Reference::Estimate(address) => address.as_str(),
    };
    let (id, part) = match run.estimate(address) {
        Some(_) => (address, None),
        None => split_part(address),
    };
    let whole = if Some(id) == own_address && own.is_some() {
        own.cloned()
    } else {
        run.estimate(id).and_then(|estimate| interval_of(claim, estimate))
    };
    match (part, reading) {
        (None, _) => whole.or_else(|| book.in_run(Some(run), reference)),
        (Some(Part::Low | Part::High), Reading::Lenient) => whole,
        (Some(Part::P), Reading::Lenient) => Some(Interval::closed(
            crate::expression::Rational::from_integer(0.into()),
            crate::expression::Rational::from_integer(1.into()),
        )),
        (Some(_), _) => book.in_run(Some(run), &Reference::Estimate(address.to_owned())),
    }
}

/// The 95% interval of any estimate of the run.
fn interval_of(claim: &Claim, estimate: &Estimate) -> Option<Interval> {
    let [low, high] = fresh(claim, estimate)?.interval;
    Some(Interval::closed(written(low)?, written(high)?))
}

/// Everything that is shown beside the verdict.
fn record(
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
