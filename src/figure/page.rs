//! What every chart's page has: a title on top, an axis with its grid, a legend and notes at the foot.

use super::number::{Scale, Unit};
use super::sheet::{Anchor, Colour, GREY, GRID, MARGIN, Sheet, Style, WIDTH};
use super::text::{Fonts, clean};
use crate::results::Figure;

/// The height of a line of small text.
pub(super) const SMALL_LINE: f64 = 16.0;

/// The zero line, and the frame of an axis.
pub(super) const DARK: Colour = (0x76, 0x76, 0x76);

/// Draws a sign centred on a point.
type Sign = Box<dyn Fn(&mut Sheet, (f64, f64))>;

/// An entry of a legend: its sign, how wide that is, and what it means.
pub(super) struct Key {
    sign: Sign,
    width: f64,
    words: String,
}

impl Key {
    pub(super) fn new(
        sign: impl Fn(&mut Sheet, (f64, f64)) + 'static,
        width: f64,
        words: impl Into<String>,
    ) -> Self {
        Self { sign: Box::new(sign), width, words: words.into() }
    }
}

/// Writes the title; returns where the page goes on.
pub(super) fn heading(sheet: &mut Sheet, fonts: &Fonts, figure: &Figure) -> f64 {
    let style = Style::TITLE;
    let line = style.size * 1.3;
    let mut baseline = MARGIN + style.size * 0.8;
    let title = clean(&figure.title);
    if title.is_empty() {
        return MARGIN;
    }
    for words in balanced(fonts, &title) {
        sheet.text((MARGIN, baseline), words, style);
        baseline += line;
    }
    baseline - style.size * 0.8 + 4.0
}

/// Breaks a title into as few lines as fit, of about the same width: no last word on its own.
fn balanced(fonts: &Fonts, title: &str) -> Vec<String> {
    let style = Style::TITLE;
    let wrap = |width| fonts.wrap(title, style.size, style.weight, width, 4);
    let widest = WIDTH - 2.0 * MARGIN;
    let lines = wrap(widest);
    let cut = |lines: &[String]| lines.iter().any(|line| line.ends_with('…'));
    if lines.len() == 1 || cut(&lines) {
        return lines;
    }
    let narrower = (1..40).map(|step| wrap(widest - f64::from(step) * 8.0));
    narrower.take_while(|other| other.len() == lines.len() && !cut(other)).last().unwrap_or(lines)
}

/// Writes the legend and the notes below a height, and ends the page there.
pub(super) fn foot(sheet: &mut Sheet, fonts: &Fonts, top: f64, keys: &[Key], notes: &[String]) {
    let style = Style::SMALL;
    let mut middle = top + SMALL_LINE / 2.0;
    let mut x = MARGIN;
    for key in keys {
        let room = WIDTH - 2.0 * MARGIN - key.width - 7.0;
        let words = fonts.shorten(&key.words, style.size, style.weight, room);
        let width = key.width + 7.0 + fonts.width(&words, style.size, style.weight);
        if x > MARGIN && x + width > WIDTH - MARGIN {
            x = MARGIN;
            middle += SMALL_LINE + 2.0;
        }
        (key.sign)(sheet, (x + key.width / 2.0, middle));
        sheet.centred((x + key.width + 7.0, middle), words, style);
        x += width + 20.0;
    }
    if !keys.is_empty() {
        middle += SMALL_LINE + 4.0;
    }
    for note in notes {
        for words in fonts.wrap(note, style.size, style.weight, WIDTH - 2.0 * MARGIN, 4) {
            sheet.centred((MARGIN, middle), words, style);
            middle += SMALL_LINE;
        }
    }
    sheet.height = (middle - SMALL_LINE / 2.0 + MARGIN - 4.0).ceil();
}

/// Returns what a value axis is called: the figure's words, and the unit if they do not say it.
pub(super) fn axis_title(figure: &Figure, unit: &Unit) -> Option<String> {
    let axis = figure.axis.as_deref().map(clean).filter(|axis| !axis.is_empty());
    match (axis, unit.name().map(clean)) {
        // Every tick carries its percent sign.
        (Some(axis), _) if matches!(unit, Unit::Percent) => Some(axis),
        (Some(axis), Some(unit)) if unit == "%" && axis.contains("percent") => Some(axis),
        (Some(axis), Some(unit)) if !axis.contains(&unit) => Some(format!("{axis} ({unit})")),
        (Some(axis), _) => Some(axis),
        (None, unit) => unit,
    }
}

/// Draws a horizontal value axis: grid, zero line, ticks, title. Returns where the page goes on.
pub(super) fn value_axis(
    sheet: &mut Sheet,
    fonts: &Fonts,
    scale: Scale,
    unit: &Unit,
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
    title: Option<&str>,
) -> f64 {
    let style = Style::SMALL.anchored(Anchor::Middle);
    let x = |number: f64| left + scale.place(number) * (right - left);
    for (tick, words) in fitting_ticks(fonts, scale, unit, (left, right)) {
        sheet.line((x(tick), top), (x(tick), bottom + 4.0), 1.0, GRID);
        sheet.centred((x(tick), bottom + 13.0), words, style);
    }
    if scale.holds(0.0) {
        sheet.line((x(0.0), top), (x(0.0), bottom + 4.0), 1.2, DARK);
    }
    let mut middle = bottom + 13.0 + SMALL_LINE;
    let centre = f64::midpoint(left, right);
    let room = 2.0 * (centre - MARGIN).min(WIDTH - MARGIN - centre);
    for words in
        title.map(|title| fonts.wrap(title, style.size, style.weight, room, 3)).unwrap_or_default()
    {
        sheet.centred((centre, middle), words, style.coloured(GREY));
        middle += SMALL_LINE;
    }
    middle - SMALL_LINE / 2.0 + 10.0
}

/// Returns as many ticks as have room for their words.
fn fitting_ticks(
    fonts: &Fonts,
    scale: Scale,
    unit: &Unit,
    (left, right): (f64, f64),
) -> Vec<(f64, String)> {
    let style = Style::SMALL;
    let fits = |ticks: &[(f64, String)]| {
        let mut free = left - 24.0;
        ticks.iter().all(|(tick, words)| {
            let half = fonts.width(words, style.size, style.weight) / 2.0;
            let x = left + scale.place(*tick) * (right - left);
            let room = x - half >= free && x + half <= right + 24.0;
            free = x + half + 10.0;
            room
        })
    };
    let counts = [7, 6, 5, 4, 3, 2, 1];
    counts
        .into_iter()
        .map(|count| scale.ticks(unit, count))
        .find(|ticks| !ticks.is_empty() && fits(ticks))
        .unwrap_or_default()
}
