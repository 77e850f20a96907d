//! Large crossed effects against sparse factorisations and pyfixest (`tests/reference/crossed.py`).

use std::path::Path;

use secondlook::stats::generalised::{Family, fit_generalised};
use secondlook::stats::linear::{
    Covariance, Design, Fit, Singletons, Term, Weights, fit, two_stage,
};

use super::xorshift::Numbers;

/// A panel of the reference.
#[derive(Default)]
struct Panel {
    worker: Vec<u32>,
    firm: Vec<u32>,
    year: Vec<u32>,
    region: Vec<u32>,
    x: Vec<f64>,
    z: Vec<f64>,
    u: Vec<f64>,
    y: Vec<f64>,
    count: Vec<f64>,
    weight: Vec<f64>,
}

impl Panel {
    fn new(kind: &str) -> Self {
        let (seed, rows) = match kind {
            "movers" => (88_172_645_463_325_252, 6000),
            "chain" => (1_234_567_890_123, 9000),
            _ => (998_877_665_544, 5000),
        };
        let (mut r, mut panel) = (Numbers::of(seed), Self::default());
        for row in 0..rows {
            let (w, f) = if kind == "chain" {
                let w = row % 3000;
                let last = [(1400, 1400), (1402, 1402)]
                    .iter()
                    .find(|(end, _)| w <= *end)
                    .map_or(2999, |(_, last)| *last);
                (w, (w + r.below(2)).min(last))
            } else {
                let w = r.below(1500).min(r.below(1500));
                (w, (w * 7 % 200 + r.below(9)) % 200 + 200 * (w % 2))
            };
            panel.push(&mut r, w, f);
        }
        panel
    }

    fn push(&mut self, r: &mut Numbers, w: u64, f: u64) {
        let t = r.below(12);
        let x = r.unit() + (w % 10) as f64 * 0.125 + (f % 7) as f64 * 0.25;
        let u = r.unit() - (f % 3) as f64 * 0.5;
        let z = 0.5 * u + 0.25 * x + r.unit();
        let effects = (w % 13) as f64 * 0.5 - (f % 11) as f64 * 0.25;
        // In the order of the reference's additions, for the same bits.
        let y = 0.5 * x - 0.25 * z + (w % 13) as f64 * 0.5 - (f % 11) as f64 * 0.25;
        assert!((y - (0.5 * x - 0.25 * z + effects)).abs() < 1e-12);
        self.y.push(y + r.unit() * (1.0 + x));
        self.count.push((r.unit() * r.unit() * (2.0 + x + (w % 5) as f64)).floor());
        self.weight.push(1.0 + r.below(4) as f64);
        self.region.push(if f % 2 == 1 { f % 8 } else { 8 + (f + t) % 40 } as u32);
        self.worker.push(w as u32);
        self.firm.push(f as u32);
        self.year.push(t as u32);
        self.x.push(x);
        self.z.push(z);
        self.u.push(u);
    }

    fn codes(&self, name: &str) -> &[u32] {
        match name {
            "worker" => &self.worker,
            "firm" => &self.firm,
            "year" => &self.year,
            _ => &self.region,
        }
    }

    fn design(&self, outcome: &'static str, effects: &[&str]) -> Design<'_> {
        let outcome = if outcome == "count" { &self.count } else { &self.y };
        let terms = vec![Term::numbers("x", &self.x), Term::numbers("z", &self.z)];
        let mut design = Design::new(outcome, terms);
        design.absorb = effects.iter().map(|name| self.codes(name).into()).collect();
        design
    }

    fn clustered(&self, effects: &[&str], clusters: &[&str]) -> Design<'_> {
        let mut design = self.design("y", effects);
        design.covariance = Covariance::Cluster;
        design.clusters = clusters.iter().map(|name| self.codes(name).into()).collect();
        design
    }
}

fn reference(name: &str) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/crossed.json");
    let text = std::fs::read_to_string(path).expect("the reference is in the tree");
    let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    all[name].clone()
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().expect("a number")
}

fn near(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours / theirs - 1.0).abs() < tolerance, "{what}: {ours} for {theirs}");
}

/// The goals of the issue: coefficients to 1e-11, errors to 1e-10, the rank exactly.
fn matches(name: &str, fitted: &Fit) {
    let known = reference(name);
    for (j, term) in ["x", "z"].iter().enumerate() {
        let at = fitted.index(term).expect("estimated");
        near(&format!("{name} b {term}"), fitted.coefficients[at], number(&known["b"][j]), 1e-11);
        near(
            &format!("{name} se {term}"),
            fitted.standard_errors[at],
            number(&known["se"][j]),
            1e-10,
        );
    }
    near(&format!("{name} r2"), fitted.r2, number(&known["r2"]), 1e-11);
    let within = fitted.within_r2.expect("absorbed");
    near(&format!("{name} within r2"), within, number(&known["within_r2"]), 1e-10);
    assert_eq!(Some(fitted.rank), known["rank"].as_u64(), "{name}");
    assert_eq!(Some(fitted.n), known["n"].as_u64(), "{name}");
    assert!(!fitted.absorbed.bound, "{name}");
}

const TWO: [&str; 2] = ["worker", "firm"];
const MANY: [&str; 4] = ["worker", "firm", "year", "region"];

