//! Reads `claims.toml`, strictly: every problem at once, each with its place and what to write.

mod accepted;
mod check;
mod check_interval;
mod check_names;
mod check_table;
#[cfg(test)]
mod documented;
mod idle;
mod measures;
mod original;
mod printed_number;
mod readings;
mod relation;
mod sheet;
mod tolerance;

use std::sync::Arc;

use num_traits::Signed;

pub(super) use printed_number::problem;
use printed_number::{defaults, printed_number, written_amount};
pub(super) use readings::reading;
use readings::{Readings, readings};
use relation::relations;

use super::model::{Acceptance, Claim, Claims, Implied, Original, Tolerance, Transcription};
use super::printed::{Amount, Notation, Printed, Shape};
use super::record::{SetAside, Weight};
use super::rounding::Rounding;
use crate::diagnostic::document::{self, Table};
use crate::diagnostic::{Problem, Problems, Source, Spanned};
use crate::expression::{self, Expression, Function, Kind, Rational};

/// The reasons for which a claim can never be tested.
const UNTESTABLE: [&str; 5] = ["withheld", "unspecified", "not-quantified", "refused", "destroyed"];

/// Reads the claims of a study. The claims are `None` where any problem is an error.
#[must_use]
pub fn read(source: &Arc<Source>) -> (Option<Claims>, Problems) {
    let mut problems = Problems::default();
    let claims = document::read(source, &mut problems, |root| {
        let defaults = defaults(root);
        let claims: Vec<Option<Claim>> =
            root.tables("claim").iter().map(|table| claim(table, &defaults.notation)).collect();
        let (relations, checks) = relations(root, &defaults.notation);
        let implied: Vec<Option<Implied>> = root.tables("implied").iter().map(implied).collect();
        let set_aside = root.tables("set_aside").iter().filter_map(set_aside).collect();
        let claims = Claims {
            rounding: defaults.rounding,
            claims: claims.into_iter().flatten().collect(),
            relations,
            checks,
            implied: implied.into_iter().flatten().collect(),
            set_aside,
        };
        // Names that a broken claim declares are known: they are not misspelt where they are used.
        let declared: Vec<String> = ["claim", "relation", "implied"]
            .iter()
            .flat_map(|key| root.tables(key))
            .filter_map(|table| {
                let id = table.value("id").and_then(|id| {
                    id.is_text().then(|| id.read::<String>().map(|id| id.value)).flatten()
                });
                let _asked = table.entries();
                id
            })
            .collect();
        check::check(&claims, &declared, root);
        claims
    });
    let sound = !problems.has_errors();
    (claims.filter(|_| sound), problems)
}

fn claim(table: &Table<'_>, notation: &Notation) -> Option<Claim> {
    let id = identifier(table);
    let says = table.required::<String>("says");
    let place = place(table);
    let unit = table.optional::<String>("unit");
    let notation =
        Notation { unit: unit.as_ref().map(|unit| unit.value.clone()), ..notation.clone() };
    let printed = printed_number(table, &notation);
    let reads = readings(table, &notation, printed.as_ref());
    printed_number::units(table, printed.as_ref(), unit.as_ref());
    let claim = ClaimParts {
        equals: formula(table, "equals", Kind::Arithmetic),
        holds: formula(table, "holds", Kind::Condition),
        estimate: table.optional::<String>("estimate"),
        untestable: choice(table, "untestable", &UNTESTABLE).map(str::to_owned),
        weight: choice(table, "weight", &["headline", "major", "minor"]),
        transcription: choice(table, "transcription", &Transcription::ALL.map(Transcription::word)),
        rounding: choice(table, "rounding", &Rounding::ALL.map(Rounding::word)),
        quote: table.optional::<String>("quote").map(|quote| quote.value),
        unit: unit.map(|unit| unit.value),
        count: table.optional::<bool>("count").is_some_and(|count| count.value),
        tolerance: tolerance::read(table, printed.as_ref(), &notation),
        margin: table
            .optional::<String>("margin")
            .and_then(|text| written_amount(table, &text, &notation)),
        alpha: printed_number::alpha(table, &notation),
        one_sided: table.optional::<bool>("one_sided").is_some_and(|one| one.value),
        original: original::read(table, &notation),
        accepted: accepted::of_claim(table),
    };
    let (source, at) = place?;
    let claim = claim.build(id?, says?.value, source, at, printed?, reads);
    vague_without_reading(table, &claim);
    idle::keys(table, &claim);
    // One entry is no choice: it says how the claim is read.
    Some(match claim.readings.as_slice() {
        [only] => claim.under(only),
        _ => claim,
    })
}

struct ClaimParts {
    equals: Option<Spanned<Expression>>,
    holds: Option<Spanned<Expression>>,
    estimate: Option<Spanned<String>>,
    untestable: Option<String>,
    weight: Option<&'static str>,
    transcription: Option<&'static str>,
    rounding: Option<&'static str>,
    quote: Option<String>,
    unit: Option<String>,
    count: bool,
    tolerance: Option<Tolerance>,
    margin: Option<Amount>,
    original: Original,
    alpha: Rational,
    one_sided: bool,
    accepted: Option<Acceptance>,
}

