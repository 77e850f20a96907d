//! The session: registered tables, and queries that only read them.

use std::path::Path;
use std::sync::Arc;

use super::{EngineError, Schema, Table};

/// A query engine of its own: tables that were registered, on threads of its own.
#[derive(Debug)]
pub struct Engine {
    threads: usize,
}

impl Engine {
    /// Starts an engine on `threads` threads. The number changes no value.
    ///
    /// # Errors
    /// When the threads cannot be started.
    pub fn new(threads: usize) -> Result<Self, EngineError> {
        Ok(Self { threads: threads.max(1) })
    }

    /// Returns the number of threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Makes a table known under a name; a table of that name is replaced.
    ///
    /// # Errors
    /// When the engine refuses the table.
    pub fn register(&self, _name: &str, _table: Arc<Table>) -> Result<(), EngineError> {
        Err(not_yet())
    }

    /// Answers one read-only `SELECT`. Rows of filters and projections keep the order of their input.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn query(&self, _sql: &str) -> Result<Table, EngineError> {
        Err(not_yet())
    }

    /// Plans one read-only `SELECT` and returns the columns it would have.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn schema_of(&self, _sql: &str) -> Result<Schema, EngineError> {
        Err(not_yet())
    }

    /// Returns the divisions of two ints in a query, as written: `5 / 2` is 2, which few expect.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn integer_divisions(&self, _sql: &str) -> Result<Vec<String>, EngineError> {
        Err(not_yet())
    }

    /// Reads the columns of a parquet file into a table.
    ///
    /// # Errors
    /// When the file is malformed, too large, lacks a column, or holds another type.
    pub fn read_parquet(_path: &Path, _columns: &Schema) -> Result<Table, EngineError> {
        Err(not_yet())
    }
}

fn not_yet() -> EngineError {
    EngineError::Failed { message: "this build has no engine".to_owned() }
}
