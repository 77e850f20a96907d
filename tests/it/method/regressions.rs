//! Options of `regress` through method files: adjusted rates, references, effects of likelihoods, polynomials, and
//! what a step says of itself.

use std::collections::BTreeMap;
use std::path::Path;

use secondlook::engine::{Column, Table, Values};
use secondlook::results::{Estimate, Run, Step};

use super::support::{close, loaded, plan, plan_of, run, value};

fn reference(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    std::fs::read_to_string(path).expect("the reference is in the tree")
}

const INPUT: &str = "[input.t]\ncolumns = { g = \"int\", t = \"int\", k = \"int\", x = \"float\", z = \"float\", \
                     u = \"float\", y = \"float\", binary = \"int\", count = \"int\" }\n";

/// The panel of `tests/reference/panel.py`, with a factor of three levels.
fn panel() -> Table {
    let text = reference("panel.csv");
    let names: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let cell = |line: &str, name: &str| -> f64 {
        let place = names.iter().position(|known| *known == name).expect("a column");
        line.split(',').nth(place).expect("a cell").parse().expect("a number")
    };
    let numbers = |name: &str| text.lines().skip(1).map(|line| cell(line, name)).collect();
    let whole = |name: &str| text.lines().skip(1).map(|line| cell(line, name) as i64).collect();
    let mut columns: Vec<(String, Column)> = ["x", "z", "u", "y"]
        .map(|name| (name.to_owned(), Column::new(Values::Float(numbers(name)))))
        .into();
    columns.extend(
        ["g", "t", "binary", "count"]
            .map(|name| (name.to_owned(), Column::new(Values::Int(whole(name))))),
    );
    columns.push(("k".to_owned(), Column::new(Values::Int((0..400).map(|i| i % 3).collect()))));
    Table::from_columns(columns).expect("a table")
}

fn step(id: &str, body: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\n[step.regress]\nfrom = \"t\"\n{body}\n")
}

fn ran(steps: &str) -> Run {
    run(&plan(&format!("{INPUT}{steps}")), vec![("t", loaded(panel()))], 2).expect("it runs")
}

fn estimate<'a>(run: &'a Run, address: &str) -> &'a Estimate {
    run.estimate(address).unwrap_or_else(|| panic!("no {address}"))
}

