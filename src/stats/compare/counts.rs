//! Proportions and contingency tables.

use super::{CompareError, Comparison, Estimate};
use crate::stats::distribution::{
    Interval, chi_square_sf, interval, normal_upper_quantile, two_sided_p,
};
use crate::stats::linear::Reference;
use crate::stats::math;

/// The largest total for which Fisher's test is summed.
const LARGEST: u64 = 20_000_000;

/// Compares two proportions, k₁ of n₁ and k₂ of n₂.
///
/// *Formula*: z = (p₁ − p₂)/√(p(1−p)(1/n₁ + 1/n₂)), p pooled; the interval of the difference is Newcombe's hybrid score
/// interval (method 10). Effects: risk ratio and odds ratio with intervals on the log scale (none with a zero cell).
/// *Source*: Newcombe 1998; Agresti 2013, sections 3.1 and 3.2. *Errors*: an empty group; no variation.
/// *Checked against*: statsmodels 0.15 (tests/reference/compare.py).
///
/// # Errors
/// See above.
pub fn proportions(
    ones: [u64; 2],
    totals: [u64; 2],
    level: f64,
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
    let z = (p[0] - p[1]) / (pooled * (1.0 - pooled) * (1.0 / n[0] + 1.0 / n[1])).sqrt();
    let error = (p[0] * (1.0 - p[0]) / n[0] + p[1] * (1.0 - p[1]) / n[1]).sqrt();
    let table = [[ones[0], totals[0] - ones[0]], [ones[1], totals[1] - ones[1]]];
    Ok(Comparison {
        test: TEST,
        method: "normal, pooled variance; interval by Newcombe's hybrid score".to_owned(),
        statistic: Some(z),
        df: None,
        p: two_sided_p(Reference::Normal, z),
        estimate: Some(Estimate {
            value: p[0] - p[1],
            standard_error: Some(error),
            interval: Some(newcombe(p, n, level)),
            reference: Reference::Normal,
        }),
        effects: ratios(table, level),
        n: totals.to_vec(),
    })
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

/// Risk and odds ratio of a 2 × 2 table; none with a zero cell.
fn ratios(table: [[u64; 2]; 2], level: f64) -> Vec<(&'static str, Estimate)> {
    let [[a, b], [c, d]] = table.map(|row| row.map(|count| count as f64));
    if a * b * c * d == 0.0 {
        return Vec::new();
    }
    let on_log = |value: f64, error: f64| {
        let ends = interval(Reference::Normal, math::ln(value), error, level);
        Estimate {
            value,
            standard_error: Some(value * error),
            interval: Some(Interval { low: math::exp(ends.low), high: math::exp(ends.high) }),
            reference: Reference::Normal,
        }
    };
    let risk = on_log(
        a / (a + b) / (c / (c + d)),
        (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt(),
    );
    let odds = on_log(a * d / (b * c), (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt());
    vec![("risk_ratio", risk), ("odds_ratio", odds)]
}

/// Tests the independence of rows and columns.
///
/// *Formula*: χ² = Σ(O − E)²/E with (r − 1)(c − 1); with `yates`, |O − E| less 1/2 in a 2 × 2 table. Effect: Cramér's V.
/// *Source*: Pearson 1900; Yates 1934; Cramér 1946. *Shapes*: empty rows and columns are left out.
/// *Errors*: fewer than two rows or columns with counts. *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn chi_square(table: &[Vec<u64>], yates: bool) -> Result<Comparison, CompareError> {
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
    for (i, row) in table.iter().enumerate() {
        for (j, observed) in row.iter().enumerate() {
            let expected = rows[i] * columns[j] / n;
            if expected > 0.0 {
                let away = (*observed as f64 - expected).abs();
                let away = if corrected { (away - 0.5).max(0.0) } else { away };
                terms.push(away * away / expected);
            }
        }
    }
    let statistic = crate::stats::sum::sum(&terms);
    let df = ((r - 1) * (c - 1)) as f64;
    let v = (statistic / (n * (r.min(c) - 1) as f64)).sqrt();
    Ok(Comparison {
        test: "Pearson's chi-square",
        method: if corrected { "chi-square, Yates corrected" } else { "chi-square" }.to_owned(),
        statistic: Some(statistic),
        df: Some(df),
        p: chi_square_sf(statistic, df),
        estimate: None,
        effects: vec![(
            "cramer_v",
            Estimate {
                value: v,
                standard_error: None,
                interval: None,
                reference: Reference::Normal,
            },
        )],
        n: vec![n as u64],
    })
}

/// Tests the independence of a 2 × 2 table exactly.
///
/// *Formula*: the sum of the hypergeometric probabilities not above that of the table seen (by a factor 1 + 1e-7, as in
/// R, so that equal ones count). Effects: risk and odds ratio of the sample.
/// *Source*: Fisher 1935. *Errors*: an empty margin; a total above 2·10⁷. *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn fisher(table: [[u64; 2]; 2], level: f64) -> Result<Comparison, CompareError> {
    let [[a, b], [c, d]] = table;
    let (row, column, n) = (a + b, a + c, a + b + c + d);
    if row == 0 || row == n || column == 0 || column == n {
        return Err(CompareError::Table);
    }
    if n > LARGEST {
        return Err(CompareError::TooLarge);
    }
    let choose = |n: u64, k: u64| {
        let g = |x: u64| math::ln_gamma(x as f64 + 1.0);
        g(n) - g(k) - g(n - k)
    };
    let log = |x: u64| choose(column, x) + choose(n - column, row - x) - choose(n, row);
    let (low, high) = ((row + column).saturating_sub(n), row.min(column));
    let seen = log(a);
    let limit = seen + 1e-7;
    let terms: Vec<f64> =
        (low..=high).map(log).filter(|term| *term <= limit).map(math::exp).collect();
    Ok(Comparison {
        test: "Fisher's exact",
        method: "exact".to_owned(),
        statistic: None,
        df: None,
        p: crate::stats::sum::sum(&terms).min(1.0),
        estimate: None,
        effects: ratios(table, level),
        n: vec![row, n - row],
    })
}
