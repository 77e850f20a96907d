use super::*;
use crate::expression::decimal;

fn interval(text: &str) -> String {
    match parse(text) {
        Ok(printed) => {
            let found = printed.interval(Rounding::Unknown);
            found.map_or("none".to_owned(), |found| found.to_string())
        }
        Err(error) => format!("{error} ({})", error.help),
    }
}

#[test]
fn every_form_of_the_design_is_read() {
    for (text, expected) in [
        ("5,911", "[5910.5, 5911.5]"),
        ("398,198", "[398197.5, 398198.5]"),
        ("~400,000", "[350000, 450000]"),
        ("about 7.7%", "[0.0765, 0.0775]"),
        ("33%", "[0.325, 0.335]"),
        ("28–33%", "[0.275, 0.335]"),
        ("28-33%", "[0.275, 0.335]"),
        ("> 90%", "(0.9, inf)"),
        ("0.0426 (0.0008)", "[0.04255, 0.04265]"),
        ("p < .001", "[0, 0.001)"),
        ("p = .036", "[0.0355, 0.0365]"),
        ("1 in 270", "[2/541, 2/539]"),
        ("2.4x", "[2.35, 2.45]"),
        ("7.0 pp", "[0.0695, 0.0705]"),
        ("−0.1", "[-0.15, -0.05]"),
        ("[0.32, 0.44]", "none"),
        ("1 234.5", "[1234.45, 1234.55]"),
        ("+6.4 pp (0.7)", "[0.0635, 0.0645]"),
        ("$1,500", "[1499.5, 1500.5]"),
        ("3.2k", "[3150, 3250]"),
        ("nearly half", "none"),
        ("more than 2x", "(2, inf)"),
    ] {
        assert_eq!(interval(text), expected, "{text}");
    }
    assert_eq!(parse("nearly half").map(|read| read.shape), Ok(Shape::Words));
}

#[test]
fn the_same_number_may_be_written_in_many_ways() {
    for (text, expected) in [
        ("1 234,5", "[1234.45, 1234.55]"),
        ("1.234,5", "[1234.45, 1234.55]"),
        ("1\u{202F}234.5", "[1234.45, 1234.55]"),
        ("1\u{2019}234.5", "[1234.45, 1234.55]"),
        (".036", "[0.0355, 0.0365]"),
        ("1e-05", "[0.000005, 0.000015]"),
        ("1.2 \u{D7} 10^-5", "[0.0000115, 0.0000125]"),
        ("1.2\u{D7}10\u{207B}\u{2075}", "[0.0000115, 0.0000125]"),
        ("2.4-fold", "[2.35, 2.45]"),
        ("2.4:1", "[2.35, 2.45]"),
        ("2.4 times as many", "[2.35, 2.45]"),
        ("25 bps", "[0.00245, 0.00255]"),
        ("one in 270", "[2/541, 2/539]"),
        ("3 in 10", "[0.25, 0.35]"),
        ("3 of 21", "1/7"),
        ("13/21", "13/21"),
        ("28% to 33%", "[0.275, 0.335]"),
        ("between 28 and 33%", "[0.275, 0.335]"),
        ("from 28% to 33%", "[0.275, 0.335]"),
        ("nearly 400,000", "[350000, 400000)"),
        ("just over 12%", "(0.12, 0.125]"),
        ("at least 90%", "[0.9, inf)"),
        ("\u{2264} 5", "(-inf, 5]"),
        ("3.1 \u{B1} 0.4", "[3.05, 3.15]"),
        ("0.38 [0.32, 0.44]", "[0.375, 0.385]"),
        ("2.1 (95% CI 1.2\u{2013}3.4)", "[2.05, 2.15]"),
        ("2.1, 95% CI [1.2, 3.4], p = .03", "[2.05, 2.15]"),
        ("95% CI: 1.2 to 3.4", "none"),
        ("0.0426*** (0.0008)", "[0.04255, 0.04265]"),
        ("0.38***", "[0.375, 0.385]"),
        ("d = 0.738", "[0.7375, 0.7385]"),
        ("OR 1.5 (1.2\u{2013}1.9)", "[1.45, 1.55]"),
        ("aHR: 0.8, 95% CI 0.7 to 0.9", "[0.75, 0.85]"),
        ("n = 1,234", "[1233.5, 1234.5]"),
        ("3.2 million", "[3150000, 3250000]"),
        ("\u{20AC}1.5bn", "[1450000000, 1550000000]"),
        ("23.16 minutes", "[23.155, 23.165]"),
        ("t(28) = 2.20, p = .036", "[2.195, 2.205]"),
        ("F(2, 1,234) = 3.1", "[3.05, 3.15]"),
        ("\u{2013}0.1", "[-0.15, -0.05]"),
        ("p = .000", "[0, 0.0005]"),
        ("0\u{B7}05", "[0.045, 0.055]"),
    ] {
        assert_eq!(interval(text), expected, "{text}");
    }
    let comma = Notation { decimal_comma: true, unit: None };
    let read = parse_as("0,0426", &comma).expect("a number").interval(Rounding::Unknown);
    assert_eq!(read.map(|read| read.to_string()).as_deref(), Some("[0.04255, 0.04265]"));
    let apples = Notation { decimal_comma: false, unit: Some("apples".to_owned()) };
    assert!(parse_as("5 apples", &apples).is_ok());
}

/// Each text, and the part of it that the error points at.
#[test]
fn what_is_meant_as_a_number_and_is_none_says_where_and_why() {
    for (text, at) in [
        ("1,23", ","),
        ("0,123", ","),
        ("1 234,567", ","),
        ("12..3", "..3"),
        ("3.4.5%", "."),
        ("33-28%", "-28%"),
        ("[0.44, 0.32]", "[0.44, 0.32]"),
        ("", ""),
        ("1 in 0", "in 0"),
        ("5 apples", "apples"),
        ("5*3", "3"),
        ("28% vs 33%", "vs 33%"),
        ("3.1 (SD = 0.4)", "SD"),
        ("0.0426 (0.0008", ""),
        ("2.4 times more", "times more"),
        ("5/3", "/3"),
        ("--5", "--5"),
        ("t() = 2", ")"),
        ("t(28) = x", "x"),
        ("F(2) = 3.1, p = .04", ")"),
        ("1e999999999999", "e999999999999"),
        ("1e999", "1e999"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(text.get(error.range.clone()), Some(at), "{text}: {error} at {:?}", error.range);
        assert!(!error.help.is_empty());
    }
    let long = "1".repeat(100_000);
    assert!(parse(&long).is_err() && parse(&"(".repeat(5_000)).is_err());
}

#[test]
fn a_number_prints_like_another() {
    let printed = amount_as("19%", &Notation::default()).expect("a number");
    let ours = decimal("0.188399941163").expect("a decimal");
    assert_eq!(printed.print_like(&ours), "19");
    let negative = amount_as("-0.10", &Notation::default()).expect("a number");
    assert_eq!(negative.print_like(&decimal("-0.095").expect("a decimal")), "-0.1");
}
