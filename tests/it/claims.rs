//! Tests of `claims` from outside.
