//! `summarise`: describes columns, by group.
//!
//! | key | |
//! |---|---|
//! | `from` | the rows |
//! | `by = ["month", "mode"]` | one set of numbers for each group; all rows where left out |
//! | `within = ["month"]` | the denominator of a bare `fraction`: all rows of the month |
//! | `measures = { name = "…" }` | `count`, `fraction`, `fraction(condition)`, `distinct(x)`, `mean(x)`, `geometric_mean(x)`, `median(x)`, `quantile(x, 0.95)`, `sd(x)`, `sum(x)`, `min(x)`, `max(x)`, `ratio(x, y)` |
//! | `weights` | frequency weights: a row stands for so many |
//! | `cluster = ["user_id"]` | standard errors that allow for rows of one cluster being alike |
//! | `level` | of the intervals, 0.95 by default |
//! | `fraction_interval` | `wilson` (the default without clusters; with them of the effective number of rows), `wald` (the default with clusters: ± t), `exact` (Clopper and Pearson; not with clusters) |
//! | `change = { by = "month", from = "2025-10", to = "2026-04", of = ["share"] }` | the change of measures (all where `of` is left out) between two groups |
//!
//! `ratio(x, y)` is sum(x)/sum(y), its error by linearisation. `quantile` and `median` take the definition as a last
//! argument, `quantile(x, 0.95, type = 6)`: Hyndman and Fan's 1 to 9, as in R; 7 where it is left out.
//!
//! Standard errors are those of independent rows, or with `cluster` CR1: √(G/(G−1) Σ_g s_g²) and t with G − 1. Intervals:
//! means and ratios ± t, geometric means ± t of the logarithms, quantiles from order statistics (binomial; Woodruff's with
//! clusters; their error is half the width over its critical value), deviations by chi-square (with clusters ± t). Sums, counts, smallest and largest have none.
//!
//! Rows that are null in a measure (in either column of a ratio) do not enter it, and are counted. A null in `by` is a
//! group of its own, called `null`. A group of one row or one cluster has a value and no error, and a warning says so.
//! Estimates are called `step/measure{month=2026-04,mode=fix}`, changes `step/measure_change{mode=fix}` and
//! `step/measure_relative_change{mode=fix}` (b/a − 1), with the covariance of both groups in their errors; the
//! step's rows (one for each group) can be read by later steps.

mod change;
mod counting;
mod gathering;
mod grouped;
mod joint;
mod measure;
mod measuring;
mod plain;
mod run;
mod taken;
mod told;

use crate::diagnostic::document::{Scalar, Table as Document};
use crate::diagnostic::{Problem, Spanned};
use crate::engine::{ColumnType, Schema};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::Address;

use change::Change;
use grouped::Intervals;
use measure::{Measure, What};
use run::Summarising;

use crate::stats::summary::FractionInterval;

use super::join::choice;
use super::{Checked, Kind, Read, Written};

pub(super) const KIND: Kind = Kind { name: "summarise", read };

const FRACTION_INTERVALS: [(&str, FractionInterval); 3] = [
    ("wilson", FractionInterval::Wilson),
    ("wald", FractionInterval::Wald),
    ("exact", FractionInterval::Exact),
];

struct Summarise {
    from: Spanned<String>,
    by: Vec<Fragment>,
    within: Vec<Fragment>,
    measures: Vec<(Spanned<String>, Fragment)>,
    weights: Option<Fragment>,
    cluster: Vec<Fragment>,
    intervals: Intervals,
    change: Option<WrittenChange>,
}

/// `change` as written.
struct WrittenChange {
    by: Spanned<String>,
    from: Spanned<Scalar>,
    to: Spanned<Scalar>,
    of: Vec<Spanned<String>>,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let names = |key: &str| table.list::<String>(key).iter().map(Fragment::whole).collect();
    let (by, within, cluster) = (names("by"), names("within"), names("cluster"));
    let weights = table.optional::<String>("weights").map(|text| Fragment::whole(&text));
    let level = read_level(table);
    let fractions = match table.optional::<String>("fraction_interval") {
        None => Some(FractionInterval::Usual),
        Some(word) => choice(table, &word, FRACTION_INTERVALS),
    };
    let change = read_change(table);
    let Some(measures) = table.table("measures") else {
        if !table.keys().iter().any(|key| key == "measures") {
            let help = "add `measures = { n = \"count\", … }`";
            table.report(
                Problem::error("`summarise` measures nothing").at(&table.span()).help(help),
            );
        }
        return None;
    };
    let measures: Vec<_> = measures
        .entries()
        .into_iter()
        .filter_map(|(name, value)| Some((name, Fragment::whole(&value.read::<String>()?))))
        .collect();
    let intervals = Intervals { level: level?, fractions: fractions? };
    let change = change.ok()?;
    let from = from?;
    Some(Box::new(Summarise { from, by, within, measures, weights, cluster, intervals, change }))
}

