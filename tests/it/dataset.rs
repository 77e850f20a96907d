//! Tests of `dataset` from outside.

use std::path::{Path, PathBuf};

use secondlook::dataset::{self, Loaded};
use secondlook::diagnostic::{Problems, Source};
use secondlook::digest::Sha256;
use secondlook::engine::{ColumnType, Schema, Values};
use secondlook::event::Silent;
use secondlook::manifest::{self, Manifest};

/// A dataset in a folder of its own: one file, one table `t`.
struct Case {
    _folder: tempfile::TempDir,
    path: PathBuf,
    manifest: Manifest,
}

impl Case {
    /// `columns` and `more` are lines of the manifest's table.
    fn new(name: &str, bytes: &[u8], more: &str, columns: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let manifest = manifest(name, bytes, more, columns);
        Self { _folder: folder, path, manifest }
    }

    fn load(&self) -> Result<Loaded, Problems> {
        self.wanting(None)
    }

    fn wanting(&self, wanted: Option<&Schema>) -> Result<Loaded, Problems> {
        dataset::load(&self.manifest, "case/manifest.toml", "t", &self.path, wanted, &Silent)
    }
}

fn manifest(name: &str, bytes: &[u8], more: &str, columns: &str) -> Manifest {
    let (length, sha256) = (bytes.len(), Sha256::of(bytes));
    let text = format!(
        "[dataset]\nid = \"case\"\ntitle = \"A case\"\nproducer = \"us\"\nlicence = \"MIT\"\n\
         access = \"public\"\n[[file]]\npath = \"{name}\"\nbytes = {length}\nsha256 = \"{sha256}\"\n\
         [table.t]\nfile = \"{name}\"\n{more}\n[table.t.columns]\n{columns}\n"
    );
    let (manifest, problems) = manifest::read(&Source::new("case/manifest.toml", text));
    assert!(manifest.is_some(), "{problems}");
    manifest.expect("checked above")
}

const ABC: &str = "a = { type = \"int\" }\nb = { type = \"float\" }\nc = { type = \"string\" }";

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "data outside the tree are named there"
)]
fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SECONDLOOK_DATA").map(PathBuf::from);
    let file = root.map(|root| root.join(path)).filter(|file| file.exists());
    if file.is_none() {
        println!("skipped: SECONDLOOK_DATA has no {path}");
    }
    file
}

#[test]
fn a_table_is_read_with_its_types() {
    let text = "a,skipped,b,c\n1.0,x,2.5,\"one, two\"\n-2,y,,\n3,z,1e3,one\n";
    let loaded = Case::new("d.csv", text.as_bytes(), "rows = 3", ABC).load().expect("loads");
    let table = &loaded.table;
    assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(table.column("a").expect("a").values, Values::Int(vec![1, -2, 3]));
    let numbers = table.column("b").expect("b").numbers().expect("numbers");
    assert_eq!(numbers.iter().collect::<Vec<_>>(), [Some(2.5), None, Some(1000.0)]);
    assert_eq!(table.column("c").expect("c").text_at(0).as_deref(), Some("one, two"));
    assert_eq!(table.column("c").expect("c").text_at(1), None);
    assert_eq!(loaded.sha256, Sha256::of(text.as_bytes()));
    assert_eq!((loaded.bytes, loaded.path.as_str()), (text.len() as u64, "d.csv"));
}

