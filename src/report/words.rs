//! The words of a report: each verdict, basis, mark and reason as a reader without statistics meets it.
//!
//! A page takes its words from here and from the records, never from its templates' own judgement.

use crate::claims::record::{Finding, RelationState, Verdict, Weight};
use crate::results::{Basis, Code};

/// What a verdict means, in one sentence for a reader.
pub(super) const fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Void => {
            "A file is not the one that was pinned, or was never pinned. Nothing can be said until that is mended."
        }
        Verdict::Impossible => {
            "No data whatsoever could give the number as it is printed; the reason can be checked by hand."
        }
        Verdict::DoesNotAddUp => {
            "Printed numbers of the study contradict one another however they were rounded. At least one of them is wrong; which one cannot be told from here."
        }
        Verdict::Overturned => {
            "Computed from the study's own data, the conclusion comes out otherwise: another sign, another order, or the other side of a threshold."
        }
        Verdict::Exact => {
            "Computed from the study's own data, our number rounds to the one printed."
        }
        Verdict::Rounded => {
            "Computed from the study's own data, our number lies within what the printed digits can stand for."
        }
        Verdict::WithinTolerance => {
            "Computed from the study's own data, our number is inside a margin that was declared beforehand."
        }
        Verdict::Differs => {
            "Computed from the study's own data, our number is outside what the printed digits can stand for."
        }
        Verdict::Compatible => {
            "The same method on other data gives a number that agrees, within the uncertainty of both."
        }
        Verdict::NotCompatible => {
            "The same method on other data gives a number that disagrees by more than the uncertainty of both."
        }
        Verdict::Inconclusive => {
            "The same method on other data is too uncertain to agree or to disagree."
        }
        Verdict::AddsUp => {
            "Recomputed from other printed numbers of the study, it fits. That is arithmetic on what is printed: the data behind it were not seen."
        }
        Verdict::Possible => {
            "Nothing in the printed digits speaks against it. The data behind it were not seen."
        }
        Verdict::Untestable => "Nobody outside can check it with what is public today.",
        Verdict::Unchecked => "It could be checked, but was not in this audit.",
    }
}

/// The family of a verdict: the colour and outline of its sign.
pub(super) const fn family(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Exact | Verdict::Rounded | Verdict::WithinTolerance => "same",
        Verdict::Differs | Verdict::NotCompatible => "differs",
        Verdict::Void | Verdict::Impossible | Verdict::DoesNotAddUp | Verdict::Overturned => {
            "fails"
        }
        Verdict::Compatible => "agrees",
        Verdict::AddsUp | Verdict::Possible => "paper",
        Verdict::Inconclusive | Verdict::Untestable | Verdict::Unchecked => "open",
    }
}

/// The sign of a verdict where there are no pictures; each has its own shape.
pub(super) const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Void => "⊘",
        Verdict::Impossible => "⊠",
        Verdict::DoesNotAddUp => "≠",
        Verdict::Overturned => "✖",
        Verdict::Exact => "●",
        Verdict::Rounded => "◉",
        Verdict::WithinTolerance => "◎",
        Verdict::Differs => "▲",
        Verdict::Compatible => "◆",
        Verdict::NotCompatible => "▽",
        Verdict::Inconclusive => "◇",
        Verdict::AddsUp => "▣",
        Verdict::Possible => "□",
        Verdict::Untestable => "○",
        Verdict::Unchecked => "◌",
    }
}

/// What evidence of this basis is.
pub(super) const fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::RawData => "The study's own data, as collected",
        Basis::AnalysisData => "The study's own data, as analysed",
        Basis::NewData => "Other data, with the study's stated method",
        Basis::PrintedNumbers => "Only the numbers that the study prints",
        Basis::SyntheticData => "Data made up to match the stated design",
        Basis::Nothing => "No public evidence",
    }
}

/// What a check on this basis can and cannot tell.
pub(super) const fn basis_reach(basis: Basis) -> &'static str {
    match basis {
        Basis::RawData => {
            "The stated method was run again on the data from which the study was made."
        }
        Basis::AnalysisData => {
            "The stated method was run again on the prepared data set that the study analysed. How that data set was prepared was not checked."
        }
        Basis::NewData => {
            "The stated method was run on other real data. Agreement supports the claim; disagreement does not show an error in the study."
        }
        Basis::PrintedNumbers => {
            "Arithmetic on the study's printed numbers shows whether they can all be right together. It cannot show that they are right: nobody here saw the data."
        }
        Basis::SyntheticData => {
            "Tests whether the method finds an answer that was planted. It says nothing of any claim."
        }
        Basis::Nothing => "What would be needed is not public, or was not used.",
    }
}

