//! Runs a `regress`: rows into a design, a fit into estimates and the convention behind them.

use std::borrow::Cow;

use crate::diagnostic::{Problem, Span, Spanned};
use crate::engine::{Column, Table};
use crate::method::fragment::Fragment;
use crate::method::steps::derive::culprit;
use crate::method::steps::{Outcome, Running, Step};
use crate::method::text::quote;
use crate::stats::generalised::{self, Family};
use crate::stats::linear::{self, Covariance, Design, Preset, Reference, Singletons, Weights};

use super::adjusted::{Adjusting, crossed};
use super::columns;
use super::refusal::Context;
use super::terms::Term;
use super::{Constant, Effects, Meaning};

/// A checked `regress`.
pub(super) struct Regressing {
    pub(super) from: String,
    pub(super) family: Option<Spanned<Family>>,
    pub(super) outcome: Fragment,
    pub(super) terms: Vec<Term>,
    /// The instruments of each instrumented term.
    pub(super) instruments: Vec<(Spanned<String>, Vec<Term>)>,
    pub(super) absorb: Vec<Vec<String>>,
    /// Where each absorbed effect is written.
    pub(super) absorb_spans: Vec<Span>,
    pub(super) singletons: Singletons,
    pub(super) weights: Option<(Fragment, Meaning)>,
    pub(super) errors: Covariance,
    pub(super) cluster: Vec<String>,
    pub(super) preset: Preset,
    pub(super) preset_stated: bool,
    pub(super) drop_collinear: bool,
    pub(super) constant: Constant,
    /// Where each way of clustering is written.
    pub(super) cluster_spans: Vec<Span>,
    pub(super) adjusted: Vec<Fragment>,
    pub(super) random: Option<String>,
    pub(super) effects: Option<Effects>,
    /// Whether intervals refer to the normal, whatever the preset says.
    pub(super) normal: bool,
    pub(super) level: f64,
}

impl Step for Regressing {
    fn run(&self, running: &Running<'_>) -> Result<Outcome, Problem> {
        let rows_in = running.table(&self.from)?.rows();
        let sql = self.sql();
        let table = running
            .engine
            .query(&sql)
            .map_err(|error| culprit(running, &self.from, &self.expressions(), &error))?;
        running.same_rows(table.rows(), rows_in)?;
        let keep = columns::complete(&table);
        let used = table.select_rows(&keep);
        let mut outcome = Outcome { sql: vec![sql], ..Outcome::default() };
        outcome.rows_in = Some(rows_in as u64);
        self.note_dropped(&table, &used, &mut outcome);
        if used.rows() == 0 {
            return Err(self.no_rows(&table));
        }
        self.fit(&used, &keep, running, &mut outcome)?;
        Ok(outcome)
    }
}

impl Regressing {
    /// Says which columns left no row.
    fn no_rows(&self, table: &Table) -> Problem {
        if table.rows() == 0 {
            let message = format!("`{}` has no rows", self.from);
            let help = "look at what the steps before it keep";
            return Problem::error(message).at(&self.outcome.span()).help(help);
        }
        let message = format!("no row of `{}` has a value in every column used", self.from);
        let nulls = table.columns().filter(|(_, column)| column.nulls() > 0);
        let mut causes: Vec<String> = nulls
            .map(|(name, column)| {
                format!("`{}` is null in {} rows", self.written(name), column.nulls())
            })
            .collect();
        causes.dedup();
        let help = format!("of {} rows, {}", table.rows(), causes.join(", "));
        Problem::error(message).at(&self.outcome.span()).help(help)
    }

    /// The names in the query of what the method calls otherwise, with the expressions.
    fn expressions(&self) -> Vec<(&'static str, &Fragment)> {
        let parts =
            self.terms.iter().flat_map(|term| &term.parts).map(|part| ("term", part.column()));
        let weights = self.weights.iter().map(|(weights, _)| ("weight", weights));
        let instruments = self.instruments.iter().flat_map(|(_, list)| list);
        let instruments = instruments.flat_map(|term| &term.parts);
        let instruments = instruments.map(|part| ("instrument", part.column()));
        let outcome = std::iter::once(("outcome", &self.outcome));
        outcome.chain(parts).chain(instruments).chain(weights).collect()
    }

    fn sql(&self) -> String {
        let mut list = vec![format!("({}) AS \"outcome\"", self.outcome.text)];
        for (index, term) in self.terms.iter().enumerate() {
            for (place, part) in term.parts.iter().enumerate() {
                list.push(format!("({}) AS \"term {index} {place}\"", part.column().text));
            }
        }
        for (index, (_, instruments)) in self.instruments.iter().enumerate() {
            for (at, term) in instruments.iter().enumerate() {
                for (place, part) in term.parts.iter().enumerate() {
                    let text = &part.column().text;
                    list.push(format!("({text}) AS \"instrument {index} {at} {place}\""));
                }
            }
        }
        for (index, effect) in self.absorb.iter().enumerate() {
            for (place, name) in effect.iter().enumerate() {
                list.push(format!("{} AS \"effect {index} {place}\"", quote(name)));
            }
        }
        for (index, name) in self.cluster.iter().enumerate() {
            list.push(format!("{} AS \"cluster {index}\"", quote(name)));
        }
        if let Some(name) = &self.random {
            list.push(format!("{} AS \"random\"", quote(name)));
        }
        if let Some((weights, _)) = &self.weights {
            list.push(format!("({}) AS \"weight\"", weights.text));
        }
        format!("SELECT {} FROM {}", list.join(", "), quote(&self.from))
    }

