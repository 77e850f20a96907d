//! What a printed number may look like: the forms around one number, two, or a number and its error.

use num_traits::One;

use super::behind::{after, interval};
use super::number::{self, Within, amount};
use super::pair::{in_all, range};
use super::scan::Scan;
use super::{Amount, NotPrinted, Notation, Printed, Shape, Side, Unit, statistic};
use crate::claims::lexicon;
use crate::claims::statistic::{PValue, Sign};
use crate::expression::Rational;

const ABOUT: [&str; 11] = [
    "c.",
    "~",
    "about",
    "around",
    "roughly",
    "approximately",
    "approx.",
    "approx",
    "ca.",
    "circa",
    "some",
];
const UNDER: [&str; 8] = [
    "nearly",
    "almost",
    "just under",
    "just below",
    "close to",
    "slightly less than",
    "slightly under",
    "a little less than",
];
const OVER: [&str; 6] = [
    "just over",
    "just above",
    "slightly more than",
    "slightly over",
    "a little more than",
    "a little over",
];
const AT_LEAST: [&str; 5] = ["\u{2265}", ">=", "at least", "no less than", "no fewer than"];
const AT_MOST: [&str; 5] = ["\u{2264}", "<=", "at most", "up to", "no more than"];
const MORE: [&str; 7] =
    [">", "more than", "over", "above", "greater than", "higher than", "exceeding"];
const LESS: [&str; 7] =
    ["<", "less than", "under", "below", "fewer than", "lower than", "smaller than"];
const ONE_NUMBER: &str =
    "make each number a claim of its own, or leave out the words behind the number";
const BRACKET: &str =
    "an interval is written `[0.32, 0.44]`, a standard error behind its value: `0.0426 (0.0008)`";

/// Reads a whole printed text.
pub(super) fn printed(text: &str, notation: &Notation) -> Result<Printed, NotPrinted> {
    let mut scan = Scan::new(text)?;
    let mut printed = Printed {
        text: text.to_owned(),
        shape: Shape::Words,
        probability: false,
        confidence: None,
        p: None,
    };
    if let Some(found) = statistic::statistic(&mut scan, notation)? {
        finish(&mut scan)?;
        printed.shape = Shape::Statistic(found);
        return Ok(printed);
    }
    if let Some(p) = statistic::p_value(&mut scan, notation)? {
        finish(&mut scan)?;
        printed.probability = true;
        printed.shape = match p {
            PValue::NotSignificant => Shape::NotSignificant,
            PValue::Number(Sign::Equal, amount) => Shape::Number(*amount),
            PValue::Number(Sign::Below(closed), amount) => Shape::Below(*amount, closed),
            PValue::Number(Sign::Above(closed), amount) => Shape::Above(*amount, closed),
        };
        return Ok(printed);
    }
    label(&mut scan);
    printed.shape = shape(&mut scan, notation, &mut printed)?;
    if !matches!(printed.shape, Shape::Words) {
        finish(&mut scan)?;
    }
    Ok(printed)
}

/// Skips stars of significance and asks that nothing else follows.
pub(super) fn finish(scan: &mut Scan) -> Result<(), NotPrinted> {
    scan.spaces();
    let start = scan.here();
    while scan.peek(0).is_some_and(|next| matches!(next, '*' | '\u{2020}' | '\u{2021}')) {
        scan.next();
    }
    if scan.here() - start > 4 {
        return Err(scan.wrong(start, "these are too many stars", ONE_NUMBER));
    }
    scan.spaces();
    if scan.ended() {
        return Ok(());
    }
    if number::begins(scan) {
        return Err(scan.unexpected(ONE_NUMBER));
    }
    if scan.peek(0).is_some_and(lexicon::is_fraction) {
        return Err(
            scan.unexpected("write the number with decimals: `2.5`, with `reads` for its slack")
        );
    }
    let word: String =
        scan.rest().chars().take_while(|next| next.is_alphanumeric() || *next == ' ').collect();
    let word = word.trim();
    Err(scan.unexpected(if word.is_empty() {
        ONE_NUMBER.to_owned()
    } else if word == "m" {
        "write `million`; where metres or minutes are meant, declare `unit = \"m\"`".to_owned()
    } else {
        format!("leave the words out, or declare the unit: `unit = \"{word}\"`")
    }))
}

/// What effects are called: their names need no sign before the number.
const EFFECTS: [&str; 9] = ["OR", "aOR", "RR", "aRR", "HR", "aHR", "IRR", "SMD", "RD"];

