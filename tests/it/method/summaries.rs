//! `summarise`, `compare`, `agreement` and `contrast` through method files.

use std::collections::BTreeMap;
use std::path::Path;

use secondlook::dataset::Loaded;
use secondlook::engine::{Column, Table, Values};
use secondlook::results::{Estimate, Run};

use super::support::{close, loaded, numbers, plan, plan_of, run, value};

/// The reference's rows (tests/reference/summary.py).
fn rows() -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/summary.csv");
    let mut reader = csv::Reader::from_path(path).expect("the reference is in the tree");
    let mut columns = vec![Vec::new(); 5];
    for row in reader.records() {
        for (column, cell) in columns.iter_mut().zip(row.expect("a row").iter()) {
            column.push(cell.parse::<f64>().expect("a number"));
        }
    }
    let names = ["cluster", "x", "y", "b", "late"];
    let pairs: Vec<(&str, &[f64])> =
        names.iter().zip(&columns).map(|(name, column)| (*name, column.as_slice())).collect();
    loaded(numbers(&pairs))
}

const INPUT: &str = "[input.t]\ncolumns = { cluster = \"float\", x = \"float\", y = \"float\", b = \"float\", late = \"float\" }\n";

fn step(id: &str, kind: &str, body: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\n[step.{kind}]\n{body}\n")
}

fn ran(steps: &str) -> Run {
    run(&plan(&format!("{INPUT}{steps}")), vec![("t", rows())], 1).expect("it runs")
}

fn refused(steps: &str, message: &str) {
    let plan = plan(&format!("{INPUT}{steps}"));
    let problems = run(&plan, vec![("t", rows())], 1).expect_err("it fails").to_string();
    assert!(problems.contains(message), "{message} is not in {problems}");
}

fn find<'a>(run: &'a Run, address: &str) -> &'a Estimate {
    run.estimate(address).expect("an estimate")
}

fn convention(run: &Run, step: &str, key: &str) -> String {
    let step = run.steps.iter().find(|known| known.id == step).expect("the step");
    let found = step.convention.iter().find(|(known, _)| known == key);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The same numbers three ways: `change`, a contrast of two groups, a contrast of contrasts; all as the reference says.
#[test]
fn a_change_knows_the_clusters_that_both_groups_share() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/summary.json");
    let text = std::fs::read_to_string(path).expect("the reference is in the tree");
    let reference: BTreeMap<String, BTreeMap<String, f64>> =
        serde_json::from_str(&text).expect("JSON");
    let run = ran(&[
        step(
            "s",
            "summarise",
            "from = \"t\"\nby = [\"late\"]\ncluster = [\"cluster\"]\n\
             measures = { mean = \"mean(x)\", ratio = \"ratio(x, y)\", n = \"count\" }\n\
             change = { by = \"late\", from = 0, to = 1 }",
        ),
        step("d", "contrast", "value = 'est(\"s/mean{late=1}\") - est(\"s/mean{late=0}\")'"),
        step("q", "contrast", "value = 'est(\"s/ratio{late=1}\") / est(\"s/ratio{late=0}\") - 1'"),
        step("late", "contrast", "value = 'est(\"s/mean{late=1}\")'"),
        step("early", "contrast", "value = 'est(\"s/mean{late=0}\")'"),
        step("chain", "contrast", "value = 'est(\"late\") - est(\"early\")'"),
        step("twice", "contrast", "value = 'est(\"s/mean_change\") + est(\"d\")'"),
    ]
    .concat());
    for (address, case) in [
        ("s/mean_change", "mean change"),
        ("s/mean_relative_change", "mean relative"),
        ("s/ratio_change", "ratio change"),
        ("s/ratio_relative_change", "ratio relative"),
        ("d", "mean change"),
        ("chain", "mean change"),
        ("q", "ratio relative"),
    ] {
        let (found, expected) = (find(&run, address), &reference[case]);
        close(found.value, expected["value"], 1e-11);
        close(found.se.expect("an error"), expected["se"], 1e-10);
        let [low, high] = found.ci.expect("an interval");
        close(low, expected["low"], 1e-10);
        close(high, expected["high"], 1e-10);
        close(found.p.expect("p"), expected["p"], 1e-9);
        assert_eq!(found.df, Some(10.0));
    }
    close(find(&run, "twice").se.expect("an error"), 2.0 * reference["mean change"]["se"], 1e-10);
    assert_eq!(find(&run, "s/n_change").se, None);
    assert_eq!(convention(&run, "chain", "independence"), "");
}

