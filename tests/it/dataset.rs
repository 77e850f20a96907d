//! Tests of `dataset` from outside.
