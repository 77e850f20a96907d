//! Runs a `compare`: rows into groups, pairs or counts, and those to the kernel of the test.

use crate::diagnostic::Problem;
use crate::engine::{Column, Table};
use crate::method::fragment::Fragment;
use crate::method::steps::derive::culprit;
use crate::method::steps::regress::complete;
use crate::method::steps::{self, Outcome, Running, Step, plain_estimate};
use crate::method::text::quote;
use crate::results::Estimate;
use crate::stats::compare::{self, Alternative, CompareError, Comparison};
use crate::stats::linear::Reference;

use super::{Compare, Test};

impl Step for Compare {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let mut parts = vec![("of", &self.of)];
        parts.extend(self.between.as_ref().map(|between| ("between", between)));
        parts.extend(self.weights.as_ref().map(|weights| ("weight", weights)));
        let list: Vec<String> =
            parts.iter().map(|(name, part)| format!("({}) AS \"{name}\"", part.text)).collect();
        let sql = format!("SELECT {} FROM {}", list.join(", "), quote(&self.from));
        let table = running
            .engine
            .query(&sql)
            .map_err(|error| culprit(running, &self.from, &parts, &error))?;
        running.same_rows(table.rows(), rows_in)?;
        let mut used = table.select_rows(&complete(&table));
        let mut outcome = Outcome { sql: vec![sql], ..Outcome::default() };
        outcome.rows_in = Some(rows_in as u64);
        outcome.note("dropped rows", rows_in - used.rows());
        if self.test.groups() {
            used = self.two_groups(used, &mut outcome)?;
        }
        outcome.rows_out = Some(used.rows() as u64);
        if let Some(weights) = &self.weights {
            outcome.note("weights", format!("counts: {}", weights.text));
        }
        let dropped = rows_in - used.rows();
        let found = self.compare(&used, &mut outcome).map_err(|mut problem| {
            if dropped > 0 {
                let others = if self.test.groups() { " or are of other groups" } else { "" };
                let why = format!(" ({dropped} of {rows_in} rows have nulls{others})");
                problem.message.push_str(&why);
            }
            problem
        })?;
        self.yields(&found, running.id, &mut outcome);
        Ok(outcome)
    }
}

impl Compare {
    fn fails(&self, error: &CompareError) -> Problem {
        let problem = Problem::error(format!("the comparison cannot be made: {error}"));
        let help = match (self.test, error) {
            (Test::Fisher, CompareError::TooLarge { .. }) => {
                "write `test = \"chi-square\"`: with so many counts it is close"
            }
            (
                _,
                CompareError::TooLarge { .. }
                | CompareError::TooMany { .. }
                | CompareError::Ties { .. },
            ) => "write `exact = false`, or leave it out",
            (_, CompareError::NoSides) => "leave `alternative` out",
            _ => return problem.at(&self.of.span()),
        };
        problem.at(&self.of.span()).help(help)
    }

    /// Keeps the rows of `groups`, where they are given.
    fn two_groups(&self, used: Table, outcome: &mut Outcome) -> Result<Table, Problem> {
        let Some((names, span)) = &self.groups else { return Ok(used) };
        let (codes, levels) = used.column("between").map(Column::codes).unwrap_or_default();
        let mut wanted = Vec::new();
        for name in names {
            let Some(place) = levels.iter().position(|level| level == name) else {
                let between = self.between.as_ref().map_or("", |between| between.text.as_str());
                let message = format!("no row has `{between}` = {name}");
                let known = levels.iter().map(String::as_str);
                return Err(Problem::error(message).at(span).suggest(name, known));
            };
            wanted.push(Some(place as u32));
        }
        let kept: Vec<bool> = codes.iter().map(|code| wanted.contains(code)).collect();
        outcome.note("rows of other groups", kept.iter().filter(|kept| !**kept).count());
        Ok(used.select_rows(&kept))
    }

