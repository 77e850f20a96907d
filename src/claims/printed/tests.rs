use super::*;
use crate::expression::decimal;

fn interval(text: &str) -> String {
    let printed = parse(text).expect("it is printed");
    printed.interval(Rounding::Unknown).map_or("none".to_owned(), |found| found.to_string())
}

#[test]
fn every_form_of_the_design_is_read() {
    assert_eq!(interval("5,911"), "[5910.5, 5911.5]");
    assert_eq!(interval("398,198"), "[398197.5, 398198.5]");
    assert_eq!(interval("~400,000"), "[350000, 450000]");
    assert_eq!(interval("about 7.7%"), "[0.0765, 0.0775]");
    assert_eq!(interval("33%"), "[0.325, 0.335]");
    assert_eq!(interval("28–33%"), "[0.275, 0.335]");
    assert_eq!(interval("28-33%"), "[0.275, 0.335]");
    assert_eq!(interval("> 90%"), "(0.9, inf)");
    assert_eq!(interval("0.0426 (0.0008)"), "[0.04255, 0.04265]");
    assert_eq!(interval("p < .001"), "[0, 0.001)");
    assert_eq!(interval("p = .036"), "[0.0355, 0.0365]");
    assert_eq!(interval("1 in 270"), "[2/541, 2/539]");
    assert_eq!(interval("2.4x"), "[2.35, 2.45]");
    assert_eq!(interval("7.0 pp"), "[0.0695, 0.0705]");
    assert_eq!(interval("−0.1"), "[-0.15, -0.05]");
    assert_eq!(interval("[0.32, 0.44]"), "none");
    assert_eq!(interval("1 234.5"), "[1234.45, 1234.55]");
    assert_eq!(interval("+6.4 pp (0.7)"), "[0.0635, 0.0645]");
    assert_eq!(interval("$1,500"), "[1499.5, 1500.5]");
    assert_eq!(interval("3.2k"), "[3150, 3250]");
    assert_eq!(interval("nearly half"), "none");
    assert_eq!(parse("nearly half").map(|read| read.shape), Ok(Shape::Words));
    assert_eq!(interval("more than 2x"), "(2, inf)");
}

#[test]
fn what_is_meant_as_a_number_and_is_none_says_why() {
    for text in ["1,23", "12..3", "3.4.5%", "33-28%", "[0.44, 0.32]", "", "1 in 0", "5 apples"] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_number_prints_like_another() {
    let printed = amount("19%").expect("a number");
    let ours = decimal("0.188399941163").expect("a decimal");
    assert_eq!(printed.print_like(&ours), "19");
    let negative = amount("-0.10").expect("a number");
    assert_eq!(negative.print_like(&decimal("-0.095").expect("a decimal")), "-0.1");
}
