//! Contrasts of estimates whose errors or intervals are of another kind, and agreement without an interval.

use secondlook::engine::{Column, Table};
use secondlook::results::{Estimate, Run};

use super::support::{close, loaded, numbers, plan, run, value};

fn step(id: &str, kind: &str, body: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\n[step.{kind}]\n{body}\n")
}

fn contrast(id: &str, value: &str, more: &str) -> String {
    step(id, "contrast", &format!("value = '{value}'{more}"))
}

const ENDPOINTS: &str = "\ninterval = \"endpoints\"";

/// Five pairs, with a column that is never 1, one centred on 0 and one that has the mean of `x`.
fn method(steps: &[String]) -> String {
    let input = "[input.t]\ncolumns = { x = \"float\", y = \"float\", none = \"float\", zero = \"float\", mirrored = \"float\" }\n";
    format!("{input}{}", steps.concat())
}

fn table() -> Table {
    numbers(&[
        ("x", &[1.0, 2.0, 4.0, 3.0, 5.0]),
        ("y", &[2.0, 3.5, 4.0, 3.0, 5.0]),
        ("none", &[0.0; 5]),
        ("zero", &[-2.0, -1.0, 0.0, 1.0, 2.0]),
        ("mirrored", &[5.0, 2.0, 4.0, 3.0, 1.0]),
    ])
}

fn ran(steps: &[String]) -> Run {
    run(&plan(&method(steps)), vec![("t", loaded(table()))], 1).expect("it runs")
}

fn refused(steps: &[String]) -> String {
    let plan = plan(&method(steps));
    run(&plan, vec![("t", loaded(table()))], 1).expect_err("it is refused").to_string()
}

fn find<'a>(run: &'a Run, address: &str) -> &'a Estimate {
    run.estimate(address).expect("an estimate")
}

#[track_caller]
fn told(run: &Run, step: &str, message: &str) {
    let of = |warning: &&_| -> bool {
        let warning: &secondlook::results::Warning = warning;
        warning.step == step
    };
    let all: Vec<&str> =
        run.warnings.iter().filter(of).map(|warning| warning.message.as_str()).collect();
    assert!(all.iter().any(|one| one.contains(message)), "{message} is not in {all:?}");
}

fn summary() -> String {
    let measures = "{ s = \"sd(x)\", zero = \"mean(zero)\", x = \"mean(x)\", m = \"mean(mirrored)\", none = \"fraction(none)\" }";
    step("s", "summarise", &format!("from = \"t\"\nmeasures = {measures}"))
}

fn correlation(more: &str) -> String {
    let body = "from = \"t\"\ntest = \"pearson\"\nof = \"x\"\nbetween = \"y\"";
    step("r", "compare", &format!("{body}{more}"))
}

#[track_caller]
fn ends(run: &Run, address: &str, expected: [f64; 2]) {
    let found = find(run, address);
    for (found, expected) in found.ci.expect("an interval").into_iter().zip(expected) {
        close(found, expected, 1e-12);
    }
    assert_eq!(found.interval.as_deref(), Some("endpoints"));
}

/// An interval without an error is transformed: r² from r, as the squares of R's `cor.test` ends.
#[test]
fn endpoints_need_no_standard_error() {
    let run = ran(&[
        summary(),
        correlation(""),
        contrast("twice", "2 * est(\"s/s\")", ENDPOINTS),
        contrast("r2", "est(\"r/estimate\") ^ 2", ENDPOINTS),
        contrast("delta", "est(\"r/estimate\") ^ 2", ""),
    ]);
    ends(&run, "r2", [0.038_273_104_029_852_595, 0.989_527_033_212_842_7]);
    // 2 s √(4/χ²), by R's `qchisq`.
    ends(&run, "twice", [1.894_625_341_350_447, 9.086_980_786_896_536]);
    let squared = find(&run, "r2");
    assert_eq!(
        (squared.se, squared.df, squared.reference.as_deref()),
        (None, None, Some("normal"))
    );
    assert_eq!(find(&run, "delta").ci, None);
    told(&run, "delta", "no standard error: `r/estimate` has an interval only");
}

/// Another level is not to be had without an error, and is told where it is of another kind.
#[test]
fn endpoints_of_another_level_are_refused_or_told() {
    let r2 = |more: &str| contrast("r2", "est(\"r/estimate\") ^ 2", &format!("{ENDPOINTS}{more}"));
    let problems = refused(&[correlation(""), r2("\nlevel = 0.9")]);
    assert!(problems.contains("no standard error to make another one of"), "{problems}");
    assert!(problems.contains("write `level = 0.95` here, or another level in step `r`"));
    let problems = refused(&[correlation(""), r2("\nreference = \"t\"")]);
    assert!(problems.contains("leave `reference` out"), "{problems}");
    ends(
        &ran(&[correlation("\nlevel = 0.9"), r2("\nlevel = 0.9")]),
        "r2",
        [0.158_227_406_023_375_48, 0.983_694_785_835_995_5],
    );
    let share = step(
        "f",
        "summarise",
        "from = \"t\"\nmeasures = { f = \"fraction(x > 3)\", m = \"mean(x)\" }",
    );
    let narrow = format!("{ENDPOINTS}\nlevel = 0.9");
    let run = ran(&[
        share,
        contrast("share", "est(\"f/f\")", &narrow),
        contrast("mean", "est(\"f/m\")", &narrow),
    ]);
    told(&run, "share", "`f/f` has its wilson interval of level 0.95: this one is of value ±");
    // That of a mean is such a one itself.
    assert!(run.warnings.iter().all(|warning| warning.step != "mean"), "{:?}", run.warnings);
}

