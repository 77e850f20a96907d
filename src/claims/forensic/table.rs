//! The checks over the rows of a table, as `secondlook check --table` runs them.
//!
//! Each row is read once, as the text that stands there; the common case stays in small whole numbers.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::super::printed::{self, Notation, Unit};
use super::super::rounding::Rounding;
use super::whole::{Bounds, Plain};
use super::{Answer, Divisor, Kind, Mean, Sample, Unknown, Witness};
use crate::diagnostic::text::Append as _;
use crate::expression::power_of_ten;

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

    const fn kind(self) -> Kind {
        match self {
            Self::Grim => Kind::Grim,
            Self::Grimmer => Kind::Grimmer,
            Self::Debit => Kind::Debit,
        }
    }
}

/// What holds for all rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Checker {
    /// The check.
    pub check: Check,
    /// How the numbers were rounded.
    pub rounding: Rounding,
    /// The number of items that each case's value is the mean of.
    pub items: u64,
    /// What the standard deviations divide by.
    pub divisor: Divisor,
    /// The least and the largest answer, where the scale is known.
    pub scale: Option<(i64, i64)>,
    /// Whether means and standard deviations are percentages also where no `%` stands.
    pub percent: bool,
    /// Whether a comma is the decimal mark.
    pub decimal_comma: bool,
}

/// One row, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row, counted from one.
    pub row: usize,
    /// Whether some data could print so; none where the check says nothing.
    pub consistent: Option<bool>,
    /// What such data would be.
    pub witness: Option<Witness>,
    /// Why there are none, to be checked by hand.
    pub certificate: Option<String>,
    /// Why nothing is said.
    pub reason: Option<Unknown>,
    /// Whether every mean of so few digits would pass, so that passing says nothing (GRIM, told of plain decimals).
    pub uninformative: bool,
    check: Check,
}

/// How many rows came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All rows.
    pub rows: usize,
    /// Rows that some data could print.
    pub consistent: usize,
    /// Rows that no data print.
    pub inconsistent: usize,
    /// Rows of which nothing is said.
    pub unchecked: usize,
    /// Of the consistent rows, those where every mean would pass.
    pub uninformative: usize,
}

/// A cell that cannot be checked: the row, the column and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, {column}: {why}")]
pub struct TableError {
    /// The row, counted from one.
    pub row: usize,
    /// Which of the check's columns.
    pub column: &'static str,
    /// Why.
    pub why: String,
    /// What to write.
    pub help: String,
}

impl Counts {
    /// Counts one more row.
    pub fn add(&mut self, row: &Row) {
        self.rows += 1;
        match row.consistent {
            Some(true) => self.consistent += 1,
            Some(false) => self.inconsistent += 1,
            None => self.unchecked += 1,
        }
        self.uninformative += usize::from(row.uninformative && row.consistent == Some(true));
    }

    /// Writes the counts as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        format!(
            "{{ \"rows\": {}, \"consistent\": {}, \"inconsistent\": {}, \"unchecked\": {}, \"uninformative\": {} }}",
            self.rows, self.consistent, self.inconsistent, self.unchecked, self.uninformative
        )
    }
}

impl Checker {
    /// Checks one row; `cells` hold what is printed, in the order of [`Check::columns`].
    ///
    /// # Errors
    /// A cell that is no printed number, or a number of cases that is not whole.
    pub fn row(&self, row: usize, cells: &[&str]) -> Result<Row, TableError> {
        let columns = self.check.columns();
        let cell = |column: usize| cells.get(column).copied().unwrap_or_default();
        let error = |column: usize, why: String, help: &str| TableError {
            row,
            column: columns.get(column).copied().unwrap_or("column"),
            why,
            help: help.to_owned(),
        };
        let last = columns.len() - 1;
        let cases = self.whole(cell(last)).ok_or_else(|| {
            let shown: String = cell(last).chars().take(60).collect();
            error(
                last,
                format!("`{shown}` is no number of cases"),
                "write a whole number above zero",
            )
        })?;
        let mut numbers = Vec::with_capacity(2);
        for column in 0..last {
            let number =
                self.number(cell(column)).map_err(|(why, help)| error(column, why, &help))?;
            numbers.push(number);
        }
        let sample = Sample { cases, items: self.items, divisor: self.divisor, scale: self.scale };
        Ok(self.checked(row, &numbers, &sample))
    }

    fn checked(&self, row: usize, numbers: &[Number], sample: &Sample) -> Row {
        let kind = self.check.kind();
        let answer = match (numbers.first(), numbers.get(1)) {
            (Some(Number::Small(mean)), None) => {
                Mean { mean, deviation: None }.answer_small(kind, sample)
            }
            (Some(Number::Small(mean)), Some(Number::Small(deviation))) => {
                Mean { mean, deviation: Some(deviation) }.answer_small(kind, sample)
            }
            (Some(mean), deviation) => match (mean.large(), deviation.map(Number::large)) {
                (Some(mean), None) => Mean { mean: &mean, deviation: None }.answer(kind, sample),
                (Some(mean), Some(Some(deviation))) => {
                    Mean { mean: &mean, deviation: Some(&deviation) }.answer(kind, sample)
                }
                _ => Answer::Unknown(Unknown::NoBound),
            },
            (None, _) => Answer::Unknown(Unknown::NoBound),
        };
        let uninformative = match (self.check, numbers.first()) {
            (Check::Grim, Some(Number::Small(mean))) => {
                let total = i128::from(sample.cases) * i128::from(sample.items);
                self.scale.is_none() && mean.over <= 2 * total
            }
            _ => false,
        };
        let (consistent, witness, certificate, reason) = match answer {
            Answer::Possible(witness) => (Some(true), Some(witness), None, None),
            Answer::Impossible(why) => (Some(false), None, Some(why), None),
            Answer::Unknown(why) => (None, None, None, Some(why)),
        };
        Row { row, consistent, witness, certificate, reason, uninformative, check: self.check }
    }

