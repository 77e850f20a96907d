//! `agreement`: how far coders agree beyond chance.
//!
//! | key | |
//! |---|---|
//! | `from` | one row per unit |
//! | `coders = ["a", "b", …]` | a column for each coder's code |
//! | `measure` | `kappa`, `kappa-linear`, `kappa-quadratic` (two coders); `alpha-nominal`, `alpha-ordinal`, `alpha-interval`, `alpha-ratio` (any number; a null is a missing code) |
//! | `codes = ["low", "high"]` | every code there is, in order, used or not; those that occur, in order, where left out |
//! | `repetitions`, `seed` | of alpha's bootstrap interval; 1000 and 1 by default, 0 for none |
//! | `level` | of the interval, 0.95 by default |
//!
//! Estimates are called `step/kappa` or `step/alpha`; with both `step/percent`, the share of units (with alpha: of pairs of
//! codes of one unit) coded the same, and `step/prevalence{code=…}`. With kappa also `step/expected`, the agreement that
//! chance gives, `step/observed`, that seen (near-misses by their weights in both), and `step/null_se`, the standard
//! error were there no agreement beyond chance, which the p value of `step/kappa` uses; its `.se` and
//! interval are Fleiss, Cohen and Everitt's (neither where the coders agree in full or one used a single code). Alpha has no
//! interval where more than 1 in 20 repetitions drew one code only. Kappa drops and counts units with a null.
//!
//! The weights of near-misses go by the places of the codes in their order: `codes` says the whole scale where some code
//! occurs nowhere, and the order where codes are texts: without it that of their letters, with a warning; texts that are
//! numbers in another order (1, 10, 2) are refused.

use std::collections::BTreeSet;

use crate::diagnostic::document::{Scalar, Table as Document};
use crate::diagnostic::{Problem, Span, Spanned};
use crate::engine::{Column, ColumnType, Table};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::Address;
use crate::stats::agreement::{Bootstrap, KappaWeights, Metric, kappa, krippendorff};
use crate::stats::random::ALGORITHM;

