//! Every preset against R's sandwich, plm, AER and survival (`tests/reference/presets.R` wrote presets.csv).
//!
//! `none` is sandwich's HC0 without `cadjust`, `conventional` its HC1 with `cadjust` and `multi0 = FALSE`. The other
//! presets differ from `none` by a factor that fixest and Stata document (Cameron, Gelbach and Miller 2011): with K as each counts it, they are checked as
//! that factor on R's number. Petersen's and Grunfeld's files are found through `SECONDLOOK_DATA`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secondlook::stats::generalised::{
    Family, GeneralisedError, GeneralisedFit, fit_conditional, fit_generalised, fit_with_effects,
};
use secondlook::stats::linear::{
    Covariance, Design, Fit, Preset, Term, Warning, Weights, fit, random_effects, two_stage,
};

/// R prints 15 digits; its least squares and ours differ by rounding of about 1e-13, iterative fits by 1e-10.
const TOLERANCE: f64 = 1e-9;

/// A table's columns.
type Columns = BTreeMap<String, Vec<f64>>;

fn table(path: &Path) -> Option<Columns> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<String> =
        lines.next()?.split(',').map(|name| name.trim_matches('"').to_owned()).collect();
    let rows: Vec<Vec<f64>> = lines
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect())
        .collect();
    let column = |j: usize| rows.iter().map(|row| row[j]).collect();
    Some(names.into_iter().enumerate().map(|(j, name)| (name, column(j))).collect())
}

fn in_tree(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn panel() -> Columns {
    let mut panel = table(&in_tree("panel.csv")).expect("the panel is in the tree");
    let v = (0..panel["u"].len()).map(|i| {
        let product = panel["u"][i] * panel["u"][i] - 0.4 * panel["x"][i];
        (product * 1e6).round_ties_even() / 1e6 + ((i + 1) * 7 % 13) as f64
    });
    let v = v.collect();
    panel.insert("v".to_owned(), v);
    let weight = panel["count"].iter().map(|count| count + 1.0).collect();
    panel.insert("weight".to_owned(), weight);
    panel
}

/// A panel of the shared data.
fn shared(name: &str) -> Option<Columns> {
    #[expect(clippy::disallowed_methods, reason = "tests are told where the data are")]
    let data = std::env::var_os("SECONDLOOK_DATA");
    let found = data.and_then(|data| table(&PathBuf::from(data).join("../reference").join(name)));
    if found.is_none() {
        skipped(name);
    }
    found
}

#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
fn skipped(name: &str) {
    println!("skipped: SECONDLOOK_DATA is not set, or has no ../reference/{name}");
}

/// R's answers: by case, the coefficient and standard error of each term.
fn answers() -> BTreeMap<String, BTreeMap<String, (f64, f64)>> {
    let text = std::fs::read_to_string(in_tree("presets.csv")).expect("R's answers");
    let mut answers: BTreeMap<String, BTreeMap<String, (f64, f64)>> = BTreeMap::new();
    for line in text.lines().skip(2) {
        let cells: Vec<&str> = line.split(',').collect();
        let [case, term, b, se] = cells[..] else { panic!("{line}") };
        let term = if term == "(Intercept)" { "intercept" } else { term };
        let pair = (b.parse().expect("a number"), se.parse().expect("a number"));
        answers.entry(case.to_owned()).or_default().insert(term.to_owned(), pair);
    }
    answers
}

fn codes(values: &[f64]) -> Vec<u32> {
    values.iter().map(|value| *value as u32).collect()
}

#[track_caller]
fn close(found: f64, expected: f64, what: &str) {
    assert!((found / expected - 1.0).abs() < TOLERANCE, "{what}: {found} for {expected}");
}

/// What a fit of any kind says.
struct Found {
    names: Vec<String>,
    coefficients: Vec<f64>,
    errors: Vec<f64>,
    n: f64,
    k: f64,
    clusters: Vec<usize>,
    df: Option<f64>,
    repaired: bool,
}

fn repaired(warnings: &[Warning]) -> bool {
    warnings.iter().any(|warning| matches!(warning, Warning::EigenvaluesRepaired { .. }))
}

impl From<Fit> for Found {
    fn from(fit: Fit) -> Self {
        Self {
            n: fit.n as f64,
            k: fit.k as f64,
            df: fit.df(),
            repaired: repaired(&fit.warnings),
            names: fit.names,
            coefficients: fit.coefficients,
            errors: fit.standard_errors,
            clusters: fit.clusters,
        }
    }
}

impl From<GeneralisedFit> for Found {
    fn from(fit: GeneralisedFit) -> Self {
        Self {
            n: fit.n as f64,
            k: fit.k as f64,
            df: None,
            repaired: repaired(&fit.warnings),
            names: fit.names,
            coefficients: fit.coefficients,
            errors: fit.standard_errors,
            clusters: fit.clusters,
        }
    }
}

/// A design, how it is fitted, and the ways in which it is clustered.
struct Model<'a> {
    case: &'a str,
    design: Design<'a>,
    one: Vec<u32>,
    two: [Vec<u32>; 2],
    fit: &'a dyn Fn(&Design<'_>) -> Found,
}

