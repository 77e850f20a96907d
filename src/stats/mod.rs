//! Pure kernels on slices and matrices. No I/O, no engine, no clock.
