//! The generated table of 398,198 sessions against pyfixest, fixest and statsmodels (values from their outputs).
//!
//! Not in the tree: `SECONDLOOK_SESSIONS` names the `sessions_1x.csv` that the bench's generator writes.

use std::collections::BTreeMap;

use secondlook::stats::linear::{Covariance, Design, Fit, Preset, Singletons, Term, fit, margins};
use secondlook::stats::math::ln;

/// The columns in use, as codes and numbers.
struct Sessions {
    factors: BTreeMap<&'static str, Vec<u32>>,
    numbers: BTreeMap<&'static str, Vec<f64>>,
    success: Vec<f64>,
}

const FACTORS: [&str; 7] =
    ["user_id", "month", "work_mode", "expertise", "occupation", "subject", "model"];

fn coded(column: &[&str]) -> Vec<u32> {
    let mut levels = column.to_vec();
    levels.sort_unstable();
    levels.dedup();
    column.iter().map(|cell| levels.partition_point(|level| level < cell) as u32).collect()
}

fn sessions() -> Option<Sessions> {
    #[expect(clippy::disallowed_methods, reason = "tests are told where the data are")]
    let path = std::env::var_os("SECONDLOOK_SESSIONS")?;
    let text = std::fs::read_to_string(path).ok()?;
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split(',').map(|cell| cell.trim_matches('"')).collect())
        .collect();
    let column = |name: &str| -> Vec<&str> {
        let place = rows[0].iter().position(|known| *known == name).expect("the column is there");
        rows[1..].iter().map(|row| row[place]).collect()
    };
    let mut factors: BTreeMap<_, _> = FACTORS.map(|name| (name, coded(&column(name)))).into();
    let band = |turns: &str| {
        let turns: u32 = turns.parse().expect("a count");
        [2, 5, 10, 20, 50].iter().filter(|edge| turns >= **edge).count() as u32
    };
    factors.insert("band", column("turns").into_iter().map(band).collect());
    let number = |cell: &str| -> f64 { cell.parse().expect("a number") };
    let numbers = |name: &str| -> Vec<f64> { column(name).into_iter().map(number).collect() };
    let logs = |name: &str| -> Vec<f64> { numbers(name).into_iter().map(ln).collect() };
    let values = BTreeMap::from([
        ("ltv", logs("task_value")),
        ("lturns", logs("turns")),
        ("app", numbers("actions_per_prompt")),
        ("fail", numbers("failure_signal")),
    ]);
    Some(Sessions { factors, numbers: values, success: numbers("success_signal") })
}

const LEVELS: [&str; 4] = ["2", "3", "4", "5"];

fn by_level(data: &Sessions, absorb: &[&str]) -> Fit {
    let expertise = &data.factors["expertise"];
    let terms =
        (1..5).map(|level| Term::indicator(LEVELS[level - 1], expertise, level as u32)).collect();
    let mut design = Design::new(&data.success, terms);
    design.absorb = absorb.iter().map(|name| (&data.factors[name]).into()).collect();
    design.covariance = Covariance::Cluster;
    design.clusters = vec![(&data.factors["user_id"]).into()];
    fit(&design).expect("it fits")
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() <= tolerance, "{found} for {expected}");
}

const EFFECTS: [&str; 6] = ["work_mode", "month", "subject", "occupation", "model", "band"];

