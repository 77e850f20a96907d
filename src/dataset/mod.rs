//! A manifest and its files become a typed, checked table.
//!
//! Reads the file of one table (CSV, TSV, JSON lines or parquet) with the types and rules that its
//! manifest declares; writes nothing. Strict: what is not what the manifest says is a problem with
//! its line, column and value, never a null, a guess or a dropped row. The bytes are hashed while
//! they are read, so that what was verified is what was parsed.
//!
//! What a cell may be: an empty field is null (quoted or not). `int`: digits with a sign, and `1.0` or
//! `1e3` where whole; `float`: a finite decimal; `bool`: `true`/`false` in any case, or `1`/`0`; `date`:
//! `2026-11-22`; `timestamp`: `2026-11-22T10:00:00Z`, with an offset, or without one and then UTC.
//! Spaces around anything but text are ignored.

mod cell;
mod delimited;
mod findings;
mod jsonl;
mod regular;
mod rules;
mod split;
mod stream;
mod value;

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Problem, Problems};
use crate::digest::Sha256;
use crate::engine::{self, Column, ColumnType, Engine, Schema, Values};
use crate::event::{Event, Observer};
use crate::manifest::{self, Format, Manifest};

use findings::{Findings, LineMap};
use stream::Stream;

/// A table that was read and checked, and where its bytes came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The table.
    pub table: Arc<engine::Table>,
    /// The id of its dataset.
    pub dataset: String,
    /// Its id in the manifest.
    pub table_id: String,
    /// The path of its file inside the dataset.
    pub path: String,
    /// The bytes that were read.
    pub bytes: u64,
    /// The checksum of the bytes that were read.
    pub sha256: Sha256,
    /// For each column of printed numbers, how precise its cells are.
    pub printed: Vec<Printed>,
}

/// How precise the cells of a column of printed numbers are.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// The column.
    pub column: String,
    /// For each row, half a unit of the last printed digit: 0.05 for `28.0`. `None` where null.
    pub half_units: Vec<Option<f64>>,
}

/// Reads the table `table` of a manifest from the verified file at `file_at`.
///
/// `manifest_source` is the name of the manifest in messages. With `wanted`, only these columns are
/// kept, an int widened where a float is wanted; all declared columns are checked in any case.
///
/// # Errors
/// The first problems of the file, with their lines and the number of those left out.
pub fn load(
    manifest: &Manifest,
    manifest_source: &str,
    table: &str,
    file_at: &Path,
    wanted: Option<&Schema>,
    observer: &dyn Observer,
) -> Result<Loaded, Problems> {
    let Some(declared) = manifest.table(table) else {
        let known = manifest.tables.iter().map(|table| table.id.value.as_str());
        let message = format!("the dataset `{}` has no table `{table}`", manifest.id.value);
        let problem = Problem::error(message).in_file(manifest_source, 0, 0);
        return Err(problem.suggest(table, known).into());
    };
    let file = manifest.file(&declared.file.value).ok_or_else(|| {
        let message = format!("no [[file]] is called `{}`", declared.file.value);
        Problems::from(Problem::error(message).at(&declared.file.span))
    })?;
    check_wanted(declared, wanted)?;
    let shown = format!("{}/{}", manifest.id.value, file.path.value);
    let task = format!("read {shown}");
    observer.event(Event::Started { task: &task, total: Some(file.bytes) });
    let wanted_columns = Wanted(wanted);
    let reading =
        Reading { declared, shown: &shown, file_at, wanted: wanted_columns, task: &task, observer };
    let read = reading.read();
    observer.event(Event::Finished { task: &task });
    let read = read.and_then(|read| same_bytes(read, file, &shown))?;
    let (table, printed) = keep(read.columns, read.printed, wanted).map_err(Problems::from)?;
    Ok(Loaded {
        table: Arc::new(table),
        dataset: manifest.id.value.clone(),
        table_id: declared.id.value.clone(),
        path: file.path.value.clone(),
        bytes: read.bytes,
        sha256: read.sha256,
        printed,
    })
}

/// What was read: every declared column, checked, and what the bytes were.
struct Read {
    columns: Vec<(String, Column)>,
    printed: Vec<Printed>,
    bytes: u64,
    sha256: Sha256,
    problems: Problems,
}

/// One reading of one file.
struct Reading<'a> {
    declared: &'a manifest::Table,
    shown: &'a str,
    file_at: &'a Path,
    wanted: Wanted<'a>,
    task: &'a str,
    observer: &'a dyn Observer,
}

