//! Tests of `method` from outside: what is refused, and what comes out.

mod bad;
mod failures;
mod properties;
mod published;
mod studies;
mod summaries;
mod support;
mod textbooks;
