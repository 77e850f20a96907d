//! What a reader needs to redo a regression: rows dropped, choices made, conventions counted.

use crate::engine::Table;
use crate::method::steps::Outcome;
use crate::stats::linear::{Absorbed, Dropped, Singletons};

use super::run::Regressing;
use super::{Constant, Meaning, error_word};

impl Regressing {
    /// What a column of the query is in the method.
    pub(super) fn written(&self, column: &str) -> String {
        let number = |word: Option<&str>| word.and_then(|word| word.parse::<usize>().ok());
        let mut words = column.split(' ');
        let kind = words.next().unwrap_or_default();
        let (first, second, third) =
            (number(words.next()), number(words.next()), number(words.next()));
        let term = first.and_then(|at| self.terms.get(at));
        let found = match kind {
            "term" => {
                term.and_then(|term| term.parts.get(second?)).map(|part| part.column().text.clone())
            }
            "instrument" => first
                .and_then(|at| self.instruments.get(at))
                .and_then(|(_, list)| list.get(second?)?.parts.get(third?))
                .map(|part| part.column().text.clone()),
            "effect" => first.and_then(|at| self.absorb.get(at)?.get(second?)).cloned(),
            "cluster" => first.and_then(|at| self.cluster.get(at)).cloned(),
            "random" => self.random.clone(),
            "weight" => self.weights.as_ref().map(|(weights, _)| weights.text.clone()),
            _ => Some(self.outcome.text.clone()),
        };
        found.unwrap_or_else(|| column.to_owned())
    }

    pub(super) fn note_dropped(&self, table: &Table, used: &Table, outcome: &mut Outcome) {
        let dropped = table.rows() - used.rows();
        outcome.note("dropped rows", dropped);
        if dropped > 0 {
            let mut causes: Vec<String> = Vec::new();
            for (name, column) in table.columns().filter(|(_, column)| column.nulls() > 0) {
                let cause = format!("{} in {}", column.nulls(), self.written(name));
                if !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
            outcome.note("nulls", causes.join(", "));
            outcome.warnings.push(format!(
                "{dropped} of {} rows were dropped: they have nulls ({})",
                table.rows(),
                causes.join(", ")
            ));
        }
    }

    /// What the method chose, or left to the default.
    pub(super) fn note_choices(&self, outcome: &mut Outcome) {
        outcome.note("errors", error_word(self.errors));
        let stated = if self.preset_stated { "" } else { " (the default, not stated)" };
        outcome.note("preset", format!("{}{stated}", self.preset.name()));
        let weights = match &self.weights {
            None => "none".to_owned(),
            Some((written, Meaning::Frequency)) => format!("frequency: {}", written.text),
            Some((written, Meaning::Analytic)) => format!("analytic: {}", written.text),
        };
        outcome.note("weights", weights);
        if self.constant == Constant::Absent {
            outcome.note("constant", "none");
        }
    }

    /// The levels absorbed, the clusters counted, the terms dropped.
    pub(super) fn note_counts(
        &self,
        clusters: &[usize],
        absorbed: &Absorbed,
        dropped: &[Dropped],
        outcome: &mut Outcome,
    ) {
        for (name, count) in self.cluster.iter().zip(clusters) {
            outcome.note(&format!("clusters of {name}"), count);
        }
        for ((names, levels), nested) in
            self.absorb.iter().zip(&absorbed.levels).zip(&absorbed.nested)
        {
            let inside =
                if *nested && !self.cluster.is_empty() { ", nested in a cluster" } else { "" };
            outcome.note(
                &format!("absorbed {}", names.join(" × ")),
                format!("{levels} levels{inside}"),
            );
        }
        if !self.absorb.is_empty() {
            let kept = if self.singletons == Singletons::Keep {
                "kept".to_owned()
            } else {
                format!("dropped: {} rows", absorbed.singletons_dropped)
            };
            outcome.note("singletons", kept);
        }
        let mut causes: Vec<(&[String], Vec<&str>)> = Vec::new();
        for one in dropped {
            match causes.iter_mut().find(|(with, _)| *with == one.with.as_slice()) {
                Some((_, names)) => names.push(&one.name),
                None => causes.push((&one.with, vec![&one.name])),
            }
        }
        for (with, names) in causes {
            outcome.note("dropped terms", names.join(", "));
            let why = if with.is_empty() {
                "zero in every row that counts".to_owned()
            } else {
                format!("determined by {}", with.join(", "))
            };
            outcome.warnings.push(match names.as_slice() {
                [name] => format!("the term `{name}` was dropped: it is {why}"),
                names => format!("the terms `{}` were dropped: they are {why}", names.join("`, `")),
            });
        }
    }
}
