//! The way from a printed number to the files behind it, stop by stop.

use serde::Serialize;

use super::Anchors;
use crate::claims::record::ClaimRecord;
use crate::report::{Page, number};
use crate::results::{Run, Step, split_part};

/// One stop on the way.
#[derive(Debug, Serialize)]
pub(super) struct Stop {
    kind: &'static str,
    name: String,
    note: Option<String>,
    href: Option<String>,
    sha256: Option<String>,
}

/// Lists the stops: the printed number, our estimate, the steps, the files and their checksums.
pub(super) fn stops(claim: &ClaimRecord, page: &Page<'_>, anchors: &Anchors) -> Vec<Stop> {
    if claim.trace.is_empty() {
        return Vec::new();
    }
    let run = claim.run.as_deref().and_then(|id| page.results.run(id));
    let printed = Stop {
        kind: "printed",
        name: claim.printed.clone(),
        note: Some(claim.at.clone()),
        href: None,
        sha256: None,
    };
    let mut stops = vec![printed];
    stops.extend(claim.trace.iter().map(|text| stop(text, run, anchors)));
    stops
}

fn stop(text: &str, run: Option<&Run>, anchors: &Anchors) -> Stop {
    file(text)
        .or_else(|| run.and_then(|run| estimate(text, run, anchors)))
        .or_else(|| run.and_then(|run| step(text, run, anchors)))
        .unwrap_or_else(|| Stop {
            kind: "other",
            name: text.to_owned(),
            note: None,
            href: None,
            sha256: None,
        })
}

fn file(text: &str) -> Option<Stop> {
    let (name, checksum) = text.rsplit_once(" sha256:")?;
    Some(Stop {
        kind: "file",
        name: name.to_owned(),
        note: None,
        href: None,
        sha256: Some(checksum.to_owned()),
    })
}

fn estimate(text: &str, run: &Run, anchors: &Anchors) -> Option<Stop> {
    let value = run.quantity(text)??;
    let owner = run.estimate(text).or_else(|| run.estimate(split_part(text).0))?;
    Some(Stop {
        kind: "estimate",
        name: text.to_owned(),
        note: Some(format!("= {}", number::full(value))),
        href: anchors.step_link(&run.id, &owner.step),
        sha256: None,
    })
}

fn step(text: &str, run: &Run, anchors: &Anchors) -> Option<Stop> {
    let step = run.steps.iter().find(|step| step.id == text)?;
    Some(Stop {
        kind: "step",
        name: step.id.clone(),
        note: Some(format!("{}{}, {}", step.kind, rows(step), step.defined)),
        href: anchors.step_link(&run.id, &step.id),
        sha256: None,
    })
}

fn rows(step: &Step) -> String {
    match (step.rows_in, step.rows_out) {
        (Some(rows_in), Some(rows_out)) if rows_in != rows_out => {
            format!(", {} in, {} out", number::rows(rows_in), number::count(rows_out))
        }
        (Some(rows), _) | (None, Some(rows)) => format!(", {}", number::rows(rows)),
        (None, None) => String::new(),
    }
}
