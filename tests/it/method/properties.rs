//! What must not matter does not: the order of rows, the number of threads; and what must agree
//! does: absorbing and dummies, a mean and a regression on a constant.

use proptest::prelude::*;
use secondlook::engine::{Column, Table, Values};
use secondlook::results::Run;

use super::support::{close, loaded, numbers, plan, run, value};

const METHOD: &str = r#"
[input.t]
columns = { x = "float", y = "float", g = "int", c = "int" }
[[step]]
id = "old"
[step.filter]
from = "t"
keep = "x > -50"
[[step]]
id = "more"
[step.derive]
from = "old"
columns = { z = "y * exp(x / 10) + avg(y) over (partition by g)" }
[[step]]
id = "groups"
[step.summarise]
from = "more"
by = ["g"]
within = []
measures = { n = "count", share = "fraction", z = "mean(z)", users = "distinct(c)", middle = "median(x)", top = "quantile(x, 0.9)", spread = "sd(x)" }
[[step]]
id = "clustered"
[step.summarise]
from = "more"
by = ["g"]
cluster = ["c"]
measures = { m = "mean(z)", r = "ratio(z, x)", f = "fraction(x > 5)", q = "quantile(x, 0.4, type = 6)", l = "geometric_mean(z)" }
change = { by = "g", from = 0, to = 2 }
[[step]]
id = "tests"
[step.compare]
from = "more"
test = "mann-whitney"
of = "z"
between = "g"
groups = [2, 0]
[[step]]
id = "fit"
[step.regress]
from = "more"
outcome = "y"
on = ["x", "factor(g)"]
se = "hc1"
[[step]]
id = "within"
[step.regress]
from = "more"
outcome = "y"
on = ["x"]
absorb = ["g"]
se = "cluster"
cluster = ["c"]
[[step]]
id = "ratio"
[step.contrast]
value = "est(\"groups/z{g=1}\") / est(\"groups/z{g=0}\") + est(\"fit/x\")"
"#;

/// x, y, group and cluster.
type Row = (f64, f64, i64, i64);

fn table(rows: &[Row]) -> Table {
    let floats =
        |pick: &dyn Fn(&Row) -> f64| Column::new(Values::Float(rows.iter().map(pick).collect()));
    let ints =
        |pick: &dyn Fn(&Row) -> i64| Column::new(Values::Int(rows.iter().map(pick).collect()));
    Table::from_columns(vec![
        ("x".to_owned(), floats(&|row| row.0)),
        ("y".to_owned(), floats(&|row| row.1)),
        ("g".to_owned(), ints(&|row| row.2)),
        ("c".to_owned(), ints(&|row| row.3)),
    ])
    .expect("a table")
}

/// Forty rows in three groups and seven clusters, with numbers that round differently in every order.
fn rows(seed: u64) -> Vec<Row> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 9_007_199_254_740_992.0
    };
    (0..40).map(|row| (next() * 10.0 + 0.1, next() * 3.0 + 1.0, row % 3, row % 7)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn neither_rows_nor_threads_have_an_order(seed in any::<u64>(), rotation in 1_usize..39) {
        let plan = plan(METHOD);
        let mut mixed = rows(seed);
        let first = run(&plan, vec![("t", loaded(table(&mixed)))], 1).expect("it runs");
        mixed.rotate_left(rotation);
        mixed.swap(0, 20);
        let second = run(&plan, vec![("t", loaded(table(&mixed)))], 2).expect("it runs");
        prop_assert!(first == second, "{} differs", differing(&first, &second));
        close(value(&first, "fit/x"), value(&first, "within/x"), 1e-11);
        let total: f64 = (0..3).map(|g| value(&first, &format!("groups/n{{g={g}}}"))).sum();
        prop_assert_eq!(total, 40.0);
    }
}

