//! Can any data have given these printed numbers? Exact, with a witness where they can and a certificate
//! where they cannot.
//!
//! GRIM, GRIMMER and DEBIT as conditions on a printed mean, a printed standard deviation and a number of
//! cases. All arithmetic is in whole numbers: no verdict hangs on a binary float. [`grim`] and [`grimmer`]
//! are necessary conditions; with a [`Sample::scale`] they are necessary and sufficient, and the witness is a
//! data set.

mod bounded;
mod debit;
mod grim;
mod grimmer;
pub mod p_value;
pub mod statcheck;
mod table;
mod whole;

pub use table::{Check, Checker, Counts, Row, TableError};

use num_bigint::BigInt;

use self::whole::{Bounds, Whole};
use crate::expression::Interval;

/// What is known of the data behind a mean and a standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The number of cases.
    pub cases: u64,
    /// The number of whole-number items that each case's value is the mean of.
    pub items: u64,
    /// What the standard deviation divides by.
    pub divisor: Divisor,
    /// The least and the largest answer, where the scale is known.
    pub scale: Option<(i64, i64)>,
}

impl Sample {
    /// Whole numbers, one item, a sample's standard deviation, no known scale.
    #[must_use]
    pub const fn of(cases: u64) -> Self {
        Self { cases, items: 1, divisor: Divisor::Sample, scale: None }
    }

    /// As many items.
    #[must_use]
    pub const fn items(self, items: u64) -> Self {
        Self { items, ..self }
    }

    /// On a scale.
    #[must_use]
    pub const fn scale(self, least: i64, largest: i64) -> Self {
        Self { scale: Some((least, largest)), ..self }
    }

    /// With another divisor.
    #[must_use]
    pub const fn divisor(self, divisor: Divisor) -> Self {
        Self { divisor, ..self }
    }

    /// What the sum of squares about the mean is divided by.
    fn below<W: Whole>(&self) -> Option<W> {
        match self.divisor {
            Divisor::Population => Some(W::from(self.cases)),
            Divisor::Sample => self.cases.checked_sub(1).map(W::from),
        }
    }

    /// Why nothing can be said, where that is so.
    fn unsaid(&self, deviation: bool) -> Option<Unknown> {
        let least = if deviation && self.divisor == Divisor::Sample { 2 } else { 1 };
        (self.cases < least || self.items == 0).then_some(Unknown::TooFew)
    }
}

/// What a standard deviation divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Divisor {
    /// One less than the number of cases.
    Sample,
    /// The number of cases.
    Population,
}

impl Divisor {
    /// Both, with the words used in files.
    pub const ALL: [(&'static str, Self); 2] =
        [("sample", Self::Sample), ("population", Self::Population)];
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// Some data print so: what shows it.
    Possible(T),
    /// No data print so: why, for a reader to check by hand.
    Impossible(String),
    /// The check says nothing here.
    Unknown(Unknown),
}

impl<T> Answer<T> {
    /// Returns the witness, if there is one.
    #[must_use]
    pub fn possible(self) -> Option<T> {
        match self {
            Self::Possible(witness) => Some(witness),
            Self::Impossible(_) | Self::Unknown(_) => None,
        }
    }

    /// Says whether no data print so.
    #[must_use]
    pub const fn is_impossible(&self) -> bool {
        matches!(self, Self::Impossible(_))
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Possible(witness) => Answer::Possible(change(witness)),
            Self::Impossible(why) => Answer::Impossible(why),
            Self::Unknown(why) => Answer::Unknown(why),
        }
    }
}

/// Why a check says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// There are too few cases for it.
    TooFew,
    /// A printed number has no bound on one side.
    NoBound,
    /// Too many sums, or too many data sets, to try.
    Budget,
}

impl Unknown {
    /// Returns the reason in words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooFew => "too few cases",
            Self::NoBound => "no bound",
            Self::Budget => "budget",
        }
    }
}

/// Data that print as the mean and the standard deviation do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The sum of all answers.
    pub sum: BigInt,
    /// The sum of the squares of each case's total, where a standard deviation is printed.
    pub squares: Option<BigInt>,
    /// How many cases have which total, where the scale is known: a whole data set.
    pub frequencies: Option<Vec<(i64, u64)>>,
}

/// A witness before it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found<W> {
    sum: W,
    squares: Option<W>,
    frequencies: Option<Vec<(i64, u64)>>,
}

impl<W: Whole> Found<W> {
    fn large(self) -> Witness {
        Witness {
            sum: self.sum.big(),
            squares: self.squares.map(|squares| squares.big()),
            frequencies: self.frequencies,
        }
    }
}

