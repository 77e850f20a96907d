//! The p values that a rounded test statistic allows, enclosed from outside.
//!
//! *Formula*: two-sided P(|T| > |t|) for t, z and r; the upper tail for F, chi-square and Q. With the
//! regularised incomplete beta function I: t is I at df/(df + t²) of (df/2, 1/2); r the same at 1 - r²;
//! F is I at df2/(df2 + df1 f) of (df2/2, df1/2). *Source*: Abramowitz & Stegun 26.5.27, 26.6.2, 26.7.1; the
//! rule is Nuijten et al. (2016). The range is the image of the whole interval: where zero lies in it
//! the upper end is one. *Errors*: degrees of freedom at or below zero or above 10⁹, |r| above one.
//! *Checked against*: the examples of statcheck and scipy (tests/reference/p_values.py).

use num_traits::{One, Zero};

use crate::expression::{End, EvaluationError, Interval, Rational, Tail};

/// The distribution of a test statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Student's t.
    T,
    /// The standard normal.
    Z,
    /// A correlation.
    R,
    /// Fisher's F.
    F,
    /// Chi-square.
    ChiSquare,
    /// Cochran's Q, a chi-square.
    Q,
}

impl Family {
    /// Returns how many degrees of freedom it has.
    #[must_use]
    pub const fn freedoms(self) -> usize {
        match self {
            Self::Z => 0,
            Self::T | Self::R | Self::ChiSquare | Self::Q => 1,
            Self::F => 2,
        }
    }

    /// Says whether a test with it can be one-sided.
    #[must_use]
    pub const fn is_two_sided(self) -> bool {
        matches!(self, Self::T | Self::Z | Self::R)
    }

    /// Returns its letter.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::T => "t",
            Self::Z => "z",
            Self::R => "r",
            Self::F => "F",
            Self::ChiSquare => "chi-square",
            Self::Q => "Q",
        }
    }

    /// Returns every value that such a statistic can have.
    #[must_use]
    pub fn domain(self) -> Interval {
        match self {
            Self::T | Self::Z => Interval::everything(),
            Self::R => Interval::closed(-Rational::one(), Rational::one()),
            Self::F | Self::ChiSquare | Self::Q => {
                Interval { low: End::Closed(Rational::zero()), high: End::Infinite }
            }
        }
    }

    const fn tail(self) -> Tail {
        match self {
            Self::T => Tail::T,
            Self::Z => Tail::Z,
            Self::R => Tail::R,
            Self::F => Tail::F,
            Self::ChiSquare | Self::Q => Tail::ChiSquare,
        }
    }
}

/// Returns an interval that surely holds every p value of a statistic within an interval.
///
/// # Errors
/// When degrees of freedom are not above zero, or no value of the interval can be the statistic's.
pub fn p_range(
    family: Family,
    statistic: &Interval,
    freedoms: &[Interval],
) -> Result<Interval, EvaluationError> {
    let arguments: Vec<Interval> = std::iter::once(statistic).chain(freedoms).cloned().collect();
    family.tail().range(&arguments)
}
