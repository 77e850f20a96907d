//! What vague words stand for: `nearly half`, `more than twice`, `most`, `hundreds of`.
//!
//! A reading is wide on purpose: a verdict may rest on it only where the words are clearly wrong. Where a
//! study or a reader means something else, `reads` says so and wins. Every reading is shown with its reason.
//!
//! *Sources*: words for round numbers are approximations whose slack grows with the number (Krifka 2007,
//! "Approximate interpretation of number words"); `more than` has no upper end by meaning (Cummins, Sauerland &
//! Solt 2012); `most` is more than half (Hackl 2009). Widths that no source gives are ours, and say so.

use crate::expression::{End, Interval, Rational, decimal};

use super::printed::Unit;

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

/// How a word before a number word moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modifier {
    About,
    Nearly,
    JustOver,
    MoreThan,
    AtLeast,
    LessThan,
    AtMost,
}

impl Modifier {
    const fn why(self) -> &'static str {
        match self {
            Self::About => "a number in words is round: a tenth of it on either side (our width)",
            Self::Nearly => "below the number, and not by more than a fifth of it (our width)",
            Self::JustOver => "above the number, and not by more than a fifth of it (our width)",
            Self::MoreThan => "above the number; the words set no upper end",
            Self::AtLeast => "the number or more; the words set no upper end",
            Self::LessThan => "below the number; the words set no lower end above zero",
            Self::AtMost => "the number or less; the words set no lower end above zero",
        }
    }

    /// The interval around a number; a share never exceeds one.
    fn around(self, value: &Rational, share: bool) -> Interval {
        let part = |percent: i64| value * Rational::new(percent.into(), 100.into());
        let most = || if share { End::Closed(part_of_one()) } else { End::Infinite };
        let zero = || End::Closed(Rational::from_integer(0.into()));
        let (low, high) = match self {
            Self::About => (End::Closed(part(90)), End::Closed(part(110))),
            Self::Nearly => (End::Closed(part(80)), End::Open(value.clone())),
            Self::JustOver => (End::Open(value.clone()), End::Closed(part(120))),
            Self::MoreThan => (End::Open(value.clone()), most()),
            Self::AtLeast => (End::Closed(value.clone()), most()),
            Self::LessThan => (zero(), End::Open(value.clone())),
            Self::AtMost => (zero(), End::Closed(value.clone())),
        };
        Interval { low, high }
    }
}

fn part_of_one() -> Rational {
    Rational::from_integer(1.into())
}

/// Words before a number word, the longest first where one begins another.
const MODIFIERS: [(&str, Modifier); 45] = [
    ("just shy of", Modifier::Nearly),
    ("not quite", Modifier::Nearly),
    ("a bit less than", Modifier::Nearly),
    ("a bit under", Modifier::Nearly),
    ("a bit more than", Modifier::JustOver),
    ("a bit over", Modifier::JustOver),
    ("no more than", Modifier::AtMost),
    ("as many as", Modifier::AtMost),
    ("as much as", Modifier::AtMost),
    ("no fewer than", Modifier::AtLeast),
    ("no less than", Modifier::AtLeast),
    ("upwards of", Modifier::AtLeast),
    ("just under", Modifier::Nearly),
    ("just below", Modifier::Nearly),
    ("slightly less than", Modifier::Nearly),
    ("slightly under", Modifier::Nearly),
    ("a little less than", Modifier::Nearly),
    ("a little under", Modifier::Nearly),
    ("close to", Modifier::Nearly),
    ("nearly", Modifier::Nearly),
    ("almost", Modifier::Nearly),
    ("just over", Modifier::JustOver),
    ("just above", Modifier::JustOver),
    ("slightly more than", Modifier::JustOver),
    ("slightly over", Modifier::JustOver),
    ("a little more than", Modifier::JustOver),
    ("a little over", Modifier::JustOver),
    ("well over", Modifier::MoreThan),
    ("more than", Modifier::MoreThan),
    ("greater than", Modifier::MoreThan),
    ("over", Modifier::MoreThan),
    ("above", Modifier::MoreThan),
    ("at least", Modifier::AtLeast),
    ("well under", Modifier::LessThan),
    ("less than", Modifier::LessThan),
    ("fewer than", Modifier::LessThan),
    ("under", Modifier::LessThan),
    ("below", Modifier::LessThan),
    ("at most", Modifier::AtMost),
    ("up to", Modifier::AtMost),
    ("approximately", Modifier::About),
    ("roughly", Modifier::About),
    ("around", Modifier::About),
    ("about", Modifier::About),
    ("some", Modifier::About),
];

