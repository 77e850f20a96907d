//! Cohen's kappa and its weighted forms.

use super::AgreementError;
use crate::stats::distribution::{Interval, interval, two_sided_p};
use crate::stats::linear::Reference;

/// How near-misses count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KappaWeights {
    /// Not at all: Cohen 1960.
    #[default]
    None,
    /// In proportion to their distance: Cicchetti & Allison 1971.
    Linear,
    /// In proportion to its square: Fleiss & Cohen 1973.
    Quadratic,
}

/// Kappa with its errors, percent agreement and prevalence.
#[derive(Debug, Clone, PartialEq)]
pub struct Kappa {
    /// Agreement beyond chance.
    pub value: f64,
    /// Its standard error, for intervals; zero where the table says nothing of it: full agreement, or one code of one coder.
    pub standard_error: f64,
    /// Its standard error were there no agreement beyond chance, for the test.
    pub null_standard_error: f64,
    /// The normal interval; none where the standard error is zero.
    pub interval: Option<Interval>,
    /// The two-sided p value of no agreement beyond chance; none where the null error is zero.
    pub p: Option<f64>,
    /// The share of units coded the same.
    pub percent: f64,
    /// The agreement seen, near-misses counted by their weights; as `percent` without weights.
    pub observed: f64,
    /// The agreement that chance gives, likewise.
    pub expected: f64,
    /// The share of each category in both coders' codes together.
    pub prevalence: Vec<f64>,
    /// The units.
    pub n: u64,
}

/// Measures the agreement of two coders from the table of their codes.
///
/// *Formula*: κ = 1 − Σv o/Σv e, v the disagreement weights (|i−j|/(k−1), or its square; 0 or 1 unweighted), o and e
/// the observed and expected shares. With agreement weights w = 1 − v, w̄ᵢ· = Σⱼ p·ⱼ wᵢⱼ and w̄·ⱼ likewise:
/// var = (Σ o (w − (w̄ᵢ· + w̄·ⱼ)(1 − κ))² − (κ − w_e(1 − κ))²)/(n (1 − w_e)²) and, under no agreement,
/// var₀ = (Σ e (w − (w̄ᵢ· + w̄·ⱼ))² − w_e²)/(n (1 − w_e)²).
/// Where var is 0 (full agreement, or a coder who used one code, with whom κ is 0 by its definition) there is no interval.
/// *Source*: Fleiss, Cohen & Everitt 1969, eqs. 8 and 9. *Shapes*: a square table, rows the first coder's.
/// *Errors*: an empty table; all codes the same. *Checked against*: `[[53,5,2],[11,14,5],[1,6,3]]` gives .428571 (.075959),
/// linear .492308, quadratic .566667; statsmodels' `cohens_kappa`, errors and all (tests/reference/agreement.py).
///
/// # Errors
/// See above.
pub fn kappa(
    table: &[Vec<u64>],
    weights: KappaWeights,
    level: f64,
) -> Result<Kappa, AgreementError> {
    let k = table.len();
    if table.iter().any(|row| row.len() != k) {
        return Err(AgreementError::Length);
    }
    let n: u64 = table.iter().flatten().sum();
    if n == 0 {
        return Err(AgreementError::NothingShared);
    }
    let total = n as f64;
    let row: Vec<f64> = table.iter().map(|row| row.iter().sum::<u64>() as f64 / total).collect();
    let column: Vec<f64> =
        (0..k).map(|j| table.iter().map(|row| row[j]).sum::<u64>() as f64 / total).collect();
    let agree = |i: usize, j: usize| agreement_weight(weights, i, j, k);
    let over = |cell: &dyn Fn(usize, usize) -> f64| -> f64 {
        let terms: Vec<f64> = (0..k * k).map(|place| cell(place / k, place % k)).collect();
        crate::stats::sum::sum(&terms)
    };
    let share = |i: usize, j: usize| table[i][j] as f64 / total;
    let expected = over(&|i, j| row[i] * column[j] * agree(i, j));
    let disagreement = over(&|i, j| share(i, j) * (1.0 - agree(i, j)));
    let by_chance = over(&|i, j| row[i] * column[j] * (1.0 - agree(i, j)));
    if by_chance <= 0.0 {
        return Err(AgreementError::NoVariation);
    }
    let value = 1.0 - disagreement / by_chance;
    let of_row: Vec<f64> = (0..k).map(|i| (0..k).map(|j| column[j] * agree(i, j)).sum()).collect();
    let of_column: Vec<f64> = (0..k).map(|j| (0..k).map(|i| row[i] * agree(i, j)).sum()).collect();
    let spread = over(&|i, j| {
        let d = agree(i, j) - (of_row[i] + of_column[j]) * (1.0 - value);
        share(i, j) * d * d
    });
    let null_spread = over(&|i, j| {
        let d = agree(i, j) - (of_row[i] + of_column[j]);
        row[i] * column[j] * d * d
    });
    let centre = value - expected * (1.0 - value);
    let scale = total * by_chance * by_chance;
    // A coder who used one code agrees as chance would, whatever the other did: kappa is 0 in every such table.
    let alone = [&row, &column].into_iter().any(|shares| shares.contains(&1.0));
    let error = |spread: f64, centre: f64, none: bool| {
        if none { 0.0 } else { ((spread - centre * centre).max(0.0) / scale).sqrt() }
    };
    let standard_error = error(spread, centre, alone || disagreement == 0.0);
    let null_standard_error = error(null_spread, expected, alone);
    Ok(Kappa {
        value,
        standard_error,
        null_standard_error,
        interval: (standard_error > 0.0)
            .then(|| interval(Reference::Normal, value, standard_error, level)),
        p: (null_standard_error > 0.0)
            .then(|| two_sided_p(Reference::Normal, value / null_standard_error)),
        observed: 1.0 - disagreement,
        expected,
        percent: (0..k).map(|i| table[i][i]).sum::<u64>() as f64 / total,
        prevalence: (0..k).map(|i| 0.5 * (row[i] + column[i])).collect(),
        n,
    })
}