/// Something is wrong, and was reported.
pub(super) struct Reported;

/// Reads `change`, where there is one.
fn read_change(table: &Document<'_>) -> Result<Option<WrittenChange>, Reported> {
    let Some(change) = table.table("change") else {
        let written = table.keys().iter().any(|key| key == "change");
        return if written { Err(Reported) } else { Ok(None) };
    };
    let by = change.required::<String>("by");
    let (from, to) = (change.required::<Scalar>("from"), change.required::<Scalar>("to"));
    let of = change.list::<String>("of");
    let (Some(by), Some(from), Some(to)) = (by, from, to) else { return Err(Reported) };
    Ok(Some(WrittenChange { by, from, to, of }))
}

/// Reads the level of the intervals.
pub(super) fn read_level(table: &Document<'_>) -> Option<f64> {
    let Some(level) = table.optional::<f64>("level") else { return Some(0.95) };
    if level.value > 0.0 && level.value < 1.0 {
        return Some(level.value);
    }
    let message = format!("a level of {} is not between 0 and 1", level.value);
    table.report(Problem::error(message).at(&level.span).help("write 0.95 for 95%"));
    None
}

impl Written for Summarise {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let from = self.from.as_str();
        let mut output = Schema::default();
        let mut sound = true;
        for name in &self.by {
            match checker.column(from, name) {
                Some(kind) => output.columns.push((name.text.clone(), kind)),
                None => sound = false,
            }
        }
        checker.distinct(&self.by, "the group");
        for name in &self.cluster {
            sound &= checker.column(from, name).is_some();
        }
        if let Some(weights) = &self.weights {
            sound &= checker.number(from, weights, "a weight").is_some();
        }
        let measures: Vec<Measure> =
            self.measures.iter().filter_map(|one| self.check_measure(checker, one)).collect();
        sound &= measures.len() == self.measures.len();
        sound &= self.check_groups(checker, &measures);
        let change = self.check_change(checker);
        if !sound {
            return None;
        }
        let change = change.ok()?;
        let keys: Vec<String> = self.by.iter().map(|name| name.text.clone()).collect();
        let address = |measure: &Measure| {
            Address::grouped(&format!("{}/{}", checker.id(), measure.name), &keys)
        };
        let mut promises: Vec<Address> = measures.iter().map(address).collect();
        if let Some(change) = &change {
            let mut rest = keys.clone();
            rest.remove(change.key);
            for measure in change.of.iter().filter_map(|place| measures.get(*place)) {
                for suffix in ["change", "relative_change"] {
                    let name = format!("{}/{}_{suffix}", checker.id(), measure.name);
                    promises.push(Address::grouped(&name, &rest));
                }
            }
        }
        output.columns.extend(measures.iter().map(|one| (one.name.clone(), one.what.output())));
        let step = self.checked(measures, change, output.clone());
        Some(Checked { step: Box::new(step), output: Some(output), promises })
    }
}

impl Summarise {
    fn check_measure(
        &self,
        checker: &mut Checker<'_>,
        (name, text): &(Spanned<String>, Fragment),
    ) -> Option<Measure> {
        if name.value.contains(['{', '}', '=', ',', '/', '.', '*']) {
            let message = format!("`{}` cannot be a part of an address", name.value);
            let help = "use letters, digits and `_`";
            checker.report(Problem::error(message).at(&name.span).help(help));
            return None;
        }
        if self.by.iter().any(|key| key.text == name.value) {
            let message = format!("measure `{}` has the name of a group", name.value);
            checker.report(Problem::error(message).at(&name.span).help("call it something else"));
            return None;
        }
        let what = match measure::parse(text) {
            Ok(what) => what,
            Err(problem) => {
                checker.report(*problem);
                return None;
            }
        };
        match &what {
            What::Count | What::Share => {}
            What::Distinct(column) => {
                checker.expression(&self.from, column)?;
            }
            What::Of { column, statistic } => {
                let who = format!("what `{}` takes", statistic.word());
                checker.number(&self.from, column, &who)?;
            }
            What::Ratio { column, below } => {
                let above = checker.number(&self.from, column, "what `ratio` takes");
                let below = checker.number(&self.from, below, "what `ratio` takes");
                above.and(below)?;
            }
        }
        Some(Measure { name: name.value.clone(), what, written: text.clone() })
    }

