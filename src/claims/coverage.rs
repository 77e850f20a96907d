//! What a secondary source says of the study, statement by statement, against the primary claims.
//!
//! Reads `coverage/<outlet>.toml`. A statement with a number is rated by computation; one in words
//! carries a judgement with its reason, and is shown as a judgement.

use std::collections::BTreeMap;
use std::sync::Arc;

use num_traits::Signed;

use super::judge::study_rounding;
use super::model::{Claim, Claims, Reading};
use super::printed::{self, Notation, Printed, Shape, Unit};
use super::read::{problem, reading};
use super::record::CoverageRecord;
use super::rounding::Rounding;
use crate::diagnostic::document::{self, Table};
use crate::diagnostic::{Problem, Problems, Source, Spanned};
use crate::expression::{Interval, Rational};
use crate::study::Study;

/// The ratings, from good to bad.
pub const RATINGS: [&str; 6] =
    ["accurate", "missing-context", "exaggerated", "wrong-measure", "unsupported", "contradicted"];

/// A secondary source.
#[derive(Debug, Clone)]
pub struct Outlet {
    /// Its name: the file's.
    pub name: String,
    /// What it says.
    pub statements: Vec<Statement>,
}

/// One statement of a secondary source.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its id, unique in the file.
    pub id: Spanned<String>,
    /// What it says, in our words.
    pub says: String,
    /// The claim of the primary source that it rests on.
    pub claim: Option<Spanned<String>>,
    /// The number that it gives, with its text.
    pub printed: Option<Printed>,
    /// How its words are read: `a third`.
    pub reads: Option<Reading>,
    /// A judgement, where there is no number.
    pub rating: Option<&'static str>,
    /// Why.
    pub why: Option<String>,
}

/// Reads what an outlet says. `None` where any problem is an error.
#[must_use]
pub fn read(source: &Arc<Source>, outlet: &str) -> (Option<Outlet>, Problems) {
    let mut problems = Problems::default();
    let statements = document::read(source, &mut problems, |root| {
        if let Some(outlet) = root.table("outlet") {
            for key in ["name", "url", "archived"] {
                drop(outlet.optional::<String>(key));
            }
            drop(outlet.optional::<jiff::civil::Date>("date"));
        }
        let statements: Vec<Statement> =
            root.tables("statement").iter().filter_map(statement).collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for statement in &statements {
            if let Some(line) = seen.insert(statement.id.value.clone(), statement.id.span.line()) {
                root.report(
                    Problem::error(format!("`{}` is used twice as an id", statement.id.value))
                        .at(&statement.id.span)
                        .help(format!("the first is on line {line}")),
                );
            }
        }
        statements
    });
    let sound = !problems.has_errors();
    let outlet = statements
        .filter(|_| sound)
        .map(|statements| Outlet { name: outlet.to_owned(), statements });
    (outlet, problems)
}

pub(super) fn statement(table: &Table<'_>) -> Option<Statement> {
    let id = table.required::<String>("id");
    let says = table.required::<String>("says");
    let claim = table.optional::<String>("claim");
    let text = table.optional::<String>("printed");
    let rating = table.optional::<String>("rating");
    let why = table.optional::<String>("why").map(|why| why.value);
    let printed = text.as_ref().and_then(|text| match printed::parse(&text.value) {
        Ok(printed) => Some(printed),
        Err(error) => {
            table.report(problem(text, error));
            None
        }
    });
    let spanned = text
        .as_ref()
        .zip(printed.clone())
        .map(|(text, value)| Spanned { value, span: text.span.clone() });
    let reads = reading(table, &Notation::default(), spanned.as_ref());
    let known = rating.as_ref().and_then(|word| {
        let found = RATINGS.into_iter().find(|known| *known == word.value);
        if found.is_none() {
            table.report(
                Problem::error(format!("`{}` is no rating", word.value))
                    .at(&word.span)
                    .suggest(&word.value, RATINGS),
            );
        }
        found
    });
    let numeric = text.is_some() && claim.is_some();
    if let Some(text) = text.as_ref().filter(|_| claim.is_none()) {
        table.report(
            Problem::error("the statement gives a number, and no claim to compare it with")
                .at(&text.span)
                .help(
                    "add `claim = \"…\"`; where the study has none, leave `printed` out and judge",
                ),
        );
    }
    let problem = match (numeric, &rating) {
        (true, Some(_)) => Some((
            "a statement with a number is rated by computation",
            "leave out `rating`, or leave out `printed` and judge",
        )),
        (false, None) => Some((
            "the statement is neither computed nor judged",
            "add `printed` and `claim`, or `rating` and `why`",
        )),
        (false, Some(_)) if why.is_none() => {
            Some(("a judgement needs its reason", "add `why = \"…\"`"))
        }
        _ => None,
    };
    if let Some((message, help)) = problem {
        table.report(Problem::error(message).at(&table.span()).help(help));
    }
    Some(Statement { id: id?, says: says?.value, claim, printed, reads, rating: known, why })
}

