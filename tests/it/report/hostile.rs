//! Text of other people never becomes markup, a link, or a formula.

use super::fixture::Story;

/// Tests H: what an attacker, or a careless column name, may put into any text.
const SALTS: [&str; 14] = [
    "<script>alert(1)</script>",
    "</script><script>window.__pwned = 1</script>",
    "</style><style>*{display:none}</style>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "]]><b>x</b>",
    "<!-- x",
    "--><b>x</b>",
    "&lt;b&gt;&#60;i&#62;",
    "{{ version }}{% for x in y %}",
    "</pre></details></article></main>",
    "[x](javascript:alert(1)) `code` | a | b | **c**",
    "\u{202e}evil\u{2066}\u{200f}\u{7}\u{1b}[31m\u{0}",
];

/// The tags of a page: the name of each, with the names of its attributes.
pub(super) fn tags(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let tag = &rest.get(at + 1..).unwrap_or_default();
        let end = end_of_tag(tag);
        let inside = tag.get(..end).unwrap_or_default();
        tags.push(shape(inside));
        rest = tag.get(end..).unwrap_or_default();
        let name = inside.split_whitespace().next().unwrap_or_default();
        if matches!(name, "script" | "style") {
            let close = format!("</{name}>");
            rest = rest.find(&close).and_then(|at| rest.get(at..)).unwrap_or_default();
        }
    }
    tags
}

fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, '>') => return at,
            _ => {}
        }
    }
    tag.len()
}

/// `a class="x" href="y"` becomes `a class href`.
fn shape(tag: &str) -> String {
    let mut shape = String::new();
    let mut quoted = None;
    let mut value = false;
    for character in tag.chars() {
        match (quoted, character) {
            (None, '"' | '\'') => quoted = Some(character),
            (Some(open), close) if open == close => (quoted, value) = (None, false),
            (None, '=') => value = true,
            (None, other) if !value => shape.push(other),
            _ => {}
        }
    }
    shape.trim().to_owned()
}

#[test]
fn no_text_becomes_markup() {
    let harmless = tags(&Story::plain().html());
    assert!(harmless.len() > 300, "only {} tags", harmless.len());
    for salt in SALTS {
        let page = Story::salted(salt).html();
        let hostile = tags(&page);
        let first = harmless.iter().zip(&hostile).find(|(a, b)| a != b);
        assert_eq!(first, None, "{salt:?}");
        assert_eq!(harmless.len(), hostile.len(), "{salt:?}");
        assert!(!page.contains("<script>alert"), "{salt:?}");
        assert!(!page.contains("onerror=alert(1)>"), "{salt:?}");
    }
}

#[test]
fn no_invisible_character_reaches_a_page() {
    let story = Story::salted(SALTS[13]);
    for page in [story.html(), story.markdown()] {
        let found = page.chars().find(|c| {
            (c.is_control() && *c != '\n' && *c != '\t')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(found, None);
    }
}

#[test]
fn no_text_becomes_html_in_markdown() {
    for salt in SALTS {
        let page = Story::salted(salt).markdown();
        let mut fenced = false;
        for line in page.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced {
                continue;
            }
            let outside = outside_code(line);
            let bare = outside.replace("](<https://", "");
            assert!(!bare.contains('<'), "{salt:?} in {line}");
            assert!(!bare.replace("\\]", "").contains("](javascript"), "{salt:?} in {line}");
        }
    }
}

/// The text of a line that is not inside code: a run of backticks closes where an equal run stands.
fn outside_code(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line.replace("\\`", "");
    while let Some(at) = rest.find('`') {
        outside.push_str(rest.get(..at).unwrap_or_default());
        let tail = rest.get(at..).unwrap_or_default();
        let run = tail.len() - tail.trim_start_matches('`').len();
        let inside = rest.get(at + run..).unwrap_or_default().to_owned();
        let fence = "`".repeat(run);
        let close = inside
            .match_indices(&fence)
            .map(|(at, _)| at)
            .find(|at| {
                let after = inside.get(at + run..).unwrap_or_default();
                let before = inside.get(..*at).unwrap_or_default();
                !after.starts_with('`') && !before.ends_with('`')
            })
            .expect("code ends");
        inside.get(close + run..).unwrap_or_default().clone_into(&mut rest);
    }
    outside + &rest
}

#[test]
fn a_table_of_markdown_keeps_its_columns() {
    let cells = |page: &str| -> Vec<usize> {
        page.lines()
            .filter(|line| line.starts_with('|'))
            .map(|line| line.replace("\\|", "").matches('|').count())
            .collect()
    };
    let harmless = cells(&Story::plain().markdown());
    for salt in SALTS.into_iter().chain(["a | b", "a\\| b", "a\nb", "```"]) {
        assert_eq!(cells(&Story::salted(salt).markdown()), harmless, "{salt:?}");
    }
}

#[test]
fn only_web_addresses_are_linked() {
    for address in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "https://example.org/ x",
    ] {
        let mut story = Story::plain();
        story.study.url = Some(address.to_owned());
        story.study.sources[0].url = Some(address.to_owned());
        story.study.sources[0].archived = Some(address.to_owned());
        story.results.runs[0].datasets[0].urls = vec![address.to_owned()];
        let page = story.html();
        let links: Vec<&str> = page
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| !link.starts_with('#'))
            .collect();
        assert_eq!(links, Vec::<&str>::new(), "{address}");
        assert!(!story.markdown().contains("](<"), "{address}");
    }
}

#[test]
fn links_tell_the_other_side_nothing() {
    let page = Story::plain().html();
    let outside = page.matches("href=\"https://").count();
    assert!(outside >= 5);
    assert_eq!(page.matches("rel=\"noopener noreferrer\"").count(), outside);
}

#[test]
fn a_figure_with_a_script_is_refused() {
    let mut story = Story::plain();
    story.drawings[0].svg = "<svg><script>alert(1)</script></svg>".to_owned();
    let error = secondlook::report::html(&story.page()).expect_err("a script is no picture");
    assert_eq!(
        error.to_string(),
        "figure `effect` cannot be shown in a page: it has an element `script`"
    );
}
