//! What a logit, probit or Poisson model yields: coefficients on the scale of the linear predictor.

use crate::method::steps::{Joint, Outcome, Running, plain_estimate};
use crate::results::Estimate;
use crate::stats::generalised::GeneralisedFit;

/// The names that estimates of every such model have.
pub(super) const NAMES: [&str; 2] = ["pseudo_r2", "log_likelihood"];

/// Adds the estimates of a fit, and what a reader needs to redo it.
pub(super) fn yields(
    fitted: &GeneralisedFit,
    level: f64,
    running: &Running<'_>,
    outcome: &mut Outcome,
) {
    let clusters = fitted.clusters.iter().min().map(|count| *count as u64);
    for (place, name) in fitted.names.iter().enumerate() {
        let value = fitted.coefficients.get(place).copied().unwrap_or_default();
        let address = format!("{}/{name}", running.id);
        let interval = fitted.interval(place, level);
        outcome.estimates.push(Estimate {
            se: fitted.standard_errors.get(place).copied(),
            ci: Some([interval.low, interval.high]),
            level: Some(level),
            p: fitted.p_value(place),
            reference: Some("normal".to_owned()),
            interval: Some("wald".to_owned()),
            n: Some(fitted.n as f64),
            clusters,
            ..plain_estimate(running.id, address, value)
        });
    }
    let mut add = |name: &str, value: f64| {
        let address = format!("{}/{name}", running.id);
        let mut estimate = plain_estimate(running.id, address, value);
        estimate.n = Some(fitted.n as f64);
        outcome.estimates.push(estimate);
    };
    let values = [fitted.pseudo_r2, fitted.log_likelihood];
    for (name, value) in NAMES.into_iter().zip(values) {
        add(name, value);
    }
    add("n", fitted.n as f64);
    if let Some(count) = clusters {
        add("clusters", count as f64);
    }
    outcome.rows_out = Some(fitted.rows as u64);
    outcome.joint = joint(fitted, running);
    note(fitted, outcome);
}

fn note(fitted: &GeneralisedFit, outcome: &mut Outcome) {
    let number = crate::digest::canonical_number;
    outcome.note("model", fitted.family.name());
    outcome.note("reference", "normal");
    outcome.note("correction", number(fitted.correction));
    outcome.note("deviance", number(fitted.deviance));
    outcome.note("iterations", fitted.iterations);
    if fitted.separated_rows > 0 {
        outcome.note("rows of levels with zeros only", fitted.separated_rows);
        outcome.warnings.push(format!(
            "{} rows were left out: their fixed effect has zeros only",
            fitted.separated_rows
        ));
    }
    for dropped in &fitted.dropped {
        outcome.warnings.push(format!(
            "the term `{}` was dropped: {} determine it",
            dropped.name,
            dropped.with.join(", ")
        ));
    }
    outcome.warnings.extend(fitted.warnings.iter().map(ToString::to_string));
}

fn joint(fitted: &GeneralisedFit, running: &Running<'_>) -> Joint {
    let place =
        |address: &String| fitted.index(address.strip_prefix(running.id)?.strip_prefix('/')?);
    let known: Vec<(String, usize)> = running
        .wanted
        .iter()
        .filter_map(|address| Some((address.clone(), place(address)?)))
        .collect();
    let mut matrix = Vec::with_capacity(known.len() * known.len());
    for (_, row) in &known {
        matrix.extend(known.iter().map(|(_, column)| fitted.covariance.get(*row, *column)));
    }
    Joint { addresses: known.into_iter().map(|(address, _)| address).collect(), matrix }
}
