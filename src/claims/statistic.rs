//! Test statistics as printed, `t(28) = 2.20, p = .036`, and what their p values can be.

use num_traits::Zero;
use schemars::JsonSchema;
use serde::Serialize;

use super::candidate::{Candidate, marks_are_firm, marks_with};
use super::evidence::Book;
use super::forensic::p_value::Family;
use super::forensic::statcheck::{Recomputed, Test};
use super::model::Claim;
use super::printed::{self, Amount, Notation, Shape};
use super::record::{StatisticRecord, Verdict};
use super::rounding::Rounding;
use crate::expression::{End, Interval, Rational, show};
use crate::results::Basis;

/// How a printed number is compared with what follows: `=`, `<`, `>` and their like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `=`
    Equal,
    /// `<`, or `≤` where the number itself is allowed.
    Below(bool),
    /// `>`, or `≥` where the number itself is allowed.
    Above(bool),
}

/// A p value as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PValue {
    /// `p = .036`, `p < .001`
    Number(Sign, Box<Amount>),
    /// `n.s.`
    NotSignificant,
}

/// A test statistic as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistic {
    /// Its distribution.
    pub family: Family,
    /// The degrees of freedom as printed: none for z, two for F.
    pub freedom: Vec<Amount>,
    /// How the value is given.
    pub sign: Sign,
    /// The value.
    pub value: Amount,
    /// The p value printed with it.
    pub p: Option<PValue>,
    /// Whether the text calls the test one-sided.
    pub one_sided: bool,
}

impl Statistic {
    /// Returns every value that the statistic can have had.
    #[must_use]
    pub fn value_interval(&self, mode: Rounding) -> Interval {
        given(self.sign, &self.value, mode)
    }

    /// Returns where each degree of freedom can lie: whole numbers are exact, decimals rounded.
    #[must_use]
    pub fn freedoms(&self, mode: Rounding) -> Vec<Interval> {
        let one = Rational::from_integer(1.into());
        let above_zero = Interval { low: End::Open(Rational::zero()), high: End::Infinite };
        self.freedom
            .iter()
            .map(|amount| {
                if amount.digits.unit >= one {
                    return Interval::point(amount.value());
                }
                let all = amount.interval(mode);
                all.intersection(&above_zero).unwrap_or(all)
            })
            .collect()
    }
}

impl PValue {
    /// Returns every p value that prints so, given the level of significance.
    #[must_use]
    pub fn interval(&self, mode: Rounding, alpha: &Rational) -> Option<Interval> {
        let printed = match self {
            Self::Number(sign, amount) => given(*sign, amount, mode),
            Self::NotSignificant => Interval { low: End::Open(alpha.clone()), high: End::Infinite },
        };
        printed.intersection(&Interval::unit())
    }

    /// Says whether the printed p value claims significance; `None` where it does not say.
    ///
    /// A p value printed as equal to the level counts as significant, as in statcheck.
    #[must_use]
    pub fn significant(&self, alpha: &Rational) -> Option<bool> {
        match self {
            Self::NotSignificant => Some(false),
            Self::Number(Sign::Equal, amount) => Some(amount.value() <= *alpha),
            Self::Number(Sign::Below(_), amount) => (amount.value() <= *alpha).then_some(true),
            Self::Number(Sign::Above(_), amount) => (amount.value() >= *alpha).then_some(false),
        }
    }
}

fn given(sign: Sign, amount: &Amount, mode: Rounding) -> Interval {
    let end = |closed: bool| {
        if closed { End::Closed(amount.value()) } else { End::Open(amount.value()) }
    };
    match sign {
        Sign::Equal => amount.interval(mode),
        Sign::Below(closed) => Interval { low: End::Infinite, high: end(closed) },
        Sign::Above(closed) => Interval { low: end(closed), high: End::Infinite },
    }
}

