//! Real studies, from their method files to their numbers.

use super::support::{close, input, loaded, numbers, plan, printed, run, value};
use secondlook::engine::{Column, Table, Values};

fn study(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("methods").join(name);
    std::fs::read_to_string(path.join("method.toml")).expect("a method")
}

/// Expected values: the released data through statsmodels (tests/reference/studies.py). The reference rounds z to
/// 1.959964: the ends differ by up to 2e-9 for that.
#[test]
fn the_slowdown_of_metr_is_what_its_three_standard_errors_say() {
    let plan = plan(&study("metr-early-2025"));
    let Some(table) = input(&plan, "issues", "metr-early-2025/data_complete.csv") else { return };
    let run = run(&plan, vec![("issues", table)], 2).expect("it runs");
    close(value(&run, "effect"), 0.188_399_941_163_418_3, 1e-11);
    let ends = [
        ("effect", 0.012_559_851_417_884_627, 0.394_776_237_848_641_24),
        ("effect_hc3", 0.013_018_845_640_435_428, 0.394_144_271_091_380_3),
        ("effect_by_developer", 0.016_316_324_574_023_21, 0.389_620_914_284_893_2),
    ];
    for (address, low, high) in ends {
        let found = run.estimate(address).and_then(|one| one.ci).expect("an interval");
        assert!((found[0] - low).abs() < 2e-9 && (found[1] - high).abs() < 2e-9, "{found:?}");
    }
    let effect = run.estimate("effect").expect("the effect");
    assert_eq!(effect.interval.as_deref(), Some("endpoints"));
    assert_eq!(effect.reference.as_deref(), Some("normal"));
    assert_eq!((effect.n, effect.from_rounding), (Some(246.0), None));
}

/// Dehejia & Wahba 1999: 1794 (633); the digits from statsmodels OLS.
#[test]
fn the_benchmark_of_lalonde_is_the_printed_one() {
    let plan = plan(&study("lalonde-nsw"));
    let Some(table) = input(&plan, "men", "pypi/causaldata_nsw_mixtape.csv") else { return };
    let run = run(&plan, vec![("men", table)], 2).expect("it runs");
    let effect = run.estimate("benchmark/treat").expect("the effect");
    close(effect.value, 1_794.342_404_270_269_8, 1e-12);
    close(effect.se.expect("an error"), 632.853_393_623_627_3, 1e-12);
    let step = run.steps.iter().find(|step| step.id == "benchmark").expect("the step");
    assert!(step.convention.contains(&("preset".to_owned(), "fixest".to_owned())));
    assert_eq!((step.rows_in, step.rows_out), (Some(445), Some(445)));
}

const CELLS: &str = r#"
[input.a2]
columns = { level = "int", sessions = "int", verified = "float" }
[[step]]
id = "cells"
[step.sql]
query = """
SELECT level, 1 AS verified, sessions * (verified / 100) AS weight FROM a2
UNION ALL
SELECT level, 0 AS verified, sessions * (1 - verified / 100) AS weight FROM a2
"""
[[step]]
id = "slope"
[step.regress]
from = "cells"
outcome = "verified"
on = ["level"]
weights = "weight"
weights_are = "frequency"
"#;

/// Table A2 as printed; the slope and its interval from numpy on the ten cells and all 32 corners.
#[test]
fn ten_weighted_cells_carry_the_interval_of_their_rounding() {
    let column = |values: &[i64]| Column::new(Values::Int(values.to_vec()));
    let rates = [13.2, 20.9, 28.0, 29.3, 34.7];
    let table = Table::from_columns(vec![
        ("level".to_owned(), column(&[1, 2, 3, 4, 5])),
        ("sessions".to_owned(), column(&[5_911, 73_858, 96_516, 146_879, 36_422])),
        ("verified".to_owned(), Column::new(Values::Float(rates.to_vec()))),
    ])
    .expect("a table");
    let a2 = printed(loaded(table), &[("verified", 0.05)]);
    let run = run(&plan(CELLS), vec![("a2", a2)], 1).expect("it runs");
    let slope = run.estimate("slope/level").expect("a slope");
    close(slope.value, 0.042_467, 1e-5);
    let [low, high] = slope.from_rounding.expect("an interval");
    close(low, 0.042_02, 2e-4);
    close(high, 0.042_91, 2e-4);
    assert_eq!(format!("{:.4}", value(&run, "slope/r2")), "0.0086");
    assert_eq!(value(&run, "slope/n"), 359_586.0);
    assert_eq!(run.estimate("slope/n").and_then(|n| n.from_rounding), Some([359_586.0; 2]));
}

#[test]
fn without_printed_cells_there_is_no_interval_of_rounding() {
    let table = numbers(&[("x", &[1.0, 2.0, 3.0])]);
    let text = "[input.t]\ncolumns = { x = \"float\" }\n[[step]]\nid = \"s\"\n[step.summarise]\n\
                from = \"t\"\nmeasures = { m = \"mean(x)\" }\n";
    let run = run(&plan(text), vec![("t", loaded(table))], 1).expect("it runs");
    assert_eq!(run.estimate("s/m").expect("a mean").from_rounding, None);
}
