//! `results.csv`: every estimate of every run as one tidy row, with the claim that it answers.

use super::{ReportError, text};
use crate::claims::record::{Audit, ClaimRecord, Verdict};
use crate::results::canonical_number;
use crate::results::{Estimate, Results, Run, split_part};

const HEADER: [&str; 16] = [
    "run",
    "basis",
    "estimate",
    "value",
    "se",
    "ci_low",
    "ci_high",
    "p",
    "df",
    "n",
    "clusters",
    "from_rounding_low",
    "from_rounding_high",
    "claim",
    "printed",
    "verdict",
];

/// Writes `results.csv`: one row per estimate. Several claims on one estimate share its row,
/// separated by `; `. No cell can begin a spreadsheet formula; numbers stay numbers.
///
/// # Errors
/// When a row cannot be written.
pub fn results_csv(results: &Results, audit: &Audit) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for run in &results.runs {
        for estimate in &run.estimates {
            writer.write_record(row(run, estimate, audit))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| ReportError::Csv(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| ReportError::Rule(error.to_string()))
}

fn row(run: &Run, estimate: &Estimate, audit: &Audit) -> [String; 16] {
    let answered: Vec<(&ClaimRecord, Verdict)> = audit
        .claims
        .iter()
        .filter(|claim| answers(claim, estimate))
        .filter_map(|claim| Some((claim, claim.verdict_in(&run.id)?)))
        .collect();
    let join = |texts: Vec<&str>| text::cell(&texts.join("; "));
    [
        text::cell(&run.id),
        run.basis.word().to_owned(),
        text::cell(&estimate.id),
        number(Some(estimate.value)),
        number(estimate.se),
        number(estimate.ci.map(|ends| ends[0])),
        number(estimate.ci.map(|ends| ends[1])),
        number(estimate.p),
        number(estimate.df),
        number(estimate.n),
        estimate.clusters.map(|clusters| clusters.to_string()).unwrap_or_default(),
        number(estimate.from_rounding.map(|ends| ends[0])),
        number(estimate.from_rounding.map(|ends| ends[1])),
        join(answered.iter().map(|(claim, _)| claim.id.as_str()).collect()),
        join(answered.iter().map(|(claim, _)| claim.printed.as_str()).collect()),
        join(answered.iter().map(|(_, verdict)| verdict.word()).collect()),
    ]
}

/// Whether the claim names the estimate or a part of it.
fn answers(claim: &ClaimRecord, estimate: &Estimate) -> bool {
    claim
        .estimate
        .as_deref()
        .is_some_and(|address| address == estimate.id || split_part(address).0 == estimate.id)
}

/// The digits of `results.json`, with its exponents: spreadsheets, R and Python read both forms.
fn number(value: Option<f64>) -> String {
    let Some(value) = value.map(canonical_number) else { return String::new() };
    let long = value != 0.0 && !(1e-5..1e16).contains(&value.abs());
    if long { format!("{value:e}") } else { value.to_string() }
}
