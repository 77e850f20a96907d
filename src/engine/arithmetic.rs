//! Arithmetic that says so where it has no finite answer: `+ - * / %` on ints and floats.
//!
//! The engine's own wraps ints around and divides floats into infinity. These take its place in
//! every plan; the lenient kind, for finding the row of a failure, lets floats be infinite.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use datafusion::arrow::compute::kernels::arity::try_binary;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::binary::BinaryTypeCoercer;
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, Operator, ReturnFieldArgs, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::EngineError;

/// One operator.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Arithmetic {
    operator: Operator,
    strict: bool,
    signature: Signature,
}

impl Arithmetic {
    fn new(operator: Operator, strict: bool) -> Self {
        Self { operator, strict, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// An error of ours, carried through the engine.
pub(super) fn ours(error: EngineError) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

impl ScalarUDFImpl for Arithmetic {
    fn name(&self) -> &str {
        match self.operator {
            Operator::Plus => "plus",
            Operator::Minus => "minus",
            Operator::Multiply => "times",
            Operator::Divide => "divided_by",
            _ => "modulo",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let kind = if given.iter().any(DataType::is_floating) {
            DataType::Float64
        } else {
            DataType::Int64
        };
        Ok(vec![kind; given.len()])
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok(given.first().cloned().unwrap_or(DataType::Int64))
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(field_of(self.name(), given))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        both(&arguments, |left, right| {
            if left.data_type() == &DataType::Int64 {
                let (left, right) =
                    (left.as_primitive::<Int64Type>(), right.as_primitive::<Int64Type>());
                let values: PrimitiveArray<Int64Type> =
                    try_binary(left, right, |x, y| whole(self.operator, x, y))?;
                return Ok(Arc::new(values));
            }
            let (left, right) =
                (left.as_primitive::<Float64Type>(), right.as_primitive::<Float64Type>());
            let values: PrimitiveArray<Float64Type> =
                try_binary(left, right, |x, y| real(self.operator, x, y, self.strict))?;
            Ok(Arc::new(values))
        })
    }
}

/// The result of a function of numbers: the type of its first argument, null where one is.
pub(super) fn field_of(name: &str, given: ReturnFieldArgs<'_>) -> FieldRef {
    let kind = given.arg_fields.first().map_or(DataType::Int64, |field| field.data_type().clone());
    let nullable = given.arg_fields.iter().any(|field| field.is_nullable());
    Arc::new(Field::new(name, kind, nullable))
}

/// Evaluates a function of two columns of one type; two scalars give a scalar.
pub(super) fn both(
    arguments: &ScalarFunctionArgs,
    compute: impl Fn(&ArrayRef, &ArrayRef) -> Result<ArrayRef, ArrowError>,
) -> Result<ColumnarValue> {
    let [left, right] = arguments.args.as_slice() else {
        return Err(DataFusionError::Internal("two arguments were expected".to_owned()));
    };
    let scalar = matches!((left, right), (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_)));
    let rows = if scalar { 1 } else { arguments.number_rows };
    let (left, right) = (left.to_array(rows)?, right.to_array(rows)?);
    let values = compute(&left, &right)?;
    if scalar {
        return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&values, 0)?));
    }
    Ok(ColumnarValue::Array(values))
}

fn whole(operator: Operator, x: i64, y: i64) -> Result<i64, ArrowError> {
    let (value, sign) = match operator {
        Operator::Plus => (x.checked_add(y), '+'),
        Operator::Minus => (x.checked_sub(y), '-'),
        Operator::Multiply => (x.checked_mul(y), '*'),
        _ if y == 0 => return Err(ours(EngineError::DivideByZero)),
        Operator::Divide => (x.checked_div(y), '/'),
        _ => (x.checked_rem(y), '%'),
    };
    value.ok_or_else(|| {
        let message =
            format!("{x} {sign} {y} is beyond 64 bits; make it a float with `cast(x as double)`");
        ours(EngineError::Limit { message })
    })
}

