//! Intervals of exact rationals whose ends are open, closed or infinite.

use std::cmp::Ordering;
use std::fmt;

use num_traits::{One, Signed, Zero};

use super::{EvaluationError, Rational, nearest_float, power_of_ten, show};

/// How long an end may be written before it is rounded for readers.
const LONGEST: usize = 16;

/// One end of an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// No bound.
    Infinite,
    /// The number itself is outside.
    Open(Rational),
    /// The number itself is inside.
    Closed(Rational),
}

impl End {
    /// Returns the number, or `None` where there is no bound.
    #[must_use]
    pub fn value(&self) -> Option<&Rational> {
        match self {
            Self::Infinite => None,
            Self::Open(value) | Self::Closed(value) => Some(value),
        }
    }

    /// Says whether the number itself is inside.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }

    /// Changes the number and keeps what kind of end it is.
    #[must_use]
    pub fn map(&self, change: impl FnOnce(&Rational) -> Rational) -> Self {
        match self {
            Self::Infinite => Self::Infinite,
            Self::Open(value) => Self::Open(change(value)),
            Self::Closed(value) => Self::Closed(change(value)),
        }
    }

    fn with(value: Rational, closed: bool) -> Self {
        if closed { Self::Closed(value) } else { Self::Open(value) }
    }

    /// Says whether an interval that begins here begins before one that begins at `other`.
    fn begins_before(&self, other: &Self) -> bool {
        self.further(other, Ordering::Less)
    }

    /// Says whether an interval that stops here stops after one that stops at `other`.
    fn stops_after(&self, other: &Self) -> bool {
        self.further(other, Ordering::Greater)
    }

    fn further(&self, other: &Self, outward: Ordering) -> bool {
        match (self.value(), other.value()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(mine), Some(theirs)) => match mine.cmp(theirs) {
                Ordering::Equal => self.is_closed() && !other.is_closed(),
                order => order == outward,
            },
        }
    }
}

/// A non-empty interval of the real line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins.
    pub low: End,
    /// Where it stops.
    pub high: End,
}

impl Interval {
    /// Returns the interval between two ends, or `None` where it would be empty.
    #[must_use]
    pub fn new(low: End, high: End) -> Option<Self> {
        if let (Some(least), Some(most)) = (low.value(), high.value()) {
            let point = least == most && low.is_closed() && high.is_closed();
            if least > most || (least == most && !point) {
                return None;
            }
        }
        Some(Self { low, high })
    }

    /// Returns the interval that holds one number.
    #[must_use]
    pub fn point(value: Rational) -> Self {
        Self { low: End::Closed(value.clone()), high: End::Closed(value) }
    }

    /// Returns the closed interval between two numbers, in either order.
    #[must_use]
    pub fn closed(one: Rational, other: Rational) -> Self {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        Self { low: End::Closed(low), high: End::Closed(high) }
    }

    /// Returns the interval of probabilities, [0, 1].
    #[must_use]
    pub fn unit() -> Self {
        Self::closed(Rational::zero(), Rational::one())
    }

    /// Returns the whole real line.
    #[must_use]
    pub const fn everything() -> Self {
        Self { low: End::Infinite, high: End::Infinite }
    }

    /// Returns the interval from the first whole number inside to the last; none where no whole number is inside.
    #[must_use]
    pub fn whole(&self) -> Option<Self> {
        let one = Rational::from_integer(1.into());
        let first = |value: Rational, step: &Rational| {
            let inside = self.contains(&value);
            End::Closed(if inside { value } else { value + step })
        };
        let low = self.low.value().map_or(End::Infinite, |low| first(low.ceil(), &one));
        let high = self.high.value().map_or(End::Infinite, |high| first(high.floor(), &-one));
        Self::new(low, high)
    }

    /// Returns the one number that the interval holds, if it holds only one.
    #[must_use]
    pub fn as_point(&self) -> Option<&Rational> {
        match (&self.low, &self.high) {
            (End::Closed(low), End::Closed(high)) if low == high => Some(low),
            _ => None,
        }
    }