#[test]
fn the_same_table_comes_from_each_way_of_writing_it() {
    let plain = "a,b,c\n1,2,x\n2,,\n";
    let expected = Case::new("d.csv", plain.as_bytes(), "", ABC).load().expect("plain").table;
    for (name, text) in [
        ("d.csv", "\u{feff}a,b,c\n1,2,x\n2,,\n".to_owned()),
        ("d.csv", "\u{feff}\"a\",\"b\",\"c\"\n1,2,x\n2,,\n".to_owned()),
        ("d.csv", plain.replace('\n', "\r\n")),
        ("d.csv", plain.replace('\n', "\r")),
        ("d.csv", plain.trim_end().to_owned()),
        ("d.csv", "c,a,b\n\"x\",\"1\",2.0\n\"\",2,\"\"\n".to_owned()),
        ("d.tsv", plain.replace(',', "\t")),
        ("d.jsonl", "{\"a\":1,\"b\":2,\"c\":\"x\",\"d\":[1]}\n{\"a\":2.0,\"c\":null}\n".to_owned()),
    ] {
        let found = Case::new(name, text.as_bytes(), "", ABC).load();
        let found = found.unwrap_or_else(|problems| panic!("{text:?}: {problems}"));
        assert_eq!(found.table, expected, "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_said_with_line_column_value_and_what_to_do() {
    let cases: &[(&str, &[u8], &str)] = &[
        (
            "short",
            b"a,b,c\n1,2,x\n1,2\n",
            "case/d.csv:3: the row has 2 fields, and the header has 3 (a field is missing, or a quote is wrong in this row or the one before)",
        ),
        (
            "long",
            b"a,b,c\n1,2,x,y\n",
            "case/d.csv:2: the row has 4 fields, and the header has 3 (a field that holds `,` must stand in quotes)",
        ),
        (
            "wrong type",
            b"a,b,c\n1,2,x\n1.5,2,x\n",
            "case/d.csv:3: column `a`: `1.5` is not a whole number (declare the column as float)",
        ),
        (
            "too large",
            b"a,b,c\n1,1e309,x\n",
            "case/d.csv:2: column `b`: `1e309` is not a number that fits: it is beyond 1.8e308",
        ),
        (
            "NaN",
            b"a,b,c\n1,NaN,x\n",
            "case/d.csv:2: column `b`: `NaN` is not a number (an empty field is how a missing value is written)",
        ),
        (
            "inf",
            b"a,b,c\n1,-inf,x\n",
            "case/d.csv:2: column `b`: `-inf` is not a number (an infinite number cannot be computed with; leave the field empty or drop the row)",
        ),
        (
            "thousands",
            b"a,b,c\n\"1,234\",2,x\n",
            "case/d.csv:2: column `a`: `1,234` is not a whole number (write the number without thousands separators)",
        ),
        ("UTF-16", b"\xff\xfea\0,\0b\0", "case/d.csv:1: the file is UTF-16 (save it as UTF-8)"),
        (
            "UTF-16 without its mark",
            b"a\0,\0b\0,\0c\0\n\0",
            "case/d.csv:1: the header holds a NUL byte (save the file as UTF-8)",
        ),
        (
            "empty",
            b"",
            "case/d.csv: the file is empty (download the data again, and look at what the address gives)",
        ),
        (
            "no rows",
            b"a,b,c\n",
            "case/d.csv: the file has no rows (write `rows = 0` in its manifest if that is right)",
        ),
        (
            "twice the same header",
            b"a,b,c,a\n1,2,x,3\n",
            "case/d.csv:1: two columns are called `a` (rename one, or pin a corrected file)",
        ),
        (
            "missing column",
            b"a,b,C\n1,2,x\n",
            "case/d.csv:1: the file has no column `c` (did you mean `C`?)",
        ),
        (
            "other separator",
            b"a;b;c\n1;2;x\n",
            "case/d.csv:1: the file has no column `a` (its columns seem to be separated by `;`)",
        ),
        (
            "NUL",
            b"a,b,c\n1,2,x\0y\n",
            "case/d.csv:2: the row holds a NUL byte (save the file as UTF-8)",
        ),
        (
            "Latin-1",
            b"a,b,c\n1,2,caf\xe9\n",
            "case/d.csv:2: column `c`: `caf\u{fffd}` is not UTF-8 (byte 4) (save the file as UTF-8)",
        ),
        (
            "unclosed quote",
            b"a,b,c\n1,2,\"x\n1,2,y\n",
            "case/d.csv:2: a quote opens here and is never closed (a quote within a quoted field is written twice: `\"\"`)",
        ),
        (
            "text after a quote",
            b"a,b,c\n1,2,\"x\"y\n",
            "case/d.csv:2: text follows a closing quote (a quote within a quoted field is written twice: `\"\"`)",
        ),
        (
            "empty line",
            b"a,b,c\n1,2,x\n\n1,2,y\n",
            "case/d.csv:3: the line is empty (delete it; in a table of one column write `\"\"` for a missing value)",
        ),
        (
            "HTML",
            b"\n<!DOCTYPE html>\n<html>",
            "case/d.csv:1: the file begins with `<!DOCTYPE html>`: it is a web page or XML, not a table (download the data again, and look at what the address gives)",
        ),
        (
            "spreadsheet",
            b"PK\x03\x04....",
            "case/d.csv:1: the file is a ZIP archive or a spreadsheet, not a table of text (unpack or export it, and pin the result)",
        ),
    ];
    for (what, bytes, expected) in cases {
        let problems = Case::new("d.csv", bytes, "", ABC).load().expect_err(what);
        let found: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|problem| problem == expected), "{what}: {found:#?}");
    }
}

