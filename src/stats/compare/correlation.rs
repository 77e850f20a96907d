//! Correlations.

use super::orders;
use super::ranks::ranks;
use super::{Alternative, CompareError, Comparison, Estimate, How, check, is_rounding};
use crate::stats::distribution::{Interval, interval};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::{ExactSum, mean};
use crate::stats::unit::{in_unit, unit_of};

/// Correlates two columns linearly.
///
/// *Formula*: r = s_xy/√(s_xx s_yy); t = r√((n−2)/(1−r²)) with n − 2; the interval by Fisher's z, se 1/√(n−3). 1 − r² is
/// taken of the sums in twice the digits, so that it keeps its own near r = ±1; where it is no more than the columns'
/// rounding, they lie on a line.
/// *Source*: Pearson 1896; Fisher 1921. *Shapes*: two columns of one length.
/// *Errors*: lengths that differ; fewer than three pairs; a column that is constant but for rounding.
/// *Checked against*: scipy 1.17 (tests/reference/compare.py); mpmath with 50 digits near ±1 (tests/reference/compare_exact.py).
///
/// # Errors
/// See above.
pub fn pearson(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    correlate("Pearson's r", x, y, how)
}

/// The most pairs whose orders Spearman's rho counts.
const FEW: usize = 12;

/// Correlates the ranks of two columns.
///
/// *Formula*: Pearson's r of the ranks (mean ranks at ties), the interval by Fisher's z. p exact over all orders of the
/// (mid-)ranks without ties up to 12 pairs, or where asked for: the statistic then is S = Σd², as R's, and two-sided p counts
/// the orders whose S is as far from its mean; else p from t with n − 2. *Source*: Spearman 1904; Hollander, Wolfe & Chicken
/// 2014, section 8.5. *Shapes, Errors*: as Pearson's; an exact p of more than 12 pairs.
/// *Checked against*: scipy 1.17; every order, listed (tests/reference/compare_exact.py); R 4.2 `cor.test`.
///
/// # Errors
/// See [`pearson`].
pub fn spearman(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Spearman's rho";
    check(TEST, &[x, y], 3)?;
    let ((x, x_ties), (y, y_ties)) = (ranks(x), ranks(y));
    let mut found = correlate(TEST, &x, &y, how)?;
    let tied = x_ties + y_ties > 0.0;
    if how.exact.unwrap_or(!tied && x.len() <= FEW) {
        if x.len() > FEW {
            return Err(CompareError::TooMany { test: TEST, most: FEW, found: x.len() });
        }
        let (squares, p) = orders::spearman(&x, &y, how.alternative);
        let over = if tied { "exact, over the mid-ranks of ties" } else { "exact" };
        (found.statistic, found.df, found.p) = (Some(squares), None, p);
        found.method = format!("{over}; interval by Fisher's z");
    } else if found.statistic.is_none() {
        found.warnings.push("the ranks lie on a line: by t, which is infinite, p is 0".to_owned());
    }
    Ok(found)
}

/// Sums of squares and products about the means, and the part of the variance that a line leaves.
struct Line {
    r: f64,
    /// 1 − r², to the last digits however near r is to ±1.
    rest: f64,
}

