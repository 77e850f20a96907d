//! Lays out the columns of the small system: constant or absorbed dummies first, then terms, then the outcome.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::codes::Codes;
use super::rows::Rows;
use super::{Design, Values};
use crate::stats::unit::power_below;

/// What a column of the small system stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The intercept.
    Constant,
    /// A dummy of an absorbed effect.
    Dummy,
    /// The term at this place in the design.
    Term(usize),
    /// The outcome.
    Outcome,
}

/// A column of numbers, scaled by a power of two.
#[derive(Debug)]
struct Numbers<'a> {
    column: usize,
    values: &'a [f64],
}

/// A factor whose levels are columns.
#[derive(Debug)]
struct Factor<'a> {
    codes: Cow<'a, [u32]>,
    column_of: BTreeMap<u32, usize>,
    by_kept_row: bool,
}

/// The columns of the small system.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    pub(super) roles: Vec<Role>,
    /// Each column's power of two: the number that the values were multiplied by.
    pub(super) scales: Vec<f64>,
    /// Each column's place among the columns of numbers, if it is one.
    pub(super) numeric: Vec<Option<usize>>,
    /// How many columns hold numbers.
    pub(super) numbers: usize,
    constant: bool,
    measured: Vec<Numbers<'a>>,
    factors: Vec<Factor<'a>>,
}

impl<'a> Columns<'a> {
    /// Lays out a design's columns.
    pub(super) fn of(design: &'a Design<'_>, rows: &'a Rows<'a>) -> Self {
        Self::with(design, rows, rows.effects.get(1..).unwrap_or_default())
    }

    /// Lays out the columns without the absorbed effects.
    pub(super) fn without_effects(design: &'a Design<'_>, rows: &'a Rows<'a>) -> Self {
        Self::with(design, rows, &[])
    }

    fn with(design: &'a Design<'_>, rows: &'a Rows<'a>, effects: &'a [Codes<'a>]) -> Self {
        let mut columns = Self {
            roles: Vec::new(),
            scales: Vec::new(),
            numeric: Vec::new(),
            numbers: 0,
            constant: design.intercept && design.absorb.is_empty(),
            measured: Vec::new(),
            factors: Vec::new(),
        };
        if columns.constant {
            columns.push(Role::Constant, 1.0, false);
        }
        for effect in effects {
            let first = columns.roles.len();
            let column_of = (0..effect.count).map(|l| (l as u32, first + l)).collect();
            (0..effect.count).for_each(|_| columns.push(Role::Dummy, 1.0, false));
            columns.factors.push(Factor {
                codes: Cow::Borrowed(&effect.level),
                column_of,
                by_kept_row: true,
            });
        }
        for (place, term) in design.terms.iter().enumerate() {
            match &term.values {
                Values::Numbers(values) => columns.push_numbers(Role::Term(place), values, rows),
                Values::Indicator { codes, level } => {
                    columns.push_indicator(place, codes, *level);
                }
            }
        }
        columns.push_numbers(Role::Outcome, &design.outcome, rows);
        columns
    }

    /// Counts the columns without the outcome, which is the last.
    pub(super) fn size(&self) -> usize {
        self.roles.len() - 1
    }

    /// The place of the first column that is neither constant nor dummy.
    pub(super) fn first_term(&self) -> usize {
        self.roles
            .iter()
            .position(|role| matches!(role, Role::Term(_) | Role::Outcome))
            .unwrap_or(0)
    }

    fn push(&mut self, role: Role, scale: f64, numeric: bool) {
        self.roles.push(role);
        self.scales.push(scale);
        self.numeric.push(numeric.then_some(self.numbers));
        self.numbers += usize::from(numeric);
    }

    fn push_numbers(&mut self, role: Role, values: &'a [f64], rows: &Rows) {
        let largest = rows.kept.iter().map(|row| values[row].abs()).fold(0.0, f64::max);
        self.measured.push(Numbers { column: self.roles.len(), values });
        self.push(role, 1.0 / power_below(largest), true);
    }

    fn push_indicator(&mut self, place: usize, codes: &'a [u32], level: u32) {
        let column = self.roles.len();
        self.push(Role::Term(place), 1.0, false);
        let known = self.factors.iter_mut().find(|factor| {
            !factor.by_kept_row
                && std::ptr::eq(factor.codes.as_ref(), codes)
                && !factor.column_of.contains_key(&level)
        });
        if let Some(factor) = known {
            factor.column_of.insert(level, column);
        } else {
            self.factors.push(Factor {
                codes: Cow::Borrowed(codes),
                column_of: BTreeMap::from([(level, column)]),
                by_kept_row: false,
            });
        }
    }

    /// Writes a row's nonzero columns (the outcome among them, always last) and their scaled values.
    pub(super) fn row(&self, rows: &Rows, kept: usize, out: &mut Vec<(usize, f64)>) {
        out.clear();
        let row = rows.kept.place(kept);
        if self.constant {
            out.push((0, 1.0));
        }
        for factor in &self.factors {
            let code = factor.codes[if factor.by_kept_row { kept } else { row }];
            if let Some(column) = factor.column_of.get(&code) {
                out.push((*column, 1.0));
            }
        }
        for number in &self.measured {
            out.push((number.column, number.values[row] * self.scales[number.column]));
        }
    }
}
