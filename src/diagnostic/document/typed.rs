//! The types that a TOML value may be read as.

use toml::de::DeValue;

use super::Value;
use crate::diagnostic::{Span, Spanned};

/// A scalar as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent.
    Float(f64),
    /// A text.
    Text(String),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Integer(value) => write!(formatter, "{value}"),
            Self::Float(value) => write!(formatter, "{value}"),
            Self::Text(value) => write!(formatter, "{value}"),
        }
    }
}

/// A type that can be read from a TOML value.
pub trait FromValue: Sized {
    /// What messages call it, e.g. `a text`.
    const EXPECTED: &'static str;
    /// Whether it is a text, so that any other value was meant to stand in quotes.
    const IS_TEXT: bool = false;
    /// Reads it, or returns `None` where the value has another type.
    fn from_value(value: &Value<'_>) -> Option<Self>;
}

impl FromValue for String {
    const EXPECTED: &'static str = "a text in quotes";
    const IS_TEXT: bool = true;
    fn from_value(value: &Value<'_>) -> Option<Self> {
        match value.content {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        }
    }
}

impl FromValue for i64 {
    const EXPECTED: &'static str = "a whole number";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        match value.content {
            DeValue::Integer(number) => {
                Self::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
            }
            _ => None,
        }
    }
}

impl FromValue for u64 {
    const EXPECTED: &'static str = "a whole number, zero or more";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        i64::from_value(value).and_then(|number| Self::try_from(number).ok())
    }
}

impl FromValue for f64 {
    const EXPECTED: &'static str = "a number";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        let number = match value.content {
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok()?,
            DeValue::Integer(_) => i64::from_value(value)?.to_string().parse().ok()?,
            _ => return None,
        };
        Self::is_finite(number).then_some(number)
    }
}

impl FromValue for bool {
    const EXPECTED: &'static str = "true or false";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        match value.content {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl FromValue for jiff::civil::Date {
    const EXPECTED: &'static str = "a date such as 2026-11-22, without quotes";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        match value.content {
            DeValue::Datetime(date) if date.time.is_none() => date.to_string().parse().ok(),
            _ => None,
        }
    }
}

impl FromValue for Scalar {
    const EXPECTED: &'static str = "a text, a number, true or false";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        match value.content {
            DeValue::String(_) => String::from_value(value).map(Self::Text),
            DeValue::Integer(_) => i64::from_value(value).map(Self::Integer),
            DeValue::Float(_) => f64::from_value(value).map(Self::Float),
            DeValue::Boolean(_) => bool::from_value(value).map(Self::Bool),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Vec<Spanned<T>> {
    const EXPECTED: &'static str = "a list in [ ]";
    fn from_value(value: &Value<'_>) -> Option<Self> {
        let DeValue::Array(items) = value.content else { return None };
        let mut list = Self::new();
        for (index, item) in items.iter().enumerate() {
            let item = Value {
                name: format!("{}[{index}]", value.name),
                content: item.get_ref(),
                span: Span::new(&value.span.source, item.span()),
                problems: value.problems,
            };
            list.extend(item.read::<T>());
        }
        Some(list)
    }
}

impl Value<'_> {
    /// A plain value as it would stand in quotes.
    pub(super) fn in_quotes(&self) -> Option<String> {
        match self.content {
            DeValue::Integer(number) => Some(format!("\"{}\"", number.as_str())),
            DeValue::Float(number) => Some(format!("\"{}\"", number.as_str())),
            DeValue::Boolean(flag) => Some(format!("\"{flag}\"")),
            DeValue::Datetime(date) => Some(format!("\"{date}\"")),
            _ => None,
        }
    }
}