impl Model<'_> {
    fn with(&self, errors: Covariance, preset: Preset, ways: usize) -> Found {
        let mut design = self.design.clone();
        design.covariance = errors;
        design.preset = preset;
        design.clusters = match ways {
            0 => Vec::new(),
            1 => vec![(&self.one).into()],
            _ => self.two.iter().map(Into::into).collect(),
        };
        (self.fit)(&design)
    }

    /// Compares a fit with R's, its errors put through a factor.
    fn agrees(&self, answers: &Answers, errors: &str, found: &Found, factor: f64) {
        let case = format!("{}/{errors}", self.case);
        let expected = answers.get(&case).unwrap_or_else(|| panic!("R has {case}"));
        for (term, (b, se)) in expected {
            let place = found.names.iter().position(|name| name == term).expect("the term");
            close(found.coefficients[place], *b, &format!("{case} b {term}"));
            close(found.errors[place], se * factor, &format!("{case} se {term}"));
        }
    }

    fn robust(&self, answers: &Answers) {
        for (word, errors) in [
            ("iid", Covariance::Iid),
            ("hc0", Covariance::Hc0),
            ("hc1", Covariance::Hc1),
            ("hc2", Covariance::Hc2),
            ("hc3", Covariance::Hc3),
        ] {
            let instruments = self.case.contains("-iv");
            if instruments && matches!(errors, Covariance::Hc2 | Covariance::Hc3) {
                continue;
            }
            for preset in [Preset::Conventional, Preset::None, Preset::StataAreg] {
                self.agrees(answers, word, &self.with(errors, preset, 0), 1.0);
            }
        }
    }

    /// Every preset, one and two ways. `k` is what `fixest`, `stata-xtreg` and `stata-areg` count, one way and two.
    fn clustered(&self, answers: &Answers, k: [[f64; 3]; 2]) {
        for (ways, word) in [(1, "one"), (2, "two")] {
            let none = self.with(Covariance::Cluster, Preset::None, ways);
            let bare = format!("{word}-none");
            if none.repaired {
                continue;
            }
            self.agrees(answers, &bare, &none, 1.0);
            let conventional = self.with(Covariance::Cluster, Preset::Conventional, ways);
            self.agrees(answers, &format!("{word}-conventional"), &conventional, 1.0);
            let smallest = *none.clusters.iter().min().expect("clusters") as f64;
            let presets = [Preset::Fixest, Preset::StataXtreg, Preset::StataAreg];
            for (preset, k) in presets.into_iter().zip(k[ways - 1]) {
                let found = self.with(Covariance::Cluster, preset, ways);
                assert_eq!(found.k, k, "{} {preset:?} {ways}", self.case);
                let factor = (found.n - 1.0) / (found.n - k) * smallest / (smallest - 1.0);
                self.agrees(answers, &bare, &found, factor.sqrt());
                assert!(found.df.is_none_or(|df| df == smallest - 1.0));
            }
            assert!(none.df.is_none_or(|df| df == none.n - none.k), "{:?}", none.df);
        }
    }
}

type Answers = BTreeMap<String, BTreeMap<String, (f64, f64)>>;

fn terms<'a>(data: &'a Columns, names: &[&str]) -> Vec<Term<'a>> {
    names.iter().map(|name| Term::numbers(*name, &data[*name])).collect()
}

fn model<'a>(
    case: &'a str,
    data: &'a Columns,
    design: Design<'a>,
    ways: [&str; 3],
    fit: &'a dyn Fn(&Design<'_>) -> Found,
) -> Model<'a> {
    let [one, first, second] = ways.map(|way| codes(&data[way]));
    Model { case, design, one, two: [first, second], fit }
}

