//! GRIM: a mean of whole numbers is a whole number over the number of cases.
//!
//! *Source*: Brown and Heathers (2017). *Formula*: N = n · items; some whole k has k/N inside the
//! interval that the printed mean stands for. *Checked against*: STATISTICS 2, scrutiny's examples.

use num_bigint::BigInt;

use super::whole_numbers;
use crate::expression::{Interval, Rational};

/// Returns a sum of `cases` whole numbers (times `items` each) whose mean prints so, if there is one.
///
/// ```
/// use secondlook::claims::forensic::grim;
/// use secondlook::claims::printed;
/// use secondlook::claims::rounding::Rounding;
///
/// let mean = |text| {
///     let printed = printed::parse(text).expect("a number");
///     printed.interval(Rounding::Unknown).expect("an interval")
/// };
/// assert_eq!(grim(&mean("5.18"), 28, 1), Some(145.into()));
/// assert_eq!(grim(&mean("5.19"), 28, 1), None);
/// ```
#[must_use]
pub fn grim(mean: &Interval, cases: u64, items: u64) -> Option<BigInt> {
    let total = Rational::from_integer(BigInt::from(cases) * items);
    whole_numbers(&mean.scale(&total)).map(|(least, _)| least)
}
