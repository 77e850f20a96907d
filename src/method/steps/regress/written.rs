//! Reads the keys of a `regress`.

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Span, Spanned};
use crate::method::fragment::Fragment;
use crate::method::steps::Written;
use crate::method::steps::join::choice;
use crate::method::steps::summarise::read_level;
use crate::stats::linear::{Covariance, Preset, Singletons};

use super::{ERRORS, Effects, MODELS, Meaning, Regress};

/// Reads one `[step.regress]`.
pub(super) fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let model = table.optional::<String>("model");
    let family = model.map_or(Some(None), |word| {
        let found = choice(table, &word, MODELS)?;
        Some(found.map(|value| Spanned { value, span: word.span.clone() }))
    });
    let instruments = read_instruments(table);
    let outcome = table.required::<String>("outcome");
    let fragments =
        |key: &str| table.list::<String>(key).iter().map(Fragment::whole).collect::<Vec<_>>();
    let (on, absorb, cluster) = (fragments("on"), fragments("absorb"), fragments("cluster"));
    let singletons =
        table.optional::<String>("singletons").map_or(Some(Singletons::Keep), |word| {
            choice(table, &word, [("keep", Singletons::Keep), ("drop", Singletons::Drop)])
        });
    let weights = read_weights(table);
    let errors = table.optional::<String>("se");
    let place = errors.as_ref().map_or_else(|| table.span(), |word| word.span.clone());
    let errors = errors.map(|word| choice(table, &word, ERRORS));
    let errors = clustered(table, errors, &cluster, &place);
    let preset = table.optional::<String>("preset");
    let preset_stated = preset.is_some();
    let presets = Preset::ALL.map(|preset| (preset.name(), preset));
    let preset = preset.map_or(Some(Preset::Fixest), |word| choice(table, &word, presets));
    let drop_collinear = table
        .optional::<String>("collinear")
        .map_or(Some(false), |word| choice(table, &word, [("error", false), ("drop", true)]));
    let intercept = table.optional::<bool>("intercept");
    let adjusted = fragments("adjusted");
    let random = table.optional::<String>("random").map(|name| Fragment::whole(&name));
    let effects = stated(
        table,
        "effects",
        [("conditional", Effects::Conditional), ("dummies", Effects::Dummies)],
    );
    let reference = stated(table, "reference", [("t", false), ("normal", true)]);
    let level = read_level(table);
    Some(Box::new(Regress {
        from: from?,
        family: family?,
        outcome: Fragment::whole(&outcome?),
        on,
        instruments,
        absorb,
        singletons: singletons?,
        weights: weights?,
        errors: errors?,
        cluster,
        preset: preset?,
        preset_stated,
        drop_collinear: drop_collinear?,
        intercept,
        adjusted,
        random,
        effects: effects?,
        reference: reference?,
        level: level?,
    }))
}

/// Reads a key of a few words that may be left out; the outer `None` says that it was wrong.
#[expect(clippy::option_option, reason = "wrong, left out, or given: three states")]
fn stated<T: Copy, const N: usize>(
    table: &Document<'_>,
    key: &str,
    words: [(&'static str, T); N],
) -> Option<Option<Spanned<T>>> {
    let Some(word) = table.optional::<String>(key) else { return Some(None) };
    let value = choice(table, &word, words)?;
    Some(Some(Spanned { value, span: word.span.clone() }))
}

/// Reads the instruments of each instrumented term.
fn read_instruments(table: &Document<'_>) -> Vec<(Spanned<String>, Vec<Fragment>)> {
    let Some(instruments) = table.table("instruments") else { return Vec::new() };
    let entries = instruments.entries().into_iter();
    entries
        .filter_map(|(name, value)| {
            let list = value.read::<Vec<Spanned<String>>>()?;
            Some((name, list.value.iter().map(Fragment::whole).collect()))
        })
        .collect()
}

/// Reads weights and what they mean; the outer `None` says that they were wrong.
#[expect(clippy::option_option, reason = "wrong, left out, or given: three states")]
fn read_weights(table: &Document<'_>) -> Option<Option<(Fragment, Meaning)>> {
    let weights = table.optional::<String>("weights");
    let meaning = table.optional::<String>("weights_are");
    let words = [("frequency", Meaning::Frequency), ("analytic", Meaning::Analytic)];
    match (weights, meaning) {
        (None, None) => Some(None),
        (Some(weights), Some(word)) => {
            Some(Some((Fragment::whole(&weights), choice(table, &word, words)?)))
        }
        (Some(weights), None) => {
            table.report(
                Problem::error("the weights do not say what they are")
                    .at(&weights.span)
                    .help("add `weights_are = \"frequency\"` (a row stands for so many) or `\"analytic\"`"),
            );
            None
        }
        (None, Some(word)) => {
            let message = "`weights_are` without `weights`";
            table.report(Problem::error(message).at(&word.span).help("add `weights = \"column\"`"));
            None
        }
    }
}

/// Makes sure that clusters and clustered errors come together.
#[expect(clippy::option_option, reason = "wrong, left out, or given: three states")]
fn clustered(
    table: &Document<'_>,
    errors: Option<Option<Covariance>>,
    cluster: &[Fragment],
    place: &Span,
) -> Option<Covariance> {
    match (errors, cluster.first()) {
        (None, None) => Some(Covariance::Iid),
        (Some(Some(Covariance::Cluster)), None) => {
            let message = "clustered errors need clusters";
            let help = "add `cluster = [\"column\"]`";
            table.report(Problem::error(message).at(place).help(help));
            None
        }
        (Some(errors @ (None | Some(Covariance::Cluster))), _) | (Some(errors), None) => errors,
        (None | Some(Some(_)), Some(first)) => {
            let message = "`cluster` is given, and the errors are not clustered";
            let help = "add `se = \"cluster\"`, or leave `cluster` out";
            table.report(Problem::error(message).at(&first.span()).help(help));
            None
        }
    }
}
