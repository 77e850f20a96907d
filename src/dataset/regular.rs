//! The quick way through a delimited file in which nothing is wrong, a block of rows at a time.
//!
//! Fields are found eight bytes at a time and parsed column by column. Whatever is not regular (a
//! field too many, a number that is none, a NUL, an empty line, a quote in a wrong place) ends this
//! way without a word: the file is then read again, row by row, by [`super::delimited`], which says
//! what is wrong and where. Both give the same table where nothing is.

use std::io;

use crate::manifest::Table;

use super::cell::Builder;
use super::findings::LineMap;
use super::split::{Block, Fields};
use super::stream::{Blocks, Stream};
use super::{Parsed, Wanted};

/// What becomes of a column's cells.
enum Sink<'a> {
    /// They are kept.
    Kept(Box<Builder<'a>>),
    /// Nobody asks for them: they are text (the whole block is UTF-8), and at most must not be empty.
    Passed { not_null: bool },
}

/// Reads the declared columns of a table; none where something is not regular.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(
    stream: &mut Stream<'_>,
    declared: &Table,
    delimiter: u8,
    wanted: Wanted<'_>,
) -> io::Result<Option<Parsed>> {
    stream.in_blocks(|blocks| rows(blocks, declared, delimiter, wanted))
}

fn rows(
    blocks: &mut Blocks<'_, '_>,
    declared: &Table,
    delimiter: u8,
    wanted: Wanted<'_>,
) -> io::Result<Option<Parsed>> {
    let mut block = Block::new(delimiter);
    let mut sinks: Option<Vec<(usize, Sink<'_>)>> = None;
    let (mut lines, mut row, mut line) = (LineMap::default(), 0, 1);
    let mut fields = Fields::default();
    while blocks.next(&mut block)? {
        if std::str::from_utf8(block.bytes()).is_err() {
            return Ok(None);
        }
        if sinks.is_none() {
            let Some((width, columns)) = header(&mut block, declared, wanted) else {
                return Ok(None);
            };
            fields.width = width;
            line = block.lines() + 1;
            sinks = Some(columns);
        }
        let Some(columns) = &mut sinks else { return Ok(None) };
        if !block.split(&mut fields) {
            return Ok(None);
        }
        for ahead in fields.lines() {
            lines.note(row, line + ahead);
            row += 1;
        }
        line += block.lines();
        for (place, sink) in columns.iter_mut() {
            if !sink.take(block.text(), &fields, *place) {
                return Ok(None);
            }
        }
    }
    let Some(sinks) = sinks.filter(|_| block.ended()) else { return Ok(None) };
    Ok(Some(finished(sinks, lines, row)))
}

fn header<'a>(
    block: &mut Block,
    declared: &'a Table,
    wanted: Wanted<'_>,
) -> Option<(usize, Vec<(usize, Sink<'a>)>)> {
    let names = block.header()?;
    let mut columns = Vec::with_capacity(declared.columns.len());
    for column in &declared.columns {
        let mut places = (0..names.len()).filter(|at| names.get(*at) == Some(&column.name.value));
        let place = places.next()?;
        if places.next().is_some() {
            return None;
        }
        let sink = if wanted.needs(column) {
            Sink::Kept(Box::new(Builder::new(column)))
        } else {
            Sink::Passed { not_null: column.not_null }
        };
        columns.push((place, sink));
    }
    Some((names.len(), columns))
}

impl Sink<'_> {
    fn take(&mut self, text: &[u8], fields: &Fields, place: usize) -> bool {
        match self {
            Self::Kept(builder) => builder.push_all(fields.column(text, place)),
            Self::Passed { not_null } => {
                !*not_null || fields.column(text, place).all(|cell| !cell.is_empty())
            }
        }
    }
}

fn finished(sinks: Vec<(usize, Sink<'_>)>, lines: LineMap, rows: usize) -> Parsed {
    let mut parsed = Parsed { lines, rows: Some(rows), ..Parsed::nothing() };
    for (_, sink) in sinks {
        if let Sink::Kept(builder) = sink {
            let (name, column, printed) = builder.finish();
            parsed.printed.extend(printed);
            parsed.columns.push((name, column));
        }
    }
    parsed
}
