//! Finds what a figure shows: its estimates in every run that has them, and beside each the claims on it
//! with their printed numbers and their verdicts for that run.

use super::FigureError;
use super::number::Unit;
use super::row::{Part, Printed, Row, Selection, Statement};
use super::text::clean;
use crate::claims::record::{Audit, ClaimRecord, Verdict};
use crate::results::{Basis, ChartKind, Figure, Results, Run, split_part};

/// How many rows a page can carry.
const MOST_ROWS: usize = 40;

/// Beyond this the arithmetic of an axis overflows.
const LARGEST: f64 = 1e300;

/// Finds what a figure shows.
pub(super) fn select(
    figure: &Figure,
    results: &Results,
    audit: &Audit,
) -> Result<Selection, FigureError> {
    let mut shown: Vec<String> = Vec::new();
    let mut unmatched = Vec::new();
    for pattern in &figure.show {
        let found = addresses(pattern, results);
        if found.is_empty() && pattern.contains('*') {
            unmatched.push(clean(pattern));
        }
        let found =
            if found.is_empty() && !pattern.contains('*') { vec![pattern.clone()] } else { found };
        for address in found {
            if !shown.contains(&address) {
                shown.push(address);
            }
        }
    }
    let mut rows = Vec::new();
    for address in &shown {
        rows.extend(rows_of(address, figure, results, audit)?);
    }
    if rows.iter().all(|row| row.value.is_err()) {
        return Err(FigureError::NothingToShow {
            figure: figure.id.clone(),
            show: figure.show.clone(),
        });
    }
    if figure.kind != ChartKind::Timeline {
        limit(figure, "rows", rows.len(), MOST_ROWS)?;
    }
    tell_runs_apart(&mut rows, results);
    let bare = rows.iter().filter(|row| row.bare()).filter_map(|row| row.value.as_ref().ok());
    let largest = bare.map(|value| value.abs()).fold(0.0, f64::max);
    for row in rows.iter_mut().filter(|row| row.bare()) {
        row.largest = Some(largest);
    }
    Ok(Selection { rows, unmatched, unit: Unit::read(figure.unit.as_deref()) })
}

/// Refuses more than fits.
pub(super) fn limit(
    figure: &Figure,
    what: &'static str,
    found: usize,
    limit: usize,
) -> Result<(), FigureError> {
    if found <= limit {
        return Ok(());
    }
    Err(FigureError::TooMany { figure: figure.id.clone(), what, found, limit })
}

/// Returns the addresses that match, in the order of the steps.
fn addresses(pattern: &str, results: &Results) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for run in &results.runs {
        if !pattern.contains('*') {
            if run.quantity(pattern).is_some() {
                return vec![pattern.to_owned()];
            }
            continue;
        }
        for estimate in &run.estimates {
            if matches(pattern, &estimate.id) && !found.contains(&estimate.id) {
                found.push(estimate.id.clone());
            }
        }
    }
    found
}

