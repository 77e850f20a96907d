//! The studies of this tree: every file of theirs is read strictly and has no problem.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secondlook::diagnostic::{Problems, Source};
use secondlook::{claims, engine, manifest, method, study};

fn folders(inside: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(inside);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
        .unwrap_or_else(|why| panic!("{}: {why}", root.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "{inside} has no folder");
    folders
}

fn source(folder: &Path, file: &str) -> Arc<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join(file);
    let text =
        std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let name = path.strip_prefix(root).expect("inside the tree").display().to_string();
    Source::new(name, text)
}

fn assert_sound(problems: &Problems) {
    assert!(!problems.has_errors(), "{problems}");
}

const ROOTS: [&str; 2] = [".", "tests/specs/worked-example"];

#[test]
fn every_manifest_is_read() {
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/data-manifests"))) {
        let (manifest, problems) = manifest::read(&source(&folder, "manifest.toml"));
        assert_sound(&problems);
        assert!(manifest.is_some(), "{}", folder.display());
    }
}

#[test]
fn every_study_is_read() {
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/methods"))) {
        let (study, problems) = study::read(&source(&folder, "study.toml"));
        assert_sound(&problems);
        assert!(study.is_some(), "{}", folder.display());
    }
}

#[test]
fn every_method_fits_itself_and_its_claims() {
    for folder in ROOTS.iter().flat_map(|root| folders(&format!("{root}/methods"))) {
        let (method, problems) = method::read(&source(&folder, "method.toml"));
        assert_sound(&problems);
        let engine = engine::Engine::new(1).expect("an engine");
        let (plan, problems) = method::check(&method.expect("a method"), &engine);
        assert_sound(&problems);
        let plan = plan.expect("a plan");
        let (claims, problems) = claims::read(&source(&folder, "claims.toml"));
        assert_sound(&problems);
        for (address, span) in claims.expect("claims").estimates() {
            if let method::Promise::Never { near } = plan.promise(&address) {
                panic!("{}:{}: no `{address}`; near: {near:?}", folder.display(), span.line());
            }
        }
    }
}
