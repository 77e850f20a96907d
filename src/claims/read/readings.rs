//! `reads` and `[[claim.reading]]`: how words are read, in one way or in several.

use super::super::lexicon;
use super::super::model::{Alternative, Reading, ReadingFrom};
use super::super::printed::{Amount, Notation, Printed, Shape, Unit};
use super::super::rounding::Digits;
use super::formula;
use super::printed_number::written_amount;
use crate::diagnostic::document::{Table, Value};
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{Interval, Kind, Rational, power_of_ten, show};

/// The upper end of a reading that has none.
const NO_LIMIT: &str = "\u{221E}";

/// How a claim is read: the span of all readings, and each where there are several.
pub(super) struct Readings {
    pub(super) span: Option<Reading>,
    pub(super) each: Vec<Alternative>,
}

/// Reads `reads` or `[[claim.reading]]`, or takes the lexicon's reading where the printed words are in it.
pub(super) fn readings(
    table: &Table<'_>,
    notation: &Notation,
    printed: Option<&Spanned<Printed>>,
) -> Readings {
    let listed = table.value("reads");
    let entries = table.value("reading").map(|value| value.span);
    let tables = table.tables("reading");
    let mut each: Vec<Alternative> =
        tables.iter().filter_map(|one| alternative(one, notation)).collect();
    if let (Some(listed), Some(_)) = (&listed, &entries) {
        table.report(
            Problem::error("the readings are in two places: `reads` and [[claim.reading]]")
                .at(&listed.span)
                .help("say all of them in one; [[claim.reading]] also takes `says` and `why`"),
        );
    }
    let several = listed.as_ref().is_some_and(|value| value.items().iter().any(Value::is_list));
    if let Some(value) = listed {
        if !several {
            return Readings { span: interval(table, &value, notation), each: Vec::new() };
        }
        let plain = |reads| Alternative { reads: Some(reads), ..Alternative::default() };
        let items = value.items();
        each.extend(items.iter().filter_map(|item| interval(table, item, notation)).map(plain));
    }
    twice(table, &each, entries.as_ref());
    if each.is_empty() {
        return Readings { span: lexical(printed), each };
    }
    Readings { span: span(&each), each }
}

/// The one reading of a statement: `reads`, or the lexicon's where the printed words are in it.
pub(in crate::claims) fn reading(
    table: &Table<'_>,
    notation: &Notation,
    printed: Option<&Spanned<Printed>>,
) -> Option<Reading> {
    match table.value("reads") {
        Some(value) => interval(table, &value, notation),
        None => lexical(printed),
    }
}

/// The lexicon's reading of printed words.
fn lexical(printed: Option<&Spanned<Printed>>) -> Option<Reading> {
    let words = printed.filter(|printed| printed.value.shape == Shape::Words)?;
    known(&words.value.text)
}

/// One `[[claim.reading]]`: an interval, or where our number comes from, or both.
fn alternative(table: &Table<'_>, notation: &Notation) -> Option<Alternative> {
    let says = table.optional::<String>("says").map(|says| says.value);
    let listed = table.value("reads");
    let reads = listed.as_ref().and_then(|value| interval(table, value, notation));
    let estimate = table.optional::<String>("estimate");
    let equals = formula(table, "equals", Kind::Arithmetic);
    let why = table.optional::<String>("why").map(|why| why.value);
    if listed.is_none() && table.value("estimate").is_none() && table.value("equals").is_none() {
        table.report(
            Problem::error("the reading says neither what the words stand for nor what gives it")
                .at(&table.span())
                .help("add `reads = [\"40%\", \"50%\"]`, `equals = \"…\"` or `estimate = \"…\"`"),
        );
        return None;
    }
    if let (Some(equals), Some(_)) = (&equals, &estimate) {
        table.report(
            Problem::error("one reading has one number: `estimate` or `equals`, not both")
                .at(&equals.span)
                .help("make two readings of it"),
        );
    }
    Some(Alternative { says, reads, estimate, equals, why })
}

/// One reading said twice is no choice.
fn twice(table: &Table<'_>, each: &[Alternative], entries: Option<&crate::diagnostic::Span>) {
    let key = |one: &Alternative| {
        let text = |equals: &Spanned<crate::expression::Expression>| equals.value.text().to_owned();
        (
            one.reads.as_ref().map(|reads| reads.interval.clone()),
            one.estimate.as_ref().map(|estimate| estimate.value.clone()),
            one.equals.as_ref().map(text),
        )
    };
    let again = each
        .iter()
        .enumerate()
        .any(|(place, one)| each.iter().take(place).any(|earlier| key(earlier) == key(one)));
    if again {
        let listed = table.value("reads").map(|value| value.span);
        let place = entries.cloned().or(listed).unwrap_or_else(|| table.span());
        table.report(Problem::error("two readings of the claim are the same").at(&place).help(
            "a reading is another one where its interval, `equals` or `estimate` is another",
        ));
    }
}

/// The least interval around all readings; none where one of them has the printed number's own.
fn span(each: &[Alternative]) -> Option<Reading> {
    let all: Option<Vec<&Reading>> = each.iter().map(|one| one.reads.as_ref()).collect();
    let mut whole = all.as_ref()?.first().map(|first| (*first).clone())?;
    for other in all?.into_iter().skip(1) {
        let both = whole.interval.hull(&other.interval);
        if both.low != whole.interval.low {
            whole.texts[0].clone_from(&other.texts[0]);
            whole.low = other.low.clone();
        }
        if both.high != whole.interval.high {
            whole.texts[1].clone_from(&other.texts[1]);
        }
        whole.interval = both;
    }
    Some(whole)
}

fn interval(table: &Table<'_>, value: &Value<'_>, notation: &Notation) -> Option<Reading> {
    let list = value.read::<Vec<Spanned<String>>>()?;
    let [low, high] = list.value.as_slice() else {
        table.report(
            Problem::error("a reading needs two numbers")
                .at(&list.span)
                .help("write `reads = [\"40%\", \"50%\"]`; several are `[[\"40%\", \"50%\"], [\"45%\", \"50%\"]]`"),
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
                .help(format!("write `[\"{}\", \"{}\"]`", texts[1], texts[0])),
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
