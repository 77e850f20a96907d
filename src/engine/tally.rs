//! What is kept of the rows of a group, and what comes of it: ints in 128 bits, floats unrounded.

use std::mem::size_of_val;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::error::{DataFusionError, Result};

use super::EngineError;
use super::exact::{Exact, root};

/// What an aggregate computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Sum,
    Mean,
    /// Divided by n less this.
    Variance(u64),
    Deviation(u64),
    Covariance(u64),
    Correlation,
}

impl Kind {
    /// The number of columns it takes.
    pub(super) fn arguments(self) -> usize {
        if matches!(self, Self::Covariance(_) | Self::Correlation) { 2 } else { 1 }
    }
}

/// What is kept of the rows of one group.
#[derive(Debug, Clone)]
pub(super) enum Tally {
    Int { count: u64, sum: i128 },
    Float { count: u64, sum: Exact },
    Square(Box<Square>),
    Pair(Box<Pair>),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Square {
    count: u64,
    sum: Exact,
    squares: Exact,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Pair {
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
    /// Begins with no rows.
    pub(super) fn new(kind: Kind, int: bool) -> Self {
        match kind {
            Kind::Sum | Kind::Mean if int => Self::Int { count: 0, sum: 0 },
            Kind::Sum | Kind::Mean => Self::Float { count: 0, sum: Exact::default() },
            Kind::Variance(_) | Kind::Deviation(_) => Self::Square(Box::default()),
            Kind::Covariance(_) | Kind::Correlation => Self::Pair(Box::default()),
        }
    }

    /// Adds the rows of another.
    pub(super) fn add_all(&mut self, other: &Self) {
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
    pub(super) fn add(&mut self, row: usize, columns: &Columns<'_>, sign: f64) {
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

    /// Returns what comes of it; `None` where there are too few rows.
    pub(super) fn value(&self, kind: Kind) -> Result<Option<Value>> {
        Ok(match (self, kind) {
            (Self::Int { count: 0, .. } | Self::Float { count: 0, .. }, _) => None,
            (Self::Int { sum, .. }, Kind::Sum) => {
                Some(Value::Int(i64::try_from(*sum).ok().ok_or_else(too_large)?))
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

    /// Writes it as bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
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

    /// Reads it from bytes.
    pub(super) fn from_bytes(kind: Kind, int: bool, mut bytes: &[u8]) -> Result<Self> {
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

    /// Returns the bytes held on the heap.
    pub(super) fn size(&self) -> usize {
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

/// A result.
pub(super) enum Value {
    Int(i64),
    Float(f64),
}

/// The argument columns of a batch.
pub(super) struct Columns<'a> {
    int: Option<&'a Int64Array>,
    left: Option<&'a Float64Array>,
    right: Option<&'a Float64Array>,
}

impl<'a> Columns<'a> {
    /// Looks at the arguments as what they are.
    pub(super) fn new(values: &'a [ArrayRef]) -> Self {
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

fn too_large() -> DataFusionError {
    let message = "a sum is beyond what a number can hold".to_owned();
    DataFusionError::External(Box::new(EngineError::Limit { message }))
}