use super::join::choice;
use super::summarise::{label, read_level};
use super::{Checked, Kind, Outcome, Read, Running, Step, Written, numbers, plain_estimate};

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
    /// The codes there are, in order, and where they are listed.
    codes: Option<(Vec<String>, Span)>,
    bootstrap: Bootstrap,
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
    let repetitions = usize::try_from(repetitions).unwrap_or(usize::MAX);
    let codes = table.optional::<Vec<Spanned<Scalar>>>("codes").map(|codes| {
        (codes.value.iter().map(|code| label(&code.value)).collect::<Vec<String>>(), codes.span)
    });
    if let Some((codes, span)) = &codes {
        let distinct: BTreeSet<&String> = codes.iter().collect();
        if distinct.len() != codes.len() || codes.len() < 2 {
            let message = "`codes` must list at least two codes, each once";
            table.report(Problem::error(message).at(span));
        }
    }
    let bootstrap = Bootstrap { repetitions, seed, level: read_level(table)? };
    let coders = coders?.value.iter().map(Fragment::whole).collect();
    Some(Box::new(Agreement { from: from?, coders, measure: measure?, codes, bootstrap }))
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
        let by_place = matches!(self.measure.value, Measure::Alpha(Metric::Ordinal));
        let numeric = matches!(self.measure.value, Measure::Alpha(_))
            && ordered
            && !(by_place && self.codes.is_some());
        for (coder, kind) in self.coders.iter().zip(&kinds) {
            if numeric && !kind.is_numeric() {
                let message =
                    format!("codes must be numbers here, and `{}` is a {kind}", coder.text);
                let problem = Problem::error(message).at(&coder.span());
                checker.report(if by_place {
                    problem.help("or say their order: `codes = [\"low\", \"high\"]`")
                } else {
                    problem
                });
            }
            if Some(kind) != kinds.first() && !(kind.is_numeric() && numeric) {
                let message =
                    format!("`{}` is a {kind}, and the first coder's codes are not", coder.text);
                checker.report(Problem::error(message).at(&coder.span()));
            }
        }
        let address = |name: &str| format!("{}/{name}", checker.id());
        let names: &[&str] =
            if two { &["kappa", "expected", "observed", "null_se"] } else { &["alpha"] };
        let mut promises: Vec<Address> =
            names.iter().map(|name| Address::exact(address(name))).collect();
        promises.push(Address::exact(address("percent")));
        promises.push(Address::grouped(&address("prevalence"), &["code".to_owned()]));
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

    /// The codes there are, in order: those of `codes`, or those that occur.
    fn levels(&self, columns: &[&Column], outcome: &mut Outcome) -> Result<Vec<String>, Problem> {
        let found = levels(columns);
        let by_place = match self.measure.value {
            Measure::Kappa(weights) => weights != KappaWeights::None,
            Measure::Alpha(metric) => metric == Metric::Ordinal,
        };
        if let Some((codes, span)) = &self.codes {
            if let Some(other) = found.iter().find(|code| !codes.contains(code)) {
                let message = format!("the code `{other}` occurs and is not among `codes`");
                return Err(Problem::error(message).at(span));
            }
            return Ok(codes.clone());
        }
        if let (true, Measure::Kappa(_)) = (by_place, self.measure.value) {
            self.tell_order(&found, columns, outcome)?;
        }
        Ok(found)
    }

    /// Says by which places near-misses are weighed; refuses texts that are numbers and whose letters order them otherwise.
    fn tell_order(
        &self,
        found: &[String],
        columns: &[&Column],
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let listed = found.join(", ");
        let number = |code: &String| code.parse().ok().filter(|number: &f64| number.is_finite());
        let numbers: Vec<f64> = found.iter().filter_map(number).collect();
        let number = numbers.len() == found.len();
        if number && numbers.windows(2).any(|pair| pair[0] >= pair[1]) {
            let message = format!("the codes are texts, which come in the order {listed}");
            let mut sorted: Vec<(&f64, &String)> = numbers.iter().zip(found).collect();
            sorted.sort_by(|one, other| one.0.total_cmp(other.0));
            let codes: Vec<String> = sorted.iter().map(|(_, code)| format!("\"{code}\"")).collect();
            let help = format!("say their own: `codes = [{}]`", codes.join(", "));
            return Err(Problem::error(message).at(&self.measure.span).help(help));
        }
        if !number && !numeric(columns) {
            outcome.warnings.push(format!(
                "the codes are taken in the order of their letters, {listed}: write `codes = […]` to say theirs"
            ));
        } else if numbers.windows(2).any(|pair| pair[1] != pair[0] + 1.0) {
            outcome.warnings.push(format!(
                "near-misses are weighed by places among {listed}: write `codes = […]` if the scale has more"
            ));
        }
        Ok(())
    }

    fn kappa(
        &self,
        table: &Table,
        weights: KappaWeights,
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let columns = self.columns(table);
        let levels = self.levels(&columns, outcome)?;
        let places: Vec<Vec<Option<usize>>> =
            columns.iter().map(|column| places(column, &levels)).collect();
        let mut counts = vec![vec![0_u64; levels.len()]; levels.len()];
        let mut used = 0_u64;
        if let [first, second] = places.as_slice() {
            for pair in first.iter().zip(second) {
                if let (Some(one), Some(other)) = pair
                    && let Some(cell) = counts.get_mut(*one).and_then(|row| row.get_mut(*other))
                {
                    *cell += 1;
                    used += 1;
                }
            }
        }
        outcome.rows_out = Some(used);
        outcome.note("dropped rows", table.rows() as u64 - used);
        outcome.note("codes", levels.join(", "));
        outcome.note("standard error", "Fleiss, Cohen and Everitt 1969; p by that of no agreement");
        let level = self.bootstrap.level;
        let found = kappa(&counts, weights, level).map_err(|error| self.fails(&error))?;
        let add = |name: &str, value: f64| {
            let mut estimate = plain_estimate(running.id, format!("{}/{name}", running.id), value);
            estimate.n = Some(found.n as f64);
            estimate
        };
        let mut estimate = add("kappa", found.value);
        estimate.p = found.p;
        if let Some(interval) = found.interval {
            estimate.se = Some(found.standard_error);
            estimate.ci = Some([interval.low, interval.high]);
            estimate.level = Some(level);
            estimate.reference = Some("normal".into());
            estimate.interval = Some("wald".into());
        } else {
            let why = if found.null_standard_error > 0.0 {
                "the coders agree in full"
            } else {
                "a coder used one code only, with which kappa is 0 whatever the other did"
            };
            let told = format!("{why}: no standard error and no interval");
            outcome.warnings.push(told);
        }
        outcome.estimates.push(estimate);
        outcome.estimates.push(add("percent", found.percent));
        outcome.estimates.push(add("expected", found.expected));
        outcome.estimates.push(add("observed", found.observed));
        outcome.estimates.push(add("null_se", found.null_standard_error));
        for (level, share) in levels.iter().zip(&found.prevalence) {
            outcome.estimates.push(add(&format!("prevalence{{code={level}}}"), *share));
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
        let levels = self.levels(&columns, outcome)?;
        let by_place = metric == Metric::Nominal || !numeric(&columns) || self.codes.is_some();
        let by_place = by_place && matches!(metric, Metric::Nominal | Metric::Ordinal);
        let units =
            units(&columns, &self.coders, by_place.then_some(levels.as_slice()), table.rows())?;
        let repetitions = self.bootstrap.repetitions;
        let found =
            krippendorff(&units, metric, &self.bootstrap).map_err(|error| self.fails(&error))?;
        outcome.rows_out = Some(found.units as u64);
        outcome.note("units coded at least twice", found.units);
        outcome.note("codes in them", found.codes);
        if repetitions > 0 {
            let seed = self.bootstrap.seed;
            let text = format!(
                "{repetitions} repetitions over units, percentiles, {ALGORITHM}, seed {seed}"
            );
            outcome.note("bootstrap", text);
        }
        if found.degenerate > 0 {
            let without = if found.interval.is_none() {
                ", more than 1 in 20: no interval of the others"
            } else {
                ""
            };
            outcome.warnings.push(format!(
                "{} of {repetitions} repetitions had one code only{without}",
                found.degenerate
            ));
        }
        let add = |name: &str, value: f64| {
            let mut estimate = plain_estimate(running.id, format!("{}/{name}", running.id), value);
            estimate.n = Some(found.units as f64);
            estimate
        };
        let mut estimate = add("alpha", found.value);
        if let Some(interval) = found.interval {
            estimate.ci = Some([interval.low, interval.high]);
            estimate.level = Some(self.bootstrap.level);
            estimate.interval = Some("bootstrap".into());
        }
        outcome.estimates.push(estimate);
        outcome.estimates.push(add("percent", found.percent));
        if found.prevalence.len() > MANY {
            outcome.note("prevalence", format!("{} values: not listed", found.prevalence.len()));
            return Ok(());
        }
        for (value, share) in &found.prevalence {
            let code = if by_place {
                levels.get(*value as usize).cloned().unwrap_or_default()
            } else {
                value.to_string()
            };
            outcome.estimates.push(add(&format!("prevalence{{code={code}}}"), *share));
        }
        Ok(())
    }
}

