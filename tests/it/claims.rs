//! The rules of the verdict table, the studies of this repository, and bad claims files.

mod builder;
mod coverage;
mod forensic;
mod forensic_truth;
mod imports;
mod marks;
mod network;
mod new_data;
mod rprojects;
mod p_values;
mod printed;
mod networks;
mod rules;
mod seal;
mod studies;