fn linear(design: &Design<'_>) -> Found {
    fit(design).expect("it fits").into()
}

#[test]
fn least_squares_on_the_panel() {
    let (data, answers) = (panel(), answers());
    let ways = ["g", "g", "t"];
    let design = Design::new(&data["y"], terms(&data, &["x", "z"]));
    let plain = model("panel-ols", &data, design.clone(), ways, &linear);
    plain.robust(&answers);
    plain.clustered(&answers, [[3.0; 3]; 2]);
    let mut design = design;
    design.weights = Weights::Analytic((&data["weight"]).into());
    let weighted = model("panel-weighted", &data, design.clone(), ways, &linear);
    weighted.robust(&answers);
    weighted.clustered(&answers, [[3.0; 3]; 2]);
    design.weights = Weights::None;
    design.absorb = vec![codes(&data["g"]).into()];
    let effects = model("panel-effects", &data, design.clone(), ways, &linear);
    effects.robust(&answers);
    // 45 effects and two slopes; nested in the cluster they count once.
    effects.clustered(&answers, [[3.0, 3.0, 47.0]; 2]);
    design.absorb.push(codes(&data["t"]).into());
    let two = model("panel-two-effects", &data, design, ["t", "g", "t"], &linear);
    two.robust(&answers);
    // 45 + 42 − 1 effects; the 42 are nested in the one way, all in the two.
    two.clustered(&answers, [[47.0, 47.0, 88.0], [3.0, 3.0, 88.0]]);
}

#[test]
fn a_covariance_that_is_not_positive_is_repaired_as_in_sandwich() {
    let (all, answers) = (panel(), answers());
    let rows = |name: &String| all[name][190..215].to_vec();
    let data: Columns = all.keys().map(|name| (name.clone(), rows(name))).collect();
    let design = Design::new(&data["y"], terms(&data, &["x", "z", "u", "count"]));
    let small = model("small-ols", &data, design, ["g", "g", "t"], &linear);
    for (preset, word) in [(Preset::Conventional, "conventional"), (Preset::None, "none")] {
        let found = small.with(Covariance::Cluster, preset, 2);
        assert!(found.repaired);
        small.agrees(&answers, &format!("two-{word}-fixed"), &found, 1.0);
    }
}

#[test]
fn likelihoods_on_the_panel() {
    let (data, answers) = (panel(), answers());
    for (case, family, outcome) in [
        ("panel-logit", Family::Logit, "binary"),
        ("panel-probit", Family::Probit, "binary"),
        ("panel-poisson", Family::Poisson, "count"),
    ] {
        let fit = |design: &Design<'_>| fit_generalised(design, family).expect("it fits").into();
        let design = Design::new(&data[outcome], terms(&data, &["x", "z"]));
        let model = model(case, &data, design, ["g", "g", "t"], &fit);
        model.robust(&answers);
        model.clustered(&answers, [[3.0; 3]; 2]);
    }
    let with_effects = |case: &str, family: Family, outcome: &str, k: [[f64; 3]; 2]| {
        let fit = |design: &Design<'_>| fit_with_effects(design, family).expect("it fits").into();
        let mut design = Design::new(&data[outcome], terms(&data, &["x", "z"]));
        design.absorb = vec![codes(&data["g"]).into()];
        let model = model(case, &data, design, ["t", "g", "t"], &fit);
        if family != Family::Poisson {
            model.robust(&answers);
        }
        model.clustered(&answers, k);
    };
    with_effects("panel-poisson-effects", Family::Poisson, "count", [[47.0; 3], [3.0, 3.0, 47.0]]);
    // One group has only zeros or ones and is left out. Clustered by the groups too, their effects are nested.
    with_effects("panel-dummy-logit", Family::Logit, "binary", [[46.0; 3], [3.0, 3.0, 46.0]]);
}

