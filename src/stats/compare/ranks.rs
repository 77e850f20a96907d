//! Rank tests: Mann–Whitney for two groups, Wilcoxon's signed rank for pairs.

use super::{CompareError, Comparison, Estimate, check};
use crate::stats::distribution::normal_sf;
use crate::stats::linear::Reference;

/// The largest sample for which p is counted exactly.
const EXACT: usize = 50;

/// Ranks of values, the mean rank at ties; and Σ(t³ − t) over ties.
pub(super) fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut ties = 0.0;
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && values[order[end]] == values[order[start]] {
            end += 1;
        }
        let count = (end - start) as f64;
        let rank = 0.5 * (start + 1 + end) as f64;
        order[start..end].iter().for_each(|place| ranks[*place] = rank);
        ties += count * count * count - count;
        start = end;
    }
    (ranks, ties)
}

fn plain(value: f64) -> Estimate {
    Estimate { value, standard_error: None, interval: None, reference: Reference::Normal }
}

/// Compares two groups by ranks (the Wilcoxon rank-sum test is the same).
///
/// *Formula*: U = R₁ − n₁(n₁+1)/2; exact without ties up to 50 in each group, else normal with the tie-corrected
/// variance n₁n₂/12 (n+1 − Σ(t³−t)/(n(n−1))) and a continuity correction of 1/2.
/// Effects: the chance that a value of the first group exceeds one of the second (ties half), and rank-biserial r = 2A − 1.
/// *Source*: Mann & Whitney 1947; Hollander, Wolfe & Chicken 2014, section 4.1. *Errors*: an empty group; all values the same.
/// *Checked against*: scipy 1.17 (exact and asymptotic).
///
/// # Errors
/// See above.
pub fn mann_whitney(x: &[f64], y: &[f64]) -> Result<Comparison, CompareError> {
    const TEST: &str = "Mann-Whitney U";
    check(TEST, &[x, y], 1)?;
    let all: Vec<f64> = x.iter().chain(y).copied().collect();
    let (ranks, ties) = ranks(&all);
    let (n1, n2) = (x.len() as f64, y.len() as f64);
    let n = n1 + n2;
    let u = ranks[..x.len()].iter().sum::<f64>() - 0.5 * n1 * (n1 + 1.0);
    let variance = n1 * n2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    if variance <= 0.0 || n < 2.0 {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let exact = ties == 0.0 && x.len() <= EXACT && y.len() <= EXACT;
    let centre = 0.5 * n1 * n2;
    let p = if exact {
        two_sided(&rank_sum_counts(x.len(), y.len()), u.max(n1 * n2 - u) as usize)
    } else {
        let z = ((u - centre).abs() - 0.5).max(0.0) / variance.sqrt();
        2.0 * normal_sf(z)
    };
    let superiority = u / (n1 * n2);
    Ok(Comparison {
        test: TEST,
        method: if exact { "exact" } else { "normal, ties and continuity corrected" }.to_owned(),
        statistic: Some(u),
        df: None,
        p: p.min(1.0),
        estimate: Some(plain(superiority)),
        effects: vec![
            ("superiority", plain(superiority)),
            ("rank_biserial", plain(2.0 * superiority - 1.0)),
        ],
        n: vec![x.len() as u64, y.len() as u64],
    })
}

/// The probability of each U under no difference: Gaussian binomial coefficients over their sum.
fn rank_sum_counts(n1: usize, n2: usize) -> Vec<f64> {
    // counts[j][u]: ways with j values of the first group among those seen, as probabilities of the final draw.
    let most = n1 * n2;
    let mut ways = vec![vec![0.0; most + 1]; n1 + 1];
    ways[0][0] = 1.0;
    for seen in 1..=n1 + n2 {
        for j in (1..=n1.min(seen)).rev() {
            // The largest of the values seen is the j-th of its group and beats seen − j of the other.
            let beaten = seen - j;
            if beaten > n2 {
                continue;
            }
            let (below, here) = ways.split_at_mut(j);
            for u in (beaten..=most).rev() {
                here[0][u] += below[j - 1][u - beaten];
            }
        }
    }
    let total: f64 = ways[n1].iter().sum();
    ways[n1].iter().map(|count| count / total).collect()
}

/// Twice the upper tail from `from`, at most one.
fn two_sided(probabilities: &[f64], from: usize) -> f64 {
    let tail: f64 = probabilities[from.min(probabilities.len())..].iter().rev().sum();
    (2.0 * tail).min(1.0)
}

/// Compares two columns pair by pair, by the ranks of their differences' sizes.
///
/// *Formula*: W = Σ ranks of positive differences, zero differences left out; exact without ties up to 50 pairs, else
/// normal with variance n(n+1)(2n+1)/24 − Σ(t³−t)/48 and a continuity correction of 1/2.
/// Effect: matched-pairs rank-biserial r = (W₊ − W₋)/(W₊ + W₋).
/// *Source*: Wilcoxon 1945; Hollander, Wolfe & Chicken 2014, section 3.1. *Errors*: lengths that differ; no difference that is not zero.
/// *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn wilcoxon_signed_rank(x: &[f64], y: &[f64]) -> Result<Comparison, CompareError> {
    const TEST: &str = "Wilcoxon signed rank";
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(TEST, &[x, y], 1)?;
    let differences: Vec<f64> =
        x.iter().zip(y).map(|(x, y)| x - y).filter(|difference| *difference != 0.0).collect();
    if differences.is_empty() {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    let (ranks, ties) = ranks(&sizes);
    let w: f64 = differences.iter().zip(&ranks).filter(|(d, _)| **d > 0.0).map(|(_, r)| r).sum();
    let n = differences.len() as f64;
    let whole = 0.5 * n * (n + 1.0);
    let exact = ties == 0.0 && differences.len() <= EXACT && differences.len() == x.len();
    let p = if exact {
        two_sided(&signed_rank_counts(differences.len()), w.max(whole - w) as usize)
    } else {
        let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
        let z = ((w - 0.5 * whole).abs() - 0.5).max(0.0) / variance.sqrt();
        2.0 * normal_sf(z)
    };
    Ok(Comparison {
        test: TEST,
        method: if exact { "exact" } else { "normal, ties and continuity corrected" }.to_owned(),
        statistic: Some(w),
        df: None,
        p: p.min(1.0),
        estimate: None,
        effects: vec![("rank_biserial", plain((2.0 * w - whole) / whole))],
        n: vec![differences.len() as u64],
    })
}

/// The probability of each W under symmetry.
fn signed_rank_counts(n: usize) -> Vec<f64> {
    let most = n * (n + 1) / 2;
    let mut probability = vec![0.0; most + 1];
    probability[0] = 1.0;
    for rank in 1..=n {
        for w in (0..=most).rev() {
            let with = if w >= rank { probability[w - rank] } else { 0.0 };
            probability[w] = 0.5 * (probability[w] + with);
        }
    }
    probability
}
