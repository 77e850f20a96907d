//! Rank tests: Mann–Whitney for two groups, Wilcoxon's signed rank for pairs.

use super::{Alternative, CompareError, Comparison, Estimate, How, check};
use crate::stats::linear::Reference;
use crate::stats::sum::sum;

/// Samples below this size have p counted exactly by themselves, as in R.
const EXACT: usize = 50;
/// The most additions that counting may take.
const MOST: f64 = 3e8;

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

/// Compares two groups by ranks (the Wilcoxon rank-sum test is the same).
///
/// *Formula*: U = R₁ − n₁(n₁+1)/2. Exact over all divisions of the (mid-)ranks into two groups without ties and below 50 in
/// each group, or where asked for; two-sided by the distance of U from n₁n₂/2. Else normal with the tie-corrected
/// variance n₁n₂/12 (n+1 − Σ(t³−t)/(n(n−1))) and a continuity correction of 1/2.
/// Effects: the chance that a value of the first group exceeds one of the second (ties half), and rank-biserial r = 2A − 1.
/// *Source*: Mann & Whitney 1947; Hollander, Wolfe & Chicken 2014, section 4.1. *Shapes*: two groups. *Errors*: an empty group; all
/// values the same; an exact test of too many. *Checked against*: scipy 1.17 (exact and asymptotic; `permutation_test` for ties).
///
/// # Errors
/// See above.
pub fn mann_whitney(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Mann-Whitney U";
    check(TEST, &[x, y], 1)?;
    let all: Vec<f64> = x.iter().chain(y).copied().collect();
    let (ranks, ties) = ranks(&all);
    let (n1, n2) = (x.len() as f64, y.len() as f64);
    let n = n1 + n2;
    let u = sum(&ranks[..x.len()]) - 0.5 * n1 * (n1 + 1.0);
    let variance = n1 * n2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    if variance <= 0.0 || n < 2.0 {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let exact = how.exact.unwrap_or(ties == 0.0 && x.len() < EXACT && y.len() < EXACT);
    let centre = 0.5 * n1 * n2;
    let p = if exact {
        if n * n1 * n * (n + 1.0) > MOST {
            return Err(CompareError::TooLarge { test: TEST });
        }
        let shares = rank_sums(&ranks, x.len());
        tail(&shares, 2.0 * sum(&ranks[..x.len()]), n1 * (n + 1.0), how.alternative)
    } else {
        corrected(u - centre, variance.sqrt(), how)
    };
    let superiority = u / (n1 * n2);
    Ok(Comparison {
        test: TEST,
        method: method(exact, ties > 0.0, how),
        statistic: Some(u),
        df: None,
        p: p.min(1.0),
        estimate: Some(Estimate::plain(superiority)),
        effects: vec![
            ("superiority", Estimate::plain(superiority)),
            ("rank_biserial", Estimate::plain(2.0 * superiority - 1.0)),
        ],
        n: vec![x.len() as u64, y.len() as u64],
        warnings: Vec::new(),
    })
}

fn method(exact: bool, ties: bool, how: &How) -> String {
    let continuity = how.continuity.unwrap_or(true);
    match (exact, ties, continuity) {
        (true, false, _) => "exact",
        (true, true, _) => "exact, over the mid-ranks of ties",
        (false, true, true) => "normal, ties and continuity corrected",
        (false, true, false) => "normal, ties corrected",
        (false, false, true) => "normal, continuity corrected",
        (false, false, false) => "normal",
    }
    .to_owned()
}

/// p of a distance from the centre by the normal, corrected for continuity unless told not to.
fn corrected(away: f64, deviation: f64, how: &How) -> f64 {
    let half = if how.continuity.unwrap_or(true) { 0.5 } else { 0.0 };
    let z = match how.alternative {
        Alternative::TwoSided => (away.abs() - half).max(0.0),
        Alternative::Greater => away - half,
        Alternative::Less => away + half,
    } / deviation;
    how.alternative.p(Reference::Normal, z)
}

/// The probability of each doubled rank sum of `first` of the ranks, under no difference.
fn rank_sums(ranks: &[f64], first: usize) -> Vec<f64> {
    let doubled: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank) as usize).collect();
    let most: usize = doubled.iter().sum();
    // ways[j][s]: the share of draws with j of the ranks seen in the first group, and their sum.
    let mut ways = vec![vec![0.0; most + 1]; first + 1];
    ways[0][0] = 1.0;
    let mut reached = 0;
    for (seen, rank) in doubled.iter().enumerate() {
        reached += rank;
        for j in (1..=first.min(seen + 1)).rev() {
            let (below, here) = ways.split_at_mut(j);
            for s in (*rank..=reached).rev() {
                here[0][s] += below[j - 1][s - rank];
            }
        }
    }
    let total: f64 = ways[first].iter().sum();
    ways[first].iter().map(|count| count / total).collect()
}

