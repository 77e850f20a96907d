//! A problem with the lines that it points into, as `miette` draws it.

use miette::{LabeledSpan, NamedSource, SourceCode};

use super::clean;
use crate::diagnostic::{Place, Problem};

/// A problem as `miette` draws it.
#[derive(Debug)]
pub(super) struct Rendered {
    message: String,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    label: Option<LabeledSpan>,
}

impl Rendered {
    /// Cleans a problem and the text that it points into.
    pub(super) fn new(problem: &Problem) -> Self {
        let (source, label) = match &problem.place {
            Some(Place::Span(span)) => {
                let text = clean(&span.source.text);
                let end = span.end.min(text.len()).max(span.start.min(text.len()));
                let start = span.start.min(end);
                let label = problem.label.as_deref().map(clean);
                (
                    Some(NamedSource::new(clean(&span.source.name), text)),
                    Some(LabeledSpan::new(label, start, end - start)),
                )
            }
            _ => (None, None),
        };
        Self {
            message: clean(&problem.message),
            help: problem.help.as_deref().map(clean),
            source,
            label,
        }
    }
}

impl std::fmt::Display for Rendered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Rendered {}

impl miette::Diagnostic for Rendered {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.label
            .clone()
            .map(|label| Box::new(std::iter::once(label)) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}
