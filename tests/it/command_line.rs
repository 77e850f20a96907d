//! Tests of `command_line` from outside.
