//! The fragments by which the parts of a page are linked, each once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::report::{Page, text};

/// A place on the page, or on the web, and what to call it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

/// The fragments of claims, relations, runs and steps.
pub(super) struct Anchors {
    names: BTreeMap<(&'static str, String), String>,
    taken: BTreeSet<String>,
}

impl Anchors {
    pub(super) fn of(page: &Page<'_>) -> Self {
        let mut anchors = Self { names: BTreeMap::new(), taken: BTreeSet::new() };
        for claim in &page.audit.claims {
            anchors.add("claim", &claim.id);
        }
        for relation in &page.audit.relations {
            anchors.add("relation", &relation.id);
        }
        for run in &page.results.runs {
            anchors.add("run", &run.id);
            for step in &run.steps {
                anchors.add("step", &step_key(&run.id, &step.id));
            }
        }
        anchors
    }

    fn add(&mut self, kind: &'static str, id: &str) {
        let wanted = format!("{kind}-{}", text::slug(id));
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}-{number}");
            number += 1;
        }
        self.names.entry((kind, id.to_owned())).or_insert(name);
    }

    /// Returns the fragment of a part, without the `#`.
    pub(super) fn name(&self, kind: &'static str, id: &str) -> String {
        self.names.get(&(kind, id.to_owned())).cloned().unwrap_or_default()
    }

    /// Links to a claim or a relation, or names it where the page has none such.
    pub(super) fn link(&self, id: &str) -> Link {
        let find = |kind| self.names.get(&(kind, id.to_owned()));
        let name = find("claim").or_else(|| find("relation"));
        Link { text: id.to_owned(), href: name.map(|name| format!("#{name}")) }
    }

    /// Returns the fragment of a step of a run, without the `#`.
    pub(super) fn step(&self, run: &str, step: &str) -> String {
        self.name("step", &step_key(run, step))
    }

    /// Links to a step of a run.
    pub(super) fn step_link(&self, run: &str, step: &str) -> Option<String> {
        Some(self.step(run, step)).filter(|name| !name.is_empty()).map(|name| format!("#{name}"))
    }
}

/// A step's id is unique within its run only.
fn step_key(run: &str, step: &str) -> String {
    format!("{run}-{step}")
}