impl Line {
    fn of(test: &'static str, x: &[f64], y: &[f64]) -> Result<Self, CompareError> {
        let (x, y) = (in_unit(x, unit_of(x)), in_unit(y, unit_of(y)));
        let (mx, my) = (mean(&x), mean(&y));
        let mut sums = [ExactSum::new(), ExactSum::new(), ExactSum::new()];
        for (x, y) in x.iter().zip(&y) {
            let (dx, dy) = (DoubleDouble::from(*x) - mx, DoubleDouble::from(*y) - my);
            sums[0].add_double(dx * dx);
            sums[1].add_double(dy * dy);
            sums[2].add_double(dx * dy);
        }
        let [xx, yy, xy] = sums.map(|sum| sum.double_value());
        let deviation = |squares: DoubleDouble| (squares.value() / x.len() as f64).sqrt();
        let (sx, sy) = (deviation(xx), deviation(yy));
        if sx == 0.0 || sy == 0.0 {
            return Err(CompareError::NoVariation { test });
        }
        let (size_x, size_y) = (mx.value().abs(), my.value().abs());
        if is_rounding(sx, size_x) || is_rounding(sy, size_y) {
            return Err(CompareError::Rounding { test });
        }
        let r = xy.value() / xx.value().sqrt() / yy.value().sqrt();
        let rest = (DoubleDouble::ONE - (xy / xx) * (xy / yy)).value();
        // What the rounding of points on a line leaves is none of theirs.
        let rounding = f64::EPSILON * (2.0 + size_x / sx + size_y / sy);
        let rest = if rest <= rounding * rounding { 0.0 } else { rest };
        Ok(Self { r: if rest > 0.0 { r.clamp(-1.0, 1.0) } else { r.signum() }, rest })
    }

    /// Fisher's z of r.
    fn z(&self) -> f64 {
        if self.rest > 0.5 {
            return math::atanh(self.r);
        }
        let size = math::ln_1p(self.r.abs()) - 0.5 * math::ln(self.rest);
        size.copysign(self.r)
    }
}

fn correlate(
    test: &'static str,
    x: &[f64],
    y: &[f64],
    how: &How,
) -> Result<Comparison, CompareError> {
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(test, &[x, y], 3)?;
    let line = Line::of(test, x, y)?;
    let df = x.len() as f64 - 2.0;
    let reference = Reference::T { df };
    let (r, rest) = (line.r, line.rest);
    let statistic = (rest > 0.0).then(|| r * (df / rest).sqrt());
    let fisher = (x.len() > 3 && rest > 0.0).then(|| {
        let ends = interval(Reference::Normal, line.z(), 1.0 / (df - 1.0).sqrt(), how.level);
        Interval { low: math::tanh(ends.low), high: math::tanh(ends.high) }
    });
    let method = if fisher.is_some() { "fisher-z" } else { "" };
    let few = (x.len() == 3).then(|| "three pairs: Fisher's z gives no interval".to_owned());
    let line = (rest <= 0.0).then(|| {
        "the columns lie on a line: t is infinite (no statistic), and there is no interval"
            .to_owned()
    });
    let p = match statistic {
        Some(t) => how.alternative.p(reference, t),
        // On a line t is infinite.
        None => match how.alternative {
            Alternative::Greater if r < 0.0 => 1.0,
            Alternative::Less if r > 0.0 => 1.0,
            _ => 0.0,
        },
    };
    Ok(Comparison {
        test,
        method: "t; interval by Fisher's z".to_owned(),
        statistic,
        df: Some(df),
        p,
        estimate: Some(Estimate {
            value: r,
            standard_error: None,
            interval: fisher,
            reference: Reference::Normal,
            method,
        }),
        effects: Vec::new(),
        n: vec![x.len() as u64],
        warnings: line.or(few).into_iter().collect(),
    })
}

/// The most pairs whose orders Kendall's tau counts.
const MOST: usize = 500;

