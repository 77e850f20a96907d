//! Tests of `stats` from outside.

mod claims_data;
mod distributions;
mod nist;
mod panels;
mod refusals;
mod sessions;
