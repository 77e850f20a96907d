//! Where a file is looked for, and how it is opened.
//!
//! Reads folders; writes nothing. Never follows a link.

use std::path::PathBuf;

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
