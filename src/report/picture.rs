//! Figures on their way into a page: plain pictures only, and their numbers as a table.
//!
//! The drawings are ours, but their labels are other people's: a picture that carries anything but
//! shapes and text is refused, however it came to.

use minijinja::Value;
use serde::Serialize;

use super::{ReportError, text};
use crate::figure::Drawing;

/// A figure and the table of its numbers.
#[derive(Debug, Serialize)]
pub(super) struct FigureView {
    id: String,
    anchor: String,
    file: String,
    title: String,
    description: String,
    svg: Value,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Serialize)]
struct Cell {
    text: String,
    number: bool,
}

/// Prepares the drawings.
pub(super) fn views(drawings: &[Drawing]) -> Result<Vec<FigureView>, ReportError> {
    drawings.iter().map(view).collect()
}

fn view(drawing: &Drawing) -> Result<FigureView, ReportError> {
    let svg = plain_svg(&drawing.svg)
        .map_err(|why| ReportError::Figure { figure: drawing.id.clone(), why })?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(drawing.csv.as_bytes());
    let columns = reader.headers()?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(record?.iter().map(cell).collect());
    }
    Ok(FigureView {
        id: drawing.id.clone(),
        anchor: format!("drawing-{}", text::slug(&drawing.id)),
        file: text::slug(&drawing.id),
        title: drawing.title.clone(),
        description: drawing.description.clone(),
        svg: Value::from_safe_string(text::visible(&svg).into_owned()),
        columns,
        rows,
    })
}

fn cell(text: &str) -> Cell {
    Cell { text: text.to_owned(), number: text.parse::<f64>().is_ok_and(f64::is_finite) }
}

/// The elements that a picture may consist of.
const ELEMENTS: [&str; 14] = [
    "svg", "g", "path", "polyline", "polygon", "rect", "circle", "ellipse", "line", "text",
    "tspan", "title", "desc", "clipPath",
];

/// Returns the picture without its XML declaration if it is shapes and text and nothing else.
fn plain_svg(svg: &str) -> Result<String, String> {
    let start = svg.find("<svg").ok_or("it is no SVG")?;
    let (before, picture) = svg.split_at(start);
    let prolog = before.trim();
    if !(prolog.is_empty() || (prolog.starts_with("<?xml") && prolog.ends_with("?>"))) {
        return Err("something stands before its first element".to_owned());
    }
    let picture = picture.trim();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = picture;
    while let Some(at) = rest.find('<') {
        let (content, tag) = rest.split_at(at);
        if open.is_empty() && !content.trim().is_empty() {
            return Err("text stands outside its first element".to_owned());
        }
        let end = end_of_tag(tag).ok_or("a tag does not end")?;
        let (inside, after) = tag.split_at(end);
        if open.is_empty() && rest.len() != picture.len() {
            return Err("it has more than one first element".to_owned());
        }
        tag_is_plain(inside.trim_start_matches('<'), &mut open)?;
        rest = after.strip_prefix('>').unwrap_or(after);
    }
    if open.is_empty() && rest.trim().is_empty() {
        Ok(picture.to_owned())
    } else {
        Err("its elements are not closed".to_owned())
    }
}

/// The place of the `>` that ends a tag, outside quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, '>') => return Some(at),
            _ => {}
        }
    }
    None
}

fn tag_is_plain<'a>(tag: &'a str, open: &mut Vec<&'a str>) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        return match open.pop() {
            Some(opened) if opened == name.trim() => Ok(()),
            _ => Err(format!("`</{}>` closes nothing", name.trim())),
        };
    }
    let closed = tag.ends_with('/');
    let body = tag.strip_suffix('/').unwrap_or(tag);
    let name = body.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
    if !ELEMENTS.contains(&name) {
        return Err(format!("it has an element `{name}`"));
    }
    let attributes = body.strip_prefix(name).unwrap_or_default();
    attributes_are_plain(attributes)?;
    if !closed {
        open.push(name);
    }
    Ok(())
}

fn attributes_are_plain(attributes: &str) -> Result<(), String> {
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or("an attribute has no value")?;
        let (name, after) = (name.trim(), after.trim_start());
        let quote = after
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .ok_or("a value has no quotes")?;
        let (value, after) =
            after.trim_start_matches(quote).split_once(quote).ok_or("a value does not end")?;
        let lower = name.to_ascii_lowercase();
        let active =
            lower.starts_with("on") || lower == "style" || lower.contains("href") || lower == "src";
        if active || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)) {
            return Err(format!("it has an attribute `{name}`"));
        }
        if value.to_ascii_lowercase().contains("script:") || value.contains('<') {
            return Err(format!("its attribute `{name}` is no plain value"));
        }
        rest = after.trim_start();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_picture_passes() {
        let svg = "<?xml version=\"1.0\"?>\n<svg width=\"9\" viewBox=\"0 0 9 9\"><title>a &lt; b</title><g><rect x=\"1\"/><text x='1'>]]&gt; é</text></g></svg>\n";
        assert!(plain_svg(svg).is_ok_and(|plain| plain.starts_with("<svg")));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "<p></p>",
            "<svg><script>alert(1)</script></svg>",
            "<svg onload=\"alert(1)\"></svg>",
            "<svg><g style=\"x\"/></svg>",
            "<svg><a href=\"x\"></a></svg>",
            "<svg><rect fill=\"javascript:x\"/></svg>",
            "<svg></svg><svg></svg>",
            "<svg></svg>text",
            "<svg><g></svg>",
            "<svg><!-- x --></svg>",
            "<svg><![CDATA[x]]></svg>",
            "<svg></g></svg>",
            "<svg",
            "<svg a></svg>",
            "<b/><svg></svg>",
        ] {
            assert!(plain_svg(bad).is_err(), "{bad}");
        }
    }
}
