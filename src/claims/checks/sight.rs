//! What a check sees of printed numbers: as they are, or as another rounding rule would have them.

use super::super::evidence::Book;
use super::super::model::Claim;
use super::super::printed::{Shape, Unit};
use super::super::rounding::Rounding;
use super::super::stability;
use super::Given;
use crate::expression::{End, Interval, Rational};

use num_traits::{One, ToPrimitive};

/// How printed numbers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// As they are declared to be rounded.
    Printed,
    /// As if no end of an interval were allowed.
    Inside,
    /// Under another rounding rule.
    Rounded(Rounding),
    /// With intervals as many times ten as wide.
    Tens(i32),
}

/// The printed numbers, seen in one way.
pub(super) struct Sight<'a> {
    book: &'a Book<'a>,
    view: View,
}

/// Where a number of cases can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cases {
    pub(super) least: u64,
    pub(super) most: u64,
}

impl Cases {
    /// Whether the number is known exactly.
    pub(super) const fn is_exact(self) -> bool {
        self.least == self.most
    }
}

impl<'a> Sight<'a> {
    pub(super) const fn new(book: &'a Book<'a>, view: View) -> Self {
        Self { book, view }
    }

    /// Returns a claim; the reader has seen to it that it exists.
    pub(super) fn claim(&self, id: &str) -> Result<&'a Claim, String> {
        self.book.claims.claim(id).ok_or_else(|| format!("no claim is called {id}"))
    }

    /// Returns every value that a claim's printed number stands for.
    pub(super) fn interval(&self, id: &str) -> Result<Interval, String> {
        let claim = self.claim(id)?;
        let rule = match self.view {
            View::Rounded(rule) => rule,
            _ => self.book.rounding,
        };
        let interval = claim.interval(rule).ok_or_else(|| format!("{id} is no one number"))?;
        Ok(match self.view {
            View::Tens(tens) => stability::scaled(&interval, tens),
            View::Inside => inside(&interval),
            View::Printed | View::Rounded(_) => interval,
        })
    }

    /// Returns the values of a number of a check.
    pub(super) fn given(&self, given: &Given) -> Result<Interval, String> {
        match given {
            Given::Claim(id) => match self.exact(id)? {
                Some(value) => Ok(Interval::point(value)),
                None => self.interval(id),
            },
            Given::Number(interval) => Ok(interval.clone()),
        }
    }

    /// A whole number printed to the last digit, and not said to be approximate, is exact.
    fn exact(&self, id: &str) -> Result<Option<Rational>, String> {
        let claim = self.claim(id)?;
        let Shape::Number(amount) = &claim.printed.shape else { return Ok(None) };
        let whole = amount.unit == Unit::Plain && amount.step() == Rational::one();
        let counted = claim.count && amount.value().is_integer();
        Ok(((whole || counted) && claim.reads.is_none()).then(|| amount.value()))
    }

    /// Returns where a number of cases can lie.
    pub(super) fn cases(&self, given: &Given) -> Result<Cases, String> {
        let all = self.given(given)?;
        let Some(counts) = all.whole() else {
            return Err("no whole number of cases prints so".to_owned());
        };
        let (Some(least), Some(most)) = (counts.low.value(), counts.high.value()) else {
            return Err("the number of cases has no bound".to_owned());
        };
        let whole = |value: &Rational| value.to_integer().to_u64();
        let least = whole(least).unwrap_or(1).max(1);
        let most = whole(most).ok_or("the number of cases is too large, or below one")?;
        if most < least {
            return Err("no whole number of cases prints so".to_owned());
        }
        Ok(Cases { least, most })
    }
}

fn inside(interval: &Interval) -> Interval {
    let open = |end: &End| end.value().map_or(End::Infinite, |value| End::Open(value.clone()));
    match interval.as_point() {
        Some(_) => interval.clone(),
        None => Interval { low: open(&interval.low), high: open(&interval.high) },
    }
}
