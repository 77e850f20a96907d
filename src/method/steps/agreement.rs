//! `agreement`: how far coders agree beyond chance.
//!
//! | key | |
//! |---|---|
//! | `from` | one row per unit |
//! | `coders = ["a", "b", …]` | a column for each coder's code |
//! | `measure` | `kappa`, `kappa-linear`, `kappa-quadratic` (two coders); `alpha-nominal`, `alpha-ordinal`, `alpha-interval`, `alpha-ratio` (any number; a null is a missing code) |
//! | `repetitions`, `seed` | of alpha's bootstrap interval; 1000 and 1 by default, 0 for none |
//!
//! Estimates are called `step/kappa` or `step/alpha`; with kappa also `step/percent`, the share of
//! units coded the same, and `step/prevalence{code=…}`. Kappa drops and counts units with a null.

use std::collections::BTreeSet;

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Spanned};
use crate::engine::{Column, ColumnType, Table};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::Address;
use crate::stats::agreement::{KappaWeights, Metric, kappa, krippendorff};

use super::join::choice;
use super::{Checked, Kind, Outcome, Read, Running, Step, Written, plain_estimate};

pub(super) const KIND: Kind = Kind { name: "agreement", read };

#[derive(Debug, Clone, Copy)]
enum Measure {
    Kappa(KappaWeights),
    Alpha(Metric),
}

const MEASURES: [(&str, Measure); 7] = [
    ("kappa", Measure::Kappa(KappaWeights::None)),
    ("kappa-linear", Measure::Kappa(KappaWeights::Linear)),
    ("kappa-quadratic", Measure::Kappa(KappaWeights::Quadratic)),
    ("alpha-nominal", Measure::Alpha(Metric::Nominal)),
    ("alpha-ordinal", Measure::Alpha(Metric::Ordinal)),
    ("alpha-interval", Measure::Alpha(Metric::Interval)),
    ("alpha-ratio", Measure::Alpha(Metric::Ratio)),
];

#[derive(Clone)]
struct Agreement {
    from: Spanned<String>,
    coders: Vec<Fragment>,
    measure: Spanned<Measure>,
    repetitions: u64,
    seed: u64,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let coders = table.required::<Vec<Spanned<String>>>("coders");
    let measure = table.required::<String>("measure").and_then(|word| {
        let value = choice(table, &word, MEASURES)?;
        Some(Spanned { value, span: word.span.clone() })
    });
    let repetitions = table.optional::<u64>("repetitions");
    let seed = table.optional::<u64>("seed").map_or(1, |seed| seed.value);
    if let Some(many) = repetitions.as_ref().filter(|count| count.value > 1_000_000) {
        table.report(Problem::error("more than 1,000,000 repetitions").at(&many.span));
    }
    let repetitions = repetitions.map_or(1000, |count| count.value);
    let coders = coders?.value.iter().map(Fragment::whole).collect();
    Some(Box::new(Agreement { from: from?, coders, measure: measure?, repetitions, seed }))
}

impl Written for Agreement {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let mut kinds = Vec::new();
        for coder in &self.coders {
            kinds.push(checker.column(&self.from, coder)?);
        }
        checker.distinct(&self.coders, "coder");
        let two = matches!(self.measure.value, Measure::Kappa(_));
        if self.coders.len() < 2 || (two && self.coders.len() != 2) {
            let needed = if two { "exactly two coders" } else { "at least two coders" };
            let message = format!("this measure needs {needed}, and there are {}", kinds.len());
            checker.report(Problem::error(message).at(&self.measure.span));
            return None;
        }
        let ordered = !matches!(self.measure.value, Measure::Alpha(Metric::Nominal));
        let numeric = matches!(self.measure.value, Measure::Alpha(_)) && ordered;
        for (coder, kind) in self.coders.iter().zip(&kinds) {
            if numeric && !kind.is_numeric() {
                let message =
                    format!("codes must be numbers here, and `{}` is a {kind}", coder.text);
                checker.report(Problem::error(message).at(&coder.span()));
            }
            if Some(kind) != kinds.first() && !(kind.is_numeric() && numeric) {
                let message =
                    format!("`{}` is a {kind}, and the first coder's codes are not", coder.text);
                checker.report(Problem::error(message).at(&coder.span()));
            }
        }
        let address = |name: &str| format!("{}/{name}", checker.id());
        let promises = if two {
            vec![
                Address::exact(address("kappa")),
                Address::exact(address("percent")),
                Address::grouped(&address("prevalence"), &["code".to_owned()]),
            ]
        } else {
            vec![Address::exact(address("alpha"))]
        };
        Some(Checked { step: Box::new(self.clone()), output: None, promises })
    }
}

impl Step for Agreement {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let table = running.table(&self.from)?;
        let mut outcome = Outcome { rows_in: Some(table.rows() as u64), ..Outcome::default() };
        match self.measure.value {
            Measure::Kappa(weights) => self.kappa(table, weights, running, &mut outcome)?,
            Measure::Alpha(metric) => self.alpha(table, metric, running, &mut outcome)?,
        }
        Ok(outcome)
    }
}

