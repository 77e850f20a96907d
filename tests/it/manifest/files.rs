//! Where files are found, and what is said of each.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use secondlook::diagnostic::Source;
use secondlook::digest::Sha256;
use secondlook::event::{Event, Observer, Silent};
use secondlook::manifest::{Depth, State, read, verify};

use super::{in_cache, manifest, manifest_of, shelves};

const CONTENT: &[u8] = b"a,b\n1,2\n";

fn state(path: &str, prepare: impl FnOnce(&Path)) -> State {
    state_at(Depth::Full, path, prepare)
}

fn state_at(depth: Depth, path: &str, prepare: impl FnOnce(&Path)) -> State {
    let root = tempfile::tempdir().expect("a temporary folder");
    let shelves = shelves(root.path());
    prepare(root.path());
    let checked = verify(&manifest_of(path, CONTENT, None), &shelves, depth, &Silent);
    assert_eq!(checked.len(), 1);
    checked.into_iter().next().expect("one").state
}

fn put(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, content).expect("a file is written");
}

#[test]
fn a_file_is_looked_for_beside_then_in_the_data_folder_then_in_the_cache() {
    let cached = in_cache(Path::new("cache"), CONTENT);
    let places = ["beside/x/a.csv", "data/d/x/a.csv", cached.to_str().expect("plain")];
    for first in 0..places.len() {
        let found = state("x/a.csv", |root| {
            for place in &places[first..] {
                put(root, place, CONTENT);
            }
        });
        let State::Verified { at } = found else { panic!("{found:?}") };
        assert!(at.ends_with(places[first]), "{at:?}");
    }
}

#[test]
fn a_missing_file_says_where_it_was_looked_for_without_paths_of_this_machine() {
    let State::Missing { looked } = state("a.csv", |_| ()) else { panic!("it is nowhere") };
    assert_eq!(looked.len(), 3);
    assert_eq!(looked[0], "beside its manifest: a.csv");
    assert_eq!(looked[1], "in the data folder: d/a.csv");
    assert!(looked[2].starts_with("in the cache: sha256/"), "{looked:?}");
}

#[test]
fn a_changed_file_is_told_by_size_and_by_checksum() {
    let longer = state("a.csv", |root| put(root, "beside/a.csv", b"a,b\n1,2\n3,4\n"));
    let State::Changed { expected_bytes, found_bytes, expected, found, .. } = longer else {
        panic!("{longer:?}")
    };
    assert_eq!((expected_bytes, found_bytes), (8, 12));
    assert_eq!(expected, Sha256::of(CONTENT));
    assert_eq!(found, Some(Sha256::of(b"a,b\n1,2\n3,4\n")));

    let other = state("a.csv", |root| put(root, "beside/a.csv", b"a,b\n1,3\n"));
    assert!(
        matches!(&other, State::Changed { found_bytes: 8, found: Some(found), .. } if *found == Sha256::of(b"a,b\n1,3\n")),
        "{other:?}"
    );
}

#[test]
fn the_first_shelf_that_has_the_file_counts_even_where_a_later_one_is_right() {
    let found = state("a.csv", |root| {
        put(root, "beside/a.csv", b"x");
        put(root, "data/d/a.csv", CONTENT);
    });
    assert!(matches!(found, State::Changed { .. }), "{found:?}");
}

#[test]
fn the_fast_look_tells_sizes_only() {
    let same_size = state_at(Depth::Fast, "a.csv", |root| put(root, "beside/a.csv", b"a,b\n1,3\n"));
    assert!(matches!(same_size, State::Verified { .. }), "{same_size:?}");
    let longer =
        state_at(Depth::Fast, "a.csv", |root| put(root, "beside/a.csv", b"longer than it"));
    assert!(matches!(longer, State::Changed { found: None, .. }), "{longer:?}");
}

