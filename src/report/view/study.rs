//! The study, who answers for the audit, and how to cite it.

use serde::Serialize;

use super::Link;
use crate::claims::record::SealRecord;
use crate::report::text;
use crate::study::{Response, Study};

#[derive(Debug, Serialize)]
pub(super) struct StudyView {
    id: String,
    title: String,
    authors: String,
    date: Option<String>,
    link: Link,
    says: Option<String>,
    sources: Vec<SourceView>,
    responses: Vec<ResponseView>,
    by: Option<String>,
    reviewed_by: Option<String>,
    interests: Option<String>,
    as_known_on: Option<String>,
    supersedes: Option<String>,
    seal: Option<String>,
    citation: String,
    bibtex: String,
}

#[derive(Debug, Serialize)]
struct SourceView {
    id: String,
    link: Link,
    archived: Option<String>,
    sha256: Option<String>,
    as_known_on: Option<String>,
}

#[derive(Debug, Serialize)]
struct ResponseView {
    asked: String,
    received: Option<String>,
    summary: Option<String>,
}

pub(super) fn view(study: &Study, seal: Option<&SealRecord>, version: &str) -> StudyView {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    StudyView {
        id: study.id.value.clone(),
        title: study.title.clone(),
        authors: authors(&study.authors),
        date: study.date.clone(),
        link: Link {
            text: study.url.clone().unwrap_or_default(),
            href: study.url.as_deref().and_then(text::link),
        },
        says: given(&study.says),
        sources: sources(study),
        responses: study.responses.iter().map(response).collect(),
        by: given(&study.audit.by),
        reviewed_by: given(&study.audit.reviewed_by),
        interests: given(&study.audit.interests),
        as_known_on: given(&study.audit.as_known_on),
        supersedes: given(&study.audit.supersedes),
        seal: seal.map(SealRecord::sentence),
        citation: citation(study, version),
        bibtex: bibtex(study, version),
    }
}

fn sources(study: &Study) -> Vec<SourceView> {
    study
        .sources
        .iter()
        .map(|source| SourceView {
            id: source.id.value.clone(),
            link: Link {
                text: source.title.clone(),
                href: source.url.as_deref().and_then(text::link),
            },
            archived: source.archived.as_deref().and_then(text::link),
            sha256: source.sha256.clone(),
            as_known_on: source.as_known_on.clone(),
        })
        .collect()
}

fn response(response: &Response) -> ResponseView {
    ResponseView {
        asked: response.asked.clone(),
        received: response.received.clone(),
        summary: response.summary.clone(),
    }
}

/// Names up to six authors, and says how many more there are.
fn authors(authors: &[String]) -> String {
    let shown: Vec<&str> = authors.iter().take(6).map(String::as_str).collect();
    match (authors.len() - shown.len(), shown.split_last()) {
        (0, Some((last, []))) => (*last).to_owned(),
        (0, Some((last, rest))) => format!("{} and {last}", rest.join(", ")),
        (more, Some(_)) => format!("{} and {more} more", shown.join(", ")),
        (_, None) => String::new(),
    }
}

/// Who made the audit, as a citation names them.
fn auditor(study: &Study) -> &str {
    study.audit.by.as_deref().filter(|by| !by.trim().is_empty()).unwrap_or("secondlook")
}

fn citation(study: &Study, version: &str) -> String {
    let by = auditor(study);
    let known = study
        .audit
        .as_known_on
        .as_deref()
        .map_or(String::new(), |day| format!(", as known on {day}"));
    let authors = authors(&study.authors);
    let of = if authors.is_empty() { String::new() } else { format!(" by {authors}") };
    let address = study.url.as_deref().map_or(String::new(), |url| format!(" {url}"));
    format!(
        "{by}. A second look at “{}”{of}{known}. Made with secondlook {version}.{address}",
        study.title,
    )
}

fn bibtex(study: &Study, version: &str) -> String {
    let plain = |value: &str| text::one_line(value).replace(['{', '}', '\\'], "");
    let mut lines = vec![
        format!("@misc{{secondlook-{},", text::slug(&study.id.value)),
        format!("  title = {{A second look at: {}}},", plain(&study.title)),
        format!("  author = {{{}}},", plain(auditor(study))),
    ];
    if let Some(day) = &study.audit.as_known_on {
        lines.push(format!("  note = {{As known on {}; secondlook {version}}},", plain(day)));
    }
    if let Some(address) = study.url.as_deref().and_then(text::link) {
        lines.push(format!("  howpublished = {{Audit of {}}},", plain(&address)));
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_named_as_a_newspaper_does() {
        let names = |count: usize| (1..=count).map(|n| format!("A{n}")).collect::<Vec<_>>();
        assert_eq!(authors(&names(0)), "");
        assert_eq!(authors(&names(1)), "A1");
        assert_eq!(authors(&names(3)), "A1, A2 and A3");
        assert_eq!(authors(&names(8)), "A1, A2, A3, A4, A5, A6 and 2 more");
    }
}
