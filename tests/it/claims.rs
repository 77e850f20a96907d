//! The rules of the verdict table, the studies of this repository, and bad claims files.

mod builder;
mod coverage;
mod forensic;
mod forensic_truth;
mod network;
mod rules;
mod studies;
