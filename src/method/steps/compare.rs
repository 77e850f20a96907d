//! `compare`: two groups, two columns, or a table of counts, by a test with a name.
//!
//! | key | |
//! |---|---|
//! | `from` | the rows |
//! | `test` | of two groups: `welch`, `student`, `mann-whitney`, `proportions`; of two columns row by row: `paired-t`, `wilcoxon`, `pearson`, `spearman`; of two columns of categories: `chi-square`, `chi-square-yates`, `fisher` |
//! | `of` | two groups: the column that is compared. Otherwise the first column |
//! | `between` | two groups: the column whose two values make the groups. Otherwise the second column |
//! | `level` | of the intervals, 0.95 by default |
//!
//! Of two groups the one with the smaller value of `between` comes first: a difference is first
//! minus second. Rows with a null in either column are dropped and counted. Estimates are called
//! `step/estimate` (a difference, a correlation), `step/statistic`, `step/p`, and `step/` with the
//! name of each effect size: `cohen_d`, `hedges_g`, `risk_ratio`, `odds_ratio`, ….

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Spanned};
use crate::engine::{Column, Table};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::{Address, Piece};
use crate::method::text::quote;
use crate::results::Estimate;
use crate::stats::compare::{self, CompareError, Comparison};
use crate::stats::linear::Reference;

use super::derive::culprit;
use super::join::choice;
use super::regress::complete;
use super::summarise::read_level;
use super::{Checked, Kind, Outcome, Read, Running, Step, Written, plain_estimate};

pub(super) const KIND: Kind = Kind { name: "compare", read };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Welch,
    Student,
    MannWhitney,
    Proportions,
    PairedT,
    Wilcoxon,
    Pearson,
    Spearman,
    ChiSquare,
    ChiSquareYates,
    Fisher,
}

const TESTS: [(&str, Test); 11] = [
    ("welch", Test::Welch),
    ("student", Test::Student),
    ("mann-whitney", Test::MannWhitney),
    ("proportions", Test::Proportions),
    ("paired-t", Test::PairedT),
    ("wilcoxon", Test::Wilcoxon),
    ("pearson", Test::Pearson),
    ("spearman", Test::Spearman),
    ("chi-square", Test::ChiSquare),
    ("chi-square-yates", Test::ChiSquareYates),
    ("fisher", Test::Fisher),
];

impl Test {
    /// Whether `between` makes two groups of `of`.
    fn groups(self) -> bool {
        matches!(self, Self::Welch | Self::Student | Self::MannWhitney | Self::Proportions)
    }

    /// Whether both columns are categories.
    fn counts(self) -> bool {
        matches!(self, Self::ChiSquare | Self::ChiSquareYates | Self::Fisher)
    }
}

#[derive(Clone)]
struct Compare {
    from: Spanned<String>,
    test: Test,
    of: Fragment,
    between: Fragment,
    level: f64,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let test = table.required::<String>("test").and_then(|word| choice(table, &word, TESTS));
    let of = table.required::<String>("of");
    let between = table.required::<String>("between");
    let level = read_level(table);
    Some(Box::new(Compare {
        from: from?,
        test: test?,
        of: Fragment::whole(&of?),
        between: Fragment::whole(&between?),
        level: level?,
    }))
}

impl Written for Compare {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let of = if self.test.counts() {
            checker.expression(&self.from, &self.of)
        } else {
            checker.number(&self.from, &self.of, "what is compared")
        };
        let between = if self.test.groups() || self.test.counts() {
            checker.expression(&self.from, &self.between)
        } else {
            checker.number(&self.from, &self.between, "what is compared")
        };
        of.and(between)?;
        let any = vec![Piece::Text(format!("{}/", checker.id())), Piece::Any];
        let promises = vec![Address::exact(format!("{}/p", checker.id())), Address(any)];
        Some(Checked { step: Box::new(self.clone()), output: None, promises })
    }
}

impl Step for Compare {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let (of, between) = (&self.of.text, &self.between.text);
        let from = quote(&self.from);
        let sql = format!("SELECT ({of}) AS \"of\", ({between}) AS \"between\" FROM {from}");
        let expressions = [("of", &self.of), ("between", &self.between)];
        let table = running
            .engine
            .query(&sql)
            .map_err(|error| culprit(running, &self.from, &expressions, &error))?;
        running.same_rows(table.rows(), rows_in)?;
        let used = table.select_rows(&complete(&table));
        let mut outcome = Outcome { sql: vec![sql], ..Outcome::default() };
        outcome.rows_in = Some(rows_in as u64);
        outcome.rows_out = Some(used.rows() as u64);
        outcome.note("dropped rows", rows_in - used.rows());
        let found = self.compare(&used, &mut outcome)?;
        self.yields(&found, running.id, &mut outcome);
        Ok(outcome)
    }
}