/// Correlates two columns by the order of their pairs.
///
/// *Formula*: τ_b = (C − D)/√((n₀ − T_x)(n₀ − T_y)), n₀ = n(n−1)/2, T pairs tied; p exact without ties below 50 pairs (or where
/// asked for), else normal with the variance of C − D under ties, no continuity correction. The statistic is C where p is
/// exact (R's T), else z.
/// *Source*: Kendall 1938, 1945; Hollander, Wolfe & Chicken 2014, section 8.1; Knight 1966 for the count. *Shapes*: two columns of one length. *Errors*: lengths
/// that differ; fewer than two pairs; a constant column; an exact p with ties, or of more than 500 pairs.
/// *Checked against*: scipy 1.17; R 4.2 `cor.test`.
///
/// # Errors
/// See above.
pub fn kendall(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Kendall's tau-b";
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(TEST, &[x, y], 2)?;
    let n = x.len() as f64;
    let pairs = 0.5 * n * (n - 1.0);
    let (tx, ty) = (Ties::of(x), Ties::of(y));
    if pairs == tx.pairs || pairs == ty.pairs {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let s = concordance(x, y, pairs - tx.pairs - ty.pairs);
    let tau = s / ((pairs - tx.pairs) * (pairs - ty.pairs)).sqrt();
    let tied = tx.pairs + ty.pairs > 0.0;
    let exact = how.exact.unwrap_or(!tied && x.len() < 50);
    let (statistic, p) = if exact {
        if tied {
            return Err(CompareError::Ties { test: TEST });
        }
        if x.len() > MOST {
            return Err(CompareError::TooMany { test: TEST, most: MOST, found: x.len() });
        }
        let concordant = 0.5 * (pairs + s);
        (Some(concordant), orders::kendall(x.len(), concordant, how.alternative))
    } else {
        let base = n * (n - 1.0) * (2.0 * n + 5.0);
        let thirds =
            if n > 2.0 { tx.thirds * ty.thirds / (9.0 * n * (n - 1.0) * (n - 2.0)) } else { 0.0 };
        let variance = (base - tx.cubes - ty.cubes) / 18.0
            + thirds
            + 2.0 * tx.pairs * ty.pairs / (n * (n - 1.0));
        let z = s / variance.sqrt();
        (Some(z), how.alternative.p(Reference::Normal, z))
    };
    Ok(Comparison {
        test: TEST,
        method: if exact { "exact" } else { "normal, ties corrected" }.to_owned(),
        statistic,
        df: None,
        p,
        estimate: Some(Estimate::plain(tau)),
        effects: Vec::new(),
        n: vec![x.len() as u64],
        warnings: Vec::new(),
    })
}

/// C − D, the pairs in the same order in both columns less those in opposite orders, by sorting.
///
/// *Formula*: C − D = n₀ − T_x − T_y + T_xy − 2D, D the inversions of y once rows are sorted by x and then y, T_xy the pairs
/// tied in both. `untied` is n₀ − T_x − T_y. *Source*: Knight 1966.
fn concordance(x: &[f64], y: &[f64], untied: f64) -> f64 {
    // Both zeros are one value.
    let mut rows: Vec<(f64, f64)> = x.iter().zip(y).map(|(x, y)| (x + 0.0, y + 0.0)).collect();
    rows.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let pairs = |run: &[(f64, f64)]| 0.5 * run.len() as f64 * (run.len() as f64 - 1.0);
    let both: f64 = rows.chunk_by(|one, other| one == other).map(pairs).sum();
    let mut sorted: Vec<f64> = rows.into_iter().map(|(_, y)| y).collect();
    untied + both - 2.0 * inversions(&mut sorted) as f64
}

/// Sorts values by merging runs of doubling length, and counts the pairs whose first is the larger.
fn inversions(values: &mut Vec<f64>) -> u64 {
    let mut merged = Vec::with_capacity(values.len());
    let (mut count, mut length) = (0, 1);
    while length < values.len() {
        merged.clear();
        for both in values.chunks(2 * length) {
            let (mut left, mut right) = both.split_at(length.min(both.len()));
            while let ([first, after @ ..], [second, later @ ..]) = (left, right) {
                if second < first {
                    count += left.len() as u64;
                    merged.push(*second);
                    right = later;
                } else {
                    merged.push(*first);
                    left = after;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(values, &mut merged);
        length *= 2;
    }
    count
}

/// Sums over the runs of t equal values: t(t−1)/2, t(t−1)(2t+5) and t(t−1)(t−2).
struct Ties {
    pairs: f64,
    cubes: f64,
    thirds: f64,
}

impl Ties {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let mut ties = Self { pairs: 0.0, cubes: 0.0, thirds: 0.0 };
        for run in sorted.chunk_by(|one, other| one == other) {
            let t = run.len() as f64;
            ties.pairs += 0.5 * t * (t - 1.0);
            ties.cubes += t * (t - 1.0) * (2.0 * t + 5.0);
            ties.thirds += t * (t - 1.0) * (t - 2.0);
        }
        ties
    }
}