impl Reading<'_> {
    fn read(&self) -> Result<Read, Problems> {
        match self.declared.format {
            Format::Csv => self.streamed(|stream, findings| {
                delimited::read(stream, self.declared, b',', self.wanted, findings)
            }),
            Format::Tsv => self.streamed(|stream, findings| {
                delimited::read(stream, self.declared, b'\t', self.wanted, findings)
            }),
            Format::Jsonl => {
                self.streamed(|stream, findings| jsonl::read(stream, self.declared, findings))
            }
            Format::Parquet => self.parquet(),
        }
    }

    fn streamed(
        &self,
        parse: impl FnOnce(&mut Stream<'_>, &mut Findings<'_>) -> Parsed,
    ) -> Result<Read, Problems> {
        let mut findings = Findings::new(self.shown);
        let mut stream = self.open()?;
        let parsed = parse(&mut stream, &mut findings);
        let (sha256, bytes) = stream.finish().map_err(|error| self.unreadable(&error))?;
        Ok(self.checked(parsed, findings, sha256, bytes))
    }

    fn open(&self) -> Result<Stream<'_>, Problems> {
        Stream::open(self.file_at, self.task, self.observer)
            .map_err(|error| self.unreadable(&error))
    }

    fn parquet(&self) -> Result<Read, Problems> {
        let (sha256, bytes) = self.open()?.finish().map_err(|error| self.unreadable(&error))?;
        let mut findings = Findings::new(self.shown).by_rows();
        let schema = Schema {
            columns: self
                .declared
                .columns
                .iter()
                .filter(|column| !self.passes(column))
                .map(|column| (column.name.value.clone(), plain_kind(column.kind)))
                .collect(),
        };
        for column in self.declared.columns.iter().filter(|column| column.printed) {
            findings.printed_needs_text(column);
        }
        let columns = match Engine::read_parquet(self.file_at, &schema) {
            Ok(table) => table.into_columns(),
            Err(error) => {
                findings.whole_file(error.to_string(), error.help());
                Vec::new()
            }
        };
        let parsed = Parsed { columns, ..Parsed::nothing() };
        Ok(self.checked(parsed, findings, sha256, bytes))
    }

    /// Says whether nobody asks for a column and the file's own structure shows that it is in order.
    fn passes(&self, column: &manifest::Column) -> bool {
        let (name, kind) = (&column.name.value, plain_kind(column.kind));
        !self.wanted.needs(column)
            && Engine::parquet_is_sound(self.file_at, name, kind, column.not_null)
    }

    /// Applies the manifest's rules to what was parsed.
    fn checked(
        &self,
        parsed: Parsed,
        mut findings: Findings<'_>,
        sha256: Sha256,
        bytes: u64,
    ) -> Read {
        let first = parsed.columns.first().map_or(0, |(_, column)| column.len());
        let rows = parsed.rows.unwrap_or(first);
        for (name, column) in &parsed.columns {
            let Some(declared) = self.declared.column(name) else { continue };
            if !parsed.broken.contains(name) {
                rules::check(declared, column, &parsed.lines, &mut findings);
            }
        }
        if findings.is_readable() {
            self.count_rows(rows, &mut findings);
        }
        let problems = findings.into_problems();
        Read { columns: parsed.columns, printed: parsed.printed, bytes, sha256, problems }
    }

    fn count_rows(&self, rows: usize, findings: &mut Findings<'_>) {
        match self.declared.rows {
            Some(expected) if expected != rows as u64 => {
                let message = format!("the file has {rows} rows, and its manifest says {expected}");
                findings.whole_file(
                    message,
                    Some("was it cut off, or is it another version of the data?".to_owned()),
                );
            }
            None if rows == 0 => {
                let help = "write `rows = 0` in its manifest if that is right".to_owned();
                findings.whole_file("the file has no rows", Some(help));
            }
            _ => {}
        }
    }

    fn unreadable(&self, error: &std::io::Error) -> Problems {
        Problem::error(format!("cannot be read: {error}")).in_file(self.shown, 0, 0).into()
    }
}

/// The columns that somebody asked for; all where nobody said.
#[derive(Clone, Copy)]
struct Wanted<'a>(Option<&'a Schema>);

