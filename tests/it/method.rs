//! Tests of `method` from outside: what is refused, and what comes out.

mod bad;
mod contrasts;
mod doubtful;
mod failures;
mod properties;
mod published;
mod published_models;
mod refused;
mod refused_everywhere;
mod regressions;
mod singular;
mod sizes;
mod studies;
mod summaries;
mod support;
mod textbooks;
