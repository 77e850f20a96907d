//! Comma- and tab-separated values, strictly.

use std::io;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::diagnostic::names::instead;
use crate::manifest::Table;

use super::cell::Builder;
use super::findings::{Findings, LineMap, shown};
use super::split::{LARGEST_FIELD, MOST_COLUMNS};
use super::stream::{BUFFER, LARGEST_RECORD, QuoteFault, Quotes, Stream};
use super::{Parsed, Wanted, regular};

/// Reads the declared columns of a table.
pub(super) fn read(
    stream: &mut Stream<'_>,
    declared: &Table,
    delimiter: u8,
    wanted: Wanted<'_>,
    findings: &mut Findings<'_>,
) -> Parsed {
    match stream.peek() {
        Ok(first) => {
            if let Some((message, help)) = not_a_table(&first) {
                findings.unreadable(usize::from(!first.is_empty()), message, help);
                return Parsed::nothing();
            }
        }
        Err(error) => {
            findings.unreadable(0, format!("cannot be read: {error}"), "check the file");
            return Parsed::nothing();
        }
    }
    match regular::read(stream, declared, delimiter, wanted) {
        Ok(Some(parsed)) => return parsed,
        Ok(None) => {}
        Err(error) => {
            findings.unreadable(0, format!("cannot be read: {error}"), "check the file");
            return Parsed::nothing();
        }
    }
    stream.quotes = Some(Quotes::new(delimiter));
    let reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(stream);
    let mut rows = Rows { reader, record: ByteRecord::new(), declared, delimiter, findings };
    rows.read_all()
}

/// Says what a file is that is no table of text.
fn not_a_table(first: &[u8]) -> Option<(String, &'static str)> {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    let download = "download the data again, and look at what the address gives";
    if first.is_empty() {
        return Some(("the file is empty".to_owned(), download));
    }
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return Some(("the file is UTF-16".to_owned(), "save it as UTF-8"));
    }
    if text.starts_with(b"<") {
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
        let message = format!(
            "the file begins with `{}`: it is a web page or XML, not a table",
            shown(line.trim_ascii())
        );
        return Some((message, download));
    }
    let packed = [
        (&b"PK\x03\x04"[..], "a ZIP archive or a spreadsheet"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"PAR1", "a parquet file"),
        (b"%PDF", "a PDF"),
    ];
    packed.iter().find(|(magic, _)| first.starts_with(magic)).map(|(_, what)| {
        (
            format!("the file is {what}, not a table of text"),
            "unpack or export it, and pin the result",
        )
    })
}

struct Rows<'a, 'b, 'c> {
    reader: Reader<&'a mut Stream<'b>>,
    record: ByteRecord,
    declared: &'a Table,
    delimiter: u8,
    findings: &'a mut Findings<'c>,
}

