//! A checked method: every name resolved, every type known to fit, no option left that must be set.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::Span;
use crate::digest::Sha256;
use crate::engine::Schema;
use crate::results::{Figure, split_part};

use super::steps::Step;

/// A method that can run, given tables for its inputs. Made by [`check`](super::check) only.
pub struct Plan {
    pub(super) sha256: Sha256,
    pub(super) inputs: Vec<PlannedInput>,
    pub(super) steps: Vec<PlannedStep>,
    pub(super) figures: Vec<Figure>,
}

/// A checked input.
pub(super) struct PlannedInput {
    pub(super) id: String,
    pub(super) schema: Schema,
    pub(super) span: Span,
}

/// A checked step.
pub(super) struct PlannedStep {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) place: Option<String>,
    pub(super) assumes: Option<String>,
    pub(super) span: Span,
    /// The inputs and steps it reads, in the order in which it names them.
    pub(super) reads: Vec<String>,
    pub(super) promises: Vec<Address>,
    /// What its check warned of.
    pub(super) warnings: Vec<String>,
    pub(super) body: Box<dyn Step>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<&str> = self.steps.iter().map(|step| step.id.as_str()).collect();
        formatter.debug_struct("Plan").field("steps", &steps).finish_non_exhaustive()
    }
}

/// Whether a run of the plan will give an estimate an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// Whatever the data, unless the step is skipped.
    Exists,
    /// If the data have the group or the level that it names.
    Maybe,
    /// Never.
    Never {
        /// The addresses that are promised.
        promised: Vec<String>,
    },
}

/// The form of an address that a step will fill: literal text, and levels known only from data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(pub(super) Vec<Piece>);

/// A part of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// This text.
    Text(String),
    /// Any text: a group's value or a factor's level.
    Any,
}

impl Address {
    /// An address known in full.
    pub(super) fn exact(text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    /// `step/measure{key=…,key=…}`.
    pub(super) fn grouped(step_measure: &str, keys: &[String]) -> Self {
        if keys.is_empty() {
            return Self::exact(step_measure);
        }
        let mut pieces = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let before = if index == 0 { format!("{step_measure}{{") } else { ",".to_owned() };
            pieces.push(Piece::Text(format!("{before}{key}=")));
            pieces.push(Piece::Any);
        }
        pieces.push(Piece::Text("}".to_owned()));
        Self(pieces)
    }

    fn is_exact(&self) -> bool {
        !self.0.contains(&Piece::Any)
    }

