//! Reads `study.toml`.
//!
//! Reads a text; writes nothing. A [`Study`] comes out only where no error was found.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::document::{self, Table as Keys};
use crate::diagnostic::{Place, Problem, Problems, Source, Spanned};

use super::{Auditors, Response, RunBinding, SourceDocument, Study, is_kebab_case, split_binding};

/// Who may have written code that produced imported estimates.
const CODES: [&str; 2] = ["authors", "external"];

/// Reads a study; all problems of the text are reported at once, in its order.
///
/// The study is `None` where there is any error. That its id is its folder's name is for the caller, who
/// knows the folder: [`Study::check_folder`].
#[must_use]
pub fn read(source: &Arc<Source>) -> (Option<Study>, Problems) {
    let mut problems = Problems::default();
    if source.text.len() as u64 > document::LARGEST_FILE {
        let message =
            format!("the file has {} bytes: too many for a study.toml", source.text.len());
        problems.push(Problem::error(message).in_file(source.name.clone(), 0, 0));
        return (None, problems);
    }
    let study = document::read(source, &mut problems, read_root).flatten();
    problems.0.sort_by_key(|problem| match &problem.place {
        Some(Place::Span(span)) => span.start,
        _ => 0,
    });
    let usable = study.filter(|_| !problems.has_errors());
    (usable, problems)
}

fn read_root(root: &Keys<'_>) -> Option<Study> {
    let head = root.table("study").map(|keys| read_head(&keys));
    if head.is_none() && root.value("study").is_none() {
        let problem = Problem::error("the file lacks the table [study]").at(&root.span());
        root.report(problem.help("begin with [study] and its id, title, authors"));
    }
    let sources: Vec<_> = root.tables("source").iter().map(read_source).collect();
    let runs: Vec<_> = root.tables("run").iter().map(read_run).collect();
    let responses: Vec<_> = root.tables("response").iter().map(read_response).collect();
    let audit = root.table("audit").map(|keys| read_auditors(&keys)).unwrap_or_default();
    report_twice(root, "source", sources.iter().flatten().map(|source| &source.id));
    report_twice(root, "run", runs.iter().flatten().map(|run| &run.id));
    let mut study = head??;
    study.sources = sources.into_iter().collect::<Option<_>>()?;
    study.runs = runs.into_iter().collect::<Option<_>>()?;
    study.responses = responses.into_iter().collect::<Option<_>>()?;
    study.audit = audit;
    Some(study)
}

fn read_head(keys: &Keys<'_>) -> Option<Study> {
    let id = keys.required::<String>("id");
    if let Some(id) = id.as_ref().filter(|id| !is_kebab_case(id)) {
        let message = format!("a study's id is kebab-case (`metr-early-2025`), not `{}`", id.value);
        keys.report(Problem::error(message).at(&id.span));
    }
    let title = text(keys, "title");
    let authors = keys.list::<String>("authors").into_iter().map(|name| name.value).collect();
    let date = day(keys, "date");
    let url = link(keys, "url");
    let says = keys.optional::<String>("says").and_then(not_blank);
    let rounding = keys.optional::<String>("rounding");
    Some(Study {
        id: id?,
        title: title?,
        authors,
        date,
        url,
        says,
        sources: Vec::new(),
        runs: Vec::new(),
        responses: Vec::new(),
        audit: Auditors::default(),
        rounding,
    })
}

fn read_source(keys: &Keys<'_>) -> Option<SourceDocument> {
    let id = identifier(keys, "source");
    let title = text(keys, "title");
    let url = link(keys, "url");
    let archived = link(keys, "archived");
    let sha256 = checksum(keys);
    let as_known_on = day(keys, "as_known_on");
    Some(SourceDocument { id: id?, title: title?, url, archived, sha256, as_known_on })
}

fn read_run(keys: &Keys<'_>) -> Option<RunBinding> {
    let id = identifier(keys, "run");
    let basis = keys.required::<String>("basis");
    let bind = keys.table("bind").map(|bind| read_bindings(&bind));
    let estimates = keys.optional::<String>("estimates");
    if let Some(estimates) = &estimates {
        check_binding(keys, estimates);
    }
    let code = keys.optional::<String>("code");
    check_code(keys, estimates.as_ref(), code.as_ref(), bind.is_some());
    let says = keys.optional::<String>("says").and_then(not_blank);
    if bind.is_none() && estimates.is_none() && keys.value("bind").is_none() {
        let problem = Problem::error("the run binds no data").at(&keys.span());
        keys.report(problem.help("add `bind = { input = \"dataset/table\" }`"));
    }
    Some(RunBinding {
        id: id?,
        basis: basis?,
        bind: bind.unwrap_or_default(),
        estimates,
        code,
        says,
    })
}

fn read_bindings(bind: &Keys<'_>) -> Vec<(Spanned<String>, Spanned<String>)> {
    let mut bindings = Vec::new();
    let entries = bind.entries();
    if entries.is_empty() {
        bind.report(Problem::error("`bind` binds no input").at(&bind.span()));
    }
    for (input, value) in entries {
        if !is_snake_case(&input) {
            let message =
                format!("an input's name is snake_case, not `{}`", input.value.escape_debug());
            bind.report(Problem::error(message).at(&input.span));
        }
        if let Some(table) = value.read::<String>() {
            check_binding(bind, &table);
            bindings.push((input, table));
        }
    }
    bindings
}

