//! Sums, means, variances and correlations whose value does not depend on the order of the rows.
//!
//! They take the place of the engine's own: ints are summed in 128 bits, floats without rounding
//! ([`Exact`]), and each result is rounded at its end. What would be infinite is an error.

use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, Int64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::EngineError;
use super::exact::{Exact, root};

/// What an aggregate computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Sum,
    Mean,
    /// Divided by n less this.
    Variance(u64),
    Deviation(u64),
    Covariance(u64),
    Correlation,
}

impl Kind {
    fn arguments(self) -> usize {
        if matches!(self, Self::Covariance(_) | Self::Correlation) { 2 } else { 1 }
    }
}

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

fn too_large() -> DataFusionError {
    let message = "a sum is beyond what a number can hold".to_owned();
    DataFusionError::External(Box::new(EngineError::Limit { message }))
}

/// What is kept of the rows of one group.
#[derive(Debug, Clone)]
enum Tally {
    Int { count: u64, sum: i128 },
    Float { count: u64, sum: Exact },
    Square(Box<Square>),
    Pair(Box<Pair>),
}

#[derive(Debug, Clone, Default)]
struct Square {
    count: u64,
    sum: Exact,
    squares: Exact,
}

#[derive(Debug, Clone, Default)]
struct Pair {
    left: Square,
    right: Square,
    products: Exact,
}

impl Square {
    fn add(&mut self, x: f64, sign: f64) {
        self.sum.add(sign * x);
        self.squares.add_product(sign * x, x);
        self.count = if sign > 0.0 { self.count + 1 } else { self.count.saturating_sub(1) };
    }

    fn add_all(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.add_all(&other.sum);
        self.squares.add_all(&other.squares);
    }

    /// n Σx² − (Σx)².
    fn centred(&self) -> Result<f64> {
        Exact::centred(self.count, &self.squares, &self.sum, &self.sum).ok_or_else(too_large)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.count.to_le_bytes());
        self.sum.write(bytes);
        self.squares.write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let count = u64::from_le_bytes(*bytes.split_off(..8)?.first_chunk()?);
        Some(Self { count, sum: Exact::read(bytes)?, squares: Exact::read(bytes)? })
    }

    fn size(&self) -> usize {
        self.sum.size() + self.squares.size()
    }
}

impl Tally {
    fn new(kind: Kind, int: bool) -> Self {
        match kind {
            Kind::Sum | Kind::Mean if int => Self::Int { count: 0, sum: 0 },
            Kind::Sum | Kind::Mean => Self::Float { count: 0, sum: Exact::default() },
            Kind::Variance(_) | Kind::Deviation(_) => Self::Square(Box::default()),
            Kind::Covariance(_) | Kind::Correlation => Self::Pair(Box::default()),
        }
    }

    fn add_all(&mut self, other: &Self) {
        match (self, other) {
            (Self::Int { count, sum }, Self::Int { count: more, sum: other }) => {
                *count += more;
                *sum += other;
            }
            (Self::Float { count, sum }, Self::Float { count: more, sum: other }) => {
                *count += more;
                sum.add_all(other);
            }
            (Self::Square(square), Self::Square(other)) => square.add_all(other),
            (Self::Pair(pair), Self::Pair(other)) => {
                pair.left.add_all(&other.left);
                pair.right.add_all(&other.right);
                pair.products.add_all(&other.products);
            }
            _ => {}
        }
    }

    /// Adds (or, with a negative sign, takes away) a row of the columns; null rows do not count.
    fn add(&mut self, row: usize, columns: &Columns<'_>, sign: f64) {
        match self {
            Self::Int { count, sum } => {
                let Some(value) = columns.int(row) else { return };
                if sign > 0.0 {
                    (*count, *sum) = (*count + 1, *sum + i128::from(value));
                } else {
                    (*count, *sum) = (count.saturating_sub(1), *sum - i128::from(value));
                }
            }
            Self::Float { count, sum } => {
                let Some(value) = columns.left(row) else { return };
                sum.add(sign * value);
                *count = if sign > 0.0 { *count + 1 } else { count.saturating_sub(1) };
            }
            Self::Square(square) => {
                let Some(value) = columns.left(row) else { return };
                square.add(value, sign);
            }
            Self::Pair(pair) => {
                let (Some(x), Some(y)) = (columns.left(row), columns.right(row)) else { return };
                pair.left.add(x, sign);
                pair.right.add(y, sign);
                pair.products.add_product(sign * x, y);
            }
        }
    }

