//! The `[table.<id>]` of a manifest, and the columns of each.

use std::collections::BTreeMap;

use crate::diagnostic::document::{Scalar, Table as Keys, Value};
use crate::diagnostic::{Problem, Spanned};

use super::super::record::{Column, ColumnType, Format, Table};
use super::{DeclaredFiles, choose, optional_text};

/// The largest whole number that a bound can hold exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The most columns that a table may declare.
const MOST_COLUMNS: usize = 10_000;

/// Reads all tables, in the order written.
pub(super) fn read_all(root: &Keys<'_>, files: &DeclaredFiles) -> Vec<Option<Table>> {
    let Some(tables) = root.table("table") else { return Vec::new() };
    let mut read = Vec::new();
    let mut seen: BTreeMap<String, Spanned<String>> = BTreeMap::new();
    for (id, value) in tables.entries() {
        check_id(root, &id);
        if let Some(first) = seen.insert(id.value.to_lowercase(), id.clone()) {
            let message =
                format!("the tables `{}` and `{}` differ only in case", first.value, id.value);
            root.report(Problem::error(message).at(&id.span));
        }
        if let Some(keys) = value.as_table() {
            read.push(read_table(&keys, id, files));
        } else {
            let message = format!("`table.{}` must be a table", id.value);
            root.report(Problem::error(message).at(&value.span));
            read.push(None);
        }
    }
    read
}

fn check_id(root: &Keys<'_>, id: &Spanned<String>) {
    let plain = id.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-'
    });
    if !plain || !id.starts_with(|first: char| first.is_ascii_lowercase()) || id.len() > 64 {
        let message = format!(
            "a table's id begins with a lower-case letter and goes on with letters, digits, `_` or `-`, not `{}`",
            id.value.escape_debug()
        );
        root.report(Problem::error(message).at(&id.span));
    }
}

fn read_table(keys: &Keys<'_>, id: Spanned<String>, files: &DeclaredFiles) -> Option<Table> {
    let file = keys.required::<String>("file");
    let known = file.as_ref().is_some_and(|file| is_declared(keys, file, files));
    let format = read_format(keys, file.as_ref());
    let rows = keys.optional::<u64>("rows").map(|rows| rows.value);
    let columns = read_columns(keys);
    if !known {
        return None;
    }
    Some(Table { id, file: file?, format: format?, rows, columns: columns? })
}

fn is_declared(keys: &Keys<'_>, file: &Spanned<String>, files: &DeclaredFiles) -> bool {
    if files.has(&file.value) {
        return true;
    }
    let shown = file.value.escape_debug();
    let problem = Problem::error(format!("no [[file]] has the path `{shown}`")).at(&file.span);
    let help = "declare the file with its bytes and sha256";
    keys.report(problem.help(help).suggest(&file.value, files.suggestions()));
    false
}

fn read_format(keys: &Keys<'_>, file: Option<&Spanned<String>>) -> Option<Format> {
    if let Some(word) = keys.optional::<String>("format") {
        return choose(keys, "format", word, &Format::ALL, Format::word).map(|word| word.value);
    }
    if keys.keys().iter().any(|key| key == "format") {
        return None;
    }
    let file = file?;
    let format = Format::of_ending(&file.value);
    if format.is_none() {
        let message =
            format!("the ending of `{}` does not tell its format", file.value.escape_debug());
        let help = "add `format = …`: csv, tsv, parquet or jsonl";
        keys.report(Problem::error(message).at(&file.span).help(help));
    }
    format
}

fn read_columns(keys: &Keys<'_>) -> Option<Vec<Column>> {
    let Some(columns) = keys.table("columns") else {
        if keys.value("columns").is_none() {
            let problem = Problem::error("the table declares no columns").at(&keys.span());
            keys.report(problem.help("add `columns = { name = \"int\", … }`"));
        }
        return None;
    };
    let entries = columns.entries();
    if entries.is_empty() {
        columns.report(Problem::error("the table declares no columns").at(&columns.span()));
    }
    if entries.len() > MOST_COLUMNS {
        let message =
            format!("the table has {} columns; at most {MOST_COLUMNS} are read", entries.len());
        columns.report(Problem::error(message).at(&columns.span()));
        return None;
    }
    let mut seen: BTreeMap<String, &Spanned<String>> = BTreeMap::new();
    for (name, _) in &entries {
        check_name(&columns, name);
        if let Some(first) = seen.insert(super::super::collision_key(&name.value), name) {
            let message = format!(
                "the column `{}` differs only in case or accents from one in line {}",
                name.value.escape_debug(),
                first.span.line()
            );
            columns.report(Problem::error(message).at(&name.span));
        }
    }
    entries.into_iter().map(|(name, value)| read_column(&columns, name, &value)).collect()
}