    /// As people would write it, with `…` for what the data decide.
    pub(super) fn shown(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Any => "…".to_owned(),
        };
        self.0.iter().map(text).collect()
    }

    fn matches(&self, address: &str) -> bool {
        fn rest(pieces: &[Piece], address: &str) -> bool {
            match pieces.split_first() {
                None => address.is_empty(),
                Some((Piece::Text(text), later)) => {
                    address.strip_prefix(text.as_str()).is_some_and(|left| rest(later, left))
                }
                Some((Piece::Any, later)) => address
                    .char_indices()
                    .map(|(at, character)| at + character.len_utf8())
                    .any(|end| address.get(end..).is_some_and(|left| rest(later, left))),
            }
        }
        rest(&self.0, address)
    }

    /// Says whether some address of this form can match a pattern with `*` for any text.
    fn may_match(&self, pattern: &str) -> bool {
        if self.is_exact() {
            let pieces =
                pattern.split('*').flat_map(|text| [Piece::Any, Piece::Text(text.to_owned())]);
            let first = pattern.split('*').next().unwrap_or_default();
            let address = self.shown();
            // `*` may stand for no text at all, `Any` for at least one character.
            let loose: Vec<Piece> = pieces.skip(2).collect();
            return address.strip_prefix(first).is_some_and(|left| glob(&loose, left));
        }
        let mine: String = match self.0.first() {
            Some(Piece::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let theirs = pattern.split('*').next().unwrap_or_default();
        mine.starts_with(theirs) || theirs.starts_with(&mine)
    }
}

fn glob(pieces: &[Piece], text: &str) -> bool {
    match pieces.split_first() {
        None => text.is_empty(),
        Some((Piece::Text(literal), later)) => {
            text.strip_prefix(literal.as_str()).is_some_and(|left| glob(later, left))
        }
        Some((Piece::Any, later)) => (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .any(|at| text.get(at..).is_some_and(|left| glob(later, left))),
    }
}

impl Plan {
    /// Says whether a run will give an estimate this address. A part (`.se`, `.ci_low`, …) may
    /// follow it.
    #[must_use]
    pub fn promise(&self, address: &str) -> Promise {
        promise(self.steps.iter().flat_map(|step| &step.promises), address)
    }

    /// Returns the inputs in order, with the columns that the method uses.
    #[must_use]
    pub fn inputs(&self) -> Vec<(String, Schema)> {
        self.inputs.iter().map(|input| (input.id.clone(), input.schema.clone())).collect()
    }

    /// Returns the ids of the steps in order.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|step| step.id.as_str())
    }

    /// The addresses of a step whose joint covariance later steps need.
    pub(super) fn wanted_of(&self, step: &str) -> Vec<String> {
        let all = self.steps.iter().flat_map(|one| one.body.wants());
        let own =
            |address: &String| address.strip_prefix(step).is_some_and(|rest| rest.starts_with('/'));
        all.filter(own).collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// The inputs that a step rests on, directly or through other steps.
    pub(super) fn origins(&self, step: &str) -> BTreeSet<String> {
        let mut open = vec![step.to_owned()];
        let mut inputs = BTreeSet::new();
        while let Some(name) = open.pop() {
            match self.steps.iter().find(|known| known.id == name) {
                Some(known) => open.extend(known.reads.iter().cloned()),
                None => {
                    inputs.insert(name);
                }
            }
        }
        inputs
    }

    pub(super) fn may_match(&self, pattern: &str) -> bool {
        self.steps.iter().flat_map(|step| &step.promises).any(|address| address.may_match(pattern))
    }
}

/// Looks an address up among those promised.
pub(super) fn promise<'a>(
    promised: impl Iterator<Item = &'a Address> + Clone,
    address: &str,
) -> Promise {
    let (whole, part) = split_part(address);
    let named = |text: &str| {
        let mut matching = promised.clone().filter(|known| known.matches(text)).peekable();
        matching.peek()?;
        Some(if matching.any(Address::is_exact) { Promise::Exists } else { Promise::Maybe })
    };
    let found = named(address).or_else(|| part.and_then(|_| named(whole)));
    found.unwrap_or_else(|| Promise::Never { promised: promised.map(Address::shown).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promised() -> Vec<Address> {
        vec![
            Address::exact("effect"),
            Address::exact("fit/grant"),
            Address::grouped("modes/share", &["month".to_owned(), "mode".to_owned()]),
        ]
    }

    #[test]
    fn an_address_is_promised_in_full_or_up_to_its_levels() {
        let known = promised();
        let ask = |address: &str| promise(known.iter(), address);
        assert_eq!(ask("fit/grant"), Promise::Exists);
        assert_eq!(ask("fit/grant.se"), Promise::Exists);
        assert_eq!(ask("modes/share{month=2026-04,mode=fix}"), Promise::Maybe);
        let shown =
            ["effect", "fit/grant", "modes/share{month=…,mode=…}"].map(str::to_owned).to_vec();
        let never = Promise::Never { promised: shown };
        assert_eq!(ask("modes/share{mode=fix,month=2026-04}"), never);
        assert_eq!(ask("fit/grnat"), never);
    }

    #[test]
    fn a_pattern_matches_what_may_come() {
        let known = promised();
        let any = |pattern: &str| known.iter().any(|address| address.may_match(pattern));
        assert!(any("fit/*") && any("modes/share{*}") && any("modes/share{month=2026-04,*"));
        assert!(any("eff*ct") && any("effect*"));
        assert!(!any("fot/*") && !any("fit/*x"));
    }
}
