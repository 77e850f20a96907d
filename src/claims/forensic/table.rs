//! The checks over the rows of a table, as `secondlook check --table` runs them.

use num_traits::ToPrimitive;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::printed;
use super::super::rounding::Rounding;
use super::{debit, grim, grimmer};
use crate::expression::Interval;

/// A check and the columns that it needs, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Mean and number of cases.
    Grim,
    /// Mean, standard deviation and number of cases.
    Grimmer,
    /// Mean of zeros and ones, standard deviation and number of cases.
    Debit,
}

impl Check {
    /// Every check with the word used on the command line.
    pub const ALL: [(&'static str, Self); 3] =
        [("grim", Self::Grim), ("grimmer", Self::Grimmer), ("debit", Self::Debit)];

    /// Returns what its columns hold.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Grim => &["mean", "number of cases"],
            Self::Grimmer | Self::Debit => &["mean", "standard deviation", "number of cases"],
        }
    }
}

/// One row, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// The row, counted from one.
    pub row: usize,
    /// Whether some data could print so.
    pub consistent: bool,
    /// What such data would be: `sum 145`, `sum 146, sum of squares 830`, `7 ones`.
    pub witness: Option<String>,
}

/// A table that cannot be checked: the row, the column and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, {column}: {why}")]
pub struct TableError {
    /// The row, counted from one; 0 for the whole table.
    pub row: usize,
    /// Which of the check's columns.
    pub column: String,
    /// Why.
    pub why: String,
}

/// Checks every row; `columns` hold the cells as they are printed, in the order of
/// [`Check::columns`].
///
/// # Errors
/// The first cell that is no printed number, a number of cases that is not whole, or columns of
/// different lengths.
pub fn check_table(
    check: Check,
    columns: &[Vec<String>],
    rounding: Rounding,
) -> Result<Vec<Row>, TableError> {
    let names = check.columns();
    let wrong =
        |why: &str| TableError { row: 0, column: "columns".to_owned(), why: why.to_owned() };
    if columns.len() != names.len() {
        return Err(wrong(&format!("{} are needed: {}", names.len(), names.join(", "))));
    }
    let rows = columns.first().map_or(0, Vec::len);
    if columns.iter().any(|column| column.len() != rows) {
        return Err(wrong("they have different lengths"));
    }
    (0..rows).map(|index| row(check, columns, index, rounding)).collect()
}

fn row(
    check: Check,
    columns: &[Vec<String>],
    index: usize,
    rounding: Rounding,
) -> Result<Row, TableError> {
    let cell = |column: usize| {
        columns.get(column).and_then(|cells| cells.get(index)).map_or("", String::as_str)
    };
    let error = |column: usize, why: String| TableError {
        row: index + 1,
        column: (*check.columns().get(column).unwrap_or(&"column")).to_owned(),
        why,
    };
    let number = |column: usize| -> Result<Interval, TableError> {
        let printed =
            printed::parse(cell(column)).map_err(|problem| error(column, problem.message))?;
        printed
            .interval(rounding)
            .ok_or_else(|| error(column, format!("`{}` is no number", cell(column))))
    };
    let last = check.columns().len() - 1;
    let cases = printed::parse(cell(last))
        .ok()
        .and_then(|printed| printed.value())
        .filter(num_rational::Ratio::is_integer)
        .and_then(|value| value.to_integer().to_u64())
        .filter(|cases| *cases > 0)
        .ok_or_else(|| error(last, format!("`{}` is no number of cases", cell(last))))?;
    let witness = match check {
        Check::Grim => grim(&number(0)?, cases, 1).map(|sum| format!("sum {sum}")),
        Check::Grimmer => grimmer(&number(0)?, &number(1)?, cases, 1)
            .map(|witness| format!("sum {}, sum of squares {}", witness.sum, witness.squares)),
        Check::Debit => debit(&number(0)?, &number(1)?, cases).map(|ones| format!("{ones} ones")),
    };
    Ok(Row { row: index + 1, consistent: witness.is_some(), witness })
}
