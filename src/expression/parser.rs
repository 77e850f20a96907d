//! Tokens become a tree, or an error that says where and what to write instead.

use std::ops::Range;

use num_traits::{Signed, ToPrimitive};

use super::lexer::{Placed, Token, tokens};
use super::{Comparison, Condition, Expression, Function, Operator, Reference, Root, Tree};
use crate::diagnostic::nearest;

/// The longest expression that is read, in bytes.
const LONGEST: usize = 20_000;
/// The deepest nesting of brackets, signs and functions.
const DEEPEST: usize = 64;
/// The most operations in one expression.
const MOST_OPERATIONS: usize = 1_000;
/// The largest power.
const LARGEST_POWER: i32 = 64;
/// The largest power that powers of powers and products come to: its digits take no machine down.
const LARGEST_DEGREE: u64 = 1_000;

/// A text that is no expression: where, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// The bytes of the text that are at fault.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl SyntaxError {
    /// Describes an error at a place.
    pub(super) fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), help: None }
    }

    /// Adds what to do.
    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Parses an arithmetic expression or a condition.
///
/// # Errors
/// The first thing that is no expression, with its place in the text.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    if text.len() > LONGEST {
        let message = format!("the expression is longer than {LONGEST} bytes");
        return Err(SyntaxError::new(0..text.len(), message));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
        depth: 0,
        operations: 0,
        references: Vec::new(),
        uses: Vec::new(),
    };
    if parser.tokens.is_empty() {
        return Err(SyntaxError::new(0..text.len(), "the expression is empty"));
    }
    let part = parser.part(0)?;
    if let Some(left) = parser.tokens.get(parser.at) {
        let shown = text.get(left.range.clone()).unwrap_or_default();
        let message = format!("`{shown}` does not follow from what stands before it");
        return Err(SyntaxError::new(left.range.clone(), message)
            .help("is an operator or a bracket missing?"));
    }
    let root = match part {
        Part::Number(tree, _) => Root::Arithmetic(tree),
        Part::Truth(condition, _) => Root::Condition(condition),
    };
    Ok(Expression { text: text.to_owned(), references: parser.references, uses: parser.uses, root })
}

/// How many factors a tree multiplies at the most: the digits of its exact value grow with it.
fn degree(tree: &Tree) -> u64 {
    match tree {
        Tree::Number(_) | Tree::Reference(_) | Tree::Call(..) => 1,
        Tree::Negate(inner) => degree(inner),
        Tree::Binary(Operator::Add | Operator::Subtract, left, right) => {
            degree(left).max(degree(right))
        }
        Tree::Binary(_, left, right) => degree(left).saturating_add(degree(right)),
        Tree::Power(inner, power) => degree(inner).saturating_mul(u64::from(power.unsigned_abs())),
    }
}

fn bounded(tree: Tree, range: Range<usize>) -> Result<Part, SyntaxError> {
    if degree(&tree) > LARGEST_DEGREE {
        let message = format!("powers and products come to more than {LARGEST_DEGREE} factors");
        return Err(SyntaxError::new(range, message)
            .help("use exp(a * ln(x)), which is not worked out to its last digit"));
    }
    Ok(Part::Number(tree, range))
}

/// A parsed stretch: a number or a yes or no, and where it stands.
enum Part {
    Number(Tree, Range<usize>),
    Truth(Condition, Range<usize>),
}

impl Part {
    fn range(&self) -> Range<usize> {
        match self {
            Self::Number(_, range) | Self::Truth(_, range) => range.clone(),
        }
    }

    fn number(self) -> Result<Tree, SyntaxError> {
        match self {
            Self::Number(tree, _) => Ok(tree),
            Self::Truth(_, range) => {
                Err(SyntaxError::new(range, "a number is needed here, not a comparison")
                    .help("write a chain such as `a < b < c` as `a < b and b < c`"))
            }
        }
    }

    fn truth(self) -> Result<Condition, SyntaxError> {
        match self {
            Self::Truth(condition, _) => Ok(condition),
            Self::Number(_, range) => {
                Err(SyntaxError::new(range, "a comparison is needed here, not a number")
                    .help("compare it with something: `x > 0`"))
            }
        }
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    end: usize,
    depth: usize,
    operations: usize,
    references: Vec<Reference>,
    uses: Vec<(usize, Range<usize>)>,
}

/// How tightly a token binds what stands on both its sides; `None` for what is no operator.
fn binding(token: &Token) -> Option<u8> {
    match token {
        Token::Or => Some(1),
        Token::And => Some(2),
        Token::Compare(_) => Some(4),
        Token::Plus | Token::Minus => Some(5),
        Token::Times | Token::Over => Some(6),
        Token::Caret => Some(8),
        _ => None,
    }
}
/// `not` binds less tightly than a comparison, a sign less tightly than a power.
const NOT: u8 = 3;
const SIGN: u8 = 7;

impl Parser {
    fn next(&mut self) -> Option<Placed> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn here(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |token| token.range.clone())
    }

