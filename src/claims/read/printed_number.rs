//! `printed`, `reads`, `unit`, `rounded_to` and `alpha`: what concerns the number itself.

use num_traits::{Signed, Zero};

use super::super::lexicon;
use super::super::model::{Reading, ReadingFrom};
use super::super::printed::{self, Amount, NotPrinted, Notation, Printed, Shape, Unit};
use super::super::rounding::{Digits, Rounding};
use super::choice;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{Interval, Rational, power_of_ten, show};

/// The upper end of a reading that has none.
const NO_LIMIT: &str = "\u{221E}";

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

/// Reads `reads`, or takes the lexicon's reading where the printed words are in it.
pub(in crate::claims) fn reading(
    table: &Table<'_>,
    notation: &Notation,
    printed: Option<&Spanned<Printed>>,
) -> Option<Reading> {
    let Some(value) = table.value("reads") else {
        let words = printed.filter(|printed| printed.value.shape == Shape::Words)?;
        return known(&words.value.text);
    };
    let list = value.read::<Vec<Spanned<String>>>()?;
    let [low, high] = list.value.as_slice() else {
        table.report(
            Problem::error("`reads` needs two numbers")
                .at(&list.span)
                .help("write `reads = [\"40%\", \"50%\"]`"),
        );
        return None;
    };
    let texts = [low.value.clone(), high.value.clone()];
    let (low, high) =
        (written_amount(table, low, notation)?, written_amount(table, high, notation)?);
    if low.value() > high.value() {
        table.report(
            Problem::error("`reads` begins with its larger number")
                .at(&list.span)
                .help(format!("write `reads = [\"{}\", \"{}\"]`", texts[1], texts[0])),
        );
        return None;
    }
    let interval = Interval::closed(low.value(), high.value());
    Some(Reading { texts, low, interval, from: ReadingFrom::Declared, why: None })
}

/// The lexicon's reading of a phrase.
fn known(text: &str) -> Option<Reading> {
    let entry = lexicon::look_up(text)?;
    let hundredth = power_of_ten(-2);
    let scale =
        if entry.unit == Unit::Percent { hundredth } else { Rational::from_integer(1.into()) };
    let shown = |value: &Rational| {
        let tenths = (value / &scale * Rational::from_integer(10.into())).round();
        let digits = show(&(tenths / Rational::from_integer(10.into())));
        match entry.unit {
            Unit::Percent => format!("{digits}%"),
            Unit::Times => format!("{digits}x"),
            _ => digits,
        }
    };
    let end = |value: Option<&Rational>| value.map_or_else(|| NO_LIMIT.to_owned(), shown);
    let texts = [end(entry.interval.low.value()), end(entry.interval.high.value())];
    let low = entry.interval.low.value().cloned().unwrap_or_default();
    let unit = if entry.unit == Unit::Times { power_of_ten(-1) } else { power_of_ten(0) };
    let digits = Digits { value: low / &scale, unit, negative: false };
    Some(Reading {
        texts,
        low: Amount { digits, unit: entry.unit, scale },
        interval: entry.interval,
        from: ReadingFrom::Lexicon,
        why: Some(entry.why.to_owned()),
    })
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
