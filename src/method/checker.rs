//! What a step may ask while it is checked: columns, types, estimates of the steps before it.

use crate::diagnostic::{Problem, Problems};
use crate::engine::{ColumnType, Engine, Schema};

use super::check::Known;
use super::fragment::Fragment;
use super::plan::{Promise, promise};
use super::text::{self, Token, quote};

/// What a step may ask while it is checked.
pub(super) struct Checker<'a> {
    pub(super) id: &'a str,
    pub(super) engine: &'a Engine,
    pub(super) known: &'a Known,
    pub(super) problems: &'a mut Problems,
}

impl Checker<'_> {
    /// The id of the step.
    pub(super) fn id(&self) -> &str {
        self.id
    }

    /// Reports a problem.
    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The columns of an input or earlier step.
    pub(super) fn schema(&self, name: &str) -> Schema {
        self.known.rows.get(name).cloned().unwrap_or_default()
    }

    /// Looks up an estimate of an earlier step.
    pub(super) fn promise(&self, address: &str) -> Promise {
        promise(self.known.promises.iter(), address)
    }

    /// Plans a query as it stands in the method and returns its columns.
    pub(super) fn query(&mut self, query: &Fragment) -> Option<Schema> {
        self.warn_of_divisions(query, &query.text);
        self.warn_of_logarithms(query);
        match self.engine.schema_of(&query.text) {
            Ok(schema) => Some(schema),
            Err(error) => {
                self.problems.push(query.trouble(&error, 0));
                None
            }
        }
    }

    /// Plans one expression over the rows of `from` and returns its type.
    pub(super) fn expression(&mut self, from: &str, expression: &Fragment) -> Option<ColumnType> {
        if let Err(misfit) = text::closed(&expression.text) {
            let place = expression.place(misfit.range);
            self.problems.push(Problem::error(misfit.message).at(&place));
            return None;
        }
        // A bare column beside it: then an aggregate is an error here, not one row later.
        let beside = self.schema(from).names().next().map(quote).unwrap_or_default();
        let sql =
            format!("SELECT ({}) AS \"value\", {beside} FROM {}", expression.text, quote(from));
        self.warn_of_divisions(expression, &sql);
        self.warn_of_logarithms(expression);
        match self.engine.schema_of(&sql) {
            Ok(schema) => schema.columns.first().map(|(_, kind)| *kind),
            Err(error) => {
                self.problems.push(expression.trouble(&error, "SELECT (".len()));
                None
            }
        }
    }

    /// Plans an expression that must be a number.
    pub(super) fn number(
        &mut self,
        from: &str,
        expression: &Fragment,
        what: &str,
    ) -> Option<ColumnType> {
        let kind = self.expression(from, expression)?;
        if kind.is_numeric() {
            return Some(kind);
        }
        let message = format!("{what} must be a number, and `{}` is a {kind}", expression.text);
        self.problems.push(Problem::error(message).at(&expression.span()));
        None
    }

    /// Plans an expression that must be true or false.
    pub(super) fn condition(
        &mut self,
        from: &str,
        expression: &Fragment,
        what: &str,
    ) -> Option<()> {
        let kind = self.expression(from, expression)?;
        if kind == ColumnType::Bool {
            return Some(());
        }
        let message =
            format!("{what} must be true or false, and `{}` is a {kind}", expression.text);
        self.problems.push(Problem::error(message).at(&expression.span()));
        None
    }

    /// Finds a column by its plain name.
    pub(super) fn column(&mut self, from: &str, name: &Fragment) -> Option<ColumnType> {
        let schema = self.schema(from);
        let kind = schema.kind(&name.text);
        if kind.is_none() {
            let message = format!("`{from}` has no column `{}`", name.text);
            let problem = Problem::error(message).at(&name.span());
            self.problems.push(problem.suggest(&name.text, schema.names()));
        }
        kind
    }

    /// Reports a second use of a name in a list.
    pub(super) fn distinct(&mut self, names: &[Fragment], what: &str) {
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier.text == name.text) {
                let message = format!("{what} `{}` stands here twice", name.text);
                self.problems.push(Problem::error(message).at(&name.span()));
            }
        }
    }

    fn warn_of_divisions(&mut self, written: &Fragment, sql: &str) {
        for division in self.engine.integer_divisions(sql).unwrap_or_default() {
            let message = format!("`{division}` divides two whole numbers: 5 / 2 is 2");
            self.problems.push(
                Problem::warning(message)
                    .at(&written.span())
                    .help("write `1.0 *` before it if the fraction is meant"),
            );
        }
    }

    /// R, Python and Stata mean the natural logarithm by `log`; SQL does not.
    fn warn_of_logarithms(&mut self, written: &Fragment) {
        let tokens = text::tokens(&written.text).unwrap_or_default();
        for (place, token) in tokens.iter().enumerate() {
            let opened = tokens.get(place + 1).is_some_and(|next| next.is("("));
            if token.is_word("log")
                && opened
                && one_argument(tokens.get(place + 2..).unwrap_or_default())
            {
                let message = "`log` of one number is the logarithm to base 10 in SQL";
                self.problems.push(
                    Problem::warning(message)
                        .at(&written.place(token.range.clone()))
                        .help("write `ln(x)` for the natural one, `log10(x)` for this one"),
                );
            }
        }
    }
}

/// Whether no comma stands before the call's end.
fn one_argument(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for token in tokens {
        match token.text {
            "(" => depth += 1,
            ")" if depth == 0 => return true,
            ")" => depth -= 1,
            "," if depth == 0 => return false,
            _ => {}
        }
    }
    true
}
