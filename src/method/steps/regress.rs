//! `regress`: least squares of an outcome on terms.
//!
//! | key | |
//! |---|---|
//! | `from` | the rows |
//! | `model` | `linear` |
//! | `outcome` | an SQL expression that is a number |
//! | `on = […]` | terms: SQL expressions, `factor(x, base = 1)`, interactions `a:b`, and `a*b` for `a`, `b` and `a:b` (to multiply in SQL, write `(a * b)`) |
//! | `absorb = ["a*b", "c"]` | fixed effects, crossed by `*` |
//! | `singletons` | `keep` (the default) or `drop`: rows alone in a fixed effect |
//! | `weights`, `weights_are` | `frequency`: a row stands for so many; `analytic`: a row's variance is inverse to its weight |
//! | `se` | `iid` (the default), `hc0` … `hc3`, `cluster` |
//! | `cluster = ["user_id"]` | one or more ways of clustering |
//! | `preset` | the small-sample convention: `fixest` (the default), `stata-areg`, `stata-xtreg`, `conventional`, `none` |
//! | `collinear` | `error` (the default) or `drop`: what becomes of a term that others determine |
//! | `adjusted = ["x"]` | for a `factor(x)` of `on`: adjusted rates by level, `step/adjusted{x=5}` |
//! | `level` | of the intervals, 0.95 by default |
//!
//! Rows that are null in any column used are dropped and counted. Estimates are called `step/term`,
//! `step/x=5` for a factor's level, `step/intercept`, `step/r2`, `step/adjusted_r2`,
//! `step/within_r2` (with `absorb`), `step/n` and `step/clusters` (with `cluster`).

mod adjusted;
mod columns;
mod run;
mod terms;

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Span, Spanned};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::Address;
use crate::method::text;
use crate::stats::linear::{Covariance, Preset, Singletons};

pub(super) use columns::complete;
use run::Regressing;
use terms::{Part, Term};

use super::join::choice;
use super::summarise::read_level;
use super::{Checked, Kind, Read, Written};

pub(super) const KIND: Kind = Kind { name: "regress", read };

/// What a weight means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Frequency,
    Analytic,
}

struct Regress {
    from: Spanned<String>,
    outcome: Fragment,
    on: Vec<Fragment>,
    absorb: Vec<Fragment>,
    singletons: Singletons,
    weights: Option<(Fragment, Meaning)>,
    errors: Covariance,
    cluster: Vec<Fragment>,
    preset: Preset,
    preset_stated: bool,
    drop_collinear: bool,
    adjusted: Vec<Fragment>,
    level: f64,
}

const ERRORS: [(&str, Covariance); 6] = [
    ("iid", Covariance::Iid),
    ("hc0", Covariance::Hc0),
    ("hc1", Covariance::Hc1),
    ("hc2", Covariance::Hc2),
    ("hc3", Covariance::Hc3),
    ("cluster", Covariance::Cluster),
];

/// The word of a method for how errors are estimated.
fn error_word(errors: Covariance) -> &'static str {
    ERRORS.iter().find(|(_, known)| *known == errors).map_or("iid", |(word, _)| word)
}

/// The names that estimates of every regression have: no term can be called so.
const RESERVED: [&str; 6] = ["intercept", "r2", "adjusted_r2", "within_r2", "n", "clusters"];

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let model = table.optional::<String>("model");
    let model = model.map_or(Some(()), |word| choice(table, &word, [("linear", ())]));
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
    let adjusted = fragments("adjusted");
    let level = read_level(table);
    model?;
    Some(Box::new(Regress {
        from: from?,
        outcome: Fragment::whole(&outcome?),
        on,
        absorb,
        singletons: singletons?,
        weights: weights?,
        errors: errors?,
        cluster,
        preset: preset?,
        preset_stated,
        drop_collinear: drop_collinear?,
        adjusted,
        level: level?,
    }))
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

impl Written for Regress {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let from = self.from.as_str();
        let mut sound = checker.number(from, &self.outcome, "the outcome").is_some();
        let terms = self.check_terms(checker);
        sound &= terms.is_some();
        let absorb: Vec<Vec<String>> =
            self.absorb.iter().filter_map(|effect| check_effect(checker, from, effect)).collect();
        sound &= absorb.len() == self.absorb.len();
        for name in &self.cluster {
            sound &= checker.column(from, name).is_some();
        }
        checker.distinct(&self.cluster, "cluster");
        if let Some((weights, _)) = &self.weights {
            sound &= checker.number(from, weights, "a weight").is_some();
        }
        let terms = terms.filter(|_| sound)?;
        self.check_adjusted(checker, &terms)?;
        let promises = self.promises(checker.id(), &terms);
        let step = self.checked(terms, absorb);
        Some(Checked { step: Box::new(step), output: None, promises })
    }
}

