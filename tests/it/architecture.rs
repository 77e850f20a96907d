//! Tests of `architecture` from outside.
