//! The words of an SQL expression, without understanding it: enough to split terms, to point at a
//! name inside a quoted string, and to see that a text is one closed expression.
//!
//! Reads a text; never plans or runs anything. What it cannot tell, the engine decides.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare name or keyword.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A number.
    Number,
    /// Anything else: one operator, bracket or comma.
    Symbol,
}

/// One token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// As written.
    pub(super) text: &'a str,
    /// Its bytes.
    pub(super) range: Range<usize>,
}

impl Token<'_> {
    /// Says whether it is the symbol.
    pub(super) fn is(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// Says whether it is the keyword, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Returns the name that it stands for, without its quotes.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted => Some(unquote(self.text, '"')),
            _ => None,
        }
    }
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Where.
    pub(super) range: Range<usize>,
    /// What is wrong.
    pub(super) message: String,
}

impl Misfit {
    fn new(range: Range<usize>, message: &str) -> Self {
        Self { range, message: message.to_owned() }
    }
}

/// The part of `text` in `range`, empty where the range does not fit.
pub(super) fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// Writes a name as an SQL identifier.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn unquote(text: &str, quote: char) -> String {
    let inner = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(text);
    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
}

/// Splits a text into tokens. Comments are skipped.
///
/// # Errors
/// Where a quote or comment is never closed.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Misfit> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = slice(text, at..text.len()).chars().next() {
        let rest = slice(text, at..text.len());
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if let Some(length) = comment(rest, at)? {
            at += length;
            continue;
        }
        let (kind, length) = token(rest, first, at)?;
        let range = at..at + length;
        found.push(Token { kind, text: slice(text, range.clone()), range });
        at += length;
    }
    Ok(found)
}

fn comment(rest: &str, at: usize) -> Result<Option<usize>, Misfit> {
    if rest.starts_with("--") {
        return Ok(Some(rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        let end = rest.find("*/").ok_or_else(|| {
            Misfit::new(at..at + rest.len(), "a comment opened by /* is never closed")
        })?;
        return Ok(Some(end + 2));
    }
    Ok(None)
}

fn token(rest: &str, first: char, at: usize) -> Result<(Kind, usize), Misfit> {
    let run = |keep: &dyn Fn(char) -> bool| {
        rest.char_indices().find(|(_, c)| !keep(*c)).map_or(rest.len(), |(index, _)| index)
    };
    match first {
        '\'' => Ok((Kind::Text, quoted(rest, '\'', at)?)),
        '"' => Ok((Kind::Quoted, quoted(rest, '"', at)?)),
        c if c.is_alphabetic() || c == '_' => {
            Ok((Kind::Word, run(&|c| c.is_alphanumeric() || c == '_' || c == '$')))
        }
        c if c.is_ascii_digit() => Ok((Kind::Number, number(rest))),
        '.' if rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) => {
            Ok((Kind::Number, number(rest)))
        }
        _ => {
            let pair =
                ["::", "<=", ">=", "<>", "!=", "||", "=="].iter().find(|p| rest.starts_with(**p));
            Ok((Kind::Symbol, pair.map_or(first.len_utf8(), |p| p.len())))
        }
    }
}

fn quoted(rest: &str, quote: char, at: usize) -> Result<usize, Misfit> {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character != quote {
            continue;
        }
        if characters.peek().is_some_and(|(_, next)| *next == quote) {
            characters.next();
        } else {
            return Ok(index + 1);
        }
    }
    Err(Misfit::new(at..at + rest.len(), &format!("a quote {quote} is never closed")))
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let sign_of_exponent = matches!(byte, b'+' | b'-')
            && at > 0
            && matches!(bytes.get(at - 1), Some(b'e' | b'E'))
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !(byte.is_ascii_alphanumeric() || *byte == b'.' || sign_of_exponent) {
            break;
        }
        at += 1;
    }
    at
}

/// Splits a text into tokens and makes sure that it is one closed expression: brackets pair up,
/// nothing ends the statement, and no comment hides a part of it.
///
/// # Errors
/// Where it is not.
pub(super) fn closed(text: &str) -> Result<Vec<Token<'_>>, Misfit> {
    let found = tokens(text)?;
    if found.is_empty() {
        return Err(Misfit::new(0..text.len(), "the expression is empty"));
    }
    let mut open: Vec<&Token<'_>> = Vec::new();
    for token in &found {
        if token.is("(") || token.is("[") {
            open.push(token);
        } else if token.is(")") || token.is("]") {
            let fits = open.pop().is_some_and(|opening| opening.is("(") == token.is(")"));
            if !fits {
                return Err(Misfit::new(
                    token.range.clone(),
                    "a bracket closes that was never opened",
                ));
            }
        } else if token.is(";") {
            return Err(Misfit::new(token.range.clone(), "an expression cannot contain `;`"));
        }
    }
    if let Some(opening) = open.first() {
        return Err(Misfit::new(opening.range.clone(), "a bracket is never closed"));
    }
    let gap = std::iter::once(0).chain(found.iter().map(|token| token.range.end));
    let starts = found.iter().map(|token| token.range.start).chain(std::iter::once(text.len()));
    for (end, start) in gap.zip(starts) {
        if !slice(text, end..start).trim().is_empty() {
            return Err(Misfit::new(end..start, "an expression cannot contain a comment"));
        }
    }
    Ok(found)
}

