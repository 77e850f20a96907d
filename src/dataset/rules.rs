//! What a manifest says that must hold of every value of a column.

use std::collections::BTreeSet;

use crate::diagnostic::document::Scalar;
use crate::diagnostic::names::{listed, nearest};
use crate::engine::{Codes, Column, Values, days_since_epoch};
use crate::manifest;

use super::findings::{Findings, LineMap};

/// Checks the rules of a column.
pub(super) fn check(
    declared: &manifest::Column,
    column: &Column,
    lines: &LineMap,
    findings: &mut Findings<'_>,
) {
    let mut rule = Rule { declared, column, lines, findings };
    if declared.not_null {
        rule.not_null();
    }
    if !declared.one_of.is_empty() {
        rule.one_of();
    }
    if declared.min.is_some() || declared.max.is_some() {
        rule.range();
    }
    if declared.unique {
        rule.unique();
    }
}

struct Rule<'a, 'b> {
    declared: &'a manifest::Column,
    column: &'a Column,
    lines: &'a LineMap,
    findings: &'a mut Findings<'b>,
}

impl Rule<'_, '_> {
    fn broken(&mut self, row: usize, message: &str, help: Option<String>) {
        self.findings.cell(self.lines.line(row), &self.declared.name.value, message, help);
    }

    fn value(&self, row: usize) -> String {
        super::findings::shown(self.column.text_at(row).unwrap_or_default().as_bytes())
    }

    fn not_null(&mut self) {
        if self.column.valid.is_none() {
            return;
        }
        for row in 0..self.column.len() {
            if !self.column.is_valid(row) {
                let help = Some("the manifest says not_null".to_owned());
                self.broken(row, "the value is missing", help);
            }
        }
    }

    fn one_of(&mut self) {
        let allowed: Vec<&Scalar> =
            self.declared.one_of.iter().map(|allowed| &allowed.value).collect();
        let words: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        for row in self.outside(&allowed) {
            let value = self.value(row);
            let near = nearest(&value, words.iter().map(String::as_str));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let listed = listed(&value, words.iter().map(String::as_str));
            self.broken(row, &format!("`{value}` is none of {listed}"), help);
        }
    }

    /// The rows whose value is none of those allowed.
    fn outside(&self, allowed: &[&Scalar]) -> Vec<usize> {
        let column = self.column;
        let number = |scalar: &&&Scalar| match scalar {
            Scalar::Integer(value) => Some(*value as f64),
            Scalar::Float(value) => Some(*value),
            _ => None,
        };
        let found: Vec<usize> = match &column.values {
            Values::Int(values) => {
                let mut set: Vec<i64> =
                    allowed.iter().filter_map(|scalar| as_int(scalar)).collect();
                set.sort_unstable();
                set.dedup();
                match (set.first(), set.last()) {
                    // Whole numbers in a row, as most scales are.
                    (Some(low), Some(high)) if high.abs_diff(*low) as usize + 1 == set.len() => {
                        places(values, |value| !(*low..=*high).contains(value))
                    }
                    _ => places(values, |value| set.binary_search(value).is_err()),
                }
            }
            Values::Float(values) => {
                let set: Vec<f64> = allowed.iter().filter_map(|scalar| number(&scalar)).collect();
                places(values, |value| !set.contains(value))
            }
            Values::Text { codes, levels } => {
                let words: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
                let bad: Vec<bool> = levels.iter().map(|level| !words.contains(level)).collect();
                if !bad.contains(&true) && !levels.is_empty() {
                    return Vec::new();
                }
                let is_bad = |code: u32| bad.get(code as usize).copied().unwrap_or(true);
                match codes {
                    Codes::Bytes(codes) => places(codes, |code| is_bad(u32::from(*code))),
                    Codes::Words(codes) => places(codes, |code| is_bad(*code)),
                }
            }
            Values::Bool(values) => places(values, |value| {
                !allowed.iter().any(|scalar| **scalar == Scalar::Bool(*value))
            }),
            Values::Date(values) => {
                let dates = allowed.iter().filter_map(|scalar| scalar.to_string().parse().ok());
                let set: BTreeSet<i32> = dates.map(days_since_epoch).collect();
                places(values, |value| !set.contains(value))
            }
            Values::Timestamp(_) => {
                let words: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
                let outside =
                    |row: &usize| column.text_at(*row).is_some_and(|text| !words.contains(&*text));
                (0..column.len()).filter(outside).collect()
            }
        };
        found.into_iter().filter(|row| column.is_valid(*row)).collect()
    }

    fn range(&mut self) {
        let min = self.declared.min.as_ref().map(|min| min.value);
        let max = self.declared.max.as_ref().map(|max| max.value);
        for row in self.beyond(min, max) {
            let value = self.value(row);
            let below = min.filter(|min| self.number(row).is_some_and(|number| number < *min));
            if let Some(min) = below {
                self.broken(row, &format!("{value} is below the least allowed, {min}"), None);
            }
            let above = max.filter(|max| self.number(row).is_some_and(|number| number > *max));
            if let Some(max) = above {
                self.broken(row, &format!("{value} is above the most allowed, {max}"), None);
            }
        }
    }

    fn number(&self, row: usize) -> Option<f64> {
        match &self.column.values {
            Values::Int(values) => values.get(row).map(|value| *value as f64),
            Values::Float(values) => values.get(row).copied(),
            _ => None,
        }
    }

    /// The rows whose number is below `min` or above `max`.
    fn beyond(&self, min: Option<f64>, max: Option<f64>) -> Vec<usize> {
        let (low, high) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
        let outside = |number: f64| number < low || number > high;
        let found: Vec<usize> = match &self.column.values {
            Values::Int(values) => places(values, |value| outside(*value as f64)),
            Values::Float(values) => places(values, |value| outside(*value)),
            _ => Vec::new(),
        };
        found.into_iter().filter(|row| self.column.is_valid(*row)).collect()
    }

    fn unique(&mut self) {
        let coded = self.column.coded();
        if coded.levels == self.column.len() - self.column.nulls() {
            return;
        }
        let mut first: Vec<Option<usize>> = vec![None; coded.levels];
        for (row, place) in coded.places.iter().enumerate() {
            let Some(slot) = first.get_mut(*place as usize) else { continue };
            let Some(earlier) = *slot else {
                *slot = Some(row);
                continue;
            };
            let earlier = self.lines.line(earlier);
            let value = self.value(row);
            let help = Some("the manifest says unique".to_owned());
            self.broken(row, &format!("`{value}` stands already in line {earlier}"), help);
        }
    }
}

/// The places of the values that are outside: hardly ever are there any.
fn places<T>(values: &[T], outside: impl Fn(&T) -> bool) -> Vec<usize> {
    if !values.iter().fold(false, |any, value| any | outside(value)) {
        return Vec::new();
    }
    values.iter().enumerate().filter(|(_, value)| outside(value)).map(|(row, _)| row).collect()
}

fn as_int(scalar: &Scalar) -> Option<i64> {
    match scalar {
        Scalar::Integer(value) => Some(*value),
        Scalar::Float(value) if value.fract() == 0.0 => Some(*value as i64),
        _ => None,
    }
}
