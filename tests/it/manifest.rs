//! Manifests as people write them, files as they lie on a disk, downloads as servers send them.

mod bad;
mod fetch;
mod files;
mod paths;
mod server;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use secondlook::diagnostic::Source;
use secondlook::digest::Sha256;
use secondlook::manifest::{Manifest, Shelves, read};

/// Reads a manifest that must be right.
fn manifest(text: &str) -> Manifest {
    let (manifest, problems) = read(&Source::new("manifest.toml", text));
    assert!(problems.is_empty(), "{problems}");
    manifest.expect("a manifest without problems is given")
}

/// A manifest of one file, with or without an address.
fn manifest_of(path: &str, content: &[u8], url: Option<&str>) -> Manifest {
    let url = url.map(|url| format!("url = \"{url}\"\n")).unwrap_or_default();
    manifest(&format!(
        "[dataset]\nid = \"d\"\ntitle = \"t\"\nproducer = \"p\"\nlicence = \"MIT\"\naccess = \"public\"\n\
         [[file]]\npath = \"{path}\"\nbytes = {}\nsha256 = \"{}\"\n{url}",
        content.len(),
        Sha256::of(content)
    ))
}

/// Where a cache keeps a content.
fn in_cache(cache: &Path, content: &[u8]) -> PathBuf {
    let digits = Sha256::of(content).to_string();
    let (folder, name) = digits.split_at(2);
    cache.join("sha256").join(folder).join(name)
}

/// Appends one `[[file]]` to the text of a manifest.
fn add_file(text: &mut String, path: &str, content: &[u8]) {
    let (bytes, sha256) = (content.len(), Sha256::of(content));
    write!(text, "[[file]]\npath = \"{path}\"\nbytes = {bytes}\nsha256 = \"{sha256}\"\n")
        .expect("a text grows");
}

/// Shelves inside one temporary folder: `beside`, `data`, `cache`.
fn shelves(root: &Path) -> Shelves {
    for folder in ["beside", "data/d", "cache"] {
        std::fs::create_dir_all(root.join(folder)).expect("a folder is made");
    }
    Shelves {
        beside: root.join("beside"),
        data_dir: Some(root.join("data")),
        cache: root.join("cache"),
    }
}
