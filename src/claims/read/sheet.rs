//! A sub-table of a relation while it is read: claims, counts and numbers by key, each noted for the record.

use super::super::checks::{Given, Head};
use super::super::printed::Notation;
use super::super::rounding::Rounding;
use super::check_table::Asked;
use super::identifier_like;
use super::printed_number::written_amount;
use crate::diagnostic::document::{Table, Value};
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{self, Interval, Rational};

/// A sub-table while it is read.
pub(super) struct Sheet<'t, 'a> {
    pub(super) table: &'t Table<'a>,
    pub(super) notation: &'t Notation,
    pub(super) head: Head,
}

impl Sheet<'_, '_> {
    pub(super) fn note(&mut self, key: &str, value: String) {
        self.head.inputs.entry(key.to_owned()).or_default().push(value);
    }

    pub(super) fn named(&mut self, key: &str, id: &Spanned<String>) -> Option<String> {
        if !identifier_like(&id.value) {
            self.table.report(
                Problem::error(format!("`{key}` names a claim, and `{}` is no id", id.value))
                    .at(&id.span)
                    .help(format!("write the claim's id: `{key} = \"age_mean\"`")),
            );
            return None;
        }
        self.head.names.push(id.clone());
        self.note(key, id.value.clone());
        Some(id.value.clone())
    }

    /// A claim that must be named.
    pub(super) fn claim(&mut self, key: &str) -> Option<String> {
        let id = self.table.required::<String>(key)?;
        self.named(key, &id)
    }

    /// A claim that may be left out.
    pub(super) fn claim_or_none(&mut self, key: &str) -> Option<String> {
        let id = self.table.optional::<String>(key)?;
        self.named(key, &id)
    }

    /// Several claims.
    pub(super) fn claims(&mut self, key: &str, least: usize) -> Option<Vec<String>> {
        let list = self.table.required::<Vec<Spanned<String>>>(key)?;
        let found: Vec<String> = list.value.iter().filter_map(|id| self.named(key, id)).collect();
        if list.value.len() < least {
            self.table.report(
                Problem::error(format!("`{key}` needs at least {least} claims"))
                    .at(&list.span)
                    .help(format!("write `{key} = [\"one\", \"other\"]`")),
            );
            return None;
        }
        (found.len() == list.value.len()).then_some(found)
    }

    /// A number of cases: a claim that counts, or a whole number.
    pub(super) fn count(&mut self, key: &str, value: &Value<'_>) -> Option<Given> {
        let help =
            format!("write a claim's id, `{key} = \"age_n\"`, or a whole number, `{key} = 28`");
        if value.is_text() {
            let id = value.read::<String>()?;
            let claim = self.named(key, &id)?;
            self.head.counts.push(id);
            return Some(Given::Claim(claim));
        }
        let Some(number) = value.as_whole().filter(|number| *number >= 1) else {
            self.table.report(
                Problem::error(format!("`{key}` is no count: {}", value.kind()))
                    .at(&value.span)
                    .help(help),
            );
            return None;
        };
        self.note(key, number.to_string());
        Some(Given::Number(Interval::point(Rational::from_integer(number.into()))))
    }

    pub(super) fn required_count(&mut self, key: &str) -> Option<Given> {
        let Some(value) = self.table.value(key) else {
            self.lacks(key, "a claim's id, or a whole number");
            return None;
        };
        self.count(key, &value)
    }

    pub(super) fn lacks(&self, key: &str, what: &str) {
        self.table.report(
            Problem::error(format!("[relation.{}] lacks `{key}`", self.head.name))
                .at(&self.table.span())
                .help(format!("add `{key} = …`: {what}")),
        );
    }

    /// One value or a list of them.
    pub(super) fn several<'v>(value: &Value<'v>) -> Vec<Value<'v>> {
        if value.is_list() { value.items() } else { vec![value.clone()] }
    }

    /// A number: a claim, a whole number, or the digits of a decimal in quotes.
    pub(super) fn given(&mut self, key: &str, value: &Value<'_>) -> Option<Given> {
        if let Some(number) = value.as_whole() {
            self.note(key, number.to_string());
            return Some(Given::Number(Interval::point(Rational::from_integer(number.into()))));
        }
        if !value.is_text() {
            self.table.report(
                Problem::error(format!("`{key}` must keep its digits: write it in quotes"))
                    .at(&value.span)
                    .help(format!("a claim's id, a whole number, or `{key} = \"27.3\"`")),
            );
            return None;
        }
        let text = value.read::<String>()?;
        if identifier_like(&text.value) {
            return self.named(key, &text).map(Given::Claim);
        }
        let amount = written_amount(self.table, &text, self.notation)?;
        self.note(key, text.value);
        let whole = amount.digits.unit >= Rational::from_integer(1.into());
        Some(Given::Number(if whole {
            Interval::point(amount.value())
        } else {
            amount.interval(Rounding::Unknown)
        }))
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        let flag = self.table.optional::<bool>(key).is_some_and(|flag| flag.value);
        if flag {
            self.note(key, "true".to_owned());
        }
        flag
    }

    pub(super) fn unequal(&self, key: &str, other: &str, value: &Value<'_>) {
        self.table.report(
            Problem::error(format!("`{key}` and `{other}` differ in length"))
                .at(&value.span)
                .help(format!("one entry of `{key}` per entry of `{other}`, in the same order")),
        );
    }

    /// The comparison that a check spells out.
    pub(super) fn spelled(self, text: &str) -> Option<Asked> {
        let span = self.table.span();
        match expression::parse(text) {
            Ok(value) => Some(Asked::Spelled(self.head, Spanned { value, span })),
            Err(error) => {
                self.table.report(Problem::error(error.message).at(&span));
                None
            }
        }
    }
}
