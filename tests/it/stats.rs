//! Tests of `stats` from outside.
