//! Parquet files into tables. A file is looked at before it is believed: a few kilobytes can claim
//! a petabyte of rows.

mod footer;

use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use footer::{check_ends, check_footer};

use super::pages::Pages;
use super::{Column, ColumnType, EngineError, Schema, Table, batch};

/// The stack of the reader.
const STACK: usize = 32 << 20;

/// Reads the columns of a file into a table.
pub(super) fn read(path: &Path, columns: &Schema) -> Result<Table, EngineError> {
    let file = File::open(path).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let schema = columns.clone();
    let opened = apart(move || Opened::of(file, &schema))??;
    // Pages have no depth, and the memory that one column leaves serves the next: on another thread it would be lost to
    // all that comes after.
    let read = || opened.quick(columns);
    let Ok(mut named) = panic::catch_unwind(AssertUnwindSafe(read)) else { return Err(broken()) };
    let slow = named.iter().zip(&opened.places).filter(|((_, column), _)| column.is_none());
    let slow: Vec<usize> = slow.map(|(_, place)| *place).collect();
    let batches = apart(move || opened.slow(slow))??;
    for ((name, kind), (_, column)) in columns.columns.iter().zip(&mut named) {
        if column.is_none() {
            *column = Some(assembled(name, *kind, &batches)?);
        }
    }
    let named = named.into_iter().filter_map(|(name, column)| Some((name, column?))).collect();
    Table::from_columns(named).map_err(|error| bad(error.to_string()))
}

/// Works on a thread of its own: a panic there is an error here.
fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineError> {
    let reader = std::thread::Builder::new()
        .name("secondlook-parquet".to_owned())
        .stack_size(STACK)
        .spawn(work)
        .map_err(|error| bad(format!("no thread to read it: {error}")))?;
    reader.join().or(Err(broken()))
}

fn broken() -> EngineError {
    bad("is not well-formed parquet")
}

/// See [`Engine::parquet_is_sound`](super::Engine::parquet_is_sound).
pub(super) fn is_sound(path: &Path, column: &str, kind: ColumnType, not_null: bool) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let schema = Schema { columns: vec![(column.to_owned(), kind)] };
    let look = move || {
        let bytes = check_ends(&file).ok()?;
        let pages = Pages::open(file)?;
        let rows = check_footer(pages.metadata(), bytes).ok()?;
        let place = *find_columns(pages.schema(), &schema).ok()?.first()?;
        Some(!not_null || pages.has_values_only(place, rows as usize)?)
    };
    apart(look).ok().flatten().unwrap_or(false)
}

fn bad(message: impl Into<String>) -> EngineError {
    EngineError::File { message: message.into() }
}

fn malformed(error: &dyn std::fmt::Display) -> EngineError {
    let text = super::failure::plain_words(&error.to_string());
    bad(format!("is not well-formed parquet: {text}"))
}

/// A file whose footer was checked.
struct Opened {
    pages: Option<Pages>,
    builder: ParquetRecordBatchReaderBuilder<File>,
    /// Where the columns stand that are asked for.
    places: Vec<usize>,
    rows: i64,
}

impl Opened {
    fn of(file: File, columns: &Schema) -> Result<Self, EngineError> {
        let bytes = check_ends(&file)?;
        let pages = file.try_clone().ok().and_then(Pages::open);
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(false);
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
            .map_err(|error| malformed(&error))?;
        let rows = check_footer(builder.metadata(), bytes)?;
        let places = find_columns(builder.schema(), columns)?;
        Ok(Self { pages, builder, places, rows })
    }

    /// The columns that [`Pages`] can read.
    fn quick(&self, columns: &Schema) -> Vec<(String, Option<Column>)> {
        let rows = self.rows as usize;
        let read = |((name, kind), place): (&(String, ColumnType), &usize)| {
            let pages = self.pages.as_ref();
            (name.clone(), pages.and_then(|pages| pages.column(*place, *kind, rows)))
        };
        columns.columns.iter().zip(&self.places).map(read).collect()
    }

    /// The other columns as the library reads them; and with them the rows are counted.
    fn slow(self, places: Vec<usize>) -> Result<Vec<RecordBatch>, EngineError> {
        let mask = ProjectionMask::roots(self.builder.parquet_schema(), places);
        let reader = self
            .builder
            .with_projection(mask)
            .with_batch_size(64 << 10)
            .build()
            .map_err(|error| malformed(&error))?;
        let mut batches = Vec::new();
        let mut found = 0;
        let rows = self.rows;
        for batch in reader {
            let batch = batch.map_err(|error| malformed(&error))?;
            found += batch.num_rows() as i64;
            if found > rows {
                return Err(bad(format!("has more rows than the {rows} of its footer")));
            }
            batches.push(batch);
        }
        if found != rows {
            return Err(bad(format!("has {found} rows, and its footer says {rows}")));
        }
        Ok(batches)
    }
}

