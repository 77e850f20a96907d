//! Comparisons against scipy 1.17 and statsmodels 0.15 (`tests/reference/compare.py` prints the values).

use secondlook::stats::compare::{
    CompareError, Comparison, chi_square, fisher, mann_whitney, paired_t, pearson, proportions,
    spearman, student_t, welch_t, wilcoxon_signed_rank,
};

const X: [f64; 10] = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14];
const Y: [f64; 10] = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69];
const A: [f64; 8] = [1.0, 2.0, 2.0, 3.0, 5.0, 8.0, 8.0, 9.0];
const B: [f64; 7] = [2.0, 3.0, 4.0, 4.0, 6.0, 9.0, 12.0];

/// scipy's tails are good to about 1e-13.
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-11 * expected.abs().max(1e-3), "{found} for {expected}");
}

fn is(found: Result<Comparison, CompareError>, statistic: f64, p: f64) -> Comparison {
    let found = found.expect("it can be compared");
    close(found.statistic.expect("a statistic"), statistic);
    close(found.p, p);
    found
}

#[test]
fn means() {
    let welch = is(welch_t(&X, &Y, 0.95), 1.191_260_381_848_701, 0.250_382_508_587_548_9);
    close(welch.df.expect("df"), 16.523_585_056_859_3);
    let interval = welch.estimate.and_then(|estimate| estimate.interval).expect("an interval");
    close(interval.low, -0.287_516_221_346_811_1);
    close(interval.high, 1.029_516_221_346_810_3);
    is(student_t(&X, &Y, 0.95), 1.191_260_381_848_700_9, 0.249_023_165_973_006_6);
    is(paired_t(&X, &Y, 0.95), 0.993_841_513_057_940_6, 0.346_267_287_144_038_2);
    assert_eq!(
        welch_t(&[1.0; 3], &[1.0; 3], 0.95),
        Err(CompareError::NoVariation { test: "Welch's t" })
    );
    assert!(matches!(welch_t(&X[..1], &Y, 0.95), Err(CompareError::TooFew { found: 1, .. })));
}

#[test]
fn ranks() {
    let exact = is(mann_whitney(&X[..6], &Y[4..9]), 16.0, 0.930_735_930_735_930_6);
    assert_eq!(exact.method, "exact");
    is(mann_whitney(&A, &B), 22.0, 0.521_459_627_055_835_8);
    // scipy gives the smaller of W+ and W-; ours is W+, of 55 in all.
    is(wilcoxon_signed_rank(&X, &Y), 55.0 - 18.0, 0.375);
    is(wilcoxon_signed_rank(&A[..7], &B), 0.0, 0.017_881_797_540_909_5);
}

#[test]
fn correlations() {
    let found = pearson(&X, &Y, 0.95).expect("it correlates");
    let estimate = found.estimate.expect("r");
    close(estimate.value, -0.457_668_277_068_158_44);
    close(found.p, 0.183_511_559_932_705_4);
    let interval = estimate.interval.expect("an interval");
    close(interval.low, -0.844_067_965_843_486_2);
    close(interval.high, 0.241_568_357_324_894_84);
    let found = spearman(&A[..7], &B, 0.95).expect("it correlates");
    close(found.estimate.expect("rho").value, 0.963_343_294_485_565_5);
    close(found.p, 0.000_484_456_935_594_750_6);
}

#[test]
fn counts() {
    let table = vec![vec![12, 5], vec![9, 17]];
    is(chi_square(&table, false), 5.323_514_720_573_543, 0.021_039_532_997_787_696);
    is(chi_square(&table, true), 3.981_159_771_600_947_5, 0.046_011_872_130_546_77);
    let table = vec![vec![12, 5], vec![9, 17], vec![4, 4]];
    is(chi_square(&table, false), 5.326_331_360_946_744, 0.069_727_138_149_574_2);
    let found = fisher([[8, 2], [1, 5]], 0.95).expect("a table");
    close(found.p, 0.034_965_034_965_034_975);
    close(found.effects[1].1.value, 20.0);
    close(fisher([[120, 80], [90, 110]], 0.95).expect("a table").p, 0.003_635_185_555_881_440_2);
    let found = is(
        proportions([56, 48], [70, 80], 0.95),
        2.650_171_951_258_533_6,
        0.008_045_081_368_196_56,
    );
    let interval = found.estimate.and_then(|estimate| estimate.interval).expect("an interval");
    close(interval.low, 0.052_431_472_402_364_98);
    close(interval.high, 0.333_872_654_036_906_14);
}
