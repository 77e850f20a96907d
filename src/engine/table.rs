//! Plain tables: named columns of one length, and their types. No type of the engine here.

use std::fmt;
use std::sync::Arc;

use super::{Column, Values};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnType {
    /// Whole numbers.
    Int,
    /// Finite numbers.
    Float,
    /// Text.
    Text,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// A moment, in UTC.
    Timestamp,
}

impl ColumnType {
    /// Returns the word that manifests and methods use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Float => "float",
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }

    /// Reads the word that manifests and methods use.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "int" => Self::Int,
            "float" => Self::Float,
            "string" => Self::Text,
            "bool" => Self::Bool,
            "date" => Self::Date,
            "timestamp" => Self::Timestamp,
            _ => return None,
        })
    }

    /// Says whether arithmetic and statistics make sense on it.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Bool)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// The names and types of a table's columns, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Name and type of each column.
    pub columns: Vec<(String, ColumnType)>,
}

impl Schema {
    /// Returns the type of a column.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<ColumnType> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind)
    }

    /// Returns the names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Makes a table of these columns with no rows, for checks that only plan.
    #[must_use]
    pub fn empty_table(&self) -> Table {
        let columns = self
            .columns
            .iter()
            .map(|(name, kind)| (name.clone(), Arc::new(Column::new(Values::empty(*kind)))))
            .collect();
        Table { columns, rows: 0 }
    }
}

/// Columns that do not make a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A column has another length than the first.
    #[error("column `{name}` has {found} rows, and the first column has {expected}")]
    Length {
        /// The column.
        name: String,
        /// The rows of the first.
        expected: usize,
        /// Its rows.
        found: usize,
    },
    /// Two columns have one name.
    #[error("two columns are called `{name}`")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// The mask of nulls has another length, or a text code points at no level.
    #[error("column `{name}` is not well formed")]
    Malformed {
        /// The column.
        name: String,
    },
    /// A number is infinite or not a number.
    #[error("row {row} of column `{name}` is not a finite number")]
    NotFinite {
        /// The column.
        name: String,
        /// The row, from 1.
        row: usize,
    },
}

/// A table in memory: named columns of one length, which tables may share.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<(String, Arc<Column>)>,
    rows: usize,
}

impl Table {
    /// Makes a table.
    ///
    /// # Errors
    /// When lengths differ, a name occurs twice, or a number is not finite.
    pub fn from_columns(columns: Vec<(String, Column)>) -> Result<Self, TableError> {
        for (name, column) in &columns {
            if column.known.sound.get().is_none() {
                check_values(name, column)?;
                column.known.sound.get_or_init(|| ());
            }
        }
        Self::from_shared(
            columns.into_iter().map(|(name, column)| (name, Arc::new(column))).collect(),
        )
    }

    /// Makes a table of columns whose values were checked: of other tables, or finite by how they were made.
    ///
    /// # Errors
    /// When lengths differ, or a name occurs twice.
    pub(super) fn from_shared(columns: Vec<(String, Arc<Column>)>) -> Result<Self, TableError> {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        let mut names = std::collections::BTreeSet::new();
        for (name, column) in &columns {
            if !names.insert(name.as_str()) {
                return Err(TableError::Duplicate { name: name.clone() });
            }
            if column.len() != rows {
                let found = column.len();
                return Err(TableError::Length { name: name.clone(), expected: rows, found });
            }
        }
        Ok(Self { columns, rows })
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the names and types.
    #[must_use]
    pub fn schema(&self) -> Schema {
        Schema {
            columns: self
                .columns
                .iter()
                .map(|(name, column)| (name.clone(), column.kind()))
                .collect(),
        }
    }

    /// Returns a column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.shared(name).map(Arc::as_ref)
    }

    /// Returns a column by its name, to be shared with another table.
    #[must_use]
    pub fn shared(&self, name: &str) -> Option<&Arc<Column>> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    /// Returns the columns in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column.as_ref()))
    }

    /// Returns the names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Takes the table apart; a column that no other table has is not copied.
    #[must_use]
    pub fn into_columns(self) -> Vec<(String, Column)> {
        let own = |(name, column)| (name, Arc::unwrap_or_clone(column));
        self.columns.into_iter().map(own).collect()
    }

    /// Keeps the rows that are true in `keep`; rows beyond its end are dropped.
    #[must_use]
    pub fn select_rows(&self, keep: &[bool]) -> Self {
        if keep.get(..self.rows).is_some_and(|keep| !keep.contains(&false)) {
            return self.clone();
        }
        let places: Vec<usize> =
            (0..self.rows).filter(|row| keep.get(*row).copied().unwrap_or(false)).collect();
        self.take(&places)
    }

    /// Keeps the rows of `places`, in that order; places beyond the end are left out.
    #[must_use]
    pub fn take(&self, places: &[usize]) -> Self {
        let rows = places.iter().filter(|place| **place < self.rows).count();
        let columns = self
            .columns
            .iter()
            .map(|(name, column)| (name.clone(), Arc::new(column.take(places))))
            .collect();
        Self { columns, rows }
    }
}

fn check_values(name: &str, column: &Column) -> Result<(), TableError> {
    let name = || name.to_owned();
    if column.valid.as_ref().is_some_and(|valid| valid.len() != column.len()) {
        return Err(TableError::Malformed { name: name() });
    }
    match &column.values {
        Values::Float(values) => {
            let bad = |(row, value): (usize, &f64)| !value.is_finite() && column.is_valid(row);
            if values.iter().fold(true, |all, value| all & value.is_finite()) {
                return Ok(());
            }
            match values.iter().enumerate().position(bad) {
                Some(row) => Err(TableError::NotFinite { name: name(), row: row + 1 }),
                None => Ok(()),
            }
        }
        Values::Text { codes, levels } => {
            let beyond = |code: u32| code as usize >= levels.len();
            let bad = |(row, code): (usize, u32)| beyond(code) && column.is_valid(row);
            if beyond(codes.iter().fold(0, u32::max)) && codes.iter().enumerate().any(bad) {
                return Err(TableError::Malformed { name: name() });
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
