//! The plainest of expressions, column by column without a plan: a literal, a comparison of a column with one,
//! a `case` of such comparisons with literals, `ln` of a column.
//!
//! Gives what the engine gives, to the bit; where anything is not as plain as that (or has no
//! logarithm), the answer is none and the engine is asked.

use std::cmp::Ordering;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Value,
};

use super::{Column, Table, Values};
use crate::stats::math;

/// Evaluates an expression over the rows of a table.
pub(super) fn evaluate(expr: &Expr, table: &Table) -> Option<Column> {
    match expr {
        Expr::Nested(inner) => evaluate(inner, table),
        Expr::Case { operand: None, conditions, else_result, .. } => {
            case(conditions, else_result.as_deref(), table)
        }
        Expr::BinaryOp { .. } => {
            let condition = Condition::of(expr, table)?;
            let valid = condition.column.valid.clone();
            let values = (0..table.rows()).map(|row| condition.holds(row)).collect();
            Some(Column { values: Values::Bool(values), valid })
        }
        Expr::Function(_) => logarithm(expr, table),
        Expr::Value(_) => Some(Column::new(match number(expr)? {
            Number::Int(whole) => Values::Int(vec![whole; table.rows()]),
            Number::Float(value) => Values::Float(vec![value; table.rows()]),
        })),
        _ => None,
    }
}

/// A number as SQL reads it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Int(i64),
    Float(f64),
}

fn number(expr: &Expr) -> Option<Number> {
    let Expr::Value(value) = expr else { return None };
    let Value::Number(digits, false) = &value.value else { return None };
    match digits.parse() {
        Ok(whole) => Some(Number::Int(whole)),
        Err(_) if digits.bytes().all(|byte| byte.is_ascii_digit()) => None,
        Err(_) => digits.parse().ok().filter(|value: &f64| value.is_finite()).map(Number::Float),
    }
}

/// A column beside a literal.
struct Condition<'a> {
    column: &'a Column,
    operator: &'a BinaryOperator,
    literal: Literal,
}

enum Literal {
    Int(i64),
    Float(f64),
    /// The code of a text; none where no row has it.
    Code(Option<u32>),
}

impl<'a> Condition<'a> {
    fn of(expr: &'a Expr, table: &'a Table) -> Option<Self> {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        let Expr::BinaryOp { left, op, right } = expr else { return None };
        let Expr::Identifier(name) = left.as_ref() else { return None };
        let column = table.column(&name.value)?;
        let literal = match (&column.values, number(right)) {
            (Values::Int(_), Some(Number::Int(value))) => Literal::Int(value),
            (Values::Int(_) | Values::Float(_), Some(Number::Float(value))) => {
                Literal::Float(value)
            }
            (Values::Float(_), Some(Number::Int(value))) => Literal::Float(value as f64),
            (Values::Text { levels, .. }, None) if matches!(op, Eq | NotEq) => {
                let Expr::Value(value) = right.as_ref() else { return None };
                let Value::SingleQuotedString(text) = &value.value else { return None };
                Literal::Code(
                    levels.iter().position(|level| level == text.as_str()).map(|at| at as u32),
                )
            }
            _ => return None,
        };
        let known = matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq);
        known.then_some(Self { column, operator: op, literal })
    }

    /// Says whether it is true of a row that is not null.
    fn holds(&self, row: usize) -> bool {
        let order = match (&self.column.values, &self.literal) {
            (Values::Int(values), Literal::Int(literal)) => {
                values.get(row).map(|value| value.cmp(literal))
            }
            (Values::Int(values), Literal::Float(literal)) => {
                values.get(row).and_then(|value| (*value as f64).partial_cmp(literal))
            }
            (Values::Float(values), Literal::Float(literal)) => {
                values.get(row).and_then(|value| value.partial_cmp(literal))
            }
            (Values::Text { codes, .. }, Literal::Code(code)) => {
                let same = code.is_some() && codes.get(row) == code.as_ref();
                Some(if same { Ordering::Equal } else { Ordering::Less })
            }
            _ => None,
        };
        order.is_some_and(|order| match self.operator {
            BinaryOperator::Eq => order.is_eq(),
            BinaryOperator::NotEq => order.is_ne(),
            BinaryOperator::Lt => order.is_lt(),
            BinaryOperator::LtEq => order.is_le(),
            BinaryOperator::Gt => order.is_gt(),
            _ => order.is_ge(),
        })
    }
}

/// The first result whose condition is true; a condition of a null is not.
fn case(conditions: &[CaseWhen], otherwise: Option<&Expr>, table: &Table) -> Option<Column> {
    let whens: Vec<Condition<'_>> = conditions
        .iter()
        .map(|when| Condition::of(&when.condition, table))
        .collect::<Option<_>>()?;
    let mut results: Vec<Number> =
        conditions.iter().map(|when| number(&when.result)).collect::<Option<_>>()?;
    let last = match otherwise {
        Some(expr) => Some(number(expr)?),
        None => None,
    };
    let zero = match results.first()? {
        Number::Int(_) => Number::Int(0),
        Number::Float(_) => Number::Float(0.0),
    };
    results.push(last.unwrap_or(zero));
    let chosen = |row: usize| {
        let place = whens.iter().position(|when| when.column.is_valid(row) && when.holds(row));
        place.unwrap_or(whens.len())
    };
    let rows = 0..table.rows();
    let ints: Option<Vec<i64>> = results
        .iter()
        .map(|one| if let Number::Int(one) = one { Some(*one) } else { None })
        .collect();
    let floats: Option<Vec<f64>> = results
        .iter()
        .map(|one| if let Number::Float(one) = one { Some(*one) } else { None })
        .collect();
    let places: Vec<usize> = rows.map(chosen).collect();
    let values = match (ints, floats) {
        (Some(ints), _) => {
            Values::Int(places.iter().filter_map(|at| ints.get(*at).copied()).collect())
        }
        (_, Some(floats)) => {
            Values::Float(places.iter().filter_map(|at| floats.get(*at).copied()).collect())
        }
        _ => return None,
    };
    Some(match last {
        Some(_) => Column::new(values),
        None => Column::with_nulls(values, places.iter().map(|at| *at < whens.len()).collect()),
    })
}

fn logarithm(expr: &Expr, table: &Table) -> Option<Column> {
    let Expr::Function(call) = expr else { return None };
    let FunctionArguments::List(list) = &call.args else { return None };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(name)))] =
        list.args.as_slice()
    else {
        return None;
    };
    // Nothing but a name and a column: every other clause would show.
    if call.to_string().to_lowercase() != format!("ln({name})").to_lowercase() {
        return None;
    }
    let column = table.column(&name.value)?;
    let of = |row: usize, value: f64| match (column.is_valid(row), value > 0.0) {
        (true, true) => Some(math::ln(value)),
        (true, false) => None,
        (false, _) => Some(0.0),
    };
    let values: Option<Vec<f64>> = match &column.values {
        Values::Int(values) => {
            values.iter().enumerate().map(|(row, value)| of(row, *value as f64)).collect()
        }
        Values::Float(values) => {
            values.iter().enumerate().map(|(row, value)| of(row, *value)).collect()
        }
        _ => None,
    };
    Some(Column { values: Values::Float(values?), valid: column.valid.clone() })
}
