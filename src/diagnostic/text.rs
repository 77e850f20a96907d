//! Text put together piece by piece.
//!
//! Reads nothing, writes nothing but the text it is given.

use std::fmt;

/// `write!` and `writeln!` into a text in memory. It takes all, so there is no result to handle.
pub trait Append {
    /// Appends what the macros format.
    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>);
}

impl Append for String {
    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) {
        let written = fmt::Write::write_fmt(self, arguments);
        debug_assert!(written.is_ok(), "a text in memory takes all");
    }
}
