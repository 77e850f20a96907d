//! What two printed numbers make of each other: a range, a ratio, a share, a value and its error.

use num_traits::{One, Signed, Zero};

use super::scan::Scan;
use super::{Amount, NotPrinted, Shape, Unit};

pub(super) const INTERVAL: &str = "write a confidence interval as `[0.32, 0.44]`";

pub(super) fn ordered(
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

pub(super) fn range(
    scan: &Scan,
    start: usize,
    low: Amount,
    high: Amount,
) -> Result<Shape, NotPrinted> {
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
pub(super) fn like(other: &Amount, mut bare: Amount) -> Amount {
    if bare.unit == Unit::Plain && bare.scale.is_one() {
        bare.unit = other.unit;
        bare.scale = other.scale.clone();
    }
    bare
}

/// The bracket of `0.0426 (0.0008)` and `+6.4 pp (0.7)` counts in the unit of the value.
pub(super) fn error_of(
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
pub(super) fn ratio(
    scan: &Scan,
    start: usize,
    value: Amount,
    other: &Amount,
) -> Result<Shape, NotPrinted> {
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
pub(super) fn in_all(
    scan: &Scan,
    start: usize,
    part: Amount,
    whole: Amount,
) -> Result<Shape, NotPrinted> {
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
pub(super) fn counted(
    scan: &Scan,
    start: usize,
    part: Amount,
    whole: Amount,
) -> Result<Shape, NotPrinted> {
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
