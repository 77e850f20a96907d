//! `[relation.interval]`: a confidence interval against its estimate and standard error.

use num_traits::{One, Signed};

use super::super::checks::{LogInterval, Multiplier, Rule};
use super::check_table::Asked;
use super::choice;
use super::printed_number::written_amount;
use super::sheet::Sheet;
use crate::diagnostic::Problem;
use crate::expression::{Interval, Rational, show};
use crate::stats::distribution;

/// Reads the check: a comparison on the estimate's own scale, a check of its own on the logarithm.
pub(super) fn read(mut sheet: Sheet<'_, '_>) -> Option<Asked> {
    let low = sheet.claim("ci_low");
    let high = sheet.claim("ci_high");
    let estimate = sheet.claim_or_none("estimate");
    let error = sheet.claim_or_none("se");
    if estimate.is_none() && error.is_none() {
        sheet.lacks("estimate", "the claim that prints it; or `se`, or both");
    }
    let multiplier = multiplier(&mut sheet);
    let scale = choice(sheet.table, "scale", &["identity", "log"]);
    if let Some(word) = scale {
        sheet.note("scale", word.to_owned());
    }
    let (low, high, multiplier) = (low?, high?, multiplier?);
    if scale == Some("log") {
        let limits = [low, high];
        let rule = Rule::LogInterval(LogInterval { estimate, error, limits, multiplier });
        return Some(Asked::Check(sheet.head, rule));
    }
    let [least, most] = multiplier.range.each_ref().map(show);
    let near = |distance: &str, error: &str| {
        format!("{distance} >= {least} * {error} and {distance} <= {most} * {error}")
    };
    let text = match (&estimate, &error) {
        (Some(estimate), Some(error)) => format!(
            "{} and {} and {low} <= {high}",
            near(&format!("{high} - {estimate}"), error),
            near(&format!("{estimate} - {low}"), error)
        ),
        (Some(estimate), None) => {
            format!("{high} - {estimate} == {estimate} - {low} and {low} <= {high}")
        }
        (None, Some(error)) => near(&format!("({high} - {low}) / 2"), error),
        (None, None) => return None,
    };
    sheet.spelled(&text)
}

/// How many standard errors the limits are from the estimate: as written, or by level and reference.
fn multiplier(sheet: &mut Sheet<'_, '_>) -> Option<Multiplier> {
    let written = sheet.table.optional::<String>("multiplier");
    let level = level(sheet);
    let reference = choice(sheet.table, "reference", &["normal", "t"]);
    let freedom = sheet.table.value("df");
    if let Some(text) = written {
        let amount = written_amount(sheet.table, &text, sheet.notation)?;
        sheet.note("multiplier", text.value.clone());
        if !amount.value().is_positive() {
            sheet.table.report(
                Problem::error(format!("`multiplier` cannot be `{}`", text.value))
                    .at(&text.span)
                    .help("it is the number of standard errors from the estimate to a limit: \"1.96\""),
            );
            return None;
        }
        return Some(Multiplier { range: [amount.value(), amount.value()] });
    }
    let tail = (Rational::one() - level?) / Rational::from_integer(2.into());
    let tail = crate::expression::nearest_float(&tail);
    if reference == Some("t") {
        sheet.note("reference", "t".to_owned());
        let Some(value) = freedom else {
            sheet.lacks("df", "the degrees of freedom: a whole number, or \"27.3\"");
            return None;
        };
        let range = degrees(sheet, &value)?;
        let at = |df: &Rational| {
            distribution::t_upper_quantile(tail, crate::expression::nearest_float(df))
        };
        let (low, high) = (range.low.value()?, range.high.value()?);
        return enclosed(at(high), at(low));
    }
    if let Some(value) = freedom {
        sheet.table.report(
            Problem::error("`df` goes with `reference = \"t\"`")
                .at(&value.span)
                .help("add `reference = \"t\"`, or leave `df` out"),
        );
    }
    // Many studies take 1.96 for 1.959964: both are admitted.
    let exact = distribution::normal_upper_quantile(tail);
    let short = (exact * 1000.0).round() / 1000.0;
    enclosed(exact.min(short), exact.max(short))
}

/// Both ends, one in 10¹⁰ further out.
fn enclosed(low: f64, high: f64) -> Option<Multiplier> {
    let places = crate::expression::power_of_ten(10);
    let low = (crate::expression::rational_of(low)? * &places).floor() / &places;
    let high = (crate::expression::rational_of(high)? * &places).ceil() / &places;
    Some(Multiplier { range: [low, high] })
}

fn degrees(
    sheet: &mut Sheet<'_, '_>,
    value: &crate::diagnostic::document::Value<'_>,
) -> Option<Interval> {
    let found = if let Some(number) = value.as_whole() {
        sheet.note("df", number.to_string());
        Interval::point(Rational::from_integer(number.into()))
    } else {
        let text = value.read::<String>()?;
        let amount = written_amount(sheet.table, &text, sheet.notation)?;
        sheet.note("df", text.value);
        amount.interval(super::super::rounding::Rounding::Unknown)
    };
    if found.low.value().is_some_and(Signed::is_positive) {
        return Some(found);
    }
    sheet.table.report(
        Problem::error("`df` must be above zero")
            .at(&value.span)
            .help("write the degrees of freedom of the t distribution: `df = 27`"),
    );
    None
}

/// The level of confidence; 95% where none is declared.
fn level(sheet: &mut Sheet<'_, '_>) -> Option<Rational> {
    let Some(text) = sheet.table.optional::<String>("level") else {
        return Some(Rational::new(19.into(), 20.into()));
    };
    let level = written_amount(sheet.table, &text, sheet.notation)?.value();
    if level.is_positive() && level < Rational::one() {
        sheet.note("level", text.value);
        return Some(level);
    }
    sheet.table.report(
        Problem::error(format!("`{}` is no level of confidence", text.value))
            .at(&text.span)
            .help("a level lies between 0 and 1: `level = \"95%\"`"),
    );
    None
}