fn find_columns(
    schema: &datafusion::arrow::datatypes::Schema,
    columns: &Schema,
) -> Result<Vec<usize>, EngineError> {
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut places = Vec::new();
    for (name, kind) in &columns.columns {
        let mut same = names.iter().enumerate().filter(|(_, known)| *known == name);
        let Some((place, _)) = same.next() else {
            return Err(EngineError::UnknownColumn {
                name: name.clone(),
                candidates: names,
                at: None,
            });
        };
        if same.next().is_some() {
            return Err(bad(format!("has two columns called `{name}`")));
        }
        let found = schema.field(place).data_type();
        if !fits(found, *kind) {
            let word = super::failure::plain_words(&found.to_string());
            return Err(bad(format!("has `{name}` as {word}, and its manifest says {kind}")));
        }
        places.push(place);
    }
    Ok(places)
}

fn fits(found: &DataType, kind: ColumnType) -> bool {
    let plain = match found {
        DataType::Timestamp(..) => Some(ColumnType::Timestamp),
        DataType::Null => Some(kind),
        other => batch::plain_type(other),
    };
    let numeric = [ColumnType::Int, ColumnType::Float];
    plain == Some(kind)
        || plain.is_some_and(|plain| numeric.contains(&plain)) && numeric.contains(&kind)
}

fn assembled(name: &str, kind: ColumnType, batches: &[RecordBatch]) -> Result<Column, EngineError> {
    let pieces = batches.iter().filter_map(|batch| batch.column_by_name(name));
    let pieces: Vec<ArrayRef> =
        pieces.map(|piece| exact_ints(name, kind, piece)).collect::<Result<_, _>>()?;
    let column = batch::to_column(name, kind, &pieces)?;
    Ok(Column::of(column.values.in_byte_order(), column.valid))
}

