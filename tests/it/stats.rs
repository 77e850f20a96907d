//! Tests of `stats` from outside.

mod claims_data;
mod compare;
mod distributions;
mod nist;
mod panel;
mod panels;
mod properties;
mod qr;
mod refusals;
mod replication;
mod sessions;
