//! The lexicon itself: modifiers, numbers in words, phrases, and what may follow them.

use crate::claims::printed::Unit;
use crate::expression::{End, Interval, Rational};

/// How a word before a number word moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    About,
    Nearly,
    JustOver,
    MoreThan,
    AtLeast,
    LessThan,
    AtMost,
}

fn part_of_one() -> Rational {
    Rational::from_integer(1.into())
}

impl Modifier {
    pub(super) const fn why(self) -> &'static str {
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
    pub(super) fn around(self, value: &Rational, share: bool) -> Interval {
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

/// Words before a number word, the longest first where one begins another.
pub(super) const MODIFIERS: [(&str, Modifier); 45] = [
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
pub(super) const NUMBERS: [(&str, i64, i64, bool); 55] = [
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
pub(super) const PHRASES: [(&str, &str, bool, &str, bool, Unit, &str); 42] = [
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
pub(super) const BEHIND: [&str; 17] = [
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
pub(super) const FRACTIONS: [(char, &str); 13] = [
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
pub(super) const COUNTING: [(&str, i64); 15] = [
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
pub(super) const ONE_IN: &str = "so many in so many: one of the two numbers is rounded";
pub(super) const HALVED: &str = "a fall by half, and a tenth of it on either side (our width): compare it with 1 - after / before";
/// Words that make a share a change: `a quarter more` is a rise of a quarter.
pub(super) const CHANGE: [&str; 12] = [
    "more", "higher", "larger", "greater", "longer", "faster", "less", "fewer", "lower", "smaller",
    "shorter", "slower",
];
