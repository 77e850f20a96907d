//! The problems of one data file: the first few of each column with their lines, and how many more.

use std::collections::BTreeMap;

use crate::diagnostic::{Problem, Problems};
use crate::manifest;

/// The most problems shown for one file.
const MOST_SHOWN: usize = 10;
/// The most problems shown for one column.
const MOST_PER_COLUMN: usize = 3;
/// The longest piece of a cell that is shown, in characters.
const LONGEST_SHOWN: usize = 60;

/// Where each row begins in its file, as few numbers as possible.
#[derive(Debug, Clone, Default)]
pub(super) struct LineMap {
    /// From this row on, a row's line is its number plus the second value.
    breaks: Vec<(usize, usize)>,
}

impl LineMap {
    /// Notes that a row (from 0) begins on a line (from 1); rows come in order.
    pub(super) fn note(&mut self, row: usize, line: usize) {
        let ahead = line.saturating_sub(row);
        if self.breaks.last().is_none_or(|(_, last)| *last != ahead) {
            self.breaks.push((row, ahead));
        }
    }

    /// Returns the line of a row; where no line was noted, the row counted from 1.
    pub(super) fn line(&self, row: usize) -> usize {
        let after = self.breaks.partition_point(|(first, _)| *first <= row);
        let ahead = after.checked_sub(1).and_then(|place| self.breaks.get(place));
        ahead.map_or(row + 1, |(_, ahead)| row + ahead)
    }
}

/// Collects the problems of one file.
pub(super) struct Findings<'a> {
    file: &'a str,
    by_rows: bool,
    readable: bool,
    shown: Vec<Problem>,
    per_column: BTreeMap<String, usize>,
    left_out: usize,
}

impl<'a> Findings<'a> {
    /// Begins for a file, under the name that is shown.
    pub(super) fn new(file: &'a str) -> Self {
        Self {
            file,
            by_rows: false,
            readable: true,
            shown: Vec::new(),
            per_column: BTreeMap::new(),
            left_out: 0,
        }
    }

    /// Speaks of rows where the file has no lines.
    pub(super) fn by_rows(mut self) -> Self {
        self.by_rows = true;
        self
    }

    /// Says that the file was read to its end, so that its rows were counted.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    /// Says that nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Notes what is wrong with the whole file.
    pub(super) fn whole_file(&mut self, message: impl Into<String>, help: Option<String>) {
        let mut problem = Problem::error(message).in_file(self.file, 0, 0);
        problem.help = help;
        self.shown.push(problem);
    }

    /// Notes what makes the file unreadable from a line on (0: altogether).
    pub(super) fn unreadable(&mut self, line: usize, message: impl Into<String>, help: &str) {
        self.readable = false;
        let problem = Problem::error(message).in_file(self.file, line, 0).help(help);
        self.shown.push(problem);
    }

    /// Notes what is wrong with a row as a whole.
    pub(super) fn row(&mut self, line: usize, message: impl Into<String>, help: &str) {
        let problem = Problem::error(message).in_file(self.file, line, 0).help(help);
        self.push(String::new(), problem);
    }

    /// Notes what is wrong with a cell.
    pub(super) fn cell(&mut self, line: usize, column: &str, message: &str, help: Option<String>) {
        let (line, message) = if self.by_rows {
            (0, format!("row {line}, column `{column}`: {message}"))
        } else {
            (line, format!("column `{column}`: {message}"))
        };
        let mut problem = Problem::error(message).in_file(self.file, line, 0);
        problem.help = help;
        self.push(column.to_owned(), problem);
    }

    /// Notes that printed numbers need a format that keeps their digits.
    pub(super) fn printed_needs_text(&mut self, column: &manifest::Column) {
        let message = format!(
            "`{}` is declared `printed`, and this format does not keep the digits of a number",
            column.name.value
        );
        let problem = Problem::error(message).at(&column.name.span);
        self.shown.push(problem.help("use a csv or tsv file"));
    }

    fn push(&mut self, column: String, problem: Problem) {
        let count = self.per_column.entry(column).or_insert(0);
        *count += 1;
        if *count > MOST_PER_COLUMN || self.shown.len() >= MOST_SHOWN {
            self.left_out += 1;
        } else {
            self.shown.push(problem);
        }
    }

    /// Returns the problems in the order of their lines, and how many were left out.
    pub(super) fn into_problems(self) -> Problems {
        let mut shown = self.shown;
        shown.sort_by_key(|problem| problem.position().map_or(0, |(_, line, _)| line));
        if self.left_out > 0 {
            let plural = if self.left_out == 1 { "" } else { "s" };
            let message = format!("{} more problem{plural} like these", self.left_out);
            shown.push(Problem::error(message).in_file(self.file, 0, 0));
        }
        Problems(shown)
    }
}

/// Shortens a cell for a message and shows what cannot be seen.
pub(super) fn shown(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    let mut out: String = text.chars().take(LONGEST_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().count() > LONGEST_SHOWN {
        out.push('…');
    }
    out.replace("\\\"", "\"").replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_knows_its_line() {
        let mut lines = LineMap::default();
        for (row, line) in [(0, 2), (1, 3), (2, 6), (3, 7), (4, 8)] {
            lines.note(row, line);
        }
        assert_eq!(lines.breaks.len(), 2);
        assert_eq!((lines.line(1), lines.line(2), lines.line(4)), (3, 6, 8));
        assert_eq!(LineMap::default().line(4), 5);
    }
}