#[test]
fn independence_is_an_assumption_in_the_output() {
    let mean = |id: &str| step(id, "summarise", "from = \"t\"\nmeasures = { m = \"mean(x)\" }");
    let text = [
        mean("one"),
        mean("other"),
        step("gap", "contrast", "value = 'est(\"one/m\") - est(\"other/m\")'"),
    ];
    let run = ran(&text.concat());
    let found = run.steps.iter().find(|step| step.id == "gap").expect("the step");
    let assumes = found.assumes.as_deref().expect("an assumption");
    assert!(assumes.contains("steps one, other are independent"), "{assumes}");
    let warning = run.warnings.iter().find(|warning| warning.step == "gap").expect("a warning");
    assert!(warning.message.contains("both rest on `t`"), "{}", warning.message);
}

/// A group of one cluster keeps its value, and the others their errors; a whole step of one is refused.
#[test]
fn one_cluster_is_said_or_refused() {
    let body = "from = \"d\"\nby = [\"k\"]\ncluster = [\"cluster\"]\n\
                measures = { m = \"mean(x)\", f = \"fraction(b)\", s = \"sd(x)\", q = \"median(x)\", r = \"ratio(x, y)\" }";
    let derive = "from = \"t\"\ncolumns = { k = \"CASE WHEN cluster = 0 THEN 0 ELSE 1 END\" }";
    let run = ran(&[step("d", "derive", derive), step("s", "summarise", body)].concat());
    for measure in ["m", "f", "q", "r"] {
        let lone = find(&run, &format!("s/{measure}{{k=0}}"));
        assert_eq!((lone.se, lone.ci), (None, None), "{measure}");
        assert!(find(&run, &format!("s/{measure}{{k=1}}")).ci.is_some(), "{measure}");
    }
    let told: Vec<&str> = run.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert!(told.contains(&"one cluster: no standard error: {k=0}"), "{told:?}");
    let keep = step("f", "filter", "from = \"t\"\nkeep = \"cluster = 3\"");
    let all = "from = \"f\"\ncluster = [\"cluster\"]\nmeasures = { m = \"mean(x)\" }";
    refused(
        &[keep, step("s", "summarise", all)].concat(),
        "all rows are in one cluster of `cluster`",
    );
}

#[test]
fn what_a_summary_cannot_say_names_the_cause() {
    let of = |measure: &str| {
        step("s", "summarise", &format!("from = \"t\"\nmeasures = {{ m = \"{measure}\" }}"))
    };
    refused(&of("geometric_mean(x - x)"), "`s/m` cannot be computed: the value 0 is not positive");
    refused(&of("fraction(x)"), "is neither 0 nor 1");
    refused(&of("ratio(x, y - y)"), "the denominator sums to zero");
    refused(&of("mean(ln(b))"), "not a finite number");
    let one = step("f", "filter", "from = \"t\"\nkeep = \"x = (SELECT max(x) FROM t)\"");
    let sd = step("s", "summarise", "from = \"f\"\nmeasures = { m = \"sd(x)\" }");
    refused(&[one, sd].concat(), "a standard deviation needs at least 2 rows, there are 1");
    let change = "from = \"t\"\nby = [\"late\"]\nmeasures = { m = \"mean(x)\" }\n\
                  change = { by = \"late\", from = 0, to = 7 }";
    refused(&step("s", "summarise", change), "no row has late = 7");
    for (measure, message, help) in [
        ("quantile(x, 1.5)", "`1.5` is no level of a quantile", "from 0 to 1"),
        ("quantile(x, 0.5, type = 10)", "`type = 10` is no definition", "1 to 9"),
        ("ratio(x)", "the wrong number of arguments", "ratio(x, y)"),
    ] {
        let (_, problems) = plan_of(&format!("{INPUT}{}", of(measure)));
        let shown = problems.to_string();
        assert!(shown.contains(message) && shown.contains(help), "{shown}");
    }
}

