//! The table around a chart of rows: labels at the left, the chart in the middle, values, printed numbers
//! and verdicts at the right, each on the height of what it names.

use super::mark::{self, Mark};
use super::number::{Scale, Unit};
use super::page::{self, SMALL_LINE};
use super::row::{Printed, Row, Selection, Statement, fails};
use super::sheet::{Anchor, Colour, GREY, INK, MARGIN, Sheet, Style, WIDTH, Weight};
use super::text::Fonts;
use crate::results::Figure;

const LINE: f64 = 17.5;
const PADDING: f64 = 7.0;
const GAP: f64 = 14.0;
const WIDEST_LABEL: f64 = 178.0;
const WIDEST_VALUE: f64 = 204.0;
/// Room for a verdict's mark before the printed number.
const SIGN: f64 = 17.0;
/// A reader's face may be a little wider than ours.
const SPARE: f64 = 1.04;
const STRIPE: Colour = (0xf5, 0xf6, 0xf8);

/// A laid-out table.
pub(super) struct Table<'a> {
    /// Its rows, top to bottom.
    pub(super) places: Vec<Place<'a>>,
    /// The numbers that the chart spans.
    pub(super) scale: Scale,
    fonts: &'a Fonts,
    unit: &'a Unit,
    headers: Vec<String>,
    plot: (f64, f64),
    values: f64,
    top: f64,
    bottom: f64,
}

/// A row on the page.
pub(super) struct Place<'a> {
    /// What it shows.
    pub(super) row: &'a Row,
    /// Its upper edge.
    pub(super) top: f64,
    /// Its lower edge.
    pub(super) bottom: f64,
    /// The height of our value.
    pub(super) ours: f64,
    /// The height of each printed number.
    pub(super) printed: Vec<f64>,
    label: Vec<String>,
    words: Vec<Words>,
}

/// A line at the right.
struct Words {
    mark: Option<Mark>,
    text: String,
    /// Whether a printed number starts here.
    starts: bool,
}

impl<'a> Table<'a> {
    /// Lays the rows out below a height.
    pub(super) fn lay_out(
        fonts: &'a Fonts,
        selection: &'a Selection,
        scale: Scale,
        top: f64,
    ) -> Self {
        let headers = headers(selection);
        let style = Style::BODY;
        let width = |text: &str| fonts.width(text, style.size, style.weight) * SPARE;
        let labels = selection.rows.iter().flat_map(|row| {
            let under = row
                .sublabel
                .as_deref()
                .map(|run| fonts.width(run, Style::SMALL.size, Weight::Regular));
            [width(&row.label), under.unwrap_or_default() * SPARE]
        });
        let label_room = labels.fold(40.0, f64::max).min(WIDEST_LABEL);
        let intervals = selection.rows.iter().any(|row| row.ci.is_some());
        let texts: Vec<Vec<Words>> = selection
            .rows
            .iter()
            .map(|row| texts(fonts, row, &selection.unit, intervals))
            .collect();
        let heads = headers.iter().map(|head| SIGN + width(head) * Style::SMALL.size / style.size);
        let wide = texts.iter().flatten().map(|line| SIGN + width(&line.text));
        let value_room = wide.chain(heads).fold(60.0, f64::max).min(WIDEST_VALUE + SIGN);
        let values = WIDTH - MARGIN - value_room;
        let body = top + headers.len() as f64 * SMALL_LINE + 6.0;
        let mut table = Self {
            places: Vec::new(),
            scale,
            fonts,
            unit: &selection.unit,
            headers,
            plot: (MARGIN + label_room + GAP, values - GAP),
            values,
            top,
            bottom: body,
        };
        for (row, words) in selection.rows.iter().zip(texts) {
            let place = place(fonts, row, words, label_room, table.bottom);
            table.bottom = place.bottom;
            table.places.push(place);
        }
        table
    }

    /// Returns where a number stands.
    pub(super) fn x(&self, number: f64) -> f64 {
        self.plot.0 + self.scale.place(number) * (self.plot.1 - self.plot.0)
    }

    /// Returns the stretch that two numbers span, never thinner than can be seen.
    pub(super) fn span(&self, ends: [f64; 2], thinnest: f64) -> (f64, f64) {
        let [low, high] = ends.map(|end| self.x(end));
        let missing = (thinnest - (high - low)).max(0.0) / 2.0;
        (low - missing, high + missing)
    }

    /// Draws what lies under the chart, and the words around it; returns where the page goes on.
    pub(super) fn draw(&self, sheet: &mut Sheet, figure: &Figure) -> f64 {
        let right = WIDTH - MARGIN + 6.0;
        for place in self.places.iter().step_by(2) {
            sheet.rectangle((MARGIN - 6.0, place.top), (right, place.bottom), STRIPE, 1.0);
        }
        let start = self.places.first().map_or(self.top, |place| place.top);
        let title = page::axis_title(figure, self.unit);
        let span = (start, self.bottom);
        let end = page::value_axis(
            sheet,
            self.fonts,
            self.scale,
            self.unit,
            self.plot,
            span,
            title.as_deref(),
        );
        for (index, head) in self.headers.iter().enumerate() {
            let middle = self.top + (index as f64 + 0.5) * SMALL_LINE;
            sheet.centred((self.values + SIGN, middle), head.as_str(), Style::SMALL);
        }
        for place in &self.places {
            self.draw_words(sheet, place);
        }
        end
    }

