//! The one integration binary: each linked test binary costs seconds and a third of a gigabyte.

#![expect(clippy::panic, clippy::string_slice, reason = "a test that stops says what it saw")]

mod architecture;
mod audit;
mod bad_input;
mod check_table;
mod claims;
mod command_line;
mod dataset;
mod engine;
mod figure;
mod manifest;
mod method;
mod refusals;
mod report;
mod stats;
mod studies;
mod world;
