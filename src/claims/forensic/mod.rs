//! Can any data have given these printed numbers? Exact, and with a witness where they can.
//!
//! GRIM, GRIMMER and DEBIT as relations between a printed mean, a printed standard deviation and a
//! number of cases. All arithmetic is in whole numbers and rationals: no verdict hangs on a binary
//! float. Each check is necessary, not sufficient, unless it says otherwise.

mod debit;
mod grim;
mod grimmer;
pub mod p_value;
mod table;

pub use debit::debit;
pub use grim::grim;
pub use grimmer::{Witness, bounded, grimmer};
pub use table::{Check, Row, TableError, check_table};

use num_bigint::BigInt;
use num_integer::Integer;

use crate::expression::{End, Interval, Rational};

/// The smallest and largest whole number inside an interval; `None` where there is none or no end.
fn whole_numbers(interval: &Interval) -> Option<(BigInt, BigInt)> {
    let low = match &interval.low {
        End::Closed(value) => value.ceil().to_integer(),
        End::Open(value) => value.floor().to_integer() + 1,
        End::Infinite => return None,
    };
    let high = match &interval.high {
        End::Closed(value) => value.floor().to_integer(),
        End::Open(value) => value.ceil().to_integer() - 1,
        End::Infinite => return None,
    };
    (low <= high).then_some((low, high))
}

/// The squares of the numbers of an interval that are not negative; `None` where there are none.
fn squares(interval: &Interval) -> Option<Interval> {
    let zero = Interval { low: End::Closed(Rational::from_integer(0.into())), high: End::Infinite };
    interval.intersection(&zero)?.power(2).ok()
}

fn same_parity(one: &BigInt, other: &BigInt) -> bool {
    one.is_even() == other.is_even()
}
