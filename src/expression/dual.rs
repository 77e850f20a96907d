//! A number with its derivatives: forward-mode differentiation over any [`Scalar`].

use super::scalar::Scalar;
use super::{EvaluationError, Rational, Tail};

/// A value and its slope in each of the references, in their order; an empty list is all zeros.
#[derive(Debug, Clone)]
pub(super) struct Dual<S> {
    pub(super) value: S,
    pub(super) slopes: Vec<Option<S>>,
}

impl<S: Scalar> Dual<S> {
    /// A reference: its slope in itself is one.
    pub(super) fn variable(value: S, index: usize, references: usize) -> Self {
        let one = S::number(&Rational::from_integer(1.into()));
        let slopes = (0..references).map(|other| (other == index).then(|| one.clone())).collect();
        Self { value, slopes }
    }

    /// A value that depends on this one with slope `slope`.
    fn chain(&self, value: S, slope: &S) -> Self {
        let slopes =
            self.slopes.iter().map(|own| own.as_ref().map(|own| own.times(slope))).collect();
        Self { value, slopes }
    }

    fn combine(
        &self,
        other: &Self,
        value: S,
        mine: impl Fn(&S) -> S,
        theirs: impl Fn(&S) -> S,
    ) -> Self {
        let length = self.slopes.len().max(other.slopes.len());
        let slopes = (0..length)
            .map(|index| {
                let one = self.slopes.get(index).and_then(Option::as_ref).map(&mine);
                let two = other.slopes.get(index).and_then(Option::as_ref).map(&theirs);
                match (one, two) {
                    (Some(one), Some(two)) => Some(one.plus(&two)),
                    (one, two) => one.or(two),
                }
            })
            .collect();
        Self { value, slopes }
    }
}

impl<S: Scalar> Scalar for Dual<S> {
    fn number(value: &Rational) -> Self {
        Self { value: S::number(value), slopes: Vec::new() }
    }
    fn plus(&self, other: &Self) -> Self {
        self.combine(other, self.value.plus(&other.value), S::clone, S::clone)
    }
    fn negated(&self) -> Self {
        let slopes = self.slopes.iter().map(|own| own.as_ref().map(S::negated)).collect();
        Self { value: self.value.negated(), slopes }
    }
    fn times(&self, other: &Self) -> Self {
        let product = self.value.times(&other.value);
        self.combine(
            other,
            product,
            |slope| slope.times(&other.value),
            |slope| slope.times(&self.value),
        )
    }
    fn inverse(&self) -> Result<Self, EvaluationError> {
        let value = self.value.inverse()?;
        let slope = self.value.power(2)?.inverse()?.negated();
        Ok(self.chain(value, &slope))
    }
    fn power(&self, power: i32) -> Result<Self, EvaluationError> {
        let value = self.value.power(power)?;
        if power == 0 {
            return Ok(Self { value, slopes: Vec::new() });
        }
        let factor = S::number(&Rational::from_integer(power.into()));
        let slope = self.value.power(power - 1)?.times(&factor);
        Ok(self.chain(value, &slope))
    }
    fn exp(&self) -> Result<Self, EvaluationError> {
        let value = self.value.exp()?;
        Ok(self.chain(value.clone(), &value))
    }
    fn ln(&self) -> Result<Self, EvaluationError> {
        Ok(self.chain(self.value.ln()?, &self.value.inverse()?))
    }
    fn sqrt(&self) -> Result<Self, EvaluationError> {
        let value = self.value.sqrt()?;
        let two = S::number(&Rational::from_integer(2.into()));
        let slope = value.times(&two).inverse()?;
        Ok(self.chain(value, &slope))
    }
    fn tail(tail: Tail, arguments: &[Self]) -> Result<Self, EvaluationError> {
        let values: Vec<S> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let zero = Self { value: S::tail(tail, &values)?, slopes: Vec::new() };
        let slopes = S::slopes_of_tail(tail, &values)?;
        Ok(arguments.iter().zip(&slopes).fold(zero, |so_far, (argument, slope)| {
            let part = argument.chain(so_far.value.clone(), slope);
            so_far.combine(&part, so_far.value.clone(), S::clone, S::clone)
        }))
    }
    fn slopes_of_tail(tail: Tail, arguments: &[Self]) -> Result<Vec<Self>, EvaluationError> {
        let values: Vec<S> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let flat = |value| Self { value, slopes: Vec::new() };
        Ok(S::slopes_of_tail(tail, &values)?.into_iter().map(flat).collect())
    }
    fn absolute(&self) -> Self {
        self.chain(self.value.absolute(), &self.value.slope_of_absolute())
    }
    fn slope_of_absolute(&self) -> Self {
        Self { value: self.value.slope_of_absolute(), slopes: Vec::new() }
    }
    fn where_smaller(&self, other: &Self, mine: &Self, theirs: &Self) -> Self {
        let zero = S::number(&Rational::from_integer(0.into()));
        let length = mine.slopes.len().max(theirs.slopes.len());
        let choose = |one: &S, two: &S| self.value.slope_where_smaller(&other.value, one, two);
        let slopes = (0..length)
            .map(|index| {
                let one = mine.slopes.get(index).and_then(Option::as_ref);
                let two = theirs.slopes.get(index).and_then(Option::as_ref);
                (one.is_some() || two.is_some())
                    .then(|| choose(one.unwrap_or(&zero), two.unwrap_or(&zero)))
            })
            .collect();
        let value = self.value.where_smaller(&other.value, &mine.value, &theirs.value);
        Self { value, slopes }
    }
}
