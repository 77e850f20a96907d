//! Between plain tables and the engine's record batches.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, PrimitiveArray,
    RecordBatch, RecordBatchOptions, StringViewBuilder, TimestampMicrosecondArray,
};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int64Type, SchemaRef, TimeUnit,
    TimestampMicrosecondType,
};

use super::{Codes, Column, ColumnType, EngineError, Levels, Schema, Table, Texts, Values};

/// Returns the engine's type for one of ours.
pub(super) fn engine_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Text => DataType::Utf8View,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
    }
}

/// Returns our type for one of the engine's; `None` where a table cannot hold it.
pub(super) fn plain_type(kind: &DataType) -> Option<ColumnType> {
    Some(match kind {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => ColumnType::Int,
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => ColumnType::Float,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnType::Text,
        DataType::Boolean => ColumnType::Bool,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(_, None) => ColumnType::Timestamp,
        DataType::Timestamp(_, Some(zone)) if matches!(zone.as_ref(), "UTC" | "+00:00") => {
            ColumnType::Timestamp
        }
        DataType::Dictionary(_, values) => plain_type(values)?,
        _ => return None,
    })
}

/// Turns the engine's schema into ours.
pub(super) fn plain_schema<'a>(
    fields: impl Iterator<Item = (&'a str, &'a DataType)>,
) -> Result<Schema, EngineError> {
    let mut columns: Vec<(String, ColumnType)> = Vec::new();
    for (name, kind) in fields {
        if columns.iter().any(|(known, _)| known == name) {
            let message =
                format!("two columns of the result are called `{name}`; name them with `as`");
            return Err(EngineError::Type { message });
        }
        let plain = plain_type(kind).ok_or_else(|| cannot_hold(name, kind))?;
        columns.push((name.to_owned(), plain));
    }
    Ok(Schema { columns })
}

fn cannot_hold(name: &str, kind: &DataType) -> EngineError {
    let message = match kind {
        DataType::Null => format!(
            "the column `{name}` is only null and has no type; write `cast(null as double)` or another type"
        ),
        other => format!(
            "the column `{name}` would be {}, which a table cannot hold",
            super::failure::plain_words(&other.to_string())
        ),
    };
    EngineError::Type { message }
}

/// The engine's names and types of a table's columns.
pub(super) fn engine_schema(table: &Table) -> SchemaRef {
    let fields: Vec<Field> = table
        .columns()
        .map(|(name, column)| Field::new(name, engine_type(column.kind()), true))
        .collect();
    Arc::new(datafusion::arrow::datatypes::Schema::new(fields))
}

/// Turns the columns at `places` of a table into one record batch.
pub(super) fn to_batch(table: &Table, places: &[usize]) -> Result<RecordBatch, EngineError> {
    let columns: Vec<(&str, &Column)> = table.columns().collect();
    let mut fields = Vec::with_capacity(places.len());
    let mut arrays = Vec::with_capacity(places.len());
    for (name, column) in places.iter().filter_map(|place| columns.get(*place)) {
        fields.push(Field::new(*name, engine_type(column.kind()), true));
        arrays.push(to_array(column)?);
    }
    let schema = Arc::new(datafusion::arrow::datatypes::Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(table.rows()));
    RecordBatch::try_new_with_options(schema, arrays, &options).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::Failed { message: super::failure::plain_words(&error.to_string()) }
}

fn to_array(column: &Column) -> Result<ArrayRef, EngineError> {
    let nulls =
        column.valid.as_ref().map(|valid| NullBuffer::new(BooleanBuffer::from(valid.as_slice())));
    Ok(match &column.values {
        Values::Int(values) => Arc::new(Int64Array::new(values.clone().into(), nulls)),
        Values::Float(values) => Arc::new(Float64Array::new(values.clone().into(), nulls)),
        Values::Bool(values) => {
            Arc::new(BooleanArray::new(BooleanBuffer::from(values.as_slice()), nulls))
        }
        Values::Date(values) => Arc::new(Date32Array::new(values.clone().into(), nulls)),
        Values::Timestamp(values) => {
            Arc::new(TimestampMicrosecondArray::new(values.clone().into(), nulls))
        }
        Values::Text { codes, levels } => text_array(column, codes, levels)?,
    })
}