/// Number words: the words, numerator, denominator, and whether it is a share of a whole.
const NUMBERS: [(&str, i64, i64, bool); 55] = [
    ("halving", 1, 2, true),
    ("cut in half", 1, 2, true),
    ("cut by half", 1, 2, true),
    ("tripling", 3, 1, false),
    ("treble", 3, 1, false),
    ("quintupled", 5, 1, false),
    ("one and a half times", 3, 2, false),
    ("two dozen", 24, 1, false),
    ("two thirds", 2, 3, true),
    ("three quarters", 3, 4, true),
    ("three fourths", 3, 4, true),
    ("two fifths", 2, 5, true),
    ("three fifths", 3, 5, true),
    ("four fifths", 4, 5, true),
    ("a half", 1, 2, true),
    ("one half", 1, 2, true),
    ("half", 1, 2, true),
    ("halved", 1, 2, true),
    ("a third", 1, 3, true),
    ("one third", 1, 3, true),
    ("a quarter", 1, 4, true),
    ("one quarter", 1, 4, true),
    ("a fourth", 1, 4, true),
    ("a fifth", 1, 5, true),
    ("one fifth", 1, 5, true),
    ("a sixth", 1, 6, true),
    ("one sixth", 1, 6, true),
    ("a seventh", 1, 7, true),
    ("an eighth", 1, 8, true),
    ("one eighth", 1, 8, true),
    ("a ninth", 1, 9, true),
    ("a tenth", 1, 10, true),
    ("one tenth", 1, 10, true),
    ("twice", 2, 1, false),
    ("doubled", 2, 1, false),
    ("double", 2, 1, false),
    ("doubling", 2, 1, false),
    ("twofold", 2, 1, false),
    ("two times", 2, 1, false),
    ("three times", 3, 1, false),
    ("thrice", 3, 1, false),
    ("tripled", 3, 1, false),
    ("triple", 3, 1, false),
    ("trebled", 3, 1, false),
    ("threefold", 3, 1, false),
    ("four times", 4, 1, false),
    ("quadrupled", 4, 1, false),
    ("fourfold", 4, 1, false),
    ("five times", 5, 1, false),
    ("fivefold", 5, 1, false),
    ("six times", 6, 1, false),
    ("eight times", 8, 1, false),
    ("ten times", 10, 1, false),
    ("tenfold", 10, 1, false),
    ("a dozen", 12, 1, false),
];

const OURS: &str = "no source fixes it; wide on purpose (our width)";
const COUNT: &str = "a plural of the unit, below the next one (our width)";
const MAJORITY: &str = "more than half (Hackl 2009)";

