//! Percentages of one number of cases: which numbers of cases, and which counts, can have been printed so?
//!
//! *Formula*: for a number of cases n, some whole k from 0 to n, inside the count's interval where it is
//! printed, has k/n inside the percentage's interval. All percentages share one n.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::super::forensic::{self, Answer, Sample};
use super::sight::{Cases, Sight};
use super::{Failure, Found, Given, PercentOf, Shown};
use crate::expression::{Interval, Rational, show};

/// How many numbers of cases are tried where it is only known roughly.
const MOST_CASES: u64 = 100_000;
/// How many numbers of cases a certificate spells out.
const MOST_SHOWN: usize = 12;

/// Tries every number of cases.
pub(super) fn look(part: &PercentOf, sight: &Sight<'_>) -> Result<Found, String> {
    let cases = match &part.cases {
        Some(given) => sight.cases(given)?,
        None => Cases { least: 1, most: part.at_most },
    };
    if cases.most - cases.least >= MOST_CASES {
        return Err("budget".to_owned());
    }
    let mut each = Vec::new();
    for (index, id) in part.percents.iter().enumerate() {
        let count = part.counts.get(index).map(|count| sight.given(count)).transpose()?;
        each.push((id, sight.interval(id)?, count));
    }
    let mut possible: Vec<(u64, Vec<BigInt>)> = Vec::new();
    let mut refused = None;
    for number in cases.least..=cases.most {
        let counts: Vec<Result<BigInt, String>> = each
            .iter()
            .map(|(_, percent, count)| count_of(percent, count.as_ref(), number))
            .collect();
        match counts.iter().cloned().collect::<Result<Vec<_>, _>>() {
            Ok(counts) => possible.push((number, counts)),
            Err(_) => refused = Some((number, counts)),
        }
    }
    if let Some((number, counts)) = possible.first() {
        return Ok(shown(part, &possible, *number, counts, cases));
    }
    let (number, counts) = refused.ok_or("no number of cases was tried")?;
    Ok(failed(part, number, &counts, cases))
}

/// A whole count whose share of `number` prints so, or why there is none.
fn count_of(percent: &Interval, count: Option<&Interval>, number: u64) -> Result<BigInt, String> {
    let one = Rational::from_integer(1.into());
    let share = one / Rational::from_integer(number.into());
    let within = match count {
        None => percent.clone(),
        Some(count) => {
            let shares = count.scale(&share);
            shares.intersection(percent).ok_or_else(|| {
                format!("{count} of {number} is {shares}, the percentage stands for {percent}")
            })?
        }
    };
    match forensic::grim(&within, &Sample::of(number).scale(0, 1)) {
        Answer::Possible(found) => Ok(found.sum),
        Answer::Impossible(why) => Err(why),
        Answer::Unknown(unknown) => Err(unknown.word().to_owned()),
    }
}

fn shown(
    part: &PercentOf,
    possible: &[(u64, Vec<BigInt>)],
    number: u64,
    counts: &[BigInt],
    cases: Cases,
) -> Found {
    let mut witness = BTreeMap::new();
    let mut parts = Vec::new();
    for (id, count) in part.percents.iter().zip(counts) {
        let share = Rational::new(count.clone(), number.into());
        witness.insert(id.clone(), show(&share));
        witness.insert(format!("count of {id}"), count.to_string());
        parts.push(format!("{count} of {number} is {}", show(&share)));
    }
    if !cases.is_exact() {
        witness.insert("n".to_owned(), number.to_string());
        let numbers: Vec<String> =
            possible.iter().take(MOST_SHOWN).map(|(number, _)| number.to_string()).collect();
        let more = possible.len().saturating_sub(MOST_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!(
            "{} of the numbers of cases from {} to {} are possible: {}{more}",
            possible.len(),
            cases.least,
            cases.most,
            numbers.join(", ")
        ));
    }
    let recomputed = !part.counts.is_empty();
    Found::Holds(Shown { witness, certificate: Some(parts.join("; ")), recomputed })
}

fn failed(part: &PercentOf, number: u64, counts: &[Result<BigInt, String>], cases: Cases) -> Found {
    let wrong = || {
        part.percents
            .iter()
            .enumerate()
            .zip(counts)
            .filter_map(|((index, id), count)| count.as_ref().err().map(|why| (index, id, why)))
    };
    let reasons: Vec<String> = wrong().map(|(_, id, why)| format!("{id}: {why}")).collect();
    let reasons = reasons.join("; ");
    let alone = cases.is_exact() && part.counts.is_empty();
    let mut names: Vec<String> = if cases.is_exact() {
        wrong().map(|(_, id, _)| id.clone()).collect()
    } else {
        part.percents.clone()
    };
    for (index, id) in part.percents.iter().enumerate() {
        let counted = part.counts.get(index).and_then(Given::claim);
        names.extend(counted.filter(|_| names.contains(id)).map(str::to_owned));
    }
    if !alone {
        names.extend(part.cases.as_ref().and_then(Given::claim).map(str::to_owned));
    }
    let certificate = if cases.is_exact() {
        format!("with n = {number}, {reasons}")
    } else {
        format!("for no n from {} to {}; with n = {number}, {reasons}", cases.least, cases.most)
    };
    Found::Fails(Failure { names, certificate, alone, other_reading: false })
}
