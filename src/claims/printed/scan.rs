//! The text of a printed number, one spelling for each sign, with the place of every character.

use std::ops::Range;

use super::NotPrinted;

/// The longest text that is read as a printed number, in characters.
const LONGEST: usize = 400;

/// A text that is read from left to right.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    /// Each character in its one spelling, with its first byte in the text as written.
    characters: Vec<(usize, char)>,
    end: usize,
    at: usize,
}

/// One spelling for signs, dashes, quotes and spaces.
const fn spelling(character: char) -> char {
    match character {
        '\u{2212}' | '\u{FE63}' | '\u{FF0D}' | '\u{2010}' | '\u{2011}' => '-',
        '\u{2012}' | '\u{2014}' | '\u{2015}' => '\u{2013}',
        '\u{A0}' | '\u{2009}' | '\u{202F}' | '\u{2007}' | '\u{2008}' | '\u{200A}' | '\t' => ' ',
        '\u{223C}' | '\u{2248}' | '\u{2243}' => '~',
        '\u{D7}' => 'x',
        '\u{2019}' | '\u{2BC}' | '\u{2032}' => '\'',
        '\u{B7}' | '\u{22C5}' => '.',
        other => other,
    }
}

/// The dot of `3·10⁻⁵` multiplies; elsewhere a raised dot is a decimal mark.
fn raised_dots(text: &str, characters: &mut [(usize, char)]) {
    for index in 0..characters.len() {
        let ahead = |by: usize| characters.get(index + by).map(|(_, character)| *character);
        let ten = ahead(1) == Some('1') && ahead(2) == Some('0');
        let power = ahead(3).is_some_and(|next| next == '^' || superscript(next).is_some());
        if let Some((at, character)) = characters.get_mut(index)
            && ten
            && power
            && text.get(*at..).is_some_and(|rest| rest.starts_with(['\u{B7}', '\u{22C5}']))
        {
            *character = 'x';
        }
    }
}

/// The plain character that a raised one stands for.
pub(super) const fn superscript(character: char) -> Option<char> {
    Some(match character {
        '\u{2070}' => '0',
        '\u{B9}' => '1',
        '\u{B2}' => '2',
        '\u{B3}' => '3',
        '\u{2074}' => '4',
        '\u{2075}' => '5',
        '\u{2076}' => '6',
        '\u{2077}' => '7',
        '\u{2078}' => '8',
        '\u{2079}' => '9',
        '\u{207A}' => '+',
        '\u{207B}' => '-',
        _ => return None,
    })
}

impl Scan {
    /// Takes a text, without the spaces around it.
    ///
    /// # Errors
    /// When it is empty or longer than any printed number.
    pub(super) fn new(text: &str) -> Result<Self, NotPrinted> {
        let mut characters: Vec<(usize, char)> =
            text.char_indices().map(|(at, character)| (at, spelling(character))).collect();
        let end = text.trim_end().len();
        characters.retain(|(at, _)| *at < end);
        raised_dots(text, &mut characters);
        let mut scan = Self { characters, end, at: 0 };
        scan.spaces();
        if scan.ended() {
            return Err(scan.wrong(
                0,
                "nothing is printed",
                "write the number as the source prints it",
            ));
        }
        if scan.characters.len() > LONGEST {
            let message = format!("the text has more than {LONGEST} characters");
            return Err(scan.wrong(LONGEST, message, "a printed number is short: leave words out"));
        }
        Ok(scan)
    }

    /// Returns where the reading stands, to come back to.
    pub(super) const fn here(&self) -> usize {
        self.at
    }

    /// Goes back to a place.
    pub(super) const fn back(&mut self, to: usize) {
        self.at = to;
    }

    /// Says whether all is read.
    pub(super) fn ended(&self) -> bool {
        self.at >= self.characters.len()
    }

    /// Returns the character `ahead` of the next.
    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).map(|(_, character)| *character)
    }

    /// Reads one character.
    pub(super) fn next(&mut self) -> Option<char> {
        let character = self.peek(0)?;
        self.at += 1;
        Some(character)
    }

    /// Skips spaces.
    pub(super) fn spaces(&mut self) {
        while self.peek(0) == Some(' ') {
            self.at += 1;
        }
    }

    /// Reads a character, if it is the next one.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek(0) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Reads a word or a sign in any case, if it comes next and stands alone.
    pub(super) fn word(&mut self, wanted: &str) -> bool {
        let mut ahead = 0;
        for letter in wanted.chars() {
            let same = |other: char| {
                other == letter || (other.is_ascii() && other.eq_ignore_ascii_case(&letter))
            };
            if !self.peek(ahead).is_some_and(same) {
                return false;
            }
            ahead += 1;
        }
        let inside = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let lettered = wanted.chars().next_back().is_some_and(char::is_alphabetic);
        if lettered && inside(self.peek(ahead)) {
            return false;
        }
        self.at += ahead;
        true
    }

    /// Reads the first of several words that comes next.
    pub(super) fn any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().find(|word| self.word(word)).copied()
    }

    /// Returns what is left, in the one spelling.
    pub(super) fn rest(&self) -> String {
        self.text(self.at..self.characters.len())
    }

    /// Returns a stretch, in the one spelling.
    pub(super) fn text(&self, range: Range<usize>) -> String {
        self.characters
            .get(range)
            .map(|part| part.iter().map(|(_, character)| *character).collect())
            .unwrap_or_default()
    }

    /// Describes what is wrong from a place to the place that is reached (at least one character).
    pub(super) fn wrong(
        &self,
        from: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> NotPrinted {
        let byte = |at: usize| self.characters.get(at).map_or(self.end, |(byte, _)| *byte);
        let range = byte(from)..byte(self.at.max(from + 1));
        let message: String = message.into();
        let message = message.replace(char::is_control, "\u{FFFD}");
        NotPrinted { message, help: help.into(), range }
    }

    /// Describes what is left as unexpected.
    pub(super) fn unexpected(&self, help: impl Into<String>) -> NotPrinted {
        let mut all = self.clone();
        all.at = all.characters.len();
        let left: String = self.rest().chars().take(40).collect();
        all.wrong(self.at, format!("`{left}` is not understood here"), help)
    }
}