/// Phrases that are read as a whole: the words, the lower and upper end, whether each is inside, the
/// unit, and why.
const PHRASES: [(&str, &str, bool, &str, bool, Unit, &str); 42] = [
    ("a slim majority", "0.5", false, "0.6", true, Unit::Percent, OURS),
    ("a narrow majority", "0.5", false, "0.6", true, Unit::Percent, OURS),
    ("a small minority", "0", true, "0.25", true, Unit::Percent, OURS),
    ("a small share", "0", true, "0.25", true, Unit::Percent, OURS),
    ("a small fraction", "0", true, "0.25", true, Unit::Percent, OURS),
    ("a tiny fraction", "0", true, "0.1", true, Unit::Percent, OURS),
    ("almost none", "0", true, "0.1", true, Unit::Percent, OURS),
    ("marginal", "0", false, "0.15", true, Unit::Percent, OURS),
    ("marginally", "0", false, "0.15", true, Unit::Percent, OURS),
    ("most", "0.5", false, "1", true, Unit::Percent, MAJORITY),
    ("mostly", "0.5", false, "1", true, Unit::Percent, MAJORITY),
    ("the majority", "0.5", false, "1", true, Unit::Percent, MAJORITY),
    ("a majority", "0.5", false, "1", true, Unit::Percent, MAJORITY),
    ("majority", "0.5", false, "1", true, Unit::Percent, MAJORITY),
    ("more often than not", "0.5", false, "1", true, Unit::Percent, MAJORITY),
    ("a large majority", "0.6", true, "1", true, Unit::Percent, OURS),
    ("the vast majority", "0.7", true, "1", true, Unit::Percent, OURS),
    ("the overwhelming majority", "0.7", true, "1", true, Unit::Percent, OURS),
    ("nearly all", "0.8", true, "1", true, Unit::Percent, OURS),
    ("almost all", "0.8", true, "1", true, Unit::Percent, OURS),
    ("a minority", "0", true, "0.5", false, Unit::Percent, "less than half, by meaning"),
    ("few", "0", true, "0.25", true, Unit::Percent, OURS),
    ("very few", "0", true, "0.15", true, Unit::Percent, OURS),
    ("hardly any", "0", true, "0.1", true, Unit::Percent, OURS),
    ("slight", "0", false, "0.15", true, Unit::Percent, OURS),
    ("slightly", "0", false, "0.15", true, Unit::Percent, OURS),
    ("modest", "0", false, "0.25", true, Unit::Percent, OURS),
    ("modestly", "0", false, "0.25", true, Unit::Percent, OURS),
    ("a couple", "2", true, "3", true, Unit::Plain, OURS),
    ("a few", "2", true, "9", true, Unit::Plain, OURS),
    ("a handful", "2", true, "10", true, Unit::Plain, OURS),
    ("several", "3", true, "12", true, Unit::Plain, OURS),
    ("dozens", "24", true, "200", false, Unit::Plain, COUNT),
    ("scores", "40", true, "200", false, Unit::Plain, COUNT),
    ("tens", "20", true, "100", false, Unit::Plain, COUNT),
    ("hundreds", "200", true, "1000", false, Unit::Plain, COUNT),
    ("thousands", "2000", true, "10000", false, Unit::Plain, COUNT),
    ("tens of thousands", "20000", true, "100000", false, Unit::Plain, COUNT),
    ("hundreds of thousands", "200000", true, "1000000", false, Unit::Plain, COUNT),
    ("millions", "2000000", true, "1000000000", false, Unit::Plain, COUNT),
    ("tens of millions", "20000000", true, "100000000", false, Unit::Plain, COUNT),
    ("billions", "2000000000", true, "1000000000000", false, Unit::Plain, COUNT),
];

/// Words that may follow a phrase and leave its number as it is.
const BEHIND: [&str; 17] = [
    "as",
    "of",
    "the",
    "again",
    "in",
    "increase",
    "rise",
    "growth",
    "gain",
    "gains",
    "fall",
    "drop",
    "decline",
    "decrease",
    "reduction",
    "improvement",
    "difference",
];
/// Fractions that are one character.
const FRACTIONS: [(char, &str); 13] = [
    ('\u{BD}', "a half"),
    ('\u{BC}', "a quarter"),
    ('\u{BE}', "three quarters"),
    ('\u{2153}', "a third"),
    ('\u{2154}', "two thirds"),
    ('\u{2155}', "a fifth"),
    ('\u{2156}', "two fifths"),
    ('\u{2157}', "three fifths"),
    ('\u{2158}', "four fifths"),
    ('\u{2159}', "a sixth"),
    ('\u{215B}', "an eighth"),
    ('\u{2150}', "a seventh"),
    ('\u{2152}', "a tenth"),
];
/// Counting words, for `nine in ten` and `seven times`.
const COUNTING: [(&str, i64); 15] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("twenty", 20),
    ("hundred", 100),
    ("thousand", 1_000),
];
const ONE_IN: &str = "so many in so many: one of the two numbers is rounded";
const HALVED: &str = "a fall by half, and a tenth of it on either side (our width): compare it with 1 - after / before";
/// Words that make a share a change: `a quarter more` is a rise of a quarter.
const CHANGE: [&str; 12] = [
    "more", "higher", "larger", "greater", "longer", "faster", "less", "fewer", "lower", "smaller",
    "shorter", "slower",
];

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
