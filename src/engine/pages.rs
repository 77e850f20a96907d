//! Plain columns of a parquet file, read from its pages: a text's dictionary stays a dictionary.
//!
//! Knows what nearly every file holds: flat columns of int32, int64, double and text, plain or by a
//! dictionary. For all else, and for whatever is not well formed, the answer is none: the library's
//! own reader then reads the column, or says what is wrong with it.

mod hybrid;

use std::fs::File;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema as EngineSchema};
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::basic::{Encoding, Type};
use datafusion::parquet::column::page::Page;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};

use super::{Column, ColumnType, Dictionary, Values};
use hybrid::{hybrid, is_run};

/// A file whose columns are all flat.
pub(super) struct Pages {
    reader: SerializedFileReader<File>,
    schema: Arc<EngineSchema>,
}

impl Pages {
    /// Opens a file whose footer was checked; none where it has columns within columns.
    pub(super) fn open(file: File) -> Option<Self> {
        let reader = SerializedFileReader::new(file).ok()?;
        let metadata = reader.metadata().file_metadata();
        let described = metadata.schema_descr();
        let schema = parquet_to_arrow_schema(described, metadata.key_value_metadata()).ok()?;
        let flat = described.num_columns() == schema.fields().len()
            && described.columns().iter().all(|column| column.max_rep_level() == 0);
        flat.then(|| Self { schema: Arc::new(schema), reader })
    }

    pub(super) fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    pub(super) fn schema(&self) -> &EngineSchema {
        &self.schema
    }

    /// Reads a column.
    pub(super) fn column(&self, place: usize, kind: ColumnType, rows: usize) -> Option<Column> {
        let stored = self.schema.fields().get(place)?.data_type();
        let ints =
            matches!(stored, DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64);
        let texts = matches!(stored, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        match kind {
            ColumnType::Text if texts => {
                let mut dictionary = Dictionary::new();
                let (codes, valid) =
                    self.read(place, rows, Type::BYTE_ARRAY, &mut Coded(&mut dictionary))?;
                let values = Values::Text { codes: codes.into(), levels: dictionary.into_levels() };
                Some(Column::sound(values.in_byte_order(), valid))
            }
            ColumnType::Int if ints => {
                let narrow = self.read(place, rows, Type::INT32, &mut Narrow);
                let (values, valid) =
                    narrow.or_else(|| self.read(place, rows, Type::INT64, &mut Wide))?;
                Some(Column::of(Values::Int(values), valid))
            }
            ColumnType::Float if *stored == DataType::Float64 => {
                let (values, valid) = self.read(place, rows, Type::DOUBLE, &mut Doubles)?;
                let finite = values.iter().fold(true, |all, value| all & value.is_finite());
                finite.then(|| Column::sound(Values::Float(values), valid))
            }
            _ => None,
        }
    }

    /// Says whether no row of a column is null; none where that cannot be told.
    pub(super) fn has_values_only(&self, place: usize, rows: usize) -> Option<bool> {
        let mut found = 0;
        for group in 0..self.reader.num_row_groups() {
            let mut pages =
                self.reader.get_row_group(group).ok()?.get_column_page_reader(place).ok()?;
            let optional = self.optional(place)?;
            while let Some(page) = pages.get_next_page().ok()? {
                if matches!(page, Page::DictionaryPage { .. }) {
                    continue;
                }
                let data = Data::of(&page, optional)?;
                found += data.rows;
                if data.nulls(rows)? > 0 {
                    return Some(false);
                }
            }
        }
        (found == rows).then_some(true)
    }

    fn optional(&self, place: usize) -> Option<bool> {
        let columns = self.metadata().file_metadata().schema_descr();
        match columns.columns().get(place)?.max_def_level() {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn read<D: Decode>(
        &self,
        place: usize,
        rows: usize,
        stored: Type,
        decode: &mut D,
    ) -> Option<Stored<D::Value>> {
        let columns = self.metadata().file_metadata().schema_descr();
        if columns.columns().get(place)?.physical_type() != stored {
            return None;
        }
        let optional = self.optional(place)?;
        let mut out = Out { values: Vec::with_capacity(rows), valid: None, rows };
        for group in 0..self.reader.num_row_groups() {
            let mut pages =
                self.reader.get_row_group(group).ok()?.get_column_page_reader(place).ok()?;
            let mut dictionary = Vec::new();
            while let Some(page) = pages.get_next_page().ok()? {
                match &page {
                    Page::DictionaryPage { buf, num_values, encoding, .. } => {
                        let plain = [Encoding::PLAIN, Encoding::PLAIN_DICTIONARY];
                        if !plain.contains(encoding) || *num_values as usize > buf.len() {
                            return None;
                        }
                        dictionary = Vec::with_capacity(*num_values as usize);
                        decode.plain(buf, *num_values as usize, &mut dictionary)?;
                    }
                    _ => out.page(&Data::of(&page, optional)?, &dictionary, decode)?,
                }
            }
        }
        (out.values.len() == rows).then_some((out.values, out.valid))
    }
}

/// A column's values, and which of them are there where not all are.
type Stored<T> = (Vec<T>, Option<Vec<bool>>);

/// The values that a column is read into.
struct Out<T> {
    values: Vec<T>,
    valid: Option<Vec<bool>>,
    rows: usize,
}

impl<T: Copy + Default> Out<T> {
    fn page<D: Decode<Value = T>>(
        &mut self,
        data: &Data<'_>,
        dictionary: &[T],
        decode: &mut D,
    ) -> Option<()> {
        let before = self.values.len();
        if data.rows > self.rows - before {
            return None;
        }
        let nulls = data.nulls(data.rows)?;
        let count = data.rows - nulls;
        match data.encoding {
            Encoding::PLAIN => decode.plain(data.values, count, &mut self.values)?,
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => {
                let (width, packed) = data.values.split_first()?;
                hybrid(packed, u32::from(*width), count, |places| {
                    let most = places.iter().copied().fold(0, u32::max);
                    if most as usize >= dictionary.len() && !places.is_empty() {
                        return None;
                    }
                    let value = |place: &u32| dictionary.get(*place as usize).copied();
                    self.values.extend(places.iter().map(|place| value(place).unwrap_or_default()));
                    Some(())
                })?;
            }
            _ => return None,
        }
        if nulls > 0 {
            self.spread(before, &data.levels()?);
        } else if let Some(valid) = &mut self.valid {
            valid.resize(before + data.rows, true);
        }
        Some(())
    }

    /// Moves the values of a page apart, to make room for its nulls.
    fn spread(&mut self, before: usize, levels: &[u32]) {
        let dense = self.values.split_off(before);
        let mut dense = dense.into_iter();
        let valid = self.valid.get_or_insert_with(|| vec![true; before]);
        for level in levels {
            valid.push(*level != 0);
            let value = if *level == 0 { None } else { dense.next() };
            self.values.push(value.unwrap_or_default());
        }
    }
}

/// A data page: marks of nulls, then values.
struct Data<'a> {
    rows: usize,
    encoding: Encoding,
    marks: Option<&'a [u8]>,
    values: &'a [u8],
}

impl<'a> Data<'a> {
    /// Looks at a page of data: none where it is not well formed.
    fn of(page: &'a Page, optional: bool) -> Option<Self> {
        match page {
            Page::DictionaryPage { .. } => None,
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let rows = *num_values as usize;
                let plain = Self { rows, encoding: *encoding, marks: None, values: buf };
                if !optional {
                    return Some(plain);
                }
                let (size, rest) = buf.split_first_chunk::<4>()?;
                let (marks, values) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
                let known = *def_level_encoding == Encoding::RLE;
                known.then_some(Self { marks: Some(marks), values, ..plain })
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let (marks, values) = buf.split_at_checked(*def_levels_byte_len as usize)?;
                let marks = optional.then_some(marks);
                let data = Self { rows: *num_values as usize, encoding: *encoding, marks, values };
                (*rep_levels_byte_len == 0).then_some(data)
            }
        }
    }

    /// How many rows are null.
    fn nulls(&self, most: usize) -> Option<usize> {
        let Some(marks) = self.marks else { return Some(0) };
        if self.rows > most {
            return None;
        }
        if is_run(marks, self.rows) {
            return Some(0);
        }
        let mut nulls = 0;
        hybrid(marks, 1, self.rows, |some| {
            nulls += some.iter().filter(|level| **level == 0).count();
            Some(())
        })?;
        Some(nulls)
    }

    /// One for each row with a value, zero for each null; nothing where no row can be null.
    fn levels(&self) -> Option<Vec<u32>> {
        let mut levels = Vec::with_capacity(self.rows);
        if let Some(marks) = self.marks {
            hybrid(marks, 1, self.rows, |some| {
                levels.extend_from_slice(some);
                Some(())
            })?;
        }
        Some(levels)
    }
}

/// How plain values are written.
trait Decode {
    type Value: Copy + Default;

