//! GRIM, GRIMMER and DEBIT: known answers, the traps of other tools, and hand-checkable reasons.

use num_traits::ToPrimitive;
use secondlook::claims::forensic::{
    Answer, Check, Checker, Counts, Divisor, Row, Sample, Unknown, debit, grim, grimmer,
};
use secondlook::claims::printed;
use secondlook::claims::rounding::Rounding;
use secondlook::expression::Interval;

pub(crate) fn interval(text: &str) -> Interval {
    rounded(text, Rounding::Unknown)
}

pub(crate) fn rounded(text: &str, mode: Rounding) -> Interval {
    printed::parse(text).expect("it is printed").interval(mode).expect("an interval")
}

fn sum(mean: &str, cases: u64, items: u64) -> Option<i64> {
    grim(&interval(mean), &Sample::of(cases).items(items)).possible()?.sum.to_i64()
}

/// Brown and Heathers (2017): sums and the run of means around 5.2 at n = 28.
#[test]
fn grim_gives_the_known_answers() {
    assert_eq!(sum("5.18", 28, 1), Some(145));
    assert_eq!(sum("5.19", 28, 1), None);
    assert!(sum("5.18", 14, 2).is_some());
    assert!(sum("5.83", 50, 1).is_none());
    assert!(sum("5.82", 50, 1).is_some() && sum("5.84", 50, 1).is_some());
    assert_eq!(sum("5.2", 20, 1), Some(103));
    let run: Vec<usize> =
        (0..12).filter(|index| sum(&format!("5.{}", 19 + index), 28, 1).is_some()).collect();
    assert_eq!(run, [2, 6, 10], "5.21, 5.25 and 5.29");
    // A percentage has two more decimals than it shows.
    assert!(sum("67.4%", 150, 1).is_none());
    assert_eq!(sum("54.0%", 150, 1), Some(81));
}

