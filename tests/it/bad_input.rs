//! Tests of `bad_input` from outside.