#[test]
fn comparisons_by_named_groups_sides_and_counts() {
    let compare = |id: &str, body: &str| step(id, "compare", &format!("from = \"t\"\n{body}"));
    let run = ran(&[
        compare("up", "test = \"welch\"\nof = \"x\"\nbetween = \"late\""),
        compare("down", "test = \"welch\"\nof = \"x\"\nbetween = \"late\"\ngroups = [1, 0]"),
        compare("side", "test = \"welch\"\nof = \"x\"\nbetween = \"late\"\ngroups = [1, 0]\nalternative = \"less\""),
        compare("two", "test = \"mann-whitney\"\nof = \"x\"\nbetween = \"cluster\"\ngroups = [0, 1]"),
        compare("one", "test = \"one-sample-t\"\nof = \"x\"\nnull = 3"),
        compare("share", "test = \"binomial\"\nof = \"b\""),
        compare("table", "test = \"fisher\"\nof = \"late\"\nbetween = \"b\""),
        step("counts", "summarise", "from = \"t\"\nby = [\"late\", \"b\"]\nmeasures = { n = \"count\" }"),
        step("again", "compare", "from = \"counts\"\ntest = \"fisher\"\nof = \"late\"\nbetween = \"b\"\nweights = \"n\""),
    ]
    .concat());
    close(value(&run, "up/estimate"), -value(&run, "down/estimate"), 1e-15);
    close(value(&run, "side/p"), 0.5 * value(&run, "down/p"), 1e-14);
    assert_eq!(convention(&run, "down", "groups"), "1 minus 0");
    assert_eq!(find(&run, "down/estimate").interval.as_deref(), Some("t"));
    assert!(convention(&run, "two", "rows of other groups").parse::<u32>().expect("a count") > 0);
    assert_eq!(convention(&run, "one", "null"), "3");
    assert_eq!(find(&run, "share/estimate").interval.as_deref(), Some("exact"));
    for part in ["p", "estimate", "odds_ratio", "risk_ratio"] {
        let (table, again) =
            (value(&run, &format!("table/{part}")), value(&run, &format!("again/{part}")));
        assert_eq!(table, again, "{part}");
    }
    let text = compare("bad", "test = \"binomial\"\nof = \"b\"\nbetween = \"late\"");
    let (_, problems) = plan_of(&format!("{INPUT}{text}"));
    assert!(problems.to_string().contains("`binomial` has no `between`"), "{problems}");
    let three = compare("bad", "test = \"welch\"\nof = \"x\"\nbetween = \"cluster\"");
    refused(&three, "`cluster` makes 12 groups, not two");
}

/// The scale 1 to 5 without its 3: kappa by the codes' places, and by the whole scale.
#[test]
fn weights_of_agreement_go_by_the_whole_scale() {
    let column = |codes: &[i64]| Column::new(Values::Int(codes.to_vec()));
    let table = Table::from_columns(vec![
        ("a".to_owned(), column(&[1, 1, 2, 2, 4, 4, 5, 5, 1, 2])),
        ("b".to_owned(), column(&[1, 2, 2, 4, 4, 5, 5, 5, 1, 1])),
    ])
    .expect("a table");
    let step = |id: &str, more: &str| {
        step(id, "agreement", &format!("from = \"t\"\ncoders = [\"a\", \"b\"]\n{more}"))
    };
    let text = [
        "[input.t]\ncolumns = { a = \"int\", b = \"int\" }\n".to_owned(),
        step("places", "measure = \"kappa-linear\""),
        step("scale", "measure = \"kappa-linear\"\ncodes = [1, 2, 3, 4, 5]\nlevel = 0.9"),
        step("alpha", "measure = \"alpha-ordinal\"\nrepetitions = 200\nseed = 7"),
    ]
    .concat();
    let run = run(&plan(&text), vec![("t", loaded(table))], 1).expect("it runs");
    // By hand: disagreement .4/3 over chance; with the whole scale .5/4.
    assert!(value(&run, "places/kappa") != value(&run, "scale/kappa"));
    close(value(&run, "places/observed"), 1.0 - 0.4 / 3.0, 1e-14);
    close(value(&run, "scale/observed"), 1.0 - 0.5 / 4.0, 1e-14);
    assert_eq!(find(&run, "scale/kappa").level, Some(0.9));
    let told = run.warnings.iter().find(|warning| warning.step == "places").expect("a warning");
    assert!(told.message.contains("places among 1, 2, 4, 5"), "{}", told.message);
    close(value(&run, "alpha/percent"), 0.6, 1e-14);
    close(value(&run, "alpha/prevalence{code=1}"), 0.3, 1e-14);
    let bootstrap = convention(&run, "alpha", "bootstrap");
    assert_eq!(bootstrap, "200 repetitions over units, percentiles, philox4x32-10, seed 7");
    assert!(value(&run, "scale/null_se") > 0.0 && value(&run, "scale/expected") > 0.0);
}

