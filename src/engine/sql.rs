//! What SQL is let through: one plain `SELECT` of bounded size over registered tables, with the
//! functions of a list. Reads text only; decides before anything is planned.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArguments, Ident, ObjectName, Query, SetExpr, Spanned, Statement, TableFactor,
    Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::EngineError;
use super::functions::{self, Verdict};

/// The longest SQL text, in bytes.
pub(super) const LONGEST: usize = 64 << 10;
/// The most operators and connecting words in one text.
pub(super) const MOST_OPERATORS: usize = 1_000;
/// The deepest nesting of parentheses and sub-queries.
pub(super) const DEEPEST: usize = 50;

/// The most tables that one SELECT may join.
const MOST_TABLES: usize = 50;

/// The most tables that a text reads, each common table expression written out wherever it is used.
const MOST_READ: u64 = 500;

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
    let mut gate = Gate { tables, lines: &lines, queries: Vec::new() };
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

/// Walks the statement and breaks at the first thing that is not let through.
struct Gate<'a> {
    tables: &'a [String],
    lines: &'a Lines<'a>,
    queries: Vec<Open>,
}

/// A query that is being walked.
#[derive(Default)]
struct Open {
    /// Its common table expressions that were not walked yet.
    coming: VecDeque<String>,
    /// Those that were, and how many tables each reads.
    known: BTreeMap<String, u64>,
    /// How many tables it reads.
    reads: u64,
}

type Step = ControlFlow<Box<EngineError>>;

impl Gate<'_> {
    fn refuse(&self, message: impl Into<String>, place: Location) -> Step {
        let at = self.lines.offset(place);
        ControlFlow::Break(Box::new(EngineError::Refused { message: message.into(), at }))
    }

    fn check_body(&self, body: &SetExpr) -> Step {
        match body {
            SetExpr::Select(select) => {
                if select.into.is_some() {
                    return self.refuse("SELECT … INTO writes a table", body.span().start);
                }
                let tables: usize = select.from.iter().map(|from| 1 + from.joins.len()).sum();
                if tables > MOST_TABLES {
                    let message =
                        format!("{tables} tables in one SELECT; the limit is {MOST_TABLES}");
                    return ControlFlow::Break(Box::new(EngineError::Limit { message }));
                }
                ControlFlow::Continue(())
            }
            SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
            SetExpr::SetOperation { left, right, .. } => {
                self.check_body(left)?;
                self.check_body(right)
            }
            _ => self.refuse("only SELECT is", body.span().start),
        }
    }

    fn check_function(&self, name: &ObjectName, over: bool, distinct: bool) -> Step {
        let place = name.span().start;
        let word = name.to_string().to_lowercase();
        match functions::verdict(&word, over) {
            Verdict::Allowed if distinct && word != "count" => {
                self.refuse(format!("DISTINCT within `{word}`; only `count` takes it"), place)
            }
            Verdict::Allowed => ControlFlow::Continue(()),
            Verdict::Refused(why) => self.refuse(format!("`{word}`: {why}"), place),
            Verdict::Unknown => {
                let candidates = functions::names().map(str::to_owned).collect();
                let at = self.lines.offset(place);
                ControlFlow::Break(Box::new(EngineError::UnknownFunction {
                    name: word,
                    candidates,
                    at,
                }))
            }
        }
    }

    fn check_relation(&mut self, name: &ObjectName) -> Step {
        let word = match name.0.as_slice() {
            [part] => part.as_ident().map(|ident| ident.value.clone()),
            _ => None,
        };
        let word = word.unwrap_or_else(|| name.to_string());
        let expression =
            self.queries.iter().rev().find_map(|query| query.known.get(&word).copied());
        let reads = expression.or_else(|| self.tables.contains(&word).then_some(1));
        if let (Some(reads), Some(query)) = (reads, self.queries.last_mut()) {
            query.reads = query.reads.saturating_add(reads);
            if query.reads > MOST_READ {
                let message = format!("more than {MOST_READ} tables read in one SQL text");
                return ControlFlow::Break(Box::new(EngineError::Limit { message }));
            }
            return ControlFlow::Continue(());
        }
        let mut candidates: Vec<String> = self.tables.to_vec();
        candidates.extend(self.queries.iter().flat_map(|query| query.known.keys().cloned()));
        let at = self.lines.offset(name.span().start);
        ControlFlow::Break(Box::new(EngineError::UnknownTable { name: word, candidates, at }))
    }
}

impl Visitor for Gate<'_> {
    type Break = Box<EngineError>;

    fn pre_visit_statement(&mut self, statement: &Statement) -> Step {
        match statement {
            Statement::Query(_) => ControlFlow::Continue(()),
            other => self.refuse("only SELECT is", other.span().start),
        }
    }

    fn pre_visit_query(&mut self, query: &Query) -> Step {
        let mut open = Open::default();
        if let Some(with) = &query.with {
            if with.recursive {
                return self.refuse("WITH RECURSIVE", query.span().start);
            }
            let names = with.cte_tables.iter().map(|table| table.alias.name.value.clone());
            open.coming.extend(names);
        }
        self.queries.push(open);
        let extras = !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
            || !query.pipe_operators.is_empty();
        if extras {
            return self
                .refuse("a clause after the SELECT that is not plain SQL", query.span().start);
        }
        self.check_body(&query.body)
    }

    fn post_visit_query(&mut self, _: &Query) -> Step {
        let closed = self.queries.pop().unwrap_or_default();
        if let Some(around) = self.queries.last_mut() {
            // The first queries within a query are its common table expressions, in their order.
            match around.coming.pop_front() {
                Some(name) => {
                    around.known.insert(name, closed.reads.max(1));
                }
                None => around.reads = around.reads.saturating_add(closed.reads),
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Step {
        match factor {
            TableFactor::Table { args: Some(_), name, .. } => self.refuse(
                format!("`{name}`: table functions; name a table or an earlier step"),
                name.span().start,
            ),
            TableFactor::Table { version: None, sample: None, with_ordinality: false, .. }
            | TableFactor::Derived { sample: None, .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            other => self.refuse("only tables and sub-queries can be read", other.span().start),
        }
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> Step {
        self.check_relation(relation)
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Step {
        match expr {
            Expr::Function(function) => {
                let distinct = matches!(&function.args, FunctionArguments::List(list)
                    if list.duplicate_treatment.is_some());
                self.check_function(&function.name, function.over.is_some(), distinct)
            }
            Expr::Identifier(Ident { value, quote_style: None, span }) => {
                let word = value.to_lowercase();
                match functions::verdict(&word, false) {
                    Verdict::Refused(why) if word.starts_with("current_") => {
                        self.refuse(format!("`{word}`: {why}"), span.start)
                    }
                    _ => ControlFlow::Continue(()),
                }
            }
            _ => ControlFlow::Continue(()),
        }
    }
}
