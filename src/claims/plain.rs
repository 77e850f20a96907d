//! The sentences that a journalist can quote: what was done, on what basis, what came out.
//!
//! Never stronger than the evidence. "Reproduced" is said only of numbers that came out the same on
//! the study's own data.

use num_traits::{Signed, Zero};

use super::candidate::Candidate;
use super::evidence::Book;
use super::model::{Claim, ReadingFrom};
use super::record::{Stability, Verdict};
use crate::expression::{Interval, Rational, nearest_float, rational_of, show};
use crate::results::{Basis, Code};

/// Returns two or three sentences on a verdict.
pub(super) fn plain(
    book: &Book<'_>,
    claim: &Claim,
    shown: &Candidate,
    turn: Option<&Stability>,
) -> String {
    let mut sentences = vec![printed(claim)];
    sentences.push(outcome(book, claim, shown));
    if let Some(conclusion) = conclusion(claim, shown) {
        sentences.push(conclusion);
    }
    let imported = shown.code.is_some_and(|code| code != Code::Reimplemented);
    if imported && shown.basis == Basis::PrintedNumbers {
        sentences.push("The recomputation was imported: we did not run it.".to_owned());
    }
    sentences.extend(shown.note.clone());
    sentences.extend(shown.marks.iter().filter_map(|mark| caution(mark, turn)));
    sentences.join(" ")
}

fn printed(claim: &Claim) -> String {
    let text = &claim.printed.text;
    match &claim.reads {
        Some(reading) => format!(
            "The study prints \u{201C}{text}\u{201D}, read here as {}{}.",
            reading.words(),
            match reading.from {
                ReadingFrom::Declared => "",
                ReadingFrom::Lexicon => " by the lexicon of vague words",
            }
        ),
        None => format!("The study prints {text}."),
    }
}

fn outcome(book: &Book<'_>, claim: &Claim, shown: &Candidate) -> String {
    let value = shown.value.map(|value| value_like(claim, value));
    let ours = value.clone().unwrap_or_else(|| "no number".to_owned());
    let doer = match shown.code {
        Some(Code::Authors) => {
            "The authors' own code, whose output was imported and which we did not run, gives"
        }
        Some(Code::External) => {
            "Someone else's code, whose output was imported and which we did not run, gives"
        }
        Some(Code::Reimplemented) | None => {
            "Our rerun of the stated method on the study's own data gives"
        }
    };
    match shown.verdict {
        Verdict::Void => "The evidence is broken: an input is not the file that was pinned, so nothing is said about this number.".to_owned(),
        Verdict::Exact => format!("{doer} {ours}, which prints the same: reproduced."),
        Verdict::Rounded if value.is_none() => "On the study's own data the statement comes out true: reproduced.".to_owned(),
        Verdict::Rounded => format!("{doer} {ours}, the same within the printed digits: reproduced."),
        Verdict::WithinTolerance => format!(
            "{doer} {ours}, within the declared tolerance of {}: close, not the same.",
            claim.tolerance.as_ref().map_or("", |tolerance| tolerance.text.value.as_str())
        ),
        Verdict::Differs => format!("{doer} {ours}, another number."),
        Verdict::Overturned => match value {
            Some(ours) => format!("{doer} {ours}, and the conclusion does not stand."),
            None => "On the study's own data the conclusion does not stand.".to_owned(),
        },
        Verdict::Compatible => format!("{} {ours}: the new data agree.", on_new_data(shown)),
        Verdict::NotCompatible => format!("{} {ours}: the new data disagree.", on_new_data(shown)),
        Verdict::Inconclusive => format!("{} {ours}: the new data cannot tell.", on_new_data(shown)),
        Verdict::AddsUp => adds_up(claim, shown),
        Verdict::DoesNotAddUp => does_not_add_up(book, claim, shown),
        Verdict::Impossible => "No data can give this number as it is printed.".to_owned(),
        Verdict::Possible => "Nothing in the study's other printed numbers rules it out. The number itself was not recomputed.".to_owned(),
        Verdict::Untestable => untestable(shown),
        Verdict::Unchecked => unchecked(shown),
    }
}

