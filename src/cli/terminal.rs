//! The one place that prints. Results go to stdout; people's text and progress to stderr.
//!
//! Whatever comes from a file is cleaned of control characters first: text never steers a terminal.

mod columns;
mod drawn;
mod paint;
mod progress;

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::Instant;

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::args::{Colour, Common, Format};
use crate::diagnostic::text::Append as _;
use crate::diagnostic::{Place, Problem, Problems, Severity, Span};
use crate::error::Error;
use crate::event::{Event, Observer};

pub use columns::columns;
use drawn::Rendered;
pub use paint::{Look, clean};
use paint::{keep_paint, paint};
use progress::{A_MOMENT, Task, now};

/// Stdout and stderr, and how to write on them.
pub struct Terminal {
    format: Format,
    quiet: bool,
    colour_out: bool,
    colour_err: bool,
    born: Instant,
    progress: Mutex<Option<Task>>,
}

impl Terminal {
    /// Looks at the streams and the environment once.
    #[must_use]
    pub fn new(common: &Common) -> Self {
        let wants = |is_terminal: bool| match common.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => colour_by_environment(is_terminal),
        };
        Self {
            format: common.format,
            quiet: common.quiet,
            colour_out: wants(io::stdout().is_terminal()),
            colour_err: wants(io::stderr().is_terminal()),
            born: now(),
            progress: Mutex::new(None),
        }
    }

    /// Says whether stdout carries JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Paints text for stdout.
    #[must_use]
    pub fn paint(&self, look: Look, text: &str) -> String {
        paint(self.colour_out, look, text)
    }

    /// Writes text for people: to stdout, or to stderr where stdout carries JSON.
    ///
    /// # Errors
    /// When the stream cannot be written.
    pub fn say(&self, text: &str) -> Result<(), Error> {
        if self.is_json() {
            if !self.quiet {
                self.note(text);
            }
            return Ok(());
        }
        write_out(&keep_paint(text))
    }

    /// Writes a document to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn document(&self, text: &str) -> Result<(), Error> {
        write_out(text)
    }

    /// Writes to stdout what is too much for one text.
    ///
    /// # Errors
    /// When it cannot be read, or stdout cannot be written.
    pub fn copy(&self, source: &mut impl io::Read) -> Result<(), Error> {
        let mut stream = io::stdout().lock();
        match io::copy(source, &mut stream).and_then(|_| stream.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::Output { path: "stdout".to_owned(), why: error.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// Writes a line for people to stderr, unless they asked for quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            write_err(&keep_paint(text));
        }
    }

    /// Writes an error to stderr, with its places and what to do.
    pub fn error(&self, error: &Error) {
        let text = match error {
            Error::Invalid(problems) | Error::Step(problems) => self.problems(problems),
            Error::Missing(files) => files.iter().fold(String::new(), |mut text, file| {
                let looked = file.looked.join(", ");
                let lines = [
                    ("expected", file.expected.as_str()),
                    ("looked in", &looked),
                    ("help", &file.help),
                ];
                text += &self.block(&format!("data missing: {}", file.file), &lines);
                text
            }),
            Error::Changed(files) => files.iter().fold(String::new(), |mut text, file| {
                let at = file.at.display().to_string();
                let lines = [
                    ("at", at.as_str()),
                    ("expected", &file.expected),
                    ("found", &file.found),
                    ("help", &file.help),
                ];
                text += &self.block(&format!("data changed: {}", file.file), &lines);
                text
            }),
            Error::Usage { message, help } => {
                let lines: Vec<(&str, &str)> =
                    help.iter().map(|help| ("help", help.as_str())).collect();
                self.block(message, &lines)
            }
            Error::Bug(message) => {
                let help = "please report it, with the command and the files that led to it";
                self.block(&format!("a bug in secondlook: {message}"), &[("help", help)])
            }
            other => self.block(&other.to_string(), &[]),
        };
        write_err(text.trim_end());
    }

    /// Writes all problems as text, each with its place.
    fn problems(&self, problems: &Problems) -> String {
        let shown = 50;
        let mut text = String::new();
        // Errors first: warnings must not push them out of sight.
        let is_error = |problem: &&Problem| problem.severity == Severity::Error;
        let errors = problems.0.iter().filter(is_error);
        let warnings = problems.0.iter().filter(|problem| !is_error(problem));
        for problem in errors.chain(warnings).take(shown) {
            text += &self.problem(problem);
        }
        if problems.0.len() > shown {
            writeln!(text, "… and {} more", problems.0.len() - shown);
        }
        text
    }

    fn problem(&self, problem: &Problem) -> String {
        let word = if problem.severity == Severity::Error { "error" } else { "warning" };
        if let Some(Place::Span(span)) = &problem.place
            && !wide(span)
        {
            let theme = if self.colour_err {
                GraphicalTheme::unicode()
            } else {
                GraphicalTheme::unicode_nocolor()
            };
            let handler =
                GraphicalReportHandler::new_themed(theme).with_width(4_000).without_cause_chain();
            let mut drawn = String::new();
            if handler.render_report(&mut drawn, &Rendered::new(problem)).is_ok() {
                let drawn = drawn.trim_start().trim_start_matches('×').trim_start();
                return format!("{}: {drawn}\n", paint(self.colour_err, Look::Strong, word));
            }
        }
        let place = problem.position().map(|(file, line, column)| match (line, column) {
            (0, _) => file,
            (line, 0) => format!("{file}:{line}"),
            (line, column) => format!("{file}:{line}:{column}"),
        });
        let mut lines: Vec<(&str, &str)> = Vec::new();
        lines.extend(place.iter().map(|place| ("at", place.as_str())));
        lines.extend(problem.label.iter().map(|label| ("found", label.as_str())));
        lines.extend(problem.help.iter().map(|help| ("help", help.as_str())));
        self.block_as(word, &problem.message, &lines)
    }

    fn block(&self, message: &str, lines: &[(&str, &str)]) -> String {
        self.block_as("error", message, lines)
    }

    fn block_as(&self, word: &str, message: &str, lines: &[(&str, &str)]) -> String {
        let mut text =
            format!("{}: {}\n", paint(self.colour_err, Look::Strong, word), clean(message));
        for (name, value) in lines {
            writeln!(text, "  {name}: {}", clean(value));
        }
        text
    }
}

