//! What is exactly zero, or singular by its definition, is told as that: never as what rounding leaves of it.

use secondlook::results::Run;

use super::support::{loaded, numbers, plan, run};

fn ran(body: &str, columns: &[(&str, &[f64])]) -> Run {
    tried(body, columns).expect("it runs")
}

fn tried(body: &str, columns: &[(&str, &[f64])]) -> Result<Run, secondlook::diagnostic::Problems> {
    let typed: Vec<String> =
        columns.iter().map(|(name, _)| format!("\"{name}\" = \"float\"")).collect();
    let (typed, (kind, body)) =
        (typed.join(", "), body.split_once('\n').expect("a kind and a body"));
    let text = format!(
        "[input.t]\ncolumns = {{ {typed} }}\n[[step]]\nid = \"m\"\n[step.{kind}]\nfrom = \"t\"\n{body}\n"
    );
    run(&plan(&text), vec![("t", loaded(numbers(columns)))], 1)
}

fn said<'a>(run: &'a Run, key: &str) -> &'a str {
    let mut lines = run.steps.iter().flat_map(|step| &step.convention);
    lines.find(|(known, _)| known == key).map_or("", |(_, value)| value)
}

/// Every cluster is alike: the error is zero by hand, and there is no interval.
#[test]
fn clusters_that_are_alike_have_no_error() {
    let (tenths, thirds) = ([0.1, 0.3, 0.1, 0.3], [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    let (each, halves) = ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    let cases: [(&str, &[f64], &[f64]); 6] = [
        ("sd(x)", &[1.0, 1e-7], &[1.0, 2.0]),
        ("sd(x)", &tenths, &each),
        ("median(x)", &thirds, &halves),
        ("fraction(x > 2.5)", &thirds, &halves),
        ("fraction(x > 1.5)", &[1.0, 3.0, 1.0, 3.0], &[1.0, 1.0, 2.0, 2.0]),
        ("quantile(x, 0.4)", &thirds, &halves),
    ];
    for (measure, x, c) in cases {
        for intervals in ["", "fraction_interval = \"wilson\"\n"] {
            let body = format!(
                "summarise\n{intervals}cluster = [\"c\"]\nmeasures = {{ m = \"{measure}\" }}"
            );
            let run = ran(&body, &[("x", x), ("c", c)]);
            let one = run.estimate("m/m").expect("there");
            assert!(one.se.is_none_or(|se| se == 0.0), "{measure} of {x:?}: {:?}", one.se);
            assert_eq!(one.ci, None, "{measure} of {x:?}");
        }
    }
    let body = "summarise\ncluster = [\"c\"]\nmeasures = { m = \"mean(x)\" }";
    let x = [0.1, 0.2, 0.7, 0.1, 0.2, 0.7];
    assert_eq!(
        ran(body, &[("x", &x), ("c", &halves)]).estimate("m/m").expect("there").se,
        Some(0.0)
    );
}

/// Exact fractions of the doubles (`tests/reference/sizes.py`).
#[test]
fn a_clustered_deviation_of_far_numbers_keeps_its_digits() {
    let body = "summarise\ncluster = [\"c\"]\nmeasures = { m = \"sd(x)\" }";
    let (x, c) = ([1.0, 1e16, 1e16, 3.25], [1.0, 2.0, 3.0, 4.0]);
    let se = ran(body, &[("x", &x), ("c", &c)]).estimate("m/m").and_then(|one| one.se);
    let se = se.expect("an error");
    assert!((se / 0.530_330_085_889_910_6 - 1.0).abs() < 1e-12, "{se}");
}

/// The scores of the clusters sum to zero: with no more of them than slopes their covariance is singular, whatever rounding
/// makes of it.
#[test]
fn a_joint_test_of_too_few_clusters_is_none() {
    for (seed, width) in (1..40).zip([8, 12, 5].into_iter().cycle()) {
        let column = |place: u64| -> Vec<f64> {
            let mix =
                |row: u64| (row * row * 37 + row * place * 53 + place * 911 + seed * 7919) % 9973;
            (0..60).map(|row| 100.0 + mix(row) as f64 / 997.0).collect()
        };
        let terms: Vec<Vec<f64>> = (0..width).map(column).collect();
        let (y, z) = (column(77), column(78));
        let g: Vec<f64> = (0..60).map(|row| (row % width) as f64).collect();
        let names: Vec<String> = (0..width).map(|place| format!("x{place}")).collect();
        let mut columns: Vec<(&str, &[f64])> = vec![("y", &y), ("z", &z), ("g", &g)];
        columns.extend(names.iter().map(String::as_str).zip(terms.iter().map(Vec::as_slice)));
        let on = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
        let errors = "outcome = \"y\"\nse = \"cluster\"\ncluster = [\"g\"]\npreset = \"fixest\"";
        let plain = ran(&format!("regress\n{errors}\non = [{}]", on.join(", ")), &columns);
        assert!(plain.estimate("m/f").is_none(), "{seed}");
        assert!(said(&plain, "F").contains("fewer clusters than terms"));
        let others = on[1..].join(", ");
        let body =
            format!("regress\n{errors}\non = [\"x0\"]\ninstruments = {{ x0 = [\"z\", {others}] }}");
        let staged = ran(&body, &columns);
        assert!(staged.estimate("m/first_stage_f{term=x0}").is_none(), "{seed}");
        assert!(said(&staged, "first stage of x0").contains("singular"));
    }
}

/// One of the covariance's three eigenvalues is set to zero: it has no inverse.
#[test]
fn a_joint_test_of_a_repaired_covariance_is_none() {
    let table: [(&str, [u32; 30]); 6] = [
        (
            "y",
            [
                8, 7, 8, 7, 2, 5, 9, 4, 9, 5, 2, 6, 0, 0, 2, 9, 4, 9, 5, 2, 2, 8, 5, 1, 2, 1, 9, 4,
                6, 9,
            ],
        ),
        (
            "x0",
            [
                1, 6, 6, 4, 4, 1, 7, 5, 8, 6, 0, 4, 4, 0, 2, 0, 8, 9, 3, 3, 3, 4, 5, 8, 7, 0, 4, 9,
                7, 6,
            ],
        ),
        (
            "x1",
            [
                6, 0, 7, 0, 6, 2, 9, 6, 1, 3, 5, 8, 6, 2, 6, 5, 7, 6, 2, 3, 5, 7, 0, 9, 5, 2, 2, 7,
                1, 2,
            ],
        ),
        (
            "x2",
            [
                9, 4, 4, 7, 3, 4, 2, 7, 8, 7, 2, 4, 3, 7, 4, 0, 5, 3, 2, 8, 2, 0, 0, 1, 1, 1, 5, 6,
                8, 1,
            ],
        ),
        (
            "g",
            [
                4, 8, 2, 2, 7, 10, 8, 0, 3, 8, 0, 0, 10, 3, 6, 3, 11, 8, 6, 10, 0, 9, 10, 6, 8, 4,
                11, 1, 10, 8,
            ],
        ),
        (
            "h",
            [
                8, 4, 8, 6, 4, 8, 2, 8, 8, 0, 2, 8, 3, 8, 3, 7, 7, 0, 6, 6, 5, 0, 4, 3, 1, 7, 3, 6,
                0, 7,
            ],
        ),
    ];
    let columns = table.map(|(name, values)| (name, values.map(f64::from)));
    let columns: Vec<(&str, &[f64])> =
        columns.iter().map(|(name, values)| (*name, values.as_slice())).collect();
    let body = "regress\noutcome = \"y\"\non = [\"x0\", \"x1\", \"x2\"]\nabsorb = [\"h\"]\nse = \"cluster\"\n\
                cluster = [\"g\", \"h\"]\npreset = \"fixest\"";
    let run = ran(body, &columns);
    assert!(run.estimate("m/f").is_none());
    assert!(said(&run, "F").contains("negative eigenvalues were set to zero"));
    assert!(run.estimate("m/x0").and_then(|one| one.se).is_some());
}

#[test]
fn an_instrument_that_gives_its_term_is_told_of() {
    let y = [1.0, 2.5, 2.0, 4.0, 3.0, 6.5, 5.0, 2.0];
    let z = [0.5, 1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 1.5];
    let body = "regress\noutcome = \"y\"\non = [\"z\"]\ninstruments = { z = [\"2 * z - 1\"] }";
    let run = ran(body, &[("y", &y), ("z", &z)]);
    assert!(run.estimate("m/first_stage_f{term=z}").is_none());
    assert!(run.warnings.iter().any(|one| one.message.contains("it instruments itself")));
}

#[test]
fn the_way_of_one_cluster_is_named() {
    let y = [1.0, 2.5, 2.0, 4.0, 3.0, 6.5];
    let (x, g, one) = ([0.5, 1.0, 3.0, 2.0, 5.0, 4.0], [1.0, 2.0, 3.0, 1.0, 2.0, 3.0], [7.0; 6]);
    let body =
        "regress\noutcome = \"y\"\non = [\"x\"]\nse = \"cluster\"\ncluster = [\"g\", \"one\"]";
    let told = tried(body, &[("y", &y), ("x", &x), ("g", &g), ("one", &one)]).expect_err("one");
    assert!(format!("{told:?}").contains("`one` is the same in all"), "{told:?}");
}

/// A slope and a level that share a name, and a column named as an interaction is.
#[test]
fn two_terms_of_one_address_are_refused() {
    let y = [1.0, 2.5, 2.0, 4.0, 3.0, 6.5, 5.0, 2.0];
    let x = [0.5, 1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 1.5];
    let w = [2.0, 1.0, 1.0, 3.0, 2.0, 4.0, 1.0, 3.5];
    let odd = [1.0, 5.0, 2.0, 2.0, 1.0, 4.0, 2.0, 0.5];
    let columns: [(&str, &[f64]); 4] = [("y", &y), ("x", &x), ("w", &w), ("x:w", &odd)];
    let body = "regress\noutcome = \"y\"\non = ['\"x:w\"', \"x:w\"]";
    let told = tried(body, &columns).expect_err("two");
    assert!(format!("{told:?}").contains("two estimates have the address `m/x:w`"), "{told:?}");
}

#[test]
fn a_mean_of_no_rows_says_that_there_are_none() {
    let body = "filter\nkeep = \"x > 5\"\n[[step]]\nid = \"s\"\n[step.summarise]\nfrom = \"m\"\n\
                measures = { mean = \"mean(x)\" }";
    let told = tried(body, &[("x", &[1.0, 2.0, 3.0])]).expect_err("no rows");
    assert!(format!("{told:?}").contains("`m` has no rows"), "{told:?}");
}
