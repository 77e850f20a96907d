//! The plainest of expressions, column by column without a plan: a literal, a comparison of a column with one,
//! a `case` of such comparisons with literals, `ln` of a column.
//!
//! Gives what the engine gives, to the bit; where anything is not as plain as that (or has no
//! logarithm), the answer is none and the engine is asked.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Value,
};

use super::{Codes, Column, Table, Values};
use crate::stats::{math, whole};

/// Rows that all conditions of a `case` see before the next: few enough to stay in the cache.
const BLOCK: usize = 2048;

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
            let mut chosen = vec![0; table.rows()];
            condition.mark(0, &mut chosen, 1);
            let values = chosen.into_iter().map(|chosen| chosen == 1).collect();
            Some(Column::of(Values::Bool(values), valid))
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

    /// Writes a mark into those of the rows from `first` of which it is true; none that is null is one.
    fn mark(&self, first: usize, chosen: &mut [u8], mark: u8) {
        let rows = first..first + chosen.len();
        let valid = self.column.valid.as_ref().and_then(|valid| valid.get(rows.clone()));
        let before = valid.map(|valid| (valid, chosen.to_vec()));
        match (&self.column.values, &self.literal) {
            (Values::Int(values), Literal::Int(literal)) => {
                self.compare(values.get(rows), |value| *value, *literal, chosen, mark);
            }
            (Values::Int(values), Literal::Float(literal)) => {
                self.compare(values.get(rows), |value| *value as f64, *literal, chosen, mark);
            }
            (Values::Float(values), Literal::Float(literal)) => {
                self.compare(values.get(rows), |value| *value, *literal, chosen, mark);
            }
            (Values::Text { codes, levels }, Literal::Code(code)) => {
                let code = code.unwrap_or(levels.len() as u32);
                match codes {
                    Codes::Bytes(codes) => {
                        self.compare(codes.get(rows), |code| u32::from(*code), code, chosen, mark);
                    }
                    Codes::Words(codes) => {
                        self.compare(codes.get(rows), |code| *code, code, chosen, mark);
                    }
                }
            }
            _ => {}
        }
        let Some((valid, before)) = before else { return };
        for ((slot, valid), before) in chosen.iter_mut().zip(valid).zip(before) {
            if !valid {
                *slot = before;
            }
        }
    }

    fn compare<V, T: PartialOrd + Copy>(
        &self,
        values: Option<&[V]>,
        of: impl Fn(&V) -> T,
        literal: T,
        chosen: &mut [u8],
        mark: u8,
    ) {
        let values = values.unwrap_or_default();
        match self.operator {
            BinaryOperator::Eq => choose(values, |value| of(value) == literal, chosen, mark),
            BinaryOperator::NotEq => choose(values, |value| of(value) != literal, chosen, mark),
            BinaryOperator::Lt => choose(values, |value| of(value) < literal, chosen, mark),
            BinaryOperator::LtEq => choose(values, |value| of(value) <= literal, chosen, mark),
            BinaryOperator::Gt => choose(values, |value| of(value) > literal, chosen, mark),
            _ => choose(values, |value| of(value) >= literal, chosen, mark),
        }
    }
}

fn choose<V>(values: &[V], holds: impl Fn(&V) -> bool, chosen: &mut [u8], mark: u8) {
    for (slot, value) in chosen.iter_mut().zip(values) {
        // Without a branch, which would guess wrongly often.
        let take = u8::from(holds(value)).wrapping_neg();
        *slot = (*slot & !take) | (mark & take);
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
    let mut chosen = vec![u8::try_from(whens.len()).ok()?; table.rows()];
    for (block, chosen) in chosen.chunks_mut(BLOCK).enumerate() {
        // From the last to the first, so that the first that is true has the last word.
        for (place, when) in whens.iter().enumerate().rev() {
            when.mark(block * BLOCK, chosen, place as u8);
        }
    }
    let ints: Option<Vec<i64>> = results
        .iter()
        .map(|one| if let Number::Int(one) = one { Some(*one) } else { None })
        .collect();
    let floats: Option<Vec<f64>> = results
        .iter()
        .map(|one| if let Number::Float(one) = one { Some(*one) } else { None })
        .collect();
    let values = match (ints, floats) {
        (Some(ints), _) => Values::Int(picked(&ints, &chosen)),
        (_, Some(floats)) => Values::Float(picked(&floats, &chosen)),
        _ => return None,
    };
    Some(match last {
        Some(_) => Column::new(values),
        None => Column::with_nulls(
            values,
            chosen.iter().map(|at| usize::from(*at) < whens.len()).collect(),
        ),
    })
}

fn picked<T: Copy + Default>(results: &[T], chosen: &[u8]) -> Vec<T> {
    let result = |at: &u8| results.get(usize::from(*at)).copied().unwrap_or_default();
    chosen.iter().map(result).collect()
}

/// The logarithm of a column; none where a number is not positive: the engine says what comes of that.
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
    let numbers = match &column.values {
        Values::Int(_) | Values::Float(_) => column.numbers()?,
        _ => return None,
    };
    let mut logarithms = math::ln_all(numbers.values());
    if !whole::all_finite(&logarithms) {
        for (row, logarithm) in logarithms.iter_mut().enumerate() {
            match (column.is_valid(row), logarithm.is_finite()) {
                (true, true) => {}
                (true, false) => return None,
                (false, _) => *logarithm = 0.0,
            }
        }
    }
    Some(Column::of(Values::Float(logarithms), column.valid.clone()))
}
