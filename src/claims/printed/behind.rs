//! What may stand behind a printed number: a second one, a bracket, an interval, a p value.

use super::number::{self, Within, amount};
use super::pair::{INTERVAL, counted, error_of, in_all, like, ordered, range, ratio};
use super::scan::Scan;
use super::{Amount, NotPrinted, Notation, Printed, Shape, Unit, statistic};

/// What may stand behind the first number.
pub(super) fn after(
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
pub(super) fn interval(
    scan: &mut Scan,
    notation: &Notation,
) -> Result<Option<[Amount; 2]>, NotPrinted> {
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
