//! What a printed number may look like: the forms around one number, two, or a number and its error.

use num_traits::{One, Signed, Zero};

use super::number::{self, Within, amount};
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
const INTERVAL: &str = "write a confidence interval as `[0.32, 0.44]`";

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

/// `n = 28`, `d = 0.738`: a name before an equals sign says what the number is, and is left out.
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
    scan.spaces();
    let named = (1..=12).contains(&letters) && scan.eat('=');
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

/// What may stand behind the first number.
fn after(
    scan: &mut Scan,
    notation: &Notation,
    value: Amount,
    beside: &mut Printed,
) -> Result<Shape, NotPrinted> {
    let next = |scan: &mut Scan| {
        scan.spaces();
        amount(scan, notation, Within::Alone)
    };
    scan.spaces();
    let start = scan.here();
    if scan.eat('\u{2013}') || scan.word("to ") || dash(scan) {
        let high = next(scan)?;
        return range(scan, start, value, high);
    }
    if scan.eat(':') {
        let other = next(scan)?;
        return ratio(scan, start, value, &other);
    }
    if scan.word("in every ") || scan.word("in ") || scan.word("-in-") {
        let whole = next(scan)?;
        return in_all(scan, start, value, whole);
    }
    if scan.word("out of ") || counted_of(scan) || scan.eat('/') {
        let whole = next(scan)?;
        return counted(scan, start, value, whole);
    }
    let mut shape = Shape::Number(value.clone());
    if scan.eat('\u{B1}') || scan.word("+/-") || scan.word("+-") {
        let error = next(scan)?;
        shape = Shape::WithError(value.clone(), error_of(scan, start, &value, error)?);
    }
    loop {
        stars(scan);
        let start = scan.here();
        if scan.eat('(') {
            bracket(scan, notation, &value, &mut shape, beside)?;
            continue;
        }
        scan.eat(',');
        scan.eat(';');
        scan.spaces();
        if let Some([low, high]) = interval(scan, notation)? {
            let (low, high) = (like(&value, low), like(&value, high));
            beside.confidence = Some([low, high]);
        } else if let Some(p) = statistic::p_value(scan, notation)? {
            beside.p = Some(p);
        } else {
            scan.back(start);
            return Ok(shape);
        }
    }
}

/// Says whether `in 5`, `out of 5` or `of every 5` comes next.
fn out_of(scan: &Scan) -> bool {
    let mut ahead = scan.clone();
    ahead.spaces();
    ahead.any(&["in every ", "in ", "out of ", "of every "]).is_some() && number::begins(&ahead)
}

/// `13 of 21`; in `5% of users` no number follows.
fn counted_of(scan: &mut Scan) -> bool {
    let here = scan.here();
    if scan.word("of ") && number::begins(scan) {
        return true;
    }
    scan.back(here);
    false
}

fn stars(scan: &mut Scan) {
    scan.spaces();
    while scan.peek(0) == Some('*') {
        scan.next();
    }
    scan.spaces();
}

/// `28-33%`: a hyphen between two numbers.
fn dash(scan: &mut Scan) -> bool {
    let here = scan.here();
    if scan.eat('-') {
        scan.spaces();
        if number::begins(scan) {
            return true;
        }
        scan.back(here);
    }
    false
}

/// What a bracket behind a number holds: a standard error, an interval, a p value.
fn bracket(
    scan: &mut Scan,
    notation: &Notation,
    value: &Amount,
    shape: &mut Shape,
    beside: &mut Printed,
) -> Result<(), NotPrinted> {
    let start = scan.here();
    scan.spaces();
    if scan.any(&["standard deviation", "SD"]).is_some() {
        return Err(scan.wrong(
            start,
            "a standard deviation says nothing of how sure the number is",
            "make the mean and the standard deviation two claims",
        ));
    }
    let named = scan.any(&["standard error", "std. err.", "s.e.", "SE"]).is_some();
    scan.spaces();
    if named && (scan.eat('=') || scan.eat(':') || scan.word("of")) {
        scan.spaces();
    }
    if !named && let Some([low, high]) = interval(scan, notation)? {
        beside.confidence = Some([like(value, low), like(value, high)]);
    } else if let Some(p) = statistic::p_value(scan, notation)? {
        beside.p = Some(p);
    } else {
        let first = amount(scan, notation, Within::List)?;
        scan.spaces();
        if !named && (scan.eat('\u{2013}') || scan.eat(',') || scan.eat(';') || scan.word("to ")) {
            scan.spaces();
            let second = amount(scan, notation, Within::List)?;
            let [low, high] = ordered(scan, start, first, second)?;
            beside.confidence = Some([like(value, low), like(value, high)]);
        } else {
            *shape = Shape::WithError(value.clone(), error_of(scan, start, value, first)?);
        }
    }
    stars(scan);
    while scan.eat(',') || scan.eat(';') {
        scan.spaces();
        if let Some(p) = statistic::p_value(scan, notation)? {
            beside.p = Some(p);
        } else if let Some([low, high]) = interval(scan, notation)? {
            beside.confidence = Some([like(value, low), like(value, high)]);
        } else {
            break;
        }
        stars(scan);
    }
    if !scan.eat(')') {
        return Err(scan.unexpected(
            "a bracket holds a standard error, `95% CI 1.2\u{2013}3.4` or `p = .03`, and is closed by `)`",
        ));
    }
    Ok(())
}