fn agreement_weight(weights: KappaWeights, i: usize, j: usize, k: usize) -> f64 {
    let distance = i.abs_diff(j) as f64 / (k.max(2) - 1) as f64;
    match weights {
        KappaWeights::None => f64::from(u8::from(i == j)),
        KappaWeights::Linear => 1.0 - distance,
        KappaWeights::Quadratic => 1.0 - distance * distance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<Vec<u64>> {
        vec![vec![53, 5, 2], vec![11, 14, 5], vec![1, 6, 3]]
    }

    #[test]
    fn kappa_gives_the_known_answers() {
        let found = kappa(&table(), KappaWeights::None, 0.95).unwrap();
        assert!((found.value - 0.428_571).abs() < 5e-7, "{}", found.value);
        assert!((found.standard_error - 0.075_959).abs() < 5e-7, "{}", found.standard_error);
        assert!((found.percent - 0.7).abs() < 1e-15);
        let linear = kappa(&table(), KappaWeights::Linear, 0.95).unwrap().value;
        let quadratic = kappa(&table(), KappaWeights::Quadratic, 0.95).unwrap().value;
        assert!((linear - 0.492_308).abs() < 5e-7 && (quadratic - 0.566_667).abs() < 5e-7);
    }

    #[test]
    fn one_category_has_no_kappa() {
        let table = vec![vec![9, 0], vec![0, 0]];
        assert_eq!(kappa(&table, KappaWeights::None, 0.95), Err(AgreementError::NoVariation));
    }

    /// Full agreement, and a coder of one code (with whom kappa is 0 in every table), leave nothing to estimate an error from.
    #[test]
    fn no_error_is_no_interval() {
        for weights in [KappaWeights::None, KappaWeights::Linear, KappaWeights::Quadratic] {
            let full =
                kappa(&[vec![7, 0, 0], vec![0, 11, 0], vec![0, 0, 3]], weights, 0.95).unwrap();
            assert_eq!((full.value, full.standard_error, full.interval), (1.0, 0.0, None));
            assert!(full.p.unwrap() < 1e-3);
            let alone = kappa(&[vec![0, 3, 5], vec![0; 3], vec![0; 3]], weights, 0.95).unwrap();
            assert!(alone.value.abs() < 1e-15);
            assert_eq!((alone.standard_error, alone.interval, alone.p), (0.0, None, None));
        }
    }
}