/// Says whether a line at the place, or beside it, is too long to be drawn.
fn wide(span: &Span) -> bool {
    const LONGEST: usize = 1_000;
    let text = &span.source.text;
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rmatch_indices('\n').nth(1).map_or(0, |(at, _)| at);
    let after = text.get(span.end..).unwrap_or_default();
    let end = after.match_indices('\n').nth(1).map_or(text.len(), |(at, _)| span.end + at);
    let around = text.get(start..end).unwrap_or_default();
    around.split('\n').any(|line| line.len() > LONGEST)
}

impl Observer for Terminal {
    fn event(&self, event: Event<'_>) {
        if let Event::Warned { message } = event {
            self.note(&format!(
                "{}: {}",
                paint(self.colour_err, Look::Strong, "warning"),
                clean(message)
            ));
            return;
        }
        if self.quiet || !io::stderr().is_terminal() {
            return;
        }
        let Ok(mut current) = self.progress.lock() else { return };
        match event {
            Event::Started { task, total } => {
                let started = Task::start(task, total);
                if self.born.elapsed() > A_MOMENT {
                    started.name_it();
                }
                *current = Some(started);
            }
            Event::Advanced { task, done } => {
                if let Some(running) = current.as_mut().filter(|running| running.name == task) {
                    running.advance(done);
                }
            }
            Event::Finished { task } => {
                if let Some(running) = current.take_if(|running| running.name == task) {
                    running.bar.finish_and_clear();
                }
            }
            Event::Warned { .. } => {}
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read here, in cli, and nowhere else"
)]
fn colour_by_environment(is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let forced =
        std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !set("NO_COLOR") && (forced || (is_terminal && !dumb))
}

/// Writes to stdout. A reader that went away (a closed pipe) is no error.
fn write_out(text: &str) -> Result<(), Error> {
    let mut stream = io::stdout().lock();
    let written = stream
        .write_all(text.as_bytes())
        .and_then(|()| if text.ends_with('\n') { Ok(()) } else { stream.write_all(b"\n") });
    match written.and_then(|()| stream.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Output { path: "stdout".to_owned(), why: error.to_string() })
        }
        _ => Ok(()),
    }
}

/// Writes to stderr; there is nobody left to tell when that fails.
fn write_err(text: &str) {
    let mut stream = io::stderr().lock();
    if stream.write_all(text.as_bytes()).is_ok() {
        drop(stream.write_all(b"\n"));
    }
}

#[cfg(test)]
mod tests;
