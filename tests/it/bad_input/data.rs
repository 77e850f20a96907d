//! Broken data files.

use super::{Case, refuse_all};
use crate::world::{DATA, World, fetched_data, manifest};

fn on(name: &'static str, data: &str, rows: usize, code: i32, says: &[&'static str]) -> Case {
    Case { name, world: World::tiny_on(data.as_bytes(), rows), code, says: says.to_vec() }
}

#[test]
fn a_changed_byte_is_named() {
    let world = World::tiny().but("data-manifests/tiny/people.csv", "5.5", "5.6");
    let says = vec!["tiny/people.csv", "expected", "found", "help", "sha256"];
    refuse_all(vec![Case { name: "a byte changed", world, code: 5, says }]);
}

#[test]
fn a_changed_size_is_named() {
    let world =
        World::tiny().with("data-manifests/tiny/people.csv", &format!("{DATA}13,1,70,12.0\n"));
    refuse_all(vec![Case {
        name: "a row more",
        world,
        code: 5,
        says: vec!["tiny/people.csv", "bytes"],
    }]);
}

#[test]
fn a_missing_file_is_named_with_where_it_was_looked_for() {
    let world = World::tiny();
    std::fs::remove_file(world.path("data-manifests/tiny/people.csv")).expect("removed");
    let says = vec!["tiny/people.csv", "looked in", "--data-dir"];
    refuse_all(vec![Case { name: "a file missing", world, code: 4, says }]);
}

#[test]
fn malformed_tables_are_refused_at_their_line() {
    let two = |from: &str, to: &str| DATA.replacen(from, to, 1);
    refuse_all(vec![
        on("ragged row", &two("3,0,31,6.0", "3,0,31"), 12, 3, &["people.csv:4", "3 fields", "4"]),
        on(
            "a field too many",
            &two("3,0,31,6.0", "3,0,31,6.0,9"),
            12,
            3,
            &["people.csv:4", "5 fields"],
        ),
        on("wrong type", &two("3,0,31,6.0", "3,0,old,6.0"), 12, 3, &["people.csv:4", "age", "old"]),
        on("a number too large", &two("6.0", "1e309"), 12, 3, &["people.csv:4", "score", "1e309"]),
        on("not a number", &two("6.0", "NaN"), 12, 3, &["people.csv:4", "score", "NaN"]),
        on("outside one_of", &two("3,0,31", "3,2,31"), 12, 3, &["people.csv:4", "arm", "2"]),
        on("below min", &two("3,0,31", "3,0,-1"), 12, 3, &["people.csv:4", "age", "-1"]),
        on("not unique", &two("\n3,0,31", "\n2,0,31"), 12, 3, &["people.csv:4", "id", "2"]),
        on("null where none may be", &two("\n3,0,31", "\n,0,31"), 12, 3, &["people.csv:4", "id"]),
        on(
            "duplicate header",
            &two("id,arm,age,score", "id,arm,age,age"),
            12,
            3,
            &["people.csv:1", "age"],
        ),
        on("missing column", &two("id,arm,age,score", "id,arm,aeg,score"), 12, 3, &["age", "aeg"]),
        on("row count", DATA, 13, 3, &["people.csv", "13", "12"]),
        on("empty file", "", 12, 3, &["people.csv", "empty"]),
        on("header only", "id,arm,age,score\n", 12, 3, &["people.csv"]),
    ]);
}

#[test]
fn html_saved_as_data_is_called_that() {
    let page = "<!DOCTYPE html>\n<html><body>Moved</body></html>\n";
    refuse_all(vec![on("html", page, 12, 3, &["people.csv", "web page"])]);
}

#[test]
fn a_real_error_page_saved_as_data_is_called_that() {
    let Some(folder) = fetched_data() else {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    };
    let page =
        std::fs::read_to_string(folder.join("traps/html_saved_as_data.dat")).expect("the trap");
    refuse_all(vec![on("html", &page, 12, 3, &["people.csv", "web page"])]);
}

#[test]
fn a_mark_and_windows_line_ends_change_nothing() {
    let plain = World::tiny();
    plain.run(&["audit", "tiny"]).exits(0);
    let windows = DATA.replace('\n', "\r\n");
    for data in [format!("\u{feff}{DATA}"), windows.clone(), format!("\u{feff}{windows}")] {
        let world = World::tiny_on(data.as_bytes(), 12);
        world.run(&["audit", "tiny"]).exits(0);
        let numbers = |world: &World| {
            let text = world.outputs().remove("tiny/results.json").expect("written");
            let document: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            document["runs"][0]["estimates"].clone()
        };
        assert_eq!(numbers(&world), numbers(&plain));
    }
}

#[test]
fn other_encodings_and_nul_bytes_are_refused() {
    let utf16: Vec<u8> = DATA.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&[0xff, 0xfe], utf16.as_slice()].concat();
    let world = World::tiny_on(&utf16, 12);
    let nul = DATA.replacen("6.0", "6\u{0}0", 1);
    refuse_all(vec![
        Case { name: "UTF-16", world, code: 3, says: vec!["people.csv", "UTF-16"] },
        on("NUL", &nul, 12, 3, &["people.csv:4"]),
    ]);
}

#[test]
fn a_manifest_that_pins_other_bytes_is_not_believed() {
    let world = World::tiny().with("data-manifests/tiny/manifest.toml", &manifest("other", 12));
    refuse_all(vec![Case { name: "other bytes", world, code: 5, says: vec!["tiny/people.csv"] }]);
}
