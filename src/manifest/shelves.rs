//! Where a file is looked for, and how it is opened.
//!
//! Reads folders; writes nothing. Every step from a shelf to the file goes through a handle of the
//! folder before it and never over a link, so nothing outside the shelf is ever opened. The shelves
//! themselves are the caller's words, and may be links.

use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::{
    DirExt as _, FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt as _,
    OpenOptionsSyncExt as _,
};
use cap_std::fs::{Dir, FileType, Metadata, OpenOptions};

use crate::digest::Sha256;

use super::File;

/// Where a file is looked for, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelves {
    /// The folder of the manifest itself.
    pub beside: PathBuf,
    /// The folder that holds `<dataset>/<path>`: `--data-dir` or `SECONDLOOK_DATA`.
    pub data_dir: Option<PathBuf>,
    /// The content-addressed cache, which holds `sha256/ab/cdef…`.
    pub cache: PathBuf,
}

/// A file that was found and opened: an ordinary file, reached over no link.
#[derive(Debug)]
pub struct Opened {
    /// The open file, at its beginning.
    pub file: std::fs::File,
    /// Where it is.
    pub at: PathBuf,
    /// What it was when it was opened.
    pub stamp: Stamp,
}

/// Why no file was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOpened {
    /// It is on no shelf.
    Missing {
        /// Where it was looked for, in words, without paths of this machine.
        looked: Vec<String>,
    },
    /// It is there, and is refused or cannot be read.
    Refused {
        /// Where.
        at: PathBuf,
        /// Why, in words.
        why: String,
    },
}

impl Shelves {
    /// Opens a file of a dataset on the first shelf that has it.
    ///
    /// # Errors
    /// When no shelf has it; when the first that has it holds a link, a folder, a device or a pipe in
    /// its place, or may not be read.
    pub fn open(&self, dataset: &str, file: &File) -> Result<Opened, NotOpened> {
        let path = file.safe_path().map_err(|error| NotOpened::Refused {
            at: self.beside.clone(),
            why: error.to_string(),
        })?;
        let path = path.as_str();
        let under = format!("{dataset}/{path}");
        let cached = cache_name(&file.sha256);
        let mut looked = vec![format!("beside its manifest: {path}")];
        if let Some(opened) = open_beneath(&self.beside, path)? {
            return Ok(opened);
        }
        if let Some(data_dir) = &self.data_dir {
            looked.push(format!("in the data folder: {under}"));
            if let Some(opened) = open_beneath(data_dir, &under)? {
                return Ok(opened);
            }
        }
        looked.push(format!("in the cache: {cached}"));
        open_beneath(&self.cache, &cached)?.ok_or(NotOpened::Missing { looked })
    }
}

/// Returns the name of a file in the cache: `sha256/ab/cdef…`.
pub(super) fn cache_name(sha256: &Sha256) -> String {
    let digits = sha256.to_string();
    let (folder, name) = digits.split_at_checked(2).unwrap_or((&digits, ""));
    format!("sha256/{folder}/{name}")
}

/// Opens `path` beneath a folder; `None` where there is no such file.
fn open_beneath(shelf: &Path, path: &str) -> Result<Option<Opened>, NotOpened> {
    match walk(shelf, path) {
        Ok(opened) => Ok(Some(opened)),
        Err(Stopped::Absent) => Ok(None),
        Err(Stopped::Refused { at, why }) => Err(NotOpened::Refused { at, why }),
    }
}

enum Stopped {
    Absent,
    Refused { at: PathBuf, why: String },
}

impl Stopped {
    fn of(error: &io::Error, at: &Path) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            _ => Self::Refused { at: at.to_owned(), why: plain(error) },
        }
    }

    fn refused(at: &Path, why: impl Into<String>) -> Self {
        Self::Refused { at: at.to_owned(), why: why.into() }
    }
}

/// Describes an input or output error without the system's number.
pub(super) fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::NotADirectory => "a file stands where a folder should be".to_owned(),
        _ => error.to_string(),
    }
}

fn walk(shelf: &Path, path: &str) -> Result<Opened, Stopped> {
    let mut folder = Dir::open_ambient_dir(shelf, cap_std::ambient_authority())
        .map_err(|error| Stopped::of(&error, shelf))?;
    let mut at = shelf.to_owned();
    let (folders, name) =
        path.rsplit_once('/').map_or((None, path), |(folders, name)| (Some(folders), name));
    for component in folders.iter().flat_map(|folders| folders.split('/')) {
        at.push(component);
        let found = folder.symlink_metadata(component).map_err(|error| Stopped::of(&error, &at))?;
        if !found.is_dir() {
            return Err(Stopped::refused(
                &at,
                format!("a folder is expected, not {}", kind(&found)),
            ));
        }
        folder = folder.open_dir_nofollow(component).map_err(|error| Stopped::of(&error, &at))?;
    }
    at.push(name);
    open_file(&folder, name, at)
}

/// Opens an ordinary file: its kind is looked at before it is opened (a device may act on being opened)
/// and again on the open handle (it may have been swapped); a pipe never makes it wait.
fn open_file(folder: &Dir, name: &str, at: PathBuf) -> Result<Opened, Stopped> {
    let ordinary = |found: &Metadata| {
        if found.is_file() {
            return Ok(());
        }
        Err(Stopped::refused(&at, format!("an ordinary file is expected, not {}", kind(found))))
    };
    ordinary(&folder.symlink_metadata(name).map_err(|error| Stopped::of(&error, &at))?)?;
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No).nonblock(true);
    let file = folder.open_with(name, &options).map_err(|error| Stopped::of(&error, &at))?;
    let found = file.metadata().map_err(|error| Stopped::of(&error, &at))?;
    ordinary(&found)?;
    let stamp = Stamp::of_metadata(&found);
    Ok(Opened { file: file.into_std(), at, stamp })
}

fn kind(found: &Metadata) -> &'static str {
    let kind: FileType = found.file_type();
    if kind.is_symlink() {
        "a link: links are not followed; put the file itself there"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_file() {
        "a file"
    } else {
        "a device, pipe or socket"
    }
}

/// What tells one state of a file from another without reading it: compare two, taken before and after a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The device, 0 where the system has none.
    pub device: u64,
    /// The file's number on it, 0 where the system has none.
    pub inode: u64,
    /// The size.
    pub bytes: u64,
    /// The last change, in nanoseconds since 1970, where known.
    pub modified: Option<u128>,
}

impl Stamp {
    /// Takes the stamp of an open file.
    ///
    /// # Errors
    /// When the system cannot say.
    pub fn of(file: &std::fs::File) -> io::Result<Self> {
        let file = cap_std::fs::File::from_std(file.try_clone()?);
        file.metadata().map(|found| Self::of_metadata(&found))
    }

    fn of_metadata(found: &Metadata) -> Self {
        let modified = found.modified().ok().and_then(|time| {
            let since = time.into_std().duration_since(std::time::UNIX_EPOCH);
            since.ok().map(|since| since.as_nanos())
        });
        Self { device: found.dev(), inode: found.ino(), bytes: found.len(), modified }
    }
}
