//! Pure kernels on slices and matrices. No I/O, no engine, no clock.
//!
//! Everything here gives the same bits on every machine, at any number of threads and under any
//! order of the rows: transcendental functions come from [`math`] (libm), sums from [`sum`] (exact).
//! Nothing here returns NaN: what cannot be computed is a typed error.

pub mod agreement;
pub mod compare;
pub mod distribution;
pub mod double_double;
pub mod generalised;
pub mod linear;
pub mod math;
pub mod matrix;
pub mod random;
pub mod replication;
pub(crate) mod simd;
pub mod sum;
pub mod summary;
pub mod tally;
pub mod unit;
pub mod whole;