fn of<'a>(run: &'a Run, step: &str) -> BTreeMap<&'a str, &'a str> {
    let step: &Step = run.steps.iter().find(|known| known.id == step).expect("the step");
    step.convention.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

fn warned(run: &Run, step: &str, part: &str) -> bool {
    run.warnings.iter().any(|warning| warning.step == step && warning.message.contains(part))
}

/// statsmodels' coefficients and covariances through the delta method (`tests/reference/margins.py`): 10 digits, as
/// its likelihoods stop there.
#[test]
fn adjusted_rates_of_every_model_know_interactions() {
    let on = "on = [\"factor(k, base = 0)*x\", \"z\"]\nadjusted = [\"k\"]";
    let models = [
        ("linear", "outcome = \"y\"".to_owned()),
        (
            "weighted",
            "outcome = \"y\"\nweights = \"count + 1\"\nweights_are = \"analytic\"".to_owned(),
        ),
        ("logit", "model = \"logit\"\noutcome = \"binary\"".to_owned()),
        ("probit", "model = \"probit\"\noutcome = \"binary\"".to_owned()),
        (
            "poisson",
            "model = \"poisson\"\noutcome = \"count\"\nse = \"cluster\"\ncluster = [\"g\"]"
                .to_owned(),
        ),
    ];
    let steps: String =
        models.iter().map(|(id, body)| step(id, &format!("{body}\n{on}"))).collect();
    let run = ran(&steps);
    let all: serde_json::Value = serde_json::from_str(&reference("margins.json")).expect("JSON");
    for (id, _) in models {
        for level in 0..3 {
            let found = estimate(&run, &format!("{id}/adjusted{{k={level}}}"));
            let number = |key: &str| all[id][level][key].as_f64().expect("a number");
            close(found.value, number("value"), 1e-9);
            close(found.se.expect("an error"), number("se"), 1e-9);
        }
    }
    let said = |id| of(&run, id);
    assert!(said("probit")["information"].starts_with("expected"));
    assert!(!said("logit").contains_key("information"));
    assert_eq!(said("poisson")["pseudo r2"], "McFadden's, beside a constant alone");
}

/// Adjusted rates are the coefficients plus one constant, and average to the outcome's mean.
#[test]
fn the_constant_of_adjusted_rates_is_fixed_by_the_weighted_mean() {
    let run = ran(&(step(
        "fit",
        "outcome = \"y\"\non = [\"factor(k, base = 0)\", \"x\"]\nabsorb = [\"g\"]\nadjusted = [\"k\"]",
    ) + "[[step]]\nid = \"all\"\n[step.summarise]\nfrom = \"t\"\nmeasures = { mean = \"mean(y)\" }\n\
         [[step]]\nid = \"gap\"\n[step.contrast]\nvalue = 'est(\"fit/adjusted{k=2}\") - est(\"fit/adjusted{k=0}\")'\n"));
    let rate = |level: u32| value(&run, &format!("fit/adjusted{{k={level}}}"));
    for level in 1..3 {
        close(rate(level) - rate(0), value(&run, &format!("fit/k={level}")), 1e-12);
    }
    let shares = [134.0, 133.0, 133.0];
    let mean: f64 = (0..3).map(|level| rate(level) * shares[level as usize] / 400.0).sum();
    close(mean, value(&run, "all/mean"), 1e-12);
    // The difference of two rates has the error of the coefficient.
    let gap = estimate(&run, "gap").se.expect("an error");
    close(gap, estimate(&run, "fit/k=2").se.expect("an error"), 1e-10);
}

/// Rates of Poisson models predicted with estimated effects match R's glm with dummies (`tests/reference/effects.R`);
/// both iterate to about 1e-10.
#[test]
fn adjusted_rates_with_absorbed_effects_match_dummies() {
    let kinds = [
        ("one", "[\"factor(k)\", \"x\"]", "[\"g\"]", ""),
        ("crossed", "[\"factor(k) * x\"]", "[\"g\"]", ""),
        (
            "weighted",
            "[\"factor(k)\", \"x\"]",
            "[\"g\"]",
            "weights = \"1 + t % 4\"\nweights_are = \"analytic\"",
        ),
        ("two", "[\"factor(k)\", \"x\"]", "[\"g\", \"t\"]", ""),
    ];
    let clustered = "se = \"cluster\"\ncluster = [\"t\"]\npreset = ";
    let errors = [
        ("iid", "se = \"iid\"".to_owned()),
        ("hc1", "se = \"hc1\"".to_owned()),
        ("none", format!("{clustered}\"none\"")),
        // K of `stata-areg` counts every effect, nested or not, as R's dummies do.
        ("fixest", format!("{clustered}\"stata-areg\"")),
    ];
    let mut steps = String::new();
    for (kind, on, absorb, more) in kinds {
        for (error, se) in &errors {
            let body = format!(
                "model = \"poisson\"\noutcome = \"count\"\non = {on}\nabsorb = {absorb}\nadjusted = [\"k\"]\n{se}\n{more}"
            );
            steps += &step(&format!("{kind}_{error}"), &body);
        }
    }
    let run = ran(&steps);
    for line in reference("effects.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse::<f64>().expect("a number");
        let found = estimate(&run, &format!("{}/adjusted{{k={}}}", cells[0], cells[1]));
        close(found.value, number(2), 1e-8);
        close(found.se.expect("an error"), number(3), 1e-8);
    }
}

#[test]
fn adjusted_rates_that_are_not_defined_are_refused() {
    let cases = [
        (
            "model = \"poisson\"\noutcome = \"count\"\non = [\"factor(k)\"]\nabsorb = [\"g\"]\nadjusted = [\"k\"]\nse = \"hc3\"",
            "adjusted rates of a poisson model with absorbed effects are not known: HC2 and HC3",
        ),
        (
            "model = \"logit\"\noutcome = \"binary\"\non = [\"factor(k)\"]\nabsorb = [\"g\"]\nadjusted = [\"k\"]",
            "adjusted rates of a logit model with absorbed effects are not known: its likelihood has no effects",
        ),
        (
            "outcome = \"y\"\non = [\"factor(k)\", \"k + x\"]\nadjusted = [\"k\"]",
            "adjusted rates of `k` are not known: the term `k + x` depends on it too",
        ),
        (
            "outcome = \"y\"\non = [\"x\"]\nadjusted = [\"x\"]",
            "`adjusted` names `x`, which is no factor here",
        ),
    ];
    for (body, expected) in cases {
        let (_, problems) = plan_of(&format!("{INPUT}{}", step("fit", body)));
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}

#[test]
fn the_reference_is_the_presets_or_as_stated() {
    let body = |more: &str| format!("outcome = \"y\"\non = [\"x\", \"z\"]\n{more}");
    let run = ran(&(step(
        "student",
        &body("se = \"cluster\"\ncluster = [\"g\"]\npreset = \"conventional\""),
    ) + &step(
        "z",
        &body(
            "se = \"cluster\"\ncluster = [\"g\"]\npreset = \"conventional\"\nreference = \"normal\"",
        ),
    ) + &step(
        "none",
        &body("se = \"cluster\"\ncluster = [\"g\"]\npreset = \"none\""),
    )));
    let (t, z, none) =
        (estimate(&run, "student/x"), estimate(&run, "z/x"), estimate(&run, "none/x"));
    assert_eq!((t.df, z.df, none.df), (Some(44.0), None, Some(397.0)));
    assert_eq!((t.se, z.reference.as_deref()), (z.se, Some("normal")));
    let half =
        |one: &Estimate| one.ci.map(|[low, high]| (high - low) / 2.0 / one.se.expect("an error"));
    close(half(z).expect("an interval"), 1.959_963_984_540_054, 1e-12);
    close(half(t).expect("an interval"), 2.015_367_574_443_763_6, 1e-10);
    assert_eq!(of(&run, "z")["reference"], "normal");
    assert_eq!(of(&run, "student")["reference"], "t with 44 degrees of freedom");
    let (_, problems) = plan_of(&format!(
        "{INPUT}{}",
        step("l", "model = \"logit\"\noutcome = \"binary\"\non = [\"x\"]\nreference = \"t\"")
    ));
    assert!(problems.to_string().contains("the errors of a likelihood refer to the normal"));
}

#[test]
fn every_fit_says_how_well_and_on_how_much() {
    let run = ran(&(step("fit", "outcome = \"y\"\non = [\"x\", \"z\"]\nabsorb = [\"g\", \"t\"]")
        + &step(
            "clustered",
            "outcome = \"y\"\non = [\"x\", \"z\"]\nabsorb = [\"g\", \"t\"]\nse = \"cluster\"\ncluster = [\"g\"]",
        )));
    // 45 + 42 − 1 effects and two slopes, whatever the errors.
    for id in ["fit", "clustered"] {
        assert_eq!(value(&run, &format!("{id}/df_residual")), 312.0);
        let r2 = value(&run, &format!("{id}/r2"));
        close(value(&run, &format!("{id}/adjusted_r2")), 1.0 - (1.0 - r2) * 399.0 / 312.0, 1e-12);
    }
    // Under independent errors F is that of the two sums of squares.
    let within = value(&run, "fit/within_r2");
    let f = estimate(&run, "fit/f");
    close(f.value, within / (1.0 - within) * 312.0 / 2.0, 1e-10);
    assert_eq!((f.df, f.p.is_some()), (Some(312.0), true));
    let said = of(&run, "clustered");
    assert_eq!(said["absorbed g"], "45 levels, nested in a cluster");
    assert_eq!((said["coefficients counted"], said["clusters of g"]), ("44", "45"));
    assert_eq!(of(&run, "fit")["coefficients counted"], "88");
}

/// R's survival::clogit, exact (`tests/reference/presets.R`).
#[test]
fn effects_of_a_logit_are_conditioned_away_or_warned_of() {
    let body = "model = \"logit\"\noutcome = \"binary\"\non = [\"x\", \"z\"]\nabsorb = [\"g\"]";
    let run = ran(&(step("conditional", body)
        + &step("dummies", &format!("{body}\neffects = \"dummies\""))
        + &step("clustered", &format!("{body}\nse = \"cluster\"\ncluster = [\"g\"]"))));
    let x = estimate(&run, "conditional/x");
    close(x.value, 0.536_982_282_405_052, 1e-9);
    close(x.se.expect("an error"), 0.132_393_778_733_15, 1e-9);
    assert!(value(&run, "dummies/x") > x.value);
    assert!(warned(&run, "dummies", "incidental parameters"));
    assert!(warned(&run, "conditional", "5 rows were left out"));
    assert_eq!(
        of(&run, "conditional")["method"],
        "conditional maximum likelihood (Chamberlain 1980)"
    );
    assert_eq!(of(&run, "conditional")["pseudo r2"], "McFadden's, beside no terms");
    assert_eq!(of(&run, "clustered")["clusters of g"], "44");
    for (body, expected) in [
        (format!("{body}\nse = \"hc1\""), "a conditional logit has no HC errors by row"),
        (body.replace("[\"g\"]", "[\"g\", \"t\"]"), "a conditional logit conditions on one effect"),
        (body.replace("logit", "probit"), "incidental parameters"),
    ] {
        let (_, problems) = plan_of(&format!("{INPUT}{}", step("fit", &body)));
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}

/// The exact answers of `tests/reference/least_squares.py`; powers by multiplication are those of its columns.
#[test]
fn polynomials_in_sql_keep_their_digits() {
    let lines = reference("least_squares.csv");
    let answers = reference("least_squares_answers.csv");
    for (case, degree, digits) in [("wampler5", 5, 1e-13), ("filip-a", 10, 1e-11)] {
        let pick = |place: usize| -> Vec<f64> {
            let rows = lines.lines().filter(|line| line.starts_with(&format!("{case},")));
            rows.map(|line| line.split(',').nth(place).expect("a cell").parse().expect("a number"))
                .collect()
        };
        let table = super::support::numbers(&[("x", &pick(1)), ("y", &pick(2))]);
        let terms: Vec<String> =
            (1..=degree).map(|p| format!("\"{}\"", vec!["x"; p].join(" * "))).collect();
        let method = format!(
            "[input.t]\ncolumns = {{ x = \"float\", y = \"float\" }}\n{}",
            step("fit", &format!("outcome = \"y\"\non = [{}]", terms.join(", ")))
        );
        let run = run(&plan(&method), vec![("t", loaded(table))], 1).expect("it runs");
        for line in answers.lines().filter(|line| line.starts_with(&format!("{case}/rounded,"))) {
            let cells: Vec<&str> = line.split(',').collect();
            let place: usize = cells[1].parse().expect("a place");
            let name =
                if place == 0 { "intercept".to_owned() } else { vec!["x"; place].join(" * ") };
            let found = estimate(&run, &format!("fit/{name}"));
            // A coefficient within a thousandth of its error of zero has digits of its error only.
            let (b, se): (f64, f64) = (cells[2].parse().expect("b"), cells[3].parse().expect("se"));
            assert!(
                (found.value - b).abs() <= digits * b.abs().max(se),
                "{case} {name} {}",
                found.value
            );
            close(found.se.expect("an error"), se, digits);
        }
    }
}

/// R's AER::ivreg with sandwich (`tests/reference/presets.R`), and what its instruments may be.
#[test]
fn instruments_may_be_factors_and_interactions() {
    let body = |on: &str, instruments: &str| {
        format!("outcome = \"y\"\non = [{on}]\ninstruments = {{ {instruments} }}\nse = \"hc1\"")
    };
    let run = ran(&(step("plain", &body("\"x\", \"z\"", "z = [\"u\"]"))
        + &step("factors", &body("\"x\", \"z\"", "z = [\"u\", \"factor(k)\", \"factor(k):x\"]"))
        + &step("product", &body("\"x\", \"x:z\"", "\"x:z\" = [\"u\", \"u:x\"]"))
        + &step(
            "dropped",
            &(body("\"x\", \"z\"", "z = [\"u\", \"x\"]") + "\ncollinear = \"drop\""),
        )));
    let answers = reference("presets.csv");
    for term in ["x", "z"] {
        let line = answers.lines().find(|line| line.starts_with(&format!("panel-iv/hc1,{term},")));
        let cells: Vec<&str> = line.expect("R has it").split(',').collect();
        for id in ["plain", "dropped"] {
            let found = estimate(&run, &format!("{id}/{term}"));
            close(found.value, cells[2].parse().expect("b"), 1e-9);
            close(found.se.expect("an error"), cells[3].parse().expect("se"), 1e-9);
        }
    }
    // Five excluded instruments: u, two levels, two levels by x (the third is x itself).
    assert_eq!(of(&run, "factors")["first stage of z"], "F of 5 excluded instruments, hc1 errors");
    assert_eq!(
        value(&run, "plain/first_stage_f{term=z}"),
        value(&run, "dropped/first_stage_f{term=z}")
    );
    assert!(estimate(&run, "product/x:z").se.is_some());
}

/// statsmodels without a constant (`tests/reference/constant.py`); its likelihoods stop at about ten digits.
#[test]
fn a_model_may_leave_the_constant_out() {
    let plain = "outcome = \"y\"\non = [\"x\", \"z\"]\nintercept = false";
    let levels = "on = [\"factor(k)\", \"x\"]\nintercept = false";
    let cases = [
        ("plain", plain.to_owned()),
        (
            "weighted",
            format!("{plain}\nse = \"hc1\"\nweights = \"count + 1\"\nweights_are = \"analytic\""),
        ),
        ("clustered", format!("{plain}\nse = \"cluster\"\ncluster = [\"g\"]")),
        ("logit", "model = \"logit\"\n".to_owned() + &plain.replace("\"y\"", "\"binary\"")),
        ("poisson", format!("model = \"poisson\"\noutcome = \"count\"\n{levels}")),
        ("levels", format!("outcome = \"y\"\n{levels}")),
    ];
    let steps: String = cases.iter().map(|(id, body)| step(id, body)).collect();
    let run = ran(&steps);
    for line in reference("constant.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let found = estimate(&run, &format!("{}/{}", cells[0], cells[1]));
        close(found.value, cells[2].parse().expect("a value"), 1e-9);
        if !cells[3].is_empty() {
            close(found.se.expect("an error"), cells[3].parse().expect("an error"), 1e-9);
        }
    }
    assert!(run.estimate("plain/intercept").is_none());
    assert_eq!(of(&run, "plain")["constant"], "none");
    for (more, expected) in [
        ("absorb = [\"g\"]", "the absorbed effects hold the constant"),
        ("random = \"g\"", "random effects vary about a constant"),
    ] {
        let (_, problems) =
            plan_of(&format!("{INPUT}{}", step("fit", &format!("{plain}\n{more}"))));
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}