impl ClaimParts {
    fn build(
        self,
        id: Spanned<String>,
        says: String,
        source: Spanned<String>,
        at: String,
        printed: Spanned<Printed>,
        reads: Readings,
    ) -> Claim {
        let weight = match self.weight {
            Some("headline") => Weight::Headline,
            Some("major") => Weight::Major,
            _ => Weight::Minor,
        };
        let transcription = Transcription::ALL
            .into_iter()
            .find(|way| Some(way.word()) == self.transcription)
            .unwrap_or(Transcription::Direct);
        let rounding = Rounding::ALL.into_iter().find(|mode| Some(mode.word()) == self.rounding);
        Claim {
            id,
            says,
            source,
            at,
            quote: self.quote,
            printed: printed.value,
            reads: reads.span,
            readings: reads.each,
            unit: self.unit,
            count: self.count,
            weight,
            transcription,
            estimate: self.estimate,
            equals: self.equals,
            holds: self.holds,
            untestable: self.untestable,
            tolerance: self.tolerance,
            margin: self.margin.map(|margin| margin.value().abs()),
            original: self.original,
            rounding,
            alpha: self.alpha,
            one_sided: self.one_sided,
            accepted: self.accepted,
        }
    }
}

/// Words cannot be compared with a number unless the file says how they are read.
fn vague_without_reading(table: &Table<'_>, claim: &Claim) {
    let readings: Vec<Claim> = claim.readings.iter().map(|one| claim.under(one)).collect();
    let each = if readings.is_empty() { std::slice::from_ref(claim) } else { &readings };
    let compared = |one: &Claim| one.estimate.is_some() || one.equals.is_some();
    let unread = each.iter().any(|one| one.reads.is_none() && compared(one));
    if matches!(claim.printed.shape, Shape::Words) && unread {
        let place = table.value("printed").map_or_else(|| table.span(), |value| value.span);
        let text = &claim.printed.text;
        let (message, help) = if text.contains(|next: char| next.is_ascii_digit()) {
            (
                "a number among words",
                "print the number alone, as `2.3` or `about 400`, or add `reads = [\"2.2\", \"2.4\"]`",
            )
        } else {
            ("words", "add `reads = [\"40%\", \"50%\"]`, the interval that the words stand for")
        };
        let problem = Problem::error(format!("`{text}` is {message}: say how they are read"));
        table.report(problem.at(&place).help(help));
    }
}

/// Says whether a text is written as ids are.
fn identifier_like(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_lowercase())
        && characters.all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '_')
}

/// Reads an id in snake_case.
fn identifier(table: &Table<'_>) -> Option<Spanned<String>> {
    let id = table.required::<String>("id")?;
    if !identifier_like(&id.value) {
        table.report(
            Problem::error(format!("`{}` is no id", id.value))
                .at(&id.span)
                .help("ids are snake_case: a to z, digits and _, beginning with a letter"),
        );
        return None;
    }
    if ["and", "or", "not", "est"].into_iter().chain(Function::names()).any(|name| name == id.value)
    {
        table.report(
            Problem::error(format!("`{}` has a meaning in expressions", id.value))
                .at(&id.span)
                .help("choose another id"),
        );
        return None;
    }
    Some(id)
}

fn place(table: &Table<'_>) -> Option<(Spanned<String>, String)> {
    if table.value("where").is_none() {
        table.report(
            Problem::error("[claim] lacks `where`")
                .at(&table.span())
                .help("add `where = { source = \"paper\", at = \"abstract\" }`"),
        );
        return None;
    }
    let place = table.table("where")?;
    let source = place.required::<String>("source");
    let at = place.required::<String>("at");
    Some((source?, at?.value))
}

/// Reads an expression and reports its syntax error at its place inside the quotes.
fn formula(table: &Table<'_>, key: &str, kind: Kind) -> Option<Spanned<Expression>> {
    let text = table.optional::<String>(key)?;
    let parsed = match expression::parse(&text.value) {
        Ok(parsed) => parsed,
        Err(error) => {
            let mut problem = Problem::error(format!("`{key}`: {}", error.message))
                .at(&text.span.inside_quotes(error.range));
            problem.help = error.help;
            table.report(problem);
            return None;
        }
    };
    if parsed.kind() != kind {
        let (message, help) = match kind {
            Kind::Arithmetic => (
                format!("`{key}` must be a number, not a comparison"),
                "a comparison belongs into `holds`",
            ),
            Kind::Condition => (
                format!("`{key}` must be a comparison, not a number"),
                "write what must be true: `x > 0`",
            ),
        };
        table.report(Problem::error(message).at(&text.span).help(help));
        return None;
    }
    Some(Spanned { value: parsed, span: text.span })
}

/// Reads one of a few words, with a suggestion where it is none of them.
fn choice(table: &Table<'_>, key: &str, known: &[&'static str]) -> Option<&'static str> {
    let text = table.optional::<String>(key)?;
    let found = known.iter().find(|word| **word == text.value).copied();
    if found.is_none() {
        let problem = Problem::error(format!("`{key}` cannot be `{}`", text.value));
        table.report(problem.at(&text.span).suggest(&text.value, known.iter().copied()));
    }
    found
}

fn implied(table: &Table<'_>) -> Option<Implied> {
    let id = identifier(table);
    let says = table.required::<String>("says");
    if table.value("value").is_none() {
        table.report(
            Problem::error("[implied] lacks `value`")
                .at(&table.span())
                .help("add the quantity: `value = \"1 - a - b\"`"),
        );
    }
    let value = formula(table, "value", Kind::Arithmetic);
    let unit = table.optional::<String>("unit");
    let count = table.optional::<bool>("count").is_some_and(|count| count.value);
    if count && let Some(unit) = &unit {
        let problem = Problem::error("what counts has no unit: it is a whole number");
        table.report(problem.at(&unit.span).help("leave out `unit`, or `count`"));
    }
    let unit = unit.map(|unit| unit.value);
    let using = table.optional::<Vec<Spanned<String>>>("using").map(|named| named.value);
    Some(Implied { id: id?, says: says?.value, value: value?, unit, count, using })
}

fn set_aside(table: &Table<'_>) -> Option<SetAside> {
    let what = table.required::<String>("what");
    let why = table.required::<String>("why");
    Some(SetAside { what: what?.value, why: why?.value })
}
