//! Many specifications on one table: the rows are packed and counted once.

use super::super::codes::Codes;
use super::super::columns::Role;
use super::super::count::Count;
use super::super::kept::Kept;
use super::super::look::look;
use super::super::rows::Rows;
use super::super::{Covariance, Design, Fit, LinearError, Term};
use super::merged::Merged;
use super::packed::{Packed, merged};
use super::plan::{Coding, Column, Factor, Kind, MOST_LEVELS, Plan, Source};
use super::sums::Sums;
use super::system::System;
use super::table::{Coded, Regressor, Specification, Table};
use crate::stats::unit::power_below;
use std::borrow::Cow;

/// A sample of a table, packed and counted once for all specifications.
///
/// *Formula*: those of [`super::super::fit`]; a coding C of a factor has the cross-products C'GC, a set of controls a
/// sub-block of G. *Shapes*: at most 1000 levels in all; what does not fit is fitted alone, from the columns.
/// *Errors*: those of `fit`. *Checked against*: `fit` on the same columns, 1e-11 (unit tests).
pub struct Panel<'a> {
    table: Table<'a>,
    kept: Kept,
    shared: Option<Shared>,
}

/// What specifications share.
struct Shared {
    factors: Vec<Factor>,
    levels: usize,
    /// The levels of every factor: the code that each place stands for.
    codes: Vec<Vec<u32>>,
    nested: Vec<bool>,
    /// Powers of two on the numbers, the outcomes of numbers among them.
    scales: Vec<f64>,
    outcomes: Vec<Outcome>,
    /// Clusters and the rows of the largest.
    clusters: Option<(usize, u32)>,
    store: Store,
    sums: Sums,
}

#[derive(Clone, Copy)]
enum Outcome {
    Constant,
    Level(usize),
    Number(usize),
}

enum Store {
    Three(Packed<3>),
    Four(Packed<4>),
    Six(Packed<6>),
    Many(Packed<16>),
}

impl<'a> Panel<'a> {
    /// Packs and counts the rows of a table: all, or those that `keep` picks.
    ///
    /// # Errors
    /// Columns of different lengths, numbers that are not finite, no rows, one cluster.
    pub fn of(table: Table<'a>, keep: Option<&[bool]>) -> Result<Self, LinearError> {
        let rows = table.outcomes.first().map_or(0, |outcome| outcome.len());
        check(&table, keep, rows)?;
        let kept: Vec<usize> = (0..rows).filter(|row| keep.is_none_or(|keep| keep[*row])).collect();
        if kept.is_empty() {
            return Err(LinearError::NoRows);
        }
        let kept = Kept::of(kept, rows);
        let shared = share(&table, &kept)?;
        Ok(Self { table, kept, shared })
    }

    /// The rows of the sample.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.kept.len()
    }

    /// Fits a specification.
    ///
    /// # Errors
    /// Those of [`super::super::fit`]; a place that no column of the table has.
    pub fn fit(&self, specification: &Specification) -> Result<Fit, LinearError> {
        self.check_places(specification)?;
        let alone = matches!(specification.covariance, Covariance::Hc2 | Covariance::Hc3);
        if let Some(shared) = self.shared.as_ref().filter(|_| !alone)
            && let Some(fit) = shared.fit(specification)
        {
            return fit;
        }
        self.fit_alone(specification)
    }

    fn check_places(&self, specification: &Specification) -> Result<(), LinearError> {
        let term = |term: &Regressor| match &term.values {
            Coded::Number(number) => *number < self.table.numbers.len(),
            Coded::Levels { factor, .. } => *factor < self.table.factors.len(),
        };
        let known = specification.outcome < self.table.outcomes.len()
            && specification.absorb.iter().all(|place| *place < self.table.factors.len())
            && specification.terms.iter().all(term);
        let clustered = specification.covariance == Covariance::Cluster;
        if clustered && self.table.clusters.is_none() {
            return Err(LinearError::NoClusters);
        }
        if specification.terms.is_empty() && specification.absorb.is_empty() && !known {
            return Err(LinearError::NoTerms);
        }
        if known {
            Ok(())
        } else {
            Err(LinearError::NotSupported { what: "a column that the table has not".to_owned() })
        }
    }

    /// Fits from the columns, as if there were no other specification.
    fn fit_alone(&self, specification: &Specification) -> Result<Fit, LinearError> {
        let number = |values: &[f64]| -> Vec<f64> { self.kept.iter().map(|r| values[r]).collect() };
        let code = |codes: &[u32]| -> Vec<u32> { self.kept.iter().map(|r| codes[r]).collect() };
        let term = |term: &Regressor| {
            let values: Vec<f64> = match &term.values {
                Coded::Number(place) => number(self.table.numbers[*place]),
                Coded::Levels { factor, values } => code(self.table.factors[*factor])
                    .into_iter()
                    .map(|code| values.get(code as usize).copied().unwrap_or(0.0))
                    .collect(),
            };
            Term::numbers(term.name.clone(), values)
        };
        let outcome = number(self.table.outcomes[specification.outcome]);
        let mut design = Design::new(outcome, specification.terms.iter().map(term).collect());
        design.absorb =
            specification.absorb.iter().map(|f| code(self.table.factors[*f]).into()).collect();
        design.covariance = specification.covariance;
        design.preset = specification.preset;
        if specification.covariance == Covariance::Cluster {
            design.clusters = self.table.clusters.iter().map(|codes| code(codes).into()).collect();
        }
        super::super::fit(&design)
    }
}

