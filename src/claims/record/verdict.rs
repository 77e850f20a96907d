//! The words of an audit: a claim's verdict and weight, a study's finding.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::results::Basis;

/// What a reader is told of one claim.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The evidence is broken.
    Void,
    /// Cannot be right as printed.
    Impossible,
    /// These numbers cannot all be right.
    DoesNotAddUp,
    /// The conclusion does not stand.
    Overturned,
    /// Same number.
    Exact,
    /// Same up to rounding.
    Rounded,
    /// Inside a declared tolerance.
    WithinTolerance,
    /// The number differs.
    Differs,
    /// New data agree.
    Compatible,
    /// New data disagree.
    NotCompatible,
    /// New data cannot tell.
    Inconclusive,
    /// The study's numbers agree with each other.
    AddsUp,
    /// Possible as printed; not recomputed.
    Possible,
    /// Cannot be checked with public material.
    Untestable,
    /// Not checked yet.
    Unchecked,
}

impl Verdict {
    /// Every verdict, in the order of the table.
    pub const ALL: [Self; 15] = [
        Self::Void,
        Self::Impossible,
        Self::DoesNotAddUp,
        Self::Overturned,
        Self::Exact,
        Self::Rounded,
        Self::WithinTolerance,
        Self::Differs,
        Self::Compatible,
        Self::NotCompatible,
        Self::Inconclusive,
        Self::AddsUp,
        Self::Possible,
        Self::Untestable,
        Self::Unchecked,
    ];

    /// The word used in files and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Impossible => "impossible",
            Self::DoesNotAddUp => "does-not-add-up",
            Self::Overturned => "overturned",
            Self::Exact => "exact",
            Self::Rounded => "rounded",
            Self::WithinTolerance => "within-tolerance",
            Self::Differs => "differs",
            Self::Compatible => "compatible",
            Self::NotCompatible => "not-compatible",
            Self::Inconclusive => "inconclusive",
            Self::AddsUp => "adds-up",
            Self::Possible => "possible",
            Self::Untestable => "untestable",
            Self::Unchecked => "unchecked",
        }
    }

    /// What a reader sees.
    #[must_use]
    pub const fn reads_as(self) -> &'static str {
        match self {
            Self::Void => "the evidence is broken",
            Self::Impossible => "cannot be right as printed",
            Self::DoesNotAddUp => "these numbers cannot all be right",
            Self::Overturned => "the conclusion does not stand",
            Self::Exact => "same number",
            Self::Rounded => "same up to rounding",
            Self::WithinTolerance => "close",
            Self::Differs => "the number differs",
            Self::Compatible => "new data agree",
            Self::NotCompatible => "new data disagree",
            Self::Inconclusive => "new data cannot tell",
            Self::AddsUp => "the study's numbers agree with each other",
            Self::Possible => "possible as printed; not recomputed",
            Self::Untestable => "cannot be checked with public material",
            Self::Unchecked => "not checked yet",
        }
    }

    /// The bases on which the word may be used.
    #[must_use]
    pub const fn allowed_on(self) -> &'static [Basis] {
        match self {
            Self::Exact
            | Self::Rounded
            | Self::WithinTolerance
            | Self::Differs
            | Self::Overturned => &[Basis::RawData, Basis::AnalysisData],
            Self::Compatible | Self::NotCompatible | Self::Inconclusive => &[Basis::NewData],
            Self::AddsUp | Self::DoesNotAddUp | Self::Impossible | Self::Possible => {
                &[Basis::PrintedNumbers]
            }
            Self::Untestable | Self::Unchecked => &[Basis::Nothing],
            Self::Void => &Basis::ALL,
        }
    }

    /// The verdicts that fail an audit unless `--fail-on` says otherwise.
    pub const FAILING: [Self; 5] = [
        Self::Differs,
        Self::Overturned,
        Self::NotCompatible,
        Self::DoesNotAddUp,
        Self::Impossible,
    ];
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A study's one-line finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The evidence is broken.
    Void,
    /// A headline claim is overturned, impossible, or in a definitional or stated conflict.
    ContradictedInPart,
    /// More than half of the headline claims rest on nothing public.
    NotAssessable,
    /// All headline and major claims exact or rounded on the study's own data.
    Reproduced,
    /// As above, with differences.
    ReproducedWithDifferences,
    /// Some.
    PartlyReproduced,
    /// The headline numbers could be compared on the study's own data, and none came out the same.
    NotReproduced,
    /// New data agree.
    Compatible,
    /// New data disagree.
    NotCompatible,
    /// New data cannot tell.
    Inconclusive,
}

impl Finding {
    /// The finding in words.
    #[must_use]
    pub const fn reads_as(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::ContradictedInPart => "contradicted in part",
            Self::NotAssessable => "not assessable from public material",
            Self::Reproduced => "reproduced",
            Self::ReproducedWithDifferences => "reproduced with differences",
            Self::PartlyReproduced => "partly reproduced",
            Self::NotReproduced => "not reproduced",
            Self::Compatible => "compatible",
            Self::NotCompatible => "not compatible",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// How much of the study's message rests on a claim.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// What the study is known for.
    Headline,
    /// What its argument needs.
    Major,
    /// The rest.
    Minor,
}
