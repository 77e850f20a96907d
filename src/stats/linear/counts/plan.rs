//! Which columns of the small system are levels of factors, and which are numbers.

use super::super::columns::Role;
use super::super::look::Look;
use super::super::rows::Rows;
use super::super::{Design, Values};
use crate::stats::unit::power_below;

/// The most levels of all factors together.
pub(super) const MOST_LEVELS: usize = 1000;
/// An effect of at most so many levels becomes columns.
const FEW_LEVELS: usize = 300;

/// A factor: the place of each kept row's level among all levels, or of the blank one.
#[derive(Clone)]
pub(super) struct Factor {
    /// The places of a code; codes beyond the table are blank.
    pub(super) places: Vec<u16>,
    pub(super) source: Source,
    /// The levels' places, in order.
    pub(super) levels: std::ops::Range<usize>,
}

/// Where a factor's codes come from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// An absorbed effect, by its place in the rows.
    Effect(usize),
    /// The codes that the term at this place indicates levels of.
    Term(usize),
    /// The small whole numbers of the term at this place.
    Values(usize),
    /// The outcome, zero or one.
    Outcome,
}

/// What a column's values are.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    Constant,
    /// One in the rows of this level.
    Level(usize),
    /// A column of numbers.
    Number(usize),
    /// A number for each level of a factor; the factor's first place.
    Coded(&'a Coding, usize),
}

/// The numbers that stand for a factor's levels, by their places in it.
pub(super) struct Coding {
    pub(super) parts: Vec<(usize, f64)>,
    /// The power of two that they were multiplied by.
    pub(super) scale: f64,
    /// The factor's levels.
    pub(super) levels: usize,
}

impl Coding {
    /// The numbers of a factor's levels, scaled.
    pub(super) fn of(values: &[f64]) -> Self {
        let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let scale = 1.0 / power_below(largest);
        let parts = values.iter().map(|value| value * scale).enumerate();
        let parts = parts.filter(|(_, value)| *value != 0.0).collect();
        Self { parts, scale, levels: values.len() }
    }
}

/// The terms of small whole numbers (0 to 63): a factor stands for them, whose counts are exact and cheap.
pub(super) fn codings(design: &Design<'_>, rows: &Rows) -> Vec<Option<Coding>> {
    let of = |(place, term): (usize, &super::super::Term<'_>)| {
        let Values::Numbers(values) = &term.values else { return None };
        let look = look(rows, Some(place), values);
        look.small.then(|| {
            let every: Vec<f64> = (0..=look.largest as u32).map(f64::from).collect();
            Coding::of(&every)
        })
    };
    design.terms.iter().enumerate().map(of).collect()
}

/// What a term, or the outcome, looks like in the rows that were kept.
fn look(rows: &Rows, term: Option<usize>, values: &[f64]) -> Look {
    let known = rows.looks.as_ref().and_then(|looks| match term {
        None => Some(looks.outcome),
        Some(place) => looks.terms.get(place).copied().flatten(),
    });
    known.unwrap_or_else(|| Look::of_rows(values, &rows.kept))
}

/// A column of the small system.
pub(super) struct Column<'a> {
    pub(super) role: Role,
    pub(super) kind: Kind<'a>,
}

/// The columns and factors of a design.
pub(super) struct Plan<'a> {
    pub(super) design: &'a Design<'a>,
    pub(super) factors: Vec<Factor>,
    /// Levels of all factors; the blank one comes after them.
    pub(super) levels: usize,
    pub(super) columns: Vec<Column<'a>>,
    /// Columns of numbers with their powers of two, the outcome last where it is one.
    pub(super) numbers: Vec<(&'a [f64], f64)>,
    /// What the outcome is.
    pub(super) outcome: Kind<'a>,
    /// The levels of the first effect where it is eliminated level by level, having too many for columns; else zero.
    pub(super) eliminated: usize,
    /// Whether a constant is in the span of the columns.
    pub(super) centred: bool,
}