#[test]
fn rules_name_the_first_offending_lines() {
    let rule = |rule: &str, text: &str| -> Vec<String> {
        let columns = format!("a = {{ {rule} }}");
        let problems = Case::new("d.csv", text.as_bytes(), "", &columns).load().expect_err(rule);
        problems.0.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        rule("type = \"int\", one_of = [0, 1]", "a\n0\n2\n"),
        ["case/d.csv:3: column `a`: `2` is none of 0, 1"]
    );
    assert_eq!(
        rule("type = \"string\", one_of = [\"open\", \"closed\"]", "a\nopen\nclose\n"),
        ["case/d.csv:3: column `a`: `close` is none of open, closed (did you mean `closed`?)"]
    );
    assert_eq!(
        rule("type = \"float\", min = 0, max = 1", "a\n-0.5\n1\n1.5\n"),
        [
            "case/d.csv:2: column `a`: -0.5 is below the least allowed, 0",
            "case/d.csv:4: column `a`: 1.5 is above the most allowed, 1"
        ]
    );
    assert_eq!(
        rule("type = \"string\", unique = true", "a\n\"x\ny\"\nz\n\"x\ny\"\n"),
        ["case/d.csv:5: column `a`: `x\\ny` stands already in line 2 (the manifest says unique)"]
    );
    assert_eq!(
        rule("type = \"int\", not_null = true", "a,b\n1,x\n,y\n"),
        ["case/d.csv:3: column `a`: the value is missing (the manifest says not_null)"]
    );
    let many = format!("a\n{}", "9\n".repeat(1_000));
    let found = rule("type = \"int\", max = 5", &many);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.contains(&"case/d.csv: 997 more problems like these".to_owned()), "{found:?}");
}

#[test]
fn the_count_of_rows_is_that_of_the_manifest() {
    let problems =
        Case::new("d.csv", b"a,b,c\n1,2,x\n", "rows = 2", ABC).load().expect_err("short");
    assert_eq!(
        problems.to_string(),
        "case/d.csv: the file has 1 rows, and its manifest says 2 (was it cut off, or is it another version of the data?)"
    );
    assert!(Case::new("d.csv", b"a,b,c\n", "rows = 0", ABC).load().is_ok());
}

#[test]
fn a_file_that_changed_after_it_was_verified_is_refused() {
    let case = Case::new("d.csv", b"a,b,c\n1,2,x\n", "", ABC);
    std::fs::write(&case.path, b"a,b,c\n1,3,x\n").expect("swapped");
    let problems = case.load().expect_err("swapped");
    assert!(problems.to_string().contains("the file changed"), "{problems}");
}

#[test]
fn only_wanted_columns_are_kept_and_all_are_checked() {
    let case = Case::new("d.csv", b"a,b,c\n1,2,x\n", "", ABC);
    let wanted = |columns: &[(&str, ColumnType)]| Schema {
        columns: columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
    };
    let loaded = case.wanting(Some(&wanted(&[("c", ColumnType::Text), ("a", ColumnType::Float)])));
    let table = loaded.expect("loads").table;
    assert_eq!(table.names().collect::<Vec<_>>(), ["c", "a"]);
    assert_eq!(table.column("a").expect("a").values, Values::Float(vec![1.0]));
    let problems = case
        .wanting(Some(&wanted(&[("bb", ColumnType::Float), ("c", ColumnType::Int)])))
        .expect_err("wrong wishes");
    assert_eq!(problems.0.len(), 2, "{problems}");
    assert!(problems.to_string().contains("did you mean `b`?"), "{problems}");
    let broken = Case::new("d.csv", b"a,b,c\n1,two,x\n", "", ABC);
    assert!(broken.wanting(Some(&wanted(&[("a", ColumnType::Int)]))).is_err());
}

#[test]
fn printed_cells_keep_how_precise_they_are() {
    let columns = "mean = { type = \"float\", printed = true }";
    let loaded = Case::new("d.csv", b"mean\n28.0\n3\n\"\"\n", "", columns).load().expect("loads");
    assert_eq!(loaded.printed.len(), 1);
    assert_eq!(loaded.printed[0].half_units, [Some(0.05), Some(0.5), None]);
}