fn check(table: &Table<'_>, keep: Option<&[bool]>, expected: usize) -> Result<(), LinearError> {
    let factors = table.factors.iter().map(|codes| ("a factor", codes.len()));
    let numbers = table.numbers.iter().map(|values| ("a column of numbers", values.len()));
    let outcomes = table.outcomes.iter().map(|values| ("an outcome", values.len()));
    let clusters = table.clusters.iter().map(|codes| ("the cluster", codes.len()));
    let keep = keep.iter().map(|keep| ("the sample", keep.len()));
    for (what, found) in factors.chain(numbers).chain(outcomes).chain(clusters).chain(keep) {
        if found != expected {
            return Err(LinearError::Length { what: what.to_owned(), expected, found });
        }
    }
    for values in table.numbers.iter().chain(&table.outcomes) {
        look("a column of numbers", values)?;
    }
    Ok(())
}

/// Packs and counts; none where there are too many levels.
fn share(table: &Table<'_>, kept: &Kept) -> Result<Option<Shared>, LinearError> {
    let factors: Vec<Codes<'_>> =
        table.factors.iter().map(|codes| Codes::of(codes, kept)).collect();
    let clusters: Vec<Codes<'_>> =
        table.clusters.iter().map(|codes| Codes::of(codes, kept)).collect();
    if let Some(way) = clusters.iter().position(|way| way.count < 2) {
        return Err(LinearError::OneCluster { way });
    }
    let (count, all) = (factors.len(), table.outcomes.first().map_or(0, |y| y.len()));
    let codes = factors.iter().zip(&table.factors).map(|(f, raw)| codes_of(f, raw, kept)).collect();
    let nested = factors.iter().map(|f| clusters.iter().any(|way| f.nested_in(way))).collect();
    let mut numbers: Vec<(&[f64], f64)> = Vec::new();
    let scaled = |values: &[f64]| {
        1.0 / power_below(kept.iter().map(|row| values[row].abs()).fold(0.0, f64::max))
    };
    numbers.extend(table.numbers.iter().map(|values| (*values, scaled(values))));
    let (mut effects, mut outcomes) = (factors, Vec::new());
    for values in &table.outcomes {
        let of = |row: usize| values[row];
        if kept.iter().map(of).all(|y| y == of(kept.place(0))) {
            outcomes.push(Outcome::Constant);
        } else if kept.iter().map(of).all(|y| y == 0.0 || y == 1.0) {
            let level: Vec<u32> = kept.iter().map(|row| u32::from(of(row) == 1.0)).collect();
            outcomes.push(Outcome::Level(effects.len()));
            let codes = Codes::of(&level, &Kept::All(level.len()));
            let (count, sizes, largest) = (codes.count, codes.sizes.clone(), codes.largest);
            effects.push(Codes { level: Cow::Owned(level), count, sizes, largest, sorted: None });
        } else {
            outcomes.push(Outcome::Number(numbers.len()));
            numbers.push((values, scaled(values)));
        }
    }
    let rows = sample(kept.clone(), effects, clusters);
    let empty = Design::new(Vec::new(), Vec::new());
    let Some(plan) = plan_of(&empty, &rows, numbers) else { return Ok(None) };
    let Some(merged) = merged(&plan, rows.count, all) else { return Ok(None) };
    let Some((store, sums)) = store(&plan, &rows, merged) else { return Ok(None) };
    let level = |outcome: Outcome| match outcome {
        Outcome::Level(effect) => Outcome::Level(plan.factors[effect].levels.end - 1),
        other => other,
    };
    Ok(Some(Shared {
        outcomes: outcomes.into_iter().map(level).collect(),
        levels: plan.levels,
        codes,
        nested,
        scales: plan.numbers.iter().map(|number| number.1).collect(),
        clusters: rows.clusters.first().map(|way| (way.count, way.largest)),
        factors: plan.factors[..].to_vec(),
        store,
        sums,
    })
    .filter(|shared| shared.codes.len() == count))
}