/// A row of weight 0 stands for no row: it adds no value to `distinct`, as it adds none to `min`.
#[test]
fn rows_of_no_weight_are_not_there() {
    let table = numbers(&[
        ("x", &[1.0, 2.0, 2.0, 9.0]),
        ("y", &[1.0, 0.0, 2.0, 1.0]),
        ("w", &[2.0, 1.0, 3.0, 0.0]),
    ]);
    let body = "from = \"t\"\nweights = \"w\"\nmeasures = { d = \"distinct(x)\", largest = \"max(x)\", \
                middle = \"median(x)\" }";
    let text = format!(
        "[input.t]\ncolumns = {{ x = \"float\", y = \"float\", w = \"float\" }}\n{}",
        step("s", "summarise", body)
    );
    let run = run(&plan(&text), vec![("t", loaded(table))], 1).expect("it runs");
    let found = ["d", "largest", "middle"].map(|name| value(&run, &format!("s/{name}")));
    assert_eq!(found, [2.0, 2.0, 2.0]);
}

/// Medians of two groups of independent rows are independent; of one cluster in both they are not.
#[test]
fn the_change_of_a_median_has_an_error() {
    let measures = "from = \"t\"\nby = [\"late\"]\nmeasures = { m = \"median(x)\" }\n\
                    change = { by = \"late\", from = 0, to = 1 }";
    let run = ran(&[
        step("alone", "summarise", measures),
        step("clustered", "summarise", &format!("{measures}\ncluster = [\"cluster\"]")),
    ]
    .concat());
    let error = |address: &str| find(&run, address).se.expect("an error");
    let both = |step: &str| {
        let [one, other] = [0, 1].map(|late| error(&format!("{step}/m{{late={late}}}")));
        (one * one + other * other).sqrt()
    };
    close(error("alone/m_change"), both("alone"), 1e-12);
    assert!((error("clustered/m_change") / both("clustered") - 1.0).abs() > 1e-3);
    assert_eq!(
        convention(&run, "alone", "errors of quantiles"),
        "half the interval's width over its critical value"
    );
}

/// R's `fisher.test` of the same table (case `two_by_three` of `tests/reference/fisher.R`).
#[test]
fn fishers_test_takes_a_table_of_any_size() {
    let table = numbers(&[
        ("a", &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
        ("b", &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0]),
        ("n", &[3.0, 9.0, 1.0, 8.0, 2.0, 7.0]),
    ]);
    let body = "from = \"t\"\ntest = \"fisher\"\nof = \"a\"\nbetween = \"b\"\nweights = \"n\"";
    let input = "[input.t]\ncolumns = { a = \"float\", b = \"float\", n = \"float\" }\n";
    let text = format!("{input}{}", step("f", "compare", body));
    let found = run(&plan(&text), vec![("t", loaded(table.clone()))], 1).expect("it runs");
    close(value(&found, "f/p"), 0.003_595_679_186_304_92, 1e-7);
    let sided =
        format!("{input}{}", step("f", "compare", &format!("{body}\nalternative = \"less\"")));
    let problems = run(&plan(&sided), vec![("t", loaded(table))], 1).expect_err("it is refused");
    assert!(problems.to_string().contains("p has sides in a table of two rows"), "{problems}");
}

