//! A document's content without its form: what comments, blanks and the order of keys cannot change.
//!
//! Reads a TOML text; returns plain values, dates as texts, floats as they are written.

use std::sync::Arc;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{Problem, Problems, Source, Span};

/// Returns the content of a TOML text.
///
/// # Errors
/// Where it is no TOML.
pub fn content(source: &Arc<Source>) -> Result<Value, Problems> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    let mut problems = Problems::default();
    for error in &errors {
        let message = error.message().trim().replace('\n', ", ");
        let span = Span::new(source, error.span().unwrap_or(0..0));
        problems.push(Problem::error(format!("not valid TOML: {message}")).at(&span));
    }
    if problems.has_errors() { Err(problems) } else { Ok(table(root.get_ref())) }
}

fn table(entries: &DeTable<'_>) -> Value {
    let pairs =
        entries.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref())));
    Value::Object(pairs.collect())
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix())
                .map_or_else(|_too_large| Value::String(digits.clone()), Value::from)
        }
        DeValue::Float(number) => Value::String(number.as_str().replace('_', "")),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| plain(item.get_ref())).collect())
        }
        DeValue::Table(entries) => table(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_does_not_matter_and_content_does() {
        let of = |text: &str| content(&Source::new("a.toml", text)).expect("TOML");
        let tidy = of("a = 1_000\nb = { x = 0.5, y = 2026-01-02 }\n");
        let loose = of("# a remark\n\n[b]\ny = 2026-01-02 # a day\nx=0.5\n");
        assert_eq!(loose["b"], tidy["b"]);
        assert_eq!(tidy["a"], 1000);
        assert_ne!(of("a = 1"), of("a = \"1\""));
        let problems = content(&Source::new("a.toml", "a = = 1")).expect_err("no TOML");
        assert!(problems.to_string().starts_with("a.toml:1:"), "{problems}");
    }
}
