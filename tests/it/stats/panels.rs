//! Petersen's and Grunfeld's panels: every estimator and preset against published or recomputed values.
//! The files are outside the tree: they are found through `SECONDLOOK_DATA` (`../reference` beside it).

use std::path::PathBuf;

use secondlook::stats::linear::{Covariance, Design, Preset, Term, fit};

fn reference(name: &str) -> Option<Vec<Vec<f64>>> {
    #[expect(clippy::disallowed_methods, reason = "tests are told where the data are")]
    let data = std::env::var_os("SECONDLOOK_DATA")?;
    let path = PathBuf::from(data).join("../reference").join(name);
    let text = std::fs::read_to_string(path).ok()?;
    let row = |line: &str| line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
    let rows: Vec<Vec<f64>> = text.lines().skip(1).map(row).collect();
    let columns = rows[0].len();
    Some((0..columns).map(|j| rows.iter().map(|row| row[j]).collect()).collect())
}

fn codes(values: &[f64]) -> Vec<u32> {
    values.iter().map(|value| *value as u32).collect()
}

/// Eight digits, as the references are printed with ten decimals.
fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 6e-11_f64.max(1e-9 * expected.abs()),
        "{found} for {expected}"
    );
}

#[test]
fn petersen() {
    let Some(columns) = reference("petersen.csv") else {
        println!("skipped: SECONDLOOK_DATA is not set, or has no ../reference/petersen.csv");
        return;
    };
    let firm = codes(&columns[0]);
    let mut design = Design::new(&columns[3], vec![Term::numbers("x", &columns[2])]);
    for (estimator, expected) in [
        (Covariance::Iid, 0.028_583_287_8),
        (Covariance::Hc1, 0.028_395_161_5),
        (Covariance::Hc2, 0.028_400_787_7),
        (Covariance::Hc3, 0.028_412_101_3),
    ] {
        design.covariance = estimator;
        let fitted = fit(&design).expect("it fits");
        close(fitted.coefficients[0], 0.029_679_720_7);
        close(fitted.coefficients[1], 1.034_833_439_5);
        close(fitted.standard_errors[1], expected);
    }
    design.covariance = Covariance::Cluster;
    design.clusters = vec![(&firm).into()];
    let fitted = fit(&design).expect("it fits");
    close(fitted.standard_errors[1], 0.050_595_725_9);
    assert_eq!((fitted.clusters[0], fitted.df()), (500, Some(499.0)));
}

#[test]
fn grunfeld() {
    let Some(columns) = reference("grunfeld.csv") else {
        println!("skipped: SECONDLOOK_DATA is not set, or has no ../reference/grunfeld.csv");
        return;
    };
    let (firm, year) = (codes(&columns[0]), codes(&columns[1]));
    let mut design = Design::new(&columns[2], vec![Term::numbers("capital", &columns[4])]);
    design.absorb = vec![(&firm).into(), (&year).into()];
    let fitted = fit(&design).expect("it fits");
    close(fitted.coefficients[0], 0.413_801_834_6);
    close(fitted.standard_errors[0], 0.025_978_211_8);
    assert_eq!((fitted.rank, fitted.k, fitted.absorbed.rank), (30, 30, 29));
    design.covariance = Covariance::Cluster;
    design.clusters = vec![(&firm).into()];
    let fitted = fit(&design).expect("it fits");
    assert_eq!(fitted.absorbed.nested, [true, false]);
    close(fitted.standard_errors[0], 0.063_281_294_1);
    design.preset = Preset::None;
    let plain = fit(&design).expect("it fits").standard_errors[0];
    let factor = |k: f64| (10.0 / 9.0 * 199.0 / (200.0 - k)).sqrt();
    for (preset, k) in [
        (Preset::Fixest, 21.0),
        (Preset::StataXtreg, 21.0),
        (Preset::StataAreg, 30.0),
        (Preset::Conventional, 30.0),
    ] {
        design.preset = preset;
        let found = fit(&design).expect("it fits").standard_errors[0];
        assert!((found / plain - factor(k)).abs() < 1e-14, "{preset:?}: {found}");
    }
}