impl Compare {
    fn compare(&self, used: &Table, outcome: &mut Outcome) -> Result<Comparison, Problem> {
        let fails = |error: CompareError| {
            Problem::error(format!("the comparison cannot be made: {error}")).at(&self.of.span())
        };
        let numbers = |name: &str| -> Vec<f64> {
            let numbers = used.column(name).and_then(Column::numbers).unwrap_or_default();
            numbers.into_iter().flatten().collect()
        };
        if self.test.counts() {
            return self.counted(&cells(used)).map_err(fails);
        }
        if !self.test.groups() {
            let (x, y) = (numbers("of"), numbers("between"));
            return match self.test {
                Test::PairedT => compare::paired_t(&x, &y, self.level),
                Test::Wilcoxon => compare::wilcoxon_signed_rank(&x, &y),
                Test::Spearman => compare::spearman(&x, &y, self.level),
                _ => compare::pearson(&x, &y, self.level),
            }
            .map_err(fails);
        }
        let (codes, levels) = used.column("between").map(Column::codes).unwrap_or_default();
        let [first, second] = levels.as_slice() else {
            let message = format!("`{}` makes {} groups, not two", self.between.text, levels.len());
            let help = "keep two of them with a `filter` step before";
            return Err(Problem::error(message).at(&self.between.span()).help(help));
        };
        outcome.note("groups", format!("{first} and {second}"));
        let values = numbers("of");
        let group = |wanted: u32| -> Vec<f64> {
            let rows = values.iter().zip(&codes).filter(|(_, code)| **code == Some(wanted));
            rows.map(|(value, _)| *value).collect()
        };
        self.grouped(&group(0), &group(1)).map_err(|error| {
            error.map_or_else(
                || {
                    let message = format!("`{}` is neither 0 nor 1 in every row", self.of.text);
                    Problem::error(message).at(&self.of.span())
                },
                fails,
            )
        })
    }

    /// Compares two groups; the inner `None` says that proportions are not of zeros and ones.
    fn grouped(&self, x: &[f64], y: &[f64]) -> Result<Comparison, Option<CompareError>> {
        let binary = |values: &[f64]| values.iter().all(|value| *value == 0.0 || *value == 1.0);
        let ones = |values: &[f64]| values.iter().filter(|value| **value == 1.0).count() as u64;
        match self.test {
            Test::Student => compare::student_t(x, y, self.level).map_err(Some),
            Test::MannWhitney => compare::mann_whitney(x, y).map_err(Some),
            Test::Proportions if !(binary(x) && binary(y)) => Err(None),
            Test::Proportions => {
                let totals = [x.len() as u64, y.len() as u64];
                compare::proportions([ones(x), ones(y)], totals, self.level).map_err(Some)
            }
            _ => compare::welch_t(x, y, self.level).map_err(Some),
        }
    }

    fn counted(&self, table: &[Vec<u64>]) -> Result<Comparison, CompareError> {
        match (self.test, table) {
            (Test::Fisher, [first, second]) => {
                let ([a, b], [c, d]) = (first.as_slice(), second.as_slice()) else {
                    return Err(CompareError::Table);
                };
                compare::fisher([[*a, *b], [*c, *d]], self.level)
            }
            (Test::Fisher, _) => Err(CompareError::Table),
            (test, table) => compare::chi_square(table, test == Test::ChiSquareYates),
        }
    }

    fn yields(&self, found: &Comparison, step: &str, outcome: &mut Outcome) {
        outcome.note("test", found.test);
        outcome.note("method", &found.method);
        let n = found.n.iter().sum::<u64>() as f64;
        let mut add = |name: &str, part: &compare::Estimate| {
            let mut estimate = plain_estimate(step, format!("{step}/{name}"), part.value);
            self.describe(&mut estimate, part);
            estimate.n = Some(n);
            if name == "estimate" {
                estimate.p = Some(found.p);
            }
            outcome.estimates.push(estimate);
        };
        if let Some(part) = &found.estimate {
            add("estimate", part);
        }
        for (name, part) in &found.effects {
            add(name, part);
        }
        let mut plain = |name: &str, value: f64| {
            let mut estimate = plain_estimate(step, format!("{step}/{name}"), value);
            (estimate.n, estimate.df) = (Some(n), found.df);
            outcome.estimates.push(estimate);
        };
        if let Some(statistic) = found.statistic {
            plain("statistic", statistic);
        }
        plain("p", found.p);
    }

    fn describe(&self, estimate: &mut Estimate, part: &compare::Estimate) {
        estimate.se = part.standard_error;
        if let Some(interval) = part.interval {
            let (word, df) = match part.reference {
                Reference::Normal => ("normal", None),
                Reference::T { df } => ("t", Some(df)),
            };
            estimate.ci = Some([interval.low, interval.high]);
            estimate.level = Some(self.level);
            estimate.reference = Some(word.to_owned());
            estimate.df = df;
        }
    }
}

/// The table of counts of two columns of categories.
fn cells(used: &Table) -> Vec<Vec<u64>> {
    let coded = |name: &str| used.column(name).map(Column::codes).unwrap_or_default();
    let ((rows, row_levels), (columns, column_levels)) = (coded("of"), coded("between"));
    let mut table = vec![vec![0_u64; column_levels.len()]; row_levels.len()];
    for (row, column) in rows.iter().zip(&columns) {
        if let (Some(row), Some(column)) = (row, column)
            && let Some(cell) =
                table.get_mut(*row as usize).and_then(|cells| cells.get_mut(*column as usize))
        {
            *cell += 1;
        }
    }
    table
}
