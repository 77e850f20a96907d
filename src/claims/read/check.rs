//! What only shows when the whole file is read: names, duplicates, circles, claims nothing checks.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Claim, Claims};
use super::super::printed::Shape;
use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::Expression;

/// Reports the problems that concern more than one entry. `declared` holds every id of the file.
pub(super) fn check(claims: &Claims, declared: &[String], root: &Table<'_>) {
    using(claims, root);
    duplicates(claims, root);
    too_many(claims, root);
    let known: BTreeSet<&str> = declared.iter().map(String::as_str).collect();
    let numbers: BTreeMap<&str, &Claim> =
        claims.claims.iter().map(|claim| (claim.id.value.as_str(), claim)).collect();
    let others: BTreeSet<&str> = claims
        .relations
        .iter()
        .map(|relation| relation.id.value.as_str())
        .chain(claims.checks.iter().map(|check| check.id.value.as_str()))
        .chain(claims.implied.iter().map(|implied| implied.id.value.as_str()))
        .collect();
    super::check_names::check(claims, &others, &known, root);
    for (expression, _) in expressions(claims) {
        for (name, range) in expression.value.names() {
            let place = expression.span.inside_quotes(range);
            if others.contains(name.as_str()) && !numbers.contains_key(name.as_str()) {
                root.report(
                    Problem::error(format!("`{name}` is no claim: it has no number"))
                        .at(&place)
                        .help("expressions use claims by their id and est(\"…\")"),
                );
            } else if !known.contains(name.as_str()) {
                root.report(
                    Problem::error(format!("no claim is called `{name}`"))
                        .at(&place)
                        .help("add it as a [[claim]], or use est(\"…\") for an estimate")
                        .suggest(&name, numbers.keys().copied()),
                );
            } else if let Some(claim) = numbers.get(name.as_str()).filter(|claim| numberless(claim))
            {
                root.report(
                    Problem::error(format!(
                        "`{name}` is printed as `{}`: no one number",
                        claim.printed.text
                    ))
                    .at(&place)
                    .help(format!("give `{name}` its `reads`, or make each number a claim")),
                );
            }
        }
    }
    circles(claims, &numbers, root);
    alternatives(claims, root);
    unchecked(claims, root);
    super::measures::measures(claims, root);
}

pub(super) fn numberless(claim: &Claim) -> bool {
    let read = |one: &Claim| one.reads.is_some();
    let every = |claim: &Claim| {
        let mut readings = claim.readings.iter().map(|one| claim.under(one));
        if claim.readings.is_empty() { read(claim) } else { readings.all(|one| read(&one)) }
    };
    !every(claim) && matches!(claim.printed.shape, Shape::Words | Shape::Confidence(..))
}

/// Every expression of the file with the id of its entry.
fn expressions(claims: &Claims) -> Vec<(&Spanned<Expression>, &str)> {
    let mut all = Vec::new();
    for claim in &claims.claims {
        let own = claim.all_equals().chain(&claim.holds);
        all.extend(own.map(|expression| (expression, claim.id.value.as_str())));
    }
    for relation in claims.relations.iter().filter(|relation| relation.check.is_none()) {
        all.push((&relation.holds, relation.id.value.as_str()));
    }
    for implied in &claims.implied {
        all.push((&implied.value, implied.id.value.as_str()));
    }
    all
}

/// The most relations that are solved together.
const MOST_RELATIONS: usize = 5_000;

fn too_many(claims: &Claims, root: &Table<'_>) {
    if let Some(relation) = claims.relations.get(MOST_RELATIONS) {
        root.report(
            Problem::error(format!("the file has more than {MOST_RELATIONS} relations"))
                .at(&relation.id.span)
                .help(
                    "relations that belong to different parts of the study may be joined by `and`",
                ),
        );
    }
}

fn duplicates(claims: &Claims, root: &Table<'_>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let ids = claims
        .claims
        .iter()
        .map(|claim| &claim.id)
        .chain(claims.relations.iter().map(|relation| &relation.id))
        .chain(claims.checks.iter().map(|check| &check.id))
        .chain(claims.implied.iter().map(|implied| &implied.id));
    for id in ids {
        if let Some(line) = seen.insert(&id.value, id.span.line()) {
            root.report(
                Problem::error(format!("`{}` is used twice as an id", id.value))
                    .at(&id.span)
                    .help(format!("the first is on line {line}")),
            );
        }
    }
}

