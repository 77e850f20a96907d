//! Strict TOML, read by asking: what was not asked for is an unknown key, with a suggestion.
//!
//! Reads a TOML text; collects every problem of it (not only the first) with its place. The keys a
//! reader asked for are the keys that exist, so a list of known keys cannot drift from the code.

mod typed;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

pub use typed::{FromValue, Scalar};

use super::{Problem, Problems, Source, Span, Spanned};

/// The largest manifest, study, method or claims file that is read, in bytes.
pub const LARGEST_FILE: u64 = 5 << 20;

/// Reads a document: `reading` asks the root table for its keys. Problems go to `problems`.
///
/// Returns `None` where the text is not TOML at all.
pub fn read<T>(
    source: &Arc<Source>,
    problems: &mut Problems,
    reading: impl FnOnce(&Table<'_>) -> T,
) -> Option<T> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        let message = error.message().trim().replace('\n', ", ");
        let range = error.span().unwrap_or(0..0);
        problems.push(
            Problem::error(format!("not valid TOML: {message}")).at(&Span::new(source, range)),
        );
    }
    if !errors.is_empty() {
        return None;
    }
    let collected = RefCell::new(Problems::default());
    let root_span = Span::new(source, 0..0);
    let answer = {
        let table = Table {
            name: String::new(),
            content: root.get_ref(),
            span: root_span,
            asked: RefCell::default(),
            problems: &collected,
        };
        reading(&table)
    };
    problems.extend(collected.into_inner());
    Some(answer)
}

/// A table that is being read. When it is dropped, the keys nobody asked for are reported.
pub struct Table<'a> {
    name: String,
    content: &'a DeTable<'a>,
    span: Span,
    asked: RefCell<BTreeSet<String>>,
    problems: &'a RefCell<Problems>,
}

/// A value that is being read, of any type.
#[derive(Clone)]
pub struct Value<'a> {
    name: String,
    content: &'a DeValue<'a>,
    /// Where it is written.
    pub span: Span,
    problems: &'a RefCell<Problems>,
}

impl<'a> Value<'a> {
    /// Reads the value as a `T`, or reports what it should have been.
    #[must_use]
    pub fn read<T: FromValue>(&self) -> Option<Spanned<T>> {
        let value = T::from_value(self);
        if value.is_none() {
            let message = format!("`{}` must be {}, not {}", self.name, T::EXPECTED, self.kind());
            let problem = Problem::error(message).at(&self.span);
            self.problems.borrow_mut().push(match self.in_quotes().filter(|_| T::IS_TEXT) {
                Some(quoted) => problem.help(format!("write {quoted}")),
                None => problem,
            });
        }
        value.map(|value| Spanned { value, span: self.span.clone() })
    }

    /// Reads the value as a table, or returns `None` without a report.
    #[must_use]
    pub fn as_table(&self) -> Option<Table<'a>> {
        match self.content {
            DeValue::Table(content) => Some(Table {
                name: self.name.clone(),
                content,
                span: self.span.clone(),
                asked: RefCell::default(),
                problems: self.problems,
            }),
            _ => None,
        }
    }

    /// Says whether the value is a text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.content, DeValue::String(_))
    }

    /// Says whether the value is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.content, DeValue::Array(_))
    }

    /// Reads the value as a whole number, or returns `None` without a report.
    #[must_use]
    pub fn as_whole(&self) -> Option<i64> {
        i64::from_value(self)
    }

    /// Returns the values of a list; none where it is no list.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        let DeValue::Array(items) = self.content else { return Vec::new() };
        let item = |(index, item): (usize, &'a toml::Spanned<DeValue<'a>>)| Value {
            name: format!("{}[{index}]", self.name),
            content: item.get_ref(),
            span: Span::new(&self.span.source, item.span()),
            problems: self.problems,
        };
        items.iter().enumerate().map(item).collect()
    }

    /// What the value is, for messages: `the number 28.5`.
    #[must_use]
    pub fn kind(&self) -> String {
        match self.content {
            DeValue::String(text) => {
                format!("the text \"{}\"", text.chars().take(40).collect::<String>())
            }
            DeValue::Integer(number) => format!("the number {}", number.as_str()),
            DeValue::Float(number) => format!("the number {}", number.as_str()),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(date) => format!("the date {date}"),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        }
    }
}

