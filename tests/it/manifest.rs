//! Tests of `manifest` from outside.
