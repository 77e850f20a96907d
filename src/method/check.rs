//! Checks a method without data: names, order and types, all problems at once.
//!
//! Empty tables with the declared columns are registered in the engine, and every query of a step
//! is planned against them. A step that reads a broken step is not checked further: its problems
//! would only be echoes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Problem, Problems, Span, Spanned, nearest};
use crate::engine::{ColumnType, Engine, EngineError, Schema};

use super::figures;
use super::parse::{Method, WrittenInput, WrittenStep};
use super::plan::{Address, Plan, PlannedInput, PlannedStep, Promise, promise};
use super::steps::Read;
use super::text::{self, quote};

/// Checks a method. A plan comes back only where nothing is wrong, in the text or in what it says;
/// warnings (a division of two ints) may come with it.
pub fn check(method: &Method, engine: &Engine) -> (Option<Plan>, Problems) {
    let mut problems = Problems::default();
    let mut known = Known::default();
    for input in &method.inputs {
        known.add_input(input, engine, &mut problems);
    }
    let mut steps = Vec::new();
    for (index, step) in method.steps.iter().enumerate() {
        match check_step(method, index, &known, engine, &mut problems) {
            Some((planned, output)) => {
                known.promises.extend(planned.promises.iter().cloned());
                if let Some(schema) = output {
                    known.add_rows(&step.id, schema, engine, &mut problems);
                }
                known.sound.insert(step.id.value.clone());
                steps.push(planned);
            }
            None => {
                known.broken.insert(step.id.value.clone());
            }
        }
    }
    let mut plan = Plan { sha256: method.sha256, inputs: known.inputs, steps, figures: Vec::new() };
    if known.broken.is_empty() {
        let figures = method.figures.iter();
        plan.figures =
            figures.filter_map(|one| figures::check(one, &plan, &mut problems)).collect();
    }
    if method.steps.is_empty() {
        let whole = Span::new(&method.source, 0..0);
        problems.push(Problem::error("the method has no step").at(&whole).help("add a [[step]]"));
    }
    let sound = !method.incomplete && !problems.has_errors() && known.broken.is_empty();
    (sound.then_some(plan), problems)
}

/// What is known so far: the rows and estimates of inputs and of the steps before.
#[derive(Default)]
struct Known {
    inputs: Vec<PlannedInput>,
    rows: BTreeMap<String, Schema>,
    promises: Vec<Address>,
    sound: BTreeSet<String>,
    broken: BTreeSet<String>,
}

impl Known {
    fn add_input(&mut self, input: &WrittenInput, engine: &Engine, problems: &mut Problems) {
        let mut schema = Schema::default();
        let before = problems.0.len();
        for (name, word) in &input.columns {
            match ColumnType::from_word(&word.value) {
                Some(kind) => schema.columns.push((name.value.clone(), kind)),
                None => problems.push(unknown_type(name, word)),
            }
        }
        if problems.0.len() > before || schema.columns.is_empty() {
            self.broken.insert(input.id.value.clone());
            return;
        }
        let (id, span) = (input.id.value.clone(), input.id.span.clone());
        self.inputs.push(PlannedInput { id, schema: schema.clone(), span });
        self.add_rows(&input.id, schema, engine, problems);
    }

    fn add_rows(
        &mut self,
        id: &Spanned<String>,
        schema: Schema,
        engine: &Engine,
        problems: &mut Problems,
    ) {
        if let Err(error) = engine.register(&id.value, Arc::new(schema.empty_table())) {
            problems.push(Problem::error(error.to_string()).at(&id.span));
            self.broken.insert(id.value.clone());
        }
        self.rows.insert(id.value.clone(), schema);
    }
}

fn unknown_type(name: &Spanned<String>, word: &Spanned<String>) -> Problem {
    let words = ["int", "float", "string", "bool", "date", "timestamp"];
    let alias = match word.value.to_lowercase().as_str() {
        "integer" | "bigint" => Some("int"),
        "double" | "number" | "real" | "numeric" => Some("float"),
        "text" | "str" | "varchar" => Some("string"),
        "boolean" => Some("bool"),
        "datetime" => Some("timestamp"),
        other => nearest(other, words),
    };
    let message = format!("column `{}` has no type `{}`", name.value, word.value);
    Problem::error(message).at(&word.span).help(match alias {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", words.join(", ")),
    })
}

fn check_step(
    method: &Method,
    index: usize,
    known: &Known,
    engine: &Engine,
    problems: &mut Problems,
) -> Option<(PlannedStep, Option<Schema>)> {
    let step = method.steps.get(index)?;
    let body = step.body.as_ref()?;
    let reads = body.reads();
    let mut fits = true;
    for read in &reads {
        fits &= resolve(read, method, index, known, problems);
    }
    if !fits {
        return None;
    }
    let before = problems.0.iter().filter(|one| is_error(one)).count();
    let mut checker = Checker { id: &step.id.value, engine, known, problems };
    let checked = body.check(&mut checker)?;
    if problems.0.iter().filter(|one| is_error(one)).count() > before {
        return None;
    }
    Some((planned(step, &reads, checked.promises, checked.step), checked.output))
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == crate::diagnostic::Severity::Error
}

