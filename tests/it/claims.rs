//! The rules of the verdict table, the studies of this repository, and bad claims files.

mod bad_lines;
mod builder;
mod checks;
mod checks_truth;
mod coverage;
mod curved;
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
mod readings;
mod rprojects;
mod rules;
mod seal;
mod smallest;
mod stability;
mod studies;
