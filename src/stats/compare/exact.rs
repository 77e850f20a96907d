//! Fisher's exact test, and the odds ratio that goes with it.

use super::counts::ratios;
use super::{Alternative, CompareError, Comparison, Estimate, How};
use crate::stats::distribution::Interval;
use crate::stats::linear::Reference;
use crate::stats::math;
use crate::stats::sum::sum;

const TEST: &str = "Fisher's exact";
/// The largest total for which the test is summed.
const LARGEST: u64 = 20_000_000;
/// The most tables with the same margins for which the conditional odds ratio is sought.
const MOST: usize = 200_000;

/// Tests the independence of a 2 × 2 table exactly.
///
/// *Formula*: the sum of the hypergeometric probabilities not above that of the table seen (by a factor 1 + 1e-7, as in
/// R, so that equal ones count), or one tail. The estimate is the conditional odds ratio: the ω that makes the mean of the
/// noncentral hypergeometric the count seen, with the interval whose ends ω put α/2 beyond it. Effects: risk and odds
/// ratio of the sample, the risk that of the first column by row.
/// *Source*: Fisher 1935; Cornfield 1956; Agresti 2013, section 16.6.4. *Shapes*: 2 × 2. *Errors*: an empty margin; a total
/// above 2·10⁷. *Checked against*: scipy 1.17 (`fisher_exact`, `contingency.odds_ratio`: tests/reference/compare.py); the odds
/// ratio of tables whose p is far below the smallest float, mpmath with 40 digits (tests/reference/compare_exact.py).
/// An infinite ratio is told by a warning, with the lower end of its interval.
///
/// # Errors
/// See above.
pub fn fisher(table: [[u64; 2]; 2], how: &How) -> Result<Comparison, CompareError> {
    let [[a, b], [c, d]] = table;
    let (row, column, n) = (a + b, a + c, a + b + c + d);
    if row == 0 || row == n || column == 0 || column == n {
        return Err(CompareError::Table);
    }
    if n > LARGEST {
        return Err(CompareError::TooLarge { test: TEST });
    }
    let tables = Tables::of(a, row, column, n);
    let (effects, mut warnings) = ratios(table, how.level);
    let estimate = if tables.weights.len() <= MOST {
        conditional(&tables, how.level, &mut warnings)
    } else {
        warnings.push("the table is too large for the conditional odds ratio".to_owned());
        None
    };
    let p = tables.p(how.alternative);
    if p == 0.0 {
        warnings.push("p is below 1e-308: 0 stands for it".to_owned());
    }
    Ok(Comparison {
        test: TEST,
        method: "exact; estimate: conditional odds ratio".to_owned(),
        statistic: None,
        df: None,
        p,
        estimate,
        effects,
        n: vec![row, n - row],
        warnings,
    })
}

/// The conditional odds ratio as an estimate; where it is infinite, which no result can hold, a warning that tells what is
/// known of it.
fn conditional(tables: &Tables, level: f64, warnings: &mut Vec<String>) -> Option<Estimate> {
    let (value, interval) = tables.odds_ratio(level);
    if value.is_infinite() {
        warnings.push("the conditional odds ratio is infinite".to_owned());
        let (low, percent) = (significant(interval.low), significant(100.0 * level));
        warnings.push(format!("its {percent} % interval runs from {low} without an upper end"));
        return None;
    }
    let reference = Reference::Normal;
    Some(Estimate {
        value,
        standard_error: None,
        interval: Some(interval),
        reference,
        method: "exact",
    })
}

/// A number with six digits or so, for a sentence.
fn significant(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// The tables with given margins: the first count of the smallest, how often larger each one is than the one before, and
/// each one's probability.
struct Tables {
    /// The place of the table seen.
    seen: usize,
    /// The ratio of each table's probability to that of the one before it, from the second on.
    ratios: Vec<f64>,
    weights: Vec<f64>,
}

impl Tables {
    fn of(seen: u64, row: u64, column: u64, n: u64) -> Self {
        let (first, last) = ((row + column).saturating_sub(n), row.min(column));
        let up = |x: u64| {
            let (row, column, n, x) = (row as f64, column as f64, n as f64, x as f64);
            (row - x) * (column - x) / ((x + 1.0) * (n - row - column + x + 1.0))
        };
        let ratios: Vec<f64> = (first..last).map(up).collect();
        let weights = weights(&ratios, 1.0);
        Self { seen: (seen - first) as usize, ratios, weights }
    }

    fn p(&self, alternative: Alternative) -> f64 {
        let p = match alternative {
            Alternative::Less => sum(&self.weights[..=self.seen]),
            Alternative::Greater => sum(&self.weights[self.seen..]),
            Alternative::TwoSided => {
                let limit = self.weights[self.seen] * (1.0 + 1e-7);
                let terms: Vec<f64> =
                    self.weights.iter().filter(|weight| **weight <= limit).copied().collect();
                sum(&terms)
            }
        };
        p.min(1.0)
    }

    /// The conditional odds ratio with its interval, either end of which may be infinite, as may be the ratio itself.
    fn odds_ratio(&self, level: f64) -> (f64, Interval) {
        let (seen, half) = (self.seen, 0.5 * (1.0 - level));
        let tilted = |log_odds: f64| weights(&self.ratios, math::exp(log_odds));
        let mean = |log_odds: f64| {
            let shares = tilted(log_odds);
            let away = |(x, share): (usize, &f64)| (x as f64 - seen as f64) * share;
            sum(&shares.iter().enumerate().map(away).collect::<Vec<f64>>())
        };
        let above = |log_odds: f64| sum(&tilted(log_odds)[seen..]) - half;
        let below = |log_odds: f64| half - sum(&tilted(log_odds)[..=seen]);
        let (least, most) = (seen == 0, seen == self.ratios.len());
        let value = match (least, most) {
            (true, _) => 0.0,
            (_, true) => f64::INFINITY,
            _ => math::exp(root(mean)),
        };
        let low = if least { 0.0 } else { math::exp(root(above)) };
        let high = if most { f64::INFINITY } else { math::exp(root(below)) };
        (value, Interval { low, high })
    }
}

/// The probabilities of tables whose neighbours stand in these ratios, each times `odds`.
///
/// They are weighed outwards from the likeliest: no logarithm, no cancellation, and what is too small for a float is small
/// beside the rest whatever the odds.
fn weights(ratios: &[f64], odds: f64) -> Vec<f64> {
    let mut weights = vec![0.0; ratios.len() + 1];
    // The ratios fall: the likeliest table is the last that is likelier than the one before it.
    let start = ratios.partition_point(|ratio| ratio * odds >= 1.0);
    weights[start] = 1.0;
    for place in start..ratios.len() {
        weights[place + 1] = weights[place] * ratios[place] * odds;
    }
    for place in (0..start).rev() {
        weights[place] = weights[place + 1] / (ratios[place] * odds);
    }
    let total = sum(&weights);
    for weight in &mut weights {
        *weight /= total;
    }
    weights
}

/// The root of a rising function of a log odds ratio, by bisection.
fn root(function: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-1.0_f64, 1.0_f64);
    while function(low) > 0.0 && low > -700.0 {
        low *= 2.0;
    }
    while function(high) < 0.0 && high < 700.0 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if function(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
