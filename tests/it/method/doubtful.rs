//! What looks like a number and is none, or not the one that it seems: refused, or told beside it.

use secondlook::engine::{Column, Table, Values};
use secondlook::results::Run;

use super::support::{close, loaded, plan, plan_of, run, value};

fn floats(values: &[f64]) -> Column {
    Column::new(Values::Float(values.to_vec()))
}

fn whole(values: &[i64]) -> Column {
    Column::new(Values::Int(values.to_vec()))
}

/// Twelve rows: three groups of four in `g`, `h` crosses them, `f` counts rows.
fn table() -> Table {
    let columns = [
        ("y", floats(&[1.0, 2.5, 2.0, 4.0, 3.0, 6.5, 5.0, 2.0, 1.5, 8.0, 7.0, 3.5])),
        ("x", floats(&[0.5, 1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 1.5, 2.5, 6.0, 3.5, 8.0])),
        ("z", floats(&[1.0, 0.0, 2.0, 1.0, 0.0, 3.0, 1.0, 2.0, 2.0, 0.0, 1.0, 3.0])),
        ("g", whole(&[1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])),
        ("h", whole(&[1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])),
        ("f", whole(&[40, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])),
        ("id", whole(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
        ("huge", whole(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 9_007_199_254_740_993, 11, 12])),
    ];
    let columns = columns.map(|(name, column)| (name.to_owned(), column));
    Table::from_columns(columns.into()).expect("a table")
}

const INPUT: &str = "[input.t]\ncolumns = { y = \"float\", x = \"float\", z = \"float\", g = \"int\", h = \"int\", f = \"int\", id = \"int\", huge = \"int\" }\n";

fn step(kind: &str, body: &str) -> String {
    format!("{INPUT}[[step]]\nid = \"s\"\n[step.{kind}]\n{body}\n")
}

fn regress(body: &str) -> String {
    step("regress", &format!("from = \"t\"\n{body}"))
}

fn ran(text: &str) -> Run {
    run(&plan(text), vec![("t", loaded(table()))], 1).expect("it runs")
}

#[track_caller]
fn warns(text: &str, warning: &str) {
    let run = ran(text);
    let all: Vec<&str> = run.warnings.iter().map(|one| one.message.as_str()).collect();
    assert!(all.iter().any(|one| one.contains(warning)), "{warning} is not in {all:?}");
}

#[track_caller]
fn refused(text: &str, message: &str) {
    let (plan, problems) = plan_of(text);
    let shown = match plan {
        None => problems.to_string(),
        Some(plan) => {
            let found = run(&plan, vec![("t", loaded(table()))], 1);
            found.expect_err("it is refused").to_string()
        }
    };
    assert!(shown.contains(message), "{message} is not in {shown}");
}

/// Scores that sum to zero in every cluster, and rows that fit perfectly, leave an error of some 1e-17: no evidence.
#[test]
fn an_error_that_is_rounding_is_told() {
    let zero = "zero up to rounding";
    let clustered = "se = \"cluster\"\ncluster = [\"g\"]";
    warns(&regress(&format!("outcome = \"y\"\non = [\"factor(g)\"]\n{clustered}")), zero);
    let run = ran(&regress(&format!("outcome = \"y\"\non = [\"x\"]\n{clustered}")));
    assert!(!run.warnings.iter().any(|one| one.message.contains(zero)), "{:?}", run.warnings);
}

#[test]
fn an_outcome_that_effects_fix_together_is_refused() {
    let message = "the absorbed effects determine the outcome";
    refused(
        &regress("outcome = \"0.1 * g + 0.7 * h\"\non = [\"x\"]\nabsorb = [\"g\", \"h\"]"),
        message,
    );
    // What a term explains to the last digit is another matter.
    let run = ran(&regress(
        "outcome = \"0.1 * g + 0.7 * h + 2 * x\"\non = [\"x\"]\nabsorb = [\"g\", \"h\"]",
    ));
    close(value(&run, "s/x"), 2.0, 1e-12);
}

#[test]
fn effects_and_instruments_that_are_none() {
    refused(
        &regress("outcome = \"y\"\non = [\"x\"]\nabsorb = [\"g\", \"g\"]"),
        "the fixed effect `g` stands here twice",
    );
    refused(
        &regress("outcome = \"y\"\non = [\"x\"]\nabsorb = [\"g*h\", \"h*g\"]"),
        "the fixed effect `h*g` stands here twice",
    );
    refused(
        &regress("outcome = \"y\"\non = [\"x\"]\ninstruments = { x = [\"x\"] }"),
        "`x` is no instrument: it is instrumented itself",
    );
    refused(
        &regress("outcome = \"y\"\non = [\"x\"]\ninstruments = { x = [\"y\"] }"),
        "`y` is no instrument: it is the outcome",
    );
    // `h` and `g` are balanced: they tell nothing of one another.
    for more in ["", "\ncollinear = \"drop\""] {
        let text = format!("outcome = \"y\"\non = [\"g\"]\ninstruments = {{ g = [\"h\"] }}{more}");
        refused(&regress(&text), "the instruments do not move `g`");
    }
    refused(
        &regress(
            "outcome = \"y\"\non = [\"0 * x + 1\"]\ninstruments = { \"0 * x + 1\" = [\"z\"] }",
        ),
        "`0 * x + 1` is a linear combination of `intercept`",
    );
    warns(
        &regress(
            "outcome = \"y\"\non = [\"x\"]\ninstruments = { x = [\"z\", \"2 * z\"] }\ncollinear = \"drop\"",
        ),
        "the instrument `2 * z` was dropped: it follows from z",
    );
    refused(
        &regress("outcome = \"y\"\non = [\"x\", \"z\"]\ninstruments = { x = [\"z\", \"h\"] }"),
        "the instrument `z` is a term of the model, too: it adds nothing",
    );
}

/// Without `x` itself every level of `g` has a slope, whichever is called its base (R's `lm(y ~ x:relevel(g, "2"))`).
#[test]
fn a_stated_base_changes_no_model() {
    let fit = |on: &str| ran(&regress(&format!("outcome = \"y\"\non = [{on}]")));
    for (left, right) in [
        ("\"x:factor(g)\"", "\"x:factor(g, base = 2)\""),
        ("\"factor(g)\", \"factor(g):x\"", "\"factor(g, base = 3)\", \"factor(g, base = 3):x\""),
        ("\"x\", \"x:factor(g)\"", "\"x\", \"x:factor(g, base = 2)\""),
    ] {
        close(value(&fit(left), "s/r2"), value(&fit(right), "s/r2"), 1e-13);
    }
    let slopes = fit("\"x:factor(g, base = 2)\"");
    assert!((1..=3).all(|g| slopes.estimate(&format!("s/x:g={g}")).is_some()));
}

/// A row that stands for two is not alone: the fit is that of the rows written out.
#[test]
fn a_row_that_stands_for_several_is_no_singleton() {
    let text = |from: &str, more: &str| {
        format!(
            "{INPUT}[[step]]\nid = \"few\"\n[step.derive]\nfrom = \"t\"\n\
             columns = {{ k = \"case when id = 1 then 0 else g end\", copies = \"case when id = 1 then 2 else 1 end\" }}\n\
             [[step]]\nid = \"twice\"\n[step.sql]\nquery = \"select * from few union all select * from few where id = 1\"\n\
             [[step]]\nid = \"s\"\n[step.regress]\nfrom = \"{from}\"\noutcome = \"y\"\non = [\"x\"]\nabsorb = [\"k\"]\n\
             singletons = \"drop\"\n{more}\n"
        )
    };
    let weighted = ran(&text("few", "weights = \"copies\"\nweights_are = \"frequency\""));
    let expanded = ran(&text("twice", ""));
    for address in ["s/x", "s/n", "s/df_residual", "s/r2"] {
        close(value(&weighted, address), value(&expanded, address), 1e-12);
    }
    let error = |run: &Run| run.estimate("s/x").and_then(|one| one.se).expect("an error");
    close(error(&weighted), error(&expanded), 1e-12);
    close(value(&weighted, "s/n"), 13.0, 0.0);
}

#[test]
fn clusters_are_as_unequal_as_their_weights() {
    let unequal = "clusters are very unequal: the largest holds 82% of the rows";
    let text = |weights: &str| {
        regress(&format!(
            "outcome = \"y\"\non = [\"x\"]\nse = \"cluster\"\ncluster = [\"h\"]\n{weights}"
        ))
    };
    warns(&text("weights = \"f\"\nweights_are = \"frequency\""), unequal);
    warns(
        &step("summarise", "from = \"t\"\ncluster = [\"g\"]\nmeasures = { m = \"mean(y)\" }"),
        "only 3 clusters",
    );
    let run = ran(&text(""));
    assert!(!run.warnings.iter().any(|one| one.message.contains("unequal")));
}

#[test]
fn a_whole_number_that_is_no_double_is_named() {
    let message =
        "`huge` is 9007199254740993 in row 10: beyond 2^53 a whole number is no exact float";
    refused(&regress("outcome = \"y\"\non = [\"huge\"]"), message);
    let summarise = |body: &str| step("summarise", &format!("from = \"t\"\n{body}"));
    refused(&summarise("measures = { m = \"mean(huge)\" }"), message);
    refused(&summarise("measures = { m = \"ratio(huge, x)\" }"), message);
    refused(&summarise("measures = { m = \"count\" }\nweights = \"huge\""), message);
    let compare = "from = \"t\"\ntest = \"pearson\"\nof = \"x\"\nbetween = \"huge\"";
    refused(&step("compare", compare), message);
    let agreement =
        "from = \"t\"\ncoders = [\"id\", \"g\", \"huge\"]\nmeasure = \"alpha-interval\"";
    refused(&step("agreement", agreement), message);
}

/// At 14 orders of magnitude coefficients lose four digits (mpmath, 120 digits, is the reference), at 20 ten.
#[test]
fn weights_too_far_apart_are_refused() {
    let text = |low: &str| {
        regress(&format!(
            "outcome = \"y\"\non = [\"x\"]\nweights = \"case when g = 1 then {low} else 1.0 end\"\nweights_are = \"analytic\""
        ))
    };
    refused(&text("1e-14"), "reach from 1e-14 to 1e0");
    ran(&text("1e-12"));
    ran(&text("0.0"));
}

#[test]
fn groups_of_one_address_are_refused() {
    let texts = Column::from_texts([Some("null"), Some("a"), None, Some("a")]);
    let two = Column::from_texts([Some("p,b=q"), Some("p"), Some("p"), Some("r")]);
    let three = Column::from_texts([Some("r"), Some("q,b=r"), Some("s"), Some("s")]);
    let columns = [("k", texts), ("a", two), ("b", three), ("x", floats(&[1.0, 2.0, 3.0, 4.0]))];
    let columns = columns.map(|(name, column)| (name.to_owned(), column));
    let table = Table::from_columns(columns.into()).expect("a table");
    for (by, address) in [("\"k\"", "{k=null}"), ("\"a\", \"b\"", "{a=p,b=q,b=r}")] {
        let text = format!(
            "[input.t]\ncolumns = {{ k = \"string\", a = \"string\", b = \"string\", x = \"float\" }}\n\
             [[step]]\nid = \"s\"\n[step.summarise]\nfrom = \"t\"\nby = [{by}]\nmeasures = {{ m = \"mean(x)\" }}\n"
        );
        let found = run(&plan(&text), vec![("t", loaded(table.clone()))], 1);
        let shown = found.expect_err("it is refused").to_string();
        assert!(shown.contains(&format!("two groups have the address `{address}`")), "{shown}");
    }
}

/// Rows alone in a level are out of the likelihood, too: it is that of the rows left, as if a filter had left them. What is
/// left of a level without its only row alone elsewhere may not vary, and goes as well.
#[test]
fn a_likelihood_is_of_the_rows_that_enter() {
    let text = |from: &str, more: &str| {
        format!(
            "{INPUT}[[step]]\nid = \"few\"\n[step.derive]\nfrom = \"t\"\n\
             columns = {{ k = \"case when id = 4 then 9 else g end\", q = \"case when id in (4, 8) then 7 else 1 end\", c = \"case when g = 2 and id < 8 then 0 else id % 5 end\" }}\n\
             [[step]]\nid = \"left\"\n[step.filter]\nfrom = \"few\"\nkeep = \"g <> 2 and id <> 4\"\n\
             [[step]]\nid = \"s\"\n[step.regress]\nfrom = \"{from}\"\nmodel = \"poisson\"\noutcome = \"c\"\non = [\"x\"]\n\
             absorb = [\"k\", \"q\"]\n{more}\n"
        )
    };
    let dropped = ran(&text("few", "singletons = \"drop\""));
    let by_hand = ran(&text("left", ""));
    for name in ["x", "log_likelihood", "deviance", "pseudo_r2", "n"] {
        let address = format!("s/{name}");
        close(value(&dropped, &address), value(&by_hand, &address), 1e-9);
    }
    close(value(&dropped, "s/n"), 7.0, 0.0);
}

/// The column `g` beside the factor of the same name is another term: neither stands for the other.
#[test]
fn a_number_is_not_the_factor_of_its_name() {
    let r2 = |on: &str| {
        value(
            &ran(&regress(&format!("outcome = \"y\"\non = [{on}]\ncollinear = \"drop\""))),
            "s/r2",
        )
    };
    // Twelve rows cannot hold every cell of g and h: of h only what is below 3.
    let half = "factor((h + 1) / 2)";
    let whole = r2(&format!("\"factor(g)\", \"{half}\", \"factor(g):{half}\""));
    close(r2(&format!("\"g\", \"factor(g):{half}\"")), whole, 1e-12);
    close(r2(&format!("\"factor(g):{half}\"")), whole, 1e-12);
    close(r2("\"g\", \"factor(g)\""), r2("\"factor(g)\""), 1e-12);
    let slopes = r2("\"factor(g)\", \"factor(g):x\"");
    close(r2("\"factor(g)\", \"g:x\", \"factor(g):x\""), slopes, 1e-12);
    let combined = "is a linear combination of";
    refused(&regress(&format!("outcome = \"y\"\non = [\"g\", \"factor(g):{half}\"]")), combined);
    let twice = "stands here twice";
    refused(&regress("outcome = \"y\"\non = [\"factor(g)\", \"factor(g, base = 2)\"]"), twice);
    refused(&regress("outcome = \"y\"\non = [\"x:z\", \"z:x\"]"), twice);
}

/// Rows that do not enter a fit have no part in its levels and bases either.
#[test]
fn the_base_is_of_rows_that_count() {
    let of = |factor: &str, more: &str| {
        ran(&regress(&format!("outcome = \"y\"\non = [\"x\", \"factor({factor})\"]\n{more}")))
    };
    let same = |found: &Run, expected: &Run| {
        for id in ["s/x", "s/r2", "s/adjusted_r2"] {
            close(value(found, id), value(expected, id), 1e-12);
        }
    };
    let weighted = "weights = \"case when g > 1 then h else 0 end\"\nweights_are = \"frequency\"";
    let null = "weights = \"h\"\nweights_are = \"frequency\"";
    same(&of("g", weighted), &of("case when g > 1 then g end", null));
    let alone = "absorb = [\"f\"]\nsingletons = \"drop\"";
    same(&of("case when id = 1 then 0 else g end", alone), &of("g", alone));
    let rates = "weights = \"case when g > 1 then h else 0 end\"\nweights_are = \"frequency\"\nadjusted = [\"g\"]";
    let rates = of("g", rates);
    assert!(rates.estimate("s/adjusted{g=1}").is_none(), "{:?}", rates.estimates);
    assert!(rates.estimate("s/adjusted{g=2}").is_some(), "{:?}", rates.estimates);
}

/// Independent errors of a likelihood halve where weights are four times as large; a reader is told.
#[test]
fn sizes_of_weights_in_likelihoods_are_told() {
    let of = |weights: &str, more: &str| {
        regress(&format!(
            "model = \"poisson\"\noutcome = \"h\"\non = [\"x\"]\nweights = \"{weights}\"\nweights_are = \"analytic\"\n{more}"
        ))
    };
    let told = "independent errors depend on the weights' size";
    warns(&of("h", ""), told);
    let se = |run: &Run| run.estimate("s/x").and_then(|one| one.se).expect("an error");
    let (plain, large) = (ran(&of("h", "")), ran(&of("4 * h", "")));
    close(se(&plain), 2.0 * se(&large), 1e-12);
    let robust = ran(&of("h", "se = \"hc1\""));
    assert!(!robust.warnings.iter().any(|one| one.message.contains(told)), "{:?}", robust.warnings);
    let message = "`outcome` has a mean too near zero for a number";
    refused(&regress("model = \"poisson\"\noutcome = \"h * 1e-200\"\non = [\"x\"]"), message);
}

/// Rates of a model with a constant are x'b: of a repaired covariance V their errors are √x'Vx (numpy, tests/reference/sizes.py).
#[test]
fn adjusted_rates_go_by_the_repaired_covariance() {
    let g = [1, 1, 0, 0, 0, 1, 1, 0];
    let h = [0, 0, 1, 1, 2, 1, 1, 1];
    let id = [0, 2, 0, 0, 1, 0, 1, 1];
    let y = [1.0, 0.0, 7.0, 9.0, 6.0, 8.0, 4.0, 0.0];
    let none = floats(&[0.0; 8]);
    let columns = [
        ("y", floats(&y)),
        ("x", none.clone()),
        ("z", none),
        ("g", whole(&g)),
        ("h", whole(&h)),
        ("f", whole(&id)),
        ("id", whole(&id)),
        ("huge", whole(&id)),
    ];
    let table = Table::from_columns(columns.map(|(name, one)| (name.to_owned(), one)).into());
    let text = regress(
        "outcome = \"y\"\non = [\"factor(g)\"]\nadjusted = [\"g\"]\nse = \"cluster\"\ncluster = [\"h\", \"id\"]",
    );
    let found =
        run(&plan(&text), vec![("t", loaded(table.expect("a table")))], 1).expect("it runs");
    let se = |id: &str| found.estimate(id).and_then(|one| one.se).expect("an error");
    close(se("s/intercept"), 0.331_437_786_609, 1e-10);
    close(se("s/adjusted{g=0}"), 0.331_437_786_609, 1e-10);
    close(se("s/adjusted{g=1}"), 2.261_556_672_156, 1e-10);
    let rounding = "zero up to rounding";
    assert!(
        !found.warnings.iter().any(|one| one.message.contains(rounding)),
        "{:?}",
        found.warnings
    );
}

#[test]
fn a_likelihood_of_the_constant_alone_explains_nothing() {
    for rows in 3..12 {
        let text = regress(&format!(
            "model = \"logit\"\noutcome = \"case when id < {rows} then 1 else 0 end\"\non = []"
        ));
        assert_eq!(value(&ran(&text), "s/pseudo_r2"), 0.0, "{rows}");
    }
}

/// Rows without a key are a group of their own behind all others, of one key and of two.
#[test]
fn rows_without_a_key_are_a_group_of_their_own() {
    let k = Column::from_texts([Some("b"), None, Some("a"), None, Some("b"), None]);
    let l = Column::from_texts([Some("p"), Some("p"), None, Some("p"), Some("p"), Some("q")]);
    let x = floats(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
    let columns = [("k", k), ("l", l), ("x", x)].map(|(name, one)| (name.to_owned(), one));
    let table = Table::from_columns(columns.into()).expect("a table");
    let found = |by: &str| {
        let text = format!(
            "[input.t]\ncolumns = {{ k = \"string\", l = \"string\", x = \"float\" }}\n\
             [[step]]\nid = \"s\"\n[step.summarise]\nfrom = \"t\"\nby = [{by}]\nmeasures = {{ t = \"sum(x)\" }}\n"
        );
        let run = run(&plan(&text), vec![("t", loaded(table.clone()))], 1).expect("it runs");
        run.estimates.iter().map(|one| (one.id.clone(), one.value)).collect::<Vec<(String, f64)>>()
    };
    let told = |all: &[(&str, f64)]| -> Vec<(String, f64)> {
        all.iter().map(|(braces, sum)| (format!("s/t{{{braces}}}"), *sum)).collect()
    };
    assert_eq!(found("\"k\""), told(&[("k=a", 4.0), ("k=b", 17.0), ("k=null", 42.0)]));
    let mut both = found("\"k\", \"l\"");
    both.sort_by(|one, other| one.0.cmp(&other.0));
    let expected =
        [("k=a,l=null", 4.0), ("k=b,l=p", 17.0), ("k=null,l=p", 10.0), ("k=null,l=q", 32.0)];
    assert_eq!(both, told(&expected));
}
