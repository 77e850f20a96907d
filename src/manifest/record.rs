//! A manifest as it was checked: past the reader, every table has a file and every file a checksum.
//!
//! Plain records; reads and writes nothing.

use std::fmt;

use crate::diagnostic::document::Scalar;
use crate::diagnostic::{Problem, Spanned};
use crate::digest::Sha256;

use super::path::SafePath;

/// Who can get the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Anyone who registers with the producer.
    Registration,
    /// Exists, but is not public.
    Withheld,
    /// Existed, and is gone.
    Destroyed,
    /// Made by a recorded procedure; its files are shipped with their checksums.
    Generated,
}

impl Access {
    /// Every kind of access.
    pub const ALL: [Self; 5] =
        [Self::Public, Self::Registration, Self::Withheld, Self::Destroyed, Self::Generated];

    /// Returns the word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Registration => "registration",
            Self::Withheld => "withheld",
            Self::Destroyed => "destroyed",
            Self::Generated => "generated",
        }
    }

    /// Says whether no file can ever be had.
    #[must_use]
    pub const fn is_unavailable(self) -> bool {
        matches!(self, Self::Withheld | Self::Destroyed)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// How a table's file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Tsv, Self::Parquet, Self::Jsonl];

    /// Returns the word used in files, which is also the usual ending.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
            Self::Jsonl => "jsonl",
        }
    }

    /// Returns the format that a file's ending stands for.
    #[must_use]
    pub fn of_ending(path: &str) -> Option<Self> {
        let ending = path.rsplit_once('.')?.1.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.word() == ending)
    }
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Whole numbers of any width; `1.0` is one.
    Int,
    /// Numbers.
    Float,
    /// Texts (`string` in files).
    Text,
    /// True or false.
    Bool,
    /// Days.
    Date,
    /// Moments.
    Timestamp,
}

impl ColumnType {
    /// Every type.
    pub const ALL: [Self; 6] =
        [Self::Int, Self::Float, Self::Text, Self::Bool, Self::Date, Self::Timestamp];

    /// Returns the word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Float => "float",
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }

    /// Says whether values of the type are numbers.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }
}

/// A dataset: what it is, who made it, and the files it consists of.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The id, kebab-case; equal to the folder's name (see [`Manifest::check_folder`]).
    pub id: Spanned<String>,
    /// What it is.
    pub title: String,
    /// Who made it.
    pub producer: String,
    /// How to cite it.
    pub citation: Option<String>,
    /// An SPDX id where there is one, or words.
    pub licence: String,
    /// Who can get it.
    pub access: Access,
    /// The strongest basis a run on it can have, by its word in results.
    pub basis: Option<String>,
    /// The day it was retrieved, `YYYY-MM-DD`.
    pub retrieved: Option<String>,
    /// Why it cannot be had: always there where it is withheld or destroyed.
    pub reason: Option<String>,
    /// Whom to ask: always there where it is withheld or destroyed.
    pub contact: Option<String>,
    /// Its files, in the order written.
    pub files: Vec<File>,
    /// Its tables, in the order written.
    pub tables: Vec<Table>,
}

impl Manifest {
    /// Returns the table with an id.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id.value == id)
    }

    /// Returns the file with a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path.value == path)
    }

    /// Returns the problem that the dataset's folder has another name than the dataset, if so.
    #[must_use]
    pub fn check_folder(&self, folder: &str) -> Option<Problem> {
        (self.id.value != folder).then(|| {
            let id = &self.id.value;
            Problem::error(format!("the dataset is `{id}`, but its folder is `{folder}`"))
                .at(&self.id.span)
                .help(format!("write `id = \"{folder}\"`, or rename the folder to `{id}`"))
        })
    }
}

/// One file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path inside the dataset, as written; a [`SafePath`].
    pub path: Spanned<String>,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Sha256,
    /// Where to download it.
    pub url: Option<Spanned<String>>,
    /// The file it was made from, where it was converted by hand.
    pub derived_from: Option<DerivedFrom>,
}

impl File {
    /// Returns the checked path.
    ///
    /// # Errors
    /// Never for a manifest that [`super::read`] gave; for one made otherwise, why the path is unsafe.
    pub fn safe_path(&self) -> Result<SafePath, super::PathError> {
        SafePath::new(&self.path.value)
    }
}

/// What a file was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedFrom {
    /// The checksum of the original.
    pub sha256: Sha256,
    /// Its size, where stated.
    pub bytes: Option<u64>,
    /// Where it is, where stated.
    pub url: Option<Spanned<String>>,
    /// What was done to it.
    pub command: String,
}

/// One table of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The id, snake_case or kebab-case.
    pub id: Spanned<String>,
    /// The path of its file: one of the manifest's.
    pub file: Spanned<String>,
    /// How the file is written.
    pub format: Format,
    /// How many rows it must have.
    pub rows: Option<u64>,
    /// The columns that are used, in the order written; others are ignored.
    pub columns: Vec<Column>,
}

impl Table {
    /// Returns the column with a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.value == name)
    }
}

/// One column, and what must hold of each of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in the file.
    pub name: Spanned<String>,
    /// Its type.
    pub kind: ColumnType,
    /// The only values allowed; empty where any is. Of the column's type; dates as texts.
    pub one_of: Vec<Spanned<Scalar>>,
    /// The smallest value allowed (numeric columns).
    pub min: Option<Spanned<f64>>,
    /// The largest value allowed (numeric columns).
    pub max: Option<Spanned<f64>>,
    /// No value may occur twice.
    pub unique: bool,
    /// No value may be missing.
    pub not_null: bool,
    /// The unit.
    pub unit: Option<String>,
    /// What it means.
    pub says: Option<String>,
    /// Its cells are numbers as the study prints them, precise to their last digit.
    pub printed: bool,
}

/// Says whether a name is kebab-case: `[a-z0-9]` words joined by single hyphens, at most 64 bytes.
#[must_use]
pub fn is_kebab_case(name: &str) -> bool {
    name.len() <= 64
        && name.split('-').all(|word| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
