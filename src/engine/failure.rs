//! The engine's failures in plain words: no internal names, and the nearest name where one is wrong.

use std::collections::BTreeSet;

use datafusion::arrow::error::ArrowError;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;

use super::EngineError;
use super::sql::Words;

/// Turns the engine's failure into ours.
pub(super) fn plain(error: &DataFusionError, words: &Words) -> EngineError {
    match error {
        DataFusionError::SchemaError(inner, _) => schema(inner, words),
        DataFusionError::ArrowError(inner, _) => arrow(inner, words),
        DataFusionError::External(inner) => match inner.downcast_ref::<EngineError>() {
            Some(ours) => ours.clone(),
            None => failed(&inner.to_string()),
        },
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => {
            plain(inner, words)
        }
        DataFusionError::Shared(inner) => plain(inner, words),
        DataFusionError::Collection(errors) => match errors.first() {
            Some(first) => plain(first, words),
            None => failed("no reason was given"),
        },
        DataFusionError::ResourcesExhausted(_) => EngineError::Limit {
            message: "the query needs more memory than it may have".to_owned(),
        },
        DataFusionError::Plan(message) | DataFusionError::NotImplemented(message) => {
            EngineError::Type { message: plain_words(coercion(message)) }
        }
        DataFusionError::Execution(message)
            if message.to_lowercase().contains("divide by zero") =>
        {
            EngineError::DivideByZero
        }
        other => failed(&other.strip_backtrace()),
    }
}

/// What one of our functions says of its arguments, within what the engine says around it.
fn coercion(message: &str) -> &str {
    let Some((_, inner)) = message.split_once("coercion failed with: ") else {
        return message;
    };
    let inner = inner.split(" No function matches").next().unwrap_or(inner);
    inner.rsplit("the types do not fit: ").next().unwrap_or(inner)
}

fn failed(message: &str) -> EngineError {
    EngineError::Failed { message: plain_words(message) }
}

fn arrow(error: &ArrowError, words: &Words) -> EngineError {
    match error {
        ArrowError::DivideByZero => EngineError::DivideByZero,
        ArrowError::ArithmeticOverflow(_) => EngineError::Limit {
            message: "a whole number beyond 64 bits; make it a float with `cast(x as double)`"
                .to_owned(),
        },
        ArrowError::CastError(message) | ArrowError::ParseError(message) => {
            EngineError::Type { message: plain_words(message) }
        }
        ArrowError::ExternalError(inner) => {
            if let Some(ours) = inner.downcast_ref::<EngineError>() {
                return ours.clone();
            }
            match inner.downcast_ref::<DataFusionError>() {
                Some(inner) => plain(inner, words),
                None => failed(&inner.to_string()),
            }
        }
        other => failed(&other.to_string()),
    }
}

fn schema(error: &SchemaError, words: &Words) -> EngineError {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let names: BTreeSet<String> =
                valid_fields.iter().map(|column| column.name.clone()).collect();
            EngineError::UnknownColumn {
                name: field.name.clone(),
                candidates: names.into_iter().collect(),
                at: words.find(&field.name),
            }
        }
        SchemaError::AmbiguousReference { field } => EngineError::Type {
            message: format!(
                "`{}` is a column of more than one table; write `table.{}`",
                field.name, field.name
            ),
        },
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => EngineError::Type {
            message: format!("two columns are called `{name}`; name them with `as`"),
        },
    }
}

/// The engine's words for types, and ours; longer words first.
const WORDS: &[(&str, &str)] = &[
    ("Error during planning: ", ""),
    ("Execution error: ", ""),
    ("Arrow error: ", ""),
    ("SQL error: ", ""),
    ("External error: ", ""),
    ("Invalid argument error: ", ""),
    ("Cast error: ", ""),
    ("This feature is not implemented: ", ""),
    ("Internal error: ", ""),
    ("Optimizer rule ", "rule "),
    ("?table?.", ""),
    ("datafusion.public.", ""),
    ("DataFusion's", "the engine's"),
    ("DataFusion", "the engine"),
    ("datafusion", "the engine"),
    ("Dictionary(UInt32, Utf8)", "text"),
    ("LargeUtf8", "text"),
    ("Utf8View", "text"),
    ("Utf8", "text"),
    ("UInt64", "int"),
    ("UInt32", "int"),
    ("UInt16", "int"),
    ("UInt8", "int"),
    ("Int64", "int"),
    ("Int32", "int"),
    ("Int16", "int"),
    ("Int8", "int"),
    ("Float64", "float"),
    ("Float32", "float"),
    ("Boolean", "bool"),
    ("Date32", "date"),
    ("Date64", "date"),
    ("Interval(MonthDayNano)", "an interval"),
];

/// What the engine says at length, and what we say instead.
fn rephrased(text: &str) -> Option<String> {
    let between = |start: &str, end: &str| {
        text.split_once(start)?.1.split_once(end).map(|(inner, _)| inner.to_owned())
    };
    if let Some(sides) = between("Cannot coerce arithmetic expression ", " to valid types") {
        return Some(format!("`{sides}` has no meaning"));
    }
    if let Some((column, kind)) = text
        .split_once("non-boolean predicate '")
        .and_then(|(_, rest)| rest.split_once("' returning "))
    {
        let column = column.rsplit('.').next().unwrap_or(column);
        let article = if kind == "int" { "an" } else { "a" };
        return Some(format!("the condition `{column}` is {article} {kind}, not true or false"));
    }
    if text.contains("must appear in the GROUP BY clause") {
        let column = between("column \"", "\"").unwrap_or_default();
        let column = column.rsplit('.').next().unwrap_or_default();
        return Some(format!("`{column}` stands beside an aggregate, and must be in GROUP BY"));
    }
    if let Some(function) = between("Function '", "' failed to match any signature") {
        return Some(format!("`{function}` does not take these arguments"));
    }
    None
}

/// Puts a message of the engine into our words: its first line, our names of types.
pub(super) fn plain_words(message: &str) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    let mut text = line.to_owned();
    for (theirs, ours) in WORDS {
        text = text.replace(theirs, ours);
    }
    let text = text.trim().trim_end_matches('.');
    rephrased(text).unwrap_or_else(|| text.to_owned())
}