/// Says whether a text fits a pattern in which `*` stands for any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Returns a row per run that has the estimate, or one that says why none has.
fn rows_of(
    address: &str,
    figure: &Figure,
    results: &Results,
    audit: &Audit,
) -> Result<Vec<Row>, FigureError> {
    let mut rows = Vec::new();
    for run in &results.runs {
        if let Some(row) = row_in(run, address, figure, audit)? {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        rows.push(Row {
            address: address.to_owned(),
            label: label(figure, address),
            sublabel: None,
            time: time(figure, address),
            run: None,
            value: Err(absence(address, results)),
            ci: None,
            level: None,
            slack: None,
            largest: None,
            statements: statements(audit, address, |claim| Some(claim.verdict)),
        });
    }
    for row in &rows {
        for (_, _, printed) in row.compared() {
            if printed.interval.is_some_and(|ends| ends.into_iter().any(f64::is_nan)) {
                return Err(not_finite(figure, address, "the printed interval"));
            }
        }
    }
    Ok(rows)
}

fn row_in(
    run: &Run,
    address: &str,
    figure: &Figure,
    audit: &Audit,
) -> Result<Option<Row>, FigureError> {
    let Some(Some(value)) = run.quantity(address) else { return Ok(None) };
    let estimate = run.estimate(address);
    let ci = estimate.and_then(|estimate| estimate.ci);
    let slack = estimate.and_then(|estimate| estimate.from_rounding);
    let sound = |number: f64| number.abs() < LARGEST;
    let both = |ends: Option<[f64; 2]>| ends.into_iter().flatten().all(sound);
    for (drawable, part) in [
        (sound(value), "the value"),
        (both(ci), "the interval"),
        (both(slack), "the interval that rounding allows"),
    ] {
        if !drawable {
            return Err(not_finite(figure, address, part));
        }
    }
    Ok(Some(Row {
        address: address.to_owned(),
        label: label(figure, address),
        sublabel: None,
        time: time(figure, address),
        run: Some(run.id.clone()),
        value: Ok(value),
        ci,
        level: estimate.and_then(|estimate| estimate.level),
        slack,
        largest: None,
        statements: statements(audit, address, |claim| claim.verdict_in(&run.id)),
    }))
}

fn not_finite(figure: &Figure, address: &str, part: &'static str) -> FigureError {
    FigureError::NotFinite { figure: figure.id.clone(), address: address.to_owned(), part }
}

fn claims_on<'a>(audit: &'a Audit, address: &'a str) -> impl Iterator<Item = &'a ClaimRecord> {
    audit.claims.iter().filter(move |claim| claim.estimate.as_deref() == Some(address))
}

fn printed(claim: &ClaimRecord, verdict: Option<Verdict>) -> Printed {
    let open = |end: f64| if end.abs() < LARGEST { end } else { end * f64::INFINITY };
    let interval = claim.interval.map(|ends| ends.map(open));
    Printed {
        text: clean(&claim.printed),
        interval,
        verdict,
        weight: claim.weight,
        source: claim.source.clone(),
    }
}

/// Finds what is printed of an estimate and of the ends of its interval.
fn statements(
    audit: &Audit,
    address: &str,
    verdict: impl Fn(&ClaimRecord) -> Option<Verdict>,
) -> Vec<Statement> {
    let on = |part: Part| {
        let address = format!("{address}{}", part.suffix());
        let claims = claims_on(audit, &address);
        let mut found: Vec<Printed> = claims.map(|claim| printed(claim, verdict(claim))).collect();
        found.sort_by_key(|printed| printed.weight);
        found
    };
    Statement::sort(on(Part::Value), [on(Part::Low), on(Part::High)])
}

/// Says why no run has an estimate.
fn absence(address: &str, results: &Results) -> String {
    let (id, _) = split_part(address);
    let step = id.split(['/', '{']).next().unwrap_or(id);
    results
        .runs
        .iter()
        .flat_map(|run| &run.skipped)
        .find(|skipped| skipped.step == step)
        .map_or_else(
            || "not computed".to_owned(),
            |skipped| format!("not computed: {}", clean(&skipped.reason)),
        )
}

/// Returns the label that the figure gives an address (an exact one before a pattern), else one made
/// from the address.
fn label(figure: &Figure, address: &str) -> String {
    let labels = || figure.labels.iter();
    let given = labels()
        .find(|(key, _)| key == address)
        .or_else(|| labels().find(|(key, _)| key.contains('*') && matches(key, address)));
    if let Some((_, label)) = given {
        return clean(label);
    }
    let (base, groups) = groups(address);
    let time = figure.time.as_deref();
    let others: Vec<&str> =
        groups.iter().filter(|(key, _)| Some(*key) != time).map(|(_, value)| *value).collect();
    clean(&if others.is_empty() { base.to_owned() } else { others.join(", ") })
}

/// Returns the time in an address, for a time line.
fn time(figure: &Figure, address: &str) -> Option<String> {
    let key = figure.time.as_deref().filter(|_| figure.kind == ChartKind::Timeline)?;
    groups(address).1.into_iter().find(|(name, _)| *name == key).map(|(_, time)| clean(time))
}

/// Splits `shares/share{month=2026-04,work_mode=fix}` into what stands before the groups and the groups.
pub(super) fn groups(address: &str) -> (&str, Vec<(&str, &str)>) {
    let Some((base, inside)) =
        address.strip_suffix('}').and_then(|address| address.split_once('{'))
    else {
        return (address, Vec::new());
    };
    (base, inside.split(',').filter_map(|group| group.split_once('=')).collect())
}

/// Names each row's run where more than one is shown.
fn tell_runs_apart(rows: &mut [Row], results: &Results) {
    let mut runs: Vec<String> = rows.iter().filter_map(|row| row.run.clone()).collect();
    runs.sort_unstable();
    runs.dedup();
    if runs.len() < 2 {
        return;
    }
    for row in rows {
        let basis = row.run.as_deref().and_then(|id| results.run(id)).map(|run| run.basis);
        row.sublabel =
            row.run.as_ref().zip(basis).map(|(run, basis)| format!("{run}, {}", plain(basis)));
    }
}

/// Says a basis in two words.
const fn plain(basis: Basis) -> &'static str {
    match basis {
        Basis::RawData => "raw data",
        Basis::AnalysisData => "analysis data",
        Basis::NewData => "new data",
        Basis::PrintedNumbers => "printed numbers",
        Basis::SyntheticData => "synthetic data",
        Basis::Nothing => "no evidence",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("mix/*", "mix/share{month=2026-04}"));
        assert!(matches("*{month=*,mode=fix}", "mix/share{month=2026-04,mode=fix}"));
        assert!(matches("a*a", "aa") && matches("*", "") && matches("exact", "exact"));
        assert!(!matches("a*a", "a") && !matches("mix/*", "fit/x") && !matches("exact", "exactly"));
    }

    #[test]
    fn groups_are_read_from_an_address() {
        let (base, found) = groups("mix/share{month=2026-04,mode=fix}");
        assert_eq!(base, "mix/share");
        assert_eq!(found, [("month", "2026-04"), ("mode", "fix")]);
        assert_eq!(groups("fit/grant:year"), ("fit/grant:year", vec![]));
    }
}