/// The code that each level stands for.
fn codes_of(factor: &Codes<'_>, raw: &[u32], kept: &Kept) -> Vec<u32> {
    let mut codes = vec![0; factor.count];
    for (level, row) in factor.level.iter().zip(kept.iter()) {
        codes[*level as usize] = raw[row];
    }
    codes
}

fn sample<'r>(kept: Kept, effects: Vec<Codes<'r>>, clusters: Vec<Codes<'r>>) -> Rows<'r> {
    Rows {
        count: kept.len(),
        n: kept.len() as u64,
        kept,
        weight: Vec::new(),
        copies: Vec::new(),
        weight_scale: 1.0,
        effect_places: (0..effects.len()).collect(),
        nested: vec![false; effects.len()],
        effects,
        clusters,
        singletons: 0,
        looks: None,
    }
}

/// Every effect's levels, one after the other.
fn plan_of<'p>(
    design: &'p Design<'p>,
    rows: &Rows<'_>,
    numbers: Vec<(&'p [f64], f64)>,
) -> Option<Plan<'p>> {
    let mut factors = Vec::new();
    let mut levels = 0;
    for (effect, codes) in rows.effects.iter().enumerate() {
        let own = levels..levels + codes.count;
        levels = own.end;
        if levels > MOST_LEVELS {
            return None;
        }
        let places = own.clone().map(|place| place as u16).collect();
        factors.push(Factor { places, source: Source::Effect(effect), levels: own });
    }
    let (columns, outcome) = (Vec::new(), Kind::Constant);
    Some(Plan { design, factors, levels, columns, numbers, outcome, eliminated: 0, centred: true })
}

fn store(plan: &Plan<'_>, rows: &Rows<'_>, merged: Vec<Merged>) -> Option<(Store, Sums)> {
    Some(match merged.len() {
        0..=3 => {
            let packed = Packed::of(plan, rows, merged);
            let sums = Sums::of(plan, &packed)?;
            (Store::Three(packed), sums)
        }
        4 => {
            let packed = Packed::of(plan, rows, merged);
            let sums = Sums::of(plan, &packed)?;
            (Store::Four(packed), sums)
        }
        5 | 6 => {
            let packed = Packed::of(plan, rows, merged);
            let sums = Sums::of(plan, &packed)?;
            (Store::Six(packed), sums)
        }
        _ => {
            let packed = Packed::of(plan, rows, merged);
            let sums = Sums::of(plan, &packed)?;
            (Store::Many(packed), sums)
        }
    })
}