#[test]
fn huge_fields_records_and_headers_meet_their_limits() {
    let field = format!("a,b,c\n1,2,{}\n", "x".repeat((1 << 20) + 1));
    let record = format!("a,b,c\n1,2,\"{}", "x,\n".repeat(6 << 20));
    let header = format!("a,b,c{}\n", ",d".repeat(10_000));
    for (text, expected) in [
        (field, "case/d.csv:2: a field is longer than 1 MiB"),
        (record, "case/d.csv:2: a quote opens here and is never closed"),
        (header, "case/d.csv:1: the header has 10003 columns; the limit is 10000"),
    ] {
        let problems = Case::new("d.csv", text.as_bytes(), "", ABC).load().expect_err(expected);
        assert!(problems.to_string().starts_with(expected), "{problems}");
    }
}

#[test]
fn a_json_line_of_another_type_is_named() {
    let load = |text: &str| {
        let problems = Case::new("d.jsonl", text.as_bytes(), "", ABC).load().expect_err(text);
        problems.to_string()
    };
    assert_eq!(
        load("{\"a\":\"1\"}\n"),
        "case/d.jsonl:1: column `a`: `\"1\"` is not a whole number"
    );
    assert!(load("{\"a\":1}\n[2]\n").starts_with("case/d.jsonl:2: `[2]` is no JSON object"));
    assert!(load("").contains("the file is empty"));
}

