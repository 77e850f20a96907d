//! JSON lines: one object a line, with the declared columns among its keys.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use crate::manifest::{Column, ColumnType, Table};

use super::Parsed;
use super::cell::Builder;
use super::findings::{Findings, LineMap, shown};
use super::stream::{BUFFER, Stream};
use super::value::{CellError, article};

/// Reads the declared columns of a table.
pub(super) fn read(
    stream: &mut Stream<'_>,
    declared: &Table,
    findings: &mut Findings<'_>,
) -> Parsed {
    for column in declared.columns.iter().filter(|column| column.printed) {
        findings.printed_needs_text(column);
    }
    let mut reader = BufReader::with_capacity(BUFFER, stream);
    let mut columns: Vec<Builder<'_>> = declared.columns.iter().map(Builder::new).collect();
    let mut lines = LineMap::default();
    let (mut buffer, mut line, mut row) = (Vec::new(), 0, 0);
    loop {
        buffer.clear();
        line += 1;
        match reader.read_until(b'\n', &mut buffer) {
            Ok(0) => break,
            Ok(_) => reader.get_mut().record_taken(),
            Err(error) => {
                findings.unreadable(line, format!("cannot be read: {error}"), "check the file");
                break;
            }
        }
        let text = buffer.trim_ascii();
        if text.is_empty() {
            findings.row(line, "the line is empty", "delete it");
            continue;
        }
        match serde_json::from_slice::<serde_json::Map<String, Value>>(text) {
            Ok(object) => {
                lines.note(row, line);
                push(&object, &mut columns, line, findings);
                row += 1;
            }
            Err(error) => {
                let message = format!("`{}` is no JSON object: {error}", shown(text));
                findings.unreadable(
                    line,
                    message,
                    "each line is one object: `{\"column\": value}`",
                );
                break;
            }
        }
    }
    if line == 1 && row == 0 && findings.is_readable() {
        findings.unreadable(0, "the file is empty", "download the data again");
    }
    finished(columns, lines)
}

fn push(
    object: &serde_json::Map<String, Value>,
    columns: &mut [Builder<'_>],
    line: usize,
    findings: &mut Findings<'_>,
) {
    for column in columns {
        let name = &column.declared.name.value;
        let cell = cell(object.get(name), column.declared);
        let answer = match cell {
            Ok(cell) => column.push(cell.as_bytes()),
            Err(error) => {
                column.skip();
                Err(error)
            }
        };
        if let Err(error) = answer {
            findings.cell(line, name, &error.message, error.help);
        }
    }
}

/// Returns a value as the text of a cell, where its JSON type is the declared one.
fn cell(value: Option<&Value>, declared: &Column) -> Result<String, CellError> {
    let textual =
        matches!(declared.kind, ColumnType::Text | ColumnType::Date | ColumnType::Timestamp);
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) if textual && !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) if !textual => Ok(number.to_string()),
        Some(Value::Bool(flag)) if declared.kind == ColumnType::Bool => Ok(flag.to_string()),
        Some(other) => Err(CellError {
            message: format!(
                "`{}` is not {}",
                shown(other.to_string().as_bytes()),
                article(declared.kind)
            ),
            help: matches!(other, Value::String(text) if text.is_empty())
                .then(|| "write `null` for a missing value".to_owned()),
        }),
    }
}

fn finished(columns: Vec<Builder<'_>>, lines: LineMap) -> Parsed {
    let mut parsed = Parsed { lines, ..Parsed::nothing() };
    for builder in columns {
        let broken = builder.broken;
        let (name, column, _) = builder.finish();
        if broken {
            parsed.broken.push(name.clone());
        }
        parsed.columns.push((name, column));
    }
    parsed
}
