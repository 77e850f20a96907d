//! The p values of test statistics as functions of expressions: `p_t(t, df)`, `p_f(f, df1, df2)`,
//! `p_chi2(x, df)`, `p_z(z)`, `p_r(r, df)`.
//!
//! Two-sided for t, z and r, the upper tail for F and chi-square. Over intervals they are enclosed from
//! outside: monotone in the statistic, and in each degree of freedom either monotone or cut into pieces.

use num_traits::{One, Signed, Zero};

use super::interval::{End, Interval};
use super::{EvaluationError, Rational, nearest_float, rational_of};
use crate::stats::distribution::{chi_square_sf, f_sf, incomplete_beta, normal_sf, t_sf};

/// How far outward every p value is moved, relative to itself. The kernels keep 1e-12 against mpmath
/// (tests/reference/distributions.py) and their arguments are rounded once; this is a hundred times that.
const SLACK: f64 = 1e-10;
/// The smallest float that counts: below it a tail may have underflowed.
const TINY: f64 = 1e-290;
/// Into how many pieces an interval of degrees of freedom is cut where the tail is not monotone in it.
const PIECES: u32 = 32;
/// The most degrees of freedom that the kernels were checked for, with room.
const MOST_FREEDOM: f64 = 1e9;

/// A distribution whose tail is a p value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Student's t, two-sided.
    T,
    /// The standard normal, two-sided.
    Z,
    /// A correlation, two-sided, by its degrees of freedom.
    R,
    /// Fisher's F, upper tail.
    F,
    /// Chi-square, upper tail.
    ChiSquare,
}