fn check_effect(checker: &mut Checker<'_>, from: &str, effect: &Fragment) -> Option<Vec<String>> {
    let tokens = match text::closed(&effect.text) {
        Ok(tokens) => tokens,
        Err(misfit) => {
            checker.report(Problem::error(misfit.message).at(&effect.place(misfit.range)));
            return None;
        }
    };
    let mut names = Vec::new();
    for part in text::split(&tokens, "*") {
        match part.as_slice() {
            [token] if token.name().is_some() => {
                let mut name = effect.part(token.range.clone());
                name.text = token.name().unwrap_or_default();
                checker.column(from, &name)?;
                names.push(name.text);
            }
            _ => {
                let place = effect.place(text::extent(&part));
                checker.report(
                    Problem::error("a fixed effect is a column, or columns crossed by `*`")
                        .at(&place)
                        .help("make the column in a `derive` step before"),
                );
                return None;
            }
        }
    }
    Some(names)
}

impl Regress {
    fn check_terms(&self, checker: &mut Checker<'_>) -> Option<Vec<Term>> {
        let mut all: Vec<Term> = Vec::new();
        let mut sound = true;
        for written in &self.on {
            let parsed = match terms::parse(written) {
                Ok(parsed) => parsed,
                Err(problem) => {
                    checker.report(*problem);
                    sound = false;
                    continue;
                }
            };
            let expanded = parsed.len() > 1;
            for term in parsed {
                sound &= term.parts.iter().all(|part| self.check_part(checker, part));
                if !all.iter().any(|known| known.name() == term.name()) {
                    all.push(term);
                } else if !expanded {
                    let message = format!("the term `{}` stands here twice", term.name());
                    checker.report(Problem::error(message).at(&written.span()));
                    sound = false;
                }
            }
        }
        for term in &all {
            if RESERVED.contains(&term.name().as_str()) {
                let message = format!("a term cannot be called `{}`: an estimate is", term.name());
                let help = "give the column another name in a `derive` step before";
                checker.report(Problem::error(message).at(&term.written.span()).help(help));
                sound = false;
            }
        }
        sound.then_some(all)
    }

    fn check_adjusted(&self, checker: &mut Checker<'_>, terms: &[Term]) -> Option<()> {
        let mut sound = true;
        for name in &self.adjusted {
            let of = |part: &Part| matches!(part, Part::Factor { column, .. } if column.text == name.text);
            let alone = terms.iter().any(|term| matches!(term.parts.as_slice(), [one] if of(one)));
            let crossed =
                terms.iter().any(|term| term.parts.len() > 1 && term.parts.iter().any(of));
            if !alone {
                let message = format!("`adjusted` names `{}`, which is no factor here", name.text);
                let help = format!("add `factor({})` to `on`", name.text);
                checker.report(Problem::error(message).at(&name.span()).help(help));
            } else if crossed {
                let message = format!("adjusted rates of `{}` do not know interactions", name.text);
                checker.report(Problem::error(message).at(&name.span()));
            }
            sound &= alone && !crossed;
        }
        sound.then_some(())
    }

    fn check_part(&self, checker: &mut Checker<'_>, part: &Part) -> bool {
        match part {
            Part::Number(expression) => {
                let kind = checker.expression(&self.from, expression);
                let Some(kind) = kind else { return false };
                if !kind.is_numeric() {
                    let message =
                        format!("the term `{}` is a {kind}, not a number", expression.text);
                    let help =
                        format!("write `factor({})` for one term per value", expression.text);
                    checker.report(Problem::error(message).at(&expression.span()).help(help));
                }
                kind.is_numeric()
            }
            Part::Factor { column, .. } => checker.expression(&self.from, column).is_some(),
        }
    }

    fn promises(&self, step: &str, terms: &[Term]) -> Vec<Address> {
        let mut promises = Vec::new();
        if self.absorb.is_empty() {
            promises.push(Address::exact(format!("{step}/intercept")));
        }
        promises.extend(terms.iter().map(|term| term.address(step)));
        for name in &self.adjusted {
            let keys = std::slice::from_ref(&name.text);
            promises.push(Address::grouped(&format!("{step}/adjusted"), keys));
        }
        for name in ["r2", "adjusted_r2", "n"] {
            promises.push(Address::exact(format!("{step}/{name}")));
        }
        if !self.absorb.is_empty() {
            promises.push(Address::exact(format!("{step}/within_r2")));
        }
        if !self.cluster.is_empty() {
            promises.push(Address::exact(format!("{step}/clusters")));
        }
        promises
    }

    fn checked(&self, terms: Vec<Term>, absorb: Vec<Vec<String>>) -> Regressing {
        Regressing {
            from: self.from.value.clone(),
            outcome: self.outcome.clone(),
            terms,
            absorb,
            singletons: self.singletons,
            weights: self.weights.clone(),
            errors: self.errors,
            cluster: self.cluster.iter().map(|name| name.text.clone()).collect(),
            preset: self.preset,
            preset_stated: self.preset_stated,
            drop_collinear: self.drop_collinear,
            adjusted: self.adjusted.iter().map(|name| name.text.clone()).collect(),
            level: self.level,
        }
    }
}
