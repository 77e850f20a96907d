//! What numbers, intervals and their derivatives have in common, so that a tree is walked once.

use num_traits::{Signed, Zero};

use super::interval::{End, Interval};
use super::{EvaluationError, Rational, Tail, nearest_float, rational_of};

/// A kind of number in which an expression can be evaluated.
pub(super) trait Scalar: Clone {
    /// Takes a number as written.
    fn number(value: &Rational) -> Self;
    /// Returns the sum.
    fn plus(&self, other: &Self) -> Self;
    /// Returns the opposite.
    fn negated(&self) -> Self;
    /// Returns the product.
    fn times(&self, other: &Self) -> Self;
    /// Returns one over the number.
    fn inverse(&self) -> Result<Self, EvaluationError>;
    /// Returns the quotient.
    fn over(&self, other: &Self) -> Result<Self, EvaluationError> {
        Ok(self.times(&other.inverse()?))
    }
    /// Returns a whole power.
    fn power(&self, power: i32) -> Result<Self, EvaluationError>;
    /// Returns the exponential.
    fn exp(&self) -> Result<Self, EvaluationError>;
    /// Returns the natural logarithm.
    fn ln(&self) -> Result<Self, EvaluationError>;
    /// Returns the square root.
    fn sqrt(&self) -> Result<Self, EvaluationError>;
    /// Returns the p value of a test statistic.
    fn tail(tail: Tail, arguments: &[Self]) -> Result<Self, EvaluationError>;
    /// Returns the slope of that p value in each argument.
    fn slopes_of_tail(tail: Tail, arguments: &[Self]) -> Result<Vec<Self>, EvaluationError>;
    /// Returns the absolute value.
    fn absolute(&self) -> Self;
    /// Returns the slope of the absolute value; where it has none, a float is not a number.
    fn slope_of_absolute(&self) -> Self;
    /// Chooses `mine` where `self` is the smaller of the two, `theirs` where `other` is.
    fn where_smaller(&self, other: &Self, mine: &Self, theirs: &Self) -> Self;
    /// Chooses between slopes likewise; of two floats that tie, slopes that differ are not a number.
    fn slope_where_smaller(&self, other: &Self, mine: &Self, theirs: &Self) -> Self {
        self.where_smaller(other, mine, theirs)
    }
}

