//! `claims.toml` as it was written: claims, relations, implied numbers, what is set aside.

mod reading;

pub use reading::{Alternative, Reading, ReadingFrom};

use super::checks::{Check, Head};
use super::printed::{Amount, Printed, Shape};
use super::record::{SetAside, Verdict, Weight};
use super::rounding::Rounding;
use super::statistic::PValue;
use crate::diagnostic::{Span, Spanned};
use crate::expression::{Expression, Interval, Rational};

/// The claims of a study.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// The rounding mode of all numbers that declare none of their own.
    pub rounding: Option<Spanned<Rounding>>,
    /// One entry per `[[claim]]`, in the order written.
    pub claims: Vec<Claim>,
    /// One entry per `[[relation]]` that is a comparison.
    pub relations: Vec<Relation>,
    /// One entry per `[[relation]]` that is a check of another kind.
    pub checks: Vec<Check>,
    /// One entry per `[[implied]]`.
    pub implied: Vec<Implied>,
    /// One entry per `[[set_aside]]`.
    pub set_aside: Vec<SetAside>,
}

/// One checkable statement of a study.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its id, snake_case.
    pub id: Spanned<String>,
    /// What it says, in our words.
    pub says: String,
    /// The id of the document that makes it.
    pub source: Spanned<String>,
    /// The place in that document.
    pub at: String,
    /// A short quotation.
    pub quote: Option<String>,
    /// The number as printed.
    pub printed: Printed,
    /// How a vague phrase is read; with several readings the span of them all.
    pub reads: Option<Reading>,
    /// The readings, where the text has more than one; the weakest verdict counts.
    pub readings: Vec<Alternative>,
    /// What an estimate must be compared with, where it is not the printed number's unit.
    pub unit: Option<String>,
    /// Whether the number counts things, so that it is whole and not rounded.
    pub count: bool,
    /// How much of the study's message rests on it.
    pub weight: Weight,
    /// How the number reached us.
    pub transcription: Transcription,
    /// What the rerun calls it.
    pub estimate: Option<Spanned<String>>,
    /// Arithmetic on other claims and estimates that must give it.
    pub equals: Option<Spanned<Expression>>,
    /// The conclusion that must survive.
    pub holds: Option<Spanned<Expression>>,
    /// Why no step could ever give the value.
    pub untestable: Option<String>,
    /// How far off is still close.
    pub tolerance: Option<Tolerance>,
    /// The margin inside which an effect counts as none, for a claim of no effect.
    pub margin: Option<Rational>,
    /// The scale and the error of the original estimate, for comparing it with new data.
    pub original: Original,
    /// The rounding mode of this number.
    pub rounding: Option<Rounding>,
    /// The level at which a p value counts as significant.
    pub alpha: Rational,
    /// Whether the study says that the test is one-sided.
    pub one_sided: bool,
    /// A difference that someone has looked at.
    pub accepted: Option<Acceptance>,
}

impl Claim {
    /// Returns what the claim stands for under a rounding mode: its reading, its count, or every
    /// number that prints so. `None` for words without a reading and for confidence intervals.
    #[must_use]
    pub fn interval(&self, study: Rounding) -> Option<Interval> {
        if !self.readings.is_empty() {
            let each = self.readings.iter().map(|reading| self.under(reading).interval(study));
            return each.collect::<Option<Vec<_>>>()?.into_iter().reduce(|a, b| a.hull(&b));
        }
        if let Some(reading) = &self.reads {
            return Some(reading.interval.clone());
        }
        if let (true, Some(value), false) =
            (self.count, self.printed.value(), self.printed.is_about())
        {
            return Some(Interval::point(value));
        }
        if self.printed.shape == Shape::NotSignificant {
            return PValue::NotSignificant.interval(study, &self.alpha);
        }
        self.printed.interval(self.rounding.unwrap_or(study))
    }

    /// Returns the claim as it stands under one of its readings.
    #[must_use]
    pub fn under(&self, reading: &Alternative) -> Self {
        let mut one = self.clone();
        one.readings = Vec::new();
        one.reads.clone_from(&reading.reads);
        if reading.estimate.is_some() || reading.equals.is_some() {
            one.estimate.clone_from(&reading.estimate);
            one.equals.clone_from(&reading.equals);
        }
        one
    }

    /// Returns every expression that must give the number: its own `equals` and those of its readings.
    pub fn all_equals(&self) -> impl Iterator<Item = &Spanned<Expression>> {
        self.equals.iter().chain(self.readings.iter().filter_map(|one| one.equals.as_ref()))
    }

    /// Returns `percent`, `percentage points`, the declared unit, or none.
    #[must_use]
    pub fn shown_unit(&self) -> Option<String> {
        self.unit.clone().or_else(|| self.printed.unit().name().map(str::to_owned)).or_else(|| {
            self.reads.as_ref().and_then(|reading| reading.low.unit.name()).map(str::to_owned)
        })
    }
}

