//! Bad input, one table-driven test per kind: exit code, file and line, and an untouched output tree.
//!
//! Every case breaks the valid study `tiny` in one place. The same program first writes its outputs, so
//! that a partial or lost output would be seen.

mod checks;
mod claims_files;
mod data;
mod hostile_text;
mod manifests;
mod methods;

use crate::world::World;

/// One broken world and what the program must say of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) world: World,
    pub(crate) code: i32,
    pub(crate) says: Vec<&'static str>,
}

/// A case that changes one text of one file of `tiny`.
pub(crate) fn changed(
    name: &'static str,
    file: &str,
    from: &str,
    to: &str,
    code: i32,
    says: &[&'static str],
) -> Case {
    Case { name, world: World::tiny().but(file, from, to), code, says: says.to_vec() }
}

/// Runs every case and asserts what it left behind.
pub(crate) fn refuse_all(cases: Vec<Case>) {
    assert!(!cases.is_empty());
    let recorded = World::tiny();
    recorded.run(&["audit", "tiny"]).exits(0);
    let outputs = recorded.outputs();
    assert!(outputs.contains_key("tiny/results.json"), "the valid study writes its outputs");
    for case in cases {
        for (name, bytes) in &outputs {
            let path = case.world.path("outputs").join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, bytes).expect("written");
        }
        let outcome = case.world.run(&["audit", "tiny"]);
        let said =
            format!("case `{}`\nstdout:\n{}\nstderr:\n{}", case.name, outcome.out, outcome.err);
        assert_eq!(outcome.code, case.code, "{said}");
        for text in &case.says {
            assert!(outcome.err.contains(text), "`{text}` is not said in {said}");
        }
        assert!(!outcome.err.contains("panicked") && !outcome.err.contains("datafusion"), "{said}");
        assert_eq!(case.world.outputs(), outputs, "the outputs were touched in {said}");
    }
}

#[test]
fn the_world_that_every_case_breaks_is_whole() {
    World::tiny().run(&["audit", "tiny"]).exits(0).shows("exact").shows("report.html");
}
