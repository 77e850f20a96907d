//! Percent against fraction against points in `equals` and relations: checked, never guessed.

use super::super::model::{Claim, Claims};
use super::super::printed::Unit;
use super::super::rounding::Rounding;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{
    Comparison, Condition, Expression, Interval, Operator, Rational, Reference, Root, Tree,
};

/// Warns where a claim and what it is computed from are in different measures.
pub(super) fn measures(claims: &Claims, root: &Table<'_>) {
    for claim in &claims.claims {
        let Some(equals) = &claim.equals else { continue };
        let found = hundredfold(claims, claim, equals).or_else(|| kind(claims, claim, equals));
        if let Some((message, help)) = found {
            root.report(Problem::warning(message).at(&equals.span).help(help));
        }
    }
    for relation in &claims.relations {
        if let Some(what) = sides(claims, &relation.holds.value) {
            let message =
                format!("one side of `holds` is {what} the other: percent against fraction?");
            root.report(Problem::warning(message).at(&relation.holds.span).help(FACTOR));
        }
    }
}

const FACTOR: &str = "percent is read as hundredths (33% is 0.33), so no factor of 100 belongs into an expression; a number printed under a heading in percent is written `33%`";

/// The two sides of an equality are a hundred times apart, whatever the rounding.
fn sides(claims: &Claims, holds: &Expression) -> Option<&'static str> {
    let mode = claims.rounding.as_ref().map_or(Rounding::Unknown, |mode| mode.value);
    let interval = |reference: &Reference| match reference {
        Reference::Name(name) => claims.claim(name)?.interval(mode),
        Reference::Estimate(_) => None,
    };
    let at: Option<Vec<Interval>> = holds.references().iter().map(interval).collect();
    let Root::Condition(condition) = holds.root() else { return None };
    let mut waiting = vec![condition];
    let at = at?;
    while let Some(next) = waiting.pop() {
        match next {
            Condition::Compare(Comparison::Equal, left, right) => {
                let ranges = left.range(&at).ok().zip(right.range(&at).ok());
                let found = ranges.and_then(|(left, right)| apart(&right.interval, &left.interval));
                if found.is_some() {
                    return found;
                }
            }
            Condition::And(left, right) => waiting.extend([&**left, &**right]),
            Condition::Compare(..) | Condition::Or(..) | Condition::Not(_) => {}
        }
    }
    None
}

/// Says how far a number is from another where one is a hundred times the other.
fn apart(own: &Interval, range: &Interval) -> Option<&'static str> {
    let zero = Rational::default();
    if own.intersection(range).is_some() || range.contains(&zero) || own.contains(&zero) {
        return None;
    }
    let hundred = Rational::from_integer(100.into());
    if own.scale(&hundred).intersection(range).is_some() {
        Some("a hundred times")
    } else if own.intersection(&range.scale(&hundred)).is_some() {
        Some("a hundredth of")
    } else {
        None
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
    let what = apart(&own, &range)?;
    Some((
        format!(
            "`equals` gives {what} the printed `{}`: percent against fraction?",
            claim.printed.text
        ),
        FACTOR.to_owned(),
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
