//! Text of other people on its way into a page: made visible, escaped, or refused.
//!
//! Every string of a study, a manifest or a method passes through here. Never lets through a
//! control character, a bidirectional override, markup, or an address that is not `http(s)`.

use std::borrow::Cow;

/// Stands where a character was that no page may carry.
const REPLACED: char = '\u{fffd}';

/// Replaces characters that have no shape but change what is shown: controls, bidirectional
/// overrides, line separators, byte-order marks. Line feeds and tabs stay.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_deceptive) {
        Cow::Owned(text.chars().map(|c| if is_deceptive(c) { REPLACED } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_deceptive(character: char) -> bool {
    let point = u32::from(character);
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(
            character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
        || point & 0xfffe == 0xfffe
}

/// Joins the lines of a text into one, with single spaces.
pub(super) fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes text for HTML, in content and in quoted attributes.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Escapes text for Markdown as GitHub reads it: on one line, no emphasis, link, table cell, HTML,
/// mathematics or block can begin in it.
pub(super) fn markdown(text: &str) -> String {
    let line = one_line(text);
    let mut escaped = String::with_capacity(line.len() + 16);
    let mut before = None;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_word = characters.peek().is_none_or(|next| next.is_whitespace());
        let opens_block = before.is_none() && matches!(character, '-' | '+' | '=' | '#' | '.');
        let counts = matches!(character, '.' | ')')
            && ends_word
            && !escaped.is_empty()
            && escaped.bytes().all(|byte| byte.is_ascii_digit());
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '@' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            ':' if !ends_word => escaped.push_str("\\:"),
            other if opens_block || counts => {
                escaped.push('\\');
                escaped.push(other);
            }
            other => escaped.push(other),
        }
        before = Some(character);
    }
    unlink(escaped)
}

/// GitHub links a bare `www.` without being asked; a backslash stops it.
fn unlink(text: String) -> String {
    if text.to_ascii_lowercase().contains("www.") {
        text.replace("www.", "www\\.").replace("WWW.", "WWW\\.").replace("Www.", "Www\\.")
    } else {
        text
    }
}

/// Writes text as Markdown code inside a line, also inside a table's cell.
pub(super) fn markdown_code(text: &str) -> String {
    let line = one_line(text).replace('|', "\\|");
    if line.is_empty() {
        return "–".to_owned();
    }
    let fence = "`".repeat(longest_run_of_backticks(&line) + 1);
    if line.starts_with('`') || line.ends_with('`') {
        format!("{fence} {line} {fence}")
    } else {
        format!("{fence}{line}{fence}")
    }
}

/// Writes text as a fenced block of Markdown code.
pub(super) fn markdown_block(language: &str, text: &str) -> String {
    let text = visible(text);
    let fence = "`".repeat((longest_run_of_backticks(&text) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Returns the address if a page may link to it: `http` or `https`, one word, nothing invisible.
pub(super) fn link(address: &str) -> Option<String> {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase())?;
    let plain = address.chars().all(|c| !c.is_whitespace() && !is_deceptive(c));
    (matches!(scheme.as_str(), "http" | "https") && plain && address.len() <= 2_000)
        .then(|| address.to_owned())
}

/// Writes an address so that it can stand inside `(<…>)` of a Markdown link.
pub(super) fn markdown_address(address: &str) -> String {
    address
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('\\', "%5C")
        .replace('|', "%7C")
        .replace('`', "%60")
}

/// Makes the fragment of an address from an id: ASCII letters, digits, `-` and `_`.
pub(super) fn slug(id: &str) -> String {
    let slug: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' })
        .take(80)
        .collect();
    if slug.is_empty() { "x".to_owned() } else { slug }
}

/// Makes a text safe as a spreadsheet's cell: no formula can begin in it (OWASP, CSV injection).
/// A plain number stays as it is.
pub(super) fn cell(text: &str) -> String {
    let line = one_line(text);
    let first = line.chars().find(|c| !c.is_whitespace() && *c != REPLACED);
    let formula = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    let number = line.parse::<f64>().is_ok()
        && line.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if formula && !number { format!("'{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_shape_is_shown_as_a_gap() {
        assert_eq!(
            visible("a\u{202e}b\u{7}c\u{2066}\u{e0041}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}"
        );
        assert_eq!(visible("a\nb\tc é שלום"), "a\nb\tc é שלום");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(html("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
        assert_eq!(markdown("- a|b `c` <i> [x](y)"), "\\- a\\|b \\`c\\` &lt;i&gt; \\[x\\](y)");
        assert_eq!(markdown("12. no list\n# no title"), "12\\. no list \\# no title");
        assert_eq!(markdown("12.5%: a number"), "12.5%: a number");
        assert_eq!(markdown("https://x www.y"), "https\\://x www\\.y");
        assert_eq!(markdown_code("a`b|c"), "``a`b\\|c``");
        assert_eq!(markdown_block("sql", "a\n```\nb"), "````sql\na\n```\nb\n````");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(link("https://example.org/a?b#c").as_deref(), Some("https://example.org/a?b#c"));
        assert_eq!(link("HTTP://example.org").as_deref(), Some("HTTP://example.org"));
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt://x%0aalert(1)",
            " https://x",
            "https://x\ny",
            "data:text/html,x",
            "//example.org",
            "file:///etc/passwd",
            "https://x\u{202e}",
            "",
        ] {
            assert_eq!(link(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn no_formula_begins_in_a_cell() {
        for bad in
            ["=1+1", "@SUM(A1)", "\t=1", " =1", "\u{a0}=1", "+cmd|x", "-1+1", "＝1", "\u{feff}=1"]
        {
            assert!(cell(bad).starts_with('\''), "{bad:?} became {:?}", cell(bad));
        }
        assert_eq!(cell("a\n=1"), "a =1");
        assert_eq!(cell("-0.1"), "-0.1");
        assert_eq!(cell("−0.1"), "−0.1");
        assert_eq!(cell("19%"), "19%");
    }
}