/// Who got a number from other data.
const fn on_new_data(shown: &Candidate) -> &'static str {
    match shown.code {
        Some(Code::Authors) => {
            "The authors' own code on other data, whose output was imported, gives"
        }
        Some(Code::External) => {
            "Someone else's code on other data, whose output was imported, gives"
        }
        Some(Code::Reimplemented) | None => "The same method on other data gives",
    }
}

fn adds_up(claim: &Claim, shown: &Candidate) -> String {
    let allowed = match (shown.from_rounding, shown.value) {
        (Some([low, high]), _) if value_like(claim, low) == value_like(claim, high) => format!(
            "Recomputed from other numbers that the study prints, it is {}",
            value_like(claim, low)
        ),
        (Some([low, high]), _) => format!(
            "Recomputed from other numbers that the study prints, it lies between {} and {}",
            value_like(claim, low),
            value_like(claim, high)
        ),
        (None, Some(value)) => format!(
            "Recomputed from other numbers that the study prints, it is {}",
            value_like(claim, value)
        ),
        (None, None) => "It fits the other numbers that the study prints".to_owned(),
    };
    format!("{allowed}: the study's numbers agree with each other. That is no rerun of the study.")
}

fn does_not_add_up(book: &Book<'_>, claim: &Claim, shown: &Candidate) -> String {
    let allowed = shown.from_rounding.map(|[low, high]| {
        let own = claim.interval(book.rounding).map_or_else(String::new, |own| {
            format!(", while its digits stand for {}", span(claim, &own))
        });
        format!(
            "Recomputed from other numbers that the study prints, it would lie between {} and {}{own}. ",
            value_like(claim, low),
            value_like(claim, high)
        )
    });
    let others: Vec<String> = shown
        .conflict
        .iter()
        .filter(|name| **name != claim.id.value)
        .filter_map(|name| book.claims.claim(name))
        .map(|other| format!("{} ({})", other.printed.text, other.id.value))
        .collect();
    let relations =
        book.claims.relations.iter().map(|relation| (&relation.id.value, &relation.says));
    let checks = book.claims.checks.iter().map(|check| (&check.id.value, &check.says));
    let inside = |id: &String| shown.conflict.contains(id);
    let mut relations: Vec<String> = relations
        .chain(checks)
        .filter(|(id, _)| inside(id))
        .map(|(_, says)| says.clone())
        .collect();
    relations.extend(book.claims.claims.iter().filter_map(|other| {
        let equals = &other.equals.as_ref()?.value;
        let all = inside(&other.id.value) && equals.names().iter().all(|(name, _)| inside(name));
        all.then(|| format!("{} is {}.", other.id.value, equals.text()))
    }));
    let set = match others.split_last() {
        None => {
            let own = allowed.unwrap_or_default();
            return format!("{own}As printed it does not agree with what is computed for it.");
        }
        Some((last, [])) => format!("It and {last} cannot both be right as printed"),
        Some((last, rest)) => {
            format!("It, {} and {last} cannot all be right as printed", rest.join(", "))
        }
    };
    let rule = if relations.is_empty() {
        String::new()
    } else {
        format!(" What ties them together: {}", relations.join(" "))
    };
    format!("{}{set}; which of them is wrong is not known.{rule}", allowed.unwrap_or_default())
}

fn untestable(shown: &Candidate) -> String {
    let why = match shown.reason.as_deref() {
        Some("withheld") => "the data that would give it are not public",
        Some("destroyed") => "the data that would give it were destroyed",
        Some("unspecified") => "the study does not say exactly what was computed",
        Some("not-quantified") => "it puts no number on what it says",
        Some("refused") => "the data were asked for and refused",
        _ => "the material for it is not public",
    };
    format!("It cannot be checked with public material: {why}.")
}

