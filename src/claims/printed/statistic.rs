//! Test statistics and p values in the style of the APA: `t(28) = 2.20, p = .036`, `F(2, 28) = 4.1,
//! p < .05`, `χ²(3, N = 90) = 7.2, p = .07, one-tailed`, `z = -2.42`, `n.s.`

use super::number::{self, Within, amount};
use super::scan::Scan;
use super::{Amount, NotPrinted, Notation};
use crate::claims::forensic::p_value::Family;
use crate::claims::statistic::{PValue, Sign, Statistic};

const NAMES: [(&str, Family); 15] = [
    ("chi-square", Family::ChiSquare),
    ("chi-squared", Family::ChiSquare),
    ("chi square", Family::ChiSquare),
    ("chi2", Family::ChiSquare),
    ("chi\u{B2}", Family::ChiSquare),
    ("\u{3C7}2", Family::ChiSquare),
    ("\u{3C7}\u{B2}", Family::ChiSquare),
    ("X2", Family::ChiSquare),
    ("X\u{B2}", Family::ChiSquare),
    ("t", Family::T),
    ("F", Family::F),
    ("r", Family::R),
    ("z", Family::Z),
    ("Q", Family::Q),
    ("rho", Family::R),
];
const STATISTIC: &str = "write `t(28) = 2.20, p = .036`, `F(2, 28) = 3.1, p < .05`, `\u{3C7}\u{B2}(3, N = 90) = 7.2, p = .07`, `r(24) = .41, p = .04` or `z = 2.42, p = .016`";

/// Reads a test statistic; leaves the text as it was where none stands there.
pub(super) fn statistic(
    scan: &mut Scan,
    notation: &Notation,
) -> Result<Option<Statistic>, NotPrinted> {
    let start = scan.here();
    let found = NAMES.iter().find(|(name, _)| scan.word(name));
    let Some((name, family)) = found.copied() else { return Ok(None) };
    // `T`, `f` and `R` are other statistics than `t`, `F` and `r`.
    if name.len() == 1 && name != "z" && scan.text(start..scan.here()) != name {
        scan.back(start);
        return Ok(None);
    }
    scan.spaces();
    let bracket = scan.eat('(');
    if !bracket && !matches!(scan.peek(0), Some('=' | '<' | '>')) {
        scan.back(start);
        return Ok(None);
    }
    let freedom = if bracket { freedom(scan, notation, family)? } else { Vec::new() };
    scan.spaces();
    let sign = sign(scan).ok_or_else(|| scan.unexpected(STATISTIC))?;
    scan.spaces();
    let value = amount(scan, notation, Within::Alone)?;
    if family == Family::Z && !freedom.is_empty() {
        return Err(scan.wrong(start, "z has no degrees of freedom", STATISTIC));
    }
    let mut statistic = Statistic { family, freedom, sign, value, p: None, one_sided: false };
    behind(scan, notation, &mut statistic)?;
    Ok(Some(statistic))
}

/// What stands behind a statistic: its p value, and whether the test is one-sided.
fn behind(
    scan: &mut Scan,
    notation: &Notation,
    statistic: &mut Statistic,
) -> Result<(), NotPrinted> {
    loop {
        let here = scan.here();
        scan.spaces();
        while matches!(scan.peek(0), Some(',' | ';' | '(' | ')' | ' ' | '*')) {
            scan.next();
        }
        if scan.any(&["one-tailed", "one-sided", "1-tailed", "one tailed", "one sided"]).is_some() {
            statistic.one_sided = true;
        } else if scan.any(&["two-tailed", "two-sided", "2-tailed", "two tailed"]).is_some() {
            statistic.one_sided = false;
        } else if statistic.freedom.is_empty() && scan.word("df") {
            scan.spaces();
            scan.eat('=');
            scan.spaces();
            let start = scan.here();
            let number = amount(scan, notation, Within::Alone)?;
            if number.digits.negative || number.digits.value == num_traits::Zero::zero() {
                return Err(scan.wrong(start, "degrees of freedom are above zero", STATISTIC));
            }
            statistic.freedom.push(number);
        } else if statistic.p.is_none()
            && let Some(p) = p_value(scan, notation)?
        {
            statistic.p = Some(p);
        } else {
            if !scan.ended() {
                scan.back(here);
            }
            return Ok(());
        }
    }
}

/// Reads `28`, `2, 28` or `3, N = 90` and the closing bracket.
fn freedom(
    scan: &mut Scan,
    notation: &Notation,
    family: Family,
) -> Result<Vec<Amount>, NotPrinted> {
    let mut found = Vec::new();
    loop {
        scan.spaces();
        let start = scan.here();
        let sample = scan.any(&["N", "n"]).is_some() && {
            scan.spaces();
            scan.eat('=')
        };
        if scan.word("df") {
            scan.spaces();
            scan.eat('=');
        }
        scan.spaces();
        let within = match (family, found.is_empty()) {
            (Family::F, true) => Within::First,
            (Family::F, false) => Within::List,
            _ => Within::Alone,
        };
        let number = amount(scan, notation, within)?;
        if number.digits.negative || number.digits.value == num_traits::Zero::zero() {
            return Err(scan.wrong(start, "degrees of freedom are above zero", STATISTIC));
        }
        if !sample {
            found.push(number);
        }
        scan.spaces();
        if scan.eat(')') {
            break;
        }
        if !(scan.eat(',') || scan.eat(';')) {
            return Err(scan.unexpected(STATISTIC));
        }
    }
    if found.len() == family.freedoms() || (family == Family::Z && found.len() == 1) {
        return Ok(found);
    }
    let wanted = family.freedoms();
    let message = format!("{} has {wanted} degrees of freedom, not {}", family.word(), found.len());
    Err(scan.wrong(scan.here() - 1, message, STATISTIC))
}

fn sign(scan: &mut Scan) -> Option<Sign> {
    let found = scan.any(&["<=", ">=", "\u{2264}", "\u{2265}", "=", "<", ">"])?;
    Some(match found {
        "<" => Sign::Below(false),
        ">" => Sign::Above(false),
        "<=" | "\u{2264}" => Sign::Below(true),
        ">=" | "\u{2265}" => Sign::Above(true),
        _ => Sign::Equal,
    })
}

/// Reads `p < .001`, `p = .036`, `p = n.s.` or `n.s.`; leaves the text as it was where none stands there.
pub(super) fn p_value(scan: &mut Scan, notation: &Notation) -> Result<Option<PValue>, NotPrinted> {
    let start = scan.here();
    if not_significant(scan) {
        return Ok(Some(PValue::NotSignificant));
    }
    if scan.any(&["p-value", "p value", "p"]).is_none() {
        return Ok(None);
    }
    scan.spaces();
    let named = if scan.eat(':') || scan.word("of") { Some(Sign::Equal) } else { sign(scan) };
    let Some(sign) = named else {
        scan.back(start);
        return Ok(None);
    };
    scan.spaces();
    if not_significant(scan) {
        return Ok(Some(PValue::NotSignificant));
    }
    if !number::begins(scan) {
        return Err(scan.wrong(
            start,
            "this is no p value",
            "write `p < .001`, `p = .036` or `n.s.`",
        ));
    }
    let value = amount(scan, notation, Within::Alone)?;
    Ok(Some(PValue::Number(sign, Box::new(value))))
}

fn not_significant(scan: &mut Scan) -> bool {
    scan.any(&["n.s.", "n.s", "ns", "not significant", "nonsignificant", "non-significant"])
        .is_some()
}
