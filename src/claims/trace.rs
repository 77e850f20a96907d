//! From our value back to the files and their checksums.

use std::ops::Range;

use super::evidence::{Book, step_of};
use crate::results::{Code, Input, Run};

/// Returns the way from estimates through steps to verified files, and what was assumed along it.
pub(super) fn of(run: &Run, addresses: &[String]) -> (Vec<String>, Vec<String>) {
    let mut walk = Walk { run, lines: Vec::new(), files: Vec::new(), assumes: Vec::new() };
    for address in addresses {
        walk.add(address.clone());
        walk.visit(step_of(address));
    }
    // Imported estimates have no steps: all that the dataset pins stands behind each of them.
    if run.code != Code::Reimplemented && !addresses.is_empty() {
        walk.files(|_| true);
    }
    let Walk { mut lines, files, assumes, .. } = walk;
    lines.extend(files);
    (lines, assumes)
}

struct Walk<'a> {
    run: &'a Run,
    lines: Vec<String>,
    files: Vec<String>,
    assumes: Vec<String>,
}

impl Walk<'_> {
    fn add(&mut self, line: String) -> bool {
        let fresh = !self.lines.contains(&line);
        if fresh {
            self.lines.push(line);
        }
        fresh
    }

    fn visit(&mut self, name: &str) {
        let mut waiting = vec![name.to_owned()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(name) = waiting.pop() {
            if seen.contains(&name) {
                continue;
            }
            if let Some(step) = self.run.steps.iter().find(|step| step.id == name) {
                self.add(name.clone());
                if let Some(assumed) = &step.assumes
                    && !self.assumes.contains(assumed)
                {
                    self.assumes.push(assumed.clone());
                }
                waiting.extend(step.reads.iter().rev().cloned());
            }
            self.files(|input| input.input == name);
            seen.push(name);
        }
    }

    fn files(&mut self, wanted: impl Fn(&Input) -> bool) {
        for input in self.run.inputs.iter().filter(|input| wanted(input)) {
            let line = format!("{}/{} sha256:{}", input.dataset, input.path, input.sha256);
            if !self.files.contains(&line) {
                self.files.push(line);
            }
        }
    }
}

/// Returns the printed numbers that an expression uses, with their places in the source.
pub(super) fn printed(book: &Book<'_>, names: &[(String, Range<usize>)]) -> Vec<String> {
    let mut lines = Vec::new();
    for claim in names.iter().filter_map(|(name, _)| book.claims.claim(name)) {
        let line = format!(
            "{}: printed {} ({}, {})",
            claim.id.value, claim.printed.text, claim.source.value, claim.at
        );
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}
