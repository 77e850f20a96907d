//! GRIMMER in whole numbers: see [`super::grimmer`].

use super::grim::no_sum;
use super::whole::{Bounds, Whole, between, whole_between};
use super::{Answer, Found, Sample, Unknown};

/// How many sums are tried before the check says nothing.
const MOST_SUMS: u64 = 100_000;

/// How many sums a certificate spells out.
const MOST_SHOWN: usize = 12;

/// The sums of squares that a standard deviation allows, for any sum: between `(low + S² d) / over` and
/// `(high + S² d) / over`, where d is the square of the standard deviation's denominator.
pub(super) struct Squares<W> {
    low: W,
    low_inside: bool,
    high: W,
    high_inside: bool,
    each: W,
    over: W,
}

/// What one sum leaves for the sum of squares.
pub(super) struct Window<W> {
    /// The least whole number of the sum's parity.
    pub(super) least: W,
    /// The largest whole number allowed; below `least` where there is none.
    pub(super) most: W,
    low: W,
    high: W,
}

impl<W: Whole> Squares<W> {
    /// Of a standard deviation that is not negative; `None` where a number does not fit.
    pub(super) fn of(deviation: &Bounds<W>, sample: &Sample) -> Option<Self> {
        let cases = W::from(sample.cases);
        let items = W::from(sample.items);
        let factor =
            sample.below::<W>()?.checked_mul(&items)?.checked_mul(&items)?.checked_mul(&cases)?;
        let square = |end: &W| end.checked_mul(end)?.checked_mul(&factor);
        let each = deviation.over.checked_mul(&deviation.over)?;
        Some(Self {
            low: square(&deviation.low)?,
            low_inside: deviation.low_inside,
            high: square(&deviation.high)?,
            high_inside: deviation.high_inside,
            over: each.checked_mul(&cases)?,
            each,
        })
    }

    /// The whole sums of squares of a sum's parity.
    pub(super) fn window(&self, sum: &W) -> Option<Window<W>> {
        let base = sum.checked_mul(sum)?.checked_mul(&self.each)?;
        let (low, high) = (self.low.checked_add(&base)?, self.high.checked_add(&base)?);
        let (least, most) =
            whole_between(&low, self.low_inside, &high, self.high_inside, &self.over)?;
        let least = if least.is_even() == sum.is_even() { least } else { least + W::one() };
        Some(Window { least, most, low, high })
    }

    /// Why a sum's window holds no number.
    pub(super) fn why(&self, sum: &W, window: &Window<W>) -> String {
        let range =
            between(&window.low, self.low_inside, &window.high, self.high_inside, &self.over);
        let parity = if sum.is_even() { "even" } else { "odd" };
        format!("sum {sum}: no {parity} whole number lies in {range}")
    }
}

/// `None` where a number does not fit into a `W`.
pub(super) fn grimmer<W: Whole>(
    mean: &Bounds<W>,
    deviation: &Bounds<W>,
    sample: &Sample,
) -> Option<Answer<Found<W>>> {
    let total = W::from(sample.cases).checked_mul(&W::from(sample.items))?;
    let (least, most) = mean.whole(&total)?;
    if least > most {
        return Some(Answer::Impossible(no_sum(mean, &total)?));
    }
    let Some(deviation) = deviation.not_negative() else {
        return Some(Answer::Impossible("a standard deviation is never below zero".to_owned()));
    };
    let squares = Squares::of(&deviation, sample)?;
    let mut refused = Refused::default();
    let mut sum = least;
    let mut tried = 0;
    while sum <= most {
        if tried == MOST_SUMS {
            return Some(Answer::Unknown(Unknown::Budget));
        }
        let window = squares.window(&sum)?;
        if window.least <= window.most {
            let squares = Some(window.least);
            return Some(Answer::Possible(Found { sum, squares, frequencies: None }));
        }
        refused.add(|| squares.why(&sum, &window));
        sum = sum.checked_add(&W::one())?;
        tried += 1;
    }
    Some(Answer::Impossible(refused.written("the sum of squares has the parity of the sum")))
}

/// The sums that were refused, each with its reason.
#[derive(Default)]
pub(super) struct Refused {
    lines: Vec<String>,
    more: usize,
}

impl Refused {
    pub(super) fn add(&mut self, why: impl FnOnce() -> String) {
        if self.lines.len() < MOST_SHOWN {
            self.lines.push(why());
        } else {
            self.more += 1;
        }
    }

    pub(super) fn written(self, rule: &str) -> String {
        let more = match self.more {
            0 => String::new(),
            more => format!("; {more} more sums likewise"),
        };
        format!("{rule}; {}{more}", self.lines.join("; "))
    }
}