fn planned(
    step: &WrittenStep,
    reads: &[Read],
    promises: Vec<Address>,
    body: Box<dyn super::steps::Step>,
) -> PlannedStep {
    let mut names: Vec<String> = Vec::new();
    for read in reads {
        if !names.contains(&read.name) {
            names.push(read.name.clone());
        }
    }
    PlannedStep {
        id: step.id.value.clone(),
        kind: step.kind,
        place: step.place.clone(),
        assumes: step.assumes.clone(),
        span: step.span.clone(),
        reads: names,
        promises,
        body,
    }
}

/// Says whether what a step reads is there; reports it where it is not. What is broken itself was
/// reported before.
fn resolve(
    read: &Read,
    method: &Method,
    index: usize,
    known: &Known,
    problems: &mut Problems,
) -> bool {
    let name = read.name.as_str();
    if known.broken.contains(name) {
        return false;
    }
    if known.rows.contains_key(name) {
        if !read.rows && !known.sound.contains(name) {
            let message = format!("`{name}` is an input: it has rows, not estimates");
            problems.push(Problem::error(message).at(&read.span));
            return false;
        }
        return true;
    }
    if known.sound.contains(name) {
        if read.rows {
            let message = format!("`{name}` yields estimates, not rows");
            let help = "read the rows that it reads, or use `est(\"…\")` in a contrast";
            problems.push(Problem::error(message).at(&read.span).help(help));
            return false;
        }
        return true;
    }
    problems.push(unresolved(read, method, index, known));
    false
}

fn unresolved(read: &Read, method: &Method, index: usize, known: &Known) -> Problem {
    let name = read.name.as_str();
    let here = method.steps.get(index).map_or("", |step| step.id.value.as_str());
    if let Some(later) = method.steps.iter().skip(index).find(|step| step.id.value == name) {
        let circle = cycle(method, here, name);
        let line = later.span.line();
        return match circle {
            Some(path) => Problem::error(format!("step `{here}` needs itself: {path}"))
                .at(&read.span)
                .help("a step may read inputs and the steps before it"),
            None => Problem::error(format!("step `{here}` reads `{name}`, which comes after it"))
                .at(&read.span)
                .help(format!("move step `{name}` (line {line}) before step `{here}`")),
        };
    }
    let candidates = known.rows.keys().chain(&known.sound).map(String::as_str);
    let what = if read.rows { "no input or step" } else { "no step" };
    Problem::error(format!("{what} is called `{name}`")).at(&read.span).suggest(name, candidates)
}

/// The circle that leads from `here` over `name` back to `here`, where there is one.
fn cycle(method: &Method, here: &str, name: &str) -> Option<String> {
    let mut paths = vec![vec![here.to_owned(), name.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(path) = paths.pop() {
        let last = path.last()?.clone();
        if last == here {
            return Some(path.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" → "));
        }
        if !seen.insert(last.clone()) {
            continue;
        }
        let step = method.steps.iter().find(|step| step.id.value == last);
        for read in step.and_then(|step| step.body.as_ref()).map_or(Vec::new(), |body| body.reads())
        {
            paths.push([path.clone(), vec![read.name]].concat());
        }
    }
    None
}

/// A part of a text in the method: an expression, and where its first character stands.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    /// The expression.
    pub(super) text: String,
    /// The string it stands in, with its quotes.
    whole: Span,
    /// Its first byte inside the quotes.
    offset: usize,
}

impl Fragment {
    /// The whole of a string.
    pub(super) fn whole(text: &Spanned<String>) -> Self {
        Self { text: text.value.clone(), whole: text.span.clone(), offset: 0 }
    }

    /// A part of this fragment.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        Self {
            text: text::slice(&self.text, range.clone()).to_owned(),
            whole: self.whole.clone(),
            offset: self.offset + range.start,
        }
    }

    /// The place of a part.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        self.whole.inside_quotes(self.offset + range.start..self.offset + range.end)
    }

    /// The place of all of it.
    pub(super) fn span(&self) -> Span {
        self.place(0..self.text.len())
    }

    /// Says what the engine found wrong, at the place where the engine found it; `before` bytes of
    /// the query come before the fragment.
    pub(super) fn trouble(&self, error: &EngineError, before: usize) -> Problem {
        let inside = error.at().and_then(|at| at.checked_sub(before));
        let at = inside.filter(|at| *at <= self.text.len());
        let named = match error {
            EngineError::UnknownColumn { name, .. }
            | EngineError::UnknownTable { name, .. }
            | EngineError::UnknownFunction { name, .. } => text::find(&self.text, name),
            _ => None,
        };
        let token = at.map(|at| self.token_at(at));
        let span = match token.or(named) {
            Some(range) => self.place(range),
            None => self.span(),
        };
        let problem = Problem::error(error.to_string()).at(&span);
        match error.help() {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    fn token_at(&self, at: usize) -> Range<usize> {
        let tokens = text::tokens(&self.text).unwrap_or_default();
        let token = tokens.into_iter().find(|token| token.range.end > at);
        token.map_or(at..self.text.len().max(at), |token| token.range)
    }
}

/// What a step may ask while it is checked.
pub(super) struct Checker<'a> {
    id: &'a str,
    engine: &'a Engine,
    known: &'a Known,
    problems: &'a mut Problems,
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
            self.problems.push(match nearest(&name.text, schema.names()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => {
                    let all: Vec<&str> = schema.names().collect();
                    problem.help(format!("there are: {}", all.join(", ")))
                }
            });
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
}
