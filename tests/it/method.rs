//! Tests of `method` from outside: what is refused, and what comes out.

mod bad;
mod studies;
mod support;