/// Splits a closed expression at a symbol outside of brackets; the parts keep their places.
pub(super) fn split<'a>(tokens: &[Token<'a>], symbol: &str) -> Vec<Vec<Token<'a>>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0_usize;
    for token in tokens {
        if token.is("(") || token.is("[") {
            depth += 1;
        } else if token.is(")") || token.is("]") {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 && token.is(symbol) {
            parts.push(Vec::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(token.clone());
        }
    }
    parts
}

/// The stretch that tokens cover.
pub(super) fn extent(tokens: &[Token<'_>]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end,
        _ => 0..0,
    }
}

/// A call `name(argument, …)`: its name and arguments. `None` where the tokens are something else.
pub(super) fn call<'a>(tokens: &[Token<'a>]) -> Option<(&'a str, Vec<Vec<Token<'a>>>)> {
    let [name, open, inner @ .., close] = tokens else { return None };
    if name.kind != Kind::Word || !open.is("(") || !close.is(")") {
        return None;
    }
    let mut depth = 0_i32;
    for token in inner {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
        }
        if depth < 0 {
            return None;
        }
    }
    let arguments = if inner.is_empty() { Vec::new() } else { split(inner, ",") };
    Some((name.text, arguments))
}

/// Where a name stands in a text, as a whole token.
pub(super) fn find(text: &str, name: &str) -> Option<Range<usize>> {
    let found = tokens(text).ok()?;
    let same = |token: &&Token<'_>| token.name().is_some_and(|known| known == name);
    let similar =
        |token: &&Token<'_>| token.name().is_some_and(|known| known.eq_ignore_ascii_case(name));
    let token = found.iter().find(same).or_else(|| found.iter().find(similar))?;
    Some(token.range.clone())
}

/// The tables that a query names: what stands behind FROM and JOIN, with its place.
pub(super) fn tables(query: &str) -> Vec<(String, Range<usize>)> {
    let Ok(found) = tokens(query) else { return Vec::new() };
    let mut tables: Vec<(String, Range<usize>)> = Vec::new();
    let defined: Vec<String> = found
        .windows(3)
        .filter(|three| three.get(1).is_some_and(|token| token.is_word("as")))
        .filter(|three| three.get(2).is_some_and(|token| token.is("(")))
        .filter_map(|three| three.first().and_then(Token::name))
        .collect();
    // For each open bracket, whether a FROM list is being read: the comma of `FROM a, b`.
    let mut listing = vec![false];
    let mut expecting = false;
    for (index, token) in found.iter().enumerate() {
        let Some(in_list) = listing.last_mut() else { break };
        if token.is("(") {
            // `FROM (a JOIN b …)` lists tables; `FROM (SELECT …)` does not.
            let next = found.get(index + 1);
            let query = ["select", "with", "values"];
            expecting &= next.is_some_and(|next| !query.iter().any(|word| next.is_word(word)));
            listing.push(expecting);
        } else if token.is(")") {
            expecting = false;
            if listing.len() > 1 {
                listing.pop();
            }
        } else if token.is_word("from") || token.is_word("join") {
            // `extract(year FROM x)` names no table.
            expecting = !(token.is_word("from") && extracts(&found, index));
            *in_list |= expecting;
        } else if token.is(",") {
            expecting = *in_list;
        } else if expecting && !token.is_word("lateral") {
            expecting = false;
            let called = found.get(index + 1).is_some_and(|next| next.is("("));
            if let Some(name) = token.name().filter(|name| !called && !defined.contains(name)) {
                tables.push((name, token.range.clone()));
            }
        } else if ENDS_OF_FROM.iter().any(|word| token.is_word(word)) {
            *in_list = false;
        }
    }
    tables
}

/// The keywords after which a comma no longer lists tables.
const ENDS_OF_FROM: [&str; 8] =
    ["where", "group", "order", "having", "limit", "union", "select", "window"];

fn extracts(found: &[Token<'_>], from: usize) -> bool {
    from >= 3
        && found.get(from - 2).is_some_and(|token| token.is("("))
        && found.get(from - 3).is_some_and(|token| {
            ["extract", "substring", "trim", "overlay"].iter().any(|name| token.is_word(name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_whole_word() {
        assert_eq!(find("agee + age", "age"), Some(7..10));
        assert_eq!(find("'age' || \"age\"", "age"), Some(9..14));
        assert_eq!(find("x + y", "z"), None);
    }

    #[test]
    fn an_expression_must_be_closed() {
        assert!(closed("a + (b * c)").is_ok());
        for bad in ["a) FROM other --", "a)", "(a", "a -- b", "a; DROP TABLE b", "'a", "", "(a]"] {
            assert!(closed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn terms_split_outside_of_brackets() {
        let found = tokens("factor(a, base = 1):b::int").expect("closed");
        let parts: Vec<_> = split(&found, ":").iter().map(|part| extent(part)).collect();
        assert_eq!(parts, [0..19, 20..26]);
    }

    #[test]
    fn a_call_has_a_name_and_arguments() {
        let found = tokens("quantile(a + f(b, c), 0.95)").expect("closed");
        let (name, arguments) = call(&found).expect("a call");
        assert_eq!((name, arguments.len()), ("quantile", 2));
        assert!(call(&tokens("f(a) + g(b)").expect("closed")).is_none());
    }

    #[test]
    fn the_tables_of_a_query_are_named() {
        let names =
            |query: &str| tables(query).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("SELECT a, b FROM x AS t, y JOIN \"z z\" ON a = b"), ["x", "y", "z z"]);
        assert_eq!(
            names("WITH t AS (SELECT 1 FROM a) SELECT extract(year FROM d), c FROM t"),
            ["a"]
        );
        assert_eq!(names("SELECT * FROM ((a JOIN b ON x = y) JOIN c ON y = z)"), ["a", "b", "c"]);
        assert_eq!(
            names("SELECT * FROM (SELECT * FROM a WHERE b IN (SELECT c, d FROM e)) f, g"),
            ["a", "e", "g"]
        );
    }
}