    /// Parses everything whose operators bind more tightly than `least`.
    fn part(&mut self, least: u8) -> Result<Part, SyntaxError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let message = format!("brackets nest deeper than {DEEPEST}");
            return Err(SyntaxError::new(self.here(), message));
        }
        let mut left = self.first()?;
        while let Some(placed) = self.tokens.get(self.at).cloned() {
            let Some(strength) = binding(&placed.token).filter(|strength| *strength > least) else {
                break;
            };
            self.at += 1;
            self.operations += 1;
            if self.operations > MOST_OPERATIONS {
                let message = format!("the expression has more than {MOST_OPERATIONS} operations");
                return Err(SyntaxError::new(placed.range, message));
            }
            left = self.join(left, &placed, strength)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn join(&mut self, left: Part, placed: &Placed, strength: u8) -> Result<Part, SyntaxError> {
        let start = left.range().start;
        if placed.token == Token::Caret {
            let base = left.number()?;
            let (power, end) = self.power()?;
            return bounded(Tree::Power(Box::new(base), power), start..end);
        }
        let right = self.part(strength)?;
        let range = start..right.range().end;
        let arithmetic = |operator, left: Part, right: Part| {
            let tree = Tree::Binary(operator, Box::new(left.number()?), Box::new(right.number()?));
            bounded(tree, range.clone())
        };
        match &placed.token {
            Token::Plus => arithmetic(Operator::Add, left, right),
            Token::Minus => arithmetic(Operator::Subtract, left, right),
            Token::Times => arithmetic(Operator::Multiply, left, right),
            Token::Over => arithmetic(Operator::Divide, left, right),
            Token::And => {
                let both = Condition::And(Box::new(left.truth()?), Box::new(right.truth()?));
                Ok(Part::Truth(both, range))
            }
            Token::Or => {
                let either = Condition::Or(Box::new(left.truth()?), Box::new(right.truth()?));
                Ok(Part::Truth(either, range))
            }
            Token::Compare(comparison) => compare(*comparison, left, right, range),
            _ => Err(SyntaxError::new(placed.range.clone(), "an operator is needed here")),
        }
    }

    fn first(&mut self) -> Result<Part, SyntaxError> {
        let Some(Placed { token, range }) = self.next() else {
            return Err(SyntaxError::new(self.end..self.end, "the expression ends too early")
                .help("something is missing after the last sign"));
        };
        match token {
            Token::Number(value) => Ok(Part::Number(Tree::Number(value), range)),
            Token::Name(name) => self.name(name, range),
            Token::Minus => {
                let inner = self.part(SIGN)?;
                let whole = range.start..inner.range().end;
                Ok(Part::Number(Tree::Negate(Box::new(inner.number()?)), whole))
            }
            Token::Plus => self.part(SIGN),
            Token::Not => {
                let inner = self.part(NOT)?;
                let whole = range.start..inner.range().end;
                Ok(Part::Truth(Condition::Not(Box::new(inner.truth()?)), whole))
            }
            Token::Open => {
                let inner = self.part(0)?;
                let end = self.close(&range)?;
                let whole = range.start..end;
                Ok(match inner {
                    Part::Number(tree, _) => Part::Number(tree, whole),
                    Part::Truth(condition, _) => Part::Truth(condition, whole),
                })
            }
            Token::Text(_) => Err(SyntaxError::new(range, "a quoted text stands alone")
                .help("an estimate is written est(\"step/term\"), a claim without quotes")),
            _ => Err(SyntaxError::new(range, "a number, a name or a bracket is needed here")),
        }
    }

    fn close(&mut self, open: &Range<usize>) -> Result<usize, SyntaxError> {
        match self.next() {
            Some(Placed { token: Token::Close, range }) => Ok(range.end),
            Some(other) => Err(SyntaxError::new(other.range, "`)` is needed here")),
            None => Err(SyntaxError::new(open.clone(), "this bracket is never closed")),
        }
    }

    fn power(&mut self) -> Result<(i32, usize), SyntaxError> {
        let start = self.here();
        let negative = self.tokens.get(self.at).is_some_and(|next| next.token == Token::Minus);
        self.at += usize::from(negative);
        if let Some(Placed { token: Token::Number(value), range }) = self.next()
            && value.is_integer()
            && let Some(power) = value.abs().to_integer().to_i32()
            && power <= LARGEST_POWER
        {
            return Ok((if negative { -power } else { power }, range.end));
        }
        Err(SyntaxError::new(start, format!("a power is a whole number up to {LARGEST_POWER}"))
            .help("use sqrt(x), or exp(a * ln(x)), for other powers"))
    }

    fn name(&mut self, name: String, range: Range<usize>) -> Result<Part, SyntaxError> {
        let called = self.tokens.get(self.at).is_some_and(|next| next.token == Token::Open);
        if !called {
            if name == "est" || Function::ALL.iter().any(|(known, _)| *known == name) {
                return Err(SyntaxError::new(range, format!("`{name}` needs brackets"))
                    .help(format!("write `{name}(…)`")));
            }
            return Ok(self.refer(Reference::Name(name), range));
        }
        let open = self.here();
        self.at += 1;
        if name == "est" {
            return self.estimate(range, &open);
        }
        let Some((_, function)) = Function::ALL.into_iter().find(|(known, _)| *known == name)
        else {
            let known = Function::ALL.iter().map(|(known, _)| *known).chain(["est"]);
            let help = nearest(&name, known).map_or_else(
                || {
                    "the functions are exp, ln, sqrt, abs, min, max, p_t, p_z, p_r, p_f, p_chi2 and est(\"…\")"
                        .to_owned()
                },
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no function `{name}`");
            return Err(SyntaxError::new(range, message).help(help));
        };
        let arguments = self.arguments(&open)?;
        let whole = range.start..self.before().unwrap_or(range.end);
        let (enough, wanted) = match function {
            Function::Min | Function::Max => (arguments.len() >= 2, "two or more numbers"),
            Function::P(tail) if tail.arguments() == 2 => {
                (arguments.len() == 2, "a statistic and its degrees of freedom")
            }
            Function::P(tail) if tail.arguments() == 3 => {
                (arguments.len() == 3, "a statistic and two degrees of freedom")
            }
            _ => (arguments.len() == 1, "one number"),
        };
        if !enough {
            let message = format!("`{name}` takes {wanted}, not {}", arguments.len());
            return Err(SyntaxError::new(whole, message));
        }
        Ok(Part::Number(Tree::Call(function, arguments), whole))
    }

    fn before(&self) -> Option<usize> {
        self.tokens.get(self.at.checked_sub(1)?).map(|token| token.range.end)
    }

    fn arguments(&mut self, open: &Range<usize>) -> Result<Vec<Tree>, SyntaxError> {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.part(0)?.number()?);
            match self.next() {
                Some(Placed { token: Token::Comma, .. }) => {}
                Some(Placed { token: Token::Close, .. }) => return Ok(arguments),
                Some(other) => {
                    return Err(SyntaxError::new(other.range, "`,` or `)` is needed here"));
                }
                None => {
                    return Err(SyntaxError::new(open.clone(), "this bracket is never closed"));
                }
            }
        }
    }

    fn estimate(&mut self, range: Range<usize>, open: &Range<usize>) -> Result<Part, SyntaxError> {
        let place = self.here();
        let Some(Placed { token: Token::Text(address), range: text }) = self.next() else {
            return Err(SyntaxError::new(place, "est() takes an address in quotes")
                .help("write est(\"step/term\")"));
        };
        if address.trim().is_empty() {
            return Err(
                SyntaxError::new(text, "est() needs an address").help("write est(\"step/term\")")
            );
        }
        let end = self.close(open)?;
        Ok(self.refer(Reference::Estimate(address), range.start..end))
    }

    fn refer(&mut self, reference: Reference, range: Range<usize>) -> Part {
        let known = self.references.iter().position(|other| *other == reference);
        let index = known.unwrap_or(self.references.len());
        if known.is_none() {
            self.references.push(reference);
        }
        self.uses.push((index, range.clone()));
        Part::Number(Tree::Reference(index), range)
    }
}

fn compare(
    comparison: Comparison,
    left: Part,
    right: Part,
    range: Range<usize>,
) -> Result<Part, SyntaxError> {
    Ok(Part::Truth(Condition::Compare(comparison, left.number()?, right.number()?), range))
}

#[cfg(test)]
mod tests;
