//! A p value claim against its test statistic's claim.

use std::collections::BTreeMap;

use super::super::forensic::statcheck::Test;
use super::super::printed::{Printed, Shape};
use super::sight::Sight;
use super::{Failure, Found, Given, PValue, Shown};
use crate::expression::{Rational, show};

/// Recomputes the p values that the statistic allows.
pub(super) fn look(rule: &PValue, sight: &Sight<'_>) -> Result<Found, String> {
    let claim = sight.claim(&rule.p)?;
    let test = Test {
        family: rule.family,
        statistic: sight.interval(&rule.statistic)?,
        freedoms: rule.freedoms.iter().map(|df| sight.given(df)).collect::<Result<_, _>>()?,
        printed: Some(sight.interval(&rule.p)?),
        significant: decision(&claim.printed, &claim.alpha),
        alpha: &claim.alpha,
        one_sided: rule.one_sided,
    };
    let found = test.recompute().map_err(|error| error.to_string())?;
    let certificate = test.certificate(&found);
    if let Some(shared) = &found.shared {
        let witness = BTreeMap::from([(rule.p.clone(), short(&shared.middle()))]);
        return Ok(Found::Holds(Shown {
            witness,
            certificate: Some(certificate),
            recomputed: true,
        }));
    }
    let mut names = vec![rule.p.clone(), rule.statistic.clone()];
    names.extend(rule.freedoms.iter().filter_map(Given::claim).map(str::to_owned));
    let other_reading = found.consistent_if_one_sided;
    Ok(Found::Fails(Failure { names, certificate, alone: false, other_reading }))
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

/// A value as a decimal of at most nine significant digits.
fn short(value: &Rational) -> String {
    let float = crate::expression::nearest_float(value);
    crate::expression::decimal(&format!("{float:.8e}"))
        .map_or_else(|| show(value), |value| show(&value))
}
