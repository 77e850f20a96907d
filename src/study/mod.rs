//! `study.toml`: the study, its sources, runs, responses, who answers for the audit.
//!
//! Reads a text, strictly: every problem at once, with its place; writes nothing. What needs other
//! files (whether a run's dataset exists, whether its basis is a word of the results) is for the caller,
//! who finds the places here.

mod read;
#[cfg(test)]
mod tests;

pub use read::read;

use crate::diagnostic::{Problem, Spanned};

/// A study under audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Study {
    /// The id, kebab-case; equal to the folder's name (see [`Study::check_folder`]).
    pub id: Spanned<String>,
    /// The study's title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The day it was published, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Where it is: `http` or `https`.
    pub url: Option<String>,
    /// One sentence on what it says, in our words.
    pub says: Option<String>,
    /// The documents that make the claims.
    pub sources: Vec<SourceDocument>,
    /// The bindings of datasets to the method's inputs; none where only printed numbers are checked.
    pub runs: Vec<RunBinding>,
    /// What the study's authors answered.
    pub responses: Vec<Response>,
    /// Who answers for the audit.
    pub audit: Auditors,
    /// The rounding mode the study uses, where it says.
    pub rounding: Option<Spanned<String>>,
}

impl Study {
    /// Returns the run with an id.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<&RunBinding> {
        self.runs.iter().find(|run| run.id.value == id)
    }

    /// Returns the source with an id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&SourceDocument> {
        self.sources.iter().find(|source| source.id.value == id)
    }

    /// Returns the problem that the study's folder has another name than the study, if so.
    #[must_use]
    pub fn check_folder(&self, folder: &str) -> Option<Problem> {
        (self.id.value != folder).then(|| {
            let id = &self.id.value;
            Problem::error(format!("the study is `{id}`, but its folder is `{folder}`"))
                .at(&self.id.span)
                .help(format!("write `id = \"{folder}\"`, or rename the folder to `{id}`"))
        })
    }
}

/// A document that makes claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDocument {
    /// What claims call it.
    pub id: Spanned<String>,
    /// Its title.
    pub title: String,
    /// Where it is: `http` or `https`.
    pub url: Option<String>,
    /// Where a copy of it is kept: `http` or `https`.
    pub archived: Option<String>,
    /// The SHA-256 of the copy that was read: 64 lower-case hexadecimal digits.
    pub sha256: Option<String>,
    /// The day on which it read as claimed, where no checksum pins it, `YYYY-MM-DD`.
    pub as_known_on: Option<String>,
}

/// One binding of datasets to the method's inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunBinding {
    /// The id of the run.
    pub id: Spanned<String>,
    /// What its evidence rests on: a word that the caller maps.
    pub basis: Spanned<String>,
    /// The method's inputs and the tables bound to them, `dataset/table`, in the order written.
    pub bind: Vec<(Spanned<String>, Spanned<String>)>,
    /// Estimates that other code produced, `dataset/table`, instead of a run of the method.
    pub estimates: Option<Spanned<String>>,
    /// Whose code produced them: `authors` or `external`.
    pub code: Option<Spanned<String>>,
    /// What the run is, for people.
    pub says: Option<String>,
}

impl RunBinding {
    /// Returns every dataset the run needs, each once, in the order written.
    #[must_use]
    pub fn datasets(&self) -> Vec<&str> {
        let mut datasets = Vec::new();
        let bound = self.bind.iter().map(|(_, table)| table).chain(&self.estimates);
        for dataset in bound.filter_map(|table| table.value.split_once('/')).map(|(name, _)| name) {
            if !datasets.contains(&dataset) {
                datasets.push(dataset);
            }
        }
        datasets
    }
}

/// What the study's authors were asked and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The day they were asked, `YYYY-MM-DD`.
    pub asked: String,
    /// The day the answer came, `YYYY-MM-DD`; `None` where none came.
    pub received: Option<String>,
    /// The answer, in short.
    pub summary: Option<String>,
}

/// Who answers for the audit; every field is empty until someone does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Auditors {
    /// Who made it.
    pub by: Option<String>,
    /// Who reviewed it.
    pub reviewed_by: Option<String>,
    /// Interests they declare.
    pub interests: Option<String>,
    /// The day whose public knowledge it rests on, `YYYY-MM-DD`.
    pub as_known_on: Option<String>,
    /// The audit it replaces.
    pub supersedes: Option<String>,
}

/// Returns the dataset and the table of a `dataset/table`, or why it is none.
///
/// # Errors
/// When it is not one kebab-case dataset, one `/`, and one table id.
pub fn split_binding(text: &str) -> Result<(&str, &str), String> {
    let Some((dataset, table)) = text.split_once('/') else {
        return Err("a binding is written `dataset/table`".to_owned());
    };
    if !is_kebab_case(dataset) {
        return Err(format!(
            "`{}` is not the id of a dataset (kebab-case)",
            dataset.escape_debug()
        ));
    }
    let word = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-'
    };
    if !table.bytes().all(word) || !table.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Err(format!("`{}` is not the id of a table", table.escape_debug()));
    }
    Ok((dataset, table))
}

/// Says whether a name is kebab-case: `[a-z0-9]` words joined by single hyphens, at most 64 bytes.
fn is_kebab_case(name: &str) -> bool {
    name.len() <= 64
        && name.split('-').all(|word| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
