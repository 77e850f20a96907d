//! Correlations.

use super::ranks::ranks;
use super::{Alternative, CompareError, Comparison, Estimate, How, check};
use crate::stats::distribution::{Interval, interval};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::{ExactSum, mean};

/// Correlates two columns linearly.
///
/// *Formula*: r = s_xy/√(s_xx s_yy); t = r√((n−2)/(1−r²)) with n − 2; the interval by Fisher's z, se 1/√(n−3).
/// *Source*: Pearson 1896; Fisher 1921. *Shapes*: two columns of one length.
/// *Errors*: lengths that differ; fewer than three pairs; a constant column.
/// *Checked against*: scipy 1.17 (tests/reference/compare.py).
///
/// # Errors
/// See above.
pub fn pearson(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    correlate("Pearson's r", x, y, how)
}

/// Correlates the ranks of two columns.
///
/// *Formula*: Pearson's r of the ranks (mean ranks at ties), p from t with n − 2. *Source*: Spearman 1904.
/// *Shapes, Errors*: as Pearson's. *Checked against*: scipy 1.17.
///
/// # Errors
/// See [`pearson`].
pub fn spearman(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    check("Spearman's rho", &[x, y], 3)?;
    correlate("Spearman's rho", &ranks(x).0, &ranks(y).0, how)
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
    let (mx, my) = (mean(x), mean(y));
    let mut sums = [ExactSum::new(), ExactSum::new(), ExactSum::new()];
    for (x, y) in x.iter().zip(y) {
        let (dx, dy) = (DoubleDouble::from(*x) - mx, DoubleDouble::from(*y) - my);
        sums[0].add_double(dx * dx);
        sums[1].add_double(dy * dy);
        sums[2].add_double(dx * dy);
    }
    let [xx, yy, xy] = sums.map(|sum| sum.value());
    if xx == 0.0 || yy == 0.0 {
        return Err(CompareError::NoVariation { test });
    }
    let r = (xy / xx.sqrt() / yy.sqrt()).clamp(-1.0, 1.0);
    let df = x.len() as f64 - 2.0;
    let rest = 1.0 - r * r;
    let reference = Reference::T { df };
    let statistic = (rest > 0.0).then(|| r * (df / rest).sqrt());
    let fisher = (x.len() > 3 && rest > 0.0).then(|| {
        let ends = interval(Reference::Normal, math::atanh(r), 1.0 / (df - 1.0).sqrt(), how.level);
        Interval { low: math::tanh(ends.low), high: math::tanh(ends.high) }
    });
    let method = if fisher.is_some() { "fisher-z" } else { "" };
    let few = (x.len() == 3).then(|| "three pairs: Fisher's z gives no interval".to_owned());
    let line = (rest <= 0.0).then(|| "the columns lie on a line: no interval".to_owned());
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

/// The most pairs that Kendall's tau compares one by one.
const MOST: usize = 30_000;

/// Correlates two columns by the order of their pairs.
///
/// *Formula*: τ_b = (C − D)/√((n₀ − T_x)(n₀ − T_y)), n₀ = n(n−1)/2, T pairs tied; p exact without ties below 50 pairs (or where
/// asked for), else normal with the variance of C − D under ties, no continuity correction.
/// *Source*: Kendall 1938, 1945; Hollander, Wolfe & Chicken 2014, section 8.1. *Shapes*: two columns of one length. *Errors*: lengths
/// that differ; fewer than two pairs; a constant column; more than 30,000 pairs; an exact p with ties.
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn kendall(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Kendall's tau-b";
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(TEST, &[x, y], 2)?;
    if x.len() > MOST {
        return Err(CompareError::TooLarge { test: TEST });
    }
    let mut s = 0_i64;
    for (i, (xi, yi)) in x.iter().zip(y).enumerate() {
        for (xj, yj) in x.iter().zip(y).take(i) {
            s += order(*xi, *xj) * order(*yi, *yj);
        }
    }
    let n = x.len() as f64;
    let pairs = 0.5 * n * (n - 1.0);
    let (tx, ty) = (Ties::of(x), Ties::of(y));
    if pairs == tx.pairs || pairs == ty.pairs {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let s = s as f64;
    let tau = s / ((pairs - tx.pairs) * (pairs - ty.pairs)).sqrt();
    let tied = tx.pairs + ty.pairs > 0.0;
    let exact = how.exact.unwrap_or(!tied && x.len() < 50);
    let (statistic, p) = if exact {
        if tied || x.len() > 500 {
            return Err(CompareError::TooLarge { test: TEST });
        }
        (None, counted(x.len(), 0.5 * (pairs + s), how.alternative))
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

fn order(a: f64, b: f64) -> i64 {
    i64::from(a > b) - i64::from(a < b)
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

/// p of a number of concordant pairs over all orders of n values.
fn counted(n: usize, concordant: f64, alternative: Alternative) -> f64 {
    let most = n * (n - 1) / 2;
    let mut shares = vec![0.0; most + 1];
    shares[0] = 1.0;
    for size in 2..=n {
        let before = shares.clone();
        for (count, slot) in shares.iter_mut().enumerate() {
            let first = count.saturating_sub(size - 1);
            *slot = before[first..=count].iter().sum::<f64>() / size as f64;
        }
    }
    let place = concordant.round() as usize;
    let below: f64 = shares[..=place].iter().sum();
    let above: f64 = shares[place..].iter().rev().sum();
    match alternative {
        Alternative::Less => below,
        Alternative::Greater => above,
        Alternative::TwoSided => (2.0 * below.min(above)).min(1.0),
    }
}