#[test]
fn two_and_four_effects_match_for_every_error() {
    for (name, effects) in [("movers", &TWO[..]), ("three", &MANY[..])] {
        let panel = Panel::new(name);
        matches(&format!("{name}_iid"), &fit(&panel.design("y", effects)).expect("a fit"));
        let mut design = panel.design("y", effects);
        design.covariance = Covariance::Hc1;
        matches(&format!("{name}_hc1"), &fit(&design).expect("a fit"));
        let design = panel.clustered(effects, &["firm"]);
        matches(&format!("{name}_cluster_firm"), &fit(&design).expect("a fit"));
    }
}

#[test]
fn ways_of_clustering_weights_and_singletons_match() {
    let panel = Panel::new("movers");
    for (name, clusters) in
        [("movers_cluster_year", &["year"][..]), ("movers_two_way", &["firm", "year"])]
    {
        matches(name, &fit(&panel.clustered(&TWO, clusters)).expect("a fit"));
    }
    let mut design = panel.design("y", &TWO);
    design.covariance = Covariance::Hc1;
    design.weights = Weights::Analytic((&panel.weight).into());
    matches("movers_weights", &fit(&design).expect("a fit"));
    let mut design = panel.design("y", &TWO);
    design.singletons = Singletons::Drop;
    matches("movers_singletons_dropped", &fit(&design).expect("a fit"));
}

#[test]
fn instruments_match() {
    let panel = Panel::new("movers");
    let design = panel.clustered(&TWO, &["year"]);
    let instrument = Term::numbers("u", &panel.u);
    matches("movers_iv", &two_stage(&design, &[1], &[instrument]).expect("a fit").fit);
}

/// A chain of thousands of levels, whose normal equations have a condition number of about 10⁷.
#[test]
fn a_chain_of_levels_matches() {
    let panel = Panel::new("chain");
    matches("chain_iid", &fit(&panel.design("y", &TWO)).expect("a fit"));
    matches("chain_cluster_worker", &fit(&panel.clustered(&TWO, &["worker"])).expect("a fit"));
}

/// pyfixest's iterations carry about 1e-9 to its errors.
#[test]
fn counts_with_large_effects_match_pyfixest() {
    let panel = Panel::new("movers");
    for (name, effects) in [("poisson_two", &MANY[..2]), ("poisson_three", &MANY[..3])] {
        let mut design = panel.design("count", effects);
        design.covariance = Covariance::Cluster;
        design.clusters = vec![(&panel.year).into()];
        let fitted = fit_generalised(&design, Family::Poisson).expect("a fit");
        let known = reference(name);
        for j in 0..2 {
            near(name, fitted.coefficients[j], number(&known["b"][j]), 1e-8);
            near(name, fitted.standard_errors[j], number(&known["se"][j]), 1e-8);
        }
        assert_eq!(Some(fitted.n), known["n"].as_u64(), "{name}");
        near(name, fitted.deviance, number(&known["deviance"]), 1e-9);
    }
}

/// Twelve rows with two levels of one row (and, once those are gone, a third): n, degrees of freedom and errors are
/// those of pyfixest 0.60 for `fixef_rm` none and singleton, to its printed digits
/// (`feols("y ~ x | u")`, `vcov` iid, HC1 and by t, and `feols("y ~ x | u + t")`, `fixef_tol` 1e-14).
#[test]
fn rows_alone_in_a_level_count_as_stated() {
    let u = [1, 1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 6];
    let t = [1, 2, 3, 1, 2, 3, 1, 2, 4, 2, 3, 3];
    let x = [1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 7.0, 9.0, 8.0, 2.0, 1.0, 4.0];
    let y = [2.0, 7.0, 5.0, 4.0, 6.0, 5.0, 8.0, 7.0, 9.0, 3.0, 1.0, 2.0];
    let known = [
        (Singletons::Keep, "iid", 12, 5, 0.8, 0.786_553_664_200_140_1),
        (Singletons::Keep, "hc1", 12, 5, 0.8, 1.021_789_280_298_699),
        (Singletons::Keep, "cluster", 12, 5, 0.8, 0.280_148_108_976_239_5),
        (Singletons::Keep, "two", 12, 2, 1.0 / 15.0, 1.250_777_535_952_914_7),
        (Singletons::Drop, "iid", 10, 5, 0.8, 0.786_553_664_200_14),
        (Singletons::Drop, "hc1", 10, 5, 0.8, 0.932_761_729_727_610_8),
        (Singletons::Drop, "cluster", 10, 5, 0.8, 0.253_403_499_055_031_4),
        (Singletons::Drop, "two", 9, 2, 1.0 / 15.0, 1.250_777_535_952_914_5),
    ];
    for (singletons, kind, n, df, b, se) in known {
        let mut design = Design::new(&y[..], vec![Term::numbers("x", &x[..])]);
        design.absorb = vec![(&u[..]).into()];
        design.singletons = singletons;
        match kind {
            "hc1" => design.covariance = Covariance::Hc1,
            "cluster" => {
                design.covariance = Covariance::Cluster;
                design.clusters = vec![(&t[..]).into()];
            }
            "two" => design.absorb.push((&t[..]).into()),
            _ => {}
        }
        let fitted = fit(&design).expect("a fit");
        assert_eq!((fitted.n, fitted.df_residual), (n, df), "{singletons:?} {kind}");
        near(kind, fitted.coefficients[0], b, 1e-13);
        near(kind, fitted.standard_errors[0], se, 1e-13);
    }
}
