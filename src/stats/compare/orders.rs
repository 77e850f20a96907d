//! Rank correlations over all orders of the ranks.

use super::Alternative;

/// p of a number of concordant pairs over all orders of n values.
pub(super) fn kendall(n: usize, concordant: f64, alternative: Alternative) -> f64 {
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

/// S = Σd² of Spearman's rho, and its p over all orders of the ranks, which may be mid-ranks of ties.
///
/// The orders are counted rank by rank: for each set of the second column's ranks that the first ones of the other may have
/// met, how many orders of it give each sum. Every count is a whole number below 2⁵³.
pub(super) fn spearman(x: &[f64], y: &[f64], alternative: Alternative) -> (f64, f64) {
    let half = x.iter().chain(y).any(|rank| rank.fract() != 0.0);
    let unit = if half { 2.0 } else { 1.0 };
    let square = |one: f64, other: f64| (unit * unit * (one - other) * (one - other)) as usize;
    let seen: usize = x.iter().zip(y).map(|(one, other)| square(*one, *other)).sum();
    let n = x.len();
    let whole: usize = x.iter().flat_map(|one| y.iter().map(move |y| square(*one, *y))).sum();
    let ways = sums(x, y, &square);
    // The mean of the sums is `whole` over n: distances from it are compared as whole numbers.
    let far = |sum: usize| match alternative {
        Alternative::TwoSided => (n * sum).abs_diff(whole) >= (n * seen).abs_diff(whole),
        Alternative::Greater => sum <= seen,
        Alternative::Less => sum >= seen,
    };
    let all: f64 = ways.iter().sum();
    let kept: f64 = ways.iter().enumerate().filter(|(sum, _)| far(*sum)).map(|(_, w)| w).sum();
    (seen as f64 / (unit * unit), kept / all)
}

/// How many orders of the second ranks give each sum of squares.
fn sums(x: &[f64], y: &[f64], square: &dyn Fn(f64, f64) -> usize) -> Vec<f64> {
    let mut ways: Vec<Vec<f64>> = vec![Vec::new(); 1 << y.len()];
    ways[0] = vec![1.0];
    for (place, rank) in x.iter().enumerate() {
        for set in 0..ways.len() {
            if set.count_ones() as usize != place {
                continue;
            }
            let before = std::mem::take(&mut ways[set]);
            for (next, other) in y.iter().enumerate().filter(|(next, _)| set >> next & 1 == 0) {
                let by = square(*rank, *other);
                let after = &mut ways[set | 1 << next];
                after.resize(after.len().max(before.len() + by), 0.0);
                after.iter_mut().skip(by).zip(&before).for_each(|(sum, count)| *sum += count);
            }
        }
    }
    ways.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distribution of S for four ranks, as every textbook prints it: 1, 3, 1, 4, 2, 2, 2, 4, 1, 3, 1 of 24.
    #[test]
    fn four_ranks_have_the_printed_distribution() {
        let ranks = [1.0, 2.0, 3.0, 4.0];
        let square = |one: f64, other: f64| ((one - other) * (one - other)) as usize;
        let ways = sums(&ranks, &ranks, &square);
        let even: Vec<f64> = ways.iter().step_by(2).copied().collect();
        assert_eq!(even, [1.0, 3.0, 1.0, 4.0, 2.0, 2.0, 2.0, 4.0, 1.0, 3.0, 1.0]);
        assert!(ways.iter().skip(1).step_by(2).all(|count| *count == 0.0));
    }

    #[test]
    fn every_order_of_twelve_ranks_is_counted() {
        let ranks: Vec<f64> = (1..=12).map(f64::from).collect();
        let square = |one: f64, other: f64| ((one - other) * (one - other)) as usize;
        let all: f64 = sums(&ranks, &ranks, &square).iter().sum();
        assert_eq!(all, 479_001_600.0);
    }
}
