//! Functions of numbers with the same bits on every machine: through `stats::math`, never the
//! platform. Outside its domain a function is an error, not a number that is none.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use datafusion::arrow::compute::kernels::arity::try_binary;
use datafusion::arrow::datatypes::{DataType, FieldRef, Float64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::EngineError;
use super::arithmetic::{both, field_of, ours};
use crate::stats::math;

type One = fn(f64) -> f64;
type Two = fn(f64, f64) -> f64;

const ONE: &[(&str, One)] = &[
    ("acos", math::acos),
    ("acosh", math::acosh),
    ("asin", math::asin),
    ("asinh", math::asinh),
    ("atan", math::atan),
    ("atanh", math::atanh),
    ("cbrt", math::cbrt),
    ("cos", math::cos),
    ("cosh", math::cosh),
    ("degrees", |x| x * (180.0 / std::f64::consts::PI)),
    ("exp", math::exp),
    ("ln", math::ln),
    ("log10", math::log10),
    ("log2", math::log2),
    ("radians", |x| x * (std::f64::consts::PI / 180.0)),
    ("sin", math::sin),
    ("sinh", math::sinh),
    ("sqrt", math::sqrt),
    ("tan", math::tan),
    ("tanh", math::tanh),
];

const TWO: &[(&str, Two)] = &[
    ("atan2", math::atan2),
    ("pow", math::powf),
    ("power", math::powf),
    ("log", log),
    ("round", round),
];

/// The logarithm of the second to the base of the first.
fn log(base: f64, x: f64) -> f64 {
    // By ratio, but exact where the base has a function of its own.
    if base == 10.0 {
        math::log10(x)
    } else if base == 2.0 {
        math::log2(x)
    } else {
        math::ln(x) / math::ln(base)
    }
}

/// Rounds the number as it is (0.285 is a little less than 0.285) to decimals; ties go away from 0.
fn round(x: f64, decimals: f64) -> f64 {
    if decimals == 0.0 {
        return x.round();
    }
    if decimals < 0.0 {
        let unit = math::powi(10.0, decimals.max(-330.0).abs() as i32);
        return if unit.is_finite() { (x / unit).round() * unit } else { 0.0 };
    }
    if decimals > 22.0 || x.abs() >= 1e15 {
        return x;
    }
    let scale = math::powi(10.0, decimals as i32);
    let scaled = x * scale;
    let tie = x.mul_add(scale, -scaled) == 0.0 && scaled.fract().abs() == 0.5;
    if tie {
        return scaled.round() / scale;
    }
    format!("{x:.*}", decimals as usize).parse().unwrap_or(x)
}

/// Returns the functions that replace the engine's; the lenient kind lets floats be infinite.
pub(super) fn all(strict: bool) -> impl Iterator<Item = ScalarUDF> {
    let signature = || Signature::user_defined(Volatility::Immutable);
    let ones = ONE
        .iter()
        .map(move |(name, _)| ScalarUDF::from(OfOne { name, strict, signature: signature() }));
    let twos = TWO
        .iter()
        .map(move |(name, _)| ScalarUDF::from(OfTwo { name, strict, signature: signature() }));
    ones.chain(twos)
}

/// Says whether a function is one of these.
pub(super) fn is_ours(function: &dyn ScalarUDFImpl) -> bool {
    function.is::<OfOne>() || function.is::<OfTwo>()
}

fn checked(value: f64, strict: bool, call: impl Fn() -> String) -> Result<f64, ArrowError> {
    if value.is_finite() || !strict {
        return Ok(value);
    }
    let message =
        format!("{} is {}", call(), if value.is_nan() { "no number" } else { "infinite" });
    Err(ours(EngineError::Domain { message }))
}

fn numbers(
    name: &str,
    given: &[DataType],
    allowed: std::ops::RangeInclusive<usize>,
) -> Result<Vec<DataType>> {
    let wrong =
        |message: String| DataFusionError::External(Box::new(EngineError::Type { message }));
    if !allowed.contains(&given.len()) {
        let message = format!("`{name}` takes {} argument(s), not {}", allowed.end(), given.len());
        return Err(wrong(message));
    }
    if let Some(other) = given.iter().find(|kind| !kind.is_numeric() && !kind.is_null()) {
        let word = super::failure::plain_words(&other.to_string());
        return Err(wrong(format!("`{name}` needs a number, not {word}")));
    }
    Ok(vec![DataType::Float64; given.len()])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct OfOne {
    name: &'static str,
    strict: bool,
    signature: Signature,
}

impl ScalarUDFImpl for OfOne {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        numbers(self.name, given, 1..=1)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(field_of(self.name, given))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((_, function)) = ONE.iter().find(|(name, _)| *name == self.name) else {
            return Err(DataFusionError::Internal(format!("no function `{}`", self.name)));
        };
        let compute = |values: &ArrayRef| -> Result<ArrayRef, ArrowError> {
            let values: &PrimitiveArray<Float64Type> = values.as_primitive();
            let call = |x| checked(function(x), self.strict, || format!("{}({x})", self.name));
            Ok(Arc::new(values.try_unary::<_, Float64Type, _>(call)?))
        };
        match arguments.args.as_slice() {
            [ColumnarValue::Array(values)] => Ok(ColumnarValue::Array(compute(values)?)),
            [ColumnarValue::Scalar(value)] => {
                let values = compute(&value.to_array()?)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&values, 0)?))
            }
            _ => Err(DataFusionError::Internal("one argument was expected".to_owned())),
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct OfTwo {
    name: &'static str,
    strict: bool,
    signature: Signature,
}

impl OfTwo {
    /// `log(x)` is to base 10, `round(x)` to no decimals.
    fn completed(&self, mut arguments: ScalarFunctionArgs) -> ScalarFunctionArgs {
        if arguments.args.len() == 1 {
            let scalar = |value| ColumnarValue::Scalar(ScalarValue::Float64(Some(value)));
            match self.name {
                "log" => arguments.args.insert(0, scalar(10.0)),
                _ => arguments.args.push(scalar(0.0)),
            }
        }
        arguments
    }
}

impl ScalarUDFImpl for OfTwo {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let least = if matches!(self.name, "log" | "round") { 1 } else { 2 };
        numbers(self.name, given, least..=2)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(field_of(self.name, given))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((_, function)) = TWO.iter().find(|(name, _)| *name == self.name) else {
            return Err(DataFusionError::Internal(format!("no function `{}`", self.name)));
        };
        both(&self.completed(arguments), |left, right| {
            let left: &PrimitiveArray<Float64Type> = left.as_primitive();
            let right: &PrimitiveArray<Float64Type> = right.as_primitive();
            let call =
                |x, y| checked(function(x, y), self.strict, || format!("{}({x}, {y})", self.name));
            let values: PrimitiveArray<Float64Type> = try_binary(left, right, call)?;
            Ok(Arc::new(values))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: PostgreSQL's and DuckDB's `round` on numerics that are exactly the floats.
    #[test]
    fn rounding_looks_at_the_number_as_it_is() {
        for (x, decimals, expected) in [
            (0.285, 2.0, 0.28),
            (0.125, 2.0, 0.13),
            (-0.125, 2.0, -0.13),
            (2.5, 0.0, 3.0),
            (-2.5, 0.0, -3.0),
            (1.005, 2.0, 1.0),
            (1234.5678, 2.0, 1234.57),
            (1250.0, -2.0, 1300.0),
            (0.1, 30.0, 0.1),
        ] {
            assert_eq!(round(x, decimals), expected, "round({x}, {decimals})");
        }
    }
}
