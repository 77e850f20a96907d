//! A p value claim against its test statistic's claim: statcheck's rule over the whole rounding intervals.

use std::collections::BTreeMap;

use num_traits::One;

use super::super::forensic::p_value::p_range;
use super::super::printed::{Printed, Shape};
use super::sight::Sight;
use super::{Failure, Found, Given, PValue, Shown};
use crate::expression::{Interval, Rational, show};

/// Recomputes the p values that the statistic allows.
pub(super) fn look(test: &PValue, sight: &Sight<'_>) -> Result<Found, String> {
    let statistic = sight.interval(&test.statistic)?;
    let freedoms: Vec<Interval> =
        test.freedoms.iter().map(|freedom| sight.given(freedom)).collect::<Result<_, _>>()?;
    let claim = sight.claim(&test.p)?;
    let printed = sight.interval(&test.p)?;
    let two_sided =
        p_range(test.family, &statistic, &freedoms).map_err(|error| error.to_string())?;
    let halves = [half(&two_sided, false), half(&two_sided, true)];
    let allowed: &[Interval] =
        if test.one_sided { &halves } else { std::slice::from_ref(&two_sided) };
    let mut certificate = certificate(test, &statistic, &freedoms, allowed, &printed);
    let meets = |range: &Interval| printed.intersection(range).is_some();
    if let Some(range) = allowed.iter().find(|range| meets(range)) {
        let mut witness = BTreeMap::new();
        if let Some(shared) = printed.intersection(range) {
            witness.insert(test.p.clone(), short(&shared.middle()));
        }
        return Ok(Found::Holds(Shown {
            witness,
            certificate: Some(certificate),
            recomputed: true,
        }));
    }
    let wrong = |range: &Interval| match decision(&claim.printed, &claim.alpha) {
        Some(true) => range.low.value().is_some_and(|low| *low > claim.alpha),
        Some(false) => range.high.value().is_some_and(|high| *high <= claim.alpha),
        None => false,
    };
    if allowed.iter().all(wrong) {
        certificate = format!(
            "{certificate} Decision error: at {} the printed p value decides otherwise than every p value that the statistic allows.",
            show(&claim.alpha)
        );
    }
    let other_reading = !test.one_sided && test.family.is_two_sided() && meets(&halves[0]);
    if other_reading {
        certificate += " Consistent if one-sided.";
    }
    let mut names = vec![test.p.clone(), test.statistic.clone()];
    names.extend(test.freedoms.iter().filter_map(Given::claim).map(str::to_owned));
    Ok(Found::Fails(Failure { names, certificate, alone: false, other_reading }))
}

/// The p value of one tail.
fn half(two_sided: &Interval, far: bool) -> Interval {
    let half = two_sided.scale(&Rational::new(1.into(), 2.into()));
    if far { half.negated().shift(&Rational::one()) } else { half }
}

/// Whether the printed p value claims significance; `None` where it does not say.
fn decision(printed: &Printed, alpha: &Rational) -> Option<bool> {
    match &printed.shape {
        Shape::Number(amount) => Some(amount.value() <= *alpha),
        Shape::Below(amount, _) => (amount.value() <= *alpha).then_some(true),
        Shape::Above(amount, _) => (amount.value() >= *alpha).then_some(false),
        Shape::NotSignificant => Some(false),
        _ => None,
    }
}

fn certificate(
    test: &PValue,
    statistic: &Interval,
    freedoms: &[Interval],
    allowed: &[Interval],
    printed: &Interval,
) -> String {
    let freedoms: Vec<String> = freedoms.iter().map(ToString::to_string).collect();
    let within = if freedoms.is_empty() {
        String::new()
    } else {
        format!(" with {} degrees of freedom", freedoms.join(" and "))
    };
    let ranges: Vec<String> = allowed.iter().map(range).collect();
    format!(
        "{} in {statistic}{within} allows p in {}; the printed p stands for {printed}.",
        test.family.word(),
        ranges.join(" or ")
    )
}

fn range(interval: &Interval) -> String {
    let [low, high] = interval.as_floats().map(Option::unwrap_or_default);
    format!("[{}, {}]", six(low), six(high))
}

fn six(value: f64) -> String {
    if value == 0.0 || value >= 1e-4 { format!("{value:.6}") } else { format!("{value:.5e}") }
}

/// A value as a decimal of at most nine significant digits.
fn short(value: &Rational) -> String {
    let float = crate::expression::nearest_float(value);
    crate::expression::decimal(&format!("{float:.8e}"))
        .map_or_else(|| show(value), |value| show(&value))
}
