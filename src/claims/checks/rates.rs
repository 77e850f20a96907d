//! A regression on one regressor against the table of group rates behind it.
//!
//! *Formula*: over cases in groups with level x, size n and rate y, with W = Σn and D = W Σnx² less (Σnx)²:
//! slope = (W Σnxy less Σnx Σny) / D, intercept = (Σnx² Σny less Σnx Σnxy) / D. Both are linear in every rate, and
//! a quotient of linear functions in every size, so they are largest and smallest at corners of the box of printed
//! intervals: the range is exact. R² by [`r2`]. Each printed number is set against the table alone, then all [`together`]. *Checked
//! against*: every corner, by `tests/reference/check_forensic.py`.

mod groups;
mod plane;
mod r2;
mod together;

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use super::sight::Sight;
use super::{Failure, Found, Given, GroupRates, Shown, Unit};
use crate::expression::{End, Interval, Rational, nearest_float, show};

/// How many sizes may be known only roughly: their corners are all tried.
const MOST_ROUGH: usize = 10;

/// The table as printed.
#[derive(Clone)]
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
    let asked: Vec<(Asked, &String)> = [
        rule.slope.as_ref().map(|id| (Asked::Slope, id)),
        rule.intercept.as_ref().map(|id| (Asked::Intercept, id)),
        rule.r2.as_ref().map(|id| (Asked::R2(rule.r2_of), id)),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (asked, id) in asked.iter().copied() {
        let own = sight.interval(id)?;
        match table.answer(asked, &own)? {
            Answer::Reached(rates, value, line) => {
                let rates = rule.rates.iter().zip(rates.into_iter().flatten());
                witness.extend(rates.map(|(rate, value)| (rate.clone(), show(&value))));
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
    if asked.len() == 1 {
        return Ok(Found::Holds(Shown { witness, certificate, recomputed: true }));
    }
    Ok(match together::look(rule, &table, &asked, sight)? {
        Found::Holds(shown) => Found::Holds(Shown { certificate, ..shown }),
        other => other,
    })
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

    /// The sizes, where each is exact.
    fn exact(&self) -> Option<Vec<u64>> {
        self.sizes.iter().map(|[least, most]| (least == most).then_some(*least)).collect()
    }

    /// What rates give, where the sizes are exact.
    fn computed(&self, asked: Asked, rates: &[Rational]) -> Option<Rational> {
        let sizes = self.exact()?;
        let at = |asked| -> Rational {
            self.weights(asked, &sizes).iter().zip(rates).map(|(weight, rate)| weight * rate).sum()
        };
        let Asked::R2(of) = asked else { return Some(at(asked)) };
        let (slope, zero) = (at(Asked::Slope), Rational::zero());
        let (mut all, mut first, mut second) = (zero.clone(), zero.clone(), zero.clone());
        let (mut ones, mut squares) = (zero.clone(), zero);
        for ((size, level), rate) in sizes.iter().zip(self.levels).zip(rates) {
            let size = Rational::from_integer((*size).into());
            first += &size * level;
            second += &size * level * level;
            ones += &size * rate;
            squares += &size * rate * rate;
            all += size;
        }
        let total = match of {
            Unit::Cases => &ones * (&all - &ones),
            Unit::Groups => &all * squares - &ones * &ones,
        };
        let spread = &all * second - first.pow(2);
        (!total.is_zero()).then(|| slope.pow(2) * spread / total)
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
        let weights = self.weights(asked, &self.exact()?);
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

/// A number with nine significant digits.
fn nine_digits(value: &Rational) -> String {
    let text = format!("{:.8e}", nearest_float(value));
    crate::expression::decimal(&text).map_or(text, |value| show(&value))
}

/// An interval with nine significant digits.
fn decimals(interval: &Interval) -> String {
    let end = |end: &End| end.value().map_or_else(|| "\u{221E}".to_owned(), nine_digits);
    let open = if interval.low.is_closed() { '[' } else { '(' };
    let close = if interval.high.is_closed() { ']' } else { ')' };
    format!("{open}{}, {}{close}", end(&interval.low), end(&interval.high))
}
