//! Colour, and text that cannot steer a terminal.

use crate::claims::record::Verdict;

/// How a piece of text looks, where colour is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As it is.
    Plain,
    /// Bold.
    Strong,
    /// Dim.
    Faint,
    /// A verdict's colour.
    Verdict(Verdict),
}

/// Paints a text, where colour is on.
pub(super) fn paint(on: bool, look: Look, text: &str) -> String {
    let code = match look {
        Look::Plain => return text.to_owned(),
        Look::Strong => "1",
        Look::Faint => "2",
        Look::Verdict(verdict) => match verdict {
            Verdict::Exact
            | Verdict::Rounded
            | Verdict::WithinTolerance
            | Verdict::Compatible
            | Verdict::AddsUp => "34",
            Verdict::Differs | Verdict::NotCompatible | Verdict::Inconclusive => "33",
            Verdict::Overturned | Verdict::Impossible | Verdict::DoesNotAddUp | Verdict::Void => {
                "1;31"
            }
            Verdict::Possible | Verdict::Untestable | Verdict::Unchecked => "2",
        },
    };
    if on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Replaces characters that would steer a terminal or reorder a line, each by one of the same
/// length in bytes, so that positions stay true.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' => letter,
            '\u{0}'..='\u{1f}' | '\u{7f}' => '?',
            '\u{80}'..='\u{9f}' | '\u{61c}' => '\u{bf}',
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// Cleans text that we painted ourselves: our own colour codes stay.
pub(super) fn keep_paint(text: &str) -> String {
    text.split('\u{1b}')
        .enumerate()
        .map(|(index, part)| {
            let code =
                part.strip_prefix('[').and_then(|rest| rest.split_once('m')).map(|(code, _)| code);
            let ours = code.is_some_and(|code| ["0", "1", "2", "33", "34", "1;31"].contains(&code));
            match (index, ours) {
                (0, _) => clean(part),
                (_, true) => format!("\u{1b}{}", clean(part)),
                (_, false) => format!("?{}", clean(part)),
            }
        })
        .collect()
}