fn real(operator: Operator, x: f64, y: f64, strict: bool) -> Result<f64, ArrowError> {
    let (value, sign) = match operator {
        Operator::Plus => (x + y, '+'),
        Operator::Minus => (x - y, '-'),
        Operator::Multiply => (x * y, '*'),
        Operator::Divide => (x / y, '/'),
        _ => (x % y, '%'),
    };
    if value.is_finite() || !strict {
        return Ok(value);
    }
    if y == 0.0 {
        return Err(ours(EngineError::DivideByZero));
    }
    let message = format!("{x} {sign} {y} is beyond 1.8e308");
    Err(ours(EngineError::Domain { message }))
}

/// Puts [`Arithmetic`] in the place of the engine's own operators.
#[derive(Debug, Clone)]
pub(super) struct Replace {
    operators: Vec<(Operator, Arc<ScalarUDF>)>,
}

impl Replace {
    /// Makes the strict or the lenient kind.
    pub(super) fn new(strict: bool) -> Self {
        let operators = [
            Operator::Plus,
            Operator::Minus,
            Operator::Multiply,
            Operator::Divide,
            Operator::Modulo,
        ];
        let function = |operator| Arc::new(ScalarUDF::from(Arithmetic::new(operator, strict)));
        Self { operators: operators.map(|operator| (operator, function(operator))).into() }
    }

    fn function(&self, operator: Operator) -> Option<&Arc<ScalarUDF>> {
        self.operators.iter().find(|(known, _)| *known == operator).map(|(_, function)| function)
    }

    /// Replaces every operator of an expression whose types were coerced before.
    pub(super) fn everywhere(&self, expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
        match expr {
            Expr::BinaryExpr(binary) if self.function(binary.op).is_some() => {
                self.operation(binary, schema).map(|(expr, _)| Transformed::yes(expr))
            }
            other => other.map_children(|child| self.everywhere(child, schema)),
        }
    }

    /// Replaces one operation and those within it. The types come up with the expressions: to ask a
    /// long chain of functions for its type at each link would take the cube of its length.
    fn operation(&self, binary: BinaryExpr, schema: &DFSchema) -> Result<(Expr, DataType)> {
        let (left, left_kind) = self.operand(*binary.left, schema)?;
        let (right, right_kind) = self.operand(*binary.right, schema)?;
        let plain = matches!(left_kind, DataType::Int64 | DataType::Float64);
        match self.function(binary.op) {
            Some(function) if plain && left_kind == right_kind => {
                Ok((function.call(vec![left, right]), left_kind))
            }
            _ => {
                let kind = BinaryTypeCoercer::new(&left_kind, &binary.op, &right_kind);
                let kind = kind.get_result_type()?;
                let whole = BinaryExpr::new(Box::new(left), binary.op, Box::new(right));
                Ok((Expr::BinaryExpr(whole), kind))
            }
        }
    }

    fn operand(&self, expr: Expr, schema: &DFSchema) -> Result<(Expr, DataType)> {
        match expr {
            Expr::BinaryExpr(binary) if self.function(binary.op).is_some() => {
                self.operation(binary, schema)
            }
            other => {
                let kind = other.get_type(schema)?;
                Ok((self.everywhere(other, schema)?.data, kind))
            }
        }
    }
}

/// Before the engine folds constants: it would wrap ints around.
impl FunctionRewrite for Replace {
    fn name(&self) -> &'static str {
        "finite constants"
    }

    fn rewrite(
        &self,
        expr: Expr,
        schema: &DFSchema,
        _: &ConfigOptions,
    ) -> Result<Transformed<Expr>> {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = expr else {
            return Ok(Transformed::no(expr));
        };
        let number = |expr: &Expr| {
            let kind = expr.get_type(schema);
            matches!(expr, Expr::Literal(..))
                && kind.is_ok_and(|kind| kind.is_integer() || kind.is_floating())
        };
        match self.function(op) {
            Some(function) if number(&left) && number(&right) => {
                Ok(Transformed::yes(function.call(vec![*left, *right])))
            }
            _ => Ok(Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right }))),
        }
    }
}

/// Says whether a function may fail on a row: one of ours, that is.
pub(super) fn can_fail(function: &ScalarUDF) -> bool {
    let inner = function.inner();
    inner.is::<Arithmetic>() || super::scalar::is_ours(inner.as_ref())
}
