//! One cell at a time into a typed column.

use crate::engine::{Column, Dictionary, Values};
use crate::manifest;

use super::Printed;
use super::value::{CellError, boolean, date, float, half_unit, int, timestamp, utf8};

/// A column being read.
pub(super) struct Builder<'a> {
    pub(super) declared: &'a manifest::Column,
    pub(super) broken: bool,
    values: Values,
    /// Which rows are not null, from the first null on.
    valid: Option<Vec<bool>>,
    dictionary: Dictionary,
    last: Option<u32>,
    half_units: Option<Vec<Option<f64>>>,
}

impl<'a> Builder<'a> {
    /// Begins a column of the declared type.
    pub(super) fn new(declared: &'a manifest::Column) -> Self {
        Self {
            declared,
            broken: false,
            values: Values::empty(super::plain_kind(declared.kind)),
            valid: None,
            dictionary: Dictionary::new(),
            last: None,
            half_units: declared.printed.then(Vec::new),
        }
    }

    /// Takes a cell. After an error the row is null, so that columns keep one length.
    pub(super) fn push(&mut self, cell: &[u8]) -> Result<(), CellError> {
        let answer = self.take(cell);
        if answer.is_err() {
            self.skip();
        }
        answer
    }

    /// Leaves a row null because the row as a whole has a problem.
    pub(super) fn skip(&mut self) {
        self.broken = true;
        self.push_null();
    }

    /// Takes cells while they are in order; false at the first that is not.
    pub(super) fn push_all<'c>(&mut self, cells: impl ExactSizeIterator<Item = &'c [u8]>) -> bool {
        if self.valid.is_some() || self.half_units.is_some() {
            return self.take_all(cells);
        }
        let mut cells = cells;
        let (dictionary, last) = (&mut self.dictionary, &mut self.last);
        let end = match &mut self.values {
            Values::Int(values) => fill(values, &mut cells, int),
            Values::Float(values) => fill(values, &mut cells, float),
            Values::Bool(values) => fill(values, &mut cells, boolean),
            Values::Date(values) => fill(values, &mut cells, date),
            Values::Timestamp(values) => fill(values, &mut cells, timestamp),
            Values::Text { codes, .. } => {
                fill(codes.words_mut(), &mut cells, |cell| code_of(cell, dictionary, last))
            }
        };
        if end == End::Null {
            self.push_null();
            return self.take_all(cells);
        }
        end == End::All
    }

    fn take_all<'c>(&mut self, mut cells: impl Iterator<Item = &'c [u8]>) -> bool {
        cells.all(|cell| self.take(cell).is_ok())
    }

    fn push_null(&mut self) {
        let row = self.values.len();
        match &mut self.values {
            Values::Int(values) | Values::Timestamp(values) => values.push(0),
            Values::Float(values) => values.push(0.0),
            Values::Text { codes, .. } => codes.words_mut().push(0),
            Values::Bool(values) => values.push(false),
            Values::Date(values) => values.push(0),
        }
        self.valid.get_or_insert_with(|| vec![true; row]).push(false);
        if let Some(half_units) = &mut self.half_units {
            half_units.push(None);
        }
    }

    fn take(&mut self, cell: &[u8]) -> Result<(), CellError> {
        if cell.is_empty() {
            self.push_null();
            return Ok(());
        }
        match &mut self.values {
            Values::Int(values) => values.push(int(cell)?),
            Values::Float(values) => values.push(float(cell)?),
            Values::Bool(values) => values.push(boolean(cell)?),
            Values::Date(values) => values.push(date(cell)?),
            Values::Timestamp(values) => values.push(timestamp(cell)?),
            Values::Text { codes, .. } => {
                codes.words_mut().push(code_of(cell, &mut self.dictionary, &mut self.last)?);
            }
        }
        if let Some(valid) = &mut self.valid {
            valid.push(true);
        }
        if let Some(half_units) = &mut self.half_units {
            half_units.push(half_unit(cell));
        }
        Ok(())
    }

    /// Ends the column.
    pub(super) fn finish(self) -> (String, Column, Option<Printed>) {
        let name = self.declared.name.value.clone();
        let printed =
            self.half_units.map(|half_units| Printed { column: name.clone(), half_units });
        let values = match self.values {
            Values::Text { codes, .. } => {
                Values::Text { codes, levels: self.dictionary.into_levels() }.in_byte_order()
            }
            other => other,
        };
        (name, Column::of(values, self.valid), printed)
    }
}

/// Where filling a column ended.
#[derive(PartialEq, Eq)]
enum End {
    All,
    Null,
    Broken,
}

/// Reads cells up to the first null: nothing but values is written.
fn fill<'c, T>(
    values: &mut Vec<T>,
    cells: &mut impl ExactSizeIterator<Item = &'c [u8]>,
    mut read: impl FnMut(&[u8]) -> Result<T, CellError>,
) -> End {
    values.reserve(cells.len());
    for cell in cells {
        if cell.is_empty() {
            return End::Null;
        }
        let Ok(value) = read(cell) else { return End::Broken };
        values.push(value);
    }
    End::All
}

fn code_of(
    cell: &[u8],
    dictionary: &mut Dictionary,
    last: &mut Option<u32>,
) -> Result<u32, CellError> {
    if let Some(code) = last.filter(|code| dictionary.is(*code, cell)) {
        return Ok(code);
    }
    let Some(code) = dictionary.code(cell) else { return utf8(cell).map(|_| 0) };
    *last = Some(code);
    Ok(code)
}
