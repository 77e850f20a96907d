//! One card per claim: what is printed, what we get, what the comparison rests on.

use serde::Serialize;

use super::{Anchors, Link, VerdictView, trace};
use crate::claims::record::{
    Accepted, ClaimRecord, OtherVerdict, ReadingOutcome, ReadingRecord, Replication, Stability,
    Verdict, Weight,
};
use crate::report::number_line::{self, NumberLine};
use crate::report::{Page, number, text, words};
use crate::results::{Basis, Estimate, split_part};

/// A claim as its card shows it.
#[derive(Debug, Serialize)]
pub(super) struct ClaimView {
    id: String,
    anchor: String,
    says: String,
    weight: Weight,
    weight_words: &'static str,
    folded: bool,
    verdict: VerdictView,
    reads_as: String,
    basis: BasisView,
    run: Option<String>,
    code: Option<&'static str>,
    reason: Option<ReasonView>,
    plain: String,
    printed: String,
    stands_for: Option<String>,
    reads: Option<String>,
    readings: Vec<String>,
    stability: Option<String>,
    ours: Ours,
    estimate: Option<String>,
    equals: Option<String>,
    line: Option<NumberLine>,
    conclusion: Option<Conclusion>,
    place: Place,
    marks: Vec<(String, String)>,
    assumes: Vec<String>,
    trace: Vec<trace::Stop>,
    others: Vec<OtherView>,
    accepted: Option<Accepted>,
    conflict: Vec<Link>,
    replication: Vec<(&'static str, String)>,
    command: String,
}

#[derive(Debug, Serialize)]
pub(super) struct BasisView {
    word: &'static str,
    name: &'static str,
}

impl BasisView {
    pub(super) fn of(basis: Basis) -> Self {
        Self { word: basis.word(), name: words::basis_name(basis) }
    }
}

/// Why something was not checked: the word of the files, and a sentence where we have one.
#[derive(Debug, Serialize)]
pub(super) struct ReasonView {
    word: String,
    sentence: Option<&'static str>,
}

impl ReasonView {
    pub(super) fn of(reason: &str) -> Self {
        Self { word: reason.to_owned(), sentence: words::reason(reason) }
    }
}

/// Our value, in the forms a card shows.
#[derive(Debug, Serialize)]
struct Ours {
    value: Option<String>,
    in_full: Option<String>,
    from_rounding: Option<String>,
    uncertainty: Option<String>,
}

#[derive(Debug, Serialize)]
struct Conclusion {
    expression: String,
    outcome: &'static str,
    family: &'static str,
}

#[derive(Debug, Serialize)]
struct Place {
    source: Link,
    at: String,
    archived: Option<String>,
    transcription: String,
}

#[derive(Debug, Serialize)]
struct OtherView {
    run: Option<String>,
    basis: BasisView,
    verdict: VerdictView,
    reason: Option<ReasonView>,
    value: Option<String>,
}

/// Arranges the claims: failing ones first, then by weight, then as the file has them.
pub(super) fn views(page: &Page<'_>, anchors: &Anchors) -> Vec<ClaimView> {
    let mut claims: Vec<&ClaimRecord> = page.audit.claims.iter().collect();
    claims.sort_by_key(|claim| (!fails(claim.verdict), claim.weight));
    claims.into_iter().map(|claim| view(claim, page, anchors)).collect()
}

/// A page of more claims than this folds those of minor weight that do not fail.
const MANY: usize = 40;

/// The claims whose cards stand folded away.
pub(super) fn folded<'a>(page: &Page<'a>) -> impl Iterator<Item = &'a ClaimRecord> + use<'a> {
    let many = page.audit.claims.len() > MANY;
    page.audit
        .claims
        .iter()
        .filter(move |claim| many && claim.weight == Weight::Minor && !fails(claim.verdict))
}

fn fails(verdict: Verdict) -> bool {
    verdict == Verdict::Void || Verdict::FAILING.contains(&verdict)
}

fn view(claim: &ClaimRecord, page: &Page<'_>, anchors: &Anchors) -> ClaimView {
    let unit = claim.unit.as_deref();
    let estimate = estimate(claim, page);
    ClaimView {
        id: claim.id.clone(),
        anchor: anchors.name("claim", &claim.id),
        says: claim.says.clone(),
        weight: claim.weight,
        weight_words: words::weight(claim.weight),
        folded: folded(page).any(|folded| folded.id == claim.id),
        verdict: VerdictView::of(claim.verdict),
        reads_as: reads_as(claim),
        basis: BasisView::of(claim.basis),
        run: claim.run.clone(),
        code: claim.code.map(words::code),
        reason: claim.reason.as_deref().map(ReasonView::of),
        plain: claim.plain.clone(),
        printed: claim.printed.clone(),
        stands_for: claim.interval.and_then(|ends| stands_for(ends, unit)),
        reads: claim.reading.as_ref().map(reads),
        readings: claim.readings.iter().map(ReadingOutcome::line).collect(),
        stability: claim.stability.as_ref().map(Stability::sentence),
        ours: ours(claim, estimate),
        estimate: claim.estimate.clone(),
        equals: claim.equals.clone(),
        line: number_line::of(claim, estimate),
        conclusion: conclusion(claim),
        place: place(claim, page),
        marks: claim.marks.iter().map(|mark| (mark.clone(), words::mark(mark))).collect(),
        assumes: claim.assumes.clone(),
        trace: trace::stops(claim, page, anchors),
        others: claim.others.iter().map(|other| other_view(other, claim)).collect(),
        accepted: claim.accepted.clone(),
        conflict: claim
            .conflict
            .iter()
            .filter(|id| **id != claim.id)
            .map(|id| anchors.link(id))
            .collect(),
        replication: claim.replication.as_ref().map(Replication::lines).unwrap_or_default(),
        command: format!("secondlook explain {} {}", page.study.id.value, claim.id),
    }
}

