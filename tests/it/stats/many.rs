//! Standard errors of models with many coefficients against statsmodels 0.15 and pyfixest 0.60
//! (`tests/reference/many.py`): their sandwiches are made by their meat.

use std::path::Path;

use secondlook::stats::linear::{Covariance, Design, Fit, Term, Weights, fit};

use super::xorshift::Numbers;

const LEVELS: u32 = 48;
const SIDES: u32 = 5;
const ROWS: usize = 3000;

/// The reference's rows.
#[derive(Default)]
struct Rows {
    g: Vec<u32>,
    /// g and h in one code.
    crossed: Vec<u32>,
    h: Vec<u32>,
    a: Vec<u32>,
    b: Vec<u32>,
    x: Vec<f64>,
    w: Vec<f64>,
    y: Vec<f64>,
}

impl Rows {
    fn new() -> Self {
        let (mut r, mut rows) = (Numbers::of(314_159_265_358_979), Self::default());
        for _ in 0..ROWS {
            let few = r.below(3) == 0;
            let g = r.below(if few { 8 } else { LEVELS.into() }) as u32;
            let h = r.below(SIDES.into()) as u32;
            let x = r.unit() + f64::from(g % 7) * 0.125;
            let a = (g * 5 + r.below(9) as u32) % 60;
            let b = r.below(25) as u32;
            let w = 1.0 + r.below(4) as f64;
            let known = 0.5 * x + f64::from(g % 11) * 0.25 - f64::from(h) * 0.125;
            let y = known + f64::from(a % 4) * 0.5 + r.unit() * f64::from(1 + g % 3);
            rows.g.push(g);
            rows.h.push(h);
            rows.crossed.push(g * SIDES + h);
            rows.a.push(a);
            rows.b.push(b);
            rows.x.push(x);
            rows.w.push(w);
            rows.y.push(y);
        }
        rows
    }

    /// y on x and the levels of g but the first.
    fn plain(&self) -> Design<'_> {
        let mut terms = vec![Term::numbers("x", &self.x[..])];
        terms.extend((1..LEVELS).map(|g| Term::indicator(format!("g={g}"), &self.g, g)));
        Design::new(&self.y[..], terms)
    }

    /// The same with h and every product of a level of g and one of h.
    fn interacted(&self) -> Design<'_> {
        let mut design = self.plain();
        design.terms.extend((1..SIDES).map(|h| Term::indicator(format!("h={h}"), &self.h, h)));
        for g in 1..LEVELS {
            for h in 1..SIDES {
                let name = format!("g={g}:h={h}");
                design.terms.push(Term::indicator(name, &self.crossed, g * SIDES + h));
            }
        }
        design
    }
}

fn matches(name: &str, found: &[f64]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/many.json");
    let text = std::fs::read_to_string(path).expect("many.json");
    let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let expected: Vec<f64> = serde_json::from_value(all[name].clone()).expect("numbers");
    assert_eq!(found.len(), expected.len(), "{name}");
    for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
        // The packages compute in single doubles.
        assert!(
            (found - expected).abs() <= 1e-10 * expected.abs().max(1e-3),
            "{name}, coefficient {place}: {found} for {expected}"
        );
    }
}

fn errors(design: &Design<'_>) -> Vec<f64> {
    fitted(design).standard_errors
}

fn fitted(design: &Design<'_>) -> Fit {
    fit(design).expect("it fits")
}

#[test]
fn errors_of_rows_match_statsmodels() {
    let rows = Rows::new();
    let mut design = rows.plain();
    for (name, estimator) in [
        ("HC0", Covariance::Hc0),
        ("HC1", Covariance::Hc1),
        ("HC2", Covariance::Hc2),
        ("HC3", Covariance::Hc3),
    ] {
        design.covariance = estimator;
        matches(name, &errors(&design));
    }
    design.covariance = Covariance::Hc1;
    design.weights = Weights::Analytic(rows.w.as_slice().into());
    matches("weighted HC1", &errors(&design));
    let mut design = rows.interacted();
    design.covariance = Covariance::Hc1;
    matches("crossed HC1", &errors(&design));
}

#[test]
fn clustered_errors_match_statsmodels_and_pyfixest() {
    let rows = Rows::new();
    let mut design = rows.interacted();
    design.covariance = Covariance::Cluster;
    design.clusters = vec![rows.a.clone().into()];
    matches("cluster", &errors(&design));
    let mut design = rows.plain();
    design.covariance = Covariance::Cluster;
    design.clusters = vec![rows.a.clone().into()];
    design.weights = Weights::Analytic(rows.w.as_slice().into());
    matches("weighted cluster", &errors(&design));
    design.weights = Weights::None;
    design.clusters.push(rows.b.clone().into());
    matches("two-way", &errors(&design));
}

#[test]
fn independent_errors_match_statsmodels() {
    let rows = Rows::new();
    let fit = fitted(&rows.interacted());
    matches("iid", &fit.standard_errors);
    matches("iid coefficients", &fit.coefficients);
}

/// Frequencies are copies, and no order of rows changes a bit.
#[test]
fn copies_and_orders_of_rows_change_nothing() {
    let rows = Rows::new();
    let order: Vec<usize> = (0..ROWS).map(|row| row * 1777 % ROWS).collect();
    let pick = |codes: &[u32]| -> Vec<u32> { order.iter().map(|row| codes[*row]).collect() };
    let numbers = |all: &[f64]| -> Vec<f64> { order.iter().map(|row| all[*row]).collect() };
    let other = Rows {
        g: pick(&rows.g),
        crossed: pick(&rows.crossed),
        h: pick(&rows.h),
        a: pick(&rows.a),
        b: pick(&rows.b),
        x: numbers(&rows.x),
        w: numbers(&rows.w),
        y: numbers(&rows.y),
    };
    let of = |rows: &Rows, covariance: Covariance| {
        let mut design = rows.plain();
        design.covariance = covariance;
        design.weights = Weights::Frequency(rows.w.clone().into());
        if covariance == Covariance::Cluster {
            design.clusters = vec![rows.a.clone().into(), rows.b.clone().into()];
        }
        errors(&design)
    };
    for covariance in [Covariance::Hc1, Covariance::Hc3, Covariance::Cluster] {
        assert_eq!(of(&rows, covariance), of(&other, covariance), "{covariance:?}");
    }
    let copied: Vec<usize> =
        (0..ROWS).flat_map(|row| std::iter::repeat_n(row, rows.w[row] as usize)).collect();
    let x: Vec<f64> = copied.iter().map(|row| rows.x[*row]).collect();
    let y: Vec<f64> = copied.iter().map(|row| rows.y[*row]).collect();
    let g: Vec<u32> = copied.iter().map(|row| rows.g[*row]).collect();
    let mut terms = vec![Term::numbers("x", &x[..])];
    terms.extend((1..LEVELS).map(|level| Term::indicator(format!("g={level}"), &g, level)));
    let mut design = Design::new(&y[..], terms);
    design.covariance = Covariance::Hc1;
    for (one, other) in errors(&design).iter().zip(of(&rows, Covariance::Hc1)) {
        assert!((one - other).abs() <= 1e-12 * one, "{one} for {other}");
    }
}