/// How an original estimate is set against new data.
#[derive(Debug, Clone, Default)]
pub struct Original {
    /// The scale on which both estimates are close to normal.
    pub scale: Scale,
    /// What the study prints of the estimate's precision, where not beside the number itself.
    pub error: Option<OriginalError>,
}

/// The scale on which an original and a new estimate are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    /// The number's own.
    #[default]
    AsPrinted,
    /// Fisher's z, for a correlation.
    FisherZ,
}

impl Scale {
    /// Every scale.
    pub const ALL: [Self; 2] = [Self::AsPrinted, Self::FisherZ];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AsPrinted => "as-printed",
            Self::FisherZ => "fisher-z",
        }
    }
}

/// What the study prints of an estimate's precision.
#[derive(Debug, Clone)]
pub enum OriginalError {
    /// Its standard error, in plain numbers.
    StandardError(Amount),
    /// Its 95% confidence interval.
    Interval(Box<[Amount; 2]>),
    /// The pairs behind a correlation.
    Pairs(Rational),
}

/// How far off is still close.
#[derive(Debug, Clone)]
pub struct Tolerance {
    /// The text as written.
    pub text: Spanned<String>,
    /// The distance, in plain numbers.
    pub distance: Rational,
}

/// How a printed number reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transcription {
    /// We read it in the source.
    Direct,
    /// Two or more separate transcriptions agree.
    Two,
    /// One transcription that passes an arithmetic check.
    OneChecked,
    /// One transcription.
    One,
    /// Read off a chart.
    Chart,
}

impl Transcription {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Direct, Self::Two, Self::OneChecked, Self::One, Self::Chart];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Two => "two",
            Self::OneChecked => "one-checked",
            Self::One => "one",
            Self::Chart => "chart",
        }
    }

    /// Returns the mark that every verdict resting on such a number carries.
    #[must_use]
    pub const fn mark(self) -> Option<&'static str> {
        match self {
            Self::Chart => Some("chart-read"),
            Self::One => Some("single-transcription"),
            Self::Direct | Self::Two | Self::OneChecked => None,
        }
    }
}

/// A difference that someone has looked at.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The verdict that was accepted; for a relation, that it fails.
    pub verdict: Option<Verdict>,
    /// Our value when it was accepted, with the digits that must not change.
    pub value: Option<Amount>,
    /// Why.
    pub why: String,
    /// When.
    pub on: String,
}

/// How firmly a relation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It must hold by meaning.
    Definitional,
    /// The study says so.
    Stated,
    /// Our reading.
    Assumed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Definitional, Self::Stated, Self::Assumed];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Definitional => "definitional",
            Self::Stated => "stated",
            Self::Assumed => "assumed",
        }
    }
}

/// A condition that numbers of the study must meet together.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its id, snake_case.
    pub id: Spanned<String>,
    /// What it says.
    pub says: String,
    /// How firmly it stands.
    pub standing: Standing,
    /// The condition, as written or as its check spells it out.
    pub holds: Spanned<Expression>,
    /// The check that spells it out, where it was not written.
    pub check: Option<Head>,
    /// The relation of which this is another reading.
    pub alternative_to: Option<Spanned<String>>,
    /// A failure that someone has looked at.
    pub accepted: Option<Acceptance>,
}

/// A quantity that is not printed, asked of those that are.
#[derive(Debug, Clone)]
pub struct Implied {
    /// Its id, snake_case.
    pub id: Spanned<String>,
    /// What it is.
    pub says: String,
    /// The quantity.
    pub value: Spanned<Expression>,
    /// `percent`, `percentage points`, or none.
    pub unit: Option<String>,
    /// Whether it counts something: it is a whole number.
    pub count: bool,
    /// The relations to use; all definitional and stated ones where it is left out.
    pub using: Option<Vec<Spanned<String>>>,
}

impl Claims {
    /// Returns the addresses of all estimates that the claims ask for, with their places.
    #[must_use]
    pub fn estimates(&self) -> Vec<(String, Span)> {
        let mut found = Vec::new();
        let mut collect = |expression: &Spanned<Expression>| {
            for (address, range) in expression.value.estimates() {
                found.push((address, expression.span.inside_quotes(range)));
            }
        };
        for claim in &self.claims {
            claim.all_equals().for_each(&mut collect);
            claim.holds.iter().for_each(&mut collect);
        }
        self.relations.iter().for_each(|relation| collect(&relation.holds));
        self.implied.iter().for_each(|implied| collect(&implied.value));
        for claim in &self.claims {
            let readings = claim.readings.iter().filter_map(|one| one.estimate.as_ref());
            found.extend(
                claim
                    .estimate
                    .iter()
                    .chain(readings)
                    .map(|address| (address.value.clone(), address.span.clone())),
            );
        }
        found.sort_by_key(|(_, span)| span.start);
        found
    }

    /// Returns what goes into each check.
    pub fn heads(&self) -> impl Iterator<Item = &Head> {
        let spelled = self.relations.iter().filter_map(|relation| relation.check.as_ref());
        spelled.chain(self.checks.iter().map(|check| &check.head))
    }

    /// Finds a claim by id.
    #[must_use]
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id.value == id)
    }
}