fn check_name(keys: &Keys<'_>, name: &Spanned<String>) {
    let refused = name.is_empty()
        || name.len() > 255
        || name.chars().any(char::is_control)
        || name.trim() != name.value;
    if refused {
        let message = format!(
            "a column's name has 1 to 255 bytes, no control characters, and no space around it: `{}`",
            name.value.chars().take(80).collect::<String>().escape_debug()
        );
        keys.report(Problem::error(message).at(&name.span));
    }
}

fn read_column(columns: &Keys<'_>, name: Spanned<String>, value: &Value<'_>) -> Option<Column> {
    let plain = |kind| Column {
        name: name.clone(),
        kind,
        one_of: Vec::new(),
        min: None,
        max: None,
        unique: false,
        not_null: false,
        unit: None,
        says: None,
        printed: false,
    };
    let Some(keys) = value.as_table() else {
        let word = value.read::<String>()?;
        return read_type(columns, word).map(|kind| plain(kind.value));
    };
    let kind = keys.required::<String>("type").and_then(|word| read_type(&keys, word));
    let one_of = keys.list::<Scalar>("one_of");
    let mut column = plain(ColumnType::Text);
    column.min = keys.optional("min");
    column.max = keys.optional("max");
    column.unique = flag(&keys, "unique");
    column.not_null = flag(&keys, "not_null");
    column.printed = flag(&keys, "printed");
    column.unit = optional_text(&keys, "unit").map(|unit| unit.value);
    column.says = optional_text(&keys, "says").map(|says| says.value);
    column.kind = kind?.value;
    column.one_of = one_of;
    check_rules(&keys, &column);
    Some(column)
}

fn read_type(keys: &Keys<'_>, word: Spanned<String>) -> Option<Spanned<ColumnType>> {
    let meant = match word.value.as_str() {
        "integer" | "int64" | "i64" | "bigint" => Some("int"),
        "double" | "real" | "number" | "float64" | "numeric" => Some("float"),
        "text" | "str" | "varchar" | "utf8" => Some("string"),
        "boolean" => Some("bool"),
        "datetime" => Some("timestamp"),
        _ => None,
    };
    if let Some(meant) = meant {
        let problem = Problem::error(format!("`type` cannot be `{}`", word.value)).at(&word.span);
        keys.report(problem.help(format!("did you mean `{meant}`?")));
        return None;
    }
    choose(keys, "type", word, &ColumnType::ALL, ColumnType::word)
}

fn flag(keys: &Keys<'_>, key: &str) -> bool {
    keys.optional::<bool>(key).is_some_and(|flag| flag.value)
}

fn check_rules(keys: &Keys<'_>, column: &Column) {
    let kind = column.kind.word();
    for (rule, bound) in [("min", &column.min), ("max", &column.max)] {
        let Some(bound) = bound else { continue };
        if !column.kind.is_numeric() {
            let message = format!("`{rule}` is for int and float columns, not for a {kind} column");
            keys.report(Problem::error(message).at(&bound.span));
        } else if bound.value.abs() > EXACT {
            let message = format!("`{rule}` is too large to be compared exactly");
            keys.report(Problem::error(message).at(&bound.span));
        }
    }
    if let (Some(min), Some(max)) = (&column.min, &column.max)
        && min.value > max.value
    {
        let message = format!("`min` ({}) is above `max` ({})", min.value, max.value);
        keys.report(Problem::error(message).at(&min.span));
    }
    if column.printed && !column.kind.is_numeric() {
        let message = format!("`printed` is for int and float columns, not for a {kind} column");
        keys.report(Problem::error(message).at(&column.name.span));
    }
    if column.one_of.is_empty() && keys.value("one_of").is_some_and(|list| list.is_list()) {
        keys.report(Problem::error("`one_of` lists no value").at(&column.name.span));
    }
    for (index, value) in column.one_of.iter().enumerate() {
        check_choice(keys, column, value, column.one_of.get(..index).unwrap_or_default());
    }
}

fn check_choice(
    keys: &Keys<'_>,
    column: &Column,
    value: &Spanned<Scalar>,
    before: &[Spanned<Scalar>],
) {
    let fits = match column.kind {
        ColumnType::Int => matches!(value.value, Scalar::Integer(_)),
        ColumnType::Float => matches!(value.value, Scalar::Integer(_) | Scalar::Float(_)),
        ColumnType::Bool => matches!(value.value, Scalar::Bool(_)),
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => {
            matches!(value.value, Scalar::Text(_))
        }
    };
    if !fits {
        let message = format!(
            "`one_of` cannot list `{}`: `{}` is of type {}",
            value.value,
            column.name.value.escape_debug(),
            column.kind.word()
        );
        keys.report(Problem::error(message).at(&value.span));
    } else if before.iter().any(|earlier| earlier.value == value.value) {
        let message = format!("`one_of` lists `{}` twice", value.value);
        keys.report(Problem::error(message).at(&value.span));
    }
}