#[test]
fn regressions_match_pyfixest_fixest_and_statsmodels() {
    let Some(data) = sessions() else {
        println!("skipped: SECONDLOOK_SESSIONS names no sessions_1x.csv");
        return;
    };
    // R0, fixest 0.12.2: succ ~ i(expertise, ref = 1), clustered by user.
    let fitted = by_level(&data, &[]);
    let expected = [
        0.153_908_306_015_975,
        0.061_141_975_524_673_1,
        0.137_196_664_034_665,
        0.231_844_044_293_211,
        0.326_108_385_378_684,
    ];
    let errors = [
        0.001_782_177_231_122_72,
        0.002_156_417_250_928_39,
        0.002_154_403_331_717_04,
        0.002_484_770_245_626_5,
        0.003_855_839_866_371_58,
    ];
    for j in 0..5 {
        close(fitted.coefficients[j], expected[j], 1e-11);
        close(fitted.standard_errors[j], errors[j], 1e-10);
    }
    assert_eq!(
        (fitted.n, fitted.k, fitted.clusters[0], fitted.df()),
        (398_198, 5, 234_751, Some(234_750.0))
    );
    // R2, pyfixest 0.60.0 at tolerance 1e-10, six absorbed effects; statsmodels 0.15.0 (QR on dummies) for the margins.
    let fitted = by_level(&data, &EFFECTS);
    let expected = [
        0.063_342_066_226_487_61,
        0.141_281_640_806_516_78,
        0.237_694_607_492_325_77,
        0.333_615_822_200_583_56,
    ];
    let errors = [
        0.002_159_638_530_342_43,
        0.002_161_424_543_950_248,
        0.002_493_328_316_447_036_5,
        0.003_864_511_159_451_552_4,
    ];
    for j in 0..4 {
        close(fitted.coefficients[j], expected[j], 1e-11);
        close(fitted.standard_errors[j], errors[j], 1e-10);
    }
    assert_eq!((fitted.k, fitted.rank), (151, 151));
    let rates = [
        (0.150_255_804_070_351_05, 0.001_789_131_340_084_898_6),
        (0.213_597_870_296_740_38, 0.001_230_093_230_294_223_4),
        (0.291_537_444_876_846_1, 0.001_205_961_192_671_260_4),
        (0.387_950_411_562_607_73, 0.001_728_601_701_605_493_7),
        (0.483_871_626_270_967_97, 0.003_420_260_697_031_719_7),
    ];
    for (margin, (rate, error)) in margins(&fitted, &LEVELS).expect("margins").iter().zip(rates) {
        close(margin.value, rate, 1e-11);
        close(margin.standard_error, error, 1e-10);
    }
}

#[test]
fn a_slope_and_its_three_errors_match_pyfixest() {
    let Some(data) = sessions() else {
        println!("skipped: SECONDLOOK_SESSIONS names no sessions_1x.csv");
        return;
    };
    // R1, pyfixest 0.60.0: succ ~ expertise | six effects.
    let slope: Vec<f64> =
        data.factors["expertise"].iter().map(|code| f64::from(*code) + 1.0).collect();
    let mut design = Design::new(&data.success, vec![Term::numbers("expertise", slope)]);
    design.absorb = EFFECTS.iter().map(|name| (&data.factors[name]).into()).collect();
    for (estimator, expected) in [
        (Covariance::Cluster, 0.000_676_804_447_863_816_2),
        (Covariance::Hc1, 0.000_668_134_691_629_439_6),
        (Covariance::Iid, 0.000_672_768_501_665_880_8),
    ] {
        design.covariance = estimator;
        design.clusters.clear();
        if estimator == Covariance::Cluster {
            design.clusters.push((&data.factors["user_id"]).into());
        }
        let fitted = fit(&design).expect("it fits");
        close(fitted.coefficients[0], 0.083_266_866_464_753_38, 1e-11);
        close(fitted.standard_errors[0], expected, 1e-10);
        close(fitted.r2, 0.040_157_036_725_876_89, 1e-12);
    }
}

