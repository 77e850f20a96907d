//! What `regress` refuses: each message names the cause, and points at its line.

use secondlook::engine::{Column, Table, Values};

use super::support::{loaded, plan, plan_of, run};

const INPUT: &str = "[input.t]\ncolumns = { x = \"float\", y = \"float\", w = \"float\", g = \"int\", one = \"int\", b = \"int\", c = \"int\" }\n";

fn table() -> Table {
    let floats = |values: &[f64]| Column::new(Values::Float(values.to_vec()));
    let whole = |values: &[i64]| Column::new(Values::Int(values.to_vec()));
    let x = Column::with_nulls(
        Values::Float(vec![0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.5, 9.0]),
        vec![false, true, true, true, true, true, true, true, true],
    );
    Table::from_columns(vec![
        ("x".to_owned(), x),
        ("y".to_owned(), floats(&[9.0, 2.0, 1.0, 4.0, 3.0, 6.0, 0.0, 2.5, 1.5])),
        ("w".to_owned(), floats(&[1.0, 1.0, 2.0, -1.0, 1.0, 1.0, 3.0, 1.0, 1.0])),
        ("g".to_owned(), whole(&[1, 1, 1, 2, 2, 2, 3, 3, 3])),
        ("one".to_owned(), whole(&[7; 9])),
        ("b".to_owned(), whole(&[0, 0, 0, 0, 0, 1, 1, 1, 1])),
        ("c".to_owned(), whole(&[0, 3, 1, 2, 0, 0, 0, 0, 0])),
    ])
    .expect("a table")
}

/// Runs a regression that must fail, on line `line` of the method, with `message`.
#[track_caller]
fn refuses(body: &str, line: usize, message: &str) {
    let text = format!("{INPUT}[[step]]\nid = \"fit\"\n[step.regress]\nfrom = \"t\"\n{body}\n");
    let problems = run(&plan(&text), vec![("t", loaded(table()))], 1).expect_err("it is refused");
    let shown = problems.to_string();
    assert!(shown.contains(message), "{message} is not in: {shown}");
    let place = problems.0.first().and_then(secondlook::diagnostic::Problem::position);
    assert_eq!(place.map(|(_, line, _)| line), Some(line), "{shown}");
}

#[test]
fn designs_without_an_answer() {
    // The step begins on line 3; `from` is on line 6.
    refuses(
        "outcome = \"y\"\non = [\"x\", \"x - 2 * b\",\n\"b\"]",
        9,
        "`b` is a linear combination of `x` and `x - 2 * b`",
    );
    refuses("outcome = \"one\"\non = [\"x\"]", 7, "the outcome is the same in every row");
    refuses(
        "outcome = \"y\"\non = [\"x\", \"b\", \"c\", \"factor(g)\", \"x * x\", \"x * x * x\"]\n",
        3,
        "8 rows are too few for 8 coefficients",
    );
    // Fewer rows than terms is that, and no collinearity.
    refuses(
        "outcome = \"y\"\non = [\"x\", \"b\", \"c\", \"factor(g)\", \"x * x\", \"x * x * x\", \"y * x\", \"c * x\"]\n",
        3,
        "8 rows are too few for 11 coefficients",
    );
    refuses("outcome = \"y\"\non = [\"factor(one)\"]", 8, "the factor `one` has 1 level");
}

#[test]
fn instruments_that_are_none() {
    refuses(
        "outcome = \"y\"\non = [\"x\", \"c\"]\ninstruments = { c = [\"2 * x\"] }",
        9,
        "the instrument `2 * x` is a linear combination of `x`: it adds nothing",
    );
    refuses(
        "outcome = \"y\"\non = [\"x\", \"c\"]\ninstruments = { c = [\"b\"], x = [\"b\"] }",
        9,
        "1 instruments cannot identify 2 endogenous terms",
    );
}

#[test]
fn errors_that_do_not_exist() {
    refuses(
        "outcome = \"y\"\non = [\"x\"]\nse = \"cluster\"\ncluster = [\"one\"]",
        10,
        "all rows are in one cluster",
    );
    // The row that fits perfectly is the fourth of the table; the first was dropped for its null.
    refuses(
        "outcome = \"y\"\non = [\"case when x = 4 then 1 else 0 end\"]\nse = \"hc3\"",
        3,
        "row 4 fits perfectly",
    );
}

#[test]
fn weights_that_are_none() {
    refuses(
        "outcome = \"y\"\non = [\"x\"]\nweights = \"w\"\nweights_are = \"analytic\"",
        9,
        "the weight -1 in row 4 is negative",
    );
    refuses(
        "outcome = \"y\"\non = [\"x\"]\nweights = \"w * w / 2\"\nweights_are = \"frequency\"",
        9,
        "the weight 0.5 in row 2 is not a whole number",
    );
    refuses(
        "outcome = \"y\"\non = [\"x\"]\nweights = \"1 / (x - 3)\"\nweights_are = \"analytic\"",
        9,
        "not a finite number",
    );
    refuses(
        "outcome = \"y\"\non = [\"x\"]\nweights = \"0 * w\"\nweights_are = \"analytic\"",
        9,
        "all weights are zero",
    );
}

