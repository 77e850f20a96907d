use proptest::prelude::*;

use crate::diagnostic::Source;

use super::{Study, read, split_binding};

const HEAD: &str = "[study]\nid = \"s\"\ntitle = \"t\"\nauthors = [\"A\"]\n";

/// The problems of a text, each as it is shown.
fn problems(text: &str) -> Vec<String> {
    let (study, problems) = read(&Source::new("study.toml", text));
    assert_eq!(study.is_none(), problems.has_errors(), "{problems}");
    problems.0.iter().map(ToString::to_string).collect()
}

fn right(text: &str) -> Study {
    let (study, problems) = read(&Source::new("study.toml", text));
    assert!(problems.is_empty(), "{problems}");
    study.expect("a study without problems is given")
}

#[test]
fn a_right_study_is_read_whole() {
    let study = right(
        "[study]\nid = \"metr-early-2025\"\ntitle = \"METR\"\nauthors = [\"A\", \"B\"]\ndate = 2025-07-10\n\
         url = \"https://arxiv.org/abs/2507.09089\"\nsays = \"Slower.\"\nrounding = \"half-even\"\n\
         [[source]]\nid = \"paper\"\ntitle = \"arXiv v1\"\nurl = \"https://arxiv.org/abs/2507.09089v1\"\narchived = \"\"\n\
         [[run]]\nid = \"released\"\nbasis = \"analysis-data\"\nbind = { issues = \"metr-early-2025/issues\", a = \"other/t\" }\n\
         [[run]]\nid = \"theirs\"\nbasis = \"analysis-data\"\nestimates = \"their-output/estimates\"\ncode = \"authors\"\n\
         [[response]]\nasked = 2026-11-01\nreceived = 2026-11-08\nsummary = \"Thanks.\"\n\
         [audit]\nby = \"\"\nreviewed_by = \"\"\ninterests = \"\"\nas_known_on = 2026-11-22\nsupersedes = \"\"\n",
    );
    assert_eq!(study.date.as_deref(), Some("2025-07-10"));
    assert_eq!(study.authors, ["A", "B"]);
    let run = study.run("released").expect("written");
    assert_eq!(run.basis.value, "analysis-data");
    let inputs: Vec<_> = run.bind.iter().map(|(input, _)| input.value.as_str()).collect();
    assert_eq!(inputs, ["issues", "a"], "in the order written");
    assert_eq!(run.datasets(), ["metr-early-2025", "other"]);
    assert_eq!(study.run("theirs").map(|run| run.datasets()), Some(vec!["their-output"]));
    assert_eq!(study.source("paper").map(|source| source.archived.clone()), Some(None));
    assert_eq!(study.responses[0].received.as_deref(), Some("2026-11-08"));
    assert_eq!((study.audit.by, study.audit.as_known_on.as_deref()), (None, Some("2026-11-22")));
}

#[test]
fn a_study_needs_neither_runs_nor_an_audit_block() {
    let study = right(HEAD);
    assert!(study.runs.is_empty() && study.sources.is_empty());
    assert!(study.check_folder("s").is_none());
    let other = study.check_folder("t").expect("another name").to_string();
    assert!(other.starts_with("study.toml:2:6: the study is `s`"), "{other}");
}