/// What a mark on a verdict means.
pub(super) fn mark(mark: &str) -> String {
    if let Some(name) = mark.strip_prefix("convention:") {
        return format!(
            "The number depends on the convention “{name}”, which the study does not name."
        );
    }
    match mark {
        "fragile" => "Another admissible rounding or reading would change this verdict.",
        "late" => "The tolerance, reading, conclusion or method was changed after results existed.",
        "chart-read" => "The printed number was read off a chart and is approximate.",
        "single-transcription" => {
            "The printed number reached us by one transcription only; the original was not seen."
        }
        "ambiguous" => {
            "The statement can be read in more than one way; the weakest verdict counts."
        }
        _ => "A mark of this audit.",
    }
    .to_owned()
}

/// Why a claim, a relation or a step stayed unchecked.
pub(super) fn reason(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "withheld" => "The data exist, but are not public.",
        "unspecified" => "The study does not say how the number was made.",
        "not-quantified" => "The study gives no number that could be compared.",
        "refused" => "The data were asked for, and refused.",
        "destroyed" => "The data no longer exist.",
        "not-fetched" => "The data are public, but were not on the machine that made this audit.",
        "not-attempted" => "No step of this audit computes it yet.",
        "failed" => "The computation failed.",
        "budget" => "The computation was stopped at its limit.",
        "unbound" => "No data were bound to the input that it needs.",
        _ => return None,
    })
}

/// How the printed number reached us.
pub(super) fn transcription(how: &str) -> String {
    match how {
        "direct" => "read from the source itself",
        "two" => "the same in two or more separate transcriptions of the source",
        "one-checked" => {
            "one transcription of the source, which passes an arithmetic check against other printed numbers"
        }
        "one" => "one transcription of the source, not confirmed",
        "chart" => "read off a chart, approximate",
        other => other,
    }
    .to_owned()
}

/// What a kind of relation rests on.
pub(super) fn relation_kind(kind: &str) -> String {
    match kind {
        "definitional" => "must hold by what the words mean",
        "stated" => "the study says so",
        "assumed" => "our reading: a conflict may lie in the reading",
        other => other,
    }
    .to_owned()
}

/// How a relation came out: its class, its sign and its words.
pub(super) const fn state(state: RelationState) -> (&'static str, &'static str, &'static str) {
    match state {
        RelationState::Holds => ("paper", "▣", "holds"),
        RelationState::Fails => ("fails", "≠", "fails"),
        RelationState::Undecided => ("open", "◌", "could not be decided"),
    }
}

/// A finding as the headline of a page.
pub(super) const fn headline(finding: Finding) -> &'static str {
    match finding {
        Finding::Void => "Void: the evidence is broken",
        Finding::ContradictedInPart => "Contradicted in part",
        Finding::NotAssessable => "Not assessable from public material",
        Finding::Reproduced => "Reproduced",
        Finding::ReproducedWithDifferences => "Reproduced with differences",
        Finding::PartlyReproduced => "Partly reproduced",
        Finding::NotReproduced => "Not reproduced: the numbers differ",
        Finding::Compatible => "Compatible with new data",
        Finding::NotCompatible => "Not compatible with new data",
        Finding::Inconclusive => "Inconclusive: new data cannot tell",
    }
}

/// The family of a finding: the colour of the band.
pub(super) const fn finding_family(finding: Finding) -> &'static str {
    match finding {
        Finding::Void | Finding::ContradictedInPart => "fails",
        Finding::NotAssessable | Finding::Inconclusive => "open",
        Finding::Reproduced => "same",
        Finding::ReproducedWithDifferences
        | Finding::PartlyReproduced
        | Finding::NotReproduced
        | Finding::NotCompatible => "differs",
        Finding::Compatible => "agrees",
    }
}

/// A claim's weight.
pub(super) const fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Headline => "headline claim",
        Weight::Major => "major claim",
        Weight::Minor => "minor claim",
    }
}

/// Who ran the code.
pub(super) const fn code(code: Code) -> &'static str {
    match code {
        Code::Reimplemented => "our own implementation of the stated method",
        Code::Authors => "the authors' own code",
        Code::External => "someone else's code; its estimates were imported",
    }
}

/// What a secondary source's rating means.
pub(super) fn rating(rating: &str) -> String {
    match rating {
        "accurate" => "says what the study says",
        "missing-context" => "right, but leaves out what a reader needs",
        "exaggerated" => "says more than the study",
        "wrong-measure" => "takes one quantity for another",
        "unsupported" => "not in the study",
        "contradicted" => "the study says otherwise",
        other => other,
    }
    .to_owned()
}
