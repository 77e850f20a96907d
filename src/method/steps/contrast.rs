//! `contrast`: any function of estimates, with its standard error.
//!
//! | key | |
//! |---|---|
//! | `value` | arithmetic over `est("step/term")`: `exp(est("slowdown/ai")) - 1` |
//! | `interval` | `delta` (the default): value ± critical value × delta-method error; `endpoints`: the ends of the one estimate's own interval, transformed (r² from r). Of another level or reference than its own: those of value ± critical value × error, with a warning where its own is another kind; refused where it has no error |
//! | `reference` | `normal` or `t`; the default is t where every estimate has degrees of freedom |
//! | `level` | of the interval, 0.95 by default |
//! | `unit` | of the value |
//!
//! *Formula*: se² = g'Σg with g the gradient and Σ the joint covariance of the estimates. Within a
//! step Σ is known. Estimates of two steps are taken as independent: the step's `assumes` and its
//! convention say so, and a warning where both rest on one input. A contrast of contrasts goes back to
//! the estimates behind them (the chain rule). A part (`est("fit/x.se")`) is a constant. There is no error where the
//! value has no derivative (`sqrt` and `abs` at zero, `min` and `max` at a tie), and no interval where the error is zero.
//!
//! *Reference*: the t interval takes the smallest of the degrees of freedom of its estimates; p is two-sided,
//! against a value of 0, of the same distribution. The address of the estimate is the step; `.se`,
//! `.ci_low`, `.ci_high`, `.p`, `.df` behind it name its parts.

mod endpoints;
mod run;
mod sources;

use std::collections::BTreeSet;

use crate::diagnostic::document::Table as Document;
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{self, Expression, Kind as Shape};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::{Address, Promise};
use crate::results::split_part;

use run::Contrasting;

use super::join::choice;
use super::summarise::read_level;
use super::{Checked, Kind, Read, Written};

pub(super) const KIND: Kind = Kind { name: "contrast", read };

/// How the interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Delta,
    Endpoints,
}

/// What the interval refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Referred {
    Normal,
    T,
}

struct Contrast {
    value: Fragment,
    expression: Expression,
    ends: Ends,
    ends_place: Fragment,
    reference: Option<Spanned<Referred>>,
    level: f64,
    unit: Option<String>,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let value = table.required::<String>("value");
    let ends = table.optional::<String>("interval");
    let ends_word = ends.clone();
    let ends = ends.map_or(Some(Ends::Delta), |word| {
        choice(table, &word, [("delta", Ends::Delta), ("endpoints", Ends::Endpoints)])
    });
    let reference = table.optional::<String>("reference").map(|word| {
        let words = [("normal", Referred::Normal), ("t", Referred::T)];
        choice(table, &word, words).map(|value| Spanned { value, span: word.span.clone() })
    });
    let level = read_level(table);
    let unit = table.optional::<String>("unit").map(|unit| unit.value);
    let value = value?;
    let fragment = Fragment::whole(&value);
    let expression = match expression::parse(&value) {
        Ok(expression) => expression,
        Err(error) => {
            let problem = Problem::error(error.message).at(&fragment.place(error.range));
            table.report(match error.help {
                Some(help) => problem.help(help),
                None => problem,
            });
            return None;
        }
    };
    let reference = match reference {
        Some(wrong_or_given) => Some(wrong_or_given?),
        None => None,
    };
    Some(Box::new(Contrast {
        ends_place: ends_word.as_ref().map_or_else(|| fragment.clone(), Fragment::whole),
        value: fragment,
        expression,
        ends: ends?,
        reference,
        level: level?,
        unit,
    }))
}

/// The step that an address belongs to.
fn step_of(address: &str) -> &str {
    let end = address.find(['/', '.', '{']).unwrap_or(address.len());
    address.get(..end).unwrap_or(address)
}

impl Written for Contrast {
    fn reads(&self) -> Vec<Read> {
        let named = self.expression.estimates().into_iter();
        named
            .map(|(address, range)| Read {
                name: step_of(&address).to_owned(),
                span: self.value.place(range),
                rows: false,
            })
            .collect()
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let mut sound = true;
        for (name, range) in self.expression.names() {
            let problem = Problem::error(format!("`{name}` is no estimate"))
                .at(&self.value.place(range))
                .help(format!("write `est(\"step/{name}\")`: bare names are claims"));
            checker.report(problem);
            sound = false;
        }
        for (address, range) in self.expression.estimates() {
            if let Promise::Never { promised } = checker.promise(&address) {
                let message = format!("no step computes `{address}`");
                let problem = Problem::error(message).at(&self.value.place(range));
                checker.report(
                    problem.suggest(split_part(&address).0, promised.iter().map(String::as_str)),
                );
                sound = false;
            }
        }
        if self.expression.kind() != Shape::Arithmetic {
            let message = "a contrast is a number, and this is a comparison";
            checker.report(Problem::error(message).at(&self.value.span()));
            sound = false;
        }
        let addresses: BTreeSet<String> =
            self.expression.estimates().into_iter().map(|(address, _)| address).collect();
        if addresses.is_empty() && sound {
            let message = "a contrast needs at least one estimate";
            let help = "name one as `est(\"step/term\")`";
            checker.report(Problem::error(message).at(&self.value.span()).help(help));
            sound = false;
        }
        if self.ends == Ends::Endpoints && addresses.len() > 1 {
            let message =
                "`endpoints` transforms the interval of one estimate, and here are several";
            let help = "write `interval = \"delta\"`";
            checker.report(Problem::error(message).at(&self.ends_place.span()).help(help));
            sound = false;
        }
        if !sound {
            return None;
        }
        let promises = vec![Address::exact(checker.id())];
        let step = Contrasting {
            value: self.value.clone(),
            expression: self.expression.clone(),
            addresses: addresses.into_iter().collect(),
            ends: self.ends,
            reference: self.reference.clone(),
            level: self.level,
            unit: self.unit.clone(),
        };
        Some(Checked { step: Box::new(step), output: None, promises })
    }
}