impl Tail {
    /// Returns the name of its function.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::T => "p_t",
            Self::Z => "p_z",
            Self::R => "p_r",
            Self::F => "p_f",
            Self::ChiSquare => "p_chi2",
        }
    }

    /// Returns how many numbers it takes.
    #[must_use]
    pub const fn arguments(self) -> usize {
        match self {
            Self::Z => 1,
            Self::T | Self::R | Self::ChiSquare => 2,
            Self::F => 3,
        }
    }

    const fn two_sided(self) -> bool {
        matches!(self, Self::T | Self::Z | Self::R)
    }

    fn outside(self) -> EvaluationError {
        EvaluationError::Domain(self.name())
    }

    /// Computes the p value.
    ///
    /// # Errors
    /// When degrees of freedom are not above zero, or a correlation is outside -1 to 1.
    pub(super) fn value(self, at: &[f64]) -> Result<f64, EvaluationError> {
        let [statistic, freedoms @ ..] = at else { return Err(self.outside()) };
        if freedoms.iter().any(|freedom| !(*freedom > 0.0 && *freedom <= MOST_FREEDOM)) {
            return Err(self.outside());
        }
        let size = statistic.abs();
        match (self, freedoms) {
            (Self::Z, []) => Ok(2.0 * normal_sf(size)),
            (Self::T, [df]) => Ok(2.0 * t_sf(size, *df)),
            (Self::R, [df]) if size <= 1.0 => {
                let square = size * size;
                Ok(incomplete_beta(0.5 * df, 0.5, (1.0 - size) * (1.0 + size), square))
            }
            (Self::F, [one, two]) => Ok(f_sf(*statistic, *one, *two)),
            (Self::ChiSquare, [df]) => Ok(chi_square_sf(*statistic, *df)),
            _ => Err(self.outside()),
        }
    }

    /// Returns the slope in each argument, by central differences (good to about nine digits).
    ///
    /// # Errors
    /// As [`Self::value`].
    pub(super) fn slopes(self, at: &[f64]) -> Result<Vec<f64>, EvaluationError> {
        (0..at.len())
            .map(|index| {
                let value = at.get(index).copied().unwrap_or_default();
                let step = if index == 0 { 1e-6 * value.abs().max(0.1) } else { 1e-5 * value };
                let moved = |by: f64| {
                    let mut near = at.to_vec();
                    near.iter_mut().skip(index).take(1).for_each(|place| *place = value + by);
                    self.value(&near)
                };
                Ok((moved(step)? - moved(-step)?) / (2.0 * step))
            })
            .collect()
    }

    /// Encloses the slope in each argument by what is known of its sign.
    pub(super) fn signs(self, at: &[Interval]) -> Vec<Interval> {
        let falls = || Interval { low: End::Infinite, high: End::Closed(Rational::zero()) };
        let rises = || Interval { low: End::Closed(Rational::zero()), high: End::Infinite };
        let in_statistic = |statistic: &Interval| {
            if !self.two_sided() || statistic.is_never_negative() {
                falls()
            } else if statistic.is_never_positive() {
                rises()
            } else {
                Interval::everything()
            }
        };
        let in_freedom = match self {
            Self::T | Self::Z | Self::R => falls(),
            Self::ChiSquare => rises(),
            Self::F => Interval::everything(),
        };
        at.iter()
            .enumerate()
            .map(|(index, own)| if index == 0 { in_statistic(own) } else { in_freedom.clone() })
            .collect()
    }

    /// Encloses every p value over a box.
    ///
    /// # Errors
    /// When degrees of freedom may not be above zero, or no number of the box can be the statistic.
    pub fn range(self, at: &[Interval]) -> Result<Interval, EvaluationError> {
        let [statistic, freedoms @ ..] = at else { return Err(self.outside()) };
        if freedoms.len() + 1 != self.arguments() {
            return Err(self.outside());
        }
        let freedoms: Vec<Freedom> =
            freedoms.iter().map(|df| self.freedom(df)).collect::<Result<_, _>>()?;
        let size = if self.two_sided() { statistic.absolute() } else { statistic.clone() };
        let most = if self == Self::R { End::Closed(Rational::one()) } else { End::Infinite };
        let possible = Interval { low: End::Closed(Rational::zero()), high: most };
        let size = size.intersection(&possible).ok_or_else(|| self.outside())?;
        let low = self.bound(size.high.value(), &freedoms, Bound::Least);
        let high = self.bound(size.low.value(), &freedoms, Bound::Most);
        let end = |value: f64| rational_of(value).ok_or_else(|| self.outside());
        Ok(Interval::closed(
            end(low * (1.0 - SLACK))?,
            end((high * (1.0 + SLACK) + TINY).min(1.0))?,
        ))
    }

    fn freedom(self, df: &Interval) -> Result<Freedom, EvaluationError> {
        let (Some(low), Some(high)) = (df.low.value(), df.high.value()) else {
            return Err(self.outside());
        };
        let most = Rational::from_integer((MOST_FREEDOM as u64).into());
        if low.is_negative() || high.is_zero() || high.is_negative() || *high > most {
            return Err(self.outside());
        }
        if low.is_zero() && df.low.is_closed() {
            return Err(self.outside());
        }
        Ok(Freedom { low: low.clone(), high: high.clone() })
    }

    /// The least or largest p value at a statistic (`None` for one without bound).
    fn bound(self, size: Option<&Rational>, freedoms: &[Freedom], bound: Bound) -> f64 {
        let Some(size) = size else { return 0.0 };
        if size.is_zero() {
            return 1.0;
        }
        let least = bound == Bound::Least;
        match (self, freedoms) {
            (Self::T, [df]) => t_tail(size, if least { &df.high } else { &df.low }),
            (Self::R, [df]) => r_tail(size, if least { &df.high } else { &df.low }),
            (Self::ChiSquare, [df]) => {
                let df = if least { &df.low } else { &df.high };
                if df.is_zero() {
                    0.0
                } else {
                    chi_square_sf(nearest_float(size), nearest_float(df))
                }
            }
            (Self::F, [one, two]) => {
                let all = one
                    .pieces()
                    .into_iter()
                    .flat_map(|one| two.pieces().into_iter().map(move |two| (one.clone(), two)));
                let tails = all.map(|(one, two)| f_tail(size, &one, &two, bound));
                if least { tails.fold(1.0, f64::min) } else { tails.fold(0.0, f64::max) }
            }
            _ => 2.0 * normal_sf(nearest_float(size)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Least,
    Most,
}

/// Where a degree of freedom lies.
#[derive(Debug, Clone)]
struct Freedom {
    low: Rational,
    high: Rational,
}

impl Freedom {
    fn pieces(&self) -> Vec<Self> {
        if self.low == self.high {
            return vec![self.clone()];
        }
        let step = (&self.high - &self.low) / Rational::from_integer(PIECES.into());
        let at = |index: u32| &self.low + &step * Rational::from_integer(index.into());
        (0..PIECES).map(|index| Self { low: at(index), high: at(index + 1) }).collect()
    }
}

/// I at df/(df + t²) of (df/2, 1/2): it falls in t and in df.
fn t_tail(t: &Rational, df: &Rational) -> f64 {
    if df.is_zero() {
        return 1.0;
    }
    let square = t * t;
    let whole = df + &square;
    beta(df, &Rational::one(), &(df / &whole), &(square / &whole))
}

/// I at 1 - r² of (df/2, 1/2): it falls in r and in df.
fn r_tail(r: &Rational, df: &Rational) -> f64 {
    if df.is_zero() {
        return 1.0;
    }
    let square = r * r;
    beta(df, &Rational::one(), &(Rational::one() - &square), &square)
}

/// I at x = df2/(df2 + df1 f) of (df2/2, df1/2) rises in x, falls in df2 and rises in df1 at a fixed x, and x
/// rises in df2 and falls in df1: taking each at its own end encloses it, more tightly the smaller the piece.
fn f_tail(f: &Rational, one: &Freedom, two: &Freedom, bound: Bound) -> f64 {
    let (at, parameters) = match bound {
        Bound::Least => ((&one.high, &two.low), (&two.high, &one.low)),
        Bound::Most => ((&one.low, &two.high), (&two.low, &one.high)),
    };
    if parameters.0.is_zero() || parameters.1.is_zero() {
        return if bound == Bound::Least { 0.0 } else { 1.0 };
    }
    let whole = at.1 + at.0 * f;
    beta(parameters.0, parameters.1, &(at.1 / &whole), &(at.0 * f / &whole))
}

/// I at x of (a/2, b/2); y is 1 - x, exact like x.
fn beta(a: &Rational, b: &Rational, x: &Rational, y: &Rational) -> f64 {
    let half = |value: &Rational| 0.5 * nearest_float(value);
    incomplete_beta(half(a), half(b), nearest_float(x), nearest_float(y))
}