/// Two means of the same rows are not independent: the error of their difference is that of the
/// mean of the differences.
#[test]
fn a_contrast_knows_the_covariance_within_a_step() {
    let text = r#"
[input.t]
columns = { a = "float", b = "float" }
[[step]]
id = "m"
[step.summarise]
from = "t"
measures = { a = "mean(a)", b = "mean(b)", d = "mean(a - b)" }
[[step]]
id = "n"
[step.summarise]
from = "t"
measures = { b = "mean(b)" }
[[step]]
id = "within"
[step.contrast]
value = "est(\"m/a\") - est(\"m/b\")"
[[step]]
id = "across"
[step.contrast]
value = "est(\"m/a\") - est(\"n/b\")"
"#;
    let table = numbers(&[("a", &[1.0, 2.5, 3.0, 4.2, 7.0]), ("b", &[0.5, 2.0, 2.0, 5.0, 6.1])]);
    let run = run(&plan(text), vec![("t", loaded(table))], 1).expect("it runs");
    let error = |address: &str| run.estimate(address).and_then(|one| one.se).expect("an error");
    close(error("within"), error("m/d"), 1e-12);
    assert!(error("across") > 2.0 * error("within"));
    let step = run.steps.iter().find(|step| step.id == "across").expect("the step");
    assert!(step.convention.iter().any(|(key, _)| key == "independence"), "{:?}", step.convention);
}

/// Kielmc, Wooldridge example 13.3 in small: `a*b` is both sides and their product.
#[test]
fn an_interaction_is_a_difference_in_differences() {
    let text = r#"
[input.t]
columns = { y = "float", a = "float", b = "float" }
[[step]]
id = "fit"
[step.regress]
from = "t"
outcome = "y"
on = ["a*b"]
[[step]]
id = "by_level"
[step.regress]
from = "t"
outcome = "y"
on = ["factor(a, base = 1)", "b", "factor(a, base = 1):b"]
adjusted = ["b"]
"#;
    let (_, problems) = super::support::plan_of(text);
    assert!(
        problems.to_string().contains("`adjusted` names `b`, which is no factor"),
        "{problems}"
    );
    let plan = plan(&text.replace("adjusted = [\"b\"]\n", ""));
    let table = numbers(&[
        ("y", &[1.0, 2.0, 3.0, 5.0, 4.0, 4.5, 9.0, 11.0]),
        ("a", &[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]),
        ("b", &[0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]),
    ]);
    let run = run(&plan, vec![("t", loaded(table))], 1).expect("it runs");
    // Cell means 1.5, 4, 4.25, 10: (10 - 4.25) - (4 - 1.5).
    close(value(&run, "fit/a:b"), 3.25, 1e-12);
    close(value(&run, "by_level/a=0:b"), -3.25, 1e-12);
}

/// A factor's adjusted rates average to the outcome's mean, and differ by its coefficients.
#[test]
fn adjusted_rates_are_coefficients_and_one_constant() {
    let text = r#"
[input.t]
columns = { y = "float", x = "float", g = "float" }
[[step]]
id = "fit"
[step.regress]
from = "t"
outcome = "y"
on = ["x", "factor(g, base = 2)"]
adjusted = ["g"]
[[step]]
id = "gap"
[step.contrast]
value = "est(\"fit/adjusted{g=3}\") - est(\"fit/adjusted{g=2}\")"
"#;
    let table = numbers(&[
        ("y", &[1.0, 2.0, 3.5, 5.0, 4.0, 4.5, 9.0, 11.0]),
        ("x", &[0.3, 0.1, 0.9, 0.4, 0.2, 0.8, 0.7, 1.1]),
        ("g", &[1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0]),
    ]);
    let run = run(&plan(text), vec![("t", loaded(table))], 1).expect("it runs");
    let rate = |level: u8| value(&run, &format!("fit/adjusted{{g={level}}}"));
    close((2.0 * rate(1) + 3.0 * rate(2) + 3.0 * rate(3)) / 8.0, 5.0, 1e-12);
    let (gap, slope) =
        (run.estimate("gap").expect("a gap"), run.estimate("fit/g=3").expect("a slope"));
    close(gap.value, slope.value, 1e-12);
    close(gap.se.expect("an error"), slope.se.expect("an error"), 1e-10);
}

/// The first estimate that two runs do not share.
fn differing(first: &Run, second: &Run) -> String {
    let mut pairs = first.estimates.iter().zip(&second.estimates);
    pairs.find(|(one, other)| one != other).map_or_else(
        || "something else".to_owned(),
        |(one, other)| format!("{one:?} and {other:?}"),
    )
}
