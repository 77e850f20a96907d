//! What a regression refuses, through the program: the line of the method, the cause, what to do, and nothing written.

use super::world::World;

/// Runs the study `tiny` with another regression in it; shows what the program says.
#[track_caller]
fn refuses(regression: &str, line: usize, cause: &str, help: &str) {
    let world = World::tiny()
        .but("methods/tiny/method.toml", "score_half = \"score / 2\"", "one = \"arm - arm\"")
        .but(
            "methods/tiny/method.toml",
            "outcome = \"score\"\non = [\"arm\", \"age\"]\nse = \"iid\"",
            regression,
        );
    let said = world.run(&["audit", "tiny"]).exits(6).says(cause).says(help);
    assert!(said.err.contains(&format!("methods/tiny/method.toml:{line}:")), "{}", said.err);
    assert!(world.outputs().is_empty(), "something was written");
}

#[test]
fn a_design_without_an_answer() {
    refuses(
        "outcome = \"score\"\non = [\"arm\", \"age\", \"2 * age + arm\"]",
        24,
        "`2 * age + arm` is a linear combination of `arm` and `age`",
        "leave the term out, or write `collinear = \"drop\"`",
    );
    refuses(
        "outcome = \"0 * score\"\non = [\"arm\"]",
        23,
        "the outcome is the same in every row",
        "regress what varies",
    );
    refuses(
        "outcome = \"score\"\non = [\"arm\", \"age\", \"factor(id)\"]",
        19,
        "11 rows are too few for 13 coefficients",
        "ask for fewer terms or effects",
    );
    refuses(
        "outcome = \"score\"\non = [\"arm\", \"age\"]\nse = \"cluster\"\ncluster = [\"one\"]",
        26,
        "all rows are in one cluster",
        "clustered errors need two clusters at least",
    );
}

#[test]
fn a_likelihood_without_a_maximum() {
    refuses(
        "model = \"logit\"\noutcome = \"case when age > 40 then 1 else 0 end\"\non = [\"arm\", \"age\"]",
        25,
        "`age` predicts 11 rows perfectly: no finite coefficients are best (separation)",
        "leave the term or its rows out, or join its levels",
    );
}

/// One count of a hundred million beside ones (statsmodels' GLM ends in infinite weights on it): full steps run off, halved ones
/// settle.
#[test]
fn a_count_of_another_size_settles() {
    let world = World::tiny().but(
        "methods/tiny/method.toml",
        "outcome = \"score\"\non = [\"arm\", \"age\"]\nse = \"iid\"",
        "model = \"poisson\"\noutcome = \"case when id = 12 then 100000000 else 1 end\"\non = [\"arm\", \"ln(age)\"]",
    );
    world.run(&["run", "tiny"]).exits(0);
}

/// A count of 10¹⁴⁹ beside ones is beyond what doubles can settle, however short the steps: no term is to blame.
#[test]
fn iterations_that_do_not_settle() {
    refuses(
        "model = \"poisson\"\noutcome = \"case when id = 12 then 1e149 else 1 end\"\non = [\"arm\", \"age\"]",
        23,
        "the coefficients did not settle within",
        "look for terms on very unlike scales, or nearly collinear",
    );
}

#[test]
fn weights_that_are_none() {
    refuses(
        "outcome = \"score\"\non = [\"arm\", \"age\"]\nweights = \"arm - 2\"\nweights_are = \"analytic\"",
        25,
        "the weight -2 in row 1 is negative",
        "keep other rows out with a filter",
    );
    refuses(
        "outcome = \"score\"\non = [\"arm\", \"age\"]\nweights = \"1.0 / arm\"\nweights_are = \"analytic\"",
        25,
        "infinite, which is not a finite number",
        "keep such rows out with a filter",
    );
}