/// Why a statistic cannot be recomputed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRecomputed {
    /// No data give such a value.
    #[error("{family} in {value} cannot be: every {family} lies in {domain}", family = family.word())]
    Impossible {
        /// The distribution.
        family: Family,
        /// Every value that prints so.
        value: Box<Interval>,
        /// Every value that there is.
        domain: Box<Interval>,
    },
    /// It has no p value beside it.
    #[error("no p value is printed with the statistic")]
    NoP,
    /// It lacks its degrees of freedom.
    #[error("the statistic is printed without its degrees of freedom")]
    NoFreedom,
    /// Its numbers cannot be a statistic's.
    #[error("{0}")]
    Domain(String),
}

impl Statistic {
    /// Whether some value that prints so is one that such a statistic can have.
    fn can_be(&self, mode: Rounding) -> Result<(), NotRecomputed> {
        let (value, domain) = (self.value_interval(mode), self.family.domain());
        if value.intersection(&domain).is_some() {
            return Ok(());
        }
        let (value, domain) = (Box::new(value), Box::new(domain));
        Err(NotRecomputed::Impossible { family: self.family, value, domain })
    }

    /// The test with every number as the interval that it stands for.
    fn test<'a>(
        &self,
        mode: Rounding,
        alpha: &'a Rational,
        one_sided: bool,
    ) -> Result<Test<'a>, NotRecomputed> {
        self.can_be(mode)?;
        let p = self.p.as_ref().ok_or(NotRecomputed::NoP)?;
        let freedoms = self.freedoms(mode);
        if freedoms.len() != self.family.freedoms() {
            return Err(NotRecomputed::NoFreedom);
        }
        Ok(Test {
            family: self.family,
            statistic: self.value_interval(mode),
            freedoms,
            printed: p.interval(mode, alpha),
            significant: p.significant(alpha),
            alpha,
            one_sided: one_sided || self.one_sided,
        })
    }
}

impl NotRecomputed {
    /// What is known of the p value all the same: none belongs to a statistic that cannot be.
    fn consistent(&self) -> Option<bool> {
        matches!(self, Self::Impossible { .. }).then_some(false)
    }
}

/// Recomputes a p value from its statistic.
fn recompute<'a>(
    statistic: &Statistic,
    mode: Rounding,
    alpha: &'a Rational,
    one_sided: bool,
) -> Result<(Test<'a>, Recomputed), NotRecomputed> {
    let test = statistic.test(mode, alpha, one_sided)?;
    let found = test.recompute().map_err(|error| NotRecomputed::Domain(error.to_string()))?;
    Ok((test, found))
}

/// One row of a table of printed statistics, recomputed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatisticRow {
    /// The row, counted from one.
    pub row: usize,
    /// The text as printed.
    pub text: String,
    /// Whether the printed p value is one that the statistic allows; none where it was not read.
    pub consistent: Option<bool>,
    /// Whether it would be, if the test were one-sided.
    pub consistent_if_one_sided: bool,
    /// Whether the printed p value decides otherwise at the level than all that are allowed.
    pub decision_error: bool,
    /// Every p value that the printed statistic allows.
    pub p: Option<[f64; 2]>,
    /// Why the row was not read, or can be no statistic's.
    pub problem: Option<String>,
}

/// Recomputes the p value of every text; a text that is no statistic says why and is no answer.
#[must_use]
pub fn check_rows(
    texts: &[String],
    notation: &Notation,
    mode: Rounding,
    alpha: &Rational,
) -> Vec<StatisticRow> {
    let check = |(index, text): (usize, &String)| check_row(index + 1, text, notation, mode, alpha);
    texts.iter().enumerate().map(check).collect()
}

fn check_row(
    row: usize,
    text: &str,
    notation: &Notation,
    mode: Rounding,
    alpha: &Rational,
) -> StatisticRow {
    let read = |text: &str| {
        let printed = printed::parse_as(text, notation).map_err(|error| (None, error.message))?;
        let Shape::Statistic(statistic) = &printed.shape else {
            return Err((None, "this is no test statistic with its p value".to_owned()));
        };
        let wrong = |error: NotRecomputed| (error.consistent(), error.to_string());
        recompute(statistic, mode, alpha, false).map_err(wrong)
    };
    let empty = StatisticRow {
        row,
        text: text.to_owned(),
        consistent: None,
        consistent_if_one_sided: false,
        decision_error: false,
        p: None,
        problem: None,
    };
    match read(text) {
        Ok((_, found)) => StatisticRow {
            consistent: Some(found.consistent()),
            consistent_if_one_sided: found.consistent_if_one_sided,
            decision_error: found.decision_error,
            p: ends(&found),
            ..empty
        },
        Err((consistent, problem)) => StatisticRow { consistent, problem: Some(problem), ..empty },
    }
}

