//! `regress`: an outcome on terms, by least squares or maximum likelihood.
//!
//! | key | |
//! |---|---|
//! | `from` | the rows |
//! | `model` | `linear` (the default), `logit`, `probit`, `poisson` |
//! | `outcome` | an SQL expression that is a number |
//! | `on = […]` | terms: SQL expressions, `factor(x, base = 1)`, interactions `a:b`, and `a*b` for `a`, `b` and `a:b` (to multiply in SQL, write `(a * b)`); powers are `x*x` or `power(x, 3)`, as `^` is no power in SQL |
//! | `instruments = { x = ["z"] }` | two-stage least squares: `x` of `on` is instrumented by `z`, a term as in `on` (factors and interactions too) |
//! | `absorb = ["a*b", "c"]` | fixed effects, crossed by `*`, any number and of any size; linear and Poisson models, and by `effects` logit and probit |
//! | `effects` | of a logit: `conditional` (the default, one effect, conditioned away), or of logit and probit `dummies` (as parameters: biased where levels have few rows, and warned of) |
//! | `intercept = false` | leaves the constant out: the first factor without a base keeps every level, and R² is about zero |
//! | `random = "firm"` | a random effect of groups instead (Swamy & Arora) |
//! | `singletons` | `keep` (the default) or `drop`: rows alone in a fixed effect |
//! | `weights`, `weights_are` | `frequency`: a row stands for so many; `analytic`: a row's variance is inverse to its weight |
//! | `se` | `iid` (the default), `hc0` … `hc3`, `cluster` |
//! | `cluster = ["user_id"]` | one or more ways of clustering |
//! | `preset` | the small-sample convention: `fixest` (the default), `stata-areg`, `stata-xtreg`, `conventional`, `none` |
//! | `reference` | `t` or `normal`, for intervals and p values; left out, as the preset says: t for linear models, the normal for others and for random effects with errors that are not clustered |
//! | `collinear` | `error` (the default) or `drop`: what becomes of a term that others determine |
//! | `adjusted = ["x"]` | for a `factor(x)` of `on`: adjusted rates by level, `step/adjusted{x=5}`: mean predictions with every row at that level, in interactions too; for a linear model they are the coefficients plus the one constant that makes their weighted mean that of the outcome; for a Poisson model with `absorb` each row keeps its estimated effects, whose errors are counted |
//! | `level` | of the intervals, 0.95 by default |
//!
//! Rows that are null in any column used are dropped and counted. Estimates are called `step/term`,
//! `step/x=5` for a factor's level, `step/intercept`, `step/r2`, `step/adjusted_r2`,
//! `step/within_r2` (with `absorb`), `step/df_residual` (n less the rank), `step/f` (the joint test of all slopes under
//! the errors asked for; left out where a term has that name), `step/n` and `step/clusters` (with `cluster`); models
//! other than linear have `step/pseudo_r2` (McFadden's), `step/log_likelihood` and `step/deviance` in place of R² and F,
//! random effects `step/sigma_u` and `step/sigma_e` besides. The joint test of all excluded instruments in the first stage of
//! `x` is `step/first_stage_f{term=x}`, under the errors asked for.

mod adjusted;
mod columns;
mod generalised;
mod linear;
mod notes;
mod options;
mod refusal;
mod run;
mod terms;
mod written;

use std::collections::BTreeSet;

use crate::diagnostic::{Problem, Spanned};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::Address;
use crate::method::text;
use crate::stats::generalised::Family;
use crate::stats::linear::{Covariance, Preset, Singletons};

pub(super) use columns::complete;
use run::Regressing;
use terms::{Part, Term};

use super::{Checked, Kind, Read, Written};

pub(super) const KIND: Kind = Kind { name: "regress", read: written::read };

/// What a weight means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Frequency,
    Analytic,
}

/// Whether a constant belongs to the model, in the absorbed effects where there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    Present,
    Absent,
}

/// What becomes of the absorbed effects of a logit or probit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effects {
    /// They are conditioned away.
    Conditional,
    /// They are parameters.
    Dummies,
}

