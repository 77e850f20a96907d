//! Estimates that other code produced, imported as they are: we check the table, and never say that we ran it.
//!
//! Reads one verified table with the columns `estimate, value, se, ci_low, ci_high, p, n` (and `df`, `level`
//! where they are known). Every number is checked with its line; nothing is filled in.

use std::path::Path;

use super::evidence::Evidence;
use super::open::Import;
use crate::dataset::Loaded;
use crate::diagnostic::{Problem, Problems, Spanned};
use crate::manifest::{ColumnType, Manifest, Table};
use crate::results::{self, Estimate, Input, Run, Warning, split_part};

/// The columns that a table of estimates may have: name, whether it is text, least and largest value.
const COLUMNS: [(&str, bool, Option<f64>, Option<f64>); 9] = [
    ("estimate", true, None, None),
    ("value", false, None, None),
    ("se", false, Some(0.0), None),
    ("ci_low", false, None, None),
    ("ci_high", false, None, None),
    ("p", false, Some(0.0), Some(1.0)),
    ("n", false, Some(0.0), None),
    ("df", false, Some(0.0), None),
    ("level", false, Some(0.0), Some(1.0)),
];

/// Returns the manifest with the rules that estimates keep added to its table, so that the reader of tables
/// reports each breach with its line and column.
///
/// # Errors
/// When the table declares a column that no estimate has, lacks one, or declares a wrong type.
pub(super) fn with_rules(manifest: &Manifest, table: &str) -> Result<Manifest, Problems> {
    let mut manifest = manifest.clone();
    let mut problems = Problems::default();
    let Some(declared) = manifest.tables.iter_mut().find(|entry| entry.id.value == table) else {
        return Ok(manifest);
    };
    for name in ["estimate", "value"] {
        if declared.column(name).is_none() {
            let message = format!("imported estimates need a column `{name}`");
            let names = COLUMNS.map(|(name, ..)| name).join(", ");
            let problem = Problem::error(message).at(&declared.id.span);
            problems
                .push(problem.help(format!("declare it in the manifest; there may be: {names}")));
        }
    }
    tighten(declared, &mut problems);
    if problems.has_errors() { Err(problems) } else { Ok(manifest) }
}

fn tighten(declared: &mut Table, problems: &mut Problems) {
    for column in &mut declared.columns {
        let name = column.name.value.clone();
        let Some((_, text, least, most)) = COLUMNS.into_iter().find(|(known, ..)| *known == name)
        else {
            let message = format!("`{name}` is no column of imported estimates");
            let known = COLUMNS.map(|(name, ..)| name);
            problems.push(Problem::error(message).at(&column.name.span).suggest(&name, known));
            continue;
        };
        let fits = if text { column.kind == ColumnType::Text } else { column.kind.is_numeric() };
        if !fits {
            let expected = if text { "string" } else { "float" };
            let message =
                format!("`{name}` must be of type {expected}, not {}", column.kind.word());
            problems.push(Problem::error(message).at(&column.name.span));
            continue;
        }
        let span = column.name.span.clone();
        let bound = |value: Option<f64>| value.map(|value| Spanned { value, span: span.clone() });
        column.not_null |= matches!(name.as_str(), "estimate" | "value");
        column.unique |= name == "estimate";
        column.min = column.min.take().or_else(|| bound(least));
        column.max = column.max.take().or_else(|| bound(most));
    }
}

/// Makes the run of an imported table.
///
/// # Errors
/// Every row whose numbers cannot be those of one estimate.
pub(super) fn run(
    import: &Import,
    loaded: &Loaded,
    manifest: &Manifest,
    evidence: Evidence,
    at: &Path,
) -> Result<Run, Problems> {
    let rows = Rows { loaded, first_line: first_line(loaded, at) };
    let mut problems = Problems::default();
    let mut warnings = pinned_alone(manifest, loaded).into_iter().collect::<Vec<_>>();
    let mut estimates = Vec::new();
    for row in 0..loaded.table.rows() {
        if let Some(estimate) = rows.estimate(row, &mut problems) {
            warnings.extend(outside(&estimate));
            estimates.push(estimate);
        }
    }
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(Run {
        id: evidence.run.id,
        basis: evidence.basis,
        code: import.code,
        inputs: inputs(manifest, loaded),
        datasets: evidence.datasets,
        method_sha256: None,
        steps: Vec::new(),
        estimates,
        skipped: Vec::new(),
        warnings,
        figures: Vec::new(),
    })
}

