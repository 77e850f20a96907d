//! Text becomes tokens with their places.

use std::ops::Range;

use super::parser::SyntaxError;
use super::{Comparison, Rational, decimal};

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Rational),
    Name(String),
    Text(String),
    Plus,
    Minus,
    Times,
    Over,
    Caret,
    Open,
    Close,
    Comma,
    Compare(Comparison),
    And,
    Or,
    Not,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) range: Range<usize>,
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, SyntaxError> {
    let mut rest = Scanner { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        rest.skip(char::is_whitespace);
        let start = rest.at;
        let Some(first) = rest.peek() else { return Ok(tokens) };
        let token = match first {
            '0'..='9' | '.' => rest.number()?,
            '"' | '\'' => rest.quoted(first)?,
            _ if first.is_alphabetic() || first == '_' => rest.word()?,
            _ => rest.symbol(first)?,
        };
        tokens.push(Placed { token, range: start..rest.at });
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, accept: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|character| !accept(character)).unwrap_or(rest.len());
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.skip(|character| character.is_ascii_digit() || character == '.' || character == '_');
        let mut ahead = self.rest().chars();
        if ahead.next().is_some_and(|letter| letter == 'e' || letter == 'E') {
            let sign = ahead.next();
            let signed = matches!(sign, Some('+' | '-'));
            let digit = if signed { ahead.next() } else { sign };
            if digit.is_some_and(|digit| digit.is_ascii_digit()) {
                self.at += 1 + usize::from(signed);
                self.skip(|character| character.is_ascii_digit());
            }
        }
        let written = self.since(start).replace('_', "");
        let Some(mut value) = decimal(&written) else {
            return Err(SyntaxError::new(start..self.at, format!("`{written}` is not a number"))
                .help("write a number as 0.25, 25% or 2.5e-1, without thousands marks"));
        };
        if self.rest().starts_with('%') {
            self.at += 1;
            value /= Rational::from_integer(100.into());
        }
        if self.peek().is_some_and(|next| next.is_alphabetic() || next == '_') {
            self.skip(|character| character.is_alphanumeric() || character == '_');
            let message = format!("`{}` is neither a number nor a name", self.since(start));
            return Err(SyntaxError::new(start..self.at, message)
                .help("a name begins with a letter; a product is written with `*`"));
        }
        Ok(Token::Number(value))
    }

    fn quoted(&mut self, quote: char) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += 1;
        self.skip(|character| character != quote);
        if self.peek().is_none() {
            return Err(SyntaxError::new(start..self.at, "the quoted text does not end")
                .help(format!("close it with {quote}")));
        }
        let inner = self.since(start + 1).to_owned();
        self.at += 1;
        Ok(Token::Text(inner))
    }

    fn word(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.skip(|character| character.is_alphanumeric() || character == '_');
        let word = self.since(start);
        match word {
            "and" => Ok(Token::And),
            "or" => Ok(Token::Or),
            "not" => Ok(Token::Not),
            _ if word.is_ascii() => Ok(Token::Name(word.to_owned())),
            _ => Err(SyntaxError::new(start..self.at, format!("`{word}` cannot be a name"))
                .help("names have letters a to z, digits and _")),
        }
    }

    fn symbol(&mut self, first: char) -> Result<Token, SyntaxError> {
        let start = self.at;
        let two = [
            ("<=", Token::Compare(Comparison::LessOrEqual)),
            (">=", Token::Compare(Comparison::GreaterOrEqual)),
            ("==", Token::Compare(Comparison::Equal)),
            ("!=", Token::Compare(Comparison::NotEqual)),
            ("<", Token::Compare(Comparison::Less)),
            (">", Token::Compare(Comparison::Greater)),
            ("\u{2264}", Token::Compare(Comparison::LessOrEqual)),
            ("\u{2265}", Token::Compare(Comparison::GreaterOrEqual)),
            ("\u{2212}", Token::Minus),
            ("+", Token::Plus),
            ("-", Token::Minus),
            ("*", Token::Times),
            ("/", Token::Over),
            ("^", Token::Caret),
            ("(", Token::Open),
            (")", Token::Close),
            (",", Token::Comma),
        ];
        let slips = [
            ("<>", "write `!=`"),
            ("&&", "write `and`"),
            ("||", "write `or`"),
            ("**", "write a power as `x ^ 2`"),
            ("=", "write `==` for a comparison"),
            ("!", "write `not`"),
            ("%", "a percent sign belongs to the number before it: `40%`"),
        ];
        let rest = self.rest();
        let slip = slips.iter().find(|(written, _)| {
            rest.starts_with(written) && !rest.starts_with("==") && !rest.starts_with("!=")
        });
        if let Some((written, help)) = slip {
            let range = start..start + written.len();
            return Err(
                SyntaxError::new(range, format!("`{written}` is not used here")).help(*help)
            );
        }
        match two.into_iter().find(|(written, _)| rest.starts_with(written)) {
            Some((written, token)) => {
                self.at += written.len();
                Ok(token)
            }
            None => Err(SyntaxError::new(
                start..start + first.len_utf8(),
                format!("`{}` does not belong in an expression", first.escape_debug()),
            )),
        }
    }
}
