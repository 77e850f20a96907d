//! `[[figure]]`: which estimates are drawn, and what a reader calls them.
//!
//! `kind` is `estimates`, `bars` or `timeline`; `title` is a sentence that says what is shown;
//! `show` lists addresses in order (`*` stands for any text); `labels = { "step/term" = "…" }`;
//! `axis`, `unit` and, for a time line, `time`: the group key that is time.

use crate::diagnostic::document::Table;
use crate::diagnostic::{Problem, Problems, Spanned};
use crate::results::{ChartKind, Figure, split_part};

use super::parse::snake_case;
use super::plan::{Plan, Promise};

/// A figure as written.
#[derive(Debug)]
pub(super) struct WrittenFigure {
    pub(super) id: Spanned<String>,
    kind: Option<ChartKind>,
    title: Option<String>,
    show: Vec<Spanned<String>>,
    labels: Vec<(Spanned<String>, Spanned<String>)>,
    axis: Option<String>,
    unit: Option<String>,
    time: Option<Spanned<String>>,
}

const KINDS: [(&str, ChartKind); 3] = [
    ("estimates", ChartKind::Estimates),
    ("bars", ChartKind::Bars),
    ("timeline", ChartKind::Timeline),
];

/// Reads one `[[figure]]`.
pub(super) fn read(table: &Table<'_>) -> Option<WrittenFigure> {
    let id = table.required::<String>("id");
    let kind = table.required::<String>("kind").and_then(|word| chart_kind(table, &word));
    let text = |key: &str| table.optional::<String>(key).map(|text| text.value);
    let title = text("title");
    let show = table.required::<Vec<Spanned<String>>>("show");
    let labels = table.table("labels").map_or_else(Vec::new, |labels| {
        let pairs = labels.entries().into_iter();
        pairs.filter_map(|(address, label)| Some((address, label.read::<String>()?))).collect()
    });
    let (axis, unit, time) = (text("axis"), text("unit"), table.optional::<String>("time"));
    let id = id?;
    if let Some(better) = kebab_or_snake(&id) {
        table.report(
            Problem::error(format!("`{}` is no figure id: it names a file", id.value))
                .at(&id.span)
                .help(format!("write `{better}`")),
        );
    }
    let show = show.map(|list| list.value).unwrap_or_default();
    if kind == Some(ChartKind::Timeline) && time.is_none() {
        table.report(
            Problem::error(format!("time line `{}` lacks `time`", id.value))
                .at(&id.span)
                .help("add `time = \"month\"`: the group key that is time"),
        );
    }
    Some(WrittenFigure { id, kind, title, show, labels, axis, unit, time })
}

fn kebab_or_snake(id: &str) -> Option<String> {
    snake_case(&id.replace('-', "_"))
}

fn chart_kind(table: &Table<'_>, word: &Spanned<String>) -> Option<ChartKind> {
    let found = KINDS.iter().find(|(name, _)| *name == word.value).map(|(_, kind)| *kind);
    if found.is_none() {
        let names = KINDS.map(|(name, _)| name);
        let problem = Problem::error(format!("no chart is called `{}`", word.value)).at(&word.span);
        table.report(problem.suggest(&word.value, names));
    }
    found
}

/// Checks the addresses of a figure against what the plan promises.
pub(super) fn check(
    figure: &WrittenFigure,
    plan: &Plan,
    problems: &mut Problems,
) -> Option<Figure> {
    let labelled = figure.labels.iter().map(|(address, _)| address);
    for address in figure.show.iter().chain(labelled) {
        let pattern = address.value.contains('*');
        if let (false, Promise::Never { promised }) = (pattern, plan.promise(&address.value)) {
            let message = format!("no step computes `{}`", address.value);
            let problem = Problem::error(message).at(&address.span);
            problems.push(
                problem.suggest(split_part(&address.value).0, promised.iter().map(String::as_str)),
            );
        }
        if pattern && !plan.may_match(&address.value) {
            let message = format!("no estimate can match `{}`", address.value);
            problems.push(Problem::error(message).at(&address.span));
        }
    }
    if figure.show.is_empty() {
        let message = format!("figure `{}` shows nothing", figure.id.value);
        problems.push(Problem::error(message).at(&figure.id.span));
    }
    Some(Figure {
        id: figure.id.value.clone(),
        kind: figure.kind?,
        title: figure.title.clone().unwrap_or_else(|| figure.id.value.clone()),
        show: figure.show.iter().map(|address| address.value.clone()).collect(),
        labels: figure
            .labels
            .iter()
            .map(|(address, label)| (address.value.clone(), label.value.clone()))
            .collect(),
        axis: figure.axis.clone(),
        unit: figure.unit.clone(),
        time: figure.time.as_ref().map(|time| time.value.clone()),
    })
}
