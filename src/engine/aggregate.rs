//! Sums, means, variances and correlations whose value does not depend on the order of the rows.
//!
//! They take the place of the engine's own: ints are summed in 128 bits, floats without rounding
//! ([`super::exact::Exact`]), and each result is rounded at its end. What would be infinite is an error.

use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, Int64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::EngineError;
use super::tally::{Columns, Kind, Tally, Value};

const NAMES: &[(&str, Kind)] = &[
    ("sum", Kind::Sum),
    ("avg", Kind::Mean),
    ("mean", Kind::Mean),
    ("var", Kind::Variance(1)),
    ("var_samp", Kind::Variance(1)),
    ("var_pop", Kind::Variance(0)),
    ("stddev", Kind::Deviation(1)),
    ("stddev_samp", Kind::Deviation(1)),
    ("stddev_pop", Kind::Deviation(0)),
    ("covar", Kind::Covariance(1)),
    ("covar_samp", Kind::Covariance(1)),
    ("covar_pop", Kind::Covariance(0)),
    ("corr", Kind::Correlation),
];

/// Returns the aggregates that replace the engine's.
pub(super) fn all() -> impl Iterator<Item = AggregateUDF> {
    NAMES.iter().map(|(name, kind)| {
        AggregateUDF::from(OrderFree {
            name,
            kind: *kind,
            signature: Signature::user_defined(Volatility::Immutable),
        })
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct OrderFree {
    name: &'static str,
    kind: Kind,
    signature: Signature,
}

impl AggregateUDFImpl for OrderFree {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let expected = self.kind.arguments();
        if given.len() != expected {
            let plural = if expected == 1 { "" } else { "s" };
            let message =
                format!("`{}` takes {expected} column{plural}, not {}", self.name, given.len());
            return Err(wrong(message));
        }
        let ints = self.kind.arguments() == 1 && matches!(self.kind, Kind::Sum | Kind::Mean);
        given.iter().map(|kind| coerced(self.name, kind, ints)).collect()
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        let int = self.kind == Kind::Sum && given.first() == Some(&DataType::Int64);
        Ok(if int { DataType::Int64 } else { DataType::Float64 })
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One { kind: self.kind, tally: Tally::new(self.kind, is_int(&arguments)) }))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format!("{}[tally]", arguments.name);
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        let int = is_int(&arguments);
        Ok(Box::new(Groups { kind: self.kind, int, tallies: Vec::new() }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

fn is_int(arguments: &AccumulatorArgs<'_>) -> bool {
    arguments.expr_fields.first().is_some_and(|field| field.data_type() == &DataType::Int64)
}

fn coerced(name: &str, kind: &DataType, ints: bool) -> Result<DataType> {
    match kind {
        kind if kind.is_integer() && ints => Ok(DataType::Int64),
        kind if kind.is_numeric() || kind.is_null() => Ok(DataType::Float64),
        other => {
            let word = super::failure::plain_words(&other.to_string());
            let help = if other == &DataType::Boolean { "; write `cast(x as int)`" } else { "" };
            Err(wrong(format!("`{name}` needs a number, not {word}{help}")))
        }
    }
}

fn wrong(message: String) -> DataFusionError {
    DataFusionError::External(Box::new(EngineError::Type { message }))
}

/// One group.
#[derive(Debug)]
struct One {
    kind: Kind,
    tally: Tally,
}

impl One {
    fn is_int(&self) -> bool {
        matches!(self.tally, Tally::Int { .. })
    }

    fn pass(&mut self, values: &[ArrayRef], sign: f64) {
        let columns = Columns::new(values);
        let rows = values.first().map_or(0, Array::len);
        (0..rows).for_each(|row| self.tally.add(row, &columns, sign));
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.pass(values, 1.0);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.pass(values, -1.0);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let int = self.is_int() && self.kind == Kind::Sum;
        Ok(match self.tally.value(self.kind)? {
            Some(Value::Int(value)) => ScalarValue::Int64(Some(value)),
            Some(Value::Float(value)) => ScalarValue::Float64(Some(value)),
            None if int => ScalarValue::Int64(None),
            None => ScalarValue::Float64(None),
        })
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.tally.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.tally.bytes()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let int = self.is_int();
        for bytes in states.iter().flat_map(|state| state.as_binary::<i32>().iter().flatten()) {
            self.tally.add_all(&Tally::from_bytes(self.kind, int, bytes)?);
        }
        Ok(())
    }
}

/// All groups.
struct Groups {
    kind: Kind,
    int: bool,
    tallies: Vec<Tally>,
}

impl Groups {
    fn grow(&mut self, groups: usize) {
        if self.tallies.len() < groups {
            self.tallies.resize(groups, Tally::new(self.kind, self.int));
        }
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        groups: usize,
    ) -> Result<()> {
        self.grow(groups);
        let columns = Columns::new(values);
        for (row, group) in group_indices.iter().enumerate() {
            if filter.is_some_and(|filter| !filter.is_valid(row) || !filter.value(row)) {
                continue;
            }
            if let Some(tally) = self.tallies.get_mut(*group) {
                tally.add(row, &columns, 1.0);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let tallies = emit_to.take_needed(&mut self.tallies);
        let values = tallies.iter().map(|tally| tally.value(self.kind));
        if self.int && self.kind == Kind::Sum {
            let ints = values.map(|value| {
                Ok(match value? {
                    Some(Value::Int(value)) => Some(value),
                    _ => None,
                })
            });
            return Ok(Arc::new(ints.collect::<Result<Int64Array>>()?));
        }
        let floats = values.map(|value| {
            Ok(match value? {
                Some(Value::Float(value)) => Some(value),
                _ => None,
            })
        });
        Ok(Arc::new(floats.collect::<Result<Float64Array>>()?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let tallies = emit_to.take_needed(&mut self.tallies);
        let states: BinaryArray = tallies.iter().map(|tally| Some(tally.bytes())).collect();
        Ok(vec![Arc::new(states)])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        groups: usize,
    ) -> Result<()> {
        self.grow(groups);
        let Some(states) = values.first().map(AsArray::as_binary::<i32>) else {
            return Ok(());
        };
        for (state, group) in states.iter().zip(group_indices) {
            if let (Some(state), Some(tally)) = (state, self.tallies.get_mut(*group)) {
                tally.add_all(&Tally::from_bytes(self.kind, self.int, state)?);
            }
        }
        Ok(())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let columns = Columns::new(values);
        let passes = |row| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let states: BinaryArray = (0..rows)
            .map(|row| {
                let mut tally = Tally::new(self.kind, self.int);
                if passes(row) {
                    tally.add(row, &columns, 1.0);
                }
                Some(tally.bytes())
            })
            .collect();
        Ok(vec![Arc::new(states)])
    }

    fn size(&self) -> usize {
        let heap: usize = self.tallies.iter().map(Tally::size).sum();
        heap + self.tallies.capacity() * size_of::<Tally>()
    }
}
