//! The runs: their steps with rows in and out, their estimates, their files, what was filled in.

use std::collections::BTreeSet;

use serde::Serialize;

use super::claim::BasisView;
use super::{Anchors, Link};
use crate::report::{Page, number, text, words};
use crate::results::{Dataset, Estimate, Input, Run, Step, Warning};

#[derive(Debug, Serialize)]
pub(super) struct RunView {
    id: String,
    anchor: String,
    says: Option<String>,
    basis: BasisView,
    code: &'static str,
    method_sha256: Option<String>,
    steps: Vec<StepView>,
    estimates: Vec<EstimateView>,
    inputs: Vec<InputView>,
    datasets: Vec<DatasetView>,
    warnings: Vec<Warning>,
}

#[derive(Debug, Serialize)]
struct StepView {
    id: String,
    anchor: String,
    kind: String,
    reads: String,
    rows_in: Option<String>,
    rows_out: Option<String>,
    left_out: Option<String>,
    place: Option<String>,
    assumes: Option<String>,
    sql: Vec<String>,
    defined: String,
    line: String,
    convention: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct EstimateView {
    id: String,
    value: String,
    se: Option<String>,
    interval: Option<String>,
    p: Option<String>,
    df: Option<String>,
    n: Option<String>,
    clusters: Option<String>,
    from_rounding: Option<String>,
    unit: Option<String>,
}

#[derive(Debug, Serialize)]
struct InputView {
    input: String,
    file: String,
    table: String,
    bytes: String,
    rows: String,
    sha256: String,
}

#[derive(Debug, Serialize)]
struct DatasetView {
    id: String,
    title: String,
    producer: String,
    citation: Option<String>,
    licence: String,
    access: String,
    retrieved: Option<String>,
    links: Vec<Link>,
}

/// What the study states of a step, and what had to be filled in.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    step: String,
    href: Option<String>,
    place: Option<String>,
    assumes: Option<String>,
}

/// Arranges the runs, in the order of the results.
pub(super) fn views(page: &Page<'_>, anchors: &Anchors) -> Vec<RunView> {
    page.results.runs.iter().map(|run| view(run, page, anchors)).collect()
}

fn view(run: &Run, page: &Page<'_>, anchors: &Anchors) -> RunView {
    RunView {
        id: run.id.clone(),
        anchor: anchors.name("run", &run.id),
        says: page.study.run(&run.id).and_then(|binding| binding.says.clone()),
        basis: BasisView::of(run.basis),
        code: words::code(run.code),
        method_sha256: run.method_sha256.map(|checksum| checksum.to_string()),
        steps: run.steps.iter().map(|step| step_view(step, run, anchors)).collect(),
        estimates: run.estimates.iter().map(estimate_view).collect(),
        inputs: run.inputs.iter().map(input_view).collect(),
        datasets: run.datasets.iter().map(dataset_view).collect(),
        warnings: run.warnings.clone(),
    }
}

fn step_view(step: &Step, run: &Run, anchors: &Anchors) -> StepView {
    let left_out = match (step.rows_in, step.rows_out) {
        (Some(rows_in), Some(rows_out)) if step.kind == "filter" && rows_in > rows_out => {
            Some(number::count(rows_in - rows_out))
        }
        _ => None,
    };
    StepView {
        id: step.id.clone(),
        anchor: anchors.step(&run.id, &step.id),
        kind: step.kind.clone(),
        reads: step.reads.join(", "),
        rows_in: step.rows_in.map(number::count),
        rows_out: step.rows_out.map(number::count),
        left_out,
        place: step.place.clone(),
        assumes: step.assumes.clone(),
        sql: step.sql.clone(),
        defined: step.defined.clone(),
        line: step.defined.rsplit('/').next().unwrap_or_default().to_owned(),
        convention: step.convention.clone(),
    }
}

fn estimate_view(estimate: &Estimate) -> EstimateView {
    let pair =
        |ends: [f64; 2]| format!("{} to {}", number::compact(ends[0]), number::compact(ends[1]));
    EstimateView {
        id: estimate.id.clone(),
        value: number::compact(estimate.value),
        se: estimate.se.map(number::compact),
        interval: estimate.ci.map(pair),
        p: estimate.p.map(number::p_value),
        df: estimate.df.map(number::compact),
        n: estimate.n.map(number::compact),
        clusters: estimate.clusters.map(number::count),
        from_rounding: estimate.from_rounding.map(pair),
        unit: estimate.unit.clone(),
    }
}

fn input_view(input: &Input) -> InputView {
    InputView {
        input: input.input.clone(),
        file: format!("{}/{}", input.dataset, input.path),
        table: input.table.clone(),
        bytes: number::count(input.bytes),
        rows: if input.table.is_empty() { "—".to_owned() } else { number::count(input.rows) },
        sha256: input.sha256.to_string(),
    }
}

fn dataset_view(dataset: &Dataset) -> DatasetView {
    let link = |address: &String| Link { text: address.clone(), href: text::link(address) };
    DatasetView {
        id: dataset.id.clone(),
        title: dataset.title.clone(),
        producer: dataset.producer.clone(),
        citation: dataset.citation.clone(),
        licence: dataset.licence.clone(),
        access: dataset.access.clone(),
        retrieved: dataset.retrieved.clone(),
        links: dataset.urls.iter().map(link).collect(),
    }
}

/// Sets what the study states beside what had to be filled in, each step once.
pub(super) fn choices(page: &Page<'_>, anchors: &Anchors) -> Vec<Choice> {
    let mut seen = BTreeSet::new();
    let mut choices = Vec::new();
    for run in &page.results.runs {
        for step in run.steps.iter().filter(|step| step.place.is_some() || step.assumes.is_some()) {
            if seen.insert((&step.id, &step.place, &step.assumes)) {
                choices.push(Choice {
                    step: step.id.clone(),
                    href: anchors.step_link(&run.id, &step.id),
                    place: step.place.clone(),
                    assumes: step.assumes.clone(),
                });
            }
        }
    }
    choices
}