    fn fit(
        &self,
        used: &Table,
        keep: &[bool],
        running: &Running<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Problem> {
        let mut design = self.design(used)?;
        // Without an answer the fit itself says what is wrong.
        let counted = match &self.family {
            None => linear::rows_that_count(&design).unwrap_or_default(),
            Some(family) => generalised::rows_that_count(&design, family.value).unwrap_or_default(),
        };
        let filled = columns::fill_all(used, "term", &self.terms, counted.as_deref())?;
        let mut bases = Vec::new();
        let present = self.constant == Constant::Present;
        let cells = columns::cells(&self.terms, &[], &filled, present, &mut bases)?;
        for (factor, base) in &bases {
            outcome.note(&format!("base of {factor}"), base);
        }
        design.terms =
            cells.iter().filter_map(|cell| Some(cell.term(filled.get(cell.term)?))).collect();
        if let Weights::Frequency(weights) | Weights::Analytic(weights) = &design.weights {
            let zero = weights.iter().filter(|weight| **weight == 0.0).count();
            if zero > 0 {
                outcome.note("rows of weight 0, left out", zero);
            }
        }
        let counted = counted.as_deref();
        let context = Context { running, cells: &cells, bases: &bases, keep, counted };
        let adjusting = Adjusting { terms: &self.terms, filled: &filled, cells: &cells };
        if let Some(family) = &self.family {
            return self.likelihood(&design, family, &adjusting, &context, outcome);
        }
        let fitted = match &self.random {
            None => self.least_squares(&design, used, &context, outcome)?,
            Some(_) => self.random_effects(&design, used, &context, outcome)?,
        };
        let mut forms = Vec::new();
        for name in &self.adjusted {
            forms.extend(adjusting.linear(running.id, name, &design, &fitted)?);
        }
        self.yields(&fitted, forms, running, outcome);
        Ok(())
    }

    /// The design of the rows used, without its terms.
    fn design<'a>(&self, used: &'a Table) -> Result<Design<'a>, Problem> {
        let values = columns::numbers(used.column("outcome"), &self.outcome)?;
        let mut design = Design::new(values, Vec::new());
        design.weights = self.weigh(used)?;
        design.absorb = self.absorbed(used);
        design.intercept = self.constant == Constant::Present && design.absorb.is_empty();
        design.singletons = self.singletons;
        design.covariance = self.errors;
        design.preset = self.preset;
        design.reference = self.normal.then_some(Reference::Normal);
        design.drop_collinear = self.drop_collinear;
        for index in 0..self.cluster.len() {
            let column = used.column(&format!("cluster {index}"));
            design.clusters.extend(column.map(columns::clusters));
        }
        // Adjusted rates of an interaction need to know which rows entered.
        design.residuals = self.adjusted.iter().any(|name| crossed(&self.terms, &name.text));
        Ok(design)
    }

    fn weigh<'a>(&self, used: &'a Table) -> Result<Weights<'a>, Problem> {
        let Some((written, meaning)) = &self.weights else { return Ok(Weights::None) };
        let weights = columns::numbers(used.column("weight"), written)?;
        Ok(match meaning {
            Meaning::Frequency => Weights::Frequency(weights),
            Meaning::Analytic => {
                fit_beside(&weights, written)?;
                Weights::Analytic(weights)
            }
        })
    }

    fn absorbed<'a>(&self, used: &'a Table) -> Vec<Cow<'a, [u32]>> {
        let column = |index: usize, place: usize| used.column(&format!("effect {index} {place}"));
        let effects = self.absorb.iter().enumerate();
        effects
            .map(|(index, names)| {
                let crossed: Vec<&Column> =
                    (0..names.len()).filter_map(|place| column(index, place)).collect();
                columns::cross(&crossed)
            })
            .collect()
    }
}

/// The share of the largest weight below which a weight's own digits are lost in sums of both.
const WITHOUT_DIGITS: f64 = 1e-13;

/// Refuses analytic weights so far apart that the rows of the smallest would count with a few digits only.
fn fit_beside(weights: &[f64], written: &Fragment) -> Result<(), Problem> {
    let some = || weights.iter().copied().filter(|weight| *weight > 0.0 && weight.is_finite());
    let (least, most) = (some().fold(f64::INFINITY, f64::min), some().fold(0.0, f64::max));
    if least.is_infinite() || least >= WITHOUT_DIGITS * most {
        return Ok(());
    }
    let message = format!(
        "the weights `{}` reach from {least:e} to {most:e}: beside the largest the smallest would lose their digits",
        written.text
    );
    let help = "leave out rows that weigh next to nothing, or bound the weights";
    Err(Problem::error(message).at(&written.span()).help(help))
}
