//! One column of plain values, text coded by a dictionary. No type of the engine here.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use super::codes::{Codes, picked};
use super::coding::placed;
use super::{Coded, ColumnType, Levels, Texts};
use crate::stats::linear::Sorted;
use crate::stats::whole;

/// The values of a column. What stands in a null row is unspecified.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers.
    Int(Vec<i64>),
    /// Finite numbers.
    Float(Vec<f64>),
    /// Text: `levels[codes[row]]`. Levels are distinct; a loaded table has them in the order of their
    /// bytes, and every other order, and levels that no row has, are right too.
    Text {
        /// The place of each row's text in `levels`.
        codes: Codes<'static>,
        /// The distinct texts.
        levels: Levels,
    },
    /// True or false.
    Bool(Vec<bool>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(Vec<i64>),
}

impl Values {
    /// Makes an empty column of a type.
    #[must_use]
    pub fn empty(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Int => Self::Int(Vec::new()),
            ColumnType::Float => Self::Float(Vec::new()),
            ColumnType::Text => Self::text(Vec::new(), Levels::default()),
            ColumnType::Bool => Self::Bool(Vec::new()),
            ColumnType::Date => Self::Date(Vec::new()),
            ColumnType::Timestamp => Self::Timestamp(Vec::new()),
        }
    }

    /// Text by its codes, kept in bytes where these do.
    #[must_use]
    pub fn text(codes: Vec<u32>, levels: Levels) -> Self {
        Self::Text { codes: Codes::from(codes).in_bytes(), levels }
    }

    /// Puts the levels of text in the order of their bytes; other values stay as they are.
    #[must_use]
    pub fn in_byte_order(self) -> Self {
        let Self::Text { mut codes, levels } = self else { return self };
        if levels.is_sorted() {
            return Self::Text { codes: codes.in_bytes(), levels };
        }
        let order = levels.byte_order();
        let ranks = placed(&order, levels.len());
        for code in codes.words_mut() {
            *code = ranks.get(*code as usize).copied().unwrap_or(*code);
        }
        Self::Text { codes: codes.in_bytes(), levels: levels.numbered_by(order) }
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Int(values) | Self::Timestamp(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Text { codes, .. } => codes.len(),
            Self::Bool(values) => values.len(),
            Self::Date(values) => values.len(),
        }
    }

    /// Says whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the type.
    #[must_use]
    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Int(_) => ColumnType::Int,
            Self::Float(_) => ColumnType::Float,
            Self::Text { .. } => ColumnType::Text,
            Self::Bool(_) => ColumnType::Bool,
            Self::Date(_) => ColumnType::Date,
            Self::Timestamp(_) => ColumnType::Timestamp,
        }
    }
}

/// The largest int up to which every int is a number exactly.
const EXACT: i64 = 1 << 53;

/// The numbers of a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers<'a> {
    values: Cow<'a, [f64]>,
    valid: Option<&'a [bool]>,
}

impl Numbers<'_> {
    /// Returns a row's number; none where it is null.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<f64> {
        let valid = self.valid.is_none_or(|valid| valid.get(row).copied().unwrap_or(false));
        self.values.get(row).copied().filter(|_| valid)
    }

    /// Returns each row's number; none where it is null.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<f64>> {
        (0..self.values.len()).map(|row| self.get(row))
    }

    /// Returns the values of a column without nulls.
    #[must_use]
    pub fn all(&self) -> Option<&[f64]> {
        self.valid.is_none().then_some(&*self.values)
    }

    /// Returns the values; what stands in a null row is unspecified.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Returns the values as [`Self::values`] does.
    #[must_use]
    pub fn into_values(self) -> Vec<f64> {
        self.values.into_owned()
    }
}

/// One column: its values, and which rows are not null (`None`: all).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The values.
    pub values: Values,
    /// False where the row is null; `None` where no row is.
    pub valid: Option<Vec<bool>>,
    /// What was found out about the two above, which are changed in a copy only.
    pub(super) known: Known,
}

/// What was found out about a column once, for all steps that share it. Two columns are alike whatever is known; and
/// of a copy, which may be changed, nothing is.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Whether some row has each level of text.
    pub(super) complete: OnceLock<bool>,
    /// The rows by their values, where the column itself does not have them so.
    pub(super) coded: OnceLock<Coded<'static>>,
    /// How rows are sorted by value.
    pub(super) sorted: OnceLock<Option<Arc<Sorted>>>,
    /// Ints or bools as numbers, where they fit.
    numbers: OnceLock<Option<Vec<f64>>>,
    /// That values were found finite, and codes to have levels.
    pub(super) sound: OnceLock<()>,
}

impl Clone for Known {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Known {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Column {
    /// Wraps values without nulls.
    #[must_use]
    pub fn new(values: Values) -> Self {
        Self::of(values, None)
    }

    /// Wraps values, and which rows are not null.
    #[must_use]
    pub fn of(values: Values, valid: Option<Vec<bool>>) -> Self {
        Self { values, valid, known: Known::default() }
    }

    /// Wraps values that are finite, or whose codes have levels, by how they were made.
    pub(super) fn sound(values: Values, valid: Option<Vec<bool>>) -> Self {
        let column = Self::of(values, valid);
        column.known.sound.get_or_init(|| ());
        column
    }

    /// Wraps values with nulls; a mask that is true everywhere is dropped.
    #[must_use]
    pub fn with_nulls(values: Values, valid: Vec<bool>) -> Self {
        Self::of(values, valid.contains(&false).then_some(valid))
    }

