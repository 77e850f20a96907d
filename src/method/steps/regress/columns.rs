//! The columns of a regression: rows that are complete, factors as indicators, interactions as
//! products.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostic::Problem;
use crate::engine::{Column, Table};
use crate::method::fragment::Fragment;
use crate::method::steps;
use crate::stats::linear;

use super::terms::{Identity, Part, Term};

/// A part of a term with its values in the rows used.
pub(super) enum Filled<'a> {
    /// Numbers.
    Numbers(Cow<'a, [f64]>),
    /// The place of each row's value among the levels, and the levels.
    Levels { codes: Cow<'a, [u32]>, levels: Vec<String> },
}

/// A term with its values in the rows used.
pub(super) struct FilledTerm<'a> {
    pub(super) parts: Vec<Filled<'a>>,
    /// One code for each combination of levels, where it is an interaction of factors.
    crossed: Option<Vec<u32>>,
}

/// Which rows have a value in every column.
pub(in crate::method::steps) fn complete(table: &Table) -> Vec<bool> {
    let mut keep = vec![true; table.rows()];
    for (_, column) in table.columns() {
        if let Some(valid) = &column.valid {
            for (slot, valid) in keep.iter_mut().zip(valid) {
                *slot &= *valid;
            }
        }
    }
    keep
}

/// The numbers of a column without nulls.
///
/// # Errors
/// Where an int is too large to be a number exactly.
pub(super) fn numbers<'a>(
    column: Option<&'a Column>,
    written: &Fragment,
) -> Result<Cow<'a, [f64]>, Problem> {
    let Some(column) = column else { return Ok(Cow::default()) };
    match column.all_numbers() {
        Some(numbers) => Ok(Cow::Borrowed(numbers)),
        None => steps::numbers(column, written).map(|numbers| numbers.into_values().into()),
    }
}

/// Fills a part of a term; `counted` marks the rows that enter the fit, where not all do.
///
/// # Errors
/// As [`numbers`].
fn fill<'a>(
    column: Option<&'a Column>,
    part: &Part,
    counted: Option<&[bool]>,
) -> Result<Filled<'a>, Problem> {
    match part {
        Part::Number(written) => Ok(Filled::Numbers(numbers(column, written)?)),
        Part::Factor { .. } => {
            let Some(column) = column else {
                return Ok(Filled::Levels { codes: Cow::default(), levels: Vec::new() });
            };
            let coded = column.coded();
            let levels = column.level_texts(&coded);
            Ok(match counted {
                None => Filled::Levels { codes: coded.places, levels },
                Some(counted) => counted_levels(coded.places, levels, counted),
            })
        }
    }
}

/// A factor with the levels that occur in rows that enter the fit. Other rows are put at the first of them: they have no
/// part in any sum.
fn counted_levels<'a>(codes: Cow<'a, [u32]>, levels: Vec<String>, counted: &[bool]) -> Filled<'a> {
    let mut occurs = vec![false; levels.len()];
    for (code, _) in codes.iter().zip(counted).filter(|(_, counted)| **counted) {
        if let Some(slot) = occurs.get_mut(*code as usize) {
            *slot = true;
        }
    }
    if !occurs.contains(&false) {
        return Filled::Levels { codes, levels };
    }
    let mut next = 0;
    let places: Vec<u32> = occurs
        .iter()
        .map(|occurs| {
            let place = if *occurs { next } else { 0 };
            next += u32::from(*occurs);
            place
        })
        .collect();
    let place = |code: &u32| places.get(*code as usize).copied().unwrap_or(0);
    let codes = codes.iter().map(place).collect();
    let levels = levels.into_iter().zip(&occurs).filter(|(_, occurs)| **occurs);
    Filled::Levels { codes, levels: levels.map(|(level, _)| level).collect() }
}

/// Fills every term from the columns `{name} {term} {part}`, its parts as [`fill`] does.
///
/// # Errors
/// As [`numbers`].
pub(super) fn fill_all<'a>(
    used: &'a Table,
    name: &str,
    terms: &[Term],
    counted: Option<&[bool]>,
) -> Result<Vec<FilledTerm<'a>>, Problem> {
    let filled = terms.iter().enumerate().map(|(index, term)| {
        let parts = term.parts.iter().enumerate().map(|(place, part)| {
            fill(used.column(&format!("{name} {index} {place}")), part, counted)
        });
        let parts: Vec<Filled<'a>> = parts.collect::<Result<_, Problem>>()?;
        Ok(FilledTerm { crossed: crossed(&parts), parts })
    });
    filled.collect()
}

