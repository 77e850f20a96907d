//! Parses the command line, hands it to `cli`, returns the exit code.

fn main() {}
