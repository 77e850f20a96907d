//! The arithmetic of claims and contrasts: parse, names, values, derivatives, exact intervals.
//!
//! Reads one line of text such as `1 - fix_april / fix_october` or `a + b == c and a < 40%`. A bare
//! name is a claim, `est("step/term")` an estimate. Decimals stay exact rationals until a real
//! function (`exp`, `ln`, `sqrt`) is needed; never a binary float before a comparison of decimals.
//!
//! ```
//! use secondlook::expression::{parse, Reference};
//!
//! let fall = parse("1 - april / october").expect("it parses");
//! let value = fall.value(&|name| match name {
//!     Reference::Name(name) if name == "april" => Some(19.0),
//!     _ => Some(33.0),
//! });
//! assert_eq!(value, Ok(1.0 - 19.0 / 33.0));
//! ```

mod dual;
mod evaluate;
mod exact;
mod interval;
mod lexer;
mod parser;
mod range;
mod scalar;
mod tail;
mod tree;

pub use evaluate::EvaluationError;
pub use exact::{Rational, decimal, nearest_float, power_of_ten, rational_of, show};
pub use interval::{End, Interval};
pub use parser::{SyntaxError, parse};
pub use range::{Range, Truth};
pub use tail::Tail;
pub use tree::{
    Comparison, Condition, Expression, Function, Kind, Operator, Reference, Root, Tree,
};