fn unchecked(shown: &Candidate) -> String {
    match (shown.reason.as_deref(), &shown.needs) {
        (Some("not-fetched"), Some(needs)) => {
            format!(
                "It was not checked: the data are not on this machine. `secondlook fetch {needs}` brings them."
            )
        }
        (Some("not-fetched"), None) => {
            "It was not checked: the data are not on this machine.".to_owned()
        }
        (Some("failed"), _) => "It was not checked: a step before it failed.".to_owned(),
        (Some("budget"), _) => "It was not decided within the effort allowed.".to_owned(),
        _ => "It was not checked: nothing has been tried yet.".to_owned(),
    }
}

fn conclusion(claim: &Claim, shown: &Candidate) -> Option<String> {
    claim.holds.as_ref()?;
    match (shown.verdict, shown.holds) {
        (Verdict::Differs | Verdict::WithinTolerance, Some(true)) => {
            Some("The conclusion drawn from it still stands.".to_owned())
        }
        (Verdict::Differs, None) => {
            Some("Whether the conclusion drawn from it stands could not be told.".to_owned())
        }
        _ => None,
    }
}

fn caution(mark: &str, turn: Option<&Stability>) -> Option<String> {
    let told = match mark {
        "chart-read" => Some("A number it rests on was read off a chart."),
        "single-transcription" => {
            Some("A number it rests on reached us through one transcription.")
        }
        "fragile" => match turn.map(|turn| (turn.kind.as_str(), turn)) {
            Some(("jitter" | "reading", turn)) => {
                return Some(format!("It hangs by little: {} would change it.", turn.by));
            }
            _ => Some("Another admitted rounding would change this verdict."),
        },
        "ambiguous" => Some("Under another reading of the text the numbers agree."),
        _ => None,
    };
    told.map(str::to_owned)
}

/// Writes a value the way the claim is printed, with two more digits.
pub(super) fn value_like(claim: &Claim, value: f64) -> String {
    rational_of(value).map_or_else(|| value.to_string(), |value| rational_like(claim, &value))
}

fn rational_like(claim: &Claim, value: &Rational) -> String {
    let amount = claim.reads.as_ref().map(|reading| &reading.low).or_else(|| claim.printed.first());
    let (scale, unit) = match amount {
        Some(amount) => (amount.scale.clone(), amount.digits.unit.clone()),
        None => (Rational::from_integer(1.into()), Rational::new(1.into(), 100.into())),
    };
    let suffix = match amount.map(|amount| amount.unit) {
        Some(super::printed::Unit::Percent) => "%",
        Some(super::printed::Unit::Points) => " percentage points",
        Some(super::printed::Unit::BasisPoints) => " basis points",
        Some(super::printed::Unit::Times) => "x",
        _ => "",
    };
    let in_unit = value / scale;
    let mut places = 0_usize;
    let mut step = Rational::from_integer(1.into());
    while step > unit && places < 12 {
        step /= Rational::from_integer(10.into());
        places += 1;
    }
    let whole = in_unit.is_integer() && places == 0;
    let places = if whole { 0 } else { places + 2 };
    format!("{}{suffix}", fixed(&in_unit, places))
}

/// Writes a rational with a number of decimals, half away from zero.
fn fixed(value: &Rational, places: usize) -> String {
    let scale = Rational::from_integer(num_traits::pow(10.into(), places));
    let half = Rational::new(1.into(), 2.into());
    let steps = ((value.abs() * &scale) + half).floor();
    let rounded = &steps / &scale;
    let text = show(&rounded);
    let (digits, part) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let sign = if value.is_negative() && !steps.is_zero() { "-" } else { "" };
    let grouped = group(digits);
    if places == 0 {
        return format!("{sign}{grouped}");
    }
    format!("{sign}{grouped}.{part:0<places$}")
}

fn group(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes an interval in the claim's unit.
fn span(claim: &Claim, interval: &Interval) -> String {
    let write = |value: &Rational| value_like(claim, nearest_float(value));
    match (interval.low.value(), interval.high.value()) {
        (Some(low), Some(high)) if low == high => write(low),
        (Some(low), Some(high)) => format!("{} to {}", write(low), write(high)),
        (Some(low), None) => format!("more than {}", write(low)),
        (None, Some(high)) => format!("less than {}", write(high)),
        (None, None) => "anything".to_owned(),
    }
}
