use super::super::{decimal, parse};
use super::*;

fn number(text: &str) -> Rational {
    decimal(text).expect("a decimal")
}

fn range(text: &str, names: &[(&str, &str, &str)]) -> Result<Range, EvaluationError> {
    parse(text).expect("it parses").range(&|reference| {
        names
            .iter()
            .find(|(name, ..)| *reference == Reference::Name((*name).to_owned()))
            .map(|(_, low, high)| Interval::closed(number(low), number(high)))
    })
}

#[test]
fn a_name_used_twice_is_one_number() {
    let same = range("x - x", &[("x", "1", "2")]).expect("it has a range");
    assert_eq!((same.interval.to_string().as_str(), same.exact), ("0", true));
    let change = range("(b - a) / a", &[("a", "1", "2"), ("b", "3", "4")]).expect("a range");
    assert_eq!((change.interval.to_string().as_str(), change.exact), ("[0.5, 3]", true));
    let share = range("a / (a + b)", &[("a", "1", "3"), ("b", "1", "3")]).expect("a range");
    assert_eq!((share.interval.to_string().as_str(), share.exact), ("[0.25, 0.75]", true));
}

#[test]
fn what_is_not_monotone_is_enclosed_and_says_so() {
    let hump = range("x * (1 - x)", &[("x", "0", "1")]).expect("a range");
    assert_eq!((hump.interval.to_string().as_str(), hump.exact), ("[0, 0.25]", true));
    // Its least value, at the irrational 1/sqrt(3), is -0.3849.
    let dip = range("x^3 - x", &[("x", "0", "1")]).expect("a range");
    assert!(!dip.exact);
    assert!(dip.interval.contains(&number("-0.3849")) && dip.interval.contains(&number("0")));
    assert!(dip.interval.low.value().is_some_and(|low| *low > number("-0.42")));
}

#[test]
fn a_divisor_that_may_be_zero_is_undecided() {
    assert_eq!(range("1 / x", &[("x", "-1", "1")]), Err(EvaluationError::DividesByZero));
    let condition = parse("1 / x > 0").expect("it parses");
    let truth = condition.truth(&|_| Some(Interval::closed(number("-1"), number("1"))));
    assert_eq!(truth, Ok(Truth::Unknown));
}

#[test]
fn open_ends_stay_open() {
    let interval = |low: &str, high: &str| Interval {
        low: End::Closed(number(low)),
        high: End::Open(number(high)),
    };
    let twice = parse("x + x").expect("it parses");
    let range = twice.range(&|_| Some(interval("18.5", "19.5"))).expect("a range");
    assert_eq!(range.interval.to_string(), "[37, 39)");
    let below = parse("x < 39 - x").expect("it parses");
    assert_eq!(below.truth(&|_| Some(interval("18.5", "19.5"))), Ok(Truth::Always));
}

#[test]
fn real_functions_enclose() {
    let root = range("sqrt(x)", &[("x", "4", "9")]).expect("a range");
    assert_eq!(root.interval.to_string(), "[2, 3]");
    let log = range("ln(x)", &[("x", "1", "3")]).expect("a range");
    assert!(log.interval.contains(&Rational::zero()));
    let [low, high] = log.interval.as_floats();
    assert!(low.is_some_and(|low| low < 0.0 && low > -1e-12));
    assert!(high.is_some_and(|high| (high - 1.098_612_288_668_11).abs() < 1e-12));
}