/// `95% CI 1.2–3.4`, `[0.32, 0.44]`, `CI: 1.2 to 3.4`
fn interval(scan: &mut Scan, notation: &Notation) -> Result<Option<[Amount; 2]>, NotPrinted> {
    let start = scan.here();
    let level = scan.clone();
    let levelled = number::begins(scan)
        && amount(scan, notation, Within::Alone).is_ok_and(|level| level.unit == Unit::Percent);
    if !levelled {
        *scan = level;
    }
    scan.spaces();
    let named = scan.any(&["confidence interval", "credible interval", "CI", "CrI"]).is_some();
    if levelled && !named {
        scan.back(start);
        return Ok(None);
    }
    scan.spaces();
    if named && (scan.eat(':') || scan.eat('=') || scan.word("of")) {
        scan.spaces();
    }
    let closing = match scan.peek(0) {
        Some('[') => Some(']'),
        Some('(') if named => Some(')'),
        _ if named => None,
        _ => {
            scan.back(start);
            return Ok(None);
        }
    };
    if closing.is_some() {
        scan.next();
        scan.spaces();
    }
    let low = amount(scan, notation, Within::List)?;
    scan.spaces();
    if !(scan.eat(',') || scan.eat(';') || scan.eat('\u{2013}') || scan.word("to ") || dash(scan)) {
        return Err(scan.unexpected(INTERVAL));
    }
    scan.spaces();
    let high = amount(scan, notation, Within::List)?;
    scan.spaces();
    if let Some(closing) = closing
        && !scan.eat(closing)
    {
        return Err(scan.unexpected(INTERVAL));
    }
    ordered(scan, start, low, high).map(Some)
}

fn ordered(
    scan: &Scan,
    start: usize,
    low: Amount,
    high: Amount,
) -> Result<[Amount; 2], NotPrinted> {
    let (low, high) = share_unit(low, high);
    if low.value() > high.value() {
        return Err(scan.wrong(start, "the ends are in the wrong order", INTERVAL));
    }
    Ok([low, high])
}

fn range(scan: &Scan, start: usize, low: Amount, high: Amount) -> Result<Shape, NotPrinted> {
    let (low, high) = share_unit(low, high);
    if low.value() > high.value() {
        return Err(scan.wrong(
            start,
            "a range begins with its smaller number",
            "write `28\u{2013}33%`, the smaller number first; a ratio is `2.4:1`",
        ));
    }
    Ok(Shape::Between(low, high))
}

/// `28–33%`: a unit after the second number belongs to both.
fn share_unit(low: Amount, high: Amount) -> (Amount, Amount) {
    let low = like(&high, low);
    (low, high)
}

/// A number without a unit beside one that has one counts in that unit.
fn like(other: &Amount, mut bare: Amount) -> Amount {
    if bare.unit == Unit::Plain && bare.scale.is_one() {
        bare.unit = other.unit;
        bare.scale = other.scale.clone();
    }
    bare
}

/// The bracket of `0.0426 (0.0008)` and `+6.4 pp (0.7)` counts in the unit of the value.
fn error_of(
    scan: &Scan,
    start: usize,
    value: &Amount,
    error: Amount,
) -> Result<Amount, NotPrinted> {
    if error.digits.negative {
        return Err(scan.wrong(
            start,
            "a standard error is never negative",
            "write `value (standard error)`; an interval is `[0.32, 0.44]`",
        ));
    }
    let other = error.unit != Unit::Plain && value.unit == Unit::Plain && value.scale.is_one();
    if other {
        return Err(scan.wrong(
            start,
            "the bracket counts in another unit than the number: it is no standard error",
            "make each number a claim of its own",
        ));
    }
    Ok(like(value, error))
}

/// `2.4:1`
fn ratio(scan: &Scan, start: usize, value: Amount, other: &Amount) -> Result<Shape, NotPrinted> {
    if !other.value().is_one() || other.unit != Unit::Plain {
        return Err(scan.wrong(
            start,
            "a ratio is printed against one",
            "write `2.4:1` or `2.4x`; `13 of 21` is a share",
        ));
    }
    Ok(Shape::Number(Amount { unit: Unit::Times, ..value }))
}

/// `1 in 270`
fn in_all(scan: &Scan, start: usize, part: Amount, whole: Amount) -> Result<Shape, NotPrinted> {
    if !whole.value().is_positive() {
        return Err(scan.wrong(start, "this divides by nothing", "write `1 in 270`"));
    }
    if !part.value().is_integer() || part.value().is_negative() {
        return Err(scan.wrong(start, "before `in` stands a whole number", "write `1 in 270`"));
    }
    if part.value() > whole.value() {
        return Err(scan.wrong(start, "this is more than the whole", "write `1 in 270`"));
    }
    Ok(Shape::OneIn(part, whole))
}

/// `13 of 21`, `13/21`: counts
fn counted(scan: &Scan, start: usize, part: Amount, whole: Amount) -> Result<Shape, NotPrinted> {
    let count = |amount: &Amount| {
        amount.value().is_integer() && !amount.digits.negative && amount.unit == Unit::Plain
    };
    if !count(&part) || !count(&whole) || whole.value().is_zero() || part.value() > whole.value() {
        return Err(scan.wrong(
            start,
            "a share of counts is a whole number out of a larger one",
            "write `13 of 21` or `13/21`",
        ));
    }
    Ok(Shape::Fraction(part, whole))
}