fn check_binding(keys: &Keys<'_>, table: &Spanned<String>) {
    if let Err(reason) = split_binding(&table.value) {
        let problem = Problem::error(reason).at(&table.span);
        keys.report(problem.help("for example `metr-early-2025/issues`"));
    }
}

fn check_code(
    keys: &Keys<'_>,
    estimates: Option<&Spanned<String>>,
    code: Option<&Spanned<String>>,
    binds: bool,
) {
    if let Some(code) = code.filter(|code| !CODES.contains(&code.value.as_str())) {
        let problem = Problem::error(format!("`code` cannot be `{}`", code.value)).at(&code.span);
        keys.report(problem.suggest(&code.value, CODES));
    }
    match (estimates, code) {
        (Some(estimates), None) => keys.report(
            Problem::error("imported estimates must say whose code produced them")
                .at(&estimates.span)
                .help("add `code = \"authors\"` or `code = \"external\"`"),
        ),
        (None, Some(code)) => keys.report(
            Problem::error("`code` is for imported estimates: our own run is always ours")
                .at(&code.span)
                .help("add `estimates = \"dataset/table\"`, or leave `code` out"),
        ),
        (Some(estimates), Some(_)) if binds => keys.report(
            Problem::error("a run either binds data or imports estimates, not both")
                .at(&estimates.span)
                .help("make two runs of it"),
        ),
        _ => {}
    }
}

fn read_response(keys: &Keys<'_>) -> Option<Response> {
    let asked = keys.required::<Date>("asked");
    let received = keys.optional::<Date>("received");
    let summary = keys.optional::<String>("summary").and_then(not_blank);
    if let (Some(asked), Some(received)) = (&asked, &received)
        && received.value < asked.value
    {
        let message = format!("the answer of {} came before the question", received.value);
        keys.report(Problem::error(message).at(&received.span));
    }
    Some(Response {
        asked: asked?.value.to_string(),
        received: received.map(|day| day.value.to_string()),
        summary,
    })
}

fn read_auditors(keys: &Keys<'_>) -> Auditors {
    let words = |key| keys.optional::<String>(key).and_then(not_blank);
    Auditors {
        by: words("by"),
        reviewed_by: words("reviewed_by"),
        interests: words("interests"),
        as_known_on: day(keys, "as_known_on"),
        supersedes: words("supersedes"),
    }
}

fn not_blank(text: Spanned<String>) -> Option<String> {
    (!text.value.trim().is_empty()).then_some(text.value)
}

fn text(keys: &Keys<'_>, key: &str) -> Option<String> {
    let text = keys.required::<String>(key)?;
    if text.value.trim().is_empty() {
        keys.report(Problem::error(format!("`{key}` must not be empty")).at(&text.span));
        return None;
    }
    Some(text.value)
}

fn day(keys: &Keys<'_>, key: &str) -> Option<String> {
    keys.optional::<Date>(key).map(|day| day.value.to_string())
}

fn identifier(keys: &Keys<'_>, what: &str) -> Option<Spanned<String>> {
    let id = keys.required::<String>("id")?;
    if !is_snake_case(&id) && !is_kebab_case(&id) {
        let message = format!(
            "the id of a {what} is lower-case words joined by `_` or `-`, not `{}`",
            id.value.escape_debug()
        );
        keys.report(Problem::error(message).at(&id.span));
    }
    Some(id)
}

fn checksum(keys: &Keys<'_>) -> Option<String> {
    let text = keys.optional::<String>("sha256")?;
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() == 64 && text.bytes().all(digit) {
        return Some(text.value);
    }
    let shown: String = text.value.chars().take(80).collect();
    let message = format!("a SHA-256 is 64 lower-case hexadecimal digits, not `{shown}`");
    keys.report(Problem::error(message).at(&text.span));
    None
}

/// Reads an address that a report may link to: only `http` and `https`, no password, no blank.
fn link(keys: &Keys<'_>, key: &str) -> Option<String> {
    let url = keys.optional::<String>(key)?;
    if url.value.is_empty() {
        return None;
    }
    match check_link(&url.value) {
        Ok(()) => Some(url.value),
        Err(reason) => {
            keys.report(Problem::error(format!("`{key}`: {reason}")).at(&url.span));
            None
        }
    }
}

fn check_link(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Err("a link begins with https:// or http://");
    };
    let refused = |character: char| {
        character.is_whitespace() || character.is_control() || "<>\"'`\\^{}|".contains(character)
    };
    if url.len() > 2048 || url.chars().any(refused) {
        return Err("a link has at most 2048 bytes, and neither blanks, quotes, `<` nor `>`");
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() {
        return Err("a link needs a host");
    }
    if host.contains('@') {
        return Err("a link must not contain a user name or a password");
    }
    Ok(())
}

fn is_snake_case(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn report_twice<'a>(root: &Keys<'_>, what: &str, ids: impl Iterator<Item = &'a Spanned<String>>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for id in ids {
        if let Some(line) = seen.insert(&id.value, id.span.line()) {
            let message =
                format!("the {what} `{}` is written twice; first in line {line}", id.value);
            root.report(Problem::error(message).at(&id.span));
        }
    }
}