    /// Reads `count` values; none where they are not well formed.
    fn plain(&mut self, bytes: &[u8], count: usize, out: &mut Vec<Self::Value>) -> Option<()>;
}

struct Narrow;
struct Wide;
struct Doubles;
struct Coded<'a>(&'a mut Dictionary);

fn fixed<const SIZE: usize, T>(
    bytes: &[u8],
    count: usize,
    out: &mut Vec<T>,
    value: impl Fn([u8; SIZE]) -> T,
) -> Option<()> {
    let (chunks, _) = bytes.as_chunks::<SIZE>();
    out.extend(chunks.get(..count)?.iter().map(|chunk| value(*chunk)));
    Some(())
}

impl Decode for Narrow {
    type Value = i64;

    fn plain(&mut self, bytes: &[u8], count: usize, out: &mut Vec<i64>) -> Option<()> {
        fixed(bytes, count, out, |value| i64::from(i32::from_le_bytes(value)))
    }
}

impl Decode for Wide {
    type Value = i64;

    fn plain(&mut self, bytes: &[u8], count: usize, out: &mut Vec<i64>) -> Option<()> {
        fixed(bytes, count, out, i64::from_le_bytes)
    }
}

impl Decode for Doubles {
    type Value = f64;

    fn plain(&mut self, bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Option<()> {
        fixed(bytes, count, out, f64::from_le_bytes)
    }
}

/// How many texts are coded at once.
const AT_ONCE: usize = 32;

impl Decode for Coded<'_> {
    type Value = u32;

    fn plain(&mut self, bytes: &[u8], count: usize, out: &mut Vec<u32>) -> Option<()> {
        let mut rest = bytes;
        let mut few: Vec<&[u8]> = Vec::with_capacity(AT_ONCE);
        for left in (0..count).rev() {
            let (size, after) = rest.split_first_chunk::<4>()?;
            let (text, after) = after.split_at_checked(u32::from_le_bytes(*size) as usize)?;
            few.push(text);
            rest = after;
            if few.len() == AT_ONCE || left == 0 {
                self.0.code_all(&few, out)?;
                few.clear();
            }
        }
        Some(())
    }
}
