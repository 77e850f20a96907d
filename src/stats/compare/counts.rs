//! Proportions and contingency tables.

use super::{Alternative, CompareError, Comparison, Estimate, How};
use crate::stats::distribution::{
    Interval, chi_square_sf, incomplete_beta, interval, normal_upper_quantile,
};
use crate::stats::linear::Reference;
use crate::stats::math;

/// Compares two proportions, k₁ of n₁ and k₂ of n₂.
///
/// *Formula*: z = (p₁ − p₂)/√(p(1−p)(1/n₁ + 1/n₂)), p pooled; with a continuity correction |p₁ − p₂| less (1/n₁ + 1/n₂)/2,
/// no less than 0, on whichever side p is. The interval of the difference is Newcombe's hybrid score interval (method 10), or Wald's. Effects: risk difference, and
/// risk ratio and odds ratio with intervals on the log scale (no ratio where it divides by zero, no interval where it is zero).
/// *Source*: Newcombe 1998; Agresti 2013, sections 3.1 and 3.2. *Shapes*: two counts and two totals. *Errors*: an empty group; no
/// variation. *Checked against*: statsmodels 0.15 (tests/reference/compare.py); R 4.2 `prop.test` where corrected.
///
/// # Errors
/// See above.
pub fn proportions(
    ones: [u64; 2],
    totals: [u64; 2],
    how: &How,
) -> Result<Comparison, CompareError> {
    const TEST: &str = "two proportions";
    let found = totals[0].min(totals[1]) as usize;
    if found == 0 {
        return Err(CompareError::TooFew { test: TEST, needed: 1, found });
    }
    if ones[0] > totals[0] || ones[1] > totals[1] {
        return Err(CompareError::Table);
    }
    let n = totals.map(|total| total as f64);
    let p = [ones[0] as f64 / n[0], ones[1] as f64 / n[1]];
    let pooled = (ones[0] + ones[1]) as f64 / (n[0] + n[1]);
    if pooled == 0.0 || pooled == 1.0 {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let inverse = 1.0 / n[0] + 1.0 / n[1];
    let corrected = how.continuity == Some(true);
    let half = if corrected { 0.5 * inverse } else { 0.0 };
    // As in R, the correction never turns the difference, whatever the side: see its `prop.test`.
    let away = ((p[0] - p[1]).abs() - half).max(0.0).copysign(p[0] - p[1]);
    let z = away / (pooled * (1.0 - pooled) * inverse).sqrt();
    let error = (p[0] * (1.0 - p[0]) / n[0] + p[1] * (1.0 - p[1]) / n[1]).sqrt();
    let table = [[ones[0], totals[0] - ones[0]], [ones[1], totals[1] - ones[1]]];
    let wald = Estimate::symmetric(p[0] - p[1], error, Reference::Normal, how.level);
    let estimate = if how.wald {
        Estimate { method: "wald", ..wald }
    } else {
        Estimate { interval: Some(newcombe(p, n, how.level)), method: "newcombe", ..wald }
    };
    let (effects, warnings) = ratios(table, how.level);
    Ok(Comparison {
        test: TEST,
        method: format!(
            "normal, pooled variance{}; interval {}",
            if corrected { ", continuity corrected" } else { "" },
            if how.wald { "by Wald" } else { "by Newcombe's hybrid score" },
        ),
        statistic: Some(z),
        df: None,
        p: how.alternative.p(Reference::Normal, z),
        estimate: Some(estimate),
        effects: std::iter::once(("risk_difference", estimate)).chain(effects).collect(),
        n: totals.to_vec(),
        warnings,
    })
}

/// Compares one proportion with a number, exactly.
///
/// *Formula*: the sum of the binomial probabilities not above that of the count seen (by a factor 1 + 1e-7, as in R's
/// `binom.test`), or one tail; the interval is Clopper and Pearson's. *Source*: Clopper & Pearson 1934.
/// *Shapes*: a count and a total. *Errors*: an empty sample; a null outside 0 to 1. *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn binomial(ones: u64, total: u64, how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "exact binomial";
    if total == 0 {
        return Err(CompareError::TooFew { test: TEST, needed: 1, found: 0 });
    }
    if ones > total {
        return Err(CompareError::Table);
    }
    let null = how.null;
    if !(null > 0.0 && null < 1.0) {
        return Err(CompareError::Null { value: null });
    }
    let (k, n) = (ones as f64, total as f64);
    let at_least = |k: f64| {
        if k <= 0.0 { 1.0 } else { incomplete_beta(k, n - k + 1.0, null, 1.0 - null) }
    };
    let at_most = |k: f64| {
        if k >= n { 1.0 } else { incomplete_beta(n - k, k + 1.0, 1.0 - null, null) }
    };
    let p = match how.alternative {
        Alternative::Greater => at_least(k),
        Alternative::Less => at_most(k),
        Alternative::TwoSided => both_tails(k, n, null, &at_least, &at_most),
    };
    let share = k / n;
    let interval = crate::stats::summary::clopper_pearson(k, n, how.level);
    Ok(Comparison {
        test: TEST,
        method: "exact; interval by Clopper and Pearson".to_owned(),
        statistic: Some(k),
        df: None,
        p: p.min(1.0),
        estimate: Some(Estimate {
            value: share,
            standard_error: Some((share * (1.0 - share) / n).sqrt()),
            interval: Some(interval),
            reference: Reference::Normal,
            method: "exact",
        }),
        effects: Vec::new(),
        n: vec![total],
        warnings: Vec::new(),
    })
}

