//! The values, derivatives and truth of expressions in floats, for the delta method and reruns.

use super::dual::Dual;
use super::scalar::Scalar;
use super::{Comparison, Condition, Expression, Function, Operator, Reference, Root, Tree};

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// Something that it refers to has no value.
    #[error("`{0}` has no value here")]
    Missing(Reference),
    /// A divisor is zero, or may be.
    #[error("it divides by zero")]
    DividesByZero,
    /// A function is asked for a number outside its domain.
    #[error("`{0}` is asked for a number outside its domain")]
    Domain(&'static str),
    /// The value is too large.
    #[error("its value is too large to compute with")]
    TooLarge,
    /// Its value has a kink where it is asked for a derivative.
    #[error("it has no derivative there (`abs` at zero, `min` or `max` at a tie)")]
    NoDerivative,
    /// It yields a yes or no, and a number was asked for.
    #[error("it is a comparison, not a number")]
    NotANumber,
    /// It yields a number, and a yes or no was asked for.
    #[error("it is a number, not a comparison")]
    NotACondition,
}

/// Evaluates a tree in any kind of number; `at` gives the references' values by index.
pub(super) fn evaluate<S: Scalar>(tree: &Tree, at: &[S]) -> Result<S, EvaluationError> {
    match tree {
        Tree::Number(value) => Ok(S::number(value)),
        Tree::Reference(index) => at.get(*index).cloned().ok_or(EvaluationError::NotANumber),
        Tree::Negate(inner) => Ok(evaluate(inner, at)?.negated()),
        Tree::Power(inner, power) => evaluate(inner, at)?.power(*power),
        Tree::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, at)?, evaluate(right, at)?);
            match operator {
                Operator::Add => Ok(left.plus(&right)),
                Operator::Subtract => Ok(left.plus(&right.negated())),
                Operator::Multiply => Ok(left.times(&right)),
                Operator::Divide => left.over(&right),
            }
        }
        Tree::Call(function, arguments) => {
            let values: Vec<S> =
                arguments.iter().map(|part| evaluate(part, at)).collect::<Result<_, _>>()?;
            call(*function, &values)
        }
    }
}

fn call<S: Scalar>(function: Function, values: &[S]) -> Result<S, EvaluationError> {
    let [first, rest @ ..] = values else { return Err(EvaluationError::NotANumber) };
    match function {
        Function::Exp => first.exp(),
        Function::Ln => first.ln(),
        Function::Sqrt => first.sqrt(),
        Function::P(tail) => S::tail(tail, values),
        Function::Abs => Ok(first.absolute()),
        Function::Min => Ok(rest
            .iter()
            .fold(first.clone(), |least, next| least.where_smaller(next, &least, next))),
        Function::Max => {
            Ok(rest.iter().fold(first.clone(), |most, next| most.where_smaller(next, next, &most)))
        }
    }
}

fn slope(value: f64) -> Result<f64, EvaluationError> {
    if value.is_nan() { Err(EvaluationError::NoDerivative) } else { finite(value) }
}

fn finite(value: f64) -> Result<f64, EvaluationError> {
    if value.is_finite() { Ok(value) } else { Err(EvaluationError::TooLarge) }
}

impl Expression {
    /// Computes the value, given the values of what it refers to.
    ///
    /// # Errors
    /// When something has no value, a divisor is zero, or a function leaves its domain.
    pub fn value(
        &self,
        lookup: &dyn Fn(&Reference) -> Option<f64>,
    ) -> Result<f64, EvaluationError> {
        let Root::Arithmetic(tree) = &self.root else { return Err(EvaluationError::NotANumber) };
        finite(evaluate(tree, &self.look_up(lookup)?)?)
    }

    /// Says whether the condition is true, given the values of what it refers to.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn holds(
        &self,
        lookup: &dyn Fn(&Reference) -> Option<f64>,
    ) -> Result<bool, EvaluationError> {
        let Root::Condition(condition) = &self.root else {
            return Err(EvaluationError::NotACondition);
        };
        truth(condition, &self.look_up(lookup)?)
    }

    /// Computes the value and its derivative in each of `references`, which have `values`.
    ///
    /// # Errors
    /// As [`Self::value`]; also where a derivative does not exist (`sqrt` and `abs` at zero,
    /// `min` and `max` of equal values with different slopes).
    pub fn gradient(
        &self,
        references: &[Reference],
        values: &[f64],
    ) -> Result<(f64, Vec<f64>), EvaluationError> {
        let Root::Arithmetic(tree) = &self.root else { return Err(EvaluationError::NotANumber) };
        let at: Vec<Dual<f64>> = self
            .references
            .iter()
            .map(|own| {
                let index = references.iter().position(|other| other == own);
                let value = index.and_then(|index| values.get(index).map(|value| (index, *value)));
                value
                    .map(|(index, value)| Dual::variable(value, index, references.len()))
                    .ok_or_else(|| EvaluationError::Missing(own.clone()))
            })
            .collect::<Result<_, _>>()?;
        let answer = evaluate(tree, &at)?;
        let value = finite(answer.value)?;
        let slopes = (0..references.len())
            .map(|index| slope(answer.slopes.get(index).copied().flatten().unwrap_or(0.0)))
            .collect::<Result<_, _>>()?;
        Ok((value, slopes))
    }

    /// Looks all references up, in their order.
    pub(super) fn look_up<T>(
        &self,
        lookup: &dyn Fn(&Reference) -> Option<T>,
    ) -> Result<Vec<T>, EvaluationError> {
        self.references
            .iter()
            .map(|own| lookup(own).ok_or_else(|| EvaluationError::Missing(own.clone())))
            .collect()
    }
}

fn truth(condition: &Condition, at: &[f64]) -> Result<bool, EvaluationError> {
    match condition {
        Condition::And(left, right) => Ok(truth(left, at)? && truth(right, at)?),
        Condition::Or(left, right) => Ok(truth(left, at)? || truth(right, at)?),
        Condition::Not(inner) => Ok(!truth(inner, at)?),
        Condition::Compare(comparison, left, right) => {
            let left = finite(evaluate(left, at)?)?;
            let right = finite(evaluate(right, at)?)?;
            Ok(match comparison {
                Comparison::Less => left < right,
                Comparison::LessOrEqual => left <= right,
                Comparison::Equal => left == right,
                Comparison::NotEqual => left != right,
                Comparison::GreaterOrEqual => left >= right,
                Comparison::Greater => left > right,
            })
        }
    }
}