impl Wanted<'_> {
    /// Says whether a column's values are needed: for the table, or for a rule of the manifest beyond
    /// its type and `not_null`.
    fn needs(self, column: &manifest::Column) -> bool {
        self.0.is_none_or(|wanted| wanted.kind(&column.name.value).is_some())
            || column.kind != manifest::ColumnType::Text
            || column.printed
            || column.unique
            || !column.one_of.is_empty()
            || column.min.is_some()
            || column.max.is_some()
    }
}

/// What a parser gives: columns with null where a cell had a problem.
struct Parsed {
    columns: Vec<(String, Column)>,
    /// The rows, where columns were left out because nobody asked for them.
    rows: Option<usize>,
    printed: Vec<Printed>,
    lines: LineMap,
    /// Columns with cells of the wrong type: rules would only repeat that.
    broken: Vec<String>,
}

impl Parsed {
    fn nothing() -> Self {
        Self {
            columns: Vec::new(),
            rows: None,
            printed: Vec::new(),
            lines: LineMap::default(),
            broken: Vec::new(),
        }
    }
}

/// Refuses a file whose bytes are not those of the manifest: then no other problem matters.
fn same_bytes(read: Read, file: &manifest::File, shown: &str) -> Result<Read, Problems> {
    if read.sha256 != file.sha256 {
        let message = format!(
            "the bytes read are not those of the manifest: {} bytes with SHA-256 {}, not {} bytes with {}",
            read.bytes,
            read.sha256.short(),
            file.bytes,
            file.sha256.short()
        );
        let help = format!("the file changed; run `secondlook verify {}`", {
            shown.split('/').next().unwrap_or(shown)
        });
        return Err(Problem::error(message).in_file(shown, 0, 0).help(help).into());
    }
    if read.problems.has_errors() {
        return Err(read.problems);
    }
    Ok(read)
}

fn check_wanted(declared: &manifest::Table, wanted: Option<&Schema>) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for (name, kind) in wanted.map(|schema| schema.columns.as_slice()).unwrap_or_default() {
        match declared.column(name) {
            None => {
                let known = declared.columns.iter().map(|column| column.name.value.as_str());
                let message = format!("the table `{}` has no column `{name}`", declared.id.value);
                problems.push(Problem::error(message).at(&declared.id.span).suggest(name, known));
            }
            Some(column) => {
                let have = plain_kind(column.kind);
                let widened = have == ColumnType::Int && *kind == ColumnType::Float;
                if have != *kind && !widened {
                    let message = format!("the column `{name}` is {have}, and {kind} is wanted");
                    problems.push(Problem::error(message).at(&column.name.span));
                }
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn keep(
    columns: Vec<(String, Column)>,
    printed: Vec<Printed>,
    wanted: Option<&Schema>,
) -> Result<(engine::Table, Vec<Printed>), Problem> {
    let Some(wanted) = wanted else {
        return Ok((assembled(columns)?, printed));
    };
    let mut kept = Vec::with_capacity(wanted.columns.len());
    let mut columns = columns;
    for (name, kind) in &wanted.columns {
        let Some(place) = columns.iter().position(|(known, _)| known == name) else {
            return Err(Problem::error(format!("the column `{name}` was not read")));
        };
        let (name, column) = columns.swap_remove(place);
        let column = if *kind == ColumnType::Float { widened(&name, column)? } else { column };
        kept.push((name, column));
    }
    let printed =
        printed.into_iter().filter(|printed| wanted.kind(&printed.column).is_some()).collect();
    Ok((assembled(kept)?, printed))
}

fn assembled(columns: Vec<(String, Column)>) -> Result<engine::Table, Problem> {
    engine::Table::from_columns(columns).map_err(|error| Problem::error(error.to_string()))
}

fn widened(name: &str, column: Column) -> Result<Column, Problem> {
    let Column { values: Values::Int(_), .. } = &column else {
        return Ok(column);
    };
    let Some(numbers) = column.numbers() else {
        let message = format!("an int of `{name}` is beyond 2^53 and no exact float");
        return Err(Problem::error(message));
    };
    let values = Values::Float(numbers.into_values());
    Ok(Column::of(values, column.valid))
}

/// Returns the engine's type for a manifest's.
fn plain_kind(kind: manifest::ColumnType) -> ColumnType {
    match kind {
        manifest::ColumnType::Int => ColumnType::Int,
        manifest::ColumnType::Float => ColumnType::Float,
        manifest::ColumnType::Text => ColumnType::Text,
        manifest::ColumnType::Bool => ColumnType::Bool,
        manifest::ColumnType::Date => ColumnType::Date,
        manifest::ColumnType::Timestamp => ColumnType::Timestamp,
    }
}
