//! Problems in what people write, with their places.
//!
//! Reads nothing, writes nothing. A [`Span`] keeps the text it points into, so that the last error
//! a person sees can still show the line they typed. Never prints: `cli` decides how.

pub mod document;
pub mod names;
pub mod plain;
#[cfg(test)]
pub(crate) mod reference;
pub mod text;

use std::fmt;
use std::sync::Arc;

pub use names::nearest;

/// A text that people wrote, under the name by which they know it (relative, never absolute).
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The name shown in messages, e.g. `methods/metr-early-2025/method.toml`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Wraps a text and its name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// Returns the 1-based line and column (in characters) of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// A stretch of a [`Source`], in bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    /// The text it points into.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Points at `range` of `source`.
    #[must_use]
    pub fn new(source: &Arc<Source>, range: std::ops::Range<usize>) -> Self {
        Self { source: Arc::clone(source), start: range.start, end: range.end }
    }

    /// Returns the 1-based line on which the span begins.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.position(self.start).0
    }

    /// Narrows the span to `range`, counted from its start: for a position inside a quoted
    /// expression, whose first character follows the opening quote.
    #[must_use]
    pub fn inside_quotes(&self, range: std::ops::Range<usize>) -> Self {
        let text = self.source.text.get(self.start..self.end).unwrap_or_default();
        let quote = if text.starts_with("\"\"\"") || text.starts_with("'''") {
            // A line break right after the opening quotes is no part of the string.
            3 + text.get(3..).map_or(0, |rest| {
                usize::from(rest.starts_with('\n')) + 2 * usize::from(rest.starts_with("\r\n"))
            })
        } else {
            usize::from(text.starts_with(['"', '\'']))
        };
        let clamp = |at: usize| (self.start + quote + at).min(self.end);
        // An escape in the string would shift positions: then the whole string is pointed at.
        if text.contains('\\') {
            return self.clone();
        }
        Self { source: Arc::clone(&self.source), start: clamp(range.start), end: clamp(range.end) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}[{}..{}]", self.source.name, self.start, self.end)
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Changes the value and keeps the place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Where a problem stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a text that we hold.
    Span(Span),
    /// In a file that we do not hold: 1-based line and column, 0 where unknown.
    File {
        /// The name shown.
        file: String,
        /// 1-based line, 0 for the whole file.
        line: usize,
        /// 1-based column, 0 for the whole line.
        column: usize,
    },
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// It can be used, and the reader should know.
    Warning,
}

/// One finding about something a person wrote: what, where, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, with the value.
    pub message: String,
    /// Where; `None` only where there is no file (a command line).
    pub place: Option<Place>,
    /// A short text under the marked place.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// An error without a place.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            place: None,
            label: None,
            help: None,
        }
    }

    /// A warning without a place.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Puts the problem at a span.
    #[must_use]
    pub fn at(mut self, span: &Span) -> Self {
        self.place = Some(Place::Span(span.clone()));
        self
    }

    /// Puts the problem at a line and column of a file (0 where unknown).
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>, line: usize, column: usize) -> Self {
        self.place = Some(Place::File { file: file.into(), line, column });
        self
    }

    /// Adds the text shown under the marked place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean …?" where a candidate is near enough, and otherwise which there are, after the help that
    /// it has.
    #[must_use]
    pub fn suggest<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        let candidates: Vec<&str> = candidates.into_iter().collect();
        let near = nearest(name, candidates.iter().copied()).is_some();
        match (names::instead(name, candidates), self.help.as_deref()) {
            (Some(told), Some(help)) if !near => {
                let help = format!("{help}; {told}");
                self.help(help)
            }
            (Some(told), _) => self.help(told),
            (None, _) => self,
        }
    }

    /// Returns `file`, line and column, with 0 for what is unknown.
    #[must_use]
    pub fn position(&self) -> Option<(String, usize, usize)> {
        match self.place.as_ref()? {
            Place::Span(span) => {
                let (line, column) = span.source.position(span.start);
                Some((span.source.name.clone(), line, column))
            }
            Place::File { file, line, column } => Some((file.clone(), *line, *column)),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, line, column)) = self.position() {
            write!(formatter, "{file}")?;
            if line > 0 {
                write!(formatter, ":{line}")?;
            }
            if column > 0 {
                write!(formatter, ":{column}")?;
            }
            write!(formatter, ": ")?;
        }
        write!(formatter, "{}", self.message)?;
        if let Some(help) = &self.help {
            write!(formatter, " ({help})")?;
        }
        Ok(())
    }
}

/// All the problems of one reading, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds all of another reading.
    pub fn extend(&mut self, others: Problems) {
        self.0.extend(others.0);
    }

    /// Says whether any is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Says whether there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_characters_not_bytes() {
        let source = Source::new("a.toml", "é = 1\nßß = 2\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position("é = 1\nß".len()), (2, 2));
        assert_eq!(source.position(1_000), (3, 1));
    }

    #[test]
    fn a_place_inside_a_quoted_expression_skips_the_quote() {
        let source = Source::new("m.toml", "keep = \"agee > 3\"\n");
        let whole = Span::new(&source, 7..17);
        let inner = whole.inside_quotes(0..4);
        assert_eq!(source.text.get(inner.start..inner.end), Some("agee"));
    }
}
