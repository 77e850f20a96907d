//! Comparisons against scipy 1.17 and statsmodels 0.15 (`tests/reference/compare.py` writes the values).

use std::collections::BTreeMap;
use std::path::Path;

use secondlook::stats::compare::{
    Alternative, CompareError, Comparison, Estimate, How, binomial, chi_square, fisher_two_by_two,
    kendall, mann_whitney, one_sample_t, paired_t, pearson, proportions, spearman, student_t,
    welch_t, wilcoxon_signed_rank,
};

const X: [f64; 10] = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14];
const Y: [f64; 10] = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69];
const A: [f64; 8] = [1.0, 2.0, 2.0, 3.0, 5.0, 8.0, 8.0, 9.0];
const B: [f64; 7] = [2.0, 3.0, 4.0, 4.0, 6.0, 9.0, 12.0];

/// The peers' answers, by case and part.
struct Reference(BTreeMap<String, BTreeMap<String, f64>>);

impl Reference {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/compare.json");
        let text = std::fs::read_to_string(path).expect("the reference is in the tree");
        Self(serde_json::from_str(&text).expect("JSON"))
    }

    /// scipy's tails are good to about 1e-13.
    #[track_caller]
    fn close(&self, case: &str, part: &str, found: f64) {
        self.near(case, part, found, 1e-11);
    }

    #[track_caller]
    fn near(&self, case: &str, part: &str, found: f64, tolerance: f64) {
        let expected = self.0[case][part];
        let size = expected.abs().max(1e-3);
        assert!(
            (found - expected).abs() <= tolerance * size,
            "{case} {part}: {found} for {expected}"
        );
    }

    #[track_caller]
    fn p(&self, case: &str, found: Result<Comparison, CompareError>) -> Comparison {
        let found = found.expect("it can be compared");
        self.close(case, "p", found.p);
        found
    }

    #[track_caller]
    fn both(&self, case: &str, found: Result<Comparison, CompareError>) -> Comparison {
        let found = self.p(case, found);
        self.close(case, "statistic", found.statistic.expect("a statistic"));
        found
    }

    #[track_caller]
    fn ends(&self, case: &str, found: &Estimate, tolerance: f64) {
        let interval = found.interval.expect("an interval");
        self.near(case, "low", interval.low, tolerance);
        self.near(case, "high", interval.high, tolerance);
    }
}

const SIDES: [(&str, Alternative); 3] = [
    ("two-sided", Alternative::TwoSided),
    ("greater", Alternative::Greater),
    ("less", Alternative::Less),
];

fn effect(found: &Comparison, name: &str) -> Estimate {
    found.effects.iter().find(|(known, _)| *known == name).expect("the effect").1
}

#[test]
fn means() {
    let reference = Reference::read();
    for (side, alternative) in SIDES {
        let how = How { alternative, ..How::default() };
        reference.both(&format!("welch {side}"), welch_t(&X, &Y, &how));
        reference.both(&format!("student {side}"), student_t(&X, &Y, &how));
        reference.both(&format!("paired {side}"), paired_t(&X, &Y, &how));
        let one = How { null: 5.3, ..how };
        reference.both(&format!("one-sample {side}"), one_sample_t(&X, &one));
    }
    let welch = welch_t(&X, &Y, &How::default()).expect("it can be compared");
    reference.close("welch interval", "df", welch.df.expect("df"));
    reference.ends("welch interval", &welch.estimate.expect("a difference"), 1e-11);
    for name in ["cohen_d", "hedges_g"] {
        let found = effect(&welch, name);
        reference.close(name, "value", found.value);
        reference.close(name, "se", found.standard_error.expect("an error"));
        reference.ends(name, &found, 1e-11);
    }
    let paired = paired_t(&X, &Y, &How::default()).expect("it can be compared");
    reference.close("cohen_dz", "value", effect(&paired, "cohen_dz").value);
    reference.ends("cohen_dz", &effect(&paired, "cohen_dz"), 1e-11);
    let one = How { null: 5.3, level: 0.9, ..How::default() };
    let one = one_sample_t(&X, &one).expect("it can be compared").estimate.expect("a mean");
    reference.ends("one-sample interval", &one, 1e-11);
}