/// The reason is one that a reader can check: 28 · 5.185 = 145.18 and 28 · 5.195 = 145.46.
#[test]
fn a_refusal_says_why_in_numbers_to_check_by_hand() {
    let why = |answer| match answer {
        Answer::Impossible(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        why(grim(&interval("5.19"), &Sample::of(28))),
        "no whole number lies in [145.18, 145.46], where the sum of 28 answers would be"
    );
    // 17 · 2.465² + 62²/18 = 316.8513…, 17 · 2.475² + 62²/18 = 317.6911…, and 317 is odd while 62 is even.
    assert_eq!(
        why(grimmer(&interval("3.44"), &interval("2.47"), &Sample::of(18))),
        "the sum of squares has the parity of the sum; sum 62: no even whole number lies in [316.851380\u{2026}, 317.691180\u{2026}]"
    );
    // By hand: k = 7 of 20 only, 7 · 13 = 91; 20 · 19 · 0.175² = 11.6375.
    assert_eq!(
        why(debit(&interval("0.35"), &interval("0.18"), &Sample::of(20))),
        "k ones among 20 with k from 7 to 7: k(n-k) is never in [11.6375, 13.0055]"
    );
}

/// scrutiny's cases, each recounted by all data sets.
#[test]
fn grimmer_gives_the_known_answers() {
    let found = |mean: &str, deviation: &str, cases| {
        let witness =
            grimmer(&interval(mean), &interval(deviation), &Sample::of(cases)).possible()?;
        Some((witness.sum.to_i64()?, witness.squares?.to_i64()?))
    };
    assert_eq!(found("5.21", "1.60", 28), Some((146, 830)));
    assert!(found("3.44", "2.47", 18).is_none());
    assert!(found("2.57", "2.57", 30).is_some());
    assert!(found("5.23", "2.55", 35).is_none());
    assert!(found("5.23", "2.55", 127).is_some());
    assert!(found("1.03", "0.41", 40).is_none());
    assert!(found("3.10", "1.37", 10).is_some());
}

/// Heathers and Brown (2019).
#[test]
fn debit_gives_the_known_answers() {
    let ones = |mean: &str, deviation: &str, cases| {
        debit(&interval(mean), &interval(deviation), &Sample::of(cases)).possible()?.sum.to_i64()
    };
    assert_eq!(ones("0.35", "0.18", 20), None);
    assert_eq!(ones("0.35", "0.49", 20), Some(7));
    // Of the values that one end of one interval would admit with the far end of the other (the upstream rule
    // takes any with any), no k does: k = 1 of 3 is 0.33 with 0.58, k = 2 is 0.67 with 0.58; never 0.5.
    assert_eq!(ones("0.5", "0.5", 3), None);
}

/// A true pair whose sum is not round(mean · n).
#[test]
fn the_trap_of_testing_one_sum_is_refused() {
    let data: Vec<i64> = [vec![1; 22], vec![2; 17], vec![3; 1]].concat();
    let n = data.len() as f64;
    let mean = data.iter().sum::<i64>() as f64 / n;
    let squares: f64 =
        data.iter().map(|value| (*value as f64 - mean) * (*value as f64 - mean)).sum();
    let (mean, sd) = (format!("{mean:.1}"), format!("{:.3}", (squares / (n - 1.0)).sqrt()));
    assert_eq!((mean.as_str(), sd.as_str()), ("1.5", "0.554"));
    let answer = grimmer(&interval(&mean), &interval(&sd), &Sample::of(40));
    let witness = answer.possible().expect("true data print so");
    assert_ne!(witness.sum, 60.into(), "round(mean · n) has no such standard deviation");
}

/// Half-even is closed at even digits, and a standard deviation of 2 decimals
/// stands for ± 0.005, not ± 0.05.
#[test]
fn the_traps_of_rounding_are_refused() {
    // 25 of 200 is 0.125: half-even prints 0.12, half-up 0.13; open ends on both sides would refuse it.
    let answer = |mean: &str, mode| grim(&rounded(mean, mode), &Sample::of(200)).possible();
    let exact = |mode| {
        let one = grim(&rounded("0.12", mode), &Sample::of(8)).possible();
        one.map(|witness| witness.sum)
    };
    assert_eq!(exact(Rounding::HalfEven), Some(1.into()), "1/8 = 0.125 prints as 0.12");
    assert_eq!(exact(Rounding::HalfUp), None);
    assert!(answer("0.13", Rounding::HalfUp).is_some());
    // Truncation of a number above zero goes down: 0.12 stands for [0.12, 0.13).
    assert_eq!(exact(Rounding::Truncation), Some(1.into()));
    assert_eq!(exact(Rounding::Ceiling), None);
    // sd ± 0.05 would admit this pair; ± 0.005 does not.
    let pair = grimmer(&interval("3.44"), &interval("2.47"), &Sample::of(18));
    assert!(pair.is_impossible());
    assert!(grimmer(&interval("3.44"), &interval("2.5"), &Sample::of(18)).possible().is_some());
}

#[test]
fn items_and_both_divisors_are_told_apart() {
    // Two items each: totals 3 and 4 over two cases, person means 1.5 and 2: mean 1.75, sd 0.3536 or 0.25.
    let sample = Sample::of(2).items(2);
    let found = |sd: &str, divisor| {
        grimmer(&interval("1.75"), &interval(sd), &sample.divisor(divisor)).possible()
    };
    let witness = found("0.354", Divisor::Sample).expect("a sample's");
    assert_eq!((witness.sum, witness.squares), (7.into(), Some(25.into())));
    assert!(found("0.250", Divisor::Population).is_some());
    assert!(found("0.250", Divisor::Sample).is_none());
    assert!(found("0.354", Divisor::Population).is_none());
}

#[test]
fn what_cannot_be_decided_is_not_called_impossible() {
    let above = printed::parse("> 3").expect("printed").interval(Rounding::Unknown).expect("one");
    assert_eq!(grim(&above, &Sample::of(10)), Answer::Unknown(Unknown::NoBound));
    let alone = grimmer(&interval("3"), &interval("0.00"), &Sample::of(1));
    assert_eq!(alone, Answer::Unknown(Unknown::TooFew));
    let population = Sample::of(1).divisor(Divisor::Population);
    assert!(grimmer(&interval("3"), &interval("0.00"), &population).possible().is_some());
    let many = Sample::of(900_000_000_000);
    let found = grimmer(&interval("3"), &interval("0.000000"), &many);
    assert!(!found.is_impossible(), "{found:?}");
    assert!(grim(&interval("3.00"), &Sample::of(u64::MAX).items(u64::MAX)).possible().is_some());
}

/// By hand. On 1 to 7 the mean 7.00 of ten leaves no spread; without the scale the pair passes.
#[test]
fn a_known_scale_decides_what_sums_alone_cannot() {
    let sample = Sample::of(10).scale(1, 7);
    assert!(grimmer(&interval("7.00"), &interval("1.05"), &sample).is_impossible());
    assert!(grimmer(&interval("7.00"), &interval("1.05"), &Sample::of(10)).possible().is_some());
    assert!(grim(&interval("7.50"), &sample).is_impossible());
    let witness =
        grimmer(&interval("3.10"), &interval("1.37"), &sample).possible().expect("there is one");
    let data = witness.frequencies.expect("a data set");
    let total = |change: &dyn Fn(i64) -> i64| -> i64 {
        data.iter().map(|(value, count)| change(*value) * *count as i64).sum()
    };
    assert_eq!(total(&|_| 1), 10);
    assert_eq!(Some(total(&|value| value)), witness.sum.to_i64());
    assert_eq!(Some(total(&|value| value * value)), witness.squares.and_then(|all| all.to_i64()));
}

const GRIM: Checker = Checker {
    check: Check::Grim,
    rounding: Rounding::Unknown,
    items: 1,
    divisor: Divisor::Sample,
    scale: None,
    percent: false,
    decimal_comma: false,
};

#[test]
fn a_row_says_what_it_found() {
    let row = |cells: &[&str]| GRIM.row(1, cells).expect("numbers");
    let shown = |row: &Row| {
        let mut text = String::new();
        row.write_json(&mut text);
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    assert_eq!(shown(&row(&["5.00", "25.0"]))["witness"]["sum"], 125);
    let refused = shown(&row(&["4.74", "25"]));
    assert_eq!(
        (&refused["consistent"], &refused["witness"]),
        (&false.into(), &serde_json::Value::Null)
    );
    assert!(refused["certificate"].as_str().is_some_and(|why| why.contains("[118.375, 118.625]")));
    assert_eq!(shown(&row(&["4.74", "100"]))["uninformative"], true);
    let error = GRIM.row(7, &["7.22", "3.5"]).expect_err("no whole number");
    assert_eq!(error.to_string(), "row 7, number of cases: `3.5` is no number of cases");
    assert!(GRIM.row(1, &["about", "3"]).is_err());
    assert!(GRIM.row(1, &["5.1", "0"]).is_err());
    let mut counts = Counts::default();
    for cells in [["5.18", "28"], ["5.19", "28"], ["> 5", "28"]] {
        counts.add(&row(&cells));
    }
    assert_eq!(
        (counts.rows, counts.consistent, counts.inconsistent, counts.unchecked),
        (3, 1, 1, 1)
    );
}

/// scrutiny's fictional tables; the expected answers are `tests/reference/grimmer.py`'s, in Python's fractions.
#[test]
fn the_tables_of_scrutiny_come_out_as_by_brute_force() {
    let Some(folder) = crate::world::fetched_data() else {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    };
    let reference = include_str!("../../reference/pigs.csv");
    let mut seen = 0;
    for line in reference.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [table, check, row, expected] = fields.as_slice() else { panic!("{line}") };
        let path = std::path::Path::new(&folder).join("scrutiny").join(format!("{table}.csv"));
        let text = std::fs::read_to_string(&path).expect("the table is there");
        let row: usize = row.parse().expect("a row");
        let cells: Vec<&str> =
            text.lines().nth(row).expect("the row is there").split(',').collect();
        let which = match *check {
            "grim" | "grim_percent" => Check::Grim,
            "grimmer" => Check::Grimmer,
            "debit" => Check::Debit,
            other => panic!("{other}"),
        };
        let checker = Checker { check: which, percent: *check == "grim_percent", ..GRIM };
        let cells =
            if which == Check::Grim { vec![cells[0], cells[cells.len() - 1]] } else { cells };
        let answer = checker.row(row, &cells).expect("numbers").consistent;
        assert_eq!(answer, Some(*expected == "true"), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 39);
}