/// Crosses columns into one code for each combination that occurs, in the order of the columns.
pub(super) fn cross<'a>(columns: &[&'a Column]) -> Cow<'a, [u32]> {
    let coded = columns.iter().map(|column| column.coded());
    coded.reduce(|left, right| left.cross(&right)).map_or(Cow::Borrowed(&[]), |coded| coded.places)
}

/// One code for each combination of the levels of a term's parts; none of a term that is no interaction of factors.
fn crossed(parts: &[Filled<'_>]) -> Option<Vec<u32>> {
    let [Filled::Levels { codes: first, .. }, rest @ ..] = parts else { return None };
    if rest.is_empty() {
        return None;
    }
    let mut crossed = first.to_vec();
    let mut all = 1_u32;
    for part in parts {
        let Filled::Levels { levels, .. } = part else { return None };
        all = all.checked_mul(u32::try_from(levels.len()).ok()?)?;
    }
    for part in rest {
        let Filled::Levels { codes, levels } = part else { return None };
        let levels = levels.len() as u32;
        crossed.iter_mut().zip(&**codes).for_each(|(code, next)| *code = *code * levels + next);
    }
    Some(crossed)
}

/// Codes a way of clustering.
pub(super) fn clusters(column: &Column) -> linear::Clusters<'_> {
    let coded = column.coded();
    let sorted = column.sorted(&coded);
    linear::Clusters::sorted(coded.places, sorted)
}

/// One column of the design: its name, the term it belongs to, and which level of each factor it is.
pub(super) struct Cell {
    pub(super) name: String,
    pub(super) term: usize,
    levels: Vec<Option<u32>>,
}

