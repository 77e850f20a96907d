//! GRIM, GRIMMER and DEBIT over claims: see [`super::super::forensic`] for the conditions.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::super::forensic::{self, Answer, Divisor, Sample, Unknown, Witness};
use super::sight::{Cases, Sight};
use super::{Failure, Found, Mean, Shown};
use crate::expression::{Interval, Rational, power_of_ten, show};

/// Which condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Grim,
    Grimmer,
    Debit,
}

/// How many numbers of cases are tried where it is only known roughly.
const MOST_CASES: u64 = 10_000;

/// Looks for data that print so, for any number of cases that the study can mean.
pub(super) fn look(
    mean: &Mean,
    deviation: Option<&String>,
    kind: Kind,
    sight: &Sight<'_>,
) -> Result<Found, String> {
    let cases = sight.cases(&mean.cases)?;
    let hundredth = power_of_ten(-2);
    let read = |id: &str| {
        let interval = sight.interval(id)?;
        Ok::<_, String>(if mean.percent { interval.scale(&hundredth) } else { interval })
    };
    let printed =
        Printed { mean: read(&mean.mean)?, deviation: deviation.map(|id| read(id)).transpose()? };
    let mut why = None;
    // The most cases first: the more there are, the more can be printed.
    for (tried, number) in (cases.least..=cases.most).rev().enumerate() {
        if tried as u64 >= MOST_CASES {
            return Err(Unknown::Budget.word().to_owned());
        }
        let sample = sample(mean, number);
        match printed.ask(kind, &sample) {
            Answer::Possible(found) => return Ok(shown(mean, deviation, &sample, &found, cases)),
            Answer::Unknown(unknown) => return Err(unknown.word().to_owned()),
            Answer::Impossible(reason) => why = Some((sample, reason)),
        }
    }
    let (sample, reason) = why.ok_or("no number of cases was tried")?;
    Ok(failed(mean, deviation, &printed, &sample, reason, cases))
}

const fn sample(mean: &Mean, cases: u64) -> Sample {
    Sample { cases, items: mean.items, divisor: mean.divisor, scale: mean.scale }
}

struct Printed {
    mean: Interval,
    deviation: Option<Interval>,
}

impl Printed {
    fn ask(&self, kind: Kind, sample: &Sample) -> Answer<Witness> {
        match (kind, &self.deviation) {
            (Kind::Grim, _) | (_, None) => forensic::grim(&self.mean, sample),
            (Kind::Grimmer, Some(deviation)) => forensic::grimmer(&self.mean, deviation, sample),
            (Kind::Debit, Some(deviation)) => forensic::debit(&self.mean, deviation, sample),
        }
    }
}

fn failed(
    mean: &Mean,
    deviation: Option<&String>,
    printed: &Printed,
    sample: &Sample,
    reason: String,
    cases: Cases,
) -> Found {
    let mean_alone = forensic::grim(&printed.mean, sample).is_impossible();
    let mut names = vec![mean.mean.clone()];
    names.extend(deviation.filter(|_| !mean_alone || !cases.is_exact()).cloned());
    let certificate = if cases.is_exact() {
        format!("with n = {}, {reason}", cases.least)
    } else {
        names.extend(mean.cases.claim().map(str::to_owned));
        format!(
            "for no n from {} to {}; with n = {}, {reason}",
            cases.least, cases.most, sample.cases
        )
    };
    Found::Fails(Failure { names, certificate, alone: cases.is_exact(), other_reading: false })
}

fn shown(
    mean: &Mean,
    deviation: Option<&String>,
    sample: &Sample,
    found: &Witness,
    cases: Cases,
) -> Found {
    let total = BigInt::from(sample.cases) * BigInt::from(sample.items);
    let value = Rational::new(found.sum.clone(), total.clone());
    let hundred = Rational::from_integer(100.into());
    let printed = if mean.percent { &value * &hundred } else { value };
    let mut witness = BTreeMap::from([
        (mean.mean.clone(), show(&printed)),
        ("sum of answers".to_owned(), found.sum.to_string()),
    ]);
    let mut certificate =
        format!("{total} answers that sum to {} have the mean {}", found.sum, show(&printed));
    if let Some(squares) = squares(sample, found).filter(|_| deviation.is_some()) {
        let variance = variance(sample, &found.sum, &squares);
        witness.insert("sum of squares".to_owned(), squares.to_string());
        witness.insert("variance".to_owned(), show(&variance));
        certificate = format!(
            "{certificate}, and with totals whose squares sum to {squares} the standard deviation \u{221A}({})",
            show(&variance)
        );
    }
    if let Some(counts) = &found.frequencies {
        let parts: Vec<String> =
            counts.iter().map(|(answer, count)| format!("{count} \u{D7} {answer}")).collect();
        witness.insert("data set".to_owned(), parts.join(", "));
    }
    if !cases.is_exact() {
        witness.insert("n".to_owned(), sample.cases.to_string());
    }
    Found::Holds(Shown { witness, certificate: Some(certificate), recomputed: false })
}

/// The sum of squares of the cases' totals; of zeros and ones it is their sum.
fn squares(sample: &Sample, found: &Witness) -> Option<BigInt> {
    let ones = sample.scale == Some((0, 1)) && sample.items == 1;
    found.squares.clone().or_else(|| ones.then(|| found.sum.clone()))
}

/// (Q - S²/n) / (d k²), with d the divisor and k the items.
fn variance(sample: &Sample, sum: &BigInt, squares: &BigInt) -> Rational {
    let cases = BigInt::from(sample.cases);
    let below = match sample.divisor {
        Divisor::Sample => &cases - 1,
        Divisor::Population => cases.clone(),
    };
    let items = BigInt::from(sample.items);
    let spread = Rational::new(&cases * squares - sum * sum, cases);
    spread / Rational::from_integer(below * &items * items)
}
