//! The rules of the verdict table, the studies of this repository, and bad claims files.

mod builder;
mod coverage;
mod forensic;
mod network;
mod networks;
mod rules;
mod studies;
