//! What a parsed expression is made of.

use std::fmt;
use std::ops;

use super::{Rational, Tail};

/// What an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// A bare name: a claim.
    Name(String),
    /// `est("step/term")`: an estimate, by its address.
    Estimate(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => formatter.write_str(name),
            Self::Estimate(address) => write!(formatter, "est(\"{address}\")"),
        }
    }
}

/// Whether an expression yields a number or a yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Arithmetic,
    /// A yes or no.
    Condition,
}

/// An operation on two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A function that expressions may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `exp(x)`
    Exp,
    /// `ln(x)`, the natural logarithm.
    Ln,
    /// `sqrt(x)`
    Sqrt,
    /// `abs(x)`
    Abs,
    /// `min(x, y, …)`
    Min,
    /// `max(x, y, …)`
    Max,
    /// `p_t(t, df)` and its like: the p value of a test statistic.
    P(Tail),
}

impl Function {
    /// Returns the names of all functions: no claim can be called so.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(name, _)| *name)
    }

    /// Every function with its name.
    pub(super) const ALL: [(&'static str, Self); 11] = [
        ("exp", Self::Exp),
        ("ln", Self::Ln),
        ("sqrt", Self::Sqrt),
        ("abs", Self::Abs),
        ("min", Self::Min),
        ("max", Self::Max),
        ("p_t", Self::P(Tail::T)),
        ("p_z", Self::P(Tail::Z)),
        ("p_r", Self::P(Tail::R)),
        ("p_f", Self::P(Tail::F)),
        ("p_chi2", Self::P(Tail::ChiSquare)),
    ];
}

/// A comparison of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

/// An arithmetic expression. References are indices into [`Expression::references`].
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// A number as written, exact.
    Number(Rational),
    /// A name or an estimate.
    Reference(usize),
    /// `-x`
    Negate(Box<Tree>),
    /// `x + y` and its like.
    Binary(Operator, Box<Tree>, Box<Tree>),
    /// `x ^ n`, for a whole number n.
    Power(Box<Tree>, i32),
    /// `f(x, …)`
    Call(Function, Vec<Tree>),
}

/// A yes or no.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `x < y` and its like.
    Compare(Comparison, Tree, Tree),
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// Either.
    Or(Box<Condition>, Box<Condition>),
    /// Not.
    Not(Box<Condition>),
}

/// The outermost part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Root {
    /// It yields a number.
    Arithmetic(Tree),
    /// It yields a yes or no.
    Condition(Condition),
}

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(super) text: String,
    pub(super) references: Vec<Reference>,
    pub(super) uses: Vec<(usize, ops::Range<usize>)>,
    pub(super) root: Root,
}

impl Expression {
    /// Returns the expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says whether the expression yields a number or a yes or no.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.root {
            Root::Arithmetic(_) => Kind::Arithmetic,
            Root::Condition(_) => Kind::Condition,
        }
    }

    /// Returns the outermost part.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Returns each thing that the expression refers to once, in the order of first use.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Returns every use of a bare name with its place in the text.
    #[must_use]
    pub fn names(&self) -> Vec<(String, ops::Range<usize>)> {
        self.used(|reference| match reference {
            Reference::Name(name) => Some(name.clone()),
            Reference::Estimate(_) => None,
        })
    }

    /// Returns every use of an estimate's address with its place in the text.
    #[must_use]
    pub fn estimates(&self) -> Vec<(String, ops::Range<usize>)> {
        self.used(|reference| match reference {
            Reference::Estimate(address) => Some(address.clone()),
            Reference::Name(_) => None,
        })
    }

    fn used(
        &self,
        choose: impl Fn(&Reference) -> Option<String>,
    ) -> Vec<(String, ops::Range<usize>)> {
        self.uses
            .iter()
            .filter_map(|(index, range)| {
                self.references.get(*index).and_then(&choose).map(|text| (text, range.clone()))
            })
            .collect()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
