//! Tests of `method` from outside.
