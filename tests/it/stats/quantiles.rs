//! Quantiles and deviations of clustered rows, against R's survey (`tests/reference/quantiles.R` writes the values).

use std::path::Path;

use secondlook::stats::summary::{Measure, QuantileDefinition, Sample, Summary, summarise};

fn reference(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    std::fs::read_to_string(path).expect("the reference is in the tree")
}

/// The columns g, x, likert and w.
fn columns() -> Vec<Vec<f64>> {
    let text = reference("quantiles_data.csv");
    let column = |place: usize| {
        let cell =
            |line: &str| line.split(',').nth(place).expect("a cell").parse().expect("a number");
        text.lines().skip(1).map(cell).collect()
    };
    (0..4).map(column).collect()
}

fn close(found: f64, expected: f64, what: &str) {
    // R writes 15 digits.
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{what}: {found} for {expected}");
}

#[test]
fn errors_and_intervals_are_those_of_survey() {
    let data = columns();
    let clusters: Vec<u32> = data[0].iter().map(|code| *code as u32).collect();
    let mut compared = 0;
    for line in reference("quantiles.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |place: usize| cells[place].parse::<f64>().expect("a number");
        let values = if cells[1] == "x" { &data[1] } else { &data[2] };
        let sample = Sample {
            frequencies: (cells[0] == "weighted").then_some(data[3].as_slice()),
            clusters: Some(&clusters),
            ..Sample::new(values)
        };
        let measure = if cells[2] == "sd" {
            Measure::StandardDeviation
        } else {
            let place = cells[3].parse::<usize>().expect("a type") - 1;
            Measure::Quantile { probability: number(2), definition: QuantileDefinition::ALL[place] }
        };
        let found: Summary = summarise(&sample, measure).expect("it can be summarised");
        close(found.value, number(4), line);
        compared += 1;
        let Some(ends) = found.interval else {
            // The largest value: every row is up to it, and the share has no error.
            assert_eq!(
                (number(5), number(6), number(7)),
                (0.0, found.value, found.value),
                "{line}"
            );
            continue;
        };
        close(ends.low, number(6), line);
        close(ends.high, number(7), line);
        match found.standard_error {
            Some(error) => close(error, number(5), line),
            None => assert_eq!(number(5), 0.0, "{line}"),
        }
    }
    assert_eq!(compared, 110);
}

/// The interval of ranks 40 and 61 of a hundred: P(B < 40) and P(B > 60) are 0.0176 each for B binomial (100, 1/2).
#[test]
fn the_error_of_independent_rows_is_half_the_interval_over_z() {
    let values: Vec<f64> = (1..=100).map(|k| f64::from(k * k)).collect();
    let found = summarise(&Sample::new(&values), Measure::Median).expect("a median");
    let ends = found.interval.expect("an interval");
    assert_eq!((ends.low, ends.high), (1600.0, 3721.0));
    close(found.standard_error.expect("an error"), 2121.0 / 2.0 / 1.959_963_984_540_054, "median");
    let same = summarise(&Sample::new(&[3.0; 30]), Measure::Median).expect("a median");
    assert_eq!(same.standard_error, None);
}
