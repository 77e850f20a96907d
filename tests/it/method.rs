//! Tests of `method` from outside: what is refused, and what comes out.

mod bad;
mod failures;
mod properties;
mod published;
mod refused;
mod regressions;
mod studies;
mod support;
mod textbooks;
