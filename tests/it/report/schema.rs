//! The JSON Schemas in the repository are those of the records, and the records keep them.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use secondlook::claims::record::Audit;
use secondlook::digest::canonical_json;
use secondlook::results::Results;

use super::fixture::Story;

fn generated<T: JsonSchema>() -> String {
    let mut text =
        serde_json::to_string_pretty(&schemars::schema_for!(T)).expect("a schema is JSON");
    text.push('\n');
    text
}

/// Compares with the committed file; leaves what it should be where it can be copied from.
fn committed(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(name);
    let fresh = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&fresh, expected).expect("the fresh schema is written");
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == expected,
        "tests/specs/{name} is out of date: copy {} over it",
        fresh.display()
    );
}

fn errors(schema: &str, document: &str) -> Vec<String> {
    let schema = serde_json::from_str(schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let document = serde_json::from_str(document).expect("a document is JSON");
    validator.iter_errors(&document).map(|error| error.to_string()).collect()
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_records() {
    committed("results.schema.json", &generated::<Results>());
    committed("audit.schema.json", &generated::<Audit>());
}

#[test]
fn documents_keep_their_schemas_and_come_back_the_same() {
    let story = Story::plain();
    let results = canonical_json(&story.results).expect("results are JSON");
    let audit = canonical_json(&story.audit).expect("an audit is JSON");
    assert_eq!(errors(&generated::<Results>(), &results), Vec::<String>::new());
    assert_eq!(errors(&generated::<Audit>(), &audit), Vec::<String>::new());
    assert_eq!(serde_json::from_str::<Results>(&results).expect("results"), story.results);
    assert_eq!(serde_json::from_str::<Audit>(&audit).expect("an audit"), story.audit);
}

#[test]
fn a_document_with_a_word_outside_the_table_breaks_the_schema() {
    let audit = canonical_json(&Story::plain().audit).expect("an audit is JSON");
    for (from, to) in [
        ("\"verdict\": \"rounded\"", "\"verdict\": \"reproduced\""),
        ("\"basis\": \"analysis-data\"", "\"basis\": \"data\""),
        ("\"weight\": \"headline\"", "\"wieght\": \"headline\""),
    ] {
        let broken = audit.replacen(from, to, 1);
        assert_ne!(broken, audit);
        assert!(!errors(&generated::<Audit>(), &broken).is_empty(), "{to}");
    }
}
