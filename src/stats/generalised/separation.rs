//! Finds out whether a combination of terms predicts outcomes perfectly, and which.

use std::collections::BTreeMap;

use super::balance::balance;
use super::cone::{Group, Points, apart};
use super::{Family, GeneralisedError};
use crate::stats::linear::{Design, Values};

/// The most columns whose directions are searched.
const COLUMNS: usize = 250;
/// The most numbers in them.
const NUMBERS: usize = 40_000_000;

/// The shortest step that may run off: steps along a direction of recession tend to one (logit, Poisson) or 1/η (probit).
const LONG: f64 = 0.02;

/// Whether some combination of terms predicts outcomes perfectly.
#[derive(Debug)]
pub(super) enum Verdict {
    /// None does: finite coefficients are best.
    Finite,
    /// One does.
    Separated(GeneralisedError),
    /// The design is too large to tell.
    Unknown,
}

/// Decides whether the rows that enter are separated: a property of the design, whatever the iterations did.
///
/// *Formula*: some δ with (2y − 1)·x'δ ≥ 0 in every row and > 0 in some (Poisson: x'δ ≤ 0 where y = 0, else 0), effects and
/// constant among δ. Within a level of the largest effect it says that rows with y = 1 lie no lower along the other
/// columns than rows with y = 0, so that the level's own coefficient drops out. The terms named are such that none of
/// them can be left out; the rows counted are all that these terms predict.
/// *Source*: Albert & Anderson 1984; Santos Silva & Tenreyro 2010; Correia, Guimarães & Zylkin 2019.
/// The conditional logit's maximum is infinite in the same directions.
/// *Checked against*: linear programmes (separation.py).
pub(super) fn separation(
    design: &Design<'_>,
    family: Family,
    enters: &[bool],
    dropped: &[usize],
) -> Verdict {
    let search = Search::of(design, family, enters);
    let terms = (0..design.terms.len()).filter(|term| !dropped.contains(term)).map(Unit::Term);
    let effects = (0..design.absorb.len()).filter(|effect| Some(*effect) != search.largest);
    let units: Vec<Unit> = terms.chain(effects.map(Unit::Effect)).collect();
    let columns: usize = units.iter().map(|unit| search.columns(*unit)).sum();
    if columns > COLUMNS || columns.saturating_mul(search.rows.len()) > NUMBERS {
        return Verdict::Unknown;
    }
    if search.separated(&units).is_none() {
        return Verdict::Finite;
    }
    let units = search.fewest(&units);
    let rows = search.separated(&units).unwrap_or_default();
    Verdict::Separated(search.name(&units, &rows))
}

/// Tells, of a design too large to be decided, whether a late step runs along a direction of recession, towards every
/// outcome that it moves: no row against it by more than a ten-millionth of the longest, the rounding of such steps.
/// `steps` are the linear predictors before and after. The absorbed effects, whose size it is, are named.
pub(super) fn running_off(
    design: &Design<'_>,
    family: Family,
    enters: &[bool],
    (from, to): (&[f64], &[f64]),
) -> Option<GeneralisedError> {
    let towards = |row: usize| {
        let step = to[row] - from[row];
        match family {
            Family::Poisson if design.outcome[row] > 0.0 => -step.abs(),
            Family::Poisson => -step,
            _ => (2.0 * design.outcome[row] - 1.0) * step,
        }
    };
    let rows = || (0..from.len()).filter(|row| enters[*row]).map(towards);
    let longest = rows().fold(0.0, f64::max);
    if longest < LONG || rows().any(|along| along < -1e-7 * longest) {
        return None;
    }
    let rows = rows().filter(|along| *along > 1e-5 * longest).count();
    let effects = (0..design.absorb.len()).collect();
    Some(GeneralisedError::Separation { terms: Vec::new(), rows, base: false, effects })
}

/// A term, or an effect other than the largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Term(usize),
    Effect(usize),
}