/// The tail of the count seen, and that part of the other tail whose counts are no more likely.
fn both_tails(
    k: f64,
    n: f64,
    null: f64,
    at_least: &dyn Fn(f64) -> f64,
    at_most: &dyn Fn(f64) -> f64,
) -> f64 {
    let log = |k: f64| {
        let choose =
            math::ln_gamma(n + 1.0) - math::ln_gamma(k + 1.0) - math::ln_gamma(n - k + 1.0);
        choose + k * math::ln(null) + (n - k) * math::ln_1p(-null)
    };
    let limit = log(k) + 1e-7;
    let mode = ((n + 1.0) * null).floor().min(n);
    // The probabilities fall on both sides of the mode: the first count beyond it that is rare enough.
    let far = |mut near: f64, mut out: f64| {
        while (out - near).abs() > 1.0 {
            let middle = (0.5 * (near + out)).floor();
            if log(middle) <= limit { out = middle } else { near = middle }
        }
        out
    };
    if log(mode) <= limit {
        1.0
    } else if k < mode {
        let other = far(mode, n + 1.0);
        at_most(k) + if other > n { 0.0 } else { at_least(other) }
    } else {
        let other = far(mode, -1.0);
        at_least(k) + if other < 0.0 { 0.0 } else { at_most(other) }
    }
}

fn newcombe(p: [f64; 2], n: [f64; 2], level: f64) -> Interval {
    let z = normal_upper_quantile(0.5 * (1.0 - level));
    let ends = [0, 1].map(|i| {
        let (centre, whole) = (p[i] + z * z / (2.0 * n[i]), 1.0 + z * z / n[i]);
        let half = z * (p[i] * (1.0 - p[i]) / n[i] + z * z / (4.0 * n[i] * n[i])).sqrt();
        ((centre - half) / whole, (centre + half) / whole)
    });
    let away = |a: f64, b: f64| math::sqrt(a * a + b * b);
    let difference = p[0] - p[1];
    Interval {
        low: difference - away(p[0] - ends[0].0, ends[1].1 - p[1]),
        high: difference + away(ends[0].1 - p[0], p[1] - ends[1].0),
    }
}

