//! Every refusal of every kind of model, with and without absorbed effects: the cause is named, and the place.

use secondlook::engine::{Column, Table, Values};

use super::support::{loaded, plan, run};

const INPUT: &str = "[input.t]\ncolumns = { x = \"float\", z = \"float\", u = \"float\", y = \"float\", w = \"float\", \
                     i = \"int\", g = \"int\", one = \"int\", b = \"int\", c = \"int\" }\n";
const ROWS: i64 = 60;

/// Sixty rows in six groups; nothing about `x`, `z` and the outcomes is degenerate. The weight of row 4 is −1.
fn table() -> Table {
    let whole = |of: &dyn Fn(i64) -> i64| Column::new(Values::Int((0..ROWS).map(of).collect()));
    let floats = |of: &dyn Fn(i64) -> f64| Column::new(Values::Float((0..ROWS).map(of).collect()));
    let mixed = |i: i64, by: i64, n: i64| (i * i * by + i * 7 + by) % n;
    Table::from_columns(vec![
        ("x".to_owned(), floats(&|i| mixed(i, 5, 23) as f64 / 4.0)),
        ("z".to_owned(), floats(&|i| mixed(i, 3, 31) as f64 / 4.0 + mixed(i, 11, 17) as f64 / 8.0)),
        ("u".to_owned(), floats(&|i| mixed(i, 11, 17) as f64 / 8.0)),
        ("y".to_owned(), floats(&|i| mixed(i, 13, 29) as f64 / 2.0)),
        ("w".to_owned(), floats(&|i| if i == 3 { -1.0 } else { 1.0 + (i % 3) as f64 })),
        ("i".to_owned(), whole(&|i| i)),
        ("g".to_owned(), whole(&|i| i / 10)),
        ("one".to_owned(), whole(&|_| 1)),
        ("b".to_owned(), whole(&|i| i64::from(mixed(i, 13, 29) % 3 == 0))),
        ("c".to_owned(), whole(&|i| mixed(i, 13, 29) % 4)),
    ])
    .expect("a table")
}

/// A kind of model: what its step says, its outcome, its terms.
struct Kind {
    name: &'static str,
    says: &'static str,
    outcome: &'static str,
    terms: &'static str,
}

const KINDS: [Kind; 10] = [
    Kind { name: "linear", says: "", outcome: "y", terms: "\"x\"" },
    Kind { name: "linear, absorbed", says: "absorb = [\"g\"]", outcome: "y", terms: "\"x\"" },
    Kind { name: "iv", says: "instruments = { z = [\"u\"] }", outcome: "y", terms: "\"x\", \"z\"" },
    Kind {
        name: "iv, absorbed",
        says: "absorb = [\"g\"]\ninstruments = { z = [\"u\"] }",
        outcome: "y",
        terms: "\"x\", \"z\"",
    },
    Kind { name: "logit", says: "model = \"logit\"", outcome: "b", terms: "\"x\"" },
    Kind {
        name: "logit, conditional",
        says: "model = \"logit\"\nabsorb = [\"g\"]",
        outcome: "b",
        terms: "\"x\"",
    },
    Kind {
        name: "logit, dummies",
        says: "model = \"logit\"\nabsorb = [\"g\"]\neffects = \"dummies\"",
        outcome: "b",
        terms: "\"x\"",
    },
    Kind { name: "probit", says: "model = \"probit\"", outcome: "b", terms: "\"x\"" },
    Kind { name: "poisson", says: "model = \"poisson\"", outcome: "c", terms: "\"x\"" },
    Kind {
        name: "poisson, absorbed",
        says: "model = \"poisson\"\nabsorb = [\"g\"]",
        outcome: "c",
        terms: "\"x\"",
    },
];

impl Kind {
    /// The method with this outcome, these terms behind its own, and these options; `few` keeps three rows.
    fn method(&self, outcome: &str, more: &str, options: &str, few: bool) -> String {
        let (terms, says) = (self.terms, self.says);
        let keep = if few { "i < 3" } else { "true" };
        format!(
            "{INPUT}[[step]]\nid = \"used\"\n[step.filter]\nfrom = \"t\"\nkeep = \"{keep}\"\n[[step]]\nid = \"fit\"\n\
             [step.regress]\nfrom = \"used\"\noutcome = \"{outcome}\"\non = [{terms}{more}]\n{says}\n{options}\n"
        )
    }