/// What a check warns of stands in the results, not only on the terminal.
#[test]
fn warnings_of_a_check_reach_the_results() {
    let table = Table::from_columns(vec![
        ("k".to_owned(), Column::new(Values::Int(vec![1, 2, 3, 4]))),
        ("x".to_owned(), Column::new(Values::Float(vec![1.0, 2.0, 5.0, 3.0]))),
    ])
    .expect("a table");
    let text = [
        "[input.t]\ncolumns = { k = \"int\", x = \"float\" }\n".to_owned(),
        step("half", "summarise", "from = \"t\"\nmeasures = { h = \"sum(k / 2)\" }"),
        step("tens", "summarise", "from = \"t\"\nmeasures = { l = \"mean(log(x))\", m = \"mean(log(2, x))\", n = \"mean(ln(x))\" }"),
    ]
    .concat();
    let run = run(&plan(&text), vec![("t", loaded(table))], 1).expect("it runs");
    let of = |step: &str| -> Vec<&str> {
        let warnings = run.warnings.iter().filter(|warning| warning.step == step);
        warnings.map(|warning| warning.message.as_str()).collect()
    };
    assert!(of("half").iter().any(|message| message.contains("divides two whole numbers")));
    let tens = of("tens");
    assert_eq!(tens.iter().filter(|message| message.contains("base 10")).count(), 1, "{tens:?}");
}

/// Endpoints are those of the estimate's own interval, Wilson's here; a function that turns inside it has none.
#[test]
fn endpoints_are_the_estimates_own() {
    let share = step(
        "s",
        "summarise",
        "from = \"t\"\nmeasures = { b = \"fraction(b)\", x = \"mean(x - 3)\" }",
    );
    let contrast = |id: &str, value: &str, more: &str| {
        step(id, "contrast", &format!("value = '{value}'\ninterval = \"endpoints\"{more}"))
    };
    let run = ran(&[
        share.clone(),
        contrast("odds", "est(\"s/b\") / (1 - est(\"s/b\"))", ""),
        contrast("wide", "100 * est(\"s/b\")", "\nlevel = 0.9"),
    ]
    .concat());
    let ends = find(&run, "s/b").ci.expect("an interval");
    assert_eq!(find(&run, "s/b").interval.as_deref(), Some("wilson"));
    let odds = find(&run, "odds").ci.expect("an interval");
    for (found, end) in odds.into_iter().zip(ends) {
        close(found, end / (1.0 - end), 1e-13);
    }
    // Another level has no interval of the estimate's own: value ± z·se.
    let (b, wide) = (find(&run, "s/b"), find(&run, "wide").ci.expect("an interval"));
    close(wide[1], 100.0 * (b.value + 1.644_853_626_951_472_7 * b.se.expect("an error")), 1e-12);
    let mean = find(&run, "s/x").ci.expect("an interval");
    // It turns at 0.5, near the lower end: the value lies between the transformed ends all the same.
    assert!(mean[0] < 0.5 && mean[1] > 0.5, "{mean:?}");
    refused(
        &[share, contrast("turns", "(est(\"s/x\") - 0.5) * (est(\"s/x\") - 0.5)", "")].concat(),
        "does not rise or fall throughout the interval",
    );
}

/// Rows enough to be summed without being sorted into their groups: some groups are left to the other way all the same.
fn many_rows(zero: Option<usize>) -> Loaded {
    let rows = 30_000_usize;
    let wave = |row: usize, step: f64| libm::sin(row as f64 * step);
    // Groups 0 to 6; one row; all alike; logarithms nearly alike; a millionth as wide as the others.
    let group = |row: usize| match row {
        77 => 7,
        _ if row % 50 < 3 => 8 + (row % 50) as i64,
        _ => (row % 7) as i64,
    };
    let x = |row: usize| match group(row) {
        8 => -3.25,
        10 => 40.0 + 1e-7 * wave(row, 2.3),
        group => 100.0 * wave(row, 1.1) + 10.0 * group as f64,
    };
    let y = |row: usize| match group(row) {
        8 => 2.5,
        9 => 1e6 + wave(row, 0.7),
        group => libm::exp(3.0 * wave(row, 1.3)) + group as f64,
    };
    let y = |row: usize| if zero == Some(row) { 0.0 } else { y(row) };
    let i = |row: usize| 1 + (row * row % 100_003) as i64 * (1 + group(row));
    let ints = |of: &dyn Fn(usize) -> i64| Column::new(Values::Int((0..rows).map(of).collect()));
    let floats =
        |of: &dyn Fn(usize) -> f64| Column::new(Values::Float((0..rows).map(of).collect()));
    let columns = vec![
        ("g".to_owned(), ints(&group)),
        ("x".to_owned(), floats(&x)),
        ("y".to_owned(), floats(&y)),
        ("i".to_owned(), ints(&i)),
        // Not every pair of it and a group occurs.
        ("h".to_owned(), ints(&|row| group(row) % 2 * 2 + (row / 7 % 2) as i64)),
        // Small whole numbers, but not only.
        ("late".to_owned(), ints(&|row| (row % if row < 2000 { 3 } else { 50 }) as i64)),
        // Zeros and ones, but not only; at last no small numbers.
        ("few".to_owned(), ints(&|row| (row % if row < 2000 { 2 } else { 7 }) as i64)),
        ("later".to_owned(), ints(&|row| (row % if row < 2000 { 2 } else { 11 }) as i64)),
        ("bit".to_owned(), floats(&|row| (row * row / 5 % 2) as f64)),
        ("one".to_owned(), ints(&|_| 1)),
    ];
    loaded(Table::from_columns(columns).expect("a table"))
}

