//! A printed p value against its test statistic: the rule of statcheck with its trap closed.
//!
//! *Formula*: the p value is recomputed over the whole rounding interval of the statistic and of its degrees
//! of freedom, zero included ([`p_range`]); it is consistent where what is printed and what is allowed share
//! a number, and a decision error where everything allowed lies on the other side of the level. *Source*: Nuijten et
//! al. (2016). *Errors*: those of [`p_range`]. *Checked against*: R's statcheck 1.4.0
//! (tests/bench/forensic.py), scipy (tests/reference/p_values.py).

use super::p_value::{Family, p_range};
use crate::diagnostic::text::Append as _;
use crate::expression::{EvaluationError, Interval, Rational, show};

/// A test as printed: every number as the interval that it stands for.
#[derive(Debug, Clone)]
pub struct Test<'a> {
    /// The distribution of the statistic.
    pub family: Family,
    /// Where the statistic lies.
    pub statistic: Interval,
    /// Where each of its degrees of freedom lies.
    pub freedoms: Vec<Interval>,
    /// Where the printed p value lies; `None` where it stands for no number.
    pub printed: Option<Interval>,
    /// Whether the printed p value claims significance; `None` where it does not say.
    pub significant: Option<bool>,
    /// The level of significance.
    pub alpha: &'a Rational,
    /// Whether the study calls the test one-sided.
    pub one_sided: bool,
}

/// How a printed p value stands to its statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recomputed {
    /// Every p value that the statistic allows: one range, or for a one-sided test one for either side.
    pub allowed: Vec<Interval>,
    /// What the printed and an allowed p value share, where they are consistent.
    pub shared: Option<Interval>,
    /// Whether they would be consistent if the test were one-sided, where they are not.
    pub consistent_if_one_sided: bool,
    /// Whether the printed decision at the level is another than that of every allowed p value.
    pub decision_error: bool,
}

impl Recomputed {
    /// Says whether the printed p value is one that the statistic allows.
    #[must_use]
    pub const fn consistent(&self) -> bool {
        self.shared.is_some()
    }
}

impl Test<'_> {
    /// Recomputes the p value.
    ///
    /// # Errors
    /// When degrees of freedom are not above zero, or no value of the interval can be the statistic's.
    pub fn recompute(&self) -> Result<Recomputed, EvaluationError> {
        let two_sided = p_range(self.family, &self.statistic, &self.freedoms)?;
        let halves = self.family.is_two_sided().then(|| halves(&two_sided));
        let rescue = halves.as_ref().filter(|_| !self.one_sided).map(|[near, _]| near.clone());
        let allowed = match halves {
            Some(halves) if self.one_sided => halves.to_vec(),
            _ => vec![two_sided],
        };
        let meets = |range: &Interval| self.printed.as_ref()?.intersection(range);
        let shared = allowed.iter().find_map(meets);
        let wrong = |range: &Interval| match self.significant {
            Some(true) => range.low.value().is_some_and(|low| low > self.alpha),
            Some(false) => range.high.value().is_some_and(|high| high <= self.alpha),
            None => false,
        };
        let consistent = shared.is_some();
        Ok(Recomputed {
            consistent_if_one_sided: !consistent && rescue.as_ref().and_then(meets).is_some(),
            decision_error: !consistent && allowed.iter().all(wrong),
            allowed,
            shared,
        })
    }

    /// Writes what a reader can check in a table of the distribution.
    #[must_use]
    pub fn certificate(&self, found: &Recomputed) -> String {
        let freedoms: Vec<String> = self.freedoms.iter().map(ToString::to_string).collect();
        let within = match freedoms.as_slice() {
            [] => String::new(),
            all => format!(" with {} degrees of freedom", all.join(" and ")),
        };
        let allowed: Vec<String> = found.allowed.iter().map(six_digits).collect();
        let printed = self.printed.as_ref().map_or_else(|| "no number".into(), Interval::to_string);
        let mut text = format!(
            "{} in {}{within} allows p in {}; the printed p stands for {printed}.",
            self.family.word(),
            self.statistic,
            allowed.join(" or "),
        );
        if found.decision_error {
            write!(
                text,
                " Decision error: at {} the printed p value decides otherwise than every p value that the statistic allows.",
                show(self.alpha)
            );
        }
        if found.consistent_if_one_sided {
            text += " Consistent if one-sided.";
        }
        text
    }
}

/// The p values of one side and of the other.
fn halves(two_sided: &Interval) -> [Interval; 2] {
    let near = two_sided.scale(&Rational::new(1.into(), 2.into()));
    let far = near.negated().shift(&Rational::from_integer(1.into()));
    [near, far]
}

/// Both ends of a range of p values.
fn six_digits(range: &Interval) -> String {
    let digits = |value: f64| {
        if value == 0.0 || value >= 1e-4 { format!("{value:.6}") } else { format!("{value:.5e}") }
    };
    let [low, high] = range.as_floats().map(Option::unwrap_or_default);
    format!("[{}, {}]", digits(low), digits(high))
}