impl<'a> Table<'a> {
    /// Where the table is written.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// Adds a problem to the document's.
    pub fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Returns the value of a key, of whatever type.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Value<'a>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.content.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| Value {
            name: self.path(key),
            content: value.get_ref(),
            span: Span::new(&self.span.source, value.span()),
            problems: self.problems,
        })
    }

    /// Reads a key that may be left out.
    #[must_use]
    pub fn optional<T: FromValue>(&self, key: &str) -> Option<Spanned<T>> {
        self.value(key)?.read()
    }

    /// Reads a key that must be there; reports its absence.
    #[must_use]
    pub fn required<T: FromValue>(&self, key: &str) -> Option<Spanned<T>> {
        let Some(value) = self.value(key) else {
            let place = if self.name.is_empty() {
                "the file".to_owned()
            } else {
                format!("[{}]", self.name)
            };
            self.report(
                Problem::error(format!("{place} lacks `{key}`"))
                    .at(&self.span)
                    .help(format!("add `{key} = …`: {}", T::EXPECTED)),
            );
            return None;
        };
        value.read()
    }

    /// Reads a list that may be left out (then it is empty).
    #[must_use]
    pub fn list<T: FromValue>(&self, key: &str) -> Vec<Spanned<T>> {
        self.optional::<Vec<Spanned<T>>>(key).map(|list| list.value).unwrap_or_default()
    }

    /// Opens a sub-table that may be left out.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        let value = self.value(key)?;
        let table = value.as_table();
        if table.is_none() {
            let message = format!("`{}` must be a table, not {}", value.name, value.kind());
            self.report(Problem::error(message).at(&value.span));
        }
        table
    }

    /// Opens an array of tables (`[[key]]`), empty where left out.
    #[must_use]
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value.content else {
            let message = format!("`{key}` must be written as [[{key}]], not {}", value.kind());
            self.report(Problem::error(message).at(&value.span));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            let span = Span::new(&self.span.source, item.span());
            match item.get_ref() {
                DeValue::Table(content) => tables.push(Table {
                    name: self.path(key),
                    content,
                    span,
                    asked: RefCell::default(),
                    problems: self.problems,
                }),
                _ => self.report(Problem::error(format!("each `{key}` must be a table")).at(&span)),
            }
        }
        tables
    }

    /// Returns all entries in the order in which they are written, for tables with free keys.
    #[must_use]
    pub fn entries(&self) -> Vec<(Spanned<String>, Value<'a>)> {
        let mut entries: Vec<_> = self
            .content
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().to_string();
                self.asked.borrow_mut().insert(name.clone());
                let span = Span::new(&self.span.source, value.span());
                let read = Value {
                    name: self.path(&name),
                    content: value.get_ref(),
                    span,
                    problems: self.problems,
                };
                (Spanned { value: name, span: Span::new(&self.span.source, key.span()) }, read)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }

    /// Returns the names of the keys that are present.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.content.keys().map(|key| key.get_ref().to_string()).collect()
    }

    /// Returns the keys that were asked for so far.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> BTreeSet<String> {
        self.asked.borrow().clone()
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

impl Drop for Table<'_> {
    fn drop(&mut self) {
        let asked = self.asked.take();
        let mut unknown: Vec<_> =
            self.content.keys().filter(|key| !asked.contains(key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let place = if self.name.is_empty() {
                "here".to_owned()
            } else {
                format!("in [{}]", self.name)
            };
            let problem = Problem::error(format!("unknown key `{}` {place}", key.get_ref()))
                .at(&Span::new(&self.span.source, key.span()))
                .suggest(key.get_ref(), asked.iter().map(String::as_str));
            self.problems.borrow_mut().push(problem);
        }
    }
}

#[cfg(test)]
mod tests;
