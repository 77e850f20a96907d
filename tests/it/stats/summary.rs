//! Summaries against statsmodels, numpy and scipy (`tests/reference/summary.py` writes the values).

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use secondlook::stats::summary::{
    FractionInterval, Measure, QuantileDefinition, Sample, Summary, SummaryError, ratio, summarise,
};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    std::fs::read_to_string(path).expect("the reference is in the tree")
}

/// Eighty rows in twelve clusters.
struct Data(BTreeMap<String, Vec<f64>>);

impl Data {
    fn read() -> Self {
        let mut reader = csv::Reader::from_reader(read("summary.csv").into_bytes().leak() as &[u8]);
        let names: Vec<String> =
            reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for row in reader.records() {
            for (name, cell) in names.iter().zip(row.expect("a row").iter()) {
                let number = cell.parse().expect("a number");
                columns.entry(name.clone()).or_default().push(number);
            }
        }
        Self(columns)
    }

    fn clusters(&self) -> Vec<u32> {
        self.0["cluster"].iter().map(|code| *code as u32).collect()
    }
}

struct Reference(BTreeMap<String, BTreeMap<String, f64>>);

impl Reference {
    fn read() -> Self {
        Self(serde_json::from_str(&read("summary.json")).expect("JSON"))
    }

    /// The peers sum plainly and invert matrices: good to about 1e-13.
    #[track_caller]
    fn close(&self, case: &str, part: &str, found: f64) {
        let expected = self.0[case][part];
        let size = expected.abs().max(1e-3);
        assert!((found - expected).abs() <= 1e-11 * size, "{case} {part}: {found} for {expected}");
    }

    #[track_caller]
    fn is(&self, case: &str, found: Result<Summary, SummaryError>) {
        let found = found.expect("it can be computed");
        self.close(case, "value", found.value);
        self.close(case, "se", found.standard_error.expect("an error"));
        self.ends(case, &found);
    }

    #[track_caller]
    fn ends(&self, case: &str, found: &Summary) {
        let interval = found.interval.expect("an interval");
        self.close(case, "low", interval.low);
        self.close(case, "high", interval.high);
    }
}

#[test]
fn averages_and_ratios_with_their_errors() {
    let (data, reference) = (Data::read(), Reference::read());
    let codes = data.clusters();
    for (tag, clusters) in [("plain", None), ("clustered", Some(codes.as_slice()))] {
        let sample = |name: &str| Sample { clusters, ..Sample::new(&data.0[name]) };
        reference.is(&format!("mean {tag}"), summarise(&sample("x"), Measure::Mean));
        let found = summarise(&sample("x"), Measure::GeometricMean);
        reference.is(&format!("geometric {tag}"), found);
        reference.is(&format!("ratio {tag}"), ratio(&data.0["x"], &sample("y")));
    }
}

#[test]
fn fractions_by_the_name_of_their_interval() {
    let (data, reference) = (Data::read(), Reference::read());
    let codes = data.clusters();
    let clustered = Sample { clusters: Some(&codes), ..Sample::new(&data.0["b"]) };
    reference.is("fraction clustered", summarise(&clustered, Measure::Fraction));
    let wilson = Sample { fractions: FractionInterval::Wilson, ..clustered };
    let wilson = summarise(&wilson, Measure::Fraction).expect("a share");
    assert_eq!(wilson.method, "wilson");
    reference.ends("fraction clustered wilson", &wilson);
    for (name, fractions) in [
        ("wilson", FractionInterval::Usual),
        ("normal", FractionInterval::Wald),
        ("beta", FractionInterval::Exact),
    ] {
        let sample = Sample { fractions, ..Sample::new(&data.0["b"]) };
        let found = summarise(&sample, Measure::Fraction).expect("a share");
        reference.ends(&format!("fraction {name}"), &found);
    }
    let exact = Sample { fractions: FractionInterval::Exact, ..clustered };
    assert_eq!(summarise(&exact, Measure::Fraction), Err(SummaryError::ExactOfClusters));
    let zeros = [0.0; 80];
    let none = Sample { clusters: Some(&codes), ..Sample::new(&zeros) };
    let none = summarise(&none, Measure::Fraction).expect("a share");
    assert_eq!((none.standard_error, none.interval), (Some(0.0), None));
}

#[test]
fn quantiles_by_nine_definitions_with_two_intervals() {
    let (data, reference) = (Data::read(), Reference::read());
    let codes = data.clusters();
    let sample = Sample::new(&data.0["x"]);
    for definition in QuantileDefinition::ALL {
        for probability in ["0.1", "0.25", "0.5", "0.95"] {
            let measure = Measure::Quantile {
                probability: probability.parse().expect("a level"),
                definition,
            };
            let found = summarise(&sample, measure).expect("a quantile").value;
            let case = format!("quantile {} {probability}", definition.number());
            reference.close(&case, "value", found);
        }
    }
    for probability in ["0.25", "0.5", "0.9"] {
        let measure = Measure::Quantile {
            probability: probability.parse().expect("a level"),
            definition: QuantileDefinition::Linear,
        };
        let found = summarise(&sample, measure).expect("a quantile");
        assert_eq!(found.method, "order-statistics");
        reference.ends(&format!("ranks {probability}"), &found);
        let clustered = Sample { clusters: Some(&codes), ..sample };
        let found = summarise(&clustered, measure).expect("a quantile");
        assert_eq!(found.method, "woodruff");
        reference.ends(&format!("woodruff {probability}"), &found);
    }
    let five = Sample::new(&data.0["x"][..5]);
    let found = summarise(&five, Measure::Median).expect("a median");
    assert_eq!(found.interval, None, "five values cannot cover 95%");
}