#[test]
fn ranks() {
    let reference = Reference::read();
    for (side, alternative) in SIDES {
        let how = How { alternative, ..How::default() };
        let case = format!("mann-whitney exact {side}");
        let exact = reference.both(&case, mann_whitney(&X[..6], &Y[4..9], &how));
        assert_eq!(exact.method, "exact");
        let case = format!("wilcoxon exact {side}");
        // scipy gives the smaller of W+ and W-; ours is W+, of 55 in all.
        let exact = reference.p(&case, wilcoxon_signed_rank(&X, &Y, &how));
        assert_eq!(exact.statistic, Some(37.0));
        for (kind, continuity) in [("corrected", true), ("plain", false)] {
            let how = How { continuity: Some(continuity), ..how };
            reference.both(&format!("mann-whitney {kind} {side}"), mann_whitney(&A, &B, &how));
            let case = format!("wilcoxon {kind} {side}");
            reference.p(&case, wilcoxon_signed_rank(&A[..7], &B, &how));
        }
    }
    let exact = How { exact: Some(true), ..How::default() };
    let found = reference.p("mann-whitney ties", mann_whitney(&A[..5], &B[..5], &exact));
    assert_eq!(found.method, "exact, over the mid-ranks of ties");
    let other = [2.0, 1.0, 5.0, 1.0, 9.0, 2.0, 10.0];
    reference.p("wilcoxon ties", wilcoxon_signed_rank(&A[..7], &other, &exact));
    let many = vec![1.0; 300];
    let found = mann_whitney(&many, &[2.0; 300], &exact);
    assert_eq!(found, Err(CompareError::TooLarge { test: "Mann-Whitney U" }));
}

#[test]
fn correlations() {
    let reference = Reference::read();
    for (side, alternative) in SIDES {
        let how = How { alternative, ..How::default() };
        let found = reference.p(&format!("pearson {side}"), pearson(&X, &Y, &how));
        reference.close(&format!("pearson {side}"), "statistic", found.estimate.expect("r").value);
        let found = reference.p(&format!("spearman {side}"), spearman(&A[..7], &B, &how));
        reference.close(
            &format!("spearman {side}"),
            "statistic",
            found.estimate.expect("rho").value,
        );
        for (kind, x, y) in [("exact", &X[..], &Y[..]), ("ties", &A[..7], &B[..])] {
            let case = format!("kendall {kind} {side}");
            let found = reference.p(&case, kendall(x, y, &how));
            reference.close(&case, "statistic", found.estimate.expect("tau").value);
        }
    }
    let found = pearson(&X, &Y, &How::default()).expect("it correlates");
    reference.ends("pearson interval", &found.estimate.expect("r"), 1e-11);
}

#[test]
fn counts() {
    let reference = Reference::read();
    let table = vec![vec![12, 5], vec![9, 17]];
    reference.both("chi2 False", chi_square(&table, false, 0.95));
    reference.both("chi2 True", chi_square(&table, true, 0.95));
    let table = vec![vec![12, 5], vec![9, 17], vec![4, 4]];
    let found = reference.both("chi2 3x2", chi_square(&table, false, 0.95));
    reference.close("chi2 3x2", "v", effect(&found, "cramer_v").value);
    assert_eq!(found.warnings, ["2 expected counts are below 5: chi-square is approximate"]);
    let tables = [
        ("small", [[8, 2], [1, 5]]),
        ("large", [[120, 80], [90, 110]]),
        ("zero", [[7, 0], [3, 9]]),
    ];
    for (side, alternative) in SIDES {
        let how = How { alternative, ..How::default() };
        for (name, table) in tables {
            reference.p(&format!("fisher {name} {side}"), fisher_two_by_two(table, &how));
        }
        for (k, n, null) in [
            (7, 20, 0.5),
            (7, 20, 0.2),
            (0, 12, 0.1),
            (3, 100, 0.07),
            (12, 12, 0.9),
            (480, 1000, 0.5),
        ] {
            let case = format!("binomial {k} {n} {null} {side}");
            reference.p(&case, binomial(k, n, &How { null, ..how }));
        }
        reference.both(&format!("proportions {side}"), proportions([56, 48], [70, 80], &how));
    }
}

