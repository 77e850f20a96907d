//! What a page shows, in the order and the words in which it shows it; both templates read this.
//!
//! Reads the records; writes nothing. Judges nothing: a verdict, a count or a sentence is taken from
//! the audit as it stands.

mod anchors;
mod claim;
mod gaps;
mod relation;
mod run;
mod study;
mod trace;

use std::collections::BTreeMap;

use serde::Serialize;

use self::anchors::{Anchors, Link};
use super::{Page, ReportError, picture, words};
use crate::claims::record::Verdict;
use crate::results::Basis;

/// Everything that a page shows.
#[derive(Debug, Serialize)]
pub(super) struct View {
    version: String,
    study: study::StudyView,
    finding: FindingView,
    counts: Vec<Count>,
    bases: Vec<BasisCount>,
    claims: Vec<claim::ClaimView>,
    folded: usize,
    relations: Vec<relation::RelationView>,
    implied: Vec<relation::ImpliedView>,
    figures: Vec<picture::FigureView>,
    runs: Vec<run::RunView>,
    choices: Vec<run::Choice>,
    gaps: gaps::GapsView,
    coverage: Vec<relation::CoverageView>,
    glossary: Vec<Meaning>,
}

#[derive(Debug, Serialize)]
struct FindingView {
    headline: &'static str,
    family: &'static str,
    sentence: String,
    claims: usize,
}

/// A verdict in all its forms.
#[derive(Debug, Clone, Copy, Serialize)]
struct VerdictView {
    word: &'static str,
    reads_as: &'static str,
    family: &'static str,
    sign: &'static str,
    meaning: &'static str,
}

impl VerdictView {
    fn of(verdict: Verdict) -> Self {
        Self {
            word: verdict.word(),
            reads_as: verdict.reads_as(),
            family: words::family(verdict),
            sign: words::sign(verdict),
            meaning: words::meaning(verdict),
        }
    }
}

#[derive(Debug, Serialize)]
struct Count {
    verdict: VerdictView,
    count: usize,
}

#[derive(Debug, Serialize)]
struct BasisCount {
    word: &'static str,
    name: &'static str,
    reach: &'static str,
    total: usize,
    counts: Vec<Count>,
}

#[derive(Debug, Serialize)]
struct Meaning {
    verdict: VerdictView,
    bases: Vec<&'static str>,
}

impl View {
    /// Arranges what a page shows.
    pub(super) fn of(page: &Page<'_>) -> Result<Self, ReportError> {
        let anchors = Anchors::of(page);
        Ok(Self {
            version: page.version.to_owned(),
            study: study::view(page.study, page.audit.seal.as_ref(), page.version),
            finding: FindingView {
                headline: words::headline(page.audit.finding),
                family: words::finding_family(page.audit.finding),
                sentence: sentence(page),
                claims: page.audit.claims.len(),
            },
            counts: counts(&page.audit.counts),
            bases: bases(page),
            folded: claim::folded(page).count(),
            claims: claim::views(page, &anchors),
            relations: relation::views(page, &anchors),
            implied: relation::implied(page),
            figures: picture::views(page.drawings)?,
            runs: run::views(page, &anchors),
            choices: run::choices(page, &anchors),
            gaps: gaps::view(page, &anchors),
            coverage: relation::coverage(page, &anchors),
            glossary: glossary(page),
        })
    }
}

/// The audit's sentence, without the finding that the headline above it says already.
fn sentence(page: &Page<'_>) -> String {
    let sentence = page.audit.sentence.trim();
    let finding = page.audit.finding.reads_as();
    let head: String = sentence.chars().take(finding.chars().count()).collect();
    let rest = sentence.get(head.len()..).and_then(|rest| rest.strip_prefix(". "));
    rest.filter(|rest| head.to_lowercase() == finding && !rest.trim().is_empty())
        .unwrap_or(sentence)
        .to_owned()
}

fn counts(counts: &BTreeMap<Verdict, usize>) -> Vec<Count> {
    Verdict::ALL
        .into_iter()
        .filter_map(|verdict| {
            let count = counts.get(&verdict).copied().filter(|count| *count > 0)?;
            Some(Count { verdict: VerdictView::of(verdict), count })
        })
        .collect()
}

fn bases(page: &Page<'_>) -> Vec<BasisCount> {
    Basis::ALL
        .into_iter()
        .filter_map(|basis| {
            let counted = counts(page.audit.counts_by_basis.get(&basis)?);
            let total = counted.iter().map(|count| count.count).sum();
            (total > 0).then_some(BasisCount {
                word: basis.word(),
                name: words::basis_name(basis),
                reach: words::basis_reach(basis),
                total,
                counts: counted,
            })
        })
        .collect()
}

/// Explains the verdicts that the page uses, and no others.
fn glossary(page: &Page<'_>) -> Vec<Meaning> {
    Verdict::ALL
        .into_iter()
        .filter(|verdict| {
            page.audit.claims.iter().any(|claim| {
                claim.verdict == *verdict
                    || claim.others.iter().any(|other| other.verdict == *verdict)
            })
        })
        .map(|verdict| Meaning {
            verdict: VerdictView::of(verdict),
            bases: verdict.allowed_on().iter().map(|basis| basis.word()).collect(),
        })
        .collect()
}