#[test]
fn user_effects_match_pyfixest() {
    let Some(data) = sessions() else {
        println!("skipped: SECONDLOOK_SESSIONS names no sessions_1x.csv");
        return;
    };
    // pyfixest 0.60.0 at tolerance 1e-11: succ ~ i(expertise, ref = 1) | user + six effects, singletons dropped.
    let expertise = &data.factors["expertise"];
    let terms =
        (1..5).map(|level| Term::indicator(LEVELS[level - 1], expertise, level as u32)).collect();
    let mut design = Design::new(&data.success, terms);
    design.absorb = EFFECTS.iter().map(|name| (&data.factors[name]).into()).collect();
    design.absorb.push((&data.factors["user_id"]).into());
    design.singletons = Singletons::Drop;
    design.covariance = Covariance::Cluster;
    design.clusters = vec![(&data.factors["user_id"]).into()];
    let fitted = fit(&design).expect("it fits");
    assert_eq!((fitted.n, fitted.absorbed.singletons_dropped), (236_513, 161_685));
    let expected = [
        (0.024_107_140_796_042_98, 0.004_397_425_274_585_262),
        (0.048_281_620_514_561_134, 0.005_412_899_695_584_664),
        (0.083_249_616_088_709_58, 0.006_637_787_506_863_568_5),
        (0.109_729_597_004_288_14, 0.009_508_567_747_725_861),
    ];
    for (j, (b, se)) in expected.into_iter().enumerate() {
        close(fitted.coefficients[j], b, 1e-11);
        close(fitted.standard_errors[j], se, 1e-10);
    }
}

/// Householder QR on dense dummies (`tests/reference/sessions.py` wrote sessions.json): numpy's own rounding on these
/// columns is about 1e-12 for coefficients.
fn agrees(fitted: &Fit, expected: &serde_json::Value, errors: &str) {
    let list = |value: &serde_json::Value| -> Vec<f64> {
        value.as_array().expect("numbers").iter().map(|x| x.as_f64().expect("a number")).collect()
    };
    let (b, se) = (list(&expected["b"]), list(&expected["se"][errors]));
    assert_eq!(b.len(), fitted.names.len());
    for j in 0..b.len() {
        close(fitted.coefficients[j], b[j], 1e-11);
        close(fitted.standard_errors[j], se[j], 1e-10);
    }
    assert_eq!(fitted.n, expected["n"].as_u64().expect("a count"));
}

fn specification<'a>(
    data: &'a Sessions,
    outcome: &'a [f64],
    numbers: &[&'static str],
) -> Design<'a> {
    let expertise = &data.factors["expertise"];
    let mut terms: Vec<Term<'a>> =
        (1..5).map(|level| Term::indicator(LEVELS[level - 1], expertise, level as u32)).collect();
    terms.extend(numbers.iter().map(|name| Term::numbers(*name, &data.numbers[name])));
    let mut design = Design::new(outcome, terms);
    let effects = if numbers.is_empty() { 6 } else { 5 };
    design.absorb = EFFECTS[..effects].iter().map(|name| (&data.factors[name]).into()).collect();
    design.covariance = Covariance::Cluster;
    design.clusters = vec![(&data.factors["user_id"]).into()];
    design
}

#[test]
fn other_specifications_match_dense_householder_qr() {
    let Some(data) = sessions() else {
        println!("skipped: SECONDLOOK_SESSIONS names no sessions_1x.csv");
        return;
    };
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/sessions.json");
    let text = std::fs::read_to_string(path).expect("the reference is in the tree");
    let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for (case, outcome, numbers) in [
        ("three numbers", &data.success, &["ltv", "lturns", "app"][..]),
        ("failures", &data.numbers["fail"], &[]),
    ] {
        let mut design = specification(&data, outcome, numbers);
        agrees(&fit(&design).expect("it fits"), &all[case], "user");
        design.clusters.push((&data.factors["subject"]).into());
        agrees(&fit(&design).expect("it fits"), &all[case], "user, subj fixest");
        design.preset = Preset::Conventional;
        agrees(&fit(&design).expect("it fits"), &all[case], "user, subj conventional");
        design.clusters.clear();
        for (errors, word) in [(Covariance::Iid, "iid"), (Covariance::Hc1, "hc1")] {
            design.covariance = errors;
            agrees(&fit(&design).expect("it fits"), &all[case], word);
        }
    }
    let mut design = specification(&data, &data.success, &["ltv", "lturns", "app"]);
    design.absorb.push((&data.factors["user_id"]).into());
    design.singletons = Singletons::Drop;
    agrees(&fit(&design).expect("it fits"), &all["within users"], "user");
}
