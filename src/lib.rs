//! An independent second look at a study: checksum its data, rerun its stated method step by step,
//! draw the figures, and diff what comes out against what the study claims.

pub mod diagnostic;
pub mod digest;
pub mod event;
pub mod expression;
pub mod stats;

pub mod manifest;
pub mod study;

pub mod engine;

pub mod dataset;

pub mod method;

pub mod results;

pub mod claims;

pub mod figure;

pub mod report;

pub mod audit;
pub mod error;

pub mod cli;
