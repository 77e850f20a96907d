//! Tests of `engine` from outside.
