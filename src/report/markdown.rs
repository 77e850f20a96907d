//! `report.md`: the same story for a reader on a code forge, with every value escaped.

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};

use super::html::bare_environment;
use super::view::View;
use super::{Page, ReportError, rules, text};

/// Writes `report.md`.
///
/// # Errors
/// When the audit breaks its own rules, or a figure is not a plain picture.
pub fn markdown(page: &Page<'_>) -> Result<String, ReportError> {
    rules::check(page.audit)?;
    let view = View::of(page)?;
    let environment = environment()?;
    let rendered = environment.get_template("report.md")?.render(Value::from(Serde(&view)))?;
    Ok(single_blank_lines(&rendered))
}

fn environment() -> Result<Environment<'static>, ReportError> {
    let mut environment = bare_environment(text::markdown)?;
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.add_filter("code", |value: &Value| safe(text::markdown_code(&value.to_string())));
    environment.add_filter("block", |value: &Value, language: &str| {
        safe(text::markdown_block(language, &value.to_string()))
    });
    environment.add_filter("link", link);
    environment.add_template("report.md", include_str!("template/report.md"))?;
    Ok(environment)
}

fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

/// Writes a text as a link where it has an allowed address, as text where it has none.
fn link(text: &Value, address: &Value) -> Value {
    let text = text::markdown(&text.to_string());
    match address.as_str() {
        Some(address) => safe(format!("[{text}](<{}>)", text::markdown_address(address))),
        None => safe(text),
    }
}

/// Leaves at most one empty line between blocks, except inside fences, and no spaces at line ends.
fn single_blank_lines(page: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in page.lines() {
        let ticks = line.trim_end_matches(|c| c != '`');
        match fence {
            Some(open) if line == open => fence = None,
            None if line.starts_with("```") => fence = Some(ticks),
            _ => {}
        }
        if fence.is_some() || !line.trim().is_empty() {
            lines.push(line);
        } else if lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push("");
        }
    }
    let mut text = lines.join("\n").trim_end().to_owned();
    text.push('\n');
    text
}
