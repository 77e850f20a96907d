//! The claims that checks name: each exists, prints one number, and counts where a count is asked for.

use std::collections::BTreeSet;

use super::super::model::{Claim, Claims};
use super::super::printed::{Shape, Unit};
use super::check::numberless;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};

/// Reports every name of a check that is no claim, or a claim of the wrong kind. `others` are the ids of
/// relations and implied numbers, `known` all ids of the file.
pub(super) fn check(
    claims: &Claims,
    others: &BTreeSet<&str>,
    known: &BTreeSet<&str>,
    root: &Table<'_>,
) {
    for head in claims.heads() {
        for name in &head.names {
            exists(claims, name, others, known, root);
        }
        let doubled = head.inputs.get("percent").is_some_and(|flag| *flag == ["true"]);
        for name in head.names.iter().filter(|_| doubled) {
            if let Some(claim) = claims.claim(&name.value) {
                percent(claim, name, root);
            }
        }
        for name in &head.counts {
            if let Some(claim) = claims.claim(&name.value) {
                counts(claim, name, root);
            }
        }
    }
}

fn exists(
    claims: &Claims,
    name: &Spanned<String>,
    others: &BTreeSet<&str>,
    known: &BTreeSet<&str>,
    root: &Table<'_>,
) {
    let problem = match claims.claim(&name.value) {
        Some(claim) if numberless(claim) => Problem::error(format!(
            "`{}` is printed as `{}`: no one number",
            name.value, claim.printed.text
        ))
        .at(&name.span)
        .help(format!("give `{}` its `reads`, or make each number a claim", name.value)),
        Some(_) => return,
        None if others.contains(name.value.as_str()) => {
            Problem::error(format!("`{}` is no claim: it has no number", name.value))
                .at(&name.span)
                .help("checks name [[claim]] entries by their id")
        }
        None if known.contains(name.value.as_str()) => return,
        None => {
            let ids = claims.claims.iter().map(|claim| claim.id.value.as_str());
            Problem::error(format!("no claim is called `{}`", name.value))
                .at(&name.span)
                .suggest(&name.value, ids)
        }
    };
    root.report(problem);
}

fn counts(claim: &Claim, name: &Spanned<String>, root: &Table<'_>) {
    let vague = claim.reads.is_some();
    let whole = match &claim.printed.shape {
        Shape::Number(amount)
        | Shape::About(amount, _)
        | Shape::Above(amount, _)
        | Shape::Below(amount, _) => {
            amount.unit == Unit::Plain
                && amount.value().is_integer()
                && (&amount.digits.unit * &amount.scale).is_integer()
        }
        Shape::Between(low, high) => low.value().is_integer() && high.value().is_integer(),
        Shape::Words => vague,
        _ => false,
    };
    if !whole {
        root.report(
            Problem::error(format!("`{}` is no count: it is printed as `{}`", name.value, claim.printed.text))
                .at(&name.span)
                .help("a number of cases is a whole number: name the claim that prints it, or write it here"),
        );
    }
}

/// `percent = true` is for plain numbers under a heading in percent.
fn percent(claim: &Claim, name: &Spanned<String>, root: &Table<'_>) {
    if claim.printed.unit() == Unit::Percent {
        root.report(
            Problem::error(format!(
                "`{}` is printed in percent already: `{}`",
                name.value, claim.printed.text
            ))
            .at(&name.span)
            .help("leave `percent` out: it is for plain numbers under a heading in percent"),
        );
    }
}