/// The table, then every other file that the manifest pins: the scripts and the logs.
fn inputs(manifest: &Manifest, loaded: &Loaded) -> Vec<Input> {
    let table = Input {
        input: "estimates".to_owned(),
        dataset: loaded.dataset.clone(),
        table: loaded.table_id.clone(),
        path: loaded.path.clone(),
        bytes: loaded.bytes,
        sha256: loaded.sha256,
        rows: loaded.table.rows() as u64,
    };
    let others = manifest.files.iter().filter(|file| file.path.value != loaded.path);
    let pinned = others.map(|file| Input {
        input: results::PINNED.to_owned(),
        dataset: loaded.dataset.clone(),
        table: String::new(),
        path: file.path.value.clone(),
        bytes: file.bytes,
        sha256: file.sha256,
        rows: 0,
    });
    std::iter::once(table).chain(pinned).collect()
}

/// Warns of estimates whose scripts and logs nobody pinned.
fn pinned_alone(manifest: &Manifest, loaded: &Loaded) -> Option<Warning> {
    (manifest.files.len() < 2).then(|| Warning {
        step: "estimates".to_owned(),
        message: format!(
            "`{}` pins no script and no log beside {}: how these estimates were made cannot be followed",
            loaded.dataset, loaded.path
        ),
    })
}

/// Some methods give intervals without their estimate; more often two columns were mixed up.
fn outside(estimate: &Estimate) -> Option<Warning> {
    let [low, high] = estimate.ci?;
    (estimate.value < low || estimate.value > high).then(|| Warning {
        step: estimate.id.clone(),
        message: format!(
            "the value {} lies outside its own interval [{low}, {high}]",
            estimate.value
        ),
    })
}

/// The line of the first row, where every row has one line of its own.
fn first_line(loaded: &Loaded, at: &Path) -> Option<usize> {
    let text = std::fs::read_to_string(at).ok()?;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let rows = loaded.table.rows();
    match lines.checked_sub(rows)? {
        0 => Some(1),
        1 => Some(2),
        _ => None,
    }
}

struct Rows<'a> {
    loaded: &'a Loaded,
    first_line: Option<usize>,
}

impl Rows<'_> {
    fn number(&self, column: &str, row: usize) -> Option<f64> {
        self.loaded.table.column(column)?.number_at(row)
    }

    fn estimate(&self, row: usize, problems: &mut Problems) -> Option<Estimate> {
        let id = self.loaded.table.column("estimate")?.text_at(row)?.into_owned();
        let value = self.number("value", row)?;
        let before = problems.0.len();
        let mut wrong = |message: String, help: &str| {
            let shown = format!("{}/{}", self.loaded.dataset, self.loaded.path);
            let line = self.first_line.map_or(0, |first| first + row);
            let place = if line == 0 { format!("row {}: ", row + 1) } else { String::new() };
            let problem = Problem::error(format!("{place}{message}")).in_file(shown, line, 0);
            problems.push(problem.help(help));
        };
        check_address(&id, &mut wrong);
        let ci = match (self.number("ci_low", row), self.number("ci_high", row)) {
            (Some(low), Some(high)) if low <= high => Some([low, high]),
            (Some(low), Some(high)) => {
                wrong(
                    format!("`{id}` has its interval the wrong way round: {low} to {high}"),
                    "`ci_low` is the smaller end",
                );
                None
            }
            (None, None) => None,
            _ => {
                wrong(format!("`{id}` has one end of its interval only"), "give both, or neither");
                None
            }
        };
        let level = self.number("level", row);
        if level.is_some_and(|level| level <= 0.0 || level >= 1.0) {
            wrong(format!("`{id}` has a level outside (0, 1)"), "write 0.95 for a 95% interval");
        }
        let df = self.number("df", row);
        let sound = problems.0.len() == before;
        sound.then(|| Estimate {
            step: id.split_once('/').map_or(id.as_str(), |(step, _)| step).to_owned(),
            id,
            value,
            se: self.number("se", row),
            ci,
            level: ci.map(|_| level.unwrap_or(0.95)),
            p: self.number("p", row),
            df,
            reference: df.map(|_| "t".into()),
            interval: ci.map(|_| "imported".into()),
            n: self.number("n", row),
            clusters: None,
            unit: None,
            from_rounding: None,
        })
    }
}

fn check_address(id: &str, wrong: &mut impl FnMut(String, &str)) {
    let shown: String = id.chars().take(80).collect();
    if id.trim() != id || id.chars().any(char::is_control) || id.chars().count() > 300 {
        wrong(
            format!("`{}` is no estimate's address", shown.escape_debug()),
            "an address is short, like `fit/grant`, without blanks around it",
        );
    } else if split_part(id).1.is_some() {
        wrong(
            format!("`{shown}` ends like a part of an estimate"),
            "`.se`, `.ci_low`, `.ci_high`, `.p`, `.df` and `.n` name parts: put them in their columns",
        );
    }
}