#[test]
fn a_folder_in_a_files_place_is_not_read() {
    let found = state("a.csv", |root| {
        fs::create_dir(root.join("beside/a.csv")).expect("a folder");
    });
    assert!(matches!(&found, State::Unreadable { why, .. } if why.contains("folder")), "{found:?}");
    let through_a_file = state("x/a.csv", |root| put(root, "beside/x", b"a file"));
    assert!(
        matches!(&through_a_file, State::Unreadable { why, .. } if why.contains("a folder is expected")),
        "{through_a_file:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_refused_wherever_they_stand_and_lead() {
    use std::os::unix::fs::symlink;
    type Prepare = fn(&Path);
    let cases: [(&str, &str, Prepare); 7] = [
        ("to a file outside", "a.csv", |root| {
            symlink("/etc/passwd", root.join("beside/a.csv")).expect("a link");
        }),
        ("to the right file inside", "a.csv", |root| {
            put(root, "beside/b.csv", CONTENT);
            symlink("b.csv", root.join("beside/a.csv")).expect("a link");
        }),
        ("dangling", "a.csv", |root| {
            symlink("nowhere", root.join("beside/a.csv")).expect("a link");
        }),
        ("to itself", "a.csv", |root| {
            symlink("a.csv", root.join("beside/a.csv")).expect("a link");
        }),
        ("a folder on the way", "x/a.csv", |root| {
            put(root, "elsewhere/a.csv", CONTENT);
            symlink(root.join("elsewhere"), root.join("beside/x")).expect("a link");
        }),
        ("the dataset's folder", "a.csv", |root| {
            put(root, "elsewhere/a.csv", CONTENT);
            fs::remove_dir(root.join("data/d")).expect("an empty folder");
            symlink(root.join("elsewhere"), root.join("data/d")).expect("a link");
        }),
        ("in the cache", "a.csv", |root| {
            put(root, "elsewhere/a.csv", CONTENT);
            let cached = in_cache(&root.join("cache"), CONTENT);
            fs::create_dir_all(cached.parent().expect("a folder")).expect("folders");
            symlink(root.join("elsewhere/a.csv"), cached).expect("a link");
        }),
    ];
    for (name, path, prepare) in cases {
        let found = state(path, prepare);
        assert!(
            matches!(&found, State::Unreadable { why, .. } if why.contains("a link")),
            "{name}: {found:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_hard_link_is_the_file_itself() {
    let found = state("a.csv", |root| {
        put(root, "elsewhere/a.csv", CONTENT);
        fs::hard_link(root.join("elsewhere/a.csv"), root.join("beside/a.csv")).expect("a link");
    });
    assert!(matches!(found, State::Verified { .. }), "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_does_not_block_and_a_socket_is_refused() {
    let pipe = state("a.csv", |root| {
        let made = std::process::Command::new("mkfifo").arg(root.join("beside/a.csv")).status();
        assert!(made.expect("mkfifo runs").success());
    });
    assert!(matches!(&pipe, State::Unreadable { why, .. } if why.contains("pipe")), "{pipe:?}");
    let socket = state("a.csv", |root| {
        let bound = std::os::unix::net::UnixListener::bind(root.join("beside/a.csv"));
        drop(bound.expect("a socket"));
    });
    assert!(matches!(&socket, State::Unreadable { .. }), "{socket:?}");
}

#[test]
fn several_files_are_answered_in_the_manifests_order_with_their_progress() {
    struct Heard(Mutex<Vec<String>>);
    impl Observer for Heard {
        fn event(&self, event: Event<'_>) {
            let said = match event {
                Event::Started { task, total } => format!("{task} of {total:?}"),
                Event::Finished { task } => format!("{task} done"),
                _ => return,
            };
            self.0.lock().expect("not poisoned").push(said);
        }
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    let shelves = shelves(root.path());
    let mut text = String::from(
        "[dataset]\nid = \"d\"\ntitle = \"t\"\nproducer = \"p\"\nlicence = \"MIT\"\naccess = \"public\"\n",
    );
    for number in 0..40 {
        let content = vec![b'x'; number * 1000];
        put(root.path(), &format!("beside/{number}.csv"), &content);
        super::add_file(&mut text, &format!("{number}.csv"), &content);
    }
    let heard = Heard(Mutex::default());
    let checked = verify(&manifest(&text), &shelves, Depth::Full, &heard);
    let paths: Vec<_> = checked.iter().map(|file| file.path.clone()).collect();
    assert_eq!(paths, (0..40).map(|number| format!("{number}.csv")).collect::<Vec<_>>());
    assert!(checked.iter().all(|file| matches!(file.state, State::Verified { .. })));
    assert!(checked.iter().all(|file| file.stamp.is_some()));
    let heard = heard.0.into_inner().expect("not poisoned");
    assert!(heard.contains(&"verify 39.csv of Some(39000)".to_owned()));
    assert_eq!(heard.iter().filter(|said| said.ends_with("done")).count(), 40);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_verified() {
    struct Meddler(std::path::PathBuf);
    impl Observer for Meddler {
        fn event(&self, event: Event<'_>) {
            if let Event::Advanced { .. } = event {
                let mut file = fs::OpenOptions::new().append(true).open(&self.0).expect("there");
                std::io::Write::write_all(&mut file, b"more").expect("appended");
            }
        }
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    let shelves = shelves(root.path());
    put(root.path(), "beside/a.csv", CONTENT);
    let meddler = Meddler(root.path().join("beside/a.csv"));
    let manifest = manifest_of("a.csv", CONTENT, None);
    let checked = verify(&manifest, &shelves, Depth::Full, &meddler);
    assert!(
        matches!(&checked[0].state, State::Unreadable { why, .. } if why.contains("changed while")),
        "{checked:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_stamp_tells_a_file_that_was_swapped_after_it_was_verified() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let shelves = shelves(root.path());
    put(root.path(), "beside/a.csv", CONTENT);
    let manifest = manifest_of("a.csv", CONTENT, None);
    let checked = verify(&manifest, &shelves, Depth::Full, &Silent);
    let before = checked[0].stamp;
    let same = shelves.open("d", &manifest.files[0]).expect("there");
    assert_eq!(before, Some(same.stamp));
    put(root.path(), "other", b"a,b\n9,9\n");
    fs::rename(root.path().join("other"), root.path().join("beside/a.csv")).expect("swapped");
    let swapped = shelves.open("d", &manifest.files[0]).expect("there");
    assert_ne!(before, Some(swapped.stamp));
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "where the shared data are is told by the environment"
)]
fn the_metr_file_is_verified_where_it_is() {
    let Some(data) = std::env::var_os("SECONDLOOK_DATA") else {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    };
    let text = "[dataset]\nid = \"metr-early-2025\"\ntitle = \"t\"\nproducer = \"METR\"\n\
        licence = \"none stated\"\naccess = \"public\"\n[[file]]\npath = \"data_complete.csv\"\nbytes = 8819\n\
        sha256 = \"1493fc46dc379b15d2c39273fa7a7ee98767ff0d90dea113f300d7338f165746\"\n";
    let (metr, problems) = read(&Source::new("manifest.toml", text));
    assert!(problems.is_empty(), "{problems}");
    let root = tempfile::tempdir().expect("a temporary folder");
    let mut shelves = shelves(root.path());
    shelves.data_dir = Some(data.into());
    let checked = verify(&metr.expect("right"), &shelves, Depth::Full, &Silent);
    assert!(matches!(checked[0].state, State::Verified { .. }), "{checked:?}");
}
