//! The narrow waist: what a run of a method yields, as one plain versioned record.
//!
//! The left half of the house (manifest, engine, dataset, method) writes it; the right half (claims,
//! figure, report) reads it and needs nothing else: a report is rebuilt, a verdict rechecked, with
//! no data present. Never holds a clock, a host name or an absolute path.

mod part;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
pub use crate::digest::canonical_number;
pub use part::{Part, split_part};

/// The version of the document's format.
pub const SCHEMA: &str = "secondlook.results/1";

/// The input's name of a file that stands behind imported estimates without being read: a script, a log.
pub const PINNED: &str = "pinned";

/// `outputs/<study>/results.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The study's id.
    pub study: String,
    /// One entry per run, in the order of `study.toml`.
    pub runs: Vec<Run>,
}

/// What the evidence rests on, strongest first (the order of `Ord`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The study's own data, as collected.
    RawData,
    /// The study's own data, as analysed.
    AnalysisData,
    /// Other real data, same stated method: a replication.
    NewData,
    /// Only what the study prints.
    PrintedNumbers,
    /// Data made to match the stated design: checks the method, never a claim.
    SyntheticData,
    /// No evidence.
    Nothing,
}

impl Basis {
    /// Every basis, strongest first.
    pub const ALL: [Self; 6] = [
        Self::RawData,
        Self::AnalysisData,
        Self::NewData,
        Self::PrintedNumbers,
        Self::SyntheticData,
        Self::Nothing,
    ];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RawData => "raw-data",
            Self::AnalysisData => "analysis-data",
            Self::NewData => "new-data",
            Self::PrintedNumbers => "printed-numbers",
            Self::SyntheticData => "synthetic-data",
            Self::Nothing => "nothing",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A word that names no basis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no basis")]
pub struct NotABasis(pub String);

impl FromStr for Basis {
    type Err = NotABasis;

    fn from_str(word: &str) -> Result<Self, NotABasis> {
        Self::ALL
            .into_iter()
            .find(|basis| basis.word() == word)
            .ok_or_else(|| NotABasis(word.to_owned()))
    }
}

/// Who ran the code behind an estimate.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Our implementation of the stated method.
    Reimplemented,
    /// The authors' own code.
    Authors,
    /// Someone else's code: imported estimates.
    External,
}

/// One execution of a method on one binding of datasets to its inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The run's id in `study.toml`.
    pub id: String,
    /// The weakest of what the run declares and what its inputs are.
    pub basis: Basis,
    /// Who ran the code.
    pub code: Code,
    /// The files that were read, each verified before use.
    pub inputs: Vec<Input>,
    /// The datasets behind the inputs, with what a report must say of each.
    pub datasets: Vec<Dataset>,
    /// Checksum of `method.toml`; none for imported estimates.
    pub method_sha256: Option<Sha256>,
    /// The steps that ran, in order.
    pub steps: Vec<Step>,
    /// Every number the run computed, in the order of the steps.
    pub estimates: Vec<Estimate>,
    /// The steps that could not run, and why.
    pub skipped: Vec<Skipped>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// The figures asked for.
    pub figures: Vec<Figure>,
}

/// One verified file behind an input of the method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The input's name in `method.toml`; for imported estimates `estimates`, and [`PINNED`] for the scripts
    /// and logs beside them.
    pub input: String,
    /// The dataset's id.
    pub dataset: String,
    /// The table's id in the manifest; empty for a file that is no table.
    pub table: String,
    /// The file, relative inside the dataset.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Sha256,
    /// Its rows.
    pub rows: u64,
}

/// A dataset as its manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// The dataset's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub producer: String,
    /// How to cite it.
    pub citation: Option<String>,
    /// Its licence.
    pub licence: String,
    /// `public`, `registration`, `withheld`, `destroyed` or `generated`.
    pub access: String,
    /// Why it is withheld, where it is.
    pub reason: Option<String>,
    /// Whom to ask for it.
    pub contact: Option<String>,
    /// When it was retrieved (`2026-11-22`).
    pub retrieved: Option<String>,
    /// Where its files come from.
    pub urls: Vec<String>,
}

