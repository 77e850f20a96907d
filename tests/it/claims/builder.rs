//! A study, its claims and a run's results in a few lines, so that a test reads as a story.

use std::sync::Arc;

use secondlook::claims::record::{Audit, ClaimRecord};
use secondlook::claims::{self, Claims, Situation, Unavailable};
use secondlook::diagnostic::{Problems, Source};
use secondlook::results::{Basis, Code, Estimate, Input, Results, Run, SCHEMA, Skipped, Step};
use secondlook::study::{self, Study};

/// A study with one source `paper` and one run per basis.
pub(crate) const STUDY: &str = r#"
[study]
id = "made-up"
title = "Made up"

[[source]]
id = "paper"
title = "Paper"
url = "https://example.org/paper"
as_known_on = 2026-11-22
"#;

/// Returns what was read, or fails with its problems.
pub(crate) fn sound<T>((read, problems): (Option<T>, Problems)) -> T {
    assert!(read.is_some(), "{problems}");
    read.expect("it was just looked at")
}

/// Reads a study, or says what is wrong with it.
pub(crate) fn study(text: &str) -> Study {
    sound(study::read(&Source::new("study.toml", text)))
}

/// Reads claims, or says what is wrong with them.
pub(crate) fn claims(text: &str) -> Claims {
    sound(claims::read(&Source::new("claims.toml", text)))
}

/// Returns the problems of a claims file.
pub(crate) fn problems(text: &str) -> Vec<String> {
    let (_, problems) = claims::read(&Arc::clone(&Source::new("claims.toml", text)));
    problems.0.iter().map(ToString::to_string).collect()
}

/// A claim with `id` and `printed`, and further lines.
pub(crate) fn claim(id: &str, printed: &str, more: &str) -> String {
    format!(
        "[[claim]]\nid = \"{id}\"\nsays = \"It says so.\"\nwhere = {{ source = \"paper\", at = \"p. 1\" }}\nprinted = \"{printed}\"\n{more}\n"
    )
}

/// A relation.
pub(crate) fn relation(id: &str, kind: &str, holds: &str) -> String {
    format!(
        "[[relation]]\nid = \"{id}\"\nkind = \"{kind}\"\nsays = \"So it is.\"\nholds = \"{holds}\"\n"
    )
}

/// A run with estimates.
pub(crate) fn run(id: &str, basis: Basis, estimates: Vec<Estimate>) -> Run {
    let steps = estimates.iter().map(|estimate| step(&estimate.step)).collect();
    Run {
        id: id.to_owned(),
        basis,
        code: Code::Reimplemented,
        inputs: vec![Input {
            input: "rows".to_owned(),
            dataset: "made-up".to_owned(),
            table: "rows".to_owned(),
            path: "rows.csv".to_owned(),
            bytes: 3,
            sha256: secondlook::digest::Sha256::of(b"abc"),
            rows: 1,
        }],
        datasets: Vec::new(),
        method_sha256: None,
        steps,
        estimates,
        skipped: Vec::new(),
        warnings: Vec::new(),
        figures: Vec::new(),
    }
}

fn step(id: &str) -> Step {
    Step {
        id: id.to_owned(),
        kind: "contrast".to_owned(),
        reads: vec!["rows".to_owned()],
        rows_in: Some(1),
        rows_out: Some(1),
        place: None,
        assumes: Some("Something was filled in.".to_owned()),
        sql: Vec::new(),
        defined: "methods/made-up/method.toml:1".to_owned(),
        convention: Vec::new(),
    }
}

/// An estimate with a value.
pub(crate) fn estimate(id: &str, value: f64) -> Estimate {
    let step = id.split_once('/').map_or(id, |(step, _)| step).to_owned();
    Estimate {
        id: id.to_owned(),
        step,
        value,
        se: None,
        ci: None,
        level: None,
        p: None,
        df: None,
        reference: None,
        interval: None,
        n: None,
        clusters: None,
        unit: None,
        from_rounding: None,
    }
}

/// An estimate with a standard error and its 95% interval.
pub(crate) fn with_error(id: &str, value: f64, se: f64) -> Estimate {
    let reach = 1.959_963_984_540_054 * se;
    Estimate {
        se: Some(se),
        ci: Some([value - reach, value + reach]),
        level: Some(0.95),
        ..estimate(id, value)
    }
}

/// A run that skipped a step.
pub(crate) fn skipped(id: &str, step: &str, reason: &str) -> Run {
    let mut run = run(id, Basis::RawData, Vec::new());
    run.skipped.push(Skipped {
        step: step.to_owned(),
        reason: reason.to_owned(),
        needs: "the-records".to_owned(),
    });
    run
}

/// Judges claims on runs, or returns what does not fit.
pub(crate) fn try_judge(text: &str, runs: Vec<Run>) -> Result<Audit, Problems> {
    judge_with(text, runs, Vec::new(), Vec::new())
}

/// Judges claims on runs, with runs that are unavailable or void.
pub(crate) fn judge_with(
    text: &str,
    runs: Vec<Run>,
    unavailable: Vec<Unavailable>,
    void: Vec<String>,
) -> Result<Audit, Problems> {
    let results = Results { schema: SCHEMA.to_owned(), study: "made-up".to_owned(), runs };
    let study = study(STUDY);
    let situation = Situation { study: &study, results: &results, unavailable, void };
    claims::judge(&claims(text), &situation)
}

/// Judges claims on runs.
pub(crate) fn judge(text: &str, runs: Vec<Run>) -> Audit {
    try_judge(text, runs).expect("the claims fit the results")
}

/// Judges one claim called `a` on one run that has one estimate `x`.
pub(crate) fn judge_one(
    printed: &str,
    more: &str,
    basis: Basis,
    estimate: Estimate,
) -> ClaimRecord {
    let text = claim("a", printed, &format!("estimate = \"{}\"\n{more}", estimate.id));
    let audit = judge(&text, vec![run("main", basis, vec![estimate])]);
    audit.claim("a").expect("the claim is judged").clone()
}
