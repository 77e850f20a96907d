//! Manifests with slips: each with the line, and what to do.

use proptest::prelude::*;
use secondlook::diagnostic::Source;
use secondlook::manifest::{Access, ColumnType, Format, read};

const HEAD: &str = "[dataset]\nid = \"d\"\ntitle = \"t\"\nproducer = \"p\"\nlicence = \"MIT\"\naccess = \"public\"\n";
const SUM: &str = "1493fc46dc379b15d2c39273fa7a7ee98767ff0d90dea113f300d7338f165746";

/// A right file in lines 7 to 10, so that what is appended begins in line 11.
fn with_file(more: &str) -> String {
    format!("{HEAD}[[file]]\npath = \"a.csv\"\nbytes = 3\nsha256 = \"{SUM}\"\n{more}")
}

/// The problems of a text, each as it is shown.
fn problems(text: &str) -> Vec<String> {
    let (manifest, problems) = read(&Source::new("m.toml", text));
    assert_eq!(manifest.is_none(), problems.has_errors(), "{problems}");
    problems.0.iter().map(ToString::to_string).collect()
}

#[test]
fn a_right_manifest_is_read_whole() {
    let text = format!(
        "[dataset]\nid = \"metr-early-2025\"\ntitle = \"METR\"\nproducer = \"METR\"\ncitation = \"Becker et al.\"\n\
         licence = \"none stated\"\naccess = \"public\"\nretrieved = 2026-11-22\nbasis = \"printed-numbers\"\n\
         [[file]]\npath = \"data_complete.csv\"\nbytes = 8819\nsha256 = \"{SUM}\"\nurl = \"https://example.org/data.csv\"\n\
         derived_from = {{ sha256 = \"{SUM}\", bytes = 9, command = \"cut -f1\" }}\n\
         [table.issues]\nfile = \"data_complete.csv\"\nrows = 246\n[table.issues.columns]\n\
         z = \"string\"\nai = {{ type = \"int\", one_of = [0, 1], says = \"1 = AI allowed\" }}\n\
         time = {{ type = \"float\", min = 0, max = 9.5, unit = \"minutes\", unique = true, not_null = true, printed = true }}\n"
    );
    let (manifest, problems) = read(&Source::new("m.toml", text));
    assert!(problems.is_empty(), "{problems}");
    let manifest = manifest.expect("right");
    assert_eq!((manifest.id.as_str(), manifest.access), ("metr-early-2025", Access::Public));
    assert_eq!(manifest.retrieved.as_deref(), Some("2026-11-22"));
    assert_eq!(manifest.basis.as_deref(), Some("printed-numbers"));
    let derived = manifest.files[0].derived_from.as_ref().expect("given");
    assert_eq!((derived.bytes, derived.command.as_str()), (Some(9), "cut -f1"));
    let table = manifest.table("issues").expect("declared");
    assert_eq!((table.format, table.rows), (Format::Csv, Some(246)));
    let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["z", "ai", "time"], "in the order written");
    let time = table.column("time").expect("declared");
    assert_eq!((time.kind, time.printed, time.unique), (ColumnType::Float, true, true));
    assert_eq!(time.max.as_ref().map(|max| max.value), Some(9.5));
    assert!(manifest.check_folder("metr-early-2025").is_none());
    let other = manifest.check_folder("metr").expect("another name").to_string();
    assert!(other.starts_with("m.toml:2:6: the dataset is `metr-early-2025`"), "{other}");
}

