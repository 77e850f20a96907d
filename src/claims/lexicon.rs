//! What vague words stand for: `nearly half`, `more than twice`, `most`, `hundreds of`.
//!
//! A reading is wide on purpose: a verdict may rest on it only where the words are clearly wrong. Where a
//! study or a reader means something else, `reads` says so and wins. Every reading is shown with its reason.
//!
//! *Sources*: words for round numbers are approximations whose slack grows with the number (Krifka 2007,
//! "Approximate interpretation of number words"); `more than` has no upper end by meaning (Cummins, Sauerland &
//! Solt 2012); `most` is more than half (Hackl 2009). Widths that no source gives are ours, and say so.

mod words;

use self::words::{
    BEHIND, CHANGE, COUNTING, FRACTIONS, HALVED, MODIFIERS, Modifier, NUMBERS, ONE_IN, PHRASES,
};
use super::printed::Unit;
use crate::expression::{End, Interval, Rational, decimal};

/// What a phrase stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Every number that it may stand for.
    pub interval: Interval,
    /// How the numbers are shown.
    pub unit: Unit,
    /// Why.
    pub why: &'static str,
}

/// Says whether a character is a fraction: `\u{BD}`.
pub(super) fn is_fraction(character: char) -> bool {
    FRACTIONS.iter().any(|(fraction, _)| *fraction == character)
}

/// Returns what a phrase stands for; `None` where it is not in the lexicon.
#[must_use]
pub fn look_up(text: &str) -> Option<Entry> {
    if text.len() > 200 {
        return None;
    }
    let mut spelled = String::new();
    for next in text.chars() {
        match FRACTIONS.iter().find(|(fraction, _)| *fraction == next) {
            Some((_, words)) => spelled += words,
            None => spelled.push(next),
        }
    }
    let plain: String = spelled
        .replace(',', "")
        .to_lowercase()
        .chars()
        .map(|next| if next.is_alphanumeric() { next } else { ' ' })
        .collect();
    let phrase = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = ["the ", "an ", "a "].iter().find_map(|article| phrase.strip_prefix(article));
    let bare = bare.unwrap_or(&phrase);
    whole(&phrase)
        .or_else(|| modified(&phrase))
        .or_else(|| {
            ["", "a ", "the "].iter().find_map(|article| whole(&format!("{article}{bare}")))
        })
        .or_else(|| modified(bare))
}

fn whole(phrase: &str) -> Option<Entry> {
    let stems = ["fell ", "rose ", "grew ", "by "];
    let phrase = stems.iter().fold(phrase, |rest, stem| rest.strip_prefix(stem).unwrap_or(rest));
    let found = PHRASES.iter().filter(|(words, ..)| stands(phrase, words, false));
    let (_, low, low_in, high, high_in, unit, why) = found.max_by_key(|(words, ..)| words.len())?;
    let end = |text: &str, inside: bool| {
        decimal(text).map(|value| if inside { End::Closed(value) } else { End::Open(value) })
    };
    let interval = Interval { low: end(low, *low_in)?, high: end(high, *high_in)? };
    Some(Entry { interval, unit: *unit, why })
}

fn modified(phrase: &str) -> Option<Entry> {
    let stems = ["fell by ", "rose by ", "grew by ", "up by ", "down by ", "up ", "down ", "by "];
    let stem = stems.iter().find_map(|stem| phrase.strip_prefix(stem));
    let phrase = stem.filter(|rest| !rest.starts_with("to ")).unwrap_or(phrase);
    let found = MODIFIERS.iter().find_map(|(word, modifier)| {
        phrase.strip_prefix(word)?.strip_prefix(' ').map(|rest| (*modifier, rest))
    });
    let (modifier, rest) = found.unwrap_or((Modifier::About, phrase));
    if let Some((part, all)) = so_many_in(rest) {
        return Some(out_of(modifier, part, all));
    }
    let number = NUMBERS.iter().find(|(words, _, _, share)| stands(rest, words, *share));
    let (words, top, bottom, share) = match number {
        Some((words, top, bottom, share)) => (*words, *top, *bottom, *share),
        None => ("", multiple(rest)?, 1, false),
    };
    let value = Rational::new(top.into(), bottom.into());
    let unit = if share {
        Unit::Percent
    } else if words.ends_with("dozen") {
        Unit::Plain
    } else {
        Unit::Times
    };
    let falls = ["halved", "halving", "cut in half", "cut by half"].contains(&words);
    let why = if falls && modifier == Modifier::About { HALVED } else { modifier.why() };
    Some(Entry { interval: modifier.around(&value, share), unit, why })
}