fn ends(found: &Recomputed) -> Option<[f64; 2]> {
    let [low, high] = found.allowed.first()?.as_floats();
    low.zip(high).map(|(low, high)| [low, high])
}

/// Returns a printed statistic's record; `None` where the claim is none, or nothing can be said of it.
pub(super) fn record(claim: &Claim, study: Rounding) -> Option<StatisticRecord> {
    let (statistic, mode) = of(claim, study)?;
    let found = recompute(statistic, mode, &claim.alpha, claim.one_sided);
    let alpha = show(&claim.alpha);
    Some(match found {
        Ok((_, found)) => StatisticRecord {
            p: ends(&found),
            consistent: Some(found.consistent()),
            consistent_if_one_sided: found.consistent_if_one_sided,
            decision_error: found.decision_error,
            alpha,
            reason: None,
        },
        Err(NotRecomputed::NoP) => return None,
        Err(error) => StatisticRecord {
            p: None,
            consistent: error.consistent(),
            consistent_if_one_sided: false,
            decision_error: false,
            alpha,
            reason: Some(error.to_string()),
        },
    })
}

fn of(claim: &Claim, study: Rounding) -> Option<(&Statistic, Rounding)> {
    match &claim.printed.shape {
        Shape::Statistic(statistic) => Some((statistic, claim.rounding.unwrap_or(study))),
        _ => None,
    }
}

/// A printed p value that lies wholly beyond 0 and 1, as it stands: alone, beside an estimate or beside a statistic.
fn no_p_value(claim: &Claim, mode: Rounding) -> Option<Interval> {
    let printed = &claim.printed;
    let beside = match &printed.shape {
        Shape::Statistic(statistic) => statistic.p.as_ref(),
        _ => printed.p.as_ref(),
    };
    let found = match beside {
        Some(PValue::Number(sign, amount)) => given(*sign, amount, mode),
        _ if printed.probability => printed.interval(mode)?,
        _ => return None,
    };
    found.intersection(&Interval::unit()).is_none().then_some(found)
}

/// What a printed statistic says of itself and of its p value: impossible, with a certificate, or possible.
pub(super) fn judged(book: &Book<'_>, claim: &Claim) -> Option<Candidate> {
    let mut marks = marks_with(book, claim, &[]);
    let impossible = |why: String, marks: Vec<String>| Candidate {
        firm: marks_are_firm(&marks),
        marks,
        trace: vec![why.clone()],
        note: Some(format!("{why}.")),
        ..Candidate::new(Verdict::Impossible, Basis::PrintedNumbers)
    };
    if let Some(p) = no_p_value(claim, claim.rounding.unwrap_or(book.rounding)) {
        let why = format!("p in {p} cannot be: every p value lies in [0, 1]");
        return Some(impossible(why, marks));
    }
    let (statistic, mode) = of(claim, book.rounding)?;
    let (test, found) = match recompute(statistic, mode, &claim.alpha, claim.one_sided) {
        Ok(found) => found,
        Err(error @ NotRecomputed::Impossible { .. }) => {
            return Some(impossible(error.to_string(), marks));
        }
        Err(_) => return None,
    };
    let certificate = test.certificate(&found);
    let verdict = if found.consistent() { Verdict::Possible } else { Verdict::Impossible };
    if found.consistent_if_one_sided {
        marks.push("ambiguous".to_owned());
        marks.sort();
    }
    Some(Candidate {
        firm: marks_are_firm(&marks) && !found.consistent_if_one_sided,
        marks,
        trace: vec![certificate.clone()],
        note: (!found.consistent()).then_some(certificate),
        ..Candidate::new(verdict, Basis::PrintedNumbers)
    })
}
