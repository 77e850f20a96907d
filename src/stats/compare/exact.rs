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
/// above 2·10⁷. *Checked against*: scipy 1.17 (`fisher_exact`, `contingency.odds_ratio`: tests/reference/compare.py).
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
    let tables = Tables::of(row, column, n);
    let place = (a - tables.first) as usize;
    let (effects, mut warnings) = ratios(table, how.level);
    let estimate = if tables.weights.len() <= MOST {
        tables.odds_ratio(place, how.level)
    } else {
        warnings.push("the table is too large for the conditional odds ratio".to_owned());
        None
    };
    if estimate.is_none() && tables.weights.len() <= MOST {
        warnings.push("the conditional odds ratio is infinite".to_owned());
    }
    Ok(Comparison {
        test: TEST,
        method: "exact; estimate: conditional odds ratio".to_owned(),
        statistic: None,
        df: None,
        p: tables.p(place, how.alternative),
        estimate,
        effects,
        n: vec![row, n - row],
        warnings,
    })
}

/// The tables with given margins: the first count of the smallest, and each one's probability.
struct Tables {
    first: u64,
    weights: Vec<f64>,
}

impl Tables {
    /// Weighs them outwards from the likeliest, by the ratios of neighbours: no logarithm, no cancellation.
    fn of(row: u64, column: u64, n: u64) -> Self {
        let (first, last) = ((row + column).saturating_sub(n), row.min(column));
        let up = |x: u64| {
            let (row, column, n, x) = (row as f64, column as f64, n as f64, x as f64);
            (row - x) * (column - x) / ((x + 1.0) * (n - row - column + x + 1.0))
        };
        let mode =
            (((row + 1) as f64 * (column + 1) as f64 / (n + 2) as f64) as u64).clamp(first, last);
        let mut weights = vec![0.0; (last - first + 1) as usize];
        let start = (mode - first) as usize;
        weights[start] = 1.0;
        for place in start + 1..weights.len() {
            weights[place] = weights[place - 1] * up(first + place as u64 - 1);
        }
        for place in (0..start).rev() {
            weights[place] = weights[place + 1] / up(first + place as u64);
        }
        let total = sum(&weights);
        for weight in &mut weights {
            *weight /= total;
        }
        Self { first, weights }
    }

    fn p(&self, place: usize, alternative: Alternative) -> f64 {
        let p = match alternative {
            Alternative::Less => sum(&self.weights[..=place]),
            Alternative::Greater => sum(&self.weights[place..]),
            Alternative::TwoSided => {
                let limit = self.weights[place] * (1.0 + 1e-7);
                let terms: Vec<f64> =
                    self.weights.iter().filter(|weight| **weight <= limit).copied().collect();
                sum(&terms)
            }
        };
        p.min(1.0)
    }

    /// The conditional odds ratio with its interval; none where it is infinite.
    fn odds_ratio(&self, place: usize, level: f64) -> Option<Estimate> {
        let last = self.weights.len() - 1;
        if place == last {
            return None;
        }
        let half = 0.5 * (1.0 - level);
        let logs: Vec<f64> = self.weights.iter().map(|weight| math::ln(*weight)).collect();
        let share = |log_odds: f64, keep: &dyn Fn(usize) -> f64| {
            let tilted = logs.iter().enumerate().map(|(x, log)| log + x as f64 * log_odds);
            let tilted: Vec<f64> = tilted.collect();
            let most = tilted.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let terms: Vec<f64> = tilted.iter().map(|log| math::exp(log - most)).collect();
            let kept: Vec<f64> = terms.iter().enumerate().map(|(x, term)| keep(x) * term).collect();
            sum(&kept) / sum(&terms)
        };
        let mean = |log_odds: f64| share(log_odds, &|x| x as f64) - place as f64;
        let above = |log_odds: f64| share(log_odds, &|x| f64::from(u8::from(x >= place))) - half;
        let below = |log_odds: f64| half - share(log_odds, &|x| f64::from(u8::from(x <= place)));
        let value = if place == 0 { 0.0 } else { math::exp(root(mean)) };
        let low = if place == 0 { 0.0 } else { math::exp(root(above)) };
        let interval = Some(Interval { low, high: math::exp(root(below)) });
        let reference = Reference::Normal;
        Some(Estimate { value, standard_error: None, interval, reference, method: "exact" })
    }
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