impl Scalar for f64 {
    fn number(value: &Rational) -> Self {
        nearest_float(value)
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn negated(&self) -> Self {
        -self
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn inverse(&self) -> Result<Self, EvaluationError> {
        1.0.over(self)
    }
    fn over(&self, other: &Self) -> Result<Self, EvaluationError> {
        if *other == 0.0 { Err(EvaluationError::DividesByZero) } else { Ok(self / other) }
    }
    fn power(&self, power: i32) -> Result<Self, EvaluationError> {
        let raised = num_traits::pow(*self, power.unsigned_abs() as usize);
        if power < 0 { raised.inverse() } else { Ok(raised) }
    }
    fn exp(&self) -> Result<Self, EvaluationError> {
        Ok(libm::exp(*self))
    }
    fn ln(&self) -> Result<Self, EvaluationError> {
        if *self > 0.0 { Ok(libm::log(*self)) } else { Err(EvaluationError::Domain("ln")) }
    }
    fn sqrt(&self) -> Result<Self, EvaluationError> {
        if *self >= 0.0 { Ok(libm::sqrt(*self)) } else { Err(EvaluationError::Domain("sqrt")) }
    }
    fn tail(tail: Tail, arguments: &[Self]) -> Result<Self, EvaluationError> {
        tail.value(arguments)
    }
    fn slopes_of_tail(tail: Tail, arguments: &[Self]) -> Result<Vec<Self>, EvaluationError> {
        tail.slopes(arguments)
    }
    fn absolute(&self) -> Self {
        self.abs()
    }
    fn slope_of_absolute(&self) -> Self {
        if *self == 0.0 { Self::NAN } else { self.signum() }
    }
    fn where_smaller(&self, other: &Self, mine: &Self, theirs: &Self) -> Self {
        if self <= other { *mine } else { *theirs }
    }
    fn slope_where_smaller(&self, other: &Self, mine: &Self, theirs: &Self) -> Self {
        if self == other && mine != theirs {
            Self::NAN
        } else {
            self.where_smaller(other, mine, theirs)
        }
    }
}

/// Floats that surely enclose `value`, one step outward on each side.
fn around(value: &Rational) -> (f64, f64) {
    let float = nearest_float(value);
    (float.next_down(), float.next_up())
}

/// An increasing function over an interval, rounded outward: four steps cover `libm`'s error of
/// less than one unit in the last place.
fn increasing(of: &Interval, function: impl Fn(f64) -> f64, least: Option<f64>) -> Interval {
    let step = |value: f64, up: bool| {
        (0..4).fold(value, |value, _| if up { value.next_up() } else { value.next_down() })
    };
    let bound = |float: f64| rational_of(float).map_or(End::Infinite, End::Closed);
    let low = match of.low.value() {
        Some(low) => {
            let below = step(function(around(low).0), false);
            let below = least.map_or(below, |least| if below >= least { below } else { least });
            bound(below)
        }
        None => least.map_or(End::Infinite, bound),
    };
    let high = match of.high.value() {
        Some(high) => bound(step(function(around(high).1), true)),
        None => End::Infinite,
    };
    Interval { low, high }
}

impl Scalar for Interval {
    fn number(value: &Rational) -> Self {
        Self::point(value.clone())
    }
    fn plus(&self, other: &Self) -> Self {
        Self::plus(self, other)
    }
    fn negated(&self) -> Self {
        Self::negated(self)
    }
    fn times(&self, other: &Self) -> Self {
        Self::times(self, other)
    }
    fn inverse(&self) -> Result<Self, EvaluationError> {
        Self::inverse(self)
    }
    fn power(&self, power: i32) -> Result<Self, EvaluationError> {
        Self::power(self, power)
    }
    fn exp(&self) -> Result<Self, EvaluationError> {
        if self.as_point().is_some_and(Zero::is_zero) {
            return Ok(Self::point(Rational::from_integer(1.into())));
        }
        Ok(increasing(self, libm::exp, Some(0.0)))
    }
    fn ln(&self) -> Result<Self, EvaluationError> {
        let positive = self.is_never_negative() && !self.contains(&Rational::zero());
        if !positive {
            return Err(EvaluationError::Domain("ln"));
        }
        let logarithm = |value: f64| if value > 0.0 { libm::log(value) } else { f64::NEG_INFINITY };
        Ok(increasing(self, logarithm, None))
    }
    fn sqrt(&self) -> Result<Self, EvaluationError> {
        if !self.is_never_negative() {
            return Err(EvaluationError::Domain("sqrt"));
        }
        let exact = |end: &End| match end.value() {
            None => Some(End::Infinite),
            Some(value) => {
                let root = Rational::new(value.numer().sqrt(), value.denom().sqrt());
                (&root * &root == *value).then(|| end.map(|_| root))
            }
        };
        let outer = increasing(self, |value| libm::sqrt(value.max(0.0)), Some(0.0));
        Ok(Self {
            low: exact(&self.low).unwrap_or(outer.low),
            high: exact(&self.high).unwrap_or(outer.high),
        })
    }
    fn tail(tail: Tail, arguments: &[Self]) -> Result<Self, EvaluationError> {
        tail.range(arguments)
    }
    fn slopes_of_tail(tail: Tail, arguments: &[Self]) -> Result<Vec<Self>, EvaluationError> {
        Ok(tail.signs(arguments))
    }
    fn absolute(&self) -> Self {
        Self::absolute(self)
    }
    fn slope_of_absolute(&self) -> Self {
        let one = Rational::from_integer(1.into());
        let sure = |end: &End| end.value().is_some_and(|value| !value.is_zero());
        if self.is_never_negative() && sure(&self.low) {
            Self::point(one)
        } else if self.is_never_positive() && sure(&self.high) {
            Self::point(-one)
        } else {
            Self::closed(-&one, one)
        }
    }
    fn where_smaller(&self, other: &Self, mine: &Self, theirs: &Self) -> Self {
        let below = |one: &Self, two: &Self| match (one.high.value(), two.low.value()) {
            (Some(high), Some(low)) => (high - low).is_negative(),
            _ => false,
        };
        if below(self, other) {
            mine.clone()
        } else if below(other, self) {
            theirs.clone()
        } else {
            mine.hull(theirs)
        }
    }
}
