//! Checks as `claims.toml` writes them: `[relation.grim]` and its kin.

use std::collections::BTreeMap;

use super::super::forensic::Divisor;
use super::super::forensic::p_value::Family;
use super::super::model::{Acceptance, Standing};
use crate::diagnostic::Spanned;
use crate::expression::{Interval, Rational};

/// A check of printed numbers that is no comparison of expressions.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its id, snake_case.
    pub id: Spanned<String>,
    /// What it says.
    pub says: String,
    /// How firmly it stands.
    pub standing: Standing,
    /// The relation of which this is another reading.
    pub alternative_to: Option<Spanned<String>>,
    /// A failure that someone has looked at.
    pub accepted: Option<Acceptance>,
    /// Its place among the file's relations, counted from zero.
    pub place: usize,
    /// Its name and what goes in.
    pub head: Head,
    /// What is checked.
    pub rule: Rule,
}

/// A check's name and what goes into it, as written.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The sub-table: `grim`, `shares`, ….
    pub name: &'static str,
    /// Each key with the claims or numbers that it names.
    pub inputs: BTreeMap<String, Vec<String>>,
    /// Every claim that is named, with its place.
    pub names: Vec<Spanned<String>>,
    /// The claims that must count things.
    pub counts: Vec<Spanned<String>>,
}

impl Head {
    /// Writes the check in one line: `grim: mean = age_mean, n = 28`.
    #[must_use]
    pub fn text(&self) -> String {
        let part = |(key, values): (&String, &Vec<String>)| match values.as_slice() {
            [one] => format!("{key} = {one}"),
            many => format!("{key} = [{}]", many.join(", ")),
        };
        let parts: Vec<String> = self.inputs.iter().map(part).collect();
        format!("{}: {}", self.name, parts.join(", "))
    }
}

/// A number of a check.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A claim's.
    Claim(String),
    /// One written in the check.
    Number(Interval),
}

impl Given {
    /// Returns the claim that it names.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::Claim(id) => Some(id),
            Self::Number(_) => None,
        }
    }
}

/// What is checked.
#[derive(Debug, Clone)]
pub enum Rule {
    /// A mean of whole numbers, alone.
    Grim(Mean),
    /// A mean and a standard deviation of whole numbers.
    Grimmer(Mean, String),
    /// A mean and a standard deviation of zeros and ones.
    Debit(Mean, String),
    /// A p value against its test statistic.
    PValue(PValue),
    /// Percentages of a number of cases.
    PercentOf(PercentOf),
    /// A confidence interval that is symmetric on the logarithm.
    LogInterval(LogInterval),
    /// A regression against the table of group rates behind it.
    GroupRates(GroupRates),
}

/// A mean of whole numbers.
#[derive(Debug, Clone)]
pub struct Mean {
    /// The claim that prints it.
    pub mean: String,
    /// The number of cases.
    pub cases: Given,
    /// The number of items behind each case.
    pub items: u64,
    /// What the standard deviation divides by.
    pub divisor: Divisor,
    /// The least and the largest answer.
    pub scale: Option<(i64, i64)>,
    /// Whether the numbers stand under a heading in percent.
    pub percent: bool,
}

/// A p value and its test statistic.
#[derive(Debug, Clone)]
pub struct PValue {
    /// The distribution.
    pub family: Family,
    /// The statistic.
    pub statistic: String,
    /// Its degrees of freedom.
    pub freedoms: Vec<Given>,
    /// The p value.
    pub p: String,
    /// Whether the study says that the test is one-sided.
    pub one_sided: bool,
}

/// Percentages of one number of cases.
#[derive(Debug, Clone)]
pub struct PercentOf {
    /// The percentages.
    pub percents: Vec<String>,
    /// How many cases each is, where printed.
    pub counts: Vec<Given>,
    /// The number of cases; `None` where the question is which it can be.
    pub cases: Option<Given>,
    /// Up to how many cases are tried where the number is not printed.
    pub at_most: u64,
}

/// A confidence interval of a ratio.
#[derive(Debug, Clone)]
pub struct LogInterval {
    /// The estimate.
    pub estimate: Option<String>,
    /// Its standard error, on the logarithm.
    pub error: Option<String>,
    /// The lower and the upper limit.
    pub limits: [String; 2],
    /// How many standard errors from the estimate the limits are.
    pub multiplier: Multiplier,
}

/// How many standard errors from the estimate a limit is.
#[derive(Debug, Clone)]
pub struct Multiplier {
    /// As written: the number of standard errors lies here.
    pub range: [Rational; 2],
}

/// A table of group rates and the regression on it.
#[derive(Debug, Clone)]
pub struct GroupRates {
    /// Each group's value of the regressor, exact.
    pub levels: Vec<Rational>,
    /// Each group's rate.
    pub rates: Vec<String>,
    /// Each group's number of cases.
    pub cases: Vec<Given>,
    /// The printed slope.
    pub slope: Option<String>,
    /// The printed intercept.
    pub intercept: Option<String>,
    /// The printed R².
    pub r2: Option<String>,
    /// Whose R² it is.
    pub r2_of: Unit,
}

/// Whose variation an R² is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Single cases, each zero or one.
    Cases,
    /// The groups' rates, weighted by their cases.
    Groups,
}
