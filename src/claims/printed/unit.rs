//! What may follow a number: its unit, and what one of it is worth.

use super::scan::Scan;
use super::{NotPrinted, Notation, Unit};

/// What may follow a number: its unit, and the power of ten that one of it is worth.
const UNITS: [(&str, Unit, i32); 33] = [
    ("percentage points", Unit::Points, -2),
    ("percentage point", Unit::Points, -2),
    ("percentage-points", Unit::Points, -2),
    ("percentage-point", Unit::Points, -2),
    ("percent points", Unit::Points, -2),
    ("%-points", Unit::Points, -2),
    ("% points", Unit::Points, -2),
    ("percent", Unit::Percent, -2),
    ("per cent", Unit::Percent, -2),
    ("pct", Unit::Percent, -2),
    ("basis points", Unit::BasisPoints, -4),
    ("basis point", Unit::BasisPoints, -4),
    ("bps", Unit::BasisPoints, -4),
    ("bp", Unit::BasisPoints, -4),
    ("points", Unit::Points, -2),
    ("p.p.", Unit::Points, -2),
    ("ppts", Unit::Points, -2),
    ("ppt", Unit::Points, -2),
    ("pps", Unit::Points, -2),
    ("pp", Unit::Points, -2),
    ("%", Unit::Percent, -2),
    ("\u{2030}", Unit::Plain, -3),
    ("times", Unit::Times, 0),
    ("-fold", Unit::Times, 0),
    ("fold", Unit::Times, 0),
    ("x", Unit::Times, 0),
    ("billion", Unit::Plain, 9),
    ("bn", Unit::Plain, 9),
    ("million", Unit::Plain, 6),
    ("mn", Unit::Plain, 6),
    ("thousand", Unit::Plain, 3),
    ("k", Unit::Plain, 3),
    ("trillion", Unit::Plain, 12),
];

/// Units of their own, which change nothing in the number.
const OWN_UNITS: [&str; 33] = [
    "\u{20AC}",
    "\u{A3}",
    "\u{A5}",
    "$",
    "seconds",
    "second",
    "sec",
    "minutes",
    "minute",
    "min",
    "hours",
    "hour",
    "hrs",
    "hr",
    "h",
    "days",
    "day",
    "weeks",
    "week",
    "months",
    "month",
    "years",
    "year",
    "yrs",
    "dollars",
    "USD",
    "euros",
    "EUR",
    "pounds",
    "GBP",
    "people",
    "participants",
    "respondents",
];

/// Reads the unit behind a number, if there is one.
pub(super) fn unit(scan: &mut Scan, notation: &Notation) -> Result<(Unit, i32), NotPrinted> {
    let before = scan.here();
    scan.spaces();
    let start = scan.here();
    let known = |own: &&str| !own.is_empty() && UNITS.iter().all(|(word, ..)| word != own);
    if let Some(own) = notation.unit.as_deref().filter(known)
        && scan.word(own)
    {
        return Ok((Unit::Plain, 0));
    }
    if let Some(power) = capital(scan) {
        behind(scan);
        return Ok((Unit::Plain, power));
    }
    for (word, unit, power) in UNITS {
        if !scan.word(word) {
            continue;
        }
        if unit == Unit::Times {
            times(scan, start)?;
        }
        if unit == Unit::Plain {
            behind(scan);
        }
        return Ok((unit, power));
    }
    if scan.any(&OWN_UNITS).is_none() {
        scan.back(before);
    }
    Ok((Unit::Plain, 0))
}

/// `$3.2M`, `5B`: capitals, for `m` is also a metre and a minute.
fn capital(scan: &mut Scan) -> Option<i32> {
    let power = match scan.peek(0)? {
        'M' => 6,
        'B' => 9,
        _ => return None,
    };
    if scan.peek(1).is_some_and(char::is_alphanumeric) {
        return None;
    }
    scan.next();
    Some(power)
}

/// Skips a unit of its own: `3.2 million dollars`.
fn behind(scan: &mut Scan) {
    let here = scan.here();
    scan.spaces();
    if scan.any(&OWN_UNITS).is_none() {
        scan.back(here);
    }
}

/// `2.4 times as many` is a ratio of 2.4; `2.4 times more` may be 2.4 or 3.4.
fn times(scan: &mut Scan, start: usize) -> Result<(), NotPrinted> {
    let behind = scan.here();
    scan.spaces();
    if scan.word("as") {
        while scan.next().is_some() {}
        return Ok(());
    }
    if scan.any(&["more", "higher", "larger", "greater", "faster", "longer", "less"]).is_some() {
        return Err(scan.wrong(
            start,
            "this can be read in two ways: a ratio, or a ratio less one",
            "write the ratio that the source means as `2.4x`, or say `reads`",
        ));
    }
    scan.back(behind);
    Ok(())
}
