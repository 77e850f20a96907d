//! Tests of `audit` from outside.