/// Where a value has a kink there is no delta method: no error, and the value alone.
#[test]
fn a_kink_has_no_standard_error() {
    let run = ran(&[
        summary(),
        contrast("size", "abs(est(\"s/zero\"))", ""),
        contrast("least", "min(est(\"s/x\"), est(\"s/m\"))", ""),
        contrast("most", "max(est(\"s/zero\"), 0)", ""),
        contrast("clear", "abs(est(\"s/x\"))", ""),
    ]);
    for (step, expected) in [("size", 0.0), ("least", 3.0), ("most", 0.0)] {
        let found = find(&run, step);
        assert_eq!((found.value, found.se, found.ci), (expected, None, None), "{step}");
        told(&run, step, "no standard error: it has no derivative there");
    }
    assert_eq!(find(&run, "clear").se, find(&run, "s/x").se);
}

/// None of five is no certainty: its error of 0 gives no interval, and its own interval remains.
#[test]
fn an_error_of_zero_gives_no_interval() {
    let run = ran(&[
        summary(),
        contrast("percent", "100 * est(\"s/none\")", ""),
        contrast("wilson", "100 * est(\"s/none\")", ENDPOINTS),
        contrast("both", "est(\"s/x\") - est(\"s/none\")", ""),
    ]);
    let percent = find(&run, "percent");
    assert_eq!((percent.value, percent.ci, percent.p), (0.0, None, None));
    told(
        &run,
        "percent",
        "no interval: the standard error of `s/none` is 0, which is no certainty",
    );
    // R: prop.test(0, 5, correct = FALSE).
    let [low, high] = find(&run, "wilson").ci.expect("an interval");
    assert_eq!(low, 0.0);
    close(high, 43.448_246_478_317_465, 1e-12);
    told(&run, "both", "the standard error of `s/none` is 0, which is no certainty: the interval");
    assert!(find(&run, "both").ci.is_some());
}

fn coded(a: &[&str], b: &[&str], body: &str) -> Result<Run, String> {
    let column = |codes: &[&str]| Column::from_texts(codes.iter().map(|code| Some(*code)));
    let columns = vec![("a".to_owned(), column(a)), ("b".to_owned(), column(b))];
    let table = Table::from_columns(columns).expect("a table");
    let body = format!("from = \"t\"\ncoders = [\"a\", \"b\"]\n{body}");
    let input = "[input.t]\ncolumns = { a = \"string\", b = \"string\" }\n";
    let text = format!("{input}{}", step("k", "agreement", &body));
    run(&plan(&text), vec![("t", loaded(table))], 1).map_err(|problems| problems.to_string())
}

#[test]
fn agreement_without_information_has_no_interval() {
    let same = ["y", "n", "y", "y"];
    for (a, why) in [(same, "the coders agree in full"), (["y"; 4], "a coder used one code only")] {
        let run = coded(&a, &same, "measure = \"kappa\"").expect("it runs");
        let found = find(&run, "k/kappa");
        assert_eq!((found.se, found.ci), (None, None));
        told(&run, "k", why);
    }
    let three = ["1", "2", "3"];
    let run = coded(&three, &three, "measure = \"alpha-nominal\"").expect("it runs");
    assert_eq!((value(&run, "k/alpha"), find(&run, "k/alpha").ci), (1.0, None));
    told(&run, "k", "repetitions had one code only, more than 1 in 20: no interval of the others");
}

/// Texts that are numbers come as 1, 10, 2, 9: weights by such places are refused, those of words told.
#[test]
fn the_order_of_texts_is_said() {
    let (a, b) = (["1", "2", "10", "9"], ["10", "2", "10", "2"]);
    let problems = coded(&a, &b, "measure = \"kappa-linear\"").expect_err("it is refused");
    assert!(problems.contains("the codes are texts, which come in the order 1, 10, 2, 9"));
    assert!(problems.contains("codes = [\"1\", \"2\", \"9\", \"10\"]"), "{problems}");
    let codes = "codes = [\"1\", \"2\", \"9\", \"10\"]";
    let run = coded(&a, &b, &format!("measure = \"kappa-linear\"\n{codes}")).expect("it runs");
    // By places 0, 1, 2, 3 the disagreements are 3/3, 0, 0, 1/3.
    close(value(&run, "k/observed"), 1.0 - (1.0 + 1.0 / 3.0) / 4.0, 1e-14);
    assert!(coded(&a, &b, "measure = \"kappa\"").is_ok(), "without weights no order counts");
    let (a, b) = (["low", "high", "low"], ["low", "high", "high"]);
    let run = coded(&a, &b, "measure = \"kappa-linear\"").expect("it runs");
    told(&run, "k", "the codes are taken in the order of their letters, high, low");
}
