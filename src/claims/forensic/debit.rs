//! DEBIT: the standard deviation of zeros and ones follows from their mean.
//!
//! *Source*: Heathers and Brown (2019). *Formula*: some whole k has k/n inside the mean's interval and
//! k(n-k) / (n(n-1)) inside the square of the standard deviation's. *Checked against*: STATISTICS 2.

use num_bigint::BigInt;
use num_traits::One;

use super::{squares, whole_numbers};
use crate::expression::{Interval, Rational};

/// Returns how many of `cases` are ones, if some number prints so.
#[must_use]
pub fn debit(mean: &Interval, deviation: &Interval, cases: u64) -> Option<BigInt> {
    if cases < 2 {
        return None;
    }
    let n = Rational::from_integer(cases.into());
    let allowed = Interval::closed(Rational::from_integer(0.into()), n.clone());
    let (least, most) = whole_numbers(&mean.scale(&n).intersection(&allowed)?)?;
    let variance = squares(deviation)?;
    let below = &n * (&n - Rational::one());
    let mut ones = least;
    while ones <= most {
        let count = Rational::from_integer(ones.clone());
        if variance.contains(&(&count * (&n - &count) / &below)) {
            return Some(ones);
        }
        ones += 1;
    }
    None
}
