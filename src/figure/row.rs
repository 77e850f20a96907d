//! What a figure shows, row by row: our estimate, and the printed numbers that it is held against.

use super::number::Unit;
use crate::claims::record::{Verdict, Weight};

/// What a figure shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selection {
    /// In the order in which they were asked for; an address's runs together.
    pub(super) rows: Vec<Row>,
    /// Patterns that match nothing.
    pub(super) unmatched: Vec<String>,
    /// How numbers are shown.
    pub(super) unit: Unit,
}

/// What a printed number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The estimate.
    Value,
    /// The lower end of its interval.
    Low,
    /// The upper end.
    High,
}

impl Part {
    /// Returns what follows the estimate's address.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Low => ".ci_low",
            Self::High => ".ci_high",
        }
    }

    /// Returns what follows its label.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Low => ", lower end",
            Self::High => ", upper end",
        }
    }
}

/// Says whether a verdict is bad news.
pub(super) fn fails(verdict: Verdict) -> bool {
    verdict == Verdict::Void || Verdict::FAILING.contains(&verdict)
}

/// One estimate in one run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Its address.
    pub(super) address: String,
    /// What a reader calls it.
    pub(super) label: String,
    /// The run and its basis, where more than one run is shown.
    pub(super) sublabel: Option<String>,
    /// The time that a time line shows it at.
    pub(super) time: Option<String>,
    /// The run; none where no run has it.
    pub(super) run: Option<String>,
    /// Our value, or why there is none.
    pub(super) value: Result<f64, String>,
    /// Its confidence interval.
    pub(super) ci: Option<[f64; 2]>,
    /// The interval's level.
    pub(super) level: Option<f64>,
    /// What the rounding of printed inputs allows.
    pub(super) slack: Option<[f64; 2]>,
    /// The claims on it, the weightiest first.
    pub(super) printed: Vec<Printed>,
    /// The printed ends of its confidence interval, where there are claims on both.
    pub(super) printed_ci: Option<[Printed; 2]>,
}

/// A printed number, and how it came out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Printed {
    /// As printed.
    pub(super) text: String,
    /// The numbers that it may stand for; an end may be infinite (`> 90%`).
    pub(super) interval: Option<[f64; 2]>,
    /// The verdict for the row's run.
    pub(super) verdict: Option<Verdict>,
    pub(super) weight: Weight,
}

impl Printed {
    /// Returns the middle of the interval, or its finite end.
    pub(super) fn middle(&self) -> Option<f64> {
        let [low, high] = self.interval?;
        match (low.is_finite(), high.is_finite()) {
            (true, true) => Some(low + (high - low) / 2.0),
            (true, false) => Some(low),
            (false, true) => Some(high),
            (false, false) => None,
        }
    }
}

impl Row {
    /// Returns the verdict to show: the first that fails, else that of the weightiest claim.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let mut verdicts = self.printed.iter().filter_map(|printed| printed.verdict);
        let first = verdicts.clone().next();
        verdicts.find(|verdict| fails(*verdict)).or(first)
    }

    /// Returns every printed number, with the part of the estimate that it is about and our value of that
    /// part.
    pub(super) fn compared(&self) -> Vec<(Part, Option<f64>, &Printed)> {
        let value = self.value.as_ref().ok().copied();
        let whole = self.printed.iter().map(|printed| (Part::Value, value, printed));
        let parts = [Part::Low, Part::High].into_iter();
        let ends = parts.zip(self.printed_ci.iter().flatten()).map(|(part, printed)| {
            let end = self.ci.map(|ends| if part == Part::Low { ends[0] } else { ends[1] });
            (part, end, printed)
        });
        whole.chain(ends).collect()
    }

    /// Returns the intervals of the printed numbers.
    pub(super) fn bands(&self) -> Vec<[f64; 2]> {
        self.printed.iter().filter_map(|printed| printed.interval).collect()
    }

    /// Returns every number that the axis has to hold.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        let printed = self.printed.iter().chain(self.printed_ci.iter().flatten());
        let printed: Vec<f64> = printed.filter_map(|printed| printed.interval).flatten().collect();
        let own = self.value.iter().copied();
        own.chain(self.ci.into_iter().flatten())
            .chain(self.slack.into_iter().flatten())
            .chain(printed)
    }

    /// Returns how many decimals its numbers are shown with.
    pub(super) fn decimals(&self, unit: &Unit) -> usize {
        let value = self.value.as_ref().copied().unwrap_or_default();
        unit.decimals(value, self.ci.or(self.slack), &self.bands())
    }
}