/// `seven times`, `tenfold`, `a hundred times`
fn multiple(phrase: &str) -> Option<i64> {
    let (count, rest) = COUNTING.iter().find_map(|(word, count)| {
        phrase.strip_prefix(word).filter(|_| *count > 1).map(|rest| (*count, rest))
    })?;
    let rest = rest.trim_start();
    (stands(rest, "times", false) || stands(rest, "fold", false)).then_some(count)
}

/// `nine in ten`, `1 out of 5`, `one in every 1,000`
fn so_many_in(phrase: &str) -> Option<(i64, i64)> {
    let middles = [" in every ", " out of every ", " of every ", " out of ", " in "];
    let (part, whole) = middles.iter().find_map(|middle| phrase.split_once(middle))?;
    let number = |text: &str| {
        let text = text.strip_prefix("a ").or_else(|| text.strip_prefix("one ")).unwrap_or(text);
        let word = COUNTING.iter().find(|(word, _)| *word == text).map(|(_, count)| *count);
        let short = text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        word.or_else(|| text.parse().ok().filter(|_| short))
    };
    let (part, whole) = (number(part)?, number(whole)?);
    (part > 0 && part < whole).then_some((part, whole))
}

fn out_of(modifier: Modifier, part: i64, all: i64) -> Entry {
    let share = |top: i64, bottom: i64| Rational::new(top.into(), bottom.into());
    if modifier != Modifier::About {
        let interval = modifier.around(&share(part, all), true);
        return Entry { interval, unit: Unit::Percent, why: modifier.why() };
    }
    // As `1 in 5`: the 5 is rounded; in `3 in 10` the 3 is.
    let (low, high) = if part == 1 {
        (share(2, 2 * all + 1), share(2, 2 * all - 1))
    } else {
        (share(2 * part - 1, 2 * all), share(2 * part + 1, 2 * all))
    };
    Entry { interval: Interval::closed(low, high), unit: Unit::Percent, why: ONE_IN }
}

/// Says whether a phrase is these words, with nothing behind them that would change the number.
fn stands(phrase: &str, words: &str, share: bool) -> bool {
    let Some(rest) = phrase.strip_prefix(words) else { return false };
    let Some(next) = rest.split_whitespace().next() else { return rest.is_empty() };
    let apart = rest.starts_with(' ');
    let numbered = rest.contains(|next: char| next.is_ascii_digit());
    apart && !numbered && (BEHIND.contains(&next) || (share && CHANGE.contains(&next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> String {
        look_up(text).map_or("none".to_owned(), |entry| entry.interval.to_string())
    }

    #[test]
    fn known_phrases_have_a_reading_and_others_none() {
        assert_eq!(reads("nearly half"), "[0.4, 0.5)");
        assert_eq!(reads("Nearly half of sessions"), "[0.4, 0.5)");
        assert_eq!(reads("about half"), "[0.45, 0.55]");
        assert_eq!(reads("roughly doubled"), "[1.8, 2.2]");
        assert_eq!(reads("more than twice"), "(2, inf)");
        assert_eq!(reads("more than twice as often"), "(2, inf)");
        assert_eq!(reads("more than half"), "(0.5, 1]");
        assert_eq!(reads("most"), "(0.5, 1]");
        assert_eq!(reads("the majority of users"), "(0.5, 1]");
        assert_eq!(reads("a third"), "[0.3, 11/30]");
        assert_eq!(reads("two-thirds"), "[0.6, 11/15]");
        assert_eq!(reads("a quarter more"), "[0.225, 0.275]");
        assert_eq!(reads("tripled"), "[2.7, 3.3]");
        assert_eq!(reads("modest"), "(0, 0.25]");
        assert_eq!(reads("few"), "[0, 0.25]");
        assert_eq!(reads("a few"), "[2, 9]");
        assert_eq!(reads("dozens of"), "[24, 200)");
        assert_eq!(reads("hundreds of"), "[200, 1000)");
        assert_eq!(reads("hundreds of thousands of users"), "[200000, 1000000)");
        assert_eq!(reads("fell by nearly half"), "[0.4, 0.5)");
        // What changes the number, or is not known, has no reading.
        for text in [
            "half a percent",
            "half again as much as 3",
            "twice more",
            "substantial",
            "",
            "halfway",
        ] {
            assert_eq!(reads(text), "none", "{text}");
        }
    }

    #[test]
    fn every_entry_is_found_by_its_own_words() {
        for (words, ..) in PHRASES {
            assert!(look_up(words).is_some(), "{words}");
        }
        for (words, top, bottom, _) in NUMBERS {
            let entry = look_up(words).expect(words);
            assert!(entry.interval.contains(&Rational::new(top.into(), bottom.into())), "{words}");
            for (before, _) in MODIFIERS {
                assert!(look_up(&format!("{before} {words}")).is_some(), "{before} {words}");
            }
        }
    }
}