/// One step that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The step's id.
    pub id: String,
    /// Its kind: `filter`, `regress`, ….
    pub kind: String,
    /// The inputs and steps that it read.
    pub reads: Vec<String>,
    /// Rows that came in; none for a contrast.
    pub rows_in: Option<u64>,
    /// Rows that went out, or were used.
    pub rows_out: Option<u64>,
    /// The place in the source that states the step.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What we had to fill in.
    pub assumes: Option<String>,
    /// The queries as they ran.
    pub sql: Vec<String>,
    /// The file and line that define the step, e.g. `methods/x/method.toml:14`.
    pub defined: String,
    /// The convention behind its standard errors and whatever else a reader needs to redo it:
    /// pairs such as `preset` and `fixest`, `df` and `243`, `dropped rows` and `16`.
    pub convention: Vec<(String, String)>,
}

/// One number that a run computed, with its uncertainty. A plain number: a fraction, never a percent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// Its address: `step/term`, `step/measure{month=2026-04}`, or a contrast's step.
    pub id: String,
    /// The step that computed it.
    pub step: String,
    /// The value. Always finite.
    pub value: f64,
    /// Its standard error.
    pub se: Option<f64>,
    /// The ends of its confidence interval.
    pub ci: Option<[f64; 2]>,
    /// The interval's level, e.g. 0.95.
    pub level: Option<f64>,
    /// The two-sided p value against zero.
    pub p: Option<f64>,
    /// Degrees of freedom of the reference distribution; none for the normal.
    pub df: Option<f64>,
    /// The reference distribution: `t` or `normal`.
    pub reference: Option<Cow<'static, str>>,
    /// How the interval was made: `wald`, `wilson`, `delta`, `endpoints`, ….
    pub interval: Option<Cow<'static, str>>,
    /// Rows (or the sum of frequency weights) behind it.
    pub n: Option<f64>,
    /// Clusters behind its standard error.
    pub clusters: Option<u64>,
    /// Its unit, where it has one.
    pub unit: Option<String>,
    /// For an estimate from printed numbers: the interval that their rounding allows.
    pub from_rounding: Option<[f64; 2]>,
}

/// A step that could not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// The step.
    pub step: String,
    /// `withheld`, `destroyed`, `unbound`.
    pub reason: String,
    /// The dataset, input or step that it needs.
    pub needs: String,
}

/// Something a reader should know about a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// The step, or the input.
    pub step: String,
    /// What.
    pub message: String,
}

/// The kinds of chart.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Estimates with intervals, the printed value beside ours.
    Estimates,
    /// Shares as bars.
    Bars,
    /// Values over time.
    Timeline,
}

/// A figure that the method asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Its id: the name of its files.
    pub id: String,
    /// Its kind.
    pub kind: ChartKind,
    /// Its title, a sentence that says what is shown.
    pub title: String,
    /// Addresses of estimates, in the order shown; `*` stands for any text.
    pub show: Vec<String>,
    /// What a reader calls each: address (or pattern-matched address) and label.
    pub labels: Vec<(String, String)>,
    /// The label of the value axis.
    pub axis: Option<String>,
    /// `percent`, `percentage points`, or a unit's name; none for plain numbers.
    pub unit: Option<String>,
    /// For a time line: the group key that is time, e.g. `month`.
    pub time: Option<String>,
}

impl Results {
    /// Finds a run by id.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<&Run> {
        self.runs.iter().find(|run| run.id == id)
    }
}

impl Run {
    /// Finds an estimate by its address.
    #[must_use]
    pub fn estimate(&self, address: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.id == address)
    }

    /// Finds a part of an estimate: `address`, or `address.se`, `.ci_low`, `.ci_high`, `.p`, `.df`,
    /// `.n`. The outer `None` says that no such estimate exists, the inner that it has no such part.
    #[must_use]
    pub fn quantity(&self, address: &str) -> Option<Option<f64>> {
        if let Some(estimate) = self.estimate(address) {
            return Some(Some(estimate.value));
        }
        let (id, part) = split_part(address);
        let part = part?;
        self.estimate(id).map(|estimate| estimate.part(part))
    }
}

impl Estimate {
    /// Returns a part by its name.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<f64> {
        match part {
            Part::StandardError => self.se,
            Part::Low => self.ci.map(|ends| ends[0]),
            Part::High => self.ci.map(|ends| ends[1]),
            Part::P => self.p,
            Part::DegreesOfFreedom => self.df,
            Part::Rows => self.n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_basis_sorts_first() {
        assert!(Basis::RawData < Basis::PrintedNumbers);
        assert_eq!("new-data".parse(), Ok(Basis::NewData));
        assert!("made-up".parse::<Basis>().is_err());
    }
}