#[test]
fn effects_of_counts() {
    let reference = Reference::read();
    let how = How::default();
    for (name, table) in [("small", [[8, 2], [1, 5]]), ("large", [[120, 80], [90, 110]])] {
        let found = fisher_two_by_two(table, &how).expect("a table").estimate.expect("a ratio");
        // scipy seeks the root to about 1e-8 only.
        reference.near(&format!("conditional {name}"), "value", found.value, 1e-7);
        reference.ends(&format!("conditional {name}"), &found, 1e-7);
    }
    let none = fisher_two_by_two([[0, 7], [9, 3]], &how).expect("a table");
    let estimate = none.estimate.expect("a ratio");
    assert_eq!((estimate.value, estimate.interval.expect("an interval").low), (0.0, 0.0));
    reference.ends("conditional none", &estimate, 1e-7);
    let told = "a cell of the table is zero: no interval of the risk ratio or odds ratio";
    assert_eq!(none.warnings, [told]);
    let all = fisher_two_by_two([[7, 0], [3, 9]], &how).expect("a table");
    assert_eq!(all.estimate, None);
    assert!(all.warnings.contains(&"the conditional odds ratio is infinite".to_owned()));
    for (k, n) in [(7, 20), (0, 12), (480, 1000)] {
        let found = binomial(k, n, &How { null: 0.5, ..how }).expect("a share");
        reference.ends(&format!("clopper {k} {n}"), &found.estimate.expect("a share"), 1e-11);
    }
    let found = proportions([56, 48], [70, 80], &how).expect("two shares");
    reference.ends("newcomb", &found.estimate.expect("a difference"), 1e-11);
    reference.ends("odds", &effect(&found, "odds_ratio"), 1e-11);
    reference.ends("risk", &effect(&found, "risk_ratio"), 1e-11);
    reference.close("odds", "value", effect(&found, "odds_ratio").value);
    reference.close("risk", "value", effect(&found, "risk_ratio").value);
    let wald = proportions([56, 48], [70, 80], &How { wald: true, ..how }).expect("two shares");
    reference.ends("wald", &wald.estimate.expect("a difference"), 1e-11);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let how = How::default();
    assert_eq!(
        welch_t(&[1.0; 3], &[1.0; 3], &how),
        Err(CompareError::NoVariation { test: "Welch's t" })
    );
    let few = CompareError::TooFew { test: "Welch's t", needed: 2, found: 1 };
    assert_eq!(welch_t(&X[..1], &Y, &how), Err(few));
    let flat = welch_t(&[1.0; 3], &X, &how).expect("one group varies");
    assert_eq!(flat.warnings, ["a group does not vary"]);
    let still = |test| Err(CompareError::NoVariation { test });
    assert_eq!(one_sample_t(&[2.0; 4], &how), still("one-sample t"));
    assert_eq!(paired_t(&X, &X, &how), still("paired t"));
    assert_eq!(mann_whitney(&[3.0; 4], &[3.0; 2], &how), still("Mann-Whitney U"));
    assert_eq!(wilcoxon_signed_rank(&X, &X, &how), still("Wilcoxon signed rank"));
    assert_eq!(pearson(&X, &[1.0; 10], &how), still("Pearson's r"));
    assert_eq!(kendall(&X, &[1.0; 10], &how), still("Kendall's tau-b"));
    assert_eq!(proportions([0, 0], [9, 9], &how), still("two proportions"));
    assert_eq!(fisher_two_by_two([[3, 0], [5, 0]], &how), Err(CompareError::Table));
    assert_eq!(chi_square(&[vec![3, 0], vec![5, 0]], false, 0.95), Err(CompareError::Table));
    assert_eq!(binomial(1, 2, &How { null: 1.0, ..how }), Err(CompareError::Null { value: 1.0 }));
    assert_eq!(pearson(&X, &Y[1..], &how), Err(CompareError::Length));
    let odd = [1.0, f64::NAN, 2.0];
    assert_eq!(student_t(&odd, &X, &how), Err(CompareError::NotFinite));
}

/// Every pair compared with every other, as the definition has it.
fn tau_b(x: &[f64], y: &[f64]) -> f64 {
    let sign = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
    let (mut both, mut of_x, mut of_y) = (0.0, 0.0, 0.0);
    for i in 0..x.len() {
        for j in 0..i {
            let (a, b) = (sign(x[i], x[j]), sign(y[i], y[j]));
            both += a * b;
            of_x += a * a;
            of_y += b * b;
        }
    }
    both / f64::sqrt(of_x * of_y)
}

#[test]
fn kendall_counts_pairs_as_the_definition_does() {
    let how = How { exact: Some(false), ..How::default() };
    // Whole numbers below 7 and 11: ties in both, both zeros among them.
    let x: Vec<f64> = (0..997_u32).map(|i| f64::from(i * 31 % 97 % 7) - 3.0).collect();
    let y: Vec<f64> = (0..997_u32).map(|i| f64::from(i * i % 89 % 11) * -0.5).collect();
    let y: Vec<f64> = y.iter().zip(&x).map(|(y, x)| y + x.max(0.0)).collect();
    for rows in [2, 3, 4, 5, 31, 64, 997] {
        let found = kendall(&x[..rows], &y[..rows], &how);
        let Ok(found) = found else { continue };
        let tau = found.estimate.expect("tau").value;
        assert!((tau - tau_b(&x[..rows], &y[..rows])).abs() < 1e-15, "{rows} rows: {tau}");
    }
    // Of 0, 1, …, n−1 with the first m moved to the end, m(n − m) pairs are in the other order.
    let (n, m) = (50_000_u32, 1_000_u32);
    let up: Vec<f64> = (0..n).map(f64::from).collect();
    let moved: Vec<f64> = (m..n).chain(0..m).map(f64::from).collect();
    let tau = kendall(&up, &moved, &how).expect("tau").estimate.expect("tau").value;
    let (n, m) = (f64::from(n), f64::from(m));
    assert!((tau - (1.0 - 4.0 * m * (n - m) / (n * (n - 1.0)))).abs() < 1e-15, "{tau}");
}
