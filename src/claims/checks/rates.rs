//! A regression on one regressor against the table of group rates behind it.
//!
//! *Formula*: over cases in groups with level x, size n and rate y, with W = Σn and D = W Σnx² less (Σnx)²:
//! slope = (W Σnxy less Σnx Σny) / D, intercept = (Σnx² Σny less Σnx Σnxy) / D. Both are linear in every rate, and
//! a quotient of linear functions in every size, so they are largest and smallest at corners of the box of printed
//! intervals: the range is exact. R² by [`r2`]. Each printed number is set against the table alone. *Checked
//! against*: every corner, by `tests/reference/check_forensic.py`.

mod r2;

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use super::sight::Sight;
use super::{Failure, Found, Given, GroupRates, Shown, Unit};
use crate::expression::{End, Interval, Rational, nearest_float, show};

/// How many sizes may be known only roughly: their corners are all tried.
const MOST_ROUGH: usize = 10;

/// The table as printed.
struct Table<'a> {
    levels: &'a [Rational],
    rates: Vec<Interval>,
    /// The least and the largest size of each group.
    sizes: Vec<[u64; 2]>,
}

/// What is printed of the regression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Slope,
    Intercept,
    R2(Unit),
}

/// Sets each printed number against the table.
pub(super) fn look(rule: &GroupRates, sight: &Sight<'_>) -> Result<Found, String> {
    let cases = |given| sight.cases(given).map(|cases| [cases.least, cases.most]);
    let table = Table {
        levels: &rule.levels,
        rates: rule.rates.iter().map(|id| sight.interval(id)).collect::<Result<_, _>>()?,
        sizes: rule.cases.iter().map(cases).collect::<Result<_, _>>()?,
    };
    let (mut lines, mut witness) = (Vec::new(), BTreeMap::new());
    let printed = [&rule.slope, &rule.intercept, &rule.r2];
    let several = printed.into_iter().flatten().count() > 1;
    let asked = [
        rule.slope.as_ref().map(|id| (Asked::Slope, id)),
        rule.intercept.as_ref().map(|id| (Asked::Intercept, id)),
        rule.r2.as_ref().map(|id| (Asked::R2(rule.r2_of), id)),
    ];
    for (asked, id) in asked.into_iter().flatten() {
        let own = sight.interval(id)?;
        match table.answer(asked, &own)? {
            Answer::Reached(rates, value, line) => {
                for (rate, value) in rule.rates.iter().zip(rates.iter().flatten()) {
                    let key = if several { format!("{rate} for {id}") } else { rate.clone() };
                    witness.insert(key, show(value));
                }
                witness.extend(value.map(|value| (id.clone(), show(&value))));
                lines.push(line);
            }
            Answer::Never(line) => {
                return Ok(failed(rule, id, format!("{line}; {id} stands for {own}")));
            }
            Answer::Unknown => return Err("budget".to_owned()),
        }
    }
    let certificate = Some(lines.join("; "));
    Ok(Found::Holds(Shown { witness, certificate, recomputed: true }))
}

/// How one printed number came out.
enum Answer {
    /// It can be: the rates that give it and its value, where exact ones are known, and a line on it.
    Reached(Option<Vec<Rational>>, Option<Rational>, String),
    /// It cannot be, and why.
    Never(String),
    /// Not decided within the budget.
    Unknown,
}

/// All numbers of the table and the printed one.
fn failed(rule: &GroupRates, printed: &str, certificate: String) -> Found {
    let mut names = vec![printed.to_owned()];
    names.extend(rule.rates.iter().cloned());
    names.extend(rule.cases.iter().filter_map(Given::claim).map(str::to_owned));
    Found::Fails(Failure { names, certificate, alone: false, other_reading: false })
}

