//! Says of each file of a manifest whether it is what the manifest says.
//!
//! Reads the files; writes nothing. Memory is a buffer a file at a time, whatever the file's size.

use std::io::Read as _;
use std::path::PathBuf;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::digest::Sha256;
use crate::event::{Event, Observer};

use super::shelves::{NotOpened, Opened, plain};
use super::{File, Manifest, Shelves, Stamp};

/// A file whose size is wrong is hashed all the same, to name what it is, up to this size.
const WORTH_HASHING: u64 = 256 << 20;

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Size and SHA-256.
    Full,
    /// Size only.
    Fast,
}

/// What was found of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The path inside the dataset.
    pub path: String,
    /// The declared size.
    pub bytes: u64,
    /// The declared checksum.
    pub sha256: Sha256,
    /// What was found.
    pub state: State,
    /// What the file was while it was looked at; `None` where it was not opened.
    pub stamp: Option<Stamp>,
}

/// The state of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is what the manifest says (at [`Depth::Fast`]: as far as its size tells).
    Verified {
        /// Where it is.
        at: PathBuf,
    },
    /// It is nowhere.
    Missing {
        /// Where it was looked for, in words, without paths of this machine.
        looked: Vec<String>,
    },
    /// It is there and something else.
    Changed {
        /// Where it is.
        at: PathBuf,
        /// The declared size.
        expected_bytes: u64,
        /// The size found.
        found_bytes: u64,
        /// The declared checksum.
        expected: Sha256,
        /// The checksum found; `None` where the size already differs and nothing was hashed.
        found: Option<Sha256>,
    },
    /// It is there and cannot be read: a link, a device, no permission.
    Unreadable {
        /// Where it is.
        at: PathBuf,
        /// Why, in words.
        why: String,
    },
}

/// Checks every file of a manifest; the answers are in the manifest's order.
///
/// Several files are hashed at once. What was verified is what the file was then: see [`Stamp`].
#[must_use]
pub fn verify(
    manifest: &Manifest,
    shelves: &Shelves,
    depth: Depth,
    observer: &dyn Observer,
) -> Vec<Checked> {
    verify_each(manifest, shelves, &|_| depth, observer)
}

/// Checks every file of a manifest, each as closely as `depth` says: see [`verify`].
#[must_use]
pub fn verify_each(
    manifest: &Manifest,
    shelves: &Shelves,
    depth: &(dyn Fn(&File) -> Depth + Sync),
    observer: &dyn Observer,
) -> Vec<Checked> {
    manifest
        .files
        .par_iter()
        .map(|file| check(&manifest.id.value, file, shelves, depth(file), observer))
        .collect()
}

/// Checks one file of a dataset.
pub(super) fn check(
    dataset: &str,
    file: &File,
    shelves: &Shelves,
    depth: Depth,
    observer: &dyn Observer,
) -> Checked {
    let (state, stamp) = match shelves.open(dataset, file) {
        Ok(opened) => {
            let stamp = opened.stamp;
            (look(file, opened, depth, observer), Some(stamp))
        }
        Err(NotOpened::Missing { looked }) => (State::Missing { looked }, None),
        Err(NotOpened::Refused { at, why }) => (State::Unreadable { at, why }, None),
    };
    Checked { path: file.path.value.clone(), bytes: file.bytes, sha256: file.sha256, state, stamp }
}

fn look(file: &File, opened: Opened, depth: Depth, observer: &dyn Observer) -> State {
    let found_bytes = opened.stamp.bytes;
    let same_size = found_bytes == file.bytes;
    let changed = |at, found_bytes, found| State::Changed {
        at,
        expected_bytes: file.bytes,
        found_bytes,
        expected: file.sha256,
        found,
    };
    let worth_hashing = same_size || found_bytes <= WORTH_HASHING;
    if depth == Depth::Fast || !worth_hashing {
        return if same_size {
            State::Verified { at: opened.at }
        } else {
            changed(opened.at, found_bytes, None)
        };
    }
    let at = opened.at.clone();
    match hash(&file.path.value, opened, observer) {
        Ok((found, bytes)) if found == file.sha256 && bytes == file.bytes => State::Verified { at },
        Ok((found, bytes)) => changed(at, bytes, Some(found)),
        Err(why) => State::Unreadable { at, why },
    }
}

/// Hashes an open file, at most one byte more than it had when it was opened.
fn hash(path: &str, opened: Opened, observer: &dyn Observer) -> Result<(Sha256, u64), String> {
    let task = format!("verify {path}");
    let total = Some(opened.stamp.bytes);
    observer.event(Event::Started { task: &task, total });
    let bounded = (&opened.file).take(opened.stamp.bytes.saturating_add(1));
    let hashed = Sha256::of_stream(bounded, |done| {
        observer.event(Event::Advanced { task: &task, done });
    });
    observer.event(Event::Finished { task: &task });
    let hashed = hashed.map_err(|error| plain(&error))?;
    let after = Stamp::of(&opened.file).map_err(|error| plain(&error))?;
    if after != opened.stamp {
        return Err(
            "the file changed while it was read; try again when nothing writes to it".to_owned()
        );
    }
    Ok(hashed)
}
