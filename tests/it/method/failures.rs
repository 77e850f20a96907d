//! What cannot be computed, and what cannot be had: problems at lines, steps skipped with reasons.

use std::collections::BTreeMap;

use secondlook::dataset::Loaded;
use secondlook::engine::{Column, Engine, Table, Values};
use secondlook::event::Silent;
use secondlook::method::{self, Binding, RunRequest};
use secondlook::results::Basis;

use super::support::{loaded, numbers, plan, run, value};

const INPUT: &str = "[input.t]\ncolumns = { x = \"float\", y = \"float\", g = \"float\" }\n";

fn table() -> Loaded {
    loaded(numbers(&[
        ("x", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ("y", &[2.0, 1.0, 4.0, 3.0, 6.0, 0.0]),
        ("g", &[1.0, 1.0, 2.0, 2.0, 2.0, 3.0]),
    ]))
}

fn step(id: &str, kind: &str, body: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\n[step.{kind}]\n{body}\n")
}

/// Line and a part of the message of each problem of a run.
#[track_caller]
fn fails(steps: &str, expected: &[(usize, &str)]) {
    let problems =
        run(&plan(&format!("{INPUT}{steps}")), vec![("t", table())], 1).expect_err("it fails");
    let shown = problems.to_string();
    assert_eq!(problems.0.len(), expected.len(), "{shown}");
    for (problem, (line, message)) in problems.0.iter().zip(expected) {
        assert!(problem.message.contains(message), "{message} is not in: {shown}");
        assert_eq!(problem.position().map(|(_, line, _)| line), Some(*line), "{shown}");
    }
}

#[test]
fn a_division_by_zero_points_at_its_expression() {
    fails(
        &step("d", "derive", "from = \"t\"\ncolumns = { a = \"x + 1\", b = \"x / y\" }"),
        &[(7, "not a finite number")],
    );
    fails(
        &step(
            "d",
            "derive",
            "from = \"t\"\ncolumns = { b = \"cast(x as bigint) / cast(y as bigint)\" }",
        ),
        &[(7, "division by zero")],
    );
    fails(
        &step("f", "regress", "from = \"t\"\noutcome = \"ln(y)\"\non = [\"x\"]"),
        &[(7, "not a finite number")],
    );
}

#[test]
fn a_null_where_a_value_is_needed_is_an_error() {
    fails(
        &step("s", "summarise", "from = \"t\"\nmeasures = { m = \"mean(nullif(x, x))\" }"),
        &[(7, "is null in every row")],
    );
    fails(
        &step("f", "regress", "from = \"t\"\noutcome = \"nullif(x, x)\"\non = [\"y\"]"),
        &[(7, "has a value in every column")],
    );
}

#[test]
fn a_singular_regression_names_its_columns() {
    fails(
        &step("f", "regress", "from = \"t\"\noutcome = \"y\"\non = [\"x\", \"2 * x + 1\"]"),
        &[(8, "`2 * x + 1` is a linear combination of")],
    );
    fails(
        &step("f", "regress", "from = \"t\"\noutcome = \"x - x\"\non = [\"y\"]"),
        &[(7, "the outcome is the same in every row")],
    );
    let dropped = step(
        "f",
        "regress",
        "from = \"t\"\noutcome = \"y\"\non = [\"x\", \"2 * x + 1\"]\ncollinear = \"drop\"",
    );
    let run = run(&plan(&format!("{INPUT}{dropped}")), vec![("t", table())], 1).expect("it runs");
    assert!(run.warnings.iter().any(|warning| warning.message.contains("`2 * x + 1` was dropped")));
    assert_eq!(run.estimate("f/2 * x + 1"), None);
}

#[test]
fn one_failed_step_hides_no_other_and_echoes_nowhere() {
    let first = step("d", "derive", "from = \"t\"\ncolumns = { b = \"x / y\" }");
    let needs = step("n", "summarise", "from = \"d\"\nmeasures = { m = \"mean(b)\" }");
    let other = step("s", "summarise", "from = \"t\"\nmeasures = { m = \"geometric_mean(y)\" }");
    fails(&format!("{first}{needs}{other}"), &[(7, "not a finite number"), (17, "not positive")]);
}

#[test]
fn a_group_of_one_row_has_a_value_and_no_error() {
    let text = step("s", "summarise", "from = \"t\"\nby = [\"g\"]\nmeasures = { m = \"mean(x)\" }");
    let run = run(&plan(&format!("{INPUT}{text}")), vec![("t", table())], 1).expect("it runs");
    let alone = run.estimate("s/m{g=3}").expect("the group");
    assert_eq!((alone.value, alone.se, alone.ci), (6.0, None, None));
    assert!(run.estimate("s/m{g=1}").is_some_and(|group| group.se.is_some()));
    let warning = run.warnings.iter().find(|warning| warning.step == "s").expect("a warning");
    assert_eq!(warning.message, "one row: no standard error: {g=3}");
}

#[test]
fn dropped_rows_are_counted_and_said() {
    let x =
        Column::with_nulls(Values::Float(vec![1.0, 0.0, 3.0, 4.0]), vec![true, false, true, true]);
    let y = Column::new(Values::Float(vec![1.0, 2.0, 2.0, 5.0]));
    let table =
        Table::from_columns(vec![("x".to_owned(), x), ("y".to_owned(), y)]).expect("a table");
    let text = format!(
        "[input.t]\ncolumns = {{ x = \"float\", y = \"float\" }}\n{}{}",
        step("f", "regress", "from = \"t\"\noutcome = \"y\"\non = [\"x\"]"),
        step("s", "summarise", "from = \"t\"\nmeasures = { m = \"mean(x)\", n = \"count\" }"),
    );
    let run = run(&plan(&text), vec![("t", loaded(table))], 1).expect("it runs");
    let fit = run.steps.first().expect("a step");
    assert_eq!((fit.rows_in, fit.rows_out), (Some(4), Some(3)));
    assert!(fit.convention.contains(&("dropped rows".to_owned(), "1".to_owned())));
    assert!(
        run.warnings.iter().any(|warning| warning.message.contains("1 in x")),
        "{:?}",
        run.warnings
    );
    let mean = run.steps.get(1).expect("a step");
    assert!(mean.convention.contains(&("nulls left out of m".to_owned(), "1".to_owned())));
    assert_eq!((value(&run, "s/n"), run.estimate("s/m").and_then(|m| m.n)), (4.0, Some(3.0)));
}

#[test]
fn what_needs_withheld_data_is_skipped_with_the_reason() {
    let text = format!(
        "{INPUT}[input.secret]\ncolumns = {{ x = \"float\" }}\n[input.later]\ncolumns = {{ x = \"float\" }}\n{}{}{}{}",
        step("open", "summarise", "from = \"t\"\nmeasures = { m = \"mean(x)\" }"),
        step("closed", "summarise", "from = \"secret\"\nmeasures = { m = \"mean(x)\" }"),
        step("both", "contrast", "value = 'est(\"open/m\") - est(\"closed/m\")'"),
        step("unbound", "summarise", "from = \"later\"\nmeasures = { m = \"mean(x)\" }"),
    );
    let withheld =
        Binding::Withheld { dataset: "sessions".to_owned(), reason: "withheld".to_owned() };
    let inputs = BTreeMap::from([
        ("t".to_owned(), Binding::Table(table())),
        ("secret".to_owned(), withheld),
    ]);
    let request = RunRequest { id: "r", basis: Basis::RawData, inputs, descriptions: Vec::new() };
    let engine = Engine::new(1).expect("an engine");
    let run = method::run(&plan(&text), request, &engine, &Silent).expect("it runs");
    let skipped: Vec<(&str, &str, &str)> = run
        .skipped
        .iter()
        .map(|one| (one.step.as_str(), one.reason.as_str(), one.needs.as_str()))
        .collect();
    assert_eq!(
        skipped,
        [
            ("closed", "withheld", "sessions"),
            ("both", "withheld", "sessions"),
            ("unbound", "unbound", "later"),
        ]
    );
    assert_eq!(run.estimates.len(), 1);
    assert_eq!(run.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["open"]);
}

#[test]
fn a_join_that_multiplies_rows_is_an_error() {
    let text = format!(
        "{INPUT}[input.u]\ncolumns = {{ g = \"float\", z = \"float\" }}\n{}",
        step("j", "join", "from = \"t\"\nwith = \"u\"\non = [\"g\"]\nhow = \"left\""),
    );
    let twice = loaded(numbers(&[("g", &[1.0, 1.0]), ("z", &[5.0, 6.0])]));
    let problems = run(&plan(&text), vec![("t", table()), ("u", twice)], 1).expect_err("it fails");
    assert!(problems.to_string().contains("`u` has 2 rows with g=1"), "{problems}");
    let once = loaded(numbers(&[("g", &[1.0, 2.0]), ("z", &[5.0, 6.0])]));
    let run = run(&plan(&text), vec![("t", table()), ("u", once)], 1).expect("it runs");
    let join = run.steps.first().expect("a step");
    assert_eq!((join.rows_in, join.rows_out), (Some(6), Some(6)));
    assert!(join.convention.contains(&("rows of t without a match".to_owned(), "1".to_owned())));
}
