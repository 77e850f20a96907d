//! A contradiction written out: inequalities and multipliers that add up to something false.

use std::collections::BTreeMap;

use num_traits::{One, Signed, Zero};

use super::presolve::Source;
use super::simplex::{Bounds, Delta, Row, Share};
use crate::claims::record::{ProofCase, ProofPart};
use crate::expression::{Interval, Rational, show};

/// Everything that a contradiction speaks of.
pub(super) struct System<'a> {
    pub(super) names: &'a [String],
    pub(super) intervals: &'a [Interval],
    pub(super) rows: &'a [Row],
    pub(super) sources: &'a [Source<'a>],
}

/// One inequality `terms >= bound` of a contradiction.
struct Line<'a> {
    terms: BTreeMap<usize, Rational>,
    bound: Delta,
    source: Option<&'a Source<'a>>,
}

/// Writes a contradiction so that a reader can add it up (on the left everything cancels), and so that
/// a program can.
pub(super) fn write(shares: &[Share], system: &System<'_>) -> (String, ProofCase) {
    let (mut text, mut parts) = (Vec::new(), Vec::new());
    let mut total = Delta { real: Rational::zero(), tiny: Rational::zero() };
    for share in &scaled(shares, system.names.len()) {
        let Some(line) = system.line(share) else { continue };
        total.real += &line.bound.real * &share.multiplier;
        total.tiny += &line.bound.tiny * &share.multiplier;
        text.push(system.words(&line, &share.multiplier));
        parts.push(system.part(&line, &share.multiplier));
    }
    let sign = if total.tiny.is_zero() { ">=" } else { ">" };
    let text = format!("{} gives 0 {sign} {}, which is false", text.join(" + "), show(&total.real));
    (text, ProofCase { assuming: Vec::new(), parts, excluded: None })
}

/// The same contradiction with a multiplier of one for its first relation.
fn scaled(shares: &[Share], names: usize) -> Vec<Share> {
    let used = || shares.iter().filter(|share| !share.multiplier.is_zero());
    let by = used()
        .find(|share| share.index >= names)
        .map_or_else(Rational::one, |share| share.multiplier.clone());
    used().map(|share| Share { multiplier: &share.multiplier / &by, ..share.clone() }).collect()
}

impl<'a> System<'a> {
    fn name(&self, index: usize) -> String {
        self.names.get(index).cloned().unwrap_or_else(|| format!("#{index}"))
    }

    fn line(&self, share: &Share) -> Option<Line<'a>> {
        let (terms, bounds, source) = if share.index < self.names.len() {
            let bounds = Bounds::from(self.intervals.get(share.index)?);
            (BTreeMap::from([(share.index, Rational::one())]), bounds, None)
        } else {
            let place = share.index - self.names.len();
            let row = self.rows.get(place)?;
            (row.terms.clone(), row.bounds.clone(), Some(self.sources.get(place)?))
        };
        if !share.upper {
            return Some(Line { terms, bound: bounds.low?, source });
        }
        let bound = bounds.high?;
        let terms = terms.into_iter().map(|(index, times)| (index, -times)).collect();
        Some(Line { terms, bound: Delta { real: -bound.real, tiny: -bound.tiny }, source })
    }

    fn words(&self, line: &Line<'_>, multiplier: &Rational) -> String {
        let sign = if line.bound.tiny.is_zero() { ">=" } else { ">" };
        let given = |source: &Source<'_>| -> String {
            let put: Vec<String> = source
                .given
                .iter()
                .filter(|(index, _)| !line.terms.contains_key(index))
                .map(|(index, value)| format!("{} = {}", self.name(*index), show(value)))
                .collect();
            if put.is_empty() { String::new() } else { format!(" with {}", put.join(", ")) }
        };
        let over = |source: &Source<'_>| {
            if source.over.is_empty() { "" } else { ", bounded by a line over these intervals" }
        };
        let source = line
            .source
            .map(|source| format!(" [{}{}{}]", source.from, given(source), over(source)));
        format!(
            "{} * ({} {sign} {}){}",
            show(multiplier),
            self.sum(&line.terms),
            show(&line.bound.real),
            source.unwrap_or_default()
        )
    }

    fn part(&self, line: &Line<'_>, multiplier: &Rational) -> ProofPart {
        let named = |numbers: &BTreeMap<usize, Rational>| {
            numbers.iter().map(|(index, value)| (self.name(*index), show(value))).collect()
        };
        ProofPart {
            multiplier: show(multiplier),
            terms: named(&line.terms),
            at_least: show(&line.bound.real),
            strict: !line.bound.tiny.is_zero(),
            from: line.source.map_or("printed", |source| source.from).to_owned(),
            given: line.source.map(|source| named(&source.given)).unwrap_or_default(),
        }
    }

    /// Writes the terms of a row.
    fn sum(&self, terms: &BTreeMap<usize, Rational>) -> String {
        let mut text = String::new();
        for (index, times) in terms {
            let sign = match (text.is_empty(), times.is_negative()) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            };
            text.push_str(sign);
            if !times.abs().is_one() {
                text.push_str(&show(&times.abs()));
                text.push_str(" * ");
            }
            text.push_str(&self.name(*index));
        }
        if text.is_empty() { "0".to_owned() } else { text }
    }
}
