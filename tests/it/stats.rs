//! Tests of `stats` from outside.

mod agreement;
mod claims_data;
mod compare;
mod compare_exact;
mod crossed;
mod distributions;
mod fisher;
mod least_squares;
mod likelihoods;
mod many;
mod nist;
mod panel;
mod panels;
mod presets;
mod properties;
mod qr;
mod quantiles;
mod refusals;
mod replication;
mod separation;
mod sessions;
mod specifications;
mod summary;
mod xorshift;
