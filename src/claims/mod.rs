//! Printed numbers, relations and comparisons become verdicts.

pub mod record;