/// An implied number uses relations that exist.
fn using(claims: &Claims, root: &Table<'_>) {
    let known = || claims.relations.iter().map(|relation| relation.id.value.as_str());
    for name in claims.implied.iter().filter_map(|implied| implied.using.as_ref()).flatten() {
        if !known().any(|id| id == name.value) {
            root.report(
                Problem::error(format!("`using` names no relation: `{}`", name.value))
                    .at(&name.span)
                    .help("it lists ids of [[relation]] entries; an empty list uses none")
                    .suggest(&name.value, known()),
            );
        }
    }
}

/// A claim must not rest on itself, directly or through `equals` of others.
fn circles(claims: &Claims, numbers: &BTreeMap<&str, &Claim>, root: &Table<'_>) {
    let mut settled: BTreeSet<String> = BTreeSet::new();
    for claim in &claims.claims {
        let mut path: Vec<String> = Vec::new();
        if let Some(circle) = circle_from(&claim.id.value, numbers, &mut path, &mut settled) {
            let place = claim.all_equals().next().map_or(&claim.id.span, |equals| &equals.span);
            root.report(
                Problem::error(format!("`equals` runs in a circle: {}", circle.join(" → ")))
                    .at(place)
                    .help("a number cannot be evidence for itself"),
            );
        }
    }
}

fn circle_from(
    id: &str,
    numbers: &BTreeMap<&str, &Claim>,
    path: &mut Vec<String>,
    settled: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|other| other == id) {
        let mut circle: Vec<String> = path.iter().skip(start).cloned().collect();
        settled.extend(circle.iter().cloned());
        circle.push(id.to_owned());
        return Some(circle);
    }
    if settled.contains(id) || path.len() > 1_000 {
        return None;
    }
    path.push(id.to_owned());
    let equals = numbers.get(id).into_iter().flat_map(|claim| claim.all_equals());
    let names: Vec<_> = equals.flat_map(|equals| equals.value.names()).collect();
    let found = names.iter().find_map(|(name, _)| circle_from(name, numbers, path, settled));
    path.pop();
    settled.insert(id.to_owned());
    found
}

fn alternatives(claims: &Claims, root: &Table<'_>) {
    let relations =
        claims.relations.iter().map(|relation| (&relation.id, &relation.alternative_to));
    let checks = claims.checks.iter().map(|check| (&check.id, &check.alternative_to));
    let all: Vec<_> = relations.chain(checks).collect();
    let ids: Vec<&str> = all.iter().map(|(id, _)| id.value.as_str()).collect();
    for (id, other) in all {
        let Some(other) = other else { continue };
        if !ids.contains(&other.value.as_str()) || other.value == id.value {
            root.report(
                Problem::error(format!("no other relation is called `{}`", other.value))
                    .at(&other.span)
                    .help("`alternative_to` names the relation of which this is another reading")
                    .suggest(&other.value, ids.iter().copied().filter(|id| *id != other.value)),
            );
        }
    }
}

/// A claim that nothing checks is worth a warning: it will stand as not attempted.
fn unchecked(claims: &Claims, root: &Table<'_>) {
    let mut used: BTreeSet<String> = expressions(claims)
        .into_iter()
        .flat_map(|(expression, entry)| {
            let names = expression.value.names();
            names.into_iter().map(|(name, _)| name).filter(move |name| name != entry)
        })
        .collect();
    used.extend(claims.heads().flat_map(|head| &head.names).map(|name| name.value.clone()));
    for claim in &claims.claims {
        let own = claim.estimate.is_some()
            || claim.all_equals().next().is_some()
            || claim.readings.iter().any(|reading| reading.estimate.is_some())
            || claim.holds.is_some()
            || claim.untestable.is_some()
            || matches!(&claim.printed.shape, Shape::Statistic(statistic) if statistic.p.is_some());
        if !own && !used.contains(&claim.id.value) {
            root.report(
                Problem::warning(format!("nothing checks `{}`", claim.id.value))
                    .at(&claim.id.span)
                    .help(
                        "give it `estimate`, `equals` or a relation, or say `untestable = \"…\"`",
                    ),
            );
        }
    }
}