/// Says whether a mean of whole numbers can print so (Brown and Heathers 2017), with a sum that does.
///
/// *Formula*: N = n · items; some whole k has k/N inside the interval that the printed mean stands for, and
/// inside the scale where there is one. *Source*: Brown and Heathers (2017). *Checked against*: the paper's cases,
/// scrutiny's pigs1 and pigs2, `tests/reference/grimmer.py` (every data set of up to six answers).
///
/// ```
/// use secondlook::claims::forensic::{Sample, grim};
/// use secondlook::claims::printed;
/// use secondlook::claims::rounding::Rounding;
///
/// let mean = |text| {
///     let printed = printed::parse(text).expect("a number");
///     printed.interval(Rounding::Unknown).expect("an interval")
/// };
/// let possible = grim(&mean("5.18"), &Sample::of(28)).possible().expect("145/28 prints so");
/// assert_eq!(possible.sum, 145.into());
/// assert!(grim(&mean("5.19"), &Sample::of(28)).is_impossible());
/// ```
#[must_use]
pub fn grim(mean: &Interval, sample: &Sample) -> Answer<Witness> {
    let Some(mean) = Bounds::of(mean) else { return Answer::Unknown(Unknown::NoBound) };
    Mean { mean: &mean, deviation: None }.answer(Kind::Grim, sample)
}

/// Says whether a mean and a standard deviation of whole numbers can print so, with a sum and a sum of
/// squares, or on a known scale a data set, that do.
///
/// *Formula*: for every feasible sum S of the n totals over k items, a whole Q ≡ S (mod 2) with
/// (n-1) k² sd² + S²/n = Q; on a scale, Q is the sum of squares of n totals inside it (all such data sets are
/// searched). *Source*: Anaya (2016) and Allard's analytic form; testing one sum only rejects thousands of true
/// pairs. *Checked against*: scrutiny's pigs4 and cases, `tests/reference/grimmer.py`.
#[must_use]
pub fn grimmer(mean: &Interval, deviation: &Interval, sample: &Sample) -> Answer<Witness> {
    let (Some(mean), Some(deviation)) = (Bounds::of(mean), Bounds::of(deviation)) else {
        return Answer::Unknown(Unknown::NoBound);
    };
    Mean { mean: &mean, deviation: Some(&deviation) }.answer(Kind::Grimmer, sample)
}

/// Says whether a mean and a standard deviation of zeros and ones can print so, with their number of ones.
///
/// *Formula*: some whole k has k/n inside the mean's interval and k(n-k) / (n(n-1)) inside the square of the
/// standard deviation's. *Source*: Heathers and Brown (2019). *Checked against*: scrutiny's pigs3.
#[must_use]
pub fn debit(mean: &Interval, deviation: &Interval, sample: &Sample) -> Answer<Witness> {
    let (Some(mean), Some(deviation)) = (Bounds::of(mean), Bounds::of(deviation)) else {
        return Answer::Unknown(Unknown::NoBound);
    };
    Mean { mean: &mean, deviation: Some(&deviation) }.answer(Kind::Debit, sample)
}

/// Which condition is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grim,
    Grimmer,
    Debit,
}

/// What is printed.
#[derive(Debug, Clone, Copy)]
struct Mean<'a, W> {
    mean: &'a Bounds<W>,
    deviation: Option<&'a Bounds<W>>,
}

impl Mean<'_, BigInt> {
    /// In small numbers where all fit, else in large ones.
    fn answer(self, kind: Kind, sample: &Sample) -> Answer<Witness> {
        let small = self.mean.small().zip(match self.deviation {
            Some(deviation) => deviation.small().map(Some),
            None => Some(None),
        });
        let answer = small.and_then(|(mean, deviation)| {
            Mean { mean: &mean, deviation: deviation.as_ref() }.decide(kind, sample)
        });
        match answer {
            Some(answer) => answer.map(Found::large),
            None => self.decide_large(kind, sample),
        }
    }
}

impl Mean<'_, BigInt> {
    fn decide_large(self, kind: Kind, sample: &Sample) -> Answer<Witness> {
        let answer = self.decide(kind, sample);
        answer.map_or(Answer::Unknown(Unknown::Budget), |answer| answer.map(Found::large))
    }
}

impl Mean<'_, i128> {
    /// The same, from small numbers.
    fn answer_small(self, kind: Kind, sample: &Sample) -> Answer<Witness> {
        if let Some(answer) = self.decide(kind, sample) {
            return answer.map(Found::large);
        }
        let (mean, deviation) = (self.mean.large(), self.deviation.map(Bounds::large));
        Mean { mean: &mean, deviation: deviation.as_ref() }.decide_large(kind, sample)
    }
}

impl<W: Whole> Mean<'_, W> {
    /// `None` where a number does not fit into a `W`.
    fn decide(self, kind: Kind, sample: &Sample) -> Option<Answer<Found<W>>> {
        if let Some(why) = sample.unsaid(self.deviation.is_some()) {
            return Some(Answer::Unknown(why));
        }
        match (kind, self.deviation, sample.scale) {
            (Kind::Grim, _, _) | (_, None, _) => grim::grim(self.mean, sample),
            (Kind::Debit, Some(deviation), _) => debit::debit(self.mean, deviation, sample),
            (Kind::Grimmer, Some(deviation), None) => {
                grimmer::grimmer(self.mean, deviation, sample)
            }
            (Kind::Grimmer, Some(deviation), Some(scale)) => {
                bounded::bounded(self.mean, deviation, sample, scale)
            }
        }
    }
}