    /// Says whether a number is inside.
    #[must_use]
    pub fn contains(&self, value: &Rational) -> bool {
        let above = match &self.low {
            End::Infinite => true,
            End::Open(low) => value > low,
            End::Closed(low) => value >= low,
        };
        let below = match &self.high {
            End::Infinite => true,
            End::Open(high) => value < high,
            End::Closed(high) => value <= high,
        };
        above && below
    }

    /// Says whether all of `other` is inside.
    #[must_use]
    pub fn encloses(&self, other: &Self) -> bool {
        !other.low.begins_before(&self.low) && !other.high.stops_after(&self.high)
    }

    /// Returns what two intervals share, or `None` where they share nothing.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let low = if self.low.begins_before(&other.low) { &other.low } else { &self.low };
        let high = if self.high.stops_after(&other.high) { &other.high } else { &self.high };
        Self::new(low.clone(), high.clone())
    }

    /// Returns the smallest interval that holds both.
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        let low = if other.low.begins_before(&self.low) { &other.low } else { &self.low };
        let high = if other.high.stops_after(&self.high) { &other.high } else { &self.high };
        Self { low: low.clone(), high: high.clone() }
    }

    /// Returns the distance between the ends, or `None` where one is infinite.
    #[must_use]
    pub fn width(&self) -> Option<Rational> {
        Some(self.high.value()? - self.low.value()?)
    }

    /// Returns a number well inside: the middle, or one step from the only finite end.
    #[must_use]
    pub fn middle(&self) -> Rational {
        let one = Rational::from_integer(1.into());
        match (self.low.value(), self.high.value()) {
            (Some(low), Some(high)) => (low + high) / Rational::from_integer(2.into()),
            (Some(low), None) => low + one,
            (None, Some(high)) => high - one,
            (None, None) => Rational::zero(),
        }
    }

    /// Returns both ends as floats, infinite ends as `None`.
    #[must_use]
    pub fn as_floats(&self) -> [Option<f64>; 2] {
        [self.low.value().map(nearest_float), self.high.value().map(nearest_float)]
    }

    /// Says whether all numbers inside are at least zero.
    #[must_use]
    pub fn is_never_negative(&self) -> bool {
        self.low.value().is_some_and(|low| !low.is_negative())
    }

    /// Says whether all numbers inside are at most zero.
    #[must_use]
    pub fn is_never_positive(&self) -> bool {
        self.high.value().is_some_and(|high| !high.is_positive())
    }

    /// Adds a number to all numbers inside.
    #[must_use]
    pub fn shift(&self, by: &Rational) -> Self {
        Self { low: self.low.map(|low| low + by), high: self.high.map(|high| high + by) }
    }

    /// Multiplies all numbers inside by a number.
    #[must_use]
    pub fn scale(&self, by: &Rational) -> Self {
        if by.is_zero() {
            return Self::point(Rational::zero());
        }
        let (low, high) =
            if by.is_negative() { (&self.high, &self.low) } else { (&self.low, &self.high) };
        Self { low: low.map(|low| low * by), high: high.map(|high| high * by) }
    }

    /// Returns the sums of two independent numbers.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let add = |one: &End, two: &End| match (one.value(), two.value()) {
            (Some(first), Some(second)) => {
                End::with(first + second, one.is_closed() && two.is_closed())
            }
            _ => End::Infinite,
        };
        Self { low: add(&self.low, &other.low), high: add(&self.high, &other.high) }
    }

    /// Returns the opposite numbers.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { low: self.high.map(|high| -high), high: self.low.map(|low| -low) }
    }

    /// Returns the products of two independent numbers.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let sides = [(&self.low, false), (&self.high, true)];
        let others = [(&other.low, false), (&other.high, true)];
        let mut answer: Option<Self> = None;
        for (mine, upper) in sides {
            for (theirs, other_upper) in others {
                let corner = product(mine, upper, theirs, other_upper);
                answer = Some(match answer {
                    None => corner,
                    Some(so_far) => so_far.hull(&corner),
                });
            }
        }
        answer.unwrap_or_else(Self::everything)
    }

    /// Returns the inverses.
    ///
    /// # Errors
    /// When zero is inside.
    pub fn inverse(&self) -> Result<Self, EvaluationError> {
        if self.contains(&Rational::zero()) {
            return Err(EvaluationError::DividesByZero);
        }
        let flip = |end: &End| match end {
            End::Infinite => End::Open(Rational::zero()),
            End::Open(value) | End::Closed(value) if value.is_zero() => End::Infinite,
            end => end.map(Rational::recip),
        };
        Ok(Self { low: flip(&self.high), high: flip(&self.low) })
    }

    /// Returns the absolute values.
    #[must_use]
    pub fn absolute(&self) -> Self {
        if self.is_never_negative() {
            self.clone()
        } else if self.is_never_positive() {
            self.negated()
        } else {
            let both = self.hull(&self.negated());
            Self { low: End::Closed(Rational::zero()), high: both.high }
        }
    }

    /// Returns the whole powers.
    ///
    /// # Errors
    /// When the power is negative and zero is inside.
    pub fn power(&self, power: i32) -> Result<Self, EvaluationError> {
        if power < 0 {
            return self.power(-power)?.inverse();
        }
        if power == 0 {
            return Ok(Self::point(Rational::from_integer(1.into())));
        }
        let base = if power % 2 == 0 { self.absolute() } else { self.clone() };
        let raise = |end: &End| end.map(|value| num_traits::pow(value.clone(), power as usize));
        Ok(Self { low: raise(&base.low), high: raise(&base.high) })
    }
}

