//! A part of a text in the method, and where it stands: so that a problem deep inside an expression
//! points at its characters.

use std::ops::Range;

use crate::diagnostic::{Problem, Span, Spanned};
use crate::engine::EngineError;

use super::text;

/// A part of a text in the method: an expression, and where its first character stands.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    /// The expression.
    pub(super) text: String,
    /// The string it stands in, with its quotes.
    whole: Span,
    /// Its first byte inside the quotes.
    offset: usize,
}

impl Fragment {
    /// The whole of a string.
    pub(super) fn whole(text: &Spanned<String>) -> Self {
        Self { text: text.value.clone(), whole: text.span.clone(), offset: 0 }
    }

    /// A part of this fragment.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        Self {
            text: text::slice(&self.text, range.clone()).to_owned(),
            whole: self.whole.clone(),
            offset: self.offset + range.start,
        }
    }

    /// The place of a part.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        self.whole.inside_quotes(self.offset + range.start..self.offset + range.end)
    }

    /// The place of all of it.
    pub(super) fn span(&self) -> Span {
        self.place(0..self.text.len())
    }

    /// Says what the engine found wrong, at the place where the engine found it; `before` bytes of
    /// the query come before the fragment.
    pub(super) fn trouble(&self, error: &EngineError, before: usize) -> Problem {
        let inside = error.at().and_then(|at| at.checked_sub(before));
        let at = inside.filter(|at| *at <= self.text.len());
        let named = match error {
            EngineError::UnknownColumn { name, .. }
            | EngineError::UnknownTable { name, .. }
            | EngineError::UnknownFunction { name, .. } => text::find(&self.text, name),
            _ => None,
        };
        let token = at.map(|at| self.token_at(at));
        let span = match token.or(named) {
            Some(range) => self.place(range),
            None => self.span(),
        };
        let problem = Problem::error(error.to_string()).at(&span);
        match error.help() {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    fn token_at(&self, at: usize) -> Range<usize> {
        let tokens = text::tokens(&self.text).unwrap_or_default();
        let token = tokens.into_iter().find(|token| token.range.end > at);
        token.map_or(at..self.text.len().max(at), |token| token.range)
    }
}
