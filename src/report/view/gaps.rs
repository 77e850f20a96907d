//! What was not checked, and why.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claim::ReasonView;
use super::{Anchors, Link};
use crate::claims::record::{SetAside, Verdict};
use crate::report::Page;

#[derive(Debug, Serialize)]
pub(super) struct GapsView {
    claims: Vec<GapGroup>,
    datasets: Vec<Closed>,
    steps: Vec<SkippedGroup>,
    set_aside: Vec<SetAside>,
}

/// Claims that stayed unchecked for one reason.
#[derive(Debug, Serialize)]
struct GapGroup {
    reason: ReasonView,
    claims: Vec<(Link, String)>,
}

/// A dataset that is not public.
#[derive(Debug, Serialize)]
struct Closed {
    id: String,
    title: String,
    producer: String,
    access: String,
    reason: Option<String>,
    contact: Option<String>,
}

/// Steps that did not run for one reason.
#[derive(Debug, Serialize)]
struct SkippedGroup {
    run: String,
    reason: ReasonView,
    needs: String,
    steps: Vec<String>,
}

/// Collects what was not checked.
pub(super) fn view(page: &Page<'_>, anchors: &Anchors) -> GapsView {
    GapsView {
        claims: claims(page, anchors),
        datasets: datasets(page),
        steps: steps(page),
        set_aside: page.audit.set_aside.clone(),
    }
}

fn claims(page: &Page<'_>, anchors: &Anchors) -> Vec<GapGroup> {
    let mut groups: BTreeMap<&str, Vec<(Link, String)>> = BTreeMap::new();
    for claim in &page.audit.claims {
        if matches!(claim.verdict, Verdict::Untestable | Verdict::Unchecked) {
            let reason = claim.reason.as_deref().unwrap_or(claim.verdict.word());
            let entry = (anchors.link(&claim.id), claim.says.clone());
            groups.entry(reason).or_default().push(entry);
        }
    }
    let group = |(reason, claims)| GapGroup { reason: ReasonView::of(reason), claims };
    groups.into_iter().map(group).collect()
}

fn datasets(page: &Page<'_>) -> Vec<Closed> {
    let mut closed = BTreeMap::new();
    for dataset in page.results.runs.iter().flat_map(|run| &run.datasets) {
        if matches!(dataset.access.as_str(), "withheld" | "destroyed") {
            closed.entry(&dataset.id).or_insert_with(|| Closed {
                id: dataset.id.clone(),
                title: dataset.title.clone(),
                producer: dataset.producer.clone(),
                access: dataset.access.clone(),
                reason: dataset.reason.clone(),
                contact: dataset.contact.clone(),
            });
        }
    }
    closed.into_values().collect()
}

fn steps(page: &Page<'_>) -> Vec<SkippedGroup> {
    let mut groups: BTreeMap<(&str, &str, &str), Vec<String>> = BTreeMap::new();
    for run in &page.results.runs {
        for skipped in &run.skipped {
            let key = (run.id.as_str(), skipped.reason.as_str(), skipped.needs.as_str());
            groups.entry(key).or_default().push(skipped.step.clone());
        }
    }
    let group = |((run, reason, needs), steps): ((&str, &str, &str), Vec<String>)| SkippedGroup {
        run: run.to_owned(),
        reason: ReasonView::of(reason),
        needs: needs.to_owned(),
        steps,
    };
    groups.into_iter().map(group).collect()
}