/// Lets floats that are whole be ints (`1.0` is one); any other is an error.
fn exact_ints(name: &str, kind: ColumnType, piece: &ArrayRef) -> Result<ArrayRef, EngineError> {
    if kind != ColumnType::Int || piece.data_type().is_integer() {
        return Ok(Arc::clone(piece));
    }
    let floats = cast(piece, &DataType::Float64).map_err(|error| malformed(&error))?;
    let numbers = floats.as_primitive::<Float64Type>();
    let bad_row = (0..numbers.len()).find(|row| {
        let value = numbers.value(*row);
        numbers.is_valid(*row) && (value.fract() != 0.0 || value.abs() > (1_u64 << 53) as f64)
    });
    match bad_row {
        Some(row) => Err(bad(format!("has {} in `{name}`, which is an int", numbers.value(row)))),
        None => Ok(floats),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Values;
    use datafusion::parquet::arrow::ArrowWriter;

    fn table() -> Table {
        let texts = Column::from_texts((0..300).map(|row| match row % 3 {
            0 => Some("a"),
            1 => Some("long text, longer than twelve bytes"),
            _ => None,
        }));
        Table::from_columns(vec![
            ("n".to_owned(), Column::new(Values::Int((0..300).collect()))),
            (
                "x".to_owned(),
                Column::new(Values::Float((0..300).map(|row| f64::from(row) / 4.0).collect())),
            ),
            ("t".to_owned(), texts),
            ("d".to_owned(), Column::new(Values::Date((0..300).collect()))),
            ("b".to_owned(), Column::new(Values::Bool((0..300).map(|row| row % 2 == 0).collect()))),
            ("m".to_owned(), Column::new(Values::Timestamp((0..300).collect()))),
        ])
        .expect("a table")
    }

    fn bytes_of(table: &Table) -> Vec<u8> {
        let places: Vec<usize> = (0..table.columns().count()).collect();
        let batch = batch::to_batch(table, &places).expect("a batch");
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        bytes
    }

    fn read_bytes(bytes: &[u8], schema: &Schema) -> Result<Table, EngineError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.parquet");
        std::fs::write(&path, bytes).expect("written");
        read(&path, schema)
    }

    #[test]
    fn a_table_comes_back_from_a_file() {
        let table = table();
        assert_eq!(read_bytes(&bytes_of(&table), &table.schema()), Ok(table.clone()));
        let some = Schema {
            columns: vec![("t".to_owned(), ColumnType::Text), ("n".to_owned(), ColumnType::Float)],
        };
        let part = read_bytes(&bytes_of(&table), &some).expect("two columns");
        assert_eq!(part.schema(), some);
        let other = Schema { columns: vec![("T".to_owned(), ColumnType::Text)] };
        let error = read_bytes(&bytes_of(&table), &other).expect_err("no such column");
        assert_eq!(error.help().as_deref(), Some("did you mean `t`?"));
        let other = Schema { columns: vec![("x".to_owned(), ColumnType::Int)] };
        let error = read_bytes(&bytes_of(&table), &other).expect_err("not whole");
        assert_eq!(error.to_string(), "has 0.25 in `x`, which is an int");
        let other = Schema { columns: vec![("t".to_owned(), ColumnType::Int)] };
        assert!(read_bytes(&bytes_of(&table), &other).is_err());
    }

    /// Written in every way that pages come in, with nulls, and read in both ways.
    #[test]
    fn pages_of_every_kind_give_the_same_columns() {
        use datafusion::parquet::file::properties::{WriterProperties, WriterVersion};
        let valid = |keep: fn(i64) -> bool| (0..3000).map(keep).collect::<Vec<bool>>();
        let texts: Vec<String> = (0..3000).map(|row| format!("text {}", row * 7 % 501)).collect();
        let texts =
            texts.iter().enumerate().map(|(row, text)| (row % 10 != 3).then_some(text.as_str()));
        let ints = Values::Int((0..3000).map(|row| row * row % 1000 - 500).collect());
        let floats = Values::Float((0..3000).map(|row| f64::from(row % 40) / 3.0).collect());
        let table = Table::from_columns(vec![
            (
                "n".to_owned(),
                Column::with_nulls(ints.clone(), valid(|row| !(1000..1700).contains(&row))),
            ),
            ("m".to_owned(), Column::new(ints)),
            ("x".to_owned(), Column::with_nulls(floats, valid(|row| row % 2 == 0))),
            ("t".to_owned(), Column::from_texts(texts)),
        ])
        .expect("a table");
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for dictionary in [true, false] {
                let properties = WriterProperties::builder()
                    .set_writer_version(version)
                    .set_dictionary_enabled(dictionary)
                    .set_dictionary_page_size_limit(2000)
                    .set_data_page_row_count_limit(400)
                    .set_write_batch_size(100)
                    .set_max_row_group_row_count(Some(1300))
                    .build();
                let batch = batch::to_batch(&table, &[0, 1, 2, 3]).expect("a batch");
                let mut bytes = Vec::new();
                let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
                    .expect("a writer");
                writer.write(&batch).expect("written");
                writer.close().expect("closed");
                let read = read_bytes(&bytes, &table.schema()).expect("a table");
                for (name, column) in table.columns() {
                    let found = read.column(name).expect("the column");
                    assert_eq!(found.valid, column.valid, "{name}");
                    for row in 0..3000 {
                        assert_eq!(found.text_at(row), column.text_at(row), "{name} {row}");
                    }
                }
            }
        }
    }

    /// More texts than sixteen bits number, over pages by dictionary and then plain ones; a null is no
    /// empty text.
    #[test]
    fn many_texts_come_back_and_a_null_is_not_an_empty_one() {
        let texts: Vec<String> = (0..130_000)
            .map(|row| if row % 9 == 0 { String::new() } else { (row % 100_000).to_string() })
            .collect();
        let null = |row: usize| row % 7 == 3;
        let written = texts.iter().enumerate();
        let column =
            Column::from_texts(written.map(|(row, text)| (!null(row)).then_some(text.as_str())));
        let table = Table::from_columns(vec![("t".to_owned(), column)]).expect("a table");
        let read = read_bytes(&bytes_of(&table), &table.schema()).expect("read");
        let found = read.column("t").expect("the column");
        for (row, text) in texts.iter().enumerate() {
            let wanted = (!null(row)).then_some(text);
            assert_eq!(found.text_at(row).as_deref(), wanted.map(String::as_str), "{row}");
        }
        let many = |values: &Values| matches!(values, Values::Text { levels, .. } if levels.is_sorted() && levels.len() > 1 << 16);
        assert!(many(&found.values));
    }

    #[test]
    fn what_is_no_parquet_says_so() {
        let schema = table().schema();
        for bytes in [&b""[..], b"PAR1", b"a,b\n1,2\n3,4\n5,6\n", b"PAR1\xff\xff\xff\x7fPAR1"] {
            assert!(matches!(read_bytes(bytes, &schema), Err(EngineError::File { .. })));
        }
    }

    /// Two hundred files with flipped bits, cut ends and sizes of the footer made huge.
    #[test]
    fn mutated_files_end_with_a_table_or_an_error() {
        let table = table();
        let schema = table.schema();
        let good = bytes_of(&table);
        let mut state = 42_u64;
        let mut next = |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % bound
        };
        let footer = good.len() - 8;
        for round in 0..200 {
            let mut bytes = good.clone();
            match round % 4 {
                0 => {
                    let at = next(bytes.len());
                    bytes[at] ^= 1 << next(8);
                }
                1 => bytes.truncate(next(bytes.len())),
                2 => {
                    let at = footer - 1 - next(900);
                    bytes[at] = 0xff;
                }
                _ => {
                    let at = footer - 12 - next(900);
                    bytes[at..at + 9].copy_from_slice(b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
                }
            }
            // A flipped bit in the data may go unseen: the checksum of the manifest is what sees it.
            drop(read_bytes(&bytes, &schema));
        }
    }
}