impl<'a> Plan<'a> {
    /// Plans a design; none where it has too many factors or levels, or a factor's codes are too sparse.
    pub(super) fn of(
        design: &'a Design<'a>,
        rows: &Rows,
        codings: &'a [Option<Coding>],
    ) -> Option<Self> {
        let mut plan = Self {
            design,
            factors: Vec::new(),
            levels: 0,
            columns: Vec::new(),
            numbers: Vec::new(),
            outcome: Kind::Constant,
            eliminated: rows.effects.first().map_or(0, |effect| effect.count),
            centred: design.intercept || !design.absorb.is_empty(),
        };
        if design.intercept && design.absorb.is_empty() {
            plan.columns.push(Column { role: Role::Constant, kind: Kind::Constant });
        }
        if plan.eliminated <= FEW_LEVELS {
            plan.eliminated = 0;
        }
        for (place, effect) in rows.effects.iter().enumerate() {
            if place > 0 || plan.eliminated == 0 {
                plan.effect(place, effect.count)?;
            }
        }
        for (place, term) in design.terms.iter().enumerate() {
            match &term.values {
                Values::Indicator { codes, level } => plan.indicator(place, codes, *level)?,
                Values::Numbers(values) => {
                    let kind = match &codings[place] {
                        Some(coding) => plan.whole(place, coding)?,
                        None => plan.number(values, look(rows, Some(place), values)),
                    };
                    plan.columns.push(Column { role: Role::Term(place), kind });
                }
            }
        }
        plan.add_outcome(rows);
        // Elimination is by groups of the packed rows.
        let grouped =
            || rows.clusters.first().is_some_and(|way| way.level == rows.effects[0].level);
        if plan.eliminated > 0 && !grouped() {
            return None;
        }
        (plan.levels <= MOST_LEVELS).then_some(plan)
    }

    /// Adds an absorbed effect; the first level of every one but the first is left out.
    fn effect(&mut self, place: usize, count: usize) -> Option<()> {
        if self.levels + count > MOST_LEVELS {
            return None;
        }
        let first = self.levels;
        self.levels += count;
        for level in first + usize::from(place > 0)..self.levels {
            self.columns.push(Column { role: Role::Dummy, kind: Kind::Level(level) });
        }
        self.factors.push(Factor {
            places: (first..self.levels).map(|place| place as u16).collect(),
            source: Source::Effect(place),
            levels: first..self.levels,
        });
        Some(())
    }

    fn indicator(&mut self, place: usize, codes: &[u32], level: u32) -> Option<()> {
        if level as usize > 1 << 20 {
            return None;
        }
        let same = |factor: &Factor| {
            let Source::Term(other) = factor.source else { return false };
            match &self.design.terms[other].values {
                Values::Indicator { codes: known, .. } => std::ptr::eq(*known, codes),
                Values::Numbers(_) => false,
            }
        };
        let last = self.factors.len().checked_sub(1).filter(|last| same(&self.factors[*last]));
        // Levels of a factor lie together, so that only the factor added last can grow.
        if last.is_none() {
            self.factors.push(Factor {
                places: Vec::new(),
                source: Source::Term(place),
                levels: self.levels..self.levels,
            });
        }
        let factor = self.factors.last_mut()?;
        let size = factor.places.len().max(level as usize + 1);
        factor.places.resize(size, u16::MAX);
        if factor.places[level as usize] != u16::MAX {
            return None;
        }
        factor.places[level as usize] = self.levels as u16;
        self.columns.push(Column { role: Role::Term(place), kind: Kind::Level(self.levels) });
        self.levels += 1;
        factor.levels.end = self.levels;
        (self.levels <= MOST_LEVELS).then_some(())
    }

    /// Adds a column of small whole numbers as a factor that stands for them.
    fn whole(&mut self, place: usize, coding: &'a Coding) -> Option<Kind<'a>> {
        let first = self.levels;
        self.levels += coding.levels;
        self.factors.push(Factor {
            places: (first..self.levels).map(|place| place as u16).collect(),
            source: Source::Values(place),
            levels: first..self.levels,
        });
        (self.levels <= MOST_LEVELS).then_some(Kind::Coded(coding, first))
    }

    fn number(&mut self, values: &'a [f64], look: Look) -> Kind<'a> {
        self.numbers.push((values, 1.0 / power_below(look.largest)));
        Kind::Number(self.numbers.len() - 1)
    }

    fn add_outcome(&mut self, rows: &Rows) {
        let outcome: &'a [f64] = &self.design.outcome;
        let look = look(rows, None, outcome);
        self.outcome = if look.binary() {
            let place = self.levels;
            self.levels += 1;
            self.factors.push(Factor {
                places: vec![u16::MAX, place as u16],
                source: Source::Outcome,
                levels: place..place + 1,
            });
            Kind::Level(place)
        } else {
            self.number(outcome, look)
        };
    }

    /// Columns all count: this path declines where one is collinear.
    pub(super) fn rank(&self) -> usize {
        self.columns.len() + self.eliminated
    }

    /// The power of two on a column.
    pub(super) fn scale_of(&self, column: usize) -> f64 {
        self.scale(self.columns[column].kind)
    }

    pub(super) fn outcome_scale(&self) -> f64 {
        self.scale(self.outcome)
    }

    fn scale(&self, kind: Kind<'_>) -> f64 {
        match kind {
            Kind::Number(place) => self.numbers[place].1,
            Kind::Coded(coding, _) => coding.scale,
            _ => 1.0,
        }
    }
}
