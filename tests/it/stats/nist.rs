//! The NIST Statistical Reference Datasets (public domain), as `tests/reference/nist_strd/` has them.
//!
//! Tolerances are log relative errors: the digits that double precision can give on each set, less what its data lose.

use std::path::Path;

use secondlook::stats::linear::{Design, Fit, Term, Warning, fit};
use secondlook::stats::math::{log10, powi};
use secondlook::stats::summary::{Measure, Sample, summarise};

/// A set's lines.
fn lines(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/nist_strd").join(name);
    let text = std::fs::read_to_string(&path).expect("the set is in the tree");
    text.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect()
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// The data rows of a set: they start on line 61.
fn data(name: &str) -> Vec<Vec<f64>> {
    lines(name)[60..].iter().map(|line| numbers(line)).filter(|row| !row.is_empty()).collect()
}

/// The certified parameters: estimate and standard deviation.
fn certified(name: &str) -> Vec<(f64, f64)> {
    lines(name)
        .iter()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [name, value, sd] = words[..] else { return None };
            let digits = name.strip_prefix('B')?;
            digits.parse::<u32>().ok()?;
            Some((value.parse().ok()?, sd.parse().ok()?))
        })
        .collect()
}

fn certified_number(name: &str, label: &str) -> f64 {
    let lines = lines(name);
    let line = lines.iter().find(|line| line.contains(label)).expect("the label is there");
    *numbers(line.split(label).last().expect("something follows")).first().expect("a number")
}

/// The number of digits that agree.
fn agreeing(value: f64, certified: f64) -> f64 {
    let error = (value - certified).abs();
    let scale = if certified == 0.0 { 1.0 } else { certified.abs() };
    if error == 0.0 { 15.0 } else { -log10(error / scale) }
}

fn regress(name: &str, powers: Option<i32>, intercept: bool) -> Fit {
    let rows = data(name);
    let outcome: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let terms = match powers {
        Some(degree) => (1..=degree)
            .map(|p| {
                let values: Vec<f64> = rows.iter().map(|row| powi(row[1], p)).collect();
                Term::numbers(format!("x^{p}"), values)
            })
            .collect(),
        None => (1..rows[0].len())
            .map(|j| {
                let values: Vec<f64> = rows.iter().map(|row| row[j]).collect();
                Term::numbers(format!("x{j}"), values)
            })
            .collect(),
    };
    let mut design = Design::new(outcome, terms);
    design.intercept = intercept;
    fit(&design).expect("the set fits")
}

#[test]
fn least_squares_reaches_the_certified_digits() {
    // (set, polynomial degree, intercept, digits of coefficients, digits of standard deviations)
    let cases = [
        ("Norris.dat", Some(1), true, 12.0, 12.0),
        ("Pontius.dat", Some(2), true, 12.0, 12.0),
        ("NoInt1.dat", Some(1), false, 14.0, 14.0),
        ("NoInt2.dat", Some(1), false, 14.0, 14.0),
        ("Longley.dat", None, true, 12.0, 12.0),
        ("Wampler1.dat", Some(5), true, 14.0, 14.0),
        ("Wampler2.dat", Some(5), true, 12.0, 12.0),
        ("Wampler3.dat", Some(5), true, 13.0, 13.0),
        ("Filip.dat", Some(10), true, 7.5, 7.5),
    ];
    for (name, powers, intercept, digits, sd_digits) in cases {
        let fit = regress(name, powers, intercept);
        let certified = certified(name);
        assert_eq!(certified.len(), fit.coefficients.len(), "{name}");
        for (j, (value, sd)) in certified.iter().enumerate() {
            let got = agreeing(fit.coefficients[j], *value);
            assert!(
                got >= digits,
                "{name} B{j}: {got} digits, {} for {value}",
                fit.coefficients[j]
            );
            let got = agreeing(fit.standard_errors[j], *sd);
            assert!(
                got >= sd_digits,
                "{name} sd {j}: {got} digits, {} for {sd}",
                fit.standard_errors[j]
            );
        }
        let r2 = certified_number(name, "R-Squared");
        // Filip's powers are rounded to doubles before any fit sees them: that alone moves R2 in the 11th digit.
        assert!(
            agreeing(fit.r2, r2) >= if name == "Filip.dat" { 10.0 } else { 13.0 },
            "{name}: R2 {} for {r2}",
            fit.r2
        );
        // Wampler's first two are polynomials without noise, which R's `summary.lm` calls "essentially perfect" too.
        let perfect = ["Wampler1.dat", "Wampler2.dat"].contains(&name);
        assert_eq!(
            fit.warnings.contains(&Warning::PerfectFit),
            perfect,
            "{name}: {:?}",
            fit.warnings
        );
        let sigma = certified_number(name, "Standard Deviation  ");
        assert!(agreeing(fit.residual_variance.sqrt(), sigma) >= sd_digits, "{name}: sigma");
    }
}

#[test]
fn means_and_deviations_reach_the_certified_digits() {
    for name in ["Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "PiDigits"] {
        let file = format!("{name}.dat");
        let values: Vec<f64> = data(&file).into_iter().flatten().collect();
        let mean = certified_number(&file, "ybar:");
        let sd = certified_number(&file, "Sample Standard Deviation (denom. = n-1)      s:");
        let sample = Sample::new(&values);
        let got = summarise(&sample, Measure::Mean).expect("a mean").value;
        assert!(agreeing(got, mean) >= 14.9, "{name}: mean {got} for {mean}");
        let got = summarise(&sample, Measure::StandardDeviation).expect("a deviation").value;
        // The certified values have 15 digits; NumAcc's decimals are not doubles, which costs the rest.
        assert!(agreeing(got, sd) >= 8.9, "{name}: sd {got} for {sd}");
    }
}