#[test]
fn every_slip_is_told_with_its_line_and_what_to_do() {
    let cases: &[(&str, String, &[&str])] = &[
        ("no file", HEAD.into(), &["m.toml:6:10: a public dataset needs files"]),
        ("empty", String::new(), &["m.toml:1:1: the file lacks the table [dataset]"]),
        (
            "misspelt key",
            with_file("byte = 3\n"),
            &["m.toml:11:1: unknown key `byte` in [file] (did you mean `bytes`?)"],
        ),
        (
            "misspelt table",
            with_file("[tabel.x]\nfile = \"a.csv\"\n"),
            &["unknown key `tabel` here (did you mean `table`?)"],
        ),
        (
            "misspelt access",
            HEAD.replace("public", "pubic"),
            &["m.toml:6:10: `access` cannot be `pubic` (did you mean `public`?)"],
        ),
        (
            "unknown access",
            HEAD.replace("public", "secret"),
            &["m.toml:6:10: `access` cannot be `secret` (there are: public, registration,"],
        ),
        ("id", HEAD.replace("\"d\"", "\"My_Data\""), &["m.toml:2:6: a dataset's id is kebab-case"]),
        ("empty title", HEAD.replace("\"t\"", "\" \""), &["m.toml:3:9: `title` must not be empty"]),
        (
            "missing keys",
            format!("{HEAD}[[file]]\n"),
            &["m.toml:7:1: [file] lacks `path`", "lacks `bytes`", "lacks `sha256`"],
        ),
        (
            "negative size",
            with_file("").replace("= 3", "= -3"),
            &["m.toml:9:9: `file.bytes` must be a whole number, zero or more"],
        ),
        (
            "escape",
            with_file("").replace("a.csv", "../.ssh/id_rsa"),
            &["m.toml:8:8: a path must not leave the dataset's folder"],
        ),
        (
            "absolute",
            with_file("").replace("a.csv", "/etc/passwd"),
            &["m.toml:8:8: a path must be relative"],
        ),
        (
            "upper hash",
            with_file("").replace(SUM, &SUM.to_uppercase()),
            &[
                "m.toml:10:10: a SHA-256 is 64 lower-case hexadecimal digits",
                &format!("write `{SUM}`"),
            ],
        ),
        (
            "short hash",
            with_file("").replace(SUM, "abc"),
            &["m.toml:10:10:", "this has 3 characters"],
        ),
        (
            "twice",
            with_file(&format!("[[file]]\npath = \"a.csv\"\nbytes = 4\nsha256 = \"{SUM}\"\n")),
            &["m.toml:12:8: the file `a.csv` is declared twice; first in line 8"],
        ),
        (
            "case",
            with_file(&format!("[[file]]\npath = \"A.CSV\"\nbytes = 4\nsha256 = \"{SUM}\"\n")),
            &["m.toml:12:8: `A.CSV` and `a.csv` (line 8) are one file"],
        ),
        (
            "duplicate key",
            with_file("bytes = 4\n"),
            &["m.toml:11:1: not valid TOML: duplicate key"],
        ),
        (
            "http",
            with_file("url = \"http://example.org/a\"\n"),
            &["m.toml:11:7: data are downloaded over https only, not http"],
        ),
        ("file url", with_file("url = \"file:///etc/passwd\"\n"), &["m.toml:11:7:"]),
        (
            "password",
            with_file("url = \"https://me:pw@example.org/a\"\n"),
            &["must not contain a user name or a password"],
        ),
        (
            "private",
            with_file("url = \"https://10.0.0.1/a\"\n"),
            &["m.toml:11:7:", "not on the public internet"],
        ),
        (
            "undeclared",
            with_file("[table.x]\nfile = \"a.cvs\"\ncolumns = { c = \"int\" }\n"),
            &["m.toml:12:8: no [[file]] has the path `a.cvs` (did you mean `a.csv`?)"],
        ),
        (
            "ending",
            with_file("[table.x]\nfile = \"a.csv\"\ncolumns = { c = \"int\" }\n")
                .replace("a.csv", "a.dat"),
            &["the ending of `a.dat` does not tell its format"],
        ),
        (
            "format",
            with_file("[table.x]\nfile = \"a.csv\"\nformat = \"cvs\"\ncolumns = { c = \"int\" }\n"),
            &["m.toml:13:10: `format` cannot be `cvs` (did you mean `csv`?)"],
        ),
        (
            "no columns",
            with_file("[table.x]\nfile = \"a.csv\"\n"),
            &["m.toml:11:1: the table declares no columns"],
        ),
        (
            "table id",
            with_file("[table.\"X y\"]\nfile = \"a.csv\"\ncolumns = { c = \"int\" }\n"),
            &["m.toml:11:8: a table's id"],
        ),
        (
            "type",
            with_file("[table.x]\nfile = \"a.csv\"\ncolumns = { c = \"integer\" }\n"),
            &["m.toml:13:17: `type` cannot be `integer` (did you mean `int`?)"],
        ),
        (
            "type slip",
            with_file("[table.x]\nfile = \"a.csv\"\ncolumns = { c = { type = \"flaot\" } }\n"),
            &["`type` cannot be `flaot` (did you mean `float`?)"],
        ),
        (
            "rule slip",
            with_file(
                "[table.x]\nfile = \"a.csv\"\ncolumns = { c = { type = \"int\", one_off = [1] } }\n",
            ),
            &[
                "m.toml:13:33: unknown key `one_off` in [table.x.columns.c] (did you mean `one_of`?)",
            ],
        ),
        (
            "rule type",
            with_file(
                "[table.x]\nfile = \"a.csv\"\ncolumns = { c = { type = \"int\", one_of = [1, \"b\"] } }\n",
            ),
            &["`one_of` cannot list `b`: `c` is of type int"],
        ),
        (
            "rule on text",
            with_file(
                "[table.x]\nfile = \"a.csv\"\ncolumns = { c = { type = \"string\", min = 1 } }\n",
            ),
            &["`min` is for int and float columns"],
        ),
        (
            "min above max",
            with_file(
                "[table.x]\nfile = \"a.csv\"\ncolumns = { c = { type = \"int\", min = 2, max = 1 } }\n",
            ),
            &["`min` (2) is above `max` (1)"],
        ),
        (
            "infinite",
            with_file(
                "[table.x]\nfile = \"a.csv\"\ncolumns = { c = { type = \"float\", min = inf } }\n",
            ),
            &["must be a number"],
        ),
        (
            "columns alike",
            with_file("[table.x]\nfile = \"a.csv\"\ncolumns = { c = \"int\", C = \"int\" }\n"),
            &["the column `C` differs only in case"],
        ),
        (
            "withheld",
            HEAD.replace("public", "withheld"),
            &["a withheld dataset needs a `reason`", "a withheld dataset needs a `contact`"],
        ),
        (
            "withheld file",
            with_file("").replace("\"public\"", "\"destroyed\"\nreason = \"r\"\ncontact = \"c\""),
            &["m.toml:9:1: a destroyed dataset has no files"],
        ),
        (
            "generate",
            with_file("[generate]\nseed = 1\n").replace("public", "generated"),
            &["generating data from [generate] is not supported yet"],
        ),
        (
            "basis",
            HEAD.replace("access", "basis = \"raw\"\naccess"),
            &["m.toml:6:9: `basis` cannot be `raw`"],
        ),
        (
            "date",
            HEAD.replace("access", "retrieved = \"yesterday\"\naccess"),
            &["m.toml:6:13: `dataset.retrieved` must be a date such as 2026-11-22"],
        ),
        (
            "derived",
            with_file("derived_from = { sha256 = \"x\" }\n"),
            &["lacks `command`", "a SHA-256 is 64 lower-case"],
        ),
        ("not toml", "[dataset\n".into(), &["m.toml:1:", "not valid TOML"]),
    ];
    for (name, text, expected) in cases {
        let found = problems(text);
        for part in *expected {
            assert!(
                found.iter().any(|problem| problem.contains(part)),
                "{name}: {part:?} is not in {found:#?}"
            );
        }
    }
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_text() {
    let text = format!(
        "[dataset]\nid = \"D D\"\ntitel = \"t\"\nproducer = \"p\"\nlicence = \"MIT\"\naccess = \"pubic\"\n\
         [[file]]\npath = \"../x\"\nbytes = \"3\"\nsha256 = \"{SUM}\"\n[table.x]\nfile = \"y.csv\"\ncolumns = {{ c = \"intt\" }}\n"
    );
    let lines: Vec<String> = problems(&text)
        .iter()
        .map(|problem| problem.split(':').nth(1).unwrap_or("").to_owned())
        .collect();
    assert_eq!(lines, ["1", "2", "3", "6", "8", "9", "12", "13"]);
}

#[test]
fn withheld_data_need_a_reason_and_a_contact_and_nothing_else() {
    let text = HEAD.replace(
        "\"public\"",
        "\"withheld\"\nreason = \"personal data\"\ncontact = \"x@example.org\"",
    );
    assert_eq!(problems(&text), Vec::<String>::new());
}

#[test]
fn a_manifest_that_is_too_large_is_not_read() {
    let text = format!("{HEAD}# {}\n", "x".repeat(6 << 20));
    let found = problems(&text);
    assert!(found.len() == 1 && found[0].starts_with("m.toml: the manifest has 6"), "{found:?}");
    let mut text = HEAD.to_owned();
    for number in 0..40_000 {
        super::add_file(&mut text, &number.to_string(), b"");
    }
    assert!(text.len() < 5 << 20, "below the first limit: {}", text.len());
    assert_eq!(problems(&text), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_reader_panic(pieces in proptest::collection::vec(prop_oneof![
        Just(HEAD), Just("[dataset]\n"), Just("[[file]]\n"), Just("path = \"a.csv\"\n"), Just("bytes = 1\n"),
        Just("sha256 = \"1493fc46dc379b15d2c39273fa7a7ee98767ff0d90dea113f300d7338f165746\"\n"),
        Just("[table.x]\n"), Just("file = \"a.csv\"\n"), Just("columns = { c = \"int\" }\n"), Just("columns = 3\n"),
        Just("[table]\n"), Just("table = 1\n"), Just("file = 2\n"), Just("[table.x.columns.c]\n"), Just("type = \"int\"\n"),
        Just("one_of = [1, inf, \"é\"]\n"), Just("min = 1e400\n"), Just("url = \"https://[::1\"\n"), Just("\u{0}"), Just("= \"\n"),
    ], 0..14)) {
        let (manifest, problems) = read(&Source::new("m.toml", pieces.concat()));
        prop_assert_eq!(manifest.is_none(), problems.has_errors());
    }
}
