//! A run made on the command line with `--bind`.

use crate::diagnostic::{Source, Span, Spanned};
use crate::results::Basis;
use crate::study::RunBinding;

/// The id of a run made on the command line.
pub(super) const COMMAND_LINE: &str = "command-line";

/// Makes the run that binds these inputs. New data until their manifest says something weaker.
#[must_use]
pub(super) fn from_command_line(bind: &[(String, String)]) -> RunBinding {
    let shown: Vec<String> =
        bind.iter().map(|(input, table)| format!("--bind {input}={table}")).collect();
    let source = Source::new("command line", shown.join(" "));
    let spanned = |value: &str| {
        let start = source.text.find(value).unwrap_or_default();
        Spanned { value: value.to_owned(), span: Span::new(&source, start..start + value.len()) }
    };
    RunBinding {
        id: spanned(COMMAND_LINE),
        basis: spanned(Basis::NewData.word()),
        bind: bind.iter().map(|(input, table)| (spanned(input), spanned(table))).collect(),
        estimates: None,
        code: None,
        says: None,
    }
}
