//! Checks a method without data: names, order and types, all problems at once.
//!
//! Empty tables with the declared columns are registered in the engine, and every query of a step
//! is planned against them. A step that reads a broken step is not checked further: its problems
//! would only be echoes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Problem, Problems, Span, Spanned};
use crate::engine::{ColumnType, Engine, Schema};

use super::checker::Checker;
use super::figures;
use super::parse::{Method, WrittenInput, WrittenStep};
use super::plan::{Address, Plan, PlannedInput, PlannedStep};
use super::steps::Read;

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
            None => match known.passed_on(step) {
                // The rows of a broken filter are known all the same: what reads them is checked too.
                Some(schema) => known.add_rows(&step.id, schema, engine, &mut problems),
                None => {
                    known.broken.insert(step.id.value.clone());
                }
            },
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
pub(super) struct Known {
    inputs: Vec<PlannedInput>,
    /// The columns of what has rows.
    pub(super) rows: BTreeMap<String, Schema>,
    /// The addresses of the estimates so far.
    pub(super) promises: Vec<Address>,
    sound: BTreeSet<String>,
    broken: BTreeSet<String>,
}

impl Known {
    /// The rows that a step passes on whether or not it is in order, where it does.
    fn passed_on(&self, step: &WrittenStep) -> Option<Schema> {
        let from = step.body.as_ref()?.passes_on()?;
        self.rows.get(from).cloned()
    }

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
        _ => None,
    };
    let message = format!("column `{}` has no type `{}`", name.value, word.value);
    let problem = Problem::error(message).at(&word.span);
    match alias {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.suggest(&word.value, words),
    }
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
    let known_before = problems.0.len();
    let mut checker = Checker { id: &step.id.value, engine, known, problems };
    let checked = body.check(&mut checker)?;
    if problems.0.iter().filter(|one| is_error(one)).count() > before {
        return None;
    }
    let mut planned = planned(step, &reads, checked.promises, checked.step);
    planned.warnings = warnings(problems.0.get(known_before..).unwrap_or_default());
    Some((planned, checked.output))
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == crate::diagnostic::Severity::Error
}

/// What a check warned of, for the results: each once, with what to do.
fn warnings(problems: &[Problem]) -> Vec<String> {
    let mut warnings: Vec<String> = Vec::new();
    for problem in problems.iter().filter(|one| !is_error(one)) {
        let help = problem.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        let message = format!("{}{help}", problem.message);
        if !warnings.contains(&message) {
            warnings.push(message);
        }
    }
    warnings
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
        warnings: Vec::new(),
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
