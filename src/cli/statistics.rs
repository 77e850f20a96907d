//! `secondlook check --table FILE --p COLUMN`: does each printed p value follow from its statistic?

use super::exit::Exit;
use super::terminal::Terminal;
use crate::claims::printed::{self, Notation};
use crate::claims::rounding::Rounding;
use crate::claims::statistic::{StatisticRow, check_rows};
use crate::diagnostic::text::Append as _;
use crate::digest::canonical_json;
use crate::error::Error;

/// Checks every row; a row that cannot be read is shown and fails the command at the end.
pub(super) fn check(
    texts: &[String],
    alpha: &str,
    notation: &Notation,
    rounding: Rounding,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let level = printed::parse(alpha).ok().and_then(|level| level.value());
    let one = num_rational::BigRational::from_integer(1.into());
    let zero = num_rational::BigRational::from_integer(0.into());
    let Some(level) = level.filter(|level| *level > zero && *level < one) else {
        return Err(Error::Usage {
            message: format!("`{alpha}` is no level of significance"),
            help: Some("a level lies between 0 and 1: `--alpha 0.05`".to_owned()),
        });
    };
    let rows = check_rows(texts, notation, rounding, &level);
    let count =
        |consistent: Option<bool>| rows.iter().filter(|row| row.consistent == consistent).count();
    let (good, bad, unread) = (count(Some(true)), count(Some(false)), count(None));
    if terminal.is_json() {
        let document = canonical_json(&serde_json::json!({ "rows": rows }));
        terminal.document(&document.map_err(|error| Error::Bug(error.to_string()))?)?;
    } else {
        let mut text: String = rows.iter().map(line).collect();
        let errors = rows.iter().filter(|row| row.decision_error).count();
        writeln!(
            text,
            "{} rows: {good} consistent, {bad} inconsistent ({errors} with a decision error), {unread} not read",
            rows.len()
        );
        terminal.say(&text)?;
    }
    Ok(match (rows.is_empty(), bad, unread) {
        (true, ..) => Exit::Nothing,
        (_, 0, 0) => Exit::Done,
        (_, 0, _) if good == 0 => Exit::Nothing,
        (_, 0, _) => Exit::Invalid,
        _ => Exit::ClaimFails,
    })
}

fn line(row: &StatisticRow) -> String {
    let Some(consistent) = row.consistent else {
        let why = row.problem.as_deref().unwrap_or("not read");
        return format!("{:>6}  not read      {}  ({why})\n", row.row, row.text);
    };
    let word = if consistent { "consistent" } else { "inconsistent" };
    let range = match &row.p {
        Some([low, high]) => format!("p in [{}, {}]", show(*low), show(*high)),
        None => row.problem.clone().unwrap_or_default(),
    };
    let one_sided = if row.consistent_if_one_sided { ", consistent if one-sided" } else { "" };
    let decision = if row.decision_error { ", decision error" } else { "" };
    format!("{:>6}  {word:<12}  {}  ({range}{one_sided}{decision})\n", row.row, row.text)
}

fn show(p: f64) -> String {
    if p == 0.0 || p >= 1e-4 { format!("{p:.6}") } else { format!("{p:.3e}") }
}