    fn number(&self, text: &str) -> Result<Number, (String, String)> {
        if let Some(plain) = self.plain(text) {
            let plain = if self.percent { plain.in_percent() } else { plain };
            return Ok(Number::Small(plain.bounds(self.rounding)));
        }
        let printed = printed::parse_as(text, &self.notation())
            .map_err(|error| (error.message, error.help))?;
        let Some(interval) = printed.interval(self.rounding) else {
            let shown: String = text.chars().take(60).collect();
            return Err((
                format!("`{shown}` is no number"),
                "write it as the source prints it".to_owned(),
            ));
        };
        let hundredth = self.percent && printed.unit() == Unit::Plain;
        let interval = if hundredth { interval.scale(&power_of_ten(-2)) } else { interval };
        Ok(Number::Large(Bounds::of(&interval)))
    }

    /// A number of cases: `28`, `28.0`, `1,683`.
    fn whole(&self, text: &str) -> Option<u64> {
        let count = match self.plain(text) {
            Some(plain) => plain.whole(),
            None => printed::parse_as(text, &self.notation())
                .ok()
                .filter(|printed| matches!(printed.shape, printed::Shape::Number(_)))
                .and_then(|printed| printed.value())
                .filter(num_rational::Ratio::is_integer)
                .and_then(|value| value.to_integer().to_u64()),
        };
        count.filter(|count| *count > 0)
    }

    /// A plain decimal with a point; where that marks thousands nothing is plain.
    fn plain(&self, text: &str) -> Option<Plain> {
        Plain::read(text).filter(|_| !self.decimal_comma)
    }

    fn notation(&self) -> Notation {
        Notation { decimal_comma: self.decimal_comma, unit: None }
    }
}

/// A printed number, small where it can be; `None` where it has no bound on one side.
enum Number {
    Small(Bounds<i128>),
    Large(Option<Bounds<BigInt>>),
}

impl Number {
    fn large(&self) -> Option<Bounds<BigInt>> {
        match self {
            Self::Small(bounds) => Some(bounds.large()),
            Self::Large(bounds) => bounds.clone(),
        }
    }
}

impl Row {
    /// Writes the row as JSON, keys in a fixed order.
    pub fn write_json(&self, out: &mut String) {
        let consistent = match self.consistent {
            Some(true) => "true",
            Some(false) => "false",
            None => "null",
        };
        write!(out, "{{ \"row\": {}, \"consistent\": {consistent}, \"witness\": ", self.row);
        match &self.witness {
            Some(witness) => self.write_witness(witness, out),
            None => out.push_str("null"),
        }
        // Neither text holds a quotation mark, a backslash or a control character.
        for (key, text) in [
            ("certificate", self.certificate.as_deref()),
            ("reason", self.reason.map(Unknown::word)),
        ] {
            match text {
                Some(text) => out.extend([", \"", key, "\": \"", text, "\""]),
                None => out.extend([", \"", key, "\": null"]),
            }
        }
        out.extend([
            ", \"uninformative\": ",
            if self.uninformative { "true" } else { "false" },
            " }",
        ]);
    }

    fn write_witness(&self, witness: &Witness, out: &mut String) {
        let name = if self.check == Check::Debit { "ones" } else { "sum" };
        out.extend(["{ \"", name, "\": ", &witness.sum.to_string()]);
        if let Some(squares) = &witness.squares {
            out.extend([", \"sum_of_squares\": ", &squares.to_string()]);
        }
        if let Some(frequencies) = &witness.frequencies {
            out.push_str(", \"frequencies\": {");
            for (place, (value, count)) in frequencies.iter().enumerate() {
                let comma = if place == 0 { " " } else { ", " };
                out.extend([comma, "\"", &value.to_string(), "\": ", &count.to_string()]);
            }
            out.push_str(" }");
        }
        out.push_str(" }");
    }

    /// Writes the row as a line for people.
    pub fn write_line(&self, out: &mut String) {
        let (word, more) = match (&self.witness, &self.certificate, self.reason) {
            (Some(witness), _, _) => ("consistent", self.shown(witness)),
            (_, Some(why), _) => ("inconsistent", why.clone()),
            (_, _, reason) => {
                ("unchecked", reason.map(Unknown::word).unwrap_or_default().to_owned())
            }
        };
        writeln!(out, "{:>6}  {word}  ({more})", self.row);
    }

    fn shown(&self, witness: &Witness) -> String {
        let mut text = match self.check {
            Check::Debit => return format!("{} ones", witness.sum),
            Check::Grim | Check::Grimmer => format!("sum {}", witness.sum),
        };
        if let Some(squares) = &witness.squares {
            write!(text, ", sum of squares {squares}");
        }
        if let Some(frequencies) = &witness.frequencies {
            let all: Vec<String> = frequencies
                .iter()
                .map(|(value, count)| format!("{count} \u{D7} {value}"))
                .collect();
            write!(text, ": {}", all.join(", "));
        }
        text
    }
}
