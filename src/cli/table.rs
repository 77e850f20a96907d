//! `secondlook check --table FILE --grim MEAN,N`: the rows of a table of printed numbers.
//!
//! Reads the file once, a record at a time; nothing goes to stdout before every row is read, so that a
//! table with an error leaves no half document.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::rc::Rc;

use csv::ByteRecord;
use tempfile::SpooledTempFile;

use super::args::CheckArguments;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::claims::forensic::{Check, Checker, Counts, Divisor};
use crate::claims::rounding::Rounding;
use crate::diagnostic::text::Append as _;
use crate::diagnostic::{Problem, Problems};
use crate::error::Error;

/// How many bytes one record may have.
const LARGEST_RECORD: u64 = 1 << 20;
/// How many problems are reported before the reading stops.
const MOST_PROBLEMS: usize = 50;
/// How many bytes of the answer are held in memory; what is more waits in a temporary file.
const IN_MEMORY: usize = 64 << 20;

/// Checks every row of a table of printed numbers.
pub(super) fn table(
    file: &Path,
    wanted: &CheckArguments,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let (checker, names) = checker(wanted)?;
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let columns = checker.check.columns();
    if names.len() != columns.len() {
        let word = Check::ALL.iter().find(|(_, check)| *check == checker.check);
        return Err(Error::Usage {
            message: format!(
                "--{} needs {} columns: {}",
                word.map_or("grim", |(word, _)| word),
                columns.len(),
                columns.join(", ")
            ),
            help: Some("name them as the header does, or by their places: `2,3`".to_owned()),
        });
    }
    let mut rows = Rows::open(file, wanted)?;
    let places = rows.places(&names)?;
    let mut answer = Answer::new(terminal.is_json(), checker.check);
    rows.check(&checker, &names, &places, &mut answer)?;
    let counts = answer.counts;
    terminal.copy(&mut answer.finish()?)?;
    Ok(match counts {
        Counts { inconsistent: 1.., .. } => Exit::ClaimFails,
        Counts { consistent: 1.., .. } => Exit::Done,
        _ => Exit::Nothing,
    })
}

/// Reads one column of a table as the texts that stand there.
pub(super) fn column(
    file: &Path,
    name: &str,
    wanted: &CheckArguments,
) -> Result<Vec<String>, Error> {
    let mut rows = Rows::open(file, wanted)?;
    let place = rows.places(&[name])?.first().copied().unwrap_or_default();
    let mut texts = Vec::new();
    while rows.next()? {
        let bytes = rows.record.get(place).unwrap_or_default();
        texts.push(String::from_utf8_lossy(bytes).trim().to_owned());
    }
    Ok(texts)
}

fn checker(wanted: &CheckArguments) -> Result<(Checker, &str), Error> {
    let (check, names) = match (&wanted.grim, &wanted.grimmer, &wanted.debit) {
        (Some(names), _, _) => (Check::Grim, names),
        (_, Some(names), _) => (Check::Grimmer, names),
        (_, _, Some(names)) => (Check::Debit, names),
        _ => {
            let message = "say --grim, --grimmer, --debit or --p".to_owned();
            return Err(Error::Usage { message, help: None });
        }
    };
    let checker = Checker {
        check,
        rounding: wanted.rounding.unwrap_or(Rounding::Unknown),
        items: wanted.items,
        divisor: if wanted.population { Divisor::Population } else { Divisor::Sample },
        scale: wanted.scale,
        percent: wanted.percent,
        decimal_comma: wanted.decimal_comma(),
    };
    Ok((checker, names))
}

/// What will go to stdout.
struct Answer {
    json: bool,
    check: Check,
    counts: Counts,
    text: String,
    out: BufWriter<SpooledTempFile>,
}

impl Answer {
    fn new(json: bool, check: Check) -> Self {
        let mut text = String::new();
        if json {
            let word = Check::ALL.iter().find(|(_, known)| *known == check);
            let word = word.map_or("grim", |(word, _)| word);
            write!(
                text,
                "{{\n  \"schema\": \"secondlook.check/1\",\n  \"check\": \"{word}\",\n  \"rows\": ["
            );
        }
        let out = BufWriter::new(SpooledTempFile::new(IN_MEMORY));
        Self { json, check, counts: Counts::default(), text, out }
    }