/// `n = 28`, `d = 0.738`, `OR 1.5`: a name says what the number is, and is left out.
fn label(scan: &mut Scan) {
    let start = scan.here();
    let mut letters = 0;
    let inside = |next: char| next.is_alphanumeric() || "\u{B2}_".contains(next);
    while scan
        .peek(0)
        .is_some_and(|next| if letters == 0 { next.is_alphabetic() } else { inside(next) })
    {
        scan.next();
        letters += 1;
    }
    let effect = EFFECTS.contains(&scan.text(start..scan.here()).as_str());
    scan.spaces();
    let named = (1..=12).contains(&letters) && (scan.eat('=') || scan.eat(':') || effect);
    scan.spaces();
    if !named || !number::begins(scan) {
        scan.back(start);
        if scan.eat('=') {
            scan.spaces();
        }
    }
}

/// Words before a number, and what they make of it.
type Bound = (&'static [&'static str], fn(Amount) -> Shape);

const BOUNDS: [Bound; 7] = [
    (&ABOUT, |amount| Shape::About(amount, Side::Both)),
    (&UNDER, |amount| Shape::About(amount, Side::Under)),
    (&OVER, |amount| Shape::About(amount, Side::Over)),
    (&AT_LEAST, |amount| Shape::Above(amount, true)),
    (&AT_MOST, |amount| Shape::Below(amount, true)),
    (&MORE, |amount| Shape::Above(amount, false)),
    (&LESS, |amount| Shape::Below(amount, false)),
];

fn shape(scan: &mut Scan, notation: &Notation, beside: &mut Printed) -> Result<Shape, NotPrinted> {
    let start = scan.here();
    for (list, make) in BOUNDS {
        if scan.any(list).is_some() {
            scan.spaces();
            // `more than 90%` has a number, `more than twice` has words.
            if number::begins(scan) {
                let value = amount(scan, notation, Within::Alone)?;
                if !out_of(scan) {
                    return Ok(make(value));
                }
                // `nearly 1 in 5` is a share in words.
                scan.back(start);
                return Ok(Shape::Words);
            }
            scan.back(start);
        }
    }
    if let Some(found) = worded_range(scan, notation)? {
        return Ok(found);
    }
    if scan.word("one in ") || scan.word("one out of ") || scan.word("one of every ") {
        if number::begins(scan) {
            let whole = amount(scan, notation, Within::Alone)?;
            return in_all(scan, start, one(), whole);
        }
        scan.back(start);
    }
    if let Some([low, high]) = interval(scan, notation)? {
        return Ok(Shape::Confidence(low, high));
    }
    if !number::begins(scan) {
        scan.back(start);
        // Words begin with a letter: a sign or a bracket was meant as a number.
        if scan.peek(0).is_some_and(|next| next.is_alphabetic() || lexicon::is_fraction(next)) {
            return Ok(Shape::Words);
        }
        return Err(scan.unexpected(if scan.peek(0) == Some('(') {
            BRACKET
        } else {
            number::FORMS
        }));
    }
    let value = amount(scan, notation, Within::Alone)?;
    after(scan, notation, value, beside)
}

fn one() -> Amount {
    let one = Rational::one();
    let digits =
        crate::claims::rounding::Digits { value: one.clone(), unit: one.clone(), negative: false };
    Amount { digits, unit: Unit::Plain, scale: one }
}

/// `between 28 and 33%`, `from 28% to 33%`
fn worded_range(scan: &mut Scan, notation: &Notation) -> Result<Option<Shape>, NotPrinted> {
    let start = scan.here();
    for (before, middle) in [("between", "and"), ("from", "to")] {
        if !scan.word(before) {
            continue;
        }
        scan.spaces();
        if !number::begins(scan) {
            scan.back(start);
            return Ok(None);
        }
        let low = amount(scan, notation, Within::Alone)?;
        scan.spaces();
        if !scan.word(middle) {
            return Err(scan.unexpected(format!("write `{before} 28% {middle} 33%`")));
        }
        scan.spaces();
        let high = amount(scan, notation, Within::Alone)?;
        return range(scan, start, low, high).map(Some);
    }
    Ok(None)
}

/// Says whether `in 5`, `out of 5` or `of every 5` comes next.
fn out_of(scan: &Scan) -> bool {
    let mut ahead = scan.clone();
    ahead.spaces();
    ahead.any(&["in every ", "in ", "out of ", "of every "]).is_some() && number::begins(&ahead)
}
