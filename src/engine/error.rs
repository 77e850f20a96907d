//! What can go wrong with a query, in plain words.

/// A query that could not be planned or answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The text is not SQL.
    #[error("this is not valid SQL: {message}")]
    Syntax {
        /// What is wrong with it.
        message: String,
        /// Byte offset in the SQL text, where known.
        at: Option<usize>,
    },
    /// No table has this column.
    #[error("no column is called `{name}`")]
    UnknownColumn {
        /// The name as written.
        name: String,
        /// The columns there are, nearest first.
        candidates: Vec<String>,
        /// Byte offset in the SQL text, where known.
        at: Option<usize>,
    },
    /// No table has this name.
    #[error("no table is called `{name}`")]
    UnknownTable {
        /// The name as written.
        name: String,
        /// The tables there are, nearest first.
        candidates: Vec<String>,
        /// Byte offset in the SQL text, where known.
        at: Option<usize>,
    },
    /// No function has this name.
    #[error("no function is called `{name}`")]
    UnknownFunction {
        /// The name as written.
        name: String,
        /// The nearest functions there are.
        candidates: Vec<String>,
        /// Byte offset in the SQL text, where known.
        at: Option<usize>,
    },
    /// A value or function has the wrong type.
    #[error("the types do not fit: {message}")]
    Type {
        /// What does not fit.
        message: String,
    },
    /// The SQL asks for what is never allowed here: writing, files, the clock, chance.
    #[error("not allowed here: {message}")]
    Refused {
        /// What, and what to use instead.
        message: String,
        /// Byte offset in the SQL text, where known.
        at: Option<usize>,
    },
    /// An integer was divided by zero.
    #[error("a division by zero")]
    DivideByZero,
    /// A function was asked outside its domain, or its value is beyond every number.
    #[error("no finite number: {message}")]
    Domain {
        /// The call and its value: `ln(0) is infinite`.
        message: String,
    },
    /// A result is infinite or no number at all.
    #[error("row {row} of `{column}` is {value}, which is not a finite number")]
    NotFinite {
        /// The column of the result.
        column: String,
        /// Its row, from 1.
        row: usize,
        /// `infinite` or `not a number`.
        value: String,
    },
    /// A limit was reached.
    #[error("too large: {message}")]
    Limit {
        /// Which limit, and its value.
        message: String,
    },
    /// A file could not be read as what it should be.
    #[error("{message}")]
    File {
        /// What is wrong with it.
        message: String,
    },
    /// The engine failed in another way.
    #[error("the query could not be computed: {message}")]
    Failed {
        /// What it said.
        message: String,
    },
}

impl EngineError {
    /// Returns the byte offset in the SQL text, where known.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        match self {
            Self::Syntax { at, .. }
            | Self::UnknownColumn { at, .. }
            | Self::UnknownTable { at, .. }
            | Self::UnknownFunction { at, .. }
            | Self::Refused { at, .. } => *at,
            _ => None,
        }
    }

    /// Returns what to do about it, where there is something to say.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::UnknownColumn { name, candidates, .. }
            | Self::UnknownTable { name, candidates, .. }
            | Self::UnknownFunction { name, candidates, .. } => {
                crate::diagnostic::names::instead(name, candidates.iter().map(String::as_str))
            }
            Self::DivideByZero | Self::Domain { .. } | Self::NotFinite { .. } => Some(
                "keep such rows out with a filter, or make them null: `x / nullif(y, 0)`"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