    fn draw_words(&self, sheet: &mut Sheet, place: &Place<'_>) {
        let middle = f64::midpoint(place.top, place.bottom);
        let from = middle - place.label.len() as f64 * LINE / 2.0;
        let sublabelled = place.row.sublabel.is_some();
        for (index, words) in place.label.iter().enumerate() {
            let last = index + 1 == place.label.len();
            let style = if sublabelled && last { Style::SMALL } else { Style::BODY };
            sheet.centred((MARGIN, from + (index as f64 + 0.5) * LINE), words.as_str(), style);
        }
        for (index, line) in place.words.iter().enumerate() {
            let height = place.ours + index as f64 * LINE;
            if let Some(mark) = line.mark {
                mark::put(sheet, mark, (self.values + 5.0, height), 4.6);
            }
            let colour = if place.row.value.is_err() && index == 0 { GREY } else { INK };
            let style = Style::BODY.anchored(Anchor::Start).coloured(colour);
            sheet.centred((self.values + SIGN, height), line.text.as_str(), style);
        }
    }
}

/// Says what stands at the right: our value on the first line of a row, the printed ones below.
fn headers(selection: &Selection) -> Vec<String> {
    let rows = &selection.rows;
    let ours = if rows.iter().any(|row| row.ci.is_some()) {
        format!("our value ({})", interval_name(selection))
    } else if rows.iter().any(|row| row.slack.is_some()) {
        "our value (rounding range)".to_owned()
    } else {
        "our value".to_owned()
    };
    let claimed = rows.iter().any(|row| !row.statements.is_empty());
    [Some(ours), claimed.then(|| "printed: verdict".to_owned())].into_iter().flatten().collect()
}

/// Returns `95% interval` where all have that level.
pub(super) fn interval_name(selection: &Selection) -> String {
    let mut levels = selection.rows.iter().filter(|row| row.ci.is_some()).map(|row| row.level);
    let first = levels.next().flatten();
    match first {
        Some(level) if levels.all(|other| other == first) => {
            let percent = Unit::Percent;
            let decimals = usize::from((level * 1000.0).round() % 10.0 != 0.0);
            format!("{} interval", percent.show(level, decimals))
        }
        _ => "interval".to_owned(),
    }
}

/// Writes a row's lines. In a chart with confidence intervals what rounding allows has a line of its own,
/// so that the two are never taken for each other.
fn texts(fonts: &Fonts, row: &Row, unit: &Unit, intervals: bool) -> Vec<Words> {
    let decimals = row.decimals(unit);
    let ours = match &row.value {
        Err(why) => why.clone(),
        Ok(value) => {
            let shown = unit.show(*value, decimals);
            match if intervals { row.ci } else { row.slack } {
                Some(ends) => format!("{shown} ({})", unit.range(ends, decimals)),
                None => shown,
            }
        }
    };
    let rounding = row.slack.filter(|_| intervals);
    let rounding = rounding.map(|ends| format!("by rounding {}", unit.range(ends, decimals)));
    let wrap = |text: &str, lines| {
        fonts.wrap(text, Style::BODY.size, Weight::Regular, WIDEST_VALUE / SPARE, lines)
    };
    let mut lines: Vec<Words> = wrap(&ours, 2)
        .into_iter()
        .chain(rounding)
        .map(|words| Words { mark: None, text: words, starts: false })
        .collect();
    for statement in &row.statements {
        let verdict = statement.verdict();
        for (line, text) in wrap(&told(statement), 3).into_iter().enumerate() {
            let mark = verdict.filter(|_| line == 0).map(|verdict| mark::of(Some(verdict)));
            lines.push(Words { mark, text, starts: line == 0 });
        }
        for (part, end) in statement.parts().filter(|_| statement.value.is_some()) {
            if let Some(verdict) = end.verdict.filter(|verdict| fails(*verdict)) {
                let text = format!("{} {}: {verdict}", part.name(), end.text);
                lines.push(Words { mark: Some(mark::of(Some(verdict))), text, starts: false });
            }
        }
    }
    lines
}

/// Says what is printed and the verdict.
fn told(statement: &Statement) -> String {
    let text =
        |end: &Option<Printed>| end.as_ref().map_or("…".to_owned(), |end| end.text.clone());
    let [low, high] = &statement.ends;
    let ends = format!("{} to {}", text(low), text(high));
    let printed = match &statement.value {
        Some(value) if low.is_none() && high.is_none() => value.text.clone(),
        Some(value) => format!("{} ({ends})", value.text),
        None => format!("({ends})"),
    };
    match statement.verdict() {
        Some(verdict) => format!("{printed}: {verdict}"),
        None => format!("{printed} (not judged)"),
    }
}

fn place<'a>(
    fonts: &Fonts,
    row: &'a Row,
    words: Vec<Words>,
    label_room: f64,
    top: f64,
) -> Place<'a> {
    let style = Style::BODY;
    let mut label = fonts.wrap(&row.label, style.size, style.weight, label_room / SPARE, 3);
    if let Some(run) = &row.sublabel {
        label.push(fonts.shorten(run, Style::SMALL.size, Weight::Regular, label_room / SPARE));
    }
    let height = label.len().max(words.len()) as f64 * LINE + 2.0 * PADDING;
    let middle = top + height / 2.0;
    let ours = middle - (words.len() as f64 - 1.0) * LINE / 2.0;
    let printed = words
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts)
        .map(|(index, _)| ours + index as f64 * LINE)
        .collect();
    Place { row, top, bottom: top + height, ours, printed, label, words }
}