/// Risk and odds ratio of a 2 × 2 table; and a warning where one, or its interval, is missing.
///
/// A ratio whose divisor is zero is infinite or nothing, and left out. One of zero is zero, and has no logarithm: no interval.
pub(super) fn ratios(
    table: [[u64; 2]; 2],
    level: f64,
) -> (Vec<(&'static str, Estimate)>, Vec<String>) {
    let [[a, b], [c, d]] = table.map(|row| row.map(|count| count as f64));
    let on_log = |value: f64, error: f64| {
        if value == 0.0 {
            return Estimate::plain(0.0);
        }
        let ends = interval(Reference::Normal, math::ln(value), error, level);
        Estimate {
            value,
            standard_error: Some(value * error),
            interval: Some(Interval { low: math::exp(ends.low), high: math::exp(ends.high) }),
            reference: Reference::Normal,
            method: "log-normal",
        }
    };
    let mut effects = Vec::new();
    if c > 0.0 {
        let error = (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt();
        effects.push(("risk_ratio", on_log(a / (a + b) / (c / (c + d)), error)));
    }
    if b * c > 0.0 {
        let error = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
        effects.push(("odds_ratio", on_log(a * d / (b * c), error)));
    }
    let without = |some: &dyn Fn(Option<&Estimate>) -> bool| {
        let names = [("risk_ratio", "risk ratio"), ("odds_ratio", "odds ratio")];
        let found = |name| effects.iter().find(|(known, _)| *known == name).map(|(_, one)| one);
        let named = names.into_iter().filter(|(name, _)| some(found(*name)));
        let named: Vec<&str> = named.map(|(_, words)| words).collect();
        (!named.is_empty()).then(|| named.join(" or "))
    };
    let absent = without(&|one| one.is_none()).map(|names| format!("no {names}"));
    let bare = without(&|one| one.is_some_and(|one| one.interval.is_none()));
    let bare = bare.map(|names| format!("no interval of the {names}"));
    let told = absent.into_iter().chain(bare);
    let warnings = told.map(|what| format!("a cell of the table is zero: {what}")).collect();
    (effects, warnings)
}

/// Tests the independence of rows and columns.
///
/// *Formula*: χ² = Σ(O − E)²/E with (r − 1)(c − 1); with `yates`, |O − E| less 1/2 (no less than 0) in a 2 × 2 table. Effects:
/// Cramér's V = √(χ²/(n (min(r,c) − 1))), of the uncorrected χ²; risk and odds ratio of a 2 × 2 table. A warning where an expected count is below 5.
/// *Source*: Pearson 1900; Yates 1934; Cramér 1946; Cochran 1954. *Shapes*: any; empty rows and columns are left out.
/// *Errors*: fewer than two rows or columns with counts. *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn chi_square(table: &[Vec<u64>], yates: bool, level: f64) -> Result<Comparison, CompareError> {
    let width = table.first().map_or(0, Vec::len);
    if table.iter().any(|row| row.len() != width) {
        return Err(CompareError::Length);
    }
    let rows: Vec<f64> = table.iter().map(|row| row.iter().sum::<u64>() as f64).collect();
    let columns: Vec<f64> =
        (0..width).map(|j| table.iter().map(|row| row[j]).sum::<u64>() as f64).collect();
    let n: f64 = rows.iter().sum();
    let count = |totals: &[f64]| totals.iter().filter(|total| **total > 0.0).count();
    let (r, c) = (count(&rows), count(&columns));
    if r < 2 || c < 2 {
        return Err(CompareError::Table);
    }
    let corrected = yates && r == 2 && c == 2;
    let mut terms = Vec::new();
    let mut plain = Vec::new();
    let mut sparse = 0;
    for (i, row) in table.iter().enumerate() {
        for (j, observed) in row.iter().enumerate() {
            let expected = rows[i] * columns[j] / n;
            if expected > 0.0 {
                let away = (*observed as f64 - expected).abs();
                plain.push(away * away / expected);
                sparse += usize::from(expected < 5.0);
                let away = if corrected { (away - 0.5).max(0.0) } else { away };
                terms.push(away * away / expected);
            }
        }
    }
    let statistic = crate::stats::sum::sum(&terms);
    let df = ((r - 1) * (c - 1)) as f64;
    let v = (crate::stats::sum::sum(&plain) / (n * (r.min(c) - 1) as f64)).sqrt();
    let (mut effects, mut warnings) = match table {
        [one, two] if r == 2 && c == 2 && width == 2 => {
            ratios([[one[0], one[1]], [two[0], two[1]]], level)
        }
        _ => (Vec::new(), Vec::new()),
    };
    effects.insert(0, ("cramer_v", Estimate::plain(v)));
    if sparse > 0 {
        warnings.push(format!("{sparse} expected counts are below 5: chi-square is approximate"));
    }
    Ok(Comparison {
        test: "Pearson's chi-square",
        method: if corrected { "chi-square, Yates corrected" } else { "chi-square" }.to_owned(),
        statistic: Some(statistic),
        df: Some(df),
        p: chi_square_sf(statistic, df),
        estimate: None,
        effects,
        n: vec![n as u64],
        warnings,
    })
}