struct Regress {
    from: Spanned<String>,
    /// `None` for the linear model.
    family: Option<Spanned<Family>>,
    outcome: Fragment,
    on: Vec<Fragment>,
    instruments: Vec<(Spanned<String>, Vec<Fragment>)>,
    absorb: Vec<Fragment>,
    singletons: Singletons,
    weights: Option<(Fragment, Meaning)>,
    errors: Covariance,
    cluster: Vec<Fragment>,
    preset: Preset,
    preset_stated: bool,
    drop_collinear: bool,
    /// Whether there is a constant, where said.
    intercept: Option<Spanned<bool>>,
    adjusted: Vec<Fragment>,
    /// The groups of a random effect.
    random: Option<Fragment>,
    effects: Option<Spanned<Effects>>,
    /// Whether intervals refer to the normal, where said.
    reference: Option<Spanned<bool>>,
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
const RESERVED: [&str; 12] = [
    "intercept",
    "r2",
    "adjusted_r2",
    "within_r2",
    "n",
    "clusters",
    "df_residual",
    "sigma_u",
    "sigma_e",
    generalised::NAMES[0],
    generalised::NAMES[1],
    generalised::NAMES[2],
];

/// The models: `None` is the linear one.
const MODELS: [(&str, Option<Family>); 4] = [
    ("linear", None),
    ("logit", Some(Family::Logit)),
    ("probit", Some(Family::Probit)),
    ("poisson", Some(Family::Poisson)),
];

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
        sound &= self.effects_differ(checker, &absorb);
        for name in self.cluster.iter().chain(&self.random) {
            sound &= checker.column(from, name).is_some();
        }
        checker.distinct(&self.cluster, "cluster");
        if let Some((weights, _)) = &self.weights {
            sound &= checker.number(from, weights, "a weight").is_some();
        }
        let terms = terms.filter(|_| sound)?;
        self.check_adjusted(checker, &terms)?;
        self.check_instruments(checker, &terms)?;
        self.check_options(checker)?;
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
    /// Reports an effect that stands there twice, in whatever order its columns are crossed.
    fn effects_differ(&self, checker: &mut Checker<'_>, absorb: &[Vec<String>]) -> bool {
        let sorted = |names: &Vec<String>| -> BTreeSet<String> { names.iter().cloned().collect() };
        let sets: Vec<BTreeSet<String>> = absorb.iter().map(sorted).collect();
        let twice = (1..sets.len()).find(|place| sets[..*place].contains(&sets[*place]));
        if let Some(effect) = twice.and_then(|place| self.absorb.get(place)) {
            let message = format!("the fixed effect `{}` stands here twice", effect.text);
            checker.report(Problem::error(message).at(&effect.span()));
        }
        twice.is_none()
    }

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
                if !all.iter().any(|known| known.identity() == term.identity()) {
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

    pub(super) fn check_part(&self, checker: &mut Checker<'_>, part: &Part) -> bool {
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

    fn constant(&self) -> Constant {
        let present = self.intercept.as_ref().is_none_or(|word| word.value);
        if present { Constant::Present } else { Constant::Absent }
    }

    fn promises(&self, step: &str, terms: &[Term]) -> Vec<Address> {
        let mut promises = Vec::new();
        if self.absorb.is_empty() && self.constant() == Constant::Present {
            promises.push(Address::exact(format!("{step}/intercept")));
        }
        promises.extend(terms.iter().map(|term| term.address(step)));
        for name in &self.adjusted {
            let keys = std::slice::from_ref(&name.text);
            promises.push(Address::grouped(&format!("{step}/adjusted"), keys));
        }
        for (name, _) in &self.instruments {
            promises.push(Address::exact(format!("{step}/first_stage_f{{term={}}}", name.value)));
        }
        let fits: &[&str] = match (&self.family, &self.random) {
            (Some(_), _) => &generalised::NAMES,
            (None, None) => &["r2", "adjusted_r2", "df_residual"],
            (None, Some(_)) => &["r2", "adjusted_r2", "df_residual", "sigma_u", "sigma_e"],
        };
        for name in fits.iter().chain(&["n"]) {
            promises.push(Address::exact(format!("{step}/{name}")));
        }
        if self.family.is_none() && !terms.iter().any(|term| term.name() == "f") {
            promises.push(Address::exact(format!("{step}/f")));
        }
        if !self.absorb.is_empty() && self.family.is_none() {
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
            family: self.family.clone(),
            outcome: self.outcome.clone(),
            terms,
            instruments: self
                .instruments
                .iter()
                .map(|(name, list)| {
                    let terms = list.iter().filter_map(|written| terms::parse(written).ok());
                    (name.clone(), terms.flatten().collect())
                })
                .collect(),
            absorb,
            absorb_spans: self.absorb.iter().map(Fragment::span).collect(),
            singletons: self.singletons,
            weights: self.weights.clone(),
            errors: self.errors,
            cluster: self.cluster.iter().map(|name| name.text.clone()).collect(),
            cluster_spans: self.cluster.iter().map(Fragment::span).collect(),
            preset: self.preset,
            preset_stated: self.preset_stated,
            drop_collinear: self.drop_collinear,
            constant: self.constant(),
            adjusted: self.adjusted.clone(),
            random: self.random.as_ref().map(|name| name.text.clone()),
            effects: self.effects(),
            normal: self.reference.as_ref().is_some_and(|word| word.value),
            level: self.level,
        }
    }
}