    fn value(&self, kind: Kind) -> Result<Option<Value>> {
        Ok(match (self, kind) {
            (Self::Int { count: 0, .. } | Self::Float { count: 0, .. }, _) => None,
            (Self::Int { sum, .. }, Kind::Sum) => {
                Some(Value::Int(i64::try_from(*sum).map_err(|_| too_large())?))
            }
            (Self::Int { count, sum }, _) => Some(Value::Float(*sum as f64 / *count as f64)),
            (Self::Float { count, sum }, kind) => {
                let value = if kind == Kind::Sum { sum.value() } else { sum.mean(*count) };
                Some(Value::Float(value.ok_or_else(too_large)?))
            }
            (Self::Square(square), kind) => square.spread(kind)?.map(Value::Float),
            (Self::Pair(pair), kind) => pair.relation(kind)?.map(Value::Float),
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Int { count, sum } => {
                bytes.extend(count.to_le_bytes());
                bytes.extend(sum.to_le_bytes());
            }
            Self::Float { count, sum } => {
                bytes.extend(count.to_le_bytes());
                sum.write(&mut bytes);
            }
            Self::Square(square) => square.write(&mut bytes),
            Self::Pair(pair) => {
                pair.left.write(&mut bytes);
                pair.right.write(&mut bytes);
                pair.products.write(&mut bytes);
            }
        }
        bytes
    }

    fn from_bytes(kind: Kind, int: bool, mut bytes: &[u8]) -> Result<Self> {
        let bytes = &mut bytes;
        let mut read = || -> Option<Self> {
            Some(match Self::new(kind, int) {
                Self::Int { .. } => Self::Int {
                    count: u64::from_le_bytes(*bytes.split_off(..8)?.first_chunk()?),
                    sum: i128::from_le_bytes(*bytes.split_off(..16)?.first_chunk()?),
                },
                Self::Float { .. } => Self::Float {
                    count: u64::from_le_bytes(*bytes.split_off(..8)?.first_chunk()?),
                    sum: Exact::read(bytes)?,
                },
                Self::Square(_) => Self::Square(Box::new(Square::read(bytes)?)),
                Self::Pair(_) => Self::Pair(Box::new(Pair {
                    left: Square::read(bytes)?,
                    right: Square::read(bytes)?,
                    products: Exact::read(bytes)?,
                })),
            })
        };
        read().ok_or_else(|| DataFusionError::Internal("a tally that was cut off".to_owned()))
    }

    fn size(&self) -> usize {
        match self {
            Self::Int { .. } => 0,
            Self::Float { sum, .. } => sum.size(),
            Self::Square(square) => size_of_val(square.as_ref()) + square.size(),
            Self::Pair(pair) => {
                size_of_val(pair.as_ref())
                    + pair.left.size()
                    + pair.right.size()
                    + pair.products.size()
            }
        }
    }
}

impl Square {
    fn spread(&self, kind: Kind) -> Result<Option<f64>> {
        let (Kind::Variance(less) | Kind::Deviation(less)) = kind else { return Ok(None) };
        if self.count <= less {
            return Ok(None);
        }
        let count = self.count as f64;
        let variance = self.centred()?.max(0.0) / count / (count - less as f64);
        Ok(Some(if matches!(kind, Kind::Deviation(_)) { root(variance) } else { variance }))
    }
}

impl Pair {
    fn relation(&self, kind: Kind) -> Result<Option<f64>> {
        let both = (&self.products, &self.left.sum, &self.right.sum);
        let count = self.left.count;
        let joint = || Exact::centred(count, both.0, both.1, both.2).ok_or_else(too_large);
        match kind {
            Kind::Covariance(less) if count > less => {
                let n = count as f64;
                Ok(Some(joint()? / n / (n - less as f64)))
            }
            Kind::Correlation if count > 1 => {
                let (left, right) = (self.left.centred()?, self.right.centred()?);
                if left <= 0.0 || right <= 0.0 {
                    return Ok(None);
                }
                Ok(Some((joint()? / root(left) / root(right)).clamp(-1.0, 1.0)))
            }
            _ => Ok(None),
        }
    }
}

enum Value {
    Int(i64),
    Float(f64),
}

/// The argument columns of a batch.
struct Columns<'a> {
    int: Option<&'a Int64Array>,
    left: Option<&'a Float64Array>,
    right: Option<&'a Float64Array>,
}

impl<'a> Columns<'a> {
    fn new(values: &'a [ArrayRef]) -> Self {
        let float = |place: usize| {
            values.get(place).and_then(|array| array.as_primitive_opt::<Float64Type>())
        };
        let int = values.first().and_then(|array| array.as_primitive_opt::<Int64Type>());
        Self { int, left: float(0), right: float(1) }
    }

    fn int(&self, row: usize) -> Option<i64> {
        self.int.filter(|array| array.is_valid(row)).map(|array| array.value(row))
    }

    fn left(&self, row: usize) -> Option<f64> {
        self.left.filter(|array| array.is_valid(row)).map(|array| array.value(row))
    }

    fn right(&self, row: usize) -> Option<f64> {
        self.right.filter(|array| array.is_valid(row)).map(|array| array.value(row))
    }
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
        let rows = values.first().map_or(0, |array| array.len());
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
        let Some(states) = values.first().map(|states| states.as_binary::<i32>()) else {
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
        let rows = values.first().map_or(0, |array| array.len());
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