    /// Codes texts (`None` is null), for tests and small tables.
    #[must_use]
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut places = std::collections::BTreeMap::new();
        let (mut codes, mut levels, mut valid) = (Vec::new(), Texts::default(), Vec::new());
        for text in texts {
            valid.push(text.is_some());
            let code = text.map_or(0, |text| {
                *places.entry(text.to_owned()).or_insert_with(|| {
                    levels.push(text);
                    levels.len() as u32 - 1
                })
            });
            codes.push(code);
        }
        Self::with_nulls(Values::text(codes, levels.into()), valid)
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Says whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the type.
    #[must_use]
    pub fn kind(&self) -> ColumnType {
        self.values.kind()
    }

    /// Says whether a row is there and not null.
    #[must_use]
    pub fn is_valid(&self, row: usize) -> bool {
        row < self.len()
            && self.valid.as_ref().is_none_or(|valid| valid.get(row).copied().unwrap_or(false))
    }

    /// Counts the null rows.
    #[must_use]
    pub fn nulls(&self) -> usize {
        self.valid.as_ref().map_or(0, |valid| valid.iter().filter(|valid| !**valid).count())
    }

    /// Returns the numbers of an int, float or bool (0 and 1) column; `None` for others, and where an int is too
    /// large to be one exactly.
    #[must_use]
    pub fn numbers(&self) -> Option<Numbers<'_>> {
        let values = match &self.values {
            Values::Float(values) => Cow::Borrowed(values.as_slice()),
            Values::Int(values) => {
                let fits = |(row, value): (usize, &i64)| {
                    value.unsigned_abs() <= EXACT.unsigned_abs() || !self.is_valid(row)
                };
                if let Some(doubles) = whole::doubles(values) {
                    doubles.into()
                } else if values.iter().enumerate().all(fits) {
                    values.iter().map(|value| *value as f64).collect()
                } else {
                    return None;
                }
            }
            Values::Bool(values) => {
                values.iter().map(|value| f64::from(u8::from(*value))).collect()
            }
            Values::Text { .. } | Values::Date(_) | Values::Timestamp(_) => return None,
        };
        Some(Numbers { values, valid: self.valid.as_deref() })
    }

    /// Returns the first whole number that is too large for a double, and its row, from 0.
    #[must_use]
    pub fn first_inexact(&self) -> Option<(usize, i64)> {
        let Values::Int(values) = &self.values else { return None };
        let known = values.iter().copied().enumerate().filter(|(row, _)| self.is_valid(*row));
        known.into_iter().find(|(_, value)| value.unsigned_abs() > EXACT.unsigned_abs())
    }

    /// Returns the numbers of a column without nulls, as [`Self::numbers`] does; of ints and bools they are written down
    /// once, for all that share the column.
    #[must_use]
    pub fn all_numbers(&self) -> Option<&[f64]> {
        if self.valid.is_some() {
            return None;
        }
        if let Values::Float(values) = &self.values {
            return Some(values);
        }
        let written = || self.numbers().map(Numbers::into_values);
        self.known.numbers.get_or_init(written).as_deref()
    }

    /// Returns a row's number, as [`Self::numbers`] does.
    #[must_use]
    pub fn number_at(&self, row: usize) -> Option<f64> {
        let one = self.is_valid(row).then(|| self.take(&[row]))?;
        one.numbers()?.get(0)
    }

    /// Returns a row as text (`None` where null): `5`, `2.5`, `true`, `2026-11-22`,
    /// `2026-11-22T10:00:00Z`. A float that is whole prints as an int does.
    #[must_use]
    pub fn text_at(&self, row: usize) -> Option<Cow<'_, str>> {
        if !self.is_valid(row) {
            return None;
        }
        let text = match &self.values {
            Values::Text { codes, levels } => {
                return levels.get(codes.get(row)? as usize).map(Cow::Borrowed);
            }
            Values::Int(values) => values.get(row)?.to_string(),
            Values::Float(values) => (values.get(row)? + 0.0).to_string(),
            Values::Bool(values) => values.get(row)?.to_string(),
            Values::Date(values) => date_text(*values.get(row)?),
            Values::Timestamp(values) => moment_text(*values.get(row)?),
        };
        Some(text.into())
    }

    /// Keeps the rows of `places`, in that order.
    #[must_use]
    pub fn take(&self, places: &[usize]) -> Self {
        let values = match &self.values {
            Values::Int(values) => Values::Int(picked(values, places)),
            Values::Float(values) => Values::Float(picked(values, places)),
            Values::Text { codes, levels } => {
                Values::Text { codes: codes.take(places), levels: levels.clone() }
            }
            Values::Bool(values) => Values::Bool(picked(values, places)),
            Values::Date(values) => Values::Date(picked(values, places)),
            Values::Timestamp(values) => Values::Timestamp(picked(values, places)),
        };
        match &self.valid {
            Some(valid) => Self::with_nulls(values, picked(valid, places)),
            None => Self::new(values),
        }
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Returns the number of days from 1970-01-01 to a date.
pub fn days_since_epoch(date: Date) -> i32 {
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

fn date_text(days: i32) -> String {
    let span = jiff::Span::new().try_days(days);
    match span.and_then(|span| EPOCH.checked_add(span)) {
        Ok(date) => date.to_string(),
        Err(_) => format!("day {days}"),
    }
}

fn moment_text(micros: i64) -> String {
    match jiff::Timestamp::from_microsecond(micros) {
        Ok(moment) => moment.to_string(),
        Err(_) => format!("microsecond {micros}"),
    }
}