impl Rows<'_, '_, '_> {
    fn read_all(&mut self) -> Parsed {
        let Some(header) = self.header() else {
            return Parsed::nothing();
        };
        let declared = self.declared;
        let mut columns: Vec<(usize, Builder<'_>)> = Vec::new();
        for column in &declared.columns {
            let mut places =
                (0..header.len()).filter(|place| header.get(*place) == Some(&column.name.value));
            match (places.next(), places.next()) {
                (Some(place), None) => columns.push((place, Builder::new(column))),
                (Some(_), Some(_)) => {
                    let message = format!("two columns are called `{}`", column.name.value);
                    self.findings.unreadable(1, message, "rename one, or pin a corrected file");
                }
                (None, _) => self.missing(&column.name.value, &header),
            }
        }
        if !self.findings.is_readable() {
            return Parsed::nothing();
        }
        let lines = self.body(header.len(), &mut columns);
        finished(columns, lines)
    }

    /// Reads one record; `None` at the end, or where reading cannot go on.
    fn next(&mut self) -> Option<usize> {
        let start = self.reader.position().line() as usize;
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {
                self.reader.get_mut().record_taken();
                Some(start)
            }
            Ok(false) => None,
            Err(error) => {
                if !self.quote_fault() {
                    self.cannot_go_on(start, &error);
                }
                None
            }
        }
    }

    fn cannot_go_on(&mut self, line: usize, error: &csv::Error) {
        let too_long = matches!(error.kind(), csv::ErrorKind::Io(inner)
            if inner.kind() == io::ErrorKind::FileTooLarge);
        if too_long {
            let message = format!("the row is longer than {} MiB", LARGEST_RECORD >> 20);
            self.findings.unreadable(line, message, "is this a table of text at all?");
        } else {
            self.findings.unreadable(line, format!("cannot be read: {error}"), "check the file");
        }
    }

    /// Reports a quote that is wrong, if the stream has seen one.
    fn quote_fault(&mut self) -> bool {
        let stream = self.reader.get_mut();
        let Some((fault, byte)) = stream.quotes.as_ref().and_then(Quotes::fault) else {
            return false;
        };
        let line = stream.line_of(byte).unwrap_or(0);
        let message = match fault {
            QuoteFault::Unclosed => "a quote opens here and is never closed",
            QuoteFault::TextAfter => "text follows a closing quote",
        };
        self.findings.unreadable(
            line,
            message,
            "a quote within a quoted field is written twice: `\"\"`",
        );
        true
    }

    fn header(&mut self) -> Option<Vec<String>> {
        if self.next().is_none() {
            if self.findings.is_empty() {
                self.findings.unreadable(1, "the file has no header", "download the data again");
            }
            return None;
        }
        if self.record.len() > MOST_COLUMNS {
            let message = format!(
                "the header has {} columns; the limit is {MOST_COLUMNS}",
                self.record.len()
            );
            self.findings.unreadable(1, message, "is this a table of text at all?");
            return None;
        }
        let mut header = Vec::with_capacity(self.record.len());
        for name in &self.record {
            if name.contains(&0) {
                self.findings.unreadable(
                    1,
                    "the header holds a NUL byte",
                    "save the file as UTF-8",
                );
                return None;
            }
            let Ok(name) = std::str::from_utf8(name) else {
                let message = format!("the header `{}` is not UTF-8", shown(name));
                self.findings.unreadable(1, message, "save the file as UTF-8");
                return None;
            };
            header.push(name.to_owned());
        }
        Some(header)
    }

    fn missing(&mut self, name: &str, header: &[String]) {
        let message = format!("the file has no column `{name}`");
        let separators = [';', '\t', ',', '|'];
        let single = header.first().filter(|_| header.len() == 1);
        let other =
            single.and_then(|line| separators.into_iter().find(|mark| line.contains(*mark)));
        let help = match (other, instead(name, header.iter().map(String::as_str))) {
            (Some(mark), _) => {
                format!("its columns seem to be separated by `{}`", mark.escape_default())
            }
            (None, Some(help)) => help,
            (None, None) => "its header is empty".to_owned(),
        };
        self.findings.unreadable(1, message, &help);
    }

    fn body(&mut self, width: usize, columns: &mut [(usize, Builder<'_>)]) -> LineMap {
        let mut lines = LineMap::default();
        let mut row = 0;
        while let Some(start) = self.next() {
            let line = start + self.blank_lines(start);
            lines.note(row, line);
            row += 1;
            if self.bad_shape(line, width) {
                for (_, column) in columns.iter_mut() {
                    column.skip();
                }
                continue;
            }
            for (place, column) in columns.iter_mut() {
                let cell = self.record.get(*place).unwrap_or_default();
                if let Err(error) = column.push(cell) {
                    let name = &column.declared.name.value;
                    self.findings.cell(line, name, &error.message, error.help);
                }
            }
        }
        if self.findings.is_readable() {
            self.quote_fault();
        }
        lines
    }

    /// Reports empty lines that the parser skipped before this row, and returns their number.
    fn blank_lines(&mut self, start: usize) -> usize {
        let taken = (self.reader.position().line() as usize).saturating_sub(start);
        if taken <= 1 {
            return 0;
        }
        let within: usize =
            self.record.iter().map(|cell| cell.split(|byte| *byte == b'\n').count() - 1).sum();
        let blank = taken.saturating_sub(1 + within);
        if blank > 0 && !self.reader.is_done() {
            let help = "delete it; in a table of one column write `\"\"` for a missing value";
            self.findings.row(start, "the line is empty", help);
        }
        blank
    }

    fn bad_shape(&mut self, line: usize, width: usize) -> bool {
        if self.record.len() != width {
            let found = self.record.len();
            let message = format!("the row has {found} fields, and the header has {width}");
            let help = if found > width {
                let mark = (self.delimiter as char).escape_default();
                format!("a field that holds `{mark}` must stand in quotes")
            } else {
                "a field is missing, or a quote is wrong in this row or the one before".to_owned()
            };
            self.findings.row(line, message, &help);
            return true;
        }
        if self.record.as_slice().contains(&0) {
            self.findings.row(line, "the row holds a NUL byte", "save the file as UTF-8");
            return true;
        }
        if self.record.as_slice().len() > LARGEST_FIELD
            && self.record.iter().any(|cell| cell.len() > LARGEST_FIELD)
        {
            let message = format!("a field is longer than {} MiB", LARGEST_FIELD >> 20);
            self.findings.row(line, message, "is a quote wrong in this row?");
            return true;
        }
        false
    }
}

fn finished(columns: Vec<(usize, Builder<'_>)>, lines: LineMap) -> Parsed {
    let mut parsed = Parsed { lines, ..Parsed::nothing() };
    for (_, builder) in columns {
        let broken = builder.broken;
        let (name, column, printed) = builder.finish();
        if broken {
            parsed.broken.push(name.clone());
        }
        parsed.printed.extend(printed);
        parsed.columns.push((name, column));
    }
    parsed
}
