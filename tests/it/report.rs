//! Tests of `report` from outside.

mod fixture;
mod hostile;
mod page;
mod schema;
mod table;
