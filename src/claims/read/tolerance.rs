//! `tolerance`: how far off is still close.

use num_traits::{Signed, Zero};

use super::super::model::Tolerance;
use super::super::printed::{Notation, Printed, Unit};
use super::printed_number::written_amount;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::Rational;

/// `"0.5 pp"`, `"2%"` of the printed value, or `"0.002"`; as a table it may say why it is wide.
pub(super) fn read(
    table: &Table<'_>,
    printed: Option<&Spanned<Printed>>,
    notation: &Notation,
) -> Option<Tolerance> {
    let value = table.value("tolerance")?;
    let (text, why) = match value.as_table() {
        Some(inner) => {
            let text = inner.required::<String>("value")?;
            (text, inner.required::<String>("why"))
        }
        None => (value.read::<String>()?, None),
    };
    let amount = written_amount(table, &text, notation)?;
    let central = printed.and_then(|printed| printed.value.value()).map(|value| value.abs());
    let relative = amount.unit == Unit::Percent;
    if printed.is_some() && central.is_none() && !relative {
        table.report(
            Problem::error("a tolerance is measured from one printed number, and here is none")
                .at(&text.span)
                .help("leave it out: words and ranges are as wide as they are read"),
        );
        return None;
    }
    let distance = match (&central, relative) {
        (Some(central), true) => amount.value().abs() * central,
        (None, true) => {
            table.report(
                Problem::error("a tolerance in percent needs one printed value to be a percent of")
                    .at(&text.span)
                    .help("write it in the number's own unit"),
            );
            return None;
        }
        (_, false) => amount.value().abs(),
    };
    let most = Rational::new(1.into(), 20.into());
    let wide = central.is_some_and(|central| !central.is_zero() && distance > central * most);
    if wide && why.is_none() {
        table.report(
            Problem::error(format!(
                "the tolerance {} is more than 5% of the printed value",
                text.value
            ))
            .at(&text.span)
            .help("make it smaller, or say why: `tolerance = { value = \"…\", why = \"…\" }`"),
        );
    }
    Some(Tolerance { text, distance })
}