/// The most values whose prevalence is listed.
const MANY: usize = 50;

fn numeric(columns: &[&Column]) -> bool {
    columns.iter().all(|column| matches!(column.kind(), ColumnType::Int | ColumnType::Float))
}

/// All codes of all coders, in order: numbers by size.
fn levels(columns: &[&Column]) -> Vec<String> {
    let texts: BTreeSet<String> = columns.iter().flat_map(|column| column.codes().1).collect();
    let mut levels: Vec<String> = texts.into_iter().collect();
    if numeric(columns) {
        let number = |text: &String| text.parse::<f64>().unwrap_or_default();
        levels.sort_by(|one, other| number(one).total_cmp(&number(other)));
    }
    levels
}

/// The place of each row's code among the levels; none where it is null.
fn places(column: &Column, levels: &[String]) -> Vec<Option<usize>> {
    let (codes, own) = column.codes();
    let place = |text: &String| levels.iter().position(|level| level == text);
    let of: Vec<Option<usize>> = own.iter().map(place).collect();
    codes.into_iter().map(|code| of.get(code? as usize).copied().flatten()).collect()
}

/// The codes of each unit, missing ones left out; by their places where levels are given.
///
/// # Errors
/// As [`numbers`].
fn units(
    columns: &[&Column],
    coders: &[Fragment],
    by_place: Option<&[String]>,
    rows: usize,
) -> Result<Vec<Vec<f64>>, Problem> {
    let codes = |(column, coder): (&&Column, &Fragment)| -> Result<Vec<Option<f64>>, Problem> {
        Ok(match by_place {
            Some(levels) => {
                let places = places(column, levels).into_iter();
                places.map(|place| place.map(|place| place as f64)).collect()
            }
            None => numbers(column, coder)?.iter().collect(),
        })
    };
    let numbers: Vec<Vec<Option<f64>>> =
        columns.iter().zip(coders).map(codes).collect::<Result<_, _>>()?;
    let unit =
        |row: usize| numbers.iter().filter_map(|codes| codes.get(row).copied().flatten()).collect();
    Ok((0..rows).map(unit).collect())
}