    /// Checks `change`, where there is one.
    fn check_change(&self, checker: &mut Checker<'_>) -> Result<Option<Change>, Reported> {
        let Some(change) = &self.change else { return Ok(None) };
        let by = self.by.iter().map(|key| key.text.as_str());
        let Some(key) = by.clone().position(|key| key == change.by.value) else {
            let message = format!(
                "`change` is between groups of `{}`, which `by` does not name",
                change.by.value
            );
            let problem = Problem::error(message).at(&change.by.span);
            checker.report(problem.suggest(&change.by.value, by));
            return Err(Reported);
        };
        let names: Vec<&str> = self.measures.iter().map(|(name, _)| name.value.as_str()).collect();
        let mut of: Vec<usize> = Vec::new();
        for name in &change.of {
            let Some(place) = names.iter().position(|known| *known == name.value) else {
                let message = format!("no measure is called `{}`", name.value);
                let problem = Problem::error(message).at(&name.span);
                checker.report(problem.suggest(&name.value, names.iter().copied()));
                return Err(Reported);
            };
            of.push(place);
        }
        if change.of.is_empty() {
            of = (0..names.len()).collect();
        }
        for measure in of.iter().filter_map(|place| names.get(*place)) {
            for suffix in ["change", "relative_change"] {
                let taken = format!("{measure}_{suffix}");
                if names.contains(&taken.as_str()) {
                    let message = format!("a measure is called `{taken}`, the name of a change");
                    checker.report(Problem::error(message).at(&change.by.span));
                    return Err(Reported);
                }
            }
        }
        let level = |level: &Spanned<Scalar>| (label(&level.value), level.span.clone());
        Ok(Some(Change { key, from: level(&change.from), to: level(&change.to), of }))
    }

    fn check_groups(&self, checker: &mut Checker<'_>, measures: &[Measure]) -> bool {
        let mut sound = true;
        for name in &self.within {
            if !self.by.iter().any(|key| key.text == name.text) {
                let message = format!("`within` names `{}`, which `by` does not", name.text);
                let help = "the denominator's groups are some of those in `by`";
                checker.report(Problem::error(message).at(&name.span()).help(help));
                sound = false;
            }
        }
        let shares = measures.iter().any(|one| matches!(one.what, What::Share));
        if let (Some(first), false) = (self.within.first(), shares) {
            if measures.len() == self.measures.len() {
                let message = "`within` is the denominator of a bare `fraction`, and there is none";
                checker.report(Problem::error(message).at(&first.span()));
            }
            sound = false;
        }
        if let Some(second) = self.cluster.get(1) {
            let message = "`summarise` clusters one way only";
            let help = "a `regress` on a constant clusters in several ways";
            checker.report(Problem::error(message).at(&second.span()).help(help));
            sound = false;
        }
        sound
    }

    fn checked(
        &self,
        measures: Vec<Measure>,
        change: Option<Change>,
        output: Schema,
    ) -> Summarising {
        let text = |names: &[Fragment]| names.iter().map(|name| name.text.clone()).collect();
        Summarising {
            from: self.from.value.clone(),
            by: text(&self.by),
            within: text(&self.within),
            measures,
            weights: self.weights.clone(),
            cluster: self.cluster.first().map(|name| name.text.clone()),
            intervals: self.intervals,
            change,
            output,
        }
    }
}

/// A group's value as an address shows it.
pub(super) fn label(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(flag) => flag.to_string(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Float(number) => number.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}

impl What {
    /// The type of the measure's column in the step's rows.
    fn output(&self) -> ColumnType {
        match self {
            Self::Count | Self::Distinct(_) => ColumnType::Int,
            _ => ColumnType::Float,
        }
    }
}
