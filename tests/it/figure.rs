//! Tests of `figure` from outside.
