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

    /// Returns what a reader calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Low => "lower end",
            Self::High => "upper end",
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
    /// The largest value among the rows like it: of such a column all values show the same digits.
    pub(super) largest: Option<f64>,
    /// What is printed of it, the weightiest claims first.
    pub(super) statements: Vec<Statement>,
}

/// What one document prints of an estimate: the value, the ends of its interval, or some of these.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Statement {
    /// The value.
    pub(super) value: Option<Printed>,
    /// The lower and the upper end.
    pub(super) ends: [Option<Printed>; 2],
}

impl Statement {
    /// Returns the ends with the part that each is.
    pub(super) fn parts(&self) -> impl Iterator<Item = (Part, &Printed)> {
        let parts = [Part::Low, Part::High].into_iter().zip(&self.ends);
        parts.filter_map(|(part, end)| end.as_ref().map(|end| (part, end)))
    }

    /// Returns the verdict on the value; where only ends are printed, that of the first end, or of one
    /// that fails.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        if let Some(value) = &self.value {
            return value.verdict;
        }
        let mut verdicts = self.parts().filter_map(|(_, end)| end.verdict);
        let first = verdicts.next();
        first
            .filter(|verdict| fails(*verdict))
            .or(verdicts.find(|verdict| fails(*verdict)))
            .or(first)
    }

    /// Returns the middles of both ends.
    pub(super) fn interval(&self) -> Option<[f64; 2]> {
        let [low, high] = &self.ends;
        Some([low.as_ref()?.middle()?, high.as_ref()?.middle()?])
    }

    fn source(&self) -> Option<&str> {
        let mut all = self.value.iter().chain(self.ends.iter().flatten());
        all.next().map(|printed| printed.source.as_str())
    }

    /// Sorts printed values and ends into what each document prints.
    pub(super) fn sort(values: Vec<Printed>, ends: [Vec<Printed>; 2]) -> Vec<Self> {
        let value = |value| Self { value: Some(value), ..Self::default() };
        let mut statements: Vec<Self> = values.into_iter().map(value).collect();
        for (index, ends) in ends.into_iter().enumerate() {
            for end in ends {
                let wanted = |statement: &Self| {
                    statement.source() == Some(&end.source)
                        && statement.ends.get(index).is_some_and(Option::is_none)
                };
                let place = statements.iter().position(wanted).unwrap_or_else(|| {
                    statements.push(Self::default());
                    statements.len() - 1
                });
                let statement = statements.get_mut(place);
                if let Some(slot) = statement.and_then(|found| found.ends.get_mut(index)) {
                    *slot = Some(end);
                }
            }
        }
        statements
    }
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
    /// How much of the study's message rests on it.
    pub(super) weight: Weight,
    /// The document that prints it.
    pub(super) source: String,
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
    /// Returns the verdict to show: the first on its value that fails, else that of the weightiest
    /// claim; where no claim is on the value, the same of its interval.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let on_value = self.printed().next().is_some();
        let shown =
            self.statements.iter().filter(|statement| !on_value || statement.value.is_some());
        let mut verdicts = shown.filter_map(Statement::verdict);
        let first = verdicts.clone().next();
        verdicts.find(|verdict| fails(*verdict)).or(first)
    }

    /// Returns the printed values.
    pub(super) fn printed(&self) -> impl Iterator<Item = &Printed> {
        self.statements.iter().filter_map(|statement| statement.value.as_ref())
    }

    /// Returns every printed number, with the part of the estimate that it is about and our value of that
    /// part.
    pub(super) fn compared(&self) -> Vec<(Part, Option<f64>, &Printed)> {
        let ours = |part| match part {
            Part::Value => self.value.as_ref().ok().copied(),
            Part::Low => self.ci.map(|ends| ends[0]),
            Part::High => self.ci.map(|ends| ends[1]),
        };
        let values = self.printed().map(|printed| (Part::Value, printed));
        let ends = self.statements.iter().flat_map(Statement::parts);
        values.chain(ends).map(|(part, printed)| (part, ours(part), printed)).collect()
    }

    /// Returns the intervals of the printed values.
    pub(super) fn bands(&self) -> Vec<[f64; 2]> {
        self.printed().filter_map(|printed| printed.interval).collect()
    }

    /// Returns every number that the axis has to hold.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        let printed = self.compared().into_iter().filter_map(|(_, _, printed)| printed.interval);
        let printed: Vec<f64> = printed.flatten().collect();
        let own = self.value.iter().copied();
        own.chain(self.ci.into_iter().flatten())
            .chain(self.slack.into_iter().flatten())
            .chain(printed)
    }

    /// Returns how many decimals its numbers are shown with.
    pub(super) fn decimals(&self, unit: &Unit) -> usize {
        let value = self.value.as_ref().copied().unwrap_or_default();
        let compared = self.compared().into_iter();
        let printed: Vec<[f64; 2]> =
            compared.filter_map(|(_, _, printed)| printed.interval).collect();
        let ranges = self.ci.into_iter().chain(self.slack);
        let decimals = ranges
            .map(|ends| unit.decimals(value, Some(ends), &printed))
            .max()
            .unwrap_or_else(|| unit.decimals(value, None, &printed));
        // Two digits of the value at least.
        let fewest = unit.decimals(value * 10.0, None, &[]);
        let among = self.largest.map(|largest| unit.decimals(largest, None, &[]).max(fewest));
        among.map_or(decimals, |among| among.min(decimals))
    }

    /// Says whether nothing but its value asks for digits.
    pub(super) fn bare(&self) -> bool {
        self.value.is_ok()
            && self.ci.is_none()
            && self.slack.is_none()
            && self.statements.is_empty()
    }
}