impl Table<'_> {
    fn answer(&self, asked: Asked, own: &Interval) -> Result<Answer, String> {
        let word = match asked {
            Asked::R2(of) => return Ok(r2::look(self, of, own)),
            Asked::Slope => "slope",
            Asked::Intercept => "intercept",
        };
        let range = self.range(asked)?;
        let line = format!("by the table the {word} lies in {}", decimals(&range));
        let Some(shared) = own.intersection(&range) else { return Ok(Answer::Never(line)) };
        let value = shared.middle();
        let rates = self.rates_for(asked, &value);
        Ok(Answer::Reached(rates, Some(value), line))
    }

    /// Every choice of least and largest sizes.
    fn corners(&self) -> Result<Vec<Vec<u64>>, String> {
        let rough = self.sizes.iter().filter(|[least, most]| least < most).count();
        if rough > MOST_ROUGH {
            return Err("budget".to_owned());
        }
        let mut corners: Vec<Vec<u64>> = vec![Vec::new()];
        for [least, most] in &self.sizes {
            let ends = if least == most { vec![*least] } else { vec![*least, *most] };
            corners = corners
                .iter()
                .flat_map(|corner| {
                    ends.iter().map(move |end| corner.iter().copied().chain([*end]).collect())
                })
                .collect();
        }
        Ok(corners)
    }

    /// The weight of each rate in the slope or the intercept, for given sizes.
    fn weights(&self, asked: Asked, sizes: &[u64]) -> Vec<Rational> {
        let sizes: Vec<Rational> =
            sizes.iter().map(|size| Rational::from_integer((*size).into())).collect();
        let sum = |power: i32| -> Rational {
            sizes.iter().zip(self.levels).map(|(size, level)| size * level.pow(power)).sum()
        };
        let (all, first, second) = (sum(0), sum(1), sum(2));
        let below = &all * &second - &first * &first;
        let weight = |(size, level): (&Rational, &Rational)| {
            let above = match asked {
                Asked::Intercept => &second - &first * level,
                Asked::Slope | Asked::R2(_) => &all * level - &first,
            };
            size * above / &below
        };
        sizes.iter().zip(self.levels).map(weight).collect()
    }

    /// Everything that the slope or the intercept can be.
    fn range(&self, asked: Asked) -> Result<Interval, String> {
        let at = |sizes: Vec<u64>| {
            let zero = Interval::point(Rational::zero());
            let weights = self.weights(asked, &sizes);
            let parts = weights.iter().zip(&self.rates).filter(|(weight, _)| !weight.is_zero());
            parts.fold(zero, |sum, (weight, rate)| sum.plus(&rate.scale(weight)))
        };
        let all = self.corners()?.into_iter().map(at).reduce(|one, other| one.hull(&other));
        all.ok_or_else(|| "the table has no groups".to_owned())
    }

    /// Rates inside their intervals that give a value exactly, where the sizes are exact.
    fn rates_for(&self, asked: Asked, value: &Rational) -> Option<Vec<Rational>> {
        let sizes: Option<Vec<u64>> =
            self.sizes.iter().map(|[least, most]| (least == most).then_some(*least)).collect();
        let weights = self.weights(asked, &sizes?);
        let ends: Option<Vec<[Rational; 2]>> = self
            .rates
            .iter()
            .zip(&weights)
            .map(|(rate, weight)| {
                let ends = [rate.low.value()?.clone(), rate.high.value()?.clone()];
                let [low, high] = ends;
                Some(if weight.is_negative() { [high, low] } else { [low, high] })
            })
            .collect();
        let ends = ends?;
        let total = |side: usize| -> Rational {
            ends.iter().zip(&weights).map(|(ends, weight)| &ends[side] * weight).sum()
        };
        let (least, most) = (total(0), total(1));
        let share =
            if least == most { Rational::zero() } else { (value - &least) / (most - &least) };
        let rates: Vec<Rational> =
            ends.iter().map(|[from, to]| from + (to - from) * &share).collect();
        let inside = rates.iter().zip(&self.rates).all(|(value, rate)| rate.contains(value));
        inside.then_some(rates)
    }
}

/// An interval with nine significant digits.
fn decimals(interval: &Interval) -> String {
    let end = |end: &End| match end.value() {
        None => "\u{221E}".to_owned(),
        Some(value) => {
            let text = format!("{:.8e}", nearest_float(value));
            crate::expression::decimal(&text).map_or(text, |value| show(&value))
        }
    };
    let open = if interval.low.is_closed() { '[' } else { '(' };
    let close = if interval.high.is_closed() { ']' } else { ')' };
    format!("{open}{}, {}{close}", end(&interval.low), end(&interval.high))
}