    /// Runs; what it says against it, if anything.
    fn tried(&self, outcome: &str, more: &str, options: &str, few: bool) -> Option<(String, bool)> {
        let text = self.method(outcome, more, options, few);
        let Err(problems) = run(&plan(&text), vec![("t", loaded(table()))], 1) else { return None };
        let placed = problems.0.first().is_some_and(|problem| problem.position().is_some());
        Some((problems.to_string(), placed))
    }

    #[track_caller]
    fn refuses(&self, cause: &str, found: Option<(String, bool)>, messages: &[&str]) {
        let (shown, placed) =
            found.unwrap_or_else(|| panic!("{}: {cause} is not refused", self.name));
        let named = messages.iter().any(|message| shown.contains(message));
        assert!(named, "{}: {cause}: none of {messages:?} in: {shown}", self.name);
        assert!(placed, "{}: {cause} has no place: {shown}", self.name);
    }

    fn likelihood(&self) -> bool {
        self.says.contains("model")
    }
}

#[test]
fn a_sound_design_is_fitted() {
    for kind in &KINDS {
        let found = kind.tried(kind.outcome, "", "", false);
        assert_eq!(found, None, "{}", kind.name);
    }
}

#[test]
fn a_perfectly_collinear_ask() {
    for kind in &KINDS {
        let found = kind.tried(kind.outcome, ", \"2 * x - 1\"", "", false);
        kind.refuses("collinear", found, &["`2 * x - 1` is a linear combination of "]);
    }
    for kind in KINDS.iter().filter(|kind| kind.says.contains("absorb")) {
        let found = kind.tried(kind.outcome, ", \"g + 0.5\"", "", false);
        kind.refuses(
            "absorbed",
            found,
            &["`g + 0.5` is a linear combination of `absorbed effects`"],
        );
    }
}

#[test]
fn a_constant_outcome() {
    for kind in &KINDS {
        let found = kind.tried("one", "", "", false);
        let messages = ["the outcome is the same in every row", "no group has both outcomes"];
        kind.refuses("constant outcome", found, &messages);
    }
    for kind in KINDS.iter().filter(|kind| kind.says.contains("absorb") && !kind.likelihood()) {
        let found = kind.tried("3 * g", "", "", false);
        let messages = ["the absorbed effects determine the outcome"];
        kind.refuses("outcome constant within effects", found, &messages);
    }
}

#[test]
fn fewer_rows_than_terms() {
    for kind in &KINDS {
        let found = kind.tried(kind.outcome, ", \"u\", \"x * x\"", "", true);
        kind.refuses(
            "few rows",
            found,
            &["rows are too few", "is a linear combination of", "instruments cannot identify"],
        );
    }
    let found = KINDS[0].tried("y", "", "", true);
    assert_eq!(found, None, "three rows fit two coefficients");
}

#[test]
fn one_cluster() {
    for kind in &KINDS {
        let found = kind.tried(kind.outcome, "", "se = \"cluster\"\ncluster = [\"one\"]", false);
        kind.refuses("one cluster", found, &["all rows are in one cluster"]);
    }
}

#[test]
fn outcomes_predicted_perfectly() {
    for kind in KINDS.iter().filter(|kind| kind.likelihood()) {
        let more = format!(", \"case when {} > 0 and i % 10 < 5 then 1 else 0 end\"", kind.outcome);
        let (outcome, more) = if kind.name.starts_with("poisson") {
            // No count above zero where the term is one.
            (kind.outcome, ", \"case when c = 0 and i % 10 < 5 then 1 else 0 end\"")
        } else {
            (kind.outcome, more.as_str())
        };
        let found = kind.tried(outcome, more, "", false);
        kind.refuses(
            "separation",
            found,
            &["perfectly: no finite coefficients are best (separation)"],
        );
    }
}

#[test]
fn weights_negative_or_not_finite() {
    for kind in KINDS.iter().filter(|kind| kind.name != "logit, conditional") {
        for meaning in ["analytic", "frequency"] {
            let options = format!("weights = \"w\"\nweights_are = \"{meaning}\"");
            let found = kind.tried(kind.outcome, "", &options, false);
            kind.refuses("negative", found, &["the weight -1 in row 4 is negative"]);
            let options = format!("weights = \"1 / (w - 1)\"\nweights_are = \"{meaning}\"");
            let found = kind.tried(kind.outcome, "", &options, false);
            kind.refuses("not finite", found, &["not a finite number", "not finite"]);
        }
    }
}
