//! The network around one claim, as `explain` shows it: what binds its number, and by how much.

use super::evidence::Book;
use super::judge::{Situation, study_rounding};
use super::model::Claims;
use super::network::{Bound, Neighbourhood, Part};
use super::record::{Around, Binding, Ends};
use super::relation::{self, Evaluation};
use crate::diagnostic::Problems;
use crate::expression::{Interval, Rational, nearest_float};

/// Looks at the network around a claim; `None` where there is no such claim.
///
/// # Errors
/// When the study and the claims file declare two rounding rules.
pub fn around(
    claims: &Claims,
    situation: &Situation<'_>,
    id: &str,
) -> Result<Option<Around>, Problems> {
    let rounding = study_rounding(situation.study, claims)?;
    let book = Book { claims, results: situation.results, rounding };
    let Some(claim) = claims.claim(id) else { return Ok(None) };
    let own = claim.interval(rounding);
    let mut record = Around {
        claim: id.to_owned(),
        own: own.as_ref().map(ends).unwrap_or_default(),
        together: own.as_ref().map(ends).unwrap_or_default(),
        others: Ends::default(),
        tight: own.is_some(),
        binding: Vec::new(),
        loose: 0,
        left_out: Vec::new(),
        reason: None,
    };
    if own.is_none() {
        record.reason = Some("what is printed stands for no interval".to_owned());
        return Ok(Some(record));
    }
    let evaluation = relation::evaluate(&book);
    record.left_out = left_out(&evaluation, id);
    match evaluation.around(id) {
        Some(found) => fill(&mut record, &found, claims),
        None => record.reason = Some("no relation that can be true binds it".to_owned()),
    }
    Ok(Some(record))
}

/// The relations that name a claim and are part of a conflict.
fn left_out(evaluation: &Evaluation, id: &str) -> Vec<String> {
    let used = |name: &String| !evaluation.items.iter().any(|item| item.id == *name);
    let mut left: Vec<String> = evaluation
        .conflicts
        .iter()
        .filter(|blame| blame.failing.conflict.names.iter().any(|name| name == id))
        .flat_map(|blame| blame.failing.conflict.items.iter().filter(|name| used(name)).cloned())
        .collect();
    left.sort();
    left.dedup();
    left
}

fn fill(record: &mut Around, found: &Neighbourhood, claims: &Claims) {
    record.together = ends(&found.together.interval);
    record.others = ends(&found.others);
    record.tight = found.together.tight;
    record.loose = found.loose;
    let together = &found.together.interval;
    record.binding = found.bounds.iter().map(|bound| binding(bound, together, claims)).collect();
}

fn binding(bound: &Bound, together: &Interval, claims: &Claims) -> Binding {
    let (id, kind, printed) = match &bound.part {
        Part::Number(id) => {
            let printed = claims.claim(id).map(|claim| claim.printed.text.clone());
            (id.clone(), "number", printed.unwrap_or_default())
        }
        Part::Item(id) => {
            let relation = claims.relations.iter().find(|relation| relation.id.value == *id);
            let equals = || {
                let claim = claims.claim(id)?;
                Some(format!("{id} == {}", claim.equals.as_ref()?.value.text()))
            };
            let says = relation.map(|relation| relation.holds.value.text().to_owned());
            (id.clone(), "relation", says.or_else(equals).unwrap_or_default())
        }
    };
    let moved = |here: Option<&Rational>, there: Option<&Rational>| {
        here.zip(there).map(|(here, there)| {
            nearest_float(&if here > there { here - there } else { there - here })
        })
    };
    Binding {
        id,
        kind: kind.to_owned(),
        printed,
        without: ends(&bound.without),
        moves: Ends {
            low: moved(together.low.value(), bound.without.low.value()),
            high: moved(together.high.value(), bound.without.high.value()),
        },
        per_digit: bound.per_digit.as_ref().map(|[low, high]| Ends {
            low: Some(nearest_float(low)),
            high: Some(nearest_float(high)),
        }),
        exact: bound.exact,
    }
}

fn ends(interval: &Interval) -> Ends {
    let [low, high] = interval.as_floats();
    Ends { low, high }
}
