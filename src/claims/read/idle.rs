//! Keys that would do nothing where they stand: said aloud, never passed over.

use super::super::model::Claim;
use super::super::printed::Shape;
use super::super::statistic::Statistic;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::Expression;

/// Reports the keys of a claim that its other keys leave without effect.
pub(super) fn keys(table: &Table<'_>, claim: &Claim) {
    count(table, claim);
    comparison(table, claim);
    test(table, claim);
}

fn error(table: &Table<'_>, key: &str, message: String, help: &str) {
    let place = table.value(key).map_or_else(|| table.span(), |value| value.span);
    table.report(Problem::error(message).at(&place).help(help));
}

fn count(table: &Table<'_>, claim: &Claim) {
    let text = &claim.printed.text;
    let whole = claim.printed.value().is_none_or(|value| value.is_integer());
    if claim.count && claim.reads.is_none() && !whole {
        error(
            table,
            "count",
            format!("`{text}` is no count: a count is one whole number"),
            "leave `count` out",
        );
    }
}

/// What belongs to a comparison with a value of ours.
fn comparison(table: &Table<'_>, claim: &Claim) {
    let estimates = |equals: &Spanned<Expression>| !equals.value.estimates().is_empty();
    let ours = claim.estimate.is_some()
        || claim.all_equals().any(estimates)
        || claim.readings.iter().any(|reading| reading.estimate.is_some());
    for (key, given) in [
        ("tolerance", claim.tolerance.is_some()),
        ("margin", claim.margin.is_some()),
        ("original", claim.original.error.is_some()),
    ] {
        if given && !ours {
            error(
                table,
                key,
                format!("`{key}` is for comparing with a value of ours, and the claim has none"),
                "add `estimate = \"step/measure\"`, or leave it out: printed numbers are compared by their digits alone",
            );
        }
    }
    let only_estimates =
        claim.equals.as_ref().filter(|equals| estimates(equals) && equals.value.names().is_empty());
    if claim.estimate.is_some() && only_estimates.is_some() {
        error(
            table,
            "equals",
            "`estimate` and `equals` both say what our value is".to_owned(),
            "keep one; where the text can be read in two ways, write two [[claim.reading]]",
        );
    }
}

/// What belongs to a printed p value.
fn test(table: &Table<'_>, claim: &Claim) {
    let text = &claim.printed.text;
    let tests = match &claim.printed.shape {
        Shape::Statistic(Statistic { p, .. }) => p.is_some(),
        Shape::NotSignificant => true,
        _ => claim.printed.p.is_some(),
    };
    for key in ["alpha", "one_sided"] {
        if table.value(key).is_some() && !tests {
            error(
                table,
                key,
                format!("`{key}` is about a printed p value, and `{text}` has none"),
                "leave it out, or print the statistic with its p value: `t(28) = 2.20, p = .036`",
            );
        }
    }
}

/// A relation is about numbers of the study.
pub(super) fn about_nothing(table: &Table<'_>, holds: Option<&Spanned<Expression>>) {
    let Some(holds) = holds.filter(|holds| holds.value.references().is_empty()) else { return };
    table.report(
        Problem::error("the relation names no claim")
            .at(&holds.span)
            .help("write it over ids of claims: `holds = \"a + b == c\"`"),
    );
}