#[test]
fn a_conditional_logit() {
    let (data, answers) = (panel(), answers());
    let mut design = Design::new(&data["binary"], terms(&data, &["x", "z"]));
    design.absorb = vec![codes(&data["g"]).into()];
    let fit = |design: &Design<'_>| fit_conditional(design).expect("it fits").into();
    let model = model("panel-conditional-logit", &data, design.clone(), ["g", "g", "t"], &fit);
    model.agrees(&answers, "iid", &model.with(Covariance::Iid, Preset::Fixest, 0), 1.0);
    design.covariance = Covariance::Cluster;
    design.clusters = vec![codes(&data["t"]).into()];
    assert_eq!(fit_conditional(&design).expect_err("groups straddle"), GeneralisedError::Straddles);
    // Information and sandwich agree to the order of chance, and two equal ways are one.
    let one = model.with(Covariance::Cluster, Preset::None, 1);
    let iid = model.with(Covariance::Iid, Preset::None, 0);
    assert!(one.errors.iter().zip(&iid.errors).all(|(a, b)| (a / b - 1.0).abs() < 0.3));
    design.clusters = vec![codes(&data["g"]).into(), codes(&data["g"]).into()];
    design.preset = Preset::None;
    let twice = fit_conditional(&design).expect("it fits").standard_errors;
    assert!(twice.iter().zip(&one.errors).all(|(a, b)| (a / b - 1.0).abs() < 1e-12));
}

#[test]
fn instruments_on_the_panel() {
    let (data, answers) = (panel(), answers());
    let cases: [(&str, &[usize], &[&str], bool); 4] = [
        ("panel-iv", &[1], &["u"], false),
        ("panel-iv-over", &[1], &["u", "v"], false),
        ("panel-iv-weighted", &[1], &["u", "v"], true),
        ("panel-iv-two", &[0, 1], &["u", "v"], false),
    ];
    for (case, endogenous, instruments, weighted) in cases {
        let instruments = terms(&data, instruments);
        let fit = |design: &Design<'_>| {
            two_stage(design, endogenous, &instruments).expect("it fits").fit.into()
        };
        let mut design = Design::new(&data["y"], terms(&data, &["x", "z"]));
        if weighted {
            design.weights = Weights::Analytic((&data["weight"]).into());
        }
        let model = model(case, &data, design, ["g", "g", "t"], &fit);
        model.robust(&answers);
        model.clustered(&answers, [[3.0; 3]; 2]);
    }
}

#[test]
fn petersen_and_grunfeld() {
    let answers = answers();
    if let Some(data) = shared("petersen.csv") {
        let ways = ["firm", "firm", "year"];
        let mut design = Design::new(&data["y"], terms(&data, &["x"]));
        let plain = model("petersen", &data, design.clone(), ways, &linear);
        plain.robust(&answers);
        plain.clustered(&answers, [[2.0; 3]; 2]);
        let plm = model("petersen-plm", &data, design.clone(), ways, &linear);
        for (ways, word) in [(1, "arellano-none"), (2, "double-none")] {
            plm.agrees(&answers, word, &plm.with(Covariance::Cluster, Preset::None, ways), 1.0);
        }
        design.absorb = vec![codes(&data["firm"]).into()];
        let firm = model("petersen-firm", &data, design, ways, &linear);
        firm.robust(&answers);
        firm.clustered(&answers, [[2.0, 2.0, 501.0]; 2]);
    }
    if let Some(data) = shared("grunfeld.csv") {
        let ways = ["firm", "firm", "year"];
        let mut design = Design::new(&data["inv"], terms(&data, &["capital"]));
        let plain = model("grunfeld", &data, design.clone(), ways, &linear);
        plain.robust(&answers);
        plain.clustered(&answers, [[2.0; 3]; 2]);
        design.absorb = vec![codes(&data["firm"]).into(), codes(&data["year"]).into()];
        let effects = model("grunfeld-two-effects", &data, design.clone(), ways, &linear);
        effects.robust(&answers);
        effects.clustered(&answers, [[21.0, 21.0, 30.0], [2.0, 2.0, 30.0]]);
        let plm = model("grunfeld-plm", &data, design, ways, &linear);
        plm.agrees(&answers, "iid", &plm.with(Covariance::Iid, Preset::Fixest, 0), 1.0);
        plm.agrees(&answers, "arellano-none", &plm.with(Covariance::Cluster, Preset::None, 1), 1.0);
        let firm = codes(&data["firm"]);
        let fit = |design: &Design<'_>| random_effects(design, &firm).expect("it fits").fit.into();
        let design = Design::new(&data["inv"], terms(&data, &["value", "capital"]));
        let random = model("grunfeld-random", &data, design, ways, &fit);
        random.agrees(&answers, "iid", &random.with(Covariance::Iid, Preset::Fixest, 0), 1.0);
        let clustered = random.with(Covariance::Cluster, Preset::None, 1);
        random.agrees(&answers, "arellano-none", &clustered, 1.0);
    }
}
