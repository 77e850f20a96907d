//! Hands the command line to `cli` and returns the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    secondlook::cli::main(std::env::args_os().collect()).into()
}