#[test]
fn every_slip_is_told_with_its_line_and_what_to_do() {
    let with = |more: &str| format!("{HEAD}{more}");
    let run = |more: &str| with(&format!("[[run]]\nid = \"r\"\nbasis = \"raw-data\"\n{more}"));
    let cases = [
        (String::new(), "study.toml:1:1: the file lacks the table [study]"),
        (HEAD.replace("\"s\"", "\"S_1\""), "study.toml:2:6: a study's id is kebab-case"),
        (
            HEAD.replace("title", "titel"),
            "study.toml:3:1: unknown key `titel` in [study] (did you mean `title`?)",
        ),
        (HEAD.replace("title", "titel"), "[study] lacks `title`"),
        (
            with("url = \"javascript:alert(1)\"\n"),
            "study.toml:5:7: `url`: a link begins with https:// or http://",
        ),
        (with("url = \"https://\"\n"), "a link needs a host"),
        (with("url = \"https://a b\"\n"), "neither blanks"),
        (with("url = \"https://me@example.org\"\n"), "a user name"),
        (with("date = \"2025\"\n"), "study.toml:5:8: `study.date` must be a date"),
        (
            with("[[source]]\nid = \"p\"\ntitle = \"t\"\narchived = \"file:///a\"\n"),
            "study.toml:8:12: `archived`",
        ),
        (
            with("[[source]]\nid = \"p\"\ntitle = \"t\"\nsha256 = \"ab\"\n"),
            "study.toml:8:10: a SHA-256",
        ),
        (
            with("[[source]]\nid = \"p\"\ntitle = \"t\"\n[[source]]\nid = \"p\"\ntitle = \"t\"\n"),
            "study.toml:9:6: the source `p` is written twice; first in line 6",
        ),
        (run(""), "study.toml:5:1: the run binds no data"),
        (run("bind = {}\n"), "`bind` binds no input"),
        (run("bind = { a = \"d\" }\n"), "study.toml:8:14: a binding is written `dataset/table`"),
        (run("bind = { a = \"../d/t\" }\n"), "`..` is not the id of a dataset"),
        (run("bind = { a = \"d/T\" }\n"), "`T` is not the id of a table"),
        (run("bind = { a = \"d/t/u\" }\n"), "`t/u` is not the id of a table"),
        (run("bind = { A-b = \"d/t\" }\n"), "study.toml:8:10: an input's name is snake_case"),
        (run("bind = { a = 3 }\n"), "must be a text in quotes, not the number 3"),
        (run("estimates = \"d/t\"\n"), "study.toml:8:13: imported estimates must say whose code"),
        (
            run("estimates = \"d/t\"\ncode = \"author\"\n"),
            "`code` cannot be `author` (did you mean `authors`?)",
        ),
        (
            run("bind = { a = \"d/t\" }\ncode = \"authors\"\n"),
            "study.toml:9:8: `code` is for imported estimates",
        ),
        (run("bind = { a = \"d/t\" }\nestimates = \"d/t\"\ncode = \"authors\"\n"), "not both"),
        (run("bnd = { a = \"d/t\" }\n"), "unknown key `bnd` in [run] (did you mean `bind`?)"),
        (with("[[run]]\nid = \"r\"\nbind = { a = \"d/t\" }\n"), "[run] lacks `basis`"),
        (with("[[response]]\nreceived = 2026-01-01\n"), "[response] lacks `asked`"),
        (
            with("[[response]]\nasked = 2026-01-02\nreceived = 2026-01-01\n"),
            "study.toml:7:12: the answer of 2026-01-01 came before",
        ),
        (
            with("[audit]\nreviewedby = \"x\"\n"),
            "study.toml:6:1: unknown key `reviewedby` in [audit] (did you mean `reviewed_by`?)",
        ),
        (with("[[sources]]\nid = \"p\"\n"), "unknown key `sources` here (did you mean `source`?)"),
    ];
    for (text, expected) in cases {
        let found = problems(&text);
        assert!(
            found.iter().any(|problem| problem.contains(expected)),
            "{expected:?} is not in {found:#?}"
        );
    }
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_text() {
    let text = "[study]\nid = \"S\"\ntitel = \"t\"\nurl = \"ftp://x\"\n[[run]]\nid = \"R R\"\nbasis = 3\n[audit]\nby = 1\n";
    let lines: Vec<_> = problems(text)
        .iter()
        .filter_map(|problem| problem.split(':').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(lines, ["1", "2", "3", "4", "5", "6", "7", "9"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_reader_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("[study]\n"), Just("[[run]]\n"), Just("[audit]\n"), Just("[[source]]\n"), Just("id = \"s\"\n"),
        Just("bind = { a = \"d/t\" }\n"), Just("= \"\n"), Just("url = \"é\"\n"), Just("date = 2025-99-01\n"),
        Just("bind = [1]\n"), Just("run = 3\n"), Just("\u{0}"), Just("study = []\n"), Just("[study.x]\n"),
    ], 0..12)) {
        let (study, problems) = read(&Source::new("study.toml", pieces.concat()));
        prop_assert_eq!(study.is_none(), problems.has_errors());
    }

    #[test]
    fn a_binding_is_two_plain_ids(text in "\\PC{0,12}/?\\PC{0,12}") {
        if let Ok((dataset, table)) = split_binding(&text) {
            prop_assert_eq!(format!("{dataset}/{table}"), text.as_str());
            prop_assert!(!dataset.contains(['/', '.', '\\']) && !table.contains(['/', '.', '\\']));
        }
    }
}