/// How a vague phrase is read, and who says so.
fn reads(reading: &ReadingRecord) -> String {
    let span = format!("{} to {}", reading.low, reading.high);
    match &reading.why {
        Some(why) => format!("{span}, by the lexicon of vague words: {why}"),
        None => span,
    }
}

fn ours(claim: &ClaimRecord, estimate: Option<&Estimate>) -> Ours {
    let (unit, digits) = (claim.unit.as_deref(), claim.interval);
    Ours {
        value: claim.value.map(|value| number::compared(value, unit, digits)),
        in_full: claim.value.map(number::full),
        from_rounding: claim.from_rounding.map(|ends| number::interval(ends, unit, digits)),
        uncertainty: estimate.and_then(|estimate| uncertainty(claim, estimate)),
    }
}

/// The estimate that the claim was compared with.
fn estimate<'a>(claim: &ClaimRecord, page: &Page<'a>) -> Option<&'a Estimate> {
    let run = page.results.run(claim.run.as_deref()?)?;
    let address = claim.estimate.as_deref()?;
    run.estimate(address).or_else(|| run.estimate(split_part(address).0))
}

/// A differing number says in the same breath whether the conclusion stands.
fn reads_as(claim: &ClaimRecord) -> String {
    let word = claim.verdict.reads_as();
    match (claim.verdict, claim.holds) {
        (Verdict::Differs, Some(true)) => format!("{word}; the conclusion stands"),
        (Verdict::Differs, _) => format!("{word}; no conclusion was tested"),
        _ => word.to_owned(),
    }
}

fn stands_for(ends: [f64; 2], unit: Option<&str>) -> Option<String> {
    let open = |end: f64| !end.is_finite() || end.abs() >= 1e300;
    match (open(ends[0]), open(ends[1])) {
        (false, false) if ends[0] == ends[1] => None,
        (false, false) => Some(number::printed_interval(ends, unit)),
        (false, true) => Some(format!("{} or more", number::compared(ends[0], unit, None))),
        (true, false) => Some(format!("{} or less", number::compared(ends[1], unit, None))),
        (true, true) => None,
    }
}

/// The estimate's own uncertainty, where data give it one and the claim is on its value.
fn uncertainty(claim: &ClaimRecord, estimate: &Estimate) -> Option<String> {
    let (ends, level) = (estimate.ci?, estimate.level?);
    let own_or_new = claim.basis < Basis::PrintedNumbers;
    (own_or_new && claim.estimate.as_deref() == Some(estimate.id.as_str())).then(|| {
        format!(
            "{}% interval: {}",
            number::full(level * 100.0),
            number::interval(ends, claim.unit.as_deref(), claim.interval)
        )
    })
}

fn conclusion(claim: &ClaimRecord) -> Option<Conclusion> {
    let expression = claim.conclusion.clone()?;
    let (outcome, family) = match claim.holds {
        Some(true) => ("holds", "same"),
        Some(false) => ("does not hold", "fails"),
        None => ("could not be tested", "open"),
    };
    Some(Conclusion { expression, outcome, family })
}

fn place(claim: &ClaimRecord, page: &Page<'_>) -> Place {
    let source = page.study.source(&claim.source);
    Place {
        source: Link {
            text: source.map_or_else(|| claim.source.clone(), |source| source.title.clone()),
            href: source.and_then(|source| source.url.as_deref()).and_then(text::link),
        },
        at: claim.at.clone(),
        archived: source.and_then(|source| source.archived.as_deref()).and_then(text::link),
        transcription: words::transcription(&claim.transcription),
    }
}

fn other_view(other: &OtherVerdict, claim: &ClaimRecord) -> OtherView {
    OtherView {
        run: other.run.clone(),
        basis: BasisView::of(other.basis),
        verdict: VerdictView::of(other.verdict),
        reason: other.reason.as_deref().map(ReasonView::of),
        value: other
            .value
            .map(|value| number::compared(value, claim.unit.as_deref(), claim.interval)),
    }
}
