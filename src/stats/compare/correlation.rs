//! Correlations.

use super::ranks::ranks;
use super::{CompareError, Comparison, Estimate, check};
use crate::stats::distribution::{Interval, interval, two_sided_p};
use crate::stats::double_double::DoubleDouble;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::{ExactSum, mean};

/// Correlates two columns linearly.
///
/// *Formula*: r = s_xy/√(s_xx s_yy); t = r√((n−2)/(1−r²)) with n − 2; the interval by Fisher's z, se 1/√(n−3).
/// *Source*: Pearson 1896; Fisher 1921. *Errors*: lengths that differ; fewer than three pairs; a constant column.
/// *Checked against*: scipy 1.17 (tests/reference/compare.py).
///
/// # Errors
/// See above.
pub fn pearson(x: &[f64], y: &[f64], level: f64) -> Result<Comparison, CompareError> {
    correlate("Pearson's r", x, y, level)
}

/// Correlates the ranks of two columns.
///
/// *Formula*: Pearson's r of the ranks (mean ranks at ties), p from t with n − 2. *Source*: Spearman 1904.
/// *Errors*: as Pearson's. *Checked against*: scipy 1.17.
///
/// # Errors
/// See [`pearson`].
pub fn spearman(x: &[f64], y: &[f64], level: f64) -> Result<Comparison, CompareError> {
    check("Spearman's rho", &[x, y], 3)?;
    correlate("Spearman's rho", &ranks(x).0, &ranks(y).0, level)
}

fn correlate(
    test: &'static str,
    x: &[f64],
    y: &[f64],
    level: f64,
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
        let ends = interval(Reference::Normal, math::atanh(r), 1.0 / (df - 1.0).sqrt(), level);
        Interval { low: math::tanh(ends.low), high: math::tanh(ends.high) }
    });
    Ok(Comparison {
        test,
        method: "t; interval by Fisher's z".to_owned(),
        statistic,
        df: Some(df),
        p: statistic.map_or(0.0, |t| two_sided_p(reference, t)),
        estimate: Some(Estimate { value: r, standard_error: None, interval: fisher, reference }),
        effects: Vec::new(),
        n: vec![x.len() as u64],
    })
}