/// Lists the columns of the terms and the base of each factor; `beside` are other terms of the model, `constant` says
/// whether it has one.
///
/// # Errors
/// Where a factor has one level, or its base does not occur.
pub(super) fn cells(
    terms: &[Term],
    beside: &[Term],
    filled: &[FilledTerm<'_>],
    mut constant: bool,
    bases: &mut Vec<(String, String)>,
) -> Result<Vec<Cell>, Problem> {
    let known: BTreeSet<Vec<Identity>> = terms.iter().chain(beside).map(Term::identity).collect();
    let mut cells = Vec::new();
    for (index, (term, filled)) in terms.iter().zip(filled).enumerate() {
        let mut open = vec![Cell { name: String::new(), term: index, levels: Vec::new() }];
        for (place, (part, values)) in term.parts.iter().zip(&filled.parts).enumerate() {
            let choices = choices(part, values, leaves_out(term, place, &known, constant), bases)?;
            open = open.iter().flat_map(|cell| choices.iter().map(|one| cell.with(one))).collect();
        }
        // Every level of a factor is the constant that the model lacks.
        constant |= matches!(term.parts.as_slice(), [Part::Factor { base: None, .. }]);
        cells.extend(open);
    }
    Ok(cells)
}

/// A factor leaves out its base where the model has the term without the factor (the constant, for a
/// factor alone); else it would have columns that the others determine. *Source*: the rule of
/// marginality, Chambers & Hastie 1992, section 2.4.1.
fn needs_base(term: &Term, place: usize, known: &BTreeSet<Vec<Identity>>, constant: bool) -> bool {
    let rest = term.without(place);
    if rest.is_empty() { constant } else { known.contains(&rest) }
}

/// Says whether a factor leaves out a level: where it needs a base, and where one is stated for the factor alone.
fn leaves_out(term: &Term, place: usize, known: &BTreeSet<Vec<Identity>>, constant: bool) -> bool {
    let stated = matches!(term.parts.as_slice(), [Part::Factor { base: Some(_), .. }]);
    stated || needs_base(term, place, known, constant)
}

/// What a part contributes to the columns of its term: itself, or one for each level kept.
fn choices(
    part: &Part,
    values: &Filled<'_>,
    leaves_out: bool,
    bases: &mut Vec<(String, String)>,
) -> Result<Vec<(String, Option<u32>)>, Problem> {
    let (Part::Factor { column, base }, Filled::Levels { levels, .. }) = (part, values) else {
        return Ok(vec![(part.label(), None)]);
    };
    let label = part.label();
    if levels.len() < 2 {
        let message = format!("the factor `{}` has {} level", column.text, levels.len());
        let help = "a factor needs two values or more in the rows used";
        return Err(Problem::error(message).at(&column.span()).help(help));
    }
    let base = match base {
        Some((level, written)) => {
            let place = levels.iter().position(|known| known == level);
            // 1.0 is the level 1.
            let number = |text: &str| text.parse::<f64>().ok();
            let same = |known: &String| number(known).is_some_and(|one| Some(one) == number(level));
            let place = place.or_else(|| levels.iter().position(same));
            place.ok_or_else(|| {
                Problem::error(format!("the base `{level}` does not occur in `{}`", column.text))
                    .at(&written.span())
                    .suggest(level, levels.iter().map(String::as_str))
            })?
        }
        None => 0,
    };
    let dropped = leaves_out.then_some(base);
    if let Some(level) = dropped.and_then(|place| levels.get(place)) {
        let line = (part.label(), level.clone());
        if !bases.contains(&line) {
            bases.push(line);
        }
    }
    let kept = levels.iter().enumerate().filter(|(place, _)| Some(*place) != dropped);
    Ok(kept.map(|(place, level)| (format!("{label}={level}"), Some(place as u32))).collect())
}

impl Cell {
    fn with(&self, (name, level): &(String, Option<u32>)) -> Self {
        let joined =
            if self.name.is_empty() { name.clone() } else { format!("{}:{name}", self.name) };
        let levels = self.levels.iter().copied().chain(std::iter::once(*level)).collect();
        Self { name: joined, term: self.term, levels }
    }

    /// The column itself.
    pub(super) fn term<'a>(&self, filled: &'a FilledTerm<'_>) -> linear::Term<'a> {
        let parts = filled.parts.as_slice();
        if let Some(codes) = &filled.crossed
            && let Some(level) = self.crossed_level(parts)
        {
            return linear::Term::indicator(self.name.clone(), codes, level);
        }
        match (parts, self.levels.as_slice()) {
            ([Filled::Numbers(values)], _) => {
                linear::Term::numbers(self.name.clone(), Cow::Borrowed(&**values))
            }
            ([Filled::Levels { codes, .. }], [Some(level)]) => {
                linear::Term::indicator(self.name.clone(), codes, *level)
            }
            _ => linear::Term::numbers(self.name.clone(), self.product(parts)),
        }
    }

    /// The code that [`crossed`] gives the rows of this cell.
    fn crossed_level(&self, parts: &[Filled<'_>]) -> Option<u32> {
        parts.iter().zip(&self.levels).try_fold(0, |code, (part, level)| {
            let Filled::Levels { levels, .. } = part else { return None };
            Some(code * levels.len() as u32 + (*level)?)
        })
    }

    /// Says whether it may be other than zero in rows whose parts are put at the levels that `set` gives.
    pub(super) fn may_be(&self, set: &[Option<u32>]) -> bool {
        self.levels.iter().zip(set).all(|(own, set)| set.is_none() || set == own)
    }

    /// The value in a row, each part whose level `set` gives put at it.
    pub(super) fn value(&self, parts: &[Filled<'_>], set: &[Option<u32>], row: usize) -> f64 {
        let mut product = 1.0;
        for ((part, level), set) in parts.iter().zip(&self.levels).zip(set) {
            product *= match part {
                Filled::Numbers(values) => values.get(row).copied().unwrap_or(0.0),
                Filled::Levels { codes, .. } => {
                    let code = set.or_else(|| codes.get(row).copied());
                    f64::from(u8::from(code == *level))
                }
            };
        }
        product
    }

    fn product(&self, parts: &[Filled<'_>]) -> Vec<f64> {
        let rows = parts.first().map_or(0, |part| match part {
            Filled::Numbers(values) => values.len(),
            Filled::Levels { codes, .. } => codes.len(),
        });
        let mut product = vec![1.0; rows];
        for (part, level) in parts.iter().zip(&self.levels) {
            match part {
                Filled::Numbers(values) => {
                    product.iter_mut().zip(&**values).for_each(|(slot, value)| *slot *= value);
                }
                Filled::Levels { codes, .. } => {
                    for (slot, code) in product.iter_mut().zip(&**codes) {
                        *slot *= f64::from(u8::from(Some(*code) == *level));
                    }
                }
            }
        }
        product
    }
}
