//! Broken manifests.

use super::{Case, changed, refuse_all};
use crate::world::World;

const FILE: &str = "data-manifests/tiny/manifest.toml";

#[test]
fn a_path_never_leaves_its_folder() {
    let to = |path: &str| format!("path = {path}");
    let from = "path = \"people.csv\"";
    let place = "manifest.toml:10";
    refuse_all(vec![
        changed("parent", FILE, from, &to("\"../tiny/people.csv\""), 3, &[place, ".."]),
        changed("inner parent", FILE, from, &to("\"a/../../people.csv\""), 3, &[place, ".."]),
        changed("absolute", FILE, from, &to("\"/etc/passwd\""), 3, &[place, "/etc/passwd"]),
        changed("drive", FILE, from, &to("'C:\\people.csv'"), 3, &[place]),
        changed("share", FILE, from, &to("'\\\\server\\people.csv'"), 3, &[place]),
        changed("home", FILE, from, &to("\"~/people.csv\""), 3, &[place]),
        changed("reserved", FILE, from, &to("\"CON\""), 3, &[place]),
        changed("empty", FILE, from, &to("\"\""), 3, &[place]),
        changed("dot", FILE, from, &to("\"./people.csv\""), 3, &[place]),
        changed("NUL", FILE, from, &to("\"a\\u0000b\""), 3, &[place]),
    ]);
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    let world = World::tiny();
    let file = world.path("data-manifests/tiny/people.csv");
    let elsewhere = world.path("elsewhere.csv");
    std::fs::rename(&file, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &file).expect("linked");
    let outcome = world.run(&["audit", "tiny"]);
    assert!([4, 5, 7].contains(&outcome.code), "exit {}: {}", outcome.code, outcome.err);
    assert!(outcome.err.contains("people.csv") && outcome.err.contains("link"), "{}", outcome.err);
    assert!(world.outputs().is_empty(), "an output was written");
}

#[test]
fn slips_in_toml_are_named_with_their_line() {
    refuse_all(vec![
        changed(
            "typo",
            FILE,
            "producer =",
            "produceer =",
            3,
            &["manifest.toml:4", "did you mean `producer`?"],
        ),
        changed(
            "missing key",
            FILE,
            "licence = \"CC0-1.0\"\n",
            "",
            3,
            &["manifest.toml:1", "licence"],
        ),
        changed(
            "duplicate key",
            FILE,
            "access = \"public\"",
            "id = \"tiny\"",
            3,
            &["manifest.toml:6", "duplicate key"],
        ),
        changed("not TOML", FILE, "[[file]]", "[[file]", 3, &["manifest.toml:9"]),
        changed(
            "short checksum",
            FILE,
            "sha256 = \"",
            "sha256 = \"ab",
            3,
            &["manifest.toml:12", "64"],
        ),
        changed(
            "unknown type",
            FILE,
            "type = \"float\"",
            "type = \"flaot\"",
            3,
            &["manifest.toml:21", "float"],
        ),
        changed(
            "unknown file",
            FILE,
            "file = \"people.csv\"",
            "file = \"peoples.csv\"",
            3,
            &["people.csv"],
        ),
        changed(
            "wrong id",
            FILE,
            "id = \"tiny\"",
            "id = \"tinny\"",
            3,
            &["manifest.toml:2", "tinny"],
        ),
        changed("access", FILE, "\"public\"", "\"pubic\"", 3, &["manifest.toml:6", "public"]),
    ]);
}

#[test]
fn a_duplicate_id_is_refused() {
    let world = World::tiny();
    let text = std::fs::read_to_string(world.path(FILE)).expect("there");
    let file = "[[file]]\npath = \"people.csv\"\nbytes = 1\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n";
    let world =
        world.with(FILE, &text.replacen("[table.people]", &format!("{file}\n[table.people]"), 1));
    refuse_all(vec![Case {
        name: "two files of one path",
        world,
        code: 3,
        says: vec!["people.csv", "manifest.toml:1"],
    }]);
}

#[test]
fn an_unknown_dataset_or_table_is_named() {
    let study = "methods/tiny/study.toml";
    refuse_all(vec![
        changed(
            "dataset",
            study,
            "tiny/people",
            "tinny/people",
            3,
            &["study.toml:16", "did you mean `tiny`?"],
        ),
        changed(
            "table",
            study,
            "tiny/people",
            "tiny/peeple",
            3,
            &["study.toml:16", "did you mean `people`?"],
        ),
        changed(
            "input",
            study,
            "{ people =",
            "{ peolpe =",
            3,
            &["study.toml:16", "did you mean `people`?"],
        ),
        changed(
            "basis",
            study,
            "\"analysis-data\"",
            "\"analysis\"",
            3,
            &["study.toml:15", "analysis"],
        ),
        changed("study key", study, "authors", "autors", 3, &["study.toml", "authors"]),
    ]);
}
