//! What is said about a chart: its notes, its description for those who cannot see it, and its numbers
//! as a table.

use super::number::Unit;
use super::row::{Part, Printed, Row, Selection, fails};
use super::text::clean;
use crate::claims::record::Verdict;
use crate::results::{ChartKind, Figure};

/// Returns the notes at a chart's foot.
pub(super) fn notes(selection: &Selection, clipped: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if clipped {
        notes.push("An arrow marks an interval that goes on beyond the axis.".to_owned());
    }
    if !selection.unmatched.is_empty() {
        notes.push(format!("Not computed by any run: {}.", selection.unmatched.join(", ")));
    }
    notes
}

/// Describes a figure: its type, what it shows, what it finds.
pub(super) fn description(figure: &Figure, selection: &Selection) -> String {
    let kind = match figure.kind {
        ChartKind::Estimates => "Forest plot",
        ChartKind::Bars => "Bar chart",
        ChartKind::Timeline => "Line chart over time",
    };
    let title = clean(&figure.title);
    let title = title.trim_end_matches(['.', ' ']);
    let title = if title.is_empty() { String::new() } else { format!(": {title}") };
    let count = selection.rows.iter().filter(|row| row.value.is_ok()).count();
    format!("{kind} of {}{title}. {}", counted(count, "estimate"), finding(selection))
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Says what came out: of one printed number the comparison, of several the verdicts and what fails.
fn finding(selection: &Selection) -> String {
    let judged: Vec<Judged<'_>> = selection.rows.iter().flat_map(judged).collect();
    let compared = |judged: &Judged<'_>| judged.compared(&selection.unit);
    match judged.as_slice() {
        [] => extent(selection),
        [only] => format!("{}.", compared(only)),
        several => {
            let mut failing: Vec<String> =
                several.iter().filter(|judged| fails(judged.verdict)).map(compared).collect();
            if failing.len() > 3 {
                let more = format!("and {} more", failing.len() - 3);
                failing.truncate(3);
                failing.push(more);
            }
            let named = if failing.is_empty() {
                String::new()
            } else {
                format!(". {}", failing.join("; "))
            };
            format!("{}{named}.", tally(several.iter().map(|judged| judged.verdict)))
        }
    }
}

/// A printed number with its verdict, and what it was held against.
struct Judged<'a> {
    row: &'a Row,
    part: Part,
    value: Option<f64>,
    printed: &'a Printed,
    verdict: Verdict,
}

fn judged(row: &Row) -> Vec<Judged<'_>> {
    let compared = row.compared().into_iter();
    compared
        .filter_map(|(part, value, printed)| {
            printed.verdict.map(|verdict| Judged { row, part, value, printed, verdict })
        })
        .collect()
}

impl Judged<'_> {
    fn compared(&self, unit: &Unit) -> String {
        let Self { row, part, value, printed, verdict } = self;
        let ours = match (value, &row.value) {
            (Some(value), _) => format!("ours {}", unit.show(*value, row.decimals(unit))),
            (None, Err(why)) => why.clone(),
            (None, Ok(_)) => "ours has none".to_owned(),
        };
        let run = row.sublabel.as_ref().map(|run| format!(" [{run}]")).unwrap_or_default();
        let name = name(row);
        let part = match part {
            Part::Value => String::new(),
            end => format!(", {}", end.name()),
        };
        format!("{name}{part}{run}: {ours}, printed {} ({verdict})", printed.text)
    }
}

/// Counts verdicts in words: `Against 4 printed values: 3 rounded, 1 differs`.
pub(super) fn tally(verdicts: impl Iterator<Item = Verdict>) -> String {
    let verdicts: Vec<Verdict> = verdicts.collect();
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict, verdicts.iter().filter(|other| **other == verdict).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    format!("Against {}: {}", counted(verdicts.len(), "printed value"), counts.join(", "))
}

/// Names a row among all rows of a figure.
fn name(row: &Row) -> String {
    row.time.as_ref().map_or_else(|| row.label.clone(), |time| format!("{}, {time}", row.label))
}

/// Says how far the values reach, where none is judged.
fn extent(selection: &Selection) -> String {
    let unit = &selection.unit;
    let mut values: Vec<(f64, &Row)> = selection
        .rows
        .iter()
        .filter_map(|row| row.value.as_ref().ok().map(|value| (*value, row)))
        .collect();
    values.sort_by(|left, right| left.0.total_cmp(&right.0));
    let said = |(value, row): &(f64, &Row)| {
        format!("{} ({})", unit.show(*value, row.decimals(unit)), name(row))
    };
    match (values.first(), values.last()) {
        (Some(low), Some(high)) if values.len() > 1 => {
            format!("Our values run from {} to {}; no claim is judged here.", said(low), said(high))
        }
        (Some(only), _) => format!("Our value is {}; no claim is judged here.", said(only)),
        _ => "No claim is judged here.".to_owned(),
    }
}

/// Writes the plotted numbers as a table: a line for each printed number, or for an estimate without.
pub(super) fn csv(selection: &Selection) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "estimate",
        "label",
        "value",
        "ci_low",
        "ci_high",
        "printed",
        "printed_low",
        "printed_high",
        "verdict",
        "run",
        "rounding_low",
        "rounding_high",
    ];
    writer.write_record(header).map_err(|error| error.to_string())?;
    let mut write =
        |cells: [String; 12]| writer.write_record(cells).map_err(|error| error.to_string());
    for row in &selection.rows {
        if row.printed().next().is_none() {
            write(cells(row, Part::Value, row.value.as_ref().ok().copied(), None))?;
        }
        for (part, value, printed) in row.compared() {
            write(cells(row, part, value, Some(printed)))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn cells(row: &Row, part: Part, value: Option<f64>, printed: Option<&Printed>) -> [String; 12] {
    let ci = row.ci.filter(|_| part == Part::Value);
    let slack = row.slack.filter(|_| part == Part::Value);
    let ends = printed.and_then(|printed| printed.interval);
    let (low, high) = (ends.map(|ends| ends[0]), ends.map(|ends| ends[1]));
    [
        harmless(&format!("{}{}", row.address, part.suffix())),
        harmless(&row.label),
        number(value),
        number(ci.map(|ends| ends[0])),
        number(ci.map(|ends| ends[1])),
        harmless(printed.map_or("", |printed| &printed.text)),
        number(low),
        number(high),
        printed
            .and_then(|printed| printed.verdict)
            .map(|verdict| verdict.to_string())
            .unwrap_or_default(),
        harmless(row.run.as_deref().unwrap_or_default()),
        number(slack.map(|ends| ends[0])),
        number(slack.map(|ends| ends[1])),
    ]
}

/// Writes a finite number so that it reads back the same.
fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

/// Returns a text cell that no spreadsheet takes for a formula: one that starts like a formula and is no
/// number gets an apostrophe (OWASP, "CSV injection").
fn harmless(text: &str) -> String {
    let text = clean(text);
    let formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if formula && !number { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for text in ["=HYPERLINK(1)", "@SUM", "\t=1", " =1", "\u{a0}=1", "+1+cmd", "-x", "a\n=b"] {
            let cell = harmless(text);
            let starts = cell.starts_with(['=', '+', '-', '@', '\t', ' ', '\u{a0}']);
            assert!(!starts && !cell.contains('\n'), "{cell}");
        }
        assert_eq!(harmless("-0.1"), "-0.1");
        assert_eq!(harmless("19%"), "19%");
    }
}