/// Whatever is done to a file's bytes, reading it ends with a table or a problem.
#[test]
fn mutated_files_end_with_a_table_or_a_problem() {
    let text = b"a,b,c\n1,2.5,\"one, two\"\n-2,,\"say \"\"hi\"\"\"\n3,1e3,x\n".to_vec();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |bound: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let alphabet = b"\"\",,\n\r\t\0\xff\xef\xbb\xbf.-eE0 9x<";
    for _ in 0..200 {
        let mut bytes = text.clone();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(3) {
                0 => bytes[at] = alphabet[next(alphabet.len())],
                1 => bytes.insert(at, alphabet[next(alphabet.len())]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let case = Case::new("d.csv", &bytes, "", ABC);
        if let Err(problems) = case.load() {
            assert!(problems.has_errors(), "{bytes:?}");
        }
    }
}

#[test]
fn a_page_saved_as_data_is_told_from_data() {
    let Some(file) = data("traps/html_saved_as_data.dat") else { return };
    let bytes = std::fs::read(&file).expect("read");
    let columns = "value = { type = \"float\" }";
    let problems = Case::new("d.dat", &bytes, "format = \"csv\"", columns).load();
    assert!(problems.expect_err("HTML").to_string().contains("web page"));
}

#[test]
fn the_trap_tables_are_met_with_their_lines() {
    let Some(file) = data("traps/RPPdataConverted_malformed.csv") else { return };
    let bytes = std::fs::read(&file).expect("read");
    let columns = "\"Local.ID\" = { type = \"string\" }";
    let found = Case::new("d.csv", &bytes, "", columns).load().expect_err("malformed");
    assert!(found.0.iter().all(|problem| problem.place.is_some()), "{found}");
    let Some(file) = data("traps/hadley-RR-processed-mixed-units.csv") else { return };
    let bytes = std::fs::read(&file).expect("read");
    let columns = "GDP1 = { type = \"float\" }";
    let found = Case::new("d.csv", &bytes, "", columns).load().expect_err("NA");
    assert!(found.to_string().contains("an empty field"), "{found}");
}

#[test]
fn the_tables_of_the_tree_load() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-manifests");
    let mut loaded = 0;
    for folder in std::fs::read_dir(&root).expect("manifests") {
        let folder = folder.expect("an entry").path();
        let Ok(text) = std::fs::read_to_string(folder.join("manifest.toml")) else { continue };
        let (manifest, problems) = manifest::read(&Source::new("manifest.toml", text));
        let manifest = manifest.unwrap_or_else(|| panic!("{problems}"));
        for table in &manifest.tables {
            let beside = folder.join(&table.file.value);
            let at = if beside.exists() {
                Some(beside)
            } else {
                data(&format!("{}/{}", manifest.id.value, table.file.value))
            };
            let Some(at) = at else { continue };
            let id = &table.id.value;
            let read = dataset::load(&manifest, "manifest.toml", id, &at, None, &Silent);
            assert!(read.is_ok(), "{}", read.expect_err("a problem"));
            loaded += 1;
        }
    }
    assert!(loaded > 0);
}

/// Rows over many blocks, with quotes, line breaks and nulls; the file is written by the `csv` crate.
fn many_rows(terminator: csv::Terminator, rows: usize) -> (Vec<u8>, Vec<[String; 3]>) {
    let texts =
        ["plain", "a, b", "say \"x\"", "two\nlines", "", "zwölf", "user 1", "\"", "5\" pipe"];
    let cells = |row: usize| {
        let text = texts[row * 7 % texts.len()];
        let text = if row.is_multiple_of(5) && row > rows / 2 {
            format!("user {row}")
        } else {
            text.to_owned()
        };
        let int =
            if row % 11 == 3 { String::new() } else { format!("{}", row as i64 * 37 - 5_000) };
        let float = if row % 13 == 4 {
            String::new()
        } else {
            format!("{}.{:03}", row % 97, row * 7 % 1000)
        };
        [int, float, text]
    };
    let rows: Vec<[String; 3]> = (0..rows).map(cells).collect();
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    writer.write_record(["a", "b", "c"]).expect("written");
    for row in &rows {
        writer.write_record(row).expect("written");
    }
    (writer.into_inner().expect("flushed"), rows)
}

#[test]
fn a_file_of_many_blocks_reads_as_it_was_written() {
    for terminator in [csv::Terminator::Any(b'\n'), csv::Terminator::CRLF] {
        let (bytes, rows) = many_rows(terminator, 40_000);
        assert!(bytes.len() > 3 * (256 << 10), "{}", bytes.len());
        let mut cut = bytes.clone();
        cut.truncate(bytes.len() - 1);
        for bytes in [bytes, cut].iter().filter(|bytes| !bytes.ends_with(b"\r")) {
            let loaded = Case::new("t.csv", bytes, "rows = 40000", ABC).load().expect("a table");
            assert_eq!(loaded.sha256, Sha256::of(bytes));
            let column = |name: &str| loaded.table.column(name).expect("a column");
            for (row, cells) in rows.iter().enumerate() {
                let text = |name: &str| column(name).text_at(row).unwrap_or_default();
                assert_eq!(text("a"), cells[0], "row {row}");
                assert_eq!(text("c"), cells[2], "row {row}");
                let number: Option<f64> = cells[1].parse().ok();
                let found = text("b").parse().ok();
                assert_eq!(number, found, "row {row}");
            }
        }
    }
}

#[test]
fn a_problem_in_a_late_block_has_its_line_and_nothing_else_is_said() {
    let (mut bytes, rows) = many_rows(csv::Terminator::Any(b'\n'), 20_000);
    let lines = bytes.split(|byte| *byte == b'\n').count() - 1;
    bytes.extend_from_slice(b"1,2,x\n1,zwei,x\n");
    let problems = Case::new("t.csv", &bytes, "", ABC).load().expect_err("no number");
    assert_eq!(problems.0.len(), 1, "{problems}");
    let (_, line, _) = problems.0[0].position().expect("a place");
    assert_eq!(line, lines + 2);
    assert_eq!(rows.len(), 20_000);
    // A rule, too, knows the line behind fields of several lines.
    bytes.truncate(bytes.len() - "1,zwei,x\n".len());
    let columns = "a = { type = \"int\", max = 1000000000 }\nb = { type = \"float\" }\nc = { type = \"string\", unique = false }";
    assert!(Case::new("t.csv", &bytes, "", columns).load().is_ok());
    bytes.extend_from_slice(b"2000000000,1,x\n");
    let problems = Case::new("t.csv", &bytes, "", columns).load().expect_err("too large");
    assert_eq!(problems.0[0].position().map(|(_, line, _)| line), Some(lines + 2));
}

#[test]
fn a_text_that_nobody_wants_is_checked_all_the_same() {
    let wanted = Schema { columns: vec![("a".to_owned(), ColumnType::Int)] };
    let columns = "a = { type = \"int\" }\nc = { type = \"string\", not_null = true }";
    let load = |bytes: &[u8]| Case::new("t.csv", bytes, "", columns).wanting(Some(&wanted));
    let loaded = load(b"a,c\n1,x\n,y\n").expect("a table");
    assert_eq!((loaded.table.rows(), loaded.table.columns().count()), (2, 1));
    assert!(load(b"a,c\n1,x\n2,\n").expect_err("a null").to_string().contains("missing"));
    assert!(load(b"a,c\n1,x\n2,\xff\n").expect_err("no text").to_string().contains("UTF-8"));
}