    fn compare(&self, used: &Table, outcome: &mut Outcome) -> Result<Comparison, Problem> {
        let weights = self.weights(used)?;
        if self.test.counts() {
            let (table, told) = cells(used, weights.as_deref());
            outcome.note("table", told);
            return self.counted(&table).map_err(|error| self.fails(&error));
        }
        let of = numbers(used, "of", &self.of)?;
        if self.test.groups() {
            return self.grouped(used, &of, weights.as_deref(), outcome);
        }
        let other = match &self.between {
            Some(between) if !self.test.alone() => numbers(used, "between", between)?,
            _ => vec![0.0; of.len()],
        };
        let how = &self.how;
        match self.test {
            Test::PairedT => compare::paired_t(&of, &other, how),
            Test::Wilcoxon | Test::OneSampleWilcoxon => {
                compare::wilcoxon_signed_rank(&of, &other, how)
            }
            Test::Spearman => compare::spearman(&of, &other, how),
            Test::Kendall => compare::kendall(&of, &other, how),
            Test::OneSampleT => compare::one_sample_t(&of, how),
            Test::Binomial => {
                self.binary(&of)?;
                let (ones, total) = ones(&of, weights.as_deref());
                compare::binomial(ones, total, how)
            }
            _ => compare::pearson(&of, &other, how),
        }
        .map_err(|error| self.fails_of(&error, &of, &other))
    }

    /// As [`Self::fails`]; where a column does not vary, of that column.
    fn fails_of(&self, error: &CompareError, of: &[f64], other: &[f64]) -> Problem {
        let still = |values: &[f64]| values.windows(2).all(|pair| pair.first() == pair.last());
        let Some(between) = self.between.as_ref().filter(|_| !self.test.alone()) else {
            return self.fails(error);
        };
        let column = match error {
            CompareError::NoVariation { .. } if still(of) && of.len() > 1 => &self.of,
            CompareError::NoVariation { .. } if still(other) && other.len() > 1 => between,
            _ => return self.fails(error),
        };
        let message = format!(
            "the comparison cannot be made: `{}` is the same in every row that counts",
            column.text
        );
        let help = "did a filter keep one value only, or is it coded otherwise than meant?";
        Problem::error(message).at(&column.span()).help(help)
    }

    /// The counts that rows stand for.
    fn weights(&self, used: &Table) -> Result<Option<Vec<u64>>, Problem> {
        let Some(written) = &self.weights else { return Ok(None) };
        let mut weights = Vec::new();
        for weight in numbers(used, "weight", written)? {
            if !(weight >= 0.0 && weight.fract() == 0.0 && weight < 1e15) {
                let message = format!("the weight {weight} is no count of rows");
                return Err(Problem::error(message).at(&written.span()));
            }
            weights.push(weight as u64);
        }
        Ok(Some(weights))
    }

    fn binary(&self, values: &[f64]) -> Result<(), Problem> {
        match values.iter().find(|value| **value != 0.0 && **value != 1.0) {
            None => Ok(()),
            Some(value) => {
                let message = format!("`{}` is neither 0 nor 1: {value}", self.of.text);
                let help = "write a condition that is true or false";
                Err(Problem::error(message).at(&self.of.span()).help(help))
            }
        }
    }

    fn grouped(
        &self,
        used: &Table,
        values: &[f64],
        weights: Option<&[u64]>,
        outcome: &mut Outcome,
    ) -> Result<Comparison, Problem> {
        let (codes, levels) = used.column("between").map(Column::codes).unwrap_or_default();
        let [first, second] = levels.as_slice() else {
            let place = self.between.as_ref().map_or_else(|| self.of.span(), Fragment::span);
            let between = self.between.as_ref().map_or("", |between| between.text.as_str());
            let message = format!("`{between}` makes {} groups, not two", levels.len());
            let help = if levels.len() > 2 {
                "name two of them with `groups = [\"…\", \"…\"]`"
            } else {
                "look at what the steps before it keep: nothing is left to compare with"
            };
            return Err(Problem::error(message).at(&place).help(help));
        };
        let turned = self.groups.as_ref().is_some_and(|(names, _)| names[0] == *second);
        let order = if turned { [1, 0] } else { [0, 1] };
        let (one, other) = if turned { (second, first) } else { (first, second) };
        outcome.note("groups", format!("{one} minus {other}"));
        let picked = |wanted: u32| -> (Vec<f64>, Option<Vec<u64>>) {
            let rows = || codes.iter().enumerate().filter(move |(_, code)| **code == Some(wanted));
            let values = rows().filter_map(|(row, _)| values.get(row)).copied().collect();
            let of = |all: &[u64]| rows().filter_map(|(row, _)| all.get(row)).copied().collect();
            (values, weights.map(of))
        };
        let [(x, x_weights), (y, y_weights)] = order.map(picked);
        let how = &self.how;
        match self.test {
            Test::Student => compare::student_t(&x, &y, how),
            Test::MannWhitney => compare::mann_whitney(&x, &y, how),
            Test::Proportions => {
                self.binary(values)?;
                let (a, b) = (ones(&x, x_weights.as_deref()), ones(&y, y_weights.as_deref()));
                compare::proportions([a.0, b.0], [a.1, b.1], how)
            }
            _ => compare::welch_t(&x, &y, how),
        }
        .map_err(|error| self.fails(&error))
    }

