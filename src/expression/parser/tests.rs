use super::super::{EvaluationError, Kind};
use super::*;

fn error(text: &str) -> String {
    let error = parse(text).expect_err("it does not parse");
    let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}..{}: {}{help}", error.range.start, error.range.end, error.message)
}

fn value(text: &str) -> f64 {
    parse(text).expect("it parses").value(&|_| Some(2.0)).expect("it has a value")
}

#[test]
fn precedence_is_what_people_expect() {
    assert_eq!(value("1 + 2 * 3"), 7.0);
    assert_eq!(value("-x^2"), -4.0);
    assert_eq!(value("(1 + 2) * 3 - 4 / 8"), 8.5);
    assert_eq!(value("8 / 4 / 2"), 1.0);
    assert_eq!(value("40% + max(1, x, 0.5)"), 2.4);
    assert_eq!(value("2 ^ -1"), 0.5);
    assert_eq!(value("est(\"fit/grant:year\") - est('fit/grant:year')"), 0.0);
    let condition = parse("not a < b and c == 1 or a >= 3").expect("it parses");
    assert_eq!(condition.kind(), Kind::Condition);
    assert_eq!(condition.holds(&|_| Some(1.0)), Ok(true));
}

#[test]
fn names_and_estimates_keep_their_places() {
    let both = parse("a1 + est(\"s/t\") * a1").expect("it parses");
    assert_eq!(both.names(), [("a1".to_owned(), 0..2), ("a1".to_owned(), 18..20)]);
    assert_eq!(both.estimates(), [("s/t".to_owned(), 5..15)]);
    assert_eq!(both.references().len(), 2);
}

#[test]
fn errors_say_where_and_what_to_write() {
    assert_eq!(error("a = b"), "2..3: `=` is not used here (write `==` for a comparison)");
    assert_eq!(
        error("a < b < c"),
        "0..5: a number is needed here, not a comparison (write a chain such as `a < b < c` as `a < b and b < c`)"
    );
    assert_eq!(error("(a + b"), "0..1: this bracket is never closed");
    assert_eq!(
        error("a +"),
        "3..3: the expression ends too early (something is missing after the last sign)"
    );
    assert_eq!(error("sqr(a)"), "0..3: there is no function `sqr` (did you mean `sqrt`?)");
    assert_eq!(
        error("x ^ 0.5"),
        "4..7: a power is a whole number up to 64 (use sqrt(x), or exp(a * ln(x)), for other powers)"
    );
    assert!(error("a b").contains("does not follow"));
    assert!(error("est(a)").contains("in quotes"));
    assert!(error("").contains("empty"));
    assert!(error("2x + 1").contains("neither a number nor a name"));
    assert!(error(&"(".repeat(500)).contains("nest deeper"));
    assert!(error(&vec!["a"; 3_000].join("+")).contains("more than 1000 operations"));
}

#[test]
fn the_gradient_is_the_derivative() {
    let parsed = parse("exp(a) * b^2 / sqrt(c) - ln(b)").expect("it parses");
    let names: Vec<_> = ["a", "b", "c"].map(|name| Reference::Name(name.to_owned())).to_vec();
    let at = [0.5, 2.0, 4.0];
    let (value, slopes) = parsed.gradient(&names, &at).expect("it has a gradient");
    for index in 0..3 {
        let step = 1e-6;
        let moved = |by: f64| {
            let mut at = at;
            at[index] += by;
            parsed.gradient(&names, &at).expect("it has a gradient").0
        };
        let numeric = (moved(step) - moved(-step)) / (2.0 * step);
        assert!((numeric - slopes[index]).abs() < 1e-6, "{index}");
    }
    assert!((value - (libm::exp(0.5) * 2.0 - libm::log(2.0))).abs() < 1e-12);
}

/// A kink has no slope: only the argument that decides has one.
#[test]
fn there_is_no_derivative_at_a_kink() {
    let names: Vec<_> = ["a", "b", "c"].map(|name| Reference::Name(name.to_owned())).to_vec();
    let slopes = |text: &str, at: [f64; 3]| {
        parse(text).expect("it parses").gradient(&names, &at).map(|found| found.1)
    };
    let none = Err(EvaluationError::NoDerivative);
    assert_eq!(slopes("abs(a + b - c)", [1.0, 2.0, 3.0]), none);
    assert_eq!(slopes("min(a, b, c)", [2.0, 2.0, 3.0]), none);
    assert_eq!(slopes("max(a, b, c)", [1.0, 2.0, 2.0]), none);
    assert_eq!(slopes("max(a, b, c)", [0.0, -1.0, -2.0]), Ok(vec![1.0, 0.0, 0.0]));
    assert_eq!(slopes("max(a, 0) + b + c", [0.0, 1.0, 1.0]), none);
    // A tie that does not decide, and one of two equal slopes.
    assert_eq!(slopes("min(a, b, c)", [2.0, 2.0, 1.0]), Ok(vec![0.0, 0.0, 1.0]));
    assert_eq!(slopes("max(2 * a, a + a) + b + c", [2.0, 2.0, 1.0]), Ok(vec![2.0, 1.0, 1.0]));
    assert_eq!(slopes("abs(a) + b + c", [-2.0, 2.0, 1.0]), Ok(vec![-1.0, 1.0, 1.0]));
    // The value is there all the same.
    let value = parse("abs(a)").expect("it parses").value(&|_| Some(0.0));
    assert_eq!(value, Ok(0.0));
}
