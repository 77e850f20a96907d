//! GRIM, GRIMMER and DEBIT: known answers, the traps of other tools, and no false alarm.

use proptest::prelude::*;
use secondlook::claims::forensic::{Check, bounded, check_table, debit, grim, grimmer};
use secondlook::claims::printed;
use secondlook::claims::rounding::Rounding;
use secondlook::expression::Interval;

fn interval(text: &str) -> Interval {
    let printed = printed::parse(text).expect("it is printed");
    printed.interval(Rounding::Unknown).expect("an interval")
}

/// STATISTICS 2, row "GRIM": sums and the run of means around 5.2 at n = 28.
#[test]
fn grim_gives_the_known_answers() {
    assert_eq!(grim(&interval("5.18"), 28, 1), Some(145.into()));
    assert!(grim(&interval("5.19"), 28, 1).is_none());
    assert!(grim(&interval("5.18"), 14, 2).is_some());
    assert!(grim(&interval("5.83"), 50, 1).is_none());
    assert!(grim(&interval("5.82"), 50, 1).is_some() && grim(&interval("5.84"), 50, 1).is_some());
    assert_eq!(grim(&interval("5.2"), 20, 1), Some(103.into()));
    let run: Vec<bool> = (519..=530)
        .map(|cents| grim(&interval(&format!("{}.{}", cents / 100, cents % 100)), 28, 1).is_some())
        .collect();
    let yes: Vec<usize> = (0..12).filter(|index| run[*index]).collect();
    assert_eq!(yes, [2, 6, 10], "5.21, 5.25 and 5.29");
    // A percentage has two more decimals than it shows.
    assert!(grim(&interval("67.4%"), 150, 1).is_none());
    assert!(grim(&interval("54.0%"), 150, 1).is_some());
}

/// STATISTICS 2, row "DEBIT".
#[test]
fn debit_gives_the_known_answers() {
    assert!(debit(&interval("0.35"), &interval("0.18"), 20).is_none());
    assert_eq!(debit(&interval("0.35"), &interval("0.49"), 20), Some(7.into()));
}

#[test]
fn a_table_is_checked_row_by_row() {
    let column = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let columns = [column(&["7.22", "4.74", "5.00"]), column(&["32.0", "25.0", "25"])];
    let rows = check_table(Check::Grim, &columns, Rounding::Unknown).expect("it is a table");
    let consistent: Vec<bool> = rows.iter().map(|row| row.consistent).collect();
    assert_eq!(consistent, [true, false, true]);
    assert_eq!(rows[2].witness.as_deref(), Some("sum 125"));
    let bad = [column(&["7.22"]), column(&["3.5"])];
    let error = check_table(Check::Grim, &bad, Rounding::Unknown).expect_err("no whole number");
    assert_eq!(error.to_string(), "row 1, number of cases: `3.5` is no number of cases");
    let words = [column(&["about"]), column(&["3"])];
    assert!(check_table(Check::Grim, &words, Rounding::Unknown).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// Real data never fail: the single-sum form of GRIMMER rejects one true pair in twenty.
    #[test]
    fn true_data_are_never_inconsistent(
        data in prop::collection::vec(1_i64..8, 2..60), places in 1_usize..4,
    ) {
        let n = data.len() as f64;
        let mean = data.iter().sum::<i64>() as f64 / n;
        let squares: f64 = data.iter().map(|value| (*value as f64 - mean) * (*value as f64 - mean)).sum();
        let sd = (squares / (n - 1.0)).sqrt();
        let (mean, sd) = (format!("{mean:.places$}"), format!("{sd:.places$}"));
        let cases = data.len() as u64;
        prop_assert!(grim(&interval(&mean), cases, 1).is_some());
        prop_assert!(grimmer(&interval(&mean), &interval(&sd), cases, 1).is_some(), "{mean} {sd} {cases}");
        let shown = bounded(&interval(&mean), &interval(&sd), cases, 1, 7);
        prop_assert!(shown.is_some_and(|shown| shown.len() == data.len()), "{mean} {sd} {cases}");
        let ones: Vec<i64> = data.iter().map(|value| i64::from(*value > 4)).collect();
        let share = ones.iter().sum::<i64>() as f64 / n;
        let spread = (share * (1.0 - share) * n / (n - 1.0)).sqrt();
        let (share, spread) = (format!("{share:.places$}"), format!("{spread:.places$}"));
        prop_assert!(debit(&interval(&share), &interval(&spread), cases).is_some());
    }
}