    fn add(&mut self, row: &crate::claims::forensic::Row) -> Result<(), Error> {
        if self.json {
            self.text.push_str(if self.counts.rows == 0 { "\n    " } else { ",\n    " });
            row.write_json(&mut self.text);
        } else {
            row.write_line(&mut self.text);
        }
        self.counts.add(row);
        self.spill(1 << 16)
    }

    fn spill(&mut self, above: usize) -> Result<(), Error> {
        if self.text.len() >= above {
            self.out.write_all(self.text.as_bytes()).map_err(unwritten)?;
            self.text.clear();
        }
        Ok(())
    }

    /// Ends the document and returns it from its beginning.
    fn finish(mut self) -> Result<SpooledTempFile, Error> {
        let counts = self.counts;
        if self.json {
            writeln!(self.text, "\n  ],\n  \"summary\": {}\n}}", counts.json());
        } else {
            self.text += &summary(self.check, &counts);
        }
        self.spill(0)?;
        let mut file = self.out.into_inner().map_err(|error| unwritten(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(unwritten)?;
        Ok(file)
    }
}

fn unwritten(error: io::Error) -> Error {
    Error::Output { path: "a temporary file".to_owned(), why: error.to_string() }
}

fn summary(check: Check, counts: &Counts) -> String {
    let mut text = format!(
        "{} rows: {} consistent, {} inconsistent",
        counts.rows, counts.consistent, counts.inconsistent
    );
    if counts.unchecked > 0 {
        write!(text, ", {} unchecked", counts.unchecked);
    }
    text.push('\n');
    if check == Check::Grim && counts.uninformative > 0 {
        writeln!(
            text,
            "{} of the consistent rows have so many cases that every mean of these digits would pass",
            counts.uninformative
        );
    }
    text
}

/// The records of a delimited file.
struct Rows {
    name: String,
    reader: csv::Reader<Limited>,
    taken: Rc<Cell<u64>>,
    header: Option<Vec<String>>,
    record: ByteRecord,
}

impl Rows {
    fn open(path: &Path, wanted: &CheckArguments) -> Result<Self, Error> {
        let header = !wanted.no_header;
        let opened = File::open(path).and_then(begun);
        let (first, file) = opened.map_err(|error| Error::output(path, error))?;
        let tabs = path.extension().is_some_and(|ending| {
            ending.eq_ignore_ascii_case("tsv") || ending.eq_ignore_ascii_case("tab")
        });
        let delimiter = match (tabs, wanted.decimal_comma() && first.contains(&b';')) {
            (true, _) => b'\t',
            (_, true) => b';',
            _ => b',',
        };
        let taken = Rc::new(Cell::new(0));
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .buffer_capacity(1 << 16)
            .from_reader(Limited { file, taken: Rc::clone(&taken) });
        let name = path.display().to_string();
        let mut rows = Self { name, reader, taken, header: None, record: ByteRecord::new() };
        if header && !rows.next()? {
            let problem = Problem::error("the file is empty");
            let problem = problem.help("it needs a line with the names of its columns, and rows");
            return Err(Error::Invalid(rows.at(problem, 1).into()));
        }
        if header {
            let mut names = Vec::new();
            for field in &rows.record {
                names.push(String::from_utf8_lossy(field).trim().to_owned());
            }
            rows.header = Some(names);
        }
        Ok(rows)
    }

    /// Takes the next record; `false` at the end of the file.
    fn next(&mut self) -> Result<bool, Error> {
        self.taken.set(0);
        match self.reader.read_byte_record(&mut self.record) {
            Ok(more) => Ok(more),
            Err(error) => {
                let line =
                    error.position().map_or(self.reader.position().line(), csv::Position::line);
                let problem = Problem::error(error.to_string());
                Err(Error::Invalid(self.at(problem, line).into()))
            }
        }
    }

    fn at(&self, problem: Problem, line: u64) -> Problem {
        problem.in_file(self.name.clone(), usize::try_from(line).unwrap_or(0), 0)
    }

    /// The places of columns named as the header does, or counted from one.
    fn places(&self, names: &[&str]) -> Result<Vec<usize>, Error> {
        let mut problems = Problems::default();
        let mut places = Vec::new();
        for name in names {
            match self.place(name) {
                Ok(place) => places.push(place),
                Err(problem) => problems.push(self.at(problem, 1)),
            }
        }
        if problems.is_empty() { Ok(places) } else { Err(Error::Invalid(problems)) }
    }

    fn place(&self, name: &str) -> Result<usize, Problem> {
        let header = self.header.as_deref().unwrap_or_default();
        let mut found = header.iter().enumerate().filter(|(_, column)| column.as_str() == name);
        if let Some((place, _)) = found.next() {
            return match found.next() {
                None => Ok(place),
                Some((other, _)) => Err(Problem::error(format!(
                    "two columns are called `{name}`: the {} and the {}",
                    ordinal(place + 1),
                    ordinal(other + 1)
                ))
                .help("name the column by its place, a number")),
            };
        }
        let counted = name.parse::<usize>().ok().filter(|place| *place > 0);
        match counted {
            Some(place) if self.header.is_none() || place <= header.len() => Ok(place - 1),
            Some(place) => Err(Problem::error(format!("there is no {} column", ordinal(place)))
                .help(format!("there are {}: {}", header.len(), header.join(", ")))),
            None if self.header.is_none() => {
                Err(Problem::error(format!("no column is called `{name}`"))
                    .help("without a header, columns are named by their places: `2,3`"))
            }
            None => Err(Problem::error(format!("no column is called `{name}`"))
                .suggest(name, header.iter().map(String::as_str))),
        }
    }

    fn check(
        &mut self,
        checker: &Checker,
        names: &[&str],
        places: &[usize],
        answer: &mut Answer,
    ) -> Result<(), Error> {
        let mut problems = Problems::default();
        let mut number = 0;
        while problems.0.len() < MOST_PROBLEMS && self.next()? {
            number += 1;
            let line = self.record.position().map_or(0, csv::Position::line);
            match checked(checker, &self.record, names, places, number) {
                Ok(row) => answer.add(&row)?,
                Err(problem) => problems.push(self.at(problem, line)),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }
}

fn checked(
    checker: &Checker,
    record: &ByteRecord,
    names: &[&str],
    places: &[usize],
    number: usize,
) -> Result<crate::claims::forensic::Row, Problem> {
    let columns = checker.check.columns();
    let at = |column: &str| {
        let name = columns.iter().position(|known| *known == column).and_then(|at| names.get(at));
        format!("row {number}, {column} (column `{}`)", name.copied().unwrap_or_default())
    };
    let mut cells = [""; 3];
    for ((cell, place), column) in cells.iter_mut().zip(places).zip(columns) {
        let bytes = record.get(*place).ok_or_else(|| {
            Problem::error(format!("{}: the row has {} columns only", at(column), record.len()))
                .help("leave the row out, or give it all its cells")
        })?;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Problem::error(format!("{}: not UTF-8 ({error})", at(column)))
                .help("save the table as UTF-8")
        })?;
        *cell = text.trim();
        if cell.is_empty() {
            return Err(Problem::error(format!("{}: the cell is empty", at(column)))
                .help("leave the row out: what is not there cannot be checked"));
        }
    }
    checker.row(number, &cells).map_err(|error| {
        Problem::error(format!("{}: {}", at(error.column), error.why)).help(error.help)
    })
}

fn ordinal(place: usize) -> String {
    let teen = matches!(place % 100, 11..=13);
    let ending = match place % 10 {
        1 if !teen => "st",
        2 if !teen => "nd",
        3 if !teen => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

/// A file after its byte-order mark, where it begins with one.
type Begun = io::Chain<io::Cursor<Vec<u8>>, BufReader<File>>;

/// The first line of a file, as far as it is short, and the file with it.
fn begun(file: File) -> io::Result<(Vec<u8>, Begun)> {
    let mut rest = BufReader::with_capacity(1 << 16, file);
    let mut first = Vec::new();
    Read::by_ref(&mut rest).take(LARGEST_RECORD).read_until(b'\n', &mut first)?;
    if first.starts_with(b"\xEF\xBB\xBF") {
        first.drain(..3);
    }
    Ok((first.clone(), io::Cursor::new(first).chain(rest)))
}

/// A file whose records may not grow without end: a quotation mark that is never closed makes one of all.
struct Limited {
    file: Begun,
    taken: Rc<Cell<u64>>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken.get() > LARGEST_RECORD {
            return Err(io::Error::other(format!(
                "a record has more than {LARGEST_RECORD} bytes: is a quotation mark not closed?"
            )));
        }
        let count = self.file.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}
