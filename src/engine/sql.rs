//! What SQL is let through: one plain `SELECT` of bounded size over registered tables, with the
//! functions of a list. Reads text only; decides before anything is planned.

mod gate;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Statement, Visit};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use gate::Gate;

use super::EngineError;

/// The longest SQL text, in bytes.
pub(super) const LONGEST: usize = 64 << 10;
/// The most operators and connecting words in one text.
pub(super) const MOST_OPERATORS: usize = 1_000;
/// The deepest nesting of parentheses and sub-queries.
pub(super) const DEEPEST: usize = 50;

/// A text that was let through.
#[derive(Debug)]
pub(super) struct Admitted {
    /// The statement, ready to be planned.
    pub(super) statement: Statement,
    /// Every name in the text and where it stands.
    pub(super) words: Words,
}

/// The names of a text, with their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    text: String,
    words: Vec<(String, Location)>,
}

impl Words {
    /// Returns the byte where a name first stands.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let same = |(word, _): &&(String, Location)| word == name;
        let alike = |(word, _): &&(String, Location)| word.eq_ignore_ascii_case(name);
        let found = self.words.iter().find(same).or_else(|| self.words.iter().find(alike))?;
        Lines::new(&self.text).offset(found.1)
    }
}

/// Parses a text and refuses whatever is not a plain, bounded `SELECT` over `tables`.
pub(super) fn admit(sql: &str, tables: &[String]) -> Result<Admitted, EngineError> {
    if sql.len() > LONGEST {
        let message = format!("an SQL text of {} bytes; the limit is {LONGEST}", sql.len());
        return Err(EngineError::Limit { message });
    }
    let lines = Lines::new(sql);
    let tokens = tokenize(sql, &lines)?;
    let words = check_tokens(&tokens, &lines)?;
    let statement = parse(tokens, &lines)?;
    let mut gate = Gate::new(tables, &lines);
    match statement.visit(&mut gate) {
        ControlFlow::Continue(()) => Ok(Admitted { statement, words }),
        ControlFlow::Break(error) => Err(*error),
    }
}

/// Where each line of a text begins, to turn the parser's positions into bytes.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(newlines).collect() }
    }

    /// The byte of a 1-based line and column in characters; none where the place is unknown (0).
    fn offset(&self, place: Location) -> Option<usize> {
        let line = usize::try_from(place.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let rest = self.text.get(start..)?;
        Some(start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at))
    }
}

fn tokenize(sql: &str, lines: &Lines<'_>) -> Result<Vec<TokenWithSpan>, EngineError> {
    Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().map_err(|error| {
        EngineError::Syntax {
            message: lower_first(&error.message),
            at: lines.offset(error.location),
        }
    })
}

fn check_tokens(tokens: &[TokenWithSpan], lines: &Lines<'_>) -> Result<Words, EngineError> {
    let mut words = Words { text: lines.text.to_owned(), words: Vec::new() };
    let (mut operators, mut depth, mut ended) = (0_usize, 0_usize, false);
    for token in tokens {
        // Only where it is needed: to count characters for each token would take too long.
        let at = || lines.offset(token.span.start);
        if matches!(token.token, Token::Whitespace(_) | Token::EOF) {
            continue;
        }
        if ended {
            let message = "only one statement is allowed".to_owned();
            return Err(EngineError::Refused { message, at: at() });
        }
        match &token.token {
            Token::Word(word) => {
                operators += usize::from(connects(word.keyword) && word.quote_style.is_none());
                words.words.push((word.value.clone(), token.span.start));
            }
            Token::Number(digits, _) => check_number(digits, at)?,
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::SemiColon => ended = true,
            Token::SingleQuotedString(_) | Token::Comma | Token::Period => {}
            Token::Eq
            | Token::Neq
            | Token::Lt
            | Token::Gt
            | Token::LtEq
            | Token::GtEq
            | Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::Mod
            | Token::StringConcat
            | Token::DoubleColon => operators += 1,
            other => return Err(refused_token(other, at())),
        }
        if depth > DEEPEST {
            let message = format!("parentheses nested deeper than {DEEPEST}");
            return Err(EngineError::Limit { message });
        }
        if operators > MOST_OPERATORS {
            let message = format!("more than {MOST_OPERATORS} operators in one SQL text");
            return Err(EngineError::Limit { message });
        }
    }
    if words.words.is_empty() {
        return Err(EngineError::Syntax { message: "the text is empty".to_owned(), at: None });
    }
    Ok(words)
}

/// Says whether a keyword makes the tree of the query deeper, as an operator does.
fn connects(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::AND
            | Keyword::OR
            | Keyword::NOT
            | Keyword::UNION
            | Keyword::EXCEPT
            | Keyword::INTERSECT
            | Keyword::JOIN
            | Keyword::CASE
            | Keyword::WHEN
            | Keyword::SELECT
            | Keyword::IS
            | Keyword::IN
            | Keyword::LIKE
            | Keyword::BETWEEN
    )
}

fn check_number(digits: &str, at: impl Fn() -> Option<usize>) -> Result<(), EngineError> {
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(()),
        _ => Err(EngineError::Syntax {
            message: format!("the number {digits} is too large"),
            at: at(),
        }),
    }
}

fn refused_token(token: &Token, at: Option<usize>) -> EngineError {
    let message = match token {
        Token::Caret => {
            "`^` means another thing in SQL than a power; write `power(x, 2)`".to_owned()
        }
        Token::DoubleEq => "`==` is not SQL; write `=`".to_owned(),
        Token::ExclamationMark => "write `not` or `<>`".to_owned(),
        other => format!("`{other}` has no meaning here"),
    };
    EngineError::Syntax { message, at }
}

fn parse(tokens: Vec<TokenWithSpan>, lines: &Lines<'_>) -> Result<Statement, EngineError> {
    let mut parser = Parser::new(&GenericDialect {})
        .with_recursion_limit(DEEPEST)
        .with_tokens_with_locations(tokens);
    let first = parser.peek_token();
    let begins = matches!(&first.token, Token::LParen)
        || matches!(&first.token, Token::Word(word)
            if matches!(word.keyword, Keyword::SELECT | Keyword::WITH));
    if !begins {
        let message = format!("`{}`; only SELECT is", first.token);
        return Err(EngineError::Refused { message, at: lines.offset(first.span.start) });
    }
    let failed = |error: ParserError, parser: &Parser<'_>| match error {
        ParserError::RecursionLimitExceeded => {
            EngineError::Limit { message: format!("an SQL text nested deeper than {DEEPEST}") }
        }
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            let at = lines.offset(parser.peek_token_ref().span.start);
            EngineError::Syntax { message: without_position(&message), at }
        }
    };
    let statement = match parser.parse_statement() {
        Ok(statement) => statement,
        Err(error) => return Err(failed(error, &parser)),
    };
    let rest = parser.peek_token();
    match rest.token {
        Token::EOF | Token::SemiColon => Ok(statement),
        other => Err(EngineError::Syntax {
            message: format!("`{other}` is not expected here"),
            at: lines.offset(rest.span.start),
        }),
    }
}

/// Drops the parser's own " at Line: 1, Column: 8" and speaks in lower case.
fn without_position(message: &str) -> String {
    let text = message.split(" at Line:").next().unwrap_or(message);
    lower_first(text.trim_start_matches("sql parser error: "))
        .replace("found: EOF", "found the end of the text")
        .replace("expected: ", "expected ")
        .replace("found: ", "found ")
}

fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}
