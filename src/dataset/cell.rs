//! One cell at a time into a typed column.

use crate::engine::{Column, Values};
use crate::manifest;

use super::Printed;
use super::value::{CellError, boolean, date, float, half_unit, int, timestamp, utf8};

#[expect(clippy::disallowed_types, reason = "only looked up; levels keep the order of the rows")]
type Places = std::collections::HashMap<Box<[u8]>, u32>;

/// A column being read.
pub(super) struct Builder<'a> {
    pub(super) declared: &'a manifest::Column,
    pub(super) broken: bool,
    values: Values,
    valid: Vec<bool>,
    places: Places,
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
            valid: Vec::new(),
            places: Places::default(),
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

    fn push_null(&mut self) {
        match &mut self.values {
            Values::Int(values) | Values::Timestamp(values) => values.push(0),
            Values::Float(values) => values.push(0.0),
            Values::Text { codes, .. } => codes.push(0),
            Values::Bool(values) => values.push(false),
            Values::Date(values) => values.push(0),
        }
        self.valid.push(false);
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
            Values::Text { codes, levels } => {
                let code = match self.last.filter(|last| is_level(levels, *last, cell)) {
                    Some(last) => last,
                    None => code_of(cell, &mut self.places, levels)?,
                };
                self.last = Some(code);
                codes.push(code);
            }
        }
        self.valid.push(true);
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
        (name, Column::with_nulls(self.values, self.valid), printed)
    }
}

fn is_level(levels: &[String], code: u32, cell: &[u8]) -> bool {
    levels.get(code as usize).is_some_and(|level| level.as_bytes() == cell)
}

fn code_of(cell: &[u8], places: &mut Places, levels: &mut Vec<String>) -> Result<u32, CellError> {
    if let Some(code) = places.get(cell) {
        return Ok(*code);
    }
    let text = utf8(cell)?;
    let code = levels.len() as u32;
    levels.push(text.to_owned());
    places.insert(cell.into(), code);
    Ok(code)
}
