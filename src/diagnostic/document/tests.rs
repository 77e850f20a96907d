use super::*;

fn problems_of(text: &str) -> Vec<String> {
    let source = Source::new("m.toml", text);
    let mut problems = Problems::default();
    let _answer = read(&source, &mut problems, |root| {
        if let Some(dataset) = root.table("dataset") {
            let _id = dataset.required::<String>("id");
            let _retrieved = dataset.optional::<jiff::civil::Date>("retrieved");
        }
        for file in root.tables("file") {
            let _bytes = file.required::<u64>("bytes");
        }
    });
    problems.0.iter().map(ToString::to_string).collect()
}

#[test]
fn every_problem_is_reported_with_its_line_and_a_suggestion() {
    let text = "[dataset]\nid = 3\nretreived = 2026-11-22\n[[file]]\nbytes = -1\n[[file]]\n";
    assert_eq!(
        problems_of(text),
        [
            "m.toml:2:6: `dataset.id` must be a text in quotes, not the number 3 (write \"3\")",
            "m.toml:3:1: unknown key `retreived` in [dataset] (did you mean `retrieved`?)",
            "m.toml:5:9: `file.bytes` must be a whole number, zero or more, not the number -1",
            "m.toml:6:1: [file] lacks `bytes` (add `bytes = …`: a whole number, zero or more)",
        ]
    );
}

#[test]
fn what_is_not_toml_says_where() {
    let problems = problems_of("[dataset]\nid = \"a\"\nid = \"b\"\n");
    assert_eq!(problems.len(), 1);
    assert!(
        problems.iter().all(|text| text.starts_with("m.toml:3:1: not valid TOML: duplicate key")),
        "{problems:?}"
    );
}