impl Agreement {
    fn fails(&self, error: &impl std::fmt::Display) -> Problem {
        Problem::error(format!("agreement cannot be measured: {error}")).at(&self.measure.span)
    }

    fn columns<'a>(&self, table: &'a Table) -> Vec<&'a Column> {
        self.coders.iter().filter_map(|coder| table.column(&coder.text)).collect()
    }

    fn kappa(
        &self,
        table: &Table,
        weights: KappaWeights,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let columns = self.columns(table);
        let levels = levels(&columns);
        let mut counts = vec![vec![0_u64; levels.len()]; levels.len()];
        let mut used = 0_u64;
        for row in 0..table.rows() {
            let place = |column: &&Column| {
                let text = column.text_at(row)?;
                levels.iter().position(|level| *level == text)
            };
            let places: Vec<Option<usize>> = columns.iter().map(place).collect();
            if let [Some(one), Some(other)] = places[..]
                && let Some(cell) = counts.get_mut(one).and_then(|cells| cells.get_mut(other))
            {
                *cell += 1;
                used += 1;
            }
        }
        outcome.rows_out = Some(used);
        outcome.note("dropped rows", table.rows() as u64 - used);
        outcome.note("codes", levels.join(", "));
        let found = kappa(&counts, weights).map_err(|error| self.fails(&error))?;
        let add = |name: String, value: f64| {
            let mut estimate = plain_estimate(running.id, format!("{}/{name}", running.id), value);
            estimate.n = Some(found.n as f64);
            estimate
        };
        let mut estimate = add("kappa".to_owned(), found.value);
        estimate.se = Some(found.standard_error);
        estimate.ci = Some([found.interval.low, found.interval.high]);
        estimate.level = Some(0.95);
        estimate.p = found.p;
        estimate.reference = Some("normal".to_owned());
        estimate.interval = Some("wald".to_owned());
        outcome.estimates.push(estimate);
        outcome.estimates.push(add("percent".to_owned(), found.percent));
        for (level, share) in levels.iter().zip(&found.prevalence) {
            outcome.estimates.push(add(format!("prevalence{{code={level}}}"), *share));
        }
        Ok(())
    }

    fn alpha(
        &self,
        table: &Table,
        metric: Metric,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let columns = self.columns(table);
        let units = units(&columns, metric, table.rows());
        let repetitions = usize::try_from(self.repetitions).unwrap_or(usize::MAX);
        let found = krippendorff(&units, metric, repetitions, self.seed)
            .map_err(|error| self.fails(&error))?;
        outcome.rows_out = Some(found.units as u64);
        outcome.note("units coded at least twice", found.units);
        outcome.note("codes in them", found.codes);
        if repetitions > 0 {
            let text = format!("{repetitions} repetitions, seed {}", self.seed);
            outcome.note("bootstrap", text);
        }
        if found.degenerate > 0 {
            outcome.warnings.push(format!(
                "{} of {repetitions} repetitions had one code only",
                found.degenerate
            ));
        }
        let address = format!("{}/alpha", running.id);
        let mut estimate = plain_estimate(running.id, address, found.value);
        estimate.n = Some(found.units as f64);
        if let Some(interval) = found.interval {
            estimate.ci = Some([interval.low, interval.high]);
            estimate.level = Some(0.95);
            estimate.interval = Some("bootstrap".to_owned());
        }
        outcome.estimates.push(estimate);
        Ok(())
    }
}

/// All codes of all coders, in order: numbers by size.
fn levels(columns: &[&Column]) -> Vec<String> {
    let texts: BTreeSet<String> = columns.iter().flat_map(|column| column.codes().1).collect();
    let mut levels: Vec<String> = texts.into_iter().collect();
    let numeric =
        columns.iter().all(|column| matches!(column.kind(), ColumnType::Int | ColumnType::Float));
    if numeric {
        let number = |text: &String| text.parse::<f64>().unwrap_or_default();
        levels.sort_by(|one, other| number(one).total_cmp(&number(other)));
    }
    levels
}

/// The codes of each unit, missing ones left out; categories by their place.
fn units(columns: &[&Column], metric: Metric, rows: usize) -> Vec<Vec<f64>> {
    let numbers: Vec<Vec<Option<f64>>> = if metric == Metric::Nominal {
        let levels = levels(columns);
        let place =
            |text: String| levels.iter().position(|level| *level == text).map(|at| at as f64);
        let coded = columns
            .iter()
            .map(|column| (0..rows).map(|row| column.text_at(row).and_then(place)).collect());
        coded.collect()
    } else {
        columns.iter().map(|column| column.numbers().unwrap_or_default()).collect()
    };
    let unit =
        |row: usize| numbers.iter().filter_map(|codes| codes.get(row).copied().flatten()).collect();
    (0..rows).map(unit).collect()
}
