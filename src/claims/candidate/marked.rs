//! The marks that a verdict carries: how a number was transcribed, which convention an error follows.

use super::super::evidence::{Book, step_of};
use super::super::model::{Claim, Transcription};
use super::super::printed::Shape;
use crate::results::{Run, split_part};

/// The marks of a claim.
pub(super) fn marks(claim: &Claim) -> Vec<String> {
    claim.transcription.mark().map(str::to_owned).into_iter().collect()
}

/// The marks of a claim and of the claims that it is computed from.
pub(in crate::claims) fn marks_with(
    book: &Book<'_>,
    claim: &Claim,
    names: &[(String, std::ops::Range<usize>)],
) -> Vec<String> {
    let others = names
        .iter()
        .filter_map(|(name, _)| book.claims.claim(name))
        .filter_map(|other| other.transcription.mark());
    let mut marks: Vec<String> =
        claim.transcription.mark().into_iter().chain(others).map(str::to_owned).collect();
    marks.sort();
    marks.dedup();
    marks
}

/// Says whether a finding may rest on numbers with these marks.
pub(in crate::claims) fn marks_are_firm(marks: &[String]) -> bool {
    let soft = [Transcription::Chart, Transcription::One].map(Transcription::mark);
    !marks.iter().any(|mark| soft.contains(&Some(mark.as_str())))
}

/// The small-sample convention, where a standard error, an interval or a p value is compared.
pub(super) fn convention(claim: &Claim, run: &Run) -> Option<String> {
    let address = claim.estimate.as_ref()?;
    let error_is_printed =
        matches!(claim.printed.shape, Shape::WithError(..) | Shape::Confidence(..));
    if split_part(&address.value).1.is_none() && !error_is_printed {
        return None;
    }
    let step = step_of(&address.value);
    let step = run.steps.iter().find(|known| known.id == step)?;
    let preset = step.convention.iter().find(|(key, _)| key == "preset")?;
    Some(format!("convention:{}", preset.1))
}
