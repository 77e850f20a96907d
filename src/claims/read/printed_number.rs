//! `printed`, `unit`, `rounded_to` and `alpha`: what concerns the number itself.

use num_traits::{Signed, Zero};

use super::super::printed::{self, Amount, NotPrinted, Notation, Printed, Unit};
use super::super::rounding::Rounding;
use super::choice;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{Rational, show};

/// What the head of a file says of all its numbers.
pub(super) struct Defaults {
    pub(super) notation: Notation,
    pub(super) rounding: Option<Spanned<Rounding>>,
}

/// Reads `rounding` and `decimal` at the head of the file.
pub(super) fn defaults(root: &Table<'_>) -> Defaults {
    let place = root.value("rounding").map(|value| value.span);
    let word = choice(root, "rounding", &Rounding::ALL.map(Rounding::word));
    let mode = Rounding::ALL.into_iter().find(|mode| Some(mode.word()) == word);
    let decimal = choice(root, "decimal", &["point", "comma"]);
    Defaults {
        notation: Notation { decimal_comma: decimal == Some("comma"), unit: None },
        rounding: mode.zip(place).map(|(value, span)| Spanned { value, span }),
    }
}

/// A problem at the character that is at fault, inside the quotes.
pub(in crate::claims) fn problem(text: &Spanned<String>, error: NotPrinted) -> Problem {
    Problem::error(error.message).at(&text.span.inside_quotes(error.range)).help(error.help)
}

/// Reads `printed`, and `rounded_to` where the source rounds more coarsely than its digits say.
pub(super) fn printed_number(table: &Table<'_>, notation: &Notation) -> Option<Spanned<Printed>> {
    let coarse = table.optional::<String>("rounded_to");
    let text = table.required::<String>("printed")?;
    let mut value = match printed::parse_as(&text.value, notation) {
        Ok(value) => value,
        Err(error) => {
            table.report(problem(&text, error));
            return None;
        }
    };
    if let Some(coarse) = coarse {
        let unit = written_amount(table, &coarse, notation)?;
        if let Err((message, help)) = coarsen(&mut value, &unit) {
            table.report(Problem::error(message).at(&coarse.span).help(help));
            return None;
        }
    }
    Some(Spanned { value, span: text.span })
}

/// Makes the last digit worth what the source rounds to.
fn coarsen(printed: &mut Printed, unit: &Amount) -> Result<(), (String, &'static str)> {
    let shown = printed.text.clone();
    let Some(amount) = printed.value_mut() else {
        return Err((
            format!("`{shown}` is not one number that could be rounded more coarsely"),
            "leave `rounded_to` out, or say `reads`",
        ));
    };
    let step = if unit.unit == Unit::Plain {
        unit.digits.value.clone() * &unit.scale
    } else {
        unit.value() / &amount.scale
    };
    if !step.is_positive() || step < amount.digits.unit {
        return Err((
            format!("`{shown}` shows finer digits than are rounded to"),
            "`rounded_to` is coarser than the last printed digit: `rounded_to = \"10,000\"`",
        ));
    }
    if !(&amount.digits.value / &step).is_integer() {
        return Err((
            format!("`{shown}` is no multiple of {}", show(&step)),
            "a number rounded to 10,000 is a multiple of 10,000",
        ));
    }
    amount.digits.unit = step;
    Ok(())
}

/// Reads one number of another key than `printed`.
pub(super) fn written_amount(
    table: &Table<'_>,
    text: &Spanned<String>,
    notation: &Notation,
) -> Option<Amount> {
    match printed::amount_as(&text.value, notation) {
        Ok(amount) => Some(amount),
        Err(error) => {
            table.report(problem(text, error));
            None
        }
    }
}

/// Reads the level of significance of a printed p value; 0.05 where none is declared.
pub(super) fn alpha(table: &Table<'_>, notation: &Notation) -> Rational {
    let usual = Rational::new(1.into(), 20.into());
    let Some(text) = table.optional::<String>("alpha") else { return usual };
    let Some(level) = written_amount(table, &text, notation).map(|level| level.value()) else {
        return usual;
    };
    if level.is_positive() && level < Rational::from_integer(1.into()) {
        return level;
    }
    table.report(
        Problem::error(format!("`{}` is no level of significance", text.value))
            .at(&text.span)
            .help("a level lies between 0 and 1: `alpha = \"0.05\"`"),
    );
    usual
}

/// Percent against points: a declared `unit` must not contradict what is printed.
pub(super) fn units(
    table: &Table<'_>,
    printed: Option<&Spanned<Printed>>,
    unit: Option<&Spanned<String>>,
) {
    let (Some(printed), Some(unit)) = (printed, unit) else { return };
    let own = printed.value.unit();
    let clash = match (own, unit.value.as_str()) {
        (Unit::Percent, "percentage points" | "points" | "pp") => Some((
            format!(
                "`{}` is printed in percent, and `unit` says percentage points",
                printed.value.text
            ),
            "a difference of two percentages is printed as `7 pp`; leave `unit` out where the source means percent",
        )),
        (Unit::Points | Unit::BasisPoints, "percent" | "%") => Some((
            format!(
                "`{}` is printed in percentage points, and `unit` says percent",
                printed.value.text
            ),
            "leave `unit` out: the printed number has its unit",
        )),
        _ => None,
    };
    if let Some((message, help)) = clash {
        table.report(Problem::error(message).at(&unit.span).help(help));
        return;
    }
    let share = ["percent", "%", "percentage points"].contains(&unit.value.as_str());
    let large = printed
        .value
        .value()
        .is_some_and(|value| !value.is_zero() && value.abs() > Rational::from_integer(1.into()));
    if own == Unit::Plain && share && large {
        table.report(
            Problem::warning(format!(
                "`{}` is a plain number, and `unit` shows it as a hundred times as many {}",
                printed.value.text, unit.value
            ))
            .at(&unit.span)
            .help(format!(
                "where it is printed under a heading in percent, write `{}%`",
                printed.value.text
            )),
        );
    }
}
