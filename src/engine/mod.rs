//! The only user of the query engine and its runtime: a small blocking façade.
