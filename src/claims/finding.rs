//! The study's one-line finding, and the counts that always stand beside it.

use std::collections::BTreeMap;

use super::record::{ClaimRecord, Finding, Verdict, Weight};
use crate::results::Basis;

/// A judged claim, and whether the finding may rest on its verdict.
pub(super) struct Judged<'a> {
    pub(super) record: &'a ClaimRecord,
    pub(super) firm: bool,
}

/// How many claims carry each verdict, and the same within each basis.
pub(super) fn counts(
    claims: &[ClaimRecord],
) -> (BTreeMap<Verdict, usize>, BTreeMap<Basis, BTreeMap<Verdict, usize>>) {
    let mut counts = BTreeMap::new();
    let mut by_basis: BTreeMap<Basis, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for claim in claims {
        *counts.entry(claim.verdict).or_insert(0) += 1;
        *by_basis.entry(claim.basis).or_default().entry(claim.verdict).or_insert(0) += 1;
    }
    (counts, by_basis)
}

/// Returns the first finding that applies, in the order of the design.
pub(super) fn finding(judged: &[Judged<'_>]) -> Finding {
    use Verdict::{
        AddsUp, Compatible, DoesNotAddUp, Exact, Impossible, Inconclusive, NotCompatible,
        Overturned, Possible, Rounded, Unchecked, Untestable, Void, WithinTolerance,
    };
    let any = |list: &[&Judged<'_>], words: &[Verdict]| {
        list.iter().any(|claim| words.contains(&claim.record.verdict))
    };
    let all = |list: &[&Judged<'_>], words: &[Verdict]| {
        !list.is_empty() && list.iter().all(|claim| words.contains(&claim.record.verdict))
    };
    let everything: Vec<&Judged<'_>> = judged.iter().collect();
    let headline = of_weight(judged, &[Weight::Headline]);
    let headline = if headline.is_empty() { everything.clone() } else { headline };
    let weighty = of_weight(judged, &[Weight::Headline, Weight::Major]);
    let weighty = if weighty.is_empty() { everything.clone() } else { weighty };
    if any(&everything, &[Void]) {
        return Finding::Void;
    }
    let firm: Vec<&Judged<'_>> = headline.iter().filter(|claim| claim.firm).copied().collect();
    if any(&firm, &[Overturned, Impossible, DoesNotAddUp]) {
        return Finding::ContradictedInPart;
    }
    let unassessed = headline
        .iter()
        .filter(|claim| {
            [Untestable, Unchecked, Possible, AddsUp, DoesNotAddUp].contains(&claim.record.verdict)
        })
        .count();
    if unassessed * 2 > headline.len() || headline.is_empty() {
        return Finding::NotAssessable;
    }
    if all(&weighty, &[Exact, Rounded]) {
        return Finding::Reproduced;
    }
    if all(&headline, &[Exact, Rounded, WithinTolerance]) {
        let settled = weighty.iter().all(|claim| {
            matches!(claim.record.basis, Basis::RawData | Basis::AnalysisData)
                && claim.record.verdict != Overturned
        });
        return if settled {
            Finding::ReproducedWithDifferences
        } else {
            Finding::PartlyReproduced
        };
    }
    if any(&headline, &[Exact, Rounded]) {
        return Finding::PartlyReproduced;
    }
    if any(&headline, &[NotCompatible]) {
        Finding::NotCompatible
    } else if all(&headline, &[Compatible]) {
        Finding::Compatible
    } else if any(&headline, &[Compatible, Inconclusive]) {
        Finding::Inconclusive
    } else if any(&weighty, &[Exact, Rounded]) {
        Finding::PartlyReproduced
    } else {
        Finding::NotReproduced
    }
}

fn of_weight<'a>(judged: &'a [Judged<'a>], weights: &[Weight]) -> Vec<&'a Judged<'a>> {
    judged.iter().filter(|claim| weights.contains(&claim.record.weight)).collect()
}

/// The finding as a sentence, with its counts.
pub(super) fn sentence(
    finding: Finding,
    counts: &BTreeMap<Verdict, usize>,
    by_basis: &BTreeMap<Basis, BTreeMap<Verdict, usize>>,
    imported: usize,
) -> String {
    let total: usize = counts.values().sum();
    if total == 0 {
        return "No claim was checked.".to_owned();
    }
    let parts: Vec<String> = by_basis
        .iter()
        .map(|(basis, counts)| {
            let words: Vec<String> =
                counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
            format!("{} {}", place(*basis), words.join(", "))
        })
        .collect();
    let reads = finding.reads_as();
    let mut letters = reads.chars();
    let begin: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    let noun = if total == 1 { "claim" } else { "claims" };
    let whose = match imported {
        0 => String::new(),
        1 => " One rests on imported estimates, whose code we did not run.".to_owned(),
        more => format!(" {more} rest on imported estimates, whose code we did not run."),
    };
    format!("{begin}. Of {total} {noun}: {}.{whose}", parts.join("; "))
}

const fn place(basis: Basis) -> &'static str {
    match basis {
        Basis::RawData => "on the study's raw data",
        Basis::AnalysisData => "on the study's own data",
        Basis::NewData => "on new data",
        Basis::PrintedNumbers => "from printed numbers alone",
        Basis::SyntheticData => "on synthetic data",
        Basis::Nothing => "without evidence",
    }
}
