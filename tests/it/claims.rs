//! The rules of the verdict table, the studies of this repository, and bad claims files.

mod builder;
mod coverage;
mod forensic;
mod forensic_truth;
mod imports;
mod marks;
mod network;
mod networks;
mod new_data;
mod outside;
mod p_values;
mod printed;
mod rprojects;
mod rules;
mod seal;
mod studies;
