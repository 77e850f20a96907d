//! What one look at the columns of a design tells.

use super::LinearError;
use super::kept::Kept;
use crate::stats::whole;

/// Whole numbers below this stand for the levels of a factor.
const FEW: u8 = 64;

/// What the outcome and each term look like; none for a term that is an indicator.
#[derive(Debug)]
pub(super) struct Looks {
    pub(super) outcome: Look,
    pub(super) terms: Vec<Option<Look>>,
}

/// What one look at numbers tells: columns of hundreds of thousands of rows are not to be gone through thrice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// The largest size.
    pub(super) largest: f64,
    /// Whether all are whole, and from 0 to 63.
    pub(super) small: bool,
}

impl Look {
    /// Looks at numbers that are finite.
    ///
    /// # Errors
    /// Where one is not; its row.
    fn at(values: &[f64]) -> Result<Self, usize> {
        let largest = whole::largest(values);
        if !largest.is_finite() {
            return Err(values.iter().position(|value| !value.is_finite()).unwrap_or_default());
        }
        let small = largest < f64::from(FEW) && whole::all_below(values, FEW);
        Ok(Self { largest, small })
    }

    /// Looks at the rows that were kept.
    pub(super) fn of_rows(values: &[f64], rows: &Kept) -> Self {
        let largest = rows.iter().map(|row| values[row].abs()).fold(0.0, f64::max);
        Self { largest, small: rows.iter().all(|row| whole::is_below(values[row], FEW)) }
    }

    /// Whether all are zero or one.
    pub(super) fn binary(self) -> bool {
        self.small && self.largest <= 1.0
    }
}

/// Looks at a column.
///
/// # Errors
/// Where a number is not finite.
pub(super) fn look(what: &str, values: &[f64]) -> Result<Look, LinearError> {
    Look::at(values).map_err(|row| LinearError::NotFinite { what: what.to_owned(), row })
}
