//! Tests of `stats` from outside.

mod distributions;
mod nist;
mod panels;
mod refusals;
mod sessions;