impl Shared {
    /// Fits from the counts; none where the specification needs the exact path.
    fn fit(&self, specification: &Specification) -> Option<Result<Fit, LinearError>> {
        let codings = self.codings(specification);
        let terms = specification.terms.iter().map(|t| Term::numbers(t.name.clone(), Vec::new()));
        let mut design = Design::new(Vec::new(), terms.collect());
        design.covariance = specification.covariance;
        design.preset = specification.preset;
        design.absorb = specification.absorb.iter().map(|_| Cow::Owned(Vec::new())).collect();
        let rows = self.rows(specification);
        let outcome = match self.outcomes[specification.outcome] {
            Outcome::Constant => return Some(Err(LinearError::ConstantOutcome)),
            Outcome::Level(level) => Kind::Level(level),
            Outcome::Number(number) => Kind::Number(number),
        };
        let plan = Plan {
            design: &design,
            factors: self.factors.clone(),
            levels: self.levels,
            columns: self.columns(specification, &rows, &codings),
            numbers: self.scales.iter().map(|scale| (&[][..], *scale)).collect(),
            outcome,
            eliminated: 0,
            centred: true,
        };
        let system = System::of(&plan, &self.sums);
        let solution = system.solve(&plan)?;
        let count = match Count::of(&design, &rows, plan.rank(), solution.wanted.len()) {
            Ok(count) => count,
            Err(error) => return Some(Err(error)),
        };
        let squares = system.squares(&plan, &solution)?;
        let spread = match &self.store {
            Store::Three(p) => super::spread(&design, &rows, &plan, p, &solution, &squares, &count),
            Store::Four(p) => super::spread(&design, &rows, &plan, p, &solution, &squares, &count),
            Store::Six(p) => super::spread(&design, &rows, &plan, p, &solution, &squares, &count),
            Store::Many(p) => super::spread(&design, &rows, &plan, p, &solution, &squares, &count),
        };
        let system = (&system, &solution, &squares);
        Some(super::assemble(&design, &rows, &plan, system, &count, spread))
    }

    fn codings(&self, specification: &Specification) -> Vec<Coding> {
        let coding = |term: &Regressor| {
            let Coded::Levels { factor, values } = &term.values else { return Coding::of(&[]) };
            let value = |code: &u32| values.get(*code as usize).copied().unwrap_or(0.0);
            Coding::of(&self.codes[*factor].iter().map(value).collect::<Vec<_>>())
        };
        specification.terms.iter().map(coding).collect()
    }

    /// The chosen effects, the one with the most levels first.
    fn rows(&self, specification: &Specification) -> Rows<'static> {
        let way = |(count, largest): (usize, u32)| Codes {
            level: Cow::Borrowed(&[]),
            count,
            sizes: Vec::new(),
            largest,
            sorted: None,
        };
        let size = |factor: usize| self.factors[factor].levels.len();
        let mut places: Vec<usize> = (0..specification.absorb.len()).collect();
        places.sort_by_key(|place| (std::cmp::Reverse(size(specification.absorb[*place])), *place));
        let chosen = |place: &usize| specification.absorb[*place];
        let effects = places.iter().map(|place| way((size(chosen(place)), 0))).collect();
        let clustered = specification.covariance == Covariance::Cluster;
        let clusters = self.clusters.filter(|_| clustered).map(way).into_iter().collect();
        let mut rows = sample(Kept::Some(Vec::new()), effects, clusters);
        rows.count = self.sums.n as usize;
        rows.n = self.sums.n as u64;
        rows.nested = places.iter().map(|p| clustered && self.nested[chosen(p)]).collect();
        rows.effect_places = places;
        rows
    }

    fn columns<'c>(
        &self,
        specification: &Specification,
        rows: &Rows<'_>,
        codings: &'c [Coding],
    ) -> Vec<Column<'c>> {
        let mut columns = Vec::new();
        if specification.absorb.is_empty() {
            columns.push(Column { role: Role::Constant, kind: Kind::Constant });
        }
        for (at, place) in rows.effect_places.iter().enumerate() {
            let levels = self.factors[specification.absorb[*place]].levels.clone();
            let dummy = |level| Column { role: Role::Dummy, kind: Kind::Level(level) };
            columns.extend(levels.skip(usize::from(at > 0)).map(dummy));
        }
        for (place, (term, coding)) in specification.terms.iter().zip(codings).enumerate() {
            let kind = match &term.values {
                Coded::Number(number) => Kind::Number(*number),
                Coded::Levels { factor, .. } => {
                    Kind::Coded(coding, self.factors[*factor].levels.start)
                }
            };
            columns.push(Column { role: Role::Term(place), kind });
        }
        columns
    }
}