/// The rows that enter, in groups.
struct Search<'a> {
    design: &'a Design<'a>,
    /// The effect whose levels are the groups.
    largest: Option<usize>,
    /// The rows' places in the design; a place beyond it is a row of zeros.
    rows: Vec<usize>,
    groups: Vec<Group>,
    /// Whether columns may be moved within a group: not where a row of zeros stands for the lack of a constant.
    centred: bool,
}

impl<'a> Search<'a> {
    fn of(design: &'a Design<'a>, family: Family, enters: &[bool]) -> Self {
        let count = |codes: &[u32]| {
            let mut codes = codes.to_vec();
            codes.sort_unstable();
            codes.dedup();
            codes.len()
        };
        let sizes = design.absorb.iter().map(|codes| count(codes)).enumerate();
        let largest = sizes.rev().max_by_key(|(_, size)| *size).map(|(place, _)| place);
        let centred = largest.is_some() || design.intercept;
        let mut rows: Vec<usize> = (0..design.outcome.len()).filter(|row| enters[*row]).collect();
        let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            let level = largest.map_or(0, |effect| design.absorb[effect][*row]);
            let empty = || Group { highs: Vec::new(), lows: Vec::new() };
            let group = groups.entry(level).or_insert_with(empty);
            let high = design.outcome[*row] > 0.0;
            if high {
                group.highs.push(place);
            }
            if !high || family == Family::Poisson {
                group.lows.push(place);
            }
        }
        if !centred {
            for group in groups.values_mut() {
                group.highs.push(rows.len());
                group.lows.push(rows.len());
            }
            rows.push(design.outcome.len());
        }
        let both = |group: &Group| !group.highs.is_empty() && !group.lows.is_empty();
        let groups = groups.into_values().filter(both).collect();
        Self { design, largest, rows, groups, centred }
    }

    /// The number of a unit's columns.
    fn columns(&self, unit: Unit) -> usize {
        match unit {
            Unit::Term(_) => 1,
            Unit::Effect(effect) => {
                let mut codes = self.design.absorb[effect].to_vec();
                codes.sort_unstable();
                codes.dedup();
                codes.len()
            }
        }
    }

    /// The rows that these units hold apart, beside the largest effect or the constant.
    fn separated(&self, units: &[Unit]) -> Option<Vec<bool>> {
        let mut columns = Vec::new();
        for unit in units {
            match unit {
                Unit::Term(term) => {
                    let values = &self.design.terms[*term].values;
                    let at = |row: &usize| if *row < values.len() { values.at(*row) } else { 0.0 };
                    columns.push(self.rows.iter().map(at).collect::<Vec<f64>>());
                }
                Unit::Effect(effect) => {
                    let codes = &self.design.absorb[*effect];
                    let mut levels: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
                    for (place, row) in self.rows.iter().enumerate() {
                        let zeros = || vec![0.0; self.rows.len()];
                        levels.entry(codes[*row]).or_insert_with(zeros)[place] = 1.0;
                    }
                    columns.extend(levels.into_values());
                }
            }
        }
        if self.centred {
            for column in &mut columns {
                self.centre(column);
            }
        }
        let columns = balance(columns);
        if columns.is_empty() {
            return None;
        }
        let mut found = apart(&Points::of(&columns, self.rows.len()), &self.groups)?;
        if !self.centred {
            found.pop();
        }
        found.contains(&true).then_some(found)
    }

    /// Takes each group's median out of a column.
    fn centre(&self, column: &mut [f64]) {
        for group in &self.groups {
            let mut places: Vec<usize> = group.highs.iter().chain(&group.lows).copied().collect();
            places.sort_unstable();
            places.dedup();
            let mut values: Vec<f64> = places.iter().map(|place| column[*place]).collect();
            values.sort_by(f64::total_cmp);
            let median = values.get(values.len() / 2).copied().unwrap_or(0.0);
            for place in &places {
                column[*place] -= median;
            }
        }
    }

    /// The units of which none can be left out: one alone where one does, else all levels of one factor where they do.
    fn fewest(&self, units: &[Unit]) -> Vec<Unit> {
        let mut best: Option<(usize, Vec<Unit>)> = None;
        let singles = units.iter().map(|unit| vec![*unit]);
        for unit in singles {
            let rows = self.separated(&unit).map_or(0, |rows| count(&rows));
            if rows > best.as_ref().map_or(0, |(rows, _)| *rows) {
                best = Some((rows, unit));
            }
        }
        if let Some((_, unit)) = best {
            return unit;
        }
        let factors = self.factors(units).into_iter().filter(|factor| factor.len() > 1);
        let mut left = factors
            .filter(|factor| self.separated(factor).is_some())
            .min_by_key(Vec::len)
            .unwrap_or_else(|| units.to_vec());
        for unit in left.clone() {
            let fewer: Vec<Unit> = left.iter().copied().filter(|one| *one != unit).collect();
            if self.separated(&fewer).is_some() {
                left = fewer;
            }
        }
        left
    }

    /// The indicators of each factor.
    fn factors(&self, units: &[Unit]) -> Vec<Vec<Unit>> {
        let mut factors: Vec<(&[u32], Vec<Unit>)> = Vec::new();
        for unit in units {
            let Unit::Term(term) = unit else { continue };
            let Values::Indicator { codes, .. } = &self.design.terms[*term].values else {
                continue;
            };
            match factors.iter_mut().find(|(known, _)| std::ptr::eq(*known, *codes)) {
                Some((_, members)) => members.push(*unit),
                None => factors.push((codes, vec![*unit])),
            }
        }
        factors.into_iter().map(|(_, members)| members).collect()
    }

    fn name(&self, units: &[Unit], rows: &[bool]) -> GeneralisedError {
        let (mut terms, mut effects) = (Vec::new(), Vec::new());
        for unit in units {
            match unit {
                Unit::Term(term) => terms.push(self.design.terms[*term].name.clone()),
                Unit::Effect(effect) => effects.push(*effect),
            }
        }
        if !effects.is_empty() {
            effects.extend(self.largest);
            effects.sort_unstable();
        }
        let base = effects.is_empty()
            && units.iter().all(|unit| self.is_indicator(*unit))
            && self.factors(units).len() == 1
            && rows
                .iter()
                .zip(&self.rows)
                .filter(|(found, _)| **found)
                .all(|(_, row)| units.iter().all(|unit| self.value(*unit, *row) == 0.0));
        GeneralisedError::Separation { terms, rows: count(rows), base, effects }
    }

    fn is_indicator(&self, unit: Unit) -> bool {
        matches!(unit, Unit::Term(term) if matches!(self.design.terms[term].values, Values::Indicator { .. }))
    }

    fn value(&self, unit: Unit, row: usize) -> f64 {
        match unit {
            Unit::Term(term) => self.design.terms[term].values.at(row),
            Unit::Effect(_) => 0.0,
        }
    }
}

fn count(rows: &[bool]) -> usize {
    rows.iter().filter(|found| **found).count()
}

/// Marks the rows to keep of those that `entered`: those of absorbed levels whose outcomes are not all zero (nor all one,
/// for logit and probit), again and again. The effect of such a level is infinite, and its rows fit perfectly.
pub(super) fn constant_levels(design: &Design<'_>, family: Family, entered: &[bool]) -> Vec<bool> {
    let mut keep = entered.to_vec();
    loop {
        let before = count(&keep);
        for codes in &design.absorb {
            let size = codes.iter().max().map_or(0, |largest| *largest as usize + 1);
            let (mut above, mut below) = (vec![false; size], vec![family == Family::Poisson; size]);
            for (row, code) in codes.iter().enumerate().filter(|(row, _)| keep[*row]) {
                above[*code as usize] |= design.outcome[row] > 0.0;
                below[*code as usize] |= design.outcome[row] < 1.0;
            }
            for (row, code) in codes.iter().enumerate() {
                keep[row] &= above[*code as usize] && below[*code as usize];
            }
        }
        if count(&keep) == before {
            return keep;
        }
    }
}