#[test]
fn likelihoods_without_a_maximum() {
    for model in ["logit", "probit"] {
        refuses(
            &format!("model = \"{model}\"\noutcome = \"b\"\non = [\n\"x\"]"),
            10,
            "`x` predicts 8 rows perfectly: no finite coefficients are best (separation)",
        );
    }
    // Counts of zero wherever g is 3: the level is named.
    refuses(
        "model = \"poisson\"\noutcome = \"c\"\non = [\n\"factor(g)\"]",
        10,
        "`g=3` predicts 3 rows perfectly",
    );
    refuses(
        "model = \"logit\"\noutcome = \"c\"\non = [\"x\"]",
        8,
        "the outcome 3 in row 2 is not 0 or 1",
    );
    refuses(
        "model = \"poisson\"\noutcome = \"y - 3\"\non = [\"x\"]",
        8,
        "the outcome -1 in row 2 is not a number from 0 up",
    );
    refuses(
        "model = \"logit\"\noutcome = \"one - 7\"\non = [\"x\"]",
        8,
        "the outcome is the same in every row",
    );
}

/// The base level is named where it is the one without variation, and absorbed effects where the direction lies in them.
#[test]
fn what_separates_is_named_where_it_is_written() {
    refuses(
        "model = \"logit\"\noutcome = \"case when g = 3 or x = 4 or x = 2 then 1 else 0 end\"\non = [\n\"factor(g, base = 3)\"]",
        10,
        "`g=3` predicts 3 rows perfectly",
    );
    refuses(
        "model = \"poisson\"\noutcome = \"case when x = 6 then 0 else x end\"\non = [\"y\"]\nabsorb = [\n\"g\", \"b\"]",
        11,
        "`g` and `b` predict 1 row perfectly",
    );
    for model in ["logit", "poisson"] {
        refuses(
            &format!(
                "model = \"{model}\"\noutcome = \"b\"\non = [\"y\"]\nweights = \"0 * g\"\nweights_are = \"frequency\""
            ),
            10,
            "all weights are zero",
        );
    }
    for weights in ["1e-310", "1e-323"] {
        refuses(
            &format!(
                "outcome = \"y\"\non = [\"x\"]\nweights = \"g * {weights}\"\nweights_are = \"analytic\""
            ),
            9,
            "all weights are too small to be summed precisely",
        );
    }
}

#[test]
fn options_that_exclude_one_another() {
    for (body, message) in [
        (
            "outcome = \"y\"\non = [\"x\"]\nabsorb = [\"g\"]\neffects = \"dummies\"",
            "`effects` is for a logit or probit",
        ),
        (
            "outcome = \"y\"\non = [\"x\"]\nabsorb = [\"g\"]\nrandom = \"g\"",
            "a random effect does not go with `absorb`",
        ),
        (
            "model = \"logit\"\noutcome = \"b\"\non = [\"x\"]\nrandom = \"g\"",
            "a random effect does not go with a model other than the linear one",
        ),
        (
            "outcome = \"y\"\non = [\"x\"]\nrandom = \"g\"\nreference = \"t\"",
            "the errors of random effects refer to the normal",
        ),
        ("outcome = \"y\"\non = [\"x\"]\nrandom = \"h\"", "h"),
    ] {
        let text = format!("{INPUT}[[step]]\nid = \"fit\"\n[step.regress]\nfrom = \"t\"\n{body}\n");
        let (_, problems) = plan_of(&text);
        assert!(problems.to_string().contains(message), "{problems}");
    }
}

/// The base of a factor of numbers is a number, however it is written; R's words for a factor get a hint.
#[test]
fn factors_as_people_write_them() {
    let text = |on: &str| {
        format!(
            "{INPUT}[[step]]\nid = \"fit\"\n[step.regress]\nfrom = \"t\"\noutcome = \"y\"\non = [\"{on}\"]\n"
        )
    };
    let found = run(&plan(&text("factor(w, base = 2.0)")), vec![("t", loaded(table()))], 1);
    assert!(found.expect("it runs").estimate("fit/w=3").is_some());
    for on in ["C(g)", "i(g)"] {
        let (_, problems) = plan_of(&text(on));
        assert!(problems.to_string().contains("write `factor(column)`"), "{problems}");
    }
    // What is not finite is called by the term's own name.
    refuses("outcome = \"y\"\non = [\"ln(x - 2)\"]", 8, "`ln(x - 2)`");
}