const MANY: &str = "[input.t]\ncolumns = { g = \"int\", x = \"float\", y = \"float\", i = \"int\", h = \"int\", late = \"int\", few = \"int\", later = \"int\", bit = \"float\", one = \"int\" }\n";

/// Weights of one take every row by itself, and so check the sums of all at once.
#[test]
fn means_of_many_rows_are_those_of_each_group_alone() {
    let measures = "measures = { x = \"mean(x)\", y = \"geometric_mean(y)\", i = \"mean(i)\", l = \"geometric_mean(i)\", \
                    m = \"mean(h)\", late = \"mean(late)\", f = \"fraction(x > 0)\", n = \"count\", d = \"distinct(i)\", \
                    few = \"mean(few)\", b = \"fraction(bit)\", later = \"mean(later)\", e = \"fraction(y > 2)\" }";
    let both = |id: &str, by: &str| {
        let body = format!("from = \"t\"\n{by}\n{measures}");
        let each = format!("{body}\nweights = \"one\"");
        step(&format!("all{id}"), "summarise", &body)
            + &step(&format!("each{id}"), "summarise", &each)
    };
    let text = both("", "by = [\"g\"]") + &both("2", "by = [\"g\", \"h\"]") + &both("0", "");
    let plan = plan(&format!("{MANY}{text}"));
    let found = run(&plan, vec![("t", many_rows(None))], 1).expect("it runs");
    let mut compared = 0;
    for all in found.estimates.iter().filter(|estimate| estimate.step.starts_with("all")) {
        let each = find(&found, &all.id.replacen("all", "each", 1));
        assert_eq!((all.value, all.n, all.df), (each.value, each.n, each.df), "{}", all.id);
        assert_eq!((&all.interval, &all.reference), (&each.interval, &each.reference));
        // Each rounds three times, and the other's sums are exact.
        let near = |one: f64, other: f64| (one - other).abs() <= 1e-15 * other.abs();
        match (all.se, each.se) {
            (Some(one), Some(other)) => assert!(near(one, other), "{}: {one} {other}", all.id),
            (one, other) => assert_eq!(one, other, "{}", all.id),
        }
        let ends = all.ci.iter().flatten().zip(each.ci.iter().flatten());
        ends.for_each(|(one, other)| {
            let size = all.value.abs().max(other.abs());
            assert!((one - other).abs() <= 1e-15 * size, "{}: {one} {other}", all.id);
        });
        assert_eq!(all.ci.is_some(), each.ci.is_some());
        compared += 1;
    }
    // Eleven groups, twenty-one pairs, and all rows.
    assert_eq!(compared, 13 * (11 + 21 + 1));
    assert_eq!((value(&found, "all/x{g=8}"), find(&found, "all/x{g=8}").se), (-3.25, Some(0.0)));
    let lonely = |step: &str| {
        let mut of = found.warnings.iter().filter(|one| one.step == step);
        of.find(|one| one.message.starts_with("one row")).map(|one| one.message.clone())
    };
    assert!(lonely("all").is_some());
    assert_eq!(lonely("all"), lonely("each"));
}

#[test]
fn a_zero_among_many_rows_is_named() {
    let text = "from = \"t\"\nmeasures = { m = \"geometric_mean(y)\" }";
    let plan = plan(&format!("{MANY}{}", step("s", "summarise", text)));
    let problems = run(&plan, vec![("t", many_rows(Some(12_345)))], 1).expect_err("it fails");
    assert!(problems.to_string().contains("the value 0 is not positive"), "{problems}");
}
