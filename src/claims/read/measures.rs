//! Percent against fraction against points in `equals`: checked, never guessed.

use super::super::model::{Claim, Claims};
use super::super::printed::Unit;
use super::super::rounding::Rounding;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{Expression, Operator, Rational, Reference, Root, Tree};

/// Warns where a claim and what it is computed from are in different measures.
pub(super) fn measures(claims: &Claims, root: &Table<'_>) {
    for claim in &claims.claims {
        let Some(equals) = &claim.equals else { continue };
        let found = hundredfold(claims, claim, equals).or_else(|| kind(claims, claim, equals));
        if let Some((message, help)) = found {
            root.report(Problem::warning(message).at(&equals.span).help(help));
        }
    }
}

/// The recomputed number is a hundred times the printed one, or a hundredth of it.
fn hundredfold(
    claims: &Claims,
    claim: &Claim,
    equals: &Spanned<Expression>,
) -> Option<(String, String)> {
    let mode = claims.rounding.as_ref().map_or(Rounding::Unknown, |mode| mode.value);
    let own = claim.interval(mode)?;
    let lookup = |reference: &Reference| match reference {
        Reference::Name(name) => claims.claim(name)?.interval(mode),
        Reference::Estimate(_) => None,
    };
    let range = equals.value.range(&lookup).ok()?.interval;
    let zero = Rational::default();
    if own.intersection(&range).is_some() || range.contains(&zero) || own.contains(&zero) {
        return None;
    }
    let hundred = Rational::from_integer(100.into());
    let what = if own.scale(&hundred).intersection(&range).is_some() {
        "a hundred times"
    } else if own.intersection(&range.scale(&hundred)).is_some() {
        "a hundredth of"
    } else {
        return None;
    };
    Some((
        format!("`equals` gives {what} the printed `{}`: percent against fraction?", claim.printed.text),
        "percent is read as hundredths (33% is 0.33), so no factor of 100 belongs into an expression".to_owned(),
    ))
}

/// A difference of percentages counts in points, a ratio of them does not.
fn kind(claims: &Claims, claim: &Claim, equals: &Spanned<Expression>) -> Option<(String, String)> {
    let Root::Arithmetic(Tree::Binary(Operator::Subtract, left, right)) = equals.value.root()
    else {
        return None;
    };
    let unit = |tree: &Tree| {
        let Tree::Reference(index) = tree else { return None };
        let Reference::Name(name) = equals.value.references().get(*index)? else { return None };
        claims.claim(name).map(|claim| claim.printed.unit())
    };
    let printed = &claim.printed.text;
    let one = Tree::Number(Rational::from_integer(1.into()));
    match (unit(left), unit(right), claim.printed.unit()) {
        (Some(Unit::Percent), Some(Unit::Percent), Unit::Percent) => Some((
            format!(
                "`equals` is a difference of two percentages, and `{printed}` is printed in percent"
            ),
            "a difference counts in percentage points (`7 pp`); a relative change is `(a - b) / b`"
                .to_owned(),
        )),
        _ if **right == one && claim.printed.unit() == Unit::Points => Some((
            format!(
                "`equals` is a relative change, and `{printed}` is printed in percentage points"
            ),
            "a relative change counts in percent; a difference in points is `a - b`".to_owned(),
        )),
        _ => None,
    }
}