/// The share of doubled sums as far out as `seen`; `double_centre` is twice their mean.
fn tail(shares: &[f64], seen: f64, double_centre: f64, alternative: Alternative) -> f64 {
    let far = |s: f64| match alternative {
        Alternative::TwoSided => (s - double_centre).abs() >= (seen - double_centre).abs() - 1e-9,
        Alternative::Greater => s >= seen,
        Alternative::Less => s <= seen,
    };
    let terms: Vec<f64> = shares
        .iter()
        .enumerate()
        .filter(|(s, _)| far(*s as f64))
        .map(|(_, share)| *share)
        .collect();
    sum(&terms)
}

/// Compares two columns pair by pair, by the ranks of their differences' sizes; or one with a number, where `y` repeats it.
///
/// *Formula*: W = Σ ranks of positive differences, zero differences left out. Exact over all signs of the (mid-)ranks without
/// ties or zeros and below 50 pairs, or where asked for; else normal with variance n(n+1)(2n+1)/24 − Σ(t³−t)/48 and a
/// continuity correction of 1/2.
/// Effect: matched-pairs rank-biserial r = (W₊ − W₋)/(W₊ + W₋).
/// *Source*: Wilcoxon 1945; Hollander, Wolfe & Chicken 2014, section 3.1. *Shapes*: two columns of one length. *Errors*: lengths
/// that differ; no difference that is not zero; an exact test of too many. *Checked against*: scipy 1.17.
///
/// # Errors
/// See above.
pub fn wilcoxon_signed_rank(x: &[f64], y: &[f64], how: &How) -> Result<Comparison, CompareError> {
    const TEST: &str = "Wilcoxon signed rank";
    if x.len() != y.len() {
        return Err(CompareError::Length);
    }
    check(TEST, &[x, y], 1)?;
    let away = x.iter().zip(y).map(|(x, y)| x - y - how.null);
    let differences: Vec<f64> = away.filter(|difference| *difference != 0.0).collect();
    if differences.is_empty() {
        return Err(CompareError::NoVariation { test: TEST });
    }
    let zeros = x.len() - differences.len();
    let sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    let (ranks, ties) = ranks(&sizes);
    let w: f64 = differences.iter().zip(&ranks).filter(|(d, _)| **d > 0.0).map(|(_, r)| r).sum();
    let n = differences.len() as f64;
    let whole = 0.5 * n * (n + 1.0);
    let exact = how.exact.unwrap_or(ties == 0.0 && differences.len() < EXACT && zeros == 0);
    let p = if exact {
        if n * n * (n + 1.0) > MOST {
            return Err(CompareError::TooLarge { test: TEST });
        }
        tail(&signed_ranks(&ranks), 2.0 * w, whole, how.alternative)
    } else {
        let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
        corrected(w - 0.5 * whole, variance.sqrt(), how)
    };
    let warning = (zeros > 0).then(|| format!("{zeros} differences of zero are left out"));
    Ok(Comparison {
        test: TEST,
        method: method(exact, ties > 0.0, how),
        statistic: Some(w),
        df: None,
        p: p.min(1.0),
        estimate: None,
        effects: vec![("rank_biserial", Estimate::plain((2.0 * w - whole) / whole))],
        n: vec![differences.len() as u64],
        warnings: warning.into_iter().collect(),
    })
}

/// The probability of each doubled W under symmetry.
fn signed_ranks(ranks: &[f64]) -> Vec<f64> {
    let doubled: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank) as usize).collect();
    let most: usize = doubled.iter().sum();
    let mut probability = vec![0.0; most + 1];
    probability[0] = 1.0;
    for rank in doubled {
        for w in (0..=most).rev() {
            let with = if w >= rank { probability[w - rank] } else { 0.0 };
            probability[w] = 0.5 * (probability[w] + with);
        }
    }
    probability
}