/// NumAcc3 and NumAcc4 as their files are made, against exact fractions of the very doubles.
#[test]
fn offsets_cost_no_digit() {
    let reference = Reference::read();
    for (name, offset) in [("NumAcc3", 1_000_000), ("NumAcc4", 10_000_000)] {
        let number = |end: u8| format!("{offset}.{end}").parse::<f64>().expect("a number");
        let mut values = vec![number(2)];
        for _ in 0..500 {
            values.extend([number(1), number(3)]);
        }
        let sample = Sample::new(&values);
        let mean = summarise(&sample, Measure::Mean).expect("a mean").value;
        let sd = summarise(&sample, Measure::StandardDeviation).expect("a deviation").value;
        assert_eq!(mean, reference.0[name]["mean"], "{name}");
        let expected = reference.0[name]["sd"];
        assert!((sd / expected - 1.0).abs() < 1e-15, "{name}: {sd} for {expected}");
    }
}

#[test]
fn what_cannot_be_summarised_is_refused() {
    let of = |values: &[f64], measure| summarise(&Sample::new(values), measure);
    assert_eq!(of(&[], Measure::Mean), Err(SummaryError::NoRows));
    let lone = of(&[3.0], Measure::Mean).expect("a mean");
    assert_eq!((lone.value, lone.standard_error, lone.interval), (3.0, None, None));
    let few = SummaryError::TooFewRows { what: "a standard deviation", needed: 2, found: 1 };
    assert_eq!(of(&[3.0], Measure::StandardDeviation), Err(few));
    let zero = SummaryError::NotPositive { row: 1, value: 0.0 };
    assert_eq!(of(&[3.0, 0.0], Measure::GeometricMean), Err(zero));
    let two = SummaryError::NotBinary { row: 1, value: 2.0 };
    assert_eq!(of(&[1.0, 2.0], Measure::Fraction), Err(two));
    let wide = Measure::Quantile { probability: 1.5, definition: QuantileDefinition::Linear };
    assert_eq!(of(&[1.0], wide), Err(SummaryError::Probability { value: 1.5 }));
    let one = Sample { clusters: Some(&[4, 4]), ..Sample::new(&[1.0, 2.0]) };
    assert_eq!(summarise(&one, Measure::Mean), Err(SummaryError::OneCluster));
    let half = Sample { frequencies: Some(&[0.5, 1.0]), ..Sample::new(&[1.0, 2.0]) };
    assert_eq!(
        summarise(&half, Measure::Median),
        Err(SummaryError::Frequency { row: 0, value: 0.5 })
    );
    assert_eq!(ratio(&[1.0, 2.0], &Sample::new(&[1.0, -1.0])), Err(SummaryError::ZeroDenominator));
}

const MEASURES: [Measure; 5] = [
    Measure::Mean,
    Measure::StandardDeviation,
    Measure::GeometricMean,
    Measure::Median,
    Measure::Quantile { probability: 0.9, definition: QuantileDefinition::Weibull },
];

/// A value, a second one, a cluster and a frequency.
type Row = (f64, f64, u32, u8);

proptest! {
    /// The order of rows changes no bit; a row written k times is a row of frequency k.
    #[test]
    fn order_and_duplication(
        rows in prop::collection::vec((0.1..9.0_f64, 0.2..5.0_f64, 0_u32..5, 1_u8..4), 8..40),
        by in 0_usize..7,
    ) {
        let column = |pick: &dyn Fn(&Row) -> f64, rows: &[Row]| -> Vec<f64> {
            rows.iter().map(pick).collect()
        };
        let mut turned = rows.clone();
        turned.rotate_left(by);
        turned.swap(0, 5);
        let copied: Vec<_> = rows.iter().flat_map(|row| vec![*row; usize::from(row.3)]).collect();
        let codes = |rows: &[Row]| -> Vec<u32> { rows.iter().map(|row| row.2).collect() };
        prop_assume!(codes(&rows).iter().any(|code| *code != rows[0].2));
        let answers = |rows: &[Row], counted: bool, clustered: bool| {
            let (x, y) = (column(&|row| row.0, rows), column(&|row| row.1, rows));
            let frequencies = column(&|row| f64::from(row.3), rows);
            let codes = codes(rows);
            let sample = Sample {
                frequencies: counted.then_some(frequencies.as_slice()),
                clusters: clustered.then_some(codes.as_slice()),
                ..Sample::new(&x)
            };
            let mut all: Vec<_> = MEASURES.iter().map(|measure| summarise(&sample, *measure)).collect();
            all.push(ratio(&x, &Sample { values: &y, ..sample }));
            all
        };
        for clustered in [false, true] {
            prop_assert_eq!(answers(&rows, true, clustered), answers(&turned, true, clustered));
            prop_assert_eq!(answers(&rows, true, clustered), answers(&copied, false, clustered));
        }
    }

    /// Scaling scales, shifting shifts: exactly, by powers of two and whole numbers.
    #[test]
    fn scale_and_shift(values in prop::collection::vec(-500_i32..500, 5..30)) {
        let plain: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
        let scaled: Vec<f64> = plain.iter().map(|value| 8.0 * value).collect();
        let shifted: Vec<f64> = plain.iter().map(|value| value + 1e9).collect();
        let of = |values: &[f64], measure| summarise(&Sample::new(values), measure).expect("a number");
        let (one, other) = (of(&plain, Measure::Mean), of(&scaled, Measure::Mean));
        prop_assert_eq!(8.0 * one.value, other.value);
        prop_assert_eq!(one.standard_error.map(|se| 8.0 * se), other.standard_error);
        let (one, other) =
            (of(&plain, Measure::StandardDeviation).value, of(&shifted, Measure::StandardDeviation).value);
        prop_assert!((one - other).abs() <= 1e-14 * one, "{} {}", one, other);
    }
}