/// Rates every statement.
///
/// # Errors
/// Statements on claims that the study does not have.
pub fn judge(
    outlets: &[Outlet],
    claims: &Claims,
    study: &Study,
) -> Result<Vec<CoverageRecord>, Problems> {
    let rounding = study_rounding(study, claims)?;
    let mut problems = Problems::default();
    let mut records = Vec::new();
    for outlet in outlets {
        for statement in &outlet.statements {
            let claim = statement.claim.as_ref().and_then(|id| {
                let found = claims.claim(&id.value);
                if found.is_none() {
                    let known = claims.claims.iter().map(|claim| claim.id.value.as_str());
                    problems.push(
                        Problem::error(format!("no claim is called `{}`", id.value))
                            .at(&id.span)
                            .help("claims are [[claim]] entries of the study's claims.toml")
                            .suggest(&id.value, known),
                    );
                }
                found
            });
            let computed = match claim.zip(statement.printed.as_ref()) {
                Some((claim, printed)) => {
                    let rated = rate(claim, printed, statement.reads.as_ref(), rounding);
                    if rated.is_none() {
                        problems.push(incomparable(statement, claim, printed));
                    }
                    rated
                }
                None => None,
            };
            let judged = statement.rating.map(|rating| (rating, String::new()));
            let Some((rating, reason)) = computed.clone().or(judged) else { continue };
            let why = [Some(reason).filter(|reason| !reason.is_empty()), statement.why.clone()];
            records.push(CoverageRecord {
                outlet: outlet.name.clone(),
                id: statement.id.value.clone(),
                says: statement.says.clone(),
                rating: rating.to_owned(),
                claim: claim.map(|claim| claim.id.value.clone()),
                computed: computed.is_some(),
                why: why.into_iter().flatten().collect::<Vec<_>>().join(" "),
            });
        }
    }
    if problems.has_errors() { Err(problems) } else { Ok(records) }
}

/// How many statements carry each rating; the counts sum to the number of statements.
#[must_use]
pub fn counts(records: &[CoverageRecord]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(record.rating.clone()).or_insert(0) += 1;
    }
    counts
}

/// A number against words is a matter of judgement.
fn incomparable(statement: &Statement, claim: &Claim, said: &Printed) -> Problem {
    let message = format!("`{}` cannot be computed against `{}`", said.text, claim.printed.text);
    Problem::error(message)
        .at(&statement.id.span)
        .help("one of them is no number: leave out `printed`, and judge with `rating` and `why`")
}

/// What the primary claim stands for; a printed confidence interval stands for all inside it.
fn stands_for(claim: &Claim, rounding: Rounding) -> Option<Interval> {
    claim.interval(rounding).or_else(|| match &claim.printed.shape {
        Shape::Confidence(low, high) => Some(low.interval(rounding).hull(&high.interval(rounding))),
        _ => None,
    })
}

/// Compares a number with the primary claim's: accurate where both can be the same number.
fn rate(
    claim: &Claim,
    said: &Printed,
    reads: Option<&Reading>,
    rounding: Rounding,
) -> Option<(&'static str, String)> {
    let read = |reads: Option<&Reading>| {
        reads.map_or_else(String::new, |reading| format!(" (read as {})", reading.words()))
    };
    let shown = format!(
        "The study prints {}{}; this says {}{}.",
        claim.printed.text,
        read(claim.reads.as_ref()),
        said.text,
        read(reads)
    );
    let primary = stands_for(claim, rounding)?;
    let secondary = match reads {
        Some(reading) => reading.interval.clone(),
        None => said.interval(rounding)?,
    };
    let unit = |reads: Option<&Reading>, printed: &Printed| {
        reads.map_or_else(|| printed.unit(), |reading| reading.low.unit)
    };
    let units = [unit(claim.reads.as_ref(), &claim.printed), unit(reads, said)];
    let other = [Unit::Points, Unit::BasisPoints, Unit::Times];
    if units.contains(&Unit::Percent) && units.iter().any(|unit| other.contains(unit)) {
        return Some((
            "wrong-measure",
            format!("{shown} One is a share, the other a difference or a ratio."),
        ));
    }
    if primary.intersection(&secondary).is_some() {
        return Some(("accurate", shown));
    }
    let hundred = Rational::from_integer(100.into());
    let slip = units[0] != units[1] && units.contains(&Unit::Plain) && {
        primary.scale(&hundred).intersection(&secondary).is_some()
            || secondary.scale(&hundred).intersection(&primary).is_some()
    };
    if slip {
        return Some(("wrong-measure", format!("{shown} One is a hundred times the other.")));
    }
    let same_side = (primary.is_never_negative() && secondary.is_never_negative())
        || (primary.is_never_positive() && secondary.is_never_positive());
    Some(if same_side && size(&secondary) > size(&primary) {
        ("exaggerated", format!("{shown} That is more than the study says."))
    } else {
        ("contradicted", format!("{shown} These are different numbers."))
    })
}

/// How far from zero an interval reaches at the least.
fn size(interval: &Interval) -> Rational {
    let ends = [interval.low.value(), interval.high.value()];
    ends.into_iter().flatten().map(Signed::abs).min().unwrap_or_default()
}
