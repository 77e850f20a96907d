//! The only user of the query engine and its runtime: a small blocking façade.
//!
//! Plain Rust [`Table`]s go in and come out; no type of the engine does. Reads tables that were
//! registered and nothing else: no file, no network, no clock. Never aborts the process on hostile
//! SQL, never returns a number that is not finite, never lets the number of threads or the order of
//! partitions change a value.

mod aggregate;
mod arithmetic;
mod batch;
mod codes;
mod coding;
mod column;
mod context;
mod crossing;
mod dictionary;
mod direct;
mod error;
mod exact;
mod failure;
mod functions;
mod lazy;
mod levels;
mod pages;
mod parquet;
mod plan;
mod provider;
mod scalar;
mod session;
mod simple;
mod sql;
mod table;
mod tally;

pub use codes::Codes;
pub use coding::{Coded, Coding};
pub use column::{Column, Numbers, Values, days_since_epoch};
pub use crossing::Cells;
pub use dictionary::Dictionary;
pub use error::EngineError;
pub use levels::{Levels, Texts};
pub use session::Engine;
pub use table::{ColumnType, Schema, Table, TableError};
