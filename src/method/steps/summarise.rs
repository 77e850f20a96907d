//! `summarise`: describes columns, by group.
//!
//! | key | |
//! |---|---|
//! | `from` | the rows |
//! | `by = ["month", "mode"]` | one set of numbers for each group; all rows where left out |
//! | `within = ["month"]` | the denominator of a bare `fraction`: all rows of the month |
//! | `measures = { name = "…" }` | `count`, `fraction`, `fraction(condition)`, `distinct(x)`, `mean(x)`, `geometric_mean(x)`, `median(x)`, `quantile(x, 0.95)`, `sd(x)`, `sum(x)`, `min(x)`, `max(x)` |
//! | `weights` | frequency weights: a row stands for so many |
//! | `cluster = ["user_id"]` | standard errors that allow for rows of one cluster being alike |
//! | `level` | of the intervals, 0.95 by default |
//!
//! Rows that are null in a measure do not enter it, and are counted. A null in `by` is a group of its
//! own, called `null`. Estimates are called `step/measure{month=2026-04,mode=fix}`, and the step's rows
//! (one for each group) can be read by later steps.

mod grouped;
mod joint;
mod measure;
mod run;

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Spanned};
use crate::engine::{ColumnType, Schema};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::Address;

use measure::{Measure, What};
use run::Summarising;

use super::{Checked, Kind, Read, Written};

pub(super) const KIND: Kind = Kind { name: "summarise", read };

struct Summarise {
    from: Spanned<String>,
    by: Vec<Fragment>,
    within: Vec<Fragment>,
    measures: Vec<(Spanned<String>, Fragment)>,
    weights: Option<Fragment>,
    cluster: Vec<Fragment>,
    level: f64,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let names = |key: &str| table.list::<String>(key).iter().map(Fragment::whole).collect();
    let (by, within, cluster) = (names("by"), names("within"), names("cluster"));
    let weights = table.optional::<String>("weights").map(|text| Fragment::whole(&text));
    let level = read_level(table);
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
    Some(Box::new(Summarise { from: from?, by, within, measures, weights, cluster, level: level? }))
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
        if !sound {
            return None;
        }
        let keys: Vec<String> = self.by.iter().map(|name| name.text.clone()).collect();
        let address = |measure: &Measure| {
            Address::grouped(&format!("{}/{}", checker.id(), measure.name), &keys)
        };
        let promises = measures.iter().map(address).collect();
        output.columns.extend(measures.iter().map(|one| (one.name.clone(), one.what.output())));
        let step = self.checked(measures, output.clone());
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
        }
        Some(Measure { name: name.value.clone(), what, written: text.clone() })
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

    fn checked(&self, measures: Vec<Measure>, output: Schema) -> Summarising {
        let text = |names: &[Fragment]| names.iter().map(|name| name.text.clone()).collect();
        Summarising {
            from: self.from.value.clone(),
            by: text(&self.by),
            within: text(&self.within),
            measures,
            weights: self.weights.clone(),
            cluster: self.cluster.first().map(|name| name.text.clone()),
            level: self.level,
            output,
        }
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