    fn counted(&self, table: &[Vec<u64>]) -> Result<Comparison, CompareError> {
        match self.test {
            Test::Fisher => compare::fisher(table, &self.how),
            test => compare::chi_square(table, test == Test::ChiSquareYates, self.how.level),
        }
    }

    fn yields(&self, found: &Comparison, step: &str, outcome: &mut Outcome) {
        outcome.note("test", found.test);
        outcome.note("method", &found.method);
        let side = match self.how.alternative {
            Alternative::TwoSided => "two-sided",
            Alternative::Greater => "greater",
            Alternative::Less => "less",
        };
        outcome.note("alternative", side);
        if self.test.takes("null") {
            outcome.note("null", self.how.null);
        }
        let sizes: Vec<String> = found.n.iter().map(u64::to_string).collect();
        outcome.note("n", sizes.join(" and "));
        outcome.warnings.extend(found.warnings.iter().cloned());
        let n = found.n.iter().sum::<u64>() as f64;
        let mut add = |name: &str, part: &compare::Estimate| {
            let mut estimate = plain_estimate(step, format!("{step}/{name}"), part.value);
            self.describe(&mut estimate, part);
            estimate.n = Some(n);
            if name == "estimate" {
                estimate.p = Some(found.p);
                estimate.df = found.df;
            }
            outcome.estimates.push(estimate);
        };
        if let Some(part) = &found.estimate {
            add("estimate", part);
        }
        for (name, part) in &found.effects {
            add(name, part);
        }
        let mut plain = |name: &str, value: f64, p: Option<f64>| {
            let mut estimate = plain_estimate(step, format!("{step}/{name}"), value);
            (estimate.n, estimate.df, estimate.p) = (Some(n), found.df, p);
            outcome.estimates.push(estimate);
        };
        if let Some(statistic) = found.statistic {
            plain("statistic", statistic, Some(found.p));
        }
        plain("p", found.p, None);
    }

    fn describe(&self, estimate: &mut Estimate, part: &compare::Estimate) {
        estimate.se = part.standard_error;
        if let Some(interval) = part.interval {
            let (word, df) = match part.reference {
                Reference::Normal => ("normal", None),
                Reference::T { df } => ("t", Some(df)),
            };
            estimate.ci = Some([interval.low, interval.high]);
            estimate.level = Some(self.how.level);
            estimate.reference = Some(word.into());
            estimate.interval = Some(part.method.into());
            estimate.df = df;
        }
    }
}

fn numbers(used: &Table, name: &str, written: &Fragment) -> Result<Vec<f64>, Problem> {
    let Some(column) = used.column(name) else { return Ok(Vec::new()) };
    Ok(steps::numbers(column, written)?.iter().flatten().collect())
}

/// The ones among zeros and ones, and all.
fn ones(values: &[f64], weights: Option<&[u64]>) -> (u64, u64) {
    let weight = |row: usize| weights.map_or(1, |all| all.get(row).copied().unwrap_or(0));
    let ones = values.iter().enumerate().filter(|(_, value)| **value == 1.0);
    (ones.map(|(row, _)| weight(row)).sum(), (0..values.len()).map(weight).sum())
}

/// The table of counts of two columns of categories, and how it looks.
fn cells(used: &Table, weights: Option<&[u64]>) -> (Vec<Vec<u64>>, String) {
    let coded = |name: &str| used.column(name).map(Column::codes).unwrap_or_default();
    let ((rows, row_levels), (columns, column_levels)) = (coded("of"), coded("between"));
    let mut table = vec![vec![0_u64; column_levels.len()]; row_levels.len()];
    for (place, (row, column)) in rows.iter().zip(&columns).enumerate() {
        if let (Some(row), Some(column)) = (row, column)
            && let Some(cell) =
                table.get_mut(*row as usize).and_then(|cells| cells.get_mut(*column as usize))
        {
            *cell += weights.map_or(1, |all| all.get(place).copied().unwrap_or(0));
        }
    }
    let shown = |(level, cells): (&String, &Vec<u64>)| {
        let cells: Vec<String> = cells.iter().map(u64::to_string).collect();
        format!("{level}: {}", cells.join(" "))
    };
    let lines: Vec<String> = row_levels.iter().zip(&table).take(8).map(shown).collect();
    let told = format!("columns {}; {}", column_levels.join(", "), lines.join("; "));
    (table, told)
}
