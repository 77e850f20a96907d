//! Relations between claims, implied numbers, and what secondary sources say.

use serde::Serialize;

use super::{Anchors, Link};
use crate::claims::record::{
    Accepted, CoverageRecord, ImpliedRecord, RelationRecord, RelationState,
};
use crate::report::{Page, number, words};

#[derive(Debug, Serialize)]
pub(super) struct RelationView {
    id: String,
    anchor: String,
    says: String,
    kind: String,
    kind_means: String,
    question: Option<&'static str>,
    expression: String,
    state: &'static str,
    family: &'static str,
    sign: &'static str,
    fails: bool,
    reason: Option<String>,
    conflict: Vec<Link>,
    witness: Vec<(String, String)>,
    certificate: Option<String>,
    accepted: Option<Accepted>,
    marks: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
pub(super) struct ImpliedView {
    id: String,
    says: String,
    expression: String,
    interval: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct CoverageView {
    outlet: String,
    id: String,
    says: String,
    rating: String,
    means: String,
    claim: Option<Link>,
    computed: bool,
    why: String,
}

/// Arranges the relations: failing ones first, then undecided, then as the file has them.
pub(super) fn views(page: &Page<'_>, anchors: &Anchors) -> Vec<RelationView> {
    let mut relations: Vec<&RelationRecord> = page.audit.relations.iter().collect();
    relations.sort_by_key(|relation| match relation.state {
        RelationState::Fails => 0,
        RelationState::Undecided => 1,
        RelationState::Holds => 2,
    });
    relations.into_iter().map(|relation| view(relation, anchors)).collect()
}

fn view(relation: &RelationRecord, anchors: &Anchors) -> RelationView {
    let (family, sign, state) = words::state(relation.state);
    RelationView {
        id: relation.id.clone(),
        anchor: anchors.name("relation", &relation.id),
        says: relation.says.clone(),
        kind: relation.kind_words(),
        question: relation.question(),
        kind_means: words::relation_kind(&relation.kind),
        expression: relation.holds.clone(),
        state,
        family,
        sign,
        fails: relation.state == RelationState::Fails,
        reason: relation.reason.as_deref().map(spoken),
        conflict: relation.conflict.iter().map(|id| anchors.link(id)).collect(),
        witness: relation.witness.clone().into_iter().collect(),
        certificate: relation.certificate.clone(),
        accepted: relation.accepted.clone(),
        marks: relation.marks.iter().map(|mark| (mark.clone(), words::mark(mark))).collect(),
    }
}

/// A reason word as a sentence; what is a sentence already stays.
fn spoken(reason: &str) -> String {
    words::reason(reason).map_or_else(|| reason.to_owned(), str::to_owned)
}

/// Arranges the implied numbers.
pub(super) fn implied(page: &Page<'_>) -> Vec<ImpliedView> {
    page.audit.implied.iter().map(implied_view).collect()
}

fn implied_view(implied: &ImpliedRecord) -> ImpliedView {
    let unit = implied.unit.as_deref();
    ImpliedView {
        id: implied.id.clone(),
        says: implied.says.clone(),
        expression: implied.value.clone(),
        interval: implied.interval.map(|ends| number::tightest(ends, unit)),
        reason: implied.reason.as_deref().map(spoken),
    }
}

/// Arranges the coverage, statement by statement.
pub(super) fn coverage(page: &Page<'_>, anchors: &Anchors) -> Vec<CoverageView> {
    let view = |record: &CoverageRecord| CoverageView {
        outlet: record.outlet.clone(),
        id: record.id.clone(),
        says: record.says.clone(),
        rating: record.rating.replace('-', " "),
        means: words::rating(&record.rating),
        claim: record.claim.as_deref().map(|id| anchors.link(id)),
        computed: record.computed,
        why: record.why.clone(),
    };
    page.audit.coverage.iter().map(view).collect()
}
