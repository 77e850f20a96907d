//! Tests of `stats` from outside.

mod nist;
mod panels;
mod refusals;
