//! Tails and quantiles against 60-digit arithmetic (`tests/reference/distributions.py`, mpmath).

use std::path::Path;

use secondlook::stats::distribution::{
    beta_upper_quantile, chi_square_lower_quantile, chi_square_sf, chi_square_upper_quantile, f_sf,
    f_upper_quantile, normal_sf, normal_upper_quantile, t_sf, t_upper_quantile,
};
use secondlook::stats::math;

/// The relative error that each function is held to. A tail's relative condition is x·h(x) for hazard h: at 1e-198
/// half a unit in the last place of the argument alone moves the 14th digit.
fn tolerance(kind: &str) -> f64 {
    match kind {
        "normal_sf" | "f_sf" => 3e-13,
        "normal_quantile" => 2e-15,
        _ => 5e-14,
    }
}

#[test]
fn tails_and_quantiles_match_sixty_digit_arithmetic() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/distributions.csv");
    let text = std::fs::read_to_string(path).expect("the reference is in the tree");
    let mut seen = 0;
    let mut wrong = Vec::new();
    let mut worst = std::collections::BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| cells[i].parse::<f64>().expect("a number");
        let (a, b, c, expected) = (number(1), number(2), number(3), number(4));
        let found = match cells[0] {
            "normal_sf" => normal_sf(a),
            "normal_quantile" => normal_upper_quantile(a),
            "t_sf" => t_sf(a, b),
            "t_quantile" => t_upper_quantile(a, b),
            "chi_square_sf" => chi_square_sf(a, b),
            "chi_square_quantile" => chi_square_upper_quantile(a, b),
            "f_quantile" => f_upper_quantile(a, b, c),
            _ => f_sf(a, b, c),
        };
        let error = ((found - expected) / expected).abs();
        let slot = worst.entry(cells[0].to_owned()).or_insert(0.0_f64);
        *slot = slot.max(error);
        if error > tolerance(cells[0]) {
            wrong.push(format!("{line}: {found}, relative error {error:e}"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 570, "{worst:?}");
    println!("{worst:?}");
}

#[test]
fn quantiles_of_student_by_their_series_match_sixty_digit_arithmetic() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/student_series.csv");
    let text = std::fs::read_to_string(path).expect("the reference is in the tree");
    let mut seen = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        let found = t_upper_quantile(cells[0], cells[1]);
        let error = ((found - cells[2]) / cells[2]).abs();
        // From 100 degrees of freedom on: the normal quantile's rounding, and three roundings more.
        let tolerance = if cells[1] >= 100.0 { 1e-15 } else { 1e-14 };
        assert!(error <= tolerance, "{line}: {found}, relative error {error:e}");
        seen += 1;
    }
    assert_eq!(seen, 72);
}

/// With two degrees of freedom chi-square is exponential.
#[test]
fn lower_quantiles_of_chi_square_keep_their_digits() {
    for power in 1..15 {
        let tail = 0.3 * math::powi(10.0, -power);
        let (found, exact) = (chi_square_lower_quantile(tail, 2.0), -2.0 * math::ln_1p(-tail));
        assert!((found / exact - 1.0).abs() < 1e-14, "{tail}: {found}, {exact}");
    }
}

/// Of none in n the upper end is 1 − tail^(1/n).
#[test]
fn upper_quantiles_of_beta_keep_their_digits_near_zero() {
    for n in [1.0, 7.0, 500.0, 66401.0, 1e8, 1e11] {
        for tail in [0.4, 0.025, 0.0005] {
            let (found, exact) =
                (beta_upper_quantile(tail, 1.0, n), -math::expm1(math::ln(tail) / n));
            assert!((found / exact - 1.0).abs() < 1e-13, "{n}, {tail}: {found}, {exact}");
        }
    }
}