/// Writes each level once, and points every row at its level.
fn text_array(
    column: &Column,
    codes: &Codes<'_>,
    levels: &Levels,
) -> Result<ArrayRef, EngineError> {
    if u32::try_from(levels.block().len()).is_err() {
        return Err(EngineError::Limit { message: "a text column of more than 4 GiB".to_owned() });
    }
    let mut builder = StringViewBuilder::with_capacity(codes.len());
    let block = builder.append_block(levels.block().as_bytes().to_vec().into());
    for (row, code) in codes.iter().enumerate() {
        match levels.range(code as usize) {
            Some(text) if column.is_valid(row) => {
                let (start, length) = (text.start as u32, text.len() as u32);
                builder.try_append_view(block, start, length).map_err(|error| failed(&error))?;
            }
            _ => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Turns the batches of a result into a table; numbers that are not finite are an error.
pub(super) fn to_table(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Table, EngineError> {
    let fields = schema.fields().iter().map(|field| (field.name().as_str(), field.data_type()));
    let plain = plain_schema(fields)?;
    let mut columns = Vec::with_capacity(plain.columns.len());
    for (place, (name, kind)) in plain.columns.into_iter().enumerate() {
        let pieces: Vec<ArrayRef> =
            batches.iter().filter_map(|batch| batch.columns().get(place).cloned()).collect();
        let column = to_column(&name, kind, &pieces)?;
        columns.push((name, column));
    }
    Table::from_columns(columns).map_err(|error| EngineError::Failed { message: error.to_string() })
}

pub(super) fn to_column(
    name: &str,
    kind: ColumnType,
    pieces: &[ArrayRef],
) -> Result<Column, EngineError> {
    let pieces: Vec<ArrayRef> =
        pieces.iter().map(|piece| widened(name, kind, piece)).collect::<Result<_, _>>()?;
    let valid = validity(&pieces);
    let values = match kind {
        ColumnType::Int => Values::Int(gathered::<Int64Type>(&pieces)),
        ColumnType::Float => Values::Float(finite(name, &pieces)?),
        ColumnType::Date => Values::Date(gathered::<Date32Type>(&pieces)),
        ColumnType::Timestamp => Values::Timestamp(gathered::<TimestampMicrosecondType>(&pieces)),
        ColumnType::Bool => Values::Bool(
            pieces.iter().flat_map(|piece| piece.as_boolean().values().iter()).collect(),
        ),
        ColumnType::Text => coded(&pieces)?,
    };
    Ok(match valid {
        Some(valid) => Column::with_nulls(values, valid),
        None => Column::new(values),
    })
}

/// Casts a piece to the one engine type of our type; a value that does not fit is an error.
fn widened(name: &str, kind: ColumnType, piece: &ArrayRef) -> Result<ArrayRef, EngineError> {
    let target = engine_type(kind);
    if piece.data_type() == &target {
        return Ok(Arc::clone(piece));
    }
    let wide = cast(piece, &target).map_err(|error| failed(&error))?;
    if wide.null_count() != piece.null_count() {
        let message = format!("a value of `{name}` is too large for {kind}");
        return Err(EngineError::Limit { message });
    }
    Ok(wide)
}

fn validity(pieces: &[ArrayRef]) -> Option<Vec<bool>> {
    if pieces.iter().all(|piece| piece.null_count() == 0) {
        return None;
    }
    let rows = pieces.iter().map(Array::len).sum();
    let mut valid = Vec::with_capacity(rows);
    for piece in pieces {
        match piece.nulls() {
            Some(nulls) => valid.extend(nulls.iter()),
            None => valid.extend(std::iter::repeat_n(true, piece.len())),
        }
    }
    Some(valid)
}

fn gathered<T: datafusion::arrow::array::ArrowPrimitiveType>(
    pieces: &[ArrayRef],
) -> Vec<T::Native> {
    let mut values = Vec::with_capacity(pieces.iter().map(Array::len).sum());
    for piece in pieces {
        let piece: &PrimitiveArray<T> = piece.as_primitive();
        values.extend_from_slice(piece.values());
    }
    values
}

fn finite(name: &str, pieces: &[ArrayRef]) -> Result<Vec<f64>, EngineError> {
    let mut before = 0;
    for piece in pieces {
        let numbers: &PrimitiveArray<Float64Type> = piece.as_primitive();
        let bad = |row: &usize| numbers.is_valid(*row) && !numbers.value(*row).is_finite();
        if let Some(row) = (0..numbers.len()).find(bad) {
            let value = if numbers.value(row).is_nan() { "not a number" } else { "infinite" };
            return Err(EngineError::NotFinite {
                column: name.to_owned(),
                row: before + row + 1,
                value: value.to_owned(),
            });
        }
        before += numbers.len();
    }
    Ok(gathered::<Float64Type>(pieces))
}

#[expect(clippy::disallowed_types, reason = "only looked up; levels keep the order of the rows")]
fn coded(pieces: &[ArrayRef]) -> Result<Values, EngineError> {
    let mut places: std::collections::HashMap<&str, u32> = std::collections::HashMap::new();
    let (mut codes, mut levels) = (Vec::new(), Texts::default());
    let texts: Vec<_> = pieces.iter().map(AsArray::as_string_view).collect();
    for piece in &texts {
        for text in *piece {
            let Some(text) = text else {
                codes.push(0);
                continue;
            };
            let next = places.len() as u32;
            let code = *places.entry(text).or_insert_with(|| {
                levels.push(text);
                next
            });
            codes.push(code);
        }
    }
    if u32::try_from(levels.len()).is_err() {
        return Err(EngineError::Limit { message: "too many different texts".to_owned() });
    }
    Ok(Values::text(codes, levels.into()))
}