/// The product of two ends as an interval of one (perhaps open or infinite) corner.
fn product(one: &End, one_upper: bool, two: &End, two_upper: bool) -> Interval {
    let zero = Rational::zero();
    match (one.value(), two.value()) {
        (Some(first), Some(second)) => {
            let value = first * second;
            let attained = (one.is_closed() && two.is_closed())
                || (one.is_closed() && first.is_zero())
                || (two.is_closed() && second.is_zero());
            let end = End::with(value, attained);
            Interval { low: end.clone(), high: end }
        }
        (Some(finite), None) | (None, Some(finite)) if finite.is_zero() => {
            let end = if one.value().is_some() { one } else { two };
            let corner = End::with(zero, end.is_closed());
            Interval { low: corner.clone(), high: corner }
        }
        (finite, other) => {
            let sign =
                |value: Option<&Rational>, upper: bool| value.map_or(upper, Signed::is_positive);
            let up = sign(finite, one_upper) == sign(other, two_upper);
            let anchor = End::Open(zero);
            if up {
                Interval { low: anchor, high: End::Infinite }
            } else {
                Interval { low: End::Infinite, high: anchor }
            }
        }
    }
}

impl Interval {
    /// An interval around this one that is quick to read: an end with no short decimal moves outward to twelve
    /// significant digits.
    ///
    /// ```
    /// use secondlook::expression::{Interval, rational_of};
    ///
    /// let floats = [0.7_f64.ln(), 0.7].map(|float| rational_of(float).unwrap_or_default());
    /// let [low, high] = floats;
    /// assert_eq!(Interval::closed(low, high).in_short().to_string(), "[-0.356674943939, 0.7]");
    /// ```
    #[must_use]
    pub fn in_short(&self) -> Self {
        let moved = |end: &End, up: bool| match end {
            End::Infinite => End::Infinite,
            End::Open(value) => End::Open(short(value, up)),
            End::Closed(value) => End::Closed(short(value, up)),
        };
        Self { low: moved(&self.low, false), high: moved(&self.high, true) }
    }
}

/// A number as it is where it has few digits, else rounded up or down to twelve of them.
fn short(value: &Rational, up: bool) -> Rational {
    let tens = libm::log10(nearest_float(value).abs()).floor();
    if show(value).len() <= LONGEST || !tens.is_finite() {
        return value.clone();
    }
    let unit = power_of_ten(tens as i32 - 11);
    let count = value / &unit;
    (if up { count.ceil() } else { count.floor() }) * unit
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(point) = self.as_point() {
            return formatter.write_str(&show(point));
        }
        match &self.low {
            End::Infinite => formatter.write_str("(-inf")?,
            End::Open(low) => write!(formatter, "({}", show(low))?,
            End::Closed(low) => write!(formatter, "[{}", show(low))?,
        }
        match &self.high {
            End::Infinite => formatter.write_str(", inf)"),
            End::Open(high) => write!(formatter, ", {})", show(high)),
            End::Closed(high) => write!(formatter, ", {}]", show(high)),
        }
    }
}
